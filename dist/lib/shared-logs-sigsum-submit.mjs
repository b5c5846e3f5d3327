// SPDX-License-Identifier: Apache-2.0
import {
  PUBLIC_LOG_KEY_CAP,
  parsePublicLogKey
} from "./shared-core-public-log-key.mjs";
import {
  isP256,
  parseP256Key,
  readSpki
} from "./shared-core-openssh-key.mjs";
import {
  MANIFEST_CAP,
  checkBytes,
  joinShown,
  parseManifest
} from "./shared-workflow-signing.mjs";
import {
  SIGNATURE_CAP
} from "./shared-openpgp-key-state.mjs";
import {
  FIRST_PAUSE,
  LONGEST_PAUSE,
  MAX_PROOF_LENGTH,
  PASSING,
  digestOf,
  formatCanonicalJson,
  formatCheckpoint,
  formatCosignature,
  formatStatement,
  hasTimeAfter,
  leafHash,
  parseCanonicalJson,
  parseHash,
  parseSignedCheckpoint,
  parseStatement,
  parseTlogProof,
  parseWitnessKey,
  retryAfter,
  rootOf,
  verifyConsistency,
  verifyCosignature,
  verifyInclusion,
  verifyNamedCheckpoint,
  verifyTlogProof,
  withJitter,
  witnessKey
} from "./shared-logs-tiles.mjs";
import {
  PUBLIC_KEY_SIZE,
  ed25519Key,
  formatVerifierKey,
  isKeyName,
  noteVerifier,
  parseVerifierKey,
  publicKeyOf
} from "./shared-core-signed-note.mjs";
import {
  findingOf,
  parseFingerprint
} from "./shared-core-report.mjs";
import {
  parseArtifactName
} from "./shared-core-name.mjs";
import {
  decodeUtf8,
  equalBytes,
  formatBase64,
  inFile,
  isTimeAsked,
  judge,
  loadCertificates,
  parseBase64,
  parseDecimal,
  sha256
} from "./shared-openpgp-public-key.mjs";
import {
  count,
  exactly,
  list,
  oneOf,
  optional,
  parsed,
  record,
  text,
  unlike,
  withDefault,
  wrong
} from "./shared-core-decode.mjs";
import {
  COMPANIONS,
  RECORDER_EVIDENCE,
  SIGNATURE,
  SIGSTORE_BUNDLE,
  SIGSUM_PROOF,
  SUBMISSION,
  TLOG_PROOF,
  isManifestName
} from "./shared-core-companions.mjs";
import {
  Fault,
  exitStatusOf,
  naming,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/findings.ts
var noFindings = () => ({ warnings: [], errors: [] });
function collect(errors, body, file) {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const finding = findingOf(error);
    errors.push(file === void 0 ? finding : { ...finding, file, message: `${quote(file)}: ${finding.message}` });
  }
}
async function attempt(errors, file, body) {
  try {
    return await body();
  } catch (error) {
    const status = error instanceof Fault ? exitStatusOf(error.kind) : 1;
    if (!(error instanceof Fault) || status === 1 || status === 4) throw error;
    errors.push({ ...findingOf(error), file, message: naming(file, error.message) });
    return void 0;
  }
}
async function settle(trust, file, verdict, sinceOf2, found) {
  const since = isTimeAsked(trust.policy, verdict) ? await sinceOf2() : void 0;
  const { signature, refusal: refusal2, warning } = judge(trust.policy, file, verdict, since);
  if (warning !== void 0 && !found.warnings.some((other) => other.message === warning.message)) {
    found.warnings.push(warning);
  }
  if (refusal2 === void 0) return signature;
  found.errors.push(refusal2);
  return void 0;
}

// src/core/free-json.ts
function parseFreeJson(bytes2, cap, what) {
  const text2 = decodeUtf8(bytes2, cap, what);
  const value = parse(text2, what);
  formatCanonicalJson(value);
  if (JSON.stringify(value) === withoutSpace(text2)) return value;
  throw new Fault("bad-format", `${what} holds a name twice, or writes a number or a character in an unusual way`);
}
function parse(text2, what) {
  try {
    return JSON.parse(text2);
  } catch (cause) {
    throw new Fault("bad-format", `${what} is not JSON`, { cause });
  }
}
var withoutSpace = (text2) => text2.replace(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g, (part) => part.startsWith('"') ? part : "");

// src/core/sigstore-bundle.ts
var BUNDLE_CAP = 256 * 1024;
var NOTE_CAP = 16 * 1024;
var MAX_HASHES = 64;
var MAX_ENTRIES = 32;
var BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
function parseBundle(bytes2) {
  const { messageSignature, verificationMaterial } = document(parseFreeJson(bytes2, BUNDLE_CAP, "the bundle"), "");
  return {
    digest: messageSignature.messageDigest.digest,
    signature: messageSignature.signature,
    hint: verificationMaterial.publicKey.hint,
    entries: verificationMaterial.tlogEntries,
    timestamps: verificationMaterial.timestampVerificationData
  };
}
var formatBundle = ({ digest, signature, hint, entries, timestamps: timestamps2 }) => formatCanonicalJson({
  mediaType: BUNDLE_TYPE,
  messageSignature: {
    messageDigest: { algorithm: "SHA2_256", digest: formatBase64(digest) },
    signature: formatBase64(signature)
  },
  verificationMaterial: {
    publicKey: { hint },
    tlogEntries: entries.map(formatEntry),
    ...timestamps2.length === 0 ? {} : {
      timestampVerificationData: {
        rfc3161Timestamps: timestamps2.map((token) => ({ signedTimestamp: formatBase64(token) }))
      }
    }
  }
});
function mergeBundles(earlier, added) {
  const { digest, signature, hint } = earlier;
  if (!equalBytes(digest, added.digest) || !equalBytes(signature, added.signature) || hint !== added.hint)
    throw new Fault("conflict", "the bundle that is there is about another signature");
  const kept = earlier.entries.filter(({ logId }) => !added.entries.some((one2) => one2.logId === logId));
  const tokens = added.timestamps.filter((token) => !earlier.timestamps.some((one2) => equalBytes(one2, token)));
  return { ...earlier, entries: [...kept, ...added.entries], timestamps: [...earlier.timestamps, ...tokens] };
}
var formatEntry = (entry) => ({
  canonicalizedBody: formatBase64(entry.body),
  ...entry.signedEntryTimestamp === void 0 ? {} : { inclusionPromise: { signedEntryTimestamp: formatBase64(entry.signedEntryTimestamp) } },
  inclusionProof: {
    checkpoint: { envelope: entry.inclusionProof.checkpoint },
    hashes: entry.inclusionProof.hashes.map(formatBase64),
    logIndex: String(entry.inclusionProof.logIndex),
    rootHash: formatBase64(entry.inclusionProof.rootHash),
    treeSize: String(entry.inclusionProof.treeSize)
  },
  ...entry.integratedTime === 0 ? {} : { integratedTime: String(entry.integratedTime) },
  kindVersion: { kind: entry.kind, version: entry.version },
  logId: { keyId: Buffer.from(entry.logId, "hex").toString("base64") },
  logIndex: String(entry.logIndex)
});
var bytes = parsed(parseBase64);
var hash = parsed((input) => parseHash(parseBase64(input)));
var integer = withDefault(parsed(parseDecimal), 0);
var orNull = (decode) => (value, path4) => optional(decode)(value === null ? void 0 : value, path4);
var atMost = (most, decode) => (value, path4) => {
  if (Array.isArray(value) && value.length > most) throw wrong(path4, `holds more than ${most} items`);
  return decode(value, path4);
};
var hashesOf = (one2) => atMost(MAX_HASHES, list(one2));
var envelope = (value, path4) => {
  const note = text(value, path4);
  if (Buffer.byteLength(note) > NOTE_CAP) throw wrong(path4, `is larger than ${NOTE_CAP} bytes`);
  return note;
};
var exact = (wanted) => (value, path4) => {
  if (value !== wanted) throw wrong(path4, `is not ${wanted}`);
  return wanted;
};
var hexOf = (value) => Buffer.from(value).toString("hex");
var entryFields = exactly({
  canonicalizedBody: bytes,
  inclusionPromise: orNull(exactly({ signedEntryTimestamp: bytes })),
  inclusionProof: exactly({
    checkpoint: exactly({ envelope }),
    hashes: withDefault(hashesOf(hash), []),
    logIndex: integer,
    rootHash: hash,
    treeSize: integer
  }),
  integratedTime: integer,
  kindVersion: exactly({ kind: text, version: text }),
  logId: exactly({ keyId: hash }),
  logIndex: integer
});
var decodeTlogEntry = (value, path4) => {
  const { canonicalizedBody, inclusionPromise, inclusionProof, integratedTime, kindVersion, logId, logIndex } = entryFields(value, path4);
  return {
    logIndex,
    logId: hexOf(logId.keyId),
    ...kindVersion,
    integratedTime,
    signedEntryTimestamp: inclusionPromise?.signedEntryTimestamp,
    inclusionProof: { ...inclusionProof, checkpoint: inclusionProof.checkpoint.envelope },
    body: canonicalizedBody
  };
};
var timestamps = (value, path4) => exactly({
  rfc3161Timestamps: withDefault(atMost(MAX_ENTRIES, list(exactly({ signedTimestamp: bytes }))), [])
})(value, path4).rfc3161Timestamps.map(({ signedTimestamp }) => signedTimestamp);
var document = exactly({
  mediaType: exact(BUNDLE_TYPE),
  messageSignature: exactly({
    messageDigest: exactly({ algorithm: exact("SHA2_256"), digest: hash }),
    signature: bytes
  }),
  verificationMaterial: exactly({
    publicKey: exactly({ hint: text }),
    tlogEntries: withDefault(atMost(MAX_ENTRIES, list(decodeTlogEntry)), []),
    timestampVerificationData: withDefault(timestamps, [])
  })
});

