// SPDX-License-Identifier: Apache-2.0
import {
  assignKeys,
  kindOf,
  readKeys
} from "./shared-workflow-log-keys.mjs";
import {
  tileDirectory
} from "./shared-core-log-address.mjs";
import {
  identify,
  warningsOfVersion
} from "./shared-workflow-identity.mjs";
import {
  API_VERSION,
  HASHEDREKORD,
  PROOF_CAP,
  TILE_LOG,
  addressFault,
  bindStatement,
  countProven,
  decodeTlogEntry,
  demandEntry,
  describeAge,
  describePlace,
  describeTime,
  describeWitnesses,
  envelope,
  examineManifest,
  formatBundle,
  formatEntry,
  formatRequest,
  formatSubmission,
  hashesOf,
  httpAddress,
  isOverdue,
  isWithin,
  loadTrust,
  mergeBundles,
  noFindings,
  openRecorder,
  openSigsum,
  originOf,
  parseBundle,
  parseFreeJson,
  parseSubmission,
  prepareRecord,
  prepareSigsum,
  releaseOf,
  timeRange,
  treeIdOf,
  verifyBundle,
  verifyEntry,
  verifyRekorCheckpoint,
  verifySigned,
  withoutLastSlash,
  witnessingOf
} from "./shared-logs-sigsum-submit.mjs";
import {
  P256_SIGNATURE_CAP,
  formatP256Key,
  p256Signer,
  parseP256Key
} from "./shared-core-openssh-key.mjs";
import {
  MANIFEST_CAP,
  directorySource,
  isUrl,
  joinUrl,
  openSource
} from "./shared-workflow-signing.mjs";
import {
  refuseInside
} from "./shared-workflow-log.mjs";
import {
  CHECKPOINT_CAP,
  CHECKPOINT_PATH,
  HASH_SIZE,
  accused,
  digestOf,
  evidenceOf,
  formatCanonicalJson,
  formatStatement,
  leafHash,
  openTileLog,
  parseCanonicalJson,
  parseHash,
  parseSignedCheckpoint,
  parseStatement,
  parseTlogProof,
  tileView,
  tryUntilAnswered,
  verifyConsistency
} from "./shared-logs-tiles.mjs";
import {
  formatVerifierKey
} from "./shared-core-signed-note.mjs";
import {
  findingOf
} from "./shared-core-report.mjs";
import {
  parseArtifactName
} from "./shared-core-name.mjs";
import {
  decodeUtf8,
  equalBytes,
  formatBase64,
  inFile,
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
  withDefault,
  wrong
} from "./shared-core-decode.mjs";
import {
  ABANDONED,
  RECORDER_EVIDENCE,
  SIGNATURE,
  SIGSTORE_BUNDLE,
  SIGSUM_PROOF,
  SUBMISSION,
  TLOG_PROOF,
  isManifestName,
  manifestOfCompanion
} from "./shared-core-companions.mjs";
import {
  Fault,
  exitStatusOf,
  printable,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/submit.ts
import path3 from "node:path";

// src/core/signing-config.ts
var SIGNING_CONFIG_CAP = 64 * 1024;
var MAX_SERVICES = 64;
var service = exactly({ url: httpAddress, majorApiVersion: count, validFor: timeRange, operator: text });
var services = (value, path4) => {
  if (Array.isArray(value) && value.length > MAX_SERVICES)
    throw wrong(path4, `holds more than ${MAX_SERVICES} services`);
  return list(service)(value, path4);
};
var configFields = exactly({ selector: oneOf(["ANY", "EXACT", "ALL"]), count: optional(count) });
var oneLog = (value, path4) => {
  const { selector, count: wanted = 0 } = configFields(value, path4);
  if (selector === "ANY" || selector === "EXACT" && wanted === 1) return;
  throw wrong(path4, "asks for entries in several logs", 'name each of them in the policy, with its "url"');
};
var ignored = () => void 0;
var document = exactly({
  mediaType: oneOf(["application/vnd.dev.sigstore.signingconfig.v0.2+json"]),
  rekorTlogUrls: withDefault(services, []),
  rekorTlogConfig: oneLog,
  caUrls: ignored,
  oidcUrls: ignored,
  tsaUrls: ignored,
  tsaConfig: ignored
});
function newestAddress(bytes, version, now) {
  const { rekorTlogUrls } = document(parseFreeJson(bytes, SIGNING_CONFIG_CAP, "the signing config"), "");
  const [newest] = rekorTlogUrls.filter(({ majorApiVersion, validFor }) => majorApiVersion === version && isWithin(now, validFor)).sort((a, b) => b.validFor.start.getTime() - a.validFor.start.getTime());
  if (newest !== void 0) return newest.url;
  throw new Fault("usage", `it names no log of version ${version} for ${now.toISOString()}`, {
    hint: "take the newest signing config of those who run the log"
  });
}

// src/logs/rekor-answer.ts
var ANSWER_CAP = 128 * 1024;
var UUID = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/;
function parseAnswerV1(body) {
  const [named, ...more] = Object.entries(record(parseJson(body), ""));
  if (named === void 0 || more.length > 0) throw new Fault("bad-format", "the answer does not hold one entry");
  const [uuid, value] = named;
  if (!UUID.test(uuid)) throw new Fault("bad-format", "the answer names the entry otherwise than Rekor does");
  return { uuid, entry: decodeLogEntry(value, "the entry") };
}
var parseAnswerV2 = (body) => decodeTlogEntry(parseJson(body), "the entry");
function parseConsistency(body) {
  try {
    const { hashes } = record(parseJson(body), "");
    return hashesOf(hash)(hashes, "hashes");
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault("network", `it answers nothing that could be read: ${error.message}`, { cause: error });
  }
}
function parseJson(body) {
  try {
    return JSON.parse(decodeUtf8(body, ANSWER_CAP, "the answer"));
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault("bad-format", "the answer is not JSON", { cause });
  }
}
var base64 = parsed(parseBase64);
var hex = (value, path4) => {
  const digits = text(value, path4);
  if (/^(?:[0-9a-f]{2})+$/.test(digits)) return Buffer.from(digits, "hex");
  throw new Fault("bad-format", `${path4}: is not in hexadecimal digits`);
};
var hash = (value, path4) => parseHash(hex(value, path4));
var hashDigits = (value, path4) => Buffer.from(hash(value, path4)).toString("hex");
var decodeLogEntry = (value, path4) => {
  const entry = record(value, path4);
  const verification = record(entry["verification"], `${path4}.verification`);
  const proof = record(verification["inclusionProof"], `${path4}.verification.inclusionProof`);
  const at = (decode, name) => decode(proof[name], `${path4}.verification.inclusionProof.${name}`);
  return {
    logIndex: count(entry["logIndex"], `${path4}.logIndex`),
    logId: hashDigits(entry["logID"], `${path4}.logID`),
    kind: HASHEDREKORD,
    version: API_VERSION[1],
    integratedTime: count(entry["integratedTime"], `${path4}.integratedTime`),
    signedEntryTimestamp: base64(verification["signedEntryTimestamp"], `${path4}.verification.signedEntryTimestamp`),
    inclusionProof: {
      logIndex: at(count, "logIndex"),
      treeSize: at(count, "treeSize"),
      rootHash: at(hash, "rootHash"),
      hashes: at(hashesOf(hash), "hashes"),
      checkpoint: at(envelope, "checkpoint")
    },
    body: base64(entry["body"], `${path4}.body`)
  };
};
var Frozen = class extends Fault {
  constructor(shown) {
    super("usage", `the log ${shown} is frozen: it takes no more entries`, {
      hint: 'its operator has opened another one: give the policy its "url", "origin" and "keys", and keep the old log for old proofs'
    });
  }
};
function refusedBy(log, answer) {
  const refusal = refusalOf(log, answer);
  if (answer.isFirst && answer.status >= 300) return refusal;
  const { hint } = refusal;
  return new Fault("network", `it answers ${answer.status}, and whether it has the entry is not known`, { hint });
}
function refusalOf(log, answer) {
  const { status } = answer;
  const shown = quote(log);
  if (status === 405) return new Frozen(shown);
  if (status >= 300 && status < 400)
    return new Fault("usage", `the log ${shown} is elsewhere: it answers ${status}`, {
      hint: "give the policy the address that the log really has: redirections are not followed"
    });
  const reason = reasonIn(answer);
  return new Fault(
    "usage",
    `the log ${shown} refuses the entry: it answers ${status}${reason === "" ? "" : `, ${reason}`}`,
    {
      hint: 'does the policy say the right "url" and "version"?'
    }
  );
}
function reasonIn({ body }) {
  try {
    const { message } = record(parseJson(body), "");
    return typeof message === "string" ? quote(message.toWellFormed().slice(0, 300)) : "";
  } catch (error) {
    if (error instanceof Fault) return "";
    throw error;
  }
}
var evidenceIn = ({ body }) => printable(Buffer.from(body).toString());

// src/logs/rekor-server.ts
var ANSWER_TIME = 3e4;
var CONTENT_TYPE = { "content-type": "application/json", accept: "application/json" };
function accuse(evidence, body) {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "bad-format") throw error;
    const { kind, message, hint } = error;
    if (kind !== "bad-proof") throw new Fault(kind, message, { hint, evidence: [evidence], cause: error });
    throw new Fault("log-misbehaved", `the log does not have what it signed: ${message}`, {
      evidence: [evidence],
      hint: "keep the answer of the log as it is: it shows what happened",
      cause: error
    });
  }
}

