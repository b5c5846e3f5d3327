// SPDX-License-Identifier: Apache-2.0
// The jobs of zuul-tests.d, one for each role.
import fs from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { openTenant } from './client.ts';
import { ROOT } from './state.ts';

const state = inject('state');
const suite = openTenant(state, 'suite');

interface Item {
  readonly job: { readonly name: string; readonly run?: string };
}

const items: readonly Item[] = parse(fs.readFileSync(path.join(ROOT, 'zuul-tests.d/jobs.yaml'), 'utf8'));
const jobs = items.flatMap(({ job }) => (job.run === undefined ? [] : [job]));

it('there is a self-test for each role', () => {
  const roles = fs.readdirSync(path.join(ROOT, 'roles')).sort();
  expect(jobs.map(({ run = '' }) => path.basename(run, '.yaml')).sort()).toEqual(roles);
});

it('all of them pass', async () => {
  const wanted = { project: 'zuul-artifact-signing', ref: 'refs/heads/master' };
  await suite.enqueue('check', wanted.project, wanted.ref);
  for (const build of await Promise.all(jobs.map(({ name }) => suite.build({ ...wanted, job: name }))))
    expect(build.result, await suite.log(build)).toBe('SUCCESS');
});
