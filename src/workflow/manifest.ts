// SPDX-License-Identifier: Apache-2.0
/** The manifest of a directory: named, written, signed, kept or taken over as a whole, and never merged. */
import path from 'node:path';
import { COMPANIONS, SIGNATURE } from '../core/companions.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import { formatManifest, MANIFEST_CAP, type ManifestLine } from '../core/manifest.ts';
import { type ArtifactName, refuseCaseTwins } from '../core/name.ts';
import type { Finding, ManifestReport } from '../core/report.ts';
import { sha256 } from '../core/sha256.ts';
import type { Ports } from '../ports.ts';
import type { Selection } from './select.ts';
import {
  checkBytes,
  describeSignature,
  type GoodVerdict,
  SIGNATURE_CAP,
  type Signing,
  signBytes,
  type Unkept,
  warningsOfKept,
  whyNotKept,
} from './signing.ts';
import { directorySource, type Source } from './source.ts';

export interface PlanOptions {
  readonly ports: Ports;
  readonly signing: Signing | undefined;
  /** Whether there is a key: without one a manifest is written unsigned. */
  readonly keyFile: string | undefined;
  readonly published: Source | undefined;
  readonly force: boolean;
}

/** A manifest that is decided on, and not yet written. */
export interface ManifestPlan {
  readonly manifest: ManifestReport;
  readonly warnings: readonly Finding[];
  write(): Promise<void>;
}

interface Existing {
  readonly bytes: Uint8Array;
  readonly asc: Uint8Array | undefined;
}

/** Of these lines; undefined where there are none. Throws `conflict` for other content under its name, locally unless forced, and `bad-name`. */
export type Planning = (lines: readonly ManifestLine[]) => Promise<ManifestPlan | undefined>;

/**
 * Begins a manifest, or the confirmation of the one that is published or there already. To be called before the artifacts are
 * read: what another run makes of them meanwhile is then told as `changed`, and not taken for a contradiction.
 */
export async function beginManifest(
  options: PlanOptions,
  { directory, names }: Pick<Selection, 'directory' | 'names'>,
  name: ArtifactName,
): Promise<Planning> {
  const local = await readExisting(directorySource(options.ports.files, directory), name);
  // it lists what was not there yet, either
  if (local !== undefined && !names.has(name)) throw changedMeanwhile(name);
  return async (lines) => (lines.length === 0 ? undefined : planManifest(options, { directory, name }, lines, local));
}

async function planManifest(
  options: PlanOptions,
  { directory, name }: Pick<Place, 'directory' | 'name'>,
  lines: readonly ManifestLine[],
  local: Existing | undefined,
): Promise<ManifestPlan> {
  // what stands beside it is not listed, and is there when all of it is verified
  refuseCaseTwins([...lines.map((line) => line.name), name, ...COMPANIONS.map((suffix) => `${name}${suffix}`)]);
  const bytes = Buffer.from(formatManifest(lines));
  const { published } = options;
  const out = published === undefined ? undefined : await readExisting(published, name);
  const present = local === undefined ? 'nothing' : equalBytes(local.bytes, bytes) ? 'same' : 'other';
  const place: Place = { ports: options.ports, directory, name, bytes, present };
  const asc = present === 'same' ? local?.asc : undefined;
  if (published !== undefined && out !== undefined) return takeOver(options, place, asc, published, out);
  if (local !== undefined && present === 'other' && !options.force) throw differs(name, directory, local.bytes, lines);
  const signature = await signatureFor(options, place, asc);
  return planOf(place, present === 'same' ? 'kept' : 'written', signature, new Map());
}

interface Place {
  readonly ports: Ports;
  readonly directory: string;
  readonly name: ArtifactName;
  readonly bytes: Uint8Array;
  /** What is there under its name: nothing, the same, or something that gives way. */
  readonly present: 'nothing' | 'same' | 'other';
}

function planOf(
  place: Place,
  action: ManifestReport['action'],
  { made, verdict, replaces = false, warnings }: ManifestSignature,
  companions: ReadonlyMap<string, Uint8Array>,
): ManifestPlan {
  const { directory, name, bytes } = place;
  return {
    manifest: report(directory, name, bytes, action, verdict),
    warnings,
    write: async () => {
      if (place.present === 'other' || replaces) await removeCompanions(place);
      if (place.present !== 'same') await putFile(place.ports, directory, name, bytes, place.present === 'other');
      const all = new Map(made === undefined ? companions : [[`${name}${SIGNATURE}`, made], ...companions]);
      for (const [file, content] of all) await putFile(place.ports, directory, file, content, true);
    },
  };
}

async function readExisting(source: Source, name: ArtifactName): Promise<Existing | undefined> {
  const bytes = await source.read(name, MANIFEST_CAP);
  return bytes === undefined ? undefined : { bytes, asc: await source.read(`${name}${SIGNATURE}`, SIGNATURE_CAP) };
}

interface ManifestSignature {
  readonly made?: Uint8Array;
  /** Whether another one gives way to it. */
  readonly replaces?: boolean;
  readonly verdict?: GoodVerdict;
  readonly warnings: readonly Finding[];
}

