// SPDX-License-Identifier: Apache-2.0
import {
  readZuulVars
} from "./shared-core-zuul-vars.mjs";
import {
  MANIFEST_CAP,
  checkBytes,
  describeSignature,
  directorySource,
  formatManifest,
  isDirectory,
  signBytes,
  whyNotKept
} from "./shared-workflow-signing.mjs";
import {
  SIGNATURE_CAP
} from "./shared-core-sigsum-policies.mjs";
import {
  parseArtifactName,
  refuseCaseTwins
} from "./shared-core-name.mjs";
import {
  equalBytes,
  sha256
} from "./shared-core-signed-note.mjs";
import {
  COMPANIONS,
  SIGNATURE,
  classify,
  isManifestName,
  isTemporaryName
} from "./shared-core-companions.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/manifest.ts
import path from "node:path";
async function beginManifest(options, directory, name) {
  const local = await readExisting(directorySource(options.ports.files, directory), name);
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
function planOf(place, action, { made, verdict, warnings }, companions) {
  const { directory, name, bytes } = place;
  return {
    manifest: report(directory, name, bytes, action, verdict),
    warnings,
    write: async () => {
      if (place.present !== "same") await replaceManifest(place);
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
    const problem = whyNotKept(published === void 0 ? signing : { primary: void 0 }, verdict);
    if (verdict.kind === "good" && problem === void 0) return { verdict, warnings: [] };
    if (published !== void 0 || !options.force) throw badSignature(name, published, problem);
  }
  if (options.keyFile === void 0) return { warnings: [unchecked(name, void 0)] };
  const made = await signBytes(signing, name, bytes);
  return { made: made.armored, verdict: made.verdict, warnings: [] };
}
var unchecked = (name, asc) => asc === void 0 ? { kind: "not-checked", file: name, message: `${quote(name)} is not signed`, hint: "give --key-file to sign it" } : {
  kind: "not-checked",
  file: name,
  message: `the signature of ${quote(name)} was not checked`,
  hint: "give --certificate to check it"
};
async function replaceManifest({ ports, directory, name, bytes, present }) {
  const gone = present === "other" ? COMPANIONS : [];
  for (const suffix of gone) await ports.files.remove(path.join(directory, `${name}${suffix}`));
  await putFile(ports, directory, name, bytes, present === "other");
}
async function putFile({ files }, directory, name, bytes, replace) {
  try {
    await files.write(path.join(directory, name), bytes, { mode: 420, replace });
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.kind !== "conflict" && cause.kind !== "not-found") throw cause;
    throw new Fault("changed", `${quote(name)} or its directory was changed by somebody else meanwhile`, {
      file: name,
      hint: "is another run at work here? wait until it has ended, then run this again",
      cause
    });
  }
}
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
  const why = changed === void 0 ? "it lists files that are gone" : `its line for ${quote(changed.name)} is another, or missing`;
  return new Fault(
    "conflict",
    `${quote(path.join(directory, name))} is there and does not match the directory: ${why}`,
    {
      file: name,
      hint: "a manifest is never edited: --force writes a new one, and removes the signature and proofs of the old one"
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

// src/core/template.ts
var DEFAULT_MANIFEST_NAME = "{project}-{version}.SHA256SUMS";
var BARE_MANIFEST_NAME = "SHA256SUMS";
function fillTemplate(template, fields) {
  if (/[{}]/.test(template.replace(FIELD, "")))
    throw new Fault("usage", `a brace without its other half in the manifest's name ${quote(template)}`);
  const name = template.replace(FIELD, (whole, field) => {
    if (field !== "project" && field !== "version")
      throw new Fault("usage", `unknown field ${quote(whole)} in the manifest's name`);
    const value = fields[field];
    if (value === void 0) throw unknownField(field);
    if (value.includes("/"))
      throw new Fault("usage", `the ${field} ${quote(value)} holds a "/", which no file name can`, {
        hint: `give another with --${FLAG[field]}`
      });
    return value;
  });
  if (name.includes("/")) throw new Fault("usage", `the manifest's name ${quote(name)} holds a "/"`);
  if (!isManifestName(name))
    throw new Fault("usage", `the manifest's name ${quote(name)} does not end in "SHA256SUMS" or ".SHA256SUMS"`);
  return parseArtifactName(name);
}
var FIELD = /\{([^{}]*)\}/g;
var FLAG = { project: "project", version: "release" };
var unknownField = (field) => new Fault("usage", `the manifest's name needs the ${field}, which is not known`, {
  hint: `give --${FLAG[field]}, or Zuul's variables with --zuul-vars, or a --name without {${field}}`
});
var defaultTemplate = (fields) => fields.project !== void 0 && fields.version !== void 0 ? DEFAULT_MANIFEST_NAME : BARE_MANIFEST_NAME;

// src/workflow/manifest-name.ts
async function manifestNameFor(ports, { template, project, release, zuulVars }) {
  const vars = zuulVars === void 0 ? void 0 : await readZuulVars(ports, zuulVars);
  const fields = { project: project ?? vars?.shortName, version: release ?? vars?.version };
  return fillTemplate(template ?? defaultTemplate(fields), fields);
}

// src/workflow/select.ts
import path2 from "node:path";
async function selectArtifacts(files, paths, options) {
  const wanted = /* @__PURE__ */ new Map();
  for (const given of paths) await want(files, wanted, given);
  const selections = [];
  for (const { directory, names } of wanted.values()) selections.push(await selectIn(files, directory, names, options));
  if (!options.allowEmpty && selections.every((selection) => selection.artifacts.length === 0)) throw nothing(paths);
  return selections;
}
var nothing = (paths) => new Fault("empty", `nothing to sign or to list in ${paths.map(quote).join(", ")}`, {
  hint: "did the build leave its artifacts elsewhere? --allow-empty says that this is right"
});
async function want(files, wanted, given) {
  const info = await files.stat(given);
  if (info === void 0)
    throw new Fault("not-found", `${quote(given)} is not there`, { file: given, hint: "check the path" });
  const isWhole = await isDirectory(files, given);
  if (!isWhole && info.type !== "file") throw irregular(given, info.type);
  const directory = isWhole ? path2.normalize(given) : path2.dirname(given);
  const key = await files.resolve(directory);
  const earlier = wanted.get(key)?.names ?? /* @__PURE__ */ new Set();
  const names = isWhole || earlier === "all" ? "all" : /* @__PURE__ */ new Set([...earlier, path2.basename(given)]);
  wanted.set(key, { directory: wanted.get(key)?.directory ?? directory, names });
}
async function selectIn(files, directory, wanted, options) {
  const all = await directorySource(files, directory).list(options.recursive && wanted === "all") ?? [];
  const listed = all.filter(({ name, type }) => type !== "file" || !isTemporaryName(path2.posix.basename(name)));
  const keep = (name) => wanted === "all" ? matches(name, options) : wanted.has(name);
  const there = new Set(listed.filter(({ type }) => type === "file").map(({ name }) => name));
  const ours = classify(concerned(there, keep), there);
  for (const { name, type } of listed)
    if (type !== "directory" && keep(name) && type !== "file") throw irregular(path2.join(directory, name), type);
  const artifacts = ours.artifacts.filter(keep).map(parseArtifactName);
  refuseCaseTwins(artifacts);
  return {
    directory,
    artifacts,
    signatures: signaturesOf(artifacts, ours),
    names: new Set(all.map(({ name }) => name)),
    warnings: wanted === "all" ? unentered(listed) : []
  };
}
var concerned = (there, keep) => [...there].filter((name) => {
  const signed = name.endsWith(SIGNATURE) ? name.slice(0, -SIGNATURE.length) : name;
  return keep(name) || there.has(signed) && keep(signed);
});
function signaturesOf(artifacts, ours) {
  const signed = new Set(artifacts.map((name) => `${name}${SIGNATURE}`));
  return ours.signatures.filter((name) => signed.has(name)).map(parseArtifactName);
}
function matches(name, { include, exclude }) {
  const hit = (pattern) => path2.posix.matchesGlob(pattern.includes("/") ? name : path2.posix.basename(name), pattern);
  return (include.length === 0 || include.some(hit)) && !exclude.some(hit);
}
async function clearTemporary(files, { directory, artifacts }) {
  const places = /* @__PURE__ */ new Set([directory, ...artifacts.map((name) => path2.join(directory, path2.dirname(name)))]);
  for (const place of places) await files.clearTemporary(place, 0);
}
var irregular = (file, type) => new Fault("bad-name", `${quote(file)} is ${type === "symlink" ? "a symbolic link" : "not a regular file"}`, {
  file,
  hint: "put the file itself there, or leave it out with --exclude"
});
var unentered = (listed) => listed.filter(({ type }) => type === "directory").map(({ name }) => ({
  kind: "not-checked",
  file: name,
  message: `the directory ${quote(name)} was left out`,
  hint: "did you mean --recursive?"
}));

export {
  beginManifest,
  putFile,
  manifestNameFor,
  selectArtifacts,
  clearTemporary
};
