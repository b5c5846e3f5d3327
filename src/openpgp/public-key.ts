// SPDX-License-Identifier: Apache-2.0
/**
 * Public key packets, RFC 9580 section 5.5.2: version, time of creation, algorithm, its parameters.
 * The fingerprint (section 5.5.4) is the SHA-1 (version 4) or SHA-256 (version 6) of the packet's body.
 */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Fingerprint } from '../core/fingerprint.ts';
import { Malformed } from './malformed.ts';
import { Cursor } from './packets.ts';

/** `bits` of a curve is the shortest digest that it may sign: gpg refuses less, and so does RFC 9580 section 5.2.3.2. */
export type Material =
  | { readonly kind: 'rsa'; readonly bits: number; readonly length: number; readonly jwk: JsonWebKey }
  | { readonly kind: 'ecdsa'; readonly bits: number; readonly length: number; readonly jwk: JsonWebKey }
  | { readonly kind: 'eddsa'; readonly bits: number; readonly length: number; readonly jwk: JsonWebKey }
  /** `signs`: whether such keys make signatures, which are refused then as weak or unknown. */
  | { readonly kind: 'other'; readonly signs: boolean };

export interface PublicKey {
  readonly version: 4 | 6;
  readonly created: Date;
  /** The number in RFC 9580 section 9.1. */
  readonly algorithm: number;
  /** For people: `RSA 4096`, `ECDSA P-256`. */
  readonly name: string;
  readonly material: Material;
  readonly body: Uint8Array;
  readonly fingerprint: Fingerprint;
  /** 16 upper-case hexadecimal digits; a hint, never a proof. */
  readonly keyId: string;
}

interface Curve {
  readonly oid: string;
  readonly name: 'P-256' | 'P-384' | 'P-521';
  /** Octets of a coordinate. */
  readonly length: number;
  readonly bits: number;
}

export const CURVES: readonly Curve[] = [
  { oid: '2a8648ce3d030107', name: 'P-256', length: 32, bits: 256 },
  { oid: '2b81040022', name: 'P-384', length: 48, bits: 384 },
  { oid: '2b81040023', name: 'P-521', length: 66, bits: 512 },
];
const ED25519_LEGACY = '2b06010401da470f01';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** Reads the public key that a public or secret key packet begins with; `length` is what it takes. Throws Malformed. */
export function readPublicKey(bytes: Uint8Array): { key: PublicKey; length: number } {
  const cursor = new Cursor(bytes);
  const version = cursor.number(1);
  if (version !== 4 && version !== 6) throw new Malformed(`version ${version} keys are not supported`);
  const created = cursor.date();
  const algorithm = cursor.number(1);
  const stated = version === 6 ? cursor.number(4) : undefined;
  const start = cursor.taken;
  const { name, material } = readMaterial(algorithm, cursor, stated);
  if (stated !== undefined && cursor.taken - start !== stated) throw new Malformed('a key packet has a wrong length');
  const body = bytes.subarray(0, cursor.taken);
  return {
    key: { version, created, algorithm, name, material, body, ...identify(version, body) },
    length: body.length,
  };
}

