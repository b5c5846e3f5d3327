// SPDX-License-Identifier: Apache-2.0
// Where the output of a run goes is not the run's to choose: a reader that leaves, a disk that is full.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';

const FULL = '/dev/full';

/** Runs with standard output and standard error as they are given; the status, and what came of a pipe. */
function run(words: readonly string[], stdout: 'pipe' | number, stderr: 'pipe' | number) {
  const ended = spawnSync(process.execPath, ['src/bin.ts', ...words], {
    stdio: ['ignore', stdout, stderr],
    encoding: 'utf8',
  });
  return { status: ended.status, stderr: ended.stderr };
}

function withFull<T>(body: (descriptor: number) => T): T {
  const descriptor = fs.openSync(FULL, 'w');
  try {
    return body(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

describe('a result that a full disk does not take', () => {
  it.each([['--help'], ['--version'], ['key', 'inspect', 'tests/vectors/openpgp/rsa.asc', '--json']])(
    'is an error in one line: %s',
    (...words) => {
      const { status, stderr } = withFull((full) => run(words, full, 'pipe'));
      expect(status).toBe(1);
      expect(stderr).toMatch(/^artifact-signing: error: cannot write standard output: ENOSPC: [^\n]*\n$/);
    },
  );

  it('does not hide what is worse', () => {
    const { status, stderr } = withFull((full) => run(['verify', '.', '--json'], full, 'pipe'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/^artifact-signing: error: cannot write standard output: /);
    expect(withFull((full) => run(['verify', '.'], 'pipe', full)).status).toBe(2);
  });
});

describe('a reader that leaves', () => {
  it.each([
    [0, ['--help']],
    [2, ['verify', '.', '--json']],
  ])('leaves the status as it is: %i', async (expected, words) => {
    const child = spawn(process.execPath, ['src/bin.ts', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const told: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => told.push(chunk));
    const [status] = await once(child, 'close');
    expect([status, Buffer.concat(told).toString()]).toEqual([expected, '']);
  });
});

describe('a work that stops in the middle', () => {
  it('is no success', () => {
    const never = 'data:text/javascript,Promise.all = () => new Promise(() => {})';
    const { status } = spawnSync(process.execPath, ['--import', never, 'src/bin.ts', 'verify', '.']);
    expect(status).toBe(1);
  });
});
