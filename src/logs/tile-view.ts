// SPDX-License-Identifier: Apache-2.0
/**
 * A tile log as it stands at one checkpoint, read through any function that fetches a path: files here, HTTP elsewhere. All that it
 * says is held against the root of the checkpoint, and everything that does not fit is `log-misbehaved`, with the checkpoint
 * as evidence. The checkpoint itself is verified by the caller.
 */
import { formatSignedCheckpoint, type SignedCheckpoint } from '../core/checkpoint.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault, type FaultKind } from '../core/fault.ts';
import {
  consistencyRanges,
  EMPTY_ROOT,
  type Hash,
  inclusionRanges,
  leafHash,
  type Range,
  rangeHash,
  subtreesOf,
} from '../core/merkle.ts';
import { verifyConsistency, verifyInclusion } from '../core/merkle-proof.ts';
import {
  BUNDLE_CAP,
  bundlePath,
  edgeTilesOf,
  hashInTile,
  parseEntryBundle,
  parseHashTile,
  TILE_CAP,
  TILE_WIDTH,
  type Tile,
  tileOfLeaf,
  tileOfSubtree,
  tilePath,
} from '../core/tile.ts';
import { type Edge, edgeRoot } from '../core/tile-edge.ts';

/** The resource at a path below the log's prefix, of at most `cap` bytes (`bad-format` beyond); undefined where there is none. */
export type TileFetch = (path: string, cap: number) => Promise<Uint8Array | undefined>;

export interface TileView {
  readonly checkpoint: SignedCheckpoint;
  /** The hashes of one tile, of the right width, not held against the root. */
  tile(wanted: Tile): Promise<readonly Hash[]>;
  /** The right edge; it leads to the root. */
  edge(): Promise<Edge>;
  /** An entry, and the proof that it is in the log at this index. Throws `not-in-log` where the log is not that long. */
  inclusion(index: number): Promise<{ readonly entry: Uint8Array; readonly proof: readonly Hash[] }>;
  /** The proof that the log still has all that it had at an earlier checkpoint. */
  consistency(earlier: SignedCheckpoint): Promise<readonly Hash[]>;
  /** The same from a size that somebody has seen, whose root is computed here. It MUST NOT be beyond the checkpoint's. */
  consistencyFrom(oldSize: number): Promise<readonly Hash[]>;
  /** The entries from this index to the end of its bundle; each has its hash in the tile of level 0. */
  entriesFrom(index: number): Promise<readonly Uint8Array[]>;
}

/** A document that a log signed, as it goes into a Fault. */
export const evidenceOf = (checkpoint: SignedCheckpoint): string =>
  Buffer.from(formatSignedCheckpoint(checkpoint)).toString();

