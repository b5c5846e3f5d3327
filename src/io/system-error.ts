// SPDX-License-Identifier: Apache-2.0
import os from 'node:os';
import { Fault, type FaultKind, quote } from '../core/fault.ts';

interface Meaning {
  readonly kind: FaultKind;
  readonly why: string;
  readonly hint?: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOENT: { kind: 'not-found', why: 'no such file or directory', hint: 'check the path' },
  ENOTDIR: { kind: 'not-found', why: 'a part of the path is not a directory', hint: 'check the path' },
  EEXIST: { kind: 'usage', why: 'something else is there already', hint: 'check the path' },
  EISDIR: { kind: 'usage', why: 'it is a directory', hint: 'name a file' },
  ELOOP: { kind: 'bad-name', why: 'it is a symbolic link', hint: 'put the file itself there' },
  ENXIO: { kind: 'bad-name', why: 'it is not a regular file' },
  EACCES: { kind: 'io', why: 'permission denied', hint: 'does this user own the file and its directory?' },
  EPERM: { kind: 'io', why: 'the system does not permit it' },
  EROFS: { kind: 'io', why: 'the file system is read-only', hint: 'work on a copy in a directory that can be written' },
  ENOSPC: {
    kind: 'io',
    why: 'no space left on the disk',
    hint: 'make room, then run this again: nothing half-written was left',
  },
  EFBIG: { kind: 'io', why: 'the file is larger than this process may write' },
  EDQUOT: {
    kind: 'io',
    why: 'the disk quota is used up',
    hint: 'make room, then run this again: nothing half-written was left',
  },
  EIO: { kind: 'io', why: 'the disk reports an input/output error' },
  ENAMETOOLONG: { kind: 'usage', why: 'the name is too long for this file system' },
};

/** The `code` of a system error, such as `ENOENT`. Node has no names for some, such as EDQUOT: those are looked up. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return undefined;
  if (!/^unknown/i.test(error.code) || !('errno' in error)) return error.code;
  const named = Object.entries(os.constants.errno).find(([, number]) => -number === error.errno);
  return named?.[0] ?? error.code;
}

/** A system error as a Fault: "cannot VERB PATH: why". */
export function faultOf(error: unknown, verb: string, file: string): Fault {
  if (error instanceof Fault) return error;
  const code = errorCode(error);
  const { kind, why, hint } = MEANINGS[code ?? ''] ?? { kind: 'io', why: code ?? String(error), hint: undefined };
  return new Fault(kind, `cannot ${verb} ${quote(file)}: ${why}`, { file, hint, cause: error });
}

/** Why, in a few words. Where every address of a host was tried, the message is empty and the code tells. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? (errorCode(error) ?? error.name) : error.message;
}
