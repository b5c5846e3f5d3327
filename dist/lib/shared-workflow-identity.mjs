// SPDX-License-Identifier: Apache-2.0
import {
  decodeUtf8,
  inFile
} from "./shared-openpgp-public-key.mjs";
import {
  join,
  record,
  text,
  wrong
} from "./shared-core-decode.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/zuul-vars.ts
function decodeZuulVars(value) {
  const zuul = findZuul(record(value, ""));
  const project = record(zuul["project"], "zuul.project");
  const canonicalName = text(project["canonical_name"], "zuul.project.canonical_name");
  const ref = optionalText(zuul, "ref", "zuul.ref");
  return {
    canonicalName,
    shortName: text(project["short_name"], "zuul.project.short_name"),
    ref,
    version: /^refs\/tags\/(.+)$/s.exec(ref ?? "")?.[1],
    commit: commitOf(zuul, canonicalName)
  };
}
function findZuul(document) {
  if ("project" in document) return document;
  if ("zuul" in document) return record(document["zuul"], "zuul");
  if (!("all" in document)) throw wrong("", "holds neither Zuul's variables nor an inventory with all.vars.zuul");
  const vars = record(record(document["all"], "all")["vars"], "all.vars");
  return record(vars["zuul"], "all.vars.zuul");
}
function commitOf(zuul, canonicalName) {
  if (zuul["projects"] === void 0) return void 0;
  const projects = record(zuul["projects"], "zuul.projects");
  if (!Object.hasOwn(projects, canonicalName)) return void 0;
  const path = join("zuul.projects", canonicalName);
  const commit = optionalText(record(projects[canonicalName], path), "commit", `${path}.commit`);
  return commit === void 0 ? void 0 : checkCommit(commit, `${path}.commit`);
}
function checkCommit(commit, path) {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    throw wrong(path, "is not a commit of 40 or 64 hexadecimal digits");
  return commit;
}
function optionalText(mapping, key, path) {
  const value = mapping[key];
  return value === void 0 || value === null ? void 0 : text(value, path);
}

// src/workflow/identity.ts
var VARS_CAP = 2 * 1024 * 1024;
var readZuulVars = async (ports, file) => {
  const bytes = await ports.files.readGiven(file, VARS_CAP);
  return inFile(file, async () => decodeZuulVars(await ports.yaml.parse(decodeUtf8(bytes, VARS_CAP, "it"))));
};
async function identify(ports, options) {
  const vars = options.zuulVars === void 0 ? void 0 : await readZuulVars(ports, options.zuulVars);
  const project = options.project ?? vars?.canonicalName;
  const version = options.release ?? vars?.version;
  const missing = project === void 0 ? "project" : "release";
  if (project === void 0 || version === void 0) {
    throw new Fault("usage", `the ${missing} that goes into the log is not known`, {
      hint: `give --${missing}, or Zuul's variables with --zuul-vars`
    });
  }
  const ref = options.ref ?? vars?.ref;
  checkVersion(version, ref);
  return { project, version, ref, commit: checkCommit2(options.commit ?? vars?.commit) };
}
function warningsOfVersion(version, manifest) {
  const written = withoutMarks(version).replace(/^v(?=[0-9])/, "");
  if (!/-v?[0-9]/.test(manifest) || withoutMarks(manifest).includes(written)) return [];
  const message = `the version ${quote(version)} does not stand in the name of the manifest ${quote(manifest)}`;
  return [{ kind: "not-checked", file: manifest, message, hint: "a log keeps it for ever: is it the right one?" }];
}
function checkVersion(version, ref) {
  if (version.startsWith("refs/"))
    throw new Fault("usage", `the version is a ref: ${quote(version)}`, {
      hint: "give --release the version alone, without refs/tags/, and the ref as --ref"
    });
  const tag = /^refs\/tags\/(.+)$/s.exec(ref ?? "")?.[1];
  if (tag === void 0) return;
  const [ours, theirs] = [withoutMarks(version), withoutMarks(tag)];
  if (ours.includes(theirs) || theirs.includes(ours)) return;
  throw new Fault("usage", `the version ${quote(version)} is not that of the tag ${quote(tag)}`, {
    hint: "a log keeps it for ever: give --release and --ref of one release"
  });
}
var withoutMarks = (text2) => text2.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
function checkCommit2(commit) {
  if (commit === void 0 || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit;
  throw new Fault("usage", "the commit is not one of 40 or 64 lower-case hexadecimal digits");
}

export {
  readZuulVars,
  identify,
  warningsOfVersion
};
