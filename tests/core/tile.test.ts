// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { type Hash, leafHash, rangeHash, rootOf } from '../../src/core/merkle.ts';
import {
  BUNDLE_CAP,
  bundlePath,
  edgeTilesOf,
  formatEntryBundle,
  formatHashTile,
  hashInTile,
  lastFullTiles,
  MAX_ENTRY_SIZE,
  parseEntryBundle,
  parseHashTile,
  tileOf,
  tileOfLeaf,
  tileOfSubtree,
  tilePath,
} from '../../src/core/tile.ts';
import { EMPTY_EDGE, edgeRoot, growEdge } from '../../src/core/tile-edge.ts';
import { numberedEntries, ReferenceTree } from './rfc6962.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the full tiles that were filled last', () => {
  it.each([
    [255, []],
    [256, ['tile/0/000']],
    [600, ['tile/0/001']],
    [65535, ['tile/0/254']],
    [65536 + 256, ['tile/0/256', 'tile/1/000']],
  ])('of %i entries are one of each level', (size, paths) => {
    expect(lastFullTiles(size).map(tilePath)).toEqual(paths);
  });
});

describe('tile paths', () => {
  it.each([
    [{ level: 0, index: 1234067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 1, index: 0, width: 1 }, 'tile/1/000.p/1'],
    [{ level: 3, index: 999, width: 255 }, 'tile/3/999.p/255'],
    [{ level: 12, index: 1000, width: 256 }, 'tile/12/x001/000'],
    [{ level: 0, index: Number.MAX_SAFE_INTEGER, width: 256 }, 'tile/0/x009/x007/x199/x254/x740/991'],
  ])('are those of the specification: %j', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
  });

  it('have entries instead of a level for bundles', () => {
    expect(bundlePath({ index: 273, width: 112 })).toBe('tile/entries/273.p/112');
    expect(bundlePath({ index: 1234067, width: 256 })).toBe('tile/entries/x001/x234/067');
  });

  it('never meet as file and directory', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), fc.integer({ min: 1, max: 256 }), (a, b, width) => {
        const [full, other] = [tilePath({ level: 0, index: a, width: 256 }), tilePath({ level: 0, index: b, width })];
        expect(other.startsWith(`${full}/`)).toBe(false);
        expect(full === other).toBe(a === b && width === 256);
      }),
    );
  });
});

describe('the tiles of a tree', () => {
  it('are, at the edge of a tree of 70,000, those that the specification names', () => {
    expect(edgeTilesOf(70_000)).toEqual([
      { level: 0, index: 273, width: 112 },
      { level: 1, index: 1, width: 17 },
      { level: 2, index: 0, width: 1 },
    ]);
    expect(tileOf(0, 272, 70_000).width).toBe(256);
    expect(tileOf(1, 0, 70_000).width).toBe(256);
  });

  it('are, in a tree of 256, a full one and one of width 1', () => {
    expect(edgeTilesOf(256)).toEqual([{ level: 1, index: 0, width: 1 }]);
    expect(tileOfLeaf(255, 256)).toEqual({ level: 0, index: 0, width: 256 });
  });

  it('are none in an empty tree', () => {
    expect(edgeTilesOf(0)).toEqual([]);
  });

  it('hold the hash of every complete subtree', () => {
    const leaves = numberedEntries(700).map(leafHash);
    const { tiles } = growEdge(EMPTY_EDGE, leaves);
    const served = new Map(tiles.map(({ tile, hashes }) => [tilePath(tile), hashes]));
    for (let height = 0; 2 ** height <= 700; height += 1) {
      for (let index = 0; (index + 1) * 2 ** height <= 700; index += 1) {
        const hash = hashInTile({ height, index }, served.get(tilePath(tileOfSubtree({ height, index }, 700))) ?? []);
        expect(hex(hash)).toBe(hex(rootOf(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height))));
      }
    }
  });

  it('refuse a subtree that reaches beyond the tile', () => {
    const leaves = numberedEntries(3).map(leafHash);
    expect(() => hashInTile({ height: 1, index: 1 }, leaves)).toThrow(Fault);
  });
});

