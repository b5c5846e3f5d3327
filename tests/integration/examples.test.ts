// SPDX-License-Identifier: Apache-2.0
/**
 * The examples of doc/source/transparency/ that need others: two litewitnesses, a Sigsum log with its witnesses, and a Rekor of either
 * version that bears the name of the public one.
 */
import { createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ORIGIN, openSite, type Replacing, type Site } from '../roles/examples.ts';
import { buildLitewitness, type Litewitness, openLitewitness } from './litewitness.ts';
import { buildRekorTiles, openRekorTiles, type RekorTiles } from './rekor-tiles.ts';
import { buildRekorV1, openRekorV1, type RekorV1 } from './rekor-v1.ts';
import { openSigsum, type SigsumLab, sigsumPrograms } from './sigsum.ts';

/** Sigstore's own logs, as of 2026. */
const PUBLIC = { one: 'rekor.sigstore.dev', two: 'log2025-1.rekor.sigstore.dev' } as const;
const PUBLIC_KEY = {
  one: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==',
  two: 'MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=',
} as const;

let site: Site;
let north: Litewitness;
let south: Litewitness;
let rekorOne: RekorV1;
let rekorTwo: RekorTiles;
let sigsum: SigsumLab;
let guard: Guard;
let keys: Readonly<Record<'rekor' | 'sigsum' | 'token', { readonly secret: string; readonly signer: string }>>;
let replacing: Replacing;

beforeAll(async () => {
  site = await openSite();
  const at = (name: string) => site.lab.at(name);
  const [witness, log] = [buildLitewitness(), { origin: ORIGIN, vkey: site.vkey }];
  north = await openLitewitness(witness, at('n'), 'north', log);
  south = await openLitewitness(witness, at('s'), 'south', log);
  rekorOne = await openRekorV1(buildRekorV1(), at('rekor-1'), PUBLIC.one);
  rekorTwo = await openRekorTiles(buildRekorTiles(), at('rekor-2'), PUBLIC.two);
  sigsum = await openSigsum(sigsumPrograms(), at('sigsum'));
  keys = {
    rekor: site.logKeyFor('rekor', 'rekor.pem'),
    sigsum: site.logKeyFor('sigsum', 'sigsum.key'),
    token: site.logKeyFor('sigsum', 'token.key'),
  };
  guard = await openGuard(sigsum, keys.token.signer);
  fs.writeFileSync(at('sigsum-policy'), fs.readFileSync(sigsum.policy, 'utf8').replace(sigsum.url, guard.url));
  replacing = {
    KEY_OF_NORTH: north.vkey,
    'https://witness.example.net/north': north.url,
    KEY_OF_SOUTH: south.vkey,
    'https://south.example.com/witness': south.url,
    [`https://${PUBLIC.one}`]: rekorOne.url,
    [PUBLIC_KEY.one]: rekorOne.pin,
    [`https://${PUBLIC.two}/api/v2`]: rekorTwo.readUrl,
    [`https://${PUBLIC.two}`]: rekorTwo.url,
    [PUBLIC_KEY.two]: rekorTwo.pin,
    PUBLIC_KEY_FOR_REKOR: keys.rekor.signer,
    PUBLIC_KEY_FOR_SIGSUM: keys.sigsum.signer,
    'policy: sigsum-generic-2025-1': `policy_file: ${at('sigsum-policy')}`,
  };
});
afterAll(async () => {
  for (const one of [north, south, rekorOne, rekorTwo, guard, sigsum, site]) await one?.close();
});

interface Guard {
  readonly url: string;
  /** Domains whose token was good, one for each leaf that came in. */
  readonly seen: string[];
  close(): void;
}

