// SPDX-License-Identifier: Apache-2.0
/** Which files are signed or listed. */
import path from 'node:path';
import {
  classify,
  isManifestName,
  isTemporaryName,
  type ReleaseNames,
  SIGNATURE,
  signedName,
} from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { type ArtifactName, parseArtifactName, parseNewName, refuseCaseTwins } from '../core/name.ts';
import type { Finding } from '../core/report.ts';
import type { Files, FileType } from '../ports.ts';
import { readOnce, type Sink } from './read-once.ts';
import { directorySource, isDirectory, type SourceEntry } from './source.ts';

export interface SelectOptions {
  readonly recursive: boolean;
  /** Globs; a pattern without `/` is held against the last part of a name. None means everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Globs, too: each MUST match an artifact. */
  readonly expect: readonly string[];
  readonly allowEmpty: boolean;
  /** Files that are no part of a release and MUST lie elsewhere, such as the key; `-` is none. */
  readonly apart: readonly string[];
}

export interface Selection {
  /** The directory that the names are relative to. */
  readonly directory: string;
  readonly artifacts: readonly ArtifactName[];
  /** `X.asc` of artifacts that were selected. */
  readonly signatures: readonly ArtifactName[];
  /** All that is there, of whatever type: to look for another name is not worth a system call. */
  readonly names: ReadonlySet<string>;
  readonly warnings: readonly Finding[];
}

/** One selection per directory. Files that are named one by one are selected in the directory that holds them. */
export async function selectArtifacts(
  files: Files,
  paths: readonly string[],
  options: SelectOptions,
): Promise<readonly Selection[]> {
  const wanted = new Map<string, Wanted>();
  for (const given of paths) await want(files, wanted, given);
  for (const file of options.apart) await refuseAmong(files, wanted, file);
  const selections = [];
  for (const { directory, names } of wanted.values()) selections.push(await selectIn(files, directory, names, options));
  if (!options.allowEmpty && selections.every((selection) => selection.artifacts.length === 0)) throw nothing(paths);
  demandExpected(selections, options.expect);
  return selections;
}

const nothing = (paths: readonly string[]) =>
  new Fault('empty', `nothing to sign or to list in ${paths.map(quote).join(', ')}`, {
    hint: paths.every((given) => isManifestName(path.basename(given)))
      ? '"sums" makes a manifest, and signs it'
      : 'did the build leave its artifacts elsewhere? --allow-empty says that this is right',
  });

/** A build that has lost an artifact does not look different from one that never made it, unless somebody says what is to be there. */
function demandExpected(selections: readonly Selection[], expected: readonly string[]): void {
  const names = selections.flatMap(({ artifacts }) => artifacts);
  const lacking = expected.filter((pattern) => !names.some((name) => isMatch(name, pattern)));
  if (lacking.length === 0) return;
  throw new Fault('missing', `no artifact matches ${lacking.map(quote).join(', ')}, and that is expected`, {
    hint: 'did the build make it, and was it collected? nothing was written',
  });
}

interface Wanted {
  readonly directory: string;
  readonly names: ReadonlySet<string> | 'all';
}

/** Adds what a path stands for. A directory is one directory, however it is written. */
async function want(files: Files, wanted: Map<string, Wanted>, given: string): Promise<void> {
  const info = await files.stat(given);
  if (info === undefined)
    throw new Fault('not-found', `${quote(given)} is not there`, { file: given, hint: 'check the path' });
  const isWhole = await isDirectory(files, given);
  if (!isWhole && info.type !== 'file') throw irregular(given, info.type);
  const directory = isWhole ? path.normalize(given) : path.dirname(given);
  const key = await files.resolve(directory);
  const earlier = wanted.get(key)?.names ?? new Set<string>();
  const names = isWhole || earlier === 'all' ? 'all' : new Set([...earlier, path.basename(given)]);
  wanted.set(key, { directory: wanted.get(key)?.directory ?? directory, names });
}

/** Whatever lies in the directory of a release is signed and listed, or uploaded with it. Throws `usage`. */
async function refuseAmong(files: Files, wanted: ReadonlyMap<string, Wanted>, file: string): Promise<void> {
  if (file === '-') return;
  const place = await files.resolve(file);
  for (const [resolved, { directory, names }] of wanted) {
    const name = path.relative(resolved, place);
    if (name.startsWith('../') || (names !== 'all' && !names.has(name))) continue;
    throw new Fault('usage', `${quote(file)} lies among the artifacts, in ${quote(directory)}`, {
      file,
      hint: 'what lies there is published: keep it elsewhere',
    });
  }
}

