// SPDX-License-Identifier: Apache-2.0
// The public abstract jobs, as a child in a project of its own uses them: in a sandbox that shows no Node; and as a site does.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { filesBelow } from '../files-below.ts';
import { type Build, openTenant } from './client.ts';
import { artifactSigning, trustFile } from './keys.ts';
import { publishedDirectory, readPublished, statementsOf } from './published.ts';

const state = inject('state');
const [tag] = inject('tags')['small'] ?? [];
const suite = openTenant(state, 'suite');

let build: Build;
beforeAll(async () => {
  build = await suite.build({ project: 'small', ref: tag?.ref ?? '', job: 'release-small' });
});

describe('a child of the public job that passes its secrets on', () => {
  it('makes a release of what was built on a node and collected, with a key that has a passphrase', async () => {
    const console = await suite.log(build);
    expect(build.result, console).toBe('SUCCESS');
    expect(console).toMatch(/TASK \[Build\]\n.*\| builder \|/);
    expect(Object.keys(readPublished(state, 'small'))).toHaveLength(7);
    const policy = ['--policy', trustFile(state, 'guarded.yaml'), '--json'];
    const report = JSON.parse(await artifactSigning(state, 'verify', publishedDirectory(state, 'small'), ...policy));
    expect(report.logs).toMatchObject([{ action: 'verified' }]);
    expect(statementsOf(state, 'small')).toMatchObject([{ version: '1.0', commit: tag?.commit }]);
  });

  it('is remembered by Zuul as any other', () => {
    const types = build.artifacts.map(({ metadata }) => metadata['type']);
    expect([...types].sort()).toEqual(['openpgp_signature', 'sha256sums', 'transparency_receipt']);
  });
});

describe('a sandbox without Node', () => {
  it('gets one, which was checked, within the default limit of disk space', async () => {
    const console = await suite.log(build);
    expect(console).toContain('TASK [ensure-artifact-signing : Fetch the archive and check its digest]');
    const configuration = fs.readFileSync(path.join(state.directory, 'etc/zuul.conf'), 'utf8');
    expect(configuration).not.toContain('disk_limit_per_job');
  });

  it('leaves nothing in the home of the build', () => {
    const home = path.join(state.directory, 'builds', build.uuid, 'home');
    const left = filesBelow([home]).map((file) => path.relative(home, file));
    // Zuul's own
    expect(left).toEqual(['.ssh/known_hosts']);
  });
});

describe('the public job that verifies', () => {
  const wanted = { project: 'world', ref: 'refs/heads/master' };
  const verify = (job: string) => suite.build({ ...wanted, job });

  beforeAll(async () => {
    const [hello] = inject('tags')['hello'] ?? [];
    const released = { project: 'hello', ref: hello?.ref ?? '', job: 'release-python' };
    await openTenant(state, 'example').build(released);
    const altered = path.join(state.directory, 'site/tarballs/altered');
    fs.mkdirSync(altered);
    for (const name of Object.keys(readPublished(state, 'hello')).filter((one) => one.startsWith('hello-1.0')))
      fs.copyFileSync(path.join(publishedDirectory(state, 'hello'), name), path.join(altered, name));
    fs.appendFileSync(path.join(altered, 'hello-1.0.tar.gz'), 'x');
    await suite.enqueue('check', wanted.project, wanted.ref);
  });

  it('believes what is published, the log included', async () => {
    const build_ = await verify('verify-published');
    const console = await suite.log(build_);
    expect(build_.result, console).toBe('SUCCESS');
    expect(console).toMatch(/verified hello-1\.0\.tar\.gz/);
  });

  it('refuses what was altered since, and names it', async () => {
    const build_ = await verify('verify-altered');
    expect(build_.result).toBe('FAILURE');
    expect(await suite.log(build_)).toMatch(/artifact-signing: error: "hello-1\.0\.tar\.gz"/);
  });
});
