// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { type Maker, temporaryName } from '../../src/core/companions.ts';
import { sha256 } from '../../src/core/sha256.ts';
import { nodeFiles } from '../../src/io/files.ts';
import { ownMaker } from '../../src/io/maker.ts';
import { refused } from '../refusal.ts';
import { eachInDirectory, withoutPrivileges } from './directory.ts';

const { at } = eachInDirectory();
const files = nodeFiles();
const CHUNK = 128 * 1024;
/** After so much of a file, others have their turn. */
const TURN = 64 * CHUNK;

const put = (name: string, content: string | Uint8Array = name) => {
  fs.writeFileSync(at(name), content);
  return at(name);
};
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

async function listen(file: string): Promise<net.Server> {
  const server = net.createServer().listen(file);
  await once(server, 'listening');
  return server;
}

/** What lies at a path and is no regular file, by its kind. */
const IRREGULAR: Readonly<Record<string, (file: string) => unknown>> = {
  'a symbolic link': (file) => fs.symlinkSync(put('target'), file),
  'a symbolic link that leads nowhere': (file) => fs.symlinkSync('nowhere', file),
  'a pipe': (file) => execFileSync('mkfifo', [file]),
  'a directory': (file) => fs.mkdirSync(file),
};

describe('listing a directory', () => {
  it('gives names and types, sorted by the bytes of the names', async () => {
    for (const name of ['b', 'B', 'ä', '\uffee', '\u{1f4bf}', '.hidden', '-x', 'a\\b']) put(name);
    fs.mkdirSync(at('dir'));
    fs.symlinkSync('b', at('link'));
    execFileSync('mkfifo', [at('pipe')]);
    expect(await files.list(at())).toEqual([
      { name: '-x', type: 'file' },
      { name: '.hidden', type: 'file' },
      { name: 'B', type: 'file' },
      { name: 'a\\b', type: 'file' },
      { name: 'b', type: 'file' },
      { name: 'dir', type: 'directory' },
      { name: 'link', type: 'symlink' },
      { name: 'pipe', type: 'other' },
      { name: 'ä', type: 'file' },
      { name: '\uffee', type: 'file' },
      { name: '\u{1f4bf}', type: 'file' },
    ]);
  });

  it('refuses a name that is not UTF-8, and shows its bytes', async () => {
    fs.writeFileSync(Buffer.concat([Buffer.from(`${at()}/caf`), Buffer.of(0xe9, 0x0a)]), '');
    const fault = await refused('bad-name', files.list(at()));
    expect(fault.message).toBe(`a name in "${at()}" is not valid UTF-8: "caf\\xe9\\x0a"`);
  });

  it('refuses what is not there, what is a file, and what is closed to us', async () => {
    expect((await refused('not-found', files.list(at('no')))).message).toBe(
      `cannot list "${at('no')}": no such file or directory`,
    );
    await refused('not-found', files.list(put('file')));
    fs.mkdirSync(at('closed'), { mode: 0 });
    const fault = await withoutPrivileges(async () => refused('io', files.list(at('closed'))));
    expect(fault.message).toBe(`cannot list "${at('closed')}": permission denied`);
  });
});

describe('looking at a path', () => {
  it('tells type and size, and nothing where nothing is', async () => {
    expect(await files.stat(put('a', 'four'))).toEqual({ type: 'file', size: 4 });
    expect(await files.stat(at())).toMatchObject({ type: 'directory' });
    expect(await files.stat('/dev/null')).toMatchObject({ type: 'other' });
    expect(await files.stat(at('no'))).toBeUndefined();
    expect(await files.stat(at('a', 'below a file'))).toBeUndefined();
  });

  it('does not follow links', async () => {
    fs.symlinkSync(put('a'), at('link'));
    expect(await files.stat(at('link'))).toMatchObject({ type: 'symlink' });
  });

  it('does not take what is closed to us for what is not there', async () => {
    fs.mkdirSync(at('closed'), { mode: 0 });
    await withoutPrivileges(async () => refused('io', files.stat(at('closed', 'x'))));
  });
});

