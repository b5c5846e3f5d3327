// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { Files } from '../../src/ports.ts';
import { observedFiles } from '../logs/observed-files.ts';
import { flip } from '../openpgp/common.ts';
import { countingFiles, ED25519, fakeClock, namesIn, realFiles, temporaryIn, useLab } from './lab.ts';

const DAY = 24 * 60 * 60 * 1000;

const lab = useLab({
  good: ED25519,
  other: ED25519,
  locked: { ...ED25519, passphrase: 'open sesame' },
  short: { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519', expire: '20d' }] },
  renewed: { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519', expire: '20d' }, { algorithm: 'ed25519' }] },
});
const { at, put, read, done, refused } = lab;

const RELEASE = { 'r/a.tar.gz': 'some bytes', 'r/b.whl': 'other bytes', 'r/sub/c.txt': 'below' };
const SIGNED = ['a.tar.gz', 'a.tar.gz.asc', 'b.whl', 'b.whl.asc', 'sub/c.txt'];

const sign = (...words: readonly string[]) => ['sign', at('r'), '--key-file', lab.key('good'), ...words];
const actions = (report: { readonly files: readonly { readonly name: string; readonly action: string }[] }) =>
  report.files.map(({ name, action }) => `${action} ${name}`);
const gpgv = (key: string, asc: string, file: string) =>
  spawnSync('gpgv', ['--keyring', lab.keyring(key), asc, file], { encoding: 'utf8' });

describe('sign', () => {
  it('P21 leaves the artifacts as they are, and the second run changes nothing', async () => {
    put(RELEASE);
    const before = lab.snapshot('r');
    await done(sign());
    expect(namesIn(at('r'))).toEqual(SIGNED);
    const first = lab.snapshot('r');
    expect(first).toMatchObject(before);
    const clock = fakeClock(new Date(Date.now() + 400 * DAY));
    expect(actions(await done(sign(), { clock }))).toEqual(['kept a.tar.gz', 'kept b.whl']);
    expect(lab.snapshot('r')).toEqual(first);
  });

  it('P21 refuses a signature that does not verify, and replaces it where it is forced to', async () => {
    put(RELEASE);
    await done(sign());
    put({ 'r/b.whl': 'rebuilt', 'r/z': 'new' });
    const before = lab.snapshot('r');
    await refused(3, '"b.whl.asc" is there and does not verify', sign());
    expect(lab.snapshot('r')).toEqual(before);
    expect(actions(await done(sign('--force')))).toEqual(['kept a.tar.gz', 'signed b.whl', 'signed z']);
    expect(gpgv('good', at('r/b.whl.asc'), at('r/b.whl')).status).toBe(0);
  });

  it('keeps what was made with a key that has expired since, says so, and makes it anew where it is forced to', async () => {
    put({ 'r/a': 'bytes' });
    const words = ['sign', at('r'), '--sums', '--project', 'nova', '--release', '1', '--key-file', lab.key('renewed')];
    await done([...words, '--key', lab.made('renewed').subkeys[0] ?? '']);
    const [before, clock] = [lab.snapshot('r'), fakeClock(new Date(Date.now() + 30 * DAY))];
    const { warnings } = await done(words, { clock });
    expect(lab.snapshot('r')).toEqual(before);
    expect(warnings.map(({ kind, file }) => [kind, file])).toEqual([
      ['expired-after-signing', 'a.asc'],
      ['expired-after-signing', 'nova-1.SHA256SUMS.asc'],
    ]);
    const gate = ['verify', at('r'), '--before-publication', '--certificate', lab.certificate('renewed')];
    await refused(3, 'expired-after-signing: "a.asc"', gate, { clock });
    fs.cpSync(at('r'), at('out'), { recursive: true });
    const published = await done([...words, '--force', '--published', at('out')], { clock });
    expect([actions(published), published.warnings]).toEqual([['kept a'], []]);
    const [, ...rest] = words;
    const keyless = ['sums', ...rest.filter((word) => !['--sums', '--key-file', lab.key('renewed')].includes(word))];
    const checked = await done([...keyless, '--force', '--certificate', lab.certificate('renewed')], { clock });
    expect(checked.warnings.map(({ kind }) => kind)).toEqual(['expired-after-signing']);
    put({ 'r/nova-1.SHA256SUMS.tlog-proof': 'it names the key that has signed' });
    const forced = await done([...words, '--force'], { clock });
    expect(namesIn(at('r'))).toEqual(Object.keys(before).sort());
    expect([actions(forced), forced.warnings]).toEqual([['signed a'], []]);
    expect((await done(gate, { clock })).files[0]?.signature?.signer).toBe(lab.made('renewed').subkeys[1]);
  });

  it.each([
    ['sha256', 8],
    ['sha384', 9],
    ['sha512', 10],
  ])('makes signatures with %s', async (name, algorithm) => {
    put({ 'r/a': 'bytes' });
    await done(sign('--digest-algo', name));
    const packets = await lab.gpg.run(['--list-packets', at('r/a.asc')]);
    expect(packets.stdout.toString()).toContain(`digest algo ${algorithm},`);
    expect(gpgv('good', at('r/a.asc'), at('r/a')).status).toBe(0);
  });

  it('makes the same with one job and with many', async () => {
    put(Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`r/${n}`, `${n}`])));
    fs.cpSync(at('r'), at('s'), { recursive: true });
    const clock = fakeClock(new Date());
    const one = await done(sign('--jobs', '1'), { clock });
    const many = await done(['sign', at('s'), '--key-file', lab.key('good'), '--jobs', '7'], { clock });
    expect(actions(many)).toEqual(actions(one));
    expect(namesIn(at('s'))).toEqual(namesIn(at('r')));
    for (const name of namesIn(at('s')).filter((one) => !one.endsWith('.asc')))
      expect(gpgv('good', at('s', `${name}.asc`), at('s', name)).status).toBe(0);
  });

  it('takes the key from standard input', () => {
    put(RELEASE);
    const run = spawnSync(process.execPath, [path.resolve('src/bin.ts'), 'sign', at('r'), '--key-file', '-'], {
      input: fs.readFileSync(lab.key('good')),
      encoding: 'utf8',
    });
    expect(run.stderr).toContain('was left out');
    expect(run.status, run.stderr).toBe(0);
    expect(gpgv('good', at('r/a.tar.gz.asc'), at('r/a.tar.gz')).status).toBe(0);
  });

  it('takes the passphrase from there, too: the first line', async () => {
    put(RELEASE);
    const files = (input: string): { readonly files: Files } => ({
      files: { ...realFiles(), readGiven: async () => Buffer.from(input) },
    });
    const key = fs.readFileSync(lab.key('locked'), 'utf8');
    const words = ['sign', at('r'), '--key-file=-', '--passphrase-file=-', '--force'];
    for (const input of [key, `\n${key}`, `open\n${key}`, 'open sesame', `open sesame\n\n${'x'.repeat(100)}`])
      await refused(2, /passphrase|key/, words, files(input));
    expect(namesIn(at('r'))).toEqual(Object.keys(RELEASE).map((name) => name.slice(2)));
    for (const end of ['\n', '\r\n']) {
      await done(words, files(`open sesame${end}${key}`));
      expect(gpgv('locked', at('r/a.tar.gz.asc'), at('r/a.tar.gz')).status).toBe(0);
    }
  });

  it('P34 writes nothing where the certificate is that of another key', async () => {
    put(RELEASE);
    await refused(3, 'does not verify', sign('--certificate', lab.certificate('other')));
    expect(namesIn(at('r'))).toEqual(Object.keys(RELEASE).map((name) => name.slice(2)));
  });

  it('P3 warns of a key that expires within so many days', async () => {
    put(RELEASE);
    const key = ['--key-file', lab.key('short'), '--dry-run'];
    const warnings = async (...words: readonly string[]) =>
      (await done(['sign', at('r'), ...key, ...words])).warnings.filter(({ kind }) => kind === 'expires-soon').length;
    expect(await warnings()).toBe(1);
    expect(await warnings('--warn-days', '10')).toBe(0);
    expect(await warnings('--warn-days', '25')).toBe(1);
  });

  it('takes a directory once, however often and however it is named', async () => {
    put(RELEASE);
    const words = [at('r'), `${at('r')}/`, at('r/../r'), at('r/b.whl'), '--key-file', lab.key('good'), '--sums'];
    expect(actions(await done(['sign', ...words]))).toEqual(['signed a.tar.gz', 'signed b.whl']);
    await done(['verify', at('r'), '--certificate', lab.certificate('good'), '--allow-extra']);
  });

  it('follows a link to a directory that somebody names, and none inside of it', async () => {
    put(RELEASE);
    fs.symlinkSync('r', at('latest'));
    await done(['sign', at('latest'), '--key-file', lab.key('good')]);
    expect(namesIn(at('r'))).toEqual(SIGNED);
    fs.symlinkSync('a.tar.gz', at('r/link'));
    await refused(3, 'link" is a symbolic link', sign());
    fs.rmSync(at('r/link'));
    spawnSync('mkfifo', [at('r/pipe')]);
    await refused(3, 'pipe" is not a regular file', sign());
    await done(sign('--exclude', 'pipe'));
  });

  it('writes into no directory before all of them are prepared', async () => {
    put({ 'r/a': 'a', 's/b': 'b', 's/b.asc': 'no signature' });
    await refused(3, 'does not verify', ['sign', at('r'), at('s'), '--key-file', lab.key('good')]);
    expect(namesIn(at('r'))).toEqual(['a']);
  });

  it('writes no manifest of nothing', async () => {
    fs.mkdirSync(at('r'));
    await done(sign('--allow-empty', '--sums'));
    await done(['sums', at('r'), '--allow-empty', '--key-file', lab.key('good')]);
    expect(namesIn(at('r'))).toEqual([]);
  });
});

