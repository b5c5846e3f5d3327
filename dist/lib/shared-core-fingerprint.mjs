// SPDX-License-Identifier: Apache-2.0
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/fingerprint.ts
function parseFingerprint(text) {
  const digits = text.replace(/ /g, "").replace(/^0x/i, "").toUpperCase();
  if (/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(digits)) return digits;
  throw new Fault("usage", `not a key fingerprint: ${quote(text.slice(0, 100))}`, {
    hint: "give all 40 digits (64 for version 6 keys): a short key ID can be forged"
  });
}

export {
  parseFingerprint
};
