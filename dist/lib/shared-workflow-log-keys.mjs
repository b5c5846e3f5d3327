// SPDX-License-Identifier: Apache-2.0
import {
  isOpenSshKey,
  isP256,
  parseOpenSshKey
} from "./shared-core-openssh-key.mjs";
import {
  parsePrivateKeyPem
} from "./shared-core-signed-note.mjs";
import {
  inFile
} from "./shared-openpgp-public-key.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

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
  readGivenKey,
  readKeys,
  assignKeys,
  kindOf
};
