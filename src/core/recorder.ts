// SPDX-License-Identifier: Apache-2.0
/**
 * The evidence that a recorder has seen a manifest: the certificate that an authority has issued for its record domain, with the chain
 * that leads to it, `<manifest>.recorder.pem`. It says that somebody who holds the recorder's domain has asked for a name with this
 * root in it, and when. It proves nothing of a log, and nothing of the names of files; a policy cannot count it.
 */
import type { X509Certificate } from 'node:crypto';
import { checkChain, hostNames, parseChain } from './certificate-chain.ts';
import { Fault, quote } from './fault.ts';
import { type RecordNames, recordPrefix } from './rget.ts';
import { type Sha256, sha256 } from './sha256.ts';

/** What a certificate says of itself. */
export interface Recorded {
  /** With the project. */
  readonly domain: string;
  readonly recorder: string;
  /** Hexadecimal, as OpenSSL prints it. */
  readonly serial: string;
  /** Of the certificate in DER: what Certificate Transparency's monitors search for. */
  readonly sha256: Sha256;
  readonly notBefore: Date;
}

/** Whom a policy believes. */
export interface RecorderTrust {
  /** In lower case. */
  readonly recorder: string;
  /** Undefined where any authority will do. */
  readonly authorities: readonly X509Certificate[] | undefined;
}

/**
 * Holds a file against the manifest, offline, and finds whose it is:
 *
 *   1. the file is a chain, each certificate issued by the next
 *   2. the certificate names the root of this manifest: with a project, and without one, below the same recorder, and nothing else
 *   3. the recorder is one of `trusted`; undefined where it is not
 *   4. the chain leads to an authority that is believed
 *
 * Throws `bad-format` and `bad-proof`.
 */
export function verifyEvidence<T extends RecorderTrust>(
  file: Uint8Array,
  manifest: Uint8Array,
  trusted: readonly T[],
): { readonly log: T; readonly recorded: Recorded } | undefined {
  const chain = parseChain(file);
  checkChain(chain, undefined);
  const recorded = recordedIn(chain[0], manifest);
  const log = trusted.find(({ recorder }) => recorder === recorded.recorder);
  if (log === undefined) return undefined;
  checkChain(chain, log.authorities);
  return { log, recorded };
}

function recordedIn(certificate: X509Certificate, manifest: Uint8Array): Recorded {
  const prefix = recordPrefix(manifest);
  const names = hostNames(certificate);
  const behind = names.flatMap((name) => (name.startsWith(`${prefix}.`) ? [name.slice(prefix.length + 1)] : []));
  const [recorder, withProject] = behind.sort((a, b) => a.length - b.length);
  if (recorder === undefined) throw new Fault('bad-proof', 'the certificate is about another manifest');
  if (withProject === undefined || !withProject.endsWith(`.${recorder}`))
    throw new Fault('bad-proof', 'the certificate does not name the manifest both with a project and without one');
  const expected = { domain: `${prefix}.${withProject}`, bare: `${prefix}.${recorder}` };
  checkNames(certificate, expected);
  return {
    domain: expected.domain,
    recorder,
    serial: certificate.serialNumber.toLowerCase(),
    sha256: sha256(certificate.raw),
    notBefore: certificate.validFromDate,
  };
}

/** Both names, and none but these and the short form that an authority copies from the subject. Throws `bad-proof`. */
export function checkNames(certificate: X509Certificate, { domain, bare }: RecordNames): void {
  const names = hostNames(certificate);
  const missing = [domain, bare].find((name) => !names.includes(name));
  if (missing !== undefined) throw new Fault('bad-proof', `the certificate does not name ${quote(missing)}`);
  // CN is <first half of the root>.<recorder>
  const short = bare.replace(/\.[0-9a-f]{32}(?=\.)/, '');
  const other = names.find((name) => name !== domain && name !== bare && name !== short);
  if (other !== undefined) throw new Fault('bad-proof', `the certificate is for ${quote(other)}, too`);
}
