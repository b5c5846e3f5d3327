// SPDX-License-Identifier: Apache-2.0
/** RFC 6962, sections 2.1 to 2.1.2, written down as it stands there, without regard to speed. Imports nothing of ours. */
import { createHash } from 'node:crypto';

const sha256 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** The largest power of two smaller than n. */
const k = (n: number): number => (n <= 2 ? 1 : 2 * k(Math.ceil(n / 2)));

/** A list D[n], with the hashes of its parts remembered. */
export class ReferenceTree {
  readonly entries: readonly Uint8Array[];
  readonly #known = new Map<string, Buffer>();

  constructor(entries: readonly Uint8Array[]) {
    this.entries = entries;
  }

  /** MTH(D[from:to]) */
  mth(from: number, to: number): Buffer {
    const key = `${from}:${to}`;
    const hash = this.#known.get(key) ?? this.#mth(from, to);
    this.#known.set(key, hash);
    return hash;
  }

  #mth(from: number, to: number): Buffer {
    const n = to - from;
    if (n === 0) return sha256();
    if (n === 1) return sha256(Buffer.of(0), this.entries[from] ?? Buffer.alloc(0));
    return sha256(Buffer.of(1), this.mth(from, from + k(n)), this.mth(from + k(n), to));
  }

  /** PATH(m, D[from:to]) */
  path(m: number, from: number, to: number): readonly Buffer[] {
    const n = to - from;
    if (n === 1) return [];
    if (m < k(n)) return [...this.path(m, from, from + k(n)), this.mth(from + k(n), to)];
    return [...this.path(m - k(n), from + k(n), to), this.mth(from, from + k(n))];
  }

  /** PROOF(m, D[n]) = SUBPROOF(m, D[n], true) */
  proof(m: number, n: number): readonly Buffer[] {
    return m === 0 ? [] : this.#subproof(m, 0, n, true);
  }

  #subproof(m: number, from: number, to: number, whole: boolean): readonly Buffer[] {
    const n = to - from;
    if (m === n) return whole ? [] : [this.mth(from, to)];
    if (m <= k(n)) return [...this.#subproof(m, from, from + k(n), whole), this.mth(from + k(n), to)];
    return [...this.#subproof(m - k(n), from + k(n), to, false), this.mth(from, from + k(n))];
  }
}

export const numberedEntries = (count: number): readonly Buffer[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(`entry ${index}`));
