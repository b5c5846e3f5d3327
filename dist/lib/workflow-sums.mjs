// SPDX-License-Identifier: Apache-2.0
import {
  clearTemporary,
  manifestNameFor,
  refuseSecret,
  selectArtifacts
} from "./shared-workflow-select.mjs";
import {
  beginManifest
} from "./shared-workflow-manifest.mjs";
import "./shared-workflow-identity.mjs";
import {
  beginCheck,
  directorySource,
  openPublished,
  openSigning,
  readOnce
} from "./shared-workflow-signing.mjs";
import {
  SIGNATURE_CAP
} from "./shared-openpgp-key-state.mjs";
import "./shared-openpgp-secret.mjs";
import {
  parseArtifactName
} from "./shared-core-name.mjs";
import {
  sha256
} from "./shared-openpgp-public-key.mjs";
import "./shared-core-decode.mjs";
import {
  SIGNATURE
} from "./shared-core-companions.mjs";
import "./shared-openpgp-packets.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/sums.ts
async function sums(ports, options) {
  const { directory } = options;
  const info = await ports.files.stat(directory);
  if (info?.type === "file")
    throw new Fault("usage", `${quote(directory)} is a file, and a manifest is that of a directory`);
  const name = await manifestNameFor(ports, options);
  const signing = await openSigning(ports, options);
  const [selection] = await selectArtifacts(ports.files, [directory], options);
  if (selection === void 0) throw new Fault("empty", `nothing to list in ${quote(directory)}`);
  if (!options.dryRun) await clearTemporary(ports.files, selection);
  const published = options.published === void 0 ? void 0 : await openPublished(ports, options.published);
  const planning = await beginManifest({ ...options, ports, signing, published }, selection, name);
  const checked = [];
  const lines = await hashAll(ports, selection, signing, checked);
  const plan = await planning(lines);
  if (!options.dryRun) await plan?.write();
  return {
    files: lines.map((line) => ({ name: line.name, action: "listed", size: line.size, sha256: line.sha256 })),
    manifests: plan === void 0 ? [] : [plan.manifest],
    warnings: [
      ...signing?.warnings ?? [],
      ...selection.warnings,
      ...unsigned(selection),
      ...checked,
      ...plan?.warnings ?? []
    ]
  };
}
async function hashAll(ports, selection, signing, warnings) {
  const source = directorySource(ports.files, selection.directory);
  const signed = new Set(selection.signatures);
  const lines = [];
  for (const name of selection.artifacts) {
    const asc = signed.has(`${name}${SIGNATURE}`) ? await readSignature(source, name) : void 0;
    const check = asc && signing && beginCheck(asc, signing.certificates, signing.now);
    const read = await readOnce(source, name, [refuseSecret(name), ...check === void 0 ? [] : [check]]);
    if (read === void 0) throw gone(name);
    lines.push({ name, sha256: read.sha256, size: read.size });
    if (asc !== void 0) lines.push(signatureLine(name, asc));
    if (check !== void 0) warnings.push(...judgeSignature(name, await check.finish(read)));
    ports.progress.report("hashing", lines.length, selection.artifacts.length + signed.size);
  }
  ports.progress.end();
  if (signing === void 0 && signed.size > 0) warnings.push(UNCHECKED);
  return lines;
}
var gone = (name) => new Fault("changed", `${quote(name)} has disappeared`, { file: name });
var UNCHECKED = {
  kind: "not-checked",
  message: "the signatures of the artifacts are listed, and were not checked",
  hint: "give --certificate to check them"
};
async function readSignature(source, name) {
  const asc = await source.read(`${name}${SIGNATURE}`, SIGNATURE_CAP);
  if (asc === void 0) throw gone(`${name}${SIGNATURE}`);
  return asc;
}
var signatureLine = (name, asc) => ({
  name: parseArtifactName(`${name}${SIGNATURE}`),
  sha256: sha256(asc),
  size: asc.length
});
function judgeSignature(name, verdict) {
  if (verdict.kind === "good") return [];
  const file = `${name}${SIGNATURE}`;
  if (verdict.kind === "wrong-key")
    return [{ kind: "not-checked", file, message: `${quote(file)} was not checked: ${verdict.message}` }];
  throw new Fault("conflict", `${quote(file)} is there and does not verify: ${verdict.message}`, {
    file,
    hint: "did the artifact change after it was signed? sign it anew, with --force, before the manifest is made"
  });
}
function unsigned({ artifacts, signatures }) {
  const signed = new Set(signatures);
  return artifacts.filter((name) => !signed.has(`${name}${SIGNATURE}`)).map((name) => ({
    kind: "not-checked",
    file: name,
    message: `${quote(name)} has no signature`,
    hint: "sign it first: a manifest is made last"
  }));
}
export {
  sums
};
