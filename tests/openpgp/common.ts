// SPDX-License-Identifier: Apache-2.0
/** What the tests of this folder do again and again. */
import { createHash } from 'node:crypto';
import { Fault, type FaultKind } from '../../src/core/fault.ts';
import type { Fingerprint } from '../../src/core/fingerprint.ts';
import { rsaThreads } from '../../src/io/rsa-threads.ts';
import { type Certificate, readCertificates } from '../../src/openpgp/certificate.ts';
import { beginVerification, parseDetachedSignature, type Verdict } from '../../src/openpgp/detached.ts';
import type { SigningHash } from '../../src/openpgp/hashes.ts';
import { openSigningKey, type SigningKey, type SigningKeyOptions } from '../../src/openpgp/secret-key.ts';
import { beginSignature, type MadeSignature } from '../../src/openpgp/signature.ts';

export const DATA = Buffer.from('the quick brown fox\n'.repeat(10_000));

/** Runs data through in chunks of odd sizes, as a file comes. */
function feed(data: Uint8Array, sink: { update(chunk: Uint8Array): void }) {
  const sha256 = createHash('sha256');
  for (let at = 0; at < data.length; at += 65_521) {
    const chunk = data.subarray(at, at + 65_521);
    sha256.update(chunk);
    sink.update(chunk);
  }
  return sha256;
}

export interface SignWith {
  readonly created?: Date;
  readonly digestAlgo?: SigningHash;
  readonly certificates?: readonly Certificate[];
}

export async function sign(key: SigningKey, data: Uint8Array, options: SignWith = {}): Promise<MadeSignature> {
  const { created = new Date(), certificates = [key.certificate], digestAlgo } = options;
  const running = beginSignature(key, { created, ...(digestAlgo === undefined ? {} : { digestAlgo }) });
  const sha256 = feed(data, running);
  const made = await running.finish(sha256, certificates);
  // A second finish of the caller's hash must still be possible: it was only copied.
  sha256.digest();
  return made;
}

export function verify(
  signature: Uint8Array,
  data: Uint8Array,
  trusted: readonly Certificate[] | Uint8Array,
  now = new Date(),
): Verdict {
  const certificates = trusted instanceof Uint8Array ? readCertificates(trusted) : trusted;
  const running = beginVerification(parseDetachedSignature(signature), certificates, { now });
  return running.finish(feed(data, running));
}

export function open(bytes: Uint8Array, options: Partial<SigningKeyOptions> = {}): Promise<SigningKey> {
  const defaults = {
    allowPrimarySecret: false,
    allowRfc9580: false,
    now: new Date(),
    warnDays: 30,
    rsa: rsaThreads(1),
  };
  return openSigningKey(bytes, { ...defaults, ...options });
}

/** The Fault of something that must fail, or an error that says it did not. */
export async function faultOf(act: () => unknown): Promise<Fault> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

export const kindOf = async (act: () => unknown): Promise<FaultKind> => (await faultOf(act)).kind;

/** The bytes with the highest bit of one octet flipped. (The lowest one of a number's bit count would change nothing.) */
export function flip(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 0x80;
  return copy;
}

/** The packets inside of the first armor block. */
export function dearmor(armored: Uint8Array): Buffer {
  const lines = Buffer.from(armored).toString('latin1').split('\n');
  const end = lines.findIndex((line) => line.startsWith('=') || line.startsWith('-----END'));
  return Buffer.from(lines.slice(lines.indexOf('') + 1, end).join(''), 'base64');
}

export const first = <T>(items: readonly T[]): T => {
  const [item] = items;
  if (item === undefined) throw new Error('there is nothing');
  return item;
};

export const at = (items: readonly Fingerprint[], index: number): Fingerprint => first(items.slice(index));

export const date = (text: string): Date => new Date(`${text}T00:00:00Z`);
