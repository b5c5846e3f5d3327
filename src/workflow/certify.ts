// SPDX-License-Identifier: Apache-2.0
/**
 * `key certify`: the OpenPGP key says once that a log key is ours, by a detached signature beside its public half. It signs as `sign`
 * does, and nothing but a public log key; what else lies in that directory, such as keys, is not looked at.
 */
import path from 'node:path';
import { ABANDONED, SIGNATURE } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { PUBLIC_LOG_KEY_CAP, parsePublicLogKey } from '../core/public-log-key.ts';
import type { FileReport, Outcome } from '../core/report.ts';
import { sha256 } from '../core/sha256.ts';
import type { Ports } from '../ports.ts';
import { putFile } from './manifest.ts';
import {
  checkBytes,
  describeSignature,
  type Made,
  openSigning,
  SIGNATURE_CAP,
  type Signing,
  type SigningOptions,
  signBytes,
  warningsOfKept,
  whyNotKept,
} from './signing.ts';
import { directorySource } from './source.ts';
import { inFile } from './trust.ts';

export interface CertifyOptions extends SigningOptions {
  readonly file: string;
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** Throws `unreadable` for everything but a public log key, and `conflict` for a signature that is there and cannot stay. */
export async function certifyLogKey(
  ports: Ports,
  { file, force, dryRun, ...options }: CertifyOptions,
): Promise<Outcome> {
  const { files } = ports;
  const bytes = await files.read(file, PUBLIC_LOG_KEY_CAP);
  await inFile(file, async () => parsePublicLogKey(bytes));
  const signing = await openSigning(ports, options);
  if (signing === undefined) throw new Fault('usage', 'no key to sign with', { hint: 'give --key-file FILE' });
  const [directory, name] = [path.dirname(file), path.basename(file)];
  const asc = `${name}${SIGNATURE}`;
  if (!dryRun) await files.clearTemporary(directory, ABANDONED);
  const existing = await directorySource(files, directory).read(asc, SIGNATURE_CAP);
  const kept = existing && (await keep(signing, asc, existing, { bytes, force }));
  const { armored, verdict } = kept ?? (await signBytes(signing, name, bytes));
  if (kept === undefined && !dryRun) await putFile(ports, directory, asc, armored, existing !== undefined);
  const report: FileReport = {
    name,
    action: kept === undefined ? 'signed' : 'kept',
    size: bytes.length,
    sha256: sha256(bytes),
    signature: describeSignature(asc, verdict, armored),
  };
  const keptSo = kept === undefined ? [] : warningsOfKept(asc, verdict);
  return { files: [report], warnings: [...signing.warnings, ...keptSo] };
}

/** The signature that is there, where it is good and by the key that would sign now; undefined where it gives way. */
async function keep(
  signing: Signing,
  asc: string,
  armored: Uint8Array,
  { bytes, force }: { readonly bytes: Uint8Array; readonly force: boolean },
): Promise<Made | undefined> {
  if (force) return undefined;
  const verdict = await checkBytes(armored, bytes, signing.certificates, signing.now);
  const problem = whyNotKept({ primary: signing.primary, force }, verdict);
  if (verdict.kind === 'good' && problem === undefined) return { armored, verdict };
  throw new Fault('conflict', `${quote(asc)} is there, and ${problem?.why}`, {
    file: asc,
    hint: problem?.hint ?? 'was the log key replaced? --force certifies it anew',
  });
}
