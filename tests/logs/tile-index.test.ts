// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { leafHash } from '../../src/core/merkle.ts';
import { leafIndex } from '../../src/logs/tile-index.ts';
import { memoryFiles } from './memory-files.ts';
import { append, entry, LOG, logOf, served } from './own-log.ts';

const DIRECTORY = `${LOG}.state/index`;
const leaf = (index: number) => leafHash(entry(index));
const records = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({ leaf: leaf(from + at), index: from + at }));

describe('the index', () => {
  it('finds what was added, in another run, too', async () => {
    const files = memoryFiles();
    const index = leafIndex(files, DIRECTORY);
    await index.add(records(0, 500));
    for (const one of [index, leafIndex(files, DIRECTORY)]) {
      expect(await one.hints(leaf(0))).toEqual([0]);
      expect(await one.hints(leaf(499))).toEqual([499]);
      expect(await one.hints(leaf(500))).toEqual([]);
    }
  });

  it('has one file for each beginning of a hash, of 40 bytes for each record', async () => {
    const files = memoryFiles();
    await leafIndex(files, DIRECTORY).add(records(7, 8));
    const hex = Buffer.from(leaf(7)).toString('hex');
    expect([...files.content].map(([file, content]) => [file, content.toString('hex')])).toEqual([
      [`${DIRECTORY}/${hex.slice(0, 3)}`, `${hex}0000000000000007`],
    ]);
  });

  it('holds indices that no 32-bit number holds', async () => {
    const index = leafIndex(memoryFiles(), DIRECTORY);
    await index.add([{ leaf: leaf(0), index: 2 ** 53 - 1 }]);
    expect(await index.hints(leaf(0))).toEqual([2 ** 53 - 1]);
  });

  it('does not grow when it is told the same again', async () => {
    const files = memoryFiles();
    await leafIndex(files, DIRECTORY).add(records(0, 10));
    const before = new Map(files.content);
    await leafIndex(files, DIRECTORY).add(records(0, 10));
    expect(files.content).toEqual(before);
  });

  it('goes on behind a record that was cut off', async () => {
    const files = memoryFiles();
    await leafIndex(files, DIRECTORY).add(records(0, 1));
    const [file = ''] = files.content.keys();
    const whole = files.content.get(file) ?? Buffer.alloc(0);
    for (let length = 1; length < 40; length += 1) {
      files.content.set(file, Buffer.concat([whole, whole.subarray(0, length)]));
      await leafIndex(files, DIRECTORY).add([{ leaf: leaf(0), index: 9 }]);
      expect(await leafIndex(files, DIRECTORY).hints(leaf(0))).toEqual([0, 9]);
      expect(files.content.get(file)).toHaveLength(80);
    }
  });

  it('is cleared', async () => {
    const files = memoryFiles();
    await leafIndex(files, DIRECTORY).clear();
    await leafIndex(files, DIRECTORY).add(records(0, 10));
    await leafIndex(files, DIRECTORY).clear();
    expect(files.content.size).toBe(0);
  });
});

describe('a record', () => {
  it('P10 that points to another entry, or beyond the log, is not believed', async () => {
    const files = await logOf(5);
    await leafIndex(files, DIRECTORY).add([3, 4, 5, 1000].map((index) => ({ leaf: leaf(77), index })));
    expect((await append(files, [entry(77)])).placed).toEqual([{ index: 5, isNew: true }]);
    expect((await append(files, [entry(77)])).placed).toEqual([{ index: 5, isNew: false }]);
    expect(served(files).size).toBe(6);
  });
});