// src/core/address.ts
function addressFault(url) {
  const parsedUrl = URL.canParse(url) ? new URL(url) : void 0;
  if (parsedUrl === void 0 || !/^https?:\/\/[^?#]+$/i.test(url))
    return "is not an http(s) address without query and fragment";
  if (parsedUrl.username !== "" || parsedUrl.password !== "") return "holds a name or a password";
  return void 0;
}
var httpAddress = (value, path4) => {
  const url = text(value, path4);
  const fault = addressFault(url);
  if (fault !== void 0) throw wrong(path4, fault);
  return withoutLastSlash(url);
};
var withoutLastSlash = (url) => url.replace(/(?<!\/)\/+$/, "");
var hostAndPort = (value, path4) => {
  const [, inBrackets, plain, digits] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):([1-9][0-9]{0,4})$/i.exec(text(value, path4)) ?? [];
  const host2 = inBrackets ?? plain;
  const port = Number(digits);
  if (host2 === void 0 || port > 65535) throw wrong(path4, "is not host:port, as in recorder.example.org:443");
  return { host: host2, port };
};

// src/core/certificate-chain.ts
import { X509Certificate } from "node:crypto";
var MAX_LENGTH = 10;
var CHAIN_CAP = 64 * 1024;
var BLOCK = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;
function chainOf(certificates) {
  if (certificates.length > MAX_LENGTH)
    throw new Fault("bad-format", `a chain of more than ${MAX_LENGTH} certificates`);
  const [first, ...issuers] = certificates.map(parseCertificate);
  if (first === void 0) throw new Fault("bad-format", "there is no certificate");
  return [first, ...issuers];
}
var formatChain = (chain) => chain.map(String).join("");
function parseChain(bytes2) {
  const chain = chainOf(blocksIn(bytes2));
  if (equalBytes(Buffer.from(formatChain(chain)), bytes2)) return chain;
  throw new Fault(
    "bad-format",
    "certificates that are not written one behind the other, in PEM of 64 characters a line"
  );
}
var parseAuthorities = (bytes2) => chainOf(blocksIn(bytes2));
function blocksIn(bytes2) {
  if (bytes2.length > CHAIN_CAP) throw new Fault("bad-format", `the chain is larger than ${CHAIN_CAP} bytes`);
  const blocks = Buffer.from(bytes2).toString("latin1").match(BLOCK) ?? [];
  return blocks.map((block) => Buffer.from(block.replace(/-----[^-]+-----/g, ""), "base64"));
}
function parseCertificate(der) {
  const certificate2 = attempt2("bad-format", "not a certificate", () => new X509Certificate(der));
  if (equalBytes(certificate2.raw, der)) return certificate2;
  throw new Fault("bad-format", "a certificate with something behind it");
}
function checkChain(chain, authorities) {
  for (const [index, issuer] of chain.slice(1).entries()) {
    const issued = chain[index];
    if (issued === void 0 || !isIssuedBy(issued, issuer))
      throw new Fault("bad-proof", `the certificate ${index + 1} of the chain is not issued by the next one`);
  }
  const last = chain.at(-1) ?? chain[0];
  if (authorities?.every((one2) => !equalBytes(one2.raw, last.raw) && !isIssuedBy(last, one2)))
    throw new Fault("bad-proof", "the chain does not lead to an authority that the policy names");
}
var isIssuedBy = (issued, issuer) => attempt2(
  "bad-proof",
  "a certificate with a key that cannot be read",
  () => issuer.ca && issued.checkIssued(issuer) && issued.verify(issuer.publicKey)
);
function hostNames({ subjectAltName }) {
  const names2 = (subjectAltName ?? "").split(", ").map((name) => /^DNS:([A-Za-z0-9.*_-]+)$/.exec(name)?.[1]);
  return names2.map((name) => {
    if (name !== void 0) return name.toLowerCase();
    throw new Fault("bad-proof", "the certificate is not for names of hosts alone");
  });
}
function attempt2(kind, message, body) {
  try {
    return body();
  } catch (cause) {
    throw new Fault(kind, message, { cause });
  }
}

// src/core/rget.ts
var LINE_CAP = 64 * 1024;
var SPACES = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/;
function recordRoot(manifest) {
  return rootOf(linesOf(manifest).map((line, index) => leafHash(digestIn(line, index))));
}
function linesOf(manifest) {
  const lines = Buffer.from(manifest).toString().split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
function digestIn(line, index) {
  if (Buffer.byteLength(line) >= LINE_CAP)
    throw new Fault("bad-manifest", `line ${index + 1}: rget reads no line of ${LINE_CAP} bytes`);
  const [digits = ""] = /^[0-9a-f]*/i.exec(line.replace(SPACES, "")) ?? [];
  return digits.length % 2 === 0 ? Buffer.from(digits, "hex") : Buffer.alloc(0);
}
function recordPrefix(manifest) {
  const digits = Buffer.from(recordRoot(manifest)).toString("hex");
  return `${digits.slice(0, 32)}.${digits.slice(32)}`;
}
var GITHUB = [
  /^api\.github\.com\/repos\/([\w.-]+)\/([\w.-]+)\/(?:zipball|tarball)\/([\w.+-]+)$/,
  /^github\.com\/([\w.-]+)\/([\w.-]+)\/releases\/download\/([\w.+-]+)\/[\w.-]+$/,
  /^github\.com\/([\w.-]+)\/([\w.-]+)\/archive\/([\w.+-]+)\.(?:zip|tar\.gz)$/
];
var labelOf = (version2) => version2.replace(/[.+]/g, "-");
function projectDomain(url) {
  const path4 = url.replace(/^https:\/\//, "");
  for (const pattern of GITHUB) {
    const [, organization, repository, tag] = pattern.exec(path4) ?? [];
    if (tag !== void 0) return `${labelOf(tag)}.${repository}.${organization}.github.com`;
  }
  return void 0;
}
function recordNames(manifest, project, recorder2) {
  const prefix = recordPrefix(manifest);
  const names2 = {
    domain: `${prefix}.${project}.${recorder2}`.toLowerCase(),
    bare: `${prefix}.${recorder2}`.toLowerCase()
  };
  const problem = domainProblem(names2.domain);
  if (problem === void 0) return names2;
  throw new Fault("bad-name", `no certificate can name the record domain ${quote(names2.domain)}: ${problem}`, {
    hint: 'an underscore, an empty part or a long one comes from the project, its version or the "project_domain" of the policy'
  });
}
function domainProblem(name) {
  if (name.length > 253) return `it has ${name.length} characters, where a name can have 253`;
  for (const label of name.split(".")) {
    if (label.length > 63) return `${quote(label)} has ${label.length} characters, where a label can have 63`;
    if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(label)) return `${quote(label)} is no label`;
  }
  return void 0;
}

// src/core/recorder.ts
function verifyEvidence(file, manifest, trusted) {
  const chain = parseChain(file);
  checkChain(chain, void 0);
  const recorded = recordedIn(chain[0], manifest);
  const log = trusted.find(({ recorder: recorder2 }) => recorder2 === recorded.recorder);
  if (log === void 0) return void 0;
  checkChain(chain, log.authorities);
  return { log, recorded };
}
function recordedIn(certificate2, manifest) {
  const prefix = recordPrefix(manifest);
  const names2 = hostNames(certificate2);
  const behind = names2.flatMap((name) => name.startsWith(`${prefix}.`) ? [name.slice(prefix.length + 1)] : []);
  const [recorder2, withProject] = behind.sort((a, b) => a.length - b.length);
  if (recorder2 === void 0) throw new Fault("bad-proof", "the certificate is about another manifest");
  if (withProject === void 0 || !withProject.endsWith(`.${recorder2}`))
    throw new Fault("bad-proof", "the certificate does not name the manifest both with a project and without one");
  const expected = { domain: `${prefix}.${withProject}`, bare: `${prefix}.${recorder2}` };
  checkNames(certificate2, expected);
  return {
    domain: expected.domain,
    recorder: recorder2,
    serial: certificate2.serialNumber.toLowerCase(),
    sha256: sha256(certificate2.raw),
    notBefore: certificate2.validFromDate
  };
}
function checkNames(certificate2, { domain, bare }) {
  const names2 = hostNames(certificate2);
  const missing = [domain, bare].find((name) => !names2.includes(name));
  if (missing !== void 0) throw new Fault("bad-proof", `the certificate does not name ${quote(missing)}`);
  const short = bare.replace(/\.[0-9a-f]{32}(?=\.)/, "");
  const other = names2.find((name) => name !== domain && name !== bare && name !== short);
  if (other !== void 0) throw new Fault("bad-proof", `the certificate is for ${quote(other)}, too`);
}

// src/core/hashedrekord.ts
var HASHEDREKORD = "hashedrekord";
var API_VERSION = { 1: "0.0.1", 2: "0.0.2" };
var KEY_DETAILS = "PKIX_ECDSA_P256_SHA_256";
var formatEntry2 = (version2, signed) => formatCanonicalJson(version2 === 1 ? entryV1(signed) : entryV2(signed));
var formatRequest = (version2, signed) => formatCanonicalJson(version2 === 1 ? entryV1(signed) : requestV2(signed));
var entryV1 = ({ digest, signature, key }) => ({
  apiVersion: API_VERSION[1],
  kind: HASHEDREKORD,
  spec: {
    data: { hash: { algorithm: "sha256", value: Buffer.from(digest).toString("hex") } },
    signature: {
      content: formatBase64(signature),
      publicKey: { content: formatBase64(Buffer.from(key.pem)) }
    }
  }
});
var entryV2 = (signed) => ({
  apiVersion: API_VERSION[2],
  kind: HASHEDREKORD,
  spec: {
    hashedRekordV002: {
      data: { algorithm: "SHA2_256", digest: formatBase64(signed.digest) },
      signature: signatureV2(signed)
    }
  }
});
var requestV2 = (signed) => ({
  hashedRekordRequestV002: { digest: formatBase64(signed.digest), signature: signatureV2(signed) }
});
var signatureV2 = ({ signature, key }) => ({
  content: formatBase64(signature),
  verifier: { keyDetails: KEY_DETAILS, publicKey: { rawBytes: formatBase64(key.spki) } }
});
function demandEntry(entry, version2, signed) {
  const wanted = formatEntry2(version2, signed);
  if (equalBytes(entry, wanted)) return;
  throw new Fault("bad-proof", `the entry of the log is another one: ${difference(entry, wanted)}`);
}
function difference(entry, wanted) {
  let found;
  try {
    found = parseCanonicalJson(entry);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.message;
  }
  return `${differingPath(found, parseCanonicalJson(wanted)) ?? "its form"} is not what was signed`;
}
function differingPath(a, b, path4 = "") {
  if (!isMapping(a) || !isMapping(b)) return a === b ? void 0 : path4 || "the document";
  for (const key of [.../* @__PURE__ */ new Set([...Object.keys(b), ...Object.keys(a)])]) {
    const below = `${path4 === "" ? "" : `${path4}.`}${/^\w+$/.test(key) ? key : quote(key.slice(0, 40))}`;
    if (!Object.hasOwn(a, key) || !Object.hasOwn(b, key)) return below;
    const differing = differingPath(a[key] ?? null, b[key] ?? null, below);
    if (differing !== void 0) return differing;
  }
  return void 0;
}
var isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// src/core/time-range.ts
var time = (value, path4) => {
  const written = text(value, path4);
  const [, second, fraction = ""] = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/.exec(written) ?? [];
  const date = /* @__PURE__ */ new Date(`${second}.${fraction.padEnd(3, "0").slice(0, 3)}Z`);
  if (second === void 0 || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(second))
    throw wrong(path4, "is not a time in UTC such as 2026-04-01T12:00:00Z");
  return date;
};
var fields = exactly({ start: time, end: optional(time) });
var timeRange = (value, path4) => {
  const range = fields(value, path4);
  if (range.end !== void 0 && range.end < range.start) throw wrong(`${path4}.end`, 'is earlier than "start"');
  return range;
};
var isWithin = (date, { start, end }) => date >= start && (end === void 0 || date <= end);

// src/core/rekor.ts
function verifySigned(bundle, file, signers2) {
  const { digest, signature, hint } = bundle;
  if (!equalBytes(digest, digestOf(file))) throw new Fault("bad-proof", "the bundle is about another file");
  const key = signers2.find((one2) => one2.hint === hint);
  if (key === void 0)
    throw new Fault("wrong-key", "what is in the log was signed with a key that is none of its pinned signers", {
      hint: `the key has the hint ${quote(hint.slice(0, 80))}`
    });
  if (!key.verify(file, signature))
    throw new Fault("bad-signature", "the signature in the bundle is not one of this file");
  return { digest, signature, key };
}
function entryOf({ entries }, { keys }) {
  const own = entries.filter(({ logId }) => keys.some((key) => key.logId === logId));
  const ids = entries.map(({ logId }) => logId);
  if (own.length > 1 || new Set(ids).size < ids.length)
    throw new Fault("bad-proof", "the bundle has several entries of one log, which are to count as more");
  return own[0];
}
function verifyBundle(bundle, file, log) {
  const entry = entryOf(bundle, log);
  return entry && verifyEntry(entry, verifySigned(bundle, file, log.signers), log);
}
function verifyEntry(entry, signed, log) {
  const { version: version2 } = log;
  const key = log.keys.find(({ logId }) => logId === entry.logId);
  if (key === void 0) throw new Fault("wrong-key", "the entry is of a log with another key than the pinned one");
  const checkpoint = verifyRekorCheckpoint(entry.inclusionProof.checkpoint, key, version2);
  const { logIndex, treeSize, rootHash, hashes } = entry.inclusionProof;
  if (treeSize !== checkpoint.size || !equalBytes(rootHash, checkpoint.root))
    throw new Fault("bad-proof", "the inclusion proof is not about the tree of its checkpoint");
  if (entry.kind !== HASHEDREKORD || entry.version !== API_VERSION[version2])
    throw new Fault("bad-proof", `the entry is of the kind ${quote(`${entry.kind} ${entry.version}`.slice(0, 80))}`);
  demandEntry(entry.body, version2, signed);
  verifyInclusion(leafHash(entry.body), logIndex, treeSize, hashes, rootHash);
  if (version2 === 1) verifyPromise(entry, key);
  else demandNoTime(entry);
  const time4 = version2 === 1 ? new Date(entry.integratedTime * 1e3) : void 0;
  demandValid(key, time4);
  const name = nameOf(entry, checkpoint, key, version2);
  return { origin: key.name, index: entry.logIndex, entry: name, treeSize, time: time4, signer: signed.key, checkpoint };
}
function nameOf({ body }, checkpoint, key, version2) {
  const leaf = Buffer.from(leafHash(body)).toString("hex");
  const tree = BigInt(treeIdOf(checkpoint.origin, key.name) ?? 0).toString(16);
  return version2 === 1 ? tree.padStart(16, "0") + leaf : leaf;
}
function verifyRekorCheckpoint(note, key, version2) {
  const checkpoint = parseSignedCheckpoint(Buffer.from(note));
  verifyNamedCheckpoint(checkpoint, [key], (name) => isOriginOf(checkpoint.origin, name, version2));
  return checkpoint;
}
var isOriginOf = (origin, name, version2) => version2 === 2 ? origin === name : origin.startsWith(`${name} - `) && treeIdOf(origin, name) !== void 0;
var treeIdOf = (origin, name) => /^ - (0|[1-9][0-9]{0,18})$/.exec(origin.slice(name.length))?.[1];
var LATEST = 253402300799;
function verifyPromise({ body, integratedTime, logId, logIndex, ...entry }, key) {
  const { signedEntryTimestamp: promise, inclusionProof } = entry;
  if (promise === void 0) throw new Fault("bad-proof", "the entry has no signed entry timestamp");
  const signed = formatCanonicalJson({ body: formatBase64(body), integratedTime, logID: logId, logIndex });
  if (!key.verifyBytes(signed, promise))
    throw new Fault("bad-signature", "the signed entry timestamp is not one of this entry");
  if (integratedTime === 0 || integratedTime > LATEST)
    throw new Fault("bad-proof", "the entry has no time that can be");
  if (logIndex < inclusionProof.logIndex)
    throw new Fault("bad-proof", "the index of the entry is smaller than that in its tree");
}
function demandValid({ validFor, name }, time4) {
  if (validFor === void 0 || time4 === void 0 || isWithin(time4, validFor)) return;
  throw new Fault(
    "bad-proof",
    `the entry is of ${time4.toISOString()}, when the pinned key of ${quote(name)} was not in use`
  );
}
function demandNoTime({ logIndex, integratedTime, signedEntryTimestamp, inclusionProof }) {
  if (logIndex !== inclusionProof.logIndex)
    throw new Fault(
      "bad-proof",
      `the entry claims the index ${logIndex}, and is proven for ${inclusionProof.logIndex}`
    );
  if (integratedTime !== 0 || signedEntryTimestamp !== void 0)
    throw new Fault("bad-proof", "the entry has a time, which its log never signs");
}

// src/core/sigsum-leaf.ts
import { sign, verify } from "node:crypto";

// src/core/sigsum-ascii.ts
var SIGNATURE_SIZE = 64;
function asciiLines(text2, what) {
  const bad2 = (why) => new Fault("bad-format", `${what} ${why}`);
  const lines = text2.split("\n");
  if (lines.pop() !== "") throw bad2("does not end with a newline");
  let at = 0;
  const keyOf2 = (line) => line?.slice(0, Math.max(line.indexOf("="), 0));
  return {
    take: (key, count2) => {
      const line = lines[at];
      if (keyOf2(line) !== key) throw bad2(`has no line ${quote(key)} where it belongs`);
      const values = (line ?? "").slice(key.length + 1).split(" ");
      if (values.length !== count2)
        throw bad2(`has ${values.length} values for ${quote(key)}, where there have to be ${count2}`);
      at += 1;
      return values;
    },
    isNext: (key) => keyOf2(lines[at]) === key,
    end: () => {
      const more = lines[at];
      if (more !== void 0) throw bad2(`has a line that does not belong there: ${quote(more.slice(0, 80))}`);
    },
    bad: bad2
  };
}
function parseHex(text2, size) {
  if (text2.length === 2 * size && /^[0-9a-f]*$/.test(text2)) return Buffer.from(text2, "hex");
  throw new Fault("bad-format", `not ${size} bytes in lower-case hexadecimal digits: ${quote(text2.slice(0, 80))}`);
}
var formatHex = (bytes2) => Buffer.from(bytes2).toString("hex");
var parseHexHash = (text2) => parseHash(parseHex(text2, 32));
var parseHexSignature = (text2) => parseHex(text2, SIGNATURE_SIZE);
var takeHash = (lines, key) => parseHexHash(one(lines, key));
var takeNumber = (lines, key) => parseDecimal(one(lines, key));
var takeSignature = (lines, key) => parseHexSignature(one(lines, key));
var one = (lines, key) => lines.take(key, 1)[0] ?? "";

// src/core/sigsum-leaf.ts
var REQUEST_CAP = 1024;
var NAMESPACE = Buffer.from("sigsum.org/v1/tree-leaf\0");
var keyHashOf = (publicKey) => sha256(publicKey);
var signedBytes = (message) => Buffer.concat([NAMESPACE, digestOf(message)]);
function signLeaf(file, key) {
  const message = digestOf(file);
  return { message, signature: sign(null, signedBytes(message), key), publicKey: publicKeyOf(key) };
}
function verifyLeaf({ message, signature, publicKey }) {
  if (!verify(null, signedBytes(message), ed25519Key(publicKey), signature))
    throw new Fault("bad-signature", "the leaf is not signed by its key");
}
var hashOfLeaf = ({ message, signature, publicKey }) => leafHash(Buffer.concat([digestOf(message), signature, digestOf(publicKey)]));
function parseAddLeaf(bytes2) {
  const lines = asciiLines(decodeUtf8(bytes2, REQUEST_CAP, "the request"), "the request");
  const leaf = {
    message: takeHash(lines, "message"),
    signature: takeSignature(lines, "signature"),
    publicKey: parseHex(lines.take("public_key", 1)[0] ?? "", PUBLIC_KEY_SIZE)
  };
  lines.end();
  verifyLeaf(leaf);
  return leaf;
}
var formatAddLeaf = ({ message, signature, publicKey }) => Buffer.from(`message=${formatHex(message)}
signature=${formatHex(signature)}
public_key=${formatHex(publicKey)}
`);
var isLeafOf = ({ message }, file) => equalBytes(message, digestOf(file));
var TOKEN_NAMESPACE = Buffer.from("sigsum.org/v1/submit-token\0");
var formatToken = (domain, key, logKey) => `${domain} ${formatHex(sign(null, Buffer.concat([TOKEN_NAMESPACE, logKey]), key))}`;

// src/core/sigsum-policy.ts
var SIGSUM_POLICY_CAP = 64 * 1024;
var MAX_LOGS = 32;
var MAX_NAMES = 128;
var NOBODY = { kind: "group", threshold: 0, members: [] };
var NONE = "none";
var bad = (why, hint) => new Fault("bad-format", why, { hint });
function parseSigsumPolicy(bytes2) {
  const text2 = decodeUtf8(bytes2, SIGSUM_POLICY_CAP, "the Sigsum policy");
  const draft = {
    logs: [],
    witnesses: [],
    names: /* @__PURE__ */ new Map([[NONE, NOBODY]]),
    memberOf: /* @__PURE__ */ new Map(),
    quorum: void 0
  };
  for (const [index, line] of text2.split("\n").entries()) takeLine(draft, line.replace(/\r$/, ""), index + 1);
  const { logs, witnesses, quorum } = draft;
  if (quorum === void 0)
    throw bad('the Sigsum policy has no line "quorum"', 'write "quorum none" where no witness is needed');
  if (logs.length === 0) throw bad("the Sigsum policy names no log");
  return { logs, witnesses, quorum };
}
function takeLine(draft, line, number) {
  try {
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(line)) throw bad("holds a control character");
    const [keyword = "#", ...values] = line.split(/[ \t]+/).filter((field) => field !== "");
    if (!keyword.startsWith("#")) statement(draft, keyword, values);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw bad(`line ${number} of the Sigsum policy ${error.message}`, error.hint);
  }
}
function statement(draft, keyword, values) {
  if (keyword === "log") addLog(draft, values);
  else if (keyword === "witness") addWitness(draft, values);
  else if (keyword === "group") addGroup(draft, values);
  else if (keyword === "quorum") setQuorum(draft, values);
  else throw bad(`begins with ${quote(keyword.slice(0, 40))}`, "lines begin with log, witness, group or quorum");
}
function addLog({ logs }, values) {
  const [hex, url] = counted(values, 1, 2, "log <public key> [<address>]");
  const publicKey = parsePublicKey(hex);
  const keyHash = keyHashOf(publicKey);
  if (logs.some((log) => log.keyHash === keyHash)) throw bad("names a log that was named before");
  if (logs.length === MAX_LOGS) throw bad(`names more than ${MAX_LOGS} logs`);
  logs.push({ key: noteVerifier(sigsumOrigin(keyHash), publicKey), keyHash, url: url && parseAddress(url) });
}
var sigsumOrigin = (keyHash) => `sigsum.org/v1/tree/${keyHash}`;
function addWitness({ witnesses, names: names2 }, values) {
  const [name, hex, url] = counted(values, 2, 3, "witness <name> <public key> [<address>]");
  const publicKey = parsePublicKey(hex);
  const keyHash = keyHashOf(publicKey);
  if (witnesses.some((witness3) => witness3.keyHash === keyHash)) throw bad("has the key of another witness");
  if (url !== void 0) parseAddress(url);
  const witness2 = { name, key: witnessKey(name, publicKey), keyHash };
  define(names2, name, { kind: "witness", witness: witness2 });
  witnesses.push(witness2);
}
function addGroup({ names: names2, memberOf }, values) {
  const form = "group <name> any|all|<number> <member>…";
  const [name, threshold, ...members] = counted(values, 3, Number.POSITIVE_INFINITY, form);
  const group = {
    kind: "group",
    threshold: parseThreshold(threshold, members.length),
    members: members.map((member) => {
      const found = names2.get(member);
      if (found === void 0 || member === NONE)
        throw bad(`has a member that no earlier line names: ${quote(member)}`);
      const other = memberOf.get(member);
      if (other !== void 0) throw bad(`has the member ${quote(member)}, which is one of the group ${quote(other)}`);
      memberOf.set(member, name);
      return found;
    })
  };
  define(names2, name, group);
}
function setQuorum(draft, values) {
  const [name] = counted(values, 1, 1, "quorum <name>");
  const found = draft.names.get(name);
  if (found === void 0) throw bad(`demands what no earlier line names: ${quote(name)}`);
  if (draft.quorum !== void 0) throw bad("is the second one with a quorum");
  draft.quorum = found;
}
function define(names2, name, what) {
  if (names2.has(name)) throw bad(`gives the name ${quote(name)} a second time`);
  if (names2.size > MAX_NAMES) throw bad(`is one witness or group more than ${MAX_NAMES}`);
  names2.set(name, what);
}
function counted(values, least, most, form) {
  if (values.length < least || values.length > most)
    throw bad(`has ${values.length} values`, `such a line is "${form}"`);
  return values;
}
function parsePublicKey(hex) {
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, "hex");
  throw bad("has no public key of 64 hexadecimal digits", "sigsum-key to-hex shows a key like this");
}
function parseThreshold(text2, members) {
  if (text2 === "any") return 1;
  if (text2 === "all") return members;
  const threshold = /^[0-9]+$/.test(text2) ? parseDecimal(text2) : Number.NaN;
  if (threshold >= 1 && threshold <= members) return threshold;
  throw bad(
    `demands ${quote(text2)} of ${members} members`,
    "write any, all, or a number from 1 up to that of the members"
  );
}
function parseAddress(url) {
  const fault = addressFault(url);
  if (fault !== void 0) throw bad(`has an address that ${fault}`);
  return withoutLastSlash(url);
}

