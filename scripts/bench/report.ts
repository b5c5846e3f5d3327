// SPDX-License-Identifier: Apache-2.0
/** What was measured as a document, and as tables for people. */
import { type Figure, type Goal, isMet, type Ratio, type Side, type Spread, type Unit } from './figure.ts';
import type { Machine } from './machine.ts';

export const BENCH_SCHEMA = 'artifact-signing.bench/v1';

export interface Measured extends Figure {
  /** The day. */
  readonly date: string;
  /** The load average of the last minute before it began: above 1, others were at work. */
  readonly load: number;
}

/** measured.json */
export interface Report {
  readonly schema: typeof BENCH_SCHEMA;
  /** A quick run shows that it runs, and nothing else. */
  readonly quick: boolean;
  readonly machine: Machine;
  readonly figures: readonly Measured[];
}

const round = (value: number): number => Number(value.toPrecision(4));

/** Four digits are more than anybody can measure. */
export const formatReport = (report: Report): string =>
  `${JSON.stringify(report, (_, value) => (typeof value === 'number' ? round(value) : value), 2)}\n`;

/** A report that was written by `formatReport`; undefined for anything else. */
export function parseReport(text: string): Report | undefined {
  try {
    const report = JSON.parse(text);
    return report?.schema === BENCH_SCHEMA ? report : undefined;
  } catch {
    return undefined;
  }
}

/** Puts new figures in the place of those of the same rows, where both were measured in the same way on the same machine. */
export function merge(old: Report | undefined, added: Report): Report {
  const fits = old?.quick === added.quick && JSON.stringify(old.machine) === JSON.stringify(added.machine);
  const rows = new Set(added.figures.map(({ row }) => row));
  const kept = fits ? old.figures.filter(({ row }) => !rows.has(row)) : [];
  return { ...added, figures: [...kept, ...added.figures].sort((a, b) => a.row - b.row) };
}

export function formatValue(value: number, unit: Unit): string {
  if (unit === 's') return value < 1 ? `${formatNumber(value * 1000)} ms` : `${formatNumber(value)} s`;
  return unit === '/s' ? `${formatNumber(value)} a second` : `${formatNumber(value)} MB`;
}

const formatNumber = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(3)).toString();

const times = (value: number) => `${Number(value.toFixed(value >= 10 ? 1 : 2))}×`;

const DIRECTIONS = { faster: 'as fast', slower: 'as long' } as const;

const formatSide = (side: Side | undefined): string =>
  side === undefined ? '' : formatValue(side.value.median, side.unit);

const formatSpread = ({ median, min, max }: Spread): string =>
  min === max ? times(median) : `${times(median)} (${times(min)} to ${times(max)})`;

const formatRatio = (ratio: Ratio | undefined): string =>
  ratio === undefined ? '' : `${formatSpread(ratio.wall)} ${DIRECTIONS[ratio.direction]}`;

const formatCpu = (ratio: Ratio | undefined): string => (ratio?.cpu === undefined ? '' : times(ratio.cpu.median));

export function formatGoal({ is, value, of }: Goal, unit: Unit): string {
  return `${is === 'at-least' ? 'at least' : 'at most'} ${of === 'ratio' ? times(value) : formatValue(value, unit)}`;
}

function formatTarget(figure: Figure): string {
  if (figure.goal === undefined) return '';
  return `${formatGoal(figure.goal, figure.ours.unit)}: ${isMet(figure) ? 'reached' : 'missed'}`;
}

/** A line for each target that was missed. */
export const shortfalls = (figures: readonly Figure[]): readonly string[] =>
  figures
    .filter((figure) => isMet(figure) === false)
    .map(({ row, work, goal, ours, ratio }) => {
      const value = goal?.of === 'ratio' ? formatRatio(ratio) : formatValue(ours.value.median, ours.unit);
      return `row ${row}, ${work}: ${value}, and not ${goal === undefined ? '' : formatGoal(goal, ours.unit)}`;
    });

const HEADINGS = ['Row', 'What', 'Ours', 'Against', 'Theirs', 'Ratio by the clock', 'By processor time', 'Target'];

const cellsOf = (figure: Figure): readonly string[] => [
  String(figure.row),
  figure.work,
  formatSide(figure.ours),
  figure.theirs?.name ?? '',
  formatSide(figure.theirs),
  formatRatio(figure.ratio),
  formatCpu(figure.ratio),
  formatTarget(figure),
];

/** For a terminal. */
export function textTable(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return `${[line(HEADINGS), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.slice(1).map(line)].join('\n')}\n`;
}

/** For the documents. */
export function rstTable({ figures, machine }: Report): string {
  const list = (cells: readonly string[]) =>
    cells.map((cell, at) => `${at === 0 ? '   * - ' : '     - '}${cell}`.trimEnd()).join('\n');
  const about = Object.entries(machine).map(([name, text]) => `:${name}: ${text}`);
  const dates = [...new Set(figures.map(({ date }) => date))].sort();
  const load = Math.max(...figures.map((figure) => figure.load));
  return `\
.. Written by "npm run bench": what is changed here is lost.

.. list-table:: Medians; in brackets, the smallest and the largest ratio of a pair
   :header-rows: 1
   :widths: 4 24 8 22 8 16 8 14

${[HEADINGS, ...figures.map(cellsOf)].map(list).join('\n')}

Measured on:

${about.join('\n')}
:date: ${dates.join(', ')}; load average before the measurements at most ${load.toFixed(1)}
`;
}
