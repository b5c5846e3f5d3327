// SPDX-License-Identifier: Apache-2.0
/**
 * ECDSA keys on P-256 with SHA-256, which is what Sigstore's logs take from everybody. A public key is written as the base64 of
 * its SubjectPublicKeyInfo in DER, which is its PEM file without the first line, the last line and the line breaks; the private
 * form is a PKCS#8 PEM file. Signatures are in DER, too.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { equalBytes, formatBase64, parseBase64 } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import { sha256 } from './sha256.ts';
import { parsePrivateKeyPem } from './signed-note.ts';

export interface P256Key {
  /** SubjectPublicKeyInfo, DER: 91 bytes. */
  readonly spki: Uint8Array;
  /** As Go and OpenSSL write it, with a newline at the end. */
  readonly pem: string;
  /** How a Sigstore bundle names it: base64 of the SHA-256 of `spki`. */
  readonly hint: string;
  /** Whether this is a signature in DER of the message, by this key. */
  verify(message: Uint8Array, signature: Uint8Array): boolean;
}

export interface P256Signer {
  readonly key: P256Key;
  /** Another one each time, as ECDSA takes a random number. */
  sign(message: Uint8Array): Uint8Array;
}

/** Bytes; a signature in DER has at most 72. */
export const P256_SIGNATURE_CAP = 72;

/** An elliptic-curve key on P-256. */
export const isP256 = (key: KeyObject): boolean =>
  key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1';

/** The public key in these bytes; undefined unless they are exactly what would be written of it. */
export function readSpki(spki: Uint8Array): KeyObject | undefined {
  try {
    const key = publicOf(createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }));
    return equalBytes(key.export({ format: 'der', type: 'spki' }), spki) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Reads base64 of a SubjectPublicKeyInfo. Throws `usage` for everything but a P-256 key in its canonical form. */
export function parseP256Key(text: string): P256Key {
  const key = readSpki(decode(text));
  if (key !== undefined && isP256(key)) return p256Key(key);
  throw new Fault('usage', `not a public key on P-256: ${quote(text.slice(0, 120))}`, {
    hint: 'write the lines of its PEM file between BEGIN PUBLIC KEY and END PUBLIC KEY, as one',
  });
}

function decode(text: string): Uint8Array {
  try {
    return parseBase64(text);
  } catch {
    return new Uint8Array();
  }
}

export const formatP256Key = ({ spki }: P256Key): string => formatBase64(spki);

/** `key` MUST be a public key on P-256. */
export function p256Key(key: KeyObject): P256Key {
  const spki = key.export({ format: 'der', type: 'spki' });
  return {
    spki,
    pem: key.export({ format: 'pem', type: 'spki' }).toString(),
    hint: Buffer.from(sha256(spki), 'hex').toString('base64'),
    verify: (message, signature) => verify('sha256', message, key, signature),
  };
}

/** `key` MUST be a private key on P-256. */
export const p256Signer = (key: KeyObject): P256Signer => ({
  key: p256Key(publicOf(createPublicKey(key))),
  sign: (message) => sign('sha256', message, key),
});

/** By way of JWK, which knows no compressed points: node:crypto writes a point in the form in which it was read. */
const publicOf = (key: KeyObject): KeyObject => createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });

/** Reads a private key in PEM. Throws `unreadable` for everything but a key on P-256 without passphrase. */
export function parseP256PrivateKey(pem: Uint8Array): P256Signer {
  const hint = 'a log key for Rekor is a P-256 key in PKCS#8 PEM, as "key generate-log-key --for rekor" makes it';
  const key = parsePrivateKeyPem(pem, hint);
  if (isP256(key)) return p256Signer(key);
  throw new Fault('unreadable', `a private key of the kind ${key.asymmetricKeyType}, not P-256`, { hint });
}

/** A new private key: the text of a PKCS#8 PEM file. */
export const generateP256KeyPem = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
