// SPDX-License-Identifier: Apache-2.0
/** Which key of a secret key file signs, and by which name all of them are refused. */
import { Fault, type KeyState } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import type { Certificate, CertificateKey } from './certificate.ts';
import { type KeyJudgement, keyState } from './key-state.ts';
import type { SecretPacket } from './secret.ts';

export interface OpenedPart {
  readonly key: CertificateKey;
  readonly secret: SecretPacket | undefined;
}

export interface OpenedKey {
  readonly certificate: Certificate;
  readonly parts: readonly OpenedPart[];
}

export interface SelectionOptions {
  /** A subkey, or a primary key among whose subkeys to choose (itself, where it may sign and its secret is allowed). */
  readonly select?: Fingerprint;
  readonly allowPrimarySecret: boolean;
  /** Version 6 keys and algorithms 27 and 28, which no tool of Debian 12 can check. */
  readonly allowRfc9580: boolean;
  readonly now: Date;
  readonly warnDays: number;
}

const isHere = (secret: SecretPacket | undefined): boolean =>
  secret?.state === 'clear' || secret?.state === 'protected';

/** The offline primary key never comes near a job. */
export function refusePrimarySecret({ parts }: OpenedKey, { allowPrimarySecret }: SelectionOptions): void {
  const primary = parts.find(({ key, secret }) => key.isPrimary && isHere(secret));
  if (primary === undefined || allowPrimarySecret) return;
  throw new Fault(
    'primary-secret-present',
    `the key file holds the secret of the primary key ${primary.key.fingerprint}`,
    {
      hint: 'keep that one offline: export the subkeys only, with "gpg --armor --export-secret-subkeys FINGERPRINT"',
    },
  );
}

export interface Candidate extends OpenedPart {
  readonly judgement: KeyJudgement;
}

/** The keys that may be meant. */
export function candidatesOf({ certificate, parts }: OpenedKey, options: SelectionOptions): Candidate[] {
  const { select, now, warnDays, allowPrimarySecret } = options;
  const all = parts.map((part) => ({
    ...part,
    judgement: keyState(certificate, part.key, { at: now, now, warnDays }),
  }));
  const selected = all.filter(({ key }) => key.fingerprint === select);
  const subkeys = all.filter(({ key }) => !key.isPrimary);
  const primaries = all.filter(({ key, secret }) => key.isPrimary && isHere(secret) && allowPrimarySecret);
  if (selected.some(({ key }) => !key.isPrimary)) return selected;
  // The primary key goes first where it is asked for, and where it is the only one that may sign.
  const signs = ({ judgement }: Candidate) => judgement.state !== 'not-a-signing-key';
  if (selected.length > 0 && primaries.some(signs)) return primaries;
  if (subkeys.some(signs)) return subkeys;
  return primaries.some(signs) || subkeys.length === 0 ? all.filter(({ key }) => key.isPrimary) : subkeys;
}

/** The nearer to good, the earlier. */
const RANKS: readonly KeyState[] = [
  'good',
  'expires-soon',
  'expired',
  'not-yet-valid',
  'superseded',
  'revoked',
  'weak-algorithm',
  'unreadable',
  'not-a-signing-key',
];
/** A soon-expiring key is as usable as another. */
const rank = ({ judgement: { state } }: Candidate): number => Math.max(1, RANKS.indexOf(state));
const isModern = ({ key: { publicKey } }: OpenedPart): boolean =>
  publicKey.version === 6 || publicKey.algorithm === 27 || publicKey.algorithm === 28;

/** The newest that is good; where none is, the state of the best is thrown. */
export function choose(candidates: readonly Candidate[], { allowRfc9580 }: SelectionOptions): Candidate {
  const burden = (one: Candidate) => (isHere(one.secret) ? 0 : 2) + (isModern(one) && !allowRfc9580 ? 1 : 0);
  const [best] = candidates.toSorted(
    (a, b) => rank(a) - rank(b) || burden(a) - burden(b) || b.key.created.getTime() - a.key.created.getTime(),
  );
  if (best === undefined) throw new Fault('not-a-signing-key', 'the key file holds no signing key');
  const { key, secret, judgement } = best;
  if (judgement.state !== 'good' && judgement.state !== 'expires-soon') {
    const what = key.isPrimary ? 'primary key' : 'subkey';
    throw new Fault(judgement.state, `the ${what} ${key.fingerprint} ${judgement.reason}`, { hint: judgement.hint });
  }
  if (!isHere(secret)) {
    const where =
      secret?.state === 'elsewhere' ? 'is on a card, or protected in an unknown way' : 'is not in the key file';
    throw new Fault('unreadable', `the secret of the signing key ${key.fingerprint} ${where}`, {
      hint: 'export it with "gpg --armor --export-secret-subkeys FINGERPRINT" where gpg --list-secret-keys shows it without ">" and "#"',
    });
  }
  if (isModern(best) && !allowRfc9580) {
    throw new Fault(
      'usage',
      `the key ${key.fingerprint} makes RFC 9580 signatures, which gpg and older tools cannot check`,
      {
        hint: 'use an RSA key or Ed25519 as algorithm 22, or allow RFC 9580 with --allow-rfc9580',
      },
    );
  }
  return best;
}
