// SPDX-License-Identifier: Apache-2.0
/**
 * `sign`: detached signatures beside artifacts.
 *
 *   1. select the artifacts, refuse names and kinds of files that nobody could check
 *   2. read each artifact once: its SHA-256, the check of a signature that is there, or a new signature
 *   3. hold the bytes against what is published, and take over its signatures
 *   4. prepare the manifest in the same way
 *   5. only when all of that has succeeded, in every directory: write
 */
import { SIGNATURE } from '../core/companions.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import type { ArtifactName } from '../core/name.ts';
import type { FileReport, Finding, Outcome } from '../core/report.ts';
import { type Sha256, sha256 } from '../core/sha256.ts';
import type { Ports } from '../ports.ts';
import { beginManifest, type ManifestPlan, putFile } from './manifest.ts';
import { type ManifestName, manifestNameFor } from './manifest-name.ts';
import { mapConcurrent, type ReadFile, readOnce } from './read-once.ts';
import { clearTemporary, refuseSecret, type Selection, type SelectOptions, selectArtifacts } from './select.ts';
import {
  beginCheck,
  beginMaking,
  describeSignature,
  type GoodVerdict,
  type Keeping,
  openSigning,
  SIGNATURE_CAP,
  type Signing,
  type SigningOptions,
  type Unkept,
  warningsOfKept,
  whyNotKept,
} from './signing.ts';
import { directorySource, openPublished, type Source } from './source.ts';

export interface SignOptions extends SelectOptions, SigningOptions {
  readonly paths: readonly string[];
  readonly published: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Also write the manifest (`--sums`). */
  readonly sums: ManifestName | undefined;
}

/** Artifacts that are read ahead for each thread that signs: none should wait for the reader. */
const AHEAD = 4;

interface Context {
  readonly ports: Ports;
  readonly signing: Signing;
  readonly published: Source | undefined;
  readonly force: boolean;
}

interface Prepared {
  readonly name: ArtifactName;
  readonly size: number;
  readonly sha256: Sha256;
  readonly action: 'signed' | 'kept' | 'taken-over';
  readonly armored: Uint8Array;
  readonly verdict: GoodVerdict;
  /** What is there under the signature's name: nothing, the same, or something that gives way. */
  readonly present: 'nothing' | 'same' | 'other';
  readonly warnings: readonly Finding[];
}

export async function sign(ports: Ports, options: SignOptions): Promise<Outcome> {
  const signing = await openSigning(ports, options);
  if (signing === undefined) throw new Fault('usage', 'no key to sign with', { hint: 'give --key-file FILE' });
  const selections = await selectArtifacts(ports.files, options.paths, options);
  const [selection] = selections;
  if (options.sums !== undefined && (selections.length !== 1 || selection === undefined))
    throw new Fault('usage', '--sums takes one directory, for one manifest');
  const published = options.published === undefined ? undefined : await openPublished(ports, options.published);
  const context: Context = { ports, signing, published, force: options.force };
  const name = options.sums === undefined ? undefined : await manifestNameFor(ports, options.sums);
  const works: Work[] = [];
  for (const each of selections) works.push(await prepareAll(context, each, options, name));
  if (!options.dryRun) for (const work of works) await writeAll(ports, work);
  return {
    files: works.flatMap(({ prepared }) => prepared.map(describe)),
    manifests: works.flatMap(({ plan }) => (plan === undefined ? [] : [plan.manifest])),
    warnings: [
      ...signing.warnings,
      ...works.flatMap(({ selection, prepared, plan }) =>
        [selection, ...prepared, ...(plan === undefined ? [] : [plan])].flatMap(({ warnings }) => warnings),
      ),
    ],
  };
}

/** What is to be written in a directory. */
interface Work {
  readonly selection: Selection;
  readonly prepared: readonly Prepared[];
  readonly plan: ManifestPlan | undefined;
}

