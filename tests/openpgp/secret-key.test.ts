// SPDX-License-Identifier: Apache-2.0
// From a key file to the key that signs: which one is taken, and what is said where none can be.
import { decryptKey, encryptKey, generateKey, type PrivateKey, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFingerprint } from '../../src/core/fingerprint.ts';
import { inspectKeys } from '../../src/openpgp/secret-key.ts';
import {
  exportPublic,
  exportSecret,
  exportSecretSubkeys,
  type Gpg,
  isGood,
  type MadeKey,
  makeKey,
  openGpg,
  verifyStatus,
} from '../gpg.ts';
import { at, DATA, date, dearmor, faultOf, flip, kindOf, open, sign } from './common.ts';

const PASSPHRASE = 'correct horse bättery';
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

describe('a key file with the subkeys only', () => {
  it('P4 opens armored and binary', async () => {
    const { primary, subkeys } = await make({ subkeys: [ED25519] });
    const armored = await exportSecretSubkeys(gpg, primary);
    for (const bytes of [armored, dearmor(armored), Buffer.concat([Buffer.from('Our key:\r\n\n'), armored])]) {
      expect(await open(bytes)).toMatchObject({
        primary,
        fingerprint: at(subkeys, 0),
        algorithm: 'Ed25519',
        version: 4,
        state: 'good',
      });
    }
  });

  it('leaves the octets that it was given alone', async () => {
    const { primary } = await make({ subkeys: [{ algorithm: 'rsa2048' }] });
    const bytes = dearmor(await exportSecretSubkeys(gpg, primary));
    const before = Buffer.from(bytes);
    await sign(await open(bytes), DATA);
    expect(bytes.equals(before)).toBe(true);
  });

  it('tells where each secret is', async () => {
    const { primary, subkeys } = await make({ subkeys: [ED25519, { algorithm: 'cv25519', usage: 'encr' }] });
    const [stripped] = await inspectKeys(await exportSecretSubkeys(gpg, primary));
    expect(Object.fromEntries(stripped?.secrets ?? [])).toEqual({
      [primary]: 'absent',
      [at(subkeys, 0)]: 'clear',
      [at(subkeys, 1)]: 'clear',
    });
    const [whole] = await inspectKeys(await exportSecret(gpg, primary));
    expect(whole?.secrets.get(primary)).toBe('clear');
    const [open] = await inspectKeys(await exportPublic(gpg, primary));
    expect([...(open?.secrets.values() ?? [])]).toEqual(['none', 'none', 'none']);
    expect(open?.certificate.fingerprint).toBe(primary);
  });
});

describe('the choice among subkeys', () => {
  it('takes the newest one that is good', async () => {
    const { primary, subkeys } = await make({
      at: date('2024-01-01'),
      subkeys: [
        { ...ED25519, at: date('2024-02-01') },
        { ...ED25519, at: date('2024-04-01') },
        { ...ED25519, at: date('2024-03-01') },
        { ...ED25519, at: date('2024-05-01'), expire: '1m' },
        { algorithm: 'cv25519', usage: 'encr', at: date('2024-06-01') },
      ],
    });
    const secret = await exportSecretSubkeys(gpg, primary);
    expect((await open(secret)).fingerprint).toBe(at(subkeys, 1));
    expect((await open(secret, { now: date('2024-05-20') })).fingerprint).toBe(at(subkeys, 3));
    expect((await open(secret, { now: date('2024-03-15') })).fingerprint).toBe(at(subkeys, 2));
    expect((await open(secret, { select: at(subkeys, 0) })).fingerprint).toBe(at(subkeys, 0));
    expect((await open(secret, { select: primary })).fingerprint).toBe(at(subkeys, 1));
    expect(await kindOf(() => open(secret, { select: at(subkeys, 3) }))).toBe('expired');
    expect(await kindOf(() => open(secret, { select: at(subkeys, 4) }))).toBe('not-a-signing-key');
  });

  it('passes over a subkey whose secret is not in the file', async () => {
    const born = (time: string) => ({ sign: true, date: date(time) });
    const { privateKey } = await generate({
      date: date('2024-01-01'),
      subkeys: [born('2024-02-01'), born('2024-03-01')],
    });
    const [older, newer] = privateKey.subkeys.map((subkey) => parseFingerprint(subkey.getFingerprint()));
    const allowed = { allowPrimarySecret: true };
    expect((await open(Buffer.from(privateKey.write()), allowed)).fingerprint).toBe(newer);
    const keyPacket = privateKey.subkeys[1]?.keyPacket;
    if (keyPacket !== undefined && 'makeDummy' in keyPacket) keyPacket.makeDummy();
    expect((await open(Buffer.from(privateKey.write()), allowed)).fingerprint).toBe(older);
  });

  it('refuses a key that is not in the file as wrong-key', async () => {
    const { primary } = await make({ subkeys: [ED25519] });
    const fault = await faultOf(async () =>
      open(await exportSecretSubkeys(gpg, primary), { select: parseFingerprint('0'.repeat(40)) }),
    );
    expect(fault.kind).toBe('wrong-key');
    expect(fault.hint).toContain(primary);
  });

  it('wants one of several keys to be selected', async () => {
    const [one, two] = [await make({ subkeys: [ED25519] }), await make({ subkeys: [ED25519] })];
    const both = Buffer.concat([
      await exportSecretSubkeys(gpg, one.primary),
      await exportSecretSubkeys(gpg, two.primary),
    ]);
    const fault = await faultOf(() => open(both));
    expect(fault.kind).toBe('usage');
    expect(fault.hint).toContain(two.primary);
    expect((await open(both, { select: two.primary })).fingerprint).toBe(at(two.subkeys, 0));
    expect((await open(both, { select: at(one.subkeys, 0) })).primary).toBe(one.primary);
  });
});