describe('reading a small file', () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])('gives all of its %i bytes', async (size) => {
    const content = Buffer.alloc(size, 'abcdefg');
    expect(Buffer.compare(await files.read(put('a', content), size), content)).toBe(0);
  });

  it('refuses a file beyond the cap before it is read', async () => {
    const fault = await refused('bad-format', files.read(put('a', 'four5'), 4));
    expect(fault.message).toBe(`"${at('a')}" is larger than the 4 bytes that such a file can have`);
    expect(fault.file).toBe(at('a'));
    const read = vi.spyOn(fs, 'readSync');
    await refused('bad-format', files.read(at('a'), 4));
    await refused('bad-format', files.readGiven(at('a'), 4));
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
  });

  it('refuses a file that grows beyond the cap where its size tells nothing', async () => {
    await refused('bad-format', files.readGiven('/dev/zero', 1000));
    await refused('bad-format', files.readGiven('/proc/self/status', 10));
  });

  it.each(Object.entries(IRREGULAR))('refuses %s, and does not wait for it', async (_, make) => {
    make(at('x'));
    await refused('bad-name', files.read(at('x'), 100));
  });

  it('refuses a socket and a device', async () => {
    const server = await listen(at('socket'));
    await refused('bad-name', files.read(at('socket'), 100));
    server.close();
    await refused('bad-name', files.read('/dev/null', 100));
  });

  it('refuses what is not there, and what is closed to us', async () => {
    await refused('not-found', files.read(at('no'), 9));
    await refused('not-found', files.read(at(put('file'), 'x'), 9));
    fs.chmodSync(put('closed'), 0);
    const fault = await withoutPrivileges(async () => refused('io', files.read(at('closed'), 99)));
    expect(fault).toMatchObject({ message: `cannot open "${at('closed')}": permission denied`, file: at('closed') });
  });
});

