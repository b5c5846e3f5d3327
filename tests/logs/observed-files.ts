// SPDX-License-Identifier: Apache-2.0
import type { Files, Writer } from '../../src/ports.ts';

export interface Operation {
  readonly name: keyof Files | 'seal' | 'commit' | 'abort';
  readonly path: string;
  /** Bytes read or written. */
  readonly bytes: number;
  readonly durable: boolean;
}

type Around = <T>(operation: Operation, body: () => Promise<T>) => Promise<T>;

/**
 * Files whose every operation passes through `around`, which may count it, refuse it, or let the machine die; a whole `write` is
 * seen as its steps. `onAppend` sees appends, which are not atomic.
 */
export function observedFiles(files: Files, around: Around, onAppend: Files['append'] = files.append): Files {
  const step = async <T>(
    name: Operation['name'],
    path: string,
    body: () => Promise<T>,
    bytes = 0,
    durable = true,
  ): Promise<T> => around({ name, path, bytes, durable }, body);
  const read = async (path: string, cap: number) => {
    let size = 0;
    const content = await files.read(path, cap).catch((error: unknown) => error);
    if (content instanceof Uint8Array) size = content.length;
    return step('read', path, async () => (content instanceof Uint8Array ? content : Promise.reject(content)), size);
  };
  const create: Files['create'] = async (path, options) => {
    const writer = await step('create', path, async () => files.create(path, options));
    let bytes = 0;
    return {
      write: (chunk) => {
        bytes += chunk.length;
        writer.write(chunk);
      },
      seal: async () => step('seal', path, async () => writer.seal()),
      commit: async () => step('commit', path, async () => writer.commit(), bytes, options?.durable === true),
      abort: async () => step('abort', path, async () => writer.abort()),
    } satisfies Writer;
  };
  return {
    read,
    readGiven: read,
    create,
    list: async (path) => step('list', path, async () => files.list(path)),
    stat: async (path) => step('stat', path, async () => files.stat(path)),
    readChunks: async (path, onChunk) => step('readChunks', path, async () => files.readChunks(path, onChunk)),
    write: async (path, content, options) => {
      const writer = await create(path, options);
      writer.write(Buffer.from(content));
      await writer.commit();
    },
    append: async (path, content) => step('append', path, async () => onAppend(path, content), content.length),
    makeDirectory: async (path) => step('makeDirectory', path, async () => files.makeDirectory(path)),
    remove: async (path) => step('remove', path, async () => files.remove(path)),
    clearTemporary: async (path, age) => step('clearTemporary', path, async () => files.clearTemporary(path, age)),
    resolve: async (path) => step('resolve', path, async () => files.resolve(path)),
  };
}