/** Stands before the log as the part of it that asks DNS for the key of a domain, which nobody on loopback answers. */
async function openGuard({ url, logKey }: SigsumLab, tokenKey: string): Promise<Guard> {
  const seen: string[] = [];
  const signed = Buffer.concat([Buffer.from('sigsum.org/v1/submit-token\0'), Buffer.from(logKey, 'hex')]);
  const x = Buffer.from(tokenKey, 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const isGood = (token: string) => {
    const [domain = '', signature = ''] = token.split(' ');
    const good = verify(null, signed, key, Buffer.from(signature, 'hex'));
    if (good) seen.push(domain);
    return good;
  };
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    if (request.method === 'POST' && !isGood(String(request.headers['sigsum-token'])))
      return void response.writeHead(400).end('(400) token: invalid');
    const method = request.method ?? 'GET';
    const answer = await fetch(`${url}${request.url}`, {
      method,
      ...(parts.length > 0 && { body: Buffer.concat(parts) }),
    });
    response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The secret, with these fields. */
const secret = (...names: readonly (keyof typeof keys | 'tiles')[]) =>
  Object.fromEntries(names.map((name) => [name, name === 'tiles' ? site.logKey : keys[name].secret]));

describe('the example', () => {
  it('with witnesses has both vouch, and defers while one of them is stopped', async () => {
    const first = await site.play('witnessed', '1', replacing, secret('tiles'));
    expect(first.status, first.output).toBe(0);
    const { status, report } = site.verify();
    expect([status, report.logs]).toMatchObject([0, [{ witnesses: [{ name: 'north' }, { name: 'south' }] }]]);
    await south.stop();
    const second = await site.play('witnessed', '2', replacing, secret('tiles'));
    expect(second.status, second.output).toBe(0);
    expect(second.beside).toEqual(['.asc', '.submission.json']);
    expect(second.output).toMatch(/artifact-signing: warning: .*1 of 2 witnesses vouch/);
    expect(site.verify().status).toBe(1);
    await south.start();
    expect((await site.again(secret('tiles'))).beside).toEqual(['.asc', '.tlog-proof']);
    expect(site.verify().status).toBe(0);
  });

  it("with Sigstore's public log leaves a bundle, without which its policy refuses the release", async () => {
    const { status, output, beside } = await site.play('sigstore', '3', replacing, secret('rekor'));
    expect(status, output).toBe(0);
    expect(beside).toEqual(['.asc', '.sigstore.json']);
    const verified = site.verify();
    expect([verified.status, verified.report.logs]).toMatchObject([
      0,
      [{ name: 'sigstore', origin: PUBLIC.one, index: 0, time: expect.any(String) }],
    ]);
    fs.rmSync(site.at('.sigstore.json'));
    expect(site.verify().status).toBe(3);
  });

  it('with Sigsum has its witnesses vouch, and fails where the token is missing by half', async () => {
    const { status, output, beside } = await site.play('sigsum', '4', replacing, secret('sigsum', 'token'));
    expect(status, output).toBe(0);
    expect(beside).toEqual(['.asc', '.proof']);
    expect(new Set(guard.seen)).toEqual(new Set(['example.org']));
    const verified = site.verify();
    expect([verified.status, verified.report.logs]).toMatchObject([0, [{ name: 'sigsum', witnesses: [{}, {}] }]]);
    const half = await site.play('sigsum', '5', replacing, secret('sigsum'));
    expect([half.status, half.beside]).toEqual([2, ['.asc']]);
    expect(half.output).toMatch(/--token-domain and --token-key go together/);
  });

  it('with several logs succeeds with two of three, warns of the third, and one is too few', async () => {
    const all = secret('tiles', 'sigsum', 'rekor', 'token');
    const three = await site.play('several', '6', replacing, all);
    expect(three.status, three.output).toBe(0);
    expect(three.beside).toEqual(['.asc', '.proof', '.sigstore.json', '.tlog-proof']);
    expect(
      site
        .verify()
        .report.logs.map(({ name }) => name)
        .sort(),
    ).toEqual(['sigstore', 'sigsum', 'tarballs']);
    await rekorTwo.stop();
    const hasty = { ...replacing, 'log_deadline: 120': 'log_deadline: 20' };
    const two = await site.play('several', '7', hasty, all);
    expect(two.status, two.output).toBe(0);
    expect(two.beside).toEqual(['.asc', '.proof', '.submission.json', '.tlog-proof']);
    expect(two.output).toMatch(/artifact-signing: warning: .*is prepared and not finished: the log "sigstore"/);
    expect(site.verify().status).toBe(0);
    fs.rmSync(site.at('.proof'));
    expect(site.verify().status).toBe(1);
    await rekorTwo.start();
    expect((await site.again(all)).beside).toEqual(['.asc', '.proof', '.sigstore.json', '.tlog-proof']);
    expect(site.verify().status).toBe(0);
  });
});
