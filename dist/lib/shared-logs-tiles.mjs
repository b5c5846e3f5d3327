// SPDX-License-Identifier: Apache-2.0
import {
  MAX_SIGNATURES,
  NOTE_CAP,
  PUBLIC_KEY_SIZE,
  ed25519Key,
  formatSignedNote,
  formatVerifierKey,
  keyIdOf,
  noteSigner,
  parseKeyMaterial,
  parseSignedNote,
  verifyNote
} from "./shared-core-signed-note.mjs";
import {
  parseFingerprint
} from "./shared-core-report.mjs";
import {
  parseArtifactName
} from "./shared-core-name.mjs";
import {
  decodeUtf8,
  equalBytes,
  formatBase64,
  parseBase64,
  parseDecimal,
  parseSha256
} from "./shared-openpgp-public-key.mjs";
import {
  count,
  exactly,
  optional,
  parsed,
  text,
  wrong
} from "./shared-core-decode.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/core/merkle.ts
import { createHash } from "node:crypto";
var HASH_SIZE = 32;
var MAX_PROOF_LENGTH = 63;
function parseHash(bytes) {
  if (bytes.length !== HASH_SIZE)
    throw new Fault("bad-format", `a hash of ${bytes.length} bytes, where SHA-256 has ${HASH_SIZE}`);
  return bytes;
}
var LEAF = Uint8Array.of(0);
var NODE = Uint8Array.of(1);
var digest = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
var digestOf = (bytes) => digest(bytes);
var EMPTY_ROOT = digest();
var leafHash = (entry) => digest(LEAF, entry);
var nodeHash = (left, right) => digest(NODE, left, right);
function splitPoint(n) {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
function subtreesOf({ start, end }) {
  const subtrees = [];
  for (let at = start; at < end; ) {
    let height = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= end) {
      height += 1;
      width *= 2;
    }
    subtrees.push({ height, index: at / width });
    at += width;
  }
  return subtrees;
}
function rangeHash(source, range) {
  const hashes = subtreesOf(range).map(source);
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right));
}
function rootOf(leaves) {
  let row = leaves;
  while (row.length > 1) row = pairs(row);
  return row[0] ?? EMPTY_ROOT;
}
function pairs(row) {
  const above = [];
  for (const [index, right] of row.entries()) {
    const left = above.at(-1);
    if (index % 2 === 0 || left === void 0) above.push(right);
    else above[above.length - 1] = nodeHash(left, right);
  }
  return above;
}
function inclusionRanges(index, size) {
  if (index >= size) throw new Fault("bad-proof", `a tree of ${size} entries has none with the index ${index}`);
  const ranges = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}
function consistencyRanges(oldSize, size) {
  if (oldSize > size) throw new Fault("bad-proof", `a tree of ${size} entries is no later state of one of ${oldSize}`);
  const ranges = [];
  if (oldSize === 0) return ranges;
  let [start, end] = [0, size];
  while (oldSize < end) {
    const middle = start + splitPoint(end - start);
    if (oldSize <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  if (start > 0) ranges.push({ start, end });
  return ranges.reverse();
}

// src/core/checkpoint.ts
var CHECKPOINT_CAP = NOTE_CAP;
function parseCheckpoint(text2) {
  const lines = text2.split("\n");
  if (lines.pop() !== "" || lines.length < 3)
    throw new Fault("bad-format", "the checkpoint has fewer than three lines");
  if (lines.includes("")) throw new Fault("bad-format", "the checkpoint has an empty line");
  const [origin = "", size = "", root = "", ...extensions] = lines;
  return { origin, size: parseDecimal(size), root: parseHash(parseBase64(root)), extensions };
}
var formatCheckpoint = ({ origin, size, root, extensions }) => [origin, size, formatBase64(root), ...extensions].map((line2) => `${line2}
`).join("");
function parseSignedCheckpoint(bytes) {
  const { text: text2, signatures } = parseSignedNote(bytes);
  return { ...parseCheckpoint(text2), signatures };
}
var formatSignedCheckpoint = (signed) => formatSignedNote({ text: formatCheckpoint(signed), signatures: signed.signatures });
var signCheckpoint = (checkpoint, signer2) => ({
  ...checkpoint,
  signatures: [signer2.sign(formatCheckpoint(checkpoint))]
});
var verifyCheckpoint = (signed, trusted) => verifyNamedCheckpoint(signed, trusted, (name) => name === signed.origin);
function verifyNamedCheckpoint(signed, trusted, isOwn) {
  const signers = verifyNote({ text: formatCheckpoint(signed), signatures: signed.signatures }, trusted);
  if (signers.some(({ name }) => isOwn(name))) return;
  throw new Fault("wrong-key", "the checkpoint is signed by a trusted key, but not by one of the log that it names", {
    hint: `the key would have to be named ${quote(signed.origin)}`
  });
}

// src/core/tile.ts
var CHECKPOINT_PATH = "checkpoint";
var TILE_WIDTH = 256;
var TILE_HEIGHT = 8;
var MAX_ENTRY_SIZE = 65535;
var TILE_CAP = TILE_WIDTH * HASH_SIZE;
var BUNDLE_CAP = TILE_WIDTH * (2 + MAX_ENTRY_SIZE);
var tilePath = (tile) => `tile/${tile.level}/${formatPlace(tile)}`;
var bundlePath = (tile) => `tile/entries/${formatPlace(tile)}`;
var partialsPath = (path) => `${path}.p`;
function formatPlace({ index, width }) {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => at < groups.length - 1 ? `x${group}` : group).join("/");
  return width === TILE_WIDTH ? path : `${partialsPath(path)}/${width}`;
}
var hashesAt = (level, size) => Math.floor(size / TILE_WIDTH ** level);
function lastFullTiles(size) {
  const tiles = [];
  for (let level = 0; hashesAt(level + 1, size) > 0; level += 1)
    tiles.push({ level, index: hashesAt(level + 1, size) - 1, width: TILE_WIDTH });
  return tiles;
}
var tileOf = (level, index, size) => ({
  level,
  index,
  width: Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH)
});
var tileOfLeaf = (index, size) => tileOf(0, Math.floor(index / TILE_WIDTH), size);
function edgeTilesOf(size) {
  const tiles = [];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const tile = tileOf(level, Math.floor(hashesAt(level, size) / TILE_WIDTH), size);
    if (tile.width > 0) tiles.push(tile);
  }
  return tiles;
}
function tileOfSubtree({ height, index }, size) {
  const level = Math.floor(height / TILE_HEIGHT);
  return tileOf(level, Math.floor(index * 2 ** (height % TILE_HEIGHT) / TILE_WIDTH), size);
}
function hashInTile({ height, index }, hashes) {
  const width = 2 ** (height % TILE_HEIGHT);
  const start = index * width % TILE_WIDTH;
  if (start + width > hashes.length) throw new Fault("bad-format", "the tile is narrower than the tree needs it");
  return rootOf(hashes.slice(start, start + width));
}
function parseHashTile(bytes, width) {
  if (bytes.length !== width * HASH_SIZE) {
    throw new Fault("bad-format", `a tile of ${bytes.length} bytes, where ${width} hashes have ${width * HASH_SIZE}`);
  }
  return Array.from({ length: width }, (_, at) => parseHash(bytes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE)));
}
var formatHashTile = (hashes) => Buffer.concat(hashes);
function parseEntryBundle(bytes, width) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = [];
  let at = 0;
  while (at < bytes.length && entries.length <= width) {
    const start = at + 2;
    at = start <= bytes.length ? start + view.getUint16(start - 2) : Number.POSITIVE_INFINITY;
    if (at > bytes.length) throw new Fault("bad-format", "a bundle of entries that ends within one");
    entries.push(bytes.subarray(start, at));
  }
  if (entries.length !== width) {
    const found = entries.length > width ? `more than ${width} entries` : `${entries.length} entries instead of ${width}`;
    throw new Fault("bad-format", `a bundle of ${found}`);
  }
  return entries;
}
function formatEntryBundle(entries) {
  return Buffer.concat(entries.flatMap((entry) => [formatLength(checkEntry(entry).length), entry]));
}
var formatLength = (length) => Uint8Array.of(length >> 8, length & 255);
function checkEntry(entry) {
  if (entry.length <= MAX_ENTRY_SIZE) return entry;
  throw new Fault("usage", `an entry of ${entry.length} bytes, where a tile log takes ${MAX_ENTRY_SIZE}`);
}