// src/core/sigsum-tree-head.ts
var TREE_HEAD_CAP = 32 * 1024;
var MAX_COSIGNATURES = 128;
function parseTreeHead(bytes2) {
  const lines = asciiLines(decodeUtf8(bytes2, TREE_HEAD_CAP, "the tree head"), "the tree head");
  const head = takeTreeHead(lines);
  lines.end();
  return head;
}
function takeTreeHead(lines) {
  const size = takeNumber(lines, "size");
  const root = takeHash(lines, "root_hash");
  const signature = takeSignature(lines, "signature");
  const cosignatures = /* @__PURE__ */ new Map();
  while (lines.isNext("cosignature")) {
    const [hash2 = "", time4 = "", hex = ""] = lines.take("cosignature", 3);
    const keyHash = formatHex(parseHexHash(hash2));
    if (cosignatures.has(keyHash)) throw lines.bad("has two cosignatures by one witness");
    if (cosignatures.size === MAX_COSIGNATURES) throw lines.bad(`has more than ${MAX_COSIGNATURES} cosignatures`);
    cosignatures.set(keyHash, { keyHash, time: parseDecimal(time4), signature: parseHexSignature(hex) });
  }
  return { size, root, signature, cosignatures: [...cosignatures.values()] };
}
var formatTreeHead = ({ size, root, signature, cosignatures }) => [
  `size=${size}
root_hash=${formatHex(root)}
signature=${formatHex(signature)}
`,
  ...cosignatures.map(({ keyHash, time: time4, signature: by }) => `cosignature=${keyHash} ${time4} ${formatHex(by)}
`)
].join("");
var checkpointOf = ({ size, root }, { keyHash }) => ({
  origin: sigsumOrigin(keyHash),
  size,
  root,
  extensions: []
});
function verifyLogSignature(head, log) {
  if (!log.key.verify(formatCheckpoint(checkpointOf(head, log)), head.signature))
    throw new Fault("bad-signature", `the tree head is not signed by the log ${log.keyHash}`);
}
function verifyQuorum(head, log, policy, now) {
  const checkpoint = checkpointOf(head, log);
  const problems = [];
  const vouchers = policy.witnesses.flatMap((witness2) => {
    const cosignature = head.cosignatures.find(({ keyHash }) => keyHash === witness2.keyHash);
    if (cosignature === void 0) return [];
    const time4 = timeOf(checkpoint, witness2.key, cosignature, now);
    if (time4 instanceof Date) return [{ witness: witness2, time: time4 }];
    problems.push(time4.message);
    return [];
  });
  const times = new Map(vouchers.map(({ witness: witness2, time: time4 }) => [witness2, time4.getTime()]));
  const since = sinceOf(policy.quorum, times);
  if (since !== void 0) return { vouchers, since: since === 0 ? void 0 : new Date(since) };
  const names2 = vouchers.length === 0 ? "none" : vouchers.map(({ witness: witness2 }) => quote(witness2.name)).join(", ");
  const why = [
    `of the ${policy.witnesses.length} witnesses of the Sigsum policy, ${names2} vouches, which is no quorum`,
    ...problems
  ];
  throw new Fault("not-witnessed", why.join("; "));
}
function timeOf(checkpoint, key, { time: time4, signature }, now) {
  const line = { name: key.name, keyId: key.keyId, signature: formatCosignature({ time: time4, signature }) };
  try {
    return verifyCosignature(checkpoint, key, line, now).time;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}
function sinceOf(quorum, times) {
  if (quorum.kind === "witness") return times.get(quorum.witness);
  if (quorum.threshold === 0) return 0;
  const known = quorum.members.map((member) => sinceOf(member, times)).filter((time4) => time4 !== void 0);
  return known.sort((a, b) => a - b)[quorum.threshold - 1];
}

// src/core/sigsum-proof.ts
var INCLUSION_CAP = 8 * 1024;
var SIGSUM_PROOF_CAP = TREE_HEAD_CAP + INCLUSION_CAP + 1024;
var VERSION = "version=2\n";
function parseSigsumProof(bytes2) {
  const text2 = decodeUtf8(bytes2, SIGSUM_PROOF_CAP, "the Sigsum proof");
  if (!text2.startsWith(VERSION)) throw otherVersion(text2);
  const [first = "", second, third, ...more] = text2.slice(VERSION.length).split("\n\n");
  const what = "the Sigsum proof";
  const parts = asciiLines(`${first}
`, what);
  const logKeyHash = formatHex(takeHash(parts, "log"));
  const [keyHash = "", signature = ""] = parts.take("leaf", 2);
  parts.end();
  const leaf = { logKeyHash, keyHash: formatHex(parseHexHash(keyHash)), signature: parseHexSignature(signature) };
  if (second === void 0) throw parts.bad("has no tree head");
  const lines = asciiLines(third === void 0 ? second : `${second}
`, what);
  const head = takeTreeHead(lines);
  lines.end();
  if (head.size === 0) throw lines.bad("is about an empty tree");
  const isWhole = more.length === 0 && head.size > 1 === (third !== void 0);
  if (!isWhole) throw lines.bad("does not have the parts that its tree asks for");
  return {
    ...leaf,
    head,
    ...third === void 0 ? { index: 0, hashes: [] } : takeInclusion(asciiLines(third, what))
  };
}
function otherVersion(text2) {
  const [, version2] = /^version=([0-9]{1,9})\n/.exec(text2) ?? [];
  if (version2 === void 0) return new Fault("bad-format", 'not a Sigsum proof: it does not begin with "version=2"');
  return new Fault("bad-format", `a Sigsum proof of version ${version2}, where only version 2 is read`, {
    hint: "submit the same file again, with a program that writes version 2: the log has the leaf, and gives a proof of it"
  });
}
var parseInclusion = (bytes2) => takeInclusion(asciiLines(decodeUtf8(bytes2, INCLUSION_CAP, "the inclusion proof"), "the inclusion proof"));
function takeInclusion(lines) {
  const index = takeNumber(lines, "leaf_index");
  const hashes = takeHashes(lines);
  return { index, hashes };
}
var parseConsistency = (bytes2) => takeHashes(asciiLines(decodeUtf8(bytes2, INCLUSION_CAP, "the consistency proof"), "the consistency proof"));
function takeHashes(lines) {
  const hashes = [takeHash(lines, "node_hash")];
  while (lines.isNext("node_hash")) {
    if (hashes.length === MAX_PROOF_LENGTH) throw lines.bad(`has more than ${MAX_PROOF_LENGTH} hashes`);
    hashes.push(takeHash(lines, "node_hash"));
  }
  lines.end();
  return hashes;
}
function formatSigsumProof({ logKeyHash, keyHash, signature, head, index, hashes }) {
  const inclusion = [`leaf_index=${index}`, ...hashes.map((hash2) => `node_hash=${formatHex(hash2)}`)].join("\n");
  return Buffer.from(
    [
      `${VERSION}log=${logKeyHash}
leaf=${keyHash} ${formatHex(signature)}
`,
      formatTreeHead(head),
      ...head.size > 1 ? [`${inclusion}
`] : []
    ].join("\n")
  );
}

// src/core/sigsum-verify.ts
function verifySigsumProof(bytes2, file, trust, now) {
  const proof = parseSigsumProof(bytes2);
  const publicKey = trust.signers.find((signer) => keyHashOf(signer) === proof.keyHash);
  if (publicKey === void 0)
    throw new Fault(
      "wrong-key",
      `the leaf is by a submitter that the policy does not name: its key hash is ${proof.keyHash}`
    );
  const leaf = { message: digestOf(file), signature: proof.signature, publicKey };
  verifyLeaf(leaf);
  const log = trust.policy.logs.find(({ keyHash }) => keyHash === proof.logKeyHash);
  if (log === void 0)
    throw new Fault(
      "wrong-key",
      `the Sigsum policy does not name the log of the proof: its key hash is ${proof.logKeyHash}`
    );
  verifyLogSignature(proof.head, log);
  const quorum = verifyQuorum(proof.head, log, trust.policy, now);
  verifyInclusion(hashOfLeaf(leaf), proof.index, proof.head.size, proof.hashes, proof.head.root);
  return { ...quorum, log, leaf, proof };
}

// src/core/policy-recorder.ts
var FIELD = /\{(project|version)\}/g;
var PUBLIC = /(?:^|\.)merklecounty\.com$/;
var recorder = (value, path4) => {
  const { ca_file: caFile, project_domain: projectDomain2, url, ...log } = fields2(value, path4);
  const authorities = caFile === void 0 ? void 0 : [];
  return { ...log, url: url ?? `https://${log.recorder}`, projectDomain: projectDomain2, caFile, authorities };
};
function fillProjectDomain(template2, project, version2) {
  const values = { project: labelOf(project.slice(project.lastIndexOf("/") + 1)), version: labelOf(version2) };
  return template2.replace(FIELD, (_, field) => values[field]);
}
var host = (value, path4) => {
  const name = text(value, path4).toLowerCase();
  const problem = domainProblem(name);
  if (problem !== void 0) throw wrong(path4, `is no name of a host: ${problem}`);
  if (PUBLIC.test(name))
    throw wrong(path4, "is the public recorder, which is gone", "a recorder is one that you run yourself");
  return name;
};
var template = (value, path4) => {
  const written = text(value, path4);
  const problem = domainProblem(written.replace(FIELD, "x"));
  if (problem === void 0) return written;
  throw wrong(path4, `is no name of a host: ${problem}`, "its only fields are {project} and {version}");
};
var fields2 = exactly({
  name: text,
  kind: oneOf(["recorder"]),
  recorder: host,
  url: optional(httpAddress),
  address: optional(hostAndPort),
  project_domain: optional(template),
  ca_file: optional(text)
});

// src/logs/recorder.ts
var ANSWER_TIME = 3e4;
var ANSWER_CAP = 64 * 1024;
var openRecorder = (trusted, asking) => ({
  kind: "recorder",
  submit: async (prepared, subject) => submitRecord(Buffer.from(prepared).toString(), subject, trusted, asking),
  verify: (evidence, { manifest }) => verifyRecord(evidence, manifest, trusted)
});
function prepareRecord(url, { statement: statement2, manifest }, trusted) {
  const isPlain = /^https?:\/\/[^@?#]+$/.test(url) && URL.canParse(url);
  if (!isPlain || !url.endsWith(`/${encodeURIComponent(statement2.manifest.name)}`))
    throw new Fault("usage", `not an address that a recorder could be told: ${quote(url)}`, {
      hint: "it fetches the manifest by its name, without a password or a query"
    });
  namesFor(url, statement2, manifest, trusted);
  return Buffer.from(url);
}
function verifyRecord(evidence, manifest, trusted) {
  const shown = verifyEvidence(evidence, manifest, [trusted]);
  if (shown !== void 0) return describeRecord(shown.recorded);
  throw new Fault("bad-proof", `the certificate is not of the recorder ${trusted.recorder}`);
}
var describeRecord = (record2) => ({
  origin: record2.recorder,
  record: record2,
  witnesses: []
});
function namesFor(url, { project, version: version2 }, manifest, trusted) {
  const { projectDomain: template2, recorder: recorder2, name } = trusted;
  const domain = projectDomain(url) ?? (template2 && fillProjectDomain(template2, project, version2));
  if (domain !== void 0) return recordNames(manifest, domain, recorder2);
  throw new Fault(
    "usage",
    `rget has no project domain for ${quote(url)}, and the policy has none for the log ${quote(name)}`,
    {
      hint: 'rget knows addresses at GitHub only: for others, give the policy the "project_domain" that your recorder makes of them'
    }
  );
}
async function submitRecord(url, { statement: statement2, manifest }, trusted, asking) {
  const names2 = namesFor(url, statement2, manifest, trusted);
  const end = new Date(asking.clock.now().getTime() + asking.patience);
  await checkPublished(asking, url, manifest);
  const { chain, isNew } = await untilShown(url, names2, trusted, { ...asking, end });
  const proof = Buffer.from(formatChain(chain));
  return { ...verifyRecord(proof, manifest, trusted), proof, isNew, problems: [] };
}
async function checkPublished({ http, patience }, url, manifest) {
  const published = await http.get(url, MANIFEST_CAP, patience);
  if (published === void 0)
    throw new Fault("pending", `nothing is published at ${quote(url)}`, { hint: "was the upload finished?" });
  if (!equalBytes(published, manifest))
    throw new Fault("altered", `what is published at ${quote(url)} differs from the local file`, {
      hint: "the recorder was told nothing: find out which of the two is right"
    });
}
async function untilShown(url, names2, trusted, asking) {
  const { clock, end } = asking;
  const timeout = () => Math.max(1, Math.min(ANSWER_TIME, end.getTime() - clock.now().getTime()));
  let isTold = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const seen = await visit(asking, names2, trusted, timeout());
    if (!(seen instanceof Fault)) return { chain: seen, isNew: isTold };
    const outage = isTold ? { fault: seen } : await tell(asking, url, trusted, timeout());
    if (outage === void 0) {
      isTold = true;
      continue;
    }
    const wait = Math.max(outage.after ?? 0, withJitter(pause));
    if (!hasTimeAfter(wait, end, clock)) throw isTold ? notShown(names2, outage.fault) : outage.fault;
    await clock.sleep(wait);
  }
}
var notShown = ({ domain }, { message }) => new Fault("network", `the recorder was told, and shows no certificate for ${quote(domain)} yet: ${message}`, {
  hint: "does it know this address? rget answers 200 to any; and does DNS lead all names below the recorder to it?"
});
async function visit({ tls }, names2, { address: address2, authorities }, timeout) {
  try {
    const { host: host2, port } = address2 ?? { host: names2.domain, port: 443 };
    const shown = await tls.visit({ host: host2, port, name: names2.domain, timeout, ...believed(authorities) });
    const chain = chainOf(shown.chain);
    const [certificate2] = chain;
    if (certificate2.checkHost(names2.domain, { subject: "never", wildcards: false }) === void 0)
      return new Fault(
        "network",
        `its certificate is for ${quote((certificate2.subjectAltName ?? "nobody").slice(0, 300))}`
      );
    checkNames(certificate2, names2);
    if (shown.problem === void 0) return chain;
    throw new Fault("bad-proof", `the certificate of ${quote(names2.domain)} is not to be believed: ${shown.problem}`, {
      hint: 'where the authority is one of your own, name it in the policy: "ca_file"'
    });
  } catch (error) {
    if (error instanceof Fault && (error.kind === "network" || error.kind === "bad-format")) return error;
    throw error;
  }
}
async function tell({ http, clock }, url, { url: base, authorities }, timeout) {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const form = Buffer.from(new URLSearchParams({ url }).toString());
  try {
    const limits = { cap: ANSWER_CAP, timeout, headers, ...believed(authorities) };
    const answer = await http.post(`${base}/api/v1/submit`, form, limits);
    if (answer.status >= 200 && answer.status < 300) return void 0;
    const fault = new Fault("network", `the recorder ${quote(base)} answers ${answer.status}`);
    if (PASSING.has(answer.status)) return { fault, after: retryAfter(answer, clock.now()) };
    throw new Fault("usage", `${fault.message} to the address ${quote(url)}`, {
      hint: 'is the "url" of the policy that of a recorder? redirections are not followed'
    });
  } catch (error) {
    if (error instanceof Fault && (error.kind === "network" || error.kind === "bad-format")) return { fault: error };
    throw error;
  }
}
var believed = (authorities) => authorities === void 0 ? {} : { authorities: formatChain(authorities) };

// src/logs/sigsum-server.ts
var PATIENCE = 2e4;
var REFUSALS = /* @__PURE__ */ new Set([400, 403]);
var isOutage = (answer) => typeof answer === "object" && answer !== null && "fault" in answer;
var pending = (why) => ({ fault: new Fault("pending", why) });
function sigsumServer({ http, clock }, url, end) {
  const limits = () => {
    const timeout = Math.min(PATIENCE, end.getTime() - clock.now().getTime());
    if (timeout <= 0) throw new Fault("network", "there was no time left to ask it");
    return { cap: TREE_HEAD_CAP, timeout };
  };
  const get = async (path4, read, absent) => attempt3(url, async () => {
    const answer = await http.ask(`${url}/${path4}`, limits());
    if (absent.includes(answer.status)) return void 0;
    return answer.status === 200 ? read(answer.body) : outageOf(url, answer, clock.now());
  });
  return {
    addLeaf: async (request, token) => attempt3(url, async () => {
      const headers = token === void 0 ? {} : { "Sigsum-Token": token };
      const answer = await http.post(`${url}/add-leaf`, request, { ...limits(), headers });
      if (answer.status === 200 || answer.status === 202) return answer.status === 200;
      if (REFUSALS.has(answer.status)) throw refusalOf(url, answer, token !== void 0);
      return outageOf(url, answer, clock.now());
    }),
    treeHead: async () => {
      const head = await get("get-tree-head", parseTreeHead, []);
      return head ?? { fault: new Fault("network", `the log ${quote(url)} has no tree head`) };
    },
    inclusion: async (size, leaf) => get(`get-inclusion-proof/${size}/${formatHex(leaf)}`, parseInclusion, [400, 404]),
    consistency: async (from, to) => get(`get-consistency-proof/${from}/${to}`, parseConsistency, [400, 404])
  };
}
async function attempt3(url, body) {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "usage") throw error;
    const fault = error.kind === "network" ? error : new Fault("network", `the log ${quote(url)} answers with what is no answer: ${error.message}`);
    return { fault };
  }
}
function outageOf(url, { status, headers, body }, now) {
  const fault = new Fault("network", `the log ${quote(url)} answers ${status}${said(body)}`);
  const after = retryAfter({ headers }, now);
  return after === void 0 ? { fault } : { fault, after };
}
function said(body) {
  const text2 = Buffer.from(body.subarray(0, 200)).toString("latin1").trim();
  return text2 === "" ? "" : `: ${quote(text2)}`;
}
function refusalOf(url, { status, body }, hasToken) {
  const what = status === 403 ? "refuses the submission" : "does not understand the submission";
  return new Fault("usage", `the log ${quote(url)} ${what} (${status})${said(body)}`, {
    hint: hasToken ? "is the public half of the token key in the TXT record of _sigsum_v1. and the domain?" : "public logs take submissions of a known domain only: give --token-domain and --token-key"
  });
}

