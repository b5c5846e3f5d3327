// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { makeScriptKeys, type ScriptKeys } from './script-keys.ts';
import { readScript, runScript } from './script-runner.ts';

let keys: ScriptKeys;

beforeAll(async () => {
  keys = await makeScriptKeys();
});

afterAll(async () => keys.close());

describe('the command line', () => {
  const directory = path.join(import.meta.dirname, 'scripts');
  const scripts = fs.readdirSync(directory).map((name) => readScript(path.join(directory, name)));
  it.each(scripts.map((script) => [script.name, script] as const))('does as %s.txt says', (_, script) => {
    runScript(script, keys.variables);
  });
});
