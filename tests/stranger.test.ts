// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandFailed } from '../scripts/run-command.ts';
import { checkWithGpgv, checkWithSha256sum } from '../scripts/stranger.ts';
import { detachSign, type Gpg, type MadeKey, makeKey, openGpg, revokeKey } from './gpg.ts';

let gpg: Gpg;
let good: MadeKey;
let other: MadeKey;
let expired: MadeKey;
let revoked: MadeKey;

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const ED25519 = { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] };
const at = (name: string) => path.join(gpg.home, name);

beforeAll(async () => {
  gpg = await openGpg();
  [good, other, revoked] = [await makeKey(gpg, ED25519), await makeKey(gpg, ED25519), await makeKey(gpg, ED25519)];
  expired = await makeKey(gpg, { ...ED25519, at: LONG_AGO, expire: '1y' });
  await sign('good', good);
  await sign('other', other);
  await sign('revoked', revoked);
  await sign('expired', expired, LONG_AGO);
  await revokeKey(gpg, revoked.primary);
  fs.writeFileSync(at('twice'), 'content');
  fs.writeFileSync(at('twice.asc'), Buffer.concat([await binary(good), await binary(other)]));
  fs.writeFileSync(at('altered'), 'other content');
  fs.copyFileSync(at('good.asc'), at('altered.asc'));
  fs.writeFileSync(at('keyring.gpg'), (await gpg.run(['--export'])).stdout);
});

afterAll(async () => gpg.close());

async function sign(name: string, key: MadeKey, when?: Date): Promise<void> {
  fs.writeFileSync(at(name), 'content');
  const options = when === undefined ? {} : { at: when };
  fs.writeFileSync(
    at(`${name}.asc`),
    await detachSign(gpg, key.subkeys[0] ?? key.primary, Buffer.from('content'), options),
  );
}

const binary = (key: MadeKey) =>
  detachSign(gpg, key.subkeys[0] ?? key.primary, Buffer.from('content'), { args: ['--no-armor'] });

describe('the check with gpgv', () => {
  const check = (name: string, key: MadeKey) => checkWithGpgv(at('keyring.gpg'), key.primary, at(name));

  it('passes one good signature by the pinned key', async () => {
    await expect(check('good', good)).resolves.toBeUndefined();
  });

  it.each(['other', 'altered', 'twice', 'missing'])('refuses %s', async (name) => {
    await expect(check(name, good)).rejects.toThrow(CommandFailed);
  });

  it('P1 refuses a key that has expired and one that was revoked, for which gpgv may end with status 0', async () => {
    await expect(check('expired', expired)).rejects.toThrow(CommandFailed);
    await expect(check('revoked', revoked)).rejects.toThrow(CommandFailed);
  });
});

describe('the check with sha256sum', () => {
  const DIGEST = 'ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73'; // of "content"

  it('counts the files', async () => {
    fs.writeFileSync(at('SHA256SUMS'), `${DIGEST}  good\n${DIGEST}  other\n`);
    await expect(checkWithSha256sum(gpg.home, 'SHA256SUMS')).resolves.toBe(2);
  });

  it.each([
    ['an altered file', `${DIGEST}  altered\n`],
    ['a missing file', `${DIGEST}  missing\n`],
    ['a line that is none', `${DIGEST}  good\nno line\n`],
  ])('refuses %s', async (_, manifest) => {
    fs.writeFileSync(at('SHA256SUMS'), manifest);
    await expect(checkWithSha256sum(gpg.home, 'SHA256SUMS')).rejects.toThrow(CommandFailed);
  });
});
