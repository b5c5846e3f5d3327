// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { Files } from '../../src/ports.ts';
import { observedFiles } from '../logs/observed-files.ts';
import { countingFiles, ED25519, namesIn, realFiles, temporaryIn, useLab } from './lab.ts';
import {
  IDENTITY,
  lockedLog,
  MANIFEST,
  makeLog,
  makeRelease,
  PENDING,
  PROOF,
  putPolicy,
  submitWords,
} from './log-lab.ts';
import { killBefore, runProcess } from './processes.ts';

const lab = useLab({ good: ED25519 });
const { at, put, read, done, refused } = lab;

const RELEASED = ['a-1.tar.gz', 'a-1.tar.gz.asc', 'b-1.whl', 'b-1.whl.asc', MANIFEST, `${MANIFEST}.asc`];
const publish = (directory = 'r', to = 'site', ...words: readonly string[]) => [
  'publish',
  at(directory),
  '--to',
  at(to),
  '--certificate',
  lab.certificate('good'),
  ...words,
];
const verifySite = async () => done(['verify', at('site'), '--certificate', lab.certificate('good')]);
const actions = ({ files, manifests }: Awaited<ReturnType<typeof done>>) =>
  new Set([...files, ...manifests].map(({ action }) => action));

beforeEach(async () => makeRelease(lab));

describe('publish', () => {
  it('P15 copies what it has checked, in one read of each artifact, and the manifest last', async () => {
    const order: string[] = [];
    const counted = countingFiles();
    const files = observedFiles(counted.files, async ({ name, path: file }, body) => {
      if (name === 'commit') order.push(path.basename(file));
      return body();
    });
    const report = await done(publish(), { files });
    expect(actions(report)).toEqual(new Set(['published']));
    expect(order).toEqual(['a-1.tar.gz', 'b-1.whl', 'a-1.tar.gz.asc', 'b-1.whl.asc', `${MANIFEST}.asc`, MANIFEST]);
    for (const name of ['a-1.tar.gz', 'b-1.whl'])
      expect(counted.bytes.get(at('r', name))).toBe(fs.statSync(at('r', name)).size);
    expect(lab.snapshot('site')).toEqual(lab.snapshot('r'));
    expect(fs.statSync(at('site/a-1.tar.gz')).mode & 0o777).toBe(0o644);
  });

  it('compares what is there with what it has checked, in one read of each', async () => {
    await done(publish());
    const { files, bytes } = countingFiles();
    expect(actions(await done(publish(), { files }))).toEqual(new Set(['kept']));
    const size = fs.statSync(at('r/a-1.tar.gz')).size;
    expect([bytes.get(at('r/a-1.tar.gz')), bytes.get(at('site/a-1.tar.gz'))]).toEqual([size, size]);
  });

  it('P20 publishes the bytes that were checked, though the files change after that', async () => {
    const files = realFiles();
    const forge = (file: string) => path.dirname(file) === at('r') && fs.appendFileSync(file, 'forged');
    const change: Partial<Files> = {
      read: async (file, cap) => {
        const bytes = await files.read(file, cap);
        forge(file);
        return bytes;
      },
      readChunks: async (file, onChunk) => {
        const size = await files.readChunks(file, onChunk);
        forge(file);
        return size;
      },
    };
    const before = lab.snapshot('r');
    await done(publish(), { files: { ...files, ...change } });
    const after = lab.snapshot('r');
    expect(Object.keys(before).filter((name) => after[name] === before[name])).toEqual([]);
    expect(lab.snapshot('site')).toEqual(before);
  });

  it('goes through a link to its destination', async () => {
    fs.mkdirSync(at('disk'));
    fs.symlinkSync('disk', at('site'));
    await done(publish());
    expect(namesIn(at('disk'))).toEqual([...RELEASED].sort());
    expect(fs.lstatSync(at('site')).isSymbolicLink()).toBe(true);
  });

  it('adds directories below', async () => {
    put({ 's/sub/c': 'below' });
    const sign = ['sign', at('s'), '--recursive', '--sums', '--key-file', lab.key('good')];
    await done([...sign, '--project', 'nova', '--release', '2']);
    await done(publish('s'));
    await done(publish('r'));
    expect(namesIn(at('site')).length).toBe(RELEASED.length + 4);
    await verifySite();
  });

  it('copies one release of several, also before publication, and nothing beside an unsigned manifest', async () => {
    await makeRelease(lab, 's', '2');
    fs.cpSync(at('s'), at('r'), { recursive: true });
    const one = publish('r', 'site', '--manifest', MANIFEST, '--before-publication');
    await done(one);
    expect(namesIn(at('site'))).toEqual([...RELEASED].sort());
    put({ 'r/evil.SHA256SUMS': `${'0'.repeat(64)}  evil\n`, 'r/evil': 'evil' });
    await refused(3, 'extra: "evil" is there', one);
  });

  it('adds proofs by a second run', async () => {
    await makeLog(lab);
    const policy = ['publish', at('r'), '--to', at('site'), '--policy', putPolicy(lab)];
    await refused(3, 'not-in-log: ', policy);
    expect(namesIn(at('site'))).toEqual([]);
    await done([...policy, '--before-publication']);
    await done(submitWords(lab, 'r', ...IDENTITY));
    const report = await done(policy);
    expect(report.files.filter(({ action }) => action === 'published').map(({ name }) => name)).toEqual([PROOF]);
    expect(report.manifest?.action).toBe('kept');
    await done(['verify', at('site'), '--policy', at('policy.yaml')]);
  });

  it('takes a pending submission along', async () => {
    await makeLog(lab);
    await refused(1, 'pending: ', submitWords(lab, 'r', ...IDENTITY), { lock: lockedLog(lab) });
    await done(publish());
    expect(read('site', PENDING)).toEqual(read('r', PENDING));
    await done(submitWords(lab, 'site'));
    expect(namesIn(at('site'))).toEqual([...RELEASED, PROOF].sort());
  });
});

