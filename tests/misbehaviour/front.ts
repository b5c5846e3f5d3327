// SPDX-License-Identifier: Apache-2.0
/**
 * What stands between us and a log, as a proxy or the line itself does: it passes on what it is asked, counts it, and is in the way on
 * demand. Over TLS where it is given a key and a certificate.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Passage {
  /** As in `POST /add-leaf`. */
  readonly asked: string;
  /** Has the log do what it was asked, and gives its answer. */
  pass(): Promise<Reply>;
  readonly response: http.ServerResponse;
}

/** The answer; undefined where it was given already, or never will be. */
export type Mischief = (passage: Passage) => Reply | undefined | Promise<Reply | undefined>;

export interface Front {
  readonly url: string;
  /** All that came, in their order. */
  readonly asked: string[];
  mischief: Mischief | undefined;
}

export interface Tls {
  readonly key: string;
  readonly cert: string;
}

const open: http.Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Of the headers of a log those that mean something to us. */
const KEPT = ['content-type', 'location', 'x-log-index', 'retry-after'];

async function passOn(target: string, { method = '', url = '' }: http.IncomingMessage, body: Buffer): Promise<Reply> {
  const request = { method, redirect: 'manual', ...(method === 'POST' ? { body: new Uint8Array(body) } : {}) } as const;
  const answer = await fetch(target + url, request);
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => KEPT.includes(name)));
  return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) };
}

/** Listens until the end of the test, for a server at `target`. */
export async function frontOf(target: string, tls?: Tls): Promise<Front> {
  const answer = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const asked = `${request.method} ${request.url}`;
    front.asked.push(asked);
    const pass = () => passOn(target, request, body);
    const { mischief } = front;
    const reply = await (mischief === undefined ? pass() : mischief({ asked, pass, response }));
    if (reply !== undefined) response.writeHead(reply.status, reply.headers).end(reply.body);
  };
  const listener = (request: http.IncomingMessage, response: http.ServerResponse) => void answer(request, response);
  const server = tls === undefined ? http.createServer(listener) : https.createServer(tls, listener);
  open.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const front: Front = { url, asked: [], mischief: undefined };
  return front;
}
