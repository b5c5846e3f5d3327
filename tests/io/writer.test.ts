// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isTemporaryName } from '../../src/core/companions.ts';
import { nodeFiles } from '../../src/io/files.ts';
import { createWriter } from '../../src/io/writer.ts';
import type { WriteOptions } from '../../src/ports.ts';
import { refusal, refused } from '../refusal.ts';
import { eachInDirectory, withoutPrivileges } from './directory.ts';

const { at } = eachInDirectory();
const files = nodeFiles();
afterEach(() => {
  vi.restoreAllMocks();
});

const contentOf = (name: string) => fs.readFileSync(at(name), 'utf8');
const names = () => fs.readdirSync(at()).sort();
const open = (name: string, options?: WriteOptions) => createWriter(at(name), options);
const bytes = (text: string) => Buffer.from(text);
const systemError = (code: string) => Object.assign(new Error(code), { code });

describe('a file that is written', () => {
  it('appears on commit, whole; until then there is another one, of a name that an interrupted run may leave', async () => {
    const writer = open('a');
    writer.write(bytes('one '));
    expect(names()).toHaveLength(1);
    expect(names().every(isTemporaryName)).toBe(true);
    writer.write(bytes('two'));
    await writer.seal();
    expect(names().every(isTemporaryName)).toBe(true);
    const [temporary = ''] = names();
    const { ino } = fs.statSync(at(temporary));
    await writer.commit();
    expect(names()).toEqual(['a']);
    expect(contentOf('a')).toBe('one two');
    expect(fs.statSync(at('a')).ino).toBe(ino);
  });

  it('never changes what somebody is reading', async () => {
    fs.writeFileSync(at('a'), 'old content');
    const reader = fs.openSync(at('a'), 'r');
    const writer = open('a');
    writer.write(bytes('new'));
    expect(contentOf('a')).toBe('old content');
    await writer.commit();
    expect(contentOf('a')).toBe('new');
    expect(fs.readFileSync(reader, 'utf8')).toBe('old content');
    fs.closeSync(reader);
  });

  it.each([0, 1, 5 * 1024 * 1024])('may have %i bytes', async (size) => {
    const content = Buffer.alloc(size, 'abcdefg');
    await files.write(at('a'), content);
    expect(Buffer.compare(fs.readFileSync(at('a')), content)).toBe(0);
  });

  it('goes on where the system takes less than it is given', async () => {
    const real = fs.writeSync;
    vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, chunk: Uint8Array, offset: number) =>
      real(fd, chunk, offset, Math.min(3, chunk.length - offset))) as typeof fs.writeSync);
    await files.write(at('a'), 'more than three');
    expect(contentOf('a')).toBe('more than three');
  });

  it.each([
    [undefined, 0o644],
    [0o600, 0o600],
    [0o755, 0o755],
  ])('with mode %o has mode %o, whatever the umask', async (mode, expected) => {
    for (const mask of [0o077, 0o022, 0o000]) {
      const before = process.umask(mask);
      try {
        await files.write(at('a'), 'x', mode === undefined ? {} : { mode });
      } finally {
        process.umask(before);
      }
      expect(fs.statSync(at('a')).mode & 0o7777).toBe(expected);
    }
  });

  it('is never readable by others while it is written, where it will not be', () => {
    const before = process.umask(0);
    const writer = open('secret', { mode: 0o600 });
    process.umask(before);
    writer.write(bytes('secret'));
    expect(names().map((name) => fs.statSync(at(name)).mode & 0o777)).toEqual([0o600]);
    return writer.abort();
  });

  it('waits for its commit without a descriptor once it is sealed', async () => {
    const descriptors = () => fs.readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const writers = Array.from({ length: 50 }, (_, at) => open(`f${at}`));
    expect(descriptors()).toBe(before + 50);
    for (const writer of writers) await writer.seal();
    expect(descriptors()).toBe(before);
    for (const writer of writers) await writer.commit();
    expect(names()).toHaveLength(50);
  });
});

