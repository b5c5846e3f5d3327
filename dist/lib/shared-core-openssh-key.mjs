// SPDX-License-Identifier: Apache-2.0
import {
  inFile,
  isP256
} from "./shared-core-sigsum-policies.mjs";
import {
  PUBLIC_KEY_SIZE,
  equalBytes,
  formatBase64,
  parsePrivateKeyPem,
  publicKeyOf
} from "./shared-core-signed-note.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

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

// src/workflow/log-keys.ts
var LOG_KEY_CAP = 16 * 1024;
var PEM = /-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----\s*/g;
async function readGivenKeys({ files }, file) {
  const bytes = await files.readGiven(file, LOG_KEY_CAP);
  const blocks = Buffer.from(bytes).toString("latin1").match(PEM) ?? [];
  const parts = blocks.length > 1 ? blocks.map((block) => Buffer.from(block, "latin1")) : [bytes];
  try {
    return await Promise.all(parts.map(async (part) => inFile(file, async () => readKey(file, part))));
  } finally {
    for (const one of [bytes, ...parts]) one.fill(0);
  }
}
function readKey(file, bytes) {
  if (isOpenSshKey(bytes)) return { file, key: parseOpenSshKey(bytes), form: "openssh" };
  const key = parsePrivateKeyPem(bytes);
  if (isP256(key)) return { file, key, form: "p256" };
  if (key.asymmetricKeyType === "ed25519") return { file, key, form: "pkcs8" };
  throw new Fault("unreadable", `a private key of the kind ${key.asymmetricKeyType}, and neither Ed25519 nor P-256`, {
    hint: 'a log key is as "key generate-log-key" makes it: P-256 for Rekor, Ed25519 for the others'
  });
}
async function readGivenKey(ports, file) {
  const [key, another] = await readGivenKeys(ports, file);
  if (key !== void 0 && another === void 0) return key;
  throw new Fault("usage", `${quote(file)} holds more than one key`, { file });
}
async function readKeys(ports, files, tokenFile) {
  const given = [];
  for (const file of files) given.push(...await readGivenKeys(ports, file));
  if (tokenFile === void 0) return { given, token: void 0 };
  if (tokenFile !== "-" || !files.includes("-"))
    return { given, token: tokenKey(await readGivenKey(ports, tokenFile)) };
  const last = given.findLast(({ file }) => file === "-");
  if (last === void 0) throw new Fault("unreadable", "standard input holds no key");
  return { given: given.filter((one) => one !== last), token: tokenKey(last) };
}
function tokenKey({ file, key, form }) {
  if (form !== "p256") return key;
  throw new Fault("usage", `the key of the token is on P-256, and has to be Ed25519: ${quote(file)}`, {
    file,
    hint: "through standard input, it comes behind the keys of the logs"
  });
}
function assignKeys(kinds, given) {
  const keys = /* @__PURE__ */ new Map();
  for (const one of given) {
    const kind = kindOf(one, kinds);
    if (kind === void 0)
      throw new Fault("usage", `the key ${quote(one.file)} is for none of these logs`, { file: one.file });
    if (keys.has(kind)) throw new Fault("usage", `more than one key is given for the log of the kind ${kind}`);
    keys.set(kind, one);
  }
  return keys;
}
function kindOf({ form }, kinds) {
  const suiting = { openssh: ["sigsum"], p256: ["rekor"], pkcs8: ["tiles", "sigsum"] };
  return suiting[form].find((kind) => kinds.includes(kind));
}

export {
  formatOpenSshKey,
  formatOpenSshPublicKey,
  readGivenKey,
  readKeys,
  assignKeys,
  kindOf
};
