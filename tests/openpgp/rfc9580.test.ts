// SPDX-License-Identifier: Apache-2.0
// Version 6 keys and the algorithms 27 and 28, which gpg does not know: openpgp.js is the other side here.
import * as openpgp from 'openpgp';
import { describe, expect, it } from 'vitest';
import { parseDetachedSignature } from '../../src/openpgp/detached.ts';
import { DATA, dearmor, faultOf, first, flip, open, sign, verify } from './common.ts';

type Generation = Pick<openpgp.KeyOptions, 'type' | 'curve' | 'rsaBits' | 'config'>;

const V6 = { v6Keys: true };
const KEYS: readonly { name: string; make: Generation; version: 4 | 6; hash: string; algorithm: string }[] = [
  {
    name: 'version 4, algorithm 27',
    make: { type: 'curve25519' },
    version: 4,
    hash: 'sha256',
    algorithm: 'Ed25519 (algorithm 27)',
  },
  {
    name: 'version 4, algorithm 28',
    make: { type: 'curve448' },
    version: 4,
    hash: 'sha512',
    algorithm: 'Ed448 (algorithm 28)',
  },
  {
    name: 'version 6, Ed25519',
    make: { type: 'curve25519', config: V6 },
    version: 6,
    hash: 'sha256',
    algorithm: 'Ed25519 (algorithm 27)',
  },
  {
    name: 'version 6, Ed448',
    make: { type: 'curve448', config: V6 },
    version: 6,
    hash: 'sha512',
    algorithm: 'Ed448 (algorithm 28)',
  },
  {
    name: 'version 6, RSA',
    make: { type: 'rsa', rsaBits: 2048, config: V6 },
    version: 6,
    hash: 'sha256',
    algorithm: 'RSA 2048',
  },
  {
    name: 'version 6, P-256',
    make: { type: 'ecc', curve: 'nistP256', config: V6 },
    version: 6,
    hash: 'sha256',
    algorithm: 'ECDSA P-256',
  },
  {
    name: 'version 6, P-521',
    make: { type: 'ecc', curve: 'nistP521', config: V6 },
    version: 6,
    hash: 'sha512',
    algorithm: 'ECDSA P-521',
  },
];

async function generate(options: Generation) {
  const fixed = { userIDs: [{ name: 'modern' }], subkeys: [{ sign: true }], date: new Date(Date.now() - 60_000) };
  const pair = await openpgp.generateKey({ ...fixed, ...options, format: 'object' });
  return { ...pair, secret: Buffer.from(pair.privateKey.armor()), public: Buffer.from(pair.publicKey.armor()) };
}

/** What openpgp.js says of a detached signature: it has to be asked with care. */
async function oracle(armored: Uint8Array, data: Uint8Array, key: openpgp.PublicKey): Promise<boolean> {
  const signature = await openpgp.readSignature({ armoredSignature: Buffer.from(armored).toString() });
  const message = await openpgp.createMessage({ binary: data });
  const { signatures } = await openpgp.verify({ message, signature, verificationKeys: key, format: 'binary' });
  return (
    signatures.length === 1 &&
    first(signatures).verified.then(
      () => true,
      () => false,
    )
  );
}

const signByLibrary = async (data: Uint8Array, key: openpgp.PrivateKey, config = {}): Promise<Buffer> =>
  Buffer.from(
    await openpgp.sign({
      message: await openpgp.createMessage({ binary: data }),
      signingKeys: key,
      detached: true,
      config,
    }),
  );

const ALLOWED = { allowPrimarySecret: true, allowRfc9580: true };

