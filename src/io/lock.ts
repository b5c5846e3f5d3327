// SPDX-License-Identifier: Apache-2.0
/**
 * A lock that no crash can leave behind: `flock(1)` holds it in a child process that lives as long as its standard input,
 * which is ours. Process ids mean nothing across sandboxes, so none is written anywhere.
 */
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { Fault, quote } from '../core/fault.ts';
import type { Lock } from '../ports.ts';
import { errorCode, faultOf } from './system-error.ts';

const CONFLICT = 75;

export const flockLock = (): Lock => ({
  hold: async (file, patience, body) => {
    const release = await take(file, patience);
    try {
      return await body();
    } finally {
      await release();
    }
  },
});

/** `cat` under the lock echoes what it is sent: the echo says that the lock is held. */
async function take(file: string, patience: number): Promise<() => Promise<void>> {
  const { execa } = await import('execa');
  create(file);
  const wait = (patience / 1000).toFixed(3);
  const args = [
    '--exclusive',
    '--no-fork',
    '--wait',
    wait,
    '--conflict-exit-code',
    String(CONFLICT),
    path.resolve(file),
    'cat',
  ];
  const child = execa('flock', args, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: { stdout: false },
    reject: false,
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write('locked\n');
  const echo = once(child.stdout, 'data').then(
    () => undefined,
    async () => child,
  );
  const early = await Promise.race([echo, child]);
  if (early !== undefined) throw refused(file, patience, early);
  return async () => {
    child.stdin.end();
    child.stdout.resume();
    await child;
  };
}

/** As flock(1) would do it, which tells what goes wrong in words of its own. */
function create(file: string): void {
  try {
    fs.closeSync(fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_CREAT, 0o666));
  } catch (error) {
    throw faultOf(error, 'lock', file);
  }
}

function refused(file: string, patience: number, result: { exitCode?: number | undefined; stderr?: unknown }): Fault {
  if (result.exitCode === CONFLICT) {
    return new Fault('locked', `another process has held the lock ${quote(file)} for ${patience / 1000} s`, {
      file,
      hint: 'wait until the other run has ended, then run this again',
    });
  }
  if (errorCode(result) === 'ENOENT')
    return new Fault('io', 'flock(1) is not installed', { hint: 'it comes with util-linux' });
  return new Fault('io', `cannot lock ${quote(file)}: ${String(result.stderr ?? '').trim()}`, { file });
}
