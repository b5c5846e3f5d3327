// SPDX-License-Identifier: Apache-2.0
/**
 * One signature for each state in which a key, a certificate or a signature can be, made octet by octet and relative to
 * now. What is not told otherwise is good: keys of two years ago, and a signature of one year ago.
 */
import {
  backSignature,
  CERTIFY,
  type CertificateParts,
  CraftedKey,
  certificate,
  packet,
  SIGN,
  type SignatureParts,
  type Sub,
  seconds,
} from '../openpgp/craft.ts';
import type { Question } from './openpgp-tools.ts';

const ARTIFACT = Buffer.from('an artifact\n'.repeat(10));
const OTHER = Buffer.from('another file\n');
const DAY = 86_400_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;

/** So many days ago. */
const ago = (days: number): Date => new Date(NOW - days * DAY);
const BORN = ago(730);
const MADE = ago(365);
const SHA1 = [2, 'sha1'] as const;

/** What makes a key that was born with the others end so many days ago. */
const keyEnds = (days: number): Sub => ({ type: 9, body: seconds(new Date(ago(days).getTime() - BORN.getTime())) });
const signatureEnds = (days: number): Sub => ({
  type: 3,
  body: seconds(new Date(ago(days).getTime() - MADE.getTime())),
});
const COMPROMISED: Sub = { type: 29, body: [2] };
const SUPERSEDED: Sub = { type: 29, body: [1] };
const RETIRED: Sub = { type: 29, body: [3] };
const REVOKER: Sub = { type: 12, body: [0x80, 22, ...Buffer.from(new CraftedKey(BORN).fingerprint, 'hex')] };
const UNKNOWN: Sub = { type: 99, body: [1], critical: true };
const NOTATION: Sub = {
  type: 20,
  body: [0x80, 0, 0, 0, 0, 14, 0, 1, ...Buffer.from('x@example.test'), 0x31],
  critical: true,
};

interface Keys {
  readonly primary: CraftedKey;
  readonly subkey: CraftedKey;
}

interface Parts {
  readonly certificate?: (keys: Keys) => Partial<CertificateParts>;
  readonly signature?: Partial<SignatureParts>;
  /** In the place of the signature packet. */
  readonly file?: (keys: Keys) => Buffer;
  readonly signed?: Buffer;
}

/** A user ID for each, since that is what gpg keeps the certificates apart by in what it prints. */
function craft({ certificate: parts, signature, file, signed = ARTIFACT }: Parts): Question {
  const keys = { primary: new CraftedKey(BORN), subkey: new CraftedKey(BORN) };
  const { primary, subkey } = keys;
  return {
    artifact: ARTIFACT,
    certificate: certificate({
      primary,
      subkey,
      certifications: [{ created: BORN }],
      bindings: [{ created: BORN }],
      back: backSignature(primary, subkey, { created: BORN }),
      ...parts?.(keys),
    }),
    signature: file?.(keys) ?? packet(2, subkey.sign(signed, { type: 0, created: MADE, ...signature })),
  };
}

const signs = (key: CraftedKey, data = ARTIFACT, created = MADE): Buffer =>
  packet(2, key.sign(data, { type: 0, created }));
const both = (second: (keys: Keys) => Buffer): Parts => ({
  file: (keys) => Buffer.concat([signs(keys.subkey), second(keys)]),
});
const binding = (parts: Partial<SignatureParts>): Parts => ({
  certificate: () => ({ bindings: [{ created: BORN, ...parts }] }),
});
const userId = (parts: Partial<SignatureParts>): Parts => ({
  certificate: () => ({ certifications: [{ created: BORN, ...parts }] }),
});
const revokedSubkey = (days: number, ...hashed: readonly Sub[]): Parts => ({
  certificate: () => ({ subkeyRevocations: [{ type: 0x28, created: ago(days), hashed }] }),
});
const revokedPrimary = (days: number, ...hashed: readonly Sub[]): Parts => ({
  certificate: () => ({ direct: [{ type: 0x20, created: ago(days), hashed }] }),
});

