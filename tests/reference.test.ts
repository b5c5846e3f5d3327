// SPDX-License-Identifier: Apache-2.0
/** Every role and its variables, every job and its variables: in the code, in the documents, or in neither. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { codeBlocks } from './console-runner.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (...parts: readonly string[]) => fs.readFileSync(path.join(ROOT, ...parts), 'utf8');
const filesIn = (...parts: readonly string[]) =>
  fs
    .readdirSync(path.join(ROOT, ...parts), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)));

const ROLES = fs.readdirSync(path.join(ROOT, 'roles'));

interface Option {
  readonly type: string;
  readonly required?: boolean;
}

const optionsOf = (role: string): Readonly<Record<string, Option>> =>
  parse(read('roles', role, 'meta/argument_specs.yaml')).argument_specs.main.options;

/** Names that a directive documents, with the type that it gives them. */
function described(text: string, directive: string): ReadonlyMap<string, string | undefined> {
  const found = text.matchAll(new RegExp(`^\\.\\. ${directive}:: (\\S+)\\n((?: {3}:\\w+:.*\\n)*)`, 'gm'));
  return new Map([...found].map(([, name = '', fields = '']) => [name, /:type: (\w+)/.exec(fields)?.[1]]));
}

const directives = (page: string, directive: string) =>
  [...read('doc/source', page).matchAll(new RegExp(`^\\.\\. ${directive}:: (\\S+)$`, 'gm'))].map(([, name]) => name);

describe('roles', () => {
  it('stand in doc/source/roles.rst, each once', () => {
    expect(directives('roles.rst', 'zuul:autorole').sort()).toEqual([...ROLES].sort());
  });

  it('of which a release is made stand there in the order of the tutorial', () => {
    const [play] = parse(read('doc/source/tutorial/zuul-config/playbooks/release/release.yaml'));
    const included: readonly string[] = play.tasks[0].block.map(
      (task: Record<string, { name: string }>) => task['ansible.builtin.include_role']?.name,
    );
    const public_ = directives('roles.rst', 'zuul:autorole').filter((name) => included.includes(name ?? ''));
    expect(public_).toEqual([...new Set(included)]);
  });
});

