// SPDX-License-Identifier: Apache-2.0
/**
 * Which files of a release directory are ours. `X.asc` is, where `X` is there; so are the companions of a manifest.
 * Everything else is an artifact.
 */
import { Fault, quote } from './fault.ts';

export const SIGNATURE = '.asc';

/** What can stand beside a manifest, in the order in which it is published. */
export const COMPANIONS = [
  '.asc',
  '.sigstore.json',
  '.proof',
  '.recorder.pem',
  '.tlog-proof',
  '.submission.json',
] as const;
export type Companion = (typeof COMPANIONS)[number];

/** The proof of a Sigsum log. */
export const SIGSUM_PROOF = '.proof' satisfies Companion;
/** The entries of Rekor logs, of both versions. */
export const SIGSTORE_BUNDLE = '.sigstore.json' satisfies Companion;
/** The certificate that a recorder has got for the manifest: evidence, and no proof. */
export const RECORDER_EVIDENCE = '.recorder.pem' satisfies Companion;
/** The proof of a tile log. */
export const TLOG_PROOF = '.tlog-proof' satisfies Companion;
/** What is prepared for logs, and not finished. */
export const SUBMISSION = '.submission.json' satisfies Companion;

/** Whether a name is that of a manifest: `SHA256SUMS`, or one that ends in `.SHA256SUMS`. */
export const isManifestName = (name: string): boolean => /^(?:[^/]*\.)?SHA256SUMS$/.test(name);

/** The manifest that a name is a companion of, by the name alone. */
export function manifestOfCompanion(name: string): string | undefined {
  for (const suffix of COMPANIONS) {
    const base = name.slice(0, -suffix.length);
    if (name.endsWith(suffix) && isManifestName(base)) return base;
  }
  return undefined;
}

/** What a name is that of the signature of, by the name alone. */
export const signedName = (name: string): string | undefined =>
  name.endsWith(SIGNATURE) ? name.slice(0, -SIGNATURE.length) : undefined;

export interface ReleaseNames {
  /** What is signed: everything that is not ours. */
  readonly artifacts: readonly string[];
  /** `X.asc` of an artifact `X`. */
  readonly signatures: readonly string[];
  readonly manifests: readonly string[];
  /** Signatures, proofs and pending submissions of manifests. */
  readonly companions: readonly string[];
}

/**
 * Sorts the names of a directory into artifacts and our own files. A `.asc` without its artifact or beside a file of ours
 * (`.asc.asc`), and a companion without its manifest, are errors: `conflict`. `there`: all that the directory holds, where the names are
 * some of them.
 */
export function classify(names: readonly string[], there: Iterable<string> = names): ReleaseNames {
  const all = new Set(there);
  const found = {
    artifacts: [] as string[],
    signatures: [] as string[],
    manifests: [] as string[],
    companions: [] as string[],
  };
  for (const name of names) found[kindOf(name, all)].push(name);
  return found;
}

function kindOf(name: string, all: ReadonlySet<string>): keyof ReleaseNames {
  if (isManifestName(name)) return 'manifests';
  const manifest = manifestOfCompanion(name);
  if (manifest !== undefined) {
    if (all.has(manifest)) return 'companions';
    throw lonely(name, manifest);
  }
  const artifact = signedName(name);
  if (artifact === undefined) return 'artifacts';
  if (!all.has(artifact)) throw lonely(name, artifact);
  if (kindOf(artifact, all) === 'artifacts') return 'signatures';
  throw new Fault('conflict', `${quote(name)} is a signature of one of our own files`, {
    file: name,
    hint: 'did another tool sign the signatures, too? remove it',
  });
}

const lonely = (name: string, base: string) =>
  new Fault('conflict', `${quote(name)} is there without ${quote(base)}`, {
    file: name,
    hint: `is it left from an earlier run? remove it, bring back ${quote(base)}, or leave it out with --exclude`,
  });

const TEMPORARY = /^\.artifact-signing-(?:([0-9a-f]{16})-([1-9][0-9]{0,9})-)?[0-9a-f]{16}\.tmp$/;

/** Who writes a temporary file. */
export interface Maker {
  /** 16 hexadecimal digits: in which running system, and where in it, the number is that of a process. */
  readonly place: string;
  readonly pid: number;
}

/**
 * The name under which a file is written before it is renamed into place: `.artifact-signing-PLACE-PROCESS-RANDOM.tmp`, without
 * a maker where nobody knows. `random`: 16 hexadecimal digits.
 */
export const temporaryName = (random: string, maker?: Maker): string =>
  `.artifact-signing-${maker === undefined ? '' : `${maker.place}-${maker.pid}-`}${random}.tmp`;

/** Whether an interrupted run may have left a file of this name. */
export const isTemporaryName = (name: string): boolean => TEMPORARY.test(name);

/** Who made a temporary file, where its name tells. */
export function makerOf(name: string): Maker | undefined {
  const [, place, pid] = TEMPORARY.exec(name) ?? [];
  return place === undefined || pid === undefined ? undefined : { place, pid: Number(pid) };
}

/**
 * Where several may write at once, temporary files that are older are nobody's any more: milliseconds. It is for those of other
 * machines and sandboxes, of which nobody here can say whether they still run.
 */
export const ABANDONED = 24 * 60 * 60 * 1000;
