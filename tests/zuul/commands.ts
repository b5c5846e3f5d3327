// SPDX-License-Identifier: Apache-2.0
/** Short-lived programs of the suite, run as the account of the servers, so that all files are its own. */

import { type Ran, runCommand, tryCommand } from '../../scripts/run-command.ts';
import { asAccount } from './account.ts';
import type { State } from './state.ts';

/** All that a server, or a program that works on its files, gets to know: Zuul's executor hands its whole environment to the jobs. */
export const cleanEnvironment = ({ directory, zuulBin }: State): NodeJS.ProcessEnv => ({
  HOME: `${directory}/home`,
  LANG: 'C.UTF-8',
  PATH: `${directory}/bin:${directory}/node:${zuulBin}:/usr/bin:/bin:/usr/sbin:/sbin`,
  GIT_CONFIG_GLOBAL: `${directory}/etc/gitconfig`,
  GIT_CONFIG_NOSYSTEM: '1',
  // ZooKeeper, PostgreSQL and Zuul write no time of a place
  TZ: 'UTC',
});

/** Runs a program to its end; throws CommandFailed, with its output, where its status is not 0. */
export async function runAs(state: State, command: readonly string[], cwd = state.directory): Promise<Ran> {
  const [program = '', ...args] = asAccount(state.account, command);
  return runCommand(program, args, { cwd, env: cleanEnvironment(state) });
}

/** As `runAs`, whatever the status is. */
export async function tryAs(state: State, command: readonly string[], cwd = state.directory): Promise<Ran> {
  const [program = '', ...args] = asAccount(state.account, command);
  return tryCommand(program, args, { cwd, env: cleanEnvironment(state) });
}
