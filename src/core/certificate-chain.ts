// SPDX-License-Identifier: Apache-2.0
/**
 * A chain of X.509 certificates as a file, in PEM (RFC 7468, section 5) without anything between them: the certificate of a server
 * first, then the one of whoever issued it, and so on, each signed by the next.
 *
 *   -----BEGIN CERTIFICATE-----
 *   MIIBZDCCAQugAwIBAgIB…              (base64, 64 to a line)
 *   -----END CERTIFICATE-----
 */
import { X509Certificate } from 'node:crypto';
import { equalBytes } from './encoding.ts';
import { Fault } from './fault.ts';

/** The first is the one that the others are for; there is at least one. */
export type Chain = readonly [X509Certificate, ...X509Certificate[]];

/** Certificates; a public chain has three or four. */
const MAX_LENGTH = 10;
/** Bytes. */
export const CHAIN_CAP = 64 * 1024;

const BLOCK = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;

/** From certificates in DER, in their order. Throws `bad-format`. */
export function chainOf(certificates: readonly Uint8Array[]): Chain {
  if (certificates.length > MAX_LENGTH)
    throw new Fault('bad-format', `a chain of more than ${MAX_LENGTH} certificates`);
  const [first, ...issuers] = certificates.map(parseCertificate);
  if (first === undefined) throw new Fault('bad-format', 'there is no certificate');
  return [first, ...issuers];
}

export const formatChain = (chain: readonly X509Certificate[]): string => chain.map(String).join('');

/** Reads exactly what `formatChain` writes. Throws `bad-format`. */
export function parseChain(bytes: Uint8Array): Chain {
  const chain = chainOf(blocksIn(bytes));
  if (equalBytes(Buffer.from(formatChain(chain)), bytes)) return chain;
  throw new Fault(
    'bad-format',
    'certificates that are not written one behind the other, in PEM of 64 characters a line',
  );
}

/** The authorities in a file that a person has made: whatever stands between the certificates is skipped. Throws `bad-format`. */
export const parseAuthorities = (bytes: Uint8Array): Chain => chainOf(blocksIn(bytes));

function blocksIn(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes.length > CHAIN_CAP) throw new Fault('bad-format', `the chain is larger than ${CHAIN_CAP} bytes`);
  const blocks = Buffer.from(bytes).toString('latin1').match(BLOCK) ?? [];
  return blocks.map((block) => Buffer.from(block.replace(/-----[^-]+-----/g, ''), 'base64'));
}

function parseCertificate(der: Uint8Array): X509Certificate {
  const certificate = attempt('bad-format', 'not a certificate', () => new X509Certificate(der));
  // OpenSSL reads as far as the certificate goes
  if (equalBytes(certificate.raw, der)) return certificate;
  throw new Fault('bad-format', 'a certificate with something behind it');
}

/**
 * Each certificate is issued by the next one, which is that of an authority; the last one is among `authorities` or issued by one of
 * them, where they are given. Times are not looked at: a chain is kept for longer than it is valid. Throws `bad-proof`.
 */
export function checkChain(chain: Chain, authorities: readonly X509Certificate[] | undefined): void {
  for (const [index, issuer] of chain.slice(1).entries()) {
    const issued = chain[index];
    if (issued === undefined || !isIssuedBy(issued, issuer))
      throw new Fault('bad-proof', `the certificate ${index + 1} of the chain is not issued by the next one`);
  }
  const last = chain.at(-1) ?? chain[0];
  if (authorities?.every((one) => !equalBytes(one.raw, last.raw) && !isIssuedBy(last, one)))
    throw new Fault('bad-proof', 'the chain does not lead to an authority that the policy names');
}

/** Keys of kinds that OpenSSL does not know vouch for nothing. */
const isIssuedBy = (issued: X509Certificate, issuer: X509Certificate): boolean =>
  attempt(
    'bad-proof',
    'a certificate with a key that cannot be read',
    () => issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey),
  );

/** The names of hosts in a certificate, in lower case. Throws `bad-proof` where it is for anything else, too, such as an address. */
export function hostNames({ subjectAltName }: X509Certificate): readonly string[] {
  const names = (subjectAltName ?? '').split(', ').map((name) => /^DNS:([A-Za-z0-9.*_-]+)$/.exec(name)?.[1]);
  return names.map((name) => {
    if (name !== undefined) return name.toLowerCase();
    throw new Fault('bad-proof', 'the certificate is not for names of hosts alone');
  });
}

/** Whatever OpenSSL throws is one Fault. */
function attempt<T>(kind: 'bad-format' | 'bad-proof', message: string, body: () => T): T {
  try {
    return body();
  } catch (cause) {
    throw new Fault(kind, message, { cause });
  }
}