export function tileView(fetch: TileFetch, checkpoint: SignedCheckpoint): TileView {
  const { size, root } = checkpoint;
  const tiles = new Map<string, Promise<readonly Hash[]>>();
  const bundles = new Map<string, Promise<readonly Uint8Array[]>>();

  const tile = (wanted: Tile) => remember(tiles, tilePath(wanted), async () => fetchTile(fetch, wanted));
  const bundle = (wanted: Tile) => {
    // Bundles are large, and read in their order as a rule: the last one is worth keeping, all of them are not.
    if (!bundles.has(bundlePath(wanted))) bundles.clear();
    return remember(bundles, bundlePath(wanted), async () => fetchBundle(fetch, wanted, await tile(wanted)));
  };
  const hashesOf = async (ranges: readonly Range[]) => {
    const needed = ranges.flatMap(subtreesOf).map((subtree) => tileOfSubtree(subtree, size));
    const fetched = new Map(
      await Promise.all(needed.map(async (wanted) => [tilePath(wanted), await tile(wanted)] as const)),
    );
    return ranges.map((range) =>
      rangeHash((subtree) => hashInTile(subtree, fetched.get(tilePath(tileOfSubtree(subtree, size))) ?? []), range),
    );
  };

  return {
    checkpoint,
    tile: async (wanted) => accused([checkpoint], async () => tile(wanted)),
    edge: async () =>
      accused([checkpoint], async () => {
        const tails: (readonly Hash[])[] = [];
        for (const wanted of edgeTilesOf(size)) tails[wanted.level] = await tile(wanted);
        const edge = { size, tails: Array.from(tails, (tail) => tail ?? []) };
        if (!equalBytes(edgeRoot(edge), root)) throw new Fault('bad-proof', 'the tiles do not hash to the root');
        return edge;
      }),
    inclusion: async (index) => {
      if (index >= size) throw new Fault('not-in-log', `the log has ${size} entries, and none with the index ${index}`);
      return accused([checkpoint], async () => {
        const proof = await hashesOf(inclusionRanges(index, size));
        const entry = (await bundle(tileOfLeaf(index, size)))[index % TILE_WIDTH] ?? new Uint8Array();
        verifyInclusion(leafHash(entry), index, size, proof, root);
        return { entry, proof };
      });
    },
    consistency: async (earlier) =>
      accused([earlier, checkpoint], async () => {
        const proof = await hashesOf(consistencyRanges(earlier.size, size));
        verifyConsistency(earlier.size, earlier.root, size, root, proof);
        return proof;
      }),
    consistencyFrom: async (oldSize) =>
      accused([checkpoint], async () => {
        const [oldRoot = EMPTY_ROOT, ...proof] = await hashesOf([
          { start: 0, end: oldSize },
          ...consistencyRanges(oldSize, size),
        ]);
        verifyConsistency(oldSize, oldRoot, size, root, proof);
        return proof;
      }),
    entriesFrom: async (index) =>
      accused([checkpoint], async () => (await bundle(tileOfLeaf(index, size))).slice(index % TILE_WIDTH)),
  };
}

function remember<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

async function fetchTile(fetch: TileFetch, wanted: Tile): Promise<readonly Hash[]> {
  const { bytes, width } = await fetchResource(fetch, tilePath, wanted, TILE_CAP);
  return parseHashTile(bytes, width).slice(0, wanted.width);
}

async function fetchBundle(fetch: TileFetch, wanted: Tile, hashes: readonly Hash[]): Promise<readonly Uint8Array[]> {
  const { bytes, width } = await fetchResource(fetch, bundlePath, wanted, BUNDLE_CAP);
  const entries = parseEntryBundle(bytes, width).slice(0, wanted.width);
  const wrong = entries.findIndex((entry, at) => !equalBytes(leafHash(entry), hashes[at] ?? new Uint8Array()));
  if (wrong < 0) return entries;
  throw new Fault(
    'bad-proof',
    `the entry ${wanted.index * TILE_WIDTH + wrong} does not have the hash that the tile has for it`,
  );
}

/** A partial resource may be gone as soon as the full one is there. */
async function fetchResource(fetch: TileFetch, pathOf: (tile: Tile) => string, wanted: Tile, cap: number) {
  for (const width of new Set([wanted.width, TILE_WIDTH])) {
    const bytes = await fetch(pathOf({ ...wanted, width }), cap);
    if (bytes !== undefined) return { bytes, width };
  }
  throw new Fault('missing', `${pathOf(wanted)} is missing, which the checkpoint demands`);
}

const WRONG: readonly FaultKind[] = ['bad-proof', 'bad-format', 'missing'];

/** Whatever is wrong with what a log serves under a checkpoint that it signed, the log misbehaved; the cause tells how. */
export async function accused<T>(evidence: readonly SignedCheckpoint[], body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || !WRONG.includes(error.kind)) throw error;
    throw new Fault('log-misbehaved', `the log does not have what it signed: ${error.message}`, {
      evidence: evidence.map(evidenceOf),
      hint: 'keep the checkpoint and the files of the log as they are: they show what happened',
      cause: error,
    });
  }
}
