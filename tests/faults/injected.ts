// SPDX-License-Identifier: Apache-2.0
/** The executable in a process of its own, in which one call goes wrong: see preload.c. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inject } from 'vitest';

export const faults = inject('faults');

/** Notes points at which processes were killed, for the table at the end. */
export const tally = (command: string, points: number): void =>
  fs.appendFileSync(faults.tally, `${JSON.stringify({ command, points })}\n`);

/** `change`: the calls that alter files; `read`: those that look at them; `talk`: those on sockets. */
export type CallClass = 'change' | 'read' | 'talk';

/** Killed before or after a call, or in the middle of it where it is a write; a write that takes half; an `errno`. */
export type Mishap = 'before' | 'after' | 'half' | 'short' | 'stop' | number;

export interface Call {
  /** From 1. */
  readonly number: number;
  readonly name: string;
  readonly path: string;
}

export interface Injection {
  /** Only calls on files below this directory count. */
  readonly root: string;
  readonly of?: CallClass;
  readonly at?: number;
  readonly mishap?: Mishap;
  /** Seconds by which the clock is wrong, or the time at which it stands still. */
  readonly clock?: number | Date;
  /** A new file that gets a line for each call. */
  readonly trace?: string;
  /** Stands before node, such as `strace`. */
  readonly around?: readonly string[];
  /** Milliseconds after which the process is killed. */
  readonly killAfter?: number;
  /** What happens while the process stands still at `stop`. */
  readonly meanwhile?: () => Promise<void>;
}

export interface Ended {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const seconds = (clock: number | Date): string =>
  typeof clock === 'number' ? String(clock) : `=${Math.floor(clock.getTime() / 1000)}`;

function environment({ root, of = 'change', at, mishap, clock, trace }: Injection): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: path.join(path.dirname(faults.tally), 'compiled'),
    LD_PRELOAD: faults.library,
    FAULT_ROOT: root,
    FAULT_CLASS: of,
    ...(at === undefined ? {} : { FAULT_AT: String(at) }),
    ...(mishap === undefined ? {} : { FAULT_DO: String(mishap) }),
    ...(clock === undefined ? {} : { FAULT_CLOCK: seconds(clock) }),
    ...(trace === undefined ? {} : { FAULT_TRACE: trace }),
  };
}

export function start(words: readonly string[], injection: Injection): ChildProcess {
  const env = environment(injection);
  const around = injection.around ?? [];
  // only node itself is to be meddled with
  const meddling =
    around.length === 0 ? [] : ['env', ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  const [program = '', ...args] = [...around, ...meddling, process.execPath, faults.executable, ...words];
  return spawn(program, args, {
    env: around.length === 0 ? env : { PATH: env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}

/** What a process has said when it has ended. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  const [status, signal] = await once(child, 'close');
  return { status, signal, stdout: stdout.join(''), stderr: stderr.join('') };
}

export async function run(words: readonly string[], injection: Injection): Promise<Ended> {
  const child = start(words, injection);
  const end = ended(child);
  const { meanwhile, killAfter } = injection;
  const timer = killAfter === undefined ? undefined : globalThis.setTimeout(() => child.kill('SIGKILL'), killAfter);
  if (meanwhile !== undefined) {
    const stopped = await Promise.race([
      once(child.stdio[3] as NodeJS.ReadableStream, 'data'),
      end.then(() => undefined),
    ]);
    try {
      if (stopped === undefined) throw new Error(`${words[0]} has not come to call ${injection.at}`);
      await standsStill(child);
      await meanwhile();
    } finally {
      child.kill('SIGCONT');
    }
  }
  return end.finally(() => clearTimeout(timer));
}

/** It says so before it does: a SIGCONT that came in between would be lost. */
async function standsStill({ pid }: ChildProcess): Promise<void> {
  for (;;) {
    const [, state] = /\) (.)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'latin1')) ?? [];
    if (state === 'T') return;
    await setTimeout(5);
  }
}

/** The calls of a run in which nothing goes wrong. */
export async function callsOf(words: readonly string[], injection: Injection): Promise<readonly Call[]> {
  const trace = path.join(path.dirname(faults.tally), `trace-${process.pid}`);
  fs.rmSync(trace, { force: true });
  const { status, stderr } = await run(words, { ...injection, trace });
  if (status !== 0) throw new Error(`${words.join(' ')}: ${status}: ${stderr}`);
  return readTrace(trace);
}

function readTrace(file: string): readonly Call[] {
  const lines = fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const [number = '', name = '', ...rest] = line.split(' ');
    return { number: Number(number), name, path: rest.join(' ') };
  });
}
