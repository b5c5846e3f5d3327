// SPDX-License-Identifier: Apache-2.0
/** The proofs beside a manifest, held against the logs that the policy pins. Offline: it reads what is there. */
import { COMPANIONS, SIGNATURE, SUBMISSION } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { describeAge, isOverdue } from '../core/pending.ts';
import type { Policy } from '../core/policy.ts';
import { findingOf, type LogReport } from '../core/report.ts';
import { parseSubmission, type Submission, TILE_LOG } from '../core/submission.ts';
import type { ExaminedManifest, Examining } from './examine-manifest.ts';
import { attempt, type Findings } from './findings.ts';
import { bindStatement, type CheckProof, PROOF_CAP, PROOFS, type Proven, releaseOf } from './release-proof.ts';
import type { Source } from './source.ts';
import { describePlace, describeTime, describeWitnesses } from './witnesses.ts';

export interface Proofs {
  readonly logs: readonly LogReport[];
  /** The manifest's companions that are there, by their names. */
  readonly companions: ReadonlyMap<string, Uint8Array>;
}

export interface ProofOptions {
  /** No log can have it yet. */
  readonly beforePublication: boolean;
}

export async function examineProofs(
  examining: Examining,
  manifest: ExaminedManifest,
  { beforePublication }: ProofOptions,
): Promise<Proofs> {
  const { source, found } = examining;
  const companions = await readCompanions(source, manifest, found);
  const logs = PROOFS.flatMap(([suffix, check]) => {
    const file = manifest.name + suffix;
    const proof = companions.get(file);
    return proof === undefined ? [] : examineProof(examining, manifest, file, proof, check);
  });
  const pending = examineSubmission(manifest, companions.get(manifest.name + SUBMISSION), found);
  demandLogs(examining, manifest.name, logs, { beforePublication, pending });
  return { logs, companions };
}

/** The signature was read before: what is copied has to be what was checked. */
async function readCompanions(
  source: Source,
  { name, asc }: ExaminedManifest,
  found: Findings,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const companions = new Map<string, Uint8Array>();
  if (asc !== undefined) companions.set(name + SIGNATURE, asc);
  for (const suffix of COMPANIONS.filter((one) => one !== SIGNATURE)) {
    const file = name + suffix;
    const bytes = await attempt(found.errors, file, async () => source.read(file, PROOF_CAP));
    if (bytes !== undefined) companions.set(file, bytes);
  }
  return companions;
}

/** The submission that is pending, if there is one: of this manifest. */
function examineSubmission(
  manifest: ExaminedManifest,
  bytes: Uint8Array | undefined,
  found: Findings,
): Submission | undefined {
  if (bytes === undefined) return undefined;
  const file = manifest.name + SUBMISSION;
  try {
    const submission = parseSubmission(bytes);
    bindStatement(submission.statement, manifest);
    return submission;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    found.errors.push({ ...findingOf(error), file, message: `${quote(file)}: ${error.message}` });
    return undefined;
  }
}

function examineProof(
  { trust, now, found }: Examining,
  manifest: ExaminedManifest,
  file: string,
  proof: Uint8Array,
  check: CheckProof,
): readonly LogReport[] {
  try {
    const proven = check(trust.policy, manifest, proof, now);
    if (proven.length > 0) return proven.map((one) => describeProven(file, one));
    const message = `${quote(file)} was not checked: the policy pins no such log`;
    found.warnings.push({ kind: 'not-checked', file, message });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    found.errors.push({ ...findingOf(error), file, message: `${quote(file)}: ${error.message}` });
  }
  return [];
}

const describeProven = (proof: string, { log, verified, statement }: Proven): LogReport => ({
  kind: log.kind,
  name: log.name,
  origin: verified.origin,
  ...describePlace(verified),
  proof,
  action: 'verified',
  ...describeTime(verified),
  ...(statement === undefined ? {} : { release: releaseOf(statement) }),
  ...describeWitnesses(log, verified.witnesses),
});

/** How many of the logs that the policy asks for have it. One entry counts once, also where the policy names its log twice. */
export function countProven({ logs: { of } }: Policy['require'], logs: readonly LogReport[]): number {
  const counting = logs.filter(({ name }) => name !== undefined && of.includes(name));
  return new Set(counting.map(({ proof, origin }) => `${proof} ${origin}`)).size;
}

interface Stage {
  readonly beforePublication: boolean;
  readonly pending: Submission | undefined;
}

/** What the policy asks of logs: met, not yet met, or not met. What waits for too long is not met. */
function demandLogs(
  { trust, now, found }: Examining,
  manifest: string,
  logs: readonly LogReport[],
  { beforePublication, pending }: Stage,
): void {
  const { atLeast, of, pendingDays } = trust.policy.require.logs;
  const proven = countProven(trust.policy.require, logs);
  const isLate = pending !== undefined && isOverdue(pending, now, pendingDays);
  const age =
    pending &&
    `has been pending for ${describeAge(pending, now)}${isLate ? `, and may be for ${pendingDays} days` : ''}`;
  if (proven >= atLeast) {
    const waiting = pending && waitingFor(trust.policy, pending, logs);
    if (waiting === undefined) return;
    const message = `the submission of ${quote(manifest)} to ${waiting.logs} ${age}`;
    const finding = { file: manifest, message, hint: 'run submit --resume' };
    if (isLate && waiting.arePinned && !beforePublication) found.errors.push({ kind: 'not-in-log', ...finding });
    else found.warnings.push({ kind: 'pending', ...finding });
    return;
  }
  const message = `${quote(manifest)} is proven by ${proven} of the logs ${of.join(', ')}, and the policy demands ${atLeast}`;
  if (beforePublication)
    found.warnings.push({
      kind: 'not-checked',
      file: manifest,
      message: `${message}: not demanded before publication`,
    });
  else
    found.errors.push({
      kind: pending === undefined || isLate ? 'not-in-log' : 'pending',
      file: manifest,
      message,
      hint:
        age === undefined
          ? 'was it ever submitted? proofs stand beside the manifest'
          : `its submission ${age}: run submit --resume`,
    });
}

interface Waiting {
  /** In words. */
  readonly logs: string;
  /** Whether the policy knows one of them that could count. */
  readonly arePinned: boolean;
}

/**
 * The logs that a submission is not finished for, of those that the policy knows. What a log has is finished, whoever has left the
 * prepared submission where it is published. Of logs that the policy does not know, it is only told where no other proof is there.
 */
function waitingFor(
  { logs: known }: Policy,
  { logs: named }: Submission,
  proven: readonly LogReport[],
): Waiting | undefined {
  const isNamed = (one: Pick<LogReport, 'kind' | 'name'>, name: string) =>
    name === TILE_LOG ? one.kind === 'tiles' : one.name === name;
  const pinned = named.filter((name) => known.some((log) => isNamed(log, name)));
  if (pinned.length === 0) return proven.length === 0 ? { logs: 'a log', arePinned: false } : undefined;
  const waiting = pinned.filter((name) => !proven.some((log) => isNamed(log, name)));
  if (waiting.length === 0) return undefined;
  return {
    logs: waiting.map((name) => (name === TILE_LOG ? 'a tile log' : name)).join(', '),
    arePinned: waiting.some((name) => known.some((log) => isNamed(log, name) && log.kind !== 'recorder')),
  };
}
