// SPDX-License-Identifier: Apache-2.0
// What no tool makes, but an attacker or a broken program may: built octet by octet.
import { describe, expect, it } from 'vitest';
import { readCertificates } from '../../src/openpgp/certificate.ts';
import { date, first, verify } from './common.ts';
import {
  backSignature,
  CERTIFY,
  type CertificateParts,
  CraftedKey,
  certificate,
  packet,
  SIGN,
  type SignatureParts,
  seconds,
} from './craft.ts';

const FILE = Buffer.from('a file');
const BORN = date('2024-01-01');
const MADE = date('2024-06-01');
const NOW = date('2025-01-01');
const SHA1 = [2, 'sha1'] as const;
const day = (count: number): number[] => seconds(new Date(count * 86_400_000));

const primary = new CraftedKey(BORN);
const subkey = new CraftedKey(BORN);
const stranger = new CraftedKey(BORN);
const GOOD = { created: BORN };

const signature = (parts: Partial<SignatureParts> = {}, key = subkey): Buffer =>
  packet(2, key.sign(FILE, { type: 0, created: MADE, ...parts }));

/** What becomes of a good signature under a certificate that is good but for what is said. */
const judge = (parts: Partial<CertificateParts>, made: Buffer = signature(), now = NOW) =>
  verify(made, FILE, certificate({ primary, subkey, certifications: [GOOD], bindings: [GOOD], ...parts }), now);

describe('a crafted certificate', () => {
  it('is good where nothing is wrong', () => {
    expect(judge({})).toMatchObject({
      kind: 'good',
      state: 'good',
      primary: primary.fingerprint,
      key: subkey.fingerprint,
      userId: 'crafted',
    });
  });
});

describe('the back-signature', () => {
  it('must be there', () => expect(judge({ back: undefined }).kind).toBe('not-a-signing-key'));

  it('must be by the subkey, over these two keys, of its type, and intact', () => {
    const both = Buffer.concat([primary.forHash, subkey.forHash]);
    const wrong = [
      stranger.sign(both, { type: 0x19 }),
      primary.sign(both, { type: 0x19 }),
      backSignature(stranger, subkey),
      backSignature(primary, subkey, { type: 0x18 }),
      backSignature(primary, subkey, { hashed: [{ type: 99, body: [1], critical: true }] }),
      Buffer.from('nonsense'),
    ];
    for (const back of wrong) expect(judge({ back }).kind).toBe('not-a-signing-key');
  });

  it('must have a strong digest', () => {
    expect(judge({ back: backSignature(primary, subkey, { hash: SHA1 }) }).kind).toBe('weak-algorithm');
  });

  it('ends the subkey where it ends', () => {
    const back = backSignature(primary, subkey, { created: BORN, hashed: [{ type: 3, body: day(10) }] });
    expect(judge({ back })).toMatchObject({ kind: 'expired' });
    expect(judge({ back }, signature({ created: date('2024-01-05') }))).toMatchObject({
      kind: 'good',
      state: 'expired-after-signing',
    });
  });
});