/** The good signature that is there, or a new one, or none where there is no key. */
async function signatureFor(
  options: PlanOptions,
  { name, bytes }: Place,
  asc: Uint8Array | undefined,
  published?: Source,
): Promise<ManifestSignature> {
  const { signing } = options;
  if (signing === undefined) return { warnings: [unchecked(name, asc)] };
  if (asc !== undefined) {
    const verdict = await checkBytes(asc, bytes, signing.certificates, signing.now);
    const isHere = published === undefined;
    const force = options.force && options.keyFile !== undefined;
    const problem = whyNotKept(isHere ? { primary: signing.primary, force } : 'published', verdict);
    if (verdict.kind === 'good' && problem === undefined)
      return { verdict, warnings: isHere ? warningsOfKept(`${name}${SIGNATURE}`, verdict) : [] };
    if (published !== undefined || !options.force) throw badSignature(name, published, problem);
  }
  if (options.keyFile === undefined) return { warnings: [unchecked(name, undefined)] };
  const made = await signBytes(signing, name, bytes);
  return { made: made.armored, verdict: made.verdict, replaces: asc !== undefined, warnings: [] };
}

const unchecked = (name: string, asc: Uint8Array | undefined): Finding =>
  asc === undefined
    ? { kind: 'not-checked', file: name, message: `${quote(name)} is not signed`, hint: 'give --key-file to sign it' }
    : {
        kind: 'not-checked',
        file: name,
        message: `the signature of ${quote(name)} was not checked`,
        hint: 'give --certificate to check it',
      };

/** Signature and proofs go with the manifest, and proofs with the signature: they say nothing about the new one. */
async function removeCompanions({ ports, directory, name }: Place): Promise<void> {
  for (const suffix of COMPANIONS) await ports.files.remove(path.join(directory, `${name}${suffix}`));
}

/** Writes a file of ours. Throws `changed` where another run got in between. */
export async function putFile(
  { files }: Pick<Ports, 'files'>,
  directory: string,
  name: string,
  bytes: Uint8Array,
  replace: boolean,
): Promise<void> {
  try {
    await files.write(path.join(directory, name), bytes, { mode: 0o644, replace });
  } catch (cause) {
    if (!(cause instanceof Fault) || (cause.kind !== 'conflict' && cause.kind !== 'not-found')) throw cause;
    throw changedMeanwhile(name, cause);
  }
}

const changedMeanwhile = (name: string, cause?: unknown) =>
  new Fault('changed', `${quote(name)} or its directory was changed by somebody else meanwhile`, {
    file: name,
    hint: 'is another run at work here? wait until it has ended, then run this again',
    cause,
  });

/** The largest companion that is taken over: bytes. */
const COMPANION_CAP = 1024 * 1024;

/** Published companions that are here already, the same, are not written again. */
async function takeOver(
  options: PlanOptions,
  place: Place,
  asc: Uint8Array | undefined,
  published: Source,
  out: Existing,
): Promise<ManifestPlan> {
  const { name, bytes } = place;
  if (!equalBytes(out.bytes, bytes)) throw differsFromPublished(name, published);
  const signature =
    out.asc === undefined
      ? await signatureFor(options, place, asc)
      : await signatureFor(options, place, out.asc, published);
  const here = directorySource(options.ports.files, place.directory);
  const companions = new Map<string, Uint8Array>();
  for (const suffix of COMPANIONS) {
    const file = `${name}${suffix}`;
    const companion = suffix === SIGNATURE ? out.asc : await published.read(file, COMPANION_CAP);
    // those of another manifest are removed with it
    const local = companion && place.present === 'same' ? await here.read(file, COMPANION_CAP) : undefined;
    if (companion !== undefined && (local === undefined || !equalBytes(local, companion)))
      companions.set(file, companion);
  }
  const kept = place.present === 'same' && companions.size === 0 && signature.made === undefined;
  return planOf(place, kept ? 'kept' : 'taken-over', signature, companions);
}

const report = (
  directory: string,
  name: ArtifactName,
  bytes: Uint8Array,
  action: ManifestReport['action'],
  verdict: GoodVerdict | undefined,
): ManifestReport => ({
  name,
  path: path.join(directory, name),
  sha256: sha256(bytes),
  size: bytes.length,
  action,
  ...(verdict === undefined ? {} : { signature: describeSignature(`${name}${SIGNATURE}`, verdict) }),
});

function differs(name: ArtifactName, directory: string, old: Uint8Array, lines: readonly ManifestLine[]): Fault {
  const written = Buffer.from(old).toString('utf8');
  const changed = lines.find((line) => !written.includes(formatManifest([line])));
  const isBelow = changed === undefined && /^[0-9a-f]{64} [ *].*\//m.test(written);
  const why =
    changed === undefined
      ? `it lists files that are ${isBelow ? 'in directories below, or gone' : 'gone'}`
      : `its line for ${quote(changed.name)} is another, or missing`;
  return new Fault(
    'conflict',
    `${quote(path.join(directory, name))} is there and does not match the directory: ${why}`,
    {
      file: name,
      hint: `${isBelow ? 'did you mean --recursive? ' : ''}a manifest is never edited: --force writes a new one, and removes the signature and proofs of the old one`,
    },
  );
}

const badSignature = (name: string, published: Source | undefined, problem: Unkept | undefined) =>
  new Fault(
    'conflict',
    `${quote(`${name}${SIGNATURE}`)} is there${published === undefined ? '' : `, in ${quote(published.shown)},`} and ${problem?.why}`,
    {
      file: `${name}${SIGNATURE}`,
      hint:
        problem?.hint ??
        (published === undefined
          ? '--force signs the manifest anew'
          : 'find out how it came to be published before you release again'),
    },
  );

const differsFromPublished = (name: string, published: Source) =>
  new Fault('conflict', `another ${quote(name)} is published in ${quote(published.shown)}`, {
    file: name,
    hint: 'a published release never changes: release under a new version',
  });
