// SPDX-License-Identifier: Apache-2.0
/**
 * The state of one key for signing, at one time. The owner's newest word decides: a lifetime extended later counts for
 * earlier signatures too, since certificates are handed around with their newest self-signatures only.
 */
import type { KeyState } from '../core/fault.ts';
import { type Certificate, type CertificateKey, isStanding } from './certificate.ts';
import { weaknessOf } from './public-key.ts';
import { earliest, type Identity, newest, type Revocation, type SelfSignature } from './self-signatures.ts';

export interface KeyJudgement {
  readonly state: Exclude<KeyState, 'primary-secret-present' | 'wrong-key'>;
  /** When the key or its primary expires, whichever is first. */
  readonly expires?: Date;
  /** Continues "the key …": lower case, no full stop. */
  readonly reason: string;
  readonly hint?: string;
}

export interface KeyStateTimes {
  /** The time of the signature that is judged, or now. */
  readonly at: Date;
  readonly now: Date;
  /** How early an expiry is worth a warning; 30 unless told. */
  readonly warnDays?: number;
}

/** How far clocks may differ. */
export const CLOCK_SKEW = 5 * 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;
/** RFC 9580 section 5.2.3.29: may sign data. */
const SIGNS = 0x02;

const HINTS: Partial<Record<KeyState, string>> = {
  expired: 'extend the key ("gpg --quick-set-expire", for the subkey too) and export it again, or use its successor',
  revoked: 'make a new signing subkey and publish the new certificate',
  superseded: 'use the key that replaced it',
  'not-yet-valid': 'check the clock of this machine and of the one that made the key',
  'not-a-signing-key': 'make a signing subkey: "gpg --quick-add-key FINGERPRINT rsa4096 sign"',
  'weak-algorithm': 'use RSA of 3072 bits or more, or Ed25519, and self-signatures with SHA-256 or stronger',
  unreadable: 'export the key again from where it is complete',
};

const day = (date: Date): string => date.toISOString().slice(0, 10);
const judged = (state: KeyJudgement['state'], reason: string, expires?: Date): KeyJudgement => {
  const hint = HINTS[state];
  return { state, reason, ...(expires === undefined ? {} : { expires }), ...(hint === undefined ? {} : { hint }) };
};

/** Decides the state of a key of a certificate. Every state that a certificate can show has its place here. */
export function keyState(certificate: Certificate, key: CertificateKey, times: KeyStateTimes): KeyJudgement {
  const [primary] = certificate.keys;
  const known = { ...times, ...(key.isPrimary ? {} : { binding: word(key.bindings, times.now) }) };
  const claim = primaryClaim(certificate, times.now);
  return (
    judgePurpose(key, known.binding) ??
    judgeStrength(primary, key) ??
    judgeRevocations([...primary.revocations, ...key.revocations], times.at) ??
    ('state' in claim ? claim : judgeClaim(primary, key, claim, known))
  );
}

/** 1. A key that was never meant to sign is that before anything else. */
function judgePurpose({ publicKey }: CertificateKey, binding: SelfSignature | undefined): KeyJudgement | undefined {
  if (publicKey.material.kind === 'other' && !publicKey.material.signs)
    return judged('not-a-signing-key', 'cannot sign');
  const flags = binding?.flags;
  if (flags !== undefined && (flags & SIGNS) === 0) return judged('not-a-signing-key', 'is not meant for signing');
  return undefined;
}

/** 2. Weak keys, primaries included: whoever breaks the primary binds his own subkey. */
function judgeStrength(primary: CertificateKey, key: CertificateKey): KeyJudgement | undefined {
  const weak = weaknessOf(key.publicKey);
  if (weak !== undefined) return judged('weak-algorithm', `is too weak: ${weak}`);
  const primaryWeak = weaknessOf(primary.publicKey);
  if (primaryWeak === undefined) return undefined;
  return judged('weak-algorithm', `has a primary key that is too weak: ${primaryWeak}`);
}

/** 3. Hard revocations void everything, soft ones what is signed later. */
function judgeRevocations(revocations: readonly Revocation[], at: Date): KeyJudgement | undefined {
  const tell = ({ reason, created }: Revocation) =>
    `was ${reason}${created === undefined ? '' : ` on ${day(created)}`}`;
  const hard = revocations.find(({ soft }) => !soft);
  if (hard !== undefined) return judged('revoked', tell(hard));
  const soft = revocations.find(({ created }) => created === undefined || created <= at);
  return soft && judged('superseded', tell(soft));
}

