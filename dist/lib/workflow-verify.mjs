// SPDX-License-Identifier: Apache-2.0
import {
  examineRelease,
  examineSingle,
  outcomeOf
} from "./shared-workflow-examine-file.mjs";
import {
  describeManifest,
  examineManifest,
  examineManifests,
  examineProofs,
  listedSince,
  loadTrust,
  noFindings,
  refusePath
} from "./shared-logs-sigsum-submit.mjs";
import "./shared-core-public-log-key.mjs";
import "./shared-core-openssh-key.mjs";
import {
  MANIFEST_CAP,
  directorySource,
  isDirectory,
  isUrl,
  openSource,
  refuseScheme,
  splitUrl
} from "./shared-workflow-signing.mjs";
import "./shared-openpgp-key-state.mjs";
import "./shared-openpgp-secret.mjs";
import "./shared-logs-tiles.mjs";
import "./shared-core-signed-note.mjs";
import {
  joinOutcomes
} from "./shared-core-report.mjs";
import "./shared-core-name.mjs";
import "./shared-openpgp-public-key.mjs";
import "./shared-core-decode.mjs";
import {
  COMPANIONS,
  SIGNATURE,
  isManifestName
} from "./shared-core-companions.mjs";
import "./shared-openpgp-packets.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/verify.ts
import path from "node:path";
async function verify(ports, options) {
  refusePath(options.manifest);
  const trust = await loadTrust(ports, options);
  const outcomes = [];
  const faults = [];
  for (const given of await withoutCompanions(ports, options.paths)) {
    try {
      outcomes.push(await verifyOne(ports, trust, given, options));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
    }
  }
  return joinOutcomes([...outcomes, { faults }]);
}
async function withoutCompanions({ files }, paths) {
  const named = new Set(paths);
  const isCompanion = async (given) => {
    for (const suffix of COMPANIONS) {
      const owner = given.slice(0, -suffix.length);
      if (!given.endsWith(suffix) || !named.has(owner) || await isCompanion(owner)) continue;
      if (suffix === SIGNATURE) return isUrl(owner) || !await isDirectory(files, owner);
      return isManifestName(path.basename(owner)) && await files.stat(given) !== void 0;
    }
    return false;
  };
  const kept = [];
  for (const given of paths) if (!await isCompanion(given)) kept.push(given);
  return kept;
}
async function verifyOne(ports, trust, given, options) {
  if (isUrl(given)) {
    const { base, name } = splitUrl(given);
    return verifyNamed(ports, trust, openSource(ports, base), name, options);
  }
  refuseScheme(given);
  if (await isDirectory(ports.files, given)) {
    return outcomeOf(await examineRelease(ports, directorySource(ports.files, given), trust, options));
  }
  const source = directorySource(ports.files, path.dirname(given));
  return verifyNamed(ports, trust, source, path.basename(given), options);
}
async function verifyNamed(ports, trust, source, name, options) {
  if (!isManifestName(name)) return verifyFile(ports, trust, source, name, options);
  if (options.manifest !== void 0 && options.manifest !== name)
    throw new Fault("usage", `${quote(name)} is a manifest itself, and --manifest names another one`, { file: name });
  return outcomeOf(await examineRelease(ports, source, trust, { ...options, manifest: name }));
}
async function verifyFile(ports, trust, source, name, options) {
  const found = noFindings();
  const examining = { source, trust, now: ports.clock.now(), found };
  const sinceOf = async (asc, digest) => listedSince(examining, await signedManifests(examining, await manifestCandidates(source, options)))(asc, digest);
  const file = await examineSingle({ ...examining, sinceOf }, name);
  if (file === void 0) {
    const message2 = `${quote(name)} is not in ${quote(source.shown)}`;
    throw new Fault("not-found", message2, { file: name, hint: "check the path" });
  }
  const outcome = { files: [file], ...found };
  const isLogDemanded = trust.policy.require.logs.atLeast > 0 && !options.beforePublication;
  if (isLogDemanded || options.manifest !== void 0) {
    return { ...outcome, ...await demandManifest(examining, file, options) };
  }
  const message = `only the signature of ${quote(name)} was checked: not its manifest, and no log`;
  found.warnings.push({ kind: "not-checked", file: name, message });
  const stranger = await findStranger(examining, file, options);
  if (stranger !== void 0) found.warnings.push({ kind: "not-checked", ...stranger });
  return outcome;
}
async function demandManifest(examining, file, options) {
  const { source, found } = examining;
  const tried = [];
  for (const name of await manifestCandidates(source, options)) {
    tried.push(await tryManifest(examining, file, name, options));
  }
  const listing = options.manifest === void 0 ? tried.filter(({ isListing }) => isListing) : tried;
  const best = listing.find((one) => one.findings.errors.length === 0) ?? listing[0];
  if (best !== void 0) {
    found.warnings.push(...best.findings.warnings);
    if (best.isListing) found.warnings.push({ kind: "not-checked", message: ONLY_THIS });
    found.errors.push(...best.findings.errors);
    return best.outcome;
  }
  found.errors.push({
    kind: "not-in-log",
    file: file.name,
    message: `no manifest ${isUrl(source.shown) ? "is named that" : `beside ${quote(file.name)}`} lists it and its signature, and the policy demands a log`,
    hint: isUrl(source.shown) ? "a directory at an address cannot be listed: name its manifest with --manifest" : "put the manifest, its signature and its proofs beside the file, or name it with --manifest"
  });
  return {};
}
var ONLY_THIS = "the other files that the manifest lists were not checked";
async function tryManifest(examining, file, name, stage) {
  const findings = noFindings();
  const inner = { ...examining, found: findings };
  const [manifest] = await examineManifests(inner, name, []);
  if (manifest === void 0) return { isListing: false, findings, outcome: {} };
  const manifests = [describeManifest(examining.source, manifest)];
  if (isListed(manifest, file)) {
    const { logs } = await examineProofs(inner, manifest, stage);
    return { isListing: true, findings, outcome: { manifests, logs } };
  }
  findings.errors.push({ kind: "extra", ...describeStranger(file, name) });
  return { isListing: false, findings, outcome: { manifests } };
}
function isListed({ lines }, { name, sha256, signature }) {
  const lists = (wanted, digest) => digest === void 0 || lines.some((line) => line.name === wanted && line.sha256 === digest);
  return lists(name, sha256) && lists(`${name}${SIGNATURE}`, signature?.sha256);
}
var describeStranger = ({ name }, manifest) => ({
  file: name,
  message: `${quote(manifest)} does not list ${quote(name)} and its signature as they are`,
  hint: "was it renamed, or is it of another release?"
});
async function findStranger(examining, file, options) {
  try {
    const candidates = await manifestCandidates(examining.source, options);
    const [manifest] = candidates.length === 1 ? await signedManifests(examining, candidates) : [];
    return manifest === void 0 || isListed(manifest, file) ? void 0 : describeStranger(file, manifest.name);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return void 0;
  }
}
async function signedManifests(examining, candidates) {
  const manifests = [];
  for (const name of candidates) {
    const bytes = await examining.source.read(name, MANIFEST_CAP);
    if (bytes !== void 0) manifests.push(await examineManifest({ ...examining, found: noFindings() }, name, bytes));
  }
  return manifests.filter(({ signature }) => signature !== void 0);
}
async function manifestCandidates(source, options) {
  if (options.manifest !== void 0) return [options.manifest];
  const entries = await source.list(false) ?? [];
  return entries.filter(({ type, name }) => type === "file" && isManifestName(name)).map(({ name }) => name);
}
export {
  verify
};
