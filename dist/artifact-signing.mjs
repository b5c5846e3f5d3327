#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0

// src/core/node-version.ts
var NEEDED = [22, 22];
function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > NEEDED[0] || major === NEEDED[0] && minor >= NEEDED[1]) return void 0;
  return [
    `this is Node ${version}, and ${NEEDED.join(".")} or later is needed`,
    'is a newer one installed under another path? run it as "/path/to/node artifact-signing.mjs"'
  ];
}

// src/bin.ts
async function run(argv) {
  const problem = nodeProblem(process.versions.node);
  if (problem !== void 0) {
    process.stderr.write(`artifact-signing: error: ${problem[0]}
artifact-signing: hint: ${problem[1]}
`);
    return 2;
  }
  const version = ownVersion();
  if (argv.length === 1 && argv[0] === "--version") {
    process.stdout.write(`artifact-signing ${version}
`);
    return 0;
  }
  const [{ main }, { realPorts }] = await Promise.all([import("./lib/cli-main.mjs"), import("./lib/io-ports.mjs")]);
  const out = processOut(version);
  return main(argv, realPorts(out, out.isTerminal), out);
}
function ownVersion() {
  if (true) return "0.1.0";
  return process.getBuiltinModule("node:module").createRequire(import.meta.url)("../package.json").version;
}
var processOut = (version) => ({
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  version
});
var status = 1;
var lost = 0;
var conclude = () => {
  process.exitCode = status || lost;
};
conclude();
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    if (error.code === "EPIPE") return;
    lost = 1;
    conclude();
    if (stream === process.stdout)
      process.stderr.write(`artifact-signing: error: cannot write standard output: ${error.message}
`);
  });
}
void run(process.argv.slice(2)).then((ended) => {
  status = ended;
  conclude();
});