/** A message with data of its own, RFC 9580 section 10.3: a one-pass signature, the data, the signature. */
function message({ subkey }: Keys): Buffer {
  const keyId = Buffer.from(subkey.fingerprint.slice(-16), 'hex');
  const onePass = Buffer.concat([Buffer.from([3, 0, 8, 22]), keyId, Buffer.from([1])]);
  const literal = Buffer.concat([Buffer.from([0x62, 0, 0, 0, 0, 0]), OTHER]);
  return Buffer.concat([packet(4, onePass), packet(11, literal), signs(subkey, OTHER)]);
}

/** By what the table calls them. "Since" and "before" mean the signature. */
export const STATES: Readonly<Record<string, Parts>> = {
  good: {},
  'subkey expires in ten days': binding({ hashed: [SIGN, keyEnds(-10)] }),
  'subkey expired since': binding({ hashed: [SIGN, keyEnds(100)] }),
  'primary key expired since': userId({ hashed: [CERTIFY, keyEnds(100)] }),
  'subkey expired before': binding({ hashed: [SIGN, keyEnds(400)] }),
  'primary key expired before': userId({ hashed: [CERTIFY, keyEnds(400)] }),
  'primary key expired before, revoker named since': {
    certificate: () => ({
      certifications: [{ created: BORN, hashed: [CERTIFY, keyEnds(400)] }],
      direct: [{ type: 0x1f, created: ago(500), hashed: [REVOKER] }],
    }),
  },
  'subkey bound anew since': binding({ created: ago(100) }),
  'signature expired': { signature: { hashed: [signatureEnds(100)] } },
  'subkey compromised': revokedSubkey(100, COMPROMISED),
  'primary key compromised': revokedPrimary(100, COMPROMISED),
  'subkey revoked, no reason given': revokedSubkey(100),
  'primary key revoked, no reason given': revokedPrimary(100),
  'subkey superseded since': revokedSubkey(100, SUPERSEDED),
  'primary key superseded since': revokedPrimary(100, SUPERSEDED),
  'primary key retired since': revokedPrimary(100, RETIRED),
  'subkey superseded before': revokedSubkey(400, SUPERSEDED),
  'primary key superseded before': revokedPrimary(400, SUPERSEDED),
  'signed before the key was made': { signature: { created: ago(800) } },
  'signed an hour from now': { signature: { created: new Date(NOW + 3_600_000) } },
  'subkey for encryption only': binding({ hashed: [{ type: 27, body: [0x0c] }] }),
  'subkey without a stated use': binding({ hashed: [] }),
  'subkey not bound': { certificate: () => ({ bindings: [] }) },
  'no back-signature': { certificate: () => ({ back: undefined }) },
  'back-signature by another key': {
    certificate: ({ primary }) => ({ back: backSignature(primary, new CraftedKey(BORN), { created: BORN }) }),
  },
  'no self-signature': { certificate: () => ({ certifications: [] }) },
  'signature with SHA-1': { signature: { hash: SHA1 } },
  'user ID bound with SHA-1': userId({ hash: SHA1 }),
  'subkey bound with SHA-1': binding({ hash: SHA1 }),
  'back-signature with SHA-1': {
    certificate: ({ primary, subkey }) => ({ back: backSignature(primary, subkey, { created: BORN, hash: SHA1 }) }),
  },
  'critical notation in the signature': { signature: { hashed: [NOTATION] } },
  'critical notation in the binding': binding({ hashed: [SIGN, NOTATION] }),
  'critical notation at the user ID': userId({ hashed: [CERTIFY, NOTATION] }),
  'critical subpacket in the signature': { signature: { hashed: [UNKNOWN] } },
  'another key': { file: () => signs(new CraftedKey(BORN)) },
  'two signatures by the key': both(({ subkey }) => signs(subkey, ARTIFACT, ago(364))),
  'two signatures, one by another key': both(() => signs(new CraftedKey(BORN))),
  'two signatures, one over another file': both(({ subkey }) => signs(subkey, OTHER)),
  'signature over another file': { signed: OTHER },
  'signature over text': {
    signature: { type: 1 },
    signed: Buffer.from(ARTIFACT.toString().replaceAll('\n', '\r\n')),
  },
  'message that holds another file': { file: message },
};

export const craftState = (state: string): Question => craft(STATES[state] ?? {});
