// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { type Figure, isMet, ratioOf, spreadOf } from '../../scripts/bench/figure.ts';
import { parseOptions } from '../../scripts/bench/options.ts';

const took = (wall: number, cpu = wall) => ({ wall, cpu, memory: 0, said: '' });

describe('a spread', () => {
  it('has the middle value, and the mean of the middle two', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
    expect(spreadOf([4, 1, 3, 10])).toEqual({ median: 3.5, min: 1, max: 10 });
  });
});

describe('a ratio', () => {
  it('is formed pair by pair: a machine that is half as fast for a while changes nothing', () => {
    const [ours, theirs] = [
      [took(1), took(2), took(1)],
      [took(8), took(16), took(8)],
    ];
    expect(ratioOf('faster', ours, theirs).wall).toEqual({ median: 8, min: 8, max: 8 });
    expect(ratioOf('slower', ours, theirs).wall.median).toBe(1 / 8);
  });

  it('has one by the clock and one by processor time', () => {
    expect(ratioOf('faster', [took(1, 2)], [took(3, 3)])).toMatchObject({ wall: { median: 3 }, cpu: { median: 1.5 } });
  });
});

describe('a target', () => {
  const figure = (goal: Figure['goal'], median: number): Figure => ({
    row: 1,
    work: 'w',
    ours: { name: 'o', unit: 'MB', value: spreadOf([median]) },
    ratio: { direction: 'faster', wall: spreadOf([median]) },
    ...(goal === undefined ? {} : { goal }),
  });

  it.each(['ratio', 'value'] as const)('of a %s is reached at its edge, and not beyond', (of) => {
    expect([6.99, 7, 7.01].map((value) => isMet(figure({ is: 'at-least', value: 7, of }, value)))).toEqual([
      false,
      true,
      true,
    ]);
    expect([6.99, 7, 7.01].map((value) => isMet(figure({ is: 'at-most', value: 7, of }, value)))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is missed where nothing was measured', () => {
    const { ratio: _, ...without } = figure({ is: 'at-most', value: 7, of: 'ratio' }, 1);
    expect(isMet(without)).toBe(false);
    expect(isMet(figure({ is: 'at-least', value: 7, of: 'ratio' }, Number.NaN))).toBe(false);
  });

  it('may be absent', () => {
    expect(isMet(figure(undefined, 1))).toBeUndefined();
  });
});

describe('the options', () => {
  it('take all rows unless told, and keep their order', () => {
    expect(parseOptions([], [1, 2, 3])).toMatchObject({ rows: [1, 2, 3], quick: false, runs: undefined });
    expect(parseOptions(['--rows', '3,1', '--quick', '--runs', '2'], [1, 2, 3])).toMatchObject({
      rows: [1, 3],
      quick: true,
      runs: 2,
    });
  });

  it.each([
    ['--rows', '9'],
    ['--rows', ''],
    ['--rows', '1,x'],
    ['--runs', '0'],
    ['--runs', '1e9'],
    ['--fast'],
    ['more'],
  ])('refuse %s %s', (...argv) => {
    expect(() => parseOptions(argv, [1, 2, 3])).toThrow(TypeError);
  });
});
