// SPDX-License-Identifier: Apache-2.0
// What Zuul itself says of our jobs: nothing.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { type Build, openTenant } from './client.ts';
import { ROOT } from './state.ts';

const state = inject('state');
const example = openTenant(state, 'example');

describe('a tenant that includes this repository', () => {
  it.each(['bare', 'example', 'suite'])('has no configuration error: %s', async (name) => {
    expect(await openTenant(state, name).get('config-errors')).toEqual([]);
  });

  it('and nothing else, has its public jobs, and none of its tests', async () => {
    const jobs = (await openTenant(state, 'bare').get('jobs')) as readonly { readonly name: string }[];
    // Zuul has one of its own
    const ours = jobs.map(({ name }) => name).filter((name) => name !== 'noop');
    expect(ours.sort()).toEqual([
      'artifact-signing-publish',
      'artifact-signing-release',
      'artifact-signing-submit',
      'artifact-signing-verify',
    ]);
  });
});

describe('the Zuul that says so', () => {
  const tutorial = fs.readFileSync(path.join(ROOT, 'doc/source/tutorial.rst'), 'utf8');
  const [, zuul = '', ansible = ''] = /run Zuul ([\d.]+) with .* and Ansible (\d+)/.exec(tutorial) ?? [];

  it('is the one that the tutorial names, and its jobs have that Ansible', async () => {
    const answer = await fetch(`${state.zuulUrl}/api/components`);
    const components = Object.values((await answer.json()) as Record<string, readonly { version: string }[]>).flat();
    expect(components.length).toBeGreaterThan(3);
    for (const { version } of components) expect(version).toMatch(new RegExp(`^${zuul.replace('.', '\\.')}\\.`));
    const inventory = await example.log(
      await buildOf('example', 'hello', 'release-python'),
      'zuul-info/inventory.yaml',
    );
    expect(parse(inventory).all.vars.zuul.ansible_version).toBe(ansible);
  });

  it('does not run as root', async () => {
    const { uuid } = await buildOf('example', 'hello', 'release-python');
    const { uid } = fs.statSync(path.join(state.directory, 'builds', uuid, 'work/logs/job-output.txt'));
    expect(uid).toBe(state.account.uid);
    expect(uid).not.toBe(0);
  });
});

describe('the report of a build', () => {
  it.each([
    ['example', 'hello', 'release-python'],
    ['suite', 'small', 'release-small'],
    ['suite', 'signer', 'release-on-node'],
    ['suite', 'elsewhere', 'release-elsewhere'],
    ['suite', 'legacy', 'sign-published'],
    ['suite', 'dropin', 'roles-ours-first'],
  ])('has no warning, and Ansible has none: %s, %s, %s', async (tenant, project, job) => {
    const build = await buildOf(tenant, project, job);
    expect(await openTenant(state, tenant).message(build)).not.toMatch(/warning|deprecat|home directory/i);
    expect(warningsOf(build).filter((line) => !OF_ZUUL.test(line))).toEqual([]);
  });

  it('would have one of a file that is left in the home, and Ansible says what it warns of', async () => {
    const build = await buildOf('suite', 'broken', 'release-added');
    const home = /File stowaway found in build home directory during playbook .* for job release-added/;
    expect(await openTenant(state, 'suite').message(build)).toMatch(home);
    expect(warningsOf(build).filter((line) => OF_ZUUL.test(line))).not.toEqual([]);
  });
});

/** Every job without nodes has this one. */
const OF_ZUUL = /^\[WARNING\]: provided hosts list is empty/;

async function buildOf(tenant: string, project: string, job: string): Promise<Build> {
  return openTenant(state, tenant).build({ project, ref: inject('tags')[project]?.[0]?.ref ?? '', job });
}

/** What Ansible warns of stands in the executor's log, and in no other place. */
function warningsOf({ uuid }: Build): readonly string[] {
  const log = fs.readFileSync(path.join(state.directory, 'servers/executor.log'), 'utf8');
  const lines = log.matchAll(new RegExp(`\\[build: ${uuid}\\] Ansible output: b['"](\\[[A-Z ]+\\]: .*)['"]$`, 'gm'));
  return [...lines].map(([, line = '']) => line);
}
