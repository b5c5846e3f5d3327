// SPDX-License-Identifier: Apache-2.0
/** Files of any size, piece by piece. */
import fs from 'node:fs';
import { Fault, quote } from '../core/fault.ts';
import { faultOf } from './system-error.ts';

/** Measured with SHA-256 on Node 24: from 128 KiB to 1 MiB all are alike; 64 KiB and 4 MiB take up to a tenth more. */
export const CHUNK = 256 * 1024;

/** Two such pieces of a larger file: one is read while the other is worked on, which saves an eighth of the time. */
const PIECE = 1024 * 1024;

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
    const expected = Number(before.size);
    const size =
      expected <= CHUNK
        ? pump(descriptor, file, expected, onChunk)
        : await pumpAhead(descriptor, file, expected, onChunk);
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

let shared: Buffer | undefined;

/** Reads at most a little more than `expected` bytes: a file that grows for ever ends here too. */
function pump(descriptor: number, file: string, expected: number, onChunk: (chunk: Uint8Array) => void): number {
  shared ??= Buffer.allocUnsafeSlow(CHUNK);
  const buffer = shared;
  let size = 0;
  while (size <= expected) {
    const length = attempt(file, 'read', () => fs.readSync(descriptor, buffer));
    if (length === 0) break;
    size += length;
    onChunk(buffer.subarray(0, length));
  }
  return size;
}

/** The same, one piece ahead. Nobody reads any more when it returns or throws: the descriptor may be closed then. */
async function pumpAhead(
  descriptor: number,
  file: string,
  expected: number,
  onChunk: (chunk: Uint8Array) => void,
): Promise<number> {
  let [piece, other] = [Buffer.allocUnsafeSlow(PIECE), Buffer.allocUnsafeSlow(PIECE)];
  let ahead = readInThread(descriptor, piece, file);
  let size = 0;
  try {
    while (size <= expected) {
      const length = await ahead;
      if (length === 0) break;
      size += length;
      if (size <= expected) ahead = readInThread(descriptor, other, file);
      onChunk(piece.subarray(0, length));
      [piece, other] = [other, piece];
    }
    return size;
  } finally {
    await ahead.catch(() => undefined);
  }
}

const readInThread = (descriptor: number, piece: Uint8Array, file: string): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.read(descriptor, piece, 0, piece.length, null, (error, length) =>
      error === null ? resolve(length) : reject(faultOf(error, 'read', file)),
    );
  });
