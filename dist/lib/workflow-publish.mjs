// SPDX-License-Identifier: Apache-2.0
import {
  examineRelease,
  outcomeOf
} from "./shared-workflow-examine-file.mjs";
import {
  BUNDLE_CAP,
  loadTrust,
  parseBundle,
  parseSubmission,
  refusePath
} from "./shared-logs-sigsum-submit.mjs";
import "./shared-core-public-log-key.mjs";
import "./shared-core-openssh-key.mjs";
import {
  directorySource,
  isDirectory,
  readOnce
} from "./shared-workflow-signing.mjs";
import "./shared-openpgp-key-state.mjs";
import "./shared-openpgp-secret.mjs";
import {
  formatStatement
} from "./shared-logs-tiles.mjs";
import "./shared-core-signed-note.mjs";
import "./shared-core-report.mjs";
import "./shared-core-name.mjs";
import {
  equalBytes,
  sha256
} from "./shared-openpgp-public-key.mjs";
import "./shared-core-decode.mjs";
import {
  ABANDONED,
  SIGNATURE,
  SIGSTORE_BUNDLE,
  SUBMISSION
} from "./shared-core-companions.mjs";
import "./shared-openpgp-packets.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/publish.ts
import path from "node:path";

// src/core/continuation.ts
var canContinue = (name) => name.endsWith(SIGSTORE_BUNDLE) || name.endsWith(SUBMISSION);
function continues(name, earlier, next) {
  try {
    if (name.endsWith(SIGSTORE_BUNDLE)) return hasEntriesOf(parseBundle(earlier), parseBundle(next));
    return name.endsWith(SUBMISSION) && hasRequestsOf(parseSubmission(earlier), parseSubmission(next));
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}
var hasEntriesOf = (earlier, next) => equalBytes(earlier.digest, next.digest) && equalBytes(earlier.signature, next.signature) && earlier.entries.every(
  (one) => next.entries.some(
    (other) => one.logId === other.logId && one.logIndex === other.logIndex && equalBytes(one.body, other.body)
  )
);
var hasRequestsOf = (earlier, next) => equalBytes(formatStatement(earlier.statement), formatStatement(next.statement)) && [...earlier.prepared].every(([kind, request]) => {
  const other = next.prepared.get(kind);
  return other !== void 0 && equalBytes(request, other);
});

// src/workflow/publish.ts
async function publish(ports, options) {
  refusePath(options.manifest);
  const trust = await loadTrust(ports, options);
  const { from, to } = await resolvePlaces(ports.files, options);
  const source = directorySource(ports.files, from);
  const { files } = ports;
  const publication = { files, to, dryRun: options.dryRun, copies: /* @__PURE__ */ new Map(), ready: /* @__PURE__ */ new Set() };
  try {
    if (!options.dryRun) await prepareDirectory(publication, to);
    const tee = async (name) => openCopy(publication, name);
    const examined = await examineRelease(ports, source, trust, { ...options, allowExtra: false, tee });
    if (examined.errors.length > 0) return outcomeOf(examined);
    return await place(publication, examined);
  } finally {
    for (const copy of publication.copies.values()) await copy.abort();
  }
}
async function resolvePlaces(files, { directory, to }) {
  if (!await isDirectory(files, directory)) {
    const hint = "name the directory that holds the release";
    throw new Fault("not-found", `${quote(directory)} is not a directory`, { file: directory, hint });
  }
  const places = { from: await files.resolve(directory), to: await files.resolve(to) };
  if (!`${places.to}/`.startsWith(`${places.from}/`)) return places;
  throw new Fault("usage", "the release cannot be published inside its own directory", { hint: "give another --to" });
}
async function refuseLinks(files, to, directory) {
  for (let at = directory; at.length > to.length; at = path.dirname(at)) {
    const info = await files.stat(at);
    if (info === void 0 || info.type === "directory") continue;
    throw new Fault("conflict", `${quote(at)} is there, and is no directory`, {
      file: at,
      hint: "what is published lies in directories, not behind links"
    });
  }
}
async function prepareDirectory({ files, ready }, directory) {
  if (ready.has(directory)) return;
  await files.makeDirectory(directory);
  await files.clearTemporary(directory, ABANDONED);
  ready.add(directory);
}
async function openCopy(publication, name, replace = false) {
  const { files, to, dryRun, copies } = publication;
  const target = path.join(to, name);
  await refuseLinks(files, to, path.dirname(target));
  if (dryRun) return void 0;
  await prepareDirectory(publication, path.dirname(target));
  if (!replace && await files.stat(target) !== void 0) return void 0;
  const copy = await files.create(target, { mode: 420, replace, durable: true });
  copies.set(name, copy);
  return copy;
}
async function place(publication, examined) {
  const { to, copies } = publication;
  const pieces = inOrder(examined);
  const there = /* @__PURE__ */ new Set();
  for (const piece of pieces) if (!copies.has(piece.name) && await bring(publication, piece)) there.add(piece.name);
  for (const piece of pieces) if (await commit(publication, piece)) there.add(piece.name);
  const action = (name) => there.has(name) ? "kept" : "published";
  const manifests = new Set(examined.manifests.map((one) => one.name));
  const companions = [...examined.own.keys()].filter((name) => !manifests.has(name));
  return {
    ...outcomeOf(examined),
    files: [...examined.files, ...companions.map((name) => ({ name }))].map((file) => ({
      ...file,
      action: action(file.name)
    })),
    manifests: examined.manifests.map((one) => ({ ...one, path: path.join(to, one.name), action: action(one.name) }))
  };
}
function inOrder({ files, own }) {
  const pieces = files.flatMap(({ name, sha256: digest }) => digest === void 0 ? [] : [{ name, sha256: digest }]);
  const isSignature = ({ name }) => name.endsWith(SIGNATURE);
  return [
    ...pieces.filter((piece) => !isSignature(piece) && !own.has(piece.name)),
    ...pieces.filter((piece) => isSignature(piece) && !own.has(piece.name)),
    ...[...own].map(([name, bytes]) => ({ name, sha256: sha256(bytes), bytes }))
  ];
}
async function bring(publication, piece) {
  const { files, to, dryRun } = publication;
  const isThere = await files.stat(path.join(to, piece.name)) !== void 0;
  if (isThere && await isPublished(publication, piece)) return true;
  if (dryRun) return false;
  const copy = await openCopy(publication, piece.name, isThere);
  if (copy === void 0 || piece.bytes === void 0)
    throw new Fault("changed", `${quote(piece.name)} was changed in ${quote(to)} meanwhile`, {
      file: piece.name,
      hint: "is another run at work there? wait until it has ended, then run this again"
    });
  copy.write(piece.bytes);
  await copy.seal();
  return false;
}
async function commit(publication, piece) {
  try {
    await publication.copies.get(piece.name)?.commit();
    return false;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "conflict") throw error;
    await compare(publication, piece);
    return true;
  }
}
async function isPublished(publication, piece) {
  const { files, to } = publication;
  if (piece.bytes !== void 0 && canContinue(piece.name)) {
    const published = await directorySource(files, to).read(piece.name, BUNDLE_CAP);
    if (published !== void 0 && equalBytes(published, piece.bytes)) return true;
    if (published !== void 0 && continues(piece.name, published, piece.bytes)) return false;
  }
  await compare(publication, piece);
  return true;
}
async function compare({ files, to }, { name, sha256: expected }) {
  const published = await readOnce(directorySource(files, to), name, []);
  if (published?.sha256 === expected) return;
  throw new Fault("conflict", `other content is published as ${quote(name)} in ${quote(to)}`, {
    file: name,
    hint: "a published file never changes: release under a new version"
  });
}
export {
  publish
};