describe('the binding', () => {
  it('must be there, by the primary key, and over this subkey', () => {
    expect(judge({ bindings: [] }).kind).toBe('not-a-signing-key');
    const foreign = certificate({ primary: stranger, subkey, certifications: [GOOD], bindings: [GOOD] });
    const ours = certificate({ primary, subkey, certifications: [GOOD], bindings: [] });
    const stolen = Buffer.concat([
      ours,
      foreign.subarray(foreign.lastIndexOf(packet(14, subkey.body)) + packet(14, subkey.body).length),
    ]);
    expect(verify(signature(), FILE, stolen, NOW)).toMatchObject({
      kind: 'not-a-signing-key',
      primary: primary.fingerprint,
    });
  });

  it('must have a strong digest', () => {
    expect(judge({ bindings: [{ ...GOOD, hash: SHA1 }] }).kind).toBe('weak-algorithm');
    // The newest word counts: a weak one is not passed over for an older strong one, nor the other way round.
    expect(judge({ bindings: [GOOD, { created: MADE, hash: SHA1 }] }).kind).toBe('weak-algorithm');
    expect(judge({ bindings: [{ created: MADE }, { ...GOOD, hash: SHA1 }] }).kind).toBe('good');
  });

  it('must allow to sign, and say so', () => {
    for (const hashed of [
      [],
      [{ type: 27, body: [] }],
      [{ type: 27, body: [0x0c] }],
      [{ type: 27, body: [0x20] }],
      [CERTIFY],
    ]) {
      expect(judge({ bindings: [{ ...GOOD, hashed }] }).kind, JSON.stringify(hashed)).toBe('not-a-signing-key');
    }
    expect(judge({ bindings: [{ ...GOOD, hashed: [{ type: 27, body: [0x0e, 0] }] }] }).kind).toBe('good');
    // Unhashed flags are anybody's.
    const unhashed = [SIGN, { type: 33, body: [4, ...Buffer.from(primary.fingerprint, 'hex')] }];
    expect(judge({ bindings: [{ ...GOOD, hashed: [], unhashed }] }).kind).toBe('not-a-signing-key');
  });

  it('is as if not there where something critical in it is unknown', () => {
    const hashed = [SIGN, { type: 101, body: [1], critical: true }];
    expect(judge({ bindings: [{ ...GOOD, hashed }] }).kind).toBe('not-a-signing-key');
    expect(judge({ bindings: [GOOD, { created: MADE, hashed }] }).kind).toBe('good');
    expect(judge({ bindings: [{ ...GOOD, hashed: [SIGN, { type: 101, body: [1] }] }] }).kind).toBe('good');
  });

  it('from the future does not count yet', () => {
    const ahead = new Date(NOW.getTime() + 301_000);
    expect(judge({ bindings: [{ created: ahead }] }).kind).toBe('not-yet-valid');
    expect(judge({ bindings: [{ created: new Date(NOW.getTime() + 299_000) }] }).kind).toBe('good');
    expect(judge({ bindings: [GOOD, { created: ahead, hashed: [CERTIFY] }] }).kind).toBe('good');
  });

  it('that is doubled within leaves open what holds', () => {
    expect(
      judge({ bindings: [{ ...GOOD, hashed: [SIGN, { type: 9, body: day(1) }, { type: 9, body: day(9000) }] }] }).kind,
    ).toBe('not-a-signing-key');
  });
});