describe('reading what a person names', () => {
  const READER = `
    import { nodeFiles } from ${JSON.stringify(new URL('../../src/io/files.ts', import.meta.url).href)};
    try {
      process.stdout.write(await nodeFiles().readGiven(process.argv[1], Number(process.argv[2])));
    } catch (fault) {
      process.stdout.write(fault.kind + ' ' + fault.message);
    }`;
  const node = ['--input-type=module', '-e', READER];
  const readStdin = (cap: number, input: string | Uint8Array) =>
    execFileSync(process.execPath, [...node, '-', String(cap)], { input, maxBuffer: 2 ** 30 });

  it('follows links and reads pipes', async () => {
    fs.symlinkSync(put('a', 'content'), at('link'));
    expect(textOf(await files.readGiven(at('link'), 9))).toBe('content');
    execFileSync('mkfifo', [at('pipe')]);
    const writer = spawn('sh', ['-c', '(echo one; sleep 0.2; echo two) > "$0"', at('pipe')], { stdio: 'ignore' });
    expect(execFileSync(process.execPath, [...node, at('pipe'), '8']).toString()).toBe('one\ntwo\n');
    await once(writer, 'exit');
  });

  it('reads standard input for "-", to its end and up to the cap', () => {
    expect(readStdin(100, 'from stdin').toString()).toBe('from stdin');
    expect(readStdin(100, '').toString()).toBe('');
    const large = Buffer.alloc(3 * CHUNK + 7, 'x');
    expect(Buffer.compare(readStdin(large.length, large), large)).toBe(0);
    expect(readStdin(4, 'five!').toString()).toBe(
      'bad-format "standard input" is larger than the 4 bytes that such a file can have',
    );
  });

  it('waits for standard input that does not block', async () => {
    const script = `
import os, subprocess, sys, time
end, start = os.pipe()
os.set_blocking(end, False)
child = subprocess.Popen(sys.argv[1:], stdin=end, stdout=subprocess.PIPE)
os.close(end)
for part in b'late ', b'input':
    time.sleep(0.3)
    os.write(start, part)
os.close(start)
sys.stdout.write(child.communicate()[0].decode())`;
    const child = spawn('python3', ['-c', script, process.execPath, ...node, '-', '100'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const parts: string[] = [];
    child.stdout.setEncoding('utf8').on('data', (part: string) => parts.push(part));
    await once(child, 'close');
    expect(parts.join('')).toBe('late input');
  });

  it('refuses a directory, and what is not there', async () => {
    expect((await refused('usage', files.readGiven(at(), 9))).message).toBe(`cannot read "${at()}": it is a directory`);
    await refused('not-found', files.readGiven(at('no'), 9));
  });

  it('takes "./-" for a file', async () => {
    expect(textOf(await files.readGiven(`${put('-', 'a file')}`, 9))).toBe('a file');
  });
});

describe('reading a file of any size', () => {
  const read = async (name: string, during: (chunk: Uint8Array) => void = () => undefined) => {
    const parts: Buffer[] = [];
    const size = await files.readChunks(at(name), (chunk) => {
      parts.push(Buffer.from(chunk));
      during(chunk);
    });
    return { size, content: Buffer.concat(parts), chunks: parts.length };
  };
  /** Two clock ticks of the file system: a change right after the making would bear the same time. */
  const settled = async (name: string, content: Uint8Array) => {
    put(name, content);
    await setTimeout(30);
  };
  const firstTime = (change: () => void) => {
    let done = false;
    return () => {
      if (!done) change();
      done = true;
    };
  };
  const LARGE = Buffer.alloc(TURN + 100, 'abcdefghijk');

  it.each([
    [0, 0],
    [1, 1],
    [CHUNK, 1],
    [CHUNK + 1, 2],
    [5 * CHUNK - 1, 5],
    [TURN, 64],
    [TURN + 1, 65],
  ])('hands out %i bytes once, in order', async (size, chunks) => {
    const content = Buffer.alloc(size, 'abcdefghijk');
    put('a', content);
    const got = await read('a');
    expect(got).toMatchObject({ size, chunks });
    expect(sha256(got.content)).toBe(sha256(content));
  });

  it.each([
    ['grows', () => fs.appendFileSync(at('a'), 'x')],
    ['shrinks', () => fs.truncateSync(at('a'), CHUNK + 5)],
    ['is cut to nothing', () => fs.truncateSync(at('a'), 0)],
    ['is written over', () => fs.writeSync(fs.openSync(at('a'), 'r+'), 'ABC', 0)],
    ['is replaced', () => fs.renameSync(put('other', LARGE), at('a'))],
    ['is replaced by a link to itself', () => [fs.renameSync(at('a'), at('b')), fs.symlinkSync('b', at('a'))]],
    ['is removed', () => fs.unlinkSync(at('a'))],
    ['gets other permissions', () => fs.chmodSync(at('a'), 0o600)],
  ])('notices when it %s', async (_, change) => {
    await settled('a', LARGE);
    const fault = await refused('changed', read('a', firstTime(change)));
    expect(fault.message).toBe(`"${at('a')}" changed while it was read`);
    expect(fault.file).toBe(at('a'));
  });

  it('notices a write that keeps the size and sets the time back', async () => {
    await settled('a', LARGE);
    const { atime, mtime } = fs.statSync(at('a'));
    const change = () => {
      fs.writeSync(fs.openSync(at('a'), 'r+'), 'ABC', 0);
      fs.utimesSync(at('a'), atime, mtime);
    };
    await refused('changed', read('a', firstTime(change)));
  });

  it.each(['gone', 'another one'])('notices when its directory is %s', async (what) => {
    fs.mkdirSync(at('dir'));
    await settled('dir/a', LARGE);
    const change = () => {
      fs.renameSync(at('dir'), at('old'));
      if (what === 'gone') return;
      fs.mkdirSync(at('dir'));
      put('dir/a', LARGE);
    };
    await refused('changed', read('dir/a', firstTime(change)));
  });

  it.each([1, 5 * CHUNK])('ends with a file that grows for ever, from %i bytes on', async (size) => {
    put('a', Buffer.alloc(size));
    let calls = 0;
    await refused(
      'changed',
      read('a', () => {
        calls += 1;
        fs.appendFileSync(at('a'), Buffer.alloc(2 * CHUNK));
      }),
    );
    expect(calls).toBeLessThan(8);
  });

  it('reads several large files at once, in turns, and confuses none', async () => {
    const contents = ['a', 'b', 'c'].map((name, at) => {
      const content = Buffer.alloc(2 * TURN + at, `${name}${at}xyz`);
      put(name, content);
      return content;
    });
    const got = await Promise.all(['a', 'b', 'c'].map((name) => read(name)));
    expect(got.map(({ content }) => sha256(content))).toEqual(contents.map((content) => sha256(content)));
  });

  it('is not disturbed by another reader', async () => {
    await settled('a', LARGE);
    expect((await read('a', () => fs.readFileSync(at('a')))).size).toBe(LARGE.length);
  });

  it.each([1, 3 * CHUNK])('passes on what its receiver throws, and closes a file of %i bytes', async (size) => {
    put('a', Buffer.alloc(size));
    const before = fs.readdirSync('/proc/self/fd').length;
    await expect(
      read('a', () => {
        throw new RangeError('receiver');
      }),
    ).rejects.toThrow(RangeError);
    expect(fs.readdirSync('/proc/self/fd').length).toBe(before);
  });

  it.each(Object.entries(IRREGULAR))('refuses %s, and does not wait for it', async (_, make) => {
    make(at('x'));
    await refused('bad-name', read('x'));
  });

  it('refuses a socket, a device, what is not there, and what is closed to us', async () => {
    const server = await listen(at('socket'));
    await refused('bad-name', read('socket'));
    server.close();
    await refused(
      'bad-name',
      files.readChunks('/dev/zero', () => undefined),
    );
    await refused('not-found', read('no'));
    fs.chmodSync(put('closed'), 0);
    await withoutPrivileges(async () => refused('io', read('closed')));
  });
});

describe('appending', () => {
  it('makes the file and its directories, and then goes on behind what is there', async () => {
    await files.append(at('new', 'dir', 'a'), Buffer.from('one '));
    await files.append(at('new', 'dir', 'a'), Buffer.from('two'));
    expect(fs.readFileSync(at('new', 'dir', 'a'), 'utf8')).toBe('one two');
  });

  it('says that the disk is full', async () => {
    const fault = await refused('io', files.append('/dev/full', Buffer.from('x')));
    expect(fault.message).toBe('cannot append to "/dev/full": no space left on the disk');
    expect(fault.hint).toContain('make room');
  });
});

describe('a directory', () => {
  it('is made with its parents, and may be there', async () => {
    await files.makeDirectory(at('a', 'b'));
    await files.makeDirectory(at('a', 'b'));
    expect(fs.statSync(at('a', 'b')).isDirectory()).toBe(true);
  });

  it('is made where we are, by names of any length', async () => {
    const before = process.cwd();
    process.chdir(at());
    try {
      for (const name of ['d', 'e/', './f', 'g/h', 'd/../i/j//']) await files.makeDirectory(name);
    } finally {
      process.chdir(before);
    }
    expect(fs.readdirSync(at()).sort()).toEqual(['d', 'e', 'f', 'g', 'i']);
    expect(fs.readdirSync(at('i'))).toEqual(['j']);
  });

  it('is not made over or below a file, nor where we may not', async () => {
    put('file');
    expect((await refused('usage', files.makeDirectory(at('file')))).message).toContain(
      'something else is there already',
    );
    await refused('not-found', files.makeDirectory(at('file', 'x')));
    await refused('not-found', files.makeDirectory(at('file', 'x', 'y')));
    fs.chmodSync(at(), 0o555);
    await withoutPrivileges(async () => refused('io', files.makeDirectory(at('x'))));
  });
});

describe('removing', () => {
  it('removes files and links, and finds nothing wrong where nothing is', async () => {
    put('a');
    fs.symlinkSync(put('target'), at('link'));
    fs.symlinkSync('nowhere', at('dangling'));
    fs.mkdirSync(at('dir'));
    fs.symlinkSync('dir', at('to dir'));
    for (const name of ['a', 'link', 'dangling', 'to dir', 'no']) await files.remove(at(name));
    expect(fs.readdirSync(at()).sort()).toEqual(['dir', 'target']);
  });

  it('leaves directories alone', async () => {
    fs.mkdirSync(at('dir'));
    await refused('usage', files.remove(at('dir')));
    expect(fs.existsSync(at('dir'))).toBe(true);
  });

  it('is refused where we may not', async () => {
    put('a');
    fs.chmodSync(at(), 0o555);
    await withoutPrivileges(async () => refused('io', files.remove(at('a'))));
    expect(fs.existsSync(at('a'))).toBe(true);
  });
});

describe('temporary files', () => {
  const old = new Date(Date.now() - 60_000);
  const leave = (digit: string, time: Date) => {
    const name = temporaryName(digit.repeat(16));
    fs.utimesSync(put(name), time, time);
    return name;
  };

  it('of an earlier run are removed, by their age; all of them are, whatever the clock says, where no age is asked for', async () => {
    leave('a', old);
    const fresh = leave('b', new Date());
    const future = leave('c', new Date(Date.now() + 60_000));
    await files.clearTemporary(at(), 30_000);
    expect(fs.readdirSync(at()).sort()).toEqual([fresh, future]);
    await files.clearTemporary(at(), 0);
    expect(fs.readdirSync(at())).toEqual([]);
  });

  describe('of a process', () => {
    const maker = ownMaker() ?? expect.fail('no /proc');
    const ended = spawnSync('true').pid;
    const leaveBy = (maker: Maker) => path.basename(put(temporaryName('a'.repeat(16), maker)));

    it('that has ended here are removed, however young', async () => {
      leaveBy({ ...maker, pid: ended });
      await files.clearTemporary(at(), 30_000);
      expect(fs.readdirSync(at())).toEqual([]);
    });

    it.each([
      ['that runs', maker],
      ['of another machine or sandbox, which may run', { place: 'f'.repeat(16), pid: ended }],
    ])('%s stay', async (_, by) => {
      const name = leaveBy(by);
      await files.clearTemporary(at(), 30_000);
      expect(fs.readdirSync(at())).toEqual([name]);
    });

    it('of another user stay: a system may hide that it runs', async () => {
      const name = leaveBy({ ...maker, pid: ended });
      const { mtime } = fs.statSync(at(name));
      const stat = vi
        .spyOn(fs, 'lstatSync')
        .mockReturnValue({ mtimeMs: Number(mtime), uid: 12345 } as fs.Stats & undefined);
      await files.clearTemporary(at(), 30_000);
      stat.mockRestore();
      expect(fs.readdirSync(at())).toEqual([name]);
    });
  });

  it('are only those that have our name and are files', async () => {
    const name = temporaryName('d'.repeat(16));
    fs.mkdirSync(at(name));
    fs.symlinkSync(put('target'), at(temporaryName('e'.repeat(16))));
    for (const other of ['a.tmp', '.artifact-signing-x.tmp', `${name}.asc`]) fs.utimesSync(put(other), old, old);
    const before = fs.readdirSync(at());
    await files.clearTemporary(at(), 0);
    expect(fs.readdirSync(at())).toEqual(before);
  });

  it('below are left to whoever owns them', async () => {
    fs.mkdirSync(at('dir'));
    fs.renameSync(at(leave('f', old)), at('dir', temporaryName('f'.repeat(16))));
    await files.clearTemporary(at(), 0);
    expect(fs.readdirSync(at('dir'))).toHaveLength(1);
  });

  it('cannot be looked for where nothing is', async () => {
    await refused('not-found', files.clearTemporary(at('no'), 0));
  });
});

describe('resolving a path', () => {
  it('resolves every link, also of what is not there yet', async () => {
    fs.mkdirSync(at('real', 'sub'), { recursive: true });
    fs.symlinkSync('real', at('link'));
    expect(await files.resolve(at('link', 'sub'))).toBe(at('real', 'sub'));
    expect(await files.resolve(at('link', 'new', 'er'))).toBe(at('real', 'new', 'er'));
    expect(await files.resolve(`${at('link')}/new/`)).toBe(at('real', 'new'));
    expect(await files.resolve('.')).toBe(fs.realpathSync('.'));
    expect(await files.resolve('not/there')).toBe(`${fs.realpathSync('.')}/not/there`);
  });

  it('follows a link that leads to what is not there yet', async () => {
    fs.symlinkSync('real/new', at('link'));
    fs.symlinkSync(at('link'), at('absolute'));
    expect(await files.resolve(at('link'))).toBe(at('real', 'new'));
    expect(await files.resolve(at('absolute', 'x'))).toBe(at('real', 'new', 'x'));
  });

  it('takes ".." after a link for the parent of where it leads, as the system does', async () => {
    fs.mkdirSync(at('real', 'sub'), { recursive: true });
    fs.symlinkSync('real/sub', at('link'));
    put('real/key');
    expect(await files.resolve(`${at('link')}/../key`)).toBe(at('real', 'key'));
    expect(await files.resolve(`${at('link')}/../new`)).toBe(at('real', 'new'));
    expect(await files.resolve(`${at()}/no/../real`)).toBe(at('real'));
  });

  it('ends with links that lead in a circle', async () => {
    fs.symlinkSync('b', at('a'));
    fs.symlinkSync('a', at('b'));
    await refused('bad-name', files.resolve(at('a')));
    fs.symlinkSync('no/../c', at('c'));
    await refused('not-found', files.resolve(at('c')));
  });

  it('is refused below a file, and where we may not look', async () => {
    await refused('not-found', files.resolve(`${put('file')}/x`));
    fs.mkdirSync(at('closed'), { mode: 0 });
    await withoutPrivileges(async () => refused('io', files.resolve(at('closed', 'x'))));
  });
});