// src/logs/sigsum-heads.ts
var misbehaved = ({ keyHash, url }, why, evidence) => new Fault("log-misbehaved", `the Sigsum log "${url}" ${why}`, {
  hint: "keep this report: what the log has signed is in it; tell those who run the log, and those who rely on it",
  evidence: [`log=${keyHash}
`, ...evidence]
});
var formatProof = (proof) => proof.map((hash2) => `node_hash=${formatHex(hash2)}
`).join("");
var SeenHeads = class {
  #log;
  #largest;
  constructor(log) {
    this.#log = log;
  }
  /** An outage where that cannot be known yet. Throws `bad-signature`, `log-misbehaved`. */
  async take(head, server) {
    try {
      verifyLogSignature(head, this.#log);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const message = `at "${this.#log.url}" is not the log that the Sigsum policy pins: ${error.message}`;
      throw new Fault(error.kind, message, { evidence: [formatTreeHead(head)] });
    }
    const earlier = this.#largest;
    const outage = earlier === void 0 ? void 0 : await this.#compare(earlier, head, server);
    if (outage === void 0 && (earlier === void 0 || head.size > earlier.size)) this.#largest = head;
    return outage;
  }
  async #compare(earlier, head, server) {
    const [small, large] = earlier.size <= head.size ? [earlier, head] : [head, earlier];
    const needsProof = small.size > 0 && small.size < large.size;
    const proof = needsProof ? await server.consistency(small.size, large.size) : [];
    if (isOutage(proof)) return proof;
    if (proof === void 0)
      return pending(
        `the log "${this.#log.url}" does not show how its trees of ${small.size} and ${large.size} leaves belong together`
      );
    try {
      verifyConsistency(small.size, small.root, large.size, large.root, proof);
      return void 0;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const texts = [...[earlier, head].map(formatTreeHead), ...proof.length === 0 ? [] : [formatProof(proof)]];
      throw misbehaved(this.#log, `has signed two trees, and neither continues the other: ${error.message}`, texts);
    }
  }
};

// src/logs/sigsum-submit.ts
var PAUSE = 2e3;
var LONGEST_PAUSE2 = 3e4;
var reachableLogs = ({ logs }) => logs.filter((log) => log.url !== void 0);
async function submitLeaf(leaf, submitting) {
  const waiting = new Waiting(submitting);
  const problems = /* @__PURE__ */ new Map();
  let mayBeLogged = false;
  let logs = reachableLogs(submitting.policy).map((log) => ({ log, heads: new SeenHeads(log) }));
  if (logs.length === 0) throw new Fault("usage", "the Sigsum policy has no address of a log");
  try {
    for (let round = 0; ; round += 1) {
      let after;
      for (const [index, asked] of logs.entries()) {
        const { log } = asked;
        const share = waiting.share(logs.length - index);
        const answer = await orRefusal(async () => submitTo(asked, leaf, submitting, waiting, share));
        if ("proof" in answer) return answer;
        problems.set(log, answer.fault);
        mayBeLogged ||= mayPass(answer.fault);
        after = Math.min(after ?? Number.POSITIVE_INFINITY, answer.after ?? 0);
      }
      logs = logs.filter(({ log }) => mayPass(problems.get(log)));
      if (logs.length === 0) throw refusal([...problems.values()], mayBeLogged);
      if (!await waiting.pause(PAUSE * 2 ** round, after, waiting.end)) throw overdue([...problems.values()]);
    }
  } finally {
    submitting.progress.end();
  }
}
async function orRefusal(body) {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Fault && error.kind !== "log-misbehaved") return { fault: error };
    throw error;
  }
}
var notYet = ({ url }) => pending(`the tree of the log "${url}" does not have the leaf yet`);
var told = (faults) => faults.map(({ message }) => message).join("; ");
var overdue = (faults) => new Fault("pending", `no log of the Sigsum policy has given a proof yet: ${told(faults)}`, {
  hint: "run submit again: the leaf is the same, and is not logged twice"
});
var mayPass = (fault) => fault?.kind === "network" || fault?.kind === "pending";
function refusal(faults, mayBeLogged) {
  const first = faults.find((fault) => !mayPass(fault));
  if (mayBeLogged && first?.kind === "usage") return overdue(faults);
  return new Fault(first?.kind ?? "usage", told(faults), { hint: first?.hint, evidence: first?.evidence });
}
var Waiting = class {
  end;
  #begun;
  #with;
  constructor(submitting) {
    this.#with = submitting;
    this.#begun = submitting.clock.now().getTime();
    this.end = new Date(this.#begun + submitting.patience);
  }
  /** When the first of so many logs has had its share of what is left. */
  share(logs) {
    const now = this.#with.clock.now().getTime();
    return new Date(now + (this.end.getTime() - now) / logs);
  }
  /** Waits, as long as the server asks for, too, and says so; false where there is no time left before `until`. */
  async pause(duration, after, until) {
    const { clock, progress, patience } = this.#with;
    const now = clock.now().getTime();
    const wait = Math.max(Math.min(duration, LONGEST_PAUSE2), after ?? 0) * (1 + Math.random() / 4);
    if (!hasTimeAfter(wait, until, clock)) return false;
    progress.report(
      "seconds waited for the Sigsum log",
      Math.round((now - this.#begun) / 1e3),
      Math.round(patience / 1e3)
    );
    await clock.sleep(wait);
    return true;
  }
};
async function submitTo({ log, heads }, leaf, submitting, waiting, until) {
  const server = sigsumServer(submitting, log.url, until);
  const request = formatAddLeaf(leaf);
  const token = submitting.tokenFor(log);
  const first = await server.addLeaf(request, token);
  if (isOutage(first)) return first;
  let logged = first;
  let problem = first ? void 0 : pending(`the log "${log.url}" has not taken the leaf in yet`);
  for (; ; ) {
    if (problem !== void 0 && !await waiting.pause(PAUSE, problem.after, until)) return problem;
    if (!logged) {
      const answer2 = await afterAll(async () => server.addLeaf(request, token));
      logged = answer2 === true;
      if (isOutage(answer2)) problem = answer2;
    }
    if (!logged) continue;
    const answer = await collect2(log, leaf, submitting, server, heads);
    if (answer instanceof Uint8Array) return { proof: answer, isNew: !first };
    problem = answer;
  }
}
async function afterAll(body) {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "usage") throw error;
    return { fault: new Fault("network", error.message, { hint: error.hint, cause: error }) };
  }
}
async function collect2(log, leaf, { policy, clock }, server, heads) {
  const head = await server.treeHead();
  if (isOutage(head)) return head;
  const contradiction = await heads.take(head, server);
  if (contradiction !== void 0) return contradiction;
  const missing = missingQuorum(head, log, policy, clock.now());
  if (missing !== void 0) return missing;
  const hash2 = hashOfLeaf(leaf);
  const inclusion = head.size > 1 ? await server.inclusion(head.size, hash2) : { index: 0, hashes: [] };
  if (inclusion === void 0) return notYet(log);
  if (isOutage(inclusion)) return inclusion;
  if (head.size === 1 && !equalBytes(hash2, head.root)) return notYet(log);
  demandInclusion(leaf, head, inclusion, log);
  return formatSigsumProof({
    logKeyHash: log.keyHash,
    keyHash: keyHashOf(leaf.publicKey),
    signature: leaf.signature,
    head,
    ...inclusion
  });
}
function missingQuorum(head, log, policy, now) {
  try {
    verifyQuorum(head, log, policy, now);
    return void 0;
  } catch (error) {
    if (error instanceof Fault && error.kind === "not-witnessed") return pending(error.message);
    throw error;
  }
}
function demandInclusion(leaf, head, { index, hashes }, log) {
  try {
    verifyInclusion(hashOfLeaf(leaf), index, head.size, hashes, head.root);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const given = [`leaf_index=${index}`, ...hashes.map((hash2) => `node_hash=${formatHex(hash2)}`)].join("\n");
    throw misbehaved(log, `gives an inclusion proof that does not fit its tree head: ${error.message}`, [
      formatTreeHead(head),
      `leaf_hash=${formatHex(hashOfLeaf(leaf))}
${given}
`
    ]);
  }
}

// src/logs/sigsum.ts
var openSigsum = (trust, asking) => ({
  kind: "sigsum",
  submit: async (prepared, { manifest }) => submitSigsum(prepared, manifest, trust, asking),
  verify: (proof, { manifest }) => verifySigsum(proof, manifest, trust, asking.clock.now())
});
function prepareSigsum(manifest, key, { signers: signers2 }) {
  const publicKey = publicKeyOf(key);
  if (signers2.some((signer) => equalBytes(signer, publicKey))) return formatAddLeaf(signLeaf(manifest, key));
  throw new Fault("usage", "the key is none of the signers that the policy names for the Sigsum log", {
    hint: `its public half is ${Buffer.from(publicKey).toString("hex")}`
  });
}
async function submitSigsum(prepared, manifest, trust, asking) {
  const leaf = parseAddLeaf(prepared);
  if (!isLeafOf(leaf, manifest))
    throw new Fault("conflict", "what was prepared for the Sigsum log is of another manifest");
  if (!trust.signers.some((signer) => equalBytes(signer, leaf.publicKey)))
    throw new Fault("wrong-key", "what was prepared for the Sigsum log is by a key that the policy does not name");
  const { token } = asking;
  const { proof, isNew } = await submitLeaf(leaf, {
    ...asking,
    policy: trust.policy,
    tokenFor: ({ key }) => token === void 0 ? void 0 : formatToken(token.domain, token.key, key.publicKey)
  });
  return { proof, isNew, problems: [], ...verifySigsum(proof, manifest, trust, asking.clock.now()) };
}
var verifySigsum = (proof, manifest, trust, now) => describeSigsum(verifySigsumProof(proof, manifest, trust, now));
var describeSigsum = ({ log, leaf, proof, vouchers }) => ({
  origin: log.key.name,
  index: proof.index,
  entry: formatHex(hashOfLeaf(leaf)),
  treeSize: proof.head.size,
  witnesses: vouchers.map(({ witness: witness2, time: time4 }) => ({ name: witness2.name, time: time4 }))
});

// src/core/policy-keys.ts
var MOST = 32;
var keysInPolicy = (parse2, idOf, whose) => (value, path4) => {
  const keys = list(keyOrFile(parse2))(value, path4);
  if (keys.length === 0) throw wrong(path4, `is empty: ${whose}`);
  if (keys.length > MOST) throw wrong(path4, `holds more than ${MOST} keys`);
  const ids = keys.map((one2) => "file" in one2 ? `file ${one2.file}` : idOf(one2.key));
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (twice >= 0) throw wrong(`${path4}[${twice}]`, "is there twice");
  return {
    keys: keys.flatMap((one2) => "file" in one2 ? [] : [one2.key]),
    files: keys.flatMap((one2) => "file" in one2 ? [one2.file] : [])
  };
};
var keyOrFile = (parse2) => (value, path4) => typeof value === "string" ? { key: parsed(parse2)(value, path4) } : exactly({ file: text })(value, path4);

// src/core/policy-names.ts
function refuseTwice(names2, path4) {
  const seen = /* @__PURE__ */ new Set();
  const twice = names2.find((name) => seen.size === seen.add(name).size);
  if (twice !== void 0) throw wrong(path4, `holds ${quote(twice)} twice`);
}

// src/core/rekor-key.ts
import { verify as verify2 } from "node:crypto";
var ED25519 = Uint8Array.of(1);
function parseRekorKey(text2, version2, origin) {
  const spki = parseBase64(text2);
  const key = readSpki(spki);
  const ecdsa = key !== void 0 && isP256(key);
  if (key === void 0 || !(ecdsa || version2 === 2 && key.asymmetricKeyType === "ed25519")) {
    const what = version2 === 1 ? "a public key on P-256" : "an Ed25519 key or a public key on P-256";
    throw new Fault("usage", `not ${what}: ${quote(text2.slice(0, 120))}`, {
      hint: "write the lines of its PEM file between BEGIN PUBLIC KEY and END PUBLIC KEY, as one"
    });
  }
  const logId = ecdsa ? sha256(spki) : sha256(`${origin}
`, ED25519, rawKey(key));
  const verifyBytes = (message, signature) => verify2(ecdsa ? "sha256" : null, message, key, signature);
  return {
    name: origin,
    keyId: logId.slice(0, 8),
    logId,
    details: ecdsa ? "PKIX_ECDSA_P256_SHA_256" : "PKIX_ED25519",
    spki,
    verify: (note, signature) => verifyBytes(Buffer.from(note), signature),
    verifyBytes
  };
}
var rawKey = (key) => Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");

// src/core/policy-rekor.ts
var version = (value, path4) => {
  if (value === 1 || value === 2) return value;
  throw unlike(value, path4, "is neither 1 nor 2");
};
var keyName = (value, path4) => {
  const origin = text(value, path4);
  if (!isKeyName(origin)) throw wrong(path4, "holds a space, a plus or a control character");
  return origin;
};
var signers = keysInPolicy(
  parseP256Key,
  ({ hint }) => hint,
  "which of our keys has signed what is in the log?"
);
var fields3 = exactly({
  name: text,
  kind: oneOf(["rekor"]),
  version,
  url: optional(httpAddress),
  read_url: optional(httpAddress),
  signing_config: optional(text),
  origin: optional(keyName),
  keys: optional(list(text)),
  trusted_root: optional(text),
  signers
});
var rekorLog = (value, path4) => {
  const log = fields3(value, path4);
  refuseTogether(log, path4);
  const { name, kind, trusted_root: file, origin } = log;
  return {
    name,
    kind,
    version: log.version,
    url: log.url,
    readUrl: log.read_url,
    signingConfig: log.signing_config,
    trustedRoot: file === void 0 ? void 0 : { file, origin },
    keys: file === void 0 ? pinnedKeys(log, path4) : [],
    signers: log.signers.keys,
    signerFiles: log.signers.files
  };
};
function refuseTogether({ version: of, url, read_url: readUrl, ...log }, path4) {
  if (readUrl !== void 0 && of === 1) throw wrong(`${path4}.read_url`, "is for version 2 only");
  if (log.signing_config !== void 0 && (url ?? readUrl) !== void 0)
    throw wrong(`${path4}.signing_config`, "tells the address, and does not go together with another one");
  if (log.trusted_root !== void 0 && log.keys !== void 0)
    throw wrong(`${path4}.trusted_root`, "holds the keys, and does not go together with others");
}
function pinnedKeys({ keys, origin, version: of }, path4) {
  const name = keyName(origin, `${path4}.origin`);
  const pinned = list(parsed((key) => parseRekorKey(key, of, name)))(keys, `${path4}.keys`);
  if (pinned.length === 0) throw wrong(`${path4}.keys`, "is empty: a log without a pinned key proves nothing");
  refuseTwice(
    pinned.map(({ logId }) => logId),
    `${path4}.keys`
  );
  return pinned;
}

// src/core/sigsum-policies.ts
var SIGSUM_POLICIES = {
  "sigsum-generic-2025-1": `# This is a Sigsum trust policy that has been vetted by the Sigsum project
# See https://git.glasklar.is/sigsum/project/documentation/-/blob/main/policy-maintenance.md

# https://git.glasklar.is/glasklar/services/sigsum-logs/-/blob/main/instances/seasalp.md (accessed 2025-12-04)
log 0ec7e16843119b120377a73913ac6acbc2d03d82432e2c36b841b09a95841f25 https://seasalp.glasklar.is

# https://ginkgo.tlog.mullvad.net/about (accessed 2025-12-04)
log f00c159663d09bbda6131ee1816863b6adcacfe80b0b288000b11aba8fe38314 https://ginkgo.tlog.mullvad.net

# https://git.glasklar.is/glasklar/services/witnessing/-/blob/main/witness.glasklar.is/about.md (accessed 2025-12-04)
witness witness.glasklar.is            b2106db9065ec97f25e09c18839216751a6e26d8ed8b41e485a563d3d1498536

# https://witness.mullvad.net/about (accessed 2025-12-04)
witness witness.mullvad.net            15d6d0141543247b74bab3c1076372d9c894f619c376d64b29aa312cc00f61ad

# https://github.com/tillitis/tillitis.se-tillitis-witness-1/blob/main/about.md (accessed 2025-12-04)
witness tillitis.se/tillitis-witness-1 076be8c9ee7ea60916f0df3608c945d7730082ecb37749dad2c9ed339fea770c

# Requiring 2 of 3 is intended to give reasonable balance between security and availability.
group quorum-rule 2 witness.glasklar.is witness.mullvad.net tillitis.se/tillitis-witness-1

quorum quorum-rule
`,
  "sigsum-test-2025-3": `# Policy using two sigsum test logs at test.sigsum.org/barreleye and serviceberry.tlog.stagemole.eu

log 4644af2abd40f4895a003bca350f9d5912ab301a49c77f13e5b6d905c20a5fe6 https://test.sigsum.org/barreleye
log 47e481606d8acba747a6b053d6c2d191605fb122175d410a1202a91430abce39 https://serviceberry.tlog.stagemole.eu

# Test witness operated by Niels Möller running on a Glasklar Teknik server
witness poc.sigsum.org/nisse                       1c25f8a44c635457e2e391d1efbca7d4c2951a0aef06225a881e46b98962ac6c

# Test witness operated by Rasmus Dahlberg - https://www.rgdd.se/poc-witness/about
witness rgdd.se/poc-witness                        28c92a5a3a054d317c86fc2eeb6a7ab2054d6217100d0be67ded5b74323c5806

# Test witness operated by Elias Rudberg - https://witness1.smartit.nu/witness1/about.txt
witness witness1.smartit.nu/witness1               f4855a0f46e8a3e23bb40faf260ee57ab8a18249fa402f2ca2d28a60e1a3130e

# Staging witness operated by Filippo Valsorda - https://navigli.sunlight.geomys.org/
witness witness.navigli.sunlight.geomys.org        dcbf728e02d479f5a7e20dc09adf525833ed6e797526517aeb07fc6854849fc6

# Test witness operated by Florian Larysch - https://remora.n621.de/
witness remora.n621.de                             ebcdeb78e7fdb2ef9227b2c1ef11e94600b55b4d6d9a57877e31ee89e59adc36

# Test witness operated by Mullvad VPN AB - https://witness.stagemole.eu/about
witness witness.stagemole.eu                       4a921b7caef58ae670cdc11ef4184f1c058f7b9259a9107a969f69fa54aa496f

# Test witness operated by Tillitis AB - new key since October 2025
witness tillitis.se/test-witness-1                 636582aec12f32c18a21733db9e3f718058ee7aaec6dbe4eb81781e0f4300c6e

# Test witness operated by Google TrustFabric team - https://transparency.dev/witnesses/
witness transparency.dev/DEV:witness-little-garden 2b6eb0ec483503544cde4e8fc1ce6d1921db21dffccc186865f808f7625443cc

# Group of 3 witnesses that are all run by Glasklar employees
group glasklar-test-witnesses 2 poc.sigsum.org/nisse rgdd.se/poc-witness witness1.smartit.nu/witness1

# Requiring 4 of 6 is intended to give reasonable reliability.
group quorum-rule 4 glasklar-test-witnesses witness.navigli.sunlight.geomys.org remora.n621.de witness.stagemole.eu tillitis.se/test-witness-1 transparency.dev/DEV:witness-little-garden

quorum quorum-rule
`,
  "sigsum-test1-2025": `# Policy using the sigsum test log at test.sigsum.org/barreleye

log 4644af2abd40f4895a003bca350f9d5912ab301a49c77f13e5b6d905c20a5fe6 https://test.sigsum.org/barreleye

witness poc.sigsum.org/nisse         1c25f8a44c635457e2e391d1efbca7d4c2951a0aef06225a881e46b98962ac6c
witness rgdd.se/poc-witness          28c92a5a3a054d317c86fc2eeb6a7ab2054d6217100d0be67ded5b74323c5806
witness witness1.smartit.nu/witness1 f4855a0f46e8a3e23bb40faf260ee57ab8a18249fa402f2ca2d28a60e1a3130e

# Requiring 2 of 3 is intended to give reasonable reliability.
group quorum-rule 2 poc.sigsum.org/nisse rgdd.se/poc-witness witness1.smartit.nu/witness1

quorum quorum-rule
`,
  "sigsum-test2-2025": `# Policy using the sigsum test log at test.sigsum.org/barreleye

log 4644af2abd40f4895a003bca350f9d5912ab301a49c77f13e5b6d905c20a5fe6 https://test.sigsum.org/barreleye

# Test witness operated by Niels Möller running on a Glasklar Teknik server
witness poc.sigsum.org/nisse            1c25f8a44c635457e2e391d1efbca7d4c2951a0aef06225a881e46b98962ac6c

# Test witness operated by Rasmus Dahlberg
witness rgdd.se/poc-witness             28c92a5a3a054d317c86fc2eeb6a7ab2054d6217100d0be67ded5b74323c5806

# Test witness operated by Elias Rudberg
witness witness1.smartit.nu/witness1    f4855a0f46e8a3e23bb40faf260ee57ab8a18249fa402f2ca2d28a60e1a3130e

# Test witness operated by Filippo Valsorda
witness navigli.sunlight.geomys.org/dev b20196b937a30d19f0cb7dfa2d5388bc8ddde9cc3df4c24fcf63db27a573d3f2

# See about page: https://remora.n621.de/
witness remora.n621.de                  ebcdeb78e7fdb2ef9227b2c1ef11e94600b55b4d6d9a57877e31ee89e59adc36

# Test witness operated by Grégoire Détrez
witness witness.stagemole.eu            4a921b7caef58ae670cdc11ef4184f1c058f7b9259a9107a969f69fa54aa496f

# Test witness operated by Tillitis AB
witness tillitis.se/test-witness-1      5c35281928e9da396beede5f22a2251a589e6ac6de52a4de85de8634ffccaf6d

# Group of 3 witnesses that are all run by Glasklar employees
group glasklar-test-witnesses 2 poc.sigsum.org/nisse rgdd.se/poc-witness witness1.smartit.nu/witness1

# Requiring 4 of 5 is intended to give reasonable reliability.
group quorum-rule 4 glasklar-test-witnesses navigli.sunlight.geomys.org/dev remora.n621.de witness.stagemole.eu tillitis.se/test-witness-1

quorum quorum-rule
`
};

// src/core/policy-sigsum.ts
var UNREAD = { logs: [], witnesses: [], quorum: NOBODY };
var sigsumLog = (value, path4) => {
  const { name, kind, policy, policy_file: policyFile, signers: signers2 } = fields4(value, path4);
  if (policy === void 0 === (policyFile === void 0))
    throw wrong(path4, 'needs a "policy" by its name, or a "policy_file"', "one of them, and not both");
  return { name, kind, policy: policy ?? UNREAD, policyFile, signers: signers2.keys, signerFiles: signers2.files };
};
var named = parsed((name) => {
  const policy = Object.hasOwn(SIGSUM_POLICIES, name) ? SIGSUM_POLICIES[name] : void 0;
  if (policy !== void 0) return parseSigsumPolicy(Buffer.from(policy));
  throw new Fault("bad-format", `no Sigsum policy of this name is known: ${quote(name)}`, {
    hint: `known are ${Object.keys(SIGSUM_POLICIES).join(", ")}; for another one, give its "policy_file"`
  });
});
var parseSigner = (hex) => {
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, "hex");
  throw new Fault("bad-format", "not a public key of 64 hexadecimal digits", {
    hint: '"key generate-log-key" tells it, and "sigsum-key to-hex"'
  });
};
var hexOf2 = (key) => Buffer.from(key).toString("hex");
var fields4 = exactly({
  name: text,
  kind: oneOf(["sigsum"]),
  policy: optional(named),
  policy_file: optional(text),
  signers: keysInPolicy(parseSigner, hexOf2, "whose submissions should be believed?")
});

