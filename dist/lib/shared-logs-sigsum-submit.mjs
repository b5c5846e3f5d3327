// SPDX-License-Identifier: Apache-2.0
import {
  findingOf
} from "./shared-core-report.mjs";
import {
  MANIFEST_CAP,
  checkBytes,
  joinShown,
  parseManifest
} from "./shared-workflow-signing.mjs";
import {
  SIGNATURE_CAP,
  asciiLines,
  chainOf,
  checkChain,
  describeAge,
  digestOf,
  fillProjectDomain,
  formatAddLeaf,
  formatChain,
  formatHex,
  formatToken,
  hasWitnesses,
  hashOfLeaf,
  hostNames,
  isLeafOf,
  isOverdue,
  isTimeAsked,
  judge,
  keyHashOf,
  parseAddLeaf,
  parseChain,
  parseHexHash,
  parseHexSignature,
  projectDomain,
  recordNames,
  recordPrefix,
  signLeaf,
  sigsumOrigin,
  takeHash,
  takeNumber,
  takeSignature,
  verifyLeaf
} from "./shared-core-sigsum-policies.mjs";
import {
  FIRST_PAUSE,
  LONGEST_PAUSE,
  PASSING,
  formatCanonicalJson,
  formatStatement,
  parseCanonicalJson,
  parseStatement,
  parseTlogProof,
  retryAfter,
  verifyConsistency,
  verifyInclusion,
  verifyTlogProof,
  withJitter
} from "./shared-logs-tiles.mjs";
import {
  parseArtifactName
} from "./shared-core-name.mjs";
import {
  MAX_PROOF_LENGTH,
  decodeUtf8,
  equalBytes,
  formatBase64,
  formatCheckpoint,
  formatCosignature,
  leafHash,
  parseBase64,
  parseDecimal,
  parseHash,
  parseSignedCheckpoint,
  publicKeyOf,
  sha256,
  verifyCosignature,
  verifyNamedCheckpoint
} from "./shared-core-signed-note.mjs";
import {
  exactly,
  list,
  optional,
  parsed,
  record,
  text,
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
    errors.push({ ...findingOf(error), file });
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

// src/core/recorder.ts
function verifyEvidence(file, manifest, trusted) {
  const chain = parseChain(file);
  checkChain(chain, void 0);
  const recorded = recordedIn(chain[0], manifest);
  const log = trusted.find(({ recorder }) => recorder === recorded.recorder);
  if (log === void 0) return void 0;
  checkChain(chain, log.authorities);
  return { log, recorded };
}
function recordedIn(certificate, manifest) {
  const prefix = recordPrefix(manifest);
  const names2 = hostNames(certificate);
  const behind = names2.flatMap((name) => name.startsWith(`${prefix}.`) ? [name.slice(prefix.length + 1)] : []);
  const [recorder, withProject] = behind.sort((a, b) => a.length - b.length);
  if (recorder === void 0) throw new Fault("bad-proof", "the certificate is about another manifest");
  if (withProject === void 0 || !withProject.endsWith(`.${recorder}`))
    throw new Fault("bad-proof", "the certificate does not name the manifest both with a project and without one");
  const expected = { domain: `${prefix}.${withProject}`, bare: `${prefix}.${recorder}` };
  checkNames(certificate, expected);
  return {
    domain: expected.domain,
    recorder,
    serial: certificate.serialNumber.toLowerCase(),
    sha256: sha256(certificate.raw),
    notBefore: certificate.validFromDate
  };
}
function checkNames(certificate, { domain, bare }) {
  const names2 = hostNames(certificate);
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
var digestOf2 = (file) => Buffer.from(sha256(file), "hex");
var formatEntry = (version, signed) => formatCanonicalJson(version === 1 ? entryV1(signed) : entryV2(signed));
var formatRequest = (version, signed) => formatCanonicalJson(version === 1 ? entryV1(signed) : requestV2(signed));
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
function demandEntry(entry, version, signed) {
  const wanted = formatEntry(version, signed);
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
function differingPath(a, b, path = "") {
  if (!isMapping(a) || !isMapping(b)) return a === b ? void 0 : path || "the document";
  for (const key of [.../* @__PURE__ */ new Set([...Object.keys(b), ...Object.keys(a)])]) {
    const below = `${path === "" ? "" : `${path}.`}${/^\w+$/.test(key) ? key : quote(key.slice(0, 40))}`;
    if (!Object.hasOwn(a, key) || !Object.hasOwn(b, key)) return below;
    const differing = differingPath(a[key] ?? null, b[key] ?? null, below);
    if (differing !== void 0) return differing;
  }
  return void 0;
}
var isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

// src/core/rekor.ts
function verifySigned(bundle, file, signers) {
  const { digest, signature, hint } = bundle;
  if (!equalBytes(digest, digestOf2(file))) throw new Fault("bad-proof", "the bundle is about another file");
  const key = signers.find((one) => one.hint === hint);
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
  const { version, origin } = log;
  const key = log.keys.find(({ logId }) => logId === entry.logId);
  if (key === void 0) throw new Fault("wrong-key", "the entry is of a log with another key than the pinned one");
  const checkpoint = verifyRekorCheckpoint(entry.inclusionProof.checkpoint, key, version);
  const { logIndex, treeSize, rootHash, hashes } = entry.inclusionProof;
  if (treeSize !== checkpoint.size || !equalBytes(rootHash, checkpoint.root))
    throw new Fault("bad-proof", "the inclusion proof is not about the tree of its checkpoint");
  if (entry.kind !== HASHEDREKORD || entry.version !== API_VERSION[version])
    throw new Fault("bad-proof", `the entry is of the kind ${quote(`${entry.kind} ${entry.version}`.slice(0, 80))}`);
  demandEntry(entry.body, version, signed);
  verifyInclusion(leafHash(entry.body), logIndex, treeSize, hashes, rootHash);
  if (version === 1) verifyPromise(entry, key);
  else demandNoTime(entry);
  const time2 = version === 1 ? new Date(entry.integratedTime * 1e3) : void 0;
  const name = nameOf(entry, checkpoint, log);
  return { origin, index: entry.logIndex, entry: name, treeSize, time: time2, signer: signed.key, checkpoint };
}
function nameOf({ body }, checkpoint, { version, origin }) {
  const leaf = Buffer.from(leafHash(body)).toString("hex");
  const tree = BigInt(treeIdOf(checkpoint.origin, origin) ?? 0).toString(16);
  return version === 1 ? tree.padStart(16, "0") + leaf : leaf;
}
function verifyRekorCheckpoint(note, key, version) {
  const checkpoint = parseSignedCheckpoint(Buffer.from(note));
  verifyNamedCheckpoint(checkpoint, [key], (name) => isOriginOf(checkpoint.origin, name, version));
  return checkpoint;
}
var isOriginOf = (origin, name, version) => version === 2 ? origin === name : origin.startsWith(`${name} - `) && treeIdOf(origin, name) !== void 0;
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
function demandNoTime({ logIndex, integratedTime, signedEntryTimestamp, inclusionProof }) {
  if (logIndex !== inclusionProof.logIndex)
    throw new Fault(
      "bad-proof",
      `the entry claims the index ${logIndex}, and is proven for ${inclusionProof.logIndex}`
    );
  if (integratedTime !== 0 || signedEntryTimestamp !== void 0)
    throw new Fault("bad-proof", "the entry has a time, which its log never signs");
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
    tlogEntries: entries.map(formatEntry2),
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
  const kept = earlier.entries.filter(({ logId }) => !added.entries.some((one) => one.logId === logId));
  const tokens = added.timestamps.filter((token) => !earlier.timestamps.some((one) => equalBytes(one, token)));
  return { ...earlier, entries: [...kept, ...added.entries], timestamps: [...earlier.timestamps, ...tokens] };
}
var formatEntry2 = (entry) => ({
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
var orNull = (decode) => (value, path) => optional(decode)(value === null ? void 0 : value, path);
var atMost = (most, decode) => (value, path) => {
  if (Array.isArray(value) && value.length > most) throw wrong(path, `holds more than ${most} items`);
  return decode(value, path);
};
var hashesOf = (one) => atMost(MAX_HASHES, list(one));
var envelope = (value, path) => {
  const note = text(value, path);
  if (Buffer.byteLength(note) > NOTE_CAP) throw wrong(path, `is larger than ${NOTE_CAP} bytes`);
  return note;
};
var exact = (wanted) => (value, path) => {
  if (value !== wanted) throw wrong(path, `is not ${wanted}`);
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
var decodeTlogEntry = (value, path) => {
  const { canonicalizedBody, inclusionPromise, inclusionProof, integratedTime, kindVersion, logId, logIndex } = entryFields(value, path);
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
var timestamps = (value, path) => exactly({
  rfc3161Timestamps: withDefault(atMost(MAX_ENTRIES, list(exactly({ signedTimestamp: bytes }))), [])
})(value, path).rfc3161Timestamps.map(({ signedTimestamp }) => signedTimestamp);
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
    const [hash2 = "", time2 = "", hex = ""] = lines.take("cosignature", 3);
    const keyHash = formatHex(parseHexHash(hash2));
    if (cosignatures.has(keyHash)) throw lines.bad("has two cosignatures by one witness");
    if (cosignatures.size === MAX_COSIGNATURES) throw lines.bad(`has more than ${MAX_COSIGNATURES} cosignatures`);
    cosignatures.set(keyHash, { keyHash, time: parseDecimal(time2), signature: parseHexSignature(hex) });
  }
  return { size, root, signature, cosignatures: [...cosignatures.values()] };
}
var formatTreeHead = ({ size, root, signature, cosignatures }) => [
  `size=${size}
root_hash=${formatHex(root)}
signature=${formatHex(signature)}
`,
  ...cosignatures.map(({ keyHash, time: time2, signature: by }) => `cosignature=${keyHash} ${time2} ${formatHex(by)}
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
  const vouchers = policy.witnesses.flatMap((witness) => {
    const cosignature = head.cosignatures.find(({ keyHash }) => keyHash === witness.keyHash);
    if (cosignature === void 0) return [];
    const time2 = timeOf(checkpoint, witness.key, cosignature, now);
    if (time2 instanceof Date) return [{ witness, time: time2 }];
    problems.push(time2.message);
    return [];
  });
  const times = new Map(vouchers.map(({ witness, time: time2 }) => [witness, time2.getTime()]));
  const since = sinceOf(policy.quorum, times);
  if (since !== void 0) return { vouchers, since: since === 0 ? void 0 : new Date(since) };
  const names2 = vouchers.length === 0 ? "none" : vouchers.map(({ witness }) => quote(witness.name)).join(", ");
  const why = [
    `of the ${policy.witnesses.length} witnesses of the Sigsum policy, ${names2} vouches, which is no quorum`,
    ...problems
  ];
  throw new Fault("not-witnessed", why.join("; "));
}
function timeOf(checkpoint, key, { time: time2, signature }, now) {
  const line = { name: key.name, keyId: key.keyId, signature: formatCosignature({ time: time2, signature }) };
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
  const known = quorum.members.map((member) => sinceOf(member, times)).filter((time2) => time2 !== void 0);
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
  const [, version] = /^version=([0-9]{1,9})\n/.exec(text2) ?? [];
  if (version === void 0) return new Fault("bad-format", 'not a Sigsum proof: it does not begin with "version=2"');
  return new Fault("bad-format", `a Sigsum proof of version ${version}, where only version 2 is read`, {
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

// src/logs/recorder.ts
var ANSWER_TIME = 3e4;
var ANSWER_CAP = 64 * 1024;
var openRecorder = (trusted, asking) => ({
  kind: "recorder",
  submit: async (prepared, subject) => submitRecord(Buffer.from(prepared).toString(), subject, trusted, asking),
  verify: (evidence, { manifest }) => verifyRecord(evidence, manifest, trusted)
});
function prepareRecord(url, { statement, manifest }, trusted) {
  const isPlain = /^https?:\/\/[^@?#]+$/.test(url) && URL.canParse(url);
  if (!isPlain || !url.endsWith(`/${encodeURIComponent(statement.manifest.name)}`))
    throw new Fault("usage", `not an address that a recorder could be told: ${quote(url)}`, {
      hint: "it fetches the manifest by its name, without a password or a query"
    });
  namesFor(url, statement, manifest, trusted);
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
function namesFor(url, { project, version }, manifest, trusted) {
  const { projectDomain: template, recorder, name } = trusted;
  const domain = projectDomain(url) ?? (template && fillProjectDomain(template, project, version));
  if (domain !== void 0) return recordNames(manifest, domain, recorder);
  throw new Fault(
    "usage",
    `rget has no project domain for ${quote(url)}, and the policy has none for the log ${quote(name)}`,
    {
      hint: 'rget knows addresses at GitHub only: for others, give the policy the "project_domain" that your recorder makes of them'
    }
  );
}
async function submitRecord(url, { statement, manifest }, trusted, asking) {
  const names2 = namesFor(url, statement, manifest, trusted);
  await checkPublished(asking.http, url, manifest);
  const { chain, isNew } = await untilShown(url, names2, trusted, asking);
  const proof = Buffer.from(formatChain(chain));
  return { ...verifyRecord(proof, manifest, trusted), proof, isNew, problems: [] };
}
async function checkPublished(http, url, manifest) {
  const published = await http.get(url, MANIFEST_CAP);
  if (published === void 0)
    throw new Fault("pending", `nothing is published at ${quote(url)}`, { hint: "was the upload finished?" });
  if (!equalBytes(published, manifest))
    throw new Fault("altered", `what is published at ${quote(url)} differs from the local file`, {
      hint: "the recorder was told nothing: find out which of the two is right"
    });
}
async function untilShown(url, names2, trusted, asking) {
  const { clock, patience } = asking;
  const end = clock.now().getTime() + patience;
  const timeout = () => Math.max(1, Math.min(ANSWER_TIME, end - clock.now().getTime()));
  let isTold = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const seen = await visit(asking, names2, trusted, timeout());
    if (!(seen instanceof Fault)) return { chain: seen, isNew: isTold };
    const outage = isTold ? { fault: seen } : await tell(asking, url, trusted, timeout());
    if (outage === void 0) {
      isTold = true;
      continue;
    }
    const wait = outage.after ?? withJitter(pause);
    if (clock.now().getTime() + wait >= end) throw isTold ? notShown(names2, outage.fault) : outage.fault;
    await clock.sleep(wait);
  }
}
var notShown = ({ domain }, { message }) => new Fault("network", `the recorder was told, and shows no certificate for ${quote(domain)} yet: ${message}`, {
  hint: "does it know this address? rget answers 200 to any; and does DNS lead all names below the recorder to it?"
});
async function visit({ tls }, names2, { address, authorities }, timeout) {
  try {
    const { host, port } = address ?? { host: names2.domain, port: 443 };
    const shown = await tls.visit({ host, port, name: names2.domain, timeout, ...believed(authorities) });
    const chain = chainOf(shown.chain);
    const [certificate] = chain;
    if (certificate.checkHost(names2.domain, { subject: "never", wildcards: false }) === void 0)
      return new Fault(
        "network",
        `its certificate is for ${quote((certificate.subjectAltName ?? "nobody").slice(0, 300))}`
      );
    checkNames(certificate, names2);
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
function sigsumServer({ http, clock }, url, end) {
  const limits = () => {
    const timeout = Math.min(PATIENCE, end.getTime() - clock.now().getTime());
    if (timeout <= 0) throw new Fault("network", "there was no time left to ask it");
    return { cap: TREE_HEAD_CAP, timeout };
  };
  const get = async (path, read, absent) => attempt2(url, async () => {
    const answer = await http.ask(`${url}/${path}`, limits());
    if (absent.includes(answer.status)) return void 0;
    return answer.status === 200 ? read(answer.body) : outageOf(url, answer, clock.now());
  });
  return {
    addLeaf: async (request, token) => attempt2(url, async () => {
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
async function attempt2(url, body) {
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

// src/logs/sigsum-submit.ts
var PAUSE = 2e3;
var LONGEST_PAUSE2 = 3e4;
var reachableLogs = ({ logs }) => logs.filter((log) => log.url !== void 0);
async function submitLeaf(leaf, submitting) {
  const waiting = new Waiting(submitting);
  const problems = /* @__PURE__ */ new Map();
  let mayBeLogged = false;
  let logs = reachableLogs(submitting.policy);
  if (logs.length === 0) throw new Fault("usage", "the Sigsum policy has no address of a log");
  try {
    for (let round = 0; ; round += 1) {
      let after;
      for (const [index, log] of logs.entries()) {
        const share = waiting.share(logs.length - index);
        const answer = await orRefusal(async () => submitTo(log, leaf, submitting, waiting, share));
        if ("proof" in answer) return answer;
        problems.set(log, answer.fault);
        mayBeLogged ||= mayPass(answer.fault);
        after = Math.min(after ?? Number.POSITIVE_INFINITY, answer.after ?? 0);
      }
      logs = logs.filter((log) => mayPass(problems.get(log)));
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
var pending = (why) => ({ fault: new Fault("pending", why) });
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
    this.end = this.#begun + submitting.patience;
  }
  /** When the first of so many logs has had its share of what is left. */
  share(logs) {
    const now = this.#with.clock.now().getTime();
    return now + (this.end - now) / logs;
  }
  /** Waits, as long as the server asks for, too, and says so; false where there is no time left before `until`. */
  async pause(duration, after, until) {
    const { clock, progress, patience } = this.#with;
    const now = clock.now().getTime();
    const wait = Math.max(Math.min(duration, LONGEST_PAUSE2), after ?? 0) * (1 + Math.random() / 4);
    if (now + wait >= until) return false;
    progress.report(
      "seconds waited for the Sigsum log",
      Math.round((now - this.#begun) / 1e3),
      Math.round(patience / 1e3)
    );
    await clock.sleep(wait);
    return true;
  }
};
async function submitTo(log, leaf, submitting, waiting, until) {
  const server = sigsumServer(submitting, log.url, new Date(until));
  const request = formatAddLeaf(leaf);
  const token = submitting.tokenFor(log);
  const first = await server.addLeaf(request, token);
  if (isOutage(first)) return first;
  const heads = new SeenHeads(log, server);
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
  const contradiction = await heads.take(head);
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
var misbehaved = ({ keyHash, url }, why, evidence) => new Fault("log-misbehaved", `the Sigsum log "${url}" ${why}`, {
  hint: "keep this report: what the log has signed is in it; tell those who run the log, and those who rely on it",
  evidence: [`log=${keyHash}
`, ...evidence]
});
var SeenHeads = class {
  #log;
  #server;
  #largest;
  constructor(log, server) {
    this.#log = log;
    this.#server = server;
  }
  /** An outage where that cannot be known yet. Throws `bad-signature`, `log-misbehaved`. */
  async take(head) {
    try {
      verifyLogSignature(head, this.#log);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const message = `at "${this.#log.url}" is not the log that the Sigsum policy pins: ${error.message}`;
      throw new Fault(error.kind, message, { evidence: [formatTreeHead(head)] });
    }
    const earlier = this.#largest;
    const outage = earlier === void 0 ? void 0 : await this.#compare(earlier, head);
    if (outage === void 0 && (earlier === void 0 || head.size > earlier.size)) this.#largest = head;
    return outage;
  }
  async #compare(earlier, head) {
    const [small, large] = earlier.size <= head.size ? [earlier, head] : [head, earlier];
    const needsProof = small.size > 0 && small.size < large.size;
    const proof = needsProof ? await this.#server.consistency(small.size, large.size) : [];
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
      const texts = [earlier, head].map(formatTreeHead);
      throw misbehaved(this.#log, `has signed two trees, and neither continues the other: ${error.message}`, texts);
    }
  }
};

// src/logs/sigsum.ts
var openSigsum = (trust, asking) => ({
  kind: "sigsum",
  submit: async (prepared, { manifest }) => submitSigsum(prepared, manifest, trust, asking),
  verify: (proof, { manifest }) => verifySigsum(proof, manifest, trust, asking.clock.now())
});
function prepareSigsum(manifest, key, { signers }) {
  const publicKey = publicKeyOf(key);
  if (signers.some((signer) => equalBytes(signer, publicKey))) return formatAddLeaf(signLeaf(manifest, key));
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
  witnesses: vouchers.map(({ witness, time: time2 }) => ({ name: witness.name, time: time2 }))
});

// src/workflow/witnesses.ts
function witnessingOf({ http, clock }, { logs }, origin, deadline) {
  const log = logs.find((one) => one.kind === "tiles" && one.origin === origin);
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
var describeTime = ({ time: time2 }) => time2 === void 0 ? {} : { time: time2.toISOString() };
var describeWitnesses = (named, vouched) => named === void 0 || !hasWitnesses(named) ? {} : { witnesses: vouched.map(({ name, time: time2 }) => ({ name, time: time2.toISOString() })) };
function provenSince({ quorum }, vouched) {
  const times = vouched.map(({ time: time2 }) => time2.getTime()).sort((a, b) => a - b);
  const last = quorum === 0 ? void 0 : times[quorum - 1];
  return last === void 0 ? void 0 : new Date(last);
}

// src/workflow/release-proof.ts
var PROOF_CAP = 256 * 1024;
var checkTlogProof = (policy, manifest, proof, now) => {
  const { extra, checkpoint } = parseTlogProof(proof);
  if (extra === void 0) throw new Fault("bad-proof", "carries no statement");
  const statement = parseStatement(extra);
  bindStatement(statement, manifest);
  const log = policy.logs.find((one) => one.kind === "tiles" && one.origin === checkpoint.origin);
  if (log?.kind !== "tiles") return [];
  const verified = verifyTlogProof(proof, extra, log.keys, { ...log, now });
  return [{ log, verified, statement, since: provenSince(log, verified.witnesses) }];
};
var checkSigsumProof = (policy, { bytes: bytes2 }, file, now) => {
  const { logKeyHash, keyHash } = parseSigsumProof(file);
  const pinned = policy.logs.filter((log) => log.kind === "sigsum").filter((log) => log.policy.logs.some((one) => one.keyHash === logKeyHash));
  const bySigner = pinned.filter(({ signers }) => signers.some((signer) => keyHashOf(signer) === keyHash));
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
var releaseOf = ({ project, version, ref, commit }) => ({
  project,
  version,
  ...ref === void 0 ? {} : { ref },
  ...commit === void 0 ? {} : { commit }
});
function bindStatement(statement, { name, bytes: bytes2, signature }) {
  const { manifest, signer } = statement;
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
var earliest = (times) => times.filter((time2) => time2 !== void 0).sort((a, b) => a.getTime() - b.getTime())[0];
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
var ownNames = (manifest) => [
  manifest,
  ...COMPANIONS.map((suffix) => manifest + suffix)
];
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
    found.errors.push({ kind: "unsigned", file: name, message, hint: "nobody vouches for it" });
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
  const line = lines.find((one) => own.has(one.name));
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
var formatSubmission = ({ logs, since, statement, prepared }) => formatCanonicalJson({
  logs,
  schema: SUBMISSION_SCHEMA,
  since: formatTime(since),
  statement: parseCanonicalJson(formatStatement(statement)),
  ...prepared.size === 0 ? {} : { prepared: Object.fromEntries([...prepared].map(([kind, request]) => [kind, formatBase64(request)])) }
});
function parseSubmission(bytes2) {
  const { schema: _, prepared, ...rest } = document2(parseCanonicalJson(bytes2), "");
  return { ...rest, prepared: prepared ?? /* @__PURE__ */ new Map() };
}
var formatTime = (time2) => `${time2.toISOString().slice(0, -".000Z".length)}Z`;
var time = (value, path) => {
  const written = text(value, path);
  const read = new Date(written);
  if (Number.isNaN(read.getTime()) || formatTime(read) !== written)
    throw wrong(path, "is not a time in UTC such as 2026-04-01T12:00:00Z");
  return read;
};
var MAX_LOGS = 32;
var names = (value, path) => {
  const logs = list(text)(value, path);
  if (logs.length === 0) throw wrong(path, "is empty");
  if (logs.length > MAX_LOGS) throw wrong(path, `holds more than ${MAX_LOGS} logs`);
  if (new Set(logs).size < logs.length) throw wrong(path, "holds a log twice");
  return logs;
};
var requests = (value, path) => {
  const found = /* @__PURE__ */ new Map();
  for (const [kind, request] of Object.entries(record(value, path))) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind)) throw wrong(path, `holds ${quote(kind)}, which is no kind of log`);
    found.set(kind, parsed(parseBase64)(request, `${path}.${kind}`));
  }
  if (found.size === 0) throw wrong(path, "is empty");
  return found;
};
var document2 = exactly({
  logs: names,
  schema: (value, path) => {
    if (value !== SUBMISSION_SCHEMA) throw wrong(path, `is not ${SUBMISSION_SCHEMA}`);
    return SUBMISSION_SCHEMA;
  },
  since: time,
  statement: (value, path) => parseStatement(formatCanonicalJson(record(value, path))),
  prepared: optional(requests)
});

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
  for (const suffix of COMPANIONS.filter((one) => one !== SIGNATURE)) {
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
    if (proven.length > 0) return proven.map((one) => describeProven(file, one));
    const message = `${quote(file)} was not checked: the policy pins no such log`;
    found.warnings.push({ kind: "not-checked", file, message });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    found.errors.push({ ...findingOf(error), file, message: `${quote(file)}: ${error.message}` });
  }
  return [];
}
var describeProven = (proof, { log, verified, statement }) => ({
  kind: log.kind,
  name: log.name,
  origin: verified.origin,
  ...describePlace(verified),
  proof,
  action: "verified",
  ...describeTime(verified),
  ...statement === void 0 ? {} : { release: releaseOf(statement) },
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
function waitingFor({ logs: known }, { logs: named }, proven) {
  const isNamed = (one, name) => name === TILE_LOG ? one.kind === "tiles" : one.name === name;
  const pinned = named.filter((name) => known.some((log) => isNamed(log, name)));
  if (pinned.length === 0) return proven.length === 0 ? { logs: "a log", arePinned: false } : void 0;
  const waiting = pinned.filter((name) => !proven.some((log) => isNamed(log, name)));
  if (waiting.length === 0) return void 0;
  return {
    logs: waiting.map((name) => name === TILE_LOG ? "a tile log" : name).join(", "),
    arePinned: waiting.some((name) => known.some((log) => isNamed(log, name) && log.kind !== "recorder"))
  };
}

export {
  noFindings,
  collect,
  attempt,
  settle,
  HASHEDREKORD,
  API_VERSION,
  digestOf2 as digestOf,
  formatEntry,
  formatRequest,
  demandEntry,
  verifySigned,
  verifyBundle,
  verifyEntry,
  verifyRekorCheckpoint,
  treeIdOf,
  parseBundle,
  formatBundle,
  mergeBundles,
  hashesOf,
  envelope,
  decodeTlogEntry,
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
  examineManifests,
  examineManifest,
  describeManifest,
  TILE_LOG,
  formatSubmission,
  parseSubmission,
  examineProofs,
  countProven
};
