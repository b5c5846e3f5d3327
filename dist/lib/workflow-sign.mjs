// SPDX-License-Identifier: Apache-2.0
import {
  clearTemporary,
  manifestNameFor,
  refuseSecret,
  selectArtifacts
} from "./shared-workflow-select.mjs";
import {
  beginManifest,
  putFile
} from "./shared-workflow-manifest.mjs";
import "./shared-workflow-identity.mjs";
import {
  beginCheck,
  beginMaking,
  describeSignature,
  directorySource,
  mapConcurrent,
  openPublished,
  openSigning,
  readOnce,
  warningsOfKept,
  whyNotKept
} from "./shared-workflow-signing.mjs";
import {
  SIGNATURE_CAP
} from "./shared-openpgp-key-state.mjs";
import "./shared-openpgp-secret.mjs";
import "./shared-core-name.mjs";
import {
  equalBytes,
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

// src/workflow/sign.ts
var AHEAD = 4;
async function sign(ports, options) {
  const signing = await openSigning(ports, options);
  if (signing === void 0) throw new Fault("usage", "no key to sign with", { hint: "give --key-file FILE" });
  const selections = await selectArtifacts(ports.files, options.paths, options);
  const [selection] = selections;
  if (options.sums !== void 0 && (selections.length !== 1 || selection === void 0))
    throw new Fault("usage", "--sums takes one directory, for one manifest");
  const published = options.published === void 0 ? void 0 : await openPublished(ports, options.published);
  const context = { ports, signing, published, force: options.force };
  const name = options.sums === void 0 ? void 0 : await manifestNameFor(ports, options.sums);
  const works = [];
  for (const each of selections) works.push(await prepareAll(context, each, options, name));
  if (!options.dryRun) for (const work of works) await writeAll(ports, work);
  return {
    files: works.flatMap(({ prepared }) => prepared.map(describe)),
    manifests: works.flatMap(({ plan }) => plan === void 0 ? [] : [plan.manifest]),
    warnings: [
      ...signing.warnings,
      ...works.flatMap(
        ({ selection: selection2, prepared, plan }) => [selection2, ...prepared, ...plan === void 0 ? [] : [plan]].flatMap(({ warnings }) => warnings)
      )
    ]
  };
}
async function prepareAll(context, selection, options, manifest) {
  const { ports } = context;
  if (!options.dryRun) await clearTemporary(ports.files, selection);
  const source = directorySource(ports.files, selection.directory);
  const planning = manifest && await beginManifest({ ...options, ...context }, selection, manifest);
  let done = 0;
  const prepared = await mapConcurrent(selection.artifacts, options.threads * AHEAD, async (name) => {
    const result = await prepare(context, source, name, selection.names.has(signatureName(name)));
    ports.progress.report("signing", ++done, selection.artifacts.length);
    return result;
  });
  ports.progress.end();
  return { selection, prepared, plan: await planning?.(prepared.flatMap(linesOf)) };
}
var signatureName = (name) => `${name}${SIGNATURE}`;
var linesOf = (one) => [
  { name: one.name, sha256: one.sha256 },
  { name: signatureName(one.name), sha256: sha256(one.armored) }
];
var describe = (one) => ({
  name: one.name,
  action: one.action,
  size: one.size,
  sha256: one.sha256,
  signature: describeSignature(signatureName(one.name), one.verdict, one.armored)
});
async function writeAll(ports, { selection: { directory }, prepared, plan }) {
  for (const { name, armored, present } of prepared) {
    if (present !== "same") await putFile(ports, directory, signatureName(name), armored, present === "other");
  }
  await plan?.write();
}
async function prepare(context, source, name, hasLocal) {
  const asc = signatureName(name);
  const local = hasLocal ? await source.read(asc, SIGNATURE_CAP) : void 0;
  const out = await context.published?.read(asc, SIGNATURE_CAP);
  const existing = out ?? local;
  const check = existing === void 0 ? void 0 : beginCheck(existing, context.signing.certificates, context.signing.now);
  const making = check === void 0 || context.force && out === void 0 ? beginMaking(context.signing, name) : void 0;
  const sinks = [refuseSecret(name), check, making].filter((sink) => sink !== void 0);
  const read = await readOnce(source, name, sinks);
  if (read === void 0) throw new Fault("changed", `${quote(name)} has disappeared`, { file: name });
  await comparePublished(context, name, read);
  const base = { name, size: read.size, sha256: read.sha256, present: presence(local, existing) };
  const verdict = await check?.finish(read);
  const { signing, force } = context;
  const keeping = out === void 0 ? { primary: signing.primary, force } : "published";
  const problem = verdict === void 0 ? void 0 : whyNotKept(keeping, verdict);
  if (existing !== void 0 && verdict?.kind === "good" && problem === void 0)
    return {
      ...base,
      action: base.present === "same" ? "kept" : "taken-over",
      armored: existing,
      verdict,
      warnings: out === void 0 ? warningsOfKept(asc, verdict) : []
    };
  if (making === void 0) throw cannotStay(asc, out === void 0 ? void 0 : context.published, problem);
  const made = await making.finish(read);
  return { ...base, action: "signed", ...made, present: local === void 0 ? "nothing" : "other", warnings: [] };
}
function presence(local, wanted) {
  if (local === void 0) return "nothing";
  return wanted !== void 0 && equalBytes(local, wanted) ? "same" : "other";
}
async function comparePublished({ published }, name, read) {
  if (published === void 0) return;
  const out = await readOnce(published, name, []);
  if (out === void 0 || out.sha256 === read.sha256) return;
  throw new Fault("conflict", `other bytes are published as ${quote(name)} in ${quote(published.shown)}`, {
    file: name,
    hint: "a published artifact never changes: release the new bytes under a new version"
  });
}
var cannotStay = (asc, published, problem) => new Fault(
  "conflict",
  `${quote(asc)} is there${published === void 0 ? "" : `, in ${quote(published.shown)},`} and ${problem?.why}`,
  {
    file: asc,
    hint: problem?.hint ?? (published === void 0 ? "did the artifact change after it was signed? --force signs it anew" : "find out how it came to be published before you release again")
  }
);
export {
  sign
};
