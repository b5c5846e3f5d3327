// SPDX-License-Identifier: Apache-2.0
import {
  readZuulVars
} from "./shared-workflow-identity.mjs";
import {
  directorySource,
  isDirectory,
  readOnce
} from "./shared-workflow-signing.mjs";
import {
  parseArtifactName,
  parseNewName,
  refuseCaseTwins
} from "./shared-core-name.mjs";
import {
  SIGNATURE,
  classify,
  isManifestName,
  isTemporaryName,
  signedName
} from "./shared-core-companions.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

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
  return parseNewName(name);
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
import path from "node:path";
async function selectArtifacts(files, paths, options) {
  const wanted = /* @__PURE__ */ new Map();
  for (const given of paths) await want(files, wanted, given);
  for (const file of options.apart) await refuseAmong(files, wanted, file);
  const selections = [];
  for (const { directory, names } of wanted.values()) selections.push(await selectIn(files, directory, names, options));
  if (!options.allowEmpty && selections.every((selection) => selection.artifacts.length === 0)) throw nothing(paths);
  demandExpected(selections, options.expect);
  return selections;
}
var nothing = (paths) => new Fault("empty", `nothing to sign or to list in ${paths.map(quote).join(", ")}`, {
  hint: paths.every((given) => isManifestName(path.basename(given))) ? '"sums" makes a manifest, and signs it' : "did the build leave its artifacts elsewhere? --allow-empty says that this is right"
});
function demandExpected(selections, expected) {
  const names = selections.flatMap(({ artifacts }) => artifacts);
  const lacking = expected.filter((pattern) => !names.some((name) => isMatch(name, pattern)));
  if (lacking.length === 0) return;
  throw new Fault("missing", `no artifact matches ${lacking.map(quote).join(", ")}, and that is expected`, {
    hint: "did the build make it, and was it collected? nothing was written"
  });
}
async function want(files, wanted, given) {
  const info = await files.stat(given);
  if (info === void 0)
    throw new Fault("not-found", `${quote(given)} is not there`, { file: given, hint: "check the path" });
  const isWhole = await isDirectory(files, given);
  if (!isWhole && info.type !== "file") throw irregular(given, info.type);
  const directory = isWhole ? path.normalize(given) : path.dirname(given);
  const key = await files.resolve(directory);
  const earlier = wanted.get(key)?.names ?? /* @__PURE__ */ new Set();
  const names = isWhole || earlier === "all" ? "all" : /* @__PURE__ */ new Set([...earlier, path.basename(given)]);
  wanted.set(key, { directory: wanted.get(key)?.directory ?? directory, names });
}
async function refuseAmong(files, wanted, file) {
  if (file === "-") return;
  const place = await files.resolve(file);
  for (const [resolved, { directory, names }] of wanted) {
    const name = path.relative(resolved, place);
    if (name.startsWith("../") || names !== "all" && !names.has(name)) continue;
    throw new Fault("usage", `${quote(file)} lies among the artifacts, in ${quote(directory)}`, {
      file,
      hint: "what lies there is published: keep it elsewhere"
    });
  }
}
function refuseSecret(name) {
  let isFirst = true;
  return {
    update: (chunk) => {
      const isSecret = isFirst && PRIVATE_KEY.test(Buffer.from(chunk.subarray(0, 100)).toString("latin1"));
      isFirst = false;
      if (isSecret)
        throw new Fault("usage", `${quote(name)} is a private key, and would be published`, {
          file: name,
          hint: "keep it elsewhere; a key that is made to be published goes into an archive, or is left out with --exclude"
        });
    }
  };
}
var PRIVATE_KEY = /^\s*-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/;
async function selectIn(files, directory, wanted, options) {
  const source = directorySource(files, directory);
  const all = await source.list(options.recursive && wanted === "all") ?? [];
  const listed = all.filter(({ name, type }) => type !== "file" || !isTemporaryName(path.posix.basename(name)));
  const keep = (name) => (wanted === "all" || wanted.has(name)) && matches(name, options);
  const there = new Set(listed.filter(({ type }) => type === "file").map(({ name }) => name));
  const names = concerned(there, keep);
  for (const name of names.filter((one) => isLonely(one, there))) await readOnce(source, name, [refuseSecret(name)]);
  const ours = classify(names, there);
  for (const { name, type } of listed)
    if (type !== "directory" && keep(name) && type !== "file") throw irregular(path.join(directory, name), type);
  const artifacts = ours.artifacts.filter(keep).map(parseNewName);
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
  const signed = signedName(name) ?? name;
  return keep(name) || there.has(signed) && keep(signed);
});
var isLonely = (name, there) => !there.has(signedName(name) ?? name);
function signaturesOf(artifacts, ours) {
  const signed = new Set(artifacts.map((name) => `${name}${SIGNATURE}`));
  return ours.signatures.filter((name) => signed.has(name)).map(parseArtifactName);
}
function matches(name, { include, exclude }) {
  const hit = (pattern) => isMatch(name, pattern);
  return (include.length === 0 || include.some(hit)) && !exclude.some(hit);
}
var isMatch = (name, pattern) => path.posix.matchesGlob(pattern.includes("/") ? name : path.posix.basename(name), pattern);
async function clearTemporary(files, { directory, artifacts }) {
  const places = /* @__PURE__ */ new Set([directory, ...artifacts.map((name) => path.join(directory, path.dirname(name)))]);
  for (const place of places) await files.clearTemporary(place, 0);
}
var irregular = (file, type) => new Fault("bad-name", `${quote(file)} is ${type === "symlink" ? "a symbolic link" : "not a regular file"}`, {
  file,
  hint: "put the file itself there, or take it out: what cannot be checked is not published"
});
var unentered = (listed) => listed.filter(({ type }) => type === "directory").map(({ name }) => ({
  kind: "not-checked",
  file: name,
  message: `the directory ${quote(name)} was left out`,
  hint: "did you mean --recursive?"
}));

export {
  manifestNameFor,
  selectArtifacts,
  refuseSecret,
  clearTemporary
};