describe('a file that is not written', () => {
  it('leaves nothing when it is given up, at any time, also twice', async () => {
    for (const step of ['open', 'write', 'seal'] as const) {
      const writer = open('a');
      if (step !== 'open') writer.write(bytes('x'));
      if (step === 'seal') await writer.seal();
      await writer.abort();
      await writer.abort();
      expect(names()).toEqual([]);
    }
  });

  it('is not given up after its commit', async () => {
    const writer = open('a');
    writer.write(bytes('x'));
    await writer.commit();
    await writer.abort();
    await writer.commit();
    expect(contentOf('a')).toBe('x');
  });

  it('cannot be committed, written to or sealed into being after it was given up', async () => {
    const writer = open('a');
    await writer.abort();
    expect((await refused('io', writer.commit())).message).toBe(`cannot write "${at('a')}": its writing was given up`);
    refusal('io', () => writer.write(bytes('x')));
    await writer.seal();
    expect(names()).toEqual([]);
  });

  it('cannot be written to once it is sealed, and is lost then', async () => {
    const writer = open('a');
    await writer.seal();
    refusal('io', () => writer.write(bytes('x')));
    await refused('io', writer.commit());
    expect(names()).toEqual([]);
  });

  it.each(['writeSync', 'fchmodSync', 'fsyncSync', 'closeSync', 'renameSync'] as const)(
    'leaves nothing, and no descriptor, when %s fails',
    async (call) => {
      fs.writeFileSync(at('a'), 'old');
      const before = fs.readdirSync('/proc/self/fd').length;
      const close = fs.closeSync;
      vi.spyOn(fs, call).mockImplementationOnce((fd: unknown) => {
        // a failing close(2) closes nevertheless
        if (call === 'closeSync') close(fd as number);
        throw systemError('ENOSPC');
      });
      const fault = await refused('io', files.write(at('a'), 'new', { durable: true }));
      expect(fault.message).toBe(`cannot write "${at('a')}": no space left on the disk`);
      expect(fault.hint).toContain('nothing half-written was left');
      vi.restoreAllMocks();
      expect(names()).toEqual(['a']);
      expect(contentOf('a')).toBe('old');
      expect(fs.readdirSync('/proc/self/fd').length).toBe(before);
    },
  );

  it('tells the first thing that went wrong, also where the clearing up fails', async () => {
    vi.spyOn(fs, 'writeSync').mockImplementation(() => {
      throw systemError('EIO');
    });
    vi.spyOn(fs, 'unlinkSync').mockImplementation(() => {
      throw systemError('EROFS');
    });
    expect((await refused('io', files.write(at('a'), 'x'))).message).toContain(
      'the disk reports an input/output error',
    );
  });

  it('leaves nothing where the system allows no file of that size', () => {
    const script = `
      import { nodeFiles } from ${JSON.stringify(new URL('../../src/io/files.ts', import.meta.url).href)};
      process.on('SIGXFSZ', () => undefined);
      try {
        await nodeFiles().write(process.argv[1], Buffer.alloc(300_000));
      } catch (fault) {
        process.stdout.write(fault.kind);
      }`;
    const node = [process.execPath, '--input-type=module', '-e', script, at('a')];
    expect(execFileSync('prlimit', ['--fsize=100000', ...node]).toString()).toBe('io');
    expect(names()).toEqual([]);
  });

  it('is refused where there is no directory, and where we may not write', async () => {
    expect((await refused('not-found', files.write(at('no', 'a'), 'x'))).message).toBe(
      `cannot write "${at('no', 'a')}": no such file or directory`,
    );
    fs.writeFileSync(at('file'), '');
    await refused('not-found', files.write(at('file', 'a'), 'x'));
    await refused('usage', files.write(at('x'.repeat(256)), 'x'));
    fs.chmodSync(at(), 0o555);
    const fault = await withoutPrivileges(async () => refused('io', files.write(at('a'), 'x')));
    expect(fault.message).toBe(`cannot write "${at('a')}": permission denied`);
    expect(fault.file).toBe(at('a'));
  });
});