describe('publish refuses', () => {
  it.each(['a-1.tar.gz', 'b-1.whl.asc', MANIFEST, `${MANIFEST}.asc`])(
    'other content that is published as %s, and publishes nothing',
    async (name) => {
      put({ [`site/${name}`]: 'other content' });
      await refused(3, `conflict: other content is published as "${name}"`, publish());
      await refused(3, `conflict: other content is published as "${name}"`, publish('r', 'site', '--dry-run'));
      expect(lab.snapshot('site')).toEqual({ [name]: 'other content' });
    },
  );

  it('a link or a directory under a name of the release, and publishes nothing', async () => {
    fs.mkdirSync(at('site'));
    fs.copyFileSync(at('r/b-1.whl'), at('elsewhere'));
    fs.symlinkSync('../elsewhere', at('site/b-1.whl'));
    await refused(3, /bad-name: .*b-1\.whl.*symbolic link/, publish());
    fs.rmSync(at('site/b-1.whl'));
    fs.mkdirSync(at('site/b-1.whl'));
    await refused(3, /bad-name: .*b-1\.whl.*not a regular file/, publish());
    expect(namesIn(at('site'))).toEqual([]);
  });

  it('P23 what does not verify, and publishes nothing', async () => {
    put({ 'r/b-1.whl': 'altered' });
    await refused(3, 'altered: ', publish());
    expect(namesIn(at('site'))).toEqual([]);
    put({ 'r/extra': 'x' });
    const { errors } = await refused(3, 'extra: ', publish());
    expect(errors.find(({ kind }) => kind === 'extra')?.hint).toBe('who put it there?');
    expect(namesIn(at('site'))).toEqual([]);
  });

  it('a destination in its own directory, under whatever name', async () => {
    fs.symlinkSync('r', at('alias'));
    for (const to of ['r', 'r/site', 'alias/site', 'r/../r/site', 'alias'])
      await refused(2, 'inside its own directory', publish('r', to));
    await refused(2, 'inside its own directory', publish('alias', 'r/site'));
    expect(namesIn(at('r'))).toEqual([...RELEASED].sort());
  });

  it('a destination that is a file, and a release that is none', async () => {
    put({ site: 'a file' });
    await refused(2, 'usage: ', publish());
    expect(read('site').toString()).toBe('a file');
    await refused(2, 'is not a directory', publish('r/a-1.tar.gz', 'other'));
  });
});

