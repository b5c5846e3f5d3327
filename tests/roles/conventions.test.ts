// SPDX-License-Identifier: Apache-2.0
/** What every role of this repository has to be, read from its files. */
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { filesBelow } from '../files-below.ts';
import { ROOT } from './lab.ts';

const ROLES = path.join(ROOT, 'roles');
const names = fs.readdirSync(ROLES);
const text = (...parts: readonly string[]) => fs.readFileSync(path.join(ROLES, ...parts), 'utf8');

interface Option {
  readonly type: string;
  readonly required?: boolean;
}

const optionsOf = (role: string): Readonly<Record<string, Option>> =>
  parse(text(role, 'meta/argument_specs.yaml')).argument_specs.main.options;
const defaultsOf = (role: string): readonly string[] => Object.keys(parse(text(role, 'defaults/main.yaml')));

/** Documented variables with their type; nested ones and outputs are not arguments. */
function documented(role: string): ReadonlyMap<string, string | undefined> {
  const [variables = ''] = text(role, 'README.rst').split('**Output Variables**');
  const found = variables.matchAll(/^\.\. zuul:rolevar:: (\S+)\n((?: {3}:\w+:.*\n)*)/gm);
  return new Map([...found].map(([, name = '', fields = '']) => [name, /:type: (\w+)/.exec(fields)?.[1]]));
}

function tasksOf(
  role: string,
): readonly { readonly file: string; readonly lines: number; readonly tasks: readonly Record<string, unknown>[] }[] {
  const directory = path.join(ROLES, role, 'tasks');
  return fs.readdirSync(directory).map((file) => {
    const content = text(role, 'tasks', file);
    return { file, lines: content.trimEnd().split('\n').length, tasks: flatten(parse(content)) };
  });
}

const flatten = (tasks: readonly Record<string, unknown>[]): Record<string, unknown>[] =>
  tasks.flatMap((task) => [
    task,
    ...['block', 'rescue', 'always'].flatMap((key) => flatten((task[key] ?? []) as Record<string, unknown>[])),
  ]);

const KEYWORDS =
  /^(name|block|rescue|always|when|loop|loop_control|register|changed_when|failed_when|check_mode|diff|no_log|delegate_to|vars)$/;

describe.each(names)('the role %s', (role) => {
  it('documents every argument with the type that its argument spec has, and nothing else', () => {
    const types = Object.fromEntries(Object.entries(optionsOf(role)).map(([name, { type }]) => [name, type]));
    expect(Object.fromEntries(documented(role))).toEqual(types);
  });

  it('declares every default, and has a default or a good reason for every other argument', () => {
    const options = optionsOf(role);
    expect(Object.keys(options)).toEqual(expect.arrayContaining([...defaultsOf(role)]));
    const others = Object.keys(options).filter(
      (name) => !defaultsOf(role).includes(name) && options[name]?.required !== true,
    );
    expect(others.filter((name) => !/^gpg_(key|artifact_path|sign_path)$/.test(name))).toEqual([]);
  });

  it('has a short list of tasks, all of Ansible itself, without shells', () => {
    for (const { file, lines, tasks } of tasksOf(role)) {
      expect(lines, file).toBeLessThan(50);
      for (const task of tasks) {
        const [action, ...more] = Object.keys(task).filter((key) => !KEYWORDS.test(key));
        expect(more, `${file}: ${task['name']}`).toEqual([]);
        if (action === 'zuul_return') expect(file).toMatch(/^zuul-/);
        else expect(action ?? 'ansible.builtin.block').toMatch(/^ansible\.builtin\.(?!shell$|raw$|script$|expect$)/);
        const loop = task['loop_control'] as { loop_var?: string } | undefined;
        if (task['loop'] !== undefined) expect(loop?.loop_var, String(task['name'])).toMatch(/^zj_/);
      }
    }
  });

  it('has no loop of which nothing may be shown: the console of Zuul fails there', () => {
    const tasks = tasksOf(role).flatMap(({ tasks }) => tasks);
    expect(tasks.filter((task) => task['loop'] !== undefined && task['no_log'] === true)).toEqual([]);
  });

  it('keeps what only Zuul can parse in files that a run by hand never includes', () => {
    for (const { file, tasks } of tasksOf(role)) {
      for (const task of tasks) {
        if (String(task['ansible.builtin.include_tasks']).startsWith('zuul-'))
          expect(JSON.stringify(task['when']), file).toMatch(/ZUUL_JOBDIR|run_artifact_signing_in_zuul/);
        expect(String(task['ansible.builtin.import_tasks']), file).not.toMatch(/^zuul-/);
      }
    }
  });

  it('has an example, unless it is internal', () => {
    expect(text(role, 'README.rst')).toMatch(/^\*\*Example\*\*|^This role is internal/m);
  });
});

describe('examples', () => {
  it('have their versions in quotes: 2026.10 is a number without them', () => {
    const places = ['roles', 'playbooks', 'test-playbooks', 'zuul.d', 'zuul-tests.d', 'doc/source'];
    const files = [path.join(ROOT, 'README.rst'), ...filesBelow(places.map((place) => path.join(ROOT, place)))].filter(
      (file) => /\.(rst|yaml)$/.test(file),
    );
    const versions = files.flatMap(
      (file) => fs.readFileSync(file, 'utf8').match(/^ *\w+_(?:version|release): .*/gm) ?? [],
    );
    expect(versions.length).toBeGreaterThan(5);
    expect(versions.filter((line) => !/: (?:["']|>-$)/.test(line))).toEqual([]);
  });
});
