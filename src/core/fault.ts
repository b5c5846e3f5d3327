// SPDX-License-Identifier: Apache-2.0
/**
 * Everything that can go wrong has a kind, and the kind decides the exit status.
 *
 *   1 failed    could not finish, a retry may help
 *   2 usage     used wrongly: flags, paths, files that are not what they should be
 *   3 refused   a key, digest, signature, name or proof does not meet the policy
 *   4 evidence  a log or a key misbehaved, and the fault carries what shows it
 */

/** The states of a signing key, each with exactly one name. */
export const KEY_STATES = [
  'good',
  'expires-soon',
  'expired',
  'expired-after-signing',
  'revoked',
  'superseded',
  'not-yet-valid',
  'not-a-signing-key',
  'primary-secret-present',
  'weak-algorithm',
  'wrong-key',
  'unreadable',
] as const;

export type KeyState = (typeof KEY_STATES)[number];

const STATUS = {
  // could not finish
  io: 1,
  network: 1,
  changed: 1,
  locked: 1,
  pending: 1,
  // used wrongly
  usage: 2,
  'not-found': 2,
  empty: 2,
  unreadable: 2,
  'bad-format': 2,
  // refused: key states
  expired: 3,
  'expired-after-signing': 3,
  revoked: 3,
  superseded: 3,
  'not-yet-valid': 3,
  'not-a-signing-key': 3,
  'primary-secret-present': 3,
  'weak-algorithm': 3,
  'wrong-key': 3,
  // refused: files, signatures and proofs
  'bad-name': 3,
  'bad-manifest': 3,
  'bad-signature': 3,
  'bad-proof': 3,
  altered: 3,
  unsigned: 3,
  missing: 3,
  extra: 3,
  conflict: 3,
  'not-in-log': 3,
  'not-witnessed': 3,
  // evidence
  'log-misbehaved': 4,
} as const;

export type FaultKind = keyof typeof STATUS;
export type ExitStatus = 0 | 1 | 2 | 3 | 4;

/** The exit status that a kind of fault leads to. */
export const exitStatusOf = (kind: FaultKind): ExitStatus => STATUS[kind];

/** All kinds, for the tests that hold the documents against them. */
export const FAULT_KINDS = Object.keys(STATUS) as readonly FaultKind[];

export interface FaultDetails {
  /** The file that the fault is about: a name or a path, unescaped. */
  readonly file?: string | undefined;
  /** What the person can do about it; one sentence, lower case, no full stop. */
  readonly hint?: string | undefined;
  /** Raw documents that show a misbehaviour, such as two signed checkpoints. */
  readonly evidence?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/** An expected failure: shown to people without a stack trace. */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly file: string | undefined;
  readonly hint: string | undefined;
  readonly evidence: readonly string[];

  constructor(kind: FaultKind, message: string, details: FaultDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'Fault';
    this.kind = kind;
    this.file = details.file;
    this.hint = details.hint;
    this.evidence = details.evidence ?? [];
  }
}

const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text for one line of a terminal: what would end the line, move the cursor or turn the writing around is escaped. */
export const printable = (text: string): string =>
  text.replace(CONTROL, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);

/** Of a name, a message shows no more: UTF-16 code units. Paths that people made are shorter. */
const SHOWN = 512;

/** A name as it stands in messages: in double quotes, control characters escaped; of a very long one, its beginning. */
export function quote(name: string): string {
  if (name.length > SHOWN) return `${quote(name.slice(0, SHOWN).toWellFormed())}…`;
  return `"${printable(name.replace(/["\\]/g, '\\$&'))}"`;
}

/** A message that names the file it is about: before it, unless it is in there already, by itself or at the end of a path. */
export function naming(file: string, message: string): string {
  const name = quote(file);
  return message.includes(name) || message.includes(`/${name.slice(1)}`) ? message : `${name}: ${message}`;
}
