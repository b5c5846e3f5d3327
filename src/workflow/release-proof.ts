// SPDX-License-Identifier: Apache-2.0
/**
 * The files beside a manifest that prove it to be in logs: what they are about, which pinned logs they come from, and since when it
 * was there. Pure but for one read of each.
 */
import { type Companion, RECORDER_EVIDENCE, SIGSTORE_BUNDLE, SIGSUM_PROOF, TLOG_PROOF } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import type { ManifestLine } from '../core/manifest.ts';
import type { Policy } from '../core/policy.ts';
import type { TrustedLog } from '../core/policy-logs.ts';
import { verifyEvidence } from '../core/recorder.ts';
import { verifyBundle } from '../core/rekor.ts';
import type { LogReport } from '../core/report.ts';
import { type Sha256, sha256 } from '../core/sha256.ts';
import { parseBundle } from '../core/sigstore-bundle.ts';
import { keyHashOf } from '../core/sigsum-leaf.ts';
import { parseSigsumProof } from '../core/sigsum-proof.ts';
import { verifySigsumProof } from '../core/sigsum-verify.ts';
import { parseStatement, type Statement } from '../core/statement.ts';
import { parseTlogProof } from '../core/tlog-proof.ts';
import type { Verified } from '../logs/log.ts';
import { describeRecord } from '../logs/recorder.ts';
import { describeSigsum } from '../logs/sigsum.ts';
import { verifyTlogProof } from '../logs/tiles.ts';
import type { Source } from './source.ts';
import type { Trust } from './trust.ts';
import { provenSince } from './witnesses.ts';

/** The largest proof or pending submission that we read: bytes. */
export const PROOF_CAP = 256 * 1024;

/** What a statement is bound to. */
export interface Bound {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Who signed the manifest; undefined where its signature was refused. */
  readonly signature: { readonly signer: Fingerprint } | undefined;
}

/** Where proofs are read, whom we believe, and when. */
export interface Looking {
  readonly source: Source;
  readonly trust: Trust;
  readonly now: Date;
}

/** What a file shows of a manifest, for one log that the policy pins. */
export interface Proven {
  readonly log: TrustedLog;
  readonly verified: Verified;
  /** What the log has; undefined where that is the manifest itself. */
  readonly statement: Statement | undefined;
  /** Since when others than the log vouch that it was there. */
  readonly since: Date | undefined;
}

/** Holds one file against the policy. Nothing where the policy pins no log that it comes from. Throws for what does not verify. */
export type CheckProof = (policy: Policy, manifest: Bound, proof: Uint8Array, now: Date) => readonly Proven[];

/** Throws as `verifyTlogProof` and `bindStatement` do. */
const checkTlogProof: CheckProof = (policy, manifest, proof, now) => {
  const { extra, checkpoint } = parseTlogProof(proof);
  if (extra === undefined) throw new Fault('bad-proof', 'carries no statement');
  const statement = parseStatement(extra);
  bindStatement(statement, manifest);
  const log = policy.logs.find((one) => one.kind === 'tiles' && one.origin === checkpoint.origin);
  if (log?.kind !== 'tiles') return [];
  const verified = verifyTlogProof(proof, extra, log.keys, { ...log, now });
  return [{ log, verified, statement, since: provenSince(log, verified.witnesses) }];
};

/** Throws as `verifySigsumProof` does. The log is one of a Sigsum policy, which may be pinned several times for several submitters. */
const checkSigsumProof: CheckProof = (policy, { bytes }, file, now) => {
  const { logKeyHash, keyHash } = parseSigsumProof(file);
  const pinned = policy.logs
    .filter((log) => log.kind === 'sigsum')
    .filter((log) => log.policy.logs.some((one) => one.keyHash === logKeyHash));
  const bySigner = pinned.filter(({ signers }) => signers.some((signer) => keyHashOf(signer) === keyHash));
  return (bySigner.length > 0 ? bySigner : pinned).map((log) => {
    const shown = verifySigsumProof(file, bytes, log, now);
    return { log, verified: describeSigsum(shown), statement: undefined, since: shown.since };
  });
};

