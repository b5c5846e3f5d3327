// SPDX-License-Identifier: Apache-2.0
/** A log that `submit` is to use, whatever its kind. */
import type { Companion } from '../core/companions.ts';
import type { LogKind, TrustedLog } from '../core/policy-logs.ts';
import type { Subject, TransparencyLog } from '../logs/log.ts';

/** Where logs were asked with a submission, by their names: those alone whose addresses can be others the next time. */
export interface Addresses {
  of(log: string): string | undefined;
  /** On disk when it returns; undefined where the log is known not to have what was submitted. */
  keep(log: string, url: string | undefined): Promise<void>;
}

export interface ChosenLog {
  readonly kind: LogKind;
  /** What follows the manifest's name in that of the proof. */
  readonly proof: Companion;
  /** False where the request cannot be made again from the statement, and has to be kept. */
  readonly isRepeatable: boolean;
  /** Whether the file of the proof can hold those of other logs, so that its being there says nothing. */
  readonly isShared: boolean;
  /** The bytes to submit; no log is asked. Where an earlier run has made some, it is those. */
  prepare(subject: Subject, earlier: Uint8Array | undefined): Uint8Array;
  open(addresses: Addresses): Promise<TransparencyLog>;
  /** What the policy says of the log of this origin. */
  pinned(origin: string): TrustedLog | undefined;
}
