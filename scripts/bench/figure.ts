// SPDX-License-Identifier: Apache-2.0
/** What a benchmark found: one figure for each line of the table, as it stands in measured.json. */
import type { Took } from './measure.ts';

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** `s` seconds, `MB` a million bytes, `/s` so many in a second. */
export type Unit = 's' | 'MB' | '/s';

export interface Side {
  readonly name: string;
  readonly unit: Unit;
  readonly value: Spread;
  /** Seconds in user and system mode, of all processes; absent where processes were not what was measured. */
  readonly cpu?: Spread;
}

/** How the ratio is formed: `faster` is theirs by ours, `slower` ours by theirs. */
export type Direction = 'faster' | 'slower';

export interface Ratio {
  readonly direction: Direction;
  /** Of the medians' pairs, by the clock. */
  readonly wall: Spread;
  /** The same by processor time. */
  readonly cpu?: Spread;
}

export interface Goal {
  readonly is: 'at-least' | 'at-most';
  readonly value: number;
  /** What has to reach it. */
  readonly of: 'ratio' | 'value';
}

export interface Figure {
  /** 1 to 11. */
  readonly row: number;
  readonly work: string;
  readonly ours: Side;
  readonly theirs?: Side;
  readonly ratio?: Ratio;
  readonly goal?: Goal;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return { median: (low + high) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** The time of processes. */
export const timeOf = (name: string, took: readonly Took[]): Side => ({
  name,
  unit: 's',
  value: spreadOf(took.map(({ wall }) => wall)),
  cpu: spreadOf(took.map(({ cpu }) => cpu)),
});

/** The ratio of what was measured in turn: pair by pair, and then the median, so that a drift of the machine has no say. */
export function ratioOf(direction: Direction, ours: readonly Took[], theirs: readonly Took[]): Ratio {
  const by = (of: (took: Took) => number) => spreadOf(ratios(direction, ours.map(of), theirs.map(of)));
  return { direction, wall: by(({ wall }) => wall), cpu: by(({ cpu }) => cpu) };
}

/** The same of mere numbers. */
export const ratios = (direction: Direction, ours: readonly number[], theirs: readonly number[]): readonly number[] =>
  ours.map((our, at) => {
    const their = theirs[at] ?? Number.NaN;
    return direction === 'faster' ? their / our : our / their;
  });

/** Whether the goal is reached; undefined where there is none. */
export function isMet({ goal, ratio, ours }: Figure): boolean | undefined {
  if (goal === undefined) return undefined;
  const value = goal.of === 'ratio' ? (ratio?.wall.median ?? Number.NaN) : ours.value.median;
  return goal.is === 'at-least' ? value >= goal.value : value <= goal.value;
}
