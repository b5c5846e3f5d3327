// SPDX-License-Identifier: Apache-2.0
// GnuPG must accept what we sign, and we what GnuPG signs; both must refuse the same tampering.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, readCertificates } from '../../src/openpgp/certificate.ts';
import { parseDetachedSignature } from '../../src/openpgp/detached.ts';
import {
  detachSign,
  exportPublic,
  exportSecretSubkeys,
  type Gpg,
  isGood,
  type MadeKey,
  makeKey,
  openGpg,
  verifyStatus,
} from '../gpg.ts';
import { at, DATA, dearmor, flip, open, sign, verify } from './common.ts';

const ALGORITHMS = [
  { algorithm: 'rsa2048', name: 'RSA 2048', hash: 'sha256' },
  { algorithm: 'rsa3072', name: 'RSA 3072', hash: 'sha256' },
  { algorithm: 'rsa4096', name: 'RSA 4096', hash: 'sha256' },
  { algorithm: 'nistp256/ecdsa', name: 'ECDSA P-256', hash: 'sha256' },
  { algorithm: 'nistp384/ecdsa', name: 'ECDSA P-384', hash: 'sha384' },
  { algorithm: 'nistp521/ecdsa', name: 'ECDSA P-521', hash: 'sha512' },
  { algorithm: 'ed25519', name: 'Ed25519', hash: 'sha256' },
] as const;

const SMALL = Buffer.from('a few octets');

let gpg: Gpg;
let key: MadeKey;
let certificate: Buffer;
let secret: Buffer;

beforeAll(async () => {
  gpg = await openGpg();
  key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: ALGORITHMS });
  certificate = await exportPublic(gpg, key.primary);
  secret = await exportSecretSubkeys(gpg, key.primary);
});

afterAll(() => gpg.close());

describe.each(ALGORITHMS.map((one, index) => ({ ...one, index })))('$name', ({ name, hash, index }) => {
  const openIt = () => open(secret, { select: at(key.subkeys, index) });

  it('signs what gpg accepts', async () => {
    const signing = await openIt();
    expect(signing).toMatchObject({ algorithm: name, version: 4, state: 'good', primary: key.primary });
    const { armored, verdict } = await sign(signing, DATA, { certificates: readCertificates(certificate) });
    expect(verdict).toMatchObject({ kind: 'good', key: at(key.subkeys, index), primary: key.primary });
    expect(parseDetachedSignature(armored)).toMatchObject({ version: 4, issuer: at(key.subkeys, index), hash });
    expect(isGood(await verifyStatus(gpg, armored, DATA), key.primary)).toBe(true);
  });

  it('verifies what gpg signs', async () => {
    const theirs = await detachSign(gpg, at(key.subkeys, index), DATA);
    const good = { kind: 'good', state: 'good', key: at(key.subkeys, index), primary: key.primary };
    expect(verify(theirs, DATA, certificate)).toMatchObject({ ...good, userId: 'Release <release@example.org>' });
    expect(verify(dearmor(theirs), DATA, certificate)).toMatchObject(good);
  });

  it('makes signatures that fit no other file, to us and to gpg', async () => {
    const { armored } = await sign(await openIt(), DATA);
    for (const altered of [flip(DATA, 5), DATA.subarray(1), Buffer.from('something else')]) {
      expect(verify(armored, altered, certificate).kind).toBe('altered');
      expect(isGood(await verifyStatus(gpg, armored, altered), key.primary)).toBe(false);
    }
    expect(verify(await detachSign(gpg, at(key.subkeys, index), DATA), flip(DATA, 0), certificate).kind).toBe(
      'altered',
    );
  });

  it('refuses a signature with any octet flipped', async () => {
    const certificates = readCertificates(certificate);
    const packet = dearmor((await sign(await openIt(), SMALL)).armored);
    expect(judge(packet, certificates)).toBe('good');
    for (let place = 0; place < packet.length; place += 1) {
      expect(judge(flip(packet, place), certificates), `octet ${place}`).not.toBe('good');
    }
  });

  it('signs the empty file', async () => {
    const nothing = new Uint8Array();
    const { armored } = await sign(await openIt(), nothing);
    expect(verify(armored, nothing, certificate).kind).toBe('good');
    expect(isGood(await verifyStatus(gpg, armored, nothing), key.primary)).toBe(true);
  });

  it.each(['sha384', 'sha512'] as const)('signs with %s where the key is not too long for it', async (digestAlgo) => {
    const signing = await openIt();
    if (!signing.signer.hashes.includes(digestAlgo)) {
      await expect(sign(signing, DATA, { digestAlgo })).rejects.toMatchObject({ kind: 'usage' });
      return;
    }
    const { armored } = await sign(signing, DATA, { digestAlgo });
    expect(parseDetachedSignature(armored).hash).toBe(digestAlgo);
    expect(verify(armored, DATA, certificate).kind).toBe('good');
    expect(isGood(await verifyStatus(gpg, armored, DATA), key.primary)).toBe(true);
  });
});

/** What becomes of a signature that may not even be one. */
function judge(signature: Uint8Array, certificates: readonly Certificate[]): string {
  try {
    return verify(signature, SMALL, certificates).kind;
  } catch {
    return 'refused';
  }
}

describe('what we sign', () => {
  it('P34 is verified against the certificates that are given, not against the key file', async () => {
    const other = await makeKey(gpg, { algorithm: 'ed25519', userId: 'other', subkeys: [{ algorithm: 'ed25519' }] });
    const signing = await open(await exportSecretSubkeys(gpg, other.primary));
    const { verdict } = await sign(signing, DATA, { certificates: readCertificates(certificate) });
    expect(verdict).toMatchObject({ kind: 'wrong-key' });
    expect((await sign(signing, DATA, { certificates: [] })).verdict.kind).toBe('wrong-key');
  });

  it('P7 is refused for a time before the key', async () => {
    const signing = await open(secret, { select: at(key.subkeys, 0) });
    await expect(sign(signing, DATA, { created: new Date(0) })).rejects.toMatchObject({ kind: 'not-yet-valid' });
  });

  it('carries the whole second of its creation', async () => {
    const created = new Date(Math.floor(Date.now() / 1000) * 1000 + 999);
    const { armored } = await sign(await open(secret, { select: at(key.subkeys, 6) }), DATA, { created });
    expect(parseDetachedSignature(armored).created.getTime()).toBe(created.getTime() - 999);
  });
});

describe('P-384 and P-521', () => {
  it('are refused with SHA-256, as gpg refuses them, made or verified', async () => {
    for (const index of [4, 5]) {
      const signing = await open(secret, { select: at(key.subkeys, index) });
      await expect(sign(signing, DATA, { digestAlgo: 'sha256' })).rejects.toMatchObject({ kind: 'usage' });
      const careless = { ...signing, signer: { ...signing.signer, hashes: ['sha256'] as const } };
      const { armored, verdict } = await sign(careless, DATA);
      expect(verdict).toMatchObject({ kind: 'weak-algorithm', message: expect.stringContaining('sha256') });
      expect(verify(armored, DATA, certificate).kind).toBe('weak-algorithm');
      expect(isGood(await verifyStatus(gpg, armored, DATA), key.primary)).toBe(false);
    }
  });
});