describe('the primary key', () => {
  it('must be signed by itself, with a strong digest', () => {
    expect(judge({ certifications: [] }).kind).toBe('unreadable');
    expect(judge({ certifications: [{ ...GOOD, hash: SHA1 }] }).kind).toBe('weak-algorithm');
    expect(judge({ certifications: [GOOD, { created: MADE, hash: SHA1 }] }).kind).toBe('weak-algorithm');
    expect(judge({ certifications: [], direct: [{ ...GOOD, type: 0x1f }] })).toMatchObject({ kind: 'good' });
  });

  it('ends where its newest word says', () => {
    const ends = (count: number, created = BORN) => ({ created, hashed: [CERTIFY, { type: 9, body: day(count) }] });
    expect(judge({ certifications: [ends(100)] }).kind).toBe('expired');
    expect(judge({ certifications: [ends(100), ends(9000, MADE)] }).kind).toBe('good');
    expect(judge({ certifications: [ends(9000), ends(100, MADE)] }).kind).toBe('expired');
    expect(judge({ certifications: [ends(9000), ends(100)] }).kind).toBe('expired');
    expect(judge({ certifications: [{ ...GOOD, hashed: [CERTIFY, { type: 3, body: day(100) }] }] }).kind).toBe(
      'expired',
    );
    // A user ID that leaves it open does not make a key eternal that says of itself that it ends.
    expect(judge({ certifications: [{ created: MADE }], direct: [{ ...ends(100), type: 0x1f }] }).kind).toBe('expired');
  });

  it('ends and signs as its user ID says where a newer word about the key leaves that open', () => {
    const revoker = { type: 12, body: [0x80, 22, ...Buffer.from(stranger.fingerprint, 'hex')] };
    const direct = [{ type: 0x1f, created: date('2024-02-01'), hashed: [revoker] }];
    const says = (...hashed: SignatureParts['hashed'] & {}) => ({ certifications: [{ ...GOOD, hashed }], direct });
    expect(judge(says(CERTIFY, { type: 9, body: day(100) })).kind).toBe('expired');
    expect(judge(says(CERTIFY, { type: 9, body: day(200) }))).toMatchObject({ state: 'expired-after-signing' });
    expect(judge(says({ type: 27, body: [3] }), signature({}, primary)).kind).toBe('good');
    expect(judge(says(CERTIFY), signature({}, primary)).kind).toBe('not-a-signing-key');
  });

  it('is allowed to sign by a strong word only, and limited by a weak one too', () => {
    const open = [{ ...GOOD, hashed: [] }];
    const both = (hash?: typeof SHA1) => ({
      type: 0x1f,
      ...GOOD,
      hashed: [{ type: 27, body: [3] }],
      ...(hash && { hash }),
    });
    expect(judge({ certifications: open, direct: [both()] }, signature({}, primary)).kind).toBe('good');
    expect(judge({ certifications: open, direct: [both(SHA1)] }, signature({}, primary)).kind).toBe(
      'not-a-signing-key',
    );
    const limit = { type: 0x1f, ...GOOD, hash: SHA1, hashed: [{ type: 9, body: day(100) }] };
    expect(judge({ direct: [limit] }).kind).toBe('expired');
  });

  it('may be revoked with a weak digest, and with anything critical in it', () => {
    for (const revocation of [
      { hash: SHA1 },
      { hashed: [{ type: 101, body: [1], critical: true }] },
      { hashed: [{ type: 29, body: [32] }] },
      {},
    ]) {
      expect(judge({ direct: [{ type: 0x20, created: MADE, ...revocation }] }).kind).toBe('revoked');
      expect(judge({ subkeyRevocations: [{ type: 0x28, created: MADE, ...revocation }] }).kind).toBe('revoked');
    }
  });

  it('is revoked by what cannot be verified here', () => {
    const unknownHash = primary.sign(primary.forHash, { type: 0x20, hash: [99, 'sha256'] });
    const doubled = primary.sign(primary.forHash, { type: 0x20, hashed: [SIGN, SIGN] });
    const version3 = Buffer.from([3, 5, 0x20, 0, 0, 0, 0]);
    const foreign = stranger.sign(primary.forHash, { type: 0x20, hash: [99, 'sha256'] });
    const kinds = [unknownHash, doubled, version3, foreign].map((body) => {
      const [head, tail] = [
        packet(6, primary.body),
        certificate({ primary, subkey, certifications: [GOOD], bindings: [GOOD] }),
      ];
      return verify(signature(), FILE, Buffer.concat([head, packet(2, body), tail.subarray(head.length)]), NOW).kind;
    });
    expect(kinds).toEqual(['revoked', 'revoked', 'revoked', 'good']);
  });

  it('is revoked wherever in the certificate that stands', () => {
    const whole = certificate({ primary, subkey, certifications: [GOOD], bindings: [GOOD] });
    const both = Buffer.concat([primary.forHash, subkey.forHash]);
    const revocations = [
      primary.sign(primary.forHash, { type: 0x20, created: MADE }),
      Buffer.from([3, 5, 0x20, 0, 0, 0, 0]),
    ];
    for (const body of revocations) {
      expect(verify(signature(), FILE, Buffer.concat([whole, packet(2, body)]), NOW).kind).toBe('revoked');
    }
    const misplaced = { ...GOOD, certifications: [GOOD, { type: 0x28 }] };
    const head = Buffer.concat([packet(6, primary.body), packet(2, primary.sign(both, { type: 0x28 }))]);
    expect(
      verify(signature(), FILE, Buffer.concat([head, whole.subarray(packet(6, primary.body).length)]), NOW).kind,
    ).toBe('revoked');
    expect(judge(misplaced).kind).toBe('good');
  });

  it('superseded leaves earlier signatures standing', () => {
    const direct = [{ type: 0x20, created: date('2024-09-01'), hashed: [{ type: 29, body: [1] }] }];
    expect(judge({ direct }).kind).toBe('good');
    expect(judge({ direct }, signature({ created: date('2024-09-01') })).kind).toBe('superseded');
  });

  it('is not revoked by a stranger, but by a designated revoker', () => {
    const whole = certificate({ primary, subkey, certifications: [GOOD], bindings: [GOOD] });
    const designation = packet(
      2,
      primary.sign(primary.forHash, {
        type: 0x1f,
        ...GOOD,
        hashed: [{ type: 12, body: [0x80, 22, ...Buffer.from(stranger.fingerprint, 'hex')] }],
      }),
    );
    const revocation = packet(2, stranger.sign(primary.forHash, { type: 0x20, created: MADE }));
    const insert = (...more: readonly Buffer[]) => {
      const head = packet(6, primary.body).length;
      return Buffer.concat([whole.subarray(0, head), ...more, whole.subarray(head)]);
    };
    const kinds = [insert(), insert(revocation), insert(designation), insert(designation, revocation)].map(
      (bytes) => verify(signature(), FILE, bytes, NOW).kind,
    );
    expect(kinds).toEqual(['good', 'good', 'good', 'revoked']);
  });
});

