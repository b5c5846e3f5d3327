// SPDX-License-Identifier: Apache-2.0
/** The roles on a host that this version of Ansible reaches by ssh, in an account that owns nothing but its home. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toldNode } from '../../scripts/ansible-versions.ts';
import { exportPublic, exportSecretSubkeys, makeKey, withGpg } from '../gpg.ts';
import { type Lab, type Outcome, openLab, piecesOf, type Scenario } from '../roles/lab.ts';
import { type LoopbackHost, startLoopbackHost } from '../system/loopback-host.ts';

let lab: Lab;
let host: LoopbackHost;
let secret: string;
let certificate: string;
let outcomes: ReadonlyMap<string, Outcome> & { readonly output: string };

const there = (...parts: readonly string[]) => path.join(host.home, ...parts);
const of = (name: string): Outcome => outcomes.get(name) ?? expect.fail(`no scenario ${name}`);

function scenariosOf(): readonly Scenario[] {
  const scenario = (name: string, role: string, directory: string): Scenario => ({
    name,
    role,
    host: host.vars,
    vars: {
      ensure_artifact_signing_node: there('node'),
      release_path: there(directory),
      release_project: 'nova',
      release_version: '31.0.0',
      gpg_key: { private: secret },
      sign_artifacts_manifest: true,
      verify_artifacts_certificate: there('certificate.asc'),
    },
  });
  return [
    scenario('signed', 'sign-artifacts', 'release'),
    scenario('verified', 'verify-artifacts', 'release'),
    scenario('signed-again', 'sign-artifacts', 'release'),
    scenario('unsigned', 'verify-artifacts', 'unsigned'),
  ];
}

beforeAll(async () => {
  lab = openLab();
  host = await startLoopbackHost();
  [secret, certificate] = await withGpg(async (gpg) => {
    const { primary } = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
    return [(await exportSecretSubkeys(gpg, primary)).toString(), (await exportPublic(gpg, primary)).toString()];
  });
  host.put('certificate.asc', certificate);
  host.put('node', fs.readFileSync(toldNode()), 0o755);
  for (const name of ['release', 'unsigned']) host.put(`${name}/nova-31.0.0.tar.gz`, 'source');
  outcomes = await lab.play(scenariosOf(), { args: ['-vvv', '--diff'] });
});

afterAll(async () => {
  await host?.close();
  lab.close();
});

it('signs and verifies a release with its manifest, as that account', () => {
  for (const name of ['signed', 'verified']) expect(of(name)).toMatchObject({ failed: false, message: '' });
  expect(of('signed').changed).toBeGreaterThan(0);
  const names = ['nova-31.0.0.SHA256SUMS', 'nova-31.0.0.tar.gz'].flatMap((name) => [name, `${name}.asc`]);
  expect(fs.readdirSync(there('release')).sort()).toEqual(names);
  const owners = names.map((name) => fs.statSync(there('release', name)).uid);
  expect([...new Set(owners)]).toEqual([fs.statSync(host.home).uid]);
  expect(owners).not.toContain(0);
});

it('changes nothing the second time', () => {
  expect(of('signed-again')).toMatchObject({ failed: false, changed: 0 });
});

it('refuses a release that nobody has signed', () => {
  expect(of('unsigned').failed).toBe(true);
  expect(of('unsigned').message).toMatch(/artifact-signing: error: there is no manifest in /);
});

it('leaves no piece of the key on either side or in the output, and no directory of its own', () => {
  const used = [...new Set(outcomes.output.match(/\/\S*\/artifact-signing-\w+(?=\/report\.json)/g))];
  expect(used.length).toBeGreaterThan(3);
  expect(used.filter((directory) => fs.existsSync(directory))).toEqual([]);
  const remote = fs
    .readdirSync(host.home, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== 'node' && fs.statSync(there(name)).isFile())
    .map((name) => ({ name, content: fs.readFileSync(there(name), 'latin1') }));
  const places = [
    outcomes.output,
    ...[...lab.remains().values()].map((content) => content.toString('latin1')),
    ...remote.map(({ content }) => content),
  ];
  // certificate and signatures: a secret key has the public one in it
  const open = remote.filter(({ name }) => name.endsWith('.asc')).map(({ content }) => content);
  const pieces = piecesOf(secret, open.join('\n'));
  expect(pieces.length).toBeGreaterThan(50);
  expect(pieces.filter((piece) => places.some((place) => place.includes(piece)))).toEqual([]);
});
