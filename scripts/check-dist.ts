// SPDX-License-Identifier: Apache-2.0
/**
 * Whether dist/ is what src/ compiles to: `npm run check-dist`. Builds twice, in copies of the checkout at two paths of
 * different depth, and compares both with the committed dist/, every byte and every mode.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { differences, readTree, type Tree } from './tree.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/** What a build reads. */
const SOURCES = ['src', 'scripts', 'package.json', 'tsconfig.json'];

function buildIn(checkout: string): Tree {
  fs.mkdirSync(checkout, { recursive: true });
  for (const source of SOURCES) fs.cpSync(path.join(ROOT, source), path.join(checkout, source), { recursive: true });
  fs.symlinkSync(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
  execFileSync(process.execPath, ['scripts/build.ts'], { cwd: checkout, stdio: ['ignore', 'ignore', 'inherit'] });
  return readTree(path.join(checkout, 'dist'));
}

function main(): number {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'check-dist-'));
  try {
    const shallow = buildIn(path.join(temporary, 'a'));
    const deep = buildIn(path.join(temporary, 'b', 'with a space', 'deeper'));
    const found = [
      ...differences(shallow, deep).map((line) => `${line} (between two builds)`),
      ...differences(shallow, readTree(path.join(ROOT, 'dist'))).map((line) => `${line} (in dist/)`),
    ];
    for (const line of found) console.error(`check-dist: ${line}`);
    if (found.length > 0) console.error('check-dist: hint: run "npm run build" and commit dist/');
    else console.log(`check-dist: ${shallow.size} files, the same in dist/ and in both builds`);
    return found.length > 0 ? 1 : 0;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

process.exitCode = main();
