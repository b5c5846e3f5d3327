// SPDX-License-Identifier: Apache-2.0
import {
  decodeUtf8,
  formatBase64,
  parseBase64
} from "./shared-openpgp-public-key.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/signed-note.ts
import {
  createHash,
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
var keyIdOf = ({ name, type, publicKey }) => createHash("sha256").update(`${name}
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

export {
  NOTE_CAP,
  MAX_SIGNATURES,
  isKeyName,
  parseSignedNote,
  formatSignedNote,
  verifyNote,
  PUBLIC_KEY_SIZE,
  parseKeyMaterial,
  keyIdOf,
  parseVerifierKey,
  formatVerifierKey,
  ed25519Key,
  noteVerifier,
  noteSigner,
  publicKeyOf,
  parseLogKey,
  parsePrivateKeyPem,
  generateLogKeyPem
};
