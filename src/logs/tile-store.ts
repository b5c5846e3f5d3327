// SPDX-License-Identifier: Apache-2.0
/**
 * Where a tile log of one's own lies: the served tree, and beside it the state that is not served.
 *
 *   DIR/checkpoint, DIR/tile/…     c2sp.org/tlog-tiles, for any web server
 *   DIR.state/lock                 held while the log is written to
 *   DIR.state/checkpoint           the last one that we signed; the index is complete up to it
 *   DIR.state/index/000 … fff      see tile-index.ts
 *   DIR.state/log.vkey             the log's public key, for people
 */
import {
  CHECKPOINT_CAP,
  formatSignedCheckpoint,
  parseSignedCheckpoint,
  type SignedCheckpoint,
  verifyCheckpoint,
} from '../core/checkpoint.ts';
import { Fault, quote } from '../core/fault.ts';
import type { NoteSigner, NoteVerifier } from '../core/signed-note.ts';
import { CHECKPOINT_PATH } from '../core/tile.ts';
import type { Files, Ports } from '../ports.ts';
import type { TileFetch } from './tile-view.ts';

export type LogPorts = Pick<Ports, 'files' | 'lock' | 'progress'>;

export interface TileStore {
  /** The served tree, every symbolic link resolved: two names of one log must not have two locks. */
  readonly directory: string;
  readonly state: string;
}

export interface WritableStore extends TileStore {
  readonly signer: NoteSigner;
}

export async function tileStore(files: Files, directory: string): Promise<TileStore> {
  const resolved = await files.resolve(directory);
  return { directory: resolved, state: `${resolved}.state` };
}

/** Reads the files of a log for a `TileView`. */
export const fetchFiles =
  (files: Files, directory: string): TileFetch =>
  async (path, cap) =>
    readIfThere(files, `${directory}/${path}`, cap);

export async function readIfThere(files: Files, file: string, cap: number): Promise<Uint8Array | undefined> {
  try {
    return await files.read(file, cap);
  } catch (error) {
    if (error instanceof Fault && error.kind === 'not-found') return undefined;
    throw error;
  }
}

/** The published checkpoint, not verified. Throws `not-found` where no log is, `log-misbehaved` where it is none. */
export async function readCheckpoint(files: Files, store: TileStore): Promise<SignedCheckpoint> {
  const { directory, state } = store;
  const bytes = await readIfThere(files, `${directory}/${CHECKPOINT_PATH}`, CHECKPOINT_CAP);
  if (bytes === undefined) {
    throw new Fault('not-found', `there is no log in ${quote(directory)}`, {
      file: directory,
      hint: (await isRemembered(files, store))
        ? `there was one, which ${quote(state)} remembers: is its directory mounted? restore it, and make no other`
        : 'make one with "artifact-signing log init"',
    });
  }
  return accuse([Buffer.from(bytes).toString()], () => parseSignedCheckpoint(bytes));
}

/** The published checkpoint, signed by this key. Throws `wrong-key` where another key signed, `log-misbehaved` where none did. */
export async function readPublished(files: Files, store: TileStore, key: NoteVerifier): Promise<SignedCheckpoint> {
  const published = await readCheckpoint(files, store);
  try {
    accuse([Buffer.from(formatSignedCheckpoint(published)).toString()], () => verifyCheckpoint(published, [key]));
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'wrong-key') throw error;
    throw otherKey(store, published.origin, key, error);
  }
  return published;
}

const otherKey = ({ directory }: TileStore, origin: string, { name, keyId }: NoteVerifier, cause: Fault) =>
  new Fault('wrong-key', `the key is not that of the log ${quote(origin)} in ${quote(directory)}`, {
    hint: `its checkpoint would have to be signed by ${quote(`${name}+${keyId}`)}, and ${cause.hint}`,
    cause,
  });

/** What a log publishes is malformed, or has a signature that its own key did not make. */
function accuse<T>(evidence: readonly string[], body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Fault) || (error.kind !== 'bad-format' && error.kind !== 'bad-signature')) throw error;
    throw new Fault('log-misbehaved', `the published checkpoint is damaged: ${error.message}`, {
      evidence,
      cause: error,
    });
  }
}

const rememberedIn = ({ state }: TileStore) => `${state}/checkpoint`;

/** Whether anything here would notice that the log was set back. */
const isRemembered = async (files: Files, store: TileStore): Promise<boolean> =>
  (await files.stat(rememberedIn(store))) !== undefined;

/** What is to be told of a log that nothing here remembers; undefined where something does, or there is nothing to remember. */
export async function findOblivion(
  files: Files,
  store: TileStore,
  { origin, size }: SignedCheckpoint,
): Promise<Fault | undefined> {
  if (size === 0 || (await isRemembered(files, store))) return undefined;
  return new Fault('missing', `nothing here remembers the log ${quote(origin)}: it could have been set back`, {
    file: store.state,
    hint: 'was it moved or restored without its state? compare it with a mirror, a witness, or the proofs of the latest releases',
  });
}

/** The checkpoint that was signed last; undefined where there is no state. Throws `bad-format`, `wrong-key`. */
export async function readRemembered(files: Files, store: WritableStore): Promise<SignedCheckpoint | undefined> {
  const file = rememberedIn(store);
  const bytes = await readIfThere(files, file, CHECKPOINT_CAP);
  if (bytes === undefined) return undefined;
  try {
    const remembered = parseSignedCheckpoint(bytes);
    verifyCheckpoint(remembered, [store.signer.verifier]);
    return remembered;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.kind, `${quote(file)}: ${error.message}`, {
      file,
      hint: 'is it the state of another log? what is needed of it is made again when it is moved away',
      cause: error,
    });
  }
}

export const remember = async (files: Files, store: TileStore, checkpoint: SignedCheckpoint): Promise<void> =>
  files.write(rememberedIn(store), formatSignedCheckpoint(checkpoint), { durable: true });

const keyFileOf = ({ state }: TileStore) => `${state}/log.vkey`;

/** The vkey as the log's keeper has it, not as the log serves it; undefined where the state is not here. */
export async function readKeyFile(files: Files, store: TileStore): Promise<string | undefined> {
  const bytes = await readIfThere(files, keyFileOf(store), 4096);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString().trim();
}

export const writeKeyFile = async (files: Files, store: TileStore, vkey: string): Promise<void> =>
  files.write(keyFileOf(store), `${vkey}\n`, { durable: true });
