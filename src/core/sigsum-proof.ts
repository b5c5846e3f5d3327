// SPDX-License-Identifier: Apache-2.0
/**
 * Sigsum's proof file, version 2: shows offline that a file is logged, and who has seen it there.
 *
 *   version=2
 *   log=1643…                                SHA-256 of the log's public key
 *   leaf=2c8d… 38dd…                         SHA-256 of the submitter's public key, and its signature
 *
 *   size=381382                              the tree head, with its cosignatures
 *   …
 *
 *   leaf_index=381381                        the inclusion proof; in a tree of one leaf, this part is not there
 *   node_hash=d009…
 *
 * What is logged is not in it: the one who verifies has the file.
 */
import { decodeUtf8 } from './encoding.ts';
import { Fault } from './fault.ts';
import { type Hash, MAX_PROOF_LENGTH } from './merkle.ts';
import {
  type AsciiLines,
  asciiLines,
  formatHex,
  parseHexHash,
  parseHexSignature,
  takeHash,
  takeNumber,
} from './sigsum-ascii.ts';
import { formatTreeHead, type SigsumTreeHead, TREE_HEAD_CAP, takeTreeHead } from './sigsum-tree-head.ts';

export interface SigsumInclusion {
  readonly index: number;
  readonly hashes: readonly Hash[];
}

export interface SigsumProof extends SigsumInclusion {
  /** Of the log: 64 hexadecimal digits. */
  readonly logKeyHash: string;
  /** Of the submitter. */
  readonly keyHash: string;
  /** Of the leaf. */
  readonly signature: Uint8Array;
  readonly head: SigsumTreeHead;
}

const INCLUSION_CAP = 8 * 1024;
/** Bytes. */
export const SIGSUM_PROOF_CAP = TREE_HEAD_CAP + INCLUSION_CAP + 1024;
const VERSION = 'version=2\n';

/** Reads a proof without believing it. Throws `bad-format`. */
export function parseSigsumProof(bytes: Uint8Array): SigsumProof {
  const text = decodeUtf8(bytes, SIGSUM_PROOF_CAP, 'the Sigsum proof');
  if (!text.startsWith(VERSION)) throw otherVersion(text);
  const [first = '', second, third, ...more] = text.slice(VERSION.length).split('\n\n');
  const what = 'the Sigsum proof';
  const parts = asciiLines(`${first}\n`, what);
  const logKeyHash = formatHex(takeHash(parts, 'log'));
  const [keyHash = '', signature = ''] = parts.take('leaf', 2);
  parts.end();
  const leaf = { logKeyHash, keyHash: formatHex(parseHexHash(keyHash)), signature: parseHexSignature(signature) };
  if (second === undefined) throw parts.bad('has no tree head');
  const lines = asciiLines(third === undefined ? second : `${second}\n`, what);
  const head = takeTreeHead(lines);
  lines.end();
  if (head.size === 0) throw lines.bad('is about an empty tree');
  const isWhole = more.length === 0 && head.size > 1 === (third !== undefined);
  if (!isWhole) throw lines.bad('does not have the parts that its tree asks for');
  return {
    ...leaf,
    head,
    ...(third === undefined ? { index: 0, hashes: [] } : takeInclusion(asciiLines(third, what))),
  };
}

function otherVersion(text: string): Fault {
  const [, version] = /^version=([0-9]{1,9})\n/.exec(text) ?? [];
  if (version === undefined) return new Fault('bad-format', 'not a Sigsum proof: it does not begin with "version=2"');
  return new Fault('bad-format', `a Sigsum proof of version ${version}, where only version 2 is read`, {
    hint: 'submit the same file again, with a program that writes version 2: the log has the leaf, and gives a proof of it',
  });
}

/** Reads the answer of `get-inclusion-proof`. Throws `bad-format`. */
export const parseInclusion = (bytes: Uint8Array): SigsumInclusion =>
  takeInclusion(asciiLines(decodeUtf8(bytes, INCLUSION_CAP, 'the inclusion proof'), 'the inclusion proof'));

function takeInclusion(lines: AsciiLines): SigsumInclusion {
  const index = takeNumber(lines, 'leaf_index');
  const hashes = takeHashes(lines);
  return { index, hashes };
}

/** Reads the answer of `get-consistency-proof`. Throws `bad-format`. */
export const parseConsistency = (bytes: Uint8Array): readonly Hash[] =>
  takeHashes(asciiLines(decodeUtf8(bytes, INCLUSION_CAP, 'the consistency proof'), 'the consistency proof'));

/** One or more. */
function takeHashes(lines: AsciiLines): readonly Hash[] {
  const hashes = [takeHash(lines, 'node_hash')];
  while (lines.isNext('node_hash')) {
    if (hashes.length === MAX_PROOF_LENGTH) throw lines.bad(`has more than ${MAX_PROOF_LENGTH} hashes`);
    hashes.push(takeHash(lines, 'node_hash'));
  }
  lines.end();
  return hashes;
}

export function formatSigsumProof({ logKeyHash, keyHash, signature, head, index, hashes }: SigsumProof): Uint8Array {
  const inclusion = [`leaf_index=${index}`, ...hashes.map((hash) => `node_hash=${formatHex(hash)}`)].join('\n');
  return Buffer.from(
    [
      `${VERSION}log=${logKeyHash}\nleaf=${keyHash} ${formatHex(signature)}\n`,
      formatTreeHead(head),
      ...(head.size > 1 ? [`${inclusion}\n`] : []),
    ].join('\n'),
  );
}
