// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatSignedCheckpoint, parseSignedCheckpoint, signCheckpoint } from '../../src/core/checkpoint.ts';
import { leafHash, parseHash } from '../../src/core/merkle.ts';
import { noteSigner, parseVerifierKey } from '../../src/core/signed-note.ts';
import { formatTlogProof, parseTlogProof } from '../../src/core/tlog-proof.ts';
import { fetchFiles } from '../../src/logs/tile-store.ts';
import { tileView } from '../../src/logs/tile-view.ts';
import { initLog, openTileLog, readProof, verifyTlogProof } from '../../src/logs/tiles.ts';
import { ReferenceTree } from '../core/rfc6962.ts';
import { memoryFiles } from './memory-files.ts';
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
  OTHER_KEY,
  open,
  portsOf,
  publishedIn,
  SIGNER,
  served,
  VKEY,
} from './own-log.ts';

describe('a new log', () => {
  it('publishes the checkpoint of an empty tree', async () => {
    const files = memoryFiles();
    await initLog(portsOf(files), LOG, ORIGIN, KEY);
    expect(served(files)).toEqual({
      origin: ORIGIN,
      size: 0,
      root: '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      entries: [],
    });
    expect(files.content.get(`${LOG}.state/log.vkey`)?.toString()).toBe(`${VKEY}\n`);
  });

  it.each(['checkpoint', 'tile/0/000.p/1'])('is not made where a log is: %s', async (path) => {
    const files = memoryFiles(new Map([[`${LOG}/${path}`, Buffer.from('there')]]));
    await faultOf(initLog(portsOf(files), LOG, ORIGIN, KEY), 'conflict');
    expect([...files.content.values()].map(String)).toEqual(['there']);
  });

  it('is not made where the served tree of one was removed, but not what it remembers', async () => {
    const files = await logOf(3);
    for (const file of files.content.keys()) if (file.startsWith(`${LOG}/`)) files.content.delete(file);
    await faultOf(initLog(portsOf(files), LOG, ORIGIN, KEY), 'conflict');
  });

  it.each(['', 'two words', 'a+b', 'a\nb', 'a\u00a0b'])('is not made with the origin %j', async (origin) => {
    const files = memoryFiles();
    await faultOf(initLog(portsOf(files), LOG, origin, KEY), 'usage');
    expect(files.content.size).toBe(0);
  });
});

describe('an entry', () => {
  it('is appended, and stays where it is', async () => {
    const files = await logOf(0);
    for (let size = 0; size < 5; size += 1) {
      expect((await append(files, [entry(size)])).placed).toEqual([{ index: size, isNew: true }]);
    }
    expect(served(files).entries.map(String)).toEqual(entries(0, 5).map(String));
  });

  it('P10 that the log has already is found, and nothing is written', async () => {
    const files = await logOf(300);
    const before = new Map(files.content);
    const { placed, checkpoint } = await append(files, [entry(299), entry(0), entry(256), entry(0)]);
    expect(placed.map(({ index, isNew }) => [index, isNew])).toEqual([
      [299, false],
      [0, false],
      [256, false],
      [0, false],
    ]);
    expect(formatSignedCheckpoint(checkpoint)).toEqual(before.get(`${LOG}/checkpoint`));
    expect(files.content).toEqual(before);
  });

  it('that comes twice in one call is logged once', async () => {
    const files = await logOf(2);
    const { placed } = await append(files, [entry(7), entry(1), entry(8), entry(7)]);
    expect(placed).toEqual([
      { index: 2, isNew: true },
      { index: 1, isNew: false },
      { index: 3, isNew: true },
      { index: 2, isNew: false },
    ]);
    expect(served(files).size).toBe(4);
  });

  it('may be empty, and may have 65535 bytes, but not more', async () => {
    const files = await logOf(0);
    await append(files, [Buffer.alloc(0), Buffer.alloc(65_535)]);
    await faultOf(append(files, [Buffer.alloc(65_536)]), 'usage');
    expect(served(files).entries.map((one) => one.length)).toEqual([0, 65_535]);
  });

  it('is not there when no entry is given', async () => {
    const files = await logOf(3);
    expect((await append(files, [])).placed).toEqual([]);
    expect(served(files).size).toBe(3);
  });
});

