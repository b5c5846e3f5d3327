// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { flockLock } from '../../src/io/lock.ts';
import { refused } from '../refusal.ts';
import { eachInDirectory } from './directory.ts';

const { at } = eachInDirectory();
const lock = flockLock();
const PATIENCE = 30_000;

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that holds the lock until it is killed, and starts another one that outlives it. */
async function holder(file: string): Promise<ChildProcess> {
  const script = `
    import { spawn } from 'node:child_process';
    import { flockLock } from ${JSON.stringify(new URL('../../src/io/lock.ts', import.meta.url).href)};
    await flockLock().hold(process.argv[1], 10_000, async () => {
      const heir = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
      process.stdout.write('held ' + heir.pid);
      await new Promise((resolve) => setTimeout(resolve, 300_000));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  heirs.push(Number(said.toString().replace('held ', '')));
  return child;
}

const heirs: number[] = [];
afterEach(() => {
  for (const pid of heirs.splice(0)) process.kill(pid, 'SIGKILL');
});

describe('a lock', () => {
  it('is held while the body runs, and gives back what it returns', async () => {
    const result = await lock.hold(at('lock'), 0, async () => {
      await refused(
        'locked',
        lock.hold(at('lock'), 0, async () => undefined),
      );
      return 'result';
    });
    expect(result).toBe('result');
    expect(await lock.hold(at('lock'), 0, async () => 'again')).toBe('again');
  });

  it('lets one body after the other', async () => {
    const trace: string[] = [];
    const body = (name: string) => async () => {
      trace.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      trace.push(`${name} ends`);
    };
    await Promise.all(['a', 'b', 'c'].map(async (name) => lock.hold(at('lock'), PATIENCE, body(name))));
    const order = trace.filter((line) => line.endsWith('begins')).map((line) => line[0]);
    expect(trace).toEqual(order.flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('ends with the body that throws', async () => {
    const failing = lock.hold(at('lock'), 0, async () => {
      throw new RangeError('body');
    });
    await expect(failing).rejects.toThrow(RangeError);
    expect(await lock.hold(at('lock'), 0, async () => 'again')).toBe('again');
  });

  it('ends with its body, also where a process goes on that the body has started', async () => {
    await lock.hold(at('lock'), 0, async () => {
      children.push(spawn('sleep', ['300'], { stdio: 'ignore' }));
    });
    expect(await lock.hold(at('lock'), 0, async () => 'again')).toBe('again');
  });

  it('keeps out another process, which says how long it has waited', async () => {
    await holder(at('lock'));
    const fault = await refused(
      'locked',
      lock.hold(at('lock'), 200, async () => expect.unreachable()),
    );
    expect(fault.message).toBe(`another process has held the lock "${at('lock')}" for 0.2 s`);
    expect(fault).toMatchObject({ file: at('lock'), hint: 'wait until the other run has ended, then run this again' });
  });

  it('ends with the process that holds it, be it killed, and is not left to its children', async () => {
    const child = await holder(at('lock'));
    const waiting = lock.hold(at('lock'), PATIENCE, async () => 'taken over');
    child.kill('SIGKILL');
    expect(await waiting).toBe('taken over');
    expect(heirs.map((pid) => process.kill(pid, 0))).toEqual([true]);
  });

  it('is another one for another file', async () => {
    await lock.hold(at('a'), 0, async () => lock.hold(at('b'), 0, async () => undefined));
  });

  it('may have a name that looks like an option or a descriptor', async () => {
    const before = process.cwd();
    process.chdir(at());
    try {
      for (const name of ['-u', '--help', '9']) {
        await lock.hold(name, 0, async () =>
          refused(
            'locked',
            lock.hold(name, 0, async () => undefined),
          ),
        );
      }
    } finally {
      process.chdir(before);
    }
    expect(fs.readdirSync(at()).sort()).toEqual(['--help', '-u', '9']);
  });

  it('holds nothing but its name: the file stays empty', async () => {
    fs.writeFileSync(at('lock'), 'content');
    await lock.hold(at('lock'), 0, async () => undefined);
    expect(fs.readFileSync(at('lock'), 'utf8')).toBe('content');
  });
});

describe('a lock is refused', () => {
  it('where its file cannot be made', async () => {
    const fault = await refused(
      'not-found',
      lock.hold(at('no', 'lock'), 0, async () => expect.unreachable()),
    );
    expect(fault.message).toBe(`cannot lock "${at('no', 'lock')}": no such file or directory`);
  });

  it('where flock(1) is not installed, and where it has nothing to hold the lock with', async () => {
    const before = process.env['PATH'];
    try {
      process.env['PATH'] = at();
      const fault = await refused(
        'io',
        lock.hold(at('lock'), 0, async () => expect.unreachable()),
      );
      expect(fault).toMatchObject({ message: 'flock(1) is not installed', hint: 'it comes with util-linux' });
      const flock = (before ?? '')
        .split(':')
        .map((directory) => `${directory}/flock`)
        .find((file) => fs.existsSync(file));
      fs.symlinkSync(flock ?? '', at('flock'));
      await refused(
        'io',
        lock.hold(at('lock'), 0, async () => expect.unreachable()),
      );
    } finally {
      process.env['PATH'] = before;
    }
  });
});
