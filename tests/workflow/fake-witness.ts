// SPDX-License-Identifier: Apache-2.0
/**
 * A witness on loopback with a real key, which keeps to c2sp.org/tlog-witness until it is told to misbehave. Written from the
 * specification; only the mathematics of consistency proofs is ours.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { Hash } from '../../src/core/merkle.ts';
import { verifyConsistency } from '../../src/core/merkle-proof.ts';

export interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came in, and what the witness would answer; undefined where the misbehaviour has answered itself, or never will. */
export type Misbehave = (asked: Asked, honest: () => Reply, response: http.ServerResponse) => Reply | undefined;

export interface Asked {
  readonly old: number;
  readonly proof: readonly string[];
  /** The text of the checkpoint. */
  readonly text: string;
  readonly size: number;
  readonly signatures: readonly string[];
}

export interface FakeWitness {
  readonly name: string;
  /** Of the key. */
  readonly vkey: string;
  readonly url: string;
  /** As a policy names it. */
  readonly entry: { readonly name: string; readonly key: string; readonly url: string };
  readonly asked: Asked[];
  misbehave: Misbehave | undefined;
  /** What it has seen last. */
  seen: { readonly size: number; readonly root: Buffer };
  /** A signature line for a text, by this key or another, at this time in seconds. */
  cosign(text: string, time?: number, other?: FakeWitness): string;
  readonly key: KeyObject;
  close(): Promise<void>;
}

const EMPTY = { size: 0, root: createHash('sha256').digest() };
export const seconds = (): number => Math.floor(Date.now() / 1000);

const rawKey = (key: KeyObject): Buffer =>
  Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
const idOf = (name: string, type: number, raw: Buffer): Buffer =>
  createHash('sha256').update(`${name}\n`).update(Buffer.of(type)).update(raw).digest().subarray(0, 4);

/** `u64 time || signature` of "cosignature/v1". */
function cosignature(key: KeyObject, text: string, time: number): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64BE(BigInt(time));
  return Buffer.concat([head, sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), key)]);
}

function parse(body: string): Asked {
  const cut = body.indexOf('\n\n');
  const divide = body.lastIndexOf('\n\n');
  const [old = '', ...proof] = body.slice(0, cut).split('\n');
  const text = body.slice(cut + 2, divide + 1);
  const signatures = body
    .slice(divide + 2)
    .trimEnd()
    .split('\n');
  if (!/^old (?:0|[1-9][0-9]*)$/.test(old) || divide <= cut) throw new Error(`not an add-checkpoint request: ${body}`);
  return { old: Number(old.slice(4)), proof, text, size: Number(text.split('\n')[1]), signatures };
}

/** Whether the log's own key signed: the vkey of a log. */
function isSigned({ text, signatures }: Asked, vkey: string): boolean {
  const [name = '', , ...rest] = vkey.split('+');
  const x = Buffer.from(rest.join('+'), 'base64').subarray(1).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const own = signatures.filter((line) => line.startsWith(`— ${name} `)).map((line) => line.split(' ')[2] ?? '');
  return own.some((line) => verify(null, Buffer.from(text), key, Buffer.from(line, 'base64').subarray(4)));
}

const open: FakeWitness[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Listens until the end of the test. It knows the log of these vkeys, which it asks for whenever it is asked. */
export async function fakeWitness(name: string, logKeys: () => readonly string[]): Promise<FakeWitness> {
  const key = generateKeyPairSync('ed25519').privateKey;
  const raw = rawKey(key);
  const keyName = `witness.example/${name}`;
  const vkey = `${keyName}+${idOf(keyName, 4, raw).toString('hex')}+${Buffer.concat([Buffer.of(4), raw]).toString('base64')}`;
  const cosign = (text: string, time = seconds(), other?: FakeWitness) =>
    `— ${keyName} ${Buffer.concat([idOf(keyName, 4, raw), cosignature(other?.key ?? key, text, time)]).toString('base64')}\n`;
  const judge = (asked: Asked): Reply => {
    if (!logKeys().some((one) => one.startsWith(`${asked.text.split('\n')[0]}+`))) return { status: 404, body: '' };
    if (!logKeys().some((one) => isSigned(asked, one))) return { status: 403, body: '' };
    if (asked.old > asked.size) return { status: 400, body: '' };
    if (asked.old !== witness.seen.size) return { status: 409, body: `${witness.seen.size}\n` };
    const root = Buffer.from(asked.text.split('\n')[2] ?? '', 'base64');
    const proof = asked.proof.map((line) => Buffer.from(line, 'base64') as Uint8Array as Hash);
    try {
      verifyConsistency(
        asked.old,
        witness.seen.root as Uint8Array as Hash,
        asked.size,
        root as Uint8Array as Hash,
        proof,
      );
    } catch {
      return { status: 422, body: '' };
    }
    witness.seen = { size: asked.size, root };
    return { status: 200, body: cosign(asked.text) };
  };
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/w/add-checkpoint') return response.writeHead(404).end();
      const asked = parse(Buffer.concat(parts).toString());
      witness.asked.push(asked);
      const honest = () => judge(asked);
      const reply = witness.misbehave === undefined ? honest() : witness.misbehave(asked, honest, response);
      return reply && response.writeHead(reply.status, reply.headers).end(reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/w`;
  const witness: FakeWitness = {
    name,
    vkey,
    url,
    entry: { name, key: vkey, url },
    asked: [],
    misbehave: undefined,
    seen: EMPTY,
    cosign,
    key,
    close: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  open.push(witness);
  return witness;
}
