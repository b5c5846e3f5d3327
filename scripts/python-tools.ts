// SPDX-License-Identifier: Apache-2.0
/**
 * Programs written in Python that the tests, the quickstart and the linters use. Each comes from a virtual environment
 * of this checkout, made from a list of exact versions with hashes on first use: nothing of the system's own is touched.
 */
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/** `requirements/NAME.txt` says what is in one. */
export type Environment = 'ansible' | 'ansible-2.16' | 'ansible-2.19' | 'ansible-2.21' | 'lint';

const commandOf = (environment: Environment): readonly string[] => [
  path.join(ROOT, 'scripts/make-venv.py'),
  environment,
];
const NO_PYTHON = 'python3 is not installed; version 3.11 or later is needed';
const notMade = (environment: Environment) =>
  new Error(`cannot make the Python environment "${environment}"; the reason stands above`);

/** The `bin` directory of an environment, which is made if need be. Throws with a message for people. */
export function binDirectory(environment: Environment): string {
  const made = spawnSync('python3', commandOf(environment), { stdio: ['ignore', 'ignore', 'inherit'] });
  if (made.error !== undefined) throw new Error(NO_PYTHON);
  if (made.status !== 0) throw notMade(environment);
  return path.join(ROOT, '.venv', environment, 'bin');
}

/** Makes an environment if need be; false where no Python is new enough for it. Rejects with a message for people. */
export async function makeEnvironment(environment: Environment): Promise<boolean> {
  const made = spawn('python3', commandOf(environment), { stdio: ['ignore', 'ignore', 'inherit'] });
  const status = await new Promise<number | null>((resolve, reject) => {
    made.on('error', () => reject(new Error(NO_PYTHON)));
    made.on('close', resolve);
  });
  if (status !== 0 && status !== 3) throw notMade(environment);
  return status === 0;
}

/** The path of the `ansible-playbook` that people run roles with; tests run other versions, too. */
export const ansiblePlaybook = (): string => path.join(binDirectory('ansible'), 'ansible-playbook');
