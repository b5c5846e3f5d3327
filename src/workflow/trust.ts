// SPDX-License-Identifier: Apache-2.0
/** Whom we believe, and what is said of a signature by what they have made. `load-trust.ts` reads it. */
import { Fault, type FaultKind, naming, quote } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import type { PinnedCertificate, Policy } from '../core/policy.ts';
import type { Finding, SignatureReport } from '../core/report.ts';
import { type Certificate, readCertificates } from '../openpgp/certificate.ts';
import type { Verdict } from '../openpgp/detached.ts';
import { KEYRING_CAP } from '../openpgp/keyring.ts';
import type { Ports } from '../ports.ts';

export interface Trust {
  readonly policy: Policy;
  /** The pinned ones only; one that is pinned twice stands here twice, and both files have their say. */
  readonly certificates: readonly Certificate[];
}

/** Reads an armored or binary keyring. */
export async function loadCertificates(ports: Ports, file: string): Promise<readonly Certificate[]> {
  const bytes = await ports.files.readGiven(file, KEYRING_CAP);
  return inFile(file, async () => readCertificates(bytes));
}

/** Tells a Fault again with the file that it came from. */
export async function inFile<T>(given: string, body: () => Promise<T>): Promise<T> {
  const file = given === '-' ? 'standard input' : given;
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || error.file !== undefined) throw error;
    throw new Fault(error.kind, `${quote(file)}: ${error.message}`, {
      file,
      hint: error.hint,
      evidence: error.evidence,
      cause: error,
    });
  }
}

/** A signature that was judged: what is to be said of it, and why it is refused, if it is. */
export interface Judgement {
  readonly signature?: SignatureReport;
  readonly refusal?: Finding & { readonly kind: FaultKind };
  readonly warning?: Finding;
}

const EXPIRED_HINT = {
  refuse: 'the policy says "expired_after_signing: refuse"',
  logged:
    'no witness or timestamp that the policy pins proves that the signature is older; "expired_after_signing: accept" would take it',
} as const;

/** Whether it matters since when a signature is known to have been there. */
export const isTimeAsked = ({ expiredAfterSigning }: Policy, verdict: Verdict): boolean =>
  expiredAfterSigning === 'logged' && verdict.kind === 'good' && verdict.state === 'expired-after-signing';

/**
 * Holds a verdict against the policy: windows of certificates, and keys that expired after they signed. `since`: since when others
 * vouch that a log has it, where `isTimeAsked`.
 */
export function judge(policy: Policy, file: string, verdict: Verdict, since: Date | undefined): Judgement {
  if (verdict.kind !== 'good')
    return {
      refusal: {
        kind: verdict.kind,
        file,
        message: naming(file, verdict.message),
        ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
      },
    };
  const signature: SignatureReport = {
    file,
    signer: verdict.key,
    primary: verdict.primary,
    created: verdict.created.toISOString(),
    state: verdict.state,
  };
  if (!policy.certificates.some((pin) => covers(pin, verdict.primary, verdict.created))) {
    return {
      signature,
      refusal: {
        kind: 'wrong-key',
        file,
        message: `${quote(file)} was made at ${signature.created}, outside the window of its certificate`,
      },
    };
  }
  const proven = isTimeAsked(policy, verdict) && isBefore(since, verdict.expires);
  if (verdict.state === 'expired-after-signing' && policy.expiredAfterSigning !== 'accept' && !proven) {
    const message = `${quote(file)} was made by a key that has expired since`;
    return {
      signature,
      refusal: { kind: 'expired-after-signing', file, message, hint: EXPIRED_HINT[policy.expiredAfterSigning] },
    };
  }
  if (verdict.state !== 'expires-soon') return { signature };
  const message = `the key ${verdict.key} expires on ${verdict.expires?.toISOString().slice(0, 10)}`;
  return { signature, warning: { kind: 'expires-soon', message, hint: 'extend or rotate it in time' } };
}

/** At the time of the expiry itself, the key has expired. */
const isBefore = (since: Date | undefined, expires: Date | undefined): boolean =>
  since !== undefined && expires !== undefined && since < expires;

const covers = (pin: PinnedCertificate, primary: Fingerprint, created: Date) =>
  pin.fingerprint === primary &&
  (pin.from === undefined || created >= pin.from) &&
  (pin.until === undefined || created < pin.until);
