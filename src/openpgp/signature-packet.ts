// SPDX-License-Identifier: Apache-2.0
/**
 * Signature packets of versions 4 and 6, RFC 9580 section 5.2.3:
 *
 *     version, type, public-key algorithm, hash algorithm, hashed subpackets     what is signed, besides the data
 *     unhashed subpackets, first two octets of the digest, (version 6) salt, the algorithm's numbers
 *
 * Of the unhashed subpackets only those count that need no protection: the issuer, who is found out by verifying, and
 * the embedded back-signature, which is verified by itself.
 */
import type { Fingerprint } from '../core/fingerprint.ts';
import { type HashAlgorithm, hashById, type SignedPart } from './hashes.ts';
import { Malformed } from './malformed.ts';
import { Cursor, readLength } from './packets.ts';

/** RFC 9580 section 5.2.1. */
export const SIGNATURE_TYPE = {
  binary: 0x00,
  text: 0x01,
  genericCertification: 0x10,
  positiveCertification: 0x13,
  subkeyBinding: 0x18,
  primaryKeyBinding: 0x19,
  directKey: 0x1f,
  keyRevocation: 0x20,
  subkeyRevocation: 0x28,
  certificationRevocation: 0x30,
} as const;

export interface SignaturePacket {
  readonly version: 4 | 6;
  readonly type: number;
  /** The number in RFC 9580 section 9.1. */
  readonly algorithm: number;
  /** Undefined for an algorithm that is not known here. */
  readonly hash: HashAlgorithm | undefined;
  readonly hashed: Uint8Array;
  readonly digestPrefix: Uint8Array;
  readonly salt: Uint8Array | undefined;
  /** The algorithm's numbers, unread. */
  readonly numbers: Uint8Array;
  readonly created: Date;
  /** Seconds after `created` when the signature itself expires. */
  readonly lifetime: number | undefined;
  /** Seconds after the key's creation when the key expires. */
  readonly keyLifetime: number | undefined;
  /** The first octet of the key flags, section 5.2.3.29. */
  readonly keyFlags: number | undefined;
  readonly primaryUserId: boolean;
  /** Section 5.2.3.31; undefined where no reason is given. */
  readonly revocationReason: number | undefined;
  readonly issuerFingerprint: Fingerprint | undefined;
  readonly issuerKeyId: string | undefined;
  /** Bodies of embedded signature packets. */
  readonly embedded: readonly Uint8Array[];
  /** Who else may revoke the key: fingerprints. */
  readonly revokers: readonly Fingerprint[];
  /** What is marked critical and not understood here; such a signature must not be accepted. Section 5.2.3.7. */
  readonly unknownCritical: string | undefined;
}

interface Subpacket {
  readonly type: number;
  readonly critical: boolean;
  readonly body: Uint8Array;
}

/** Section 5.2.3.7. */
export const SUB = {
  created: 2,
  lifetime: 3,
  keyLifetime: 9,
  revoker: 12,
  issuerKeyId: 16,
  notation: 20,
  primaryUserId: 25,
  keyFlags: 27,
  reason: 29,
  embedded: 32,
  issuerFingerprint: 33,
} as const;

/** What RFC 9580 table 5 defines, besides notations: being marked critical does not make these unknown. */
const UNDERSTOOD = new Set([
  2, 3, 4, 5, 6, 7, 9, 11, 12, 16, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 35, 39,
]);
/** Twice in one signature, these would leave open which one counts. */
const SINGLE = [SUB.created, SUB.lifetime, SUB.keyLifetime, SUB.keyFlags, SUB.issuerFingerprint];

/** Reads the body of a signature packet. Throws Malformed. */
export function parseSignaturePacket(bytes: Uint8Array): SignaturePacket {
  const cursor = new Cursor(bytes);
  const version = cursor.number(1);
  if (version !== 4 && version !== 6) throw new Malformed(`version ${version} signatures are not supported`);
  const [type, algorithm, hashId] = [cursor.number(1), cursor.number(1), cursor.number(1)];
  const countOctets = version === 6 ? 4 : 2;
  const hashedSubpackets = readSubpackets(cursor.take(cursor.number(countOctets)));
  const hashed = bytes.subarray(0, cursor.taken);
  const unhashed = readSubpackets(cursor.take(cursor.number(countOctets)));
  const digestPrefix = cursor.take(2);
  const hash = hashById(hashId);
  const salt = version === 6 ? cursor.take(cursor.number(1)) : undefined;
  if (salt !== undefined && hash !== undefined && salt.length !== hash.salt) {
    throw new Malformed('the salt has a wrong length');
  }
  const facts = { ...readHashed(hashedSubpackets), ...readIssuer(version, hashedSubpackets, unhashed) };
  const embedded = [...hashedSubpackets, ...unhashed].filter((sub) => sub.type === SUB.embedded).map((sub) => sub.body);
  return { version, type, algorithm, hash, hashed, digestPrefix, salt, numbers: cursor.rest(), embedded, ...facts };
}

