// SPDX-License-Identifier: Apache-2.0
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/encoding.ts
function parseDecimal(text) {
  const value = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new Fault("bad-format", `not a whole number in its shortest decimal form: ${quote(text.slice(0, 40))}`);
}
function parseBase64(text) {
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") === text) return bytes;
  throw new Fault("bad-format", `not base64 in its canonical form: ${quote(text.slice(0, 80))}`);
}
var formatBase64 = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
function decodeUtf8(bytes, cap, what) {
  if (bytes.length > cap) throw new Fault("bad-format", `${what} is larger than ${cap} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Fault("bad-format", `${what} is not valid UTF-8`, { cause });
  }
}
var equalBytes = (a, b) => Buffer.compare(a, b) === 0;

// src/core/sha256.ts
import { createHash } from "node:crypto";
function parseSha256(text) {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Fault("bad-format", `not a SHA-256 digest: ${quote(text.slice(0, 80))}`);
  return text;
}
function sha256(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

export {
  parseDecimal,
  parseBase64,
  formatBase64,
  decodeUtf8,
  equalBytes,
  parseSha256,
  sha256
};