describe('the signature', () => {
  it('must not demand to understand what is unknown', () => {
    const notation = (name: string) => ({
      type: 20,
      body: [0x80, 0, 0, 0, 0, name.length, 0, 1, ...Buffer.from(name), 0x31],
    });
    for (const sub of [{ type: 101, body: [1] }, { type: 10, body: [] }, notation('x@example.org')]) {
      expect(judge({}, signature({ hashed: [sub] })).kind).toBe('good');
      expect(judge({}, signature({ hashed: [{ ...sub, critical: true }] }))).toMatchObject({
        kind: 'bad-signature',
        message: expect.stringContaining('demands'),
      });
    }
    expect(judge({}, signature({ hashed: [{ ...notation('a"\n'), critical: true }] }))).toMatchObject({
      message: expect.stringContaining('"a??"'),
    });
    expect(judge({}, signature({ hashed: [{ type: 28, body: [1], critical: true }] })).kind).toBe('good');
  });

  it('is altered before anything else is said of it', () => {
    const made = signature({ hashed: [{ type: 3, body: day(1) }] });
    made[made.length - 1] = (made.at(-1) ?? 0) ^ 1;
    expect(judge({}, made).kind).toBe('altered');
    expect(judge({ direct: [{ type: 0x20, created: MADE }] }, made).kind).toBe('altered');
  });

  it('names its key, hashed or not, by fingerprint or by key ID', () => {
    const fingerprint = { type: 33, body: [4, ...Buffer.from(subkey.fingerprint, 'hex')] };
    const keyId = { type: 16, body: [...Buffer.from(subkey.fingerprint.slice(-16), 'hex')] };
    for (const one of [fingerprint, keyId]) {
      expect(judge({}, signature({ hashed: [one], unhashed: [] })).kind).toBe('good');
      expect(judge({}, signature({ unhashed: [one] })).kind).toBe('good');
    }
    expect(judge({}, signature({ unhashed: [] }))).toMatchObject({
      kind: 'wrong-key',
      message: expect.stringContaining('names no key'),
    });
    // What is hashed goes before what anybody may have added.
    const other = { type: 33, body: [4, ...Buffer.from(primary.fingerprint, 'hex')] };
    expect(judge({}, signature({ hashed: [fingerprint], unhashed: [other] })).kind).toBe('good');
    expect(judge({}, signature({ hashed: [other], unhashed: [fingerprint] })).kind).toBe('altered');
  });

  it('may be dated by its hashed part only', () => {
    const made = signature({
      unhashed: [
        { type: 2, body: seconds(NOW) },
        { type: 33, body: [4, ...Buffer.from(subkey.fingerprint, 'hex')] },
      ],
    });
    expect(judge({}, made)).toMatchObject({ kind: 'good', created: MADE });
  });

  it('is not older than a subkey that is younger than its primary key', () => {
    const young = new CraftedKey(date('2024-07-01'));
    const parts = { subkey: young, bindings: [{ created: date('2024-07-01') }], back: backSignature(primary, young) };
    expect(judge(parts, signature({}, young)).kind).toBe('not-yet-valid');
    expect(judge(parts, signature({ created: date('2024-07-01') }, young)).kind).toBe('good');
  });

  it('is of the version of its key', () => {
    const keyId = { type: 16, body: [...Buffer.from(subkey.fingerprint.slice(-16), 'hex')] };
    expect(judge({}, signature({ version: 4, unhashed: [keyId] })).kind).toBe('good');
    expect(judge({}, signature({ version: 6, unhashed: [keyId] })).kind).toBe('altered');
  });

  it('by the primary key needs its permission to sign', () => {
    expect(judge({}, signature({}, primary)).kind).toBe('not-a-signing-key');
    expect(
      judge({ certifications: [{ ...GOOD, hashed: [{ type: 27, body: [3] }] }] }, signature({}, primary)),
    ).toMatchObject({ kind: 'good', key: primary.fingerprint });
  });

  it('is good if one of two pinned certificates claims the key rightly', () => {
    const claim = (owner: CraftedKey, back: Buffer) =>
      certificate({ primary: owner, subkey, certifications: [GOOD], bindings: [GOOD], back });
    const rightly = claim(primary, backSignature(primary, subkey));
    const wrongly = claim(stranger, backSignature(primary, subkey));
    for (const both of [Buffer.concat([rightly, wrongly]), Buffer.concat([wrongly, rightly])]) {
      expect(verify(signature(), FILE, both, NOW)).toMatchObject({ kind: 'good', primary: primary.fingerprint });
    }
    expect(verify(signature(), FILE, wrongly, NOW).kind).toBe('not-a-signing-key');
  });
});