describe('the served files', () => {
  it('are those of the specification at every size, and no others', async () => {
    const files = await logOf(0);
    for (const size of [1, 2, 255, 256, 257, 511, 512, 600]) {
      await append(files, entries(served(files).size, size));
      expect(served(files).entries.map(String)).toEqual(entries(0, size).map(String));
    }
    const paths = [...files.content.keys()]
      .filter((file) => file.startsWith(`${LOG}/`))
      .map((file) => file.slice(LOG.length + 1));
    expect(paths.sort()).toEqual([
      'checkpoint',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/88',
      'tile/1/000.p/1',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/001',
      'tile/entries/002.p/88',
    ]);
  });

  it('go on to serve every checkpoint that was published', async () => {
    const files = await logOf(0);
    const checkpoints = [publishedIn(files)];
    for (let size = 0; size < 530; size += 1) checkpoints.push((await append(files, [entry(size)])).checkpoint);
    const fetch = fetchFiles(files, LOG);
    const latest = checkpoints.at(-1) ?? publishedIn(files);
    for (const checkpoint of checkpoints) {
      await tileView(fetch, checkpoint).edge();
      await tileView(fetch, latest).consistency(checkpoint);
      if (checkpoint.size === 0) continue;
      const { entry: last } = await tileView(fetch, checkpoint).inclusion(checkpoint.size - 1);
      expect(String(last)).toBe(`entry ${checkpoint.size - 1}`);
    }
    expect(served(files).size).toBe(530);
  });

  it('are not rewritten once they are full', async () => {
    const files = await logOf(0);
    const full = new Map<string, string>();
    for (const size of [100, 256, 300, 700, 767, 768, 1030]) {
      await append(files, entries(served(files).size, size));
      for (const [file, content] of files.content) {
        if (!file.startsWith(`${LOG}/tile/`) || file.includes('.p/')) continue;
        expect(full.get(file) ?? content.toString('hex')).toBe(content.toString('hex'));
        full.set(file, content.toString('hex'));
      }
    }
    expect(full.size).toBe(8);
  });

  it('are the same, whether entries come one by one or at once', async () => {
    const [one, all] = [await logOf(0), await logOf(260)];
    for (let size = 0; size < 260; size += 1) await append(one, [entry(size)]);
    for (const [file, content] of all.content)
      if (file.startsWith(`${LOG}/`)) expect(one.content.get(file)).toEqual(content);
  });

  it('lose the partial forms of a full tile, also where the run that filled it did not come to that', async () => {
    const files = await logOf(255);
    const partials = new Map([...files.content].filter(([file]) => file.includes('.p/255')));
    expect(partials.size).toBe(2);
    for (const size of [256, 257]) {
      await append(files, entries(size - 1, size));
      for (const [file, content] of partials) files.content.set(file, content);
      await append(files, entries(0, 1));
      expect([...files.content.keys()].filter((file) => file.includes('.p/255'))).toEqual([]);
      for (const [file, content] of partials) files.content.set(file, content);
    }
    await append(files, entries(257, 520));
    expect([...files.content.keys()].filter((file) => file.includes('.p/255'))).toEqual([]);
  });

  it('replace what an interrupted run left beyond the checkpoint', async () => {
    const files = await logOf(255);
    for (const path of ['tile/0/000', 'tile/entries/000', 'tile/1/000.p/1', 'tile/0/001.p/1'])
      files.content.set(`${LOG}/${path}`, Buffer.from('left'));
    await append(files, entries(255, 257));
    expect(served(files).entries.map(String)).toEqual(entries(0, 257).map(String));
  });

  it('are no directory of a log where there is no checkpoint', async () => {
    await faultOf(open(memoryFiles()), 'not-found');
  });
});

describe('a log with another key', () => {
  it('is refused before anything is written', async () => {
    const files = await logOf(3);
    const before = new Map(files.content);
    await faultOf(openTileLog(portsOf(files), LOG, OTHER_KEY), 'wrong-key');
    expect(files.content).toEqual(before);
  });

  it('is refused when it was changed after the log was opened', async () => {
    const files = await logOf(3);
    const log = await open(files);
    const other = signCheckpoint(publishedIn(files), noteSigner(ORIGIN, OTHER_KEY));
    files.content.set(`${LOG}/checkpoint`, Buffer.from(formatSignedCheckpoint(other)));
    await faultOf(log.append([entry(9)]), 'wrong-key');
  });
});

