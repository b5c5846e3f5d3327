// SPDX-License-Identifier: Apache-2.0
/**
 * The versions of Ansible that the roles are tested with, and the Node that the executable then runs on: vitest's
 * projects `ansible-…`, each told by two variables of its environment.
 */
import path from 'node:path';
import { type NodeVersion, nodeBinary } from './nodes.ts';
import { binDirectory, type Environment } from './python-tools.ts';

interface AnsibleVersion {
  readonly ansible: string;
  readonly environment: Environment;
  /** What the executable runs on; the one that runs the tests where nothing is said. */
  readonly node?: NodeVersion;
}

/** The second is what everything else runs. */
export const ANSIBLE_VERSIONS: readonly AnsibleVersion[] = [
  { ansible: '2.16', environment: 'ansible-2.16', node: '22' },
  { ansible: '2.18', environment: 'ansible' },
  { ansible: '2.19', environment: 'ansible-2.19', node: '26' },
  { ansible: '2.21', environment: 'ansible-2.21' },
];

export const projectOf = ({ ansible }: AnsibleVersion): string => `ansible-${ansible}`;

export const variablesOf = ({ ansible }: AnsibleVersion): Readonly<Record<string, string>> => ({
  ARTIFACT_SIGNING_ANSIBLE: ansible,
});

/** What this process was told. Throws with a message for people. */
export function toldVersion(): AnsibleVersion {
  const told = process.env['ARTIFACT_SIGNING_ANSIBLE'] ?? '2.18';
  const found = ANSIBLE_VERSIONS.find(({ ansible }) => ansible === told);
  if (found === undefined)
    throw new Error(`ARTIFACT_SIGNING_ANSIBLE is "${told}", which is none of the tested versions`);
  return found;
}

/** The path of the `ansible-playbook` to run roles with, which is installed if need be. */
export const toldAnsible = (): string => path.join(binDirectory(toldVersion().environment), 'ansible-playbook');

/** The path of the `node` that the executable is to run on. */
export function toldNode(): string {
  const { node } = toldVersion();
  return node === undefined ? process.execPath : nodeBinary(node);
}
