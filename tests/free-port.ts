// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Ports below those from which the system serves whoever connects, or listens on any: blocks, one for each process. */
const [LOWEST, BLOCKS, SIZE] = [10_000, 220, 100];

let claimed: Promise<number> | undefined;
/** The first one tells others that the block is taken. */
let given = 1;

/**
 * A TCP port on which nobody listens, for a server of others that has to be told one. Nobody else gets it before the server has it:
 * neither from the system, nor from tests that run beside this one. Throws Error where all are taken.
 */
export async function freePort(): Promise<number> {
  claimed ??= claim();
  const first = await claimed;
  while (given < SIZE) {
    const port = first + given;
    given += 1;
    const server = await listener(port);
    if (server === undefined) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error(`no port from ${first} to ${first + SIZE - 1} is free`);
}

/** The first port of a block that is ours while this process lives, since it listens on that one itself. */
async function claim(): Promise<number> {
  for (let offset = 0; offset < BLOCKS; offset += 1) {
    const first = LOWEST + ((process.pid + offset) % BLOCKS) * SIZE;
    const server = await listener(first);
    if (server === undefined) continue;
    server.unref();
    return first;
  }
  throw new Error(`somebody listens on each block of ports from ${LOWEST}`);
}

/** Undefined where the port is taken. */
async function listener(port: number): Promise<Server | undefined> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  return server;
}
