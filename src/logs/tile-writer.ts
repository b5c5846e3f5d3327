// SPDX-License-Identifier: Apache-2.0
/**
 * Appends to a tile log. Whatever is interrupted, wherever, leaves a log that is either as before or has all of the new entries:
 *
 *   1. under the lock, the published checkpoint is read; the log's own key signed it, and the log has all that we remember
 *   2. the tiles at its right edge lead to its root
 *   3. entries that the log has are found through the index, and compared with what the log has
 *   4. bundles and hash tiles for the others are written; nobody reads them before a checkpoint demands them
 *   5. the index learns of them: an entry that was published is never unknown to it
 *   6. the new checkpoint is signed, remembered, and published, if nobody else has published one
 *   7. partial tiles that are superseded by full ones go
 */
import { type SignedCheckpoint, signCheckpoint } from '../core/checkpoint.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault } from '../core/fault.ts';
import { type Hash, leafHash } from '../core/merkle.ts';
import {
  bundlePath,
  checkEntry,
  formatEntryBundle,
  formatHashTile,
  lastFullTiles,
  partialsPath,
  TILE_WIDTH,
  type Tile,
  tilePath,
} from '../core/tile.ts';
import { type Edge, edgeRoot, growEdge, type HashTile } from '../core/tile-edge.ts';
import type { Files } from '../ports.ts';
import { type LeafIndex, type LeafRecord, leafIndex } from './tile-index.ts';
import { openPublished, publish } from './tile-publish.ts';
import type { LogPorts, WritableStore } from './tile-store.ts';
import type { TileView } from './tile-view.ts';

/** Milliseconds that a writer waits for others. */
const PATIENCE = 120_000;

export interface Placed {
  readonly index: number;
  /** False where the log had the entry already, or the same call has it twice. */
  readonly isNew: boolean;
}

export interface Appended {
  /** In the order of the entries. */
  readonly placed: readonly Placed[];
  /** Published, and with all of the entries in it. */
  readonly checkpoint: SignedCheckpoint;
}

interface Fresh extends LeafRecord {
  readonly entry: Uint8Array;
}

/**
 * Appends entries of at most 65535 bytes, all in one checkpoint. Throws `usage` for larger ones, `locked` where another writer is
 * at work, `wrong-key` where the log has another key, `log-misbehaved` where the log is not what it was.
 */
export async function append(ports: LogPorts, log: WritableStore, entries: readonly Uint8Array[]): Promise<Appended> {
  const { files } = ports;
  entries.forEach(checkEntry);
  await files.makeDirectory(log.state);
  return ports.lock.hold(`${log.state}/lock`, PATIENCE, async () => {
    await files.clearTemporary(log.state, 0);
    const index = leafIndex(files, `${log.state}/index`);
    const view = await openPublished(ports, log, index);
    const edge = await view.edge();
    const { placed, fresh } = await place(view, index, entries);
    // what a run that was interrupted in step 7 has left
    await tidy(files, log.directory, lastFullTiles(view.checkpoint.size));
    if (fresh.length === 0) return { placed, checkpoint: view.checkpoint };
    const leaves = fresh.map(({ leaf }) => leaf);
    const grown = growEdge(edge, leaves);
    await writeTiles(files, log.directory, [...(await lastBundle(view, edge)), ...fresh], grown.tiles);
    await index.add(fresh);
    const checkpoint = sign(log, view.checkpoint.origin, grown.edge);
    await publish(files, log, view.checkpoint, checkpoint);
    await tidy(
      files,
      log.directory,
      grown.tiles.map(({ tile }) => tile),
    );
    return { placed, checkpoint };
  });
}

const sign = ({ signer }: WritableStore, origin: string, edge: Edge): SignedCheckpoint =>
  signCheckpoint({ origin, size: edge.size, root: edgeRoot(edge), extensions: [] }, signer);

/** Step 3. */
async function place(view: TileView, index: LeafIndex, entries: readonly Uint8Array[]) {
  const placed: Placed[] = [];
  const fresh: Fresh[] = [];
  const seen = new Map<string, number>();
  for (const entry of entries) {
    const leaf = leafHash(entry);
    const key = Buffer.from(leaf).toString('hex');
    const known = seen.get(key) ?? (await find(view, index, entry, leaf));
    const at = known ?? view.checkpoint.size + fresh.length;
    if (known === undefined) fresh.push({ entry, leaf, index: at });
    seen.set(key, at);
    placed.push({ index: at, isNew: known === undefined });
  }
  return { placed, fresh };
}

async function find(view: TileView, index: LeafIndex, entry: Uint8Array, leaf: Hash): Promise<number | undefined> {
  for (const hint of await index.hints(leaf)) {
    if (hint >= view.checkpoint.size) continue;
    const [there] = await view.entriesFrom(hint);
    if (there !== undefined && equalBytes(there, entry)) return hint;
  }
  return undefined;
}

/** The entries in the bundle that is not full yet. */
async function lastBundle(view: TileView, { size }: Edge): Promise<readonly { readonly entry: Uint8Array }[]> {
  const width = size % TILE_WIDTH;
  return width === 0 ? [] : (await view.entriesFrom(size - width)).map((entry) => ({ entry }));
}

/** Step 4. Leftovers of interrupted runs lie beyond the checkpoint, and are replaced. */
async function writeTiles(
  files: Files,
  directory: string,
  entries: readonly { readonly entry: Uint8Array }[],
  tiles: readonly HashTile[],
): Promise<void> {
  const ready = new Set<string>();
  const write = async (path: string, content: Uint8Array) => {
    const parent = `${directory}/${path.slice(0, path.lastIndexOf('/'))}`;
    if (!ready.has(parent)) {
      await files.makeDirectory(parent);
      await files.clearTemporary(parent, 0);
      ready.add(parent);
    }
    await files.write(`${directory}/${path}`, content, { durable: true });
  };
  let at = 0;
  for (const { tile, hashes } of tiles) {
    if (tile.level === 0) {
      const bundle = entries.slice(at, at + tile.width).map(({ entry }) => entry);
      await write(bundlePath(tile), formatEntryBundle(bundle));
      at += tile.width;
    }
    await write(tilePath(tile), formatHashTile(hashes));
  }
}

/** Step 7. The log is complete without it, so that what goes wrong here is no failure. */
async function tidy(files: Files, directory: string, tiles: readonly Tile[]): Promise<void> {
  const full = tiles.flatMap((tile) => {
    if (tile.width < TILE_WIDTH) return [];
    return tile.level === 0 ? [tilePath(tile), bundlePath(tile)] : [tilePath(tile)];
  });
  try {
    for (const path of full) await removeAll(files, `${directory}/${partialsPath(path)}`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}

async function removeAll(files: Files, directory: string): Promise<void> {
  if ((await files.stat(directory)) === undefined) return;
  for (const { name } of await files.list(directory)) await files.remove(`${directory}/${name}`);
}
