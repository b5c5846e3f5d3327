// SPDX-License-Identifier: Apache-2.0

/** The oldest Node that this runs on; `engines` in package.json says the same. */
const NEEDED = [22, 22] as const;

/**
 * What to tell somebody who runs a given Node (`process.versions.node`): the message and the hint of an error, or
 * undefined when it is new enough. Compiled, this has to be readable by the old versions that it is about.
 */
export function nodeProblem(version: string): readonly [message: string, hint: string] | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return undefined;
  return [
    `this is Node ${version}, and ${NEEDED.join('.')} or later is needed`,
    'is a newer one installed under another path? run it as "/path/to/node artifact-signing.mjs"',
  ];
}
