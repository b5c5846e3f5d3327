// SPDX-License-Identifier: Apache-2.0
/**
 * The public key of a Rekor log, pinned as base64 of its SubjectPublicKeyInfo in DER. Version 1 has a key on P-256, version 2 an
 * Ed25519 key as a rule. Bundles name the log by the `logId` of its key, checkpoints by the first four bytes of it:
 *
 *   Ed25519   SHA-256 of origin, newline, 0x01 and the 32 bytes of the key (c2sp.org/signed-note)
 *   P-256     SHA-256 of the SubjectPublicKeyInfo
 */
import { type KeyObject, verify } from 'node:crypto';
import { parseBase64 } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import { isP256, readSpki } from './p256.ts';
import { sha256 } from './sha256.ts';
import type { NoteKey } from './signed-note.ts';
import type { TimeRange } from './time-range.ts';

export type RekorVersion = 1 | 2;

/** `name` is that in the signature line of the log's checkpoints. */
export interface RekorKey extends NoteKey {
  readonly spki: Uint8Array;
  /** 64 hexadecimal digits. */
  readonly logId: string;
  /** What kind of key it is, in Sigstore's words. */
  readonly details: 'PKIX_ECDSA_P256_SHA_256' | 'PKIX_ED25519';
  /** When the log used it; always, where nobody says. */
  readonly validFor?: TimeRange;
  /** Whether this is a signature of these bytes by this key. */
  verifyBytes(message: Uint8Array, signature: Uint8Array): boolean;
}

const ED25519 = Uint8Array.of(1);

/** `origin` MUST be a key name. Throws `bad-format` for what is not base64, `usage` for a key of another kind or form. */
export function parseRekorKey(text: string, version: RekorVersion, origin: string): RekorKey {
  const spki = parseBase64(text);
  const key = readSpki(spki);
  const ecdsa = key !== undefined && isP256(key);
  if (key === undefined || !(ecdsa || (version === 2 && key.asymmetricKeyType === 'ed25519'))) {
    const what = version === 1 ? 'a public key on P-256' : 'an Ed25519 key or a public key on P-256';
    throw new Fault('usage', `not ${what}: ${quote(text.slice(0, 120))}`, {
      hint: 'write the lines of its PEM file between BEGIN PUBLIC KEY and END PUBLIC KEY, as one',
    });
  }
  const logId = ecdsa ? sha256(spki) : sha256(`${origin}\n`, ED25519, rawKey(key));
  const verifyBytes = (message: Uint8Array, signature: Uint8Array) =>
    verify(ecdsa ? 'sha256' : null, message, key, signature);
  return {
    name: origin,
    keyId: logId.slice(0, 8),
    logId,
    details: ecdsa ? 'PKIX_ECDSA_P256_SHA_256' : 'PKIX_ED25519',
    spki,
    verify: (note, signature) => verifyBytes(Buffer.from(note), signature),
    verifyBytes,
  };
}

const rawKey = (key: KeyObject): Uint8Array => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