// src/logs/tile-store.ts
async function tileStore(files, directory) {
  const resolved = await files.resolve(directory);
  return { directory: resolved, state: `${resolved}.state` };
}
var fetchFiles = (files, directory) => async (path, cap) => readIfThere(files, `${directory}/${path}`, cap);
async function readIfThere(files, file, cap) {
  try {
    return await files.read(file, cap);
  } catch (error) {
    if (error instanceof Fault && error.kind === "not-found") return void 0;
    throw error;
  }
}
async function readCheckpoint(files, store) {
  const { directory, state } = store;
  const bytes = await readIfThere(files, `${directory}/${CHECKPOINT_PATH}`, CHECKPOINT_CAP);
  if (bytes === void 0) {
    throw new Fault("not-found", `there is no log in ${quote(directory)}`, {
      file: directory,
      hint: await isRemembered(files, store) ? `there was one, which ${quote(state)} remembers: is its directory mounted? restore it, and make no other` : 'make one with "artifact-signing log init"'
    });
  }
  return accuse([Buffer.from(bytes).toString()], () => parseSignedCheckpoint(bytes));
}
async function readPublished(files, store, key) {
  const published = await readCheckpoint(files, store);
  try {
    accuse([Buffer.from(formatSignedCheckpoint(published)).toString()], () => verifyCheckpoint(published, [key]));
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "wrong-key") throw error;
    throw otherKey(store, published.origin, key, error);
  }
  return published;
}
var otherKey = ({ directory }, origin, { name, keyId }, cause) => new Fault("wrong-key", `the key is not that of the log ${quote(origin)} in ${quote(directory)}`, {
  hint: `its checkpoint would have to be signed by ${quote(`${name}+${keyId}`)}, and ${cause.hint}`,
  cause
});
function accuse(evidence, body) {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== "bad-format" && error.kind !== "bad-signature") throw error;
    throw new Fault("log-misbehaved", `the published checkpoint is damaged: ${error.message}`, {
      evidence,
      cause: error
    });
  }
}
var rememberedIn = ({ state }) => `${state}/checkpoint`;
var isRemembered = async (files, store) => await files.stat(rememberedIn(store)) !== void 0;
async function findOblivion(files, store, { origin, size }) {
  if (size === 0 || await isRemembered(files, store)) return void 0;
  return new Fault("missing", `nothing here remembers the log ${quote(origin)}: it could have been set back`, {
    file: store.state,
    hint: "was it moved or restored without its state? compare it with a mirror, a witness, or the proofs of the latest releases"
  });
}
async function readRemembered(files, store) {
  const file = rememberedIn(store);
  const bytes = await readIfThere(files, file, CHECKPOINT_CAP);
  if (bytes === void 0) return void 0;
  try {
    const remembered = parseSignedCheckpoint(bytes);
    verifyCheckpoint(remembered, [store.signer.verifier]);
    return remembered;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault(error.kind, `${quote(file)}: ${error.message}`, {
      file,
      hint: "is it the state of another log? what is needed of it is made again when it is moved away",
      cause: error
    });
  }
}
var remember = async (files, store, checkpoint) => files.write(rememberedIn(store), formatSignedCheckpoint(checkpoint), { durable: true });
var keyFileOf = ({ state }) => `${state}/log.vkey`;
async function readKeyFile(files, store) {
  const bytes = await readIfThere(files, keyFileOf(store), 4096);
  return bytes === void 0 ? void 0 : Buffer.from(bytes).toString().trim();
}
var writeKeyFile = async (files, store, vkey) => files.write(keyFileOf(store), `${vkey}
`, { durable: true });

