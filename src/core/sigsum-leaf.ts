// SPDX-License-Identifier: Apache-2.0
/**
 * What a Sigsum log has of a file, by version 1 of Sigsum's log protocol (`add-leaf`):
 *
 *   message    SHA-256 of the file
 *   checksum   SHA-256 of the message
 *   signature  Ed25519 of "sigsum.org/v1/tree-leaf", a zero byte, and the checksum
 *   leaf       checksum, signature, SHA-256 of the public key: 128 bytes
 *
 * and the request that adds it to a log:
 *
 *   message=c9e5…
 *   signature=38dd…
 *   public_key=99ed…
 *
 * Ed25519 gives one signature for a message, so that a file and a key have one leaf, however often it is submitted.
 */
import { type KeyObject, sign, verify } from 'node:crypto';
import { decodeUtf8, equalBytes } from './encoding.ts';
import { Fault } from './fault.ts';
import { digestOf, type Hash, leafHash } from './merkle.ts';
import { type Sha256, sha256 } from './sha256.ts';
import { ed25519Key, PUBLIC_KEY_SIZE, publicKeyOf } from './signed-note.ts';
import { asciiLines, formatHex, parseHex, takeHash, takeSignature } from './sigsum-ascii.ts';

export interface AddLeaf {
  readonly message: Hash;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Bytes. */
const REQUEST_CAP = 1024;
const NAMESPACE = Buffer.from('sigsum.org/v1/tree-leaf\0');

/** What Sigsum knows a public key by. */
export const keyHashOf = (publicKey: Uint8Array): Sha256 => sha256(publicKey);

const signedBytes = (message: Hash) => Buffer.concat([NAMESPACE, digestOf(message)]);

/** Signs a file for a log. `key` MUST be an Ed25519 key. */
export function signLeaf(file: Uint8Array, key: KeyObject): AddLeaf {
  const message = digestOf(file);
  return { message, signature: sign(null, signedBytes(message), key), publicKey: publicKeyOf(key) };
}

/** Throws `bad-signature` where the key did not sign the message. */
export function verifyLeaf({ message, signature, publicKey }: AddLeaf): void {
  if (!verify(null, signedBytes(message), ed25519Key(publicKey), signature))
    throw new Fault('bad-signature', 'the leaf is not signed by its key');
}

/** The hash of the leaf in the tree. */
export const hashOfLeaf = ({ message, signature, publicKey }: AddLeaf): Hash =>
  leafHash(Buffer.concat([digestOf(message), signature, digestOf(publicKey)]));

/** Reads a request, and verifies it. Throws `bad-format`, `bad-signature`. */
export function parseAddLeaf(bytes: Uint8Array): AddLeaf {
  const lines = asciiLines(decodeUtf8(bytes, REQUEST_CAP, 'the request'), 'the request');
  const leaf: AddLeaf = {
    message: takeHash(lines, 'message'),
    signature: takeSignature(lines, 'signature'),
    publicKey: parseHex(lines.take('public_key', 1)[0] ?? '', PUBLIC_KEY_SIZE),
  };
  lines.end();
  verifyLeaf(leaf);
  return leaf;
}

export const formatAddLeaf = ({ message, signature, publicKey }: AddLeaf): Uint8Array =>
  Buffer.from(`message=${formatHex(message)}\nsignature=${formatHex(signature)}\npublic_key=${formatHex(publicKey)}\n`);

/** Whether a leaf is of this file. */
export const isLeafOf = ({ message }: AddLeaf, file: Uint8Array): boolean => equalBytes(message, digestOf(file));

const TOKEN_NAMESPACE = Buffer.from('sigsum.org/v1/submit-token\0');

/** The value of the header `Sigsum-Token`, by which public logs limit how much a domain submits. */
export const formatToken = (domain: string, key: KeyObject, logKey: Uint8Array): string =>
  `${domain} ${formatHex(sign(null, Buffer.concat([TOKEN_NAMESPACE, logKey]), key))}`;
