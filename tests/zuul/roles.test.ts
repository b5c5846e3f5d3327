// SPDX-License-Identifier: Apache-2.0
// Two repositories have a role called sign-artifacts: the one that a job lists first is the one that runs.
import fs from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { openTenant } from './client.ts';

const state = inject('state');
const [tag] = inject('tags')['dropin'] ?? [];
const suite = openTenant(state, 'suite');

/** What the role has left in each of three directories, and in the one above. */
async function leftBy(job: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const build = await suite.build({ project: 'dropin', ref: tag?.ref ?? '', job });
  expect(build.result, await suite.log(build)).toBe('SUCCESS');
  const work = path.join(state.directory, 'builds', build.uuid, 'work');
  const names = ['documented', 'read', 'ours'].map((name) => [name, fs.readdirSync(path.join(work, name)).sort()]);
  return { ...Object.fromEntries(names), above: fs.readdirSync(work).filter((name) => name === 'stand-in') };
}

it('ours first: ours runs, and takes its own variable and both of the other', async () => {
  const signed = ['one.tar.gz', 'one.tar.gz.asc'];
  expect(await leftBy('roles-ours-first')).toEqual({ documented: signed, read: signed, ours: signed, above: [] });
});

it('zuul-jobs in the parent, ours in the child: ours runs', async () => {
  const signed = ['one.tar.gz', 'one.tar.gz.asc'];
  const expected = { documented: signed, read: signed, ours: signed, above: [] };
  expect(await leftBy('roles-ours-in-child')).toEqual(expected);
});

it('zuul-jobs first: theirs runs', async () => {
  const unsigned = ['one.tar.gz'];
  const expected = { documented: unsigned, read: [...unsigned, 'stand-in'], ours: unsigned, above: ['stand-in'] };
  expect(await leftBy('roles-theirs-first')).toEqual(expected);
});
