// SPDX-License-Identifier: Apache-2.0
/** Steps 2 and 7 of `submit.ts`: the submission stands beside the manifest until it is done, for whoever finishes it. */
import path from 'node:path';
import { ABANDONED, SUBMISSION } from '../core/companions.ts';
import { equalBytes } from '../core/encoding.ts';
import { type ExitStatus, exitStatusOf, Fault, type FaultKind, quote } from '../core/fault.ts';
import type { ArtifactName } from '../core/name.ts';
import { describeAge, isOverdue } from '../core/pending.ts';
import type { Policy } from '../core/policy.ts';
import type { Finding, LogReport, SignatureReport } from '../core/report.ts';
import { sha256 } from '../core/sha256.ts';
import { formatStatement, type Statement } from '../core/statement.ts';
import { formatSubmission, parseSubmission, type Submission, TILE_LOG } from '../core/submission.ts';
import type { Ports } from '../ports.ts';
import type { Addresses } from './chosen-log.ts';
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

/** The submission of this release; one that was prepared earlier must be about the same, and what it holds is kept: see `forLogs`. */
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
  if (earlier === undefined)
    return { logs: [], since: wholeSeconds(ports.clock.now()), statement, prepared: new Map(), asked: new Map() };
  if (!equalBytes(formatStatement(earlier.statement), formatStatement(statement)))
    throw otherStatement(file, earlier.statement);
  return earlier;
}

const wholeSeconds = (time: Date): Date => new Date(Math.floor(time.getTime() / 1000) * 1000);

/** For these logs, too: as `--log` names them. */
export const forLogs = (submission: Submission, named: readonly string[]): Submission => ({
  ...submission,
  logs: [...new Set([...submission.logs, ...named.map(nameInSubmission)])],
});

const nameInSubmission = (log: string): string => (log.startsWith(TILE_LOG) ? TILE_LOG : log);

export const otherStatement = (file: string, said: Statement) =>
  new Fault('conflict', `${quote(file)} is about the same manifest, and says something else of the release`, {
    file,
    hint: `a release is logged once: give the same project, release, ref and commit as then: ${describeIdentity(said)}`,
  });

const describeIdentity = ({ project, version, ref, commit }: Statement): string =>
  [project, version, ref, commit].flatMap((one) => (one === undefined ? [] : [quote(one)])).join(', ');

/** What a later try may mend, without anybody doing anything here. */
const OUTAGES: readonly FaultKind[] = ['network', 'locked', 'pending'];

/** Exit statuses after which no retry of the same can succeed. */
const REFUSED: readonly ExitStatus[] = [2, 3];

/** What came of it, for each log. */
export interface Submitted {
  readonly logs: readonly LogReport[];
  /** Of the logs that did not take it, or did not answer. */
  readonly faults: readonly Fault[];
  /** Whether one of those may have it all the same, as a request that nobody can make again. */
  readonly mayBeLogged: boolean;
}

/** What a run has to do with a submission. */
export interface Task {
  readonly submission: Submission;
  /** The logs that this run asks, as `--log` names them. */
  readonly asked: readonly string[];
  /** Whether there is a proof to be had. */
  readonly isNeeded: boolean;
}

/**
 * Steps 2 and 7. The submission is on disk while `body` runs, if there is a proof to be had. It goes when every log that it names has
 * been through; it stays where a retry may help, and an outage is told as `pending`, until that is no excuse any more; where all refuse
 * the release, it goes too, if this run has made it. It never goes while a log may have what is in it: the next run would make another
 * request, and another entry.
 */
export async function persisted(
  { files, clock }: Ports,
  { directory, name, policy }: SignedManifest,
  { submission, asked, isNeeded }: Task,
  body: () => Promise<Submitted>,
): Promise<Submitted & { readonly left: Finding | undefined }> {
  const file = path.join(directory, name + SUBMISSION);
  const isNew = isNeeded && (await files.stat(file)) === undefined;
  await files.clearTemporary(directory, ABANDONED);
  if (isNeeded) await files.write(file, formatSubmission(submission), { durable: true });
  const done = await body().catch(onlyFaults);
  const { logs, faults, mayBeLogged } = done;
  const isRefused = logs.length === 0 && faults.every(({ kind }) => REFUSED.includes(exitStatusOf(kind)));
  const left = submission.logs.filter((log) => !asked.map(nameInSubmission).includes(log));
  const isDone = faults.length === 0 && left.length === 0;
  if (isDone || (isNew && isRefused && !mayBeLogged)) await files.remove(file);
  const waiting = { file, submission, now: clock.now(), policy };
  return {
    ...done,
    faults: faults.map((fault) => asPending(waiting, fault)),
    left: left.length === 0 ? undefined : describeLeft(file, left),
  };
}

/** Those in the submission, while it is on disk. */
export function addressesIn({ files }: Ports, { directory, name }: SignedManifest, submission: Submission): Addresses {
  const asked = new Map(submission.asked);
  return {
    of: (log) => asked.get(log),
    keep: async (log, url) => {
      if (url === undefined) asked.delete(log);
      else asked.set(log, url);
      const file = path.join(directory, name + SUBMISSION);
      await files.write(file, formatSubmission({ ...submission, asked }), { durable: true });
    },
  };
}

const describeLeft = (file: string, left: readonly string[]): Finding => ({
  kind: 'pending',
  file,
  message: `the submission ${quote(file)} is also for ${left.map((log) => (log === TILE_LOG ? 'a tile log' : quote(log))).join(', ')}, and stays`,
  hint: `submit --resume${left.includes(TILE_LOG) ? ' --log tiles:DIR' : ''} finishes it; where that log is given up, remove the file`,
});

function onlyFaults(error: unknown): Submitted {
  if (error instanceof Fault) return { logs: [], faults: [error], mayBeLogged: false };
  throw error;
}

interface WaitingSubmission {
  readonly file: string;
  readonly submission: Submission;
  readonly now: Date;
  readonly policy: Policy;
}

function asPending({ file, submission, now, policy }: WaitingSubmission, fault: Fault): Fault {
  if (!OUTAGES.includes(fault.kind)) return fault;
  const { pendingDays } = policy.require.logs;
  const hint = fault.hint ?? 'run submit --resume';
  const what = `the submission ${quote(file)} is prepared and not finished`;
  const age = describeAge(submission, now);
  if (isOverdue(submission, now, pendingDays))
    return new Fault(
      'not-in-log',
      `${what} after ${age}, and may be pending for ${pendingDays} days: ${fault.message}`,
      {
        file,
        hint,
        cause: fault,
      },
    );
  const since = age.startsWith('0 ') ? '' : ` after ${age}`;
  return new Fault('pending', `${what}${since}: ${fault.message}`, { file, hint, cause: fault });
}