// src/logs/rekor-continuation.ts
async function findDiscontinuation(server, checkpoint, seen) {
  try {
    await demandContinuation(server, checkpoint, await seen());
    return void 0;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "log-misbehaved") throw error;
    const message = `the log ${quote(server.name)} does not show that it still has what it had: ${error.message}`;
    return new Fault("network", message, {
      hint: "its proof of this release is good, and kept; an audit has to compare the trees of the bundles that stand here",
      cause: error
    });
  }
}
async function demandContinuation(server, checkpoint, seen) {
  const other = largestSeen(server, checkpoint.origin, seen);
  if (other === void 0) return;
  const [earlier, later] = other.size <= checkpoint.size ? [other, checkpoint] : [checkpoint, other];
  const proof = earlier.size === later.size ? [] : await fetchProof(server, earlier, later);
  try {
    verifyConsistency(earlier.size, earlier.root, later.size, later.root, proof);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw forked(earlier, later, proof, error);
  }
}
function largestSeen({ log }, origin, seen) {
  const known = seen.flatMap(
    ({ entries }) => entries.flatMap(({ logId, inclusionProof }) => {
      const key = log.keys.find((one) => one.logId === logId);
      if (key === void 0) return [];
      try {
        return [verifyRekorCheckpoint(inclusionProof.checkpoint, key, 1)];
      } catch (error) {
        if (error instanceof Fault) return [];
        throw error;
      }
    })
  );
  return known.filter((one) => one.origin === origin).sort((a, b) => b.size - a.size)[0];
}
async function fetchProof({ http, url, trying, log }, earlier, later) {
  const [tree = ""] = log.keys.flatMap(({ name }) => treeIdOf(later.origin, name) ?? []);
  const query = `firstSize=${earlier.size}&lastSize=${later.size}&treeID=${tree}`;
  const { clock } = trying;
  const end = new Date(Math.min(trying.end.getTime(), clock.now().getTime() + ANSWER_TIME));
  const answer = await tryUntilAnswered(
    { ...trying, end },
    async (timeout) => http.ask(`${url}/api/v1/log/proof?${query}`, { cap: ANSWER_CAP, timeout })
  );
  if (answer.status === 200) return parseConsistency(answer.body);
  const reason = reasonIn(answer);
  throw new Fault("network", `it answers ${answer.status}${reason === "" ? "" : `, ${reason}`}`);
}
var formatHashes = (proof) => ["consistency proof", ...proof.map((hash2) => Buffer.from(hash2).toString("hex")), ""].join("\n");
var forked = (earlier, later, proof, cause) => new Fault(
  "log-misbehaved",
  `the tree of ${later.size} entries that it has signed does not continue that of ${earlier.size}: ${cause.message}`,
  {
    evidence: [...[earlier, later].map(evidenceOf), ...proof.length === 0 ? [] : [formatHashes(proof)]],
    hint: "keep both checkpoints: the log has signed them, and shows no way from one to the other",
    cause
  }
);