describe('the right edge', () => {
  const reference = new ReferenceTree(numberedEntries(70_000));
  const leaves = reference.entries.map(leafHash);
  const tree = growEdge(EMPTY_EDGE, leaves);

  it('leads to the root', () => {
    expect(hex(edgeRoot(EMPTY_EDGE))).toBe(hex(reference.mth(0, 0)));
    expect(hex(edgeRoot(tree.edge))).toBe(hex(reference.mth(0, 70_000)));
    expect(tree.edge.tails.map((tail) => tail.length)).toEqual([112, 17, 1]);
  });

  it('is the same, and gives the same tiles, however the leaves are handed over', () => {
    const sizes = [1, 255, 256, 257, 1000, 65_535, 65_536, 65_537, 70_000];
    const served = new Map<string, string>();
    let edge = EMPTY_EDGE;
    for (const size of sizes) {
      const grown = growEdge(edge, leaves.slice(edge.size, size));
      for (const { tile, hashes } of grown.tiles) served.set(tilePath(tile), hex(formatHashTile(hashes)));
      edge = grown.edge;
      expect(hex(edgeRoot(edge))).toBe(hex(reference.mth(0, size)));
    }
    for (const { tile, hashes } of tree.tiles) expect(served.get(tilePath(tile))).toBe(hex(formatHashTile(hashes)));
  });

  it('grows by the tiles that changed, and by no others', () => {
    const paths = (from: number, to: number) =>
      growEdge(growEdge(EMPTY_EDGE, leaves.slice(0, from)).edge, leaves.slice(from, to)).tiles.map(({ tile }) =>
        tilePath(tile),
      );
    expect(paths(0, 1)).toEqual(['tile/0/000.p/1']);
    expect(paths(255, 256)).toEqual(['tile/0/000', 'tile/1/000.p/1']);
    expect(paths(256, 257)).toEqual(['tile/0/001.p/1']);
    expect(paths(65_535, 65_536)).toEqual(['tile/0/255', 'tile/1/000', 'tile/2/000.p/1']);
    expect(paths(10, 10)).toEqual([]);
  });

  it('has the hashes of a tile as the specification defines them', () => {
    const tile = tree.tiles.find(({ tile: { level, index } }) => level === 1 && index === 1);
    expect(tile?.hashes.map(hex)).toEqual(
      Array.from({ length: 17 }, (_, i) => hex(reference.mth((256 + i) * 256, (256 + i + 1) * 256))),
    );
    expect(hex(rangeHash(() => tree.edge.tails[2]?.[0] as Hash, { start: 0, end: 65_536 }))).toBe(
      hex(reference.mth(0, 65_536)),
    );
  });
});

describe('hash tiles', () => {
  it('read back what was written', () => {
    const hashes = numberedEntries(100).map(leafHash);
    expect(parseHashTile(formatHashTile(hashes), 100).map(hex)).toEqual(hashes.map(hex));
  });

  it('are refused with another width', () => {
    expect(() => parseHashTile(Buffer.alloc(64), 1)).toThrow(Fault);
    expect(() => parseHashTile(Buffer.alloc(64), 3)).toThrow(Fault);
    expect(() => parseHashTile(Buffer.alloc(63), 2)).toThrow(Fault);
  });
});

describe('entry bundles', () => {
  const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 });

  it('are read no further than they may be many', () => {
    const subarray = vi.spyOn(Uint8Array.prototype, 'subarray');
    expect(() => parseEntryBundle(new Uint8Array(2_000_000), 256)).toThrow('more than 256 entries');
    expect(subarray.mock.calls.length).toBeLessThan(300);
    subarray.mockRestore();
  });

  it('read back what was written, and write what was read', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const bytes = formatEntryBundle(list);
        const read = parseEntryBundle(bytes, list.length);
        expect(read.map(hex)).toEqual(list.map(hex));
        expect(hex(formatEntryBundle(read))).toBe(hex(bytes));
      }),
    );
  });

  it('have lengths in two bytes, the larger one first', () => {
    expect(hex(formatEntryBundle([Buffer.from('ab'), Buffer.alloc(0)]))).toBe('000261620000');
  });

  it('take the largest entry, and refuse one that is larger', () => {
    const largest = Buffer.alloc(MAX_ENTRY_SIZE, 1);
    expect(parseEntryBundle(formatEntryBundle([largest]), 1)[0]).toHaveLength(65_535);
    expect(() => formatEntryBundle([Buffer.alloc(MAX_ENTRY_SIZE + 1)])).toThrow(Fault);
    expect(formatEntryBundle(new Array(256).fill(largest))).toHaveLength(BUNDLE_CAP);
  });

  it.each([
    ['is cut off in an entry', '000261', 1],
    ['is cut off in a length', '0001610', 1],
    ['ends with one byte more', '00016100', 1],
    ['has an entry too many', '00016100016200', 1],
    ['has an entry too few', '000161', 2],
    ['is empty', '', 1],
  ])('are refused where one %s', (_, text, width) => {
    expect(() => parseEntryBundle(Buffer.from(text.padEnd(Math.ceil(text.length / 2) * 2, '0'), 'hex'), width)).toThrow(
      Fault,
    );
  });
});
