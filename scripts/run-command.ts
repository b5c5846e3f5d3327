// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Its standard input, which is empty unless told. */
  readonly input?: string;
}

export interface Ran {
  readonly status: number;
  /** Standard output alone. */
  readonly stdout: string;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** A command that did not do its work; `output` is all that it said. */
export class CommandFailed extends Error {
  readonly output: string;

  constructor(command: string, output: string) {
    super(command);
    this.name = 'CommandFailed';
    this.output = output;
  }
}

const running = new Set<ChildProcess>();
let stopped = false;

/** Ends what runs at the moment, and lets nothing more begin: whoever waits for it sees it fail. */
export function stopCommands(): void {
  stopped = true;
  for (const child of running) child.kill('SIGTERM');
}

/** Runs a program to its end, whatever its status is. Throws CommandFailed where it cannot be started. */
export async function tryCommand(
  program: string,
  args: readonly string[],
  { input = '', ...options }: RunOptions = {},
): Promise<Ran> {
  if (stopped) throw new CommandFailed(program, 'interrupted\n');
  const child = spawn(program, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
  running.add(child);
  // whoever does not read it may have ended already
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const all: Buffer[] = [];
  const out: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk);
    all.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => void all.push(chunk));
  try {
    const status = await new Promise<number>((resolve, reject) => {
      child.on('error', (error) =>
        reject(new CommandFailed(program, `${error.message}\nis "${program}" installed?\n`)),
      );
      child.on('close', (code, signal) => resolve(signal === null ? (code ?? 1) : 128));
    });
    return { status, stdout: Buffer.concat(out).toString(), output: Buffer.concat(all).toString() };
  } finally {
    running.delete(child);
  }
}

/** As `tryCommand`, and throws CommandFailed where the status is not 0. */
export async function runCommand(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await tryCommand(program, args, options);
  if (ran.status !== 0)
    throw new CommandFailed([program, ...args].join(' '), `${ran.output}exit status ${ran.status}\n`);
  return ran;
}
