// SPDX-License-Identifier: Apache-2.0
/**
 * Every argument of every role, with a value of another type: made from the argument specs, so that a new argument is
 * tested, too. What Ansible itself would take, because anything can be written as text, the roles refuse. Each refusal
 * names all that is wrong, so a role needs few runs.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Lab, openLab, type Ran, ROOT, type Vars } from '../roles/lab.ts';

interface Option {
  readonly type: 'bool' | 'dict' | 'list' | 'path' | 'str';
  readonly required?: boolean;
  readonly choices?: readonly string[];
}

const ROLES = fs.readdirSync(path.join(ROOT, 'roles'));
/** Of each type, what is surely of another, twice. A number for a list is no mistake. */
const WRONG: Readonly<Record<Option['type'], readonly [unknown, unknown]>> = {
  bool: ['perhaps', ['yes']],
  dict: ['text', ['list']],
  list: [{ a: 'dictionary' }, {}],
  path: [['list'], { a: 'dictionary' }],
  str: [['list'], {}],
};
/** What YAML makes of text without quotes. Seconds are numbers, and may be written as such. */
const UNQUOTED: readonly unknown[] = [2026.1, 31, true];
/** Whose home? The roles of ensure-artifact-signing have paths of the machine that Ansible runs on. */
const SHORTENED: readonly unknown[] = ['~/somewhere', '~', '~zuul/somewhere'];
/** Paths, or addresses. */
const PLACES = ['verify_artifacts_path', 'sign_artifacts_published', 'publish_sha256sums_published'];
const isSeconds = (argument: string) => argument.endsWith('_deadline');
/** What has to be there for a role to come to its other arguments. */
const REQUIRED: Vars = {
  publish_artifacts_destination: '/nonexistent/site',
  submit_transparency_logs: ['tiles:/nonexistent/log'],
  run_artifact_signing_command: ['verify', '/nonexistent/release'],
};
/** With `sign_artifacts_manifest`, sign-artifacts reads what the manifest is called. */
const OTHERS: Vars = { release_path: '/nonexistent/release', sign_artifacts_manifest: true };

const optionsOf = (role: string): readonly (readonly [argument: string, option: Option])[] =>
  Object.entries(
    parse(fs.readFileSync(path.join(ROOT, 'roles', role, 'meta/argument_specs.yaml'), 'utf8')).argument_specs.main
      .options,
  );
const isText = ({ type, choices }: Option) => (type === 'path' || type === 'str') && choices === undefined;

/** Whether the version of this role comes from that of all roles. */
const hasVersion = (role: string) => optionsOf(role).some(([name]) => name.endsWith('_release'));

interface Scenario {
  readonly name: string;
  readonly role: string;
  readonly vars: Vars;
  /** What the refusal begins with. */
  readonly kind: RegExp;
  /** What it names. */
  readonly names: readonly string[];
}

const SPEC = /^Validation of arguments failed/;
const TEXT = /^text is needed, and a list or a dictionary was given: /;
const PATH = /^a path that begins with "~" leads nowhere: /;
const NUMBER = /^text is needed, and a number or a truth value was given: .*\nwrite it in quotes/;
const BELIEF = /^whom should be believed is not said/;

function scenariosOf(role: string): Scenario[] {
  // the other names of a path count where the first one is not set
  const options = optionsOf(role).filter(([argument]) => !/^gpg_\w+_path$/.test(argument));
  const [texts, others] = [options.filter(([, one]) => isText(one)), options.filter(([, one]) => !isText(one))];
  const wrong = (chosen: typeof options, which: 0 | 1): Vars =>
    Object.fromEntries(
      chosen.map(([name, { type, choices }]) => [name, choices === undefined ? WRONG[type][which] : `other ${which}`]),
    );
  const each = (name: string, names: readonly string[], values: readonly unknown[], kind: RegExp): Scenario => ({
    name,
    role,
    vars: Object.fromEntries(names.map((argument, index) => [argument, values[index % values.length]])),
    kind,
    names,
  });
  const paths =
    role === 'ensure-artifact-signing'
      ? []
      : texts.filter(([name, { type }]) => type === 'path' || PLACES.includes(name));
  const own = texts.map(([name]) => name).filter((name) => !isSeconds(name));
  const mistyped = ([0, 1] as const).flatMap((which): Scenario[] => [
    { name: 'what is no text', role, vars: wrong(others, which), kind: SPEC, names: others.map(([name]) => name) },
    { name: 'text', role, vars: wrong(texts, which), kind: TEXT, names: texts.map(([name]) => name) },
  ]);
  return [
    ...mistyped,
    each('text without quotes', own, UNQUOTED, NUMBER),
    each('the version of all roles without quotes', hasVersion(role) ? ['release_version'] : [], UNQUOTED, NUMBER),
    each(
      'a path in full',
      paths.map(([name]) => name),
      SHORTENED,
      PATH,
    ),
  ];
}

