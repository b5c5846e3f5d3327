// SPDX-License-Identifier: Apache-2.0
/** Steps 2 and 7 of `submit.ts`: the submission stands beside the manifest until it is done, for whoever finishes it. */
import path from 'node:path';
import { ABANDONED, SUBMISSION } from '../core/companions.ts';
import { equalBytes } from '../core/encoding.ts';
import { type ExitStatus, exitStatusOf, Fault, type FaultKind, quote } from '../core/fault.ts';
import type { ArtifactName } from '../core/name.ts';
import type { Policy } from '../core/policy.ts';
import type { LogReport, SignatureReport } from '../core/report.ts';
import { sha256 } from '../core/sha256.ts';
import { formatStatement, type Statement } from '../core/statement.ts';
import { formatSubmission, parseSubmission, type Submission } from '../core/submission.ts';
import type { Ports } from '../ports.ts';
import { type IdentityOptions, identify } from './identity.ts';
import { bindStatement, PROOF_CAP } from './release-proof.ts';
import { directorySource } from './source.ts';
import { inFile } from './trust.ts';

/** What is submitted: a manifest whose signature is good. */
export interface SignedManifest {
  readonly directory: string;
  readonly name: ArtifactName;
  readonly bytes: Uint8Array;
  readonly asc: Uint8Array;
  readonly signature: SignatureReport;
  readonly policy: Policy;
}

/** The submission of this release; one that was prepared earlier must be about the same, and what it holds is kept. */
export async function prepareSubmission(
  ports: Ports,
  options: IdentityOptions,
  { directory, name, bytes, signature }: SignedManifest,
): Promise<Submission> {
  const file = name + SUBMISSION;
  const pending = await directorySource(ports.files, directory).read(file, PROOF_CAP);
  const earlier = pending && (await inFile(file, async () => parseSubmission(pending)));
  if (earlier !== undefined)
    await inFile(file, async () => bindStatement(earlier.statement, { name, bytes, signature }));
  const said = [options.project, options.release, options.ref, options.commit, options.zuulVars];
  if (earlier !== undefined && said.every((one) => one === undefined)) return earlier;
  const { project, version, ref, commit } = await identify(ports, options);
  const statement: Statement = {
    schema: 'artifact-signing.statement/v1',
    project,
    version,
    ...(ref === undefined ? {} : { ref }),
    ...(commit === undefined ? {} : { commit }),
    manifest: { name, sha256: sha256(bytes), size: bytes.length },
    signer: signature.signer,
  };
  if (earlier === undefined) return { statement, prepared: new Map() };
  if (!equalBytes(formatStatement(earlier.statement), formatStatement(statement))) throw otherStatement(file);
  return earlier;
}

export const otherStatement = (file: string) =>
  new Fault('conflict', `${quote(file)} is about the same manifest, and says something else of the release`, {
    file,
    hint: 'a release is logged once: give the same project, release, ref and commit as then',
  });

/** What a later try may mend, without anybody doing anything here. */
const OUTAGES: readonly FaultKind[] = ['network', 'locked', 'pending'];

/** Exit statuses after which no retry of the same can succeed. */
const REFUSED: readonly ExitStatus[] = [2, 3];

/** What came of it, for each log. */
export interface Submitted {
  readonly logs: readonly LogReport[];
  /** Of the logs that did not take it, or did not answer. */
  readonly faults: readonly Fault[];
}

/**
 * Steps 2 and 7. The submission is on disk while `body` runs, if there is a proof to be had: `isNeeded`. It goes when every log has
 * been through; it stays where a retry may help, and an outage is told as `pending`; where all refuse the release, it goes too, if this
 * run has made it.
 */
export async function persisted(
  { files }: Ports,
  { directory, name }: SignedManifest,
  submission: Submission,
  isNeeded: boolean,
  body: () => Promise<Submitted>,
): Promise<Submitted> {
  const file = path.join(directory, name + SUBMISSION);
  const isNew = isNeeded && (await files.stat(file)) === undefined;
  await files.clearTemporary(directory, ABANDONED);
  if (isNeeded) await files.write(file, formatSubmission(submission), { durable: true });
  const { logs, faults } = await body().catch(onlyFaults);
  const isRefused = logs.length === 0 && faults.every(({ kind }) => REFUSED.includes(exitStatusOf(kind)));
  if (faults.length === 0 || (isNew && isRefused)) await files.remove(file);
  return { logs, faults: faults.map((fault) => asPending(file, fault)) };
}

function onlyFaults(error: unknown): Submitted {
  if (error instanceof Fault) return { logs: [], faults: [error] };
  throw error;
}

function asPending(file: string, fault: Fault): Fault {
  if (!OUTAGES.includes(fault.kind)) return fault;
  return new Fault('pending', `the submission ${quote(file)} is prepared and not finished: ${fault.message}`, {
    file,
    hint: fault.hint ?? 'run submit again',
    cause: fault,
  });
}
