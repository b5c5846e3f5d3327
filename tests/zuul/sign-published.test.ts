// SPDX-License-Identifier: Apache-2.0
// A tag whose artifacts were published before anybody signed: they are retrieved, checked and signed, and stay as they are.

import fs from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { checkWithGpgv } from '../../scripts/stranger.ts';
import { openTenant } from './client.ts';
import { runAs } from './commands.ts';
import { artifactSigning, trustFile } from './keys.ts';
import { publishedDirectory, readPublished, statementsOf } from './published.ts';

const state = inject('state');
const [tag, altered] = inject('tags')['legacy'] ?? [];
const suite = openTenant(state, 'suite');

it('signatures, manifest and proof are added beside artifacts that are published already', async () => {
  const rebuilt = fs.mkdtempSync(path.join(state.directory, 'home/legacy-'));
  fs.chownSync(rebuilt, state.account.uid, state.account.gid);
  await runAs(state, ['python3', 'build_release.py', '1.0', rebuilt], path.join(state.directory, 'src/legacy'));
  const build = await suite.build({ project: 'legacy', ref: tag?.ref ?? '', job: 'sign-published' });
  expect(build.result, await suite.log(build)).toBe('SUCCESS');
  const names = Object.keys(readPublished(state, 'legacy')).filter((name) => name.startsWith('legacy-1.0'));
  expect(names).toEqual([
    'legacy-1.0-py3-none-any.whl',
    'legacy-1.0-py3-none-any.whl.asc',
    'legacy-1.0.SHA256SUMS',
    'legacy-1.0.SHA256SUMS.asc',
    'legacy-1.0.SHA256SUMS.tlog-proof',
    'legacy-1.0.tar.gz',
    'legacy-1.0.tar.gz.asc',
  ]);
  for (const name of fs.readdirSync(rebuilt)) {
    const file = path.join(state.directory, 'site/tarballs/legacy', name);
    expect(fs.readFileSync(file).equals(fs.readFileSync(path.join(rebuilt, name)))).toBe(true);
  }
  expect(statementsOf(state, 'legacy')).toMatchObject([{ version: '1.0', commit: tag?.commit }]);
  const directory = publishedDirectory(state, 'legacy');
  const fingerprint = fs.readFileSync(trustFile(state, 'fingerprint'), 'utf8');
  for (const name of [...fs.readdirSync(rebuilt), 'legacy-1.0.SHA256SUMS'])
    await checkWithGpgv(trustFile(state, 'release-key.gpg'), fingerprint, path.join(directory, name));
  const url = `${state.siteUrl}/tarballs/legacy/legacy-1.0.SHA256SUMS`;
  const policy = ['--policy', trustFile(state, 'policy.yaml'), '--json'];
  const report = JSON.parse(await artifactSigning(state, 'verify', url, ...policy));
  expect(report).toMatchObject({ status: 'done', logs: [{ action: 'verified' }] });
});

it('an artifact that the tag does not build is not signed', async () => {
  const build = await suite.build({ project: 'legacy', ref: altered?.ref ?? '', job: 'sign-published' });
  expect(build.result).toBe('FAILURE');
  expect(await suite.log(build)).toMatch(/legacy-1\.1\.tar\.gz.*checksum|checksum.*legacy-1\.1\.tar\.gz/i);
  const names = Object.keys(readPublished(state, 'legacy')).filter((name) => name.startsWith('legacy-1.1'));
  expect(names).toEqual(['legacy-1.1-py3-none-any.whl', 'legacy-1.1.tar.gz']);
  expect(statementsOf(state, 'legacy').map(({ version }) => version)).not.toContain('1.1');
});