describe('a primary key whose secret is present', () => {
  it('P4 is refused, and what to do is said', async () => {
    const { primary, subkeys } = await make({ usage: 'cert,sign', subkeys: [ED25519] });
    const secret = await exportSecret(gpg, primary);
    const fault = await faultOf(() => open(secret));
    expect(fault.kind).toBe('primary-secret-present');
    expect(fault.hint).toContain('--export-secret-subkeys');
    // Allowed, its subkey signs all the same, unless the primary key is asked for.
    expect((await open(secret, { allowPrimarySecret: true })).fingerprint).toBe(at(subkeys, 0));
    expect((await open(secret, { allowPrimarySecret: true, select: primary })).fingerprint).toBe(primary);
  });

  it('signs itself where it is allowed to and has no signing subkey', async () => {
    const { primary } = await make({ usage: 'cert,sign', subkeys: [{ algorithm: 'cv25519', usage: 'encr' }] });
    const signing = await open(await exportSecret(gpg, primary), { allowPrimarySecret: true });
    const { armored, verdict } = await sign(signing, DATA);
    expect(verdict).toMatchObject({ kind: 'good', key: primary, primary });
    expect(isGood(await verifyStatus(gpg, armored, DATA), primary)).toBe(true);
  });

  it('does not sign where it is for certification only', async () => {
    const { primary, subkeys } = await make({ subkeys: [ED25519] });
    const secret = await exportSecret(gpg, primary);
    expect((await open(secret, { allowPrimarySecret: true, select: primary })).fingerprint).toBe(at(subkeys, 0));
  });
});

describe('a passphrase', () => {
  it('opens the key that gpg protected, as text and as the first line of a file', async () => {
    const { primary } = await make({ passphrase: PASSPHRASE, subkeys: [ED25519] });
    const secret = await exportSecretSubkeys(gpg, primary, PASSPHRASE);
    for (const passphrase of [
      PASSPHRASE,
      Buffer.from(PASSPHRASE),
      Buffer.from(`${PASSPHRASE}\n`),
      Buffer.from(`${PASSPHRASE}\r\nmore`),
    ]) {
      const { armored, verdict } = await sign(await open(secret, { passphrase }), DATA);
      expect(verdict.kind).toBe('good');
      expect(isGood(await verifyStatus(gpg, armored, DATA), primary)).toBe(true);
    }
    const missing = await faultOf(() => open(secret));
    expect(missing.kind).toBe('unreadable');
    expect(missing.message).toContain('protected by a passphrase');
    const wrong = await faultOf(() => open(secret, { passphrase: 'tell-nobody-7281' }));
    expect(wrong.kind).toBe('unreadable');
    expect(JSON.stringify([wrong.message, wrong.hint, wrong.stack, wrong.cause, wrong.evidence])).not.toContain('tell');
  });

  it('is not needed, and does no harm, where there is none', async () => {
    const { primary } = await make({ subkeys: [ED25519] });
    expect((await open(await exportSecretSubkeys(gpg, primary), { passphrase: 'whatever' })).state).toBe('good');
  });

  it.each([
    { aeadProtect: false },
    { aeadProtect: true, s2kType: 4, s2kArgon2Params: { passes: 1, parallelism: 1, memoryExponent: 10 } },
  ])('opens what openpgp.js protects (%j)', async (config) => {
    const { privateKey } = await generate({ type: 'rsa', rsaBits: 2048 });
    const locked = await encryptKey({ privateKey, passphrase: PASSPHRASE, config });
    const options = { allowPrimarySecret: true };
    expect((await open(Buffer.from(locked.armor()), { ...options, passphrase: PASSPHRASE })).algorithm).toBe(
      'RSA 2048',
    );
    expect(await kindOf(() => open(Buffer.from(locked.armor()), { ...options, passphrase: 'x' }))).toBe('unreadable');
    expect((await decryptKey({ privateKey: locked, passphrase: PASSPHRASE })).isDecrypted()).toBe(true);
  });
});

