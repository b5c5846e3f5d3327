// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Ports of one process. */
const COUNT = 100;
const FIRST = 10_000 + (process.pid % 220) * COUNT;
let given = 0;

/**
 * A TCP port on which nobody listens, for a server of others that has to be told one. It is none of those from which the system
 * serves whoever connects, or listens on any: nobody else gets it before the server has it, and tests that run beside this one
 * look elsewhere. Throws Error where all are taken.
 */
export async function freePort(): Promise<number> {
  while (given < COUNT) {
    const port = FIRST + given;
    given += 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST} to ${FIRST + COUNT - 1} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
