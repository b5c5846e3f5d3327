// SPDX-License-Identifier: Apache-2.0
/**
 * The resources of c2sp.org/tlog-tiles: a log as static files.
 *
 *   checkpoint                          the signed tree head
 *   tile/<L>/<N>[.p/<W>]                256 (or W) hashes of level L, 32 bytes each
 *   tile/entries/<N>[.p/<W>]            as many entries, each behind its length as a big-endian uint16
 *
 * N is written in groups of three digits, all but the last with an `x`: 1234067 is `x001/x234/067`.
 */
import { Fault } from './fault.ts';
import { HASH_SIZE, type Hash, parseHash, rootOf, type Subtree } from './merkle.ts';

export const CHECKPOINT_PATH = 'checkpoint';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;

/** How many levels of the Merkle tree a tile spans. */
export const TILE_HEIGHT = 8;

/** Bytes, as the length is a uint16. */
export const MAX_ENTRY_SIZE = 0xffff;

/** The largest hash tile and the largest bundle: bytes. */
export const TILE_CAP = TILE_WIDTH * HASH_SIZE;
export const BUNDLE_CAP = TILE_WIDTH * (2 + MAX_ENTRY_SIZE);

export interface Tile {
  /** 0 for leaf hashes; a hash of level L+1 is the root of a full tile of level L. */
  readonly level: number;
  readonly index: number;
  /** 1 to 256; a tile narrower than 256 is partial. */
  readonly width: number;
}

/** Where the hashes of a tile are served. */
export const tilePath = (tile: Tile): string => `tile/${tile.level}/${formatPlace(tile)}`;

/** Where the entries are served whose hashes the tile of level 0 holds. */
export const bundlePath = (tile: Omit<Tile, 'level'>): string => `tile/entries/${formatPlace(tile)}`;

/** The directory that holds all partial forms of the resource at the path of a full tile or bundle. */
export const partialsPath = (path: string): string => `${path}.p`;

function formatPlace({ index, width }: Omit<Tile, 'level'>): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return width === TILE_WIDTH ? path : `${partialsPath(path)}/${width}`;
}

/** How many hashes the tiles of a level hold together, in a tree of that size. */
const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** Of each level the full tile that was filled last. */
export function lastFullTiles(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAt(level + 1, size) > 0; level += 1)
    tiles.push({ level, index: hashesAt(level + 1, size) - 1, width: TILE_WIDTH });
  return tiles;
}

/** The tile of that place as a tree of that size has it. It MUST have one. */
export const tileOf = (level: number, index: number, size: number): Tile => ({
  level,
  index,
  width: Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH),
});

/** The tile of the level 0, and so the bundle, that holds a leaf. */
export const tileOfLeaf = (index: number, size: number): Tile => tileOf(0, Math.floor(index / TILE_WIDTH), size);

/** The partial tiles at the right edge of a tree, one of each level at most, from level 0 upwards. */
export function edgeTilesOf(size: number): readonly Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const tile = tileOf(level, Math.floor(hashesAt(level, size) / TILE_WIDTH), size);
    if (tile.width > 0) tiles.push(tile);
  }
  return tiles;
}

/** The tile from which the hash of a complete subtree comes, in a tree of that size. */
export function tileOfSubtree({ height, index }: Subtree, size: number): Tile {
  const level = Math.floor(height / TILE_HEIGHT);
  return tileOf(level, Math.floor((index * 2 ** (height % TILE_HEIGHT)) / TILE_WIDTH), size);
}

/** The hash of a complete subtree, from the hashes of the tile that `tileOfSubtree` tells. */
export function hashInTile({ height, index }: Subtree, hashes: readonly Hash[]): Hash {
  const width = 2 ** (height % TILE_HEIGHT);
  const start = (index * width) % TILE_WIDTH;
  if (start + width > hashes.length) throw new Fault('bad-format', 'the tile is narrower than the tree needs it');
  return rootOf(hashes.slice(start, start + width));
}

/** Throws `bad-format` unless there are exactly `width` hashes. */
export function parseHashTile(bytes: Uint8Array, width: number): readonly Hash[] {
  if (bytes.length !== width * HASH_SIZE) {
    throw new Fault('bad-format', `a tile of ${bytes.length} bytes, where ${width} hashes have ${width * HASH_SIZE}`);
  }
  return Array.from({ length: width }, (_, at) => parseHash(bytes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE)));
}

export const formatHashTile = (hashes: readonly Hash[]): Uint8Array => Buffer.concat(hashes);

/** Throws `bad-format` unless there are exactly `width` entries and nothing more. */
export function parseEntryBundle(bytes: Uint8Array, width: number): readonly Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  // no more than are wanted: an entry may be empty, and take two bytes here and a hundred in memory
  while (at < bytes.length && entries.length <= width) {
    const start = at + 2;
    at = start <= bytes.length ? start + view.getUint16(start - 2) : Number.POSITIVE_INFINITY;
    if (at > bytes.length) throw new Fault('bad-format', 'a bundle of entries that ends within one');
    entries.push(bytes.subarray(start, at));
  }
  if (entries.length !== width) {
    const found =
      entries.length > width ? `more than ${width} entries` : `${entries.length} entries instead of ${width}`;
    throw new Fault('bad-format', `a bundle of ${found}`);
  }
  return entries;
}

/** Throws `usage` for an entry of more than 65535 bytes. */
export function formatEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(entries.flatMap((entry) => [formatLength(checkEntry(entry).length), entry]));
}

const formatLength = (length: number): Uint8Array => Uint8Array.of(length >> 8, length & 0xff);

/** Throws `usage` for an entry of more than 65535 bytes. */
export function checkEntry(entry: Uint8Array): Uint8Array {
  if (entry.length <= MAX_ENTRY_SIZE) return entry;
  throw new Fault('usage', `an entry of ${entry.length} bytes, where a tile log takes ${MAX_ENTRY_SIZE}`);
}
