// SPDX-License-Identifier: Apache-2.0
/** One Zuul for all files of the suite: started before the first, and ended, with everything it has made, after the last. */
import type { TestProject } from 'vitest/node';
import { CommandFailed } from '../../scripts/run-command.ts';
import { configureZuul } from './configuration.ts';
import type { Tag } from './repositories.ts';
import { startZuul } from './server.ts';
import { serveSite } from './site.ts';
import { makeState, removeState, type State } from './state.ts';
import { completeWorld, prepareWorld, tagAll } from './world.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly state: State;
    /** Those that were pushed, by their project. */
    readonly tags: Readonly<Record<string, readonly Tag[]>>;
  }
}

/** KEEP_ZUUL_STATE leaves what the run has made, for a look at its logs and job directories. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const state = await makeState();
  const ends: (() => Promise<void>)[] = [async () => (process.env['KEEP_ZUUL_STATE'] ? undefined : removeState(state))];
  const end = async () => {
    for (const one of ends.reverse()) await one();
  };
  try {
    const site = await serveSite(state);
    ends.push(() => site.close());
    await configureZuul(state);
    const server = await startZuul(state, prepareWorld(state));
    ends.push(() => server.stop());
    await completeWorld(state);
    project.provide('state', state);
    project.provide('tags', await tagAll(state));
    return end;
  } catch (error) {
    await end();
    if (error instanceof CommandFailed) throw new Error(`${error.message}\n${error.output}`);
    throw error;
  }
}
