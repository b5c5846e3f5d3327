// SPDX-License-Identifier: Apache-2.0
// An operator enqueues a tag that has been released already: on a fresh executor, with or without what Zuul calls newrev.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { type Build, openTenant } from './client.ts';
import { readPublished, statementsOf } from './published.ts';

const state = inject('state');
const suite = openTenant(state, 'suite');

/** Ref and commit, as the build says them of the entry in the log that it has made, found or verified. */
async function recordedBy(build: Build): Promise<ReadonlySet<string>> {
  const lines = (await suite.log(build)).matchAll(/\.tlog-proof log .* (refs\/\S+ [0-9a-f]{40})$/gm);
  return new Set([...lines].map(([, told = '']) => told));
}

describe('a tag that is enqueued again', () => {
  it('with the tag object, the commit, and no newrev, leaves the release and the log as they are', async () => {
    const [tag] = inject('tags')['world'] ?? [];
    if (tag === undefined) throw new Error('no tag');
    const wanted = { project: 'world', ref: tag.ref, job: 'release-python' };
    const first = await suite.build(wanted);
    expect(first.result, await suite.log(first)).toBe('SUCCESS');
    const published = readPublished(state, 'world');
    // three that Zuul takes for different ones, so that they run at the same moment
    for (const newrev of [tag.object, tag.commit, undefined]) await suite.enqueue('release', 'world', tag.ref, newrev);
    const builds = await suite.builds({ ...wanted, count: 4 });
    for (const build of builds) expect(build.result, await suite.log(build)).toBe('SUCCESS');
    const newrevs = builds.map(({ ref }) => String(ref.newrev));
    expect(newrevs.sort()).toEqual([tag.object, tag.object, tag.commit, 'null'].sort());
    expect(readPublished(state, 'world')).toEqual(published);
    for (const build of builds) expect([...(await recordedBy(build))]).toEqual([`${tag.ref} ${tag.commit}`]);
    expect(statementsOf(state, 'world')).toMatchObject([{ version: '1.0', ref: tag.ref, commit: tag.commit }]);
    const described = builds.map(({ artifacts }) => JSON.stringify([...artifacts].map(stable).sort()));
    expect(new Set(described).size).toBe(1);
  });

  it('and gives other bytes is refused, and nothing changes', async () => {
    const [tag] = inject('tags')['drift'] ?? [];
    if (tag === undefined) throw new Error('no tag');
    const wanted = { project: 'drift', ref: tag.ref, job: 'release-python' };
    const first = await suite.build(wanted);
    expect(first.result, await suite.log(first)).toBe('SUCCESS');
    const [published, statements] = [readPublished(state, 'drift'), statementsOf(state, 'drift')];
    await suite.enqueue('release', 'drift', tag.ref, tag.object);
    const second = await suite.build({ ...wanted, count: 2 });
    expect(second.result).toBe('POST_FAILURE');
    expect(await suite.log(second)).toMatch(/artifact-signing: error: .*drift-1\.0\.tar\.gz/);
    expect(readPublished(state, 'drift')).toEqual(published);
    expect(statementsOf(state, 'drift')).toEqual(statements);
    expect(fs.existsSync(path.join(state.directory, 'builds', second.uuid))).toBe(true);
    expect(second.artifacts).toEqual([]);
  });
});

/** The tree may have grown since. */
const stable = ({ name, metadata }: Build['artifacts'][number]) => {
  const { tree_size: _, ...others } = metadata as Record<string, unknown>;
  return JSON.stringify([name, Object.entries(others).sort()]);
};
