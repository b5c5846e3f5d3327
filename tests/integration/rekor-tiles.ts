// SPDX-License-Identifier: Apache-2.0
/** A real Rekor v2: rekor-tiles with its files in a directory, built from `rekor-tiles/go.mod`, and a server of those files. */
import type { ChildProcess } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { freePort } from '../free-port.ts';
import { buildGo } from './programs.ts';
import { answers, end, startServer } from './server.ts';

const SOURCE = path.join(import.meta.dirname, 'rekor-tiles');

export const buildRekorTiles = (): string => path.join(buildGo(SOURCE, 'rekor-tiles'), 'posix');

export interface RekorTiles {
  readonly origin: string;
  /** Where entries are posted. */
  readonly url: string;
  /** Where tiles are read: static files. */
  readonly readUrl: string;
  /** base64 of the log's public key. */
  readonly pin: string;
  /** A PEM file of it. */
  readonly publicKey: string;
  readonly tiles: string;
  /** Ends the process; key and files stay. */
  stop(): Promise<void>;
  /** At the same address; frozen, it takes no more entries. */
  start(frozen?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A log with a key of its own below `directory`. */
export async function openRekorTiles(program: string, directory: string, origin: string): Promise<RekorTiles> {
  const at = (file: string) => path.join(directory, file);
  fs.mkdirSync(at('tiles'), { recursive: true });
  const { privateKey } = generateKeyPairSync('ed25519');
  fs.writeFileSync(at('log.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const publicKey = createPublicKey(privateKey);
  fs.writeFileSync(at('log.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const ports = { http: await freePort(), grpc: await freePort(), metrics: await freePort() };
  const files = await serveFiles(at('tiles'));
  const url = `http://127.0.0.1:${ports.http}`;
  let child: ChildProcess | undefined;
  const start = async (frozen = false) => {
    const args = [
      'serve',
      `--hostname=${origin}`,
      `--storage-dir=${at('tiles')}`,
      `--signer-filepath=${at('log.pem')}`,
      '--http-address=127.0.0.1',
      `--http-port=${ports.http}`,
      '--grpc-address=127.0.0.1',
      `--grpc-port=${ports.grpc}`,
      `--http-metrics-port=${ports.metrics}`,
      '--checkpoint-interval=1s',
      '--persistent-antispam=true',
      ...(frozen ? ['--read-only'] : []),
    ];
    child = await startServer({ program, args, cwd: directory }, () => answers(`${url}/healthz`, 200));
  };
  const stop = async () => (child === undefined ? undefined : end(child));
  await start();
  return {
    origin,
    url,
    readUrl: `http://127.0.0.1:${(files.address() as AddressInfo).port}`,
    pin: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    publicKey: at('log.pub'),
    tiles: at('tiles'),
    stop,
    start,
    close: async () => {
      await stop();
      files.closeAllConnections();
      files.close();
    },
  };
}

async function serveFiles(directory: string): Promise<Server> {
  const server = createServer((request, response) => {
    const file = path.join(directory, path.normalize(`/${request.url}`));
    fs.readFile(file, (error, content) => {
      response.writeHead(error === null ? 200 : 404).end(content);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
