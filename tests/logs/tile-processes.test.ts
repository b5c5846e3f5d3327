// SPDX-License-Identifier: Apache-2.0
/** Several processes on one log, with the real lock and the real file system; some of them are killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatVerifierKey, generateLogKeyPem, noteSigner, parseLogKey } from '../../src/core/signed-note.ts';
import { nodeFiles } from '../../src/io/files.ts';
import { flockLock } from '../../src/io/lock.ts';
import { initLog, openTileLog } from '../../src/logs/tiles.ts';
import { ORIGIN, portsOf } from './own-log.ts';
import { directoryGet, readLog } from './tile-client.ts';

const pem = generateLogKeyPem();
const key = parseLogKey(Buffer.from(pem));
const vkey = formatVerifierKey(noteSigner(ORIGIN, key).verifier);
const ports = portsOf(nodeFiles(), flockLock());
const script = path.join(import.meta.dirname, 'append-process.ts');

let work = '';
let log = '';
beforeEach(async () => {
  work = fs.mkdtempSync(path.join(os.tmpdir(), 'tile-log-'));
  log = path.join(work, 'log');
  fs.writeFileSync(path.join(work, 'key.pem'), pem, { mode: 0o600 });
  await initLog(ports, log, ORIGIN, key);
});
afterEach(() => fs.rmSync(work, { recursive: true }));

const writer = (entries: readonly string[]) =>
  spawn(process.execPath, [script, log, path.join(work, 'key.pem'), ...entries], { stdio: ['ignore', 'pipe', 'pipe'] });

/** What the process said, and how it ended. */
async function outcomeOf(child: ChildProcess) {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [status] = await once(child, 'close');
  const placed = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ') as [string, string]);
  return { status, stderr, placed };
}

const served = () => readLog(directoryGet(log), vkey).entries.map(String);

describe('eight processes', () => {
  it('append each entry once, and are told where it is', async () => {
    const shared = ['x', 'y', 'z'];
    const children = Array.from({ length: 8 }, (_, n) => writer([...shared, `${n}-a`, `${n}-b`]));
    const outcomes = await Promise.all(children.map(outcomeOf));
    expect(outcomes.map(({ status, stderr }) => [status, stderr])).toEqual(outcomes.map(() => [0, '']));
    const entries = served();
    expect(entries).toHaveLength(3 + 16);
    for (const { placed } of outcomes) {
      expect(placed).toHaveLength(5);
      for (const [index, entry] of placed) expect(entries[Number(index)]).toBe(entry);
    }
  });
});

describe('a process that is killed', () => {
  it('holds up nobody, and nothing that it reported is lost', async () => {
    const reported: [string, string][] = [];
    for (let round = 0; round < 4; round += 1) {
      const child = writer(Array.from({ length: 100 }, (_, n) => `${round}-${n}`));
      const outcome = outcomeOf(child);
      for (let lines = 0; lines < 2 + 3 * round; )
        lines += String((await once(child.stdout, 'data'))[0]).split('\n').length - 1;
      child.kill('SIGKILL');
      const { placed } = await outcome;
      expect(placed.length).toBeLessThan(100);
      reported.push(...placed);
    }
    const opened = await openTileLog(ports, log, key);
    await opened.append([Buffer.from('last')]);
    const entries = served();
    expect(new Set(entries).size).toBe(entries.length);
    for (const [index, entry] of reported) expect(entries[Number(index)]).toBe(entry);
  });
});

describe('two names of one directory', () => {
  it('share their lock and their memory', async () => {
    fs.symlinkSync(log, path.join(work, 'alias'));
    await (await openTileLog(ports, path.join(work, 'alias'), key)).append([Buffer.from('by the other name')]);
    expect(fs.existsSync(path.join(work, 'alias.state'))).toBe(false);
    expect(served()).toEqual(['by the other name']);
  });
});
