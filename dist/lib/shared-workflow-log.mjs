// SPDX-License-Identifier: Apache-2.0
import {
  EMPTY_EDGE,
  EMPTY_ROOT,
  accused,
  edgeRoot,
  fetchFiles,
  findOblivion,
  formatHashTile,
  growEdge,
  initLog,
  leafHash,
  planLog,
  readCheckpoint,
  readKeyFile,
  readPublished,
  tileOf,
  tilePath,
  tileStore,
  tileView
} from "./shared-logs-tiles.mjs";
import {
  formatVerifierKey,
  parseLogKey,
  parseVerifierKey
} from "./shared-core-signed-note.mjs";
import {
  findingOf
} from "./shared-core-report.mjs";
import {
  equalBytes,
  formatBase64,
  inFile
} from "./shared-openpgp-public-key.mjs";
import {
  isManifestName
} from "./shared-core-companions.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/log.ts
import path from "node:path";

// src/logs/tile-check.ts
async function checkEntries(view, progress) {
  const { size, root } = view.checkpoint;
  let edge = EMPTY_EDGE;
  while (edge.size < size) {
    const grown = growEdge(edge, (await view.entriesFrom(edge.size)).map(leafHash));
    for (const { tile, hashes } of grown.tiles) {
      if (isFinal(tile, size)) await compare(view, tile, formatHashTile(hashes));
    }
    edge = grown.edge;
    progress.report("log entries checked", edge.size, size);
  }
  progress.end();
  await accused([view.checkpoint], async () => {
    if (!equalBytes(edgeRoot(edge), root)) throw new Fault("bad-proof", "the entries do not hash to the root");
  });
}
var isFinal = ({ level, index, width }, size) => tileOf(level, index, size).width === width;
async function compare(view, tile, expected) {
  const served = formatHashTile(await view.tile(tile));
  await accused([view.checkpoint], async () => {
    if (!equalBytes(served, expected))
      throw new Fault("bad-proof", `${tilePath(tile)} does not have the hashes of its entries`);
  });
}

// src/workflow/log.ts
var KEY_CAP = 16 * 1024;
async function readLogKey({ files }, file, served) {
  if (served !== void 0) await refuseInside(files, file, served);
  const pem = await files.readGiven(file, KEY_CAP);
  try {
    return await inFile(file, async () => parseLogKey(pem));
  } finally {
    pem.fill(0);
  }
}
async function refuseInside(files, file, served) {
  if (file === "-") return;
  const [key, directory] = [await files.resolve(file), await files.resolve(served)];
  if (!key.startsWith(`${directory}/`)) return;
  throw new Fault("usage", `the key ${quote(file)} lies inside the log's directory, which is published`, {
    file,
    hint: "move it elsewhere; if it was ever served, make a new key"
  });
}
var EMPTY_LOG = { size: 0, root: EMPTY_ROOT };
async function logInit(ports, options) {
  const { directory, origin } = options;
  if (/^[a-z]+:\/\//i.test(origin))
    throw new Fault("usage", `the name of a log has no scheme: ${quote(origin)}`, {
      hint: 'take something like "tarballs.example.org/log": it names the log for ever, and is no address'
    });
  const key = await readLogKey(ports, options.keyFile, directory);
  const { signer, directory: resolved } = await planLog(ports.files, directory, origin, key);
  await refuseRelease(ports.files, resolved);
  const { size, root } = options.dryRun ? EMPTY_LOG : await initLog(ports, directory, origin, key);
  return { directory: resolved, origin, size, root: formatBase64(root), vkey: formatVerifierKey(signer.verifier) };
}
async function refuseRelease(files, log) {
  for (const place of [log, path.dirname(log)]) {
    const entries = await files.list(place).catch(onlyFault);
    const manifest = entries.find(({ type, name }) => type === "file" && isManifestName(name));
    if (manifest === void 0) continue;
    throw new Fault("usage", `${quote(place)} holds a release: ${quote(manifest.name)}`, {
      file: log,
      hint: "take a directory elsewhere: in a release, everything that no manifest lists is refused"
    });
  }
}
function onlyFault(error) {
  if (error instanceof Fault) return [];
  throw error;
}
async function logInspect({ files, progress }, options) {
  const store = await tileStore(files, options.directory);
  const vkey = options.vkey ?? await readKeyFile(files, store);
  const checkpoint = await readAndVerify(files, store, vkey);
  const view = tileView(fetchFiles(files, store.directory), checkpoint);
  await view.edge();
  if (options.full) await checkEntries(view, progress);
  const { origin, size, root } = checkpoint;
  const described = {
    directory: store.directory,
    origin,
    size,
    root: formatBase64(root),
    checked: options.full ? "entries" : "edge"
  };
  const oblivion = await findOblivion(files, store, checkpoint);
  return {
    inspection: vkey === void 0 ? { ...described, signature: "not-checked" } : { ...described, signature: "good", vkey },
    warnings: oblivion === void 0 ? [] : [findingOf(oblivion)]
  };
}
var readAndVerify = async (files, store, vkey) => vkey === void 0 ? readCheckpoint(files, store) : readPublished(files, store, parseVerifierKey(vkey));

export {
  readLogKey,
  refuseInside,
  logInit,
  logInspect
};
