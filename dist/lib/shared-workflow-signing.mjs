// SPDX-License-Identifier: Apache-2.0
import {
  beginSignature,
  beginVerification,
  openSigningKey,
  parseDetachedSignature
} from "./shared-openpgp-key-state.mjs";
import {
  compareBytes,
  findCaseTwins,
  nameProblem,
  parseArtifactName
} from "./shared-core-name.mjs";
import {
  KEYRING_CAP,
  inFile,
  loadCertificates
} from "./shared-openpgp-public-key.mjs";
import {
  isManifestName
} from "./shared-core-companions.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/manifest.ts
var MANIFEST_CAP = 16 * 1024 * 1024;
var UNESCAPE = { "\\\\": "\\", "\\n": "\n", "\\r": "\r" };
function formatManifest(lines) {
  const sorted = [...lines].sort((a, b) => compareBytes(a.name, b.name));
  return sorted.map(formatLine).join("");
}
function formatLine({ sha256, name }) {
  if (!/[\\\n\r]/.test(name)) return `${sha256}  ${name}
`;
  return `\\${sha256}  ${name.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/\r/g, "\\r")}
`;
}
function parseManifest(bytes) {
  if (bytes.length > MANIFEST_CAP) throw new Fault("bad-manifest", `the manifest is larger than ${MANIFEST_CAP} bytes`);
  const text = decodeUtf8(bytes);
  if (text === "") throw new Fault("bad-manifest", "the manifest is empty");
  if (!text.endsWith("\n")) throw new Fault("bad-manifest", `line ${text.split("\n").length}: no newline at its end`);
  const lines = text.slice(0, -1).split("\n").map(parseLine);
  refuseDuplicates(lines);
  return lines;
}
function decodeUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Fault("bad-manifest", "the manifest is not valid UTF-8", { cause });
  }
}
var LINE = /^(\\?)([0-9a-f]+) [ *](.+)$/s;
function parseLine(line, index) {
  const fail = (why) => new Fault("bad-manifest", `line ${index + 1}: ${why}`);
  const match = LINE.exec(line);
  if (match === null) throw fail('not "<64 hexadecimal digits>  <name>" as sha256sum writes it');
  const [, mark = "", digest = "", written = ""] = match;
  if (digest.length !== 64) throw fail(`a digest of ${digest.length} digits, where SHA-256 has 64`);
  const name = mark === "" ? written : unescapeName(written);
  if (name === void 0) throw fail("an escape that sha256sum does not write");
  if (mark !== "" && !/[\\\n\r]/.test(name)) throw fail("marked as escaped, with nothing to escape in its name");
  if (mark === "" && /[\\\r]/.test(name)) throw fail("a backslash or carriage return that is not escaped");
  const problem = nameProblem(name);
  if (problem !== void 0) throw fail(`the name ${quote(name)} ${problem}`);
  return { sha256: digest, name };
}
function unescapeName(written) {
  let valid = true;
  const name = written.replace(/\\(?:.|$)/gs, (escape) => {
    const meant = UNESCAPE[escape];
    if (meant === void 0) valid = false;
    return meant ?? "";
  });
  return valid ? name : void 0;
}
function refuseDuplicates(lines) {
  const firstAt = /* @__PURE__ */ new Map();
  lines.forEach(({ name }, index) => {
    const first2 = firstAt.get(name);
    if (first2 !== void 0) {
      throw new Fault("bad-manifest", `line ${index + 1}: ${quote(name)} stands already in line ${first2 + 1}`);
    }
    firstAt.set(name, index);
  });
  const [first = 0, second = 0] = findCaseTwins(lines.map((line) => line.name)) ?? [];
  if (first === second) return;
  const twin = quote(lines[first]?.name ?? "");
  throw new Fault(
    "bad-manifest",
    `line ${second + 1}: differs from ${twin} in line ${first + 1} only in case or composition`
  );
}

// src/workflow/read-once.ts
import { createHash } from "node:crypto";
async function readOnce(source, name, sinks) {
  const state = createHash("sha256");
  let size = 0;
  const found = await source.readChunks(name, (chunk) => {
    size += chunk.length;
    state.update(chunk);
    for (const sink of sinks) sink.update(chunk);
  });
  return found ? { size, sha256: state.copy().digest("hex"), state } : void 0;
}
function readBytes(bytes, sinks = []) {
  const state = createHash("sha256").update(bytes);
  for (const sink of sinks) sink.update(bytes);
  return { size: bytes.length, sha256: state.copy().digest("hex"), state };
}
async function mapConcurrent(items, limit, work) {
  const results = new Array(items.length);
  const queue = items.entries();
  let failed = false;
  const lane = async () => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await work(item, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(limit, items.length)) }, lane));
  return results;
}

