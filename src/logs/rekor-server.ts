// SPDX-License-Identifier: Apache-2.0
/** A Rekor server: where it is asked, what it gives, and what is said of it where that does not hold. */
import { Fault } from '../core/fault.ts';
import type { RekorTrust, VerifiedEntry } from '../core/rekor.ts';
import type { TlogEntry } from '../core/sigstore-bundle.ts';
import type { Http } from '../ports.ts';
import type { Trying } from './trying.ts';

/** Where a log is asked, and what is believed of it. */
export interface RekorServer {
  /** As the policy names it. */
  readonly name: string;
  readonly http: Http;
  /** Without a slash at their ends. */
  readonly url: string;
  readonly readUrl: string;
  readonly log: RekorTrust;
  readonly trying: Trying;
}

/** What a log gave for an entry; it was verified. */
export interface Logged {
  readonly entry: TlogEntry;
  readonly verified: VerifiedEntry;
  /** False where the log had it already. */
  readonly isNew: boolean;
}

/** Milliseconds that one answer may take: v2 answers when a checkpoint covers the entry. */
export const ANSWER_TIME = 30_000;

export const CONTENT_TYPE = { 'content-type': 'application/json', accept: 'application/json' } as const;

/** What cannot be read is no answer; what can, and does not fit the checkpoint that the log signed, is evidence. */
export function accuse<T>(evidence: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === 'bad-format') throw error;
    const { kind, message, hint } = error;
    // of another log, or of nobody knows whom: no accusation, and worth keeping
    if (kind !== 'bad-proof') throw new Fault(kind, message, { hint, evidence: [evidence], cause: error });
    throw new Fault('log-misbehaved', `the log does not have what it signed: ${message}`, {
      evidence: [evidence],
      hint: 'keep the answer of the log as it is: it shows what happened',
      cause: error,
    });
  }
}
