// SPDX-License-Identifier: Apache-2.0
/** Servers in the foreground, each in a session of its own, with its output in a file; ended by their process ids. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Account, asAccount } from './account.ts';

export interface DaemonOptions {
  readonly account: Account;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Directory of the logs. */
  readonly logs: string;
}

export interface Daemon {
  readonly name: string;
  readonly log: string;
  readonly pid: number;
  /** How it ended, once it has. */
  ended(): string | undefined;
  /** Ends it, and then whatever is left of its session. */
  stop(signal?: NodeJS.Signals, seconds?: number): Promise<void>;
}

export function startDaemon(name: string, command: readonly string[], options: DaemonOptions): Daemon {
  const log = `${options.logs}/${name}.log`;
  const output = fs.openSync(log, 'a');
  const [program = '', ...args] = asAccount(options.account, command);
  const { env, cwd } = options;
  const child = spawn(program, args, { env, cwd, detached: true, stdio: ['ignore', output, output] });
  fs.closeSync(output);
  let end: string | undefined;
  child.on('error', (error) => {
    end = error.message;
  });
  child.on('exit', (code, signal) => {
    end = signal ?? `status ${code}`;
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start ${name} with ${program}`);
  return { name, log, pid, ended: () => end, stop: (signal, seconds) => stopChild(child, pid, signal, seconds) };
}

async function stopChild(child: ChildProcess, pid: number, signal: NodeJS.Signals = 'SIGTERM', seconds = 30) {
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  if (isRunning()) child.kill(signal);
  await waitUntil(() => !isRunning(), seconds * 1000);
  // The id of a group is not given away while it has a member, and it is ours: the child was its leader.
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // nobody is left
  }
  await waitUntil(() => !isRunning(), 5000);
}

/** Whether the condition came true in that many milliseconds. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  milliseconds: number,
  interval = 200,
): Promise<boolean> {
  const end = Date.now() + milliseconds;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() > end) return false;
    await sleep(interval);
  }
}
