// SPDX-License-Identifier: Apache-2.0
/**
 * Certificates: public keys with what their owner says about them. Reading one verifies every self-signature, and what
 * remains are facts (who is bound, until when, revoked why) from which key-state.ts judges at any time.
 */
import { Fault } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import { type KeyPart, readKeyring, type TransferableKey } from './keyring.ts';
import type { PublicKey } from './public-key.ts';
import {
  type Identity,
  newest,
  type Revocation,
  readBindings,
  readDirect,
  readIdentity,
  readRevocations,
  readRevokers,
  type SelfSignature,
} from './self-signatures.ts';

export interface CertificateKey {
  readonly fingerprint: Fingerprint;
  /** For people: `RSA 4096`, `Ed25519`. */
  readonly algorithm: string;
  readonly created: Date;
  readonly isPrimary: boolean;
  readonly publicKey: PublicKey;
  /** What binds a subkey to its primary; empty for a primary key. */
  readonly bindings: readonly SelfSignature[];
  readonly revocations: readonly Revocation[];
}

export interface Certificate {
  /** Of the primary key. */
  readonly fingerprint: Fingerprint;
  readonly version: 4 | 6;
  /** Those that the owner signed and did not revoke, the primary one first. */
  readonly userIds: readonly string[];
  readonly identities: readonly Identity[];
  /** The primary key, then its subkeys. */
  readonly keys: readonly [CertificateKey, ...CertificateKey[]];
}

/**
 * Reads certificates: armored (one or several blocks, text around them is ignored) or a binary keyring, at most 1 MiB.
 * Throws `unreadable`, also for a secret key: no secret is wanted where a certificate will do.
 */
export function readCertificates(bytes: Uint8Array): readonly Certificate[] {
  const { keys, secret } = readKeyring(bytes);
  if (secret) {
    throw new Fault('unreadable', 'this is a secret key where a public key is wanted', {
      hint: 'export the public key with "gpg --armor --export FINGERPRINT", and keep the secret one away from here',
    });
  }
  return mergeCertificates(keys.map(toCertificate));
}

/** Judges the signatures of a transferable key once and for all. */
export function toCertificate(transferable: TransferableKey): Certificate {
  const { primary, users, subkeys } = transferable;
  const identities = [readDirect(primary), ...users.map((user) => readIdentity(primary, user))];
  const revokers = readRevokers(primary);
  const readKey = (part: KeyPart, isPrimary: boolean): CertificateKey => ({
    fingerprint: part.key.fingerprint,
    algorithm: part.key.name,
    created: part.key.created,
    isPrimary,
    publicKey: part.key,
    bindings: isPrimary ? [] : readBindings(primary, part),
    revocations: readRevocations(transferable, part, revokers),
  });
  return {
    fingerprint: primary.key.fingerprint,
    version: primary.key.version,
    userIds: listUserIds(identities),
    identities,
    keys: [readKey(primary, true), ...subkeys.map((part) => readKey(part, false))],
  };
}

/**
 * One certificate for each primary key: where a file, or two files together, hold an older and a newer copy of it, a
 * revocation in one of them must count for both.
 */
export function mergeCertificates(certificates: readonly Certificate[]): readonly Certificate[] {
  const groups = Map.groupBy(certificates, ({ fingerprint }) => fingerprint);
  return [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [more.length === 0 ? first : mergeAll(first, more)],
  );
}

function mergeAll(first: Certificate, more: readonly Certificate[]): Certificate {
  const all = [first, ...more];
  const keys = Map.groupBy(
    all.flatMap((one) => one.keys),
    ({ fingerprint }) => fingerprint,
  );
  const [primary, ...subkeys] = [...keys.values()].map(mergeKeys) as [CertificateKey, ...CertificateKey[]];
  const identities = Map.groupBy(
    all.flatMap((one) => one.identities),
    // attributes, such as pictures, are not told apart
    (identity) => (identity.kind === 'user-attribute' ? identity : `${identity.kind} ${identity.userId}`),
  );
  const merged = [...identities.values()].map(mergeIdentities);
  return { ...first, keys: [primary, ...subkeys], identities: merged, userIds: listUserIds(merged) };
}

const mergeKeys = (same: readonly CertificateKey[]): CertificateKey => ({
  ...(same[0] as CertificateKey),
  bindings: same.flatMap(({ bindings }) => bindings),
  revocations: same.flatMap(({ revocations }) => revocations),
});

const mergeIdentities = (same: readonly Identity[]): Identity => ({
  ...(same[0] as Identity),
  signatures: same.flatMap(({ signatures }) => signatures),
  revoked: same.flatMap(({ revoked }) => revoked),
});

/** Whether the newest word about the identity is not its revocation. */
export function isStanding({ signatures, revoked }: Identity): boolean {
  const word = newest(signatures);
  return word !== undefined && !revoked.some((date) => date >= word.created);
}

function listUserIds(identities: readonly Identity[]): readonly string[] {
  const rank = ({ signatures }: Identity) =>
    [newest(signatures)?.primaryUserId ? 1 : 0, newest(signatures)?.created.getTime() ?? 0] as const;
  return identities
    .filter((identity) => identity.kind === 'user-id' && isStanding(identity))
    .toSorted((a, b) => rank(b)[0] - rank(a)[0] || rank(b)[1] - rank(a)[1])
    .flatMap(({ userId }) => (userId === undefined ? [] : [userId]));
}
