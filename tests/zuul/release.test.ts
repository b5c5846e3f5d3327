// SPDX-License-Identifier: Apache-2.0
// What the tutorial promises: a pushed tag becomes a signed, summed, gated, published and logged release.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { checkWithGpgv, checkWithSha256sum } from '../../scripts/stranger.ts';
import { type Build, openTenant } from './client.ts';
import { runAs } from './commands.ts';
import { artifactSigning, ORIGIN } from './keys.ts';
import { publishedDirectory, readLog, readPublished, statementsOf } from './published.ts';

const state = inject('state');
const [first, second] = inject('tags')['hello'] ?? [];
const example = openTenant(state, 'example');
const trust = path.join(state.directory, 'trust');

describe('a pushed tag', () => {
  let build: Build;
  beforeAll(async () => {
    build = await example.build({ project: 'hello', ref: first?.ref ?? '', job: 'release-python' });
  });

  it('becomes a release that succeeds', async () => {
    expect(build.result, await example.log(build)).toBe('SUCCESS');
  });

  it('is published whole: artifacts, signatures, manifest and proof', () => {
    const names = Object.keys(readPublished(state, 'hello')).filter((name) => name.startsWith('hello-1.0'));
    expect(names).toEqual([
      'hello-1.0-py3-none-any.whl',
      'hello-1.0-py3-none-any.whl.asc',
      'hello-1.0.SHA256SUMS',
      'hello-1.0.SHA256SUMS.asc',
      'hello-1.0.SHA256SUMS.tlog-proof',
      'hello-1.0.tar.gz',
      'hello-1.0.tar.gz.asc',
    ]);
  });

  it('can be installed, from the source tarball as well as from the wheel', async () => {
    const pip = path.join(state.ansibleRoot, '../uv/bin/pip');
    for (const name of ['hello-1.0.tar.gz', 'hello-1.0-py3-none-any.whl']) {
      const [file, target] = [
        path.join(publishedDirectory(state, 'hello'), name),
        `${state.directory}/home/of-${name}`,
      ];
      await runAs(state, [pip, 'install', '--quiet', '--no-index', '--no-compile', '--target', target, file]);
      expect(fs.readdirSync(target).sort()).toEqual(['hello-1.0.dist-info', 'hello.py']);
    }
  });

  it('verifies with gpgv and sha256sum', async () => {
    const [directory, fingerprint] = [publishedDirectory(state, 'hello'), readFingerprint()];
    for (const name of ['hello-1.0.tar.gz', 'hello-1.0-py3-none-any.whl', 'hello-1.0.SHA256SUMS'])
      await checkWithGpgv(path.join(trust, 'release-key.gpg'), fingerprint, path.join(directory, name));
    expect(await checkWithSha256sum(directory, 'hello-1.0.SHA256SUMS')).toBe(4);
  });

  it('verifies with our own verify, in the directory and from its URL, the log included', async () => {
    const url = `${state.siteUrl}/tarballs/hello/hello-1.0.SHA256SUMS`;
    const policy = ['--policy', path.join(trust, 'policy.yaml'), '--json'];
    const here = ['--manifest', 'hello-1.0.SHA256SUMS', publishedDirectory(state, 'hello')];
    for (const what of [here, [url]]) {
      const report = JSON.parse(await artifactSigning(state, 'verify', ...what, ...policy));
      expect(report.logs).toMatchObject([{ name: 'tarballs', origin: ORIGIN, action: 'verified' }]);
      expect(report.files).toHaveLength(4);
    }
  });

  it('is remembered by Zuul: manifest, signature and proof are artifacts of the build', () => {
    const { 'hello-1.0.SHA256SUMS': sha256 } = readPublished(state, 'hello');
    const common = { manifest: 'hello-1.0.SHA256SUMS', sha256, primary: readFingerprint() };
    const url = (name: string) => `${state.siteUrl}/tarballs/hello/${name}`;
    const artifact = (name: string, metadata: object) => ({
      name,
      url: url(name),
      metadata: { ...common, ...metadata },
    });
    const found = [...build.artifacts].sort((one, other) => (one.name < other.name ? -1 : 1));
    expect(found).toMatchObject([
      artifact('hello-1.0.SHA256SUMS', { type: 'sha256sums' }),
      artifact('hello-1.0.SHA256SUMS.asc', { type: 'openpgp_signature' }),
      artifact('hello-1.0.SHA256SUMS.tlog-proof', {
        type: 'transparency_receipt',
        log_kind: 'tiles',
        log_origin: ORIGIN,
      }),
    ]);
    const entry = readLog(state)[Number(found[2]?.metadata['log_index'])];
    expect(entry).toMatchObject({ ref: first?.ref, commit: first?.commit, manifest: { sha256 } });
  });

  it('shows checksums and signatures on the console, for an upload by hand', async () => {
    const console = await example.log(build);
    expect(console).toContain('-----BEGIN PGP SIGNATURE-----');
    expect(console).toContain(`${readPublished(state, 'hello')['hello-1.0.tar.gz']}  hello-1.0.tar.gz`);
  });
});

describe('releases at the same moment', () => {
  it('of two projects, and of two tags of one, are all published and all in the one log', async () => {
    const [world] = inject('tags')['world'] ?? [];
    const ofHello = [first, second].map((tag) => ({ project: 'hello', ref: tag?.ref ?? '', job: 'release-python' }));
    const ofWorld = { project: 'world', ref: world?.ref ?? '', job: 'release-python' };
    const builds = await Promise.all(ofHello.map((wanted) => example.build(wanted)));
    // the first one of all: others may have come since
    builds.push((await openTenant(state, 'suite').builds(ofWorld)).at(-1) as Build);
    expect(builds.map(({ result }) => result)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    // each had begun before any of them ended
    const [begins, ends] = [builds.map((one) => one.start_time), builds.map((one) => one.end_time)];
    expect(Date.parse(begins.sort().at(-1) ?? '')).toBeLessThan(Date.parse(ends.sort()[0] ?? ''));
    const versions = statementsOf(state, 'hello').map(({ version }) => version);
    expect([...versions].sort()).toEqual(['1.0', '1.1']);
    expect(statementsOf(state, 'world').map(({ version }) => version)).toEqual(['1.0']);
    const policy = ['--policy', path.join(trust, 'policy.yaml'), '--json'];
    for (const project of ['hello', 'world']) {
      const report = JSON.parse(await artifactSigning(state, 'verify', publishedDirectory(state, project), ...policy));
      expect(report.status).toBe('done');
    }
  });
});

const readFingerprint = () => fs.readFileSync(path.join(trust, 'fingerprint'), 'utf8');
