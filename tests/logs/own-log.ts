// SPDX-License-Identifier: Apache-2.0
import { expect } from 'vitest';
import { parseSignedCheckpoint, type SignedCheckpoint } from '../../src/core/checkpoint.ts';
import { Fault, type FaultKind } from '../../src/core/fault.ts';
import { formatVerifierKey, generateLogKeyPem, noteSigner, parseLogKey } from '../../src/core/signed-note.ts';
import type { LogPorts } from '../../src/logs/tile-store.ts';
import { initLog, openTileLog } from '../../src/logs/tiles.ts';
import type { Files, Lock } from '../../src/ports.ts';
import { type MemoryFiles, memoryFiles } from './memory-files.ts';
import { type Get, readLog, type ServedLog } from './tile-client.ts';

export const ORIGIN = 'example.org/log';
export const KEY = parseLogKey(Buffer.from(generateLogKeyPem()));
export const OTHER_KEY = parseLogKey(Buffer.from(generateLogKeyPem()));
export const SIGNER = noteSigner(ORIGIN, KEY);
export const VKEY = formatVerifierKey(SIGNER.verifier);
export const LOG = '/srv/log';

/** For logs with one writer. */
export const noLock: Lock = { hold: async (_path, _patience, body) => body() };

export const portsOf = (files: Files, lock = noLock): LogPorts => ({
  files,
  lock,
  progress: { report: () => undefined, end: () => undefined },
});

export const entry = (index: number): Buffer => Buffer.from(`entry ${index}`);
export const entries = (from: number, to: number): readonly Buffer[] =>
  Array.from({ length: to - from }, (_, at) => entry(from + at));

export const memoryGet =
  ({ content }: MemoryFiles): Get =>
  (resource) =>
    content.get(`${LOG}/${resource}`);

/** What the independent client reads. */
export const served = (files: MemoryFiles): ServedLog => readLog(memoryGet(files), VKEY);

export const publishedIn = (files: MemoryFiles): SignedCheckpoint =>
  parseSignedCheckpoint(files.content.get(`${LOG}/checkpoint`) ?? Buffer.alloc(0));

export const open = async (files: Files) => openTileLog(portsOf(files), LOG, KEY);

export const append = async (files: Files, list: readonly Uint8Array[]) => (await open(files)).append(list);

export const copyOf = (files: MemoryFiles): MemoryFiles => memoryFiles(new Map(files.content));

/** A log in memory with `entry(0)` to `entry(size - 1)`. */
export async function logOf(size: number): Promise<MemoryFiles> {
  const files = memoryFiles();
  await initLog(portsOf(files), LOG, ORIGIN, KEY);
  await append(files, entries(0, size));
  return files;
}

/** The Fault that a promise ends in. */
export async function faultOf(promise: Promise<unknown>, kind: FaultKind): Promise<Fault> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Fault)) throw error ?? new Error(`nothing was thrown instead of ${kind}`);
  expect({ kind: error.kind, message: error.message }).toEqual({ kind, message: error.message });
  return error;
}
