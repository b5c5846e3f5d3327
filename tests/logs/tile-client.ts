// SPDX-License-Identifier: Apache-2.0
/**
 * A client for static tile logs, written from the specifications alone (c2sp.org/signed-note, tlog-checkpoint, tlog-tiles,
 * RFC 6962) and importing nothing of ours: it fetches and checks all that a log of that size has to serve.
 */
import { createHash, createPublicKey, verify } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export interface ServedLog {
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly entries: readonly Buffer[];
}

export type Get = (resource: string) => Buffer | undefined;

/** What a web server would answer for a directory. */
export const directoryGet =
  (directory: string): Get =>
  (resource) => {
    const file = path.join(directory, resource);
    return fs.existsSync(file) ? fs.readFileSync(file) : undefined;
  };

const sha256 = (...parts: readonly Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the log is wrong: ${what}`);
}

/** Reads everything. Throws an Error for the first thing that the specifications do not allow. */
export function readLog(get: Get, vkey: string): ServedLog {
  const { origin, size, root } = readCheckpoint(get, vkey);
  const entries: Buffer[] = [];
  for (let index = 0; index * 256 < size; index += 1) {
    entries.push(...readBundle(fetchEither(get, 'tile/entries', index, Math.min(256, size - index * 256))));
  }
  demand(entries.length === size, `${entries.length} entries instead of ${size}`);
  let hashes: readonly Buffer[] = entries.map((entry) => sha256(Buffer.of(0), entry));
  demand(treeHash(hashes).toString('base64') === root, 'the entries do not hash to the root');
  for (let level = 0; hashes.length > 0; level += 1) {
    for (let index = 0; index * 256 < hashes.length; index += 1) {
      const expected = Buffer.concat(hashes.slice(index * 256, (index + 1) * 256));
      const served = fetchEither(get, `tile/${level}`, index, expected.length / 32);
      demand(served.subarray(0, expected.length).equals(expected), `tile ${level}/${index} has other hashes`);
    }
    hashes = Array.from({ length: Math.floor(hashes.length / 256) }, (_, at) =>
      treeHash(hashes.slice(at * 256, (at + 1) * 256)),
    );
  }
  return { origin, size, root, entries };
}

function readCheckpoint(get: Get, vkey: string) {
  const note = get('checkpoint')?.toString('utf8');
  demand(note !== undefined, 'no checkpoint');
  const divide = note.lastIndexOf('\n\n');
  const [text, signatures] = [note.slice(0, divide + 1), note.slice(divide + 2)];
  const [name = '', id = '', ...rest] = vkey.split('+');
  const key = Buffer.from(rest.join('+'), 'base64');
  demand(key[0] === 1 && key.length === 33, 'not an Ed25519 key');
  demand(sha256(Buffer.from(`${name}\n`), key).toString('hex', 0, 4) === id, 'the ID of the key');
  const line = signatures.split('\n').find((one) => one.startsWith(`— ${name} `)) ?? '';
  const signature = Buffer.from(line.slice(`— ${name} `.length), 'base64');
  demand(signature.toString('hex', 0, 4) === id, 'not signed by the key of the log');
  const x = key.subarray(1).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  demand(verify(null, Buffer.from(text), publicKey, signature.subarray(4)), 'the signature of the checkpoint');
  const lines = text.split('\n');
  demand(lines.length === 4 && lines[3] === '', 'the lines of the checkpoint');
  const [origin = '', size = '', root = ''] = lines;
  demand(/^(0|[1-9][0-9]*)$/.test(size) && Buffer.from(root, 'base64').length === 32, 'size and root');
  return { origin, size: Number(size), root };
}

/** The partial resource; the full one where that is gone. */
function fetchEither(get: Get, prefix: string, index: number, width: number): Buffer {
  let place = String(index % 1000).padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    place = `x${String(rest % 1000).padStart(3, '0')}/${place}`;
  }
  const full = get(`${prefix}/${place}`);
  if (width === 256) {
    demand(full !== undefined, `${prefix}/${place} is missing`);
    if (prefix !== 'tile/entries') demand(full.length === 8192, `the size of ${prefix}/${place}`);
    return full;
  }
  const partial = get(`${prefix}/${place}.p/${width}`);
  demand(partial !== undefined || full !== undefined, `${prefix}/${place}.p/${width} is missing`);
  if (partial !== undefined && prefix !== 'tile/entries')
    demand(partial.length === width * 32, `the size of ${prefix}/${place}.p/${width}`);
  return partial ?? (full as Buffer);
}

function readBundle(bytes: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    demand(at + 2 <= bytes.length, 'a bundle ends within a length');
    const end = at + 2 + bytes.readUInt16BE(at);
    demand(end <= bytes.length, 'a bundle ends within an entry');
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** RFC 6962, section 2.1, over leaf hashes. */
function treeHash(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 0) return sha256();
  if (hashes.length === 1) return hashes[0] as Buffer;
  let split = 1;
  while (split * 2 < hashes.length) split *= 2;
  return sha256(Buffer.of(1), treeHash(hashes.slice(0, split)), treeHash(hashes.slice(split)));
}
