// SPDX-License-Identifier: Apache-2.0
import {
  putFile
} from "./shared-workflow-manifest.mjs";
import {
  PUBLIC_LOG_KEY_CAP,
  parsePublicLogKey
} from "./shared-core-public-log-key.mjs";
import "./shared-core-openssh-key.mjs";
import {
  checkBytes,
  describeSignature,
  directorySource,
  openSigning,
  signBytes,
  warningsOfKept,
  whyNotKept
} from "./shared-workflow-signing.mjs";
import {
  SIGNATURE_CAP
} from "./shared-openpgp-key-state.mjs";
import "./shared-openpgp-secret.mjs";
import "./shared-core-signed-note.mjs";
import "./shared-core-name.mjs";
import {
  inFile,
  sha256
} from "./shared-openpgp-public-key.mjs";
import {
  ABANDONED,
  SIGNATURE
} from "./shared-core-companions.mjs";
import "./shared-openpgp-packets.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/certify.ts
import path from "node:path";
async function certifyLogKey(ports, { file, force, dryRun, ...options }) {
  const { files } = ports;
  const bytes = await files.read(file, PUBLIC_LOG_KEY_CAP);
  await inFile(file, async () => parsePublicLogKey(bytes));
  const signing = await openSigning(ports, options);
  if (signing === void 0) throw new Fault("usage", "no key to sign with", { hint: "give --key-file FILE" });
  const [directory, name] = [path.dirname(file), path.basename(file)];
  const asc = `${name}${SIGNATURE}`;
  if (!dryRun) await files.clearTemporary(directory, ABANDONED);
  const existing = await directorySource(files, directory).read(asc, SIGNATURE_CAP);
  const kept = existing && await keep(signing, asc, existing, { bytes, force });
  const { armored, verdict } = kept ?? await signBytes(signing, name, bytes);
  if (kept === void 0 && !dryRun) await putFile(ports, directory, asc, armored, existing !== void 0);
  const report = {
    name,
    action: kept === void 0 ? "signed" : "kept",
    size: bytes.length,
    sha256: sha256(bytes),
    signature: describeSignature(asc, verdict, armored)
  };
  const keptSo = kept === void 0 ? [] : warningsOfKept(asc, verdict);
  return { files: [report], warnings: [...signing.warnings, ...keptSo] };
}
async function keep(signing, asc, armored, { bytes, force }) {
  if (force) return void 0;
  const verdict = await checkBytes(armored, bytes, signing.certificates, signing.now);
  const problem = whyNotKept({ primary: signing.primary, force }, verdict);
  if (verdict.kind === "good" && problem === void 0) return { armored, verdict };
  throw new Fault("conflict", `${quote(asc)} is there, and ${problem?.why}`, {
    file: asc,
    hint: problem?.hint ?? "was the log key replaced? --force certifies it anew"
  });
}
export {
  certifyLogKey
};
