// SPDX-License-Identifier: Apache-2.0
/**
 * Certificates and signatures octet by octet, for what no tool will make: version 4, Ed25519 as algorithm 22. Shares no
 * code with src/.
 */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface Sub {
  readonly type: number;
  readonly body: readonly number[];
  readonly critical?: boolean;
}

export interface SignatureParts {
  readonly type: number;
  readonly created?: Date;
  /** Hashed, besides the time of creation. */
  readonly hashed?: readonly Sub[];
  /** In the place of the issuer's fingerprint and key ID. */
  readonly unhashed?: readonly Sub[];
  /** SHA-256 unless told: number and name. */
  readonly hash?: readonly [number, string];
  /** 4 unless told, which is the version of the key. */
  readonly version?: 4 | 6;
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

const fromSeed = (seed: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: 'der', type: 'pkcs8' });

export class CraftedKey {
  readonly body: Buffer;
  /** The secret itself. */
  readonly seed: Buffer;
  readonly #secret: KeyObject;

  /** `seed`: 32 octets, for the same key every time. */
  constructor(created: Date, seed?: Uint8Array) {
    const privateKey = seed === undefined ? generateKeyPairSync('ed25519').privateKey : fromSeed(seed);
    const { x = '', d = '' } = privateKey.export({ format: 'jwk' });
    const point = Buffer.from(x, 'base64url');
    this.seed = Buffer.from(d, 'base64url');
    const oid = [9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 0xf, 1];
    this.body = Buffer.concat([Buffer.from([4, ...seconds(created), 22, ...oid, 1, 7, 0x40]), point]);
    this.#secret = privateKey;
  }

  get forHash(): Buffer {
    return Buffer.concat([Buffer.from([0x99, 0, this.body.length]), this.body]);
  }

  get fingerprint(): string {
    return createHash('sha1').update(this.forHash).digest('hex').toUpperCase();
  }

  /** The body of a signature packet over the data. */
  sign(data: Uint8Array, parts: SignatureParts): Buffer {
    const { type, created = new Date(), hashed = [], hash = [8, 'sha256'], version = 4 } = parts;
    const fingerprint = Buffer.from(this.fingerprint, 'hex');
    // gpg finds keys by their IDs only
    const issuer = [
      { type: 33, body: [4, ...fingerprint] },
      { type: 16, body: [...fingerprint.subarray(-8)] },
    ];
    const lengthOf = (area: Buffer) => big(area.length, version === 6 ? 4 : 2);
    const salt = Buffer.alloc(version === 6 ? 16 : 0, 7);
    const area = encode([{ type: 2, body: seconds(created) }, ...hashed]);
    const head = Buffer.concat([Buffer.from([version, type, 22, hash[0]]), lengthOf(area), area]);
    const trailer = Buffer.concat([Buffer.from([version, 0xff]), big(head.length, 4)]);
    const digest = createHash(hash[1]).update(salt).update(data).update(head).update(trailer).digest();
    const value = sign(null, digest, this.#secret);
    const unhashed = encode(parts.unhashed ?? issuer);
    const salted = version === 6 ? [Buffer.from([salt.length]), salt] : [];
    const numbers = [mpi(value.subarray(0, 32)), mpi(value.subarray(32))];
    return Buffer.concat([head, lengthOf(unhashed), unhashed, digest.subarray(0, 2), ...salted, ...numbers]);
  }
}

const big = (value: number, octets: 2 | 4): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.subarray(4 - octets);
};

export const seconds = (date: Date): number[] => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(Math.floor(date.getTime() / 1000));
  return [...bytes];
};

function encode(subpackets: readonly Sub[]): Buffer {
  const parts = subpackets.map(({ type, body, critical }) => {
    const length = body.length + 1;
    const head = length < 192 ? [length] : [0xff, 0, 0, length >> 8, length & 0xff];
    return Buffer.from([...head, type | (critical ? 0x80 : 0), ...body]);
  });
  return Buffer.concat(parts);
}

export function mpi(value: Uint8Array): Buffer {
  const start = value.findIndex((octet) => octet !== 0);
  const bytes = start < 0 ? Buffer.alloc(0) : value.subarray(start);
  const bits = bytes.length * 8 - (bytes.length === 0 ? 0 : Math.clz32(bytes[0] ?? 0) - 24);
  return Buffer.concat([Buffer.from([bits >> 8, bits & 0xff]), bytes]);
}

/** A new-format packet. */
export const packet = (tag: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([0xc0 | tag, 0xff, 0, 0, body.length >> 8, body.length & 0xff]), body]);

export const SIGN = { type: 27, body: [2] };
export const CERTIFY = { type: 27, body: [1] };

export interface CertificateParts {
  readonly primary: CraftedKey;
  readonly subkey: CraftedKey;
  /** The self-signature of the user ID; several where there are several. */
  readonly certifications?: readonly Partial<SignatureParts>[];
  readonly bindings?: readonly Partial<SignatureParts>[];
  /** The back-signature in each binding; `undefined` for none. */
  readonly back?: Uint8Array | undefined;
  /** Signatures on the primary key itself. */
  readonly direct?: readonly SignatureParts[];
  readonly subkeyRevocations?: readonly SignatureParts[];
  readonly userId?: string;
}

/** The back-signature that belongs there. */
export const backSignature = (primary: CraftedKey, subkey: CraftedKey, parts: Partial<SignatureParts> = {}): Buffer =>
  subkey.sign(Buffer.concat([primary.forHash, subkey.forHash]), { type: 0x19, ...parts });

/** A binary certificate: good in every respect that is not told otherwise. */
export function certificate(parts: CertificateParts): Buffer {
  const { primary, subkey, certifications = [{}], bindings = [{}], userId = 'crafted' } = parts;
  const back = 'back' in parts ? parts.back : backSignature(primary, subkey);
  const embedded = back === undefined ? [] : [{ type: 32, body: [...back] }];
  const id = Buffer.from(userId);
  const overId = Buffer.concat([primary.forHash, Buffer.from([0xb4, 0, 0, 0, id.length]), id]);
  const both = Buffer.concat([primary.forHash, subkey.forHash]);
  return Buffer.concat([
    packet(6, primary.body),
    ...(parts.direct ?? []).map((one) => packet(2, primary.sign(primary.forHash, one))),
    packet(13, id),
    ...certifications.map((one) => packet(2, primary.sign(overId, { type: 0x13, hashed: [CERTIFY], ...one }))),
    packet(14, subkey.body),
    ...(parts.subkeyRevocations ?? []).map((one) => packet(2, primary.sign(both, one))),
    ...bindings.map((one) =>
      packet(2, primary.sign(both, { type: 0x18, ...one, hashed: [...(one.hashed ?? [SIGN]), ...embedded] })),
    ),
  ]);
}
