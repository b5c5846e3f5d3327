// SPDX-License-Identifier: Apache-2.0
/** `verify`: a directory, files, or what is published at a URL, against a trust policy. Offline unless given a URL. */
import path from 'node:path';
import { COMPANIONS, isManifestName, SIGNATURE } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { MANIFEST_CAP } from '../core/manifest.ts';
import { type FileReport, type Finding, joinOutcomes, type Outcome } from '../core/report.ts';
import type { Sha256 } from '../core/sha256.ts';
import type { Ports } from '../ports.ts';
import { examineRelease, outcomeOf } from './examine.ts';
import { examineSingle } from './examine-file.ts';
import {
  describeManifest,
  type ExaminedManifest,
  type Examining,
  examineManifest,
  examineManifests,
  refusePath,
} from './examine-manifest.ts';
import { type Findings, noFindings } from './findings.ts';
import { loadTrust, type TrustOptions } from './load-trust.ts';
import { examineProofs } from './proofs.ts';
import { listedSince } from './release-proof.ts';
import { directorySource, isDirectory, isUrl, openSource, refuseScheme, type Source, splitUrl } from './source.ts';
import type { Trust } from './trust.ts';

export interface VerifyOptions extends TrustOptions {
  readonly paths: readonly string[];
  readonly manifest: string | undefined;
  readonly allowExtra: boolean;
  readonly beforePublication: boolean;
}

export async function verify(ports: Ports, options: VerifyOptions): Promise<Outcome> {
  refusePath(options.manifest);
  const trust = await loadTrust(ports, options);
  const outcomes: Outcome[] = [];
  const faults: Fault[] = [];
  for (const given of await withoutCompanions(ports, options.paths)) {
    try {
      outcomes.push(await verifyOne(ports, trust, given, options));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
    }
  }
  return joinOutcomes([...outcomes, { faults }]);
}

/**
 * A signature that is named beside what it signs, as gpg wants it or a shell's `*` does it, is looked at with that; proofs of a manifest
 * that are there, too. What is dropped so looks at nothing else.
 */
async function withoutCompanions({ files }: Ports, paths: readonly string[]): Promise<readonly string[]> {
  const named = new Set(paths);
  const isCompanion = async (given: string): Promise<boolean> => {
    for (const suffix of COMPANIONS) {
      const owner = given.slice(0, -suffix.length);
      if (!given.endsWith(suffix) || !named.has(owner) || (await isCompanion(owner))) continue;
      if (suffix === SIGNATURE) return isUrl(owner) || !(await isDirectory(files, owner));
      return isManifestName(path.basename(owner)) && (await files.stat(given)) !== undefined;
    }
    return false;
  };
  const kept: string[] = [];
  for (const given of paths) if (!(await isCompanion(given))) kept.push(given);
  return kept;
}

async function verifyOne(ports: Ports, trust: Trust, given: string, options: VerifyOptions): Promise<Outcome> {
  if (isUrl(given)) {
    const { base, name } = splitUrl(given);
    return verifyNamed(ports, trust, openSource(ports, base), name, options);
  }
  refuseScheme(given);
  if (await isDirectory(ports.files, given)) {
    return outcomeOf(await examineRelease(ports, directorySource(ports.files, given), trust, options));
  }
  const source = directorySource(ports.files, path.dirname(given));
  return verifyNamed(ports, trust, source, path.basename(given), options);
}

/** A manifest stands for the release that it lists, any other file for itself. */
async function verifyNamed(
  ports: Ports,
  trust: Trust,
  source: Source,
  name: string,
  options: VerifyOptions,
): Promise<Outcome> {
  if (!isManifestName(name)) return verifyFile(ports, trust, source, name, options);
  if (options.manifest !== undefined && options.manifest !== name)
    throw new Fault('usage', `${quote(name)} is a manifest itself, and --manifest names another one`, { file: name });
  return outcomeOf(await examineRelease(ports, source, trust, { ...options, manifest: name }));
}

/** A single file: its signature, and what the policy demands beyond it. */
async function verifyFile(
  ports: Ports,
  trust: Trust,
  source: Source,
  name: string,
  options: VerifyOptions,
): Promise<Outcome> {
  const found = noFindings();
  const examining: Examining = { source, trust, now: ports.clock.now(), found };
  const sinceOf = async (asc: string, digest: Sha256) =>
    listedSince(examining, await signedManifests(examining, await manifestCandidates(source, options)))(asc, digest);
  const file = await examineSingle({ ...examining, sinceOf }, name);
  if (file === undefined) {
    const message = `${quote(name)} is not in ${quote(source.shown)}`;
    throw new Fault('not-found', message, { file: name, hint: 'check the path' });
  }
  const outcome = { files: [file], ...found };
  const isLogDemanded = trust.policy.require.logs.atLeast > 0 && !options.beforePublication;
  if (isLogDemanded || options.manifest !== undefined) {
    return { ...outcome, ...(await demandManifest(examining, file, options)) };
  }
  const message = `only the signature of ${quote(name)} was checked: not its manifest, and no log`;
  found.warnings.push({ kind: 'not-checked', file: name, message });
  const stranger = await findStranger(examining, file, options);
  if (stranger !== undefined) found.warnings.push({ kind: 'not-checked', ...stranger });
  return outcome;
}

