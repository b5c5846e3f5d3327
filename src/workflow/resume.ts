// SPDX-License-Identifier: Apache-2.0
/**
 * `submit --resume`: finishes the submissions that are pending beside the manifests of a directory, each by itself. Which release it is,
 * and for which logs, stands in the submission; what keeps one of them pending does not keep the others. Where nothing is pending there
 * is nothing to do, and that is no error: it may be run every hour.
 */
import path from 'node:path';
import { manifestOfCompanion, SUBMISSION, TLOG_PROOF } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { parseArtifactName } from '../core/name.ts';
import { joinOutcomes, type Outcome } from '../core/report.ts';
import { parseSubmission, TILE_LOG } from '../core/submission.ts';
import type { Ports } from '../ports.ts';
import { loadTrust } from './load-trust.ts';
import { type LogKeys, readLogKeys } from './open-logs.ts';
import { PROOF_CAP } from './release-proof.ts';
import { directorySource } from './source.ts';
import { type Place, type SubmitOptions, submitOne } from './submit.ts';
import { inFile } from './trust.ts';

export async function resume(ports: Ports, options: SubmitOptions): Promise<Outcome> {
  const others = options.logs.filter((log) => !log.startsWith(TILE_LOG));
  if (others.length > 0)
    throw new Fault('usage', `--resume takes the logs from what is pending, too, and not ${quote(others.join(', '))}`, {
      hint: 'only where a tile log lies is to be said: --log tiles:DIR',
    });
  const said = [options.project, options.release, options.ref, options.commit, options.zuulVars];
  if (said.some((one) => one !== undefined))
    throw new Fault('usage', '--resume takes project, release, ref and commit from what is pending', {
      hint: 'leave out --project, --release, --ref, --commit and --zuul-vars',
    });
  const trust = await loadTrust(ports, options);
  const pending = await pendingIn(ports, options);
  if (pending.length === 0) return { detail: { pending: `nothing is pending in ${quote(options.path)}` } };
  let keys: Promise<LogKeys> | undefined;
  const readKeys = async () => {
    keys ??= readLogKeys(ports, options);
    return { ...(await keys), areAllNeeded: false };
  };
  const outcomes: Outcome[] = [];
  for (const place of pending) {
    try {
      const logs = await logsOf(ports, place, options.logs);
      outcomes.push(await submitOne(ports, { ...options, logs }, trust, place, readKeys));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      outcomes.push({ faults: [error] });
    }
  }
  const entries = outcomes.flatMap(({ detail = {} }) => Object.values(detail));
  return { ...joinOutcomes(outcomes), ...(entries.length === 0 ? {} : { detail: { entries } }) };
}

/** The manifests beside which a submission is pending. Throws `not-found`. */
async function pendingIn({ files }: Ports, { path: given, manifest }: SubmitOptions): Promise<readonly Place[]> {
  const isFile = (await files.stat(given))?.type === 'file';
  const directory = isFile ? path.dirname(given) : given;
  const only = isFile ? path.basename(given) : manifest;
  return (await files.list(directory))
    .filter(({ type, name }) => type === 'file' && name.endsWith(SUBMISSION))
    .map(({ name }) => manifestOfCompanion(name))
    .filter((name) => name !== undefined && (only === undefined || name === only))
    .map((name) => ({ directory, name: parseArtifactName(name ?? '') }));
}

/**
 * Those that the submission names, a tile log by the directory that is given. One that has given its proof can do without, and is told of;
 * where none is there yet, throws `usage`.
 */
async function logsOf(
  { files }: Ports,
  { directory, name }: Place,
  given: readonly string[],
): Promise<readonly string[]> {
  const file = name + SUBMISSION;
  const bytes = (await directorySource(files, directory).read(file, PROOF_CAP)) ?? new Uint8Array();
  const { logs } = await inFile(file, async () => parseSubmission(bytes));
  const asked = logs.flatMap((log) => (log === TILE_LOG ? given : [log]));
  const isProven = async () => (await files.stat(path.join(directory, name + TLOG_PROOF))) !== undefined;
  if (given.length > 0 || !logs.includes(TILE_LOG) || (asked.length > 0 && (await isProven()))) return asked;
  throw new Fault('usage', `${quote(file)} is for a tile log, and where that lies is not said`, {
    file,
    hint: 'give --log tiles:DIR and its --log-key',
  });
}
