// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { temporaryName } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import type { WriteOptions, Writer } from '../ports.ts';
import { ownMaker } from './maker.ts';
import { errorCode, faultOf } from './system-error.ts';

/** Syncs a directory (or a file) by its path: after a rename the name itself is on disk too. */
export function fsyncPath(target: string): void {
  const descriptor = fs.openSync(target, fs.constants.O_RDONLY);
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** A file that appears on `commit`; see the contract in ports.ts. */
export function createWriter(target: string, options: WriteOptions = {}): Writer {
  const directory = path.dirname(target);
  const temporary = path.join(directory, temporaryName(randomBytes(8).toString('hex'), ownMaker()));
  let descriptor: number | undefined;
  let present = false;
  let committed = false;
  const guarded = <T>(body: () => T): T => {
    try {
      return body();
    } catch (error) {
      discard();
      throw error instanceof Fault ? error : faultOf(error, 'write', target);
    }
  };
  const close = () => {
    const open = descriptor;
    // also where closing fails, as it can on a network file system, the descriptor is gone
    descriptor = undefined;
    if (open !== undefined) fs.closeSync(open);
  };
  const discard = () => {
    attempt(close);
    if (present) attempt(() => fs.unlinkSync(temporary));
    present = false;
  };
  guarded(() => {
    refusePresent(target, options.replace !== false);
    descriptor = fs.openSync(temporary, 'wx', options.mode ?? 0o644);
    present = true;
    fs.fchmodSync(descriptor, options.mode ?? 0o644);
  });
  const seal = () => {
    if (descriptor === undefined) return;
    if (options.durable === true) fs.fsyncSync(descriptor);
    close();
  };
  return {
    write: (chunk) => guarded(() => writeAll(descriptor, chunk)),
    seal: async () => guarded(seal),
    commit: async () =>
      guarded(() => {
        if (committed) return;
        if (!present)
          throw new Fault('io', `cannot write ${quote(target)}: its writing was given up`, { file: target });
        seal();
        place(temporary, target, options.replace !== false);
        present = false;
        committed = true;
        if (options.durable === true) fsyncPath(directory);
      }),
    abort: async () => discard(),
  };
}

/** What is thrown away needs no second error: a temporary file that stays is cleared by a later run. */
function attempt(body: () => void): void {
  try {
    body();
  } catch {}
}

/** A rename would put a file in the place of a device such as /dev/null, too. */
function refusePresent(target: string, replace: boolean): void {
  const info = fs.lstatSync(target, { throwIfNoEntry: false });
  if (info === undefined) return;
  if (!replace) throw taken(target);
  if (info.isFile()) return;
  const what = info.isDirectory() ? 'a directory' : 'not a regular file';
  throw new Fault('usage', `cannot write ${quote(target)}: it is ${what}`, { file: target, hint: 'name a file' });
}

function writeAll(descriptor: number | undefined, chunk: Uint8Array): void {
  if (descriptor === undefined) throw new Fault('io', 'written to after it was closed');
  for (let offset = 0; offset < chunk.length; ) offset += fs.writeSync(descriptor, chunk, offset);
}

/** `link` fails where the name is taken, `rename` does not: only `link` can promise not to replace. */
function place(temporary: string, target: string, replace: boolean): void {
  if (replace) {
    fs.renameSync(temporary, target);
    return;
  }
  try {
    fs.linkSync(temporary, target);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw taken(target);
    throw error;
  }
  fs.unlinkSync(temporary);
}

const taken = (target: string) => new Fault('conflict', `${quote(target)} is there already`, { file: target });
