// SPDX-License-Identifier: Apache-2.0
/** The checks of proofs about Merkle trees, as RFC 9162 gives them in sections 2.1.3.2 and 2.1.4.2 (the trees are those of RFC 6962). */
import { equalBytes } from './encoding.ts';
import { Fault } from './fault.ts';
import { EMPTY_ROOT, type Hash, nodeHash } from './merkle.ts';

/** Throws `bad-proof` unless the leaf is the one with this index in the tree of this size and root. */
export function verifyInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): void {
  if (index >= size) throw new Fault('bad-proof', `the index ${index} lies beyond the tree of ${size} entries`);
  const climb = new Climb(index, size - 1);
  let hash = leaf;
  for (const sibling of proof) {
    hash = climb.siblingIsLeft() ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    climb.up();
  }
  climb.end();
  if (!equalBytes(hash, root))
    throw new Fault('bad-proof', 'the inclusion proof does not lead to the root of the tree');
}

/** Throws `bad-proof` unless the second tree has all leaves of the first one, in the same places. */
export function verifyConsistency(
  oldSize: number,
  oldRoot: Hash,
  size: number,
  root: Hash,
  proof: readonly Hash[],
): void {
  if (oldSize > size) throw new Fault('bad-proof', `a tree of ${size} entries is no later state of one of ${oldSize}`);
  if (oldSize === 0 || oldSize === size) {
    verifyTrivial(oldSize === size ? root : EMPTY_ROOT, oldRoot, proof);
    return;
  }
  const climb = new Climb(oldSize - 1, size - 1);
  climb.skipRight();
  const [first, ...rest] = climb.isRoot() ? [oldRoot, ...proof] : proof;
  if (first === undefined) throw new Fault('bad-proof', 'the consistency proof is too short');
  let [oldHash, hash] = [first, first];
  for (const sibling of rest) {
    if (climb.siblingIsLeft()) {
      oldHash = nodeHash(sibling, oldHash);
      hash = nodeHash(sibling, hash);
    } else hash = nodeHash(hash, sibling);
    climb.up();
  }
  climb.end();
  if (!equalBytes(oldHash, oldRoot))
    throw new Fault('bad-proof', 'the consistency proof does not lead to the root of the earlier tree');
  if (!equalBytes(hash, root))
    throw new Fault('bad-proof', 'the consistency proof does not lead to the root of the later tree');
}

function verifyTrivial(expected: Hash, oldRoot: Hash, proof: readonly Hash[]): void {
  if (proof.length > 0) throw new Fault('bad-proof', 'a consistency proof with hashes, where none are needed');
  if (!equalBytes(expected, oldRoot)) throw new Fault('bad-proof', 'the roots differ, where the trees are the same');
}

/** The way from a node to the root: `fn` and `sn` of RFC 9162, the node and the last node of its level. */
class Climb {
  #node: number;
  #last: number;

  constructor(node: number, last: number) {
    this.#node = node;
    this.#last = last;
  }

  /** Where the next hash of the proof belongs. A node without a sibling is lifted, first, to where it has one. */
  siblingIsLeft(): boolean {
    if (this.#last === 0) throw new Fault('bad-proof', 'the proof is too long');
    if (this.#node % 2 === 1) return true;
    if (this.#node !== this.#last) return false;
    while (this.#node % 2 === 0) this.up();
    return true;
  }

  skipRight(): void {
    while (this.#node % 2 === 1) this.up();
  }

  isRoot(): boolean {
    return this.#node === 0;
  }

  up(): void {
    this.#node = Math.floor(this.#node / 2);
    this.#last = Math.floor(this.#last / 2);
  }

  end(): void {
    if (this.#last !== 0) throw new Fault('bad-proof', 'the proof is too short');
  }
}
