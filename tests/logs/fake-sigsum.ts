// SPDX-License-Identifier: Apache-2.0
/**
 * A Sigsum log with real keys, a real tree and real witnesses, which keeps to the protocol until it is told to misbehave. Written from
 * Sigsum's documents; imports nothing of ours.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { ReferenceTree } from '../core/rfc6962.ts';

export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export interface Pair {
  readonly key: KeyObject;
  /** Hexadecimal. */
  readonly hex: string;
  /** SHA-256 of the public key, hexadecimal. */
  readonly hash: string;
  readonly raw: Buffer;
}

export function pairOf(key: KeyObject): Pair {
  const raw = Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url');
  return { key, raw, hex: raw.toString('hex'), hash: sha256(raw).toString('hex') };
}

export const makePair = (): Pair => pairOf(generateKeyPairSync('ed25519').privateKey);

const signHex = (text: string | Uint8Array, { key }: Pair): string =>
  sign(null, Buffer.from(text), key).toString('hex');

/** What a file is in the log. */
export function leafOf(
  file: Uint8Array | string,
  submitter: Pair,
): { readonly leaf: Buffer; readonly signature: string } {
  const checksum = sha256(sha256(file));
  const signature = sign(null, Buffer.concat([Buffer.from('sigsum.org/v1/tree-leaf\0'), checksum]), submitter.key);
  return { leaf: Buffer.concat([checksum, signature, sha256(submitter.raw)]), signature: signature.toString('hex') };
}

export interface HeadOptions {
  readonly size: number;
  readonly log: Pair;
  readonly witnesses: readonly Pair[];
  /** POSIX seconds, of each witness. */
  readonly time?: number | readonly number[];
  readonly root?: Buffer;
  /** Instead of the one that the log has. */
  readonly origin?: string;
}

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** A tree head in Sigsum's text form. */
export function headOf(
  leaves: readonly Buffer[],
  { size, log, witnesses, time = nowSeconds(), ...more }: HeadOptions,
): string {
  const root = more.root ?? new ReferenceTree(leaves).mth(0, size);
  const text = `${more.origin ?? `sigsum.org/v1/tree/${log.hash}`}\n${size}\n${root.toString('base64')}\n`;
  const cosignatures = witnesses.map((witness, index) => {
    const at = typeof time === 'number' ? time : (time[index] ?? 0);
    return `cosignature=${witness.hash} ${at} ${signHex(`cosignature/v1\ntime ${at}\n${text}`, witness)}\n`;
  });
  return `size=${size}\nroot_hash=${root.toString('hex')}\nsignature=${signHex(text, log)}\n${cosignatures.join('')}`;
}

const nodes = (hashes: readonly Buffer[]): string =>
  hashes.map((hash) => `node_hash=${hash.toString('hex')}\n`).join('');

export const inclusionOf = (leaves: readonly Buffer[], index: number, size: number): string =>
  `leaf_index=${index}\n${nodes(new ReferenceTree(leaves).path(index, 0, size))}`;

/** A whole proof of the leaf with this index, by its submitter. */
export function proofOf(leaves: readonly Buffer[], index: number, submitter: Pair, head: HeadOptions): string {
  const signature = (leaves[index] ?? Buffer.alloc(0)).subarray(32, 96).toString('hex');
  const begin = `version=2\nlog=${head.log.hash}\nleaf=${submitter.hash} ${signature}\n\n${headOf(leaves, head)}`;
  return head.size < 2 ? begin : `${begin}\n${inclusionOf(leaves, index, head.size)}`;
}

export interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came in: the method and the path of the endpoint. Undefined where the misbehaviour has answered itself, or never will. */
export type Misbehave = (asked: string, honest: () => Reply, response: http.ServerResponse) => Reply | undefined;

