// SPDX-License-Identifier: Apache-2.0
import { Fault, quote } from './fault.ts';

/** An OpenPGP key fingerprint: 40 (version 4) or 64 (version 6) upper-case hexadecimal digits. */
export type Fingerprint = string & { readonly __brand: 'Fingerprint' };

/**
 * Reads a fingerprint as people write it: any case, with spaces, with `0x`.
 * Short key IDs are refused: they can be forged. Throws `usage`.
 */
export function parseFingerprint(text: string): Fingerprint {
  const digits = text.replace(/ /g, '').replace(/^0x/i, '').toUpperCase();
  if (/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(digits)) return digits as Fingerprint;
  throw new Fault('usage', `not a key fingerprint: ${quote(text.slice(0, 100))}`, {
    hint: 'give all 40 digits (64 for version 6 keys): a short key ID can be forged',
  });
}
