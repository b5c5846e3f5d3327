// SPDX-License-Identifier: Apache-2.0
/**
 * `submit`: the release statement goes into a log, once, and its proof comes to stand beside the manifest.
 *
 *   1. the manifest is signed by a pinned key
 *   2. the submission is written to disk: whatever breaks off from here on can be resumed, by anybody
 *   3. what is published is what will be logged
 *   4. a proof that is there is kept, where it is one of this statement
 *   5. the log appends, or finds the entry that it has, and the witnesses that the policy names vouch for it
 *   6. the proof is verified offline against the published checkpoint, and written
 *   7. the submission is done, and its file goes
 */
import path from 'node:path';
import { withoutLastSlash } from '../core/address.ts';
import { isManifestName, SIGNATURE } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { MANIFEST_CAP } from '../core/manifest.ts';
import { type ArtifactName, parseArtifactName } from '../core/name.ts';
import type { Policy } from '../core/policy.ts';
import { findingOf, type LogReport, type Outcome } from '../core/report.ts';
import { sha256 } from '../core/sha256.ts';
import type { Submission } from '../core/submission.ts';
import type { Ports } from '../ports.ts';
import type { ChosenLog } from './chosen-log.ts';
import { examineManifest } from './examine-manifest.ts';
import { type Findings, noFindings } from './findings.ts';
import { type IdentityOptions, warningsOfVersion } from './identity.ts';
import { loadTrust, type TrustOptions } from './load-trust.ts';
import { chooseLogs, type LogKeys, type LogOptions, readLogKeys } from './open-logs.ts';
import { countProven } from './proofs.ts';
import { awaitPublished, checkPublishedUrl } from './published.ts';
import { directorySource } from './source.ts';
import {
  addressesIn,
  forLogs,
  persisted,
  prepareSubmission,
  type SignedManifest,
  type Submitted,
} from './submission.ts';
import { logRelease } from './submit-log.ts';
import type { Trust } from './trust.ts';

export interface SubmitOptions extends TrustOptions, IdentityOptions, LogOptions {
  /** A manifest, or the directory that holds one. */
  readonly path: string;
  readonly manifest: string | undefined;
  readonly publishedUrl: string | undefined;
  /** Seconds in which what is published has to become what is here. */
  readonly deadline: number;
  readonly dryRun: boolean;
}

/** A manifest, by where it lies. */
export interface Place {
  readonly directory: string;
  readonly name: ArtifactName;
}

export async function submit(ports: Ports, options: SubmitOptions): Promise<Outcome> {
  if (options.logs.length === 0)
    throw new Fault('usage', '--log is missing', { hint: 'only --resume takes the logs from what is pending' });
  const trust = await loadTrust(ports, options);
  const place = await locate(ports, options);
  return submitOne(ports, options, trust, place, async () => readLogKeys(ports, options));
}

/** Milliseconds that a run waits for another one that submits the same manifest. */
const PATIENCE = 120_000;

/**
 * The keys are asked for where they are needed. One run at a time submits a manifest, and holds the lock on it: each changes the submission
 * and the bundle that the others find. Throws `locked`.
 */
export async function submitOne(
  ports: Ports,
  options: SubmitOptions,
  trust: Trust,
  place: Place,
  keys: () => Promise<LogKeys>,
): Promise<Outcome> {
  const body = async (): Promise<Outcome> => {
    const found = noFindings();
    const manifest = await readManifest(ports, trust, place, found);
    return manifest === undefined ? found : submitManifest(ports, options, manifest, await keys(), found);
  };
  const file = path.join(place.directory, place.name);
  // whoever locks a file that is not there makes it
  const isThere = (await ports.files.stat(file))?.type === 'file';
  return isThere && !options.dryRun ? ports.lock.hold(file, PATIENCE, body) : body();
}

/** Steps 2 to 7. */
async function submitManifest(
  ports: Ports,
  options: SubmitOptions,
  manifest: SignedManifest,
  keys: LogKeys,
  found: Findings,
): Promise<Outcome> {
  const earlier = await prepareSubmission(ports, options, manifest);
  const { deadline } = options;
  const given = options.publishedUrl ?? earlier.publishedUrl;
  if (given !== undefined) checkPublishedUrl(given, manifest.name);
  const publishedUrl = given && withoutLastSlash(given);
  found.warnings.push(...warningsOfVersion(earlier.statement.version, manifest.name));
  // a recorder was told of an address already, or is told of this one
  const toTell = options.publishedUrl ?? (earlier.prepared.has('recorder') ? undefined : publishedUrl);
  const chosen = chooseLogs(ports, { ...options, publishedUrl: toTell }, keys, manifest.policy);
  const requests = prepareRequests(chosen, earlier, manifest);
  const manifests = [describe(manifest)];
  // so far nobody was asked: a log may be yet to be made, and the release yet to be published
  if (options.dryRun) return { ...found, manifests, detail: describeRequests(requests) };
  const kept = new Map(
    [...requests].filter(([{ isRepeatable }]) => !isRepeatable).map(([{ kind }, one]) => [kind, one]),
  );
  const prepared = new Map([...earlier.prepared, ...kept]);
  const submission = forLogs({ ...earlier, prepared, publishedUrl }, options.logs);
  const task = { submission, asked: options.logs, isNeeded: await isAnyMissing(ports, manifest, chosen) };
  const { logs, faults, left } = await persisted(ports, manifest, task, async () => {
    if (publishedUrl !== undefined) await awaitPublished(ports, localBytes(manifest), publishedUrl, deadline);
    return submitToAll(ports, requests, manifest, submission, found);
  });
  if (left !== undefined) found.warnings.push(left);
  const outcome = judgeOutages(manifest.policy, logs, faults, found);
  // a manifest in the report of a submission is one that a log has: whoever reads it may record it as logged
  return logs.length === 0 ? outcome : { ...outcome, manifests, logs };
}

