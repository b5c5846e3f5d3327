// SPDX-License-Identifier: Apache-2.0
/**
 * What stands beside a manifest, and is not finished at once. A bundle gets an entry from each Rekor log; a submission that is pending
 * learns more about the logs that it was sent to. Everything else says all that it has to say, and has no other content later.
 */
import { SIGSTORE_BUNDLE, SUBMISSION } from './companions.ts';
import { equalBytes } from './encoding.ts';
import { Fault } from './fault.ts';
import { parseBundle, type SigstoreBundle } from './sigstore-bundle.ts';
import { formatStatement } from './statement.ts';
import { parseSubmission, type Submission } from './submission.ts';

/** Bytes of the largest of them. */
export { BUNDLE_CAP as CONTINUATION_CAP } from './sigstore-bundle.ts';

export const canContinue = (name: string): boolean => name.endsWith(SIGSTORE_BUNDLE) || name.endsWith(SUBMISSION);

/** Whether `next` has all that `earlier` has, where both go by this name. What cannot be read has nothing to do with it. */
export function continues(name: string, earlier: Uint8Array, next: Uint8Array): boolean {
  try {
    if (name.endsWith(SIGSTORE_BUNDLE)) return hasEntriesOf(parseBundle(earlier), parseBundle(next));
    return name.endsWith(SUBMISSION) && hasRequestsOf(parseSubmission(earlier), parseSubmission(next));
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

const hasEntriesOf = (earlier: SigstoreBundle, next: SigstoreBundle): boolean =>
  equalBytes(earlier.digest, next.digest) &&
  equalBytes(earlier.signature, next.signature) &&
  earlier.entries.every((one) =>
    next.entries.some(
      (other) => one.logId === other.logId && one.logIndex === other.logIndex && equalBytes(one.body, other.body),
    ),
  );

const hasRequestsOf = (earlier: Submission, next: Submission): boolean =>
  equalBytes(formatStatement(earlier.statement), formatStatement(next.statement)) &&
  [...earlier.prepared].every(([kind, request]) => {
    const other = next.prepared.get(kind);
    return other !== undefined && equalBytes(request, other);
  });
