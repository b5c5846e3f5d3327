// SPDX-License-Identifier: Apache-2.0
/**
 * What row 8 needs of a log and no command offers; run as a process of its own, so that nothing is warm from an earlier one:
 *
 *   log-worker.ts fill DIR KEY COUNT     makes a log of so many entries, without waiting for the disk
 *   log-worker.ts one DIR KEY COUNT      appends entries, a checkpoint for each
 *   log-worker.ts batch DIR KEY COUNT    appends entries, one checkpoint for all
 *   log-worker.ts prove DIR KEY COUNT    makes and checks proofs of entries spread over the log
 *
 * Prints the seconds that it took, without the start of the process.
 */
import fs from 'node:fs';
import { parseLogKey } from '../../src/core/signed-note.ts';
import { realPorts } from '../../src/io/ports.ts';
import { fetchFiles, readCheckpoint, tileStore } from '../../src/logs/tile-store.ts';
import { tileView } from '../../src/logs/tile-view.ts';
import { initLog, openTileLog, readProof, type TileLog, verifyTlogProof } from '../../src/logs/tiles.ts';
import type { Ports } from '../../src/ports.ts';

/** Entries that are appended at once while a log is filled: their records are in memory. */
const FILL = 65_536;

const silent = { stdout: () => undefined, stderr: () => undefined, isTerminal: false, version: '0' };

const real = realPorts(silent, false);

const unsynced: Ports = {
  ...real,
  files: {
    ...real.files,
    write: async (file, content, options) => real.files.write(file, content, { ...options, durable: false }),
    append: async (file, content) => fs.appendFileSync(file, content),
  },
};

/** As large as a statement, and like no other. */
const entryOf = (prefix: string, index: number): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      commit: 'f'.repeat(40),
      manifest: { name: `nova-${index}.SHA256SUMS`, sha256: 'e'.repeat(64), size: 1000 },
      project: 'opendev.org/openstack/nova',
      ref: `refs/tags/${index}`,
      schema: 'artifact-signing.statement/v1',
      signer: `${prefix}${index}`.padStart(40, '0'),
      version: String(index),
    }),
  );

const entries = (prefix: string, from: number, count: number) =>
  Array.from({ length: count }, (_, at) => entryOf(prefix, from + at));

async function fill(directory: string, pem: Uint8Array, count: number): Promise<void> {
  const key = parseLogKey(pem);
  await initLog(unsynced, directory, 'bench.example.org/log', key);
  fs.mkdirSync(`${directory}.state/index`);
  const log = await openTileLog(unsynced, directory, key);
  for (let at = 0; at < count; at += FILL) await log.append(entries('', at, Math.min(FILL, count - at)));
}

async function prove(directory: string, log: TileLog, count: number): Promise<void> {
  const checkpoint = await readCheckpoint(real.files, await tileStore(real.files, directory));
  for (let at = 0; at < count; at += 1) {
    const index = Math.floor((checkpoint.size * at) / count);
    const proof = await readProof(real.files, directory, checkpoint, index);
    const [entry = new Uint8Array()] = await tileView(fetchFiles(real.files, directory), checkpoint).entriesFrom(index);
    verifyTlogProof(proof, entry, [log.key]);
  }
}

const [verb = '', directory = '', keyFile = '', number = ''] = process.argv.slice(2);
const [pem, count] = [fs.readFileSync(keyFile), Number(number)];
const begun = performance.now();
if (verb === 'fill') await fill(directory, pem, count);
else {
  const log = await openTileLog(real, directory, parseLogKey(pem));
  const prefix = String(Date.now());
  if (verb === 'one') for (const entry of entries(prefix, 0, count)) await log.append([entry]);
  else if (verb === 'batch') await log.append(entries(prefix, 0, count));
  else if (verb === 'prove') await prove(directory, log, count);
  else throw new Error(`no such work: ${verb}`);
}
process.stdout.write(`seconds ${(performance.now() - begun) / 1000}\n`);
