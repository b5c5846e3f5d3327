// SPDX-License-Identifier: Apache-2.0
/** What a log that lies, or lost something, looks like: to its own writer and to readers. */
import { describe, expect, it } from 'vitest';
import { formatSignedCheckpoint, signCheckpoint } from '../../src/core/checkpoint.ts';
import { parseHash } from '../../src/core/merkle.ts';
import { BUNDLE_CAP, CHECKPOINT_PATH, TILE_CAP } from '../../src/core/tile.ts';
import { checkEntries } from '../../src/logs/tile-check.ts';
import { fetchFiles } from '../../src/logs/tile-store.ts';
import { tileView } from '../../src/logs/tile-view.ts';
import type { MemoryFiles } from './memory-files.ts';
import {
  append,
  copyOf,
  entries,
  entry,
  faultOf,
  LOG,
  logOf,
  open,
  portsOf,
  publishedIn,
  SIGNER,
  served,
} from './own-log.ts';

const viewOf = (files: MemoryFiles) => tileView(fetchFiles(files, LOG), publishedIn(files));
const textOf = (files: MemoryFiles, path: string) => files.content.get(`${LOG}/${path}`)?.toString() ?? '';
const { progress } = portsOf(copyOf(await logOf(0)));

function damage(files: MemoryFiles, path: string, change: (bytes: Buffer) => Buffer | undefined): void {
  const bytes = files.content.get(`${LOG}/${path}`);
  if (bytes === undefined) throw new Error(`no ${path} to damage`);
  const changed = change(Buffer.from(bytes));
  if (changed === undefined) files.content.delete(`${LOG}/${path}`);
  else files.content.set(`${LOG}/${path}`, changed);
}

const flip = (bytes: Buffer) => {
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
};

