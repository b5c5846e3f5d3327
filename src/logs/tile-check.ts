// SPDX-License-Identifier: Apache-2.0
import { equalBytes } from '../core/encoding.ts';
import { Fault } from '../core/fault.ts';
import { leafHash } from '../core/merkle.ts';
import { formatHashTile, type Tile, tileOf, tilePath } from '../core/tile.ts';
import { type Edge, EMPTY_EDGE, edgeRoot, growEdge } from '../core/tile-edge.ts';
import type { Progress } from '../ports.ts';
import { accused, type TileView } from './tile-view.ts';

/**
 * Reads a whole log, in memory that does not grow with it: every hash tile is the one that the entries give, and together they
 * give the root. Throws `log-misbehaved`.
 */
export async function checkEntries(view: TileView, progress: Progress): Promise<void> {
  const { size, root } = view.checkpoint;
  let edge: Edge = EMPTY_EDGE;
  while (edge.size < size) {
    const grown = growEdge(edge, (await view.entriesFrom(edge.size)).map(leafHash));
    for (const { tile, hashes } of grown.tiles) {
      if (isFinal(tile, size)) await compare(view, tile, formatHashTile(hashes));
    }
    edge = grown.edge;
    progress.report('log entries checked', edge.size, size);
  }
  progress.end();
  await accused([view.checkpoint], async () => {
    if (!equalBytes(edgeRoot(edge), root)) throw new Fault('bad-proof', 'the entries do not hash to the root');
  });
}

/** While the log is read, tiles of the upper levels grow step by step. */
const isFinal = ({ level, index, width }: Tile, size: number) => tileOf(level, index, size).width === width;

async function compare(view: TileView, tile: Tile, expected: Uint8Array): Promise<void> {
  const served = formatHashTile(await view.tile(tile));
  await accused([view.checkpoint], async () => {
    if (!equalBytes(served, expected))
      throw new Fault('bad-proof', `${tilePath(tile)} does not have the hashes of its entries`);
  });
}
