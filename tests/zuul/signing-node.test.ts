// SPDX-License-Identifier: Apache-2.0
// Signing on a node, reached by ssh: one that has the key, which the executor has at no time; and one that is sent it.
import fs from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { openTenant } from './client.ts';
import { findPieces, privateDirectories, secretPieces } from './leaks.ts';
import { readPublished, statementsOf } from './published.ts';

const state = inject('state');
const [tag] = inject('tags')['signer'] ?? [];
const suite = openTenant(state, 'suite');

it('a release that is signed on a node is published and logged, and the executor never has the key', async () => {
  const build = await suite.build({ project: 'signer', ref: tag?.ref ?? '', job: 'release-on-node' });
  expect(build.result, await suite.log(build)).toBe('SUCCESS');
  expect(Object.keys(readPublished(state, 'signer'))).toHaveLength(7);
  expect(statementsOf(state, 'signer')).toMatchObject([{ version: '1.0', commit: tag?.commit }]);
  // The job has no secret with it, and its sandboxes see no directory that holds it.
  const pieces = await secretPieces(state);
  expect(findPieces(pieces, [path.join(state.directory, 'builds', build.uuid)])).toEqual([]);
  const shown = fs.readFileSync(path.join(state.directory, 'servers/executor.log'), 'utf8');
  const sandboxes = shown
    .split('\n')
    .filter((line) => line.includes('Bubblewrap command') && line.includes(build.uuid));
  expect(sandboxes.length).toBeGreaterThan(5);
  for (const line of sandboxes) expect(line).not.toContain(path.join(state.directory, 'signer'));
  expect(fs.readdirSync(path.join(state.directory, 'signer/releases'))).toEqual([]);
});

it('a release whose secrets are sent to the host that does everything leaves none of them there', async () => {
  const [elsewhere] = inject('tags')['elsewhere'] ?? [];
  const wanted = { project: 'elsewhere', ref: elsewhere?.ref ?? '', job: 'release-elsewhere' };
  const build = await suite.build(wanted);
  const console = await suite.log(build);
  expect(build.result, console).toBe('SUCCESS');
  // with the keys of two roles, and with that of the log: Zuul shows nothing of these tasks
  expect(console.match(/TASK \[run-artifact-signing : Run it\]\n.*file-server \| Output suppressed/g)).toHaveLength(3);
  expect(console).toMatch(/\| signed \S+\.tar\.gz signed by [0-9A-F]{40}$/m);
  expect(console).toMatch(/\| written \S+SHA256SUMS signed by [0-9A-F]{40}$/m);
  expect(console).toMatch(/\| logged \S+\.tlog-proof log \S+ index \d+ of \d+$/m);
  expect(console).not.toMatch(/TASK \[run-artifact-signing : .*\]\n.*localhost \|/);
  const pieces = await secretPieces(state);
  const home = path.join(state.directory, 'signer');
  const there = fs.readdirSync(home).filter((name) => name !== 'keys' && name !== 'bin');
  expect(there).toContain('elsewhere');
  expect(
    findPieces(
      pieces,
      there.map((name) => path.join(home, name)),
    ),
  ).toEqual([]);
  expect(findPieces(pieces, privateDirectories(state))).toEqual([]);
  expect(Object.keys(readPublished(state, 'elsewhere'))).toHaveLength(7);
  expect(statementsOf(state, 'elsewhere')).toMatchObject([{ version: '1.0', commit: elsewhere?.commit }]);
});