describe('sign --recursive --sums', () => {
  it('P16 makes a manifest whose names have their directories, and reads each artifact once', async () => {
    put(RELEASE);
    const counted = countingFiles();
    const report = await done(sign('--recursive', '--sums', '--project', 'nova', '--release', '1'), counted);
    expect(
      read('r/nova-1.SHA256SUMS')
        .toString()
        .split('\n')
        .map((line) => line.slice(66)),
    ).toEqual(['a.tar.gz', 'a.tar.gz.asc', 'b.whl', 'b.whl.asc', 'sub/c.txt', 'sub/c.txt.asc', '']);
    for (const { name, size } of report.files) expect(counted.bytes.get(at('r', name))).toBe(size);
    const check = spawnSync('sha256sum', ['--strict', '-c', 'nova-1.SHA256SUMS'], { cwd: at('r') });
    expect(check.status).toBe(0);
    expect(gpgv('good', at('r/nova-1.SHA256SUMS.asc'), at('r/nova-1.SHA256SUMS')).status).toBe(0);
    await done(['verify', at('r'), '--certificate', lab.certificate('good')]);
  });

  it('P15 writes the manifest after everything that it lists, and signs it last', async () => {
    put(RELEASE);
    const order: string[] = [];
    const files = observedFiles(realFiles(), async ({ name, path: file }, body) => {
      if (name === 'commit') order.push(path.basename(file));
      return body();
    });
    await done(sign('--recursive', '--sums'), { files });
    expect(order.slice(0, 3).sort()).toEqual(['a.tar.gz.asc', 'b.whl.asc', 'c.txt.asc']);
    expect(order.slice(3)).toEqual(['SHA256SUMS', 'SHA256SUMS.asc']);
    expect(read('r/SHA256SUMS').toString()).not.toContain('SHA256SUMS');
  });

  it.each([
    ['with a slash', () => `${at('r')}/`],
    ['with a detour', () => `${at('r')}/sub/..//.`],
    ['from where the build is', () => path.relative('', at('r'))],
    ['through a link', () => at('link')],
  ])('P16 makes the same manifest where its directory is named %s', async (_, name) => {
    put({ ...RELEASE, 'r/.hidden': 'hidden' });
    fs.symlinkSync('r', at('link'));
    const report = await done(['sign', name(), ...sign('--recursive', '--sums').slice(2)]);
    const names = ['.hidden', 'a.tar.gz', 'b.whl', 'sub/c.txt'].flatMap((one) => [one, `${one}.asc`]);
    const text = read('r/SHA256SUMS').toString();
    expect(text.replaceAll(/^[0-9a-f]{64} {2}/gm, '').split('\n')).toEqual([...names, '']);
    // all of it is there to be published
    expect(names.filter((one) => !fs.existsSync(at('r', one)))).toEqual([]);
    expect(report.files.map((file) => file.name).sort()).toEqual(names.filter((one) => !one.endsWith('.asc')));
  });

  it('writes no signature either where the manifest is refused', async () => {
    put({ ...RELEASE, 'r/SHA256SUMS': 'something else\n' });
    await refused(3, 'does not match the directory', sign('--sums'));
    expect(namesIn(at('r'))).not.toContain('a.tar.gz.asc');
  });

  it('asks whether the directories below were meant, where the manifest lists what is in them', async () => {
    put(RELEASE);
    await done(sign('--sums', '--recursive'));
    const sums = ['sums', at('r'), '--key-file', lab.key('good')];
    const { errors } = await refused(3, 'it lists files that are in directories below, or gone', sums);
    expect(errors[0]?.hint).toMatch(/^did you mean --recursive\? /);
    await done([...sums, '--recursive']);
  });

  it('replaces the manifest of other content as a whole, where it is forced to', async () => {
    put(RELEASE);
    await done(sign('--sums'));
    put({
      'r/z': 'new',
      'r/SHA256SUMS.tlog-proof': 'of the old one',
      'r/SHA256SUMS.submission.json': 'of the old one',
    });
    await refused(3, 'does not match the directory', sign('--sums'));
    await done(sign('--sums', '--force'));
    expect(namesIn(at('r')).filter((name) => name.startsWith('SHA'))).toEqual(['SHA256SUMS', 'SHA256SUMS.asc']);
    await done(['verify', at('r'), '--certificate', lab.certificate('good'), '--allow-extra']);
  });
});