const wrong: readonly Scenario[] = [
  ...ROLES.flatMap(scenariosOf),
  ...['gpg_artifact_path', 'gpg_sign_path'].map((argument) => ({
    name: argument,
    role: 'sign-artifacts',
    vars: { [argument]: ['list'] },
    kind: TEXT,
    names: [argument],
  })),
  {
    name: 'a path in full for all roles',
    role: 'publish-sha256sums',
    vars: { release_path: '~/release' },
    kind: PATH,
    names: ['publish_sha256sums_path'],
  },
  // what is not used is nobody's business, and neither is what cannot be known
  ...[{ release_version: 2026.1, submit_transparency_release: '1' }, { release_version: '{{ nothing.tag }}' }].map(
    (vars) => ({
      name: 'nothing but whom to believe',
      role: 'submit-transparency',
      vars,
      kind: BELIEF,
      names: ['submit_transparency_policy'],
    }),
  ),
].filter(({ names }) => names.length > 0);

const missing: readonly Scenario[] = ROLES.flatMap((role) => {
  const names = optionsOf(role).flatMap(([name, { required }]) => (required === true ? [name] : []));
  return names.length === 0 ? [] : [{ name: 'nothing', role, vars: {}, kind: SPEC, names }];
});

/** A role with variables that are wrong; what is said is noted, and the next one follows. */
const taskOf = ({ role, vars }: Scenario) => ({
  block: [{ 'ansible.builtin.include_role': { name: role }, vars }],
  rescue: [{ 'ansible.builtin.set_fact': { said: '{{ said | default([]) + [ansible_failed_result.msg] }}' } }],
});

const PLAY = { hosts: 'localhost', gather_facts: false };

let lab: Lab;
let messages: readonly string[];

beforeAll(async () => {
  lab = openLab();
  const play = (vars: Vars, tasks: readonly unknown[]) => ({ ...PLAY, vars, tasks });
  const note = {
    'ansible.builtin.copy': { content: '{{ said | to_json }}', dest: lab.at('private/said.json'), mode: '0600' },
  };
  const plays = [play({ ...OTHERS, ...REQUIRED }, wrong.map(taskOf)), play(OTHERS, [...missing.map(taskOf), note])];
  const { status, output } = await lab.ansible([lab.write('private/play.json', JSON.stringify(plays))]);
  expect(status, output.slice(-2000)).toBe(0);
  messages = JSON.parse(fs.readFileSync(lab.at('private/said.json'), 'utf8'));
});

afterAll(() => lab.close());

describe('a role', () => {
  it('refuses each time, and has been asked for every argument', () => {
    expect(messages).toHaveLength(wrong.length + missing.length);
    const asked = new Set(
      wrong.flatMap(({ vars, kind }) => ([NUMBER, PATH, BELIEF].includes(kind) ? [] : Object.keys(vars))),
    );
    expect([...asked].sort()).toEqual([...new Set(ROLES.flatMap(optionsOf).map(([name]) => name))].sort());
  });

  it.each([...wrong, ...missing].map((one, index) => ({ ...one, index, values: JSON.stringify(one.vars) })))(
    'refuses a wrong value for each argument: $name, $role, $values',
    ({ kind, names, index }) => {
      expect(messages[index]).toMatch(kind);
      const words = (messages[index] ?? '').split(/[\s,:'"]+/);
      expect(names.filter((name) => !words.includes(name))).toEqual([]);
    },
  );
});

describe('a version', () => {
  /** A manifest without a signature: its name says what the role has understood. */
  async function listed(name: string, ...args: readonly string[]): Promise<Ran & { readonly manifests: string[] }> {
    const release = lab.release(name);
    const tasks = [{ 'ansible.builtin.include_role': { name: 'publish-sha256sums' } }];
    const vars = { release_path: release, release_project: 'nova' };
    const play = lab.write(`private/${name}.json`, JSON.stringify([{ ...PLAY, vars, tasks }]));
    const ran = await lab.ansible([...args, play]);
    return { ...ran, manifests: fs.readdirSync(release).filter((file) => file.endsWith('SHA256SUMS')) };
  }

  it.each([
    ['in quotes', () => ['-e', `@${lab.write('private/quoted.yaml', 'release_version: "2026.10"\n')}`]],
    ['on the command line', () => ['-e', 'release_version=2026.10']],
    ['as text in JSON', () => ['-e', '{"release_version": "2026.10"}']],
  ])('%s keeps its zero', async (name, args) => {
    const { status, output, manifests } = await listed(name.replaceAll(' ', '-'), ...args());
    expect(status, output).toBe(0);
    expect(manifests).toEqual(['nova-2026.10.SHA256SUMS']);
  });

  it.each([
    ['without quotes', () => ['-e', `@${lab.write('private/unquoted.yaml', 'release_version: 2026.10\n')}`]],
    ['as a number in JSON', () => ['-e', '{"release_version": 2026.10}']],
  ])('%s is refused, and nothing is written', async (name, args) => {
    const { status, output, manifests } = await listed(name.replaceAll(' ', '-'), ...args());
    expect(status).toBe(2);
    expect(output).toMatch(/a number or a truth value was given: .*release_version/);
    expect(output).toMatch(/write it in quotes.* without that, 2026\.10 is the number 2026\.1/);
    expect(manifests).toEqual([]);
  });
});
