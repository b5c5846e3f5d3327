// SPDX-License-Identifier: Apache-2.0
/**
 * `publish`: copies a release to the directory from which it is served, and checks the very bytes that it copies.
 *
 *   1. each file of the release is read once: into the check, and into a copy under a temporary name
 *   2. what is published already is compared: the same content stays, other content refuses everything, unless it continues what
 *      is there, as a bundle does that has one more entry
 *   3. only when all is good: rename into place; artifacts, signatures, proofs, and the manifest last
 *
 * Additive: nothing that is published is removed, or changed but by more of the same.
 */
import path from 'node:path';
import { ABANDONED, SIGNATURE } from '../core/companions.ts';
import { CONTINUATION_CAP, canContinue, continues } from '../core/continuation.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import type { Outcome } from '../core/report.ts';
import { sha256 } from '../core/sha256.ts';
import type { Files, Ports, Writer } from '../ports.ts';
import { type Examination, examineRelease, outcomeOf } from './examine.ts';
import { refusePath } from './examine-manifest.ts';
import { loadTrust, type TrustOptions } from './load-trust.ts';
import { readOnce } from './read-once.ts';
import { directorySource, isDirectory } from './source.ts';

export interface PublishOptions extends TrustOptions {
  readonly directory: string;
  readonly to: string;
  readonly manifest: string | undefined;
  readonly beforePublication: boolean;
  readonly dryRun: boolean;
}

interface Publication {
  readonly files: Files;
  readonly to: string;
  readonly dryRun: boolean;
  /** Under temporary names, whole, waiting for their commit. */
  readonly copies: Map<string, Writer>;
  /** Directories that are there, and cleared. */
  readonly ready: Set<string>;
}

export async function publish(ports: Ports, options: PublishOptions): Promise<Outcome> {
  refusePath(options.manifest);
  const trust = await loadTrust(ports, options);
  const { from, to } = await resolvePlaces(ports.files, options);
  const source = directorySource(ports.files, from);
  const { files } = ports;
  const publication: Publication = { files, to, dryRun: options.dryRun, copies: new Map(), ready: new Set() };
  try {
    if (!options.dryRun) await prepareDirectory(publication, to);
    const tee = async (name: string) => openCopy(publication, name);
    const examined = await examineRelease(ports, source, trust, { ...options, allowExtra: false, tee });
    if (examined.errors.length > 0) return outcomeOf(examined);
    return await place(publication, examined);
  } finally {
    for (const copy of publication.copies.values()) await copy.abort();
  }
}

async function resolvePlaces(files: Files, { directory, to }: PublishOptions): Promise<{ from: string; to: string }> {
  if (!(await isDirectory(files, directory))) {
    const hint = 'name the directory that holds the release';
    throw new Fault('not-found', `${quote(directory)} is not a directory`, { file: directory, hint });
  }
  const places = { from: await files.resolve(directory), to: await files.resolve(to) };
  if (!`${places.to}/`.startsWith(`${places.from}/`)) return places;
  throw new Fault('usage', 'the release cannot be published inside its own directory', { hint: 'give another --to' });
}

/** A link below the destination would lead what is published somewhere else. */
async function refuseLinks(files: Files, to: string, directory: string): Promise<void> {
  for (let at = directory; at.length > to.length; at = path.dirname(at)) {
    const info = await files.stat(at);
    if (info === undefined || info.type === 'directory') continue;
    throw new Fault('conflict', `${quote(at)} is there, and is no directory`, {
      file: at,
      hint: 'what is published lies in directories, not behind links',
    });
  }
}

async function prepareDirectory({ files, ready }: Publication, directory: string): Promise<void> {
  if (ready.has(directory)) return;
  await files.makeDirectory(directory);
  await files.clearTemporary(directory, ABANDONED);
  ready.add(directory);
}

/** Undefined where something is published under the name, which is not to be replaced: that is compared, never written. */
async function openCopy(publication: Publication, name: string, replace = false): Promise<Writer | undefined> {
  const { files, to, dryRun, copies } = publication;
  const target = path.join(to, name);
  await refuseLinks(files, to, path.dirname(target));
  if (dryRun) return undefined;
  await prepareDirectory(publication, path.dirname(target));
  if (!replace && (await files.stat(target)) !== undefined) return undefined;
  const copy = await files.create(target, { mode: 0o644, replace, durable: true });
  copies.set(name, copy);
  return copy;
}

