// SPDX-License-Identifier: Apache-2.0
/** What the documents say is held against the code. The commands that they show are run by console.test.ts. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { cliReference } from '../scripts/cli-reference.ts';
import { layerViolations } from '../scripts/layers.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { COMMON_FLAGS } from '../src/cli/options.ts';
import { exitStatusOf, FAULT_KINDS, type FaultKind, KEY_STATES } from '../src/core/fault.ts';
import { decodePolicy } from '../src/core/policy.ts';
import { codeBlocks } from './console-runner.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (name: string) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const PAGES = fs
  .readdirSync(path.join(ROOT, 'doc/source'))
  .filter((name) => name.endsWith('.rst'))
  .map((name) => `doc/source/${name}`);
const DOCUMENTS = ['README.rst', 'NEWS.rst', 'CONTRIBUTING.rst', ...PAGES];
const manifest = JSON.parse(read('package.json'));

const namesBelow = (directory: string): readonly string[] =>
  fs
    .readdirSync(path.join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.join(directory, name));
/** What `npm test` runs, as vitest.config.ts has it. */
const FAST = namesBelow('tests').filter(
  (name) => !/^tests\/(?:system|zuul|integration|interop|fuzz|faults|ansible)\//.test(name),
);

/** Programs by their names, where one is started. */
const STARTED = /\b(?:spawn|spawnSync|execFile|execFileSync|execute|runCommand|execa)\(\s*'([\w-]+)'/g;

/** What stands below a title, up to the next title. */
function section(document: string, title: string): string {
  const lines = document.split('\n');
  const isRule = (line: string | undefined) => /^([=*#-])\1{2,}$/.test(line ?? '');
  const start = lines.findIndex((line, at) => line === title && isRule(lines[at + 1]));
  expect(start, `a section called "${title}"`).toBeGreaterThanOrEqual(0);
  const rest = lines.slice(start + 2);
  const end = rest.findIndex((line, at) => line !== '' && !line.includes('  ') && isRule(rest[at + 1]));
  return rest.slice(0, end < 0 ? rest.length : end).join('\n');
}

/** Rows of a simple table: the literals of the first column, and the rest of the line. */
const rows = (text: string): readonly (readonly [string, string])[] =>
  text.split('\n').flatMap((line) => {
    const match = /^``([^`]+)`` +(.*)$/.exec(line);
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
  });

const firstColumn = (text: string) => rows(text).map(([name]) => name);

const literals = (text: string): readonly string[] =>
  [...text.matchAll(/``([^`]+)``/g)].map(([, literal]) => literal ?? '');

describe('doc/source/index.rst', () => {
  it('leads to every page, once', () => {
    const entries = [...read('doc/source/index.rst').matchAll(/^ {3}([a-z-]+)$/gm)].map(([, name]) => name ?? '');
    const pages = PAGES.map((page) => path.basename(page, '.rst')).filter((name) => name !== 'index');
    expect([...entries].sort()).toEqual(pages.sort());
  });
});

describe('doc/source/cli.rst', () => {
  it('is what scripts/cli-reference.ts writes', () => {
    expect(read('doc/source/cli.rst'), 'run "npm run cli-reference"').toBe(cliReference());
  });

  it.each(COMMANDS.map((command) => [command.words, command] as const))(
    'has the command %s with all of its flags',
    (words, { flags, describe }) => {
      const text = section(read('doc/source/cli.rst'), words);
      for (const { name, value } of flags)
        expect(text).toContain(value === undefined ? `\n\`\`--${name}\`\`\n` : `\n\`\`--${name} ${value}\`\`\n`);
      expect(text.toLowerCase()).toContain(describe.slice(0, 20).toLowerCase());
    },
  );

  it('has the flags of every command', () => {
    const text = section(read('doc/source/cli.rst'), 'Flags of every command');
    for (const { name } of COMMON_FLAGS) expect(text).toMatch(new RegExp(`^\`\`--${name}\\b`, 'm'));
  });

  it.each(['doc/source/cli.rst', 'doc/source/architecture.rst'])('and the exit statuses stand in %s', (name) => {
    expect(firstColumn(section(read(name), 'Exit status'))).toEqual(['0', '1', '2', '3', '4']);
  });
});

describe('doc/source/formats.rst', () => {
  const report = section(read('doc/source/formats.rst'), 'Report');
  /** The values of the fields of this name, in the order of src/core/report.ts: of a file, of a manifest, of a log. */
  const actions = [...read('src/core/report.ts').matchAll(/^ {2}readonly action: (.*);$/gm)].map(([, union = '']) =>
    [...union.matchAll(/'([a-z-]+)'/g)].map(([, value = '']) => value),
  );

  it.each([
    ['of a file', 0],
    ['of a manifest', 1],
  ])('has every action %s once, and no other', (of, at) => {
    const [, rest = ''] = report.split(`The \`\`action\`\` ${of}:\n\n`);
    const [table = ''] = rest.split('\n\n');
    expect(firstColumn(table)).toEqual(actions[at]);
  });

  it('has every action of a log', () => {
    const [, table = ''] = report.split('Of each log:\n\n');
    const [row = ''] = (table.split('\n``action``')[1] ?? '').split('\n``');
    expect([...row.matchAll(/``([a-z-]+)``:/g)].map(([, action]) => action)).toEqual(actions[2]);
    expect(actions).toHaveLength(3);
  });
});

describe('doc/source/operations.rst', () => {
  it('says what to do for every exit status but success', () => {
    const table = section(read('doc/source/operations.rst'), 'When a release has failed');
    expect(firstColumn(table)).toEqual(['1', '2', '3', '4']);
  });
});

describe('doc/source/downloading.rst', () => {
  const page = read('doc/source/downloading.rst');

  it('has an announcement whose commands are those that the page runs', () => {
    const [mail] = codeBlocks(page, 'text');
    const announced = (mail?.lines ?? []).flatMap((line) => /^ +\$ (.*)$/.exec(line)?.[1] ?? []);
    const run = codeBlocks(page, 'console').flatMap(({ lines }) => lines);
    expect(announced.length).toBeGreaterThan(3);
    expect(announced.filter((command) => !run.includes(`$ ${command}`))).toEqual([]);
  });

  it('never verifies a signature without naming the file', () => {
    const verifications = page.split('\n').filter((line) => line.includes('$ gpg --verify'));
    expect(verifications.length).toBeGreaterThan(3);
    for (const line of verifications) expect(line).toMatch(/ \S+\.asc \S+(?<!\.asc)$/);
  });
});

describe('doc/source/architecture.rst', () => {
  const architecture = read('doc/source/architecture.rst');

  it('has every kind of fault once, and no other', () => {
    expect([...firstColumn(section(architecture, 'Kinds of faults'))].sort()).toEqual([...FAULT_KINDS].sort());
  });

  it('gives each kind the exit status that it has', () => {
    for (const [kind, rest] of rows(section(architecture, 'Kinds of faults'))) {
      expect(rest.slice(0, 1), kind).toBe(String(exitStatusOf(kind as FaultKind)));
    }
  });

  it('has every state of a key once, and no other', () => {
    expect([...firstColumn(section(architecture, 'States of keys'))].sort()).toEqual([...KEY_STATES].sort());
  });

  it('names directories that are there', () => {
    const tree = codeBlocksAfter(architecture, 'Layers');
    const named = tree.flatMap((line) => /^(?: {2})?([a-z.]+(?:\.ts|\/))/.exec(line)?.[1] ?? []);
    expect(named).toContain('workflow/');
    for (const name of named)
      expect(
        [name, `src/${name}`].some((one) => fs.existsSync(path.join(ROOT, one))),
        name,
      ).toBe(true);
    const layers = fs
      .readdirSync(path.join(ROOT, 'src'), { withFileTypes: true })
      .map((one) => (one.isDirectory() ? `${one.name}/` : one.name));
    expect(named).toEqual(expect.arrayContaining(layers));
  });

  const codeBlocksAfter = (text: string, title: string) =>
    section(text, title)
      .split('\n')
      .map((line) => line.slice(3));
});

describe('CONTRIBUTING.rst', () => {
  it('has the table of layers that the sources are held against', () => {
    const table = rows(section(read('CONTRIBUTING.rst'), 'Where things go')).filter(([name]) => /^[a-z]+$/.test(name));
    const fileIn = (layer: string, name: string) =>
      ['ports', 'bin'].includes(layer) ? `${layer}.ts` : `${layer}/${name}.ts`;
    for (const [layer, rest] of table) {
      const allowed = literals(rest.slice(rest.search(/``[a-z]+``(?: ``[a-z]+``)*$/)));
      for (const [target] of table) {
        const [from, to] = [fileIn(layer, 'a'), fileIn(target, 'b')];
        if (from === to) continue;
        const isAllowed =
          layerViolations(
            new Map([
              [from, `import '${path.posix.relative(path.posix.dirname(from), to).replace(/^(?!\.)/, './')}';`],
              [to, ''],
            ]),
          ).length === 0;
        expect([layer, target, isAllowed]).toEqual([layer, target, allowed.includes(target)]);
      }
    }
    expect(table.length).toBe(fs.readdirSync(path.join(ROOT, 'src')).length);
  });
});

describe('README.rst', () => {
  const readme = read('README.rst');

  it('has exactly two commands for a fresh machine', () => {
    const commands = codeBlocks(readme, 'shell').flatMap(({ lines }) => lines);
    expect(commands).toEqual(['npm ci && npm run quickstart', 'npm ci && npm test']);
  });

  it('asks for the versions that are needed', () => {
    expect(`>=${/Node (22\.\d+) or later/.exec(readme)?.[1]}`).toBe(manifest.engines.node);
    const [, major, minor] = /^NEEDED = \((\d+), (\d+)\)$/m.exec(read('scripts/make-venv.py')) ?? [];
    expect(readme).toContain(`Python ${major}.${minor} or later`);
  });

  it('asks for every program that the two commands start, but for those of any system', () => {
    const anywhere = ['bash', 'chmod', 'mkfifo', 'prlimit', 'sh', 'sha256sum', 'sleep', 'sort', 'tar', 'test', 'true'];
    const asked = ['flock', 'git', 'gpg', 'gpgv', 'npm', 'python3'];
    const sources = [...FAST, ...namesBelow('scripts').filter((name) => !name.includes('/bench'))];
    const started = sources.flatMap((name) => [...read(name).matchAll(STARTED)].map(([, program = '']) => program));
    expect(started).toEqual(expect.arrayContaining(asked.filter((name) => name !== 'flock')));
    const known = [...anywhere, ...asked, 'gpgconf'];
    expect(started.filter((name) => !known.includes(name))).toEqual([]);
    for (const name of asked) expect(readme).toContain(name === 'python3' ? 'Python' : name);
  });

  it('includes roles that are there', () => {
    const playbook = codeBlocks(readme, 'yaml')[1]?.lines.join('\n') ?? '';
    const block: readonly { include_role: { name: string } }[] = parse(playbook)[0].tasks[0].block;
    const names = block.map((task) => task.include_role.name).filter((name) => name !== 'upload-of-your-site');
    expect(names).toEqual(['sign-artifacts', 'publish-sha256sums', 'verify-artifacts', 'submit-transparency']);
    for (const name of names) expect(fs.existsSync(path.join(ROOT, 'roles', name, 'tasks/main.yaml')), name).toBe(true);
  });
});

describe('doc/source/pitfalls.rst', () => {
  const page = read('doc/source/pitfalls.rst');
  /** By their ids: the files that a row of the page names. */
  const onPage = new Map(
    page
      .split('\n   * - ')
      .filter((row) => row.startsWith('P'))
      .map((row) => [row.split('\n')[0] ?? '', literals(row).filter((one) => one.startsWith('tests/'))] as const),
  );
  const inTests = new Map<string, string[]>();
  for (const name of fs.readdirSync(path.join(ROOT, 'tests'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.test.ts')) continue;
    for (const [, id = ''] of read(`tests/${name}`).matchAll(/^.*['`](P\d+) /gm))
      inTests.set(id, [...(inTests.get(id) ?? []), `tests/${name}`]);
  }

  it('has a row for each id that tests have in their names, and no other', () => {
    expect([...onPage.keys()].sort()).toEqual([...inTests.keys()].sort());
  });

  it.each([...onPage])('names the files that hold the tests of %s, and all of them', (id, files) => {
    expect([...files].sort()).toEqual([...new Set(inTests.get(id))].sort());
  });

  it('P29 sends nobody to a keyserver, nor does any other page', () => {
    const readmes = fs.readdirSync(path.join(ROOT, 'roles')).map((role) => `roles/${role}/README.rst`);
    for (const name of [...DOCUMENTS, ...readmes])
      expect(read(name), name).not.toMatch(
        /--(?:recv|receive|refresh|search|locate(?:-external)?)-keys?\b|--keyserver|--auto-key-(?:locate|retrieve)|--fetch-keys|(?:hkps?|ldaps?):|\/(?:pks\/lookup|vks\/v1)/,
      );
  });

  it('P29 is kept by the code: nothing in it knows of a keyserver', () => {
    const files = ['src', 'roles', 'playbooks', 'scripts', 'zuul.d'].flatMap((directory) =>
      fs
        .readdirSync(path.join(ROOT, directory), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.(?:ts|yaml|mjs)$/.test(name))
        .map((name) => `${directory}/${name}`),
    );
    expect(files.length).toBeGreaterThan(100);
    expect(files.filter((name) => /hkps?:|keyserver|keys\.openpgp\.org|\/pks\/|\/vks\//i.test(read(name)))).toEqual([]);
  });
});

describe('NEWS.rst', () => {
  it('has the version of package.json', () => {
    expect(section(read('NEWS.rst'), manifest.version)).not.toBe('');
  });

  it('has every command, every role and every public job of the first version', () => {
    const first = section(read('NEWS.rst'), '0.1.0');
    const jobs = (parse(read('zuul.d/jobs.yaml')) as readonly { job: { name: string } }[]).map(({ job }) => job.name);
    const names = [...COMMANDS.map(({ words }) => words), ...fs.readdirSync(path.join(ROOT, 'roles')), ...jobs];
    for (const name of names) expect(first).toContain(`\`\`${name}\`\``);
  });
});

/** Flags of other programs that the documents name. */
const OTHER_FLAGS = new Set([
  '--strict',
  '--check',
  '--ignore-missing',
  '--sign',
  '--verify',
  '--version',
  '--no-git-tag-version',
  '--newrev',
]);

describe.each(DOCUMENTS)('%s', (name) => {
  const text = read(name);

  it('names no flag that is not there', () => {
    const known = new Set([...COMMON_FLAGS, ...COMMANDS.flatMap(({ flags }) => flags)].map((flag) => `--${flag.name}`));
    const flags = literals(text).flatMap((literal) => literal.match(/(?<!\S)--[a-z][a-z0-9-]*/g) ?? []);
    const foreign = literals(text)
      .filter((literal) => /^(?:gpg|gpgv|npm|git|sha256sum) /.test(literal))
      .flatMap((literal) => literal.match(/--[a-z][a-z0-9-]*/g) ?? []);
    expect(flags.filter((flag) => !known.has(flag) && !OTHER_FLAGS.has(flag) && !foreign.includes(flag))).toEqual([]);
  });

  it('names no variable of a role that is not there', () => {
    const specs = fs
      .readdirSync(path.join(ROOT, 'roles'))
      .map((role) => read(`roles/${role}/meta/argument_specs.yaml`))
      .join('\n');
    const roles = fs.readdirSync(path.join(ROOT, 'roles')).map((role) => role.replaceAll('-', '_'));
    const named = text.match(new RegExp(`\\b(?:${roles.join('|')})_[a-z0-9_]+`, 'g')) ?? [];
    expect(named.filter((variable) => !new RegExp(`^ +${variable}:`, 'm').test(specs))).toEqual([]);
  });

  it('names no npm script that is not there', () => {
    const scripts = [...text.matchAll(/\bnpm run ([a-z:-]+)/g)].map(([, script]) => script ?? '');
    expect(scripts.filter((script) => manifest.scripts[script] === undefined)).toEqual([]);
  });

  it('names no file of the repository that is not there', () => {
    const links = [...text.matchAll(/<([^<>:]+)>`_/g)].map(([, target]) => target ?? '');
    const paths = literals(text).filter((literal) =>
      /^(?:src|scripts|tests|roles|playbooks|doc|dist|zuul\.d)\/[\w./-]*$/.test(literal),
    );
    // the tutorial speaks of the files of its own config project
    const roots = [
      ROOT,
      ...(name.endsWith('/tutorial.rst') ? [path.join(ROOT, 'doc/source/tutorial/zuul-config')] : []),
    ];
    const isThere = (file: string) => roots.some((root) => fs.existsSync(path.join(root, file)));
    expect([...links, ...paths].filter((file) => !isThere(file))).toEqual([]);
  });

  it('refers only to pages that are there', () => {
    const pages = [...text.matchAll(/:doc:`([^`]+)`/g)].map(([, page]) => `doc/source/${page}.rst`);
    expect(pages.filter((page) => !PAGES.includes(page))).toEqual([]);
  });
});

describe('the trust policy in doc/source/verifying.rst', () => {
  const text = read('doc/source/verifying.rst');
  const example = () => parse(codeBlocks(text, 'yaml')[0]?.lines.join('\n') ?? '');
  /** The terms that are explained, with the first word of their explanation. */
  const terms = [...section(text, 'The trust policy').matchAll(/^``([a-z_.[\]]+)``\n {3}(\w+)/gm)].map(
    ([, term = '', word = '']) => ({ term, isRequired: word === 'Required' }),
  );

  it('is one', () => {
    expect(decodePolicy(example()).require.logs).toEqual({ atLeast: 1, of: ['tarballs'], pendingDays: 7 });
  });

  it('has every key that is explained, and explains every key that it has', () => {
    const pathsOf = (value: unknown, prefix: string): readonly string[] => {
      if (Array.isArray(value))
        return value.flatMap((one) => (typeof one === 'object' ? pathsOf(one, `${prefix}[]`) : []));
      if (typeof value !== 'object' || value === null) return [];
      return Object.entries(value).flatMap(([key, inner]) => {
        const at = prefix === '' ? key : `${prefix}.${key}`;
        return [at, ...pathsOf(inner, at)];
      });
    };
    expect([...new Set(pathsOf(example(), ''))].sort()).toEqual(terms.map(({ term }) => term).sort());
  });

  it.each(terms)('may do without $term: required is $isRequired', ({ term, isRequired }) => {
    const policy = example();
    remove(policy, term.split('.'));
    // without logs, none can be demanded
    if (term === 'logs') delete policy.require;
    const decode = () => decodePolicy(policy);
    if (isRequired) expect(decode).toThrow();
    else expect(decode).not.toThrow();
  });

  it('is refused with a key that is not explained', () => {
    expect(() => decodePolicy({ ...example(), witnesses: [] })).toThrow(/witnesses/);
  });

  function remove(value: Record<string, unknown>, [first = '', ...rest]: readonly string[]): void {
    const key = first.replace('[]', '');
    const inner = value[key];
    if (rest.length === 0 || inner === undefined) delete value[key];
    else for (const one of Array.isArray(inner) ? inner : [inner]) remove(one, rest);
  }
});
