// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawChart } from '../../scripts/bench/chart.ts';
import { isMet } from '../../scripts/bench/figure.ts';
import { formatReport, parseReport, rstTable } from '../../scripts/bench/report.ts';
import { ROWS } from '../../scripts/bench/rows.ts';

const DIRECTORY = path.resolve(import.meta.dirname, '../../doc/source/performance');
const read = (name: string) => fs.readFileSync(path.join(DIRECTORY, name), 'utf8');

describe('doc/source/performance/', () => {
  const report = parseReport(read('measured.json'));
  if (report === undefined) throw new Error('measured.json is no report of the benchmark');

  it('has table and chart of what was measured', () => {
    expect(formatReport(report)).toBe(read('measured.json'));
    expect(rstTable(report)).toBe(read('table.inc'));
    expect(drawChart(report.figures)).toBe(read('chart.svg'));
  });

  it('shows every row of the benchmark, at its full size', () => {
    expect(report.quick).toBe(false);
    const shown = new Set(report.figures.map(({ row }) => row));
    expect([...shown]).toEqual(ROWS.map(({ number }) => number));
  });

  it('shows that every target is reached', () => {
    const goals = report.figures.filter(({ goal }) => goal !== undefined);
    expect(goals.length).toBeGreaterThan(15);
    expect(goals.filter((figure) => !isMet(figure)).map(({ work }) => work)).toEqual([]);
  });

  it('has no text in its chart that is wider than its place, in any usual font', () => {
    const texts = [...read('chart.svg').matchAll(/<text x="(\d+)"[^>]*class="([^"]*)"[^>]*>([^<]*)</g)];
    expect(texts.length).toBeGreaterThan(10);
    for (const [, x, classes = '', text = ''] of texts) {
      const estimate = [...text].length * (classes.includes('small') ? 5.9 : classes.includes('name') ? 7.4 : 6.7);
      const end = Number(x) < 400 ? 436 : 800;
      if (classes.includes('name')) continue;
      expect(Number(x) + estimate, text).toBeLessThanOrEqual(end);
    }
  });
});