// src/core/merkle-proof.ts
function verifyInclusion(leaf, index, size, proof, root) {
  if (index >= size) throw new Fault("bad-proof", `the index ${index} lies beyond the tree of ${size} entries`);
  const climb = new Climb(index, size - 1);
  let hash = leaf;
  for (const sibling of proof) {
    hash = climb.siblingIsLeft() ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    climb.up();
  }
  climb.end();
  if (!equalBytes(hash, root))
    throw new Fault("bad-proof", "the inclusion proof does not lead to the root of the tree");
}
function verifyConsistency(oldSize, oldRoot, size, root, proof) {
  if (oldSize > size) throw new Fault("bad-proof", `a tree of ${size} entries is no later state of one of ${oldSize}`);
  if (oldSize === 0 || oldSize === size) {
    verifyTrivial(oldSize === size ? root : EMPTY_ROOT, oldRoot, proof);
    return;
  }
  const climb = new Climb(oldSize - 1, size - 1);
  climb.skipRight();
  const [first, ...rest] = climb.isRoot() ? [oldRoot, ...proof] : proof;
  if (first === void 0) throw new Fault("bad-proof", "the consistency proof is too short");
  let [oldHash, hash] = [first, first];
  for (const sibling of rest) {
    if (climb.siblingIsLeft()) {
      oldHash = nodeHash(sibling, oldHash);
      hash = nodeHash(sibling, hash);
    } else hash = nodeHash(hash, sibling);
    climb.up();
  }
  climb.end();
  if (!equalBytes(oldHash, oldRoot))
    throw new Fault("bad-proof", "the consistency proof does not lead to the root of the earlier tree");
  if (!equalBytes(hash, root))
    throw new Fault("bad-proof", "the consistency proof does not lead to the root of the later tree");
}
function verifyTrivial(expected, oldRoot, proof) {
  if (proof.length > 0) throw new Fault("bad-proof", "a consistency proof with hashes, where none are needed");
  if (!equalBytes(expected, oldRoot)) throw new Fault("bad-proof", "the roots differ, where the trees are the same");
}
var Climb = class {
  #node;
  #last;
  constructor(node, last) {
    this.#node = node;
    this.#last = last;
  }
  /** Where the next hash of the proof belongs. A node without a sibling is lifted, first, to where it has one. */
  siblingIsLeft() {
    if (this.#last === 0) throw new Fault("bad-proof", "the proof is too long");
    if (this.#node % 2 === 1) return true;
    if (this.#node !== this.#last) return false;
    while (this.#node % 2 === 0) this.up();
    return true;
  }
  skipRight() {
    while (this.#node % 2 === 1) this.up();
  }
  isRoot() {
    return this.#node === 0;
  }
  up() {
    this.#node = Math.floor(this.#node / 2);
    this.#last = Math.floor(this.#last / 2);
  }
  end() {
    if (this.#last !== 0) throw new Fault("bad-proof", "the proof is too short");
  }
};

// src/core/tile-edge.ts
var EMPTY_EDGE = { size: 0, tails: [] };
function edgeRoot({ size, tails }) {
  return rangeHash((subtree) => hashInTile(subtree, tails[Math.floor(subtree.height / TILE_HEIGHT)] ?? []), {
    start: 0,
    end: size
  });
}
function growEdge(edge, leaves) {
  const size = edge.size + leaves.length;
  if (!Number.isSafeInteger(size)) throw new Fault("usage", "the log would have more than 2^53-1 entries");
  const tails = [...edge.tails];
  const tiles = [];
  let added = leaves;
  for (let level = 0; added.length > 0; level += 1) {
    const first = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    const grown = chunks([...tails[level] ?? [], ...added]);
    tiles.push(...grown.map((hashes, at) => ({ tile: { level, index: first + at, width: hashes.length }, hashes })));
    const last = grown.at(-1) ?? [];
    tails[level] = last.length === TILE_WIDTH ? [] : last;
    added = grown.filter((hashes) => hashes.length === TILE_WIDTH).map(rootOf);
  }
  return { edge: { size, tails }, tiles };
}
var chunks = (hashes) => Array.from(
  { length: Math.ceil(hashes.length / TILE_WIDTH) },
  (_, at) => hashes.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH)
);

// src/logs/tile-view.ts
var evidenceOf = (checkpoint) => Buffer.from(formatSignedCheckpoint(checkpoint)).toString();
function tileView(fetch, checkpoint) {
  const { size, root } = checkpoint;
  const tiles = /* @__PURE__ */ new Map();
  const bundles = /* @__PURE__ */ new Map();
  const tile = (wanted) => remember2(tiles, tilePath(wanted), async () => fetchTile(fetch, wanted));
  const bundle = (wanted) => {
    if (!bundles.has(bundlePath(wanted))) bundles.clear();
    return remember2(bundles, bundlePath(wanted), async () => fetchBundle(fetch, wanted, await tile(wanted)));
  };
  const hashesOf = async (ranges) => {
    const needed = ranges.flatMap(subtreesOf).map((subtree) => tileOfSubtree(subtree, size));
    const fetched = new Map(
      await Promise.all(needed.map(async (wanted) => [tilePath(wanted), await tile(wanted)]))
    );
    return ranges.map(
      (range) => rangeHash((subtree) => hashInTile(subtree, fetched.get(tilePath(tileOfSubtree(subtree, size))) ?? []), range)
    );
  };
  return {
    checkpoint,
    tile: async (wanted) => accused([checkpoint], async () => tile(wanted)),
    edge: async () => accused([checkpoint], async () => {
      const tails = [];
      for (const wanted of edgeTilesOf(size)) tails[wanted.level] = await tile(wanted);
      const edge = { size, tails: Array.from(tails, (tail) => tail ?? []) };
      if (!equalBytes(edgeRoot(edge), root)) throw new Fault("bad-proof", "the tiles do not hash to the root");
      return edge;
    }),
    inclusion: async (index) => {
      if (index >= size) throw new Fault("not-in-log", `the log has ${size} entries, and none with the index ${index}`);
      return accused([checkpoint], async () => {
        const proof = await hashesOf(inclusionRanges(index, size));
        const entry = (await bundle(tileOfLeaf(index, size)))[index % TILE_WIDTH] ?? new Uint8Array();
        verifyInclusion(leafHash(entry), index, size, proof, root);
        return { entry, proof };
      });
    },
    consistency: async (earlier) => accused([earlier, checkpoint], async () => {
      const proof = await hashesOf(consistencyRanges(earlier.size, size));
      verifyConsistency(earlier.size, earlier.root, size, root, proof);
      return proof;
    }),
    consistencyFrom: async (oldSize) => accused([checkpoint], async () => {
      const [oldRoot = EMPTY_ROOT, ...proof] = await hashesOf([
        { start: 0, end: oldSize },
        ...consistencyRanges(oldSize, size)
      ]);
      verifyConsistency(oldSize, oldRoot, size, root, proof);
      return proof;
    }),
    entriesFrom: async (index) => accused([checkpoint], async () => (await bundle(tileOfLeaf(index, size))).slice(index % TILE_WIDTH))
  };
}
function remember2(known, key, make) {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
async function fetchTile(fetch, wanted) {
  const { bytes, width } = await fetchResource(fetch, tilePath, wanted, TILE_CAP);
  return parseHashTile(bytes, width).slice(0, wanted.width);
}
async function fetchBundle(fetch, wanted, hashes) {
  const { bytes, width } = await fetchResource(fetch, bundlePath, wanted, BUNDLE_CAP);
  const entries = parseEntryBundle(bytes, width).slice(0, wanted.width);
  const wrong2 = entries.findIndex((entry, at) => !equalBytes(leafHash(entry), hashes[at] ?? new Uint8Array()));
  if (wrong2 < 0) return entries;
  throw new Fault(
    "bad-proof",
    `the entry ${wanted.index * TILE_WIDTH + wrong2} does not have the hash that the tile has for it`
  );
}
async function fetchResource(fetch, pathOf, wanted, cap) {
  for (const width of /* @__PURE__ */ new Set([wanted.width, TILE_WIDTH])) {
    const bytes = await fetch(pathOf({ ...wanted, width }), cap);
    if (bytes !== void 0) return { bytes, width };
  }
  throw new Fault("missing", `${pathOf(wanted)} is missing, which the checkpoint demands`);
}
var WRONG = ["bad-proof", "bad-format", "missing"];
async function accused(evidence, body) {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || !WRONG.includes(error.kind)) throw error;
    throw new Fault("log-misbehaved", `the log does not have what it signed: ${error.message}`, {
      evidence: evidence.map(evidenceOf),
      hint: "keep the checkpoint and the files of the log as they are: they show what happened",
      cause: error
    });
  }
}

// src/core/cosignature.ts
import { verify } from "node:crypto";
var COSIGNATURE_V1 = 4;
var ML_DSA_44 = 6;
var TIME_SIZE = 8;
var SIGNATURE_SIZE = 64;
var LATEST = 864e10;
var WITNESS_SKEW = 5 * 60 * 1e3;
var CHECK_CLOCK = "check the clock of this machine, then that of the witness";
function parseWitnessKey(text2) {
  const { name, type, publicKey } = parseKeyMaterial(text2);
  const bad2 = (why) => new Fault("usage", `not the key of a witness: ${quote(text2.slice(0, 120))} ${why}`);
  if (type === ML_DSA_44) throw bad2("is an ML-DSA-44 key, which this version cannot verify");
  if (type !== COSIGNATURE_V1) throw bad2("is of a key for something else: that of a witness has the type 4");
  if (publicKey.length !== PUBLIC_KEY_SIZE) throw bad2("is not of an Ed25519 key");
  return witnessKey(name, publicKey);
}
function witnessKey(name, publicKey) {
  const key = ed25519Key(publicKey);
  return {
    name,
    keyId: keyIdOf({ name, type: COSIGNATURE_V1, publicKey }),
    publicKey,
    verify: (message, signature) => verify(null, Buffer.from(message), key, signature)
  };
}
function parseCosignature(bytes) {
  if (bytes.length !== TIME_SIZE + SIGNATURE_SIZE)
    throw new Fault("bad-format", `a cosignature of ${bytes.length} bytes, where there have to be 72`);
  const time = Number(Buffer.from(bytes).readBigUInt64BE());
  if (time === 0 || time > LATEST) throw new Fault("bad-format", "a cosignature without a time that a clock can show");
  return { time, signature: bytes.subarray(TIME_SIZE) };
}
function formatCosignature({ time, signature }) {
  const head = Buffer.alloc(TIME_SIZE);
  head.writeBigUInt64BE(BigInt(time));
  return Buffer.concat([head, signature]);
}
var cosignedMessage = (checkpoint, time) => `cosignature/v1
time ${time}
${formatCheckpoint(checkpoint)}`;
var isLineOf = ({ name, keyId }, line2) => line2.name === name && line2.keyId === keyId;
function verifyCosignature(checkpoint, key, line2, now) {
  const wrong2 = (why, hint) => new Fault("bad-signature", `the cosignature by ${quote(key.name)} ${why}`, { hint });
  const { time, signature } = readCosignature(line2, wrong2);
  if (!key.verify(cosignedMessage(checkpoint, time), signature)) throw wrong2("is wrong");
  const date = new Date(time * 1e3);
  if (date.getTime() > now.getTime() + WITNESS_SKEW)
    throw wrong2(`is dated ahead of now, at ${date.toISOString()}`, CHECK_CLOCK);
  return { key, time: date, line: line2 };
}
function readCosignature({ signature }, wrong2) {
  try {
    return parseCosignature(signature);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw wrong2(`is none: ${error.message}`);
  }
}
function vouchersOf(checkpoint, keys, now) {
  return keys.flatMap((key) => {
    const lines = checkpoint.signatures.filter((line2) => isLineOf(key, line2));
    const vouchers = lines.map((line2) => verifyCosignature(checkpoint, key, line2, now));
    return vouchers.sort((a, b) => a.time.getTime() - b.time.getTime()).slice(0, 1);
  });
}

// src/core/canonical-json.ts
var CAP = 1024 * 1024;
var DEPTH = 32;
var formatCanonicalJson = (value) => Buffer.from(format(value, 0));
function parseCanonicalJson(bytes) {
  const text2 = decodeUtf8(bytes, CAP, "the JSON document");
  const value = parse(text2);
  if (!equalBytes(formatCanonicalJson(value), bytes))
    throw new Fault("bad-format", "the JSON is not in canonical form (RFC 8785)");
  return value;
}
function parse(text2) {
  try {
    return JSON.parse(text2);
  } catch (cause) {
    throw new Fault("bad-format", "not JSON", { cause });
  }
}
function format(value, depth) {
  if (depth > DEPTH) throw new Fault("bad-format", `JSON that is nested more than ${DEPTH} deep`);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return formatString(value);
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => format(item, depth + 1)).join(",")}]`;
  if (isPlainObject(value)) return formatObject(value, depth);
  throw new Fault("bad-format", `a value that canonical JSON does not have: ${typeof value}`);
}
function formatString(text2) {
  if (!text2.isWellFormed())
    throw new Fault("bad-format", `text with half of a surrogate pair: ${quote(text2.toWellFormed().slice(0, 80))}`);
  return JSON.stringify(text2);
}
function formatNumber(value) {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  throw new Fault("bad-format", `a number that is not a whole one of at most 2^53-1: ${value}`);
}
function isPlainObject(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
function formatObject(value, depth) {
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${formatString(key)}:${format(value[key], depth + 1)}`).join(",")}}`;
}

// src/core/statement.ts
var STATEMENT_SCHEMA = "artifact-signing.statement/v1";
function formatStatement(statement) {
  return formatCanonicalJson(narrow(statement));
}
var parseStatement = (bytes) => narrow(parseCanonicalJson(bytes));
function narrow(value) {
  const { ref, commit: commit2, ...rest } = document(value, "");
  return { ...rest, ...ref === void 0 ? {} : { ref }, ...commit2 === void 0 ? {} : { commit: commit2 } };
}
var line = (value, path) => {
  const content = text(value, path);
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(content)) throw wrong(path, "holds a control character");
  return content;
};
var commit = (value, path) => {
  const digits = text(value, path);
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(digits))
    throw wrong(path, "is not a commit of 40 or 64 hexadecimal digits");
  return digits;
};
var signer = (value, path) => {
  const fingerprint = parsed(parseFingerprint)(value, path);
  if (fingerprint !== value) throw wrong(path, "is not written in upper case without spaces");
  return fingerprint;
};
var digest2 = (value, path) => {
  const digits = text(value, path);
  if (!/^[0-9a-f]{64}$/.test(digits)) throw wrong(path, "is not a SHA-256 digest in lower case");
  return parseSha256(digits);
};
var document = exactly({
  schema: (value, path) => {
    if (value !== STATEMENT_SCHEMA) throw wrong(path, `is not ${STATEMENT_SCHEMA}`);
    return STATEMENT_SCHEMA;
  },
  project: line,
  version: line,
  ref: optional(line),
  commit: optional(commit),
  manifest: exactly({ name: parsed(parseArtifactName), sha256: digest2, size: count }),
  signer
});

// src/core/tlog-proof.ts
var TLOG_PROOF_CAP = 256 * 1024;
var HEADER = "c2sp.org/tlog-proof@v1";
function parseTlogProof(bytes) {
  const text2 = decodeUtf8(bytes, TLOG_PROOF_CAP, "the proof");
  const divide = text2.indexOf("\n\n");
  if (divide < 0) throw bad("has no empty line before its checkpoint");
  const [header, ...lines] = text2.slice(0, divide).split("\n");
  if (header !== HEADER) throw bad(`does not begin with ${HEADER}`);
  const extra = lines[0]?.startsWith("extra ") === true ? parseExtra(lines.shift()) : void 0;
  const index = parseDecimal(field("index", lines.shift()));
  if (lines.length > MAX_PROOF_LENGTH) throw bad(`has more than ${MAX_PROOF_LENGTH} hashes`);
  const hashes = lines.map((line2) => parseHash(parseBase64(line2)));
  return { extra, index, hashes, checkpoint: parseSignedCheckpoint(Buffer.from(text2.slice(divide + 2))) };
}
function formatTlogProof({ extra, index, hashes, checkpoint }) {
  const head = [
    HEADER,
    ...extra === void 0 ? [] : [`extra ${formatBase64(extra)}`],
    `index ${index}`,
    ...hashes.map(formatBase64)
  ];
  return Buffer.concat([Buffer.from(`${head.join("\n")}