const generate = (options: Partial<Parameters<typeof generateKey>[0]>): Promise<{ privateKey: PrivateKey }> =>
  generateKey({
    userIDs: [{ name: 'generated' }],
    type: 'ecc',
    curve: 'ed25519Legacy',
    subkeys: [{ sign: true }],
    ...options,
    format: 'object',
  });

describe('what is no secret key', () => {
  it('is unreadable, and a public key is called one', async () => {
    const { primary } = await make({ subkeys: [ED25519] });
    const fault = await faultOf(async () => open(await exportPublic(gpg, primary)));
    expect(fault).toMatchObject({ kind: 'unreadable', message: expect.stringContaining('public key') });
    expect(fault.hint).toContain('--export-secret-subkeys');
    for (const bytes of ['', 'a secret', '-----BEGIN RSA PRIVATE KEY-----\n\nAAAA\n-----END RSA PRIVATE KEY-----\n']) {
      expect(await kindOf(() => open(Buffer.from(bytes)))).toBe('unreadable');
    }
    expect(await kindOf(() => open(Buffer.alloc(1024 * 1024 + 1, 0x99)))).toBe('unreadable');
  });

  it('is unreadable wherever an octet of the armored file is damaged or missing', async () => {
    const { primary } = await make({ subkeys: [ED25519] });
    const secret = await exportSecretSubkeys(gpg, primary);
    for (const length of [10, 60, 200, secret.length - 40]) {
      expect(await kindOf(() => open(secret.subarray(0, length))), `cut at ${length}`).toBe('unreadable');
    }
    expect(await kindOf(() => open(flip(secret, 120)))).toBe('unreadable');
  });

  it('is unreadable where the secret does not belong to the public key', async () => {
    for (const options of [{}, { type: 'rsa', rsaBits: 2048 }, { curve: 'nistP256' }] as const) {
      const [one, two] = [await generate(options), await generate(options)];
      const subkey = one.privateKey.subkeys[0]?.keyPacket;
      const foreign = two.privateKey.subkeys[0]?.keyPacket;
      Object.assign(subkey ?? {}, {
        privateParams: foreign && 'privateParams' in foreign ? foreign.privateParams : null,
      });
      const bytes = Buffer.from(one.privateKey.armor());
      expect(await faultOf(() => open(bytes, { allowPrimarySecret: true }))).toMatchObject({
        kind: 'unreadable',
        cause: undefined,
      });
    }
  });

  it('is unreadable where the signing subkey is on a card, and not taken for a primary secret', async () => {
    const { privateKey } = await generate({});
    const parsed = await readPrivateKey({ armoredKey: privateKey.armor() });
    for (const { keyPacket } of [parsed, ...parsed.subkeys]) if ('makeDummy' in keyPacket) keyPacket.makeDummy();
    const dummy = Buffer.from(parsed.write());
    expect(await faultOf(() => open(dummy))).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('not in the key file'),
    });
    // gnu-divert-to-card: mode 1002, here with the serial number left out.
    const stub = Buffer.from(dummy.toString('latin1').replaceAll('GNU\x01', 'GNU\x02'), 'latin1');
    expect(await faultOf(() => open(stub))).toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining('card'),
    });
  });
});
