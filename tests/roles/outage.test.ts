// SPDX-License-Identifier: Apache-2.0
/** playbooks/release/submit.yaml where a log does not answer: nothing that another one gave, or that was prepared, is lost with the executor. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportPublic, exportSecretSubkeys, type Gpg, makeKey, openGpg } from '../gpg.ts';
import { artifactSigning, type Lab, openLab, type Ran, type Vars } from './lab.ts';

const PLAYBOOK = path.resolve(import.meta.dirname, '../../playbooks/release/submit.yaml');
const MANIFEST = 'nova-31.0.0.SHA256SUMS';
const SIGNED = ['nova-31.0.0.tar.gz', 'nova-31.0.0.tar.gz.asc', MANIFEST, `${MANIFEST}.asc`];
/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1';

let lab: Lab;
let gpg: Gpg;
let common: Vars;

/** A log key; what a policy says of it, and the private one. */
function makeLogKey(kind: 'tiles' | 'rekor') {
  const file = lab.at('private', `${kind}.pem`);
  const report = artifactSigning('key', 'generate-log-key', '--for', kind, '--out', file, '--json');
  return { file, open: JSON.parse(report).detail?.public_key, secret: fs.readFileSync(file, 'utf8') };
}

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  const { primary } = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  lab.write('private/subkey.asc', await exportSecretSubkeys(gpg, primary));
  lab.write('private/certificate.asc', await exportPublic(gpg, primary));
  const [tiles, rekor] = [makeLogKey('tiles'), makeLogKey('rekor')];
  artifactSigning('log', 'init', lab.at('work/log'), '--origin', 'example.org/log', '--key', tiles.file);
  const keys = [fs.readFileSync(lab.at('work/log.state/log.vkey'), 'utf8').trim()];
  const address = { url: NOWHERE, origin: 'rekor.example.org', keys: [rekor.open] };
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: 'certificate.asc', fingerprint: primary }],
    logs: [
      { name: 'tarballs', kind: 'tiles', origin: 'example.org/log', keys },
      { name: 'public', kind: 'rekor', version: 2, ...address, signers: [rekor.open] },
    ],
    require: { logs: { at_least: 2 } },
  };
  common = {
    verify_artifacts_policy: lab.write('private/policy.yaml', JSON.stringify(policy)),
    submit_transparency_policy: lab.at('private/policy.yaml'),
    submit_transparency_keys: { tiles: tiles.secret, rekor: rekor.secret },
    submit_transparency_log_deadline: '3',
    submit_transparency_ref: 'refs/tags/31.0.0',
    submit_transparency_commit: 'a'.repeat(40),
    release_canonical_name: 'opendev.org/openstack/nova',
    release_version: '31.0.0',
    ansible_python_interpreter: '/usr/bin/python3',
  };
});

afterAll(async () => {
  await gpg?.close();
  lab?.close();
});

/** Of a release that is signed and published. */
async function submit(name: string, logs: readonly string[]): Promise<Ran & { readonly published: readonly string[] }> {
  const release = lab.release(name, { 'nova-31.0.0.tar.gz': 'source' });
  const words = ['--sums', '--project', 'nova', '--release', '31.0.0'];
  artifactSigning('sign', release, '--key-file', lab.at('private/subkey.asc'), ...words);
  const site = lab.at('work', `${name}-site`);
  fs.cpSync(release, site, { recursive: true });
  const vars = {
    ...common,
    release_path: release,
    publish_artifacts_destination: site,
    submit_transparency_logs: logs,
  };
  const ran = await lab.ansible([PLAYBOOK, '--extra-vars', JSON.stringify(vars)]);
  return { ...ran, published: fs.readdirSync(site).sort() };
}

describe('a submission that fails', () => {
  it('for an outage uploads what one log gave and what is pending, and fails all the same', async () => {
    const { status, output, published } = await submit('outage', [`tiles:${lab.at('work/log')}`, 'public']);
    expect(status).not.toBe(0);
    expect(output).toMatch(/Fail all the same(?:.|\n)*the log \\?"public\\?"/);
    expect(published).toEqual([...SIGNED, `${MANIFEST}.submission.json`, `${MANIFEST}.tlog-proof`].sort());
  });

  it('for anything else uploads nothing', async () => {
    const { status, output, published } = await submit('no-log', [`tiles:${lab.at('work/nothing')}`]);
    expect(status).not.toBe(0);
    expect(output).toMatch(/Fail all the same/);
    expect(published).toEqual([...SIGNED].sort());
  });
});
