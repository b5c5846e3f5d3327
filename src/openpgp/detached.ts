// SPDX-License-Identifier: Apache-2.0
/** What makes a detached signature a good one. */
import type { Hash } from 'node:crypto';
import type { FaultKind } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import { type Certificate, type CertificateKey, mergeCertificates } from './certificate.ts';
import { beginEvidence, type Evidence, isFitting, isFittingInThread, isStrong } from './check.ts';
import { CLOCK_SKEW, keyState } from './key-state.ts';
import { type PublicKey, weaknessOf } from './public-key.ts';
import type { DetachedSignature } from './signature-file.ts';
import { expiryOf, type SignaturePacket, signedPart } from './signature-packet.ts';

export { type DetachedSignature, parseDetachedSignature, SIGNATURE_CAP } from './signature-file.ts';

export interface GoodVerdict {
  readonly kind: 'good';
  readonly state: 'good' | 'expires-soon' | 'expired-after-signing';
  readonly primary: Fingerprint;
  /** The key that signed: a subkey, or the primary itself. */
  readonly key: Fingerprint;
  readonly created: Date;
  /** When the key expires, or its primary, whichever is first. */
  readonly expires?: Date;
  /** May hold any character. */
  readonly userId?: string;
}

export interface BadVerdict {
  readonly kind: Extract<
    FaultKind,
    | 'altered'
    | 'wrong-key'
    | 'bad-signature'
    | 'weak-algorithm'
    | 'revoked'
    | 'superseded'
    | 'expired'
    | 'not-yet-valid'
    | 'not-a-signing-key'
    | 'unreadable'
  >;
  readonly message: string;
  readonly hint?: string;
  /** The pinned key that the signature names, where there is one. */
  readonly key?: Fingerprint;
  readonly primary?: Fingerprint;
  readonly created?: Date;
}

export type Verdict = GoodVerdict | BadVerdict;

export interface VerificationOptions {
  readonly now: Date;
  /** How early an expiry is `expires-soon`; 30 unless told. */
  readonly warnDays?: number;
}

export interface RunningVerification {
  update(chunk: Uint8Array): void;
  /** `sha256` was fed with the same data; it is copied, never finished. */
  finish(sha256: Hash): Verdict;
}

/** A pinned key that may have signed, and every certificate that binds it. */
interface Suspect {
  readonly key: PublicKey;
  readonly claims: readonly { readonly certificate: Certificate; readonly key: CertificateKey }[];
}

/**
 * Verifies a detached signature against pinned certificates. Nothing but these certificates, the data and `now` has a
 * say. The steps:
 *
 *  1. the key that the signature names is one of a pinned certificate            else `wrong-key`
 *  2. algorithm, key and digest are strong                                       else `weak-algorithm`
 *  3. nothing critical in it is unknown                                          else `bad-signature`
 *  4. the numbers fit the data and the key                                       else `altered`
 *  5. it is not dated more than five minutes ahead of now                        else `not-yet-valid`
 *  6. it has not expired itself                                                  else `expired`
 *  7. the key was bound, signing, valid and not revoked when it was made         else the key's state
 */
export function beginVerification(
  signature: DetachedSignature,
  certificates: readonly Certificate[],
  options: VerificationOptions,
): RunningVerification {
  const { packet } = signature;
  const gather = ({ key }: Suspect) =>
    packet.hash === undefined || judgeForm(packet, key) !== undefined
      ? undefined
      : beginEvidence(signedPart(packet, packet.hash), key);
  const running = findSuspects(signature, certificates).map((suspect) => ({ suspect, evidence: gather(suspect) }));
  return {
    update(chunk) {
      for (const { evidence } of running) evidence?.update(chunk);
    },
    finish(sha256) {
      const judged = running.map(({ suspect, evidence }) => {
        const fits = evidence !== undefined && isFitting(suspect.key, packet, evidence.finish(sha256));
        return judge(signature, suspect, options, fits);
      });
      return decide(signature, judged.flat());
    },
  };
}

/** As `beginVerification`, for a signature over data that has gone by already: its key MUST be that of the evidence. */
export async function judgeSignature(
  signature: DetachedSignature,
  certificates: readonly Certificate[],
  options: VerificationOptions,
  evidence: Evidence,
): Promise<Verdict> {
  const [suspect] = findSuspects(signature, certificates);
  if (suspect === undefined) return decide(signature, []);
  const fits = await isFittingInThread(suspect.key, signature.packet, evidence);
  return decide(signature, judge(signature, suspect, options, fits));
}

