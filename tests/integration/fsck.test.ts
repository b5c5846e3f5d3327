// SPDX-License-Identifier: Apache-2.0
/** Our tile logs under the eyes of tessera's own checker, which reads every tile and every entry: `fsck`, built from `fsck/go.mod`. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatVerifierKey, noteSigner } from '../../src/core/signed-note.ts';
import { nodeFiles } from '../../src/io/files.ts';
import { flockLock } from '../../src/io/lock.ts';
import { initLog, openTileLog, type TileLog } from '../../src/logs/tiles.ts';
import { entries, KEY, ORIGIN, OTHER_KEY, portsOf, VKEY } from '../logs/own-log.ts';
import { buildGo } from './programs.ts';

let program = '';
let work = '';
let log: TileLog;

const at = (...parts: readonly string[]) => path.join(work, ...parts);

/** What it says of the log; its exit status is 0 in any case. */
function fsck(vkey = 'log.vkey'): string {
  const words = [`--storage_url=file://${at('log')}/`, `--public_key=${at(vkey)}`, '--ui=false'];
  const { error, stderr } = spawnSync(path.join(program, 'fsck'), words, { encoding: 'utf8', timeout: 60_000 });
  if (error !== undefined) throw error;
  return stderr;
}

beforeAll(async () => {
  program = buildGo(path.join(import.meta.dirname, 'fsck'), 'fsck');
  work = fs.mkdtempSync('/tmp/fsck-');
  fs.writeFileSync(at('log.vkey'), VKEY);
  fs.writeFileSync(at('other.vkey'), formatVerifierKey(noteSigner(ORIGIN, OTHER_KEY).verifier));
  const ports = portsOf(nodeFiles(), flockLock());
  await initLog(ports, at('log'), ORIGIN, KEY);
  log = await openTileLog(ports, at('log'), KEY);
  await log.append(entries(0, 20));
});
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

describe("tessera's fsck", () => {
  it('refuses the log under another key', () => {
    expect(fsck('other.vkey')).toMatch(/fsck failed: /);
  });

  // of a log with more tiles than one it waits for ever
  it.each(['checkpoint', 'tile/0/000.p/20', 'tile/entries/000.p/20'])('sees one bit that is changed in %s', (name) => {
    const own = fs.readFileSync(at('log', name));
    const changed = Buffer.from(own);
    changed.writeUInt8((own[40] ?? 0) ^ 1, 40);
    fs.writeFileSync(at('log', name), changed);
    expect(fsck()).toMatch(/fsck failed: /);
    fs.writeFileSync(at('log', name), own);
    expect(fsck()).not.toMatch(/failed/);
  });

  it('finds nothing wrong at any size', async () => {
    let from = 20;
    for (const size of [20, 255, 256, 257, 600]) {
      await log.append(entries(from, size));
      from = size;
      expect(fsck()).toContain(`Successfully fsck'd log with size ${size} and root `);
    }
  });
});
