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

// src/core/merkle.ts
import { createHash as createHash2 } from "node:crypto";
var HASH_SIZE = 32;
var MAX_PROOF_LENGTH = 63;
function parseHash(bytes) {
  if (bytes.length !== HASH_SIZE)
    throw new Fault("bad-format", `a hash of ${bytes.length} bytes, where SHA-256 has ${HASH_SIZE}`);
  return bytes;
}
var LEAF = Uint8Array.of(0);
var NODE = Uint8Array.of(1);
var digest = (...parts) => {
  const hash = createHash2("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
var EMPTY_ROOT = digest();
var leafHash = (entry) => digest(LEAF, entry);
var nodeHash = (left, right) => digest(NODE, left, right);
function splitPoint(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
function subtreesOf({ start, end }) {
  const subtrees = [];
  for (let at = start; at < end; ) {
    let height = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      height += 1;
      width *= 2;
    }
    subtrees.push({ height, index: at / width });
    at += width;
  }
  return subtrees;
}
function rangeHash(source, range) {
  const hashes = subtreesOf(range).map(source);
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}
function rootOf(leaves) {
  let row = leaves;
  while (row.length > 1) row = pairs(row);
  return row[0] ?? EMPTY_ROOT;
}
function pairs(row) {
  const above = [];
  for (const [index, right] of row.entries()) {
    const left = above.at(-1);
    if (index % 2 === 0 || left === void 0) above.push(right);
    else above[above.length - 1] = nodeHash(left, right);
  }
  return above;
}
function inclusionRanges(index, size) {
  if (index >= size) throw new Fault("bad-proof", `a tree of ${size} entries has none with the index ${index}`);
  const ranges = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}
function consistencyRanges(oldSize, size) {
  if (oldSize > size) throw new Fault("bad-proof", `a tree of ${size} entries is no later state of one of ${oldSize}`);
  const ranges = [];
  if (oldSize === 0) return ranges;
  let [start, end] = [0, size];
  while (oldSize < end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

// src/core/signed-note.ts
import {
  createHash as createHash3,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify
} from "node:crypto";
var NOTE_CAP = 128 * 1024;
var MAX_SIGNATURES = 64;
var isKeyName = (name) => name.isWellFormed() && /^[^\p{White_Space}\p{Cc}+]+$/u.test(name);
var bad = (why) => new Fault("bad-format", `the signed note ${why}`);
function parseSignedNote(bytes) {
  const whole = decodeUtf8(bytes, NOTE_CAP, "the signed note");
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) throw bad("holds a control character");
  const divide = whole.lastIndexOf("\n\n");
  if (divide < 0) throw bad("has no empty line before its signatures");
  const lines = whole.slice(divide + 2).split("\n");
  if (lines.pop() !== "") throw bad("does not end with a newline");
  if (lines.length === 0) throw bad("has no signatures");
  if (lines.length > MAX_SIGNATURES) throw bad(`has more than ${MAX_SIGNATURES} signatures`);
  return { text: whole.slice(0, divide + 1), signatures: lines.map(parseSignatureLine) };
}
function formatSignedNote({ text, signatures }) {
  return Buffer.from(`${text}
${signatures.map(formatSignatureLine).join("")}`);
}
function parseSignatureLine(line) {
  const [, name = "", encoded = ""] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  if (!isKeyName(name)) throw bad(`has a line that is no signature: ${quote(line.slice(0, 80))}`);
  const bytes = Buffer.from(parseBase64(encoded));
  if (bytes.length < 5) throw bad("has an empty signature");
  return { name, keyId: bytes.toString("hex", 0, 4), signature: bytes.subarray(4) };
}
var formatSignatureLine = ({ name, keyId, signature }) => `— ${name} ${formatBase64(Buffer.concat([Buffer.from(keyId, "hex"), signature]))}
`;
function verifyNote(note, trusted) {
  const signers = trusted.filter((key) => {
    const claimed = note.signatures.filter((signature) => signature.name === key.name && signature.keyId === key.keyId);
    for (const { signature } of claimed) {
      if (!key.verify(note.text, signature))
        throw new Fault("bad-signature", `the signature by ${quote(key.name)} is wrong`);
    }
    return claimed.length > 0;
  });
  if (signers.length > 0) return signers;
  const names = note.signatures.map(({ name, keyId }) => quote(`${name}+${keyId}`));
  const some = [...names.slice(0, 4), ...names.length > 4 ? ["others"] : []].join(", ");
  throw new Fault("wrong-key", "the note is not signed by a trusted key", { hint: `it is signed by ${some}` });
}
var ED25519 = 1;
var PUBLIC_KEY_SIZE = 32;
var badKey = (text, why) => new Fault("usage", `not a verifier key: ${quote(text.slice(0, 120))} ${why}`);
function parseKeyMaterial(text) {
  const [, name = "", encoded = ""] = /^([^+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/=]{1,2000})$/.exec(text) ?? [];
  if (!isKeyName(name)) throw badKey(text, "is not of the form <name>+<8 hexadecimal digits>+<base64>");
  const [type, ...publicKey] = Buffer.from(encoded, "base64");
  if (type === void 0) throw badKey(text, "is not of an Ed25519 key");
  const key = { name, type, publicKey: Uint8Array.from(publicKey) };
  if (formatKeyMaterial(key) === text) return key;
  throw badKey(text, "has a key ID that is not that of its name and key, or base64 in another than its canonical form");
}
var formatKeyMaterial = (key) => `${key.name}+${keyIdOf(key)}+${formatBase64(Buffer.concat([Uint8Array.of(key.type), key.publicKey]))}`;
var keyIdOf = ({ name, type, publicKey }) => createHash3("sha256").update(`${name}
`).update(Uint8Array.of(type)).update(publicKey).digest().toString("hex", 0, 4);
function parseVerifierKey(text) {
  const { name, type, publicKey } = parseKeyMaterial(text);
  if (type === ED25519 && publicKey.length === PUBLIC_KEY_SIZE) return noteVerifier(name, publicKey);
  throw badKey(text, "is not of an Ed25519 key");
}
var formatVerifierKey = ({ name, publicKey }) => formatKeyMaterial({ name, type: ED25519, publicKey });
function ed25519Key(publicKey) {
  const x = Buffer.from(publicKey).toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}
function noteVerifier(name, publicKey) {
  const key = ed25519Key(publicKey);
  return {
    name,
    keyId: keyIdOf({ name, type: ED25519, publicKey }),
    publicKey,
    verify: (text, signature) => verify(null, Buffer.from(text), key, signature)
  };
}
function noteSigner(name, privateKey) {
  if (!isKeyName(name)) {
    throw new Fault("usage", `not a name for a log: ${quote(name)}`, {
      hint: 'take something like "tarballs.example.org/log": no space, no plus, no control character'
    });
  }
  const verifier = noteVerifier(name, publicKeyOf(privateKey));
  return {
    verifier,
    sign: (text) => ({ name, keyId: verifier.keyId, signature: sign(null, Buffer.from(text), privateKey) })
  };
}
function publicKeyOf(privateKey) {
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  return Buffer.from(x, "base64url");
}
function parseLogKey(pem) {
  const key = parsePrivateKeyPem(pem);
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new Fault("unreadable", `a private key of the kind ${key.asymmetricKeyType}, not Ed25519`, { hint: KEY_HINT });
}
var KEY_HINT = 'a log key is an Ed25519 key in PKCS#8 PEM, as "key generate-log-key" makes it';
function parsePrivateKeyPem(pem, hint = KEY_HINT) {
  try {
    return createPrivateKey({ key: Buffer.from(pem), format: "pem" });
  } catch {
    throw new Fault("unreadable", "not a private key in PEM", { hint });
  }
}
var generateLogKeyPem = () => generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

// src/core/checkpoint.ts
var CHECKPOINT_CAP = NOTE_CAP;
function parseCheckpoint(text) {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length < 3)
    throw new Fault("bad-format", "the checkpoint has fewer than three lines");
  if (lines.includes("")) throw new Fault("bad-format", "the checkpoint has an empty line");
  const [origin = "", size = "", root = "", ...extensions] = lines;
  return { origin, size: parseDecimal(size), root: parseHash(parseBase64(root)), extensions };
}
var formatCheckpoint = ({ origin, size, root, extensions }) => [origin, size, formatBase64(root), ...extensions].map((line) => `${line}
`).join("");
function parseSignedCheckpoint(bytes) {
  const { text, signatures } = parseSignedNote(bytes);
  return { ...parseCheckpoint(text), signatures };
}
var formatSignedCheckpoint = (signed) => formatSignedNote({ text: formatCheckpoint(signed), signatures: signed.signatures });
var signCheckpoint = (checkpoint, signer) => ({
  ...checkpoint,
  signatures: [signer.sign(formatCheckpoint(checkpoint))]
});
var verifyCheckpoint = (signed, trusted) => verifyNamedCheckpoint(signed, trusted, (name) => name === signed.origin);
function verifyNamedCheckpoint(signed, trusted, isOwn) {
  const signers = verifyNote({ text: formatCheckpoint(signed), signatures: signed.signatures }, trusted);
  if (signers.some(({ name }) => isOwn(name))) return;
  throw new Fault("wrong-key", "the checkpoint is signed by a trusted key, but not by one of the log that it names", {
    hint: `the key would have to be named ${quote(signed.origin)}`
  });
}

// src/core/cosignature.ts
import { verify as verify2 } from "node:crypto";
var COSIGNATURE_V1 = 4;
var ML_DSA_44 = 6;
var TIME_SIZE = 8;
var SIGNATURE_SIZE = 64;
var LATEST = 864e10;
var WITNESS_SKEW = 5 * 60 * 1e3;
var CHECK_CLOCK = "check the clock of this machine, then that of the witness";
function parseWitnessKey(text) {
  const { name, type, publicKey } = parseKeyMaterial(text);
  const bad2 = (why) => new Fault("usage", `not the key of a witness: ${quote(text.slice(0, 120))} ${why}`);
  if (type === ML_DSA_44) throw bad2("is an ML-DSA-44 key, which this version cannot verify");
  if (type !== COSIGNATURE_V1) throw bad2("is of a key for something else: that of a witness has the type 4");
  if (publicKey.length !== PUBLIC_KEY_SIZE) throw bad2("is not of an Ed25519 key");
  return witnessKey(name, publicKey);
}
function witnessKey(name, publicKey) {
  const key = ed25519Key(publicKey);
  return {
    name,
    keyId: keyIdOf({ name, type: COSIGNATURE_V1, publicKey }),
    publicKey,
    verify: (message, signature) => verify2(null, Buffer.from(message), key, signature)
  };
}
function parseCosignature(bytes) {
  if (bytes.length !== TIME_SIZE + SIGNATURE_SIZE)
    throw new Fault("bad-format", `a cosignature of ${bytes.length} bytes, where there have to be 72`);
  const time = Number(Buffer.from(bytes).readBigUInt64BE());
  if (time === 0 || time > LATEST) throw new Fault("bad-format", "a cosignature without a time that a clock can show");
  return { time, signature: bytes.subarray(TIME_SIZE) };
}
function formatCosignature({ time, signature }) {
  const head = Buffer.alloc(TIME_SIZE);
  head.writeBigUInt64BE(BigInt(time));
  return Buffer.concat([head, signature]);
}
var cosignedMessage = (checkpoint, time) => `cosignature/v1
time ${time}
${formatCheckpoint(checkpoint)}`;
var isLineOf = ({ name, keyId }, line) => line.name === name && line.keyId === keyId;
function verifyCosignature(checkpoint, key, line, now) {
  const wrong = (why, hint) => new Fault("bad-signature", `the cosignature by ${quote(key.name)} ${why}`, { hint });
  const { time, signature } = readCosignature(line, wrong);
  if (!key.verify(cosignedMessage(checkpoint, time), signature)) throw wrong("is wrong");
  const date = new Date(time * 1e3);
  if (date.getTime() > now.getTime() + WITNESS_SKEW)
    throw wrong(`is dated ahead of now, at ${date.toISOString()}`, CHECK_CLOCK);
  return { key, time: date, line };
}
function readCosignature({ signature }, wrong) {
  try {
    return parseCosignature(signature);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw wrong(`is none: ${error.message}`);
  }
}
function vouchersOf(checkpoint, keys, now) {
  return keys.flatMap((key) => {
    const lines = checkpoint.signatures.filter((line) => isLineOf(key, line));
    const vouchers = lines.map((line) => verifyCosignature(checkpoint, key, line, now));
    return vouchers.sort((a, b) => a.time.getTime() - b.time.getTime()).slice(0, 1);
  });
}

export {
  parseDecimal,
  parseBase64,
  formatBase64,
  decodeUtf8,
  equalBytes,
  parseSha256,
  sha256,
  HASH_SIZE,
  MAX_PROOF_LENGTH,
  parseHash,
  EMPTY_ROOT,
  leafHash,
  nodeHash,
  subtreesOf,
  rangeHash,
  rootOf,
  inclusionRanges,
  consistencyRanges,
  NOTE_CAP,
  MAX_SIGNATURES,
  isKeyName,
  parseSignedNote,
  PUBLIC_KEY_SIZE,
  parseVerifierKey,
  formatVerifierKey,
  ed25519Key,
  noteVerifier,
  noteSigner,
  publicKeyOf,
  parseLogKey,
  parsePrivateKeyPem,
  generateLogKeyPem,
  CHECKPOINT_CAP,
  formatCheckpoint,
  parseSignedCheckpoint,
  formatSignedCheckpoint,
  signCheckpoint,
  verifyCheckpoint,
  verifyNamedCheckpoint,
  WITNESS_SKEW,
  CHECK_CLOCK,
  parseWitnessKey,
  witnessKey,
  formatCosignature,
  isLineOf,
  verifyCosignature,
  vouchersOf
};
