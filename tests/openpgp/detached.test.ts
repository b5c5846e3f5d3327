// SPDX-License-Identifier: Apache-2.0
// What a good signature is, and the name of every reason why one is not. Keys by gpg, times by the caller.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, mergeCertificates, readCertificates } from '../../src/openpgp/certificate.ts';
import { parseDetachedSignature } from '../../src/openpgp/detached.ts';
import type { SigningKey } from '../../src/openpgp/secret-key.ts';
import {
  detachSign,
  exportPublic,
  exportSecret,
  exportSecretSubkeys,
  type Gpg,
  type MadeKey,
  makeKey,
  openGpg,
  revokeKey,
  revokeSubkey,
} from '../gpg.ts';
import { at, DATA, date, first, open, sign, verify } from './common.ts';

const START = date('2024-01-01');
const later = (days: number): Date => new Date(START.getTime() + days * 86_400_000);

let gpg: Gpg;
beforeAll(async () => {
  gpg = await openGpg();
});
afterAll(() => gpg.close());

let names = 0;
const make = (options: Partial<Parameters<typeof makeKey>[1]> = {}): Promise<MadeKey> => {
  names += 1;
  return makeKey(gpg, {
    algorithm: 'ed25519',
    userId: `key ${names}`,
    at: START,
    subkeys: [{ algorithm: 'ed25519' }],
    ...options,
  });
};
const certificateOf = async ({ primary }: MadeKey): Promise<Certificate> =>
  first(readCertificates(await exportPublic(gpg, primary)));
const openAt = async ({ primary }: MadeKey, now: Date): Promise<SigningKey> =>
  open(await exportSecretSubkeys(gpg, primary), { now });
const signAt = async (key: SigningKey, created: Date): Promise<Uint8Array> =>
  (await sign(key, DATA, { created })).armored;

describe('the key', () => {
  it('must be one of a pinned certificate', async () => {
    const [ours, theirs] = [await make(), await make()];
    const signature = await signAt(await openAt(ours, later(1)), later(1));
    const verdict = verify(signature, DATA, [await certificateOf(theirs)], later(2));
    expect(verdict).toMatchObject({ kind: 'wrong-key', message: expect.stringContaining(at(ours.subkeys, 0)) });
    expect(verify(signature, DATA, [], later(2)).kind).toBe('wrong-key');
    const both = [await certificateOf(theirs), await certificateOf(ours)];
    expect(verify(signature, DATA, both, later(2))).toMatchObject({
      kind: 'good',
      primary: ours.primary,
      created: later(1),
    });
  });

  it('must be in the certificate as it is pinned', async () => {
    const key = await make();
    const before = await certificateOf(key);
    await gpg.run(['--passphrase', '', '--quick-add-key', key.primary, 'ed25519', 'sign'], { at: START });
    const after = await certificateOf(key);
    const fingerprint = first(after.keys.slice(2)).fingerprint;
    const signature = await signAt(
      await open(await exportSecretSubkeys(gpg, key.primary), { select: fingerprint, now: later(1) }),
      later(1),
    );
    expect(verify(signature, DATA, [before], later(2)).kind).toBe('wrong-key');
    expect(verify(signature, DATA, [after], later(2))).toMatchObject({ kind: 'good', key: fingerprint });
  });

  it('must be meant for signing', async () => {
    const key = await make({ usage: 'cert,sign', subkeys: [] });
    const signature = await detachSign(gpg, key.primary, DATA, { at: later(1) });
    expect(verify(signature, DATA, [await certificateOf(key)], later(2))).toMatchObject({
      kind: 'good',
      key: key.primary,
    });
    const input = 's\nq\n';
    await gpg.run(['--passphrase', '', '--command-fd', '0', '--edit-key', key.primary, 'change-usage', 'save'], {
      input,
      at: later(2),
    });
    expect(verify(signature, DATA, [await certificateOf(key)], later(2)).kind).toBe('not-a-signing-key');
  });

  it('must be strong', async () => {
    const weak = await make({
      subkeys: [{ algorithm: 'rsa1024' }, { algorithm: 'dsa2048' }, { algorithm: 'secp256k1/ecdsa' }],
    });
    for (const subkey of weak.subkeys) {
      const signature = await detachSign(gpg, subkey, DATA, { at: later(1) });
      expect(verify(signature, DATA, [await certificateOf(weak)], later(2))).toMatchObject({
        kind: 'weak-algorithm',
        key: subkey,
      });
    }
  });
});