async function prepareAll(
  context: Context,
  selection: Selection,
  options: SignOptions,
  manifest: ArtifactName | undefined,
): Promise<Work> {
  const { ports } = context;
  if (!options.dryRun) await clearTemporary(ports.files, selection);
  const source = directorySource(ports.files, selection.directory);
  const planning = manifest && (await beginManifest({ ...options, ...context }, selection, manifest));
  let done = 0;
  const prepared = await mapConcurrent(selection.artifacts, options.threads * AHEAD, async (name) => {
    const result = await prepare(context, source, name, selection.names.has(signatureName(name)));
    ports.progress.report('signing', ++done, selection.artifacts.length);
    return result;
  });
  ports.progress.end();
  return { selection, prepared, plan: await planning?.(prepared.flatMap(linesOf)) };
}

const signatureName = (name: ArtifactName) => `${name}${SIGNATURE}` as ArtifactName;

const linesOf = (one: Prepared) => [
  { name: one.name, sha256: one.sha256 },
  { name: signatureName(one.name), sha256: sha256(one.armored) },
];

const describe = (one: Prepared): FileReport => ({
  name: one.name,
  action: one.action,
  size: one.size,
  sha256: one.sha256,
  signature: describeSignature(signatureName(one.name), one.verdict, one.armored),
});

/** The manifest last. */
async function writeAll(ports: Ports, { selection: { directory }, prepared, plan }: Work): Promise<void> {
  for (const { name, armored, present } of prepared) {
    if (present !== 'same') await putFile(ports, directory, signatureName(name), armored, present === 'other');
  }
  await plan?.write();
}

async function prepare(context: Context, source: Source, name: ArtifactName, hasLocal: boolean): Promise<Prepared> {
  const asc = signatureName(name);
  const local = hasLocal ? await source.read(asc, SIGNATURE_CAP) : undefined;
  const out = await context.published?.read(asc, SIGNATURE_CAP);
  const existing = out ?? local;
  const check =
    existing === undefined ? undefined : beginCheck(existing, context.signing.certificates, context.signing.now);
  const making =
    check === undefined || (context.force && out === undefined) ? beginMaking(context.signing, name) : undefined;
  const sinks = [refuseSecret(name), check, making].filter((sink) => sink !== undefined);
  const read = await readOnce(source, name, sinks);
  if (read === undefined) throw new Fault('changed', `${quote(name)} has disappeared`, { file: name });
  await comparePublished(context, name, read);
  const base = { name, size: read.size, sha256: read.sha256, present: presence(local, existing) };
  const verdict = await check?.finish(read);
  const { signing, force } = context;
  const keeping: Keeping = out === undefined ? { primary: signing.primary, force } : 'published';
  const problem = verdict === undefined ? undefined : whyNotKept(keeping, verdict);
  if (existing !== undefined && verdict?.kind === 'good' && problem === undefined)
    return {
      ...base,
      action: base.present === 'same' ? 'kept' : 'taken-over',
      armored: existing,
      verdict,
      warnings: out === undefined ? warningsOfKept(asc, verdict) : [],
    };
  if (making === undefined) throw cannotStay(asc, out === undefined ? undefined : context.published, problem);
  const made = await making.finish(read);
  return { ...base, action: 'signed', ...made, present: local === undefined ? 'nothing' : 'other', warnings: [] };
}

function presence(local: Uint8Array | undefined, wanted: Uint8Array | undefined): Prepared['present'] {
  if (local === undefined) return 'nothing';
  return wanted !== undefined && equalBytes(local, wanted) ? 'same' : 'other';
}

async function comparePublished({ published }: Context, name: ArtifactName, read: ReadFile): Promise<void> {
  if (published === undefined) return;
  const out = await readOnce(published, name, []);
  if (out === undefined || out.sha256 === read.sha256) return;
  throw new Fault('conflict', `other bytes are published as ${quote(name)} in ${quote(published.shown)}`, {
    file: name,
    hint: 'a published artifact never changes: release the new bytes under a new version',
  });
}

const cannotStay = (asc: string, published: Source | undefined, problem: Unkept | undefined) =>
  new Fault(
    'conflict',
    `${quote(asc)} is there${published === undefined ? '' : `, in ${quote(published.shown)},`} and ${problem?.why}`,
    {
      file: asc,
      hint:
        problem?.hint ??
        (published === undefined
          ? 'did the artifact change after it was signed? --force signs it anew'
          : 'find out how it came to be published before you release again'),
    },
  );
