// SPDX-License-Identifier: Apache-2.0
/** Our tile logs and their proofs, read by public implementations in Go: tests/interop/tlog. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatVerifierKey, generateLogKeyPem, noteSigner, parseLogKey } from '../../src/core/signed-note.ts';
import { nodeFiles } from '../../src/io/files.ts';
import { flockLock } from '../../src/io/lock.ts';
import { readCheckpoint, tileStore } from '../../src/logs/tile-store.ts';
import { initLog, openTileLog, readProof, type TileLog } from '../../src/logs/tiles.ts';
import { runGo } from '../integration/programs.ts';
import { entries, entry, ORIGIN, portsOf } from '../logs/own-log.ts';

const key = parseLogKey(Buffer.from(generateLogKeyPem()));
const vkey = formatVerifierKey(noteSigner(ORIGIN, key).verifier);
const files = nodeFiles();

let work = '';
let log = '';
let opened: TileLog;

const tlog = (...args: readonly string[]) =>
  spawnSync(path.join(work, 'tlog'), args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
const at = (name: string) => path.join(work, name);

beforeAll(async () => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'tlog-interop-'));
  const source = path.resolve(import.meta.dirname, '../interop/tlog');
  runGo(['build', '-trimpath', '-o', at('tlog'), '.'], source);
  log = at('log');
  const ports = portsOf(files, flockLock());
  await initLog(ports, log, ORIGIN, key);
  opened = await openTileLog(ports, log, key);
});
afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

const printed = (count: number) =>
  entries(0, count)
    .map((one, index) => `${index} ${one.toString('base64')}\n`)
    .join('');

/** Appends up to a size, and returns what the other side prints. */
async function grow(size: number, from: number): Promise<string> {
  await opened.append(entries(from, size));
  const { stdout, stderr, status } = tlog('log', log, vkey);
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('a public reader of tile logs', () => {
  it('reads every entry at every size, and its inclusion', async () => {
    let from = 0;
    for (const size of [0, 1, 2, 3, 100, 255, 256, 257, 511, 512, 600]) {
      expect(await grow(size, from)).toBe(printed(size));
      from = size;
    }
  });

  it('makes the same proofs, byte for byte, and believes ours', async () => {
    const checkpoint = await readCheckpoint(files, await tileStore(files, log));
    for (const index of [0, 1, 254, 255, 256, 511, 512, 598, 599]) {
      const proof = await readProof(files, log, checkpoint, index);
      expect(tlog('prove', log, vkey, String(index)).stdout).toBe(Buffer.from(proof).toString());
      fs.writeFileSync(at('proof'), proof);
      fs.writeFileSync(at('entry'), entry(index));
      expect(tlog('proof', at('proof'), vkey, at('entry'))).toMatchObject({ status: 0, stderr: '' });
      fs.writeFileSync(at('entry'), entry(index + 1));
      expect(tlog('proof', at('proof'), vkey, at('entry'))).toMatchObject({ status: 1 });
    }
  });

  it('refuses another key, and a log in which one bit was changed', () => {
    const other = formatVerifierKey(noteSigner(ORIGIN, parseLogKey(Buffer.from(generateLogKeyPem()))).verifier);
    expect(tlog('log', log, other)).toMatchObject({ status: 1, stdout: '' });
    const bundle = path.join(log, 'tile/entries/000');
    const good = fs.readFileSync(bundle);
    fs.writeFileSync(bundle, Buffer.from(good).fill(0x21, 5, 6));
    expect(tlog('log', log, vkey).status).toBe(1);
    fs.writeFileSync(bundle, good);
  });

  it('reads a log with three levels of tiles', async () => {
    const size = 256 * 256 + 257;
    expect(await grow(size, 600)).toBe(printed(size));
    const checkpoint = await readCheckpoint(files, await tileStore(files, log));
    for (const index of [0, 65_535, 65_536, size - 1]) {
      const proof = await readProof(files, log, checkpoint, index);
      expect(tlog('prove', log, vkey, String(index)).stdout).toBe(Buffer.from(proof).toString());
    }
  });
});