// src/core/policy-logs.ts
var mostProofs = (logs) => new Set(logs.map(({ kind, name }) => kind === "rekor" ? `rekor ${name}` : kind)).size;
var MAX_WITNESSES = 32;
function hasWitnesses(log) {
  if (log.kind === "rekor" || log.kind === "recorder") return false;
  return (log.kind === "sigsum" ? log.policy.witnesses : log.witnesses).length > 0;
}
var trustedLog = (value, path4) => {
  const kind = oneOf(["tiles", "rekor", "sigsum", "recorder"])(record(value, path4)["kind"], `${path4}.kind`);
  return { tiles: tileLog, rekor: rekorLog, sigsum: sigsumLog, recorder }[kind](value, path4);
};
var tileLog = (value, path4) => {
  const { keys: given, ...trusted } = tileLogFields(value, path4);
  const { witnesses, quorum } = trusted;
  given.keys.forEach((key, index) => {
    const why = whyMisnamed(key, trusted);
    if (why !== void 0) throw wrong(`${path4}.keys[${index}]`, why);
  });
  if (quorum === void 0 && witnesses.length > 0)
    throw wrong(`${path4}.quorum`, "is missing: how many of the witnesses have to vouch?");
  if (quorum !== void 0 && quorum > witnesses.length)
    throw wrong(`${path4}.quorum`, `asks for ${quorum} witnesses of ${witnesses.length}`);
  const own = witnesses.findIndex((one2) => given.keys.some((key) => isOf(one2, key)));
  if (own >= 0) throw wrong(`${path4}.witnesses[${own}].key`, "is the key of the log, which cannot be its own witness");
  return { ...trusted, keys: given.keys, keyFiles: given.files, quorum: quorum ?? 0 };
};
var whyMisnamed = ({ name }, { origin }) => name === origin ? void 0 : `is not named like the origin, ${origin}`;
var isOf = ({ key }, { publicKey }) => equalBytes(key.publicKey, publicKey);
function whyNotOf(log, key) {
  return log.witnesses.some((one2) => isOf(one2, key)) ? "is the key of a witness, too" : whyMisnamed(key, log);
}
var witness = exactly({
  name: text,
  key: parsed(parseWitnessKey),
  url: optional(httpAddress)
});
var witnessesOf = (value, path4) => {
  const witnesses = list(witness)(value, path4);
  if (witnesses.length > MAX_WITNESSES) throw wrong(path4, `holds more than ${MAX_WITNESSES} witnesses`);
  refuseTwice(
    witnesses.map(({ name }) => name),
    path4
  );
  const keys = witnesses.map(({ key }) => formatBase64(key.publicKey));
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice >= 0) throw wrong(`${path4}[${twice}].key`, "is the key of another witness, too");
  return witnesses;
};
var tileLogFields = exactly({
  name: text,
  kind: oneOf(["tiles"]),
  origin: text,
  keys: keysInPolicy(parseVerifierKey, formatVerifierKey, "a log without a pinned key proves nothing"),
  witnesses: withDefault(witnessesOf, []),
  quorum: optional(count)
});
function refuseShared(logs) {
  const origins = (log) => {
    if (log.kind === "sigsum") return [];
    if (log.kind === "recorder") return [log.recorder];
    return log.kind === "rekor" ? [...new Set(log.keys.map(({ name }) => name))] : [log.origin];
  };
  refuseTwice(logs.flatMap(origins), "logs");
  const keys = logs.flatMap((log) => log.kind === "rekor" ? log.keys : []);
  refuseTwice(
    keys.map(({ spki }) => formatBase64(spki)),
    "logs"
  );
}

