// SPDX-License-Identifier: Apache-2.0
/** Steps 3 to 5 of `examine.ts`, for one file: it is there, it is what is listed, its signature is good; in one read. */
import { SIGNATURE, signedName } from '../core/companions.ts';
import { exitStatusOf, Fault, quote } from '../core/fault.ts';
import type { FileReport } from '../core/report.ts';
import { sha256 } from '../core/sha256.ts';
import type { Writer } from '../ports.ts';
import type { Examining } from './examine-manifest.ts';
import { attempt, settle } from './findings.ts';
import { type ReadFile, readBytes, readOnce, type Sink } from './read-once.ts';
import { beginCheck, type Check, refusedCheck, SIGNATURE_CAP } from './signing.ts';
import type { Source } from './source.ts';

/** Where the bytes that are checked go at the same time: their copy, or nowhere. */
export type Tee = (name: string) => Promise<Writer | undefined>;

/** What the manifests say of each file: more than one digest where they contradict each other. */
export type Listed = ReadonlyMap<string, ReadonlySet<string>>;

interface Signed {
  /** Absent where the file cannot be a signature: it was not read. */
  readonly asc?: Uint8Array;
  readonly check: Check;
}

/**
 * Whether a name is that of the signature of another one that is listed, with which it is looked at. A signature has none itself: what
 * is listed as one is a file like others.
 */
export function isSignatureOf(name: string, listed: Listed): boolean {
  const signed = signedName(name);
  return signed !== undefined && listed.has(signed) && !isSignatureOf(signed, listed);
}

async function beginSigned({ source, trust, now }: Examining, name: string): Promise<Signed | undefined> {
  try {
    const asc = await source.read(`${name}${SIGNATURE}`, SIGNATURE_CAP);
    return asc === undefined ? undefined : { asc, check: beginCheck(asc, trust.certificates, now) };
  } catch (error) {
    if (!(error instanceof Fault) || exitStatusOf(error.kind) === 1) throw error;
    return { check: refusedCheck(error) };
  }
}

/** A file that is listed, and its signature where that is listed too: those of the two that are what is listed. */
export async function examineFile(
  examining: Examining,
  name: string,
  listed: Listed,
  tee: Tee | undefined,
): Promise<readonly FileReport[]> {
  const reports = await attempt(examining.found.errors, name, async () => examineListed(examining, name, listed, tee));
  return reports ?? [];
}

async function examineListed(
  examining: Examining,
  name: string,
  listed: Listed,
  tee: Tee | undefined,
): Promise<readonly FileReport[]> {
  const { source, trust, found } = examining;
  const signed = await beginSigned(examining, name);
  const read = await readWithCopy(source, name, signed?.check, tee);
  const asc = listed.has(`${name}${SIGNATURE}`) ? await takeSignature(examining, name, signed, listed, tee) : undefined;
  const report = holdAgainst(examining, name, read, listed);
  const reports = asc === undefined ? [] : [asc];
  if (read === undefined || report === undefined) return reports;
  if (signed !== undefined && listed.has(`${name}${SIGNATURE}`)) {
    if (asc === undefined && signed.asc !== undefined) return [refuse(report)];
    const judged = await withSignature(examining, report, signed, read);
    return [judged, ...reports.map((one) => ({ ...one, action: judged.action }))];
  }
  if (signed !== undefined || trust.policy.require.signatures > 0) {
    const why = signed === undefined ? 'has no signature' : 'has a signature that is not listed in the manifest';
    found.errors.push({ kind: 'unsigned', file: name, message: `${quote(name)} ${why}` });
    return [refuse(report), ...reports];
  }
  return [report, ...reports];
}

export const refuse = (report: FileReport): FileReport => ({ ...report, action: 'refused' });

/** Steps 3 and 4. */
function holdAgainst(
  { found }: Examining,
  name: string,
  read: ReadFile | undefined,
  listed: Listed,
): FileReport | undefined {
  if (read === undefined) {
    const hint = 'was it lost on the way, or never uploaded?';
    found.errors.push({ kind: 'missing', file: name, message: `${quote(name)} is listed, and not there`, hint });
    return undefined;
  }
  const digests = listed.get(name);
  if (digests?.size === 1 && digests.has(read.sha256)) {
    return { name, action: 'verified', size: read.size, sha256: read.sha256 };
  }
  const why = digests?.size === 1 ? 'is not what the manifest lists' : 'is listed with several digests';
  const hint = `its SHA-256 is ${read.sha256}`;
  found.errors.push({ kind: 'altered', file: name, message: `${quote(name)} ${why}`, hint });
  return undefined;
}

/** The signature's own line: it is held against the bytes that the check has read. */
async function takeSignature(
  examining: Examining,
  name: string,
  signed: Signed | undefined,
  listed: Listed,
  tee: Tee | undefined,
): Promise<FileReport | undefined> {
  const asc = `${name}${SIGNATURE}`;
  if (signed !== undefined && signed.asc === undefined) return undefined;
  const report = holdAgainst(examining, asc, signed?.asc && readBytes(signed.asc), listed);
  if (signed?.asc === undefined || report === undefined) return undefined;
  const copy = await tee?.(asc);
  copy?.write(signed.asc);
  await copy?.seal();
  return report;
}

async function withSignature(
  { trust, found, sinceOf }: Examining,
  report: FileReport,
  { asc, check }: Signed,
  read: ReadFile,
): Promise<FileReport> {
  const file = `${report.name}${SIGNATURE}`;
  const since = async () => asc && sinceOf?.(file, sha256(asc));
  const signature = await settle(trust, file, await check.finish(read), since, found);
  if (signature === undefined || asc === undefined) return refuse(report);
  return { ...report, signature: { ...signature, sha256: sha256(asc) } };
}

async function readWithCopy(
  source: Source,
  name: string,
  check: Sink | undefined,
  tee: Tee | undefined,
): Promise<ReadFile | undefined> {
  const copy = await tee?.(name);
  const sinks: Sink[] = check === undefined ? [] : [check];
  if (copy !== undefined) sinks.push({ update: (chunk) => copy.write(chunk) });
  try {
    return await readOnce(source, name, sinks);
  } finally {
    await copy?.seal();
  }
}

/** A file by itself, with the `.asc` beside it. Undefined where it is not there. */
export async function examineSingle(examining: Examining, name: string): Promise<FileReport | undefined> {
  const signed = await beginSigned(examining, name);
  const read = await readOnce(examining.source, name, signed === undefined ? [] : [signed.check]);
  if (read === undefined) return undefined;
  const report: FileReport = { name, action: 'verified', size: read.size, sha256: read.sha256 };
  if (signed !== undefined) return withSignature(examining, report, signed, read);
  examining.found.errors.push({
    kind: 'unsigned',
    file: name,
    message: `${quote(name)} has no signature`,
    hint: hintAt(name),
  });
  return refuse(report);
}

/** gpg is given the signature, we are given what was signed. */
function hintAt(name: string): string {
  const signed = signedName(name);
  if (signed === undefined) return `${quote(`${name}${SIGNATURE}`)} should stand beside it`;
  return `is it a signature? name the file that it signs: ${quote(signed)}`;
}
