// SPDX-License-Identifier: Apache-2.0
/**
 * The proof of a Rekor log, verified offline against pinned keys: of the log, and of ours that signed the file.
 *
 *   1. the bundle is about this file, and the signature in it is by a pinned key of ours
 *   2. the bundle has one entry of this log, by the ID of its key, and none twice
 *   3. the checkpoint is signed by that very key, under the origin of the log
 *   4. the proof has the size and the root of the checkpoint
 *   5. the entry is, byte for byte, what file, signature and key lead to
 *   6. the entry is in the tree, at the index of the proof
 *   7. v1: the log's signed entry timestamp binds index and time to the entry; v2 knows no time, and its two indices are one
 *   8. v1: at that time, the log used this key, where a trusted root says when it did
 *
 * A checkpoint of v1 is about "<origin> - <tree ID>", as a log can have several trees (shards), each with indices of its own.
 */
import { formatCanonicalJson } from './canonical-json.ts';
import { parseSignedCheckpoint, type SignedCheckpoint, verifyNamedCheckpoint } from './checkpoint.ts';
import { equalBytes, formatBase64 } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import { API_VERSION, demandEntry, HASHEDREKORD, type SignedDigest } from './hashedrekord.ts';
import { digestOf, leafHash } from './merkle.ts';
import { verifyInclusion } from './merkle-proof.ts';
import type { P256Key } from './p256.ts';
import type { RekorKey, RekorVersion } from './rekor-key.ts';
import type { SigstoreBundle, TlogEntry } from './sigstore-bundle.ts';
import { isWithin } from './time-range.ts';

/** A log as a policy pins it. */
export interface RekorTrust {
  readonly version: RekorVersion;
  /** Each is named like the log that it belongs to: one, or several that have followed each other. */
  readonly keys: readonly RekorKey[];
  /** Ours, one of which has signed what is in the log. */
  readonly signers: readonly P256Key[];
}

export interface VerifiedEntry {
  readonly origin: string;
  /** In the whole log. With v1, the tree of the proof may be smaller: earlier shards count, too. */
  readonly index: number;
  /** What the log calls it: the hash of its leaf in hexadecimal digits; v1 has 16 of its tree before that. */
  readonly entry: string;
  /** Entries in the tree of the proof. */
  readonly treeSize: number;
  /** When the log took it, by the word of the log; v1 only. */
  readonly time: Date | undefined;
  readonly signer: P256Key;
  readonly checkpoint: SignedCheckpoint;
}

/** Step 1. Throws `bad-proof`, `bad-signature`, and `wrong-key` where no pinned key of ours has signed. */
export function verifySigned(bundle: SigstoreBundle, file: Uint8Array, signers: readonly P256Key[]): SignedDigest {
  const { digest, signature, hint } = bundle;
  if (!equalBytes(digest, digestOf(file))) throw new Fault('bad-proof', 'the bundle is about another file');
  const key = signers.find((one) => one.hint === hint);
  if (key === undefined)
    throw new Fault('wrong-key', 'what is in the log was signed with a key that is none of its pinned signers', {
      hint: `the key has the hint ${quote(hint.slice(0, 80))}`,
    });
  if (!key.verify(file, signature))
    throw new Fault('bad-signature', 'the signature in the bundle is not one of this file');
  return { digest, signature, key };
}

/** Step 2: undefined where the log has none. Throws `bad-proof` for a second one of any log. */
export function entryOf({ entries }: SigstoreBundle, { keys }: Pick<RekorTrust, 'keys'>): TlogEntry | undefined {
  const own = entries.filter(({ logId }) => keys.some((key) => key.logId === logId));
  const ids = entries.map(({ logId }) => logId);
  if (own.length > 1 || new Set(ids).size < ids.length)
    throw new Fault('bad-proof', 'the bundle has several entries of one log, which are to count as more');
  return own[0];
}

/** All steps; undefined where the bundle has no entry of this log. Throws `bad-format`, `bad-proof`, `bad-signature`, `wrong-key`. */
export function verifyBundle(bundle: SigstoreBundle, file: Uint8Array, log: RekorTrust): VerifiedEntry | undefined {
  const entry = entryOf(bundle, log);
  return entry && verifyEntry(entry, verifySigned(bundle, file, log.signers), log);
}