`), formatSignedCheckpoint(checkpoint)]);
}
var bad = (why) => new Fault("bad-format", `the proof ${why}`);
function field(name, line2) {
  if (line2?.startsWith(`${name} `) === true) return line2.slice(name.length + 1);
  throw bad(`has no ${name} where it belongs`);
}
function parseExtra(line2) {
  const extra = parseBase64(field("extra", line2));
  if (extra.length === 0) throw bad("has an empty extra line");
  return extra;
}

// src/logs/tile-publish.ts
var PATIENCE = 12e4;
async function openPublished(ports, log, index) {
  const { files } = ports;
  const published = await readPublished(files, log, log.signer.verifier);
  const remembered = await readRemembered(files, log);
  const view = tileView(fetchFiles(files, log.directory), published);
  if (remembered === void 0) {
    await index.clear();
    await completeIndex(ports, log, view, index, 0);
  } else if (remembered.size > published.size) {
    return finish(files, log, published, remembered);
  } else {
    await view.consistency(remembered);
    if (remembered.size < published.size) await completeIndex(ports, log, view, index, remembered.size);
  }
  return view;
}
async function finish(files, log, published, signed) {
  const view = tileView(fetchFiles(files, log.directory), signed);
  await view.consistency(published);
  await view.edge();
  await replaceCheckpoint(files, log, published, signed);
  return view;
}
var RECORDS = 65536;
async function completeIndex({ files, progress }, log, view, index, from) {
  const { size } = view.checkpoint;
  let records = [];
  for (let at = from; at < size; ) {
    for (const entry of await view.entriesFrom(at)) records.push({ leaf: leafHash(entry), index: at++ });
    progress.report("log entries indexed", at, size);
    if (records.length < RECORDS && at < size) continue;
    await index.add(records);
    records = [];
  }
  progress.end();
  await remember(files, log, view.checkpoint);
}
async function publish(files, log, old, next) {
  await remember(files, log, next);
  try {
    await replaceCheckpoint(files, log, old, next);
  } catch (error) {
    if (error instanceof Fault && error.kind === "locked") await remember(files, log, old);
    throw error;
  }
}
async function replaceCheckpoint(files, log, old, next) {
  await files.clearTemporary(log.directory, 0);
  const writer = await files.create(`${log.directory}/${CHECKPOINT_PATH}`, { durable: true });
  try {
    writer.write(formatSignedCheckpoint(next));
    await writer.seal();
    refuseChange(old, await readPublished(files, log, log.signer.verifier));
    await writer.commit();
  } finally {
    await writer.abort();
  }
}
async function publishCosigned(ports, log, cosigned) {
  const { files } = ports;
  await ports.lock.hold(`${log.state}/lock`, PATIENCE, async () => {
    const published = await readPublished(files, log, log.signer.verifier);
    if (published.size > cosigned.size) return;
    refuseChange(cosigned, published);
    const others = published.signatures.filter((line2) => !cosigned.signatures.some((own) => isLineOf(own, line2)));
    const signatures = [...cosigned.signatures, ...others].slice(0, MAX_SIGNATURES);
    await replaceCheckpoint(files, log, published, { ...cosigned, signatures });
  });
}
function refuseChange(old, now) {
  if (now.size > old.size) {
    throw new Fault("locked", "another writer extended the log meanwhile, and did not ask for the lock", {
      hint: "run this again"
    });
  }
  if (now.size === old.size && equalBytes(now.root, old.root)) return;
  throw new Fault("log-misbehaved", "the published checkpoint was replaced by one that contradicts it", {
    evidence: [old, now].map(evidenceOf)
  });
}

// src/logs/trying.ts
import { randomInt } from "node:crypto";
var PASSING = /* @__PURE__ */ new Set([408, 425, 429, 499, 500, 502, 503, 504]);
var FIRST_PAUSE = 1e3;
var LONGEST_PAUSE = 15e3;
var LEAST = 1e3;
var hasTimeAfter = (pause, end, clock) => clock.now().getTime() + pause + LEAST <= end.getTime();
async function tryUntilAnswered({ clock, end, timeout }, ask2, isPassing = () => false) {
  let problem = new Fault("network", "there was no time left to ask it");
  for (let [pause, isFirst] = [FIRST_PAUSE, true]; ; [pause, isFirst] = [Math.min(pause * 2, LONGEST_PAUSE), false]) {
    const left = end.getTime() - clock.now().getTime();
    if (left <= 0) throw problem;
    const answer = await once(async () => ask2(Math.min(timeout, left)));
    if (!(answer instanceof Fault) && !PASSING.has(answer.status) && !isPassing(answer)) return { ...answer, isFirst };
    problem = answer instanceof Fault ? answer : new Fault("network", `it answers ${answer.status}`);
    const said = answer instanceof Fault ? 0 : retryAfter(answer, clock.now()) ?? 0;
    const wait = Math.max(said, withJitter(pause));
    if (!hasTimeAfter(wait, end, clock)) throw problem;
    await clock.sleep(wait);
  }
}
async function once(ask2) {
  try {
    return await ask2();
  } catch (error) {
    if (error instanceof Fault && error.kind === "network") return error;
    throw error;
  }
}
var withJitter = (pause) => pause / 2 + randomInt(Math.ceil(pause / 2));
function retryAfter({ headers }, now) {
  const said = headers["retry-after"];
  if (said === void 0) return void 0;
  if (/^[0-9]{1,9}$/.test(said)) return Number(said) * 1e3;
  const date = Date.parse(said);
  return Number.isNaN(date) ? void 0 : Math.max(0, date - now.getTime());
}

// src/logs/witness.ts
var PATIENCE2 = 1e4;
var PAUSE = 1e3;
var MAX_REQUESTS = 5;
var formatAddCheckpoint = (oldSize, proof, checkpoint) => Buffer.concat([
  Buffer.from([`old ${oldSize}`, ...proof.map(formatBase64), "", ""].join("\n")),
  formatSignedCheckpoint(checkpoint)
]);
function parseSizeAnswer(body) {
  const text2 = decodeUtf8(body, 64, "the size");
  if (!text2.endsWith("\n")) throw new Fault("bad-format", "the size does not end with a newline");
  return parseDecimal(text2.slice(0, -1));
}
function parseCosignatures(body, checkpoint, witness, now) {
  const text2 = formatCheckpoint(checkpoint);
  const note = parseSignedNote(Buffer.concat([Buffer.from(`${text2}