describe.each(KEYS)('$name', ({ make, version, hash, algorithm }) => {
  it('signs what openpgp.js accepts, and verifies it', async () => {
    const key = await generate(make);
    const signing = await open(key.secret, ALLOWED);
    const fingerprint = first(key.publicKey.subkeys).getFingerprint().toUpperCase();
    expect(signing).toMatchObject({ version, algorithm, fingerprint, state: 'good' });
    const { armored, verdict } = await sign(signing, DATA);
    const good = { kind: 'good', key: fingerprint, primary: key.publicKey.getFingerprint().toUpperCase() };
    expect(verdict).toMatchObject(good);
    expect(parseDetachedSignature(armored)).toMatchObject({
      version,
      hash,
      issuer: fingerprint,
    });
    expect(verify(armored, DATA, key.public)).toMatchObject(good);
    expect(await oracle(armored, DATA, key.publicKey)).toBe(true);
    expect(await oracle(armored, flip(DATA, 7), key.publicKey)).toBe(false);
    expect(verify(armored, flip(DATA, 7), key.public).kind).toBe('altered');
    expect(Buffer.from(armored).toString().includes('\n=')).toBe(version === 4);
  });

  it('verifies what openpgp.js signs', async () => {
    const key = await generate(make);
    for (const preferredHashAlgorithm of [10, 12, 14]) {
      const signature = await signByLibrary(DATA, key.privateKey, { preferredHashAlgorithm });
      expect(verify(signature, DATA, key.public)).toMatchObject({ kind: 'good', state: 'good' });
      expect(verify(signature, flip(DATA, 0), key.public).kind).toBe('altered');
    }
  });

  it('refuses a signature with any octet flipped', async () => {
    const key = await generate(make);
    const small = Buffer.from('small');
    const packet = dearmor((await sign(await open(key.secret, ALLOWED), small)).armored);
    const certificates = (await open(key.secret, ALLOWED)).certificate;
    const judge = (bytes: Uint8Array) => {
      try {
        return verify(bytes, small, [certificates]).kind;
      } catch {
        return 'refused';
      }
    };
    expect(judge(packet)).toBe('good');
    for (let place = 0; place < packet.length; place += 1)
      expect(judge(flip(packet, place)), `octet ${place}`).not.toBe('good');
  });

  it('signs only with permission', async () => {
    const { secret } = await generate(make);
    const fault = await faultOf(() => open(secret, { ...ALLOWED, allowRfc9580: false }));
    expect(fault).toMatchObject({ kind: 'usage', hint: expect.stringContaining('--allow-rfc9580') });
  });
});

describe('a version 6 signature', () => {
  it('is salted: two of the same data differ', async () => {
    const { secret } = await generate({ type: 'rsa', rsaBits: 2048, config: V6 });
    const signing = await open(secret, ALLOWED);
    const created = new Date();
    const [one, two] = [await sign(signing, DATA, { created }), await sign(signing, DATA, { created })];
    expect(Buffer.from(one.armored).equals(Buffer.from(two.armored))).toBe(false);
  });

  it('of a key that says nothing of itself is not good, whatever its user ID says', async () => {
    const { publicKey, secret } = await generate({ type: 'curve25519', config: V6 });
    const { armored } = await sign(await open(secret, ALLOWED), DATA);
    expect(verify(armored, DATA, Buffer.from(publicKey.write())).kind).toBe('good');
    Object.assign(publicKey, { directSignatures: [] });
    expect(verify(armored, DATA, Buffer.from(publicKey.write())).kind).toBe('unreadable');
  });

  it('of a key that expires is judged as any other', async () => {
    const born = Date.now() - 86_400_000;
    const { privateKey, publicKey } = await openpgp.generateKey({
      type: 'curve25519',
      userIDs: [{ name: 'short' }],
      subkeys: [{ sign: true }],
      keyExpirationTime: 3600,
      date: new Date(born),
      config: V6,
      format: 'object',
    });
    const signing = await open(Buffer.from(privateKey.write()), { ...ALLOWED, now: new Date(born + 60_000) });
    expect(signing.state).toBe('expires-soon');
    const made = async (seconds: number) =>
      (await sign(signing, DATA, { created: new Date(born + seconds * 1000) })).armored;
    expect(verify(await made(3000), DATA, Buffer.from(publicKey.armor()))).toMatchObject({
      kind: 'good',
      state: 'expired-after-signing',
    });
    expect(verify(await made(3601), DATA, Buffer.from(publicKey.armor())).kind).toBe('expired');
    expect((await faultOf(() => open(Buffer.from(privateKey.write()), ALLOWED))).kind).toBe('expired');
  });
});