// src/workflow/signing.ts
var PASSPHRASE_CAP = 4096;
var LINE_FEED = 10;
async function openSigning(ports, options) {
  const { keyFile } = options;
  const now = ports.clock.now();
  const given = options.certificate === void 0 ? void 0 : await loadCertificates(ports, options.certificate);
  const shared = { digestAlgorithm: options.digestAlgorithm, now };
  if (keyFile === void 0) {
    if (given === void 0) return void 0;
    const none = () => {
      throw new Fault("usage", "no key to sign with", { hint: "give --key-file FILE" });
    };
    return { key: none, primary: void 0, certificates: given, warnings: [], ...shared };
  }
  try {
    const key = await readKey(ports, keyFile, options, now);
    const certificates = given ?? [key.certificate];
    return { key: () => key, primary: key.primary, certificates, warnings: warningsOf(key), ...shared };
  } catch (fault) {
    if (!(fault instanceof Fault) || given === void 0 || fault.kind === "unreadable" || fault.kind === "usage")
      throw fault;
    const refuse = () => {
      throw fault;
    };
    return { key: refuse, primary: void 0, certificates: given, warnings: [], ...shared };
  }
}
async function readKey(ports, keyFile, options, now) {
  const { passphraseFile, key, allowPrimarySecret, allowRfc9580, warnDays } = options;
  const [bytes, passphrase] = await readSecrets(ports.files, keyFile, passphraseFile);
  return inFile(
    keyFile,
    async () => openSigningKey(bytes, {
      ...passphrase === void 0 ? {} : { passphrase },
      ...key === void 0 ? {} : { select: key },
      allowPrimarySecret,
      allowRfc9580,
      now,
      warnDays,
      rsa: ports.rsa(options.threads)
    })
  );
}
async function readSecrets(files, keyFile, passphraseFile) {
  if (keyFile === "-" && passphraseFile === "-") {
    const both = await files.readGiven("-", PASSPHRASE_CAP + KEYRING_CAP);
    const end = both.indexOf(LINE_FEED) + 1;
    return [both.subarray(end), both.subarray(0, end)];
  }
  const key = await files.readGiven(keyFile, KEYRING_CAP);
  return passphraseFile === void 0 ? [key] : [key, await files.readGiven(passphraseFile, PASSPHRASE_CAP)];
}
function warningsOf(key) {
  if (key.state !== "expires-soon") return [];
  const message = `the signing key ${key.fingerprint} expires on ${key.expires?.toISOString().slice(0, 10)}`;
  return [{ kind: "expires-soon", message, hint: "extend it, or have the next one ready" }];
}
function beginMaking(signing, name) {
  const key = signing.key();
  const options = signing.digestAlgorithm === void 0 ? {} : { digestAlgo: signing.digestAlgorithm };
  const making = beginSignature(key, { created: signing.now, ...options });
  return {
    update: (chunk) => making.update(chunk),
    finish: async (read) => {
      const { armored, verdict } = await making.finish(read.state, signing.certificates);
      if (verdict.kind === "good") return { armored, verdict };
      throw new Fault(verdict.kind, `the new signature of ${quote(name)} does not verify: ${verdict.message}`, {
        file: name,
        hint: verdict.hint ?? "is the certificate that of the signing key?"
      });
    }
  };
}
function beginCheck(asc, certificates, now) {
  try {
    const check = beginVerification(parseDetachedSignature(asc), certificates, { now });
    return { update: (chunk) => check.update(chunk), finish: async (read) => check.finish(read.state) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return refusedCheck(error);
  }
}
function refusedCheck({ message, hint }) {
  const verdict = { kind: "bad-signature", message, ...hint === void 0 ? {} : { hint } };
  return { update: () => void 0, finish: async () => verdict };
}
var EARLIER_CYCLE = "was it made with the key of an earlier cycle? give the certificates of both keys, in one file, with --certificate; otherwise, find out how it came to be published";
function whyNotKept(keeping, verdict) {
  if (verdict.kind !== "good") {
    const stranger = keeping === "published" && verdict.kind === "wrong-key" ? EARLIER_CYCLE : void 0;
    const hint = verdict.kind === "not-yet-valid" ? verdict.hint : stranger;
    return { why: `does not verify: ${verdict.message}`, hint };
  }
  if (keeping === "published") return void 0;
  const { primary, force } = keeping;
  if (primary !== void 0 && verdict.primary !== primary)
    return { why: `was made with the key ${verdict.primary}, not with ${primary}` };
  return force && verdict.state === "expired-after-signing" ? { why: EXPIRED_SINCE } : void 0;
}
var EXPIRED_SINCE = "was made with a key that has expired since";
var warningsOfKept = (asc, { state }) => state === "expired-after-signing" ? [
  {
    kind: state,
    file: asc,
    message: `${quote(asc)} ${EXPIRED_SINCE}`,
    hint: "where the release is not published yet, it will be refused: --force signs it anew"
  }
] : [];
async function signBytes(signing, name, bytes) {
  const making = beginMaking(signing, name);
  return making.finish(readBytes(bytes, [making]));
}
var checkBytes = async (asc, bytes, certificates, now) => {
  const check = beginCheck(asc, certificates, now);
  return check.finish(readBytes(bytes, [check]));
};
var describeSignature = (file, verdict, asc) => ({
  file,
  ...asc === void 0 ? {} : { sha256: readBytes(asc).sha256 },
  signer: verdict.key,
  primary: verdict.primary,
  created: verdict.created.toISOString(),
  state: verdict.state
});

// src/workflow/source.ts
import path from "node:path";
var isUrl = (text) => /^https?:\/\//i.test(text);
function refuseScheme(place) {
  if (isUrl(place) || !/^[a-z][a-z0-9+.-]*:\/\//i.test(place)) return;
  throw new Fault("usage", `only https:// and http:// are read: ${quote(place)}`, {
    hint: "a file or directory on this machine is named by its path"
  });
}
var openSource = (ports, place) => isUrl(place) ? urlSource(ports.http, place) : directorySource(ports.files, place);
async function openPublished(ports, place) {
  const isFile = isUrl(place) ? isManifestName(path.posix.basename(place)) : (await ports.files.stat(place))?.type === "file";
  if (!isFile) return openSource(ports, place);
  throw new Fault("usage", `--published is given a file, ${quote(place)}`, {
    hint: "give the directory in which the release is published, or its address"
  });
}
var directorySource = (files, directory) => ({
  shown: directory,
  list: async (recursive) => listBelow(files, directory, recursive),
  read: async (name, cap) => orUndefined(async () => files.read(path.join(directory, name), cap)),
  readChunks: async (name, onChunk) => await orUndefined(async () => files.readChunks(path.join(directory, name), onChunk)) !== void 0
});
async function isDirectory(files, given) {
  const info = await files.stat(given);
  if (info?.type !== "symlink") return info?.type === "directory";
  return (await files.stat(await files.resolve(given)))?.type === "directory";
}
async function listBelow(files, root, recursive, prefix = "") {
  const found = [];
  for (const { name, type } of await files.list(path.join(root, prefix))) {
    if (type === "directory" && recursive) found.push(...await listBelow(files, root, true, `${prefix}${name}/`));
    else found.push({ name: prefix + name, type });
  }
  return found;
}
async function orUndefined(body) {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Fault && error.kind === "not-found") return void 0;
    throw error;
  }
}
var urlSource = (http, base) => ({
  shown: base,
  list: async () => void 0,
  read: async (name, cap) => http.get(joinUrl(base, name), cap),
  readChunks: async (name, onChunk) => http.getChunks(joinUrl(base, name), onChunk)
});
function joinShown(base, name) {
  let end = base.length;
  while (base[end - 1] === "/") end -= 1;
  return `${base.slice(0, end)}/${name}`;
}
function joinUrl(base, name) {
  const parts = parseArtifactName(name).split("/").map(encodeURIComponent);
  return joinShown(base, parts.join("/"));
}
function splitUrl(url) {
  const match = /^(https?:\/\/[^/?#]+(?:\/[^?#]*)?)\/([^/?#]+)$/i.exec(url);
  const [, base, last] = match ?? [];
  if (base === void 0 || last === void 0)
    throw new Fault("usage", `not the address of a file: ${quote(url)}`, {
      hint: "name the manifest, as in https://tarballs.example.org/nova/nova-31.0.0.SHA256SUMS"
    });
  const name = decodeName(url, last);
  if (name.includes("/")) throw new Fault("usage", `not the address of a file: ${quote(url)}`);
  return { base, name };
}
function decodeName(url, part) {
  try {
    return parseArtifactName(decodeURIComponent(part));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault("usage", `not a valid address: ${quote(url)}`, { cause });
  }
}

export {
  MANIFEST_CAP,
  formatManifest,
  parseManifest,
  readOnce,
  readBytes,
  mapConcurrent,
  openSigning,
  beginMaking,
  beginCheck,
  refusedCheck,
  whyNotKept,
  warningsOfKept,
  signBytes,
  checkBytes,
  describeSignature,
  isUrl,
  refuseScheme,
  openSource,
  openPublished,
  directorySource,
  isDirectory,
  joinShown,
  joinUrl,
  splitUrl
};
