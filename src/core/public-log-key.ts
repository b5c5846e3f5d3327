// SPDX-License-Identifier: Apache-2.0
/**
 * The file of a public log key. As `key generate-log-key` leaves it beside the private one: for Rekor a P-256 key in PEM, as OpenSSL
 * writes it; for Sigsum an Ed25519 key in the line of OpenSSH. And the verifier key of a tile log, as `log init` leaves it:
 *
 *   -----BEGIN PUBLIC KEY-----
 *   MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE…            base64 of SubjectPublicKeyInfo, 64 digits a line
 *   -----END PUBLIC KEY-----
 *
 *   ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA… comment
 *
 *   tarballs.example.org/log+a1b2c3d4+AbC…               c2sp.org/signed-note
 *
 * What is read is what would be written, byte for byte: such a file is signed. Where a public key belongs, node:crypto takes a private
 * one without a word, so that these are looked for first.
 */
import { decodeUtf8 } from './encoding.ts';
import { Fault } from './fault.ts';
import { formatOpenSshPublicKey } from './openssh-key.ts';
import { isP256, type P256Key, p256Key, readSpki } from './p256.ts';
import { type NoteVerifier, PUBLIC_KEY_SIZE, parseVerifierKey } from './signed-note.ts';

export type PublicLogKey =
  | { readonly kind: 'rekor'; readonly key: P256Key }
  /** 32 bytes. */
  | { readonly kind: 'sigsum'; readonly key: Uint8Array }
  | { readonly kind: 'tiles'; readonly key: NoteVerifier };

/** Bytes; one in PEM has 178. */
export const PUBLIC_LOG_KEY_CAP = 4 * 1024;

const HINT =
  'a public log key is as "key generate-log-key" leaves it, in the file that ends in .pub, or "log init", in log.vkey';

/** Throws `unreadable`, above all for every private key, and `bad-format` for what is no text, or too long. */
export function parsePublicLogKey(bytes: Uint8Array): PublicLogKey {
  const text = decodeUtf8(bytes, PUBLIC_LOG_KEY_CAP, 'the public key');
  if (text.includes('PRIVATE KEY'))
    throw new Fault('unreadable', 'it holds a private key, which belongs into no other hands', { hint: HINT });
  const found = text.startsWith('ssh-') ? readOpenSsh(text) : (readPem(text) ?? readVerifierKey(text));
  if (found !== undefined) return found;
  const kinds = 'a public key on P-256 in PEM, nor an Ed25519 key as OpenSSH writes it, nor the verifier key of a log';
  throw new Fault('unreadable', `neither ${kinds}`, { hint: HINT });
}

function readPem(text: string): PublicLogKey | undefined {
  const [, lines = ''] = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n$/.exec(text) ?? [];
  const key = readSpki(Buffer.from(lines, 'base64'));
  if (key === undefined || !isP256(key)) return undefined;
  const read = p256Key(key);
  return read.pem === text ? { kind: 'rekor', key: read } : undefined;
}

function readOpenSsh(text: string): PublicLogKey | undefined {
  const [, blob = '', comment = ''] = /^ssh-ed25519 ([A-Za-z0-9+/=]+) ([^\n]*)\n$/.exec(text) ?? [];
  const key = Uint8Array.from(Buffer.from(blob, 'base64')).slice(-PUBLIC_KEY_SIZE);
  if (key.length !== PUBLIC_KEY_SIZE || formatOpenSshPublicKey(key, comment) !== text) return undefined;
  return { kind: 'sigsum', key };
}

/** What is parsed is in its canonical form, or refused. */
function readVerifierKey(text: string): PublicLogKey | undefined {
  if (!text.endsWith('\n')) return undefined;
  try {
    return { kind: 'tiles', key: parseVerifierKey(text.slice(0, -1)) };
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
