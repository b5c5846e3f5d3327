// SPDX-License-Identifier: Apache-2.0
/** Servers of others, as processes of ours. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Asked again and again whether a server is up; gets what it has printed so far. */
export type IsUp = (said: string) => boolean | Promise<boolean>;

const WAIT = { tries: 600, milliseconds: 50 };

/** The process, as soon as its server is up. One that ends instead, or takes half a minute, is an Error that has what it said. */
export async function startServer({ program, args, cwd, env }: ServerCommand, isUp: IsUp): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-8000);
    });
  child.on('error', (error) => {
    said += error.message;
  });
  for (let tries = 0; tries < WAIT.tries && child.pid !== undefined && !hasEnded(child); tries += 1) {
    if (await isUp(said)) return child;
    await setTimeout(WAIT.milliseconds);
  }
  const how = hasEnded(child) ? `ended (${child.exitCode ?? child.signalCode})` : 'is still not up';
  if (child.pid !== undefined) await end(child, 'SIGKILL');
  throw new Error(`${program} ${how}: ${said}`);
}

/** Whether a GET is answered, with this status unless any will do. */
export const answers = (url: string, status?: number): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(5000) }).then(
    async (response) => {
      await response.body?.cancel();
      return status === undefined || response.status === status;
    },
    () => false,
  );

/** Whether somebody listens there. */
export const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