/** RFC 6962, section 2.1. */
const leafHex = (index: number): string => new ReferenceTree([entry(index)]).mth(0, 1).toString('hex');

describe('proofs', () => {
  it('lead from every entry to the published checkpoint, as files that verify offline', async () => {
    const files = await logOf(520);
    const key = parseVerifierKey(VKEY);
    for (let index = 0; index < 520; index += 13) {
      const proof = await readProof(files, LOG, publishedIn(files), index);
      expect(verifyTlogProof(proof, entry(index), [key])).toEqual({
        origin: ORIGIN,
        index,
        entry: leafHex(index),
        treeSize: 520,
        witnesses: [],
      });
      expect(String(parseTlogProof(proof).extra)).toBe(`entry ${index}`);
    }
  });

  it('are not there for an entry that is not there', async () => {
    const files = await logOf(3);
    await faultOf(readProof(files, LOG, publishedIn(files), 3), 'not-in-log');
  });

  it('are receipts, the same ones for the same entry at the same checkpoint', async () => {
    const log = await open(await logOf(5));
    const first = await log.submit(entry(40));
    expect(first).toMatchObject({ index: 5, treeSize: 6, isNew: true, origin: ORIGIN });
    expect(await log.submit(entry(40))).toEqual({ ...first, isNew: false });
    expect(verifyTlogProof(first.proof, entry(40), [log.key])).toEqual({
      origin: ORIGIN,
      index: 5,
      entry: leafHex(40),
      treeSize: 6,
      witnesses: [],
    });
  });
});

describe('a proof', () => {
  const made = (async () => readProof(await logOf(7), LOG, publishedIn(await logOf(7)), 3))();
  const key = SIGNER.verifier;
  const verify = async (
    change: (proof: ReturnType<typeof parseTlogProof>) => object,
    statement = entry(3),
    keys = [key],
  ) => {
    const proof = parseTlogProof(await made);
    return verifyTlogProof(formatTlogProof({ ...proof, ...change(proof) }), statement, keys);
  };

  it('verifies with what it was made for', async () => {
    const shown = { origin: ORIGIN, index: 3, entry: leafHex(3), treeSize: 7, witnesses: [] };
    expect(await verify(() => ({}))).toEqual(shown);
  });

  it('is refused for another statement', async () => {
    await faultOf(
      verify(() => ({}), entry(4)),
      'not-in-log',
    );
  });

  it('is refused for another statement that was put into it', async () => {
    await faultOf(
      verify(() => ({ extra: entry(4) }), entry(4)),
      'bad-proof',
    );
  });

  it('is refused where it carries no statement', async () => {
    await faultOf(
      verify(() => ({ extra: undefined })),
      'bad-format',
    );
  });

  it('is refused with another index', async () => {
    for (const index of [0, 2, 4, 6, 7, 1000])
      await faultOf(
        verify(() => ({ index })),
        'bad-proof',
      );
  });

  it('is refused with other hashes', async () => {
    await faultOf(
      verify(({ hashes }) => ({ hashes: hashes.slice(1) })),
      'bad-proof',
    );
    await faultOf(
      verify(({ hashes }) => ({ hashes: [...hashes, leafHash(entry(0))] })),
      'bad-proof',
    );
    await faultOf(
      verify(({ hashes }) => ({ hashes: hashes.toReversed() })),
      'bad-proof',
    );
  });

  it('P13 is refused without a pinned key, and with the key of another log', async () => {
    await faultOf(
      verify(() => ({}), entry(3), []),
      'wrong-key',
    );
    await faultOf(
      verify(() => ({}), entry(3), [noteSigner(ORIGIN, OTHER_KEY).verifier]),
      'wrong-key',
    );
    await faultOf(
      verify(() => ({}), entry(3), [noteSigner('example.org/other', KEY).verifier]),
      'wrong-key',
    );
  });

  it('is refused with a checkpoint that the key did not sign', async () => {
    await faultOf(
      verify(({ checkpoint }) => ({ checkpoint: { ...checkpoint, size: 8 } })),
      'bad-signature',
    );
    const root = parseHash(Buffer.alloc(32, 1));
    await faultOf(
      verify(({ checkpoint }) => ({ checkpoint: { ...checkpoint, root } })),
      'bad-signature',
    );
  });

  it('is refused with another checkpoint of the same log', async () => {
    const other = publishedIn(await logOf(8));
    await faultOf(
      verify(() => ({ checkpoint: other })),
      'bad-proof',
    );
  });

  it('is refused where a pinned key of another log signed for this origin', async () => {
    const other = noteSigner('example.org/other', OTHER_KEY);
    await faultOf(
      verify(({ checkpoint }) => ({ checkpoint: signCheckpoint(checkpoint, other) }), entry(3), [key, other.verifier]),
      'wrong-key',
    );
  });

  it('is refused where it is malformed', async () => {
    const text = Buffer.from(await made).toString();
    for (const altered of ['', text.slice(1), `${text}\n`, text.replace('index 3', 'index 03')]) {
      await faultOf((async () => verifyTlogProof(Buffer.from(altered), entry(3), [key]))(), 'bad-format');
    }
  });
});