/** Steps 3 to 8. */
export function verifyEntry(entry: TlogEntry, signed: SignedDigest, log: RekorTrust): VerifiedEntry {
  const { version } = log;
  const key = log.keys.find(({ logId }) => logId === entry.logId);
  if (key === undefined) throw new Fault('wrong-key', 'the entry is of a log with another key than the pinned one');
  const checkpoint = verifyRekorCheckpoint(entry.inclusionProof.checkpoint, key, version);
  const { logIndex, treeSize, rootHash, hashes } = entry.inclusionProof;
  if (treeSize !== checkpoint.size || !equalBytes(rootHash, checkpoint.root))
    throw new Fault('bad-proof', 'the inclusion proof is not about the tree of its checkpoint');
  if (entry.kind !== HASHEDREKORD || entry.version !== API_VERSION[version])
    throw new Fault('bad-proof', `the entry is of the kind ${quote(`${entry.kind} ${entry.version}`.slice(0, 80))}`);
  demandEntry(entry.body, version, signed);
  verifyInclusion(leafHash(entry.body), logIndex, treeSize, hashes, rootHash);
  if (version === 1) verifyPromise(entry, key);
  else demandNoTime(entry);
  const time = version === 1 ? new Date(entry.integratedTime * 1000) : undefined;
  demandValid(key, time);
  const name = nameOf(entry, checkpoint, key, version);
  return { origin: key.name, index: entry.logIndex, entry: name, treeSize, time, signer: signed.key, checkpoint };
}

function nameOf({ body }: TlogEntry, checkpoint: SignedCheckpoint, key: RekorKey, version: RekorVersion): string {
  const leaf = Buffer.from(leafHash(body)).toString('hex');
  const tree = BigInt(treeIdOf(checkpoint.origin, key.name) ?? 0).toString(16);
  return version === 1 ? tree.padStart(16, '0') + leaf : leaf;
}

/** Step 3. Throws `bad-format`, `wrong-key`, `bad-signature`. */
export function verifyRekorCheckpoint(note: string, key: RekorKey, version: RekorVersion): SignedCheckpoint {
  const checkpoint = parseSignedCheckpoint(Buffer.from(note));
  verifyNamedCheckpoint(checkpoint, [key], (name) => isOriginOf(checkpoint.origin, name, version));
  return checkpoint;
}

const isOriginOf = (origin: string, name: string, version: RekorVersion): boolean =>
  version === 2 ? origin === name : origin.startsWith(`${name} - `) && treeIdOf(origin, name) !== undefined;

/** The tree ID in the origin of a checkpoint of v1: decimal digits. */
export const treeIdOf = (origin: string, name: string): string | undefined =>
  /^ - (0|[1-9][0-9]{0,18})$/.exec(origin.slice(name.length))?.[1];

/** Seconds: the end of the year 9999. */
const LATEST = 253_402_300_799;

/** Step 7, v1: facts that the log alone knows, and has signed. */
function verifyPromise({ body, integratedTime, logId, logIndex, ...entry }: TlogEntry, key: RekorKey): void {
  const { signedEntryTimestamp: promise, inclusionProof } = entry;
  if (promise === undefined) throw new Fault('bad-proof', 'the entry has no signed entry timestamp');
  const signed = formatCanonicalJson({ body: formatBase64(body), integratedTime, logID: logId, logIndex });
  if (!key.verifyBytes(signed, promise))
    throw new Fault('bad-signature', 'the signed entry timestamp is not one of this entry');
  if (integratedTime === 0 || integratedTime > LATEST)
    throw new Fault('bad-proof', 'the entry has no time that can be');
  // earlier shards only add to it
  if (logIndex < inclusionProof.logIndex)
    throw new Fault('bad-proof', 'the index of the entry is smaller than that in its tree');
}

/** Step 8, where a time is known. */
function demandValid({ validFor, name }: RekorKey, time: Date | undefined): void {
  if (validFor === undefined || time === undefined || isWithin(time, validFor)) return;
  throw new Fault(
    'bad-proof',
    `the entry is of ${time.toISOString()}, when the pinned key of ${quote(name)} was not in use`,
  );
}

/** Step 7, v2. What nobody has signed must not stand there. */
function demandNoTime({ logIndex, integratedTime, signedEntryTimestamp, inclusionProof }: TlogEntry): void {
  if (logIndex !== inclusionProof.logIndex)
    throw new Fault(
      'bad-proof',
      `the entry claims the index ${logIndex}, and is proven for ${inclusionProof.logIndex}`,
    );
  if (integratedTime !== 0 || signedEntryTimestamp !== undefined)
    throw new Fault('bad-proof', 'the entry has a time, which its log never signs');
}