// src/workflow/witnesses.ts
function witnessingOf({ http, clock }, { logs }, origin, deadline) {
  const log = logs.find((one2) => one2.kind === "tiles" && one2.origin === origin);
  if (log?.kind !== "tiles" || log.witnesses.length === 0) return void 0;
  const { witnesses, quorum, name } = log;
  const reachable = witnesses.filter(({ url }) => url !== void 0).length;
  if (reachable < quorum)
    throw new Fault(
      "usage",
      `the policy demands ${quorum} witnesses of the log ${name}, and has addresses of ${reachable}`,
      {
        hint: 'submit asks the witnesses: give each a "url" in the policy'
      }
    );
  return { witnesses, quorum, http, clock, patience: deadline * 1e3 };
}
function describePlace(verified) {
  if (verified.record === void 0)
    return { index: verified.index, entry: verified.entry, tree_size: verified.treeSize };
  const { domain, serial, sha256: sha2562, notBefore } = verified.record;
  return { record: { domain, serial, sha256: sha2562, not_before: notBefore.toISOString() } };
}
var describeTime = ({ time: time4 }) => time4 === void 0 ? {} : { time: time4.toISOString() };
var describeWitnesses = (named2, vouched) => named2 === void 0 || !hasWitnesses(named2) ? {} : { witnesses: vouched.map(({ name, time: time4 }) => ({ name, time: time4.toISOString() })) };
function provenSince({ quorum }, vouched) {
  const times = vouched.map(({ time: time4 }) => time4.getTime()).sort((a, b) => a - b);
  const last = quorum === 0 ? void 0 : times[quorum - 1];
  return last === void 0 ? void 0 : new Date(last);
}