/** What the digest of a signature is made of; the hash algorithm must be known. */
export function signedPart(signature: SignaturePacket, hash: HashAlgorithm): SignedPart {
  return { version: signature.version, hash, hashed: signature.hashed, salt: signature.salt };
}

/** When the signature itself expires, which only subpacket 3 makes it do. */
export function expiryOf({ created, lifetime }: { created: Date; lifetime: number | undefined }): Date | undefined {
  return lifetime === undefined || lifetime === 0 ? undefined : new Date(created.getTime() + lifetime * 1000);
}

function readSubpackets(bytes: Uint8Array): Subpacket[] {
  const cursor = new Cursor(bytes);
  const subpackets: Subpacket[] = [];
  while (cursor.left > 0) {
    const content = new Cursor(cursor.take(readLength(cursor, true)));
    const type = content.number(1);
    subpackets.push({ type: type & 0x7f, critical: (type & 0x80) !== 0, body: content.rest() });
  }
  return subpackets;
}

function readHashed(subpackets: readonly Subpacket[]) {
  for (const type of SINGLE) {
    if (subpackets.filter((sub) => sub.type === type).length > 1)
      throw new Malformed(`subpacket ${type} is there twice`);
  }
  const find = (type: number) => subpackets.find((sub) => sub.type === type)?.body;
  const seconds = (type: number) => {
    const body = find(type);
    return body && whole(body, (cursor) => cursor.number(4));
  };
  const created = seconds(SUB.created);
  if (created === undefined) throw new Malformed('it does not say when it was made');
  return {
    created: new Date(created * 1000),
    lifetime: seconds(SUB.lifetime),
    keyLifetime: seconds(SUB.keyLifetime),
    keyFlags: find(SUB.keyFlags)?.[0],
    primaryUserId: (find(SUB.primaryUserId)?.[0] ?? 0) !== 0,
    revocationReason: find(SUB.reason)?.[0],
    revokers: subpackets.filter((sub) => sub.type === SUB.revoker).map((sub) => toFingerprint(sub.body.subarray(2))),
    unknownCritical: subpackets.filter((sub) => sub.critical).flatMap(nameUnknown)[0],
  };
}

function readIssuer(version: 4 | 6, hashed: readonly Subpacket[], unhashed: readonly Subpacket[]) {
  const find = (type: number) => [...hashed, ...unhashed].find((sub) => sub.type === type)?.body;
  const issuer = find(SUB.issuerFingerprint);
  const keyId = find(SUB.issuerKeyId);
  if (issuer !== undefined && (issuer[0] !== version || issuer.length !== (version === 4 ? 21 : 33))) {
    throw new Malformed('its issuer is of another version than the signature');
  }
  return {
    issuerFingerprint: issuer && toFingerprint(issuer.subarray(1)),
    issuerKeyId: keyId && Buffer.from(keyId).toString('hex').toUpperCase(),
  };
}

function nameUnknown({ type, body }: Subpacket): string[] {
  if (type === SUB.notation) return [`the notation "${notationName(body)}"`];
  return UNDERSTOOD.has(type) ? [] : [`subpacket ${type}`];
}

/** Flags (4), length of the name (2), length of the value (2), name, value. Section 5.2.3.24. */
function notationName(body: Uint8Array): string {
  const cursor = new Cursor(body);
  cursor.take(4);
  const length = cursor.number(2);
  cursor.take(2);
  return Buffer.from(cursor.take(length))
    .toString('latin1')
    .replace(/[^ -~]|["\\]/g, '?');
}

function whole<T>(bytes: Uint8Array, read: (cursor: Cursor) => T): T {
  const cursor = new Cursor(bytes);
  const value = read(cursor);
  if (cursor.left > 0) throw new Malformed('a subpacket has a wrong length');
  return value;
}

const toFingerprint = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase() as Fingerprint;