describe.each(ROLES)('the role %s', (role) => {
  const readme = read('roles', role, 'README.rst');
  const [inputs = '', outputs = ''] = readme.split('**Output Variables**');

  it('has every variable of its defaults and of its argument spec in its README', () => {
    const defaults = Object.keys(parse(read('roles', role, 'defaults/main.yaml')));
    const variables = [...new Set([...defaults, ...Object.keys(optionsOf(role))])];
    expect([...described(inputs, 'zuul:rolevar').keys()].sort()).toEqual(variables.sort());
  });

  it('has every fact that it leaves among its outputs, and no other', () => {
    const tasks = filesIn('roles', role, 'tasks').map((file) => read(file));
    const facts = tasks.flatMap((text) => factsIn(parse(text)));
    expect([...described(outputs, 'zuul:rolevar').keys()].sort()).toEqual([...new Set(facts)].sort());
  });

  it('names every variable of other roles, or of all of them, that its own defaults come from', () => {
    const defaults = Object.values(parse(read('roles', role, 'defaults/main.yaml'))).join('\n');
    const own = role.replaceAll('-', '_');
    const found = defaults.match(/\b(?:release|gpg|ensure|run|sign|verify|publish|submit)_[a-z_0-9]+/g) ?? [];
    const others = [...new Set(found)].filter((name) => !name.startsWith(`${own}_`));
    expect(others.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
  });

  it('begins with one sentence that says what it is for', () => {
    expect(readme.split('\n\n')[0]).toMatch(/^[A-Z].*\.$/);
  });
});

function factsIn(tasks: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  return tasks.flatMap((task) => [
    ...Object.keys((task['ansible.builtin.set_fact'] ?? {}) as object),
    ...['block', 'rescue', 'always'].flatMap((key) => factsIn((task[key] ?? []) as typeof tasks)),
  ]);
}

interface Job {
  readonly name: string;
  readonly parent?: string;
  readonly description?: string;
  readonly run?: string;
  readonly 'post-run'?: string;
  readonly 'post-review'?: boolean;
  readonly secrets?: unknown;
}

const jobsIn = (directory: string): readonly Job[] =>
  filesIn(directory).flatMap((file) =>
    (parse(read(file)) as readonly { job?: Job }[]).flatMap(({ job }) => (job === undefined ? [] : [job])),
  );

const PUBLIC = jobsIn('zuul.d');

describe('jobs', () => {
  const names = [...PUBLIC, ...jobsIn('zuul-tests.d')].map(({ name }) => name);

  it('stand in doc/source/jobs.rst, each once', () => {
    expect(directives('jobs.rst', 'zuul:autojob').sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
  });

  it('P31 are public without a secret, and without handing one on', () => {
    const documents = filesIn('zuul.d').map((file) => parse(read(file)) as readonly Record<string, object>[]);
    expect(new Set(documents.flat().flatMap((one) => Object.keys(one)))).toEqual(new Set(['job']));
    for (const one of [...documents, ...filesIn('zuul-tests.d').map((file) => parse(read(file)))])
      expect(keysOf(one).filter((name) => ABOUT_SECRETS.has(name))).toEqual([]);
  });

  it('P31 run after review, all but the one that takes no secret', () => {
    const open = PUBLIC.filter((job) => job['post-review'] !== true).map(({ name }) => name);
    expect(open).toEqual(['artifact-signing-verify']);
    expect(read('playbooks/verify.yaml')).not.toMatch(/gpg_key|submit_transparency/);
  });

  it('P31 of others are shown with secrets that are not handed on, and after review', () => {
    const shown = [
      ...filesIn('doc/source/tutorial')
        .filter((file) => /zuul\.d\/.*\.yaml$/.test(file))
        .map((file) => read(file)),
      ...['README.rst', ...filesIn('doc/source').filter((file) => file.endsWith('.rst'))].flatMap((file) =>
        codeBlocks(read(file), 'yaml').map(({ lines }) => lines.join('\n')),
      ),
    ].filter((text) => /^ *secrets:/m.test(text));
    expect(shown.length).toBeGreaterThan(1);
    for (const text of shown) {
      expect(text).not.toContain('pass-to-parent');
      const jobs = parse(text).flatMap(({ job }: { job?: Job }) => (job?.secrets === undefined ? [] : [job]));
      expect(
        jobs.map((job: Job) => job['post-review']),
        text,
      ).toEqual([true]);
    }
    const page = read('doc/source/key-handling.rst');
    for (const word of ['pass-to-parent', 'post-review: true', 'branch']) expect(page).toContain(word);
  });

  it('each say what they are for', () => {
    for (const { name, description } of [...PUBLIC, ...jobsIn('zuul-tests.d')])
      expect(description?.split('\n')[0], name).toMatch(/^[A-Z].*\.$/);
  });

  it('run playbooks that are there', () => {
    const playbooks = [...PUBLIC, ...jobsIn('zuul-tests.d')].flatMap((job) => playbooksOf(job));
    expect(playbooks.length).toBeGreaterThan(8);
    expect(playbooks.filter((file) => !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('test every role', () => {
    const tested = jobsIn('zuul-tests.d').flatMap((job) =>
      playbooksOf(job).map((file) => path.basename(file, '.yaml')),
    );
    expect(tested.sort()).toEqual([...ROLES].sort());
  });
});

/** What defines a secret, lists it, or hands it to the playbooks of others. */
const ABOUT_SECRETS = new Set(['secret', 'secrets', 'pass-to-parent']);

/** The keys of all mappings in a value, however deep. */
const keysOf = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(keysOf)];

const playbooksOf = (job: Job): readonly string[] => [job.run, job['post-run']].filter((file) => file !== undefined);

/** Itself first, then its parents, as far as they are ours. */
function lineage(job: Job): readonly Job[] {
  const parent = PUBLIC.find(({ name }) => name === job.parent);
  return parent === undefined ? [job] : [job, ...lineage(parent)];
}

describe.each(PUBLIC.map((job) => [job.name, job] as const))('the job %s', (_, job) => {
  const documented = new Map(
    lineage(job).flatMap(({ description = '' }) => [...described(description, 'zuul:jobvar')]),
  );
  const texts = lineage(job)
    .flatMap(playbooksOf)
    .map((file) => read(file));
  const options = new Map(ROLES.flatMap((role) => Object.entries(optionsOf(role))));

  it('documents the variables that its playbooks read', () => {
    const expressions = texts.flatMap((text) => [...text.matchAll(/\{\{(.*?)\}\}|^ *when: (.*)$/gm)].map(String));
    const variables = expressions.flatMap(
      (one) => one.match(/\b(?:release|sign|verify|publish|submit)_[a-z_0-9]+/g) ?? [],
    );
    expect([...new Set(variables)].filter((name) => !documented.has(name))).toEqual([]);
  });

  it('documents what its roles cannot do without', () => {
    const roles = ROLES.filter((role) => texts.some((text) => text.includes(role)));
    const required = roles.flatMap((role) =>
      Object.entries(optionsOf(role)).flatMap(([name, option]) => (option.required === true ? [name] : [])),
    );
    expect(required.filter((name) => !documented.has(name))).toEqual([]);
  });

  it('documents no variable that nothing reads, and each with the type that it has', () => {
    for (const [name, type] of documented) {
      const option = options.get(name);
      if (option === undefined) expect(texts.join('\n'), name).toMatch(new RegExp(`\\b${name}\\b`));
      else expect([name, type]).toEqual([name, option.type]);
    }
  });
});

describe('the tutorial', () => {
  const includes = [...read('doc/source/tutorial.rst').matchAll(/^\.\. literalinclude:: (\S+)$/gm)].map(
    ([, file]) => file,
  );

  it('shows every file that the tests in a real Zuul run, once and whole', () => {
    expect([...includes].sort()).toEqual(
      filesIn('doc/source/tutorial')
        .map((file) => path.relative('doc/source', file))
        .sort(),
    );
    expect(read('doc/source/tutorial.rst')).not.toMatch(/:(?:lines|start-[a-z]+|end-[a-z]+):/);
  });
});
