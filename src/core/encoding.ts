// SPDX-License-Identifier: Apache-2.0
/** Decimals, base64 and UTF-8 with exactly one spelling for every value: what is read is what would be written. */
import { Fault, quote } from './fault.ts';

/** A whole number from 0 to 2^53-1 in ASCII digits, without sign or leading zeros. Throws `bad-format`. */
export function parseDecimal(text: string): number {
  const value = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new Fault('bad-format', `not a whole number in its shortest decimal form: ${quote(text.slice(0, 40))}`);
}

/** RFC 4648, section 4, with padding and with zero bits where the last digit has bits to spare. Throws `bad-format`. */
export function parseBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  throw new Fault('bad-format', `not base64 in its canonical form: ${quote(text.slice(0, 80))}`);
}

export const formatBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** Text from at most `cap` bytes of UTF-8; a byte order mark stays a character. `what` names the document. Throws `bad-format`. */
export function decodeUtf8(bytes: Uint8Array, cap: number, what: string): string {
  if (bytes.length > cap) throw new Fault('bad-format', `${what} is larger than ${cap} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Fault('bad-format', `${what} is not valid UTF-8`, { cause });
  }
}

/** Whether two byte strings are the same; for public values only, as the time it takes tells where they differ. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
