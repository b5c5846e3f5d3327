// SPDX-License-Identifier: Apache-2.0
/**
 * Compiles what the suite runs: the executable of this checkout, and the library that makes calls fail (preload.c). After the last
 * test it prints at how many points processes were killed.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly faults: Faults;
  }
}

export interface Faults {
  readonly executable: string;
  /** For LD_PRELOAD. */
  readonly library: string;
  /** One line of JSON for each scenario: `{command, points}`. */
  readonly tally: string;
  /** Kill points of the whole suite, about. */
  readonly points: number;
  /** Of what is random. */
  readonly seed: number;
}

/** What CI has, at the least; FAULT_POINTS asks for more. */
const POINTS = 500;

const ROOT = path.resolve(import.meta.dirname, '../..');
const SOURCES = ['src', 'scripts/build.ts', 'package.json', 'tsconfig.json'];

export function setup(project: TestProject): () => void {
  const directory = fs.mkdtempSync('/tmp/faults-');
  const at = (name: string) => path.join(directory, name);
  for (const source of SOURCES) fs.cpSync(path.join(ROOT, source), at(source), { recursive: true });
  fs.symlinkSync(path.join(ROOT, 'node_modules'), at('node_modules'));
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
  const source = path.join(import.meta.dirname, 'preload.c');
  const flags = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror'];
  execFileSync('cc', [...flags, '-o', at('preload.so'), source, '-ldl'], { stdio: 'inherit' });
  const faults: Faults = {
    executable: at('dist/artifact-signing.mjs'),
    library: at('preload.so'),
    tally: at('tally'),
    points: pointsAskedFor(),
    seed: Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000_000),
  };
  fs.writeFileSync(faults.tally, '');
  project.provide('faults', faults);
  return () => {
    const lines = fs.readFileSync(faults.tally, 'utf8').split('\n').slice(0, -1);
    fs.rmSync(directory, { recursive: true });
    process.stdout.write(`random kills: FAULT_SEED=${faults.seed}\n`);
    report(lines.map((line): Tally => JSON.parse(line)));
  };
}

function pointsAskedFor(): number {
  const points = Number(process.env['FAULT_POINTS'] ?? POINTS);
  if (Number.isSafeInteger(points) && points >= POINTS) return points;
  throw new Error(`FAULT_POINTS is a number of points, ${POINTS} or more`);
}

/** One of each file that kills. */
const ALL = ['sign', 'publish', 'log init', 'submit, to Rekor'];

interface Tally {
  readonly command: string;
  readonly points: number;
}

function report(tallies: readonly Tally[]): void {
  const sums = new Map<string, number>();
  for (const { command, points } of tallies) sums.set(command, (sums.get(command) ?? 0) + points);
  const total = [...sums.values()].reduce((sum, points) => sum + points, 0);
  for (const [command, points] of [...sums, ['together', total] as const])
    process.stdout.write(`killed  ${command.padEnd(34)} ${String(points).padStart(6)} points\n`);
  // where only some of the files were run, there is no sum to speak of
  if (ALL.every((command) => sums.has(command)) && total < POINTS)
    throw new Error(`${total} points, and there should be ${POINTS} at the least`);
}
