// SPDX-License-Identifier: Apache-2.0
/** What to search for where no secret may be: all of it in pieces of 16 octets, so that a part of it is found, too. */
import { readPrivateKey, SecretSubkeyPacket } from 'openpgp';

export const PIECE = 16;

/** What must not be found, in latin1, and what it is a piece of. */
export type Pieces = ReadonlyMap<string, string>;

/** Every piece of a text or of octets; whatever is longer than two pieces less one holds one of them whole. */
function addPieces(pieces: Map<string, string>, what: string, content: Buffer, known: string): void {
  for (let start = 0; start + PIECE <= content.length; start += PIECE) {
    const piece = content.toString('latin1', start, start + PIECE);
    if (!known.includes(piece)) pieces.set(piece, what);
  }
}

/** The secret itself, as somebody might have written it down. */
export function addSecret(pieces: Map<string, string>, what: string, secret: Buffer): void {
  for (const form of ['latin1', 'hex'] as const)
    addPieces(pieces, what, Buffer.from(secret.toString(form), 'latin1'), '');
  addPieces(pieces, what, Buffer.from(secret.toString('hex').toUpperCase()), '');
  for (const text of inBase64(secret)) addPieces(pieces, what, Buffer.from(text), '');
}

/** It looks different at each of three places. */
const inBase64 = (content: Buffer): readonly string[] =>
  [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), content])
      .toString('base64')
      .slice(before === 0 ? 0 : 4)
      .replace(/=+$/, ''),
  );

/** An armored key whose first subkey is an Ed25519 one: its text, and its secret; not what `known` shows as well. */
export async function addKey(
  pieces: Map<string, string>,
  what: string,
  armored: string,
  known: string,
  passphrase: string,
): Promise<void> {
  addPieces(pieces, what, body(armored), known);
  const knownInBase64 = inBase64(Buffer.from(known)).join(' ');
  for (const text of inBase64(body(armored))) addPieces(pieces, what, Buffer.from(text), knownInBase64);
  addSecret(pieces, `${what}, the secret itself`, await seedOf(armored, passphrase));
}

/** In PEM, without what `known` shows as well; unless told, the secret itself is the last 32 octets, as in PKCS#8 for Ed25519. */
export function addLogKey(
  pieces: Map<string, string>,
  what: string,
  pem: string,
  secret: Buffer = Buffer.from(body(pem).toString('latin1'), 'base64').subarray(-32),
  known = '',
): void {
  addPieces(pieces, what, body(pem), known);
  addSecret(pieces, `${what}, the secret itself`, secret);
}

const body = (armored: string): Buffer => Buffer.from(armored.replace(/^-----.*$/gm, '').trim(), 'latin1');

async function seedOf(armoredKey: string, passphrase: string): Promise<Buffer> {
  const packet = (await readPrivateKey({ armoredKey })).subkeys[0]?.keyPacket;
  if (!(packet instanceof SecretSubkeyPacket)) throw new Error('the key has no subkey with a secret');
  if (packet.isDecrypted() === false) await packet.decrypt(passphrase);
  return Buffer.from((packet.privateParams as { readonly seed: Uint8Array }).seed);
}

export interface Index {
  readonly pieces: Pieces;
  /** 1 at every pair of octets that a piece begins with. */
  readonly beginnings: Uint8Array;
}

export function indexPieces(pieces: Pieces): Index {
  const beginnings = new Uint8Array(1 << 16);
  for (const piece of pieces.keys()) beginnings[(piece.charCodeAt(0) << 8) | piece.charCodeAt(1)] = 1;
  return { pieces, beginnings };
}

export function piecesIn({ pieces, beginnings }: Index, content: Buffer): readonly string[] {
  const found: string[] = [];
  const last = content.length - PIECE;
  for (let at = 0; at <= last; at++) {
    if (beginnings[((content[at] ?? 0) << 8) | (content[at + 1] ?? 0)] === 0) continue;
    const piece = content.toString('latin1', at, at + PIECE);
    if (pieces.has(piece)) found.push(piece);
  }
  return found;
}
