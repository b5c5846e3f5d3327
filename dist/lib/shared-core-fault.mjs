// SPDX-License-Identifier: Apache-2.0

// src/core/fault.ts
var STATUS = {
  // could not finish
  io: 1,
  network: 1,
  changed: 1,
  locked: 1,
  pending: 1,
  // used wrongly
  usage: 2,
  "not-found": 2,
  empty: 2,
  unreadable: 2,
  "bad-format": 2,
  // refused: key states
  expired: 3,
  "expired-after-signing": 3,
  revoked: 3,
  superseded: 3,
  "not-yet-valid": 3,
  "not-a-signing-key": 3,
  "primary-secret-present": 3,
  "weak-algorithm": 3,
  "wrong-key": 3,
  // refused: files, signatures and proofs
  "bad-name": 3,
  "bad-manifest": 3,
  "bad-signature": 3,
  "bad-proof": 3,
  altered: 3,
  unsigned: 3,
  missing: 3,
  extra: 3,
  conflict: 3,
  "not-in-log": 3,
  "not-witnessed": 3,
  // evidence
  "log-misbehaved": 4
};
var exitStatusOf = (kind) => STATUS[kind];
var FAULT_KINDS = Object.keys(STATUS);
var Fault = class extends Error {
  kind;
  file;
  hint;
  evidence;
  constructor(kind, message, details = {}) {
    super(message, { cause: details.cause });
    this.name = "Fault";
    this.kind = kind;
    this.file = details.file;
    this.hint = details.hint;
    this.evidence = details.evidence ?? [];
  }
};
var CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
var printable = (text) => text.replace(CONTROL, (c) => `\\u{${c.codePointAt(0)?.toString(16)}}`);
var SHOWN = 512;
function quote(name) {
  if (name.length > SHOWN) return `${quote(name.slice(0, SHOWN).toWellFormed())}…`;
  return `"${printable(name.replace(/["\\]/g, "\\$&"))}"`;
}
function naming(file, message) {
  const name = quote(file);
  return message.includes(name) || message.includes(`/${name.slice(1)}`) ? message : `${name}: ${message}`;
}

export {
  exitStatusOf,
  Fault,
  printable,
  quote,
  naming
};
