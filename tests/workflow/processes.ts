// SPDX-License-Identifier: Apache-2.0
/** Commands in processes of their own: several at once, under limits, or killed in the middle. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const EXECUTABLE = path.resolve('src/bin.ts');
const PAUSED = path.join(import.meta.dirname, 'paused-process.ts');
/** Compiled once for all of them. */
const ENVIRONMENT = { ...process.env, NODE_COMPILE_CACHE: path.resolve('node_modules/.cache/compile') };

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command; `around` stands before node, such as `prlimit --nofile=64`. */
export async function runProcess(words: readonly string[], around: readonly string[] = []): Promise<Ended> {
  const [program = '', ...args] = [...around, process.execPath, EXECUTABLE, ...words];
  return ended(spawn(program, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] }));
}

async function ended(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  const [status] = await once(child, 'close');
  return { status, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** Runs a command until it is about to do this to a file of this name, and kills it there. */
export async function killBefore(operation: string, name: string, words: readonly string[]): Promise<void> {
  const args = [PAUSED, operation, name, ...words];
  const child = spawn(process.execPath, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'inherit'] });
  const end = once(child, 'close');
  const said = await Promise.race([once(child.stdout, 'data').then(String), end.then(() => 'the end')]);
  child.kill('SIGKILL');
  await end;
  if (said.trim() !== 'paused') throw new Error(`${words[0]} did not come to ${operation} ${name}: ${said}`);
}
