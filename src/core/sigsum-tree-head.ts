// SPDX-License-Identifier: Apache-2.0
/**
 * The state of a Sigsum log, as its `get-tree-head` tells it:
 *
 *   size=381382
 *   root_hash=901f…
 *   signature=8a8b…                          by the log
 *   cosignature=1c99… 1770193051 a1ee…       by a witness: SHA-256 of its key, POSIX seconds, signature; any number
 *
 * The log signs a checkpoint of C2SP with the origin `sigsum.org/v1/tree/<SHA-256 of its key>`, and witnesses cosign it as
 * c2sp.org/tlog-cosignature says.
 */
import { type Checkpoint, formatCheckpoint } from './checkpoint.ts';
import { formatCosignature, verifyCosignature, type WitnessKey } from './cosignature.ts';
import { decodeUtf8, parseDecimal } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import type { Hash } from './merkle.ts';
import {
  type AsciiLines,
  asciiLines,
  formatHex,
  parseHexHash,
  parseHexSignature,
  takeHash,
  takeNumber,
  takeSignature,
} from './sigsum-ascii.ts';
import {
  type SigsumLog,
  type SigsumPolicy,
  type SigsumQuorum,
  type SigsumWitness,
  sigsumOrigin,
} from './sigsum-policy.ts';

export interface SigsumCosignature {
  /** Of the witness: 64 hexadecimal digits. */
  readonly keyHash: string;
  /** POSIX seconds. */
  readonly time: number;
  readonly signature: Uint8Array;
}

export interface SigsumTreeHead {
  readonly size: number;
  readonly root: Hash;
  /** By the log. */
  readonly signature: Uint8Array;
  /** In their order, one by each witness. */
  readonly cosignatures: readonly SigsumCosignature[];
}

/** Bytes: as many cosignatures as there can be have less. */
export const TREE_HEAD_CAP = 32 * 1024;
const MAX_COSIGNATURES = 128;

/** Reads a tree head without believing it. Throws `bad-format`. */
export function parseTreeHead(bytes: Uint8Array): SigsumTreeHead {
  const lines = asciiLines(decodeUtf8(bytes, TREE_HEAD_CAP, 'the tree head'), 'the tree head');
  const head = takeTreeHead(lines);
  lines.end();
  return head;
}

/** The same from a part of something larger. */
export function takeTreeHead(lines: AsciiLines): SigsumTreeHead {
  const size = takeNumber(lines, 'size');
  const root = takeHash(lines, 'root_hash');
  const signature = takeSignature(lines, 'signature');
  const cosignatures = new Map<string, SigsumCosignature>();
  while (lines.isNext('cosignature')) {
    const [hash = '', time = '', hex = ''] = lines.take('cosignature', 3);
    const keyHash = formatHex(parseHexHash(hash));
    if (cosignatures.has(keyHash)) throw lines.bad('has two cosignatures by one witness');
    if (cosignatures.size === MAX_COSIGNATURES) throw lines.bad(`has more than ${MAX_COSIGNATURES} cosignatures`);
    cosignatures.set(keyHash, { keyHash, time: parseDecimal(time), signature: parseHexSignature(hex) });
  }
  return { size, root, signature, cosignatures: [...cosignatures.values()] };
}

export const formatTreeHead = ({ size, root, signature, cosignatures }: SigsumTreeHead): string =>
  [
    `size=${size}\nroot_hash=${formatHex(root)}\nsignature=${formatHex(signature)}\n`,
    ...cosignatures.map(({ keyHash, time, signature: by }) => `cosignature=${keyHash} ${time} ${formatHex(by)}\n`),
  ].join('');

/** The checkpoint that log and witnesses sign. */
const checkpointOf = ({ size, root }: SigsumTreeHead, { keyHash }: SigsumLog): Checkpoint => ({
  origin: sigsumOrigin(keyHash),
  size,
  root,
  extensions: [],
});

/** Throws `bad-signature` where the log did not sign it. */
export function verifyLogSignature(head: SigsumTreeHead, log: SigsumLog): void {
  if (!log.key.verify(formatCheckpoint(checkpointOf(head, log)), head.signature))
    throw new Fault('bad-signature', `the tree head is not signed by the log ${log.keyHash}`);
}

/** A witness of the policy that vouches for a tree head. */
export interface SigsumVoucher {
  readonly witness: SigsumWitness;
  /** When it had seen the tree. */
  readonly time: Date;
}

export interface QuorumMet {
  readonly vouchers: readonly SigsumVoucher[];
  /** When the last of those had seen the tree who were needed; undefined where nobody is. */
  readonly since: Date | undefined;
}

/**
 * Who vouches, where they are as many as the policy demands. Cosignatures that are wrong, or dated ahead of `now`, count as those that
 * are not there, which is how Sigsum counts. Throws `not-witnessed`, with what is wrong with which.
 */
export function verifyQuorum(head: SigsumTreeHead, log: SigsumLog, policy: SigsumPolicy, now: Date): QuorumMet {
  const checkpoint = checkpointOf(head, log);
  const problems: string[] = [];
  const vouchers = policy.witnesses.flatMap((witness): readonly SigsumVoucher[] => {
    const cosignature = head.cosignatures.find(({ keyHash }) => keyHash === witness.keyHash);
    if (cosignature === undefined) return [];
    const time = timeOf(checkpoint, witness.key, cosignature, now);
    if (time instanceof Date) return [{ witness, time }];
    problems.push(time.message);
    return [];
  });
  const times = new Map(vouchers.map(({ witness, time }) => [witness, time.getTime()]));
  const since = sinceOf(policy.quorum, times);
  if (since !== undefined) return { vouchers, since: since === 0 ? undefined : new Date(since) };
  const names = vouchers.length === 0 ? 'none' : vouchers.map(({ witness }) => quote(witness.name)).join(', ');
  const why = [
    `of the ${policy.witnesses.length} witnesses of the Sigsum policy, ${names} vouches, which is no quorum`,
    ...problems,
  ];
  throw new Fault('not-witnessed', why.join('; '));
}

function timeOf(
  checkpoint: Checkpoint,
  key: WitnessKey,
  { time, signature }: SigsumCosignature,
  now: Date,
): Date | Fault {
  const line = { name: key.name, keyId: key.keyId, signature: formatCosignature({ time, signature }) };
  try {
    return verifyCosignature(checkpoint, key, line, now).time;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** Milliseconds at which a quorum was there: 0 where nobody is needed, undefined where it is not there. */
function sinceOf(quorum: SigsumQuorum, times: ReadonlyMap<SigsumWitness, number>): number | undefined {
  if (quorum.kind === 'witness') return times.get(quorum.witness);
  if (quorum.threshold === 0) return 0;
  const known = quorum.members.map((member) => sinceOf(member, times)).filter((time) => time !== undefined);
  return known.sort((a, b) => a - b)[quorum.threshold - 1];
}
