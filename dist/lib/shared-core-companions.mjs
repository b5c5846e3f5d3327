// SPDX-License-Identifier: Apache-2.0
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/companions.ts
var SIGNATURE = ".asc";
var COMPANIONS = [
  ".asc",
  ".sigstore.json",
  ".proof",
  ".recorder.pem",
  ".tlog-proof",
  ".submission.json"
];
var SIGSUM_PROOF = ".proof";
var SIGSTORE_BUNDLE = ".sigstore.json";
var RECORDER_EVIDENCE = ".recorder.pem";
var TLOG_PROOF = ".tlog-proof";
var SUBMISSION = ".submission.json";
var isManifestName = (name) => /^(?:[^/]*\.)?SHA256SUMS$/.test(name);
function manifestOfCompanion(name) {
  for (const suffix of COMPANIONS) {
    const base = name.slice(0, -suffix.length);
    if (name.endsWith(suffix) && isManifestName(base)) return base;
  }
  return void 0;
}
var signedName = (name) => name.endsWith(SIGNATURE) ? name.slice(0, -SIGNATURE.length) : void 0;
function classify(names, there = names) {
  const all = new Set(there);
  const found = {
    artifacts: [],
    signatures: [],
    manifests: [],
    companions: []
  };
  for (const name of names) found[kindOf(name, all)].push(name);
  return found;
}
function kindOf(name, all) {
  if (isManifestName(name)) return "manifests";
  const manifest = manifestOfCompanion(name);
  if (manifest !== void 0) {
    if (all.has(manifest)) return "companions";
    throw lonely(name, manifest);
  }
  const artifact = signedName(name);
  if (artifact === void 0) return "artifacts";
  if (!all.has(artifact)) throw lonely(name, artifact);
  if (kindOf(artifact, all) === "artifacts") return "signatures";
  throw new Fault("conflict", `${quote(name)} is a signature of one of our own files`, {
    file: name,
    hint: "did another tool sign the signatures, too? remove it"
  });
}
var lonely = (name, base) => new Fault("conflict", `${quote(name)} is there without ${quote(base)}`, {
  file: name,
  hint: `is it left from an earlier run? remove it, bring back ${quote(base)}, or leave it out with --exclude`
});
var TEMPORARY = /^\.artifact-signing-(?:([0-9a-f]{16})-([1-9][0-9]{0,9})-)?[0-9a-f]{16}\.tmp$/;
var temporaryName = (random, maker) => `.artifact-signing-${maker === void 0 ? "" : `${maker.place}-${maker.pid}-`}${random}.tmp`;
var isTemporaryName = (name) => TEMPORARY.test(name);
function makerOf(name) {
  const [, place, pid] = TEMPORARY.exec(name) ?? [];
  return place === void 0 || pid === void 0 ? void 0 : { place, pid: Number(pid) };
}
var ABANDONED = 24 * 60 * 60 * 1e3;

export {
  SIGNATURE,
  COMPANIONS,
  SIGSUM_PROOF,
  SIGSTORE_BUNDLE,
  RECORDER_EVIDENCE,
  TLOG_PROOF,
  SUBMISSION,
  isManifestName,
  manifestOfCompanion,
  signedName,
  classify,
  temporaryName,
  isTemporaryName,
  makerOf,
  ABANDONED
};