describe('a log that was moved', () => {
  it('goes on without its state, and finds all that it has', async () => {
    const files = await logOf(300);
    for (const file of files.content.keys()) if (file.startsWith(`${LOG}.state/`)) files.content.delete(file);
    expect((await append(files, [entry(5), entry(300), entry(299)])).placed).toEqual([
      { index: 5, isNew: false },
      { index: 300, isNew: true },
      { index: 299, isNew: false },
    ]);
    expect(served(files).size).toBe(301);
  });

  it('goes on with an older state, and finds what was added elsewhere', async () => {
    const files = await logOf(10);
    const elsewhere = copyOf(files);
    await append(elsewhere, entries(10, 270));
    for (const [file, content] of elsewhere.content) if (file.startsWith(`${LOG}/`)) files.content.set(file, content);
    expect((await append(files, [entry(11), entry(269), entry(270)])).placed.map(({ isNew }) => isNew)).toEqual([
      false,
      false,
      true,
    ]);
    expect(served(files).size).toBe(271);
  });

  it('clears away the index of another log', async () => {
    const files = await logOf(10);
    const other = await logOf(0);
    await append(other, entries(100, 400));
    files.content.delete(`${LOG}.state/checkpoint`);
    for (const [file, content] of other.content)
      if (file.startsWith(`${LOG}.state/index/`)) files.content.set(file, content);
    expect((await append(files, [entry(3), entry(103)])).placed).toEqual([
      { index: 3, isNew: false },
      { index: 10, isNew: true },
    ]);
    const index = [...files.content].filter(([file]) => file.startsWith(`${LOG}.state/index/`));
    expect(Buffer.concat(index.map(([, content]) => content))).toHaveLength(11 * 40);
  });

  it('refuses the state of another log', async () => {
    const files = await logOf(3);
    const foreign = signCheckpoint(
      { ...publishedIn(files), origin: 'example.org/other' },
      noteSigner('example.org/other', KEY),
    );
    files.content.set(`${LOG}.state/checkpoint`, Buffer.from(formatSignedCheckpoint(foreign)));
    await faultOf(append(files, [entry(3)]), 'wrong-key');
    files.content.set(`${LOG}.state/checkpoint`, Buffer.from('damaged'));
    await faultOf(append(files, [entry(3)]), 'bad-format');
  });
});

describe('the published checkpoint', () => {
  it('keeps nothing but the signature of the log, and parses as it was written', async () => {
    const files = await logOf(4);
    const bytes = files.content.get(`${LOG}/checkpoint`) ?? Buffer.alloc(0);
    expect(Buffer.from(formatSignedCheckpoint(parseSignedCheckpoint(bytes)))).toEqual(bytes);
    expect(parseSignedCheckpoint(bytes).signatures).toHaveLength(1);
  });

  it('may carry the signatures of witnesses', async () => {
    const files = await logOf(4);
    const bytes = files.content.get(`${LOG}/checkpoint`) ?? Buffer.alloc(0);
    files.content.set(
      `${LOG}/checkpoint`,
      Buffer.concat([bytes, Buffer.from('— witness.example/w AAAAAAAAAAAAAAAAAAAAAA==\n')]),
    );
    expect((await append(files, [entry(4)])).placed).toEqual([{ index: 4, isNew: true }]);
    expect(served(files).size).toBe(5);
  });
});
