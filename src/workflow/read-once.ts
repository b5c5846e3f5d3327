// SPDX-License-Identifier: Apache-2.0
import { createHash, type Hash } from 'node:crypto';
import type { Sha256 } from '../core/sha256.ts';
import type { Source } from './source.ts';

/** Takes the data of a file as it goes by. */
export interface Sink {
  update(chunk: Uint8Array): void;
}

export interface ReadFile {
  /** Bytes. */
  readonly size: number;
  readonly sha256: Sha256;
  /** The state after the data: only to be copied. */
  readonly state: Hash;
}

/** Reads a file once, for its SHA-256 and all sinks; undefined where it is not there. */
export async function readOnce(source: Source, name: string, sinks: readonly Sink[]): Promise<ReadFile | undefined> {
  const state = createHash('sha256');
  let size = 0;
  const found = await source.readChunks(name, (chunk) => {
    size += chunk.length;
    state.update(chunk);
    for (const sink of sinks) sink.update(chunk);
  });
  return found ? { size, sha256: state.copy().digest('hex') as Sha256, state } : undefined;
}

/** The same for bytes that are in memory. */
export function readBytes(bytes: Uint8Array, sinks: readonly Sink[] = []): ReadFile {
  const state = createHash('sha256').update(bytes);
  for (const sink of sinks) sink.update(bytes);
  return { size: bytes.length, sha256: state.copy().digest('hex') as Sha256, state };
}

/** Runs `work` over items, at most `limit` at once; the results keep the order of the items. After a failure nothing new begins. */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  let failed = false;
  const lane = async () => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await work(item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, lane));
  return results;
}
