// SPDX-License-Identifier: Apache-2.0
/** Steps 4 to 6 of `submit.ts`: one log. */
import path from 'node:path';
import { manifestOfCompanion } from '../core/companions.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import { findingOf, type LogReport } from '../core/report.ts';
import { formatStatement, parseStatement, type Statement } from '../core/statement.ts';
import { parseTlogProof } from '../core/tlog-proof.ts';
import type { TransparencyLog, Verified } from '../logs/log.ts';
import type { Files, Ports } from '../ports.ts';
import type { Addresses, ChosenLog } from './chosen-log.ts';
import type { Findings } from './findings.ts';
import { bindStatement, PROOF_CAP, releaseOf } from './release-proof.ts';
import { directorySource } from './source.ts';
import { otherStatement, type SignedManifest } from './submission.ts';
import { describePlace, describeTime, describeWitnesses } from './witnesses.ts';

/** What is submitted to a log. */
export interface Prepared {
  readonly statement: Statement;
  /** The bytes for this kind of log. */
  readonly request: Uint8Array;
  readonly addresses: Addresses;
}

/** Keeps the proof that is there, or gets one. What is wrong beside it is a warning: witnesses that do not vouch, where enough others do. */
export async function logRelease(
  { files }: Ports,
  chosen: ChosenLog,
  manifest: SignedManifest,
  { statement, request, addresses }: Prepared,
  found: Findings,
): Promise<LogReport> {
  const log = await chosen.open(addresses);
  const subject = { statement, manifest: manifest.bytes };
  const file = manifest.name + chosen.proof;
  const existing = await directorySource(files, manifest.directory).read(file, PROOF_CAP);
  let verified = existing && checkExisting(log, manifest, file, existing, statement);
  const action = verified === undefined ? 'logged' : 'kept';
  if (verified === undefined) {
    const others = async () => proofsOfOthers(files, manifest, chosen);
    const receipt = await log.submit(request, subject, { existing, others });
    await files.write(path.join(manifest.directory, file), receipt.proof, { durable: true });
    found.warnings.push(...receipt.problems.map(findingOf));
    verified = receipt;
  }
  const named = chosen.pinned(verified.origin);
  return {
    kind: log.kind,
    ...(named === undefined ? {} : { name: named.name }),
    origin: verified.origin,
    proof: file,
    ...describePlace(verified),
    action,
    ...describeTime(verified),
    release: releaseOf(statement),
    ...describeWitnesses(named, verified.witnesses),
  };
}

/** The proofs of the same kind that stand beside other manifests in the directory; those that cannot be read are left out. */
async function proofsOfOthers(
  files: Files,
  { directory, name }: SignedManifest,
  { proof }: ChosenLog,
): Promise<readonly Uint8Array[]> {
  const source = directorySource(files, directory);
  const found: Uint8Array[] = [];
  for (const { name: file } of await files.list(directory)) {
    const manifest = file.endsWith(proof) ? manifestOfCompanion(file) : undefined;
    if (manifest === undefined || manifest === name) continue;
    const bytes = await source.read(file, PROOF_CAP).catch(nothing);
    if (bytes !== undefined) found.push(bytes);
  }
  return found;
}

function nothing(error: unknown): undefined {
  if (!(error instanceof Fault)) throw error;
}

/**
 * A proof that is there: of this statement, or refused and left alone. Undefined where it is of other logs of this kind alone, or too few
 * witnesses vouch for it.
 */
function checkExisting(
  log: TransparencyLog,
  manifest: SignedManifest,
  file: string,
  proof: Uint8Array,
  statement: Statement,
): Verified | undefined {
  try {
    if (log.kind === 'tiles') refuseOther(manifest, file, proof, statement);
    return log.verify(proof, { statement, manifest: manifest.bytes });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === 'conflict') throw error;
    if (error.kind === 'not-witnessed' || error.kind === 'not-in-log') return undefined;
    const kind = error.kind === 'bad-format' ? 'bad-proof' : error.kind;
    throw new Fault(kind, `${quote(file)} is there and does not verify: ${error.message}`, {
      file,
      hint: 'find out where it comes from; where it is moved away, submit makes a new one',
      cause: error,
    });
  }
}

/** Throws `conflict` where a proof carries another statement of the same release, `bad-proof` where it is one of another release. */
function refuseOther(manifest: SignedManifest, file: string, proof: Uint8Array, statement: Statement): void {
  const { extra } = parseTlogProof(proof);
  if (extra === undefined || equalBytes(extra, formatStatement(statement))) return;
  const said = parseStatement(extra);
  bindStatement(said, manifest);
  throw otherStatement(file, said);
}
