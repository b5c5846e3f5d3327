// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import zlib from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { undiciHttp } from '../../src/io/http.ts';
import type { RequestLimits } from '../../src/ports.ts';
import { makeAuthority, makeParty, toPem } from '../core/certificates.ts';
import { refused } from '../refusal.ts';

type Answer = (response: http.ServerResponse, request: http.IncomingMessage) => void;

let server: http.Server;
let requests: http.IncomingMessage[] = [];
/** What the server does, one after the other; the last one stays. */
let answers: Answer[] = [];

beforeEach(async () => {
  requests = [];
  server = http.createServer((request, response) => {
    requests.push(request);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(response, request);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const url = (path = '/a') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const client = undiciHttp({ pauses: [0, 1, 1, 1] });
const TRIES = 4;

const status =
  (code: number, body: string | Uint8Array = '', headers = {}): Answer =>
  (response) => {
    response.writeHead(code, headers).end(body);
  };
const ok = (body: string | Uint8Array = 'content') => status(200, body);
/** Promises ten bytes, sends three, and goes away. */
const cutOff: Answer = (response) => {
  response.writeHead(200, { 'content-length': 10 }).write('abc', () => setTimeout(() => response.destroy(), 20));
};

const getText = async (cap = 1000) => {
  const body = await client.get(url(), cap);
  return body === undefined ? undefined : Buffer.from(body).toString();
};
const chunked = async () => {
  const parts: Buffer[] = [];
  const take = (chunk: Uint8Array) => void parts.push(Buffer.from(chunk));
  return { parts, found: client.getChunks(url(), take), text: () => Buffer.concat(parts).toString() };
};

describe('fetching', () => {
  it.each([['content'], ['']])('gives the body %j of a 200 answer', async (body) => {
    answers = [ok(body)];
    expect(await getText()).toBe(body);
    const { found, text } = await chunked();
    expect(await found).toBe(true);
    expect(text()).toBe(body);
  });

  it.each([404, 410])('finds nothing where the answer is %i, at the first try', async (code) => {
    answers = [status(code, '<html>gone</html>')];
    expect(await getText()).toBeUndefined();
    const { found, parts } = await chunked();
    expect(await found).toBe(false);
    expect(parts).toEqual([]);
    expect(requests).toHaveLength(2);
  });

  it('hands on large bodies chunk by chunk', async () => {
    const large = Buffer.alloc(3_000_000, 'abcdefg');
    answers = [ok(large)];
    const { found, parts } = await chunked();
    expect(await found).toBe(true);
    expect(parts.length).toBeGreaterThan(1);
    expect(Buffer.compare(Buffer.concat(parts), large)).toBe(0);
  });

  it('hands on the bytes of a file, whatever the server says of their encoding', async () => {
    const packed = zlib.gzipSync('content');
    for (const encoding of ['gzip', 'x-gzip']) {
      answers = [status(200, packed, { 'content-encoding': encoding })];
      expect(Buffer.compare((await client.get(url(), 1000)) ?? Buffer.of(), packed)).toBe(0);
    }
    expect(requests.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity', 'identity']);
  });

  it('follows redirections', async () => {
    answers = [status(302, 'moved', { location: '/b' }), status(307, '', { location: url('/c') }), ok()];
    expect(await getText()).toBe('content');
    expect(requests.map((request) => request.url)).toEqual(['/a', '/b', '/c']);
  });
});

describe('fetching again', () => {
  it.each([408, 425, 429, 500, 502, 503, 504])('P11 mends an answer %i', async (code) => {
    answers = [status(code, 'busy'), ok()];
    expect(await getText()).toBe('content');
    answers = [status(code), ok()];
    const { found, text } = await chunked();
    expect(await found).toBe(true);
    expect(text()).toBe('content');
  });

  it('mends a connection that is cut before the first byte', async () => {
    answers = [
      (response) => response.destroy(),
      (response) => response.writeHead(200, { 'content-length': 7 }).socket?.destroy(),
      ok(),
    ];
    const { found, text } = await chunked();
    expect(await found).toBe(true);
    expect(text()).toBe('content');
    expect(requests).toHaveLength(3);
  });

  it('mends a body that is cut off, where nobody has seen its beginning', async () => {
    answers = [cutOff, ok()];
    expect(await getText()).toBe('content');
    expect(requests).toHaveLength(2);
  });

  it('hands out no byte twice', async () => {
    answers = [cutOff, ok()];
    const { found, text } = await chunked();
    const fault = await refused('network', found);
    expect(fault.message).toMatch(/^cannot fetch "http:/);
    expect(text()).toBe('abc');
    expect(requests).toHaveLength(1);
  });

  it('P11 ends, and tells the last answer', async () => {
    answers = [status(500), status(503), status(502), status(504), ok()];
    const fault = await refused('network', getText());
    expect(fault).toMatchObject({ message: `cannot fetch "${url()}": the server answers 504`, file: url() });
    expect(fault.hint).toContain('run this again');
    expect(requests).toHaveLength(TRIES);
  });

  it.each([201, 204, 206, 400, 401, 403, 413, 418, 501])('P11 does not mend an answer %i', async (code) => {
    answers = [status(code), ok()];
    const fault = await refused('network', getText());
    expect(fault.message).toBe(`cannot fetch "${url()}": the server answers ${code}`);
    expect(requests).toHaveLength(1);
  });
});

describe('fetching is refused', () => {
  it('beyond the cap, at the first try', async () => {
    answers = [ok('x'.repeat(1001))];
    const fault = await refused('bad-format', getText(1000));
    expect(fault.message).toBe(`"${url()}" is larger than the 1000 bytes that such a file can have`);
    expect(requests).toHaveLength(1);
    answers = [ok('x'.repeat(1000))];
    expect(await getText(1000)).toHaveLength(1000);
  });

  it('beyond the cap of a body without end', async () => {
    answers = [
      (response) => {
        const more = () => response.write('x'.repeat(1000)) || response.once('drain', more);
        const timer = setInterval(more, 1);
        response.on('close', () => clearInterval(timer));
      },
    ];
    await refused('bad-format', getText(10_000));
  });

  it('with what the receiver throws', async () => {
    answers = [ok()];
    const thrown = client.getChunks(url(), () => {
      throw new Fault('changed', 'receiver');
    });
    expect((await refused('changed', thrown)).message).toBe('receiver');
    expect(requests).toHaveLength(1);
  });

  it('where nobody listens', async () => {
    const dead = url();
    server.close();
    const fault = await refused('network', client.get(dead, 9));
    expect(fault.message).toMatch(/ECONNREFUSED/);
    server.listen(0, '127.0.0.1');
  });

  it('where a server accepts and says nothing, or stops in the middle', async () => {
    const impatient = undiciHttp({ pauses: [0], timeout: 50 });
    answers = [() => undefined];
    await refused('network', impatient.get(url(), 9));
    answers = [(response) => response.writeHead(200, { 'content-length': 10 }).write('abc')];
    await refused('network', impatient.get(url(), 99));
    await vi.waitFor(() => expect(requests).toHaveLength(2));
  });

  it('after the patience that it is given, whatever tries are left', async () => {
    answers = [() => undefined];
    await refused('network', undiciHttp({ pauses: [0, 1, 1, 1] }).get(url(), 9, 200));
    expect(requests.length).toBeLessThanOrEqual(1);
    answers = [status(503)];
    await refused('network', undiciHttp({ pauses: [0, 600_000] }).get(url(), 9, 5000));
  });

  it('not for taking longer than the patience, while bytes come', async () => {
    const impatient = undiciHttp({ pauses: [0], timeout: 1500 });
    answers = [
      (response) => {
        let left = 50;
        const timer = setInterval(() => {
          left -= 1;
          if (left > 0) response.write('x');
          else response.end('x');
          if (left <= 0) clearInterval(timer);
        }, 50);
      },
    ];
    expect(await impatient.get(url(), 99)).toHaveLength(50);
  });

  it('for a redirection in a circle, and for one that leads out of HTTP', async () => {
    answers = [status(302, '', { location: '/a' })];
    await refused('network', getText());
    const before = requests.length;
    answers = [status(302, '', { location: 'file:///etc/passwd' })];
    await refused('network', getText());
    expect(requests.length).toBe(before + 1);
  });

  it.each(['not an address', 'http://', 'http://[', 'https://a b/'])('for %j, without a try', async (address) => {
    await refused('usage', client.get(address, 9));
    await refused(
      'usage',
      client.getChunks(address, () => undefined),
    );
  });

  it.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'data:,x'])('for %j, which is not HTTP', async (address) => {
    await refused('network', client.get(address, 9));
  });
});

describe.each(['POST', 'GET'] as const)('one %s', (method) => {
  const askOnce = async (limits: Partial<RequestLimits> = {}) => {
    const all = { cap: 100, timeout: 10_000, ...limits };
    return method === 'POST' ? client.post(url(), Buffer.from('asked'), all) : client.ask(url(), all);
  };

  it('gives the answer whatever its status', async () => {
    for (const code of [200, 404, 409, 422, 500]) {
      requests = [];
      const bodies: Buffer[] = [];
      answers = [
        (response, request) => {
          request.on('data', (chunk: Buffer) => bodies.push(chunk));
          request.on('end', () => response.writeHead(code).end('answered'));
          request.resume();
        },
      ];
      const answer = await askOnce();
      expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([code, 'answered']);
      expect(requests.map((request) => request.method)).toEqual([method]);
      expect(Buffer.concat(bodies).toString()).toBe(method === 'POST' ? 'asked' : '');
    }
  });

  it('sends headers, and gives those of the answer that came once', async () => {
    let sent: unknown;
    answers = [
      (response, request) => {
        sent = request.headers['sigsum-token'];
        response.writeHead(429, { 'Retry-After': '7', 'Set-Cookie': ['a', 'b'] }).end();
      },
    ];
    const { headers } = await askOnce({ headers: { 'Sigsum-Token': 'example.org 00' } });
    expect(sent).toBe('example.org 00');
    expect(headers).toMatchObject({ 'retry-after': '7' });
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it('follows no redirection', async () => {
    answers = [status(307, '', { location: url('/b') })];
    expect(await askOnce()).toMatchObject({ status: 307, headers: { location: url('/b') } });
    expect(requests).toHaveLength(1);
  });

  it('takes as many bytes as the cap, and no more', async () => {
    answers = [ok('x'.repeat(100))];
    expect((await askOnce()).body).toHaveLength(100);
    answers = [ok('x'.repeat(101))];
    await refused('bad-format', askOnce());
  });

  it.each<readonly [string, Answer]>([
    ['nothing', () => undefined],
    ['a byte now and then', (response) => void setInterval(() => response.write('x'), 50).unref()],
  ])('ends after its time where %s comes', async (_, answer) => {
    answers = [answer];
    const fault = await refused('network', askOnce({ timeout: 300, cap: 1e9 }));
    expect(fault.message).toContain('no whole answer within 300 ms');
    expect(fault.message).toContain(method === 'POST' ? 'cannot post to' : 'cannot get');
    expect(requests.length).toBeLessThanOrEqual(1);
  });

  it('is not tried again where the server hangs up', async () => {
    answers = [cutOff];
    await refused('network', askOnce());
    expect(requests).toHaveLength(1);
  });
});

describe('a request by https', () => {
  const authority = makeAuthority();
  const asked = async (authorities?: string) => {
    const party = makeParty('server');
    const key = party.key.export({ type: 'pkcs8', format: 'pem' });
    const cert = toPem(authority.issue(party, ['localhost']), authority.middle);
    const secure = https.createServer({ key, cert }, (_, response) => response.end('secret'));
    secure.listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const address = `https://localhost:${(secure.address() as AddressInfo).port}/`;
    const limits = { cap: 100, timeout: 30_000, ...(authorities === undefined ? {} : { authorities }) };
    try {
      return await client.post(address, Buffer.from('asked'), limits);
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  };

  it('believes the authorities that it is given', async () => {
    expect(Buffer.from((await asked(toPem(authority.root))).body).toString()).toBe('secret');
  });

  it('believes nobody else', async () => {
    expect((await refused('network', asked())).message).toContain('unable to get local issuer certificate');
    expect((await refused('network', asked(toPem(makeAuthority('Other').root)))).message).toContain('unable to get');
  });
});