// src/logs/rekor-places.ts
async function followed(places, body) {
  if (places.earlier !== void 0) return askedAgain(places.earlier, body);
  const at = await places.locate();
  try {
    return await askedFirst(places, at, body);
  } catch (error) {
    if (!(error instanceof Frozen)) throw error;
    const next = await places.locate();
    if (next.url === at.url) throw error;
    return askedFirst(places, next, body);
  }
}
async function askedFirst(places, at, body) {
  await places.keep(at);
  try {
    return await body(at);
  } catch (error) {
    if (error instanceof Fault && error.kind === "usage") await places.keep(void 0);
    throw error;
  }
}
async function askedAgain(at, body) {
  try {
    return await body(at);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "usage") throw error;
    throw new Fault("network", `${error.message}; whether it has that of an earlier run is not known`, {
      hint: `look for the entry in the log at ${at.url}; where it is not there, remove the submission, and submit again`,
      cause: error
    });
  }
}

// src/logs/rekor-v1.ts
async function submitV1(server, signed) {
  const { http, url, trying, name } = server;
  const known = await askFor(server, Buffer.from(leafHash(formatEntry(1, signed))).toString("hex"));
  if (known.status === 200) return { ...checked(server, known, signed), isNew: false };
  const request = formatRequest(1, signed);
  const answer = await tryUntilAnswered(
    trying,
    async (timeout) => http.post(`${url}${ENTRIES}`, request, { cap: ANSWER_CAP, timeout, headers: CONTENT_TYPE })
  );
  if (answer.status === 201) return { ...checked(server, answer, signed), isNew: true };
  if (answer.status !== 409) throw refusedBy(name, answer);
  const uuid = uuidIn(answer);
  const found = await askFor(server, uuid, ({ status }) => status === 404);
  if (found.status === 200) return { ...checked(server, found, signed), isNew: false };
  throw new Fault("network", `it has the entry ${uuid}, and answers ${found.status} when asked for it`);
}
var ENTRIES = "/api/v1/log/entries";
var askFor = async ({ http, url, trying }, uuid, isPassing) => tryUntilAnswered(
  trying,
  async (timeout) => http.ask(`${url}${ENTRIES}/${uuid}`, { cap: ANSWER_CAP, timeout }),
  isPassing
);
function uuidIn({ headers, body }) {
  const location = headers["location"]?.split("/").at(-1) ?? "";
  const [, said = ""] = /UUID ([0-9a-f]{64,80})\b/.exec(Buffer.from(body).toString()) ?? [];
  const uuid = [location, said].find((one) => UUID.test(one));
  if (uuid !== void 0) return uuid;
  throw new Fault("network", "it has the entry already, and does not say under which name");
}
function checked(server, answer, signed) {
  return accuse(evidenceIn(answer), () => {
    const named = parseAnswerV1(answer.body);
    const verified = verifyEntry(named.entry, signed, server.log);
    demandName(named.uuid, verified.entry);
    return { entry: named.entry, verified };
  });
}
function demandName(uuid, entry) {
  if (uuid !== entry && uuid !== entry.slice(-2 * HASH_SIZE))
    throw new Fault("bad-proof", `it names the entry ${uuid}, which is ${entry}`);
}

// src/logs/rekor-v2.ts
async function submitV2(server, signed) {
  const { http, url, trying, name, log } = server;
  const request = formatRequest(2, signed);
  const answer = await tryUntilAnswered(
    trying,
    async (timeout) => http.post(`${url}/api/v2/log/entries`, request, { cap: ANSWER_CAP, timeout, headers: CONTENT_TYPE })
  );
  if (answer.status === 201) {
    return accuse(evidenceIn(answer), () => {
      const entry = parseAnswerV2(answer.body);
      return { entry, verified: verifyEntry(entry, signed, log), isNew: true };
    });
  }
  if (answer.status === 409) return rebuild(server, signed, indexIn(answer));
  throw refusedBy(name, answer);
}
function indexIn({ headers, body }) {
  const [, said] = /with index ([0-9]{1,16})\b/.exec(Buffer.from(body).toString()) ?? [];
  const index = headers["x-log-index"] ?? said;
  if (index !== void 0) return parseDecimal(index);
  throw new Fault("network", "it has the entry already, and does not say at which index");
}
async function rebuild(server, signed, index) {
  const { view, key } = await viewOf(server, index);
  const { entry: body, proof } = await readable(async () => view.inclusion(index));
  const { checkpoint } = view;
  const entry = {
    logIndex: index,
    logId: key.logId,
    kind: HASHEDREKORD,
    version: API_VERSION[2],
    integratedTime: 0,
    signedEntryTimestamp: void 0,
    inclusionProof: {
      logIndex: index,
      treeSize: checkpoint.size,
      rootHash: checkpoint.root,
      hashes: proof,
      checkpoint: evidenceOf(checkpoint)
    },
    body
  };
  await accused([checkpoint], async () => demandEntry(body, 2, signed));
  return { entry, verified: verifyEntry(entry, signed, server.log), isNew: false };
}
async function viewOf({ http, readUrl, trying, log }, index) {
  const isBehind = ({ status: status2, body: body2 }) => status2 === 404 || status2 === 200 && sizeIn(body2) <= index;
  const { status, body } = await tryUntilAnswered(
    trying,
    async (timeout) => http.ask(`${readUrl}/${CHECKPOINT_PATH}`, { cap: CHECKPOINT_CAP, timeout }),
    isBehind
  );
  if (status !== 200) throw new Fault("network", `it answers ${status} when asked for its checkpoint`);
  const key = signerOf(body, log.keys);
  const checkpoint = verifyRekorCheckpoint(Buffer.from(body).toString(), key, 2);
  return { view: tileView(async (path4, cap) => fetchTile({ http, readUrl, trying }, path4, cap), checkpoint), key };
}
async function fetchTile({ http, readUrl, trying }, path4, cap) {
  const { status, body } = await tryUntilAnswered(
    trying,
    async (timeout) => http.ask(`${readUrl}/${path4}`, { cap, timeout })
  );
  if (status === 200) return body;
  if (status === 404 || status === 410) return void 0;
  throw new Fault("network", `it answers ${status} when asked for ${path4}`);
}
async function readable(body) {
  try {
    return await body();
  } catch (error) {
    const cause = error instanceof Fault ? error.cause : void 0;
    if (!(cause instanceof Fault) || !UNREADABLE.includes(cause.kind)) throw error;
    throw new Fault("network", cause.message, { cause });
  }
}
var UNREADABLE = ["bad-format", "missing"];
function sizeIn(body) {
  try {
    return parseSignedCheckpoint(body).size;
  } catch (error) {
    if (error instanceof Fault) return 0;
    throw error;
  }
}
function signerOf(body, keys) {
  const { signatures } = parseSignedCheckpoint(body);
  const [first] = keys;
  const found = keys.find((key) => signatures.some(({ name, keyId }) => name === key.name && keyId === key.keyId)) ?? first;
  if (found === void 0) throw new Fault("usage", "the policy pins no key of the log");
  return found;
}