/**
 * Throws as `verifyBundle` does. The log has the manifest, and neither its name nor who signed it by OpenPGP. Whoever runs it is not
 * who signs, and so the time that v1 has signed is that of somebody else; v2 signs none.
 */
const checkBundle: CheckProof = (policy, { bytes }, file) => {
  const logs = policy.logs.filter((log) => log.kind === 'rekor');
  if (logs.length === 0) return [];
  const bundle = parseBundle(file);
  return logs.flatMap((log) => {
    const shown = verifyBundle(bundle, bytes, log);
    return shown === undefined
      ? []
      : [{ log, verified: { ...shown, witnesses: [] }, statement: undefined, since: shown.time }];
  });
};

/** Throws as `verifyEvidence` does. An authority has signed the time in a certificate, and nobody who looked at the manifest. */
const checkEvidence: CheckProof = (policy, { bytes }, file) => {
  const shown = verifyEvidence(
    file,
    bytes,
    policy.logs.filter((log) => log.kind === 'recorder'),
  );
  if (shown === undefined) return [];
  return [{ log: shown.log, verified: describeRecord(shown.recorded), statement: undefined, since: undefined }];
};

/** The proofs that we know, by what follows the name of the manifest. */
export const PROOFS: readonly (readonly [suffix: Companion, check: CheckProof])[] = [
  [TLOG_PROOF, checkTlogProof],
  [SIGSUM_PROOF, checkSigsumProof],
  [SIGSTORE_BUNDLE, checkBundle],
  [RECORDER_EVIDENCE, checkEvidence],
];

/** Which release a log has, in the words of its statement. */
export const releaseOf = ({ project, version, ref, commit }: Statement): NonNullable<LogReport['release']> => ({
  project,
  version,
  ...(ref === undefined ? {} : { ref }),
  ...(commit === undefined ? {} : { commit }),
});

/** Binds a statement to this manifest and to the key that signed it. Throws `bad-proof`. */
export function bindStatement(statement: Statement, { name, bytes, signature }: Bound): void {
  const { manifest, signer } = statement;
  if (manifest.name !== name) throw new Fault('bad-proof', `the statement is about ${quote(manifest.name)}`);
  if (manifest.sha256 !== sha256(bytes) || manifest.size !== bytes.length)
    throw new Fault('bad-proof', 'the statement is about another manifest of this name');
  if (signature !== undefined && signer !== signature.signer)
    throw new Fault('bad-proof', `the statement names the signer ${signer}, and ${signature.signer} signed`);
}

/**
 * Since when others than its keeper vouch that a log has this manifest: witnesses, or a Rekor v1. Undefined where no proof of it is there, or none
 * that is good: `examineProofs` says what is wrong with it.
 */
export async function manifestSince({ source, trust, now }: Looking, manifest: Bound): Promise<Date | undefined> {
  if (manifest.signature === undefined) return undefined;
  const times: (Date | undefined)[] = [];
  for (const [suffix, check] of PROOFS) {
    try {
      const proof = await source.read(manifest.name + suffix, PROOF_CAP);
      if (proof !== undefined) times.push(...check(trust.policy, manifest, proof, now).map(({ since }) => since));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
  return earliest(times);
}

const earliest = (times: readonly (Date | undefined)[]): Date | undefined =>
  times.filter((time) => time !== undefined).sort((a, b) => a.getTime() - b.getTime())[0];

/**
 * The same for files, signatures as a rule, through the manifests that list them with these digests: the earliest time counts. The
 * proof of a manifest is read and verified once, however many files are asked about, and not before one is.
 */
export function listedSince(
  looking: Looking,
  manifests: readonly (Bound & { readonly lines: readonly ManifestLine[] })[],
): (name: string, digest: Sha256) => Promise<Date | undefined> {
  const known = new Map<Bound, Promise<Date | undefined>>();
  const sinceOf = (manifest: Bound) => {
    const since = known.get(manifest) ?? manifestSince(looking, manifest);
    known.set(manifest, since);
    return since;
  };
  return async (name, digest) => {
    const listing = manifests.filter(({ lines }) => lines.some((line) => line.name === name && line.sha256 === digest));
    return earliest(await Promise.all(listing.map(sinceOf)));
  };
}
