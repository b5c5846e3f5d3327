// SPDX-License-Identifier: Apache-2.0
/** `log init` and `log inspect`: a tile log of one's own. */
import path from 'node:path';
import { isManifestName } from '../core/companions.ts';
import { formatBase64 } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import { EMPTY_ROOT } from '../core/merkle.ts';
import { type Finding, findingOf } from '../core/report.ts';
import { formatVerifierKey, type LogKey, parseLogKey, parseVerifierKey } from '../core/signed-note.ts';
import { checkEntries } from '../logs/tile-check.ts';
import {
  fetchFiles,
  findOblivion,
  readCheckpoint,
  readKeyFile,
  readPublished,
  type TileStore,
  tileStore,
} from '../logs/tile-store.ts';
import { tileView } from '../logs/tile-view.ts';
import { initLog, planLog } from '../logs/tiles.ts';
import type { Files, Ports } from '../ports.ts';
import { inFile } from './trust.ts';

/** Bytes; a PKCS#8 PEM file of an Ed25519 key has 119. */
const KEY_CAP = 16 * 1024;

/** A log's private key from a file, or `-`. Throws `unreadable`, and `usage` where the file is inside `served`. */
export async function readLogKey({ files }: Pick<Ports, 'files'>, file: string, served?: string): Promise<LogKey> {
  if (served !== undefined) await refuseInside(files, file, served);
  const pem = await files.readGiven(file, KEY_CAP);
  try {
    return await inFile(file, async () => parseLogKey(pem));
  } finally {
    pem.fill(0);
  }
}

/** What lies in the directory of a log is served to everybody. */
export async function refuseInside(files: Files, file: string, served: string): Promise<void> {
  if (file === '-') return;
  const [key, directory] = [await files.resolve(file), await files.resolve(served)];
  if (!key.startsWith(`${directory}/`)) return;
  throw new Fault('usage', `the key ${quote(file)} lies inside the log's directory, which is published`, {
    file,
    hint: 'move it elsewhere; if it was ever served, make a new key',
  });
}

export interface LogDescription {
  /** Every symbolic link resolved. */
  readonly directory: string;
  readonly origin: string;
  /** Entries. */
  readonly size: number;
  /** The root hash, base64 as in the checkpoint. */
  readonly root: string;
  /** For trust policies; absent where nobody told the key. */
  readonly vkey?: string;
}

const EMPTY_LOG = { size: 0, root: EMPTY_ROOT };

export interface LogInitOptions {
  readonly directory: string;
  readonly origin: string;
  /** A file, or `-`. */
  readonly keyFile: string;
  readonly dryRun: boolean;
}

/** Makes an empty log. Throws `conflict` where one is, `usage` for a bad origin, a key inside it, and a release around it, `unreadable`. */
export async function logInit(ports: Ports, options: LogInitOptions): Promise<LogDescription> {
  const { directory, origin } = options;
  if (/^[a-z]+:\/\//i.test(origin))
    throw new Fault('usage', `the name of a log has no scheme: ${quote(origin)}`, {
      hint: 'take something like "tarballs.example.org/log": it names the log for ever, and is no address',
    });
  const key = await readLogKey(ports, options.keyFile, directory);
  const { signer, directory: resolved } = await planLog(ports.files, directory, origin, key);
  await refuseRelease(ports.files, resolved);
  const { size, root } = options.dryRun ? EMPTY_LOG : await initLog(ports, directory, origin, key);
  return { directory: resolved, origin, size, root: formatBase64(root), vkey: formatVerifierKey(signer.verifier) };
}

/** The files of a log, or its state beside it, would be in the way of the next check of that release: no manifest lists them. */
async function refuseRelease(files: Files, log: string): Promise<void> {
  for (const place of [log, path.dirname(log)]) {
    const entries = await files.list(place).catch(onlyFault);
    const manifest = entries.find(({ type, name }) => type === 'file' && isManifestName(name));
    if (manifest === undefined) continue;
    throw new Fault('usage', `${quote(place)} holds a release: ${quote(manifest.name)}`, {
      file: log,
      hint: 'take a directory elsewhere: in a release, everything that no manifest lists is refused',
    });
  }
}

/** One that is not there, or that cannot be listed. */
function onlyFault(error: unknown): readonly never[] {
  if (error instanceof Fault) return [];
  throw error;
}

export interface LogInspectOptions {
  readonly directory: string;
  /** Recompute everything from the entries, instead of the root from the tiles at the right edge. */
  readonly full: boolean;
  /** The key to hold the checkpoint against; the one that `log init` left beside the log where none is given. */
  readonly vkey: string | undefined;
}

export interface LogInspection extends LogDescription {
  /** What the root was computed from. */
  readonly checked: 'edge' | 'entries';
  /** `not-checked` where no key is known. */
  readonly signature: 'good' | 'not-checked';
}

export interface Inspected {
  readonly inspection: LogInspection;
  readonly warnings: readonly Finding[];
}

/** Throws `not-found` where no log is, `wrong-key` for another key, `log-misbehaved` where what is published does not fit together. */
export async function logInspect({ files, progress }: Ports, options: LogInspectOptions): Promise<Inspected> {
  const store = await tileStore(files, options.directory);
  const vkey = options.vkey ?? (await readKeyFile(files, store));
  const checkpoint = await readAndVerify(files, store, vkey);
  const view = tileView(fetchFiles(files, store.directory), checkpoint);
  await view.edge();
  if (options.full) await checkEntries(view, progress);
  const { origin, size, root } = checkpoint;
  const described = {
    directory: store.directory,
    origin,
    size,
    root: formatBase64(root),
    checked: options.full ? 'entries' : 'edge',
  } as const;
  const oblivion = await findOblivion(files, store, checkpoint);
  return {
    inspection:
      vkey === undefined ? { ...described, signature: 'not-checked' } : { ...described, signature: 'good', vkey },
    warnings: oblivion === undefined ? [] : [findingOf(oblivion)],
  };
}

const readAndVerify = async (files: Files, store: TileStore, vkey: string | undefined) =>
  vkey === undefined ? readCheckpoint(files, store) : readPublished(files, store, parseVerifierKey(vkey));
