// SPDX-License-Identifier: Apache-2.0
/** Files of any size, piece by piece. */
import fs from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { Fault, quote } from '../core/fault.ts';
import { faultOf } from './system-error.ts';

/**
 * Measured with SHA-256 on Node 24: from 64 to 256 KiB all are alike; larger ones take half as long again on processors whose cache
 * they leave. To read one piece ahead in another thread saves nothing that the two do not lose again by waiting for each other.
 */
export const CHUNK = 128 * 1024;

/** Chunks of a large file, after each so many of which whatever else waits has its turn: progress, signatures, signals. */
const TURN = 64;

/** Neither through a symbolic link nor waiting for the other end of a pipe. */
export const REGULAR = fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK;

export const irregular = (file: string) => new Fault('bad-name', `${quote(file)} is not a regular file`, { file });

export function attempt<T>(file: string, verb: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw faultOf(error, verb, file);
  }
}

/** See the contract in ports.ts. */
export async function readChunks(file: string, onChunk: (chunk: Uint8Array) => void): Promise<number> {
  const flags = fs.constants.O_RDONLY | REGULAR;
  const descriptor = attempt(file, 'open', () => fs.openSync(file, flags));
  try {
    const look = () => attempt(file, 'look at', () => fs.fstatSync(descriptor, { bigint: true }));
    const before = look();
    if (!before.isFile()) throw irregular(file);
    const size = await pump(descriptor, file, Number(before.size), onChunk);
    const after = look();
    const named = attempt(file, 'look at', () => fs.lstatSync(file, { bigint: true, throwIfNoEntry: false }));
    if (BigInt(size) === before.size && sameFile(before, after) && sameFile(after, named)) return size;
    throw new Fault('changed', `${quote(file)} changed while it was read`, {
      file,
      hint: 'let the build finish first, then run this again',
    });
  } finally {
    fs.closeSync(descriptor);
  }
}

const sameFile = (a: fs.BigIntStats, b: fs.BigIntStats | undefined) =>
  a.ino === b?.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;

/** Of all files: nothing waits between the read of a chunk and the work on it. */
let shared: Buffer | undefined;

/** Reads at most a little more than `expected` bytes: a file that grows for ever ends here too. */
async function pump(
  descriptor: number,
  file: string,
  expected: number,
  onChunk: (chunk: Uint8Array) => void,
): Promise<number> {
  shared ??= Buffer.allocUnsafeSlow(CHUNK);
  const buffer = shared;
  let size = 0;
  for (let chunks = 1; size <= expected; chunks += 1) {
    const length = attempt(file, 'read', () => fs.readSync(descriptor, buffer));
    if (length === 0) break;
    size += length;
    onChunk(buffer.subarray(0, length));
    if (chunks % TURN === 0) await setImmediate();
  }
  return size;
}
