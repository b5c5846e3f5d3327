// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerViolations, usesOf } from '../scripts/layers.ts';

const SRC = path.resolve(import.meta.dirname, '../src');

/** The text of everything below src/. */
function readSources(): ReadonlyMap<string, string> {
  const files = fs.readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(files.sort().map((name) => [name, fs.readFileSync(path.join(SRC, name), 'utf8')]));
}

const check = (sources: Readonly<Record<string, string>>) => layerViolations(new Map(Object.entries(sources)));

describe('the sources', () => {
  it('keep to the table of layers', () => {
    expect(layerViolations(readSources())).toEqual([]);
  });

  it('P9 start one program, which is flock, and never gpg', () => {
    const starting = [...readSources()].filter(([, text]) =>
      usesOf(text).imports.some((name) => name === undefined || /child_process|execa/.test(name)),
    );
    expect(starting.map(([file]) => file)).toEqual(['io/lock.ts']);
    const started = starting.flatMap(([, text]) =>
      [...text.matchAll(/\b(?:execa|spawn|exec|execFile|fork|\$)(?:Sync)?[(`]\s*([^,)]*)/g)].map(
        ([, program]) => program,
      ),
    );
    expect(started).toEqual(["'flock'"]);
  });

  it('were all read', () => {
    const layers = new Set([...readSources().keys()].map((name) => name.split('/')[0]));
    expect([...layers].sort()).toEqual(['bin.ts', 'cli', 'core', 'io', 'logs', 'openpgp', 'ports.ts', 'workflow']);
  });
});

describe('the check of the layers', () => {
  it('lets through what the table allows', () => {
    const sources = {
      'core/a.ts': "import { createHash } from 'node:crypto';\nimport type { B } from './b.ts';",
      'core/b.ts': '',
      'ports.ts': "import type { A } from './core/a.ts';",
      'openpgp/c.ts': "import * as openpgp from 'openpgp';\nimport type { Files } from '../ports.ts';",
      'workflow/d.ts': "import { c } from '../openpgp/c.ts';",
      'io/e.ts': "import fs from 'node:fs';\nconst { fetch } = await import('undici'); fetch('x');",
      'cli/f.ts': "import yargs from 'yargs';\nawait import('../workflow/d.ts');",
      'bin.ts': "import('./cli/f.ts'); import('./io/e.ts'); process.exitCode = 1;",
    };
    expect(check(sources)).toEqual([]);
  });

  it.each([
    ['a static import', "import { d } from '../workflow/d.ts';"],
    ['an import for its effect', "import '../workflow/d.ts';"],
    ['a dynamic import', "const d = await import('../workflow/d.ts');"],
    ['a type-only import', "import type { D } from '../workflow/d.ts';"],
    ['the type of an import', "type D = import('../workflow/d.ts').D;"],
    ['the type of a whole module', "type D = typeof import('../workflow/d.ts');"],
    ['a re-export', "export { d } from '../workflow/d.ts';"],
    ['a re-export of everything', "export * from '../workflow/d.ts';"],
    ['a re-export of a type', "export type { D } from '../workflow/d.ts';"],
  ])('sees %s that points up', (_, text) => {
    expect(check({ 'core/a.ts': text, 'workflow/d.ts': '' })).toEqual(['core/a.ts: must not import workflow/d.ts']);
  });

  it.each([
    ['openpgp outside of openpgp/', 'workflow/x.ts', 'openpgp'],
    ['openpgp in core', 'core/x.ts', 'openpgp'],
    ['a subpath of openpgp', 'openpgp/x.ts', 'openpgp/lightweight'],
    ['node:fs in core', 'core/x.ts', 'node:fs'],
    ['node:fs in a workflow', 'workflow/x.ts', 'node:fs'],
    ['fs without its prefix', 'io/x.ts', 'fs'],
    ['undici in a log', 'logs/x.ts', 'undici'],
    ['execa in openpgp', 'openpgp/x.ts', 'execa'],
    ['yaml on the command line', 'cli/x.ts', 'yaml'],
    ['yargs in a workflow', 'workflow/x.ts', 'yargs'],
    ['node:process on the command line', 'cli/x.ts', 'node:process'],
    ['node:child_process in io', 'io/x.ts', 'node:child_process'],
    ['the file system in ports', 'ports.ts', 'node:fs'],
  ])('refuses %s', (_, file, specifier) => {
    expect(check({ [file]: `import * as x from '${specifier}';` })).toEqual([`${file}: must not import ${specifier}`]);
  });

  it.each([
    ['core', 'ports.ts'],
    ['core', 'openpgp/y.ts'],
    ['openpgp', 'logs/y.ts'],
    ['logs', 'openpgp/y.ts'],
    ['logs', 'io/y.ts'],
    ['workflow', 'io/y.ts'],
    ['workflow', 'cli/y.ts'],
    ['io', 'workflow/y.ts'],
    ['cli', 'io/y.ts'],
    ['cli', 'openpgp/y.ts'],
    ['cli', 'bin.ts'],
  ])('refuses %s importing %s', (layer, target) => {
    const sources = { [`${layer}/x.ts`]: `import '../${target}';`, [target]: '' };
    expect(check(sources)).toEqual([`${layer}/x.ts: must not import ${target}`]);
  });

  it.each([
    ['cli/x.ts', 'process', 'process.exit(1);'],
    ['io/x.ts', 'process', 'const fd = process.stdin.fd;'],
    ['io/x.ts', 'process', 'const { env } = globalThis.process; const a = { process: 1 };'],
    ['core/x.ts', 'process', 'const all = [process];'],
    ['workflow/x.ts', 'fetch', "await fetch('https://example.org');"],
    ['cli/x.ts', 'console', "console.log('x');"],
    ['core/x.ts', 'require', "const fs = require('fs');"],
  ])('refuses, in %s, the global %s', (file, name, text) => {
    expect(check({ [file]: text })).toEqual([`${file}: uses the global ${name}`]);
  });

  it('takes properties and comments of that name for what they are', () => {
    expect([...usesOf('// process\nconst a = { process: 1, fetch: 2 }; a.process; a.fetch;').globals]).toEqual([]);
  });

  it('takes a parameter called fetch for a function of ours', () => {
    expect(check({ 'logs/x.ts': 'export const read = (fetch: (path: string) => string) => fetch("x");' })).toEqual([]);
  });

  it('refuses an import that is not written out', () => {
    expect(check({ 'cli/x.ts': 'await import(name);' })).toEqual([
      'cli/x.ts: imports something that is not written out',
    ]);
  });

  it('refuses files that import each other, also by type alone', () => {
    const sources = {
      'core/a.ts': "import './b.ts';",
      'core/b.ts': "import type { C } from './c.ts';",
      'core/c.ts': "import './a.ts';\nimport './d.ts';",
      'core/d.ts': '',
    };
    expect(check(sources)).toEqual(['cycle: core/a.ts → core/b.ts → core/c.ts → core/a.ts']);
  });

  it('refuses a file that imports itself', () => {
    expect(check({ 'core/a.ts': "import './a.ts';" })).toEqual(['cycle: core/a.ts → core/a.ts']);
  });

  it('refuses a directory that is no layer', () => {
    expect(check({ 'utils/x.ts': '' })).toEqual(['utils/x.ts: "utils" is no layer']);
  });

  it('refuses an import of a file that is not there', () => {
    expect(check({ 'core/a.ts': "import './gone.ts';" })).toEqual(['core/a.ts: imports ./gone.ts, which is not there']);
  });
});
