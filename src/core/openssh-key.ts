// SPDX-License-Identifier: Apache-2.0
/**
 * Ed25519 keys as OpenSSH keeps them in files, without a passphrase; Sigsum's programs read and write them, too. A private key is
 * base64 in PEM armor of
 *
 *   "openssh-key-v1" 0                       then, each with its length in front as 32 bits, big-endian:
 *   "none" "none" ""                         cipher, key derivation and its options
 *   1                                        number of keys: 32 bits
 *   public key                               "ssh-ed25519", 32 bytes
 *   check, check, "ssh-ed25519", 32 bytes, secret and public half in 64 bytes, a comment, and 1, 2, 3 … up to a multiple of 8
 *
 * (PROTOCOL.key of OpenSSH), and a public key is a line: `ssh-ed25519 AAAA… comment`.
 */
import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { equalBytes, formatBase64 } from './encoding.ts';
import { Fault } from './fault.ts';
import { PUBLIC_KEY_SIZE, publicKeyOf } from './signed-note.ts';

const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
const MAGIC = Buffer.from('openssh-key-v1\0');
const TYPE = Buffer.from('ssh-ed25519');
const BLOCK = 8;
const LINE = 64;

const bad = (why: string) =>
  new Fault('unreadable', `the OpenSSH private key ${why}`, {
    hint: 'an Ed25519 key without a passphrase is needed, as "key generate-log-key --for sigsum" and sigsum-key make it',
  });

export const isOpenSshKey = (bytes: Uint8Array): boolean => Buffer.from(bytes).includes(BEGIN);

/** Reads a private key. Throws `unreadable` for everything but one Ed25519 key without a passphrase. */
export function parseOpenSshKey(bytes: Uint8Array): KeyObject {
  const [, body = ''] =
    new RegExp(`^\\s*${BEGIN}\\r?\\n([A-Za-z0-9+/=\\r\\n]+)${END}\\s*$`).exec(Buffer.from(bytes).toString('latin1')) ??
    [];
  const blob = Buffer.from(body, 'base64');
  try {
    return readBlob(new Fields(blob));
  } finally {
    blob.fill(0);
  }
}

function readBlob(fields: Fields): KeyObject {
  if (!equalBytes(fields.bytes(MAGIC.length), MAGIC)) throw bad('is damaged');
  const [cipher, derivation, options] = [fields.string(), fields.string(), fields.string()].map(String);
  if (cipher !== 'none' || derivation !== 'none' || options !== '') throw bad('is protected by a passphrase');
  if (fields.number() !== 1) throw bad('is not one key');
  const named = new Fields(fields.string());
  const secret = new Fields(fields.string());
  fields.end();
  const publicKey = readPublic(named);
  named.end();
  const isAligned = secret.length % BLOCK === 0;
  const [check, again] = [secret.number(), secret.number()];
  if (!isAligned || check !== again) throw bad('is damaged');
  if (!equalBytes(readPublic(secret), publicKey)) throw bad('is damaged: it holds two public keys');
  const halves = secret.string();
  secret.string();
  const padding = secret.bytes(secret.length);
  if (padding.length >= BLOCK || padding.some((byte, at) => byte !== at + 1)) throw bad('is damaged');
  if (halves.length !== 2 * PUBLIC_KEY_SIZE) throw bad('is damaged');
  const key = keyOfSeed(halves.subarray(0, PUBLIC_KEY_SIZE));
  if (!equalBytes(publicKeyOf(key), publicKey) || !equalBytes(halves.subarray(PUBLIC_KEY_SIZE), publicKey))
    throw bad('is damaged: its halves do not belong together');
  return key;
}

function readPublic(fields: Fields): Uint8Array {
  if (!equalBytes(fields.string(), TYPE)) throw bad('is no Ed25519 key');
  const publicKey = fields.string();
  if (publicKey.length !== PUBLIC_KEY_SIZE) throw bad('is damaged');
  return publicKey;
}

/** PKCS#8 of an Ed25519 key is this and its 32 bytes (RFC 8410, section 7). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function keyOfSeed(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([PKCS8, seed]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** The text of a private key file. `key` MUST be an Ed25519 key. */
export function formatOpenSshKey(key: KeyObject): string {
  const der = key.export({ format: 'der', type: 'pkcs8' });
  const seed = der.subarray(PKCS8.length);
  const publicKey = publicKeyOf(key);
  const check = randomBytes(4);
  const pair = Buffer.concat([string(TYPE), string(publicKey)]);
  const secret = Buffer.concat([check, check, pair, string(Buffer.concat([seed, publicKey])), string(Buffer.alloc(0))]);
  const padding = Buffer.from(Array.from({ length: (BLOCK - (secret.length % BLOCK)) % BLOCK }, (_, at) => at + 1));
  const none = string(Buffer.from('none'));
  const head = Buffer.concat([MAGIC, none, none, string(Buffer.alloc(0)), number(1), string(pair)]);
  const body = formatBase64(Buffer.concat([head, string(Buffer.concat([secret, padding]))]));
  for (const one of [der, secret]) one.fill(0);
  return [BEGIN, ...(body.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []), END, ''].join('\n');
}

/** The line of a public key: 32 bytes. */
export const formatOpenSshPublicKey = (publicKey: Uint8Array, comment: string): string =>
  `ssh-ed25519 ${formatBase64(Buffer.concat([string(TYPE), string(publicKey)]))} ${comment}\n`;

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const string = (bytes: Uint8Array): Buffer => Buffer.concat([number(bytes.length), bytes]);

/** Reads bytes from their beginning to their end. */
class Fields {
  #rest: Buffer;

  constructor(bytes: Uint8Array) {
    this.#rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#rest.length;
  }

  bytes(count: number): Buffer {
    if (count > this.#rest.length) throw bad('is damaged: it ends too early');
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }

  number(): number {
    return this.bytes(4).readUInt32BE();
  }

  string(): Buffer {
    return this.bytes(this.number());
  }

  end(): void {
    if (this.#rest.length > 0) throw bad('is damaged: it has more than it should');
  }
}
