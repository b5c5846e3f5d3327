// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import { isTemporaryName, temporaryName } from '../../src/core/companions.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Files, WriteOptions, Writer } from '../../src/ports.ts';

export interface MemoryFiles extends Files {
  /** Whole paths and their contents, temporary files too. */
  readonly content: Map<string, Buffer>;
}

/** A file system in memory, with temporary files that stay behind as they do on disk. Directories come and go with their files. */
export function memoryFiles(content = new Map<string, Buffer>()): MemoryFiles {
  let temporaries = 0;
  const get = (file: string): Buffer => {
    const bytes = content.get(file);
    if (bytes === undefined) throw new Fault('not-found', `no ${file}`);
    return bytes;
  };
  const read = async (file: string, cap: number) => {
    if (get(file).length > cap) throw new Fault('bad-format', `${file} is larger than ${cap} bytes`);
    return Buffer.from(get(file));
  };
  const below = (directory: string) => [...content.keys()].filter((file) => file.startsWith(`${directory}/`));
  const create = async (target: string, options: WriteOptions = {}): Promise<Writer> => {
    if (options.replace === false && content.has(target)) throw new Fault('conflict', `${target} is there already`);
    const temporary = path.join(path.dirname(target), temporaryName(String(temporaries++).padStart(16, '0')));
    content.set(temporary, Buffer.alloc(0));
    return {
      write: (chunk) => void content.set(temporary, Buffer.concat([get(temporary), chunk])),
      seal: async () => undefined,
      commit: async () => {
        content.set(target, get(temporary));
        content.delete(temporary);
      },
      abort: async () => void content.delete(temporary),
    };
  };
  return {
    content,
    read,
    readGiven: read,
    create,
    list: async (directory) => {
      const names = below(directory).map((file) => file.slice(directory.length + 1));
      if (names.length === 0) throw new Fault('not-found', `no ${directory}`);
      return names.filter((name) => !name.includes('/')).map((name) => ({ name, type: 'file' }));
    },
    stat: async (file) => {
      const bytes = content.get(file);
      if (bytes !== undefined) return { type: 'file', size: bytes.length };
      return below(file).length > 0 ? { type: 'directory', size: 0 } : undefined;
    },
    readChunks: async (file, onChunk) => {
      onChunk(get(file));
      return get(file).length;
    },
    write: async (file, bytes, options) => {
      const writer = await create(file, options);
      writer.write(Buffer.from(bytes));
      await writer.commit();
    },
    append: async (file, bytes) => void content.set(file, Buffer.concat([content.get(file) ?? Buffer.alloc(0), bytes])),
    makeDirectory: async () => undefined,
    remove: async (file) => void content.delete(file),
    clearTemporary: async (directory) => {
      for (const file of below(directory)) {
        if (path.dirname(file) === directory && isTemporaryName(path.basename(file))) content.delete(file);
      }
    },
    resolve: async (file) => path.resolve('/', file),
  };
}
