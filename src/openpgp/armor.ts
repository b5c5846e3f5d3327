// SPDX-License-Identifier: Apache-2.0
/**
 * ASCII armor, RFC 9580 section 6:
 *
 *     -----BEGIN PGP SIGNATURE-----
 *     Comment: any number of headers
 *
 *     iHUEABYIAB0WIQ…
 *     =HVtl                                CRC-24, optional
 *     -----END PGP SIGNATURE-----
 */
import { Malformed } from './malformed.ts';

export interface ArmorBlock {
  /** What stands between `BEGIN PGP ` and the dashes, such as `SIGNATURE` or `PUBLIC KEY BLOCK`. */
  readonly label: string;
  readonly data: Uint8Array;
}

export interface Armor {
  readonly blocks: readonly ArmorBlock[];
  /** Whether there is anything but white space outside of the blocks. */
  readonly surrounded: boolean;
}

const BEGIN = /^-----BEGIN PGP ([A-Z0-9 ,/]+)-----$/;
const HEADER = /^[A-Za-z][A-Za-z0-9-]*:( .*)?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Whether the bytes are OpenPGP packets as they are: the first octet of a packet has its highest bit set. */
export const isBinary = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0x80) !== 0;

/**
 * Reads every armor block of a text. Throws Malformed. A clear-signed message ends the reading: it is reported as a
 * block `SIGNED MESSAGE` without data, for its callers to refuse.
 */
export function readArmor(bytes: Uint8Array): Armor {
  const lines = Buffer.from(bytes).toString('latin1').split('\n').map(trimEnd);
  const blocks: ArmorBlock[] = [];
  let surrounded = false;
  for (let at = 0; at < lines.length; ) {
    const label = BEGIN.exec(lines[at] ?? '')?.[1];
    if (label === 'SIGNED MESSAGE') return { blocks: [...blocks, { label, data: new Uint8Array() }], surrounded };
    if (label === undefined) {
      surrounded ||= lines[at] !== '';
      at += 1;
      continue;
    }
    const end = lines.indexOf(`-----END PGP ${label}-----`, at);
    if (end < 0) throw new Malformed('the armor has no end');
    blocks.push({ label, data: decodeBlock(lines.slice(at + 1, end)) });
    at = end + 1;
  }
  return { blocks, surrounded };
}

/** White space as RFC 9580 section 6.2 has it. A pattern with `+$` would try again at every space of a long row of them. */
function trimEnd(line: string): string {
  let end = line.length;
  while (end > 0 && ' \t\r'.includes(line[end - 1] ?? '')) end -= 1;
  return line.slice(0, end);
}

function decodeBlock(lines: readonly string[]): Uint8Array {
  const blank = lines.indexOf('');
  if (blank < 0 || !lines.slice(0, blank).every((line) => HEADER.test(line))) {
    throw new Malformed('the armor has no blank line between its headers and its data');
  }
  const body = lines.slice(blank + 1).filter((line) => line !== '');
  const checksum = body.at(-1)?.startsWith('=') ? body.pop() : undefined;
  const text = body.join('');
  const data = Buffer.from(text, 'base64');
  if (!BASE64.test(text) || data.toString('base64') !== text) throw new Malformed('the armor is not clean base64');
  // RFC 9580 section 6.1 would have readers ignore a wrong checksum, but gpg and gpgv find no signature in such a file.
  if (checksum !== undefined && checksum !== `=${crc24(data)}`) throw new Malformed('the armor has a wrong checksum');
  return data;
}

/** A block as `readArmor` reads it, without headers and ending in a newline: ASCII. Version 6 has no checksum, section 6.1. */
export function formatArmor(label: string, data: Uint8Array, version: 4 | 6): Uint8Array {
  const body = Buffer.from(data)
    .toString('base64')
    .replace(/.{60}(?!$)/g, '$&\n');
  const checksum = version === 4 ? `\n=${crc24(data)}` : '';
  return Buffer.from(`-----BEGIN PGP ${label}-----\n\n${body}${checksum}\n-----END PGP ${label}-----\n`, 'latin1');
}

/** What each value of an octet does to the sum. */
const CRC24 = Uint32Array.from({ length: 256 }, (_, octet) => {
  let crc = octet << 16;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x800000 ? 0x1864cfb : 0);
  return crc & 0xffffff;
});

/** RFC 9580 section 6.1.1, in base64. */
function crc24(data: Uint8Array): string {
  let crc = 0xb704ce;
  for (const octet of data) crc = ((crc << 8) & 0xffffff) ^ (CRC24[(crc >> 16) ^ octet] ?? 0);
  return Buffer.from([crc >> 16, crc >> 8, crc]).toString('base64');
}
