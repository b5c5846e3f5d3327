// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { GROWING } from './growing.ts';
import { growthOf, isLinear, STEP, workOf } from './growth.ts';
import { Random } from './random.ts';
import { COUNT, SEED } from './run.ts';
import { outcomeOf, type Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** Bytes of the larger input. */
const SIZE = 32 * 1024;
/** Of those that took longest, so many are looked at again as large as they can come, up to a size that tests can wait for. */
const AGAIN = 2;
const MOST = 1024 * 1024;
const MARKS = [
  ' ',
  '\t',
  '\n',
  '\r',
  '[',
  '{',
  '"',
  "'",
  '\\',
  '\0',
  '-',
  '- ',
  '? ',
  ': ',
  'a: ',
  ', ',
  '&a ',
  '*a ',
  '#',
  '/',
];
const MORE = [
  'a',
  '0',
  '=',
  '+',
  '%',
  '.',
  '.asc',
  '{a',
  'é',
  '\u0301',
  '\u{1f600}',
  '\x80',
  '\xc2',
  '\x99',
  '\xff',
  '— a ',
  '--a\n',
];

interface Shape {
  readonly before: Uint8Array;
  readonly unit: Uint8Array;
  readonly after: Uint8Array;
}

const bytes = (text: string) => Buffer.from(text, text.length === 1 && text > '\x7f' ? 'latin1' : 'utf8');

/** A long row of something small, alone and in the middle of what is right. */
function shapesOf(target: Target, count: number): readonly Shape[] {
  const nothing = new Uint8Array();
  const alone = [...MARKS, ...MORE].map((mark) => ({ before: nothing, unit: bytes(mark), after: bytes('x') }));
  const within = Array.from({ length: count }, (_, index): Shape => {
    const random = new Random(SEED, 'growth', target.name, index);
    const whole = random.pick(target.corpus);
    const at = random.below(whole.length + 1);
    const part = whole.subarray(at, at + 1 + random.below(random.pick([4, 40, whole.length])));
    const unit = random.below(2) === 0 ? bytes(random.pick([...MARKS, ...MORE])) : part;
    return { before: whole.subarray(0, at), unit: unit.length === 0 ? bytes(' ') : unit, after: whole.subarray(at) };
  });
  return [...alone, ...within];
}

const build = ({ before, unit, after }: Shape, size: number): Buffer =>
  Buffer.concat([before, Buffer.alloc(size - (size % unit.length), unit), after]);

/** What stands around a row, at the most. */
const longest = ({ corpus }: Target): number => Math.max(...corpus.map(({ length }) => length + 1));

/** The inputs of a target, of both sizes, that take longer than they should. */
async function crawling(target: Target, shapes: readonly Shape[], size: number): Promise<readonly string[]> {
  const found: string[] = [];
  for (const shape of shapes) {
    const [small, large] = [build(shape, size / STEP), build(shape, size)];
    const growth = await growthOf(
      () => outcomeOf(target, small),
      () => outcomeOf(target, large),
    );
    if (!isLinear(growth))
      found.push(`${growth.toFixed(0)} times for ${JSON.stringify(Buffer.from(shape.unit).toString('latin1'))}`);
  }
  return found;
}

/** Those that take longest. */
async function slowest(target: Target, shapes: readonly Shape[]): Promise<readonly Shape[]> {
  const measured: { readonly shape: Shape; readonly work: number }[] = [];
  for (const shape of shapes) {
    const input = build(shape, SIZE);
    measured.push({ shape, work: await workOf(() => outcomeOf(target, input)) });
  }
  return measured
    .sort((a, b) => b.work - a.work)
    .slice(0, AGAIN)
    .map(({ shape }) => shape);
}

describe('eight times the input takes no more than linear work', () => {
  it.each(TARGETS.filter(({ isSmall }) => isSmall !== true).map((target) => [target.name, target] as const))(
    '%s',
    async (_, target) => {
      const shapes = shapesOf(target, COUNT / 250);
      expect(await crawling(target, shapes, SIZE)).toEqual([]);
      const room = Math.min(target.cap ?? target.largest ?? 0, MOST) - longest(target);
      if (room > SIZE) expect(await crawling(target, await slowest(target, shapes), room)).toEqual([]);
    },
  );

  it.each(GROWING.map((one) => [one.name, one] as const))('of %s', async (_, { make, run, size }) => {
    const [small, large] = [make(size), make(size * STEP)];
    const growth = await growthOf(
      () => run(small),
      () => run(large),
    );
    expect(growth, 'times the work').toSatisfy(isLinear);
  });
});

describe('the measurement', () => {
  const work = (steps: number) => () => {
    let sum = 0;
    for (let step = 0; step < steps; step += 1) sum = (sum * 31 + step) | 0;
    return sum;
  };

  it('sees what is quadratic, and lets pass what is linear', async () => {
    const LINEAR = 2_000_000;
    expect(await growthOf(work(LINEAR), work(LINEAR * STEP))).toSatisfy(isLinear);
    expect(await growthOf(work(LINEAR), work(LINEAR * STEP * STEP))).not.toSatisfy(isLinear);
  });
});
