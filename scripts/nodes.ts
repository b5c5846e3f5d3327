// SPDX-License-Identifier: Apache-2.0
/**
 * The oldest and the newest Node that we support, beside the one that runs this: what tests/nodes/package-lock.json pins,
 * installed once for one content of it, outside of any checkout.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');
const FILES = ['tests/nodes/package.json', 'tests/nodes/package-lock.json', '.npmrc'].map((name) =>
  path.join(ROOT, name),
);

export type NodeVersion = '22' | '26';

/** The path of that `node`, which is fetched if need be. Throws with a message for people. */
export function nodeBinary(version: NodeVersion): string {
  return path.join(nodesDirectory(), 'node_modules', `node-${version}`, 'bin/node');
}

function nodesDirectory(): string {
  const digest = createHash('sha256');
  for (const file of FILES) digest.update(fs.readFileSync(file));
  const cache = path.join(process.env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'zuul-artifact-signing');
  const directory = path.join(cache, `nodes-${digest.digest('hex').slice(0, 16)}`);
  if (!fs.existsSync(directory)) install(cache, directory);
  return directory;
}

/** Under another name first: what has the name is whole, and of two at the same time one wins. */
function install(cache: string, directory: string): void {
  console.error(`nodes: fetching Node 22 and 26 into ${directory}, which takes a minute`);
  fs.mkdirSync(cache, { recursive: true });
  const temporary = fs.mkdtempSync(`${directory}.`);
  try {
    for (const file of FILES) fs.copyFileSync(file, path.join(temporary, path.basename(file)));
    const { error, status } = spawnSync('npm', ['ci', '--ignore-scripts'], {
      cwd: temporary,
      env: withoutRun(process.env),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (error !== undefined || status !== 0) throw new Error('cannot fetch Node 22 and 26; the reason stands above');
    if (!fs.existsSync(directory)) fs.renameSync(temporary, directory);
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/** `npm run` tells what it starts where its package is: an npm in there would take that for its own. */
const withoutRun = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_(?:package|lifecycle|config_local_prefix)/.test(name)),
  );
