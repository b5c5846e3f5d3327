// SPDX-License-Identifier: Apache-2.0
/** What becomes of a log when the machine dies, when others write, and when it grows. */
import { describe, expect, it } from 'vitest';
import { formatSignedCheckpoint } from '../../src/core/checkpoint.ts';
import { initLog, openTileLog, readProof } from '../../src/logs/tiles.ts';
import { type MemoryFiles, memoryFiles } from './memory-files.ts';
import { type Operation, observedFiles } from './observed-files.ts';
import {
  append,
  copyOf,
  entries,
  entry,
  faultOf,
  KEY,
  LOG,
  logOf,
  ORIGIN,
  portsOf,
  publishedIn,
  served,
} from './own-log.ts';

class Death extends Error {}

type When = 'before' | 'after';

/** Files of a machine that dies before or after its n-th operation; of an append, half may have been written. */
function mortalFiles(files: MemoryFiles, n: number, when: When) {
  let left = n;
  const die = () => {
    left = 0;
    throw new Death();
  };
  return observedFiles(
    files,
    async (_, body) => {
      if (left <= 0 || (when === 'before' && --left === 0)) die();
      const result = await body();
      if (when === 'after' && --left === 0) die();
      return result;
    },
    async (path, content) =>
      files.append(path, when === 'after' && left === 1 ? content.subarray(0, content.length / 2) : content),
  );
}

/** Runs a body that dies at every one of its operations in turn; `after` judges what is left. Returns how often it died. */
async function dieEverywhere(
  start: () => MemoryFiles,
  body: (files: ReturnType<typeof mortalFiles>) => Promise<unknown>,
  after: (files: MemoryFiles, done: boolean) => Promise<void>,
): Promise<number> {
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; ; n += 1) {
      const files = start();
      const outcome = await body(mortalFiles(files, n, when)).then(
        () => 'done',
        (error: unknown) => error,
      );
      if (outcome !== 'done' && !(outcome instanceof Death)) throw outcome;
      await after(files, outcome === 'done');
      if (outcome !== 'done') continue;
      if (when === 'after') return n;
      break;
    }
  }
  return 0;
}

const texts = (list: readonly Uint8Array[]) => list.map((one) => Buffer.from(one).toString());

describe('a machine that dies at any operation', () => {
  it.each([
    ['an entry into an empty log', 0, 1],
    ['an entry into a partial tile', 3, 1],
    ['the entry that fills a tile', 255, 1],
    ['the entry behind a full tile', 256, 1],
    ['many entries across two tiles', 250, 12],
  ])('leaves a log that verifies, goes on, and has everything once: %s', async (_, size, count) => {
    const base = await logOf(size);
    const wanted = entries(size, size + count);
    const died = await dieEverywhere(
      () => copyOf(base),
      async (files) => (await openTileLog(portsOf(files), LOG, KEY)).append(wanted),
      async (files, done) => {
        const left = served(files);
        expect([size, size + count]).toContain(left.size);
        if (done) expect(left.size).toBe(size + count);
        await append(files, [Buffer.from('another')]);
        const { placed, checkpoint } = await append(files, wanted);
        const now = served(files);
        expect(texts(now.entries.slice(0, left.size))).toEqual(texts(left.entries));
        expect(new Set(texts(now.entries)).size).toBe(now.size);
        expect(now.size).toBe(size + count + 1);
        for (const [at, { index }] of placed.entries()) expect(String(now.entries[index])).toBe(String(wanted[at]));
        await readProof(files, LOG, checkpoint, placed[0]?.index ?? 0);
      },
    );
    expect(died).toBeGreaterThan(15);
  });

  it('leaves a log that can be made, or is', async () => {
    await dieEverywhere(
      memoryFiles,
      async (files) => initLog(portsOf(files), LOG, ORIGIN, KEY),
      async (files, done) => {
        if (!files.content.has(`${LOG}/checkpoint`)) {
          expect(done).toBe(false);
          await initLog(portsOf(files), LOG, ORIGIN, KEY);
        }
        expect((await append(files, [entry(0)])).placed).toEqual([{ index: 0, isNew: true }]);
        expect(served(files).size).toBe(1);
      },
    );
  });

  it('leaves an index that is completed, when it dies while that is made anew', async () => {
    const base = await logOf(20);
    for (const file of base.content.keys()) if (file.startsWith(`${LOG}.state/`)) base.content.delete(file);
    await dieEverywhere(
      () => copyOf(base),
      async (files) => (await openTileLog(portsOf(files), LOG, KEY)).append([entry(7)]),
      async (files) => {
        const { placed } = await append(files, entries(0, 20));
        expect(placed).toEqual(entries(0, 20).map((_, index) => ({ index, isNew: false })));
      },
    );
  });

  it('never signed two checkpoints of which neither continues the other', async () => {
    const base = await logOf(3);
    await dieEverywhere(
      () => copyOf(base),
      async (files) => (await openTileLog(portsOf(files), LOG, KEY)).append([entry(3)]),
      async (files) => {
        // What lies in the served tree, under whatever name, or is remembered.
        const signed = [...files.content].filter(
          ([file]) => file.startsWith(`${LOG}/.`) || file.endsWith('/checkpoint'),
        );
        const ofFour = signed.find(([, text]) => text.toString().startsWith(`${ORIGIN}\n4\n`));
        await append(files, [Buffer.from('another')]);
        const { entries: now } = served(files);
        if (ofFour !== undefined) expect(String(now[3])).toBe('entry 3');
      },
    );
  });

  it('leaves no temporary files behind for long', async () => {
    const base = await logOf(255);
    await dieEverywhere(
      () => copyOf(base),
      async (files) => (await openTileLog(portsOf(files), LOG, KEY)).append([entry(255)]),
      async (files) => {
        await append(files, entries(255, 257));
        await append(files, entries(257, 512));
        expect([...files.content.keys()].filter((file) => file.includes('.tmp'))).toEqual([]);
      },
    );
  });
});

