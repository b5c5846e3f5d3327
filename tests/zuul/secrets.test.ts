// SPDX-License-Identifier: Apache-2.0
// No key stays anywhere: not in logs, not in job directories, not in what the executor says of itself.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { filesBelow } from '../files-below.ts';
import type { Pieces } from '../pieces.ts';
import { openTenant } from './client.ts';
import { waitUntil } from './daemons.ts';
import { keyFile } from './keys.ts';
import { findPieces, secretPieces } from './leaks.ts';

const state = inject('state');
const suite = openTenant(state, 'suite');
const inState = (...names: readonly string[]) => names.map((name) => path.join(state.directory, name));
const wanted = (project: string, job: string) => ({ project, job, ref: inject('tags')[project]?.[0]?.ref ?? '' });

let pieces: Pieces;
beforeAll(async () => {
  pieces = await secretPieces(state);
});

describe('the search', () => {
  it('finds each key in a file like the ones of a build, whole and in part', () => {
    expect(pieces.size).toBeGreaterThan(100);
    const directory = fs.mkdtempSync(path.join(state.directory, 'planted-'));
    for (const name of ['good', 'expired', 'guarded', 'passphrase', 'log'] as const) {
      const text = fs.readFileSync(keyFile(state, name), 'utf8');
      fs.writeFileSync(path.join(directory, `${name}.json`), JSON.stringify({ stdin: text }));
      const [piece = ''] = [...pieces].find(([candidate, of]) => of === name && text.includes(candidate)) ?? [];
      const at = text.indexOf(piece);
      fs.writeFileSync(path.join(directory, `${name}.part`), text.slice(Math.max(0, at - 15), at + 16));
    }
    expect(findPieces(pieces, [directory])).toHaveLength(10);
    fs.rmSync(directory, { recursive: true });
  });
});

describe('a build that is aborted while it signs', () => {
  it('had the key then, and leaves none of it', async () => {
    const seen = path.join(state.directory, 'site/logs/key-seen');
    expect(await waitUntil(() => fs.existsSync(seen), 900_000)).toBe(true);
    const digest = createHash('sha256')
      .update(fs.readFileSync(keyFile(state, 'good')))
      .digest('hex');
    expect(fs.readFileSync(seen, 'utf8')).toContain(digest);
    const { project, job, ref } = wanted('aborted', 'release-aborted');
    await suite.dequeue('release', project, ref);
    const build = await suite.build({ project, job, ref });
    expect(build.result).toBe('ABORTED');
    expect(findPieces(pieces, inState(`builds/${build.uuid}`))).toEqual([]);
  });
});

/** All that the run has made, but for the places where the keys are kept, and programs. */
const searched = () => {
  const names = fs.readdirSync(state.directory).filter((name) => !/^(?:keys|signer|node|own-node)$/.test(name));
  const ofNode = fs.readdirSync(path.join(state.directory, 'signer')).filter((name) => !/^(?:keys|bin)$/.test(name));
  return inState(...names, ...ofNode.map((name) => `signer/${name}`));
};

describe('no key is found', () => {
  it('in logs, job directories and what the servers keep, after success, failure and abort', async () => {
    const ended = await Promise.all([
      openTenant(state, 'example').build(wanted('hello', 'release-python')),
      suite.build(wanted('small', 'release-small')),
      suite.build(wanted('signer', 'release-on-node')),
      suite.build(wanted('elsewhere', 'release-elsewhere')),
      suite.build(wanted('legacy', 'sign-published')),
      ...['expired-key', 'altered', 'added'].map((how) => suite.build(wanted('broken', `release-${how}`))),
    ]);
    const aborted = await suite.build(wanted('aborted', 'release-aborted'));
    const executor = fs.readFileSync(path.join(state.directory, 'servers/executor.log'), 'utf8');
    for (const build of [...ended, aborted]) {
      const directory = path.join(state.directory, 'builds', build.uuid);
      const kept = filesBelow([directory]).map((file) => path.relative(directory, file));
      const logs = ['job-output.txt', 'job-output.json', ...(build === aborted ? [] : ['zuul-info/inventory.yaml'])];
      expect(kept).toEqual(expect.arrayContaining(logs.map((name) => `work/logs/${name}`)));
      expect(executor).toContain(build.uuid);
    }
    expect(findPieces(pieces, searched())).toEqual([]);
  });
});