/** The packet as it is hashed in signatures and fingerprints, whose version decides its head. Section 5.2.4. */
export function forHash(body: Uint8Array, version: 4 | 6): Uint8Array {
  const head = version === 4 ? Buffer.from([0x99, 0, 0]) : Buffer.from([0x9b, 0, 0, 0, 0]);
  if (version === 4) head.writeUInt16BE(body.length, 1);
  else head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

function identify(version: 4 | 6, body: Uint8Array): { fingerprint: Fingerprint; keyId: string } {
  if (version === 4 && body.length > 0xffff) throw new Malformed('a key packet is too long');
  const hash = createHash(version === 4 ? 'sha1' : 'sha256').update(forHash(body, version));
  const fingerprint = hash.digest('hex').toUpperCase() as Fingerprint;
  return { fingerprint, keyId: version === 4 ? fingerprint.slice(-16) : fingerprint.slice(0, 16) };
}

type Named = { name: string; material: Material };
const other = (name: string, signs: boolean): Named => ({ name, material: { kind: 'other', signs } });

/** RFC 9580 section 5.5.5. `stated` is the length of the parameters where the packet says it. */
function readMaterial(algorithm: number, cursor: Cursor, stated: number | undefined): Named {
  switch (algorithm) {
    case 1:
    case 2:
    case 3:
      return readRsa(cursor, algorithm !== 2);
    case 16:
      return other(`Elgamal ${readMpis(cursor, 3)}`, false);
    case 17:
      return other(`DSA ${readMpis(cursor, 4)}`, true);
    case 18:
      cursor.take(cursor.number(1));
      cursor.mpi();
      cursor.take(cursor.number(1));
      return other('ECDH', false);
    case 19:
      return readEcdsa(cursor);
    case 22:
      return readLegacyEddsa(cursor);
    case 25:
    case 26:
      cursor.take(algorithm === 25 ? 32 : 56);
      return other(algorithm === 25 ? 'X25519' : 'X448', false);
    case 27:
      return eddsa('Ed25519', 'Ed25519 (algorithm 27)', cursor.take(32), 256);
    case 28:
      return eddsa('Ed448', 'Ed448 (algorithm 28)', cursor.take(57), 512);
    default:
      cursor.take(stated ?? cursor.left);
      return other(`algorithm ${algorithm}`, true);
  }
}

/** Returns the bits of the first. */
function readMpis(cursor: Cursor, count: number): number {
  const [first] = Array.from({ length: count }, () => cursor.mpi());
  return bitLength(first ?? new Uint8Array());
}

const bitLength = (bytes: Uint8Array): number =>
  bytes.length === 0 ? 0 : bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;

function readRsa(cursor: Cursor, signs: boolean): Named {
  const n = cursor.mpi();
  const e = cursor.mpi();
  const bits = bitLength(n);
  if (!signs) return other(`RSA ${bits} for encryption`, false);
  const jwk = { kty: 'RSA', n: base64url(n), e: base64url(e) };
  return { name: `RSA ${bits}`, material: { kind: 'rsa', bits, length: n.length, jwk } };
}

function readEcdsa(cursor: Cursor): Named {
  const oid = hex(cursor.take(cursor.number(1)));
  const point = cursor.mpi();
  const curve = CURVES.find((known) => known.oid === oid);
  if (curve === undefined) return other('ECDSA on another curve than P-256, P-384 and P-521', true);
  const { name, bits, length } = curve;
  if (point.length !== 1 + 2 * length || point[0] !== 4) throw new Malformed('an ECDSA key is damaged');
  const [x, y] = [point.subarray(1, 1 + length), point.subarray(1 + length)];
  const jwk = { kty: 'EC', crv: name, x: base64url(x), y: base64url(y) };
  return { name: `ECDSA ${name}`, material: { kind: 'ecdsa', bits, length, jwk } };
}

function readLegacyEddsa(cursor: Cursor): Named {
  const oid = hex(cursor.take(cursor.number(1)));
  const point = cursor.mpi();
  if (oid !== ED25519_LEGACY) return other('EdDSA on another curve than Ed25519', true);
  if (point.length !== 33 || point[0] !== 0x40) throw new Malformed('an Ed25519 key is damaged');
  return eddsa('Ed25519', 'Ed25519', point.subarray(1), 256);
}

function eddsa(crv: 'Ed25519' | 'Ed448', name: string, point: Uint8Array, bits: number): Named {
  const jwk = { kty: 'OKP', crv, x: base64url(point) };
  return { name, material: { kind: 'eddsa', bits, length: point.length, jwk } };
}

/** Why no signature of such a key is accepted, undefined where one is. */
export function weaknessOf({ name, material }: PublicKey): string | undefined {
  if (material.kind === 'rsa' && material.bits < 2048) return `it is ${name}, and less than 2048 bits are too few`;
  if (material.kind === 'other' && material.signs) return `${name} is not accepted`;
  return undefined;
}

const imported = new WeakMap<PublicKey, KeyObject>();

/** For node:crypto. Throws whatever node:crypto throws where the parameters are no key (a point off its curve). */
export function keyObject(key: PublicKey): KeyObject {
  const known = imported.get(key);
  if (known !== undefined) return known;
  if (key.material.kind === 'other') throw new Malformed(`${key.name} cannot verify`);
  const made = createPublicKey({ key: key.material.jwk, format: 'jwk' });
  imported.set(key, made);
  return made;
}