describe('the digest', () => {
  it('P5 must be SHA-256 or stronger', async () => {
    const key = await make({ subkeys: [{ algorithm: 'rsa2048' }] });
    const certificates = [await certificateOf(key)];
    for (const [digest, kind] of [
      ['SHA1', 'weak-algorithm'],
      ['RIPEMD160', 'weak-algorithm'],
      ['SHA224', 'weak-algorithm'],
      ['SHA256', 'good'],
      ['SHA384', 'good'],
      ['SHA512', 'good'],
    ] as const) {
      const signature = await detachSign(gpg, at(key.subkeys, 0), DATA, {
        at: later(1),
        args: ['--digest-algo', digest],
      });
      expect(verify(signature, DATA, certificates, later(2)).kind, digest).toBe(kind);
    }
  });
});

describe('times', () => {
  it('P2 a signature made before the key expired is expired-after-signing, one made later is refused', async () => {
    for (const options of [{ subkeys: [{ algorithm: 'ed25519', expire: '100d' }] }, { expire: '100d' }]) {
      const key = await make(options);
      const certificates = [await certificateOf(key)];
      const signing = await openAt(key, later(1));
      const judge = async (made: number, now: number) =>
        verify(await signAt(signing, later(made)), DATA, certificates, later(now));
      expect(await judge(10, 50)).toMatchObject({ kind: 'good', state: 'good', expires: later(100) });
      expect(await judge(10, 80)).toMatchObject({ kind: 'good', state: 'expires-soon' });
      expect(await judge(10, 100)).toMatchObject({ kind: 'good', state: 'expired-after-signing', expires: later(100) });
      expect(await judge(99, 500)).toMatchObject({ kind: 'good', state: 'expired-after-signing' });
      expect(await judge(100, 101)).toMatchObject({
        kind: 'expired',
        message: expect.stringContaining('before the signature'),
      });
      expect(await judge(100, 100)).toMatchObject({ kind: 'expired' });
    }
  });

  it('an extended key is good again, for the time between too', async () => {
    const key = await make({ subkeys: [{ algorithm: 'ed25519', expire: '10d' }] });
    const signing = await openAt(key, later(1));
    const signature = await signAt(signing, later(20));
    expect(verify(signature, DATA, [await certificateOf(key)], later(21)).kind).toBe('expired');
    await gpg.run(['--passphrase', '', '--quick-set-expire', key.primary, '100d', at(key.subkeys, 0)], {
      at: later(21),
    });
    expect(verify(signature, DATA, [await certificateOf(key)], later(22))).toMatchObject({
      kind: 'good',
      state: 'good',
      expires: later(121),
    });
  });

  it('P7 may be five minutes ahead of now, and not before the key', async () => {
    const key = await make();
    const certificates = [await certificateOf(key)];
    const signature = await signAt(await openAt(key, later(1)), later(1));
    const now = (seconds: number) => new Date(later(1).getTime() + seconds * 1000);
    expect(verify(signature, DATA, certificates, now(-300)).kind).toBe('good');
    expect(verify(signature, DATA, certificates, now(-301))).toMatchObject({
      kind: 'not-yet-valid',
      message: expect.stringContaining('ahead'),
    });
    const signing = await openAt(key, later(1));
    const early = await signAt({ ...signing, key: { ...signing.key, created: later(-9) } }, later(-1));
    expect(parseDetachedSignature(early).created).toEqual(later(-1));
    expect(verify(early, DATA, certificates, later(1))).toMatchObject({
      kind: 'not-yet-valid',
      message: expect.stringContaining('made later'),
    });
  });

  it('a signature may expire itself', async () => {
    const key = await make();
    const signature = await detachSign(gpg, at(key.subkeys, 0), DATA, {
      at: later(1),
      args: ['--default-sig-expire', '5d'],
    });
    const certificates = [await certificateOf(key)];
    expect(verify(signature, DATA, certificates, later(5)).kind).toBe('good');
    expect(verify(signature, DATA, certificates, later(6))).toMatchObject({
      kind: 'expired',
      message: expect.stringContaining('the signature expired'),
    });
  });
});

