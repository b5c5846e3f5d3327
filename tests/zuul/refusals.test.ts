// SPDX-License-Identifier: Apache-2.0
// What goes wrong between the build and the upload: nothing is uploaded, and nothing is logged.
import { expect, inject, it } from 'vitest';
import { openTenant } from './client.ts';
import { readPublished, statementsOf } from './published.ts';

const state = inject('state');
const [tag] = inject('tags')['broken'] ?? [];
const suite = openTenant(state, 'suite');

async function refused(job: string): Promise<string> {
  const build = await suite.build({ project: 'broken', ref: tag?.ref ?? '', job });
  expect(build.result).toBe('POST_FAILURE');
  expect(build.artifacts).toEqual([]);
  expect(readPublished(state, 'broken')).toEqual({});
  expect(statementsOf(state, 'broken')).toEqual([]);
  return suite.log(build);
}

it('an expired key fails the release, and the message says what to do', async () => {
  const console = await refused('release-expired-key');
  expect(console).toMatch(/artifact-signing: error: .*expired/);
  expect(console).toMatch(/artifact-signing: hint: .*extend/);
  expect(console).not.toContain('TASK [Upload the release]');
});

it('the gate refuses an artifact that was altered after it was signed, and names it', async () => {
  const console = await refused('release-altered');
  expect(console).toMatch(/artifact-signing: error: "broken-1\.0-py3-none-any\.whl"/);
  expect(console).not.toContain('TASK [Publish the artifacts]');
});

it('the gate refuses a file that was added after the manifest was written, and names it', async () => {
  const console = await refused('release-added');
  expect(console).toMatch(/artifact-signing: error: .*"stowaway\.whl"/);
  expect(console).not.toContain('TASK [Publish the artifacts]');
});
