// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Lab, type Outcome, openLab, ROOT, type Vars } from './lab.ts';

const DIST = path.join(ROOT, 'dist');
const digestOf = (file: string) => createHash('sha256').update(fs.readFileSync(file)).digest('hex');
const EXPECTED = digestOf(path.join(DIST, 'SHA256SUMS'));

let lab: Lab;
let outcomes: ReadonlyMap<string, Outcome> & { output: string };
const of = (name: string): Outcome => outcomes.get(name) ?? expect.fail(`no scenario ${name}`);

/** An archive of that layout whose `node` hands over to the real one: small, so that it is packed in no time. */
function makeArchive(top: string): { readonly url: string; readonly sha256: string } {
  for (const name of ['bin/node', 'lib/node_modules/npm/bin/node', 'README.md'])
    lab.write(`private/${top}/${name}`, 'not a binary');
  lab.write(`private/${top}/bin/node`, `#!/bin/sh\nexec ${process.execPath} "$@"\n`);
  fs.chmodSync(lab.at('private', top, 'bin/node'), 0o755);
  const file = lab.at('private', `${top}.tar.gz`);
  execFileSync('tar', ['-czf', file, '-C', lab.at('private'), top]);
  return { url: `file://${file}`, sha256: digestOf(file) };
}

/** A copy of the executable with one more byte in a file. */
function makeAltered(file: string): string {
  fs.cpSync(DIST, lab.at('private/altered', file), { recursive: true });
  fs.appendFileSync(lab.at('private/altered', file, file), '\n');
  return lab.at('private/altered', file);
}

beforeAll(async () => {
  lab = openLab();
  // what a system may have: too old, as its own words say
  lab.write('private/old/node', `#!/bin/sh\nexit 2\n`);
  fs.chmodSync(lab.at('private/old/node'), 0o755);
  const [nodejs, npm] = [makeArchive('node-v24.21.0-linux-x64'), makeArchive('package')];
  const unpack = ({ url, sha256 }: typeof npm): Vars => ({
    ensure_artifact_signing_node: lab.at('private/old/node'),
    ensure_artifact_signing_node_url: url,
    ensure_artifact_signing_node_sha256: sha256,
  });
  const scenario = (name: string, vars: Vars, play: Vars = {}) => ({
    name,
    role: 'ensure-artifact-signing',
    vars,
    play,
    host: { ansible_pipelining: true, ansible_remote_tmp: lab.at('tmp/not-there-yet') },
  });
  outcomes = await lab.play([
    scenario('found', { ensure_artifact_signing_dist_sha256: EXPECTED.toUpperCase() }),
    scenario('nodejs', unpack(nodejs)),
    scenario('nodejs-again', unpack(nodejs)),
    scenario('npm', unpack(npm), { check_mode: true }),
    scenario('wrong-archive', unpack({ ...npm, sha256: nodejs.sha256.replace(/^./, (c) => (c === '0' ? '1' : '0')) })),
    scenario('no-digest', unpack({ ...npm, sha256: '' })),
    scenario('cached', { ansible_facts: { verify_artifacts_policy: '/tmp/policy.yaml', ansible_os_family: 'Debian' } }),
    scenario('no-node', { ensure_artifact_signing_node: '/nonexistent/node' }),
    scenario('no-dist', { ensure_artifact_signing_dist: lab.at('work') }),
    scenario('other-dist', { ensure_artifact_signing_dist_sha256: '0'.repeat(64) }),
    scenario('altered-manifest', {
      ensure_artifact_signing_dist: makeAltered('SHA256SUMS'),
      ensure_artifact_signing_dist_sha256: EXPECTED,
    }),
    scenario('altered-file', {
      ensure_artifact_signing_dist: makeAltered('artifact-signing.mjs'),
      ensure_artifact_signing_dist_sha256: EXPECTED,
    }),
  ]);
}, 600_000);

afterAll(() => lab.close());

describe('ensure-artifact-signing', () => {
  it('uses the Node of the host, and the executable that has the expected digest', () => {
    expect(of('found')).toMatchObject({ failed: false, changed: 0 });
  });

  it.each([['nodejs'], ['npm']])(
    'unpacks the binary, and nothing else, from an archive in the layout of "%s"',
    (name) => {
      expect(of(name)).toMatchObject({ failed: false, changed: expect.toSatisfy((changed: number) => changed > 0) });
    },
  );

  it('leaves two binaries behind and no archive', () => {
    const cache = lab.at('home/.cache/artifact-signing');
    const files = fs.readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const made = files.map(({ parentPath, name }) => [
      path.relative(cache, parentPath).replace(/[0-9a-f]{16}$/, ''),
      name,
    ]);
    expect(made).toEqual([
      ['node-', 'node'],
      ['node-', 'node'],
    ]);
  });

  it('has Ansible warn of nothing, where the host has no temporary directory of it yet', () => {
    expect(outcomes.output).not.toMatch(/\[WARNING\]: Module remote_tmp/);
  });

  it('unpacks nothing the second time', () => {
    expect(of('nodejs-again')).toMatchObject({ failed: false, changed: 0 });
  });

  it.each([
    ['wrong-archive', /checksum/],
    ['no-digest', /its digest with ensure_artifact_signing_node_sha256/],
    ['cached', /which any playbook of the build can do: verify_artifacts_policy\n/],
    ['no-node', /"\/nonexistent\/node" is not there or is older than Node 22\.22/],
    ['no-dist', /the executable is not in .*workspace-checkout: true/s],
    ['other-dist', /SHA256SUMS" is not the one that is asked for\nits digest: [0-9a-f]{64}\n/],
    ['altered-manifest', /SHA256SUMS" is not the one that is asked for/],
    ['altered-file', /are not those of its SHA256SUMS\nartifact-signing\.mjs: FAILED/],
  ])('refuses "%s" with a reason', (name, reason) => {
    expect(of(name).failed).toBe(true);
    expect(of(name).message).toMatch(reason);
  });
});
