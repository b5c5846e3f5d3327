// SPDX-License-Identifier: Apache-2.0
/**
 * The check of a whole release, in numbered steps; every file is read once, and everything that is wrong is told.
 *
 *   1. the directory holds regular files with sound names
 *   2. there is a manifest, signed by a pinned key, and it parses
 *   3. every file that it lists is there
 *   4. name and digest are equal
 *   5. every artifact has a signature that is listed, and good
 *   6. the proofs meet the policy
 *   7. nothing is there that no manifest lists
 */
import path from 'node:path';
import { isTemporaryName } from '../core/companions.ts';
import { quote } from '../core/fault.ts';
import { type ArtifactName, parseArtifactName, refuseCaseTwins } from '../core/name.ts';
import type { FileReport, Finding, LogReport, ManifestReport, Outcome } from '../core/report.ts';
import type { Ports } from '../ports.ts';
import { checkExtra } from './examine-extra.ts';
import { examineFile, isSignatureOf, refuse, type Tee } from './examine-file.ts';
import { describeManifest, type ExaminedManifest, type Examining, examineManifests } from './examine-manifest.ts';
import { collect, type Findings, noFindings } from './findings.ts';
import { examineProofs } from './proofs.ts';
import { listedSince } from './release-proof.ts';
import type { Source, SourceEntry } from './source.ts';
import type { Trust } from './trust.ts';

export interface ExamineOptions {
  /** Only this manifest; otherwise all that are there. */
  readonly manifest: string | undefined;
  readonly allowExtra: boolean;
  /** The gate before the upload: what the policy demands of logs cannot be there yet. */
  readonly beforePublication: boolean;
  /** The bytes go on from here to where they are published: nothing may pass that was not looked at. */
  readonly tee?: Tee;
}

/** What is reported of it. */
export const outcomeOf = ({ own: _, ...outcome }: Examination): Outcome => outcome;

export interface Examination {
  readonly files: readonly FileReport[];
  readonly manifests: readonly ManifestReport[];
  readonly logs: readonly LogReport[];
  readonly warnings: readonly Finding[];
  readonly errors: readonly Finding[];
  /** The manifests and their companions that are there, by their names: the very bytes that were checked. */
  readonly own: ReadonlyMap<string, Uint8Array>;
}

export async function examineRelease(
  ports: Ports,
  source: Source,
  trust: Trust,
  options: ExamineOptions,
): Promise<Examination> {
  const found = noFindings();
  const examining: Examining = { source, trust, now: ports.clock.now(), found };
  const entries = await source.list(true);
  // all that is there leaves at a gate; what is copied leaves alone
  const isGate = options.beforePublication && options.tee === undefined;
  const leaving = options.beforePublication || options.tee !== undefined;
  const names = entries === undefined ? undefined : checkNames(entries, leaving, found);
  const manifests = await examineManifests(examining, options.manifest, names ?? []);
  const sinceOf = listedSince(examining, manifests);
  const files = await examineFiles(ports, { ...examining, sinceOf }, manifests, options.tee);
  const proofs = [];
  for (const manifest of manifests) {
    proofs.push(await examineProofs(examining, manifest, options));
  }
  if (names === undefined) found.warnings.push(unlisted(source));
  else await checkExtra(examining, names, manifests, { ...options, isGate, canAllow: options.tee === undefined });
  return {
    files,
    manifests: manifests.map((manifest) => describeManifest(source, manifest)),
    logs: proofs.flatMap((proof) => proof.logs),
    own: new Map([
      ...proofs.flatMap((proof) => [...proof.companions]),
      ...manifests.map(({ name, bytes }) => [name, bytes] as const),
    ]),
    ...found,
  };
}

const unlisted = (source: Source): Finding => ({
  kind: 'not-checked',
  message: `what else is published in ${quote(source.shown)} was not looked at`,
});

const temporary = (name: string): Finding => ({
  kind: 'not-checked',
  file: name,
  message: `${quote(name)} was not looked at: a run that goes on, or was interrupted, is writing it`,
});

/** Step 1. A directory that is served may hold what a run is just writing; one that is uploaded may not. */
function checkNames(entries: readonly SourceEntry[], leaving: boolean, found: Findings): readonly string[] {
  const names: string[] = [];
  for (const { name, type } of entries) {
    if (type === 'file' && !leaving && isTemporaryName(path.posix.basename(name))) found.warnings.push(temporary(name));
    else if (type === 'file') collect(found.errors, () => void names.push(parseArtifactName(name)));
    else if (type !== 'directory') {
      const what = type === 'symlink' ? 'a symbolic link' : 'not a regular file';
      found.errors.push({ kind: 'bad-name', file: name, message: `${quote(name)} is ${what}` });
    }
  }
  collect(found.errors, () => refuseCaseTwins(names));
  return names;
}

/** Steps 3 to 5, each file once however many manifests list it. */
async function examineFiles(
  ports: Ports,
  examining: Examining,
  manifests: readonly ExaminedManifest[],
  tee: Tee | undefined,
): Promise<readonly FileReport[]> {
  const listed = new Map<string, Set<string>>();
  for (const { name, sha256 } of manifests.flatMap((manifest) => manifest.lines)) {
    listed.set(name, (listed.get(name) ?? new Set()).add(sha256));
  }
  const files: FileReport[] = [];
  let done = 0;
  for (const name of listed.keys()) {
    if (!isSignatureOf(name, listed)) files.push(...(await examineFile(examining, name, listed, tee)));
    ports.progress.report('verifying', ++done, listed.size);
  }
  ports.progress.end();
  const vouched = new Set(
    manifests.flatMap(({ signature, lines }) => (signature ? lines.map((line) => line.name) : [])),
  );
  return files.map((file) => (vouched.has(file.name as ArtifactName) ? file : refuse(file)));
}
