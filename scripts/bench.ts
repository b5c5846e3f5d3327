// SPDX-License-Identifier: Apache-2.0
/**
 * Measures this project against the tools that people use now, both sides in one run and in turn: `npm run bench -- --help`.
 * What it makes, it removes, however it ends; what it finds goes into measured.json, table.inc and chart.svg.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { drawChart } from './bench/chart.ts';
import type { Figure } from './bench/figure.ts';
import { type Lab, openLab } from './bench/lab.ts';
import { describeMachine, whatIsMissing } from './bench/machine.ts';
import { type Options, parseOptions, USAGE } from './bench/options.ts';
import {
  BENCH_SCHEMA,
  formatReport,
  type Measured,
  merge,
  parseReport,
  type Report,
  rstTable,
  shortfalls,
  textTable,
} from './bench/report.ts';
import { FULL, QUICK, ROWS, type Row, type Sizes } from './bench/rows.ts';
import { CommandFailed, stopCommands } from './run-command.ts';

const say = (message: string) => console.error(`bench: ${message}`);

async function measureRows(lab: Lab, rows: readonly Row[], { quick, runs }: Options): Promise<readonly Measured[]> {
  const base = quick ? QUICK : FULL;
  const sizes: Sizes = runs === undefined ? base : { ...base, runs, manyRuns: runs, fewRuns: runs };
  const measured: Measured[] = [];
  for (const row of rows) {
    const [load = 0] = os.loadavg();
    say(`row ${row.number}, at a load of ${load.toFixed(1)}`);
    const figures: readonly Figure[] = await row.run(lab, sizes);
    const date = new Date().toISOString().slice(0, 10);
    measured.push(...figures.map((figure) => ({ ...figure, date, load })));
    console.log(textTable(figures));
  }
  return measured;
}

function writeResults({ quick, out }: Options, figures: readonly Measured[]): void {
  const file = path.join(out, 'measured.json');
  const old = fs.existsSync(file) ? parseReport(fs.readFileSync(file, 'utf8')) : undefined;
  const text = formatReport(merge(old, { schema: BENCH_SCHEMA, quick, machine: describeMachine(), figures }));
  // what is shown is made from what is written, so that anybody can make it again
  const report = parseReport(text) as Report;
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(file, text);
  fs.writeFileSync(path.join(out, 'table.inc'), rstTable(report));
  fs.writeFileSync(path.join(out, 'chart.svg'), drawChart(report.figures));
  console.log(textTable(report.figures));
  say(`written: ${['measured.json', 'table.inc', 'chart.svg'].map((name) => path.join(out, name)).join(', ')}`);
}

function complain(error: unknown): void {
  if (error instanceof CommandFailed) console.error(error.output.trimEnd());
  say(
    `error: ${error instanceof CommandFailed ? `this failed: ${error.message}` : error instanceof Error ? error.message : error}`,
  );
}

/** The exit status: 0 measured, 1 could not finish, 2 used wrongly or something is missing, 3 measured, and a target was missed. */
async function bench(options: Options): Promise<number> {
  const rows = ROWS.filter(({ number }) => options.rows.includes(number));
  const missing = whatIsMissing(rows, options.directory, options.quick);
  for (const line of missing) say(`error: ${line}`);
  if (missing.length > 0) return 2;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stopCommands);
  const lab = openLab(options.directory, say);
  try {
    const figures = await measureRows(lab, rows, options);
    writeResults(options, figures);
    const missed = options.quick ? [] : shortfalls(figures);
    for (const line of missed) say(`error: missed: ${line}`);
    return missed.length > 0 ? 3 : 0;
  } catch (error) {
    complain(error);
    return 1;
  } finally {
    lab.close();
  }
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(
      argv,
      ROWS.map(({ number }) => number),
    );
    if (options !== 'help') return await bench(options);
    console.log(USAGE);
    return 0;
  } catch (error) {
    complain(error);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
