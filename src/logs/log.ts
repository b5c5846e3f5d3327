// SPDX-License-Identifier: Apache-2.0
/** What all logs have in common, whatever their protocol. */
import type { Fault } from '../core/fault.ts';
import type { LogKind } from '../core/policy-logs.ts';
import type { Recorded } from '../core/recorder.ts';
import type { Statement } from '../core/statement.ts';

/** What a log gave for an entry. It was verified before it was handed out. */
export type Receipt = Verified & {
  /** The file that shows the entry offline, to be kept beside the manifest. */
  readonly proof: Uint8Array;
  /** False where the log had the entry already. */
  readonly isNew: boolean;
  /** What is wrong beside it, and takes nothing from it: that pinned witnesses do not vouch, say. */
  readonly problems: readonly Fault[];
};

export type Verified = VerifiedEntry | VerifiedRecord;

export interface VerifiedEntry {
  readonly origin: string;
  /** Of the entry, from 0. */
  readonly index: number;
  /** As `LogReport.entry`. */
  readonly entry: string;
  /** Entries in the log, at the checkpoint of the proof. */
  readonly treeSize: number;
  readonly record?: never;
  /** When the log took it, by its own word; undefined where it tells no time. */
  readonly time?: Date | undefined;
  /** Pinned witnesses that vouch for the checkpoint of the proof. */
  readonly witnesses: readonly Vouched[];
}

/** Of a recorder, which has no order and no checkpoints: a certificate, and nobody who vouches for it. */
export interface VerifiedRecord {
  readonly origin: string;
  readonly index?: never;
  readonly entry?: never;
  readonly treeSize?: never;
  readonly time?: never;
  readonly witnesses: readonly [];
  readonly record: Recorded;
}

export interface Vouched {
  /** As the policy names it. */
  readonly name: string;
  /** When it had seen the tree of the proof, which has the entry. */
  readonly time: Date;
}

/** What is logged: some logs take the statement, others the manifest itself. */
export interface Subject {
  readonly statement: Statement;
  readonly manifest: Uint8Array;
}

/** Proofs of this kind that are at hand. */
export interface AtHand {
  /** Of this manifest, to other logs of the kind: what comes back holds that, too. */
  readonly existing: Uint8Array | undefined;
  /** Of other manifests, whoever has written them. Read where a log can be held against them, and not before. */
  others(): Promise<readonly Uint8Array[]>;
}

export interface TransparencyLog {
  readonly kind: LogKind;
  /**
   * `prepared` are the bytes to submit, as they are on disk; MUST NOT be sent where they are about something else than `subject`.
   * MUST be idempotent: however often it is called or breaks off, there is one entry, and all receipts lead to it. Throws `usage`
   * where the log has refused it and MUST NOT have it, `pending` where the log has the entry, and too few witnesses vouch for it yet.
   */
  submit(prepared: Uint8Array, subject: Subject, atHand: AtHand): Promise<Receipt>;
  /**
   * MUST be pure and offline. Throws `not-in-log` where the file says nothing of this log, `not-witnessed` where too few vouch, and
   * others where it is wrong.
   */
  verify(proof: Uint8Array, subject: Subject): Verified;
}
