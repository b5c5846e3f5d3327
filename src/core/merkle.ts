// SPDX-License-Identifier: Apache-2.0
/**
 * Merkle trees of RFC 6962, section 2.1, over SHA-256: roots, and of which ranges the proofs consist. Sizes and indices are whole
 * numbers up to 2^53-1, so bits are taken by division, not by JavaScript's 32-bit operators.
 */
import { createHash } from 'node:crypto';
import { Fault } from './fault.ts';

/** A hash value of a tree: 32 bytes. */
export type Hash = Uint8Array & { readonly __brand: 'Hash' };

export const HASH_SIZE = 32;

/** Of a tree up to 2^53-1 leaves no proof is longer; c2sp.org/tlog-proof allows for 63. */
export const MAX_PROOF_LENGTH = 63;

/** Throws `bad-format` unless there are 32 bytes. */
export function parseHash(bytes: Uint8Array): Hash {
  if (bytes.length !== HASH_SIZE)
    throw new Fault('bad-format', `a hash of ${bytes.length} bytes, where SHA-256 has ${HASH_SIZE}`);
  return bytes as Hash;
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

const digest = (...parts: readonly Uint8Array[]): Hash => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest() as Uint8Array as Hash;
};

/** SHA-256, which is not that of a leaf. */
export const digestOf = (bytes: Uint8Array): Hash => digest(bytes);

export const EMPTY_ROOT: Hash = digest();

export const leafHash = (entry: Uint8Array): Hash => digest(LEAF, entry);

export const nodeHash = (left: Hash, right: Hash): Hash => digest(NODE, left, right);

/** The leaves from `start` up to, but not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A complete subtree: the leaves from `index * 2^height` to `(index + 1) * 2^height`. */
export interface Subtree {
  readonly height: number;
  readonly index: number;
}

/** Knows the hashes of complete subtrees, such as tiles that were fetched. */
export type HashSource = (subtree: Subtree) => Hash;

/** The largest power of two below `n`, where section 2.1 splits a tree of `n` leaves. */
function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** The complete subtrees that a range consists of, from left to right. The range MUST start where RFC 6962 can split. */
export function subtreesOf({ start, end }: Range): readonly Subtree[] {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end; ) {
    let height = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      height += 1;
      width *= 2;
    }
    subtrees.push({ height, index: at / width });
    at += width;
  }
  return subtrees;
}

/** The Merkle tree hash of a range. */
export function rangeHash(source: HashSource, range: Range): Hash {
  const hashes = subtreesOf(range).map(source);
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}

/** The Merkle tree hash of these leaves. */
export function rootOf(leaves: readonly Hash[]): Hash {
  let row = leaves;
  while (row.length > 1) row = pairs(row);
  return row[0] ?? EMPTY_ROOT;
}

/** A last hash without a partner moves up as it is, which gives the same tree as splitting from the top. */
function pairs(row: readonly Hash[]): readonly Hash[] {
  const above: Hash[] = [];
  for (const [index, right] of row.entries()) {
    const left = above.at(-1);
    if (index % 2 === 0 || left === undefined) above.push(right);
    else above[above.length - 1] = nodeHash(left, right);
  }
  return above;
}

/** The ranges whose hashes are the inclusion proof of a leaf, from its sibling upwards (section 2.1.1). */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  if (index >= size) throw new Fault('bad-proof', `a tree of ${size} entries has none with the index ${index}`);
  const ranges: Range[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** The ranges whose hashes are the consistency proof between two sizes of a tree (section 2.1.2). */
export function consistencyRanges(oldSize: number, size: number): readonly Range[] {
  if (oldSize > size) throw new Fault('bad-proof', `a tree of ${size} entries is no later state of one of ${oldSize}`);
  const ranges: Range[] = [];
  if (oldSize === 0) return ranges;
  let [start, end] = [0, size];
  while (oldSize < end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // Where the old tree is a complete subtree from the left edge, the verifier has its hash already.
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}