/** A subkey that two certificates bind is as good as the better of them says. */
function decide(signature: DetachedSignature, verdicts: readonly Verdict[]): Verdict {
  const good = verdicts.filter((verdict) => verdict.kind === 'good');
  return good.find(({ state }) => state !== 'expired-after-signing') ?? good[0] ?? verdicts[0] ?? wrongKey(signature);
}

/** Step 1. More than one only where the signature names a key ID, and two keys share it. */
function findSuspects({ issuer, issuerKeyId }: DetachedSignature, certificates: readonly Certificate[]): Suspect[] {
  const isNamed = ({ fingerprint, publicKey: { keyId } }: CertificateKey) =>
    issuer === undefined ? keyId === issuerKeyId : fingerprint === issuer;
  const claims = mergeCertificates(certificates).flatMap((certificate) =>
    certificate.keys.filter(isNamed).map((key) => ({ certificate, key })),
  );
  return [...Map.groupBy(claims, ({ key }) => key.fingerprint).values()].flatMap((group) =>
    group[0] === undefined ? [] : [{ key: group[0].key.publicKey, claims: group }],
  );
}

function wrongKey({ issuer, issuerKeyId, created }: DetachedSignature): BadVerdict {
  const who = issuer ?? issuerKeyId;
  const message =
    who === undefined ? 'the signature names no key' : `it is signed by the key ${who}, which is not trusted here`;
  return {
    kind: 'wrong-key',
    message,
    hint: 'compare the fingerprint with the one that the project publishes',
    created,
  };
}

function judge(
  signature: DetachedSignature,
  { key, claims }: Suspect,
  options: VerificationOptions,
  fits: boolean,
): Verdict[] {
  const { packet } = signature;
  const refuse = judgeForm(packet, key) ?? (fits ? judgeTime(packet, options) : ALTERED);
  return claims.map((claim): Verdict => {
    const facts = { key: claim.key.fingerprint, primary: claim.certificate.fingerprint, created: packet.created };
    return refuse === undefined ? judgeKey(packet, claim, options, facts) : { ...refuse, ...facts };
  });
}

const bad = (kind: BadVerdict['kind'], message: string, hint?: string): BadVerdict => ({
  kind,
  message,
  ...(hint === undefined ? {} : { hint }),
});

/** Steps 2 and 3. */
function judgeForm({ hash, unknownCritical }: SignaturePacket, key: PublicKey): BadVerdict | undefined {
  const weak = weaknessOf(key);
  if (weak !== undefined) return bad('weak-algorithm', `the key ${key.fingerprint} is too weak: ${weak}`);
  if (key.material.kind === 'other') return bad('not-a-signing-key', `the key ${key.fingerprint} cannot sign`);
  if (!isStrong(hash, key)) {
    return bad('weak-algorithm', `the signature's digest (${hash?.name ?? 'unknown'}) is too weak for ${key.name}`);
  }
  if (unknownCritical === undefined) return undefined;
  return bad('bad-signature', `the signature demands to understand ${unknownCritical}`);
}

/** Step 4. */
const ALTERED = bad(
  'altered',
  'the file or its signature was altered',
  'fetch both again from where they were published',
);

/** Steps 5 and 6. */
function judgeTime(packet: SignaturePacket, { now }: VerificationOptions): BadVerdict | undefined {
  const { created } = packet;
  if (created.getTime() > now.getTime() + CLOCK_SKEW) {
    return bad(
      'not-yet-valid',
      `the signature is dated ahead, at ${created.toISOString()}`,
      'check the clock of this machine and of the one that signed',
    );
  }
  const ends = expiryOf(packet);
  return ends !== undefined && ends <= now
    ? bad('expired', `the signature expired at ${ends.toISOString()}`)
    : undefined;
}

type Facts = Pick<GoodVerdict, 'key' | 'primary' | 'created'>;

/** Step 7. */
function judgeKey(
  packet: SignaturePacket,
  claim: Suspect['claims'][number],
  options: VerificationOptions,
  facts: Facts,
): Verdict {
  const { certificate, key } = claim;
  const { state, reason, hint, expires } = keyState(certificate, key, { at: packet.created, ...options });
  if (state !== 'good' && state !== 'expires-soon' && state !== 'expired-after-signing') {
    const message = `the key ${key.fingerprint} ${reason}`;
    return {
      ...bad(state, state === 'expired' ? `${message}, before the signature was made` : message, hint),
      ...facts,
    };
  }
  const [userId] = certificate.userIds;
  return {
    kind: 'good',
    state,
    ...facts,
    ...(expires === undefined ? {} : { expires }),
    ...(userId === undefined ? {} : { userId }),
  };
}