/** Finds a manifest that lists the file and its signature, and checks the manifest's signature and its proofs. */
async function demandManifest(examining: Examining, file: FileReport, options: VerifyOptions): Promise<Outcome> {
  const { source, found } = examining;
  const tried: Tried[] = [];
  for (const name of await manifestCandidates(source, options)) {
    tried.push(await tryManifest(examining, file, name, options));
  }
  const listing = options.manifest === undefined ? tried.filter(({ isListing }) => isListing) : tried;
  const best = listing.find((one) => one.findings.errors.length === 0) ?? listing[0];
  if (best !== undefined) {
    found.warnings.push(...best.findings.warnings);
    if (best.isListing) found.warnings.push({ kind: 'not-checked', message: ONLY_THIS });
    found.errors.push(...best.findings.errors);
    return best.outcome;
  }
  found.errors.push({
    kind: 'not-in-log',
    file: file.name,
    message: `no manifest ${isUrl(source.shown) ? 'is named that' : `beside ${quote(file.name)}`} lists it and its signature, and the policy demands a log`,
    hint: isUrl(source.shown)
      ? 'a directory at an address cannot be listed: name its manifest with --manifest'
      : 'put the manifest, its signature and its proofs beside the file, or name it with --manifest',
  });
  return {};
}

const ONLY_THIS = 'the other files that the manifest lists were not checked';

interface Tried {
  /** Whether it says anything of these bytes. */
  readonly isListing: boolean;
  readonly findings: Findings;
  readonly outcome: Outcome;
}

async function tryManifest(
  examining: Examining,
  file: FileReport,
  name: string,
  stage: Pick<VerifyOptions, 'beforePublication'>,
): Promise<Tried> {
  const findings = noFindings();
  const inner = { ...examining, found: findings };
  const [manifest] = await examineManifests(inner, name, []);
  if (manifest === undefined) return { isListing: false, findings, outcome: {} };
  const manifests = [describeManifest(examining.source, manifest)];
  if (isListed(manifest, file)) {
    const { logs } = await examineProofs(inner, manifest, stage);
    return { isListing: true, findings, outcome: { manifests, logs } };
  }
  findings.errors.push({ kind: 'extra', ...describeStranger(file, name) });
  return { isListing: false, findings, outcome: { manifests } };
}

/** With the signature that is beside it. */
function isListed({ lines }: ExaminedManifest, { name, sha256, signature }: FileReport): boolean {
  const lists = (wanted: string, digest: string | undefined) =>
    digest === undefined || lines.some((line) => line.name === wanted && line.sha256 === digest);
  return lists(name, sha256) && lists(`${name}${SIGNATURE}`, signature?.sha256);
}

const describeStranger = ({ name }: FileReport, manifest: string): Omit<Finding, 'kind'> => ({
  file: name,
  message: `${quote(manifest)} does not list ${quote(name)} and its signature as they are`,
  hint: 'was it renamed, or is it of another release?',
});

/** What is told of a file whose only manifest is believed and does not list it. It is no demand, so that nothing here fails. */
async function findStranger(
  examining: Examining,
  file: FileReport,
  options: VerifyOptions,
): Promise<Omit<Finding, 'kind'> | undefined> {
  try {
    const candidates = await manifestCandidates(examining.source, options);
    const [manifest] = candidates.length === 1 ? await signedManifests(examining, candidates) : [];
    return manifest === undefined || isListed(manifest, file) ? undefined : describeStranger(file, manifest.name);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return undefined;
  }
}

/** Those whose signatures are good: what another one lists, or proves, is nobody's word. */
async function signedManifests(
  examining: Examining,
  candidates: readonly string[],
): Promise<readonly ExaminedManifest[]> {
  const manifests: ExaminedManifest[] = [];
  for (const name of candidates) {
    const bytes = await examining.source.read(name, MANIFEST_CAP);
    if (bytes !== undefined) manifests.push(await examineManifest({ ...examining, found: noFindings() }, name, bytes));
  }
  return manifests.filter(({ signature }) => signature !== undefined);
}

async function manifestCandidates(source: Source, options: VerifyOptions): Promise<readonly string[]> {
  if (options.manifest !== undefined) return [options.manifest];
  const entries = (await source.list(false)) ?? [];
  return entries.filter(({ type, name }) => type === 'file' && isManifestName(name)).map(({ name }) => name);
}
