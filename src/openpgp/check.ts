// SPDX-License-Identifier: Apache-2.0
/**
 * The mathematics of a signature: whether the numbers fit the data and the key. Nothing here asks whether the key may
 * sign, or when. RFC 9580 section 5.2.3.1 for the numbers.
 */
import {
  constants,
  createHash,
  createVerify,
  type Hash,
  type KeyObject,
  publicDecrypt,
  timingSafeEqual,
  type Verify,
  verify,
} from 'node:crypto';
import { afterData, beginDigest, type HashAlgorithm, type SignedPart } from './hashes.ts';
import { Malformed } from './malformed.ts';
import { Cursor } from './packets.ts';
import { keyObject, type PublicKey } from './public-key.ts';
import { type SignaturePacket, signedPart } from './signature-packet.ts';

/** What the data gives to check a signature with: enough for one check with one key. */
export interface Evidence {
  readonly part: SignedPart;
  readonly digest: Buffer;
  /** node:crypto cannot verify ECDSA over a digest that is there: verify(null, …) would hash it once more. */
  readonly ecdsa: Verify | undefined;
}

export interface RunningEvidence {
  update(chunk: Uint8Array): void;
  /** `sha256` was fed with the same data; it is copied, never finished. */
  finish(sha256: Hash): Evidence;
}

/** Whether the hash algorithm is strong, and long enough for this key. */
export function isStrong(hash: HashAlgorithm | undefined, key: PublicKey): boolean {
  if (hash === undefined || !hash.strong) return false;
  return key.material.kind === 'rsa' || (key.material.kind !== 'other' && hash.bits >= key.material.bits);
}

/** Gathers from data that comes in chunks what checking a signature of this key takes; its numbers may come later. */
export function beginEvidence(part: SignedPart, key: PublicKey): RunningEvidence {
  const digest = beginDigest(part);
  const ecdsa = key.material.kind === 'ecdsa' ? createVerify(part.hash.name) : undefined;
  if (part.salt !== undefined) ecdsa?.update(part.salt);
  return {
    update(chunk) {
      digest.update(chunk);
      ecdsa?.update(chunk);
    },
    finish: (sha256) => ({ part, digest: digest.finish(sha256), ecdsa: ecdsa?.update(afterData(part)) }),
  };
}

/** Whether the numbers of the signature fit its key, its own signed part, and the data. */
export const isFitting = (key: PublicKey, signature: SignaturePacket, evidence: Evidence): boolean =>
  belongsTo(key, signature, evidence) && holds(() => fits(key, signature, evidence));

/** The same, in another thread where node:crypto can: the check of an EdDSA signature takes longer than all else about it. */
export async function isFittingInThread(
  key: PublicKey,
  signature: SignaturePacket,
  evidence: Evidence,
): Promise<boolean> {
  if (key.material.kind !== 'eddsa') return isFitting(key, signature, evidence);
  if (!belongsTo(key, signature, evidence)) return false;
  return new Promise((resolve) => {
    const asked = holds(() => {
      const answer = (error: Error | null, isGood: boolean) => resolve(error === null && isGood);
      verify(null, evidence.digest, keyObject(key), readNumbers(key, signature), answer);
      return true;
    });
    if (!asked) resolve(false);
  });
}

/** What is to be compared, before any mathematics. */
function belongsTo(key: PublicKey, signature: SignaturePacket, { part, digest }: Evidence): boolean {
  const { hash } = signature;
  if (hash === undefined || key.algorithm !== signature.algorithm || key.version !== signature.version) return false;
  if (hash !== part.hash || !same(signature.hashed, part.hashed) || !same(signature.salt, part.salt)) return false;
  return digest.subarray(0, 2).equals(signature.digestPrefix);
}

function fits(key: PublicKey, signature: SignaturePacket, { part, digest, ecdsa }: Evidence): boolean {
  const imported = keyObject(key);
  const numbers = readNumbers(key, signature);
  if (ecdsa !== undefined) return ecdsa.verify({ key: imported, dsaEncoding: 'ieee-p1363' }, numbers);
  if (key.material.kind === 'eddsa') return verify(null, digest, imported, numbers);
  return checkRsa(imported, numbers, part.hash, digest);
}

const NONE: Uint8Array = new Uint8Array();
const same = (one = NONE, two = NONE): boolean => Buffer.compare(one, two) === 0;

/** Checks a signature over data that is in memory. */
export function checkSignature(key: PublicKey, signature: SignaturePacket, ...data: readonly Uint8Array[]): boolean {
  const { hash } = signature;
  if (hash === undefined) return false;
  return holds(() => {
    const sha256 = createHash('sha256');
    const evidence = beginEvidence(signedPart(signature, hash), key);
    for (const part of data) {
      sha256.update(part);
      evidence.update(part);
    }
    return isFitting(key, signature, evidence.finish(sha256));
  });
}

/** node:crypto throws for numbers out of range, for keys that are none, and for hashes that its OpenSSL has not. */
function holds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/**
 * PKCS#1 v1.5: the whole padded block is built and compared. Nothing is parsed, so nothing can hide in it.
 *   00 01 FF … FF 00 DigestInfo digest
 */
function checkRsa(key: KeyObject, numbers: Uint8Array, hash: HashAlgorithm, digest: Uint8Array): boolean {
  const found = publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, numbers);
  const tail = Buffer.concat([Buffer.from([0]), hash.digestInfo, digest]);
  const padding = Buffer.alloc(found.length - 2 - tail.length, 0xff);
  const expected = Buffer.concat([Buffer.from([0, 1]), padding, tail]);
  return padding.length >= 8 && timingSafeEqual(found, expected);
}

/** The numbers as node:crypto wants them: RSA at the modulus' length, the others as two halves of equal length. */
function readNumbers(key: PublicKey, signature: SignaturePacket): Uint8Array {
  const { material } = key;
  if (material.kind === 'other') throw new Malformed('a signature of an unknown kind');
  if (key.algorithm === 27 || key.algorithm === 28) return signature.numbers;
  const cursor = new Cursor(signature.numbers);
  const count = material.kind === 'rsa' ? 1 : 2;
  const numbers = Array.from({ length: count }, () => pad(cursor.mpi(), material.length));
  if (cursor.left > 0) throw new Malformed('the signature is followed by something else');
  return Buffer.concat(numbers);
}

function pad(number: Uint8Array, length: number): Uint8Array {
  if (number.length > length) throw new Malformed('a number is too long for its key');
  return Buffer.concat([Buffer.alloc(length - number.length), number]);
}