describe('publish that fails', () => {
  it.each([
    ['write', 'b-1.whl'],
    ['commit', 'b-1.whl'],
    ['commit', MANIFEST],
  ])('before its %s of %s leaves nothing of its own, and the next run completes it', async (operation, name) => {
    const files = realFiles();
    const full = new Fault('io', 'no space left on the disk');
    const create: Files['create'] = async (file, options) => {
      const writer = await files.create(file, options);
      if (path.basename(file) !== name) return writer;
      const fail = () => {
        throw full;
      };
      return { ...writer, ...(operation === 'write' ? { write: fail } : { commit: async () => fail() }) };
    };
    await refused(1, 'no space left', publish(), { files: { ...files, create } });
    expect(temporaryIn(at('site'))).toEqual([]);
    expect(namesIn(at('site'))).not.toContain(MANIFEST);
    await done(publish());
    expect(lab.snapshot('site')).toEqual(lab.snapshot('r'));
  });

  it.each([
    ['write', 'a-1.tar.gz', []],
    ['seal', 'b-1.whl', []],
    ['commit', 'b-1.whl', ['a-1.tar.gz']],
    ['commit', MANIFEST, RELEASED.filter((name) => name !== MANIFEST)],
  ] as const)('by being killed before the %s of %s shows no half file', async (operation, name, published) => {
    await killBefore(operation, name, publish());
    const rest = temporaryIn(at('site'));
    expect(rest.length).toBeGreaterThan(0);
    expect(namesIn(at('site')).filter((one) => !rest.includes(one))).toEqual([...published].sort());
    for (const one of published) expect(read('site', one)).toEqual(read('r', one));
    // on another machine nobody knows that it was killed; a day later nobody can be writing them any more
    const elsewhere = rest.map((one) => one.replace(/-[0-9a-f]{16}-/, `-${'f'.repeat(16)}-`));
    for (const [index, one] of rest.entries()) fs.renameSync(at('site', one), at('site', elsewhere[index] ?? ''));
    await done(publish());
    expect(temporaryIn(at('site'))).toEqual([...elsewhere].sort());
    expect((await verifySite()).warnings.map(({ kind }) => kind)).toEqual(rest.map(() => 'not-checked'));
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    for (const one of elsewhere) fs.utimesSync(at('site', one), yesterday, yesterday);
    await done(publish());
    expect(lab.snapshot('site')).toEqual(lab.snapshot('r'));
  });

  it('by being killed leaves what the next run on this machine removes at once', async () => {
    await killBefore('commit', 'b-1.whl', publish());
    expect(temporaryIn(at('site')).length).toBeGreaterThan(0);
    await done(publish());
    expect(lab.snapshot('site')).toEqual(lab.snapshot('r'));
  });

  it('says clearly that a file grew too large, and leaves nothing', async () => {
    put({ 's/large': Buffer.alloc(100_000, 'x') });
    await done(['sign', at('s'), '--key-file', lab.key('good'), '--sums']);
    const { status, stderr } = await runProcess(publish('s'), ['prlimit', '--fsize=65536']);
    expect(stderr).toMatch(/^artifact-signing: error: cannot write ".*large": /);
    expect(status).toBe(1);
    expect(namesIn(at('site'))).toEqual([]);
  });

  it('removes what was abandoned in directories below, too', async () => {
    put({ 's/sub/c': 'below' });
    await done(['sign', at('s'), '--recursive', '--sums', '--key-file', lab.key('good')]);
    const temporary = 'site/sub/.artifact-signing-0123456789abcdef.tmp';
    put({ [temporary]: 'half' });
    const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
    fs.utimesSync(at(temporary), yesterday, yesterday);
    await done(publish('s'));
    expect(temporaryIn(at('site'))).toEqual([]);
  });
});

describe('two that publish at the same time', () => {
  it('come into one directory with two releases', async () => {
    await makeRelease(lab, 's', '2');
    const ends = await Promise.all([runProcess(publish('r')), runProcess(publish('s'))]);
    expect(ends.map(({ status, stderr }) => [status, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect((await verifySite()).manifests).toHaveLength(2);
  });

  it('agree where the release is the same', async () => {
    let first = true;
    const files = observedFiles(realFiles(), async ({ name, path: file }, body) => {
      if (first && name === 'commit' && path.basename(file) === 'b-1.whl') {
        first = false;
        await done(publish());
      }
      return body();
    });
    const report = await done(publish(), { files });
    expect(report.files.map(({ name, action }) => `${action} ${name}`)).toEqual([
      'published a-1.tar.gz',
      'kept a-1.tar.gz.asc',
      'kept b-1.whl',
      'kept b-1.whl.asc',
      `kept ${MANIFEST}.asc`,
    ]);
    expect(lab.snapshot('site')).toEqual(lab.snapshot('r'));
  });

  it('P23 do not overwrite each other where it is not', async () => {
    const files = observedFiles(realFiles(), async ({ name, path: file }, body) => {
      if (name === 'commit' && path.basename(file) === 'b-1.whl') put({ 'site/b-1.whl': 'faster' });
      return body();
    });
    await refused(3, 'conflict: other content is published as "b-1.whl"', publish(), { files });
    expect(read('site/b-1.whl').toString()).toBe('faster');
    expect(namesIn(at('site'))).toEqual(['a-1.tar.gz', 'b-1.whl']);
  });
});

describe('many files', () => {
  it('need no more descriptors than a few', async () => {
    put(Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`s/${1000 + n}`, `${n}`])));
    const few = ['prlimit', '--nofile=64'];
    const words = [
      ['sign', at('s'), '--sums', '--key-file', lab.key('good')],
      publish('s'),
      ['verify', at('site'), '--certificate', lab.certificate('good')],
    ];
    for (const one of words)
      expect(await runProcess([...one, '--quiet'], few)).toMatchObject({ status: 0, stderr: '' });
    expect(namesIn(at('site'))).toHaveLength(302);
  });
});
