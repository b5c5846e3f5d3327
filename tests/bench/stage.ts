// SPDX-License-Identifier: Apache-2.0
/** `npm run bench -- --quick` as a process, in a directory of its own, and what it must not leave behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

export interface Ended {
  readonly status: number | null;
  readonly output: string;
}

export interface BenchStage {
  readonly directory: string;
  run(
    args: readonly string[],
    env?: NodeJS.ProcessEnv,
    watch?: (child: ChildProcess, said: string) => void,
  ): Promise<Ended>;
  close(): void;
}

/** `data/` is where the benchmark works, `out/` where its results go. */
export function openBenchStage(): BenchStage {
  const directory = fs.mkdtempSync('/tmp/bench-test-');
  fs.mkdirSync(`${directory}/data`);
  const quick = ['scripts/bench.ts', '--quick', '--directory', `${directory}/data`, '--out', `${directory}/out`];
  return {
    directory,
    run: (args, env = {}, watch = undefined) => {
      const child = spawn(process.execPath, [...quick, ...args], { cwd: ROOT, env: { ...process.env, ...env } });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk;
          watch?.(child, output);
        });
      }
      return new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, output })));
    },
    close: () => fs.rmSync(directory, { recursive: true }),
  };
}

export const secretsLeft = (): readonly string[] =>
  fs.readdirSync('/tmp').filter((name) => name.startsWith('bench-keys-'));

/** Process ids of whatever has this in its command line. */
export const processesOf = (text: string): readonly string[] =>
  fs
    .readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
    .filter((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
