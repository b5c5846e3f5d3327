// SPDX-License-Identifier: Apache-2.0
/** Step 2 of `examine.ts`: there is a manifest, signed by a pinned key, and it parses. */
import path from 'node:path';
import { COMPANIONS, isManifestName, SIGNATURE } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { MANIFEST_CAP, type ManifestLine, parseManifest } from '../core/manifest.ts';
import { parseArtifactName } from '../core/name.ts';
import type { ManifestReport, SignatureReport } from '../core/report.ts';
import { type Sha256, sha256 } from '../core/sha256.ts';
import { attempt, collect, type Findings, settle } from './findings.ts';
import { manifestSince } from './release-proof.ts';
import { checkBytes, SIGNATURE_CAP } from './signing.ts';
import { joinShown, type Source } from './source.ts';
import type { Trust } from './trust.ts';

/** One manifest, as far as it could be read. */
export interface ExaminedManifest {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** None where it does not parse. */
  readonly lines: readonly ManifestLine[];
  /** The file of its signature; absent where it is not there, or cannot be one. */
  readonly asc: Uint8Array | undefined;
  /** Absent where it is refused, or is not there. */
  readonly signature: SignatureReport | undefined;
}

/** What is read, whom we believe, and when. */
export interface Examining {
  readonly source: Source;
  readonly trust: Trust;
  readonly now: Date;
  readonly found: Findings;
  /** Since when witnesses of a log vouch for a file of this name and digest; where nobody can say so, absent. */
  readonly sinceOf?: (name: string, digest: Sha256) => Promise<Date | undefined>;
}

/** A manifest, and what can stand beside it. */
export const ownNames = (manifest: string): readonly string[] => [
  manifest,
  ...COMPANIONS.map((suffix) => manifest + suffix),
];

/** Refuses what cannot be the name of a manifest that somebody gives. Throws `usage`. */
export function refusePath(manifest: string | undefined): void {
  if (manifest === undefined || !manifest.includes('/')) return;
  throw new Fault('usage', `--manifest takes a name, and no path: ${quote(manifest)}`, {
    hint: `it is looked for where the files are: --manifest ${quote(path.posix.basename(manifest))}`,
  });
}

/** The manifest of a name, or all of a list of names. Throws `bad-name` for a name that no file of a release has. */
export async function examineManifests(
  examining: Examining,
  only: string | undefined,
  names: readonly string[],
): Promise<readonly ExaminedManifest[]> {
  const { source, found } = examining;
  const wanted = only === undefined ? names.filter(isManifestName) : [parseArtifactName(only)];
  if (wanted.length === 0) {
    found.errors.push({
      kind: 'missing',
      message: `there is no manifest in ${quote(source.shown)}`,
      hint: 'has the release been signed? a manifest is called SHA256SUMS, or ends in .SHA256SUMS',
    });
  }
  const manifests: ExaminedManifest[] = [];
  for (const name of wanted) {
    await attempt(found.errors, name, async () => {
      const bytes = await source.read(name, MANIFEST_CAP);
      if (bytes !== undefined) manifests.push(await examineManifest(examining, name, bytes));
      else found.errors.push({ kind: 'missing', file: name, message: `the manifest ${quote(name)} is not there` });
    });
  }
  return manifests;
}

export async function examineManifest(
  examining: Examining,
  name: string,
  bytes: Uint8Array,
): Promise<ExaminedManifest> {
  const { source, found } = examining;
  let lines: readonly ManifestLine[] = [];
  const parse = () => {
    lines = refuseItself(name, parseManifest(bytes));
  };
  collect(found.errors, parse, name);
  const file = `${name}${SIGNATURE}`;
  const signature = await attempt(found.errors, file, async () => {
    const asc = await source.read(file, SIGNATURE_CAP);
    if (asc !== undefined) return { asc, signature: await settleManifest(examining, name, bytes, asc) };
    const message = `the manifest ${quote(name)} is not signed`;
    const hint = 'nobody vouches for it: did the build leave it? then take it out before the release is signed';
    found.errors.push({ kind: 'unsigned', file: name, message, hint });
    return undefined;
  });
  return { name, bytes, lines, asc: signature?.asc, signature: signature?.signature };
}

async function settleManifest(
  examining: Examining,
  name: string,
  bytes: Uint8Array,
  asc: Uint8Array,
): Promise<SignatureReport | undefined> {
  const { trust, now, found } = examining;
  const verdict = await checkBytes(asc, bytes, trust.certificates, now);
  const signature = verdict.kind === 'good' ? { signer: verdict.key } : undefined;
  const since = async () => manifestSince(examining, { name, bytes, signature });
  return settle(trust, `${name}${SIGNATURE}`, verdict, since, found);
}

/** What stands beside a manifest says something about it, so that none can list it. */
function refuseItself(name: string, lines: readonly ManifestLine[]): readonly ManifestLine[] {
  const own = new Set<string>(ownNames(name));
  const line = lines.find((one) => own.has(one.name));
  if (line === undefined) return lines;
  throw new Fault('bad-manifest', `it lists ${quote(line.name)}, which is itself or stands beside it`, {
    hint: 'a manifest is made last, of everything else',
  });
}

export const describeManifest = (
  source: Source,
  { name, bytes, lines, signature }: ExaminedManifest,
): ManifestReport => ({
  name,
  path: joinShown(source.shown, name),
  sha256: sha256(bytes),
  size: bytes.length,
  action: signature === undefined || lines.length === 0 ? 'refused' : 'verified',
  ...(signature === undefined ? {} : { signature }),
});
