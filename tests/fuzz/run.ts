// SPDX-License-Identifier: Apache-2.0
/**
 * Ten thousand inputs for each parser, the same ones every time. `FUZZ_COUNT=1000000` asks for more, and then for others each time;
 * `FUZZ_SEED` brings them back.
 */
import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../src/core/fault.ts';
import { wrongCuts } from './cut.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import { outcomeOf, type Target } from './target.ts';
import { formatVector } from './vector.ts';

const USUAL = 10_000;

function wholeNumber(name: string): number | undefined {
  const value = process.env[name];
  if (value === undefined || value === '') return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new Error(`${name} is no whole number: ${value}`);
  return Number(value);
}

export const COUNT = wholeNumber('FUZZ_COUNT') ?? USUAL;
export const SEED = wholeNumber('FUZZ_SEED') ?? (COUNT === USUAL ? 1 : Date.now() % 1_000_000_000);

/** Throws with all that is needed to see it again. */
async function attack(target: Target, index: number): Promise<FaultKind | 'accepted'> {
  const input = mutate(new Random(SEED, target.name, index), target.corpus);
  try {
    return await outcomeOf(target, input);
  } catch (cause) {
    const smaller = await shrink(target, input);
    const vector = formatVector('what went wrong', target.name, 'FILL IN', smaller);
    throw new Error(
      `seed ${SEED}, input ${index} of "${target.name}": ${String(cause)}\n\nfor tests/vectors/fuzz/:\n\n${vector}`,
      { cause },
    );
  }
}

async function isDefect(target: Target, input: Uint8Array): Promise<boolean> {
  try {
    await outcomeOf(target, input);
    return false;
  } catch {
    return true;
  }
}

/** Leaves out what can be left out: halves, quarters, and so on down to octets. */
async function shrink(target: Target, input: Buffer): Promise<Buffer> {
  let best = input;
  for (let size = best.length >> 1; size > 0; size >>= 1) {
    for (let at = 0; at < best.length; ) {
      const less = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      if (await isDefect(target, less)) best = less;
      else at += size;
    }
  }
  return best;
}

/** The tests of some parsers. */
export function fuzz(targets: readonly Target[]): void {
  describe.each(targets.map((target) => [target.name, target] as const))('%s', (_, target) => {
    it('accepts what is right', async () => {
      for (const input of target.corpus) expect(await outcomeOf(target, input)).toBe('accepted');
    });

    it(`ends in a value or a Fault, whatever comes (seed ${SEED})`, async () => {
      const seen = new Set<string>();
      for (let index = 0; index < COUNT; index += 1) seen.add(await attack(target, index));
      // a fuzzer whose inputs are all refused at the door tests the door only
      expect([...seen]).toContain('accepted');
      if (target.kinds.length > 0) expect(seen.size, 'both ends').toBeGreaterThan(1);
    });

    it('refuses what was cut short, wherever that can be told', async () => {
      expect(await wrongCuts(target, async (part) => (await outcomeOf(target, part)) === 'accepted')).toEqual([]);
    });

    if (target.cap === undefined) return;
    it('looks at the size before anything else', async () => {
      const get = (_: Uint8Array, property: string | symbol) => {
        if (property === 'length') return (target.cap ?? 0) + 1;
        throw new Error(`${String(property)} was looked at`);
      };
      const input = new Proxy(new Uint8Array(), { get });
      await expect((async () => target.check(input))()).rejects.toThrow(/is larger than/);
    });
  });
}
