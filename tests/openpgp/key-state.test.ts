// SPDX-License-Identifier: Apache-2.0
// Every state in which a key may not sign has its own name, and a hint that says what to do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportSecretSubkeys, type Gpg, type MadeKey, makeKey, openGpg, revokeKey, revokeSubkey } from '../gpg.ts';
import { at, date, faultOf, kindOf, open } from './common.ts';

let gpg: Gpg;
beforeAll(async () => {
  gpg = await openGpg();
});
afterAll(() => gpg.close());

let names = 0;
/** A key of its own user ID; Ed25519 for certification unless told. */
const make = (options: Partial<Parameters<typeof makeKey>[1]> = {}): Promise<MadeKey> => {
  names += 1;
  return makeKey(gpg, { algorithm: 'ed25519', userId: `key ${names}`, ...options });
};
const ED25519 = { algorithm: 'ed25519' };

describe('states', () => {
  it('P3 expires-soon and expired, by the subkey and by the primary key alone', async () => {
    const start = date('2024-01-01');
    const bySubkey = await make({ at: start, subkeys: [{ ...ED25519, expire: '100d' }] });
    const byPrimary = await make({ at: start, expire: '100d', subkeys: [ED25519] });
    for (const [{ primary }, how] of [
      [bySubkey, 'expired on 2024-04-10'],
      [byPrimary, 'expired on 2024-04-10, with its primary key'],
    ] as const) {
      const secret = await exportSecretSubkeys(gpg, primary);
      const ends = new Date(start.getTime() + 100 * 86_400_000);
      const state = async (days: number, warnDays = 30) =>
        (await open(secret, { now: new Date(ends.getTime() - days * 86_400_000), warnDays })).state;
      expect(await state(31)).toBe('good');
      expect(await state(30)).toBe('expires-soon');
      expect(await state(31, 40)).toBe('expires-soon');
      expect(await state(0.001)).toBe('expires-soon');
      expect((await open(secret, { now: start })).expires).toEqual(ends);
      const fault = await faultOf(() => open(secret, { now: ends }));
      expect(fault).toMatchObject({ kind: 'expired', message: expect.stringMatching(new RegExp(`${how}$`)) });
      expect(fault.hint).toContain('--quick-set-expire');
    }
  });

  it('not-yet-valid, before its creation', async () => {
    const { primary } = await make({ at: date('2024-01-01'), subkeys: [{ ...ED25519, at: date('2024-02-01') }] });
    const secret = await exportSecretSubkeys(gpg, primary);
    const fault = await faultOf(() => open(secret, { now: date('2024-01-31') }));
    expect(fault).toMatchObject({ kind: 'not-yet-valid', hint: expect.stringContaining('clock') });
  });

  it('revoked and superseded, by the reason', async () => {
    for (const [reason, kind] of [
      ['none', 'revoked'],
      ['compromised', 'revoked'],
      ['superseded', 'superseded'],
      ['retired', 'superseded'],
    ] as const) {
      const { primary } = await make({ subkeys: [ED25519] });
      await revokeSubkey(gpg, primary, 1, reason);
      const fault = await faultOf(async () => open(await exportSecretSubkeys(gpg, primary)));
      expect(fault.kind, reason).toBe(kind);
      expect(fault.hint).toBeDefined();
    }
  });

  it('revoked with its primary key', async () => {
    const { primary } = await make({ subkeys: [ED25519] });
    const secret = await exportSecretSubkeys(gpg, primary);
    await revokeKey(gpg, primary);
    expect(await kindOf(async () => open(await exportSecretSubkeys(gpg, primary)))).toBe('revoked');
    expect((await open(secret)).state).toBe('good');
  });

  it('passes over a revoked subkey to a good one', async () => {
    const { primary, subkeys } = await make({ subkeys: [ED25519, ED25519] });
    await revokeSubkey(gpg, primary, 2, 'compromised');
    expect((await open(await exportSecretSubkeys(gpg, primary))).fingerprint).toBe(at(subkeys, 0));
  });

  it('weak-algorithm, by DSA, RSA 1024, another curve, a weak primary key', async () => {
    for (const algorithm of ['dsa2048', 'rsa1024', 'brainpoolP256r1/ecdsa', 'secp256k1/ecdsa']) {
      const { primary } = await make({ subkeys: [{ algorithm }] });
      expect(await kindOf(async () => open(await exportSecretSubkeys(gpg, primary))), algorithm).toBe('weak-algorithm');
    }
    const { primary } = await make({ algorithm: 'rsa1024', subkeys: [ED25519] });
    expect(await kindOf(async () => open(await exportSecretSubkeys(gpg, primary)))).toBe('weak-algorithm');
  });

  it('P5 weak-algorithm, by self-signatures with SHA-1', async () => {
    const { primary } = await make({ algorithm: 'rsa2048', args: ['--cert-digest-algo', 'SHA1'] });
    await gpg.run(['--passphrase', '', '--quick-add-key', primary, 'ed25519', 'sign']);
    const fault = await faultOf(async () => open(await exportSecretSubkeys(gpg, primary)));
    expect(fault).toMatchObject({ kind: 'weak-algorithm', message: expect.stringContaining('SHA-1') });
    // The newest word about the same user ID counts, and then it is a strong one.
    await gpg.run(['--passphrase', '', '--quick-set-expire', primary, '1y']);
    expect((await open(await exportSecretSubkeys(gpg, primary))).state).toBe('good');
  });

  it('not-a-signing-key, for one that encrypts or logs in', async () => {
    for (const subkey of [
      { algorithm: 'cv25519', usage: 'encr' },
      { algorithm: 'rsa2048', usage: 'encr' },
      { ...ED25519, usage: 'auth' },
    ]) {
      const { primary } = await make({ subkeys: [subkey] });
      const fault = await faultOf(async () => open(await exportSecretSubkeys(gpg, primary)));
      expect(fault).toMatchObject({ kind: 'not-a-signing-key', hint: expect.stringContaining('--quick-add-key') });
    }
  });

  it('names the best of several that are all bad', async () => {
    const { primary } = await make({
      at: date('2024-01-01'),
      subkeys: [
        ED25519,
        { algorithm: 'cv25519', usage: 'encr' },
        { ...ED25519, expire: '1m' },
        { algorithm: 'dsa2048' },
      ],
    });
    await revokeSubkey(gpg, primary, 1, 'none');
    expect(await kindOf(async () => open(await exportSecretSubkeys(gpg, primary)))).toBe('expired');
  });
});
