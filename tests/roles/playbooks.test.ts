// SPDX-License-Identifier: Apache-2.0
/** The release by hand: no `zuul` variable, no zuul_return, and the variables of the example file. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { filesBelow } from '../files-below.ts';
import { exportPublic, exportSecretSubkeys, type Gpg, makeKey, openGpg } from '../gpg.ts';
import { artifactSigning, type Lab, openLab, type Ran, ROOT } from './lab.ts';

const PLAYS = ['sign', 'publish', 'submit'].map((name) => path.join(ROOT, `playbooks/release/${name}.yaml`));
const [SIGN = '', PUBLISH = '', SUBMIT = ''] = PLAYS;
const VERIFY = path.join(ROOT, 'playbooks/verify.yaml');

let lab: Lab;
let gpg: Gpg;
let primary = '';
const ran: Record<'guarded' | 'published' | 'rehearsed' | 'first' | 'second' | 'altered' | 'rehearsedAltered', Ran> =
  {} as never;

/** How many tasks were ok, changed and failed, in all playbooks of the run: each prints the sum so far. */
const recap = ({ output }: Ran) => {
  const [, ok, changed, failed] =
    [...output.matchAll(/^localhost +: ok=(\d+) +changed=(\d+) .*failed=(\d+)/gm)].at(-1) ?? [];
  return { ok: Number(ok), changed: Number(changed), failed: Number(failed) };
};
const everything = () =>
  filesBelow([lab.at('work')]).map((file) => [file, fs.readFileSync(file, 'latin1')] satisfies [string, string]);
const site = () => fs.readdirSync(lab.at('work/site')).sort();

/** The example file, each of its variables with a value that is true here. */
function writeVars(): string {
  const example: Record<string, unknown> = parse(
    fs.readFileSync(path.join(ROOT, 'playbooks/release/vars.example.yaml'), 'utf8'),
  );
  const log = artifactSigning(
    'log',
    'init',
    lab.at('work/log'),
    '--origin',
    'example.org/log',
    '--key',
    lab.at('private/log.pem'),
  );
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: 'certificate.asc', fingerprint: primary }],
    logs: [{ name: 'site', kind: 'tiles', origin: 'example.org/log', keys: [/\S+\+[0-9a-f]{8}\+\S+/.exec(log)?.[0]] }],
    require: { signatures: 1, logs: { at_least: 1 } },
  };
  const values: Record<string, unknown> = {
    ...example,
    release_path: lab.release('nova'),
    sign_artifacts_key_file: lab.at('private/subkey.asc'),
    verify_artifacts_policy: lab.write('private/policy.yaml', stringify(policy)),
    publish_artifacts_destination: lab.at('work/site'),
    submit_transparency_logs: [`tiles:${lab.at('work/log')}`],
    submit_transparency_tiles_key_file: lab.at('private/log.pem'),
  };
  expect(Object.keys(values)).toEqual(Object.keys(example));
  return lab.write('private/vars.yaml', stringify(values));
}

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  const key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  lab.write('private/subkey.asc', await exportSecretSubkeys(gpg, key.primary));
  lab.write('private/certificate.asc', await exportPublic(gpg, key.primary));
  artifactSigning('key', 'generate-log-key', '--for', 'tiles', '--out', lab.at('private/log.pem'));
  primary = key.primary;
  const args = ['-e', `@${writeVars()}`];
  const env = { ANSIBLE_PIPELINING: 'true' };
  ran.guarded = await lab.ansible([...args, '-e', 'zuul_success=False', ...PLAYS], { env });
  expect(fs.readdirSync(lab.at('work/nova'))).toHaveLength(2);
  ran.published = await lab.ansible([...args, SIGN, PUBLISH], { env });
  const before = everything();
  ran.rehearsed = await lab.ansible(['--check', ...args, SUBMIT], { env });
  expect(everything()).toEqual(before);
  ran.first = await lab.ansible([...args, ...PLAYS], { env });
  writeUploadRole();
  ran.second = await lab.ansible([...args, '-e', 'release_upload_role=upload-elsewhere', SIGN, PUBLISH, VERIFY], {
    env,
  });
  fs.appendFileSync(lab.at('work/nova/nova-31.0.0.whl'), 'x');
  ran.altered = await lab.ansible(
    [...args, '-e', `publish_artifacts_destination=${lab.at('work/elsewhere')}`, PUBLISH],
    { env },
  );
  ran.rehearsedAltered = await lab.ansible(['--check', ...args, SUBMIT], { env });
}, 600_000);

afterAll(async () => {
  await gpg.close();
  lab.close();
});

/** A site's own upload role. */
function writeUploadRole(): void {
  const task = { name: 'Upload', 'ansible.builtin.debug': { msg: 'uploaded by {{ role_name }}' } };
  lab.write('private/roles/upload-elsewhere/tasks/main.yaml', stringify([task]));
}

describe('the release by hand', () => {
  it('does nothing where something before it has failed', () => {
    expect(recap(ran.guarded)).toEqual({ ok: 0, changed: 0, failed: 0 });
  });

  it('rehearses the submission of what no log has, although the policy demands a log', () => {
    expect(recap(ran.rehearsed), ran.rehearsed.output).toMatchObject({ failed: 0 });
    expect(ran.rehearsed.output).toMatch(/no proof was made, so none is demanded/);
    expect(ran.first.output).not.toMatch(/no proof was made/);
  });

  it('signs, publishes and logs, and uploads the proof', () => {
    // signatures, manifest, upload
    expect(recap(ran.published)).toMatchObject({ changed: 3, failed: 0 });
    // log, upload of the proof
    expect(recap(ran.first)).toMatchObject({ changed: 2, failed: 0 });
    expect(site()).toEqual(
      ['nova-31.0.0.SHA256SUMS', 'nova-31.0.0.tar.gz', 'nova-31.0.0.whl']
        .flatMap((name) => [name, `${name}.asc`])
        .concat('nova-31.0.0.SHA256SUMS.tlog-proof')
        .sort(),
    );
  });

  it('changes nothing the second time, and uploads with the role of the site', () => {
    expect(recap(ran.second)).toMatchObject({ changed: 0, failed: 0 });
    expect(ran.second.output).toContain('uploaded by upload-elsewhere');
  });

  it('says who signed it, and which log has it', () => {
    const [, verified] = ran.second.output.split('PLAY [Verify a release]');
    expect(verified).toMatch(/example\.org\/log/);
    expect(verified).toContain(primary);
  });

  it('stops at the gate when one byte is another, and uploads nothing', () => {
    expect(ran.altered.status).toBe(2);
    expect(ran.altered.output).toMatch(/artifact-signing: error: .*nova-31\.0\.0\.whl/);
    expect(ran.altered.output).not.toContain('Publish the artifacts');
    expect(fs.existsSync(lab.at('work/elsewhere'))).toBe(false);
  });

  it('stops there in a rehearsal, too', () => {
    expect(ran.rehearsedAltered.status).toBe(2);
    expect(ran.rehearsedAltered.output).toMatch(/artifact-signing: error: .*nova-31\.0\.0\.whl/);
  });
});
