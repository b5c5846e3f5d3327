// SPDX-License-Identifier: Apache-2.0
import {
  readGivenKey
} from "./shared-workflow-log-keys.mjs";
import {
  formatOpenSshKey,
  formatOpenSshPublicKey,
  formatP256Key,
  generateP256KeyPem,
  p256Signer
} from "./shared-core-openssh-key.mjs";
import {
  inspectKeys,
  keyState
} from "./shared-openpgp-key-state.mjs";
import "./shared-openpgp-secret.mjs";
import {
  generateLogKeyPem,
  parseLogKey,
  publicKeyOf
} from "./shared-core-signed-note.mjs";
import {
  KEYRING_CAP,
  inFile
} from "./shared-openpgp-public-key.mjs";
import {
  ABANDONED
} from "./shared-core-companions.mjs";
import "./shared-openpgp-packets.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/key.ts
import { createPrivateKey } from "node:crypto";
import path from "node:path";
var newKey = (kind) => {
  if (kind === "rekor") {
    const secret = generateP256KeyPem();
    return { key: createPrivateKey(secret), secret };
  }
  const key = parseLogKey(Buffer.from(generateLogKeyPem()));
  return { key, secret: formatOpenSshKey(key) };
};
function publicHalfOf(kind, key) {
  if (kind === "rekor") {
    const publicKey2 = p256Signer(key).key;
    return { text: publicKey2.pem, shown: formatP256Key(publicKey2) };
  }
  const publicKey = publicKeyOf(key);
  return { text: formatOpenSshPublicKey(publicKey, "sigsum key"), shown: Buffer.from(publicKey).toString("hex") };
}
async function generateLogKey(ports, { for: kind, out, dryRun }) {
  const { files } = ports;
  if (!dryRun) await files.clearTemporary(path.dirname(out), ABANDONED);
  const secretFile = { mode: 384, durable: true, replace: false };
  if (kind === "tiles") {
    await refuseExisting(files, out);
    if (!dryRun) await files.write(out, generateLogKeyPem(), secretFile);
    return { file: out, algorithm: "ed25519" };
  }
  const publicFile = `${out}.pub`;
  await refuseExisting(files, publicFile);
  const left = await readLeft(ports, kind, out);
  const made = { file: out, algorithm: kind === "rekor" ? "ecdsa-p256" : "ed25519", public_file: publicFile };
  if (dryRun) return made;
  const { key, secret } = left ?? newKey(kind);
  const { text, shown } = publicHalfOf(kind, key);
  if (secret !== void 0) await files.write(out, secret, secretFile);
  await files.write(publicFile, text, { durable: true, replace: false });
  return { ...made, public_key: shown };
}
async function readLeft(ports, kind, out) {
  if (await ports.files.stat(out) === void 0) return void 0;
  try {
    const { key, form } = await readGivenKey(ports, out);
    if (form === (kind === "rekor" ? "p256" : "openssh")) return { key };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  throw isThere(out);
}
async function refuseExisting(files, file) {
  if (await files.stat(file) === void 0) return;
  throw isThere(file);
}
var isThere = (file) => new Fault("conflict", `${quote(file)} is there already`, {
  file,
  hint: "a key is never overwritten: take another name"
});
async function inspectKeyFile(ports, file) {
  const bytes = await ports.files.readGiven(file, KEYRING_CAP);
  const found = await inFile(file, async () => inspectKeys(bytes));
  const keys = found.flatMap((one) => describeKeys(one, ports.clock.now()));
  return { keys, warnings: keys.flatMap((key) => warningsOf(file, key)) };
}
var KEEP_OFFLINE = 'keep it offline, and export the subkeys alone: "gpg --armor --export-secret-subkeys FINGERPRINT"';
function warningsOf(file, { role, fingerprint, secret }) {
  if (role !== "primary" || secret === "absent" || secret === "none") return [];
  const message = `the file holds the secret of the primary key ${fingerprint}, and sign refuses it`;
  return [{ kind: "primary-secret-present", file, message, hint: KEEP_OFFLINE }];
}
var day = (date) => date.toISOString().slice(0, 10);
var describeKeys = ({ certificate, secrets }, now) => certificate.keys.map((key) => {
  const { state, expires } = keyState(certificate, key, { at: now, now });
  return {
    role: key.isPrimary ? "primary" : "subkey",
    fingerprint: key.fingerprint,
    algorithm: key.algorithm,
    created: day(key.created),
    // of a key that cannot sign it was not asked
    ...expires === void 0 && state !== "good" ? {} : { expires: expires === void 0 ? "never" : day(expires) },
    secret: secrets.get(key.fingerprint) ?? "none",
    state
  };
});
export {
  generateLogKey,
  inspectKeyFile
};
