#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
/**
 * The entry: small, because Node reads all of it before the first line runs. It refuses an old Node, answers
 * `--version`, and only then loads the rest. No top-level await, no static import of anything that needs a newer syntax:
 * an old Node has to get as far as the message.
 */
import { nodeProblem } from './core/node-version.ts';
import type { Out } from './ports.ts';

/** Put in by the build; absent when this runs from its source. */
declare const ARTIFACT_SIGNING_VERSION: string;

async function run(argv: readonly string[]): Promise<number> {
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) {
    process.stderr.write(`artifact-signing: error: ${problem[0]}\nartifact-signing: hint: ${problem[1]}\n`);
    return 2;
  }
  const version = ownVersion();
  if (argv.length === 1 && argv[0] === '--version') {
    process.stdout.write(`artifact-signing ${version}\n`);
    return 0;
  }
  const [{ main }, { realPorts }] = await Promise.all([import('./cli/main.ts'), import('./io/ports.ts')]);
  const out = processOut(version);
  return main(argv, realPorts(out, out.isTerminal), out);
}

/** From the source, package.json is read in a way that the bundler leaves alone and that old versions can parse. */
function ownVersion(): string {
  if (typeof ARTIFACT_SIGNING_VERSION !== 'undefined') return ARTIFACT_SIGNING_VERSION;
  return process.getBuiltinModule('node:module').createRequire(import.meta.url)('../package.json').version;
}

const processOut = (version: string): Out => ({
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  version,
});

// `artifact-signing … | head`: the reader has left, the work and its exit status stand. What a full disk does not take is lost, and
// told, unless something worse is. Until there is an end, it is no good one: a work that stops in the middle must not pass for one.
let status = 1;
let lost = 0;
const conclude = () => {
  process.exitCode = status || lost;
};
conclude();
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    lost = 1;
    conclude();
    if (stream === process.stdout)
      process.stderr.write(`artifact-signing: error: cannot write standard output: ${error.message}\n`);
  });
}

// The status is set, not passed to `process.exit`, which would cut off what a slow reader has not taken yet.
void run(process.argv.slice(2)).then((ended) => {
  status = ended;
  conclude();
});
