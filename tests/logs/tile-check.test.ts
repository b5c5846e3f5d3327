// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { checkEntries } from '../../src/logs/tile-check.ts';
import { fetchFiles } from '../../src/logs/tile-store.ts';
import { tileView } from '../../src/logs/tile-view.ts';
import { faultOf, LOG, logOf, publishedIn } from './own-log.ts';

describe('checking everything', () => {
  it.each([0, 1, 255, 256, 257, 1000])(
    'finds nothing wrong with a good log of %i entries, and says how far it is',
    async (size) => {
      const files = await logOf(size);
      const reported: number[] = [];
      const progress = { report: (_: string, done: number) => void reported.push(done), end: () => undefined };
      await checkEntries(tileView(fetchFiles(files, LOG), publishedIn(files)), progress);
      expect(reported).toEqual(
        Array.from({ length: Math.ceil(size / 256) }, (_, at) => Math.min(size, (at + 1) * 256)),
      );
    },
  );

  it('looks at every tile and every bundle', async () => {
    const files = await logOf(600);
    const progress = { report: () => undefined, end: () => undefined };
    const paths = [...files.content.keys()].filter((file) => file.startsWith(`${LOG}/tile/`));
    expect(paths).toHaveLength(7);
    for (const file of paths) {
      const good = files.content.get(file) ?? Buffer.alloc(0);
      for (const at of [2, good.length - 1]) {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ 0x80;
        files.content.set(file, bad);
        await faultOf(checkEntries(tileView(fetchFiles(files, LOG), publishedIn(files)), progress), 'log-misbehaved');
      }
      files.content.set(file, good);
    }
  });
});
