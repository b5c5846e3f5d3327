// SPDX-License-Identifier: Apache-2.0
/** The linters that come from Python: `npm run lint:roles` and `npm run lint:docs`. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { binDirectory } from './python-tools.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

type Command = readonly [program: string, ...args: string[]];

/** Rules: .yamllint and .ansible-lint. */
const rolesCommands = (): readonly Command[] => [
  ['yamllint', '--strict', '.'],
  [
    'ansible-lint',
    '--offline',
    '--strict',
    'roles',
    'playbooks',
    'test-playbooks',
    'doc/source/tutorial/zuul-config/playbooks',
    ...fs.globSync('doc/source/transparency/*/submit.yaml', { cwd: ROOT }),
  ],
];

/**
 * Pages at the top have to read well where only plain docutils is known (rst-lint); everything else knows Zuul's
 * directives, so Sphinx judges it (-W: warnings are errors) and doc8 looks at its form alone (D000 is its own parser).
 */
function docsCommands(temporary: string): readonly Command[] {
  const top = fs.readdirSync(ROOT).filter((name) => name.endsWith('.rst'));
  return [
    ['doc8', '--quiet', '--max-line-length', '120', '--ignore', 'D000', ...top, 'doc/source', 'roles'],
    ['rst-lint', '--level', 'warning', ...top],
    [
      'sphinx-build',
      '-E',
      '-W',
      '--keep-going',
      '-q',
      '-d',
      `${temporary}/doctrees`,
      'doc/source',
      `${temporary}/html`,
    ],
  ];
}

/** Runs all of them, whatever the first ones say. */
function runAll(commands: readonly Command[]): boolean {
  const bin = binDirectory('lint');
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH']}`, NO_COLOR: '1' };
  const results = commands.map(([program, ...args]) => {
    console.log(`lint: ${program} ${args.join(' ')}`);
    return spawnSync(path.join(bin, program), args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] }).status;
  });
  return results.every((status) => status === 0);
}

function main(what: string | undefined): number {
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'lint-'));
  try {
    const commands = what === 'roles' ? rolesCommands() : what === 'docs' ? docsCommands(temporary) : undefined;
    if (commands === undefined) throw new Error('say "roles" or "docs"');
    return runAll(commands) ? 0 : 1;
  } catch (error) {
    console.error(`lint: error: ${error instanceof Error ? error.message : error}`);
    return 2;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

process.exitCode = main(process.argv[2]);
