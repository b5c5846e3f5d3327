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
import { type Lab, openLab, ROOT, type Vars } from '../roles/lab.ts';

interface Option {
  readonly type: 'bool' | 'dict' | 'list' | 'path' | 'str';
  readonly required?: boolean;
  readonly choices?: readonly string[];
}

const ROLES = fs.readdirSync(path.join(ROOT, 'roles'));
/** Of each type, what is surely of another, twice. A number for text or for a list is no mistake: "31.0" is one. */
const WRONG: Readonly<Record<Option['type'], readonly [unknown, unknown]>> = {
  bool: ['perhaps', ['yes']],
  dict: ['text', ['list']],
  list: [{ a: 'dictionary' }, {}],
  path: [['list'], { a: 'dictionary' }],
  str: [['list'], {}],
};
/** What has to be there for a role to come to its other arguments. */
const REQUIRED: Vars = {
  publish_artifacts_destination: '/nonexistent/site',
  submit_transparency_logs: ['tiles:/nonexistent/log'],
  run_artifact_signing_command: ['verify', '/nonexistent/release'],
};
/** With `sign_artifacts_manifest`, sign-artifacts reads what the manifest is called. */
const OTHERS: Vars = { release_path: '/nonexistent/release', sign_artifacts_manifest: true };

/** The option that an argument becomes, where it is not the end of its name. */
const OPTIONS: Readonly<Record<string, string>> = {
  gpg_artifact_path: 'path',
  gpg_sign_path: 'path',
  publish_artifacts_destination: '--to',
  sign_artifacts_manifest_name: '--name',
  submit_transparency_tiles_key_file: '--log-key',
  submit_transparency_rekor_key_file: '--log-key',
  submit_transparency_sigsum_key_file: '--log-key',
  submit_transparency_token_key_file: '--token-key',
};

const optionsOf = (role: string): readonly (readonly [argument: string, option: Option])[] =>
  Object.entries(
    parse(fs.readFileSync(path.join(ROOT, 'roles', role, 'meta/argument_specs.yaml'), 'utf8')).argument_specs.main
      .options,
  );
const isText = ({ type, choices }: Option) => (type === 'path' || type === 'str') && choices === undefined;

/** How a role calls an argument that it refuses: by its name, or by the option that it becomes. */
function shown(role: string, argument: string): string {
  if (role === 'ensure-artifact-signing') return argument;
  const end = argument.slice(role.length + 1).replaceAll('_', '-');
  return OPTIONS[argument] ?? (end === 'path' ? end : `--${end}`);
}

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

function scenariosOf(role: string): Scenario[] {
  // the other names of a path count where the first one is not set
  const options = optionsOf(role).filter(([argument]) => !/^gpg_\w+_path$/.test(argument));
  const [texts, others] = [options.filter(([, one]) => isText(one)), options.filter(([, one]) => !isText(one))];
  const wrong = (chosen: typeof options, which: 0 | 1): Vars =>
    Object.fromEntries(
      chosen.map(([name, { type, choices }]) => [name, choices === undefined ? WRONG[type][which] : `other ${which}`]),
    );
  return ([0, 1] as const).flatMap((which) => [
    { name: 'what is no text', role, vars: wrong(others, which), kind: SPEC, names: others.map(([name]) => name) },
    {
      name: 'text',
      role,
      vars: wrong(texts, which),
      kind: TEXT,
      names: [...new Set(texts.map(([argument]) => shown(role, argument)))],
    },
  ]);
}

const wrong: readonly Scenario[] = [
  ...ROLES.flatMap(scenariosOf),
  ...['gpg_artifact_path', 'gpg_sign_path'].map((argument) => ({
    name: argument,
    role: 'sign-artifacts',
    vars: { [argument]: ['list'] },
    kind: TEXT,
    names: [shown('sign-artifacts', argument)],
  })),
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

let lab: Lab;
let messages: readonly string[];

beforeAll(async () => {
  lab = openLab();
  const play = (vars: Vars, tasks: readonly unknown[]) => ({ hosts: 'localhost', gather_facts: false, vars, tasks });
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
    const asked = new Set(wrong.flatMap(({ vars }) => Object.keys(vars)));
    expect([...asked].sort()).toEqual([...new Set(ROLES.flatMap(optionsOf).map(([name]) => name))].sort());
  });

  it.each([...wrong, ...missing].map((one, index) => ({ ...one, index, values: JSON.stringify(one.vars) })))(
    'refuses a wrong value for each argument that is $name: $role, $values',
    ({ kind, names, index }) => {
      expect(messages[index]).toMatch(kind);
      const words = (messages[index] ?? '').split(/[\s,:'"]+/);
      expect(names.filter((name) => !words.includes(name))).toEqual([]);
    },
  );
});