`), body]));
  if (note.text !== text2) throw new Fault("bad-format", "the answer holds more than signature lines");
  const [line2, ...more] = note.signatures.filter((one) => isLineOf(witness.key, one));
  if (line2 === void 0 || more.length > 0)
    throw new Fault(
      "bad-signature",
      `the answer holds ${more.length === 0 ? "no signature" : "several signatures"} by it`
    );
  return verifyCosignature(checkpoint, witness.key, line2, now);
}
async function askWitness(view, witness, asking) {
  let oldSize = 0;
  let problem = new Fault("network", "there was no time left to ask it");
  for (let request = 0; request < MAX_REQUESTS; request += 1) {
    const answer = await postOnce(view, witness, oldSize, asking);
    if (answer instanceof Fault || PASSING.has(answer.status)) {
      problem = answer instanceof Fault ? answer : new Fault("network", `it answers ${answer.status}`);
      const said = answer instanceof Fault ? void 0 : retryAfter(answer, asking.clock.now());
      if (!await another(asking, Math.max(PAUSE, said ?? 0))) break;
    } else if (answer.status === 200) return accept(answer, view.checkpoint, witness, asking);
    else if (answer.status === 409) {
      const size = parseSizeAnswer(answer.body);
      if (size > view.checkpoint.size) return { size };
      if (size === oldSize) throw new Fault("bad-format", `it answers 409 with ${size}, from where it was asked`);
      problem = new Fault("network", "its size changes whenever it is asked");
      oldSize = size;
    } else throw refused(answer);
  }
  throw problem;
}
async function postOnce(view, witness, oldSize, { http, clock, end }) {
  const proof = await view.consistencyFrom(oldSize);
  const { origin, signatures } = view.checkpoint;
  const checkpoint = { ...view.checkpoint, signatures: signatures.filter(({ name }) => name === origin) };
  const timeout = Math.min(PATIENCE2, end.getTime() - clock.now().getTime());
  if (timeout <= 0) return new Fault("network", "there was no time left to ask it");
  try {
    const body = formatAddCheckpoint(oldSize, proof, checkpoint);
    return await http.post(`${witness.url}/add-checkpoint`, body, { cap: NOTE_CAP, timeout });
  } catch (error) {
    if (error instanceof Fault && error.kind === "network") return error;
    throw error;
  }
}
async function another({ clock, end, goOn }, pause) {
  if (!goOn() || !hasTimeAfter(pause, end, clock)) return false;
  await clock.sleep(pause);
  return goOn();
}
function accept({ body }, checkpoint, witness, { clock, notBefore }) {
  const voucher = parseCosignatures(body, checkpoint, witness, clock.now());
  if (notBefore === void 0 || voucher.time >= notBefore) return voucher;
  const made = voucher.time.toISOString();
  throw new Fault("bad-signature", `its cosignature is dated at ${made}, before the checkpoint was made`, {
    hint: CHECK_CLOCK
  });
}
var MEANINGS = {
  400: "does not understand the request",
  403: "knows another key for this log",
  404: "does not know this log, or is at another address",
  422: "has seen another history of this log"
};
function refused({ status }) {
  const kind = "not-witnessed";
  const meaning = MEANINGS[status];
  return new Fault(kind, `it answers ${status}${meaning === void 0 ? "" : `: it ${meaning}`}`);
}
var byWitness = ({ name }, { kind, message, hint }) => new Fault(kind, `the witness ${quote(name)} does not vouch: ${message}`, { hint });

// src/logs/tile-witness.ts
var ROUNDS = 3;
async function witnessCheckpoint(ports, log, first, since, witnessing) {
  const { clock, patience } = witnessing;
  const end = new Date(clock.now().getTime() + patience);
  const notBefore = since && new Date(since.getTime() - WITNESS_SKEW);
  let checkpoint = first;
  for (let round = 1; ; round += 1) {
    const view = tileView(fetchFiles(ports.files, log.directory), checkpoint);
    const result = await collect(view, { end, notBefore }, witnessing);
    if (result.checkpoint !== checkpoint) await publishCosigned(ports, log, result.checkpoint);
    if (result.vouchers.length >= witnessing.quorum || !result.isBehind || round === ROUNDS) return result;
    const published = await readPublished(ports.files, log, log.signer.verifier);
    if (published.size <= checkpoint.size) return result;
    checkpoint = published;
  }
}
async function collect(view, times, { witnesses, quorum, http, clock }) {
  const { checkpoint } = view;
  const known = standing(checkpoint, witnesses, clock.now());
  let vouching = known.length;
  const asking = { http, clock, ...times, goOn: () => vouching < quorum };
  const missing = witnesses.filter((witness) => !known.some(({ key }) => key === witness.key));
  const answers = await Promise.all(
    missing.map(async (witness) => {
      const answer = await ask(view, witness, asking);
      if ("key" in answer) vouching += 1;
      return { witness, answer };
    })
  );
  const given = answers.flatMap(({ answer }) => "key" in answer ? [answer] : []);
  return {
    checkpoint: given.length === 0 ? checkpoint : withCosignatures(checkpoint, given),
    vouchers: [...known, ...given],
    problems: answers.flatMap(
      ({ witness, answer }) => "key" in answer ? [] : [byWitness(witness, answer instanceof Fault ? answer : aheadOf(checkpoint, answer))]
    ),
    isBehind: answers.some(({ answer }) => "size" in answer)
  };
}
var aheadOf = (checkpoint, { size }) => new Fault("not-witnessed", `it has seen ${size} entries of the log, and this checkpoint is about ${checkpoint.size}`);
async function ask(view, witness, asking) {
  const { url } = witness;
  if (url === void 0) return new Fault("not-witnessed", "the policy does not say where it can be asked");
  try {
    return await askWitness(view, { ...witness, url }, asking);
  } catch (error) {
    if (error instanceof Fault && error.kind !== "log-misbehaved" && error.kind !== "io") return error;
    throw error;
  }
}
function standing(checkpoint, witnesses, now) {
  return witnesses.flatMap(({ key }) => {
    const good = checkpoint.signatures.filter((line2) => isLineOf(key, line2)).flatMap((line2) => {
      try {
        return [verifyCosignature(checkpoint, key, line2, now)];
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return [];
      }
    });
    return good.slice(0, 1);
  });
}
var withCosignatures = (checkpoint, vouchers) => ({
  ...checkpoint,
  signatures: [
    ...checkpoint.signatures.filter((line2) => !vouchers.some(({ key }) => isLineOf(key, line2))),
    ...vouchers.map(({ line: line2 }) => line2)
  ]
});

// src/logs/tile-index.ts
var RECORD = HASH_SIZE + 8;
var CAP2 = 64 * 1024 * 1024;
function leafIndex(files, directory) {
  const read = /* @__PURE__ */ new Map();
  const load = async (name) => {
    const content = read.get(name) ?? await readIfThere(files, `${directory}/${name}`, CAP2) ?? new Uint8Array();
    read.set(name, content);
    return content;
  };
  return {
    hints: async (leaf) => recordsIn(await load(nameOf(leaf))).flatMap((record) => equalBytes(record.leaf, leaf) ? [record.index] : []),
    add: async (records) => {
      for (const [name, wanted] of Map.groupBy(records, ({ leaf }) => nameOf(leaf))) {
        const old = await load(name);
        const known = new Set(recordsIn(old).map(keyOf));
        const added = Buffer.concat(wanted.filter((record) => !known.has(keyOf(record))).map(formatRecord));
        read.set(name, await extend(files, `${directory}/${name}`, old, added));
      }
    },
    clear: async () => {
      read.clear();
      if (await files.stat(directory) === void 0) return;
      for (const { name } of await files.list(directory)) await files.remove(`${directory}/${name}`);
    }
  };
}
var nameOf = (leaf) => Buffer.from(leaf).toString("hex").slice(0, 3);
var keyOf = (record) => Buffer.from(formatRecord(record)).toString("hex");
async function extend(files, file, old, added) {
  const whole = old.subarray(0, old.length - old.length % RECORD);
  const content = Buffer.concat([whole, added]);
  if (whole.length < old.length) {
    await files.clearTemporary(file.slice(0, file.lastIndexOf("/")), 0);
    await files.write(file, content, { durable: true });
  } else if (added.length > 0) await files.append(file, added);
  return content;
}
function formatRecord({ leaf, index }) {
  const record = Buffer.alloc(RECORD);
  record.set(leaf);
  record.writeBigUInt64BE(BigInt(index), HASH_SIZE);
  return record;
}
function recordsIn(content) {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  return Array.from({ length: Math.floor(bytes.length / RECORD) }, (_, at) => ({
    leaf: bytes.subarray(at * RECORD, at * RECORD + HASH_SIZE),
    index: Number(bytes.readBigUInt64BE(at * RECORD + HASH_SIZE))
  }));
}

// src/logs/tile-writer.ts
var PATIENCE3 = 12e4;
async function append(ports, log, entries) {
  const { files } = ports;
  entries.forEach(checkEntry);
  await files.makeDirectory(log.state);
  return ports.lock.hold(`${log.state}/lock`, PATIENCE3, async () => {
    await files.clearTemporary(log.state, 0);
    const index = leafIndex(files, `${log.state}/index`);
    const view = await openPublished(ports, log, index);
    const edge = await view.edge();
    const { placed, fresh } = await place(view, index, entries);
    await tidy(files, log.directory, lastFullTiles(view.checkpoint.size));
    if (fresh.length === 0) return { placed, checkpoint: view.checkpoint };
    const leaves = fresh.map(({ leaf }) => leaf);
    const grown = growEdge(edge, leaves);
    await writeTiles(files, log.directory, [...await lastBundle(view, edge), ...fresh], grown.tiles);
    await index.add(fresh);
    const checkpoint = sign(log, view.checkpoint.origin, grown.edge);
    await publish(files, log, view.checkpoint, checkpoint);
    await tidy(
      files,
      log.directory,
      grown.tiles.map(({ tile }) => tile)
    );
    return { placed, checkpoint };
  });
}
var sign = ({ signer: signer2 }, origin, edge) => signCheckpoint({ origin, size: edge.size, root: edgeRoot(edge), extensions: [] }, signer2);
async function place(view, index, entries) {
  const placed = [];
  const fresh = [];
  const seen = /* @__PURE__ */ new Map();
  for (const entry of entries) {
    const leaf = leafHash(entry);
    const key = Buffer.from(leaf).toString("hex");
    const known = seen.get(key) ?? await find(view, index, entry, leaf);
    const at = known ?? view.checkpoint.size + fresh.length;
    if (known === void 0) fresh.push({ entry, leaf, index: at });
    seen.set(key, at);
    placed.push({ index: at, isNew: known === void 0 });
  }
  return { placed, fresh };
}
async function find(view, index, entry, leaf) {
  for (const hint of await index.hints(leaf)) {
    if (hint >= view.checkpoint.size) continue;
    const [there] = await view.entriesFrom(hint);
    if (there !== void 0 && equalBytes(there, entry)) return hint;
  }
  return void 0;
}
async function lastBundle(view, { size }) {
  const width = size % TILE_WIDTH;
  return width === 0 ? [] : (await view.entriesFrom(size - width)).map((entry) => ({ entry }));
}
async function writeTiles(files, directory, entries, tiles) {
  const ready = /* @__PURE__ */ new Set();
  const write = async (path, content) => {
    const parent = `${directory}/${path.slice(0, path.lastIndexOf("/"))}`;
    if (!ready.has(parent)) {
      await files.makeDirectory(parent);
      await files.clearTemporary(parent, 0);
      ready.add(parent);
    }
    await files.write(`${directory}/${path}`, content, { durable: true });
  };
  let at = 0;
  for (const { tile, hashes } of tiles) {
    if (tile.level === 0) {
      const bundle = entries.slice(at, at + tile.width).map(({ entry }) => entry);
      await write(bundlePath(tile), formatEntryBundle(bundle));
      at += tile.width;
    }
    await write(tilePath(tile), formatHashTile(hashes));
  }
}
async function tidy(files, directory, tiles) {
  const full = tiles.flatMap((tile) => {
    if (tile.width < TILE_WIDTH) return [];
    return tile.level === 0 ? [tilePath(tile), bundlePath(tile)] : [tilePath(tile)];
  });
  try {
    for (const path of full) await removeAll(files, `${directory}/${partialsPath(path)}`);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
}
async function removeAll(files, directory) {
  if (await files.stat(directory) === void 0) return;
  for (const { name } of await files.list(directory)) await files.remove(`${directory}/${name}`);
}

// src/logs/tiles.ts
var PATIENCE4 = 1e4;
async function planLog(files, directory, origin, key) {
  const signer2 = noteSigner(origin, key);
  const store = { ...await tileStore(files, directory), signer: signer2 };
  const empty = formatSignedCheckpoint(emptyCheckpoint(store));
  for (const path of [`${store.directory}/${CHECKPOINT_PATH}`, `${store.state}/checkpoint`]) {
    const there = await readIfThere(files, path, CHECKPOINT_CAP);
    if (there !== void 0 && !equalBytes(there, empty)) throw isThere(path);
  }
  const tiles = `${store.directory}/tile`;
  if (await files.stat(tiles) !== void 0) throw isThere(tiles);
  return store;
}
var isThere = (path) => new Fault("conflict", `there is a log already: ${quote(path)}`, {
  file: path,
  hint: "a log is never begun anew; take another directory and another origin"
});
var emptyCheckpoint = ({ signer: signer2 }) => signCheckpoint({ origin: signer2.verifier.name, size: 0, root: EMPTY_ROOT, extensions: [] }, signer2);
async function initLog(ports, directory, origin, key) {
  const { files } = ports;
  const { state } = await planLog(files, directory, origin, key);
  await files.makeDirectory(state);
  return ports.lock.hold(`${state}/lock`, PATIENCE4, async () => {
    const store = await planLog(files, directory, origin, key);
    const checkpoint = emptyCheckpoint(store);
    const published = `${store.directory}/${CHECKPOINT_PATH}`;
    await files.makeDirectory(store.directory);
    for (const place2 of [store.directory, state]) await files.clearTemporary(place2, 0);
    await writeKeyFile(files, store, formatVerifierKey(store.signer.verifier));
    if (await files.stat(published) === void 0)
      await files.write(published, formatSignedCheckpoint(checkpoint), { durable: true, replace: false });
    await remember(files, store, checkpoint);
    return checkpoint;
  });
}
async function openTileLog(ports, directory, key, witnessingOf = () => void 0) {
  const store = await tileStore(ports.files, directory);
  const { origin } = await readCheckpoint(ports.files, store);
  const log = { ...store, signer: noteSigner(origin, key) };
  const { verifier } = log.signer;
  const published = await readPublished(ports.files, log, verifier);
  const witnessing = witnessingOf(origin);
  const verify2 = (proof, prepared) => verifyTlogProof(proof, prepared, [verifier], witnessing && { ...witnessing, now: witnessing.clock.now() });
  return {
    kind: "tiles",
    origin,
    key: verifier,
    append: async (entries) => append(ports, log, entries),
    submit: async (prepared) => {
      const begun = witnessing?.clock.now();
      const oblivion = await findOblivion(ports.files, log, published);
      const { placed, checkpoint } = await append(ports, log, [prepared]);
      const [{ index, isNew }] = placed;
      const witnessed = witnessing && await witnessCheckpoint(ports, log, checkpoint, isNew ? begun : void 0, witnessing);
      if (witnessing !== void 0 && witnessed !== void 0) demandQuorum(witnessing, witnessed);
      const proof = await readProof(ports.files, log.directory, witnessed?.checkpoint ?? checkpoint, index);
      const problems = [...oblivion === void 0 ? [] : [oblivion], ...witnessed?.problems ?? []];
      return { proof, isNew, problems, ...verify2(proof, prepared) };
    },
    verify: (proof, { statement }) => verify2(proof, formatStatement(statement))
  };
}
var SUBMIT_AGAIN = "run submit again: the entry is not made twice, and cosignatures that were given are kept";
function demandQuorum({ quorum, witnesses }, { vouchers, problems }) {
  if (vouchers.length >= quorum) return;
  const why = problems.map(({ message }) => message).join("; ");
  const hints = problems.flatMap(({ kind, hint }) => kind === "network" ? [] : hint ?? []);
  throw new Fault(
    "pending",
    `the log has the entry, and ${vouchers.length} of ${witnesses.length} witnesses vouch for it, where ${quorum} have to: ${why}`,
    { hint: [.../* @__PURE__ */ new Set([...hints, SUBMIT_AGAIN])].join("; ") }
  );
}
async function readProof(files, directory, checkpoint, index) {
  const { entry, proof } = await tileView(fetchFiles(files, directory), checkpoint).inclusion(index);
  return formatTlogProof({ extra: entry, index, hashes: proof, checkpoint });
}
function verifyTlogProof(proof, statement, trusted, witnessing = void 0) {
  const { extra, index, hashes, checkpoint } = parseTlogProof(proof);
  if (extra === void 0) throw new Fault("bad-format", "the proof carries no statement");
  if (!equalBytes(extra, statement)) throw new Fault("not-in-log", "the proof is about another statement");
  verifyCheckpoint(checkpoint, trusted);
  const leaf = leafHash(statement);
  verifyInclusion(leaf, index, checkpoint.size, hashes, checkpoint.root);
  const witnesses = witnessing === void 0 ? [] : verifyQuorum(checkpoint, witnessing);
  const entry = Buffer.from(leaf).toString("hex");
  return { origin: checkpoint.origin, index, entry, treeSize: checkpoint.size, witnesses };
}
function verifyQuorum(checkpoint, { witnesses, quorum, now }) {
  const vouchers = vouchersOf(
    checkpoint,
    witnesses.map(({ key }) => key),
    now
  );
  const vouched = witnesses.flatMap(
    ({ name, key }) => vouchers.filter((voucher) => voucher.key === key).map(({ time }) => ({ name, time }))
  );
  if (vouched.length >= quorum) return vouched;
  const names = vouched.length === 0 ? "none of them" : vouched.map(({ name }) => quote(name)).join(", ");
  throw new Fault(
    "not-witnessed",
    `the policy demands ${quorum} of ${witnesses.length} witnesses, and ${names} vouches`,
    {
      hint: "was it submitted under this policy? submit makes a proof that more witnesses vouch for"
    }
  );
}

export {
  HASH_SIZE,
  MAX_PROOF_LENGTH,
  parseHash,
  digestOf,
  EMPTY_ROOT,
  leafHash,
  rootOf,
  formatCanonicalJson,
  parseCanonicalJson,
  CHECKPOINT_CAP,
  formatCheckpoint,
  parseSignedCheckpoint,
  verifyNamedCheckpoint,
  verifyInclusion,
  verifyConsistency,
  parseWitnessKey,
  witnessKey,
  formatCosignature,
  verifyCosignature,
  formatStatement,
  parseStatement,
  parseTlogProof,
  PASSING,
  FIRST_PAUSE,
  LONGEST_PAUSE,
  hasTimeAfter,
  tryUntilAnswered,
  withJitter,
  retryAfter,
  CHECKPOINT_PATH,
  tilePath,
  tileOf,
  formatHashTile,
  tileStore,
  fetchFiles,
  readCheckpoint,
  readPublished,
  findOblivion,
  readKeyFile,
  EMPTY_EDGE,
  edgeRoot,
  growEdge,
  evidenceOf,
  tileView,
  accused,
  planLog,
  initLog,
  openTileLog,
  verifyTlogProof
};