/** A secret key that the build left there. Throws `usage`. */
export function refuseSecret(name: string): Sink {
  let isFirst = true;
  return {
    update: (chunk) => {
      const isSecret = isFirst && PRIVATE_KEY.test(Buffer.from(chunk.subarray(0, 100)).toString('latin1'));
      isFirst = false;
      if (isSecret)
        throw new Fault('usage', `${quote(name)} is a private key, and would be published`, {
          file: name,
          hint: 'keep it elsewhere; a key that is made to be published goes into an archive, or is left out with --exclude',
        });
    },
  };
}

/** As it stands in PEM, in OpenSSH's form and in the armor of OpenPGP. */
const PRIVATE_KEY = /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/;

async function selectIn(
  files: Files,
  directory: string,
  wanted: ReadonlySet<string> | 'all',
  options: SelectOptions,
): Promise<Selection> {
  const source = directorySource(files, directory);
  const all = (await source.list(options.recursive && wanted === 'all')) ?? [];
  const listed = all.filter(({ name, type }) => type !== 'file' || !isTemporaryName(path.posix.basename(name)));
  const keep = (name: string) => (wanted === 'all' || wanted.has(name)) && matches(name, options);
  const there = new Set(listed.filter(({ type }) => type === 'file').map(({ name }) => name));
  const names = concerned(there, keep);
  // an armored key goes by the name of a signature
  for (const name of names.filter((one) => isLonely(one, there))) await readOnce(source, name, [refuseSecret(name)]);
  const ours = classify(names, there);
  for (const { name, type } of listed)
    if (type !== 'directory' && keep(name) && type !== 'file') throw irregular(path.join(directory, name), type);
  const artifacts = ours.artifacts.filter(keep).map(parseNewName);
  refuseCaseTwins(artifacts);
  return {
    directory,
    artifacts,
    signatures: signaturesOf(artifacts, ours),
    names: new Set(all.map(({ name }) => name)),
    warnings: wanted === 'all' ? unentered(listed) : [],
  };
}

/** What was left out does not have to be in order: a certificate beside the artifacts looks like a lone signature. */
const concerned = (there: ReadonlySet<string>, keep: (name: string) => boolean): readonly string[] =>
  [...there].filter((name) => {
    const signed = signedName(name) ?? name;
    return keep(name) || (there.has(signed) && keep(signed));
  });

const isLonely = (name: string, there: ReadonlySet<string>): boolean => !there.has(signedName(name) ?? name);

function signaturesOf(artifacts: readonly ArtifactName[], ours: ReleaseNames): readonly ArtifactName[] {
  const signed = new Set(artifacts.map((name) => `${name}${SIGNATURE}`));
  return ours.signatures.filter((name) => signed.has(name)).map(parseArtifactName);
}

function matches(name: string, { include, exclude }: SelectOptions): boolean {
  const hit = (pattern: string) => isMatch(name, pattern);
  return (include.length === 0 || include.some(hit)) && !exclude.some(hit);
}

const isMatch = (name: string, pattern: string): boolean =>
  path.posix.matchesGlob(pattern.includes('/') ? name : path.posix.basename(name), pattern);

/** Removes what an interrupted run left, wherever signatures and manifests of a selection are written. */
export async function clearTemporary(files: Files, { directory, artifacts }: Selection): Promise<void> {
  const places = new Set([directory, ...artifacts.map((name) => path.join(directory, path.dirname(name)))]);
  for (const place of places) await files.clearTemporary(place, 0);
}

const irregular = (file: string, type: FileType) =>
  new Fault('bad-name', `${quote(file)} is ${type === 'symlink' ? 'a symbolic link' : 'not a regular file'}`, {
    file,
    hint: 'put the file itself there, or take it out: what cannot be checked is not published',
  });

const unentered = (listed: readonly SourceEntry[]): readonly Finding[] =>
  listed
    .filter(({ type }) => type === 'directory')
    .map(({ name }) => ({
      kind: 'not-checked',
      file: name,
      message: `the directory ${quote(name)} was left out`,
      hint: 'did you mean --recursive?',
    }));
