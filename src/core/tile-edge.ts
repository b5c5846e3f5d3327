// SPDX-License-Identifier: Apache-2.0
/**
 * The right edge of a tiled tree: its partial tiles, which is all that one needs in order to know its root and to grow it.
 * A tree of 70,000 entries has the edge [112 leaf hashes], [17 hashes of level 1], [1 hash of level 2].
 */
import { Fault } from './fault.ts';
import { type Hash, rangeHash, rootOf } from './merkle.ts';
import { hashInTile, TILE_HEIGHT, TILE_WIDTH, type Tile } from './tile.ts';

export interface Edge {
  /** Entries in the tree. */
  readonly size: number;
  /** The hashes of the partial tile of each level; empty where a level ends with a full tile. */
  readonly tails: readonly (readonly Hash[])[];
}

export interface HashTile {
  readonly tile: Tile;
  readonly hashes: readonly Hash[];
}

export const EMPTY_EDGE: Edge = { size: 0, tails: [] };

/** The root of the tree. */
export function edgeRoot({ size, tails }: Edge): Hash {
  return rangeHash((subtree) => hashInTile(subtree, tails[Math.floor(subtree.height / TILE_HEIGHT)] ?? []), {
    start: 0,
    end: size,
  });
}

/** The edge after these leaves are appended, and the tiles that came to be or grew wider, from level 0 upwards. */
export function growEdge(
  edge: Edge,
  leaves: readonly Hash[],
): { readonly edge: Edge; readonly tiles: readonly HashTile[] } {
  const size = edge.size + leaves.length;
  if (!Number.isSafeInteger(size)) throw new Fault('usage', 'the log would have more than 2^53-1 entries');
  const tails = [...edge.tails];
  const tiles: HashTile[] = [];
  let added = leaves;
  for (let level = 0; added.length > 0; level += 1) {
    const first = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    const grown = chunks([...(tails[level] ?? []), ...added]);
    tiles.push(...grown.map((hashes, at) => ({ tile: { level, index: first + at, width: hashes.length }, hashes })));
    const last = grown.at(-1) ?? [];
    tails[level] = last.length === TILE_WIDTH ? [] : last;
    added = grown.filter((hashes) => hashes.length === TILE_WIDTH).map(rootOf);
  }
  return { edge: { size, tails }, tiles };
}

const chunks = (hashes: readonly Hash[]): readonly (readonly Hash[])[] =>
  Array.from({ length: Math.ceil(hashes.length / TILE_WIDTH) }, (_, at) =>
    hashes.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH),
  );
