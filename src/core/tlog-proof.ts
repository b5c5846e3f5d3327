// SPDX-License-Identifier: Apache-2.0
/**
 * c2sp.org/tlog-proof@v1: shows offline that an entry is in a log.
 *
 *   c2sp.org/tlog-proof@v1
 *   extra eyJjb21taXQ…                                 opaque; with us, the entry itself
 *   index 73894
 *   gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=       the inclusion proof, from the leaf's sibling upwards
 *   B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
 *
 *   example.com/fancylog                               the signed checkpoint
 *   …
 */
import { formatSignedCheckpoint, parseSignedCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { decodeUtf8, formatBase64, parseBase64, parseDecimal } from './encoding.ts';
import { Fault } from './fault.ts';
import { type Hash, MAX_PROOF_LENGTH, parseHash } from './merkle.ts';

export interface TlogProof {
  /** Not authenticated by the proof; undefined where there is none, never empty. */
  readonly extra: Uint8Array | undefined;
  /** Of the entry, from 0. */
  readonly index: number;
  readonly hashes: readonly Hash[];
  readonly checkpoint: SignedCheckpoint;
}

/** Bytes: an entry of 64 KiB in base64, 63 hashes, the largest checkpoint. */
export const TLOG_PROOF_CAP = 256 * 1024;

const HEADER = 'c2sp.org/tlog-proof@v1';

/** Reads a proof without believing it. Throws `bad-format`. */
export function parseTlogProof(bytes: Uint8Array): TlogProof {
  const text = decodeUtf8(bytes, TLOG_PROOF_CAP, 'the proof');
  const divide = text.indexOf('\n\n');
  if (divide < 0) throw bad('has no empty line before its checkpoint');
  const [header, ...lines] = text.slice(0, divide).split('\n');
  if (header !== HEADER) throw bad(`does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith('extra ') === true ? parseExtra(lines.shift()) : undefined;
  const index = parseDecimal(field('index', lines.shift()));
  if (lines.length > MAX_PROOF_LENGTH) throw bad(`has more than ${MAX_PROOF_LENGTH} hashes`);
  const hashes = lines.map((line) => parseHash(parseBase64(line)));
  return { extra, index, hashes, checkpoint: parseSignedCheckpoint(Buffer.from(text.slice(divide + 2))) };
}

export function formatTlogProof({ extra, index, hashes, checkpoint }: TlogProof): Uint8Array {
  const head = [
    HEADER,
    ...(extra === undefined ? [] : [`extra ${formatBase64(extra)}`]),
    `index ${index}`,
    ...hashes.map(formatBase64),
  ];
  return Buffer.concat([Buffer.from(`${head.join('\n')}\n\n`), formatSignedCheckpoint(checkpoint)]);
}

const bad = (why: string) => new Fault('bad-format', `the proof ${why}`);

function field(name: string, line: string | undefined): string {
  if (line?.startsWith(`${name} `) === true) return line.slice(name.length + 1);
  throw bad(`has no ${name} where it belongs`);
}

function parseExtra(line: string | undefined): Uint8Array {
  const extra = parseBase64(field('extra', line));
  if (extra.length === 0) throw bad('has an empty extra line');
  return extra;
}