describe('another writer that does not ask for the lock', () => {
  /** Something happens just before our checkpoint is put into place. */
  const disturbed = (files: MemoryFiles, act: () => Promise<unknown>) => {
    let acted = false;
    return observedFiles(files, async ({ name, path }, body) => {
      if (name === 'seal' && path === `${LOG}/checkpoint` && !acted) {
        acted = true;
        await act();
      }
      return body();
    });
  };
  /** Appends to the served tree with a state of its own, as from another sandbox. */
  const appendElsewhere = async (files: MemoryFiles, list: readonly Uint8Array[]) => {
    const elsewhere = copyOf(files);
    for (const file of elsewhere.content.keys()) if (file.startsWith(`${LOG}.state/`)) elsewhere.content.delete(file);
    await append(elsewhere, list);
    for (const [file, content] of elsewhere.content) if (file.startsWith(`${LOG}/`)) files.content.set(file, content);
  };

  it('is not overwritten, and the log goes on from what it published', async () => {
    const files = await logOf(3);
    const act = async () => appendElsewhere(files, [Buffer.from('faster')]);
    const log = await openTileLog(portsOf(disturbed(files, act)), LOG, KEY);
    await faultOf(log.append([entry(3)]), 'locked');
    expect(publishedIn(files).size).toBe(4);
    expect((await append(files, [Buffer.from('faster')])).placed).toEqual([{ index: 3, isNew: false }]);
    expect((await append(files, [entry(3)])).placed).toEqual([{ index: 4, isNew: true }]);
    expect(texts(served(files).entries.slice(3))).toEqual(['faster', 'entry 3']);
  });

  it('finishes, where it has the same state, what we have signed', async () => {
    const files = await logOf(3);
    const act = async () => append(files, [Buffer.from('faster')]);
    const log = await openTileLog(portsOf(disturbed(files, act)), LOG, KEY);
    await faultOf(log.append([entry(3)]), 'locked');
    expect((await append(files, [entry(3), Buffer.from('faster')])).placed).toEqual([
      { index: 3, isNew: false },
      { index: 4, isNew: false },
    ]);
    expect(served(files).size).toBe(5);
  });

  it('is shown with both checkpoints where it contradicts what was there', async () => {
    const files = await logOf(3);
    const fork = await logOf(0);
    await append(fork, [Buffer.from('a'), Buffer.from('b'), Buffer.from('c')]);
    const before = Buffer.from(formatSignedCheckpoint(publishedIn(files))).toString();
    const after = Buffer.from(formatSignedCheckpoint(publishedIn(fork))).toString();
    const act = async () => void files.content.set(`${LOG}/checkpoint`, Buffer.from(after));
    const log = await openTileLog(portsOf(disturbed(files, act)), LOG, KEY);
    expect((await faultOf(log.append([entry(3)]), 'log-misbehaved')).evidence).toEqual([before, after]);
  });
});

