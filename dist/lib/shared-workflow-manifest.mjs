// SPDX-License-Identifier: Apache-2.0
import {
  MANIFEST_CAP,
  checkBytes,
  describeSignature,
  directorySource,
  formatManifest,
  signBytes,
  warningsOfKept,
  whyNotKept
} from "./shared-workflow-signing.mjs";
import {
  SIGNATURE_CAP
} from "./shared-openpgp-key-state.mjs";
import {
  refuseCaseTwins
} from "./shared-core-name.mjs";
import {
  equalBytes,
  sha256
} from "./shared-openpgp-public-key.mjs";
import {
  COMPANIONS,
  SIGNATURE
} from "./shared-core-companions.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/manifest.ts
import path from "node:path";
async function beginManifest(options, { directory, names }, name) {
  const local = await readExisting(directorySource(options.ports.files, directory), name);
  if (local !== void 0 && !names.has(name)) throw changedMeanwhile(name);
  return async (lines) => lines.length === 0 ? void 0 : planManifest(options, { directory, name }, lines, local);
}
async function planManifest(options, { directory, name }, lines, local) {
  refuseCaseTwins([...lines.map((line) => line.name), name, ...COMPANIONS.map((suffix) => `${name}${suffix}`)]);
  const bytes = Buffer.from(formatManifest(lines));
  const { published } = options;
  const out = published === void 0 ? void 0 : await readExisting(published, name);
  const present = local === void 0 ? "nothing" : equalBytes(local.bytes, bytes) ? "same" : "other";
  const place = { ports: options.ports, directory, name, bytes, present };
  const asc = present === "same" ? local?.asc : void 0;
  if (published !== void 0 && out !== void 0) return takeOver(options, place, asc, published, out);
  if (local !== void 0 && present === "other" && !options.force) throw differs(name, directory, local.bytes, lines);
  const signature = await signatureFor(options, place, asc);
  return planOf(place, present === "same" ? "kept" : "written", signature, /* @__PURE__ */ new Map());
}
function planOf(place, action, { made, verdict, replaces = false, warnings }, companions) {
  const { directory, name, bytes } = place;
  return {
    manifest: report(directory, name, bytes, action, verdict),
    warnings,
    write: async () => {
      if (place.present === "other" || replaces) await removeCompanions(place);
      if (place.present !== "same") await putFile(place.ports, directory, name, bytes, place.present === "other");
      const all = new Map(made === void 0 ? companions : [[`${name}${SIGNATURE}`, made], ...companions]);
      for (const [file, content] of all) await putFile(place.ports, directory, file, content, true);
    }
  };
}
async function readExisting(source, name) {
  const bytes = await source.read(name, MANIFEST_CAP);
  return bytes === void 0 ? void 0 : { bytes, asc: await source.read(`${name}${SIGNATURE}`, SIGNATURE_CAP) };
}
async function signatureFor(options, { name, bytes }, asc, published) {
  const { signing } = options;
  if (signing === void 0) return { warnings: [unchecked(name, asc)] };
  if (asc !== void 0) {
    const verdict = await checkBytes(asc, bytes, signing.certificates, signing.now);
    const isHere = published === void 0;
    const force = options.force && options.keyFile !== void 0;
    const problem = whyNotKept(isHere ? { primary: signing.primary, force } : "published", verdict);
    if (verdict.kind === "good" && problem === void 0)
      return { verdict, warnings: isHere ? warningsOfKept(`${name}${SIGNATURE}`, verdict) : [] };
    if (published !== void 0 || !options.force) throw badSignature(name, published, problem);
  }
  if (options.keyFile === void 0) return { warnings: [unchecked(name, void 0)] };
  const made = await signBytes(signing, name, bytes);
  return { made: made.armored, verdict: made.verdict, replaces: asc !== void 0, warnings: [] };
}
var unchecked = (name, asc) => asc === void 0 ? { kind: "not-checked", file: name, message: `${quote(name)} is not signed`, hint: "give --key-file to sign it" } : {
  kind: "not-checked",
  file: name,
  message: `the signature of ${quote(name)} was not checked`,
  hint: "give --certificate to check it"
};
async function removeCompanions({ ports, directory, name }) {
  for (const suffix of COMPANIONS) await ports.files.remove(path.join(directory, `${name}${suffix}`));
}
async function putFile({ files }, directory, name, bytes, replace) {
  try {
    await files.write(path.join(directory, name), bytes, { mode: 420, replace });
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.kind !== "conflict" && cause.kind !== "not-found") throw cause;
    throw changedMeanwhile(name, cause);
  }
}
var changedMeanwhile = (name, cause) => new Fault("changed", `${quote(name)} or its directory was changed by somebody else meanwhile`, {
  file: name,
  hint: "is another run at work here? wait until it has ended, then run this again",
  cause
});
var COMPANION_CAP = 1024 * 1024;
async function takeOver(options, place, asc, published, out) {
  const { name, bytes } = place;
  if (!equalBytes(out.bytes, bytes)) throw differsFromPublished(name, published);
  const signature = out.asc === void 0 ? await signatureFor(options, place, asc) : await signatureFor(options, place, out.asc, published);
  const here = directorySource(options.ports.files, place.directory);
  const companions = /* @__PURE__ */ new Map();
  for (const suffix of COMPANIONS) {
    const file = `${name}${suffix}`;
    const companion = suffix === SIGNATURE ? out.asc : await published.read(file, COMPANION_CAP);
    const local = companion && place.present === "same" ? await here.read(file, COMPANION_CAP) : void 0;
    if (companion !== void 0 && (local === void 0 || !equalBytes(local, companion)))
      companions.set(file, companion);
  }
  const kept = place.present === "same" && companions.size === 0 && signature.made === void 0;
  return planOf(place, kept ? "kept" : "taken-over", signature, companions);
}
var report = (directory, name, bytes, action, verdict) => ({
  name,
  path: path.join(directory, name),
  sha256: sha256(bytes),
  size: bytes.length,
  action,
  ...verdict === void 0 ? {} : { signature: describeSignature(`${name}${SIGNATURE}`, verdict) }
});
function differs(name, directory, old, lines) {
  const written = Buffer.from(old).toString("utf8");
  const changed = lines.find((line) => !written.includes(formatManifest([line])));
  const isBelow = changed === void 0 && /^[0-9a-f]{64} [ *].*\//m.test(written);
  const why = changed === void 0 ? `it lists files that are ${isBelow ? "in directories below, or gone" : "gone"}` : `its line for ${quote(changed.name)} is another, or missing`;
  return new Fault(
    "conflict",
    `${quote(path.join(directory, name))} is there and does not match the directory: ${why}`,
    {
      file: name,
      hint: `${isBelow ? "did you mean --recursive? " : ""}a manifest is never edited: --force writes a new one, and removes the signature and proofs of the old one`
    }
  );
}
var badSignature = (name, published, problem) => new Fault(
  "conflict",
  `${quote(`${name}${SIGNATURE}`)} is there${published === void 0 ? "" : `, in ${quote(published.shown)},`} and ${problem?.why}`,
  {
    file: `${name}${SIGNATURE}`,
    hint: problem?.hint ?? (published === void 0 ? "--force signs the manifest anew" : "find out how it came to be published before you release again")
  }
);
var differsFromPublished = (name, published) => new Fault("conflict", `another ${quote(name)} is published in ${quote(published.shown)}`, {
  file: name,
  hint: "a published release never changes: release under a new version"
});

export {
  beginManifest,
  putFile
};
