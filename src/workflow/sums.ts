// SPDX-License-Identifier: Apache-2.0
/** `sums`: the manifest of a directory whose artifacts are signed already, or need no signature. */
import { SIGNATURE } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import type { ManifestLine } from '../core/manifest.ts';
import { parseArtifactName } from '../core/name.ts';
import type { Finding, Outcome } from '../core/report.ts';
import { sha256 } from '../core/sha256.ts';
import type { Verdict } from '../openpgp/detached.ts';
import type { Ports } from '../ports.ts';
import { beginManifest } from './manifest.ts';
import { type ManifestName, manifestNameFor } from './manifest-name.ts';
import { readOnce } from './read-once.ts';
import { clearTemporary, refuseSecret, type Selection, type SelectOptions, selectArtifacts } from './select.ts';
import { beginCheck, openSigning, SIGNATURE_CAP, type Signing, type SigningOptions } from './signing.ts';
import { directorySource, openPublished, type Source } from './source.ts';

export interface SumsOptions extends SelectOptions, SigningOptions, ManifestName {
  readonly directory: string;
  readonly published: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export async function sums(ports: Ports, options: SumsOptions): Promise<Outcome> {
  const { directory } = options;
  const info = await ports.files.stat(directory);
  if (info?.type === 'file')
    throw new Fault('usage', `${quote(directory)} is a file, and a manifest is that of a directory`);
  const name = await manifestNameFor(ports, options);
  const signing = await openSigning(ports, options);
  const [selection] = await selectArtifacts(ports.files, [directory], options);
  if (selection === undefined) throw new Fault('empty', `nothing to list in ${quote(directory)}`);
  if (!options.dryRun) await clearTemporary(ports.files, selection);
  const published = options.published === undefined ? undefined : await openPublished(ports, options.published);
  const planning = await beginManifest({ ...options, ports, signing, published }, selection, name);
  const checked: Finding[] = [];
  const lines = await hashAll(ports, selection, signing, checked);
  const plan = await planning(lines);
  if (!options.dryRun) await plan?.write();
  return {
    files: lines.map((line) => ({ name: line.name, action: 'listed', size: line.size, sha256: line.sha256 })),
    manifests: plan === undefined ? [] : [plan.manifest],
    warnings: [
      ...(signing?.warnings ?? []),
      ...selection.warnings,
      ...unsigned(selection),
      ...checked,
      ...(plan?.warnings ?? []),
    ],
  };
}

interface Line extends ManifestLine {
  readonly size: number;
}

/** Artifacts and their signatures, each read once; a signature is checked in the read of its artifact. */
async function hashAll(
  ports: Ports,
  selection: Selection,
  signing: Signing | undefined,
  warnings: Finding[],
): Promise<readonly Line[]> {
  const source = directorySource(ports.files, selection.directory);
  const signed = new Set<string>(selection.signatures);
  const lines: Line[] = [];
  for (const name of selection.artifacts) {
    const asc = signed.has(`${name}${SIGNATURE}`) ? await readSignature(source, name) : undefined;
    const check = asc && signing && beginCheck(asc, signing.certificates, signing.now);
    const read = await readOnce(source, name, [refuseSecret(name), ...(check === undefined ? [] : [check])]);
    if (read === undefined) throw gone(name);
    lines.push({ name, sha256: read.sha256, size: read.size });
    if (asc !== undefined) lines.push(signatureLine(name, asc));
    if (check !== undefined) warnings.push(...judgeSignature(name, await check.finish(read)));
    ports.progress.report('hashing', lines.length, selection.artifacts.length + signed.size);
  }
  ports.progress.end();
  if (signing === undefined && signed.size > 0) warnings.push(UNCHECKED);
  return lines;
}

const gone = (name: string) => new Fault('changed', `${quote(name)} has disappeared`, { file: name });

const UNCHECKED: Finding = {
  kind: 'not-checked',
  message: 'the signatures of the artifacts are listed, and were not checked',
  hint: 'give --certificate to check them',
};

async function readSignature(source: Source, name: string): Promise<Uint8Array> {
  const asc = await source.read(`${name}${SIGNATURE}`, SIGNATURE_CAP);
  if (asc === undefined) throw gone(`${name}${SIGNATURE}`);
  return asc;
}

const signatureLine = (name: string, asc: Uint8Array): Line => ({
  name: parseArtifactName(`${name}${SIGNATURE}`),
  sha256: sha256(asc),
  size: asc.length,
});

/** A signature by a key that is not known here may be right; one that is wrong must not be vouched for. */
function judgeSignature(name: string, verdict: Verdict): readonly Finding[] {
  if (verdict.kind === 'good') return [];
  const file = `${name}${SIGNATURE}`;
  if (verdict.kind === 'wrong-key')
    return [{ kind: 'not-checked', file, message: `${quote(file)} was not checked: ${verdict.message}` }];
  throw new Fault('conflict', `${quote(file)} is there and does not verify: ${verdict.message}`, {
    file,
    hint: 'did the artifact change after it was signed? sign it anew, with --force, before the manifest is made',
  });
}

function unsigned({ artifacts, signatures }: Selection): readonly Finding[] {
  const signed = new Set<string>(signatures);
  return artifacts
    .filter((name) => !signed.has(`${name}${SIGNATURE}`))
    .map((name) => ({
      kind: 'not-checked',
      file: name,
      message: `${quote(name)} has no signature`,
      hint: 'sign it first: a manifest is made last',
    }));
}