const DAMAGES: readonly (readonly [string, (bytes: Buffer) => Buffer | undefined])[] = [
  ['one bit', flip],
  ['its end', (bytes) => bytes.subarray(0, -1)],
  ['more', (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
  ['everything', () => Buffer.alloc(0)],
  ['itself', () => undefined],
];

describe('a log whose right edge was damaged', () => {
  const EDGE = ['tile/0/002.p/88', 'tile/1/000.p/2', 'tile/entries/002.p/88'];

  it.each(EDGE.flatMap((path) => DAMAGES.map(([what, change]) => [path, what, change] as const)))(
    'is not extended: %s, %s changed',
    async (path, _, change) => {
      const files = await logOf(600);
      damage(files, path, change);
      const before = new Map(files.content);
      const fault = await faultOf(append(files, [entry(600)]), 'log-misbehaved');
      expect(fault.evidence).toEqual([textOf(files, CHECKPOINT_PATH)]);
      expect(files.content).toEqual(before);
    },
  );

  it.each(EDGE.flatMap((path) => DAMAGES.map(([what, change]) => [path, what, change] as const)))(
    'is not read: %s, %s changed',
    async (path, _, change) => {
      const files = await logOf(600);
      damage(files, path, change);
      await faultOf(viewOf(files).inclusion(599), 'log-misbehaved');
      expect(() => served(files)).toThrow('the log is wrong');
    },
  );
});

describe('a log whose older tiles were damaged', () => {
  it.each(['tile/0/000', 'tile/entries/001', 'tile/0/001'])('gives no proof from %s', async (path) => {
    const files = await logOf(600);
    damage(files, path, flip);
    const index = path.endsWith('000') ? 128 : 384;
    const fault = await faultOf(viewOf(files).inclusion(index), 'log-misbehaved');
    expect(fault.evidence).toEqual([textOf(files, CHECKPOINT_PATH)]);
  });

  it.each(['tile/0/000', 'tile/0/002.p/88', 'tile/1/000.p/2', 'tile/entries/001', 'tile/entries/002.p/88'])(
    'is seen when everything is checked: %s',
    async (path) => {
      const files = await logOf(600);
      await checkEntries(viewOf(files), progress);
      damage(files, path, flip);
      await faultOf(checkEntries(viewOf(files), progress), 'log-misbehaved');
    },
  );

  it.each([10, 300])('is seen when an entry of %i was exchanged together with its hash', async (size) => {
    const files = await logOf(size);
    const other = await logOf(0);
    await append(other, [...entries(0, 5), Buffer.from('other'), ...entries(6, size)]);
    for (const [file, content] of other.content) {
      if (/\/(0|entries)\/000/.test(file)) files.content.set(file, content);
    }
    await faultOf(viewOf(files).inclusion(5), 'log-misbehaved');
    await faultOf(checkEntries(viewOf(files), progress), 'log-misbehaved');
  });
});

describe('a log whose checkpoint was damaged', () => {
  it.each([
    ['a size that was not signed', (text: string) => text.replace('\n3\n', '\n2\n')],
    ['a signature that is wrong', (text: string) => text.replace(/(.{8})=\n$/, 'AAAAAAAA=\n')],
    ['no signature', (text: string) => text.slice(0, text.lastIndexOf('—'))],
    ['nothing in it', () => ''],
  ])('is not extended: %s', async (_, change) => {
    const files = await logOf(3);
    const log = await open(files);
    damage(files, CHECKPOINT_PATH, (bytes) => Buffer.from(change(bytes.toString())));
    await faultOf(log.append([entry(3)]), 'log-misbehaved');
  });

  it('is not extended where the key signed another root', async () => {
    const files = await logOf(3);
    const lie = signCheckpoint({ ...publishedIn(files), root: parseHash(Buffer.alloc(32, 1)) }, SIGNER);
    const truth = textOf(files, CHECKPOINT_PATH);
    damage(files, CHECKPOINT_PATH, () => Buffer.from(formatSignedCheckpoint(lie)));
    const fault = await faultOf(append(files, [entry(3)]), 'log-misbehaved');
    expect(fault.evidence).toEqual([truth, textOf(files, CHECKPOINT_PATH)]);
  });
});

describe('a log that was set back', () => {
  const restore = async (from: number, to: number) => {
    const files = await logOf(from);
    const backup = new Map([...files.content].filter(([file]) => file.startsWith(`${LOG}/`)));
    await append(files, entries(from, to));
    return { files, backup, newest: textOf(files, CHECKPOINT_PATH) };
  };

  it('to a backup is not extended, and both checkpoints are shown', async () => {
    const { files, backup, newest } = await restore(5, 9);
    for (const file of files.content.keys()) if (file.startsWith(`${LOG}/`)) files.content.delete(file);
    for (const [file, content] of backup) files.content.set(file, content);
    const before = new Map(files.content);
    const fault = await faultOf(append(files, [entry(9)]), 'log-misbehaved');
    expect(fault.evidence).toEqual([textOf(files, CHECKPOINT_PATH), newest]);
    expect(files.content).toEqual(before);
  });

  it('by its checkpoint alone is brought back to what it published', async () => {
    const { files, backup, newest } = await restore(5, 9);
    files.content.set(`${LOG}/checkpoint`, backup.get(`${LOG}/checkpoint`) ?? Buffer.alloc(0));
    expect((await append(files, [entry(8)])).placed).toEqual([{ index: 8, isNew: false }]);
    expect(textOf(files, CHECKPOINT_PATH)).toBe(newest);
  });

  it('to a backup, and extended there without its memory, is not extended where the memory is', async () => {
    const { files, newest } = await restore(5, 9);
    const fork = await logOf(5);
    await append(fork, [Buffer.from('other'), ...entries(6, 12)]);
    for (const file of files.content.keys()) if (file.startsWith(`${LOG}/`)) files.content.delete(file);
    for (const [file, content] of fork.content) if (file.startsWith(`${LOG}/`)) files.content.set(file, content);
    const fault = await faultOf(append(files, [entry(12)]), 'log-misbehaved');
    expect(fault.evidence).toEqual([newest, textOf(fork, CHECKPOINT_PATH)]);
  });
});

describe('a reader', () => {
  it('takes the full tile where the partial one is gone', async () => {
    const files = await logOf(100);
    const old = publishedIn(files);
    await append(files, entries(100, 256));
    expect(files.content.has(`${LOG}/tile/0/000.p/100`)).toBe(false);
    const view = tileView(fetchFiles(files, LOG), old);
    expect(String((await view.inclusion(99)).entry)).toBe('entry 99');
    expect((await view.edge()).size).toBe(100);
    expect(await view.entriesFrom(0)).toHaveLength(100);
  });

  it('asks for no partial tile that the checkpoint does not have, and for no more bytes than there can be', async () => {
    const files = await logOf(600);
    const asked: [string, number][] = [];
    const fetch = fetchFiles(files, LOG);
    const view = tileView(async (path, cap) => {
      asked.push([path, cap]);
      return fetch(path, cap);
    }, publishedIn(files));
    for (const index of [0, 255, 256, 599]) await view.inclusion(index);
    await view.edge();
    expect(new Map(asked)).toEqual(
      new Map([
        ['tile/0/000', TILE_CAP],
        ['tile/0/001', TILE_CAP],
        ['tile/0/002.p/88', TILE_CAP],
        ['tile/1/000.p/2', TILE_CAP],
        ['tile/entries/000', BUNDLE_CAP],
        ['tile/entries/001', BUNDLE_CAP],
        ['tile/entries/002.p/88', BUNDLE_CAP],
      ]),
    );
    expect(asked.filter(([path]) => path === 'tile/0/000')).toHaveLength(1);
  });

  it('passes on what is no fault of the log', async () => {
    const files = await logOf(3);
    const view = tileView(async () => Promise.reject(new Error('unplugged')), publishedIn(files));
    await expect(view.inclusion(0)).rejects.toThrow('unplugged');
  });

  it('is shown a consistency proof, and no later state as an earlier one', async () => {
    const files = await logOf(5);
    const old = publishedIn(files);
    await append(files, entries(5, 300));
    expect((await viewOf(files).consistency(old)).length).toBeGreaterThan(0);
    await faultOf(tileView(fetchFiles(files, LOG), old).consistency(publishedIn(files)), 'log-misbehaved');
  });
});