describe('a crowd', () => {
  const whole = certificate({ primary, subkey, certifications: [GOOD], bindings: [GOOD] });
  const crowd = (count: number, tag: number, body: Uint8Array) =>
    Buffer.concat([whole, ...Array.from({ length: count }, () => packet(tag, body))]);
  const both = Buffer.concat([primary.forHash, subkey.forHash]);

  it.each([
    ['user IDs', 13, Buffer.from('x'), 298],
    ['subkeys', 14, subkey.body, 298],
    ['revocations of subkeys', 2, primary.sign(both, { type: 0x28 }), 300],
  ])('of %s is not looked at: each is held against all others', (_, tag, body, most) => {
    expect(readCertificates(crowd(most, tag, body))).toHaveLength(1);
    expect(() => readCertificates(crowd(most + 1, tag, body))).toThrowError(
      expect.objectContaining({ kind: 'unreadable', message: expect.stringContaining('more than 300') }),
    );
  });
});

describe('other packets in a certificate', () => {
  const whole = certificate({ primary, subkey, certifications: [GOOD], bindings: [GOOD] });
  const withPacket = (tag: number, body = Buffer.from('x')) => Buffer.concat([whole, packet(tag, body)]);

  it('are passed over where the standard says so', () => {
    for (const tag of [10, 12, 21, 60]) expect(first(readCertificates(withPacket(tag))).keys).toHaveLength(2);
    expect(first(readCertificates(withPacket(2, Buffer.from([3, 5, 0, 1])))).keys).toHaveLength(2);
    expect(first(readCertificates(withPacket(17, Buffer.from([2, 1, 0])))).userIds).toEqual(['crafted']);
  });

  it('are refused otherwise', () => {
    for (const tag of [1, 3, 8, 9, 11, 18, 25]) {
      expect(() => readCertificates(withPacket(tag))).toThrowError(expect.objectContaining({ kind: 'unreadable' }));
    }
    const orphan = packet(14, subkey.body);
    expect(() => readCertificates(orphan)).toThrowError(
      expect.objectContaining({ message: expect.stringContaining('begin with a primary key') }),
    );
    for (const version of [3, 5]) {
      const other = Buffer.from(primary.body);
      other[0] = version;
      expect(() => readCertificates(packet(6, other))).toThrowError(
        expect.objectContaining({ message: expect.stringContaining(`version ${version} keys`) }),
      );
    }
    expect(() => readCertificates(packet(6, Buffer.concat([primary.body, Buffer.from([0])])))).toThrowError(
      expect.objectContaining({ kind: 'unreadable' }),
    );
  });
});