describe('revocations', () => {
  it.each([
    { reason: 'none', before: 'revoked', after: 'revoked' },
    { reason: 'compromised', before: 'revoked', after: 'revoked' },
    { reason: 'superseded', before: 'good', after: 'superseded' },
    { reason: 'retired', before: 'good', after: 'superseded' },
  ] as const)(
    'of a subkey, $reason: earlier signatures $before, later ones $after',
    async ({ reason, before, after }) => {
      const key = await make();
      const signing = await openAt(key, later(1));
      const old = await certificateOf(key);
      await revokeSubkey(gpg, key.primary, 1, reason, later(10));
      const certificates = [await certificateOf(key)];
      const judge = async (made: number) =>
        verify(await signAt(signing, later(made)), DATA, certificates, later(30)).kind;
      expect([await judge(9), await judge(10), await judge(11)]).toEqual([before, after, after]);
      // Together with the older copy of the certificate, in either order, the revocation still counts.
      const signature = await signAt(signing, later(11));
      expect(verify(signature, DATA, [old], later(30)).kind).toBe('good');
      expect(verify(signature, DATA, [old, ...certificates], later(30)).kind).toBe(after);
      expect(verify(signature, DATA, [...certificates, old], later(30)).kind).toBe(after);
      expect(mergeCertificates([...certificates, old])).toHaveLength(1);
    },
  );

  it('of the primary key void its subkeys', async () => {
    const key = await make();
    const signature = await signAt(await openAt(key, later(1)), later(1));
    await revokeKey(gpg, key.primary);
    expect(verify(signature, DATA, [await certificateOf(key)], later(2)).kind).toBe('revoked');
  });

  it('of one user ID leave the key alone, of all of them do not', async () => {
    const key = await make({ userId: 'only <only@example.org>' });
    const signature = await signAt(await openAt(key, later(1)), later(1));
    await gpg.run(['--passphrase', '', '--quick-add-uid', key.primary, 'second <second@example.org>'], {
      at: later(2),
    });
    await gpg.run(['--passphrase', '', '--quick-revoke-uid', key.primary, 'only <only@example.org>'], { at: later(3) });
    expect((await certificateOf(key)).userIds).toEqual(['second <second@example.org>']);
    expect(verify(signature, DATA, [await certificateOf(key)], later(4))).toMatchObject({
      kind: 'good',
      userId: 'second <second@example.org>',
    });
    await gpg.run(['--passphrase', '', '--quick-add-uid', key.primary, 'third <third@example.org>'], { at: later(5) });
    await gpg.run(['--passphrase', '', '--quick-revoke-uid', key.primary, 'second <second@example.org>'], {
      at: later(6),
    });
    const whole = await exportPublic(gpg, key.primary);
    expect(first(readCertificates(whole)).userIds).toEqual(['third <third@example.org>']);
    const revoked = await gpg.run(['--armor', '--export-filter', 'keep-uid=uid!~third', '--export', key.primary]);
    expect(verify(signature, DATA, revoked.stdout, later(7))).toMatchObject({
      kind: 'revoked',
      message: expect.stringContaining('user ID'),
    });
  });
});

describe('certificates', () => {
  it('are read armored, one after another with text between, and binary', async () => {
    const [one, two] = [await make(), await make()];
    const [first_, second] = [await exportPublic(gpg, one.primary), await exportPublic(gpg, two.primary)];
    const fingerprints = [one.primary, two.primary];
    const binary = (await gpg.run(['--export', one.primary, two.primary])).stdout;
    const texts = ['pub   ed25519\nuid   somebody\n\n', first_, '\npub   another\n', second, 'the end'].map((part) =>
      Buffer.from(part),
    );
    for (const bytes of [
      Buffer.concat([first_, second]),
      Buffer.concat(texts),
      binary,
      await exportPublic(gpg, one.primary, two.primary),
    ]) {
      expect(readCertificates(bytes).map(({ fingerprint }) => fingerprint)).toEqual(fingerprints);
    }
  });

  it('P24 are not secret keys, with or without the primary secret', async () => {
    const { primary } = await make();
    for (const bytes of [await exportSecret(gpg, primary), await exportSecretSubkeys(gpg, primary)]) {
      expect(() => readCertificates(bytes)).toThrowError(
        expect.objectContaining({ kind: 'unreadable', message: expect.stringContaining('secret key') }),
      );
    }
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['another armor', '-----BEGIN PGP SIGNATURE-----\n\niHUEABYIAB0=\n-----END PGP SIGNATURE-----\n'],
    ['too much', ' '.repeat(1024 * 1024 + 1)],
  ])('are not %s', (_, text) => {
    expect(() => readCertificates(Buffer.from(text))).toThrowError(expect.objectContaining({ kind: 'unreadable' }));
  });

  it('are refused when they are cut, and never misread', async () => {
    const { primary, subkeys } = await make();
    const bytes = (await gpg.run(['--export', primary])).stdout;
    const complete = (length: number): boolean => {
      try {
        return readCertificates(bytes.subarray(0, length)).some(({ keys }) =>
          keys.some(({ fingerprint }) => fingerprint === at(subkeys, 0)),
        );
      } catch (error) {
        expect(error).toMatchObject({ kind: 'unreadable' });
        return false;
      }
    };
    const found = bytes.map((_, length) => (complete(length) ? 1 : 0));
    // Only at the border between the subkey and its binding signature is there a whole keyring, in which it is not bound.
    expect(found.reduce((sum, one) => sum + one, 0)).toBe(1);
  });
});
