// SPDX-License-Identifier: Apache-2.0
/**
 * Run as a process of its own: a command that says "paused" and stops for ever when it is about to do something to a file. The
 * operations: `write` (the second half of a chunk), `seal`, `commit` of a file in the making, and `remove`.
 */
import fs from 'node:fs';
import path from 'node:path';
import { main } from '../../src/cli/main.ts';
import { realPorts } from '../../src/io/ports.ts';
import type { Files, Out } from '../../src/ports.ts';

const [operation = '', name = '', ...words] = process.argv.slice(2);

function pauseAt(now: string, file: string): void {
  if (now !== operation || path.basename(file) !== name) return;
  fs.writeSync(1, 'paused\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function pausing(files: Files): Files {
  const create: Files['create'] = async (file, options) => {
    const writer = await files.create(file, options);
    return {
      write: (chunk) => {
        const half = chunk.length >> 1;
        writer.write(chunk.subarray(0, half));
        pauseAt('write', file);
        writer.write(chunk.subarray(half));
      },
      seal: async () => {
        pauseAt('seal', file);
        await writer.seal();
      },
      commit: async () => {
        pauseAt('commit', file);
        await writer.commit();
      },
      abort: async () => writer.abort(),
    };
  };
  return {
    ...files,
    create,
    write: async (file, content, options) => {
      const writer = await create(file, options);
      writer.write(Buffer.from(content));
      await writer.commit();
    },
    remove: async (file) => {
      pauseAt('remove', file);
      await files.remove(file);
    },
  };
}

const out: Out = {
  stdout: () => undefined,
  stderr: (text) => void fs.writeSync(2, text),
  isTerminal: false,
  version: '0',
};
const ports = realPorts(out, false);
process.exitCode = await main(words, { ...ports, files: pausing(ports.files) }, out);