describe('a run that fails', () => {
  const failing = (fails: (file: string) => boolean) => {
    const files = realFiles();
    return {
      ...files,
      write: async (...args: Parameters<typeof files.write>) => {
        if (fails(args[0])) throw new Fault('io', `cannot write "${args[0]}": no space left on the disk`);
        return files.write(...args);
      },
    };
  };

  it.each(['b.whl.asc', 'SHA256SUMS', 'SHA256SUMS.asc'])('at %s is completed by the next', async (name) => {
    put(RELEASE);
    await refused(1, 'no space left', sign('--sums'), { files: failing((file) => path.basename(file) === name) });
    expect(namesIn(at('r'))).not.toContain(name);
    await done(sign('--sums'));
    await done(['verify', at('r'), '--certificate', lab.certificate('good'), '--allow-extra']);
  });

  it('writes nothing where a file changes while it is read', async () => {
    put(RELEASE);
    const files = realFiles();
    const readChunks: typeof files.readChunks = async (file, onChunk) =>
      files.readChunks(file, (chunk) => {
        if (file.endsWith('b.whl')) fs.appendFileSync(file, 'more');
        onChunk(chunk);
      });
    await refused(1, /^1\nchanged: .*b\.whl" changed while it was read/, sign('--sums'), {
      files: { ...files, readChunks },
    });
    expect(namesIn(at('r'))).toEqual(['a.tar.gz', 'b.whl', 'sub/c.txt']);
  });

  it('reads no further once something is refused', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `r/${100 + n}`);
    put({ ...Object.fromEntries(names.map((name) => [name, 'x'])), 'r/100.asc': 'no signature' });
    const counted = countingFiles();
    await refused(3, 'does not verify', sign('--jobs', '1'), counted);
    expect([...counted.bytes.keys()].filter((name) => !name.endsWith('.asc')).length).toBeLessThan(10);
  });

  it('says that another run was faster, and overwrites nothing', async () => {
    put(RELEASE);
    const files = realFiles();
    const write: typeof files.write = async (file, ...rest) => {
      if (file.endsWith('b.whl.asc')) fs.writeFileSync(file, 'by the other run');
      return files.write(file, ...rest);
    };
    await refused(1, /changed: "b\.whl\.asc"/, sign('--sums'), { files: { ...files, write } });
    expect(read('r/b.whl.asc').toString()).toBe('by the other run');
    expect(namesIn(at('r'))).not.toContain('SHA256SUMS');
  });

  it('says so, too, where the other run has ended when this one begins to write', async () => {
    put(RELEASE);
    const files = realFiles();
    let first = true;
    const readChunks: typeof files.readChunks = async (...args) => {
      const size = await files.readChunks(...args);
      if (first) {
        first = false;
        await done(sign('--sums'));
      }
      return size;
    };
    await refused(1, /changed: "a\.tar\.gz\.asc"/, sign('--sums', '--jobs', '1'), { files: { ...files, readChunks } });
    await done(['verify', at('r'), '--certificate', lab.certificate('good'), '--allow-extra']);
    expect(actions(await done(sign('--sums')))).toEqual(['kept a.tar.gz', 'kept b.whl']);
  });

  it.each(['sign', 'sums'])(
    'says so where %s finds a manifest that was not there when it looked around',
    async (command) => {
      put(RELEASE);
      const files = realFiles();
      const list: typeof files.list = async (directory) => {
        const listed = await files.list(directory);
        if (!fs.existsSync(at('r/SHA256SUMS'))) await done(sign('--sums'));
        return listed;
      };
      const words = command === 'sign' ? sign('--sums') : ['sums', at('r'), '--key-file', lab.key('good')];
      await refused(1, /changed: "SHA256SUMS" or its directory was changed/, words, { files: { ...files, list } });
      await done(sign('--sums'));
    },
  );

  it('leaves temporary files that the next run removes, below and where single files are named, too', async () => {
    const temporary = '.artifact-signing-0123456789abcdef.tmp';
    const stale = { [`r/${temporary}`]: 'half', [`r/sub/${temporary}`]: 'half' };
    put({ ...RELEASE, ...stale });
    await done(sign('--recursive', '--dry-run'));
    expect(temporaryIn(at('r'))).toHaveLength(2);
    await done(sign('--recursive'));
    expect(temporaryIn(at('r'))).toEqual([]);
    put(stale);
    await done(['sign', at('r/a.tar.gz'), at('r/sub/c.txt'), '--key-file', lab.key('good')]);
    expect(temporaryIn(at('r'))).toEqual([]);
    put(stale);
    await done(['sums', at('r'), '--recursive']);
    expect(temporaryIn(at('r'))).toEqual([]);
  });

  it('says so where the directory cannot be written to', async () => {
    put(RELEASE);
    await done(sign('--dry-run'));
    const before = lab.snapshot('r');
    fs.chmodSync(at(), 0o755);
    fs.chmodSync(at('r'), 0o555);
    const key = at('key');
    fs.copyFileSync(lab.key('good'), key);
    fs.chmodSync(key, 0o644);
    await asNobody(() =>
      refused(1, /cannot write .*permission denied/, ['sign', at('r'), '--key-file', key, '--sums']),
    );
    fs.chmodSync(at('r'), 0o755);
    expect(lab.snapshot('r')).toEqual(before);
  });
});

/** Root may write everywhere: so it is somebody else for a while. */
async function asNobody<T>(body: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return body();
  process.seteuid?.(65534);
  try {
    return await body();
  } finally {
    process.seteuid?.(0);
  }
}

describe('a damaged signature', () => {
  it('is refused wherever it is damaged', async () => {
    put({ 'r/a': 'bytes' });
    await done(sign());
    const good = read('r/a.asc');
    const block = good.indexOf('\n\n') + 2;
    for (const where of [0, block, block + 40, good.length - 20]) {
      fs.writeFileSync(at('r/a.asc'), flip(good, where));
      await refused(3, 'does not verify', sign());
    }
    fs.writeFileSync(at('r/a.asc'), '');
    await refused(3, 'does not verify', sign());
    fs.rmSync(at('r/a.asc'));
    fs.mkdirSync(at('r/a.asc'));
    await refused(3, 'a.asc', sign());
  });
});
