// SPDX-License-Identifier: Apache-2.0
/** The proofs beside a manifest, held against the logs that the policy pins. Offline: it reads what is there. */
import { COMPANIONS, SIGNATURE, SUBMISSION } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import type { Policy } from '../core/policy.ts';
import { findingOf, type LogReport } from '../core/report.ts';
import { parseSubmission } from '../core/submission.ts';
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
  const { source, trust, found } = examining;
  const companions = await readCompanions(source, manifest, found);
  const logs = PROOFS.flatMap(([suffix, check]) => {
    const file = manifest.name + suffix;
    const proof = companions.get(file);
    return proof === undefined ? [] : examineProof(examining, manifest, file, proof, check);
  });
  const prepared = examineSubmission(manifest, companions.get(manifest.name + SUBMISSION), found);
  demandLogs(trust.policy, manifest.name, logs, { beforePublication, pending: prepared }, found);
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

/** Whether a submission is pending: one of this manifest. */
function examineSubmission(manifest: ExaminedManifest, bytes: Uint8Array | undefined, found: Findings): boolean {
  if (bytes === undefined) return false;
  const file = manifest.name + SUBMISSION;
  try {
    bindStatement(parseSubmission(bytes).statement, manifest);
    return true;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    found.errors.push({ ...findingOf(error), file, message: `${quote(file)}: ${error.message}` });
    return false;
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

interface Stage {
  readonly beforePublication: boolean;
  readonly pending: boolean;
}

/** What the policy asks of logs: met, not yet met, or not met. */
function demandLogs(
  { require }: Policy,
  manifest: string,
  logs: readonly LogReport[],
  { beforePublication, pending }: Stage,
  found: Findings,
): void {
  const { atLeast, of } = require.logs;
  const proven = new Set(logs.flatMap(({ name }) => (name !== undefined && of.includes(name) ? [name] : []))).size;
  if (proven >= atLeast) {
    // what a log has is finished, whoever has left the prepared submission where it is published
    if (pending && logs.length === 0)
      found.warnings.push({
        kind: 'pending',
        file: manifest,
        message: `the submission of ${quote(manifest)} to a log is not finished`,
        hint: 'run submit again',
      });
    return;
  }
  const message = `${quote(manifest)} is proven by ${proven} of the logs ${of.join(', ')}, and the policy demands ${atLeast}`;
  if (beforePublication)
    found.warnings.push({
      kind: 'not-checked',
      file: manifest,
      message: `${message}: not demanded before publication`,
    });
  else if (pending)
    found.errors.push({
      kind: 'pending',
      file: manifest,
      message,
      hint: 'its submission is not finished: run submit again',
    });
  else
    found.errors.push({
      kind: 'not-in-log',
      file: manifest,
      message,
      hint: 'was it ever submitted? proofs stand beside the manifest',
    });
}
