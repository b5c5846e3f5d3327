// SPDX-License-Identifier: Apache-2.0
/** Where a release is read from: a directory, or what is published below a URL. */
import path from 'node:path';
import { isManifestName } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { type ArtifactName, parseArtifactName } from '../core/name.ts';
import type { Files, FileType, Http, Ports } from '../ports.ts';

export interface SourceEntry {
  /** Relative to the source, with `/` between its parts; not yet checked. */
  readonly name: string;
  readonly type: FileType;
}

export interface Source {
  /** The path or the URL, as it stands in messages. */
  readonly shown: string;
  /** Everything below, sorted; undefined where a listing is not to be had. */
  list(recursive: boolean): Promise<readonly SourceEntry[] | undefined>;
  /** A small file whole; undefined where it is not there. */
  read(name: string, cap: number): Promise<Uint8Array | undefined>;
  /** A file of any size, once; false where it is not there. */
  readChunks(name: string, onChunk: (chunk: Uint8Array) => void): Promise<boolean>;
}

export const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** Refuses an address that is neither a path nor a URL that we read. Throws `usage`. */
export function refuseScheme(place: string): void {
  if (isUrl(place) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return;
  throw new Fault('usage', `only https:// and http:// are read: ${quote(place)}`, {
    hint: 'a file or directory on this machine is named by its path',
  });
}

/** A directory or a URL that ends where the names begin. */
export const openSource = (ports: Ports, place: string): Source =>
  isUrl(place) ? urlSource(ports.http, place) : directorySource(ports.files, place);

/** Where a release may be published already. Throws `usage` for a file, and for the address of a manifest. */
export async function openPublished(ports: Ports, place: string): Promise<Source> {
  const isFile = isUrl(place)
    ? isManifestName(path.posix.basename(place))
    : (await ports.files.stat(place))?.type === 'file';
  if (!isFile) return openSource(ports, place);
  throw new Fault('usage', `--published is given a file, ${quote(place)}`, {
    hint: 'give the directory in which the release is published, or its address',
  });
}

export const directorySource = (files: Files, directory: string): Source => ({
  shown: directory,
  list: async (recursive) => listBelow(files, directory, recursive),
  read: async (name, cap) => orUndefined(async () => files.read(path.join(directory, name), cap)),
  readChunks: async (name, onChunk) =>
    (await orUndefined(async () => files.readChunks(path.join(directory, name), onChunk))) !== undefined,
});

/** Of a directory that a person names, a link to one is followed. */
export async function isDirectory(files: Files, given: string): Promise<boolean> {
  const info = await files.stat(given);
  if (info?.type !== 'symlink') return info?.type === 'directory';
  return (await files.stat(await files.resolve(given)))?.type === 'directory';
}

async function listBelow(files: Files, root: string, recursive: boolean, prefix = ''): Promise<readonly SourceEntry[]> {
  const found: SourceEntry[] = [];
  for (const { name, type } of await files.list(path.join(root, prefix))) {
    if (type === 'directory' && recursive) found.push(...(await listBelow(files, root, true, `${prefix}${name}/`)));
    else found.push({ name: prefix + name, type });
  }
  return found;
}

async function orUndefined<T>(body: () => Promise<T>): Promise<T | undefined> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Fault && error.kind === 'not-found') return undefined;
    throw error;
  }
}

const urlSource = (http: Http, base: string): Source => ({
  shown: base,
  list: async () => undefined,
  read: async (name, cap) => http.get(joinUrl(base, name), cap),
  readChunks: async (name, onChunk) => http.getChunks(joinUrl(base, name), onChunk),
});

/** A path or URL of a directory with this name behind it; its own slashes at the end are one. */
export function joinShown(base: string, name: string): string {
  let end = base.length;
  while (base[end - 1] === '/') end -= 1;
  return `${base.slice(0, end)}/${name}`;
}

/** The URL of a name below a URL. */
export function joinUrl(base: string, name: string): string {
  const parts = parseArtifactName(name).split('/').map(encodeURIComponent);
  return joinShown(base, parts.join('/'));
}

/** `https://host/dir/name` as the source `https://host/dir` and the name. Throws `usage`. */
export function splitUrl(url: string): { readonly base: string; readonly name: string } {
  const match = /^(https?:\/\/[^/?#]+(?:\/[^?#]*)?)\/([^/?#]+)$/i.exec(url);
  const [, base, last] = match ?? [];
  if (base === undefined || last === undefined)
    throw new Fault('usage', `not the address of a file: ${quote(url)}`, {
      hint: 'name the manifest, as in https://tarballs.example.org/nova/nova-31.0.0.SHA256SUMS',
    });
  const name = decodeName(url, last);
  // an escaped slash is a part of a name there, and would lead somewhere else here
  if (name.includes('/')) throw new Fault('usage', `not the address of a file: ${quote(url)}`);
  return { base, name };
}

function decodeName(url: string, part: string): ArtifactName {
  try {
    return parseArtifactName(decodeURIComponent(part));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('usage', `not a valid address: ${quote(url)}`, { cause });
  }
}
