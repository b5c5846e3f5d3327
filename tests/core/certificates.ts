// SPDX-License-Identifier: Apache-2.0
/** X.509 certificates for tests, written by hand (RFC 5280, X.690), with P-256 keys: node:crypto reads them and makes none. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface Party {
  readonly name: string;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
}

export const makeParty = (name: string): Party => {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { name, key, publicKey };
};

export interface CertificateOptions {
  readonly subject: Party;
  readonly issuer: Party;
  readonly isAuthority?: boolean;
  /** `DNS`, unless they begin with `IP:`; no such extension where there is none. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
};
const sequence = (...parts: readonly Uint8Array[]) => tlv(0x30, ...parts);
/** The content of an object identifier, in hexadecimal. */
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
const octets = (...parts: readonly Uint8Array[]) => tlv(0x04, ...parts);
const TRUE = Buffer.of(1, 1, 0xff);

const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const commonName = (name: string) => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(name)))));
const time = (date: Date) => tlv(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

const generalName = (name: string) =>
  name.startsWith('IP:') ? tlv(0x87, Buffer.from(name.slice(3).split('.').map(Number))) : tlv(0x82, Buffer.from(name));

function extensions({ isAuthority = false, names = [] }: CertificateOptions): Buffer {
  const constraints = sequence(oid('551d13'), TRUE, octets(sequence(...(isAuthority ? [TRUE] : []))));
  const alternative = sequence(oid('551d11'), octets(sequence(...names.map(generalName))));
  return tlv(0xa3, sequence(constraints, ...(names.length === 0 ? [] : [alternative])));
}

let serial = 0x10000000;
const DAY = 24 * 60 * 60 * 1000;

/** In DER, valid for the day before and the ten days after now unless told. */
export function makeCertificate(options: CertificateOptions): Buffer {
  const {
    subject,
    issuer,
    notBefore = new Date(Date.now() - DAY),
    notAfter = new Date(Date.now() + 10 * DAY),
  } = options;
  serial += 1;
  const number = Buffer.alloc(4);
  number.writeUInt32BE(serial);
  const body = sequence(
    tlv(0xa0, Buffer.of(2, 1, 2)),
    tlv(0x02, number),
    ECDSA_SHA256,
    commonName(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    commonName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    extensions(options),
  );
  return sequence(body, ECDSA_SHA256, tlv(0x03, Buffer.of(0), sign('sha256', body, issuer.key)));
}

export const toPem = (...certificates: readonly Uint8Array[]): string =>
  certificates
    .map((der) =>
      Buffer.from(der)
        .toString('base64')
        .replace(/.{1,64}/g, '$&\n'),
    )
    .map((lines) => `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`)
    .join('');

/** An authority with a root and one that issues for it. */
export interface Authority {
  readonly root: Buffer;
  readonly middle: Buffer;
  issue(subject: Party, names: readonly string[], more?: Partial<CertificateOptions>): Buffer;
}

export function makeAuthority(name = 'Test Root'): Authority {
  const [top, issuing] = [makeParty(name), makeParty(`${name} 1`)];
  return {
    root: makeCertificate({ subject: top, issuer: top, isAuthority: true }),
    middle: makeCertificate({ subject: issuing, issuer: top, isAuthority: true }),
    issue: (subject, names, more) => makeCertificate({ subject, issuer: issuing, names, ...more }),
  };
}