describe('what is there already', () => {
  it('is replaced, unless told otherwise', async () => {
    for (const content of ['one', 'two']) await files.write(at('a'), content);
    expect(contentOf('a')).toBe('two');
    const fault = await refused('conflict', files.write(at('a'), 'three', { replace: false }));
    expect(fault).toMatchObject({ message: `"${at('a')}" is there already`, file: at('a') });
    expect(contentOf('a')).toBe('two');
    expect(names()).toEqual(['a']);
  });

  it('is not replaced by the second of two writers at once', async () => {
    const [first, second] = [open('a', { replace: false }), open('a', { replace: false })];
    second.write(bytes('second'));
    first.write(bytes('first'));
    await first.commit();
    await refused('conflict', second.commit());
    await second.abort();
    expect(contentOf('a')).toBe('first');
    expect(names()).toEqual(['a']);
    expect(fs.statSync(at('a')).nlink).toBe(1);
  });

  it('is not replaced by any of many processes but the first', () => {
    const script = `
      import { nodeFiles } from ${JSON.stringify(new URL('../../src/io/files.ts', import.meta.url).href)};
      const told = await nodeFiles().write(process.argv[2], process.argv[3], { replace: false }).then(() => 'done', (fault) => fault.kind);
      process.stdout.write(told + '\\n');`;
    fs.writeFileSync(at('script.mjs'), script);
    const run = `for i in 1 2 3 4; do "${process.execPath}" script.mjs out $i & done; wait`;
    const told = execFileSync('sh', ['-c', run], { cwd: at() }).toString().trim().split('\n');
    expect(told.sort()).toEqual(['conflict', 'conflict', 'conflict', 'done']);
    expect(contentOf('out')).toMatch(/^[1-4]$/);
    expect(names()).toEqual(['out', 'script.mjs']);
  });

  it.each(['a link that leads nowhere', 'a link', 'a directory', 'a pipe'])(
    'is not replaced when it is %s',
    async (what) => {
      if (what === 'a directory') fs.mkdirSync(at('a'));
      else if (what === 'a pipe') execFileSync('mkfifo', [at('a')]);
      else fs.symlinkSync(what === 'a link' ? 'target' : 'nowhere', at('a'));
      fs.writeFileSync(at('target'), 'precious');
      const before = fs.lstatSync(at('a')).ino;
      expect((await refused('usage', files.write(at('a'), 'x'))).hint).toBe('name a file');
      await refused('conflict', files.write(at('a'), 'x', { replace: false }));
      expect(fs.lstatSync(at('a')).ino).toBe(before);
      expect(names()).toEqual(['a', 'target']);
      expect(contentOf('target')).toBe('precious');
    },
  );

  it('is not replaced when it is a device, be it root who writes', async () => {
    await refused('usage', files.write('/dev/null', 'x'));
    expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('what is durable', () => {
  const traced = () => {
    const trace: string[] = [];
    const target = (value: unknown) =>
      typeof value === 'number'
        ? path.basename(fs.readlinkSync(`/proc/self/fd/${value}`)).replace(/^\..*/, 'temporary')
        : 'temporary';
    for (const call of ['writeSync', 'fsyncSync', 'renameSync', 'linkSync', 'unlinkSync'] as const) {
      const real = fs[call] as (...args: unknown[]) => unknown;
      vi.spyOn(fs, call).mockImplementation((...args: unknown[]) => {
        trace.push(`${call} ${target(args[0])}`);
        return real(...args);
      });
    }
    return trace;
  };
  const directory = () => path.basename(at());

  it('is synced before it has its name, and its name after', async () => {
    const trace = traced();
    await files.write(at('a'), 'x', { durable: true });
    expect(trace).toEqual([
      'writeSync temporary',
      'fsyncSync temporary',
      'renameSync temporary',
      `fsyncSync ${directory()}`,
    ]);
  });

  it('is synced, too, where nothing may be replaced', async () => {
    const trace = traced();
    await files.write(at('a'), 'x', { durable: true, replace: false });
    expect(trace).toEqual([
      'writeSync temporary',
      'fsyncSync temporary',
      'linkSync temporary',
      'unlinkSync temporary',
      `fsyncSync ${directory()}`,
    ]);
  });

  it('is not what can be made again: it is only renamed', async () => {
    const trace = traced();
    await files.write(at('a'), 'x');
    expect(trace).toEqual(['writeSync temporary', 'renameSync temporary']);
  });

  it('is every new directory, by its name in the one above', async () => {
    const trace = traced();
    await files.makeDirectory(at('one', 'two'));
    await files.makeDirectory(at('one', 'two'));
    expect(trace).toEqual([`fsyncSync ${directory()}`, 'fsyncSync one']);
  });

  it('is what is appended: the first time with its name', async () => {
    const trace = traced();
    await files.append(at('a'), bytes('x'));
    await files.append(at('a'), bytes('y'));
    expect(trace).toEqual(['writeSync a', 'fsyncSync a', `fsyncSync ${directory()}`, 'writeSync a', 'fsyncSync a']);
  });
});
