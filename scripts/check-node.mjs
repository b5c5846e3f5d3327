// SPDX-License-Identifier: Apache-2.0
// Stands before every npm script. Written for Node 12 and newer, because the point of it is to speak to old ones.
// `npm ci` brings Node 24 on Linux x86-64, and npm puts it first on PATH: what runs this file is what runs the script.
import { existsSync } from 'fs';

const NEEDED = [22, 22];

/** What to tell somebody, as [message, hint]; undefined when all is well. `version` as in `process.versions.node`. */
export function complaint(version, isInstalled) {
  const [major, minor] = version.split('.').map(Number);
  if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
    return [
      `this is Node ${version}, and ${NEEDED.join('.')} or later is needed`,
      'did "npm ci" run? it brings Node 24 on Linux x86-64; elsewhere install Node 24 yourself',
    ];
  }
  return isInstalled ? undefined : ['the tools of this checkout are not installed', 'run "npm ci" first'];
}

if (/[\\/]check-node\.mjs$/.test(process.argv[1])) {
  const said = complaint(process.versions.node, existsSync(new URL('../node_modules/.bin', import.meta.url)));
  if (said !== undefined) {
    process.stderr.write(`zuul-artifact-signing: error: ${said[0]}\nzuul-artifact-signing: hint: ${said[1]}\n`);
    process.exitCode = 2;
  }
}