// src/workflow/release-proof.ts
var PROOF_CAP = 256 * 1024;
var checkTlogProof = (policy, manifest, proof, now) => {
  const { extra, checkpoint } = parseTlogProof(proof);
  if (extra === void 0) throw new Fault("bad-proof", "carries no statement");
  const statement2 = parseStatement(extra);
  bindStatement(statement2, manifest);
  const log = policy.logs.find((one2) => one2.kind === "tiles" && one2.origin === checkpoint.origin);
  if (log?.kind !== "tiles") return [];
  const verified = verifyTlogProof(proof, extra, log.keys, { ...log, now });
  return [{ log, verified, statement: statement2, since: provenSince(log, verified.witnesses) }];
};
var checkSigsumProof = (policy, { bytes: bytes2 }, file, now) => {
  const { logKeyHash, keyHash } = parseSigsumProof(file);
  const pinned = policy.logs.filter((log) => log.kind === "sigsum").filter((log) => log.policy.logs.some((one2) => one2.keyHash === logKeyHash));
  const bySigner = pinned.filter(({ signers: signers2 }) => signers2.some((signer) => keyHashOf(signer) === keyHash));
  return (bySigner.length > 0 ? bySigner : pinned).map((log) => {
    const shown = verifySigsumProof(file, bytes2, log, now);
    return { log, verified: describeSigsum(shown), statement: void 0, since: shown.since };
  });
};
var checkBundle = (policy, { bytes: bytes2 }, file) => {
  const logs = policy.logs.filter((log) => log.kind === "rekor");
  if (logs.length === 0) return [];
  const bundle = parseBundle(file);
  return logs.flatMap((log) => {
    const shown = verifyBundle(bundle, bytes2, log);
    return shown === void 0 ? [] : [{ log, verified: { ...shown, witnesses: [] }, statement: void 0, since: shown.time }];
  });
};
var checkEvidence = (policy, { bytes: bytes2 }, file) => {
  const shown = verifyEvidence(
    file,
    bytes2,
    policy.logs.filter((log) => log.kind === "recorder")
  );
  if (shown === void 0) return [];
  return [{ log: shown.log, verified: describeRecord(shown.recorded), statement: void 0, since: void 0 }];
};
var PROOFS = [
  [TLOG_PROOF, checkTlogProof],
  [SIGSUM_PROOF, checkSigsumProof],
  [SIGSTORE_BUNDLE, checkBundle],
  [RECORDER_EVIDENCE, checkEvidence]
];
var releaseOf = ({ project, version: version2, ref, commit }) => ({
  project,
  version: version2,
  ...ref === void 0 ? {} : { ref },
  ...commit === void 0 ? {} : { commit }
});
function bindStatement(statement2, { name, bytes: bytes2, signature }) {
  const { manifest, signer } = statement2;
  if (manifest.name !== name) throw new Fault("bad-proof", `the statement is about ${quote(manifest.name)}`);
  if (manifest.sha256 !== sha256(bytes2) || manifest.size !== bytes2.length)
    throw new Fault("bad-proof", "the statement is about another manifest of this name");
  if (signature !== void 0 && signer !== signature.signer)
    throw new Fault("bad-proof", `the statement names the signer ${signer}, and ${signature.signer} signed`);
}
async function manifestSince({ source, trust, now }, manifest) {
  if (manifest.signature === void 0) return void 0;
  const times = [];
  for (const [suffix, check] of PROOFS) {
    try {
      const proof = await source.read(manifest.name + suffix, PROOF_CAP);
      if (proof !== void 0) times.push(...check(trust.policy, manifest, proof, now).map(({ since }) => since));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
  return earliest(times);
}
var earliest = (times) => times.filter((time4) => time4 !== void 0).sort((a, b) => a.getTime() - b.getTime())[0];
function listedSince(looking, manifests) {
  const known = /* @__PURE__ */ new Map();
  const sinceOf2 = (manifest) => {
    const since = known.get(manifest) ?? manifestSince(looking, manifest);
    known.set(manifest, since);
    return since;
  };
  return async (name, digest) => {
    const listing = manifests.filter(({ lines }) => lines.some((line) => line.name === name && line.sha256 === digest));
    return earliest(await Promise.all(listing.map(sinceOf2)));
  };
}

// src/workflow/examine-manifest.ts
import path from "node:path";
var ownNames = (manifest) => [
  manifest,
  ...COMPANIONS.map((suffix) => manifest + suffix)
];
function refusePath(manifest) {
  if (manifest === void 0 || !manifest.includes("/")) return;
  throw new Fault("usage", `--manifest takes a name, and no path: ${quote(manifest)}`, {
    hint: `it is looked for where the files are: --manifest ${quote(path.posix.basename(manifest))}`
  });
}
async function examineManifests(examining, only, names2) {
  const { source, found } = examining;
  const wanted = only === void 0 ? names2.filter(isManifestName) : [parseArtifactName(only)];
  if (wanted.length === 0) {
    found.errors.push({
      kind: "missing",
      message: `there is no manifest in ${quote(source.shown)}`,
      hint: "has the release been signed? a manifest is called SHA256SUMS, or ends in .SHA256SUMS"
    });
  }
  const manifests = [];
  for (const name of wanted) {
    await attempt(found.errors, name, async () => {
      const bytes2 = await source.read(name, MANIFEST_CAP);
      if (bytes2 !== void 0) manifests.push(await examineManifest(examining, name, bytes2));
      else found.errors.push({ kind: "missing", file: name, message: `the manifest ${quote(name)} is not there` });
    });
  }
  return manifests;
}
async function examineManifest(examining, name, bytes2) {
  const { source, found } = examining;
  let lines = [];
  const parse2 = () => {
    lines = refuseItself(name, parseManifest(bytes2));
  };
  collect(found.errors, parse2, name);
  const file = `${name}${SIGNATURE}`;
  const signature = await attempt(found.errors, file, async () => {
    const asc = await source.read(file, SIGNATURE_CAP);
    if (asc !== void 0) return { asc, signature: await settleManifest(examining, name, bytes2, asc) };
    const message = `the manifest ${quote(name)} is not signed`;
    const hint = "nobody vouches for it: did the build leave it? then take it out before the release is signed";
    found.errors.push({ kind: "unsigned", file: name, message, hint });
    return void 0;
  });
  return { name, bytes: bytes2, lines, asc: signature?.asc, signature: signature?.signature };
}
async function settleManifest(examining, name, bytes2, asc) {
  const { trust, now, found } = examining;
  const verdict = await checkBytes(asc, bytes2, trust.certificates, now);
  const signature = verdict.kind === "good" ? { signer: verdict.key } : void 0;
  const since = async () => manifestSince(examining, { name, bytes: bytes2, signature });
  return settle(trust, `${name}${SIGNATURE}`, verdict, since, found);
}
function refuseItself(name, lines) {
  const own = new Set(ownNames(name));
  const line = lines.find((one2) => own.has(one2.name));
  if (line === void 0) return lines;
  throw new Fault("bad-manifest", `it lists ${quote(line.name)}, which is itself or stands beside it`, {
    hint: "a manifest is made last, of everything else"
  });
}
var describeManifest = (source, { name, bytes: bytes2, lines, signature }) => ({
  name,
  path: joinShown(source.shown, name),
  sha256: sha256(bytes2),
  size: bytes2.length,
  action: signature === void 0 || lines.length === 0 ? "refused" : "verified",
  ...signature === void 0 ? {} : { signature }
});

// src/core/submission.ts
var SUBMISSION_SCHEMA = "artifact-signing.submission/v1";
var TILE_LOG = "tiles:";
var formatSubmission = ({ logs, since, statement: statement2, prepared, asked, publishedUrl }) => formatCanonicalJson({
  logs,
  schema: SUBMISSION_SCHEMA,
  since: formatTime(since),
  statement: parseCanonicalJson(formatStatement(statement2)),
  ...prepared.size === 0 ? {} : { prepared: Object.fromEntries([...prepared].map(([kind, request]) => [kind, formatBase64(request)])) },
  ...asked.size === 0 ? {} : { asked: Object.fromEntries(asked) },
  ...publishedUrl === void 0 ? {} : { published_url: publishedUrl }
});
function parseSubmission(bytes2) {
  const { schema: _, prepared, asked, published_url: publishedUrl, ...rest } = document2(parseCanonicalJson(bytes2), "");
  const stranger = [...asked?.keys() ?? []].find((log) => !rest.logs.includes(log));
  if (stranger !== void 0) throw wrong("asked", `holds ${quote(stranger)}, which is none of the logs`);
  return {
    ...rest,
    prepared: prepared ?? /* @__PURE__ */ new Map(),
    asked: asked ?? /* @__PURE__ */ new Map(),
    ...publishedUrl === void 0 ? {} : { publishedUrl }
  };
}
var formatTime = (time4) => `${time4.toISOString().slice(0, -".000Z".length)}Z`;
var time2 = (value, path4) => {
  const written = text(value, path4);
  const read = new Date(written);
  if (Number.isNaN(read.getTime()) || formatTime(read) !== written)
    throw wrong(path4, "is not a time in UTC such as 2026-04-01T12:00:00Z");
  return read;
};
var MAX_LOGS2 = 32;
var names = (value, path4) => {
  const logs = list(text)(value, path4);
  if (logs.length === 0) throw wrong(path4, "is empty");
  if (logs.length > MAX_LOGS2) throw wrong(path4, `holds more than ${MAX_LOGS2} logs`);
  if (new Set(logs).size < logs.length) throw wrong(path4, "holds a log twice");
  return logs;
};
var requests = (value, path4) => {
  const found = /* @__PURE__ */ new Map();
  for (const [kind, request] of Object.entries(record(value, path4))) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind)) throw wrong(path4, `holds ${quote(kind)}, which is no kind of log`);
    found.set(kind, parsed(parseBase64)(request, `${path4}.${kind}`));
  }
  if (found.size === 0) throw wrong(path4, "is empty");
  return found;
};
var address = (value, path4) => {
  const url = httpAddress(value, path4);
  if (url !== value) throw wrong(path4, "holds an address with a slash at its end");
  return url;
};
var addresses = (value, path4) => {
  const found = /* @__PURE__ */ new Map();
  for (const [log, url] of Object.entries(record(value, path4))) found.set(log, address(url, path4));
  if (found.size === 0) throw wrong(path4, "is empty");
  return found;
};
var document2 = exactly({
  logs: names,
  schema: (value, path4) => {
    if (value !== SUBMISSION_SCHEMA) throw wrong(path4, `is not ${SUBMISSION_SCHEMA}`);
    return SUBMISSION_SCHEMA;
  },
  since: time2,
  statement: (value, path4) => parseStatement(formatCanonicalJson(record(value, path4))),
  prepared: optional(requests),
  asked: optional(addresses),
  published_url: optional(address)
});

// src/core/pending.ts
var PENDING_DAYS = 7;
var MINUTE = 6e4;
var HOUR = 60 * MINUTE;
var DAY = 24 * HOUR;
var ageOf = ({ since }, now) => Math.max(0, now.getTime() - since.getTime());
var isOverdue = (submission, now, days) => ageOf(submission, now) > days * DAY;
function describeAge(submission, now) {
  const age = ageOf(submission, now);
  const [unit, size] = age >= DAY ? ["day", DAY] : age >= HOUR ? ["hour", HOUR] : ["minute", MINUTE];
  const count2 = Math.floor(age / size);
  return `${count2} ${unit}${count2 === 1 ? "" : "s"}`;
}

// src/workflow/proofs.ts
async function examineProofs(examining, manifest, { beforePublication }) {
  const { source, found } = examining;
  const companions = await readCompanions(source, manifest, found);
  const logs = PROOFS.flatMap(([suffix, check]) => {
    const file = manifest.name + suffix;
    const proof = companions.get(file);
    return proof === void 0 ? [] : examineProof(examining, manifest, file, proof, check);
  });
  const pending2 = examineSubmission(manifest, companions.get(manifest.name + SUBMISSION), found);
  demandLogs(examining, manifest.name, logs, { beforePublication, pending: pending2 });
  return { logs, companions };
}
async function readCompanions(source, { name, asc }, found) {
  const companions = /* @__PURE__ */ new Map();
  if (asc !== void 0) companions.set(name + SIGNATURE, asc);
  for (const suffix of COMPANIONS.filter((one2) => one2 !== SIGNATURE)) {
    const file = name + suffix;
    const bytes2 = await attempt(found.errors, file, async () => source.read(file, PROOF_CAP));
    if (bytes2 !== void 0) companions.set(file, bytes2);
  }
  return companions;
}
function examineSubmission(manifest, bytes2, found) {
  if (bytes2 === void 0) return void 0;
  const file = manifest.name + SUBMISSION;
  try {
    const submission = parseSubmission(bytes2);
    bindStatement(submission.statement, manifest);
    return submission;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    found.errors.push({ ...findingOf(error), file, message: `${quote(file)}: ${error.message}` });
    return void 0;
  }
}
function examineProof({ trust, now, found }, manifest, file, proof, check) {
  try {
    const proven = check(trust.policy, manifest, proof, now);
    if (proven.length > 0) return proven.map((one2) => describeProven(file, one2));
    const message = `${quote(file)} was not checked: the policy pins no such log`;
    found.warnings.push({ kind: "not-checked", file, message });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    found.errors.push({ ...findingOf(error), file, message: `${quote(file)}: ${error.message}` });
  }
  return [];
}
var describeProven = (proof, { log, verified, statement: statement2 }) => ({
  kind: log.kind,
  name: log.name,
  origin: verified.origin,
  ...describePlace(verified),
  proof,
  action: "verified",
  ...describeTime(verified),
  ...statement2 === void 0 ? {} : { release: releaseOf(statement2) },
  ...describeWitnesses(log, verified.witnesses)
});
function countProven({ logs: { of } }, logs) {
  const counting = logs.filter(({ name }) => name !== void 0 && of.includes(name));
  return new Set(counting.map(({ proof, origin }) => `${proof} ${origin}`)).size;
}
function demandLogs({ trust, now, found }, manifest, logs, { beforePublication, pending: pending2 }) {
  const { atLeast, of, pendingDays } = trust.policy.require.logs;
  const proven = countProven(trust.policy.require, logs);
  const isLate = pending2 !== void 0 && isOverdue(pending2, now, pendingDays);
  const age = pending2 && `has been pending for ${describeAge(pending2, now)}${isLate ? `, and may be for ${pendingDays} days` : ""}`;
  if (proven >= atLeast) {
    const waiting = pending2 && waitingFor(trust.policy, pending2, logs);
    if (waiting === void 0) return;
    const message2 = `the submission of ${quote(manifest)} to ${waiting.logs} ${age}`;
    const finding = { file: manifest, message: message2, hint: "run submit --resume" };
    if (isLate && waiting.arePinned && !beforePublication) found.errors.push({ kind: "not-in-log", ...finding });
    else found.warnings.push({ kind: "pending", ...finding });
    return;
  }
  const message = `${quote(manifest)} is proven by ${proven} of the logs ${of.join(", ")}, and the policy demands ${atLeast}`;
  if (beforePublication)
    found.warnings.push({
      kind: "not-checked",
      file: manifest,
      message: `${message}: not demanded before publication`
    });
  else
    found.errors.push({
      kind: pending2 === void 0 || isLate ? "not-in-log" : "pending",
      file: manifest,
      message,
      hint: age === void 0 ? "was it ever submitted? proofs stand beside the manifest" : `its submission ${age}: run submit --resume`
    });
}
function waitingFor({ logs: known }, { logs: named2 }, proven) {
  const isNamed = (one2, name) => name === TILE_LOG ? one2.kind === "tiles" : one2.name === name;
  const pinned = named2.filter((name) => known.some((log) => isNamed(log, name)));
  if (pinned.length === 0) return proven.length === 0 ? { logs: "a log", arePinned: false } : void 0;
  const waiting = pinned.filter((name) => !proven.some((log) => isNamed(log, name)));
  if (waiting.length === 0) return void 0;
  return {
    logs: waiting.map((name) => name === TILE_LOG ? "a tile log" : name).join(", "),
    arePinned: waiting.some((name) => known.some((log) => isNamed(log, name) && log.kind !== "recorder"))
  };
}

// src/workflow/load-trust.ts
import path3 from "node:path";

