// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { drawChart } from '../../scripts/bench/chart.ts';
import { spreadOf } from '../../scripts/bench/figure.ts';
import {
  formatReport,
  formatValue,
  type Measured,
  merge,
  parseReport,
  type Report,
  rstTable,
  shortfalls,
  textTable,
} from '../../scripts/bench/report.ts';

const figure = (row: number, ratio: number, changes: Partial<Measured> = {}): Measured => ({
  row,
  work: `work ${row}`,
  ours: { name: 'ours', unit: 's', value: spreadOf([1]) },
  theirs: { name: 'theirs', unit: 's', value: spreadOf([ratio]) },
  ratio: { direction: 'faster', wall: spreadOf([ratio]), cpu: spreadOf([ratio / 2]) },
  goal: { is: 'at-least', value: 7, of: 'ratio' },
  date: '2026-11-22',
  load: 0.5,
  ...changes,
});

const report = (figures: readonly Measured[], changes: Partial<Report> = {}): Report => ({
  schema: 'artifact-signing.bench/v1',
  quick: false,
  machine: { Processor: '2 × X' },
  figures,
  ...changes,
});

describe('the report', () => {
  it('comes back as it was written', () => {
    const text = formatReport(report([figure(1, 8.123456)]));
    expect(parseReport(text)?.figures[0]?.ratio?.wall.median).toBe(8.123);
    expect(formatReport(parseReport(text) as Report)).toBe(text);
  });

  it.each(['', '{', '{}', 'null', '{"schema":"other"}'])('is not taken from %j', (text) => {
    expect(parseReport(text)).toBeUndefined();
  });

  it('keeps the rows that were not measured again, and replaces the others as a whole', () => {
    const old = report([figure(1, 7), figure(1, 8), figure(3, 9)]);
    const merged = merge(old, report([figure(1, 10)]));
    expect(merged.figures.map(({ row, ratio }) => [row, ratio?.wall.median])).toEqual([
      [1, 10],
      [3, 9],
    ]);
  });

  it('keeps nothing from another machine, nor from a quick run', () => {
    const added = report([figure(1, 10)]);
    for (const changes of [{ quick: true }, { machine: { Processor: '8 × Y' } }])
      expect(merge(report([figure(3, 9)], changes), added).figures).toEqual(added.figures);
    expect(merge(undefined, added)).toEqual(added);
  });
});

describe('a value', () => {
  it.each([
    [0.03141, 's', '31.4 ms'],
    [0.314, 's', '314 ms'],
    [1.234, 's', '1.23 s'],
    [70.04, 's', '70 s'],
    [92.4, 'MB', '92.4 MB'],
    [12345, '/s', '12,345 a second'],
  ] as const)('of %d %s is shown as %s', (value, unit, shown) => {
    expect(formatValue(value, unit)).toBe(shown);
  });
});

describe('the tables', () => {
  it('say the target beside each figure, and whether it is reached', () => {
    for (const table of [textTable, (figures: readonly Measured[]) => rstTable(report(figures))]) {
      expect(table([figure(1, 8)])).toContain('at least 7×: reached');
      expect(table([figure(1, 6.9)])).toContain('at least 7×: missed');
    }
  });

  it('say how loaded the machine was at worst', () => {
    expect(rstTable(report([figure(1, 8), figure(2, 8, { load: 3.21 })]))).toContain('at most 3.2');
  });
});

describe('the chart', () => {
  const limit = figure(6, 0, {
    ours: { name: 'ours', unit: 'MB', value: spreadOf([100]) },
    goal: { is: 'at-most', value: 128, of: 'value' },
  });
  const svg = drawChart([figure(1, 8), figure(2, 6), limit]);

  it('draws a bar to the mark or beyond where a target is reached, and else not', () => {
    const bars = [...svg.matchAll(/<rect x="(\d+)" [^>]*width="(\d+)"[^>]*class="(met|missed)"/g)].map(
      ([, x, width, kind]) => ({ end: Number(x) + Number(width), kind }),
    );
    const marks = [...svg.matchAll(/<path d="M(\d+),/g)].map(([, x]) => Number(x));
    expect(bars.map(({ kind }) => kind)).toEqual(['met', 'missed', 'met']);
    expect(bars.map(({ end }, at) => end >= (marks[at] ?? 0))).toEqual([true, false, false]);
  });

  it('uses no class without a rule, and fetches nothing', () => {
    const used = new Set([...svg.matchAll(/class="([^"]*)"/g)].flatMap(([, names = '']) => names.split(' ')));
    expect([...used].filter((name) => !new RegExp(`\\.${name}[ ,.]`).test(svg))).toEqual([]);
    expect(svg.match(/https?:\/\/[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
  });

  it('tells the figures to those who cannot see it', () => {
    expect(svg).toMatch(/<desc[^>]*>2 of 3 targets are reached\..*work 2: 6×, at least 7×\./);
  });
});

describe('what falls short', () => {
  it('is each target that was missed, and nothing else', () => {
    const heavy = figure(6, 1, {
      ours: { name: 'ours', unit: 'MB', value: spreadOf([200]) },
      goal: { is: 'at-most', value: 128, of: 'value' },
    });
    const { goal, ...free } = figure(2, 1);
    expect(goal).toBeDefined();
    expect(shortfalls([figure(1, 7), free, figure(3, 6.9), heavy])).toEqual([
      'row 3, work 3: 6.9× as fast, and not at least 7×',
      'row 6, work 6: 200 MB, and not at most 128 MB',
    ]);
  });
});
