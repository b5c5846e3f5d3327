// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { ansiblePlaybook } from './python-tools.ts';
import { type Ran, tryCommand } from './run-command.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** Nothing of the user's Ansible is read, and everything that a run leaves goes into a private directory, which is there. */
export const ansibleEnvironment = (temporary: string): NodeJS.ProcessEnv => ({
  ...process.env,
  LC_ALL: 'C.UTF-8',
  TMPDIR: temporary,
  ANSIBLE_CONFIG: path.join(ROOT, 'ansible.cfg'),
  ANSIBLE_CALLBACK_RESULT_FORMAT: 'json',
  ANSIBLE_HOME: temporary,
  ANSIBLE_LOCAL_TEMP: temporary,
  ANSIBLE_REMOTE_TEMP: temporary,
  ANSIBLE_INVENTORY: '/dev/null',
  ANSIBLE_LOCALHOST_WARNING: 'false',
  ANSIBLE_INVENTORY_UNPARSED_WARNING: 'false',
  ANSIBLE_NOCOLOR: 'true',
});

/** Runs playbooks/release/NAME; `changes` win over the variables that all plays share. */
export type Play = (name: string, changes?: Readonly<Record<string, unknown>>) => Promise<Ran>;

export function preparePlays(secrets: string, vars: Readonly<Record<string, unknown>>): Play {
  const program = ansiblePlaybook();
  const temporary = path.join(secrets, 'ansible');
  fs.mkdirSync(temporary, { mode: 0o700 });
  const env = ansibleEnvironment(temporary);
  return async (name, changes = {}) => {
    const args = [path.join(ROOT, 'playbooks/release', name), '--extra-vars', JSON.stringify({ ...vars, ...changes })];
    return tryCommand(program, args, { cwd: ROOT, env });
  };
}
