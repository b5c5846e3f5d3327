// SPDX-License-Identifier: Apache-2.0
/** Hash algorithms, RFC 9580 section 9.5, and the digest of signed data, section 5.2.4. */
import { createHash, type Hash } from 'node:crypto';

export interface HashAlgorithm {
  readonly id: number;
  /** As node:crypto calls it. */
  readonly name: string;
  readonly bits: number;
  /** False for what can be read but proves nothing any more. */
  readonly strong: boolean;
  /** Octets of salt before the data of version 6 signatures; 0 where version 6 cannot use it. Table 23. */
  readonly salt: number;
  /** What stands before the digest in PKCS#1 v1.5, section 5.2.3.1. */
  readonly digestInfo: Buffer;
}

const hash = (id: number, name: string, bits: number, salt: number, digestInfo: string): HashAlgorithm => ({
  id,
  name,
  bits,
  strong: bits >= 256,
  salt,
  digestInfo: Buffer.from(digestInfo, 'hex'),
});

const HASHES: readonly HashAlgorithm[] = [
  hash(1, 'md5', 128, 0, '3020300c06082a864886f70d020505000410'),
  hash(2, 'sha1', 160, 0, '3021300906052b0e03021a05000414'),
  hash(3, 'ripemd160', 160, 0, '3021300906052b2403020105000414'),
  hash(8, 'sha256', 256, 16, '3031300d060960864801650304020105000420'),
  hash(9, 'sha384', 384, 24, '3041300d060960864801650304020205000430'),
  hash(10, 'sha512', 512, 32, '3051300d060960864801650304020305000440'),
  hash(11, 'sha224', 224, 16, '302d300d06096086480165030402040500041c'),
  hash(12, 'sha3-256', 256, 16, '3031300d060960864801650304020805000420'),
  hash(14, 'sha3-512', 512, 32, '3051300d060960864801650304020a05000440'),
];

export const hashById = (id: number): HashAlgorithm | undefined => HASHES.find((known) => known.id === id);

/** The hash algorithms that signatures are made with. */
export type SigningHash = 'sha256' | 'sha384' | 'sha512';

export const signingHash = (name: SigningHash): HashAlgorithm => {
  const found = HASHES.find((known) => known.name === name);
  if (found === undefined) throw new TypeError(`no such hash: ${name}`);
  return found;
};

/** What a signature is made over besides the data. */
export interface SignedPart {
  readonly version: 4 | 6;
  readonly hash: HashAlgorithm;
  /** From the version octet to the end of the hashed subpackets. */
  readonly hashed: Uint8Array;
  /** Version 6 only. */
  readonly salt?: Uint8Array | undefined;
}

/** What follows the data: the hashed part, and the trailer that says how long it is. */
export function afterData(part: SignedPart): Uint8Array {
  const trailer = Buffer.from([part.version, 0xff, 0, 0, 0, 0]);
  trailer.writeUInt32BE(part.hashed.length, 2);
  return Buffer.concat([part.hashed, trailer]);
}

export interface RunningDigest {
  update(chunk: Uint8Array): void;
  /** `sha256` was fed with the same data; it is copied, never finished. */
  finish(sha256: Hash): Buffer;
}

/**
 * The digest of `salt || data || hashed || trailer`. Where that is SHA-256 without salt, it continues a copy of the
 * data's own SHA-256, which somebody else computes anyway; otherwise it hashes in the same read.
 */
export function beginDigest(part: SignedPart): RunningDigest {
  if (part.hash.name === 'sha256' && part.salt === undefined) {
    return { update: () => {}, finish: (sha256) => sha256.copy().update(afterData(part)).digest() };
  }
  const own = createHash(part.hash.name);
  if (part.salt !== undefined) own.update(part.salt);
  return { update: (chunk) => void own.update(chunk), finish: () => own.update(afterData(part)).digest() };
}
