// SPDX-License-Identifier: Apache-2.0
/** A Rekor server on loopback over a log with real keys: it answers as the real ones do, and lies or breaks off on demand. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { leafHash } from '../../src/core/merkle.ts';
import { formatBundle, type TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { formatEntryBundle, formatHashTile } from '../../src/core/tile.ts';
import { canonicalizeV2, type RekorLog } from '../core/rekor-log.ts';
import { ReferenceTree } from '../core/rfc6962.ts';

export interface Reply {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Instead of what the server would answer; `hangUp` answers nothing. */
export type Lie = (honest: Reply, request: { readonly method: string; readonly path: string }) => Reply | 'hangUp';

export interface RekorServerLab {
  readonly url: string;
  /** `POST /api/v1/log/entries`, in their order. */
  readonly requests: string[];
  readonly bodies: Buffer[];
  /** v1, asked for leaves in all of its trees, and for proofs that it has what it had; not among `requests`. */
  readonly lookups: string[];
  /** Each is for one of `requests`, in their order; undefined is the honest answer. */
  lies: (Lie | undefined)[];
  /** Each is for one of `lookups`. */
  lookupLies: (Lie | undefined)[];
  /** v1: the trees that take no more entries. */
  earlier: readonly RekorLog[];
  /** The size up to which there is a published checkpoint; all of it where undefined. */
  published: number | undefined;
  close(): Promise<void>;
}

const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  body: `${JSON.stringify(value)}\n`,
  headers: { 'content-type': 'application/json', ...headers },
});

const TREE_DIGITS = 16;
export const uuidOf = (log: RekorLog, body: Uint8Array): string =>
  BigInt(log.treeId).toString(16).padStart(TREE_DIGITS, '0') + Buffer.from(leafHash(body)).toString('hex');

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** As the REST interface of v1 has it. */
export function logEntryV1(log: RekorLog, entry: TlogEntry): Record<string, Record<string, unknown>> {
  const { inclusionProof, signedEntryTimestamp = new Uint8Array() } = entry;
  return {
    [uuidOf(log, entry.body)]: {
      body: Buffer.from(entry.body).toString('base64'),
      integratedTime: entry.integratedTime,
      logID: entry.logId,
      logIndex: entry.logIndex,
      verification: {
        inclusionProof: {
          ...inclusionProof,
          hashes: inclusionProof.hashes.map(hex),
          rootHash: hex(inclusionProof.rootHash),
        },
        signedEntryTimestamp: Buffer.from(signedEntryTimestamp).toString('base64'),
      },
    },
  };
}

/** As v2 answers it: everything is there, also what is 0 or null. */
export function entryV2(entry: TlogEntry): Record<string, unknown> {
  const unsigned = { digest: Buffer.alloc(32), signature: Buffer.alloc(1), hint: 'x', timestamps: [] };
  const written: unknown = JSON.parse(Buffer.from(formatBundle({ ...unsigned, entries: [entry] })).toString());
  const { tlogEntries } = (written as { verificationMaterial: { tlogEntries: Record<string, unknown>[] } })
    .verificationMaterial;
  return { ...tlogEntries[0], integratedTime: '0', inclusionPromise: null };
}

function postV1(log: RekorLog, body: Buffer): Reply {
  const entry = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
  const { index, isNew } = log.add(entry);
  const uuid = uuidOf(log, entry);
  const location = `/api/v1/log/entries/${uuid}`;
  if (isNew) return json(201, logEntryV1(log, log.entry(index)), { location, etag: uuid });
  const message = `an equivalent entry already exists in the transparency log with UUID ${uuid}`;
  return json(409, { code: 409, message }, { location });
}

function postV2(log: RekorLog, body: Buffer): Reply {
  const { index, isNew } = log.add(canonicalizeV2(JSON.parse(body.toString())));
  if (isNew) return json(201, entryV2(log.entry(index)));
  const message = `an equivalent entry already exists in the transparency log with index ${index}`;
  return json(409, { code: 6, message, details: [] }, { 'x-log-index': String(index) });
}

function getV1(logs: readonly RekorLog[], path: string): Reply {
  const uuid = path.split('/').at(-1) ?? '';
  for (const log of logs) {
    const index = log.entries.findIndex((entry) => uuidOf(log, entry).endsWith(uuid));
    if (index >= 0) return json(200, logEntryV1(log, log.entry(index)));
  }
  return { status: 404 };
}

function getProofV1(log: RekorLog, path: string): Reply {
  const query = new URL(path, 'http://log').searchParams;
  const [first, last] = [Number(query.get('firstSize')), Number(query.get('lastSize'))];
  if (query.get('treeID') !== log.treeId || last > log.entries.length || first > last || first === 0)
    return json(400, { code: 400, message: `requested size ${last} is greater than ${log.entries.length}` });
  const tree = new ReferenceTree(log.entries.slice(0, last));
  return json(200, { rootHash: hex(tree.mth(0, last)), hashes: tree.proof(first, last).map(hex) });
}

const isLookup = (path: string): boolean =>
  path.startsWith('/api/v1/log/proof?') || /^\/api\/v1\/log\/entries\/[0-9a-f]{64}$/.test(path);

/** Of a log of less than 256 entries: a partial tile, which is there for the published size only. */
function getTile(log: RekorLog, path: string, size: number): Reply {
  const entries = log.entries.slice(0, size);
  if (path === '/checkpoint') return { status: 200, body: log.checkpoint(size) };
  if (path === `/tile/0/000.p/${size}`) return { status: 200, body: formatHashTile(entries.map(leafHash)) };
  if (path === `/tile/entries/000.p/${size}`) return { status: 200, body: formatEntryBundle(entries) };
  return { status: 404, body: 'no such file' };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export async function rekorServer(log: RekorLog): Promise<RekorServerLab> {
  const server = createServer((request, response) => void answer(request, response));
  const honest = (method: string, path: string, body: Buffer): Reply => {
    if (method === 'POST' && path === '/api/v1/log/entries' && log.version === 1) return postV1(log, body);
    if (method === 'POST' && path === '/api/v2/log/entries' && log.version === 2) return postV2(log, body);
    if (method === 'GET' && path.startsWith('/api/v1/log/entries/') && log.version === 1)
      return getV1([log, ...lab.earlier], path);
    if (method === 'GET' && path.startsWith('/api/v1/log/proof?') && log.version === 1) return getProofV1(log, path);
    if (method === 'GET' && log.version === 2)
      return getTile(log, path.replace(/^\/api\/v2/, ''), lab.published ?? log.entries.length);
    return { status: 404 };
  };
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const body = await bodyOf(request);
    const [seen, lies] = isLookup(path) ? [lab.lookups, lab.lookupLies] : [lab.requests, lab.lies];
    seen.push(`${method} ${path}`);
    if (method === 'POST') lab.bodies.push(body);
    const lie = lies.shift();
    const truth = honest(method, path, body);
    const reply = lie === undefined ? truth : lie(truth, { method, path });
    if (reply === 'hangUp') return void request.socket.destroy();
    response.writeHead(reply.status, reply.headers).end(reply.body);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const lab: RekorServerLab = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    bodies: [],
    lookups: [],
    lies: [],
    lookupLies: [],
    earlier: [],
    published: undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return lab;
}
