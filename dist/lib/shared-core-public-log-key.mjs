// SPDX-License-Identifier: Apache-2.0
import {
  formatOpenSshPublicKey,
  isP256,
  p256Key,
  readSpki
} from "./shared-core-openssh-key.mjs";
import {
  PUBLIC_KEY_SIZE,
  parseVerifierKey
} from "./shared-core-signed-note.mjs";
import {
  decodeUtf8
} from "./shared-openpgp-public-key.mjs";
import {
  Fault
} from "./shared-core-fault.mjs";

// src/core/public-log-key.ts
var PUBLIC_LOG_KEY_CAP = 4 * 1024;
var HINT = 'a public log key is as "key generate-log-key" leaves it, in the file that ends in .pub, or "log init", in log.vkey';
function parsePublicLogKey(bytes) {
  const text = decodeUtf8(bytes, PUBLIC_LOG_KEY_CAP, "the public key");
  if (text.includes("PRIVATE KEY"))
    throw new Fault("unreadable", "it holds a private key, which belongs into no other hands", { hint: HINT });
  const found = text.startsWith("ssh-") ? readOpenSsh(text) : readPem(text) ?? readVerifierKey(text);
  if (found !== void 0) return found;
  const kinds = "a public key on P-256 in PEM, nor an Ed25519 key as OpenSSH writes it, nor the verifier key of a log";
  throw new Fault("unreadable", `neither ${kinds}`, { hint: HINT });
}
function readPem(text) {
  const [, lines = ""] = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)-----END PUBLIC KEY-----\n$/.exec(text) ?? [];
  const key = readSpki(Buffer.from(lines, "base64"));
  if (key === void 0 || !isP256(key)) return void 0;
  const read = p256Key(key);
  return read.pem === text ? { kind: "rekor", key: read } : void 0;
}
function readOpenSsh(text) {
  const [, blob = "", comment = ""] = /^ssh-ed25519 ([A-Za-z0-9+/=]+) ([^\n]*)\n$/.exec(text) ?? [];
  const key = Uint8Array.from(Buffer.from(blob, "base64")).slice(-PUBLIC_KEY_SIZE);
  if (key.length !== PUBLIC_KEY_SIZE || formatOpenSshPublicKey(key, comment) !== text) return void 0;
  return { kind: "sigsum", key };
}
function readVerifierKey(text) {
  if (!text.endsWith("\n")) return void 0;
  try {
    return { kind: "tiles", key: parseVerifierKey(text.slice(0, -1)) };
  } catch (error) {
    if (error instanceof Fault) return void 0;
    throw error;
  }
}

export {
  PUBLIC_LOG_KEY_CAP,
  parsePublicLogKey
};