export interface FakeSigsum {
  readonly url: string;
  readonly log: Pair;
  /** Those who cosign, in their order. */
  witnesses: readonly Pair[];
  /** In the tree. */
  readonly leaves: Buffer[];
  /** As in `POST add-leaf`. */
  readonly asked: string[];
  /** Of the last `add-leaf`. */
  token: string | undefined;
  /** How many more times a new leaf is only accepted. */
  accepting: number;
  misbehave: Misbehave | undefined;
  /** The line of a policy. */
  readonly line: string;
  close(): Promise<void>;
}

const open: FakeSigsum[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function parseAddLeaf(body: string): { readonly leaf: Buffer; readonly isGood: boolean } | undefined {
  const match = /^message=([0-9a-f]{64})\nsignature=([0-9a-f]{128})\npublic_key=([0-9a-f]{64})\n$/.exec(body);
  if (match === null) return undefined;
  const [, message = '', signature = '', publicKey = ''] = match;
  const [checksum, raw] = [sha256(Buffer.from(message, 'hex')), Buffer.from(publicKey, 'hex')];
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  const signed = Buffer.concat([Buffer.from('sigsum.org/v1/tree-leaf\0'), checksum]);
  const isGood = verify(null, signed, key, Buffer.from(signature, 'hex'));
  return { leaf: Buffer.concat([checksum, Buffer.from(signature, 'hex'), sha256(raw)]), isGood };
}

/** Listens until the end of the test, with so many leaves of others in its tree. */
export async function fakeSigsum(others = 3): Promise<FakeSigsum> {
  const log = makePair();
  const leaves = Array.from({ length: others }, (_, index) => leafOf(`other ${index}`, makePair()).leaf);
  const add = (body: string): Reply => {
    const request = parseAddLeaf(body);
    if (request === undefined) return { status: 400, body: 'bad request' };
    if (!request.isGood) return { status: 403, body: 'invalid signature' };
    if (leaves.some((leaf) => leaf.equals(request.leaf))) return { status: 200 };
    if (fake.accepting > 0) fake.accepting -= 1;
    else leaves.push(request.leaf);
    return { status: 202 };
  };
  const answer = (endpoint: string, body: string): Reply => {
    const size = leaves.length;
    const [name, first = '', second = ''] = endpoint.split('/');
    if (name === 'add-leaf') return add(body);
    if (name === 'get-tree-head')
      return { status: 200, body: headOf(leaves, { size, log, witnesses: fake.witnesses }) };
    if (Number(first) > size) return { status: 400, body: 'outside of current tree' };
    if (name === 'get-consistency-proof')
      return { status: 200, body: nodes(new ReferenceTree(leaves).proof(Number(first), Number(second))) };
    const hashes = leaves.slice(0, Number(first)).map((leaf) => sha256(Buffer.of(0), leaf).toString('hex'));
    const index = hashes.indexOf(second);
    if (index < 0) return { status: 404, body: 'not found' };
    return { status: 200, body: inclusionOf(leaves, index, Number(first)) };
  };
  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const endpoint = (request.url ?? '').replace(/^\/log\//, '');
      const asked = `${request.method} ${endpoint.split('/')[0]}`;
      fake.asked.push(asked);
      if (endpoint === 'add-leaf') fake.token = request.headers['sigsum-token'] as string | undefined;
      const honest = () => answer(endpoint, Buffer.concat(parts).toString());
      const reply = fake.misbehave === undefined ? honest() : fake.misbehave(asked, honest, response);
      return reply && response.writeHead(reply.status, reply.headers).end(reply.body ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/log`;
  const fake: FakeSigsum = {
    url,
    log,
    witnesses: [],
    leaves,
    asked: [],
    token: undefined,
    accepting: 0,
    misbehave: undefined,
    line: `log ${log.hex} ${url}`,
    close: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  open.push(fake);
  return fake;
}

/** The text with another hexadecimal digit behind what is found first. */
export const otherDigit = (text: string, before: RegExp): string =>
  text.replace(
    new RegExp(`(${before.source})([0-9a-f])`, 'm'),
    (_, found: string, digit: string) => found + (digit === '0' ? '1' : '0'),
  );