/** 4. What the primary key says of itself, and 5. what it says of the subkey, and when that holds. */
function judgeClaim(
  primary: CertificateKey,
  key: CertificateKey,
  claim: PrimaryClaim,
  { at, now, warnDays = 30, binding }: KeyStateTimes & { binding?: SelfSignature | undefined },
): KeyJudgement {
  const broken = key.isPrimary ? judgeFlags(claim.flags) : judgeBinding(key, binding);
  if (broken !== undefined) return broken;
  const born = key.created > primary.created ? key.created : primary.created;
  if (at < born) return judged('not-yet-valid', `was made later, at ${born.toISOString()}`);
  const own = earliest(binding?.keyExpires, binding?.expires);
  const expires = earliest(own, claim.expires);
  if (expires === undefined) return judged('good', 'is good');
  const when = `on ${day(expires)}${key.isPrimary || expires === own ? '' : ', with its primary key'}`;
  if (at >= expires) return judged('expired', `expired ${when}`, expires);
  if (now >= expires) return judged('expired-after-signing', `expired ${when}, after the signature`, expires);
  const soon = expires.getTime() - now.getTime() <= warnDays * DAY;
  return soon ? judged('expires-soon', `expires ${when}`, expires) : judged('good', 'is good', expires);
}

function judgeBinding(key: CertificateKey, binding: SelfSignature | undefined): KeyJudgement | undefined {
  if (binding === undefined) {
    return key.bindings.length > 0
      ? judged('not-yet-valid', 'is bound to its primary key only in the future')
      : judged('not-a-signing-key', 'is not bound to its primary key by a valid signature');
  }
  if (!binding.strong) return judged('weak-algorithm', 'is bound to its primary key by a weak digest, such as SHA-1');
  const broken = judgeFlags(binding.flags);
  if (broken !== undefined) return broken;
  if (binding.backSignature === 'good') return undefined;
  return binding.backSignature === 'weak'
    ? judged('weak-algorithm', 'has a back-signature with a weak digest, such as SHA-1')
    : judged('not-a-signing-key', 'has no valid back-signature');
}

const judgeFlags = (flags: number | undefined): KeyJudgement | undefined =>
  ((flags ?? 0) & SIGNS) === 0 ? judged('not-a-signing-key', 'is not meant for signing') : undefined;

interface PrimaryClaim {
  readonly expires: Date | undefined;
  readonly flags: number | undefined;
}

/** The newest of the signatures that are not dated ahead of now. */
const word = (signatures: readonly SelfSignature[], now: Date): SelfSignature | undefined =>
  newest(signatures.filter(({ created }) => created.getTime() <= now.getTime() + CLOCK_SKEW));

/**
 * The claim of the primary key: the newest word about any of its user IDs, or about the key itself. Where it leaves
 * lifetime or flags open, the newest one that does not fills in: gpg names a designated revoker in a word about the key
 * that says nothing else. Version 6 keys speak about themselves only there.
 */
function primaryClaim({ version, identities }: Certificate, now: Date): PrimaryClaim | KeyJudgement {
  const signed = identities.filter(
    ({ kind, signatures }) => signatures.length > 0 && (version === 4 || kind === 'direct'),
  );
  if (signed.length === 0) return judged('unreadable', 'has no valid self-signature');
  const standing = signed.filter(isStanding);
  if (standing.length === 0) return judged('revoked', 'has no user ID that is not revoked');
  const wordOf = ({ signatures }: Identity) => word(signatures, now);
  const words = standing.flatMap((identity) => wordOf(identity) ?? []);
  if (words.length === 0) return judged('not-yet-valid', 'has a primary key that is valid only in the future');
  const strong = words.filter((one) => one.strong);
  const best = newest(strong);
  if (best === undefined) return judged('weak-algorithm', 'has self-signatures with a weak digest only, such as SHA-1');
  // A weak word may still limit, but allow nothing.
  const stated = statedExpiry(strong) ?? statedExpiry(words);
  const flags = newest(strong.filter((one) => one.flags !== undefined))?.flags;
  return { expires: earliest(stated, best.expires), flags };
}

/** Of several of the same second, the shortest lifetime. */
function statedExpiry(words: readonly SelfSignature[]): Date | undefined {
  const stating = words.filter(({ keyExpires }) => keyExpires !== undefined);
  const last = newest(stating)?.created.getTime();
  return earliest(...stating.filter(({ created }) => created.getTime() === last).map(({ keyExpires }) => keyExpires));
}