/** A file of the release, as it was checked. */
interface Piece {
  readonly name: string;
  readonly sha256: string;
  /** Of a manifest, or of what stands beside it: it is copied after the check. */
  readonly bytes?: Uint8Array;
}

async function place(publication: Publication, examined: Examination): Promise<Outcome> {
  const { to, copies } = publication;
  const pieces = inOrder(examined);
  const there = new Set<string>();
  for (const piece of pieces) if (!copies.has(piece.name) && (await bring(publication, piece))) there.add(piece.name);
  for (const piece of pieces) if (await commit(publication, piece)) there.add(piece.name);
  const action = (name: string): 'kept' | 'published' => (there.has(name) ? 'kept' : 'published');
  const manifests = new Set(examined.manifests.map((one) => one.name));
  const companions = [...examined.own.keys()].filter((name) => !manifests.has(name));
  return {
    ...outcomeOf(examined),
    files: [...examined.files, ...companions.map((name) => ({ name }))].map((file) => ({
      ...file,
      action: action(file.name),
    })),
    manifests: examined.manifests.map((one) => ({ ...one, path: path.join(to, one.name), action: action(one.name) })),
  };
}

/** Signatures after what they sign; then what stands beside a manifest; the manifest itself last. */
function inOrder({ files, own }: Examination): readonly Piece[] {
  const pieces = files.flatMap(({ name, sha256: digest }) => (digest === undefined ? [] : [{ name, sha256: digest }]));
  const isSignature = ({ name }: Piece) => name.endsWith(SIGNATURE);
  return [
    ...pieces.filter((piece) => !isSignature(piece) && !own.has(piece.name)),
    ...pieces.filter((piece) => isSignature(piece) && !own.has(piece.name)),
    ...[...own].map(([name, bytes]) => ({ name, sha256: sha256(bytes), bytes })),
  ];
}

/** What the check has not copied: true where it is published already. Throws `conflict` where other content is. */
async function bring(publication: Publication, piece: Piece): Promise<boolean> {
  const { files, to, dryRun } = publication;
  const isThere = (await files.stat(path.join(to, piece.name))) !== undefined;
  if (isThere && (await isPublished(publication, piece))) return true;
  if (dryRun) return false;
  const copy = await openCopy(publication, piece.name, isThere);
  if (copy === undefined || piece.bytes === undefined)
    throw new Fault('changed', `${quote(piece.name)} was changed in ${quote(to)} meanwhile`, {
      file: piece.name,
      hint: 'is another run at work there? wait until it has ended, then run this again',
    });
  copy.write(piece.bytes);
  await copy.seal();
  return false;
}

/** Renames a copy into place; true where somebody else has published the same content meanwhile. */
async function commit(publication: Publication, piece: Piece): Promise<boolean> {
  try {
    await publication.copies.get(piece.name)?.commit();
    return false;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'conflict') throw error;
    await compare(publication, piece);
    return true;
  }
}

/** False where the piece continues what is there. Throws `conflict`. */
async function isPublished(publication: Publication, piece: Piece): Promise<boolean> {
  const { files, to } = publication;
  if (piece.bytes !== undefined && canContinue(piece.name)) {
    const published = await directorySource(files, to).read(piece.name, CONTINUATION_CAP);
    if (published !== undefined && equalBytes(published, piece.bytes)) return true;
    if (published !== undefined && continues(piece.name, published, piece.bytes)) return false;
  }
  await compare(publication, piece);
  return true;
}

async function compare({ files, to }: Publication, { name, sha256: expected }: Piece): Promise<void> {
  const published = await readOnce(directorySource(files, to), name, []);
  if (published?.sha256 === expected) return;
  throw new Fault('conflict', `other content is published as ${quote(name)} in ${quote(to)}`, {
    file: name,
    hint: 'a published file never changes: release under a new version',
  });
}
