// SPDX-License-Identifier: Apache-2.0
/** Numbers that look random and are the same for the same seed, on every machine. */
import { createHash } from 'node:crypto';

export class Random {
  #state: number;

  /** A stream of its own for each combination of parts. */
  constructor(...parts: readonly (string | number)[]) {
    this.#state = createHash('sha256').update(parts.join('\0')).digest().readUInt32LE();
  }

  /** 0 to 2^32-1; the generator "mulberry32". */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** 0 to `limit - 1`; 0 where that is none. */
  below(limit: number): number {
    return limit < 1 ? 0 : this.next() % limit;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError('nothing to pick from');
    return items[this.below(items.length)] as T;
  }
}
