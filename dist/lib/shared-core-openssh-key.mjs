// SPDX-License-Identifier: Apache-2.0
import {
  PUBLIC_KEY_SIZE,
  publicKeyOf
} from "./shared-core-signed-note.mjs";
import {
  equalBytes,
  formatBase64,
  parseBase64,
  sha256
} from "./shared-openpgp-public-key.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/p256.ts
import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
var P256_SIGNATURE_CAP = 72;
var isP256 = (key) => key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
function readSpki(spki) {
  try {
    const key = publicOf(createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }));
    return equalBytes(key.export({ format: "der", type: "spki" }), spki) ? key : void 0;
  } catch {
    return void 0;
  }
}
function parseP256Key(text) {
  const key = readSpki(decode(text));
  if (key !== void 0 && isP256(key)) return p256Key(key);
  throw new Fault("usage", `not a public key on P-256: ${quote(text.slice(0, 120))}`, {
    hint: "write the lines of its PEM file between BEGIN PUBLIC KEY and END PUBLIC KEY, as one"
  });
}
function decode(text) {
  try {
    return parseBase64(text);
  } catch {
    return new Uint8Array();
  }
}
var formatP256Key = ({ spki }) => formatBase64(spki);
function p256Key(key) {
  const spki = key.export({ format: "der", type: "spki" });
  return {
    spki,
    pem: key.export({ format: "pem", type: "spki" }).toString(),
    hint: Buffer.from(sha256(spki), "hex").toString("base64"),
    verify: (message, signature) => verify("sha256", message, key, signature)
  };
}
var p256Signer = (key) => ({
  key: p256Key(publicOf(createPublicKey(key))),
  sign: (message) => sign("sha256", message, key)
});
var publicOf = (key) => createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" });
var generateP256KeyPem = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

// src/core/openssh-key.ts
import { createPrivateKey, randomBytes } from "node:crypto";
var BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
var END = "-----END OPENSSH PRIVATE KEY-----";
var MAGIC = Buffer.from("openssh-key-v1\0");
var TYPE = Buffer.from("ssh-ed25519");
var BLOCK = 8;
var LINE = 64;
var bad = (why) => new Fault("unreadable", `the OpenSSH private key ${why}`, {
  hint: 'an Ed25519 key without a passphrase is needed, as "key generate-log-key --for sigsum" and sigsum-key make it'
});
var isOpenSshKey = (bytes) => Buffer.from(bytes).includes(BEGIN);
function parseOpenSshKey(bytes) {
  const [, body = ""] = new RegExp(`^\\s*${BEGIN}\\r?\\n([A-Za-z0-9+/=\\r\\n]+)${END}\\s*$`).exec(Buffer.from(bytes).toString("latin1")) ?? [];
  const blob = Buffer.from(body, "base64");
  try {
    return readBlob(new Fields(blob));
  } finally {
    blob.fill(0);
  }
}
function readBlob(fields) {
  if (!equalBytes(fields.bytes(MAGIC.length), MAGIC)) throw bad("is damaged");
  const [cipher, derivation, options] = [fields.string(), fields.string(), fields.string()].map(String);
  if (cipher !== "none" || derivation !== "none" || options !== "") throw bad("is protected by a passphrase");
  if (fields.number() !== 1) throw bad("is not one key");
  const named = new Fields(fields.string());
  const secret = new Fields(fields.string());
  fields.end();
  const publicKey = readPublic(named);
  named.end();
  const isAligned = secret.length % BLOCK === 0;
  const [check, again] = [secret.number(), secret.number()];
  if (!isAligned || check !== again) throw bad("is damaged");
  if (!equalBytes(readPublic(secret), publicKey)) throw bad("is damaged: it holds two public keys");
  const halves = secret.string();
  secret.string();
  const padding = secret.bytes(secret.length);
  if (padding.length >= BLOCK || padding.some((byte, at) => byte !== at + 1)) throw bad("is damaged");
  if (halves.length !== 2 * PUBLIC_KEY_SIZE) throw bad("is damaged");
  const key = keyOfSeed(halves.subarray(0, PUBLIC_KEY_SIZE));
  if (!equalBytes(publicKeyOf(key), publicKey) || !equalBytes(halves.subarray(PUBLIC_KEY_SIZE), publicKey))
    throw bad("is damaged: its halves do not belong together");
  return key;
}
function readPublic(fields) {
  if (!equalBytes(fields.string(), TYPE)) throw bad("is no Ed25519 key");
  const publicKey = fields.string();
  if (publicKey.length !== PUBLIC_KEY_SIZE) throw bad("is damaged");
  return publicKey;
}
var PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
function keyOfSeed(seed) {
  const der = Buffer.concat([PKCS8, seed]);
  try {
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  } finally {
    der.fill(0);
  }
}
function formatOpenSshKey(key) {
  const der = key.export({ format: "der", type: "pkcs8" });
  const seed = der.subarray(PKCS8.length);
  const publicKey = publicKeyOf(key);
  const check = randomBytes(4);
  const pair = Buffer.concat([string(TYPE), string(publicKey)]);
  const secret = Buffer.concat([check, check, pair, string(Buffer.concat([seed, publicKey])), string(Buffer.alloc(0))]);
  const padding = Buffer.from(Array.from({ length: (BLOCK - secret.length % BLOCK) % BLOCK }, (_, at) => at + 1));
  const none = string(Buffer.from("none"));
  const head = Buffer.concat([MAGIC, none, none, string(Buffer.alloc(0)), number(1), string(pair)]);
  const body = formatBase64(Buffer.concat([head, string(Buffer.concat([secret, padding]))]));
  for (const one of [der, secret]) one.fill(0);
  return [BEGIN, ...body.match(new RegExp(`.{1,${LINE}}`, "g")) ?? [], END, ""].join("\n");
}
var formatOpenSshPublicKey = (publicKey, comment) => `ssh-ed25519 ${formatBase64(Buffer.concat([string(TYPE), string(publicKey)]))} ${comment}
`;
function number(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
var string = (bytes) => Buffer.concat([number(bytes.length), bytes]);
var Fields = class {
  #rest;
  constructor(bytes) {
    this.#rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get length() {
    return this.#rest.length;
  }
  bytes(count) {
    if (count > this.#rest.length) throw bad("is damaged: it ends too early");
    const taken = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return taken;
  }
  number() {
    return this.bytes(4).readUInt32BE();
  }
  string() {
    return this.bytes(this.number());
  }
  end() {
    if (this.#rest.length > 0) throw bad("is damaged: it has more than it should");
  }
};

export {
  P256_SIGNATURE_CAP,
  isP256,
  readSpki,
  parseP256Key,
  formatP256Key,
  p256Key,
  p256Signer,
  generateP256KeyPem,
  isOpenSshKey,
  parseOpenSshKey,
  formatOpenSshKey,
  formatOpenSshPublicKey
};
