// SPDX-License-Identifier: Apache-2.0
/**
 * The file system. Files appear whole or not at all:
 *
 *   open(".artifact-signing-….tmp", O_CREAT | O_EXCL | O_WRONLY) · write · [fsync] · close ·
 *   rename (or, where nothing may be replaced, link and unlink) · [fsync of the directory]
 *
 * Calls are synchronous inside: that is faster than the event loop can hand out work; for large files see chunks.ts.
 */
import fs from 'node:fs';
import path from 'node:path';
import { isTemporaryName, makerOf } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import type { DirectoryEntry, FileInfo, Files, FileType } from '../ports.ts';
import { attempt, CHUNK, irregular, REGULAR, readChunks } from './chunks.ts';
import { hasEnded } from './maker.ts';
import { errorCode, faultOf } from './system-error.ts';
import { createWriter, fsyncPath } from './writer.ts';

export const nodeFiles = (): Files => ({
  list: async (directory) => listDirectory(directory),
  stat: async (file) => statPath(file),
  read: async (file, cap) => readWhole(file, cap, REGULAR),
  readGiven: async (file, cap) => (file === '-' ? readDescriptor(0, 'standard input', cap) : readWhole(file, cap, 0)),
  readChunks: async (file, onChunk) => readChunks(file, onChunk),
  create: async (file, options) => createWriter(file, options),
  write: async (file, content, options) => {
    const writer = createWriter(file, options);
    try {
      writer.write(typeof content === 'string' ? Buffer.from(content) : content);
      await writer.commit();
    } finally {
      await writer.abort();
    }
  },
  append: async (file, content) => append(file, content),
  makeDirectory: async (directory) => makeDirectory(directory),
  remove: async (file) => removeFile(file),
  clearTemporary: async (directory, age) => clearTemporary(directory, age),
  resolve: async (file) => resolvePath(file),
});

/**
 * With its parents, one by one: Node's own way to do so calls everything that it does not expect, such as a read-only file system, "no
 * such file". The names of new directories are synced, so that nothing durable can be written below a name that is lost.
 */
function makeDirectory(directory: string): void {
  attempt(directory, 'make the directory', () => {
    if (!isMade(directory)) {
      makeDirectory(path.dirname(directory));
      if (!isMade(directory)) throw Object.assign(new Error('its parent has gone'), { code: 'ENOENT' });
    }
  });
}

/** False where the parent is missing. */
function isMade(directory: string): boolean {
  try {
    fs.mkdirSync(directory);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' && path.dirname(directory) !== directory) return false;
    // as of "/", and of one that is there on a file system that takes no more
    if (fs.statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return true;
    throw error;
  }
  fsyncPath(path.dirname(directory));
  return true;
}

function removeFile(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw faultOf(error, 'remove', file);
  }
}

function typeOf(entry: fs.Dirent<Buffer> | fs.Stats): FileType {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}

function listDirectory(directory: string): readonly DirectoryEntry[] {
  const entries = attempt(directory, 'list', () =>
    fs.readdirSync(directory, { encoding: 'buffer', withFileTypes: true }),
  );
  entries.sort((a, b) => Buffer.compare(a.name, b.name));
  return entries.map((entry) => ({ name: decodeName(entry.name, directory), type: typeOf(entry) }));
}

function decodeName(bytes: Buffer, directory: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const shown = bytes
      .toString('latin1')
      .replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
    throw new Fault('bad-name', `a name in ${quote(directory)} is not valid UTF-8: "${shown}"`, {
      file: directory,
      hint: 'rename the file',
      cause,
    });
  }
}

function statPath(file: string): FileInfo | undefined {
  try {
    const info = fs.lstatSync(file);
    return { type: typeOf(info), size: info.size };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw faultOf(error, 'look at', file);
  }
}