// src/logs/rekor.ts
function openRekor(log, { http, clock, patience, places }) {
  const verify = (file, manifest) => {
    const verified = verifyBundle(parseBundle(file), manifest, log);
    if (verified === void 0) throw new Fault("not-in-log", "it has no entry of this log");
    return { ...verified, witnesses: [] };
  };
  return {
    kind: "rekor",
    submit: async (prepared, { manifest }, { existing, others }) => {
      const bundle = existing && parseBundle(existing);
      const signed = bundle === void 0 ? trusted(prepared, manifest, log) : verifySigned(bundle, manifest, log.signers);
      const end = new Date(clock.now().getTime() + patience);
      const trying = { clock, end, timeout: ANSWER_TIME };
      const submitAt = async (address) => submitRekor({ name: log.name, http, ...address, log, trying }, signed, async () => readable2(await others()));
      const logged = await followed(places, submitAt);
      const proof = receiptOf(signed, logged, bundle);
      return { proof, isNew: logged.isNew, problems: logged.problems, ...verify(proof, manifest) };
    },
    verify: (file, { manifest }) => verify(file, manifest)
  };
}
var prepareRekor = (file, signer) => formatPrepared({ digest: digestOf(file), signature: signer.sign(file), key: signer.key });
var formatPrepared = ({ digest, signature, key }) => formatCanonicalJson({
  digest: formatBase64(digest),
  publicKey: formatP256Key(key),
  signature: formatBase64(signature)
});
function parsePrepared(bytes) {
  const { publicKey, ...rest } = preparedFields(parseCanonicalJson(bytes), "");
  return { ...rest, key: publicKey };
}
var sized = (least, most) => (value, path4) => {
  const bytes = parsed(parseBase64)(value, path4);
  if (bytes.length < least || bytes.length > most) throw wrong(path4, `has ${bytes.length} bytes`);
  return bytes;
};
var preparedFields = exactly({
  digest: sized(HASH_SIZE, HASH_SIZE),
  publicKey: parsed(parseP256Key),
  signature: sized(1, P256_SIGNATURE_CAP)
});
function preparedFor(prepared, file) {
  const signed = parsePrepared(prepared);
  if (equalBytes(signed.digest, digestOf(file)) && signed.key.verify(file, signed.signature)) return signed;
  throw new Fault("altered", "what was prepared for the log is not a signature of this manifest");
}
function trusted(prepared, file, { name, signers }) {
  const signed = preparedFor(prepared, file);
  if (signers.some(({ hint }) => hint === signed.key.hint)) return signed;
  throw new Fault(
    "wrong-key",
    `what was prepared for the log ${quote(name)} is by a key that the policy does not name`,
    {
      hint: "was the log key rotated meanwhile? have the policy name the earlier one, too, until this is done"
    }
  );
}
async function submitRekor(server, signed, others = async () => []) {
  try {
    if (server.log.version === 2) return { ...await submitV2(server, signed), problems: [] };
    const logged = await submitV1(server, signed);
    const problem = await findDiscontinuation(server, logged.verified.checkpoint, others);
    return { ...logged, problems: problem === void 0 ? [] : [problem] };
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "usage") throw error;
    const { kind, message, hint, evidence } = error;
    const name = `the log ${quote(server.name)}`;
    if (kind === "bad-format")
      throw new Fault("network", `${name}: it answers nothing that could be read: ${message}`, { cause: error });
    throw new Fault(kind, `${name}: ${message}`, { hint, evidence, cause: error });
  }
}
var readable2 = (files) => files.flatMap((file) => {
  try {
    return [parseBundle(file)];
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
});
function receiptOf({ digest, signature, key: { hint } }, { entry }, earlier) {
  const bundle = { digest, signature, hint, entries: [entry], timestamps: [] };
  return formatBundle(earlier === void 0 ? bundle : mergeBundles(earlier, bundle));
}

// src/workflow/open-rekor.ts
function rekorLog(ports, trusted2, key, patience) {
  const { name, signers } = trusted2;
  const { http, clock } = ports;
  const placesOf = locatorOf(ports, trusted2);
  const signer = key && p256Signer(key);
  if (signer !== void 0 && !signers.some(({ hint }) => hint === signer.key.hint))
    throw new Fault("usage", `the key for the log ${quote(name)} is none of the signers that the policy names`, {
      hint: `its public key is ${Buffer.from(signer.key.spki).toString("base64")}`
    });
  return {
    kind: "rekor",
    proof: SIGSTORE_BUNDLE,
    isRepeatable: false,
    isShared: true,
    prepare: ({ manifest }, earlier) => {
      if (earlier !== void 0) {
        preparedFor(earlier, manifest);
        return earlier;
      }
      if (signer !== void 0) return prepareRekor(manifest, signer);
      throw new Fault("usage", `no key for the log ${quote(name)} is given`, {
        hint: 'give --log-key FILE: one of the signers that the policy names, as "key generate-log-key --for rekor" makes it'
      });
    },
    open: async (addresses) => openRekor(trusted2, { http, clock, patience, places: placesOf(addresses) }),
    pinned: () => trusted2
  };
}
function locatorOf(ports, { name, url, readUrl, signingConfig, ...trusted2 }) {
  if (url !== void 0)
    return () => ({
      earlier: void 0,
      locate: async () => ({ url, readUrl: readUrl ?? url }),
      keep: async () => void 0
    });
  if (signingConfig !== void 0)
    return (addresses) => {
      const earlier = addresses.of(name);
      return {
        earlier: earlier === void 0 ? void 0 : pinnedAddress(earlier, trusted2),
        locate: async () => configured(ports, { ...trusted2, name }, signingConfig),
        keep: async (at) => addresses.keep(name, at?.url)
      };
    };
  throw new Fault("usage", `the policy does not say where the log ${quote(name)} can be asked`, {
    hint: 'submit asks it: give it a "url" or a "signing_config" in the policy'
  });
}
async function configured({ files, clock }, { name, version, keys }, file) {
  const bytes = await files.readGiven(file, SIGNING_CONFIG_CAP);
  const url = await inFile(file, async () => newestAddress(bytes, version, clock.now()));
  const pinned = pinnedAddress(url, { keys });
  if (pinned !== void 0) return pinned;
  throw new Fault(
    "usage",
    `the newest address of the log ${quote(name)} is ${url}, and the policy pins no key of that`,
    {
      file,
      hint: 'take the trusted root that belongs to this signing config, and name it as "trusted_root" in the policy'
    }
  );
}
function pinnedAddress(url, { keys }) {
  const origin = originOf(url);
  return keys.some((key) => key.name === origin) ? { url, readUrl: `${url}/api/v2` } : void 0;
}

// src/workflow/waiting.ts
function waitingClock({ clock, progress }, what, total) {
  let begun;
  return {
    now: () => clock.now(),
    sleep: async (duration) => {
      const now = clock.now().getTime();
      begun ??= now;
      progress.report(`seconds waited for ${what}`, Math.round((now - begun) / 1e3), total);
      await clock.sleep(duration);
    }
  };
}

// src/workflow/open-logs.ts
async function readLogKeys(ports, { logs, logKeys, token }) {
  for (const directory of logs.map(tileDirectory).filter((one) => one !== void 0))
    for (const file of logKeys) await refuseInside(ports.files, file, directory);
  const keys = await readKeys(ports, logKeys, token?.keyFile);
  return {
    given: keys.given,
    token: token && keys.token && { domain: token.domain, key: keys.token },
    areAllNeeded: true
  };
}
function chooseLogs(ports, options, { given, token, areAllNeeded }, policy) {
  const named = options.logs.map((address) => parseLog(address, policy));
  refuseTwice(named);
  const kinds = named.map(({ kind }) => kind);
  const keys = assignKeys(kinds, areAllNeeded ? given : given.filter((one) => kindOf(one, kinds) !== void 0));
  const { logDeadline, witnessDeadline } = options;
  const patience = logDeadline * 1e3;
  const waiting = (what, total) => ({ ...ports, clock: waitingClock(ports, what, total) });
  return named.map((one) => {
    const key = keys.get(one.kind)?.key;
    if (one.kind === "sigsum") return sigsumLog(ports, one.trusted, key, { token, patience });
    if (one.kind === "tiles")
      return tileLog(
        waiting("witnesses", witnessDeadline),
        policy,
        one.directory,
        neededKey(keys.get("tiles")),
        witnessDeadline
      );
    const asking = waiting(`the log ${quote(one.trusted.name)}`, logDeadline);
    if (one.kind === "rekor") return rekorLog(asking, one.trusted, key, patience);
    return recorder(asking, one.trusted, options.publishedUrl, patience);
  });
}
function refuseTwice(named) {
  const places = named.map((one) => one.kind === "rekor" ? `name ${one.trusted.name}` : `kind ${one.kind}`);
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== void 0)
    throw new Fault("usage", `more than one log of the ${twice} is named, and their proofs would go by one name`);
}
function parseLog(address, policy) {
  const directory = tileDirectory(address);
  if (directory !== void 0) return { kind: "tiles", directory };
  const trusted2 = policy.logs.find(({ name }) => name === address);
  if (trusted2?.kind === "rekor") return { kind: "rekor", trusted: trusted2 };
  if (trusted2?.kind === "sigsum") return { kind: "sigsum", trusted: trusted2 };
  if (trusted2?.kind === "recorder") return { kind: "recorder", trusted: trusted2 };
  if (trusted2?.kind === "tiles")
    throw new Fault("usage", `${quote(address)} is a tile log, which is named by its directory`, {
      hint: "write tiles:DIR, with the directory that the log is written in"
    });
  const names = policy.logs.filter(({ kind }) => kind !== "tiles").map(({ name }) => name);
  const others = names.length === 0 ? "" : `, or a name from the policy: ${names.join(", ")}`;
  throw new Fault("usage", `not a log: ${quote(address)}`, {
    hint: `write tiles:DIR, where DIR was made with "artifact-signing log init"${others}`
  });
}
function neededKey(given) {
  if (given !== void 0) return given;
  throw new Fault("usage", "no key of the tile log is given", { hint: "give --log-key FILE" });
}
var tileLog = (ports, policy, directory, given, deadline) => ({
  kind: "tiles",
  proof: TLOG_PROOF,
  isRepeatable: true,
  isShared: false,
  prepare: ({ statement }) => formatStatement(statement),
  open: async () => withKey(given, async (key) => {
    const log = await openTileLog(ports, directory, key, (origin) => witnessingOf(ports, policy, origin, deadline));
    refuseUnpinned(log, policy);
    return log;
  }),
  pinned: (origin) => policy.logs.find((log) => log.kind === "tiles" && log.origin === origin)
});
function refuseUnpinned({ origin, key }, { logs }) {
  const vkey = formatVerifierKey(key);
  const pinned = logs.flatMap((log) => log.kind === "tiles" && log.origin === origin ? log.keys : []);
  if (pinned.length === 0 || pinned.some((one) => formatVerifierKey(one) === vkey)) return;
  throw new Fault("wrong-key", `the policy pins another key for the log ${quote(origin)}`, {
    hint: `is it the log that the policy means? This one has the key ${vkey}`
  });
}
async function withKey({ file, key }, body) {
  try {
    return await body(key);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "wrong-key") throw error;
    const { message, hint } = error;
    throw new Fault("wrong-key", `--log-key ${quote(file)}: ${message}`, { file, hint, cause: error });
  }
}
var sigsumLog = ({ http, clock, progress }, trusted2, key, options) => ({
  kind: "sigsum",
  proof: SIGSUM_PROOF,
  isRepeatable: false,
  isShared: false,
  prepare: ({ manifest }, earlier) => {
    if (earlier !== void 0) return earlier;
    if (key !== void 0) return prepareSigsum(manifest, key, trusted2);
    throw new Fault("usage", `no key for the Sigsum log ${quote(trusted2.name)} is given`, {
      hint: 'give --log-key FILE: one of the signers that the policy names, as "key generate-log-key --for sigsum" makes it'
    });
  },
  open: async () => openSigsum(trusted2, { http, clock, progress, ...options }),
  pinned: () => trusted2
});
var recorder = ({ http, tls, clock }, trusted2, publishedUrl, patience) => ({
  kind: "recorder",
  proof: RECORDER_EVIDENCE,
  isRepeatable: false,
  isShared: false,
  prepare: (subject, earlier) => prepareRecord(addressOf(subject.statement, publishedUrl, earlier), subject, trusted2),
  open: async () => openRecorder(trusted2, { http, tls, clock, patience }),
  pinned: () => trusted2
});
function addressOf({ project, version, manifest }, publishedUrl, earlier) {
  if (publishedUrl !== void 0) return joinUrl(publishedUrl, manifest.name);
  if (earlier !== void 0) return Buffer.from(earlier).toString();
  const [, repository] = /^(?:https:\/\/)?github\.com\/([\w.-]+\/[\w.-]+)$/.exec(project) ?? [];
  if (repository !== void 0)
    return joinUrl(`https://github.com/${repository}/releases/download/${version}`, manifest.name);
  throw new Fault("usage", "a recorder is told where the manifest is published, which is not known", {
    hint: "give --published-url URL"
  });
}

