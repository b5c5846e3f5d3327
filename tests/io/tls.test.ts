// SPDX-License-Identifier: Apache-2.0
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeTls } from '../../src/io/tls.ts';
import type { Visit } from '../../src/ports.ts';
import { makeAuthority, makeParty, toPem } from '../core/certificates.ts';
import { refused } from '../refusal.ts';

const authority = makeAuthority();
const NAME = 'a.example.org';
const servers: net.Server[] = [];
const sockets: net.Socket[] = [];
/** What was asked for in handshakes, and what came after them. */
let asked: string[] = [];
let sent = 0;

afterEach(async () => {
  asked = [];
  sent = 0;
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(server: net.Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const context = (names: readonly string[], by = authority) => {
  const subject = makeParty('server');
  const key = subject.key.export({ type: 'pkcs8', format: 'pem' });
  return { key, cert: toPem(by.issue(subject, names), by.middle) };
};

async function serving(): Promise<number> {
  const server = tls.createServer({
    ...context([NAME]),
    SNICallback: (name, callback) => {
      asked.push(name);
      callback(null);
    },
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', ({ length }) => {
      sent += length;
    });
  });
  return listen(server);
}

const place = (port: number) => ({ host: '127.0.0.1', port, name: NAME, timeout: 30_000 });
const visit = async (port: number, more: Partial<Visit> = {}) =>
  nodeTls().visit({ ...place(port), authorities: toPem(authority.root), ...more });

describe('a visit', () => {
  it('brings the chain up to the authority, and asks for the name', async () => {
    const { chain, problem } = await visit(await serving());
    expect(problem).toBeUndefined();
    expect(chain.slice(1)).toEqual([authority.middle, authority.root]);
    expect(asked).toEqual([NAME]);
    expect(sent).toBe(0);
  });

  it.each([
    ['another authority', { authorities: toPem(makeAuthority('Other').root) }, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
    ['another name', { name: 'b.example.org' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('brings what is shown, and why it is not to be believed: %s', async (_, more, why) => {
    const { chain, problem } = await visit(await serving(), more);
    expect(problem).toBe(why);
    expect(chain[1]).toEqual(authority.middle);
  });

  it('believes whom Node believes, unless told', async () => {
    expect((await nodeTls().visit(place(await serving()))).problem).toBe('UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  });
});

describe('a visit fails', () => {
  const silent = () => listen(net.createServer());
  const closing = () => listen(net.createServer((socket) => void socket.destroy()));
  const ending = () => listen(net.createServer((socket) => void socket.end()));
  const plain = () => listen(net.createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  const unknown = () =>
    listen(
      tls
        .createServer({ SNICallback: (_, callback) => callback(new Error('no such name')) })
        .on('tlsClientError', () => undefined),
    );
  const nobody = async () => {
    const port = await silent();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    return port;
  };

  it.each([
    ['where nobody listens', nobody, /ECONNREFUSED/],
    ['where the server says nothing', silent, /no certificate within 300 ms/],
    ['where it hangs up', closing, /ECONNRESET|disconnected|closed/],
    ['where it says goodbye', ending, /ECONNRESET|disconnected|closed/],
    ['where it does not speak TLS', plain, /ssl|wrong version/i],
    ['where it knows no such name', unknown, /ECONNRESET|disconnected|closed|alert/],
  ])('%s', async (_, make, why) => {
    const fault = await refused('network', visit(await make(), make === silent ? { timeout: 300 } : {}));
    expect(fault.message).toMatch(why);
    expect(fault.message).toContain('no certificate for "a.example.org" from 127.0.0.1, port ');
  });

  it('where the server drips', async () => {
    const port = await listen(
      net.createServer((socket) => {
        const timer = setInterval(() => socket.write(Buffer.of(0x16)), 20);
        socket.on('close', () => clearInterval(timer));
      }),
    );
    await refused('network', visit(port, { timeout: 300 }));
  });
});
