// SPDX-License-Identifier: Apache-2.0
/** playbooks/release/submit.yaml where a log does not answer: nothing that another one gave, or that was prepared, is lost with the executor. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseBundle } from '../../src/core/sigstore-bundle.ts';
import { rekorLog } from '../core/rekor-log.ts';
import { exportPublic, exportSecretSubkeys, type Gpg, makeKey, openGpg } from '../gpg.ts';
import { type RekorServerLab, rekorServer } from '../logs/rekor-server.ts';
import { artifactSigning, type Lab, type LogKeyFile, makeLogKey, openLab, type Ran, type Vars } from '../roles/lab.ts';

const PLAYBOOK = path.resolve(import.meta.dirname, '../../playbooks/release/submit.yaml');
const MANIFEST = 'nova-31.0.0.SHA256SUMS';
const SIGNED = ['nova-31.0.0.tar.gz', 'nova-31.0.0.tar.gz.asc', MANIFEST, `${MANIFEST}.asc`];
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1';

let lab: Lab;
let gpg: Gpg;
let primary: string;
let keys: Readonly<Record<'tiles' | 'rekor', LogKeyFile>>;
const servers: RekorServerLab[] = [];
/** Of the policy. */
const rekors: Vars[] = [];

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  ({ primary } = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] }));
  lab.write('private/subkey.asc', await exportSecretSubkeys(gpg, primary));
  lab.write('private/certificate.asc', await exportPublic(gpg, primary));
  keys = { tiles: makeLogKey(lab, 'tiles', 'tiles.pem'), rekor: makeLogKey(lab, 'rekor', 'rekor.pem') };
  artifactSigning('log', 'init', lab.at('work/log'), '--origin', 'example.org/log', '--key', keys.tiles.file);
  for (const name of ['north', 'south']) {
    const log = rekorLog(2, { origin: `${name}.example.org` });
    const server = await rekorServer(log);
    servers.push(server);
    const pinned = { version: 2, origin: log.origin, keys: [log.pin], signers: [keys.rekor.open] };
    rekors.push({ name, kind: 'rekor', url: server.url, ...pinned });
  }
});

/** All three logs are demanded; of those of others, the second one may be out. */
function varsWith(south: Vars): Vars {
  const vkey = fs.readFileSync(lab.at('work/log.state/log.vkey'), 'utf8').trim();
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: 'certificate.asc', fingerprint: primary }],
    logs: [{ name: 'tarballs', kind: 'tiles', origin: 'example.org/log', keys: [vkey] }, rekors[0], south],
    require: { logs: { at_least: 3 } },
  };
  return {
    verify_artifacts_policy: lab.write('private/policy.yaml', JSON.stringify(policy)),
    submit_transparency_policy: lab.at('private/policy.yaml'),
    submit_transparency_keys: { tiles: keys.tiles.secret, rekor: keys.rekor.secret },
    submit_transparency_log_deadline: '15',
    submit_transparency_ref: 'refs/tags/31.0.0',
    submit_transparency_commit: 'a'.repeat(40),
    release_canonical_name: 'opendev.org/openstack/nova',
    release_version: '31.0.0',
    ansible_python_interpreter: '/usr/bin/python3',
  };
}

afterAll(async () => {
  for (const server of servers) await server.close();
  await gpg?.close();
  lab?.close();
});

/** A release that is signed and published. */
function published(name: string): string {
  const release = lab.release(name, { 'nova-31.0.0.tar.gz': 'source' });
  const words = ['--sums', '--project', 'nova', '--release', '31.0.0'];
  artifactSigning('sign', release, '--key-file', lab.at('private/subkey.asc'), ...words);
  fs.cpSync(release, siteOf(name), { recursive: true });
  return release;
}
const siteOf = (name: string) => lab.at('work', `${name}-site`);

async function submit(release: string, site: string, logs: readonly string[], vars: Vars): Promise<Ran> {
  const where = { release_path: release, publish_artifacts_destination: site, submit_transparency_logs: logs };
  return lab.ansible([PLAYBOOK, '--extra-vars', JSON.stringify({ ...vars, ...where })]);
}

describe('a submission that fails', () => {
  it('for an outage uploads what is there, fails all the same, and is finished by another executor', async () => {
    const release = published('outage');
    const site = siteOf('outage');
    const logs = [`tiles:${lab.at('work/log')}`, 'north', 'south'];
    const { status, output } = await submit(release, site, logs, varsWith({ ...rekors[1], url: NOWHERE }));
    expect(status).not.toBe(0);
    expect(output).toMatch(/Fail all the same(?:.|\n)*the log \\?"south\\?"/);
    const given = [`${MANIFEST}.sigstore.json`, `${MANIFEST}.tlog-proof`];
    expect(fs.readdirSync(site).sort()).toEqual([...SIGNED, ...given, `${MANIFEST}.submission.json`].sort());
    const bundle = () => parseBundle(fs.readFileSync(path.join(site, `${MANIFEST}.sigstore.json`)));
    const [first] = bundle().entries;
    expect(bundle().entries).toHaveLength(1);

    const other = lab.at('work/another-executor');
    fs.cpSync(site, other, { recursive: true });
    const again = await submit(other, site, logs, varsWith(rekors[1] ?? {}));
    expect([again.status, again.output.includes('Fail all the same')], again.output).toEqual([0, false]);
    expect(bundle().entries).toHaveLength(2);
    expect(bundle().entries).toContainEqual(first);
    artifactSigning('verify', site, '--policy', lab.at('private/policy.yaml'));
  });

  it('for anything else uploads nothing', async () => {
    const { status, output } = await submit(
      published('no-log'),
      siteOf('no-log'),
      [`tiles:${lab.at('work/nothing')}`],
      {
        ...varsWith(rekors[1] ?? {}),
      },
    );
    expect(status).not.toBe(0);
    expect(output).toMatch(/Fail all the same/);
    expect(fs.readdirSync(siteOf('no-log')).sort()).toEqual([...SIGNED].sort());
  });
});