/** The bytes for each log: those that an earlier run has prepared, where it has. */
function prepareRequests(
  chosen: readonly ChosenLog[],
  { statement, prepared }: Submission,
  { bytes }: SignedManifest,
): ReadonlyMap<ChosenLog, Uint8Array> {
  const subject = { statement, manifest: bytes };
  const made = new Map(prepared);
  return new Map(
    chosen.map((log) => {
      // once for all logs of a kind: their proofs share a file, which is about one request
      const request = log.prepare(subject, made.get(log.kind));
      made.set(log.kind, request);
      return [log, request];
    }),
  );
}

/** What each kind of log would get: the exact entry of a tile log, which is the statement, and the requests for others. */
const describeRequests = (requests: ReadonlyMap<ChosenLog, Uint8Array>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...requests].map(([{ kind }, request]) => [
      kind === 'tiles' ? 'entry' : kind,
      Buffer.from(request).toString('utf8').trim(),
    ]),
  );

async function isAnyMissing(
  { files }: Ports,
  manifest: SignedManifest,
  chosen: readonly ChosenLog[],
): Promise<boolean> {
  for (const { proof, isShared } of chosen)
    if (isShared || (await files.stat(path.join(manifest.directory, manifest.name + proof))) === undefined) return true;
  return false;
}

/** One log after the other. What goes wrong with one is told, and changes nothing for the others. */
async function submitToAll(
  ports: Ports,
  requests: ReadonlyMap<ChosenLog, Uint8Array>,
  manifest: SignedManifest,
  submission: Submission,
  found: Findings,
): Promise<Submitted> {
  const logs: LogReport[] = [];
  const faults: Fault[] = [];
  let mayBeLogged = false;
  const { statement } = submission;
  const addresses = addressesIn(ports, manifest, submission);
  for (const [chosen, request] of requests) {
    try {
      logs.push(await logRelease(ports, chosen, manifest, { statement, request, addresses }, found));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
      mayBeLogged ||= !chosen.isRepeatable && error.kind !== 'usage';
    }
  }
  return { logs, faults, mayBeLogged };
}

/** Where as many logs as the policy demands have it already, those that did not answer are only told of. */
function judgeOutages(
  { require }: Policy,
  logs: readonly LogReport[],
  faults: readonly Fault[],
  { warnings, errors }: Findings,
): Outcome {
  const { atLeast } = require.logs;
  if (atLeast === 0 || countProven(require, logs) < atLeast || faults.some(({ kind }) => kind !== 'pending'))
    return { warnings, errors, faults };
  return { warnings: [...warnings, ...faults.map(findingOf)], errors };
}

const describe = ({ directory, name, bytes, signature }: SignedManifest) =>
  ({
    name,
    path: path.join(directory, name),
    sha256: sha256(bytes),
    size: bytes.length,
    action: 'verified',
    signature,
  }) as const;

/** Step 1. Undefined where the findings say why the manifest is refused. */
async function readManifest(
  ports: Ports,
  trust: Trust,
  { directory, name }: Place,
  found: Findings,
): Promise<SignedManifest | undefined> {
  const bytes = await ports.files.read(path.join(directory, name), MANIFEST_CAP);
  const { asc, signature } = await examineManifest(
    { source: directorySource(ports.files, directory), trust, now: ports.clock.now(), found },
    name,
    bytes,
  );
  if (asc === undefined || signature === undefined || found.errors.length > 0) return undefined;
  return { directory, name, bytes, asc, signature, policy: trust.policy };
}

async function locate(ports: Ports, options: SubmitOptions): Promise<Place> {
  const info = await ports.files.stat(options.path);
  if (info?.type === 'file')
    return { directory: path.dirname(options.path), name: parseArtifactName(path.basename(options.path)) };
  if (options.manifest !== undefined) return { directory: options.path, name: parseArtifactName(options.manifest) };
  const names = (await ports.files.list(options.path))
    .filter(({ type, name }) => type === 'file' && isManifestName(name))
    .map(({ name }) => name);
  const [name] = names;
  if (name !== undefined && names.length === 1) return { directory: options.path, name: parseArtifactName(name) };
  const what = names.length === 0 ? 'no manifest' : `${names.length} manifests`;
  throw new Fault(
    names.length === 0 ? 'not-found' : 'usage',
    `there ${names.length < 2 ? 'is' : 'are'} ${what} in ${quote(options.path)}`,
    {
      hint:
        names.length === 0 ? 'has the release been signed?' : `name one of them with --manifest: ${names.join(', ')}`,
    },
  );
}

const localBytes = ({ name, bytes, asc }: SignedManifest): ReadonlyMap<string, Uint8Array> =>
  new Map([
    [name, bytes],
    [`${name}${SIGNATURE}`, asc],
  ]);