// src/core/policy.ts
var POLICY_SCHEMA = "artifact-signing.policy/v1";
function decodePolicy(value) {
  const raw = document3(value, "");
  const required = raw.require.logs;
  const names2 = raw.logs.map((log) => log.name);
  refuseTwice(names2, "logs");
  refuseShared(raw.logs);
  const recorders = raw.logs.flatMap(({ kind, name }) => kind === "recorder" ? [name] : []);
  const of = required.of ?? names2.filter((name) => !recorders.includes(name));
  const known = new Set(names2);
  for (const [index, name] of of.entries()) {
    if (!known.has(name)) throw wrong(`require.logs.of[${index}]`, `names no log of this policy: ${quote(name)}`);
    if (recorders.includes(name))
      throw wrong(`require.logs.of[${index}]`, "names a recorder, whose certificates are evidence and never count");
  }
  refuseTwice(of, "require.logs.of");
  if (required.at_least > of.length)
    throw wrong("require.logs.at_least", `asks for ${required.at_least} logs of ${of.length}`);
  const most = mostProofs(raw.logs.filter(({ name }) => of.includes(name)));
  if (required.at_least > most)
    throw wrong(
      "require.logs.at_least",
      `asks for ${required.at_least} logs, and beside a manifest there is room for proofs of ${most} of them`
    );
  return {
    certificates: raw.certificates,
    logs: raw.logs,
    require: {
      signatures: raw.require.signatures,
      logs: { atLeast: required.at_least, of, pendingDays: required.pending_days }
    },
    expiredAfterSigning: raw.expired_after_signing
  };
}
var simplePolicy = (certificates) => ({
  certificates,
  logs: [],
  require: { signatures: 1, logs: { atLeast: 0, of: [], pendingDays: PENDING_DAYS } },
  expiredAfterSigning: "logged"
});
var time3 = (value, path4) => {
  const written = text(value, path4);
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z)?$/.test(written)) {
    throw wrong(path4, "is neither a day (2026-04-01) nor a time in UTC (2026-04-01T12:00:00Z)");
  }
  const date = new Date(written);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(written.slice(0, 10)))
    throw wrong(path4, "is no day of the calendar");
  return date;
};
var certificate = (value, path4) => {
  const pinned = exactly({
    file: text,
    fingerprint: parsed(parseFingerprint),
    from: optional(time3),
    until: optional(time3)
  })(value, path4);
  if (pinned.from !== void 0 && pinned.until !== void 0 && pinned.from >= pinned.until) {
    throw wrong(`${path4}.until`, 'is not later than "from"');
  }
  return pinned;
};
var signatures = (value, path4) => {
  if (value === 0 || value === 1) return value;
  throw wrong(path4, "is neither 0 nor 1");
};
var NO_LOGS = { at_least: 0, of: void 0, pending_days: PENDING_DAYS };
var requiredLogs = exactly({
  at_least: count,
  of: optional(list(text)),
  pending_days: withDefault(count, PENDING_DAYS)
});
var document3 = exactly({
  schema: (value, path4) => {
    if (value === void 0) throw wrong(path4, "is missing", `a policy has the line "schema: ${POLICY_SCHEMA}"`);
    if (value !== POLICY_SCHEMA) throw wrong(path4, `is not ${POLICY_SCHEMA}`);
    return POLICY_SCHEMA;
  },
  certificates: (value, path4) => {
    const certificates = list(certificate)(value, path4);
    if (certificates.length === 0) throw wrong(path4, "is empty: whose signatures should be believed?");
    return certificates;
  },
  logs: withDefault(list(trustedLog), []),
  require: withDefault(
    exactly({
      signatures: withDefault(signatures, 1),
      logs: withDefault(requiredLogs, NO_LOGS)
    }),
    { signatures: 1, logs: NO_LOGS }
  ),
  expired_after_signing: withDefault(oneOf(["refuse", "logged", "accept"]), "logged")
});

// src/workflow/policy-files.ts
import path2 from "node:path";

// src/core/trusted-root.ts
var TRUSTED_ROOT_CAP = 256 * 1024;
var MAX_LOGS3 = 64;
var mediaType = oneOf([
  "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
  "application/vnd.dev.sigstore.trustedroot.v0.1+json",
  "application/vnd.dev.sigstore.trustedroot.v0.2+json"
]);
var keyId = exactly({ keyId: parsed(parseBase64) });
var tlog = exactly({
  baseUrl: httpAddress,
  hashAlgorithm: text,
  publicKey: exactly({ rawBytes: parsed(parseBase64), keyDetails: text, validFor: timeRange }),
  logId: keyId,
  checkpointKeyId: optional(keyId),
  operator: optional((value) => value)
});
var tlogs = (value, path4) => {
  if (Array.isArray(value) && value.length > MAX_LOGS3) throw wrong(path4, `holds more than ${MAX_LOGS3} logs`);
  return list(tlog)(value, path4);
};
var ignored = () => void 0;
var document4 = exactly({
  mediaType,
  tlogs: withDefault(tlogs, []),
  certificateAuthorities: ignored,
  ctlogs: ignored,
  timestampAuthorities: ignored
});
function readRekorKeys(bytes2, { version: version2, origin }) {
  const root = document4(parseFreeJson(bytes2, TRUSTED_ROOT_CAP, "the trusted root"), "");
  const keys = root.tlogs.flatMap((one2, index) => {
    const isWanted = origin === void 0 ? VERSION_OF[one2.publicKey.keyDetails] === version2 : originOf(one2.baseUrl) === origin;
    return isWanted ? [keyOf(one2, version2, `tlogs[${index}]`)] : [];
  });
  if (keys.length > 0) return keys;
  const what = origin === void 0 ? `no log of version ${version2}` : `no log ${quote(origin)}`;
  throw new Fault("bad-format", `it holds ${what}`, {
    hint: `it holds ${root.tlogs.map(({ baseUrl }) => originOf(baseUrl)).join(", ") || "none at all"}`
  });
}
var originOf = (url) => url.replace(/^https?:\/\//, "");
var VERSION_OF = { PKIX_ECDSA_P256_SHA_256: 1, PKIX_ED25519: 2 };
function keyOf({ baseUrl, hashAlgorithm, publicKey, logId, checkpointKeyId }, version2, path4) {
  const origin = originOf(baseUrl);
  if (!isKeyName(origin)) throw wrong(`${path4}.baseUrl`, "holds a space or a plus");
  if (hashAlgorithm !== "SHA2_256") throw wrong(`${path4}.hashAlgorithm`, "is not SHA2_256");
  const key = parsed((raw) => parseRekorKey(raw, version2, origin))(
    formatBase64(publicKey.rawBytes),
    `${path4}.publicKey.rawBytes`
  );
  if (publicKey.keyDetails !== key.details) throw wrong(`${path4}.publicKey.keyDetails`, `is not ${key.details}`);
  const hex = (id) => Buffer.from(id.keyId).toString("hex");
  if (hex(logId) !== key.logId)
    throw wrong(
      `${path4}.logId`,
      "is not that of this key and address",
      'did "cosign trusted-root create" get its "origin="?'
    );
  if (checkpointKeyId !== void 0 && ![key.keyId, key.logId].includes(hex(checkpointKeyId)))
    throw wrong(`${path4}.checkpointKeyId`, "is not that of this key and address");
  return { ...key, validFor: publicKey.validFor };
}

// src/workflow/policy-files.ts
async function readLogFiles(ports, directory, trust) {
  const at = (file) => path2.resolve(directory, file);
  const read = [];
  for (const log of trust.policy.logs) {
    if (log.kind === "rekor") read.push(await readRekorLog(ports, at, trust, log));
    else if (log.kind === "sigsum") read.push(await readSigsumLog(ports, at, trust, log));
    else if (log.kind === "recorder") read.push(await readRecorder(ports, at, log));
    else read.push(await readTileLog(ports, at, trust, log));
  }
  refuseShared(read);
  return read;
}
async function readRekorLog(ports, at, trust, log) {
  const certified = await readSigners(ports, log.signerFiles.map(at), trust);
  const signers2 = certified.map((one2) => one2.kind === "rekor" ? one2.key : wrongKind(log.name, one2.file));
  const { trustedRoot, signingConfig } = log;
  return {
    ...log,
    signingConfig: signingConfig && at(signingConfig),
    keys: trustedRoot === void 0 ? log.keys : await readRoot(ports, at(trustedRoot.file), { ...log, ...trustedRoot }),
    signers: [...log.signers, ...signers2]
  };
}
async function readRoot(ports, file, wanted) {
  const bytes2 = await ports.files.readGiven(file, TRUSTED_ROOT_CAP);
  return inFile(file, async () => readRekorKeys(bytes2, wanted));
}
async function readSigsumLog(ports, at, trust, log) {
  const certified = await readSigners(ports, log.signerFiles.map(at), trust);
  const signers2 = certified.map((one2) => one2.kind === "sigsum" ? one2.key : wrongKind(log.name, one2.file));
  const read = { ...log, signers: [...log.signers, ...signers2] };
  if (log.policyFile === void 0) return read;
  const file = at(log.policyFile);
  const bytes2 = await ports.files.readGiven(file, SIGSUM_POLICY_CAP);
  return { ...read, policy: await inFile(file, async () => parseSigsumPolicy(bytes2)) };
}
async function readTileLog(ports, at, trust, log) {
  const certified = await readSigners(ports, log.keyFiles.map(at), trust);
  const keys = certified.map((one2) => {
    if (one2.kind !== "tiles") return wrongKind(log.name, one2.file);
    const why = whyNotOf(log, one2.key);
    if (why === void 0) return one2.key;
    throw new Fault("bad-format", `the log key ${quote(one2.file)} ${why}`, { file: one2.file });
  });
  return { ...log, keys: [...log.keys, ...keys] };
}
async function readRecorder({ files }, at, log) {
  if (log.caFile === void 0) return log;
  const file = at(log.caFile);
  const bytes2 = await files.readGiven(file, CHAIN_CAP);
  return { ...log, authorities: await inFile(file, async () => parseAuthorities(bytes2)) };
}
function wrongKind(log, file) {
  throw new Fault("bad-format", `${quote(file)} is a key for another kind of log than ${quote(log)}`, {
    file,
    hint: 'Rekor takes keys on P-256, Sigsum Ed25519, as "key generate-log-key --for" makes them; a tile log has its log.vkey'
  });
}
async function readSigners(ports, files, trust) {
  const signers2 = [];
  for (const file of files) signers2.push({ ...await readCertified(ports, file, trust), file });
  return signers2;
}
async function readCertified({ files, clock }, file, trust) {
  const bytes2 = await files.readGiven(file, PUBLIC_LOG_KEY_CAP);
  const key = await inFile(file, async () => parsePublicLogKey(bytes2));
  const signature = `${file}${SIGNATURE}`;
  if (await files.stat(signature) === void 0)
    throw new Fault("unsigned", `nobody has certified the log key ${quote(file)}`, {
      file,
      hint: `${quote(signature)} should stand beside it: "artifact-signing key certify" makes it`
    });
  const asc = await files.readGiven(signature, SIGNATURE_CAP);
  const { refusal: refusal2 } = judge(
    trust.policy,
    signature,
    await checkBytes(asc, bytes2, trust.certificates, clock.now()),
    void 0
  );
  if (refusal2 === void 0) return key;
  throw new Fault(refusal2.kind, `the log key ${quote(file)} is not certified: ${refusal2.message}`, {
    file: signature,
    hint: refusal2.hint ?? "certify it anew: artifact-signing key certify --force"
  });
}

// src/workflow/load-trust.ts
var POLICY_CAP = 256 * 1024;
async function loadTrust(ports, { policy, certificate: certificate2, fingerprint }) {
  if (policy !== void 0 && (certificate2 ?? fingerprint) !== void 0) {
    throw new Fault("usage", "--policy stands alone: it names its own certificates");
  }
  if (policy !== void 0) return loadPolicy(ports, policy);
  if (certificate2 !== void 0) return trustCertificate(ports, certificate2, fingerprint);
  throw new Fault("usage", "whom should be believed is not said", {
    hint: "give --policy FILE, or --certificate FILE with --fingerprint"
  });
}
async function trustCertificate(ports, file, fingerprint) {
  const all = await loadCertificates(ports, file);
  const certificates = fingerprint === void 0 ? all : [pick(all, fingerprint, file)];
  const pins = certificates.map(
    (one2) => ({ file, fingerprint: one2.fingerprint, from: void 0, until: void 0 })
  );
  return { policy: simplePolicy(pins), certificates };
}
async function loadPolicy(ports, file) {
  const bytes2 = await ports.files.readGiven(file, POLICY_CAP);
  if (Buffer.from(bytes2.subarray(0, 64)).toString("latin1").trimStart().startsWith("-----BEGIN PGP"))
    throw new Fault("usage", `${quote(file)} is a certificate, and no policy`, {
      file,
      hint: "give it with --certificate"
    });
  const policy = await inFile(
    file,
    async () => decodePolicy(await ports.yaml.parse(decodeUtf8(bytes2, POLICY_CAP, "it")))
  );
  const certificates = [];
  const files = /* @__PURE__ */ new Map();
  for (const pin of policy.certificates) {
    const at = path3.resolve(path3.dirname(file), pin.file);
    const held = files.get(at) ?? await loadCertificates(ports, at);
    files.set(at, held);
    certificates.push(pick(held, pin.fingerprint, at));
  }
  const trust = { policy, certificates };
  return { ...trust, policy: { ...policy, logs: await readLogFiles(ports, path3.dirname(file), trust) } };
}
function pick(certificates, fingerprint, file) {
  const found = certificates.find((one2) => one2.fingerprint === fingerprint);
  if (found !== void 0) return found;
  throw new Fault("wrong-key", `${quote(file)} holds no certificate with the fingerprint ${fingerprint}`, {
    file,
    hint: `it holds ${certificates.map((one2) => one2.fingerprint).join(", ")}; pin the primary key's fingerprint`
  });
}

export {
  noFindings,
  collect,
  attempt,
  settle,
  HASHEDREKORD,
  API_VERSION,
  formatEntry2 as formatEntry,
  formatRequest,
  demandEntry,
  timeRange,
  isWithin,
  verifySigned,
  verifyBundle,
  verifyEntry,
  verifyRekorCheckpoint,
  treeIdOf,
  parseFreeJson,
  BUNDLE_CAP,
  parseBundle,
  formatBundle,
  mergeBundles,
  hashesOf,
  envelope,
  decodeTlogEntry,
  addressFault,
  httpAddress,
  withoutLastSlash,
  openRecorder,
  prepareRecord,
  openSigsum,
  prepareSigsum,
  witnessingOf,
  describePlace,
  describeTime,
  describeWitnesses,
  PROOF_CAP,
  releaseOf,
  bindStatement,
  listedSince,
  ownNames,
  refusePath,
  examineManifests,
  examineManifest,
  describeManifest,
  isOverdue,
  describeAge,
  TILE_LOG,
  formatSubmission,
  parseSubmission,
  examineProofs,
  countProven,
  originOf,
  loadTrust
};
/**
 * The policies that Sigsum itself publishes, by their names, byte for byte as sigsum-go 0.14.1 has them in pkg/policy/builtin. A name
 * stands for one text for ever: other logs and witnesses get another name.
 *
 * @license BSD-2-Clause, for the policies of Sigsum
 *
 * Copyright 2021 The Sigsum Project Authors
 *
 * Redistribution and use in source and binary forms, with or without modification, are permitted provided that the following
 * conditions are met:
 *
 * 1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following disclaimer.
 *
 * 2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in
 *    the documentation and/or other materials provided with the distribution.
 *
 * THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT
 * NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE
 * COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES
 * (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS
 * INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR
 * OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
 */
