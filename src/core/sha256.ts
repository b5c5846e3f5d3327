// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { Fault, quote } from './fault.ts';

/** A SHA-256 digest as 64 lower-case hexadecimal digits. */
export type Sha256 = string & { readonly __brand: 'Sha256' };

/** Reads 64 lower-case hexadecimal digits. Throws `bad-format`. */
export function parseSha256(text: string): Sha256 {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Fault('bad-format', `not a SHA-256 digest: ${quote(text.slice(0, 80))}`);
  return text as Sha256;
}

/** The digest of bytes that are in memory. */
export function sha256(...parts: readonly (Uint8Array | string)[]): Sha256 {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex') as Sha256;
}
