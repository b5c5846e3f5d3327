// SPDX-License-Identifier: Apache-2.0
/**
 * `npm run test:ansible`: the roles on each version of Ansible that this machine has a Python for. What it has none for
 * is no part of the run, and both ends of the output say so. Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ANSIBLE_VERSIONS, projectOf } from './ansible-versions.ts';
import { nodeBinary } from './nodes.ts';
import { makeEnvironment } from './python-tools.ts';

/** All at once: it is the network that they wait for. */
async function prepare(): Promise<readonly (typeof ANSIBLE_VERSIONS)[number][]> {
  const made = await Promise.all(ANSIBLE_VERSIONS.map(({ environment }) => makeEnvironment(environment)));
  for (const { node } of ANSIBLE_VERSIONS) if (node !== undefined) nodeBinary(node);
  return ANSIBLE_VERSIONS.filter((_, index) => made[index]);
}

async function main(args: readonly string[]): Promise<number> {
  const present = await prepare();
  const absent = ANSIBLE_VERSIONS.filter((version) => !present.includes(version));
  const tell = () => {
    for (const { ansible } of absent)
      console.log(`ansible versions: NOT TESTED: ${ansible}, because no Python on this machine is new enough for it`);
  };
  for (const { ansible, node } of present)
    console.log(`ansible versions: ${ansible}, with Node ${node ?? process.versions.node.split('.')[0]}`);
  tell();
  const projects = present.flatMap((version) => ['--project', projectOf(version)]);
  const vitest = path.resolve(import.meta.dirname, '../node_modules/.bin/vitest');
  const { status } = spawnSync(vitest, ['run', ...projects, ...args], { stdio: 'inherit' });
  tell();
  return status ?? 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`ansible versions: error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