function readWhole(file: string, cap: number, flags: number): Uint8Array {
  const descriptor = attempt(file, 'open', () => fs.openSync(file, fs.constants.O_RDONLY | flags));
  try {
    const info = attempt(file, 'look at', () => fs.fstatSync(descriptor));
    if (flags === REGULAR && !info.isFile()) throw irregular(file);
    if (info.isFile() && info.size > cap) throw tooLarge(file, cap);
    // a byte more than there is, so that its end is found at once; what has a size of 0 may still have content, as in /proc
    return readDescriptor(descriptor, file, cap, info.isFile() && info.size > 0 ? info.size + 1 : CHUNK);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** To the end, which a pipe tells only at the end. What is read may be a secret, so the pieces are wiped. */
function readDescriptor(descriptor: number, file: string, cap: number, likely = CHUNK): Uint8Array {
  const piece = Buffer.alloc(Math.min(CHUNK, cap + 1, likely));
  const parts: Buffer[] = [];
  try {
    for (let size = 0; ; ) {
      const length = readSome(descriptor, file, piece);
      if (length === 0) return Buffer.concat(parts);
      size += length;
      if (size > cap) throw tooLarge(file, cap);
      parts.push(Buffer.from(piece.subarray(0, length)));
    }
  } finally {
    for (const part of [piece, ...parts]) part.fill(0);
  }
}

/** Standard input does not block where whoever shares it has told it so: then there is nothing yet, which is no error. */
function readSome(descriptor: number, file: string, piece: Uint8Array): number {
  for (;;) {
    try {
      return fs.readSync(descriptor, piece);
    } catch (error) {
      if (errorCode(error) !== 'EAGAIN') throw faultOf(error, 'read', file);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

const tooLarge = (file: string, cap: number) =>
  new Fault('bad-format', `${quote(file)} is larger than the ${cap} bytes that such a file can have`, {
    file,
    hint: 'is it the right file?',
  });

function append(file: string, content: Uint8Array): void {
  makeDirectory(path.dirname(file));
  attempt(file, 'append to', () => {
    const isNew = !fs.existsSync(file);
    const descriptor = fs.openSync(file, 'a', 0o644);
    try {
      fs.writeFileSync(descriptor, content);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    if (isNew) fsyncPath(path.dirname(file));
  });
}

function clearTemporary(directory: string, age: number): void {
  for (const { name, type } of listDirectory(directory)) {
    if (type !== 'file' || !isTemporaryName(name)) continue;
    const file = path.join(directory, name);
    const info = attempt(file, 'look at', () => fs.lstatSync(file, { throwIfNoEntry: false }));
    if (info !== undefined && isAbandoned(name, info, age)) removeFile(file);
  }
}

/** Of no age at all are also those that a wrong clock has dated in the future. */
function isAbandoned(name: string, info: fs.Stats, age: number): boolean {
  if (age === 0 || Date.now() - info.mtimeMs >= age) return true;
  const maker = makerOf(name);
  return maker !== undefined && hasEnded(maker, info.uid);
}

/** As the kernel walks it: `..` after a link is the parent of its target. `budget`: how many links that lead nowhere are followed. */
function resolvePath(file: string, budget = { links: 40 }): string {
  try {
    return fs.realpathSync.native(file);
  } catch (error) {
    const parent = path.dirname(file);
    if (errorCode(error) !== 'ENOENT' || parent === file || budget.links === 0) throw faultOf(error, 'resolve', file);
    const missing = path.join(resolvePath(parent, budget), path.basename(file));
    const target = linkTarget(missing);
    if (target === undefined) return missing;
    budget.links -= 1;
    return resolvePath(target, budget);
  }
}

/** Where a symbolic link points, not normalized; undefined for everything else. */
function linkTarget(file: string): string | undefined {
  try {
    const target = fs.readlinkSync(file);
    return path.isAbsolute(target) ? target : `${path.dirname(file)}/${target}`;
  } catch (error) {
    // no link, or nothing there
    if (errorCode(error) === 'EINVAL' || errorCode(error) === 'ENOENT') return undefined;
    throw faultOf(error, 'resolve', file);
  }
}
