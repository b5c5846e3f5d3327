// SPDX-License-Identifier: Apache-2.0
/** Ctrl-C in the middle of signing: Ansible stops at once, and never comes to its clean-up. */
import fs from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportPublic, exportSecretSubkeys, type Gpg, makeKey, openGpg } from '../gpg.ts';
import { type Call, type Lab, makeSpy, openLab, piecesOf } from './lab.ts';

let lab: Lab;
let gpg: Gpg;
let pieces: readonly string[];
let call: Call | undefined;
let status = 0;

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  const { primary } = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  const secret = (await exportSecretSubkeys(gpg, primary)).toString();
  pieces = piecesOf(secret, (await exportPublic(gpg, primary)).toString());
  const { dist, calls } = makeSpy(lab);
  const play = {
    hosts: 'localhost',
    gather_facts: false,
    vars: {
      ensure_artifact_signing_dist: dist,
      sign_artifacts_path: lab.release('hang'),
      gpg_key: { private: secret },
    },
    roles: ['sign-artifacts'],
  };
  const playbook = lab.write('private/play.json', JSON.stringify([play]));
  const interrupt = () => {
    call = calls()[0];
    return call === undefined ? undefined : 'SIGINT';
  };
  ({ status } = await lab.ansible([playbook], { interrupt }));
}, 600_000);

afterAll(async () => {
  await gpg.close();
  lab.close();
});

it('leaves no key, since no file has ever had it', () => {
  expect(status).not.toBe(0);
  expect(call).toMatchObject({ args: expect.arrayContaining(['--key-file=-']), mode: '700', names: [] });
  // what Ansible would have removed
  expect(call === undefined ? [] : fs.readdirSync(call.directory)).toEqual([]);
  const found = [...lab.remains()].filter(([, content]) => pieces.some((piece) => content.includes(piece)));
  expect(found.map(([file]) => file)).toEqual([]);
});