describe('writes', () => {
  it('are synced, every one, and the checkpoint comes after all that it needs', async () => {
    const operations: Operation[] = [];
    const watched = (files: MemoryFiles) =>
      observedFiles(files, async (operation, body) => {
        operations.push(operation);
        return body();
      });
    const files = await logOf(255);
    await (await openTileLog(portsOf(watched(files)), LOG, KEY)).append(entries(255, 257));
    const writes = operations.filter(({ name }) => name === 'commit' || name === 'append');
    expect(writes.filter(({ durable }) => !durable)).toEqual([]);
    const order = writes.map(({ path }) => path.replace(/index\/...$/, 'index').slice('/srv/'.length));
    expect(order.slice(-2)).toEqual(['log.state/checkpoint', 'log/checkpoint']);
    expect(new Set(order.slice(0, -2))).toEqual(
      new Set([
        'log/tile/entries/000',
        'log/tile/0/000',
        'log/tile/entries/001.p/1',
        'log/tile/0/001.p/1',
        'log/tile/1/000.p/1',
        'log.state/index',
      ]),
    );
    expect(order.lastIndexOf('log.state/index')).toBe(order.length - 3);
  });
});

describe('growth', () => {
  const costOf = async (base: MemoryFiles, list: readonly Uint8Array[]) => {
    const files = copyOf(base);
    let [operations, bytes] = [0, 0];
    const counted = observedFiles(files, async (operation, body) => {
      operations += 1;
      bytes += operation.bytes;
      return body();
    });
    const log = await openTileLog(portsOf(counted), LOG, KEY);
    await log.append(list);
    return { operations, bytes };
  };

  it('makes an append into a log of 100,000 entries hardly dearer than into one of 1,000', async () => {
    const small = await logOf(1000);
    const large = await logOf(100_000);
    const [one, other] = [await costOf(small, [Buffer.from('new')]), await costOf(large, [Buffer.from('new')])];
    expect(other.operations).toBeLessThanOrEqual(one.operations + 5);
    expect(other.bytes).toBeLessThanOrEqual(one.bytes * 3);
    expect(other.operations).toBeLessThan(60);
    const [found, foundInLarge] = [await costOf(small, [entry(7)]), await costOf(large, [entry(7)])];
    expect(foundInLarge.operations).toBeLessThanOrEqual(found.operations + 5);
    expect(foundInLarge.bytes).toBeLessThanOrEqual(found.bytes * 3);
    // One read of everything would be 3 MB and more.
    expect(foundInLarge.bytes).toBeLessThan(100_000);
  });

  it('costs a proof out of 100,000 entries a few tiles', async () => {
    const large = await logOf(100_000);
    let operations = 0;
    const counted = observedFiles(large, async (_, body) => {
      operations += 1;
      return body();
    });
    await readProof(counted, LOG, publishedIn(large), 54_321);
    expect(operations).toBeLessThan(10);
  });

  it('takes a thousand entries at once for little more than the tiles that they fill', async () => {
    const small = await logOf(1000);
    const { operations } = await costOf(small, entries(1000, 2000));
    const buckets = 1000;
    expect(operations).toBeLessThan(2 * buckets + 800 + 100);
  });
});

describe('parallel calls in one process', () => {
  it('wait for each other', async () => {
    const { flockLock } = await import('../../src/io/lock.ts');
    const { nodeFiles } = await import('../../src/io/files.ts');
    const { mkdtempSync, rmSync } = await import('node:fs');
    const directory = mkdtempSync('/tmp/tile-log-');
    try {
      const ports = portsOf(nodeFiles(), flockLock());
      await initLog(ports, `${directory}/log`, ORIGIN, KEY);
      const log = await openTileLog(ports, `${directory}/log`, KEY);
      const receipts = await Promise.all(entries(0, 10).map(async (one) => log.submit(one)));
      expect(receipts.map(({ index = -1 }) => index).sort((a, b) => a - b)).toEqual(entries(0, 10).map((_, at) => at));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
