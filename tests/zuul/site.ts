// SPDX-License-Identifier: Apache-2.0
/** What a site serves: logs, tarballs and the log, as files; with the directory of downloads beside them. */
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import type { State } from './state.ts';

export interface Site {
  close(): Promise<void>;
}

export async function serveSite({ directory, ports }: State): Promise<Site> {
  const root = path.join(directory, 'site');
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = path.join(root, path.posix.normalize(decodeURIComponent(pathname)));
    if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end('not found\n');
      return;
    }
    response.writeHead(200, { 'content-length': fs.statSync(file).size });
    fs.createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(ports.site, '127.0.0.1', resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
