// SPDX-License-Identifier: Apache-2.0
import {
  attempt,
  collect,
  describeManifest,
  examineManifests,
  examineProofs,
  listedSince,
  noFindings,
  ownNames,
  settle
} from "./shared-logs-sigsum-submit.mjs";
import {
  beginCheck,
  readBytes,
  readOnce,
  refusedCheck
} from "./shared-workflow-signing.mjs";
import {
  SIGNATURE_CAP
} from "./shared-openpgp-key-state.mjs";
import {
  parseArtifactName,
  refuseCaseTwins
} from "./shared-core-name.mjs";
import {
  sha256
} from "./shared-openpgp-public-key.mjs";
import {
  SIGNATURE,
  isManifestName,
  isTemporaryName,
  signedName
} from "./shared-core-companions.mjs";
import {
  Fault,
  exitStatusOf,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/examine-file.ts
function isSignatureOf(name, listed) {
  const signed = signedName(name);
  return signed !== void 0 && listed.has(signed) && !isSignatureOf(signed, listed);
}
async function beginSigned({ source, trust, now }, name) {
  try {
    const asc = await source.read(`${name}${SIGNATURE}`, SIGNATURE_CAP);
    return asc === void 0 ? void 0 : { asc, check: beginCheck(asc, trust.certificates, now) };
  } catch (error) {
    if (!(error instanceof Fault) || exitStatusOf(error.kind) === 1) throw error;
    return { check: refusedCheck(error) };
  }
}
async function examineFile(examining, name, listed, tee) {
  const reports = await attempt(examining.found.errors, name, async () => examineListed(examining, name, listed, tee));
  return reports ?? [];
}
async function examineListed(examining, name, listed, tee) {
  const { source, trust, found } = examining;
  const signed = await beginSigned(examining, name);
  const read = await readWithCopy(source, name, signed?.check, tee);
  const asc = listed.has(`${name}${SIGNATURE}`) ? await takeSignature(examining, name, signed, listed, tee) : void 0;
  const report = holdAgainst(examining, name, read, listed);
  const reports = asc === void 0 ? [] : [asc];
  if (read === void 0 || report === void 0) return reports;
  if (signed !== void 0 && listed.has(`${name}${SIGNATURE}`)) {
    if (asc === void 0 && signed.asc !== void 0) return [refuse(report)];
    const judged = await withSignature(examining, report, signed, read);
    return [judged, ...reports.map((one) => ({ ...one, action: judged.action }))];
  }
  if (signed !== void 0 || trust.policy.require.signatures > 0) {
    const why = signed === void 0 ? "has no signature" : "has a signature that is not listed in the manifest";
    found.errors.push({ kind: "unsigned", file: name, message: `${quote(name)} ${why}` });
    return [refuse(report), ...reports];
  }
  return [report, ...reports];
}
var refuse = (report) => ({ ...report, action: "refused" });
function holdAgainst({ found }, name, read, listed) {
  if (read === void 0) {
    const hint2 = "was it lost on the way, or never uploaded?";
    found.errors.push({ kind: "missing", file: name, message: `${quote(name)} is listed, and not there`, hint: hint2 });
    return void 0;
  }
  const digests = listed.get(name);
  if (digests?.size === 1 && digests.has(read.sha256)) {
    return { name, action: "verified", size: read.size, sha256: read.sha256 };
  }
  const why = digests?.size === 1 ? "is not what the manifest lists" : "is listed with several digests";
  const hint = `its SHA-256 is ${read.sha256}`;
  found.errors.push({ kind: "altered", file: name, message: `${quote(name)} ${why}`, hint });
  return void 0;
}
async function takeSignature(examining, name, signed, listed, tee) {
  const asc = `${name}${SIGNATURE}`;
  if (signed !== void 0 && signed.asc === void 0) return void 0;
  const report = holdAgainst(examining, asc, signed?.asc && readBytes(signed.asc), listed);
  if (signed?.asc === void 0 || report === void 0) return void 0;
  const copy = await tee?.(asc);
  copy?.write(signed.asc);
  await copy?.seal();
  return report;
}
async function withSignature({ trust, found, sinceOf }, report, { asc, check }, read) {
  const file = `${report.name}${SIGNATURE}`;
  const since = async () => asc && sinceOf?.(file, sha256(asc));
  const signature = await settle(trust, file, await check.finish(read), since, found);
  if (signature === void 0 || asc === void 0) return refuse(report);
  return { ...report, signature: { ...signature, sha256: sha256(asc) } };
}
async function readWithCopy(source, name, check, tee) {
  const copy = await tee?.(name);
  const sinks = check === void 0 ? [] : [check];
  if (copy !== void 0) sinks.push({ update: (chunk) => copy.write(chunk) });
  try {
    return await readOnce(source, name, sinks);
  } finally {
    await copy?.seal();
  }
}
async function examineSingle(examining, name) {
  const signed = await beginSigned(examining, name);
  const read = await readOnce(examining.source, name, signed === void 0 ? [] : [signed.check]);
  if (read === void 0) return void 0;
  const report = { name, action: "verified", size: read.size, sha256: read.sha256 };
  if (signed !== void 0) return withSignature(examining, report, signed, read);
  examining.found.errors.push({
    kind: "unsigned",
    file: name,
    message: `${quote(name)} has no signature`,
    hint: hintAt(name)
  });
  return refuse(report);
}
function hintAt(name) {
  const signed = signedName(name);
  if (signed === void 0) return `${quote(`${name}${SIGNATURE}`)} should stand beside it`;
  return `is it a signature? name the file that it signs: ${quote(signed)}`;
}

// src/workflow/examine.ts
import path from "node:path";

// src/workflow/examine-extra.ts
async function checkExtra(examining, names, manifests, { manifest, allowExtra, isGate, canAllow }) {
  const { warnings, errors } = examining.found;
  const ours = new Set(manifests.flatMap(({ name, lines }) => [...ownNames(name), ...lines.map((line) => line.name)]));
  const rest = names.filter((name) => !ours.has(name));
  const listers = manifest === void 0 ? /* @__PURE__ */ new Map() : await findListers(examining, rest);
  const isVouched = (name) => listers.has(name) && listers.get(name)?.refusal === void 0;
  const isExtra = (name) => !allowExtra && (isGate || !isVouched(name));
  errors.push(...rest.filter(isExtra).map((name) => describeExtra(name, listers.get(name), canAllow)));
  const unchecked = rest.filter((name) => isVouched(name) && !isExtra(name)).length;
  if (unchecked === 0) return;
  warnings.push({ kind: "not-checked", message: `${unchecked} files of other manifests were not checked` });
}
async function findListers(examining, names) {
  const listers = /* @__PURE__ */ new Map();
  for (const manifest of names.filter(isManifestName)) {
    const found = noFindings();
    const [examined] = await examineManifests({ ...examining, found }, manifest, []);
    const refusal = examined?.signature === void 0 ? found.errors.at(-1)?.message ?? "it is refused" : void 0;
    const listed = examined?.lines.map((line) => line.name) ?? [];
    for (const name of [...ownNames(manifest), ...listed]) {
      if (refusal === void 0 || !listers.has(name)) listers.set(name, { manifest, refusal });
    }
  }
  return listers;
}
function describeExtra(name, lister, canAllow) {
  const allow = canAllow ? ["--allow-extra says that it does not matter"] : [];
  const extra = { kind: "extra", file: name };
  if (lister === void 0)
    return {
      ...extra,
      message: `${quote(name)} is there, and no manifest lists it`,
      hint: ["who put it there?", ...allow].join(" ")
    };
  if (lister.refusal !== void 0)
    return {
      ...extra,
      message: `${quote(name)} is there, and no manifest lists it that is believed`,
      hint: [lister.refusal, ...allow].join("; ")
    };
  const what = name === lister.manifest ? "is another manifest" : `is of another manifest, ${quote(lister.manifest)}`;
  return {
    ...extra,
    message: `${quote(name)} ${what}, and was not checked`,
    hint: ["verify the directory without --manifest", ...allow].join("; ")
  };
}

// src/workflow/examine.ts
var outcomeOf = ({ own: _, ...outcome }) => outcome;
async function examineRelease(ports, source, trust, options) {
  const found = noFindings();
  const examining = { source, trust, now: ports.clock.now(), found };
  const entries = await source.list(true);
  const isGate = options.beforePublication && options.tee === void 0;
  const leaving = options.beforePublication || options.tee !== void 0;
  const names = entries === void 0 ? void 0 : checkNames(entries, leaving, found);
  const manifests = await examineManifests(examining, options.manifest, names ?? []);
  const sinceOf = listedSince(examining, manifests);
  const files = await examineFiles(ports, { ...examining, sinceOf }, manifests, options.tee);
  const proofs = [];
  for (const manifest of manifests) {
    proofs.push(await examineProofs(examining, manifest, options));
  }
  if (names === void 0) found.warnings.push(unlisted(source));
  else await checkExtra(examining, names, manifests, { ...options, isGate, canAllow: options.tee === void 0 });
  return {
    files,
    manifests: manifests.map((manifest) => describeManifest(source, manifest)),
    logs: proofs.flatMap((proof) => proof.logs),
    own: new Map([
      ...proofs.flatMap((proof) => [...proof.companions]),
      ...manifests.map(({ name, bytes }) => [name, bytes])
    ]),
    ...found
  };
}
var unlisted = (source) => ({
  kind: "not-checked",
  message: `what else is published in ${quote(source.shown)} was not looked at`
});
var temporary = (name) => ({
  kind: "not-checked",
  file: name,
  message: `${quote(name)} was not looked at: a run that goes on, or was interrupted, is writing it`
});
function checkNames(entries, leaving, found) {
  const names = [];
  for (const { name, type } of entries) {
    if (type === "file" && !leaving && isTemporaryName(path.posix.basename(name))) found.warnings.push(temporary(name));
    else if (type === "file") collect(found.errors, () => void names.push(parseArtifactName(name)));
    else if (type !== "directory") {
      const what = type === "symlink" ? "a symbolic link" : "not a regular file";
      found.errors.push({ kind: "bad-name", file: name, message: `${quote(name)} is ${what}` });
    }
  }
  collect(found.errors, () => refuseCaseTwins(names));
  return names;
}
async function examineFiles(ports, examining, manifests, tee) {
  const listed = /* @__PURE__ */ new Map();
  for (const { name, sha256: sha2562 } of manifests.flatMap((manifest) => manifest.lines)) {
    listed.set(name, (listed.get(name) ?? /* @__PURE__ */ new Set()).add(sha2562));
  }
  const files = [];
  let done = 0;
  for (const name of listed.keys()) {
    if (!isSignatureOf(name, listed)) files.push(...await examineFile(examining, name, listed, tee));
    ports.progress.report("verifying", ++done, listed.size);
  }
  ports.progress.end();
  const vouched = new Set(
    manifests.flatMap(({ signature, lines }) => signature ? lines.map((line) => line.name) : [])
  );
  return files.map((file) => vouched.has(file.name) ? file : refuse(file));
}

export {
  examineSingle,
  outcomeOf,
  examineRelease
};