// src/workflow/published.ts
var INTERVAL = 5e3;
var LOOK = 1e4;
function checkPublishedUrl(url, manifest) {
  if (!isUrl(url) || !URL.canParse(url))
    throw new Fault("usage", `not an address: ${quote(url)}`, {
      hint: "give the http(s) address of the directory that the release is published in"
    });
  const [, directory = "", name = ""] = /^([^?#]*)\/([^/?#]+)\/*(?:[?#].*)?$/s.exec(url) ?? [];
  if (name.endsWith("SHA256SUMS") || name === manifest || name === encodeURIComponent(manifest))
    throw new Fault("usage", `the address of a manifest: ${quote(url)}`, {
      hint: `give that of the directory that the release is published in: ${quote(directory)}`
    });
  const fault = addressFault(url);
  if (fault !== void 0)
    throw new Fault("usage", `the address of what is published ${fault}`, {
      hint: "a submission that is pending is published with it: give the address that everybody knows"
    });
}
async function awaitPublished(ports, local, url, deadline) {
  const clock = waitingClock(ports, "what is published", deadline);
  const end = clock.now().getTime() + deadline * 1e3;
  const left = () => end - clock.now().getTime();
  const get = async (address, cap) => ports.http.get(address, cap, Math.max(LOOK, left()));
  const source = openSource({ ...ports, http: { ...ports.http, get } }, url);
  for (; ; ) {
    const problem = await compare(source, local).catch(whatTimeMayMend);
    if (problem === void 0) return;
    if (left() <= 0) throw problem;
    await clock.sleep(Math.min(INTERVAL, left()));
  }
}
function whatTimeMayMend(error) {
  if (error instanceof Fault && error.kind === "network") return error;
  if (!(error instanceof Fault) || error.kind !== "bad-format") throw error;
  return new Fault("altered", error.message, { file: error.file, hint: error.hint, cause: error });
}
async function compare(source, local) {
  for (const [name, bytes] of local) {
    const out = await source.read(name, MANIFEST_CAP);
    if (out === void 0)
      return new Fault("pending", `${quote(name)} is not published in ${quote(source.shown)}`, {
        file: name,
        hint: "was the upload finished? give mirrors more time with --deadline"
      });
    if (!equalBytes(out, bytes))
      return new Fault(
        "altered",
        `what is published as ${quote(name)} in ${quote(source.shown)} differs from the local file`,
        {
          file: name,
          hint: "nothing was logged: find out which of the two is right"
        }
      );
  }
  return void 0;
}

// src/workflow/submission.ts
import path from "node:path";
async function prepareSubmission(ports, options, { directory, name, bytes, signature }) {
  const file = name + SUBMISSION;
  const pending = await directorySource(ports.files, directory).read(file, PROOF_CAP);
  const earlier = pending && await inFile(file, async () => parseSubmission(pending));
  if (earlier !== void 0)
    await inFile(file, async () => bindStatement(earlier.statement, { name, bytes, signature }));
  const said = [options.project, options.release, options.ref, options.commit, options.zuulVars];
  if (earlier !== void 0 && said.every((one) => one === void 0)) return earlier;
  const { project, version, ref, commit } = await identify(ports, options);
  const statement = {
    schema: "artifact-signing.statement/v1",
    project,
    version,
    ...ref === void 0 ? {} : { ref },
    ...commit === void 0 ? {} : { commit },
    manifest: { name, sha256: sha256(bytes), size: bytes.length },
    signer: signature.signer
  };
  if (earlier === void 0)
    return { logs: [], since: wholeSeconds(ports.clock.now()), statement, prepared: /* @__PURE__ */ new Map(), asked: /* @__PURE__ */ new Map() };
  if (!equalBytes(formatStatement(earlier.statement), formatStatement(statement)))
    throw otherStatement(file, earlier.statement);
  return earlier;
}
var wholeSeconds = (time) => new Date(Math.floor(time.getTime() / 1e3) * 1e3);
var forLogs = (submission, named) => ({
  ...submission,
  logs: [.../* @__PURE__ */ new Set([...submission.logs, ...named.map(nameInSubmission)])]
});
var nameInSubmission = (log) => log.startsWith(TILE_LOG) ? TILE_LOG : log;
var otherStatement = (file, said) => new Fault("conflict", `${quote(file)} is about the same manifest, and says something else of the release`, {
  file,
  hint: `a release is logged once: give the same project, release, ref and commit as then: ${describeIdentity(said)}`
});
var describeIdentity = ({ project, version, ref, commit }) => [project, version, ref, commit].flatMap((one) => one === void 0 ? [] : [quote(one)]).join(", ");
var OUTAGES = ["network", "locked", "pending"];
var REFUSED = [2, 3];
async function persisted({ files, clock }, { directory, name, policy }, { submission, asked, isNeeded }, body) {
  const file = path.join(directory, name + SUBMISSION);
  const isNew = isNeeded && await files.stat(file) === void 0;
  await files.clearTemporary(directory, ABANDONED);
  if (isNeeded) await files.write(file, formatSubmission(submission), { durable: true });
  const done = await body().catch(onlyFaults);
  const { logs, faults, mayBeLogged } = done;
  const isRefused = logs.length === 0 && faults.every(({ kind }) => REFUSED.includes(exitStatusOf(kind)));
  const left = submission.logs.filter((log) => !asked.map(nameInSubmission).includes(log));
  const isDone = faults.length === 0 && left.length === 0;
  if (isDone || isNew && isRefused && !mayBeLogged) await files.remove(file);
  const waiting = { file, submission, now: clock.now(), policy };
  return {
    ...done,
    faults: faults.map((fault) => asPending(waiting, fault)),
    left: left.length === 0 ? void 0 : describeLeft(file, left)
  };
}
function addressesIn({ files }, { directory, name }, submission) {
  const asked = new Map(submission.asked);
  return {
    of: (log) => asked.get(log),
    keep: async (log, url) => {
      if (url === void 0) asked.delete(log);
      else asked.set(log, url);
      const file = path.join(directory, name + SUBMISSION);
      await files.write(file, formatSubmission({ ...submission, asked }), { durable: true });
    }
  };
}
var describeLeft = (file, left) => ({
  kind: "pending",
  file,
  message: `the submission ${quote(file)} is also for ${left.map((log) => log === TILE_LOG ? "a tile log" : quote(log)).join(", ")}, and stays`,
  hint: `submit --resume${left.includes(TILE_LOG) ? " --log tiles:DIR" : ""} finishes it; where that log is given up, remove the file`
});
function onlyFaults(error) {
  if (error instanceof Fault) return { logs: [], faults: [error], mayBeLogged: false };
  throw error;
}
function asPending({ file, submission, now, policy }, fault) {
  if (!OUTAGES.includes(fault.kind)) return fault;
  const { pendingDays } = policy.require.logs;
  const hint = fault.hint ?? "run submit --resume";
  const what = `the submission ${quote(file)} is prepared and not finished`;
  const age = describeAge(submission, now);
  if (isOverdue(submission, now, pendingDays))
    return new Fault(
      "not-in-log",
      `${what} after ${age}, and may be pending for ${pendingDays} days: ${fault.message}`,
      {
        file,
        hint,
        cause: fault
      }
    );
  const since = age.startsWith("0 ") ? "" : ` after ${age}`;
  return new Fault("pending", `${what}${since}: ${fault.message}`, { file, hint, cause: fault });
}

// src/workflow/submit-log.ts
import path2 from "node:path";
async function logRelease({ files }, chosen, manifest, { statement, request, addresses }, found) {
  const log = await chosen.open(addresses);
  const subject = { statement, manifest: manifest.bytes };
  const file = manifest.name + chosen.proof;
  const existing = await directorySource(files, manifest.directory).read(file, PROOF_CAP);
  let verified = existing && checkExisting(log, manifest, file, existing, statement);
  const action = verified === void 0 ? "logged" : "kept";
  if (verified === void 0) {
    const others = async () => proofsOfOthers(files, manifest, chosen);
    const receipt = await log.submit(request, subject, { existing, others });
    await files.write(path2.join(manifest.directory, file), receipt.proof, { durable: true });
    found.warnings.push(...receipt.problems.map(findingOf));
    verified = receipt;
  }
  const named = chosen.pinned(verified.origin);
  return {
    kind: log.kind,
    ...named === void 0 ? {} : { name: named.name },
    origin: verified.origin,
    proof: file,
    ...describePlace(verified),
    action,
    ...describeTime(verified),
    release: releaseOf(statement),
    ...describeWitnesses(named, verified.witnesses)
  };
}
async function proofsOfOthers(files, { directory, name }, { proof }) {
  const source = directorySource(files, directory);
  const found = [];
  for (const { name: file } of await files.list(directory)) {
    const manifest = file.endsWith(proof) ? manifestOfCompanion(file) : void 0;
    if (manifest === void 0 || manifest === name) continue;
    const bytes = await source.read(file, PROOF_CAP).catch(nothing);
    if (bytes !== void 0) found.push(bytes);
  }
  return found;
}
function nothing(error) {
  if (!(error instanceof Fault)) throw error;
}
function checkExisting(log, manifest, file, proof, statement) {
  try {
    if (log.kind === "tiles") refuseOther(manifest, file, proof, statement);
    return log.verify(proof, { statement, manifest: manifest.bytes });
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === "conflict") throw error;
    if (error.kind === "not-witnessed" || error.kind === "not-in-log") return void 0;
    const kind = error.kind === "bad-format" ? "bad-proof" : error.kind;
    throw new Fault(kind, `${quote(file)} is there and does not verify: ${error.message}`, {
      file,
      hint: "find out where it comes from; where it is moved away, submit makes a new one",
      cause: error
    });
  }
}
function refuseOther(manifest, file, proof, statement) {
  const { extra } = parseTlogProof(proof);
  if (extra === void 0 || equalBytes(extra, formatStatement(statement))) return;
  const said = parseStatement(extra);
  bindStatement(said, manifest);
  throw otherStatement(file, said);
}

// src/workflow/submit.ts
async function submit(ports, options) {
  if (options.logs.length === 0)
    throw new Fault("usage", "--log is missing", { hint: "only --resume takes the logs from what is pending" });
  const trust = await loadTrust(ports, options);
  const place = await locate(ports, options);
  return submitOne(ports, options, trust, place, async () => readLogKeys(ports, options));
}
var PATIENCE = 12e4;
async function submitOne(ports, options, trust, place, keys) {
  const body = async () => {
    const found = noFindings();
    const manifest = await readManifest(ports, trust, place, found);
    return manifest === void 0 ? found : submitManifest(ports, options, manifest, await keys(), found);
  };
  const file = path3.join(place.directory, place.name);
  const isThere = (await ports.files.stat(file))?.type === "file";
  return isThere && !options.dryRun ? ports.lock.hold(file, PATIENCE, body) : body();
}
async function submitManifest(ports, options, manifest, keys, found) {
  const earlier = await prepareSubmission(ports, options, manifest);
  const { deadline } = options;
  const given = options.publishedUrl ?? earlier.publishedUrl;
  if (given !== void 0) checkPublishedUrl(given, manifest.name);
  const publishedUrl = given && withoutLastSlash(given);
  found.warnings.push(...warningsOfVersion(earlier.statement.version, manifest.name));
  const toTell = options.publishedUrl ?? (earlier.prepared.has("recorder") ? void 0 : publishedUrl);
  const chosen = chooseLogs(ports, { ...options, publishedUrl: toTell }, keys, manifest.policy);
  const requests = prepareRequests(chosen, earlier, manifest);
  const manifests = [describe(manifest)];
  if (options.dryRun) return { ...found, manifests, detail: describeRequests(requests) };
  const kept = new Map(
    [...requests].filter(([{ isRepeatable }]) => !isRepeatable).map(([{ kind }, one]) => [kind, one])
  );
  const prepared = new Map([...earlier.prepared, ...kept]);
  const submission = forLogs({ ...earlier, prepared, publishedUrl }, options.logs);
  const task = { submission, asked: options.logs, isNeeded: await isAnyMissing(ports, manifest, chosen) };
  const { logs, faults, left } = await persisted(ports, manifest, task, async () => {
    if (publishedUrl !== void 0) await awaitPublished(ports, localBytes(manifest), publishedUrl, deadline);
    return submitToAll(ports, requests, manifest, submission, found);
  });
  if (left !== void 0) found.warnings.push(left);
  const outcome = judgeOutages(manifest.policy, logs, faults, found);
  return logs.length === 0 ? outcome : { ...outcome, manifests, logs };
}
function prepareRequests(chosen, { statement, prepared }, { bytes }) {
  const subject = { statement, manifest: bytes };
  const made = new Map(prepared);
  return new Map(
    chosen.map((log) => {
      const request = log.prepare(subject, made.get(log.kind));
      made.set(log.kind, request);
      return [log, request];
    })
  );
}
var describeRequests = (requests) => Object.fromEntries(
  [...requests].map(([{ kind }, request]) => [
    kind === "tiles" ? "entry" : kind,
    Buffer.from(request).toString("utf8").trim()
  ])
);
async function isAnyMissing({ files }, manifest, chosen) {
  for (const { proof, isShared } of chosen)
    if (isShared || await files.stat(path3.join(manifest.directory, manifest.name + proof)) === void 0) return true;
  return false;
}
async function submitToAll(ports, requests, manifest, submission, found) {
  const logs = [];
  const faults = [];
  let mayBeLogged = false;
  const { statement } = submission;
  const addresses = addressesIn(ports, manifest, submission);
  for (const [chosen, request] of requests) {
    try {
      logs.push(await logRelease(ports, chosen, manifest, { statement, request, addresses }, found));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      faults.push(error);
      mayBeLogged ||= !chosen.isRepeatable && error.kind !== "usage";
    }
  }
  return { logs, faults, mayBeLogged };
}
function judgeOutages({ require: require2 }, logs, faults, { warnings, errors }) {
  const { atLeast } = require2.logs;
  if (atLeast === 0 || countProven(require2, logs) < atLeast || faults.some(({ kind }) => kind !== "pending"))
    return { warnings, errors, faults };
  return { warnings: [...warnings, ...faults.map(findingOf)], errors };
}
var describe = ({ directory, name, bytes, signature }) => ({
  name,
  path: path3.join(directory, name),
  sha256: sha256(bytes),
  size: bytes.length,
  action: "verified",
  signature
});
async function readManifest(ports, trust, { directory, name }, found) {
  const bytes = await ports.files.read(path3.join(directory, name), MANIFEST_CAP);
  const { asc, signature } = await examineManifest(
    { source: directorySource(ports.files, directory), trust, now: ports.clock.now(), found },
    name,
    bytes
  );
  if (asc === void 0 || signature === void 0 || found.errors.length > 0) return void 0;
  return { directory, name, bytes, asc, signature, policy: trust.policy };
}
async function locate(ports, options) {
  const info = await ports.files.stat(options.path);
  if (info?.type === "file")
    return { directory: path3.dirname(options.path), name: parseArtifactName(path3.basename(options.path)) };
  if (options.manifest !== void 0) return { directory: options.path, name: parseArtifactName(options.manifest) };
  const names = (await ports.files.list(options.path)).filter(({ type, name: name2 }) => type === "file" && isManifestName(name2)).map(({ name: name2 }) => name2);
  const [name] = names;
  if (name !== void 0 && names.length === 1) return { directory: options.path, name: parseArtifactName(name) };
  const what = names.length === 0 ? "no manifest" : `${names.length} manifests`;
  throw new Fault(
    names.length === 0 ? "not-found" : "usage",
    `there ${names.length < 2 ? "is" : "are"} ${what} in ${quote(options.path)}`,
    {
      hint: names.length === 0 ? "has the release been signed?" : `name one of them with --manifest: ${names.join(", ")}`
    }
  );
}
var localBytes = ({ name, bytes, asc }) => /* @__PURE__ */ new Map([
  [name, bytes],
  [`${name}${SIGNATURE}`, asc]
]);

export {
  readLogKeys,
  submit,
  submitOne
};
