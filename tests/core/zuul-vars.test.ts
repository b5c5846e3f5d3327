// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decodeZuulVars } from '../../src/core/zuul-vars.ts';
import { refusal } from '../refusal.ts';

const NAME = 'opendev.org/openstack/nova';
const COMMIT = '2f1e'.repeat(10);
const TAG_OBJECT = 'abcd'.repeat(10);

/** As Zuul's executor writes it for an annotated tag: newrev is the tag object, the commit is what was checked out. */
const ZUUL = {
  build: 'd2f1c0',
  pipeline: 'release',
  ref: 'refs/tags/31.0.0',
  tag: '31.0.0',
  newrev: TAG_OBJECT,
  oldrev: '0'.repeat(40),
  project: { canonical_hostname: 'opendev.org', canonical_name: NAME, name: 'openstack/nova', short_name: 'nova' },
  projects: {
    [NAME]: { canonical_name: NAME, checkout: '31.0.0', commit: COMMIT, required: false },
    'opendev.org/zuul/zuul-jobs': { commit: '0'.repeat(40) },
  },
};
const READ = { canonicalName: NAME, shortName: 'nova', ref: 'refs/tags/31.0.0', version: '31.0.0', commit: COMMIT };

const withProject = (part: Record<string, unknown>) => ({ ...ZUUL, project: { ...ZUUL.project, ...part } });
const withCommit = (commit: unknown) => ({ ...ZUUL, projects: { [NAME]: { commit } } });

describe("Zuul's variables", () => {
  it.each([
    ['the dictionary itself', ZUUL],
    ['a mapping that holds it', { zuul: ZUUL }],
    ['an inventory', { all: { hosts: { node: { ansible_host: '192.0.2.1' } }, vars: { zuul: ZUUL } } }],
  ])('are taken from %s', (_, document) => {
    expect(decodeZuulVars(document)).toEqual(READ);
  });

  it('give the commit that was checked out, not the tag object', () => {
    expect(decodeZuulVars(ZUUL).commit).toBe(COMMIT);
    expect(decodeZuulVars({ ...ZUUL, projects: {} }).commit).toBeUndefined();
  });

  it.each([
    ['projects', { ...ZUUL, projects: undefined }],
    ['the project among them', { ...ZUUL, projects: { other: {} } }],
    ['its commit', { ...ZUUL, projects: { [NAME]: {} } }],
    ['its commit, which is null', withCommit(null)],
  ])('may lack %s', (_, zuul) => {
    expect(decodeZuulVars(zuul)).toEqual({ ...READ, commit: undefined });
  });

  it.each([
    ['a branch', 'refs/heads/master'],
    ['a change', 'refs/changes/01/1/1'],
    ['a tag without a name', 'refs/tags/'],
  ])('have no version where the ref is that of %s', (_, ref) => {
    expect(decodeZuulVars({ ...ZUUL, ref })).toEqual({ ...READ, ref, version: undefined });
  });

  it('keep a "/" of the tag, and are not misled by other refs', () => {
    expect(decodeZuulVars({ ...ZUUL, ref: 'refs/tags/a/refs/tags/b' }).version).toBe('a/refs/tags/b');
    expect(decodeZuulVars({ ...ZUUL, ref: 'refs/heads/refs/tags/b' }).version).toBeUndefined();
  });

  it('may lack a ref', () => {
    for (const ref of [undefined, null]) {
      expect(decodeZuulVars({ ...ZUUL, ref })).toEqual({ ...READ, ref: undefined, version: undefined });
    }
  });

  it('may have a commit of SHA-256', () => {
    expect(decodeZuulVars(withCommit('ab'.repeat(32))).commit).toBe('ab'.repeat(32));
  });

  it.each(['constructor', '__proto__', 'toString'])('do not take what every object has for the project %s', (name) => {
    expect(decodeZuulVars({ ...withProject({ canonical_name: name }), projects: {} }).commit).toBeUndefined();
  });
});

describe("Zuul's variables are refused", () => {
  const PATH = `zuul.projects["${NAME}"]`;
  it.each([
    ['as a list', [ZUUL], 'the document: is not a mapping'],
    ['as nothing', null, 'the document: is not a mapping'],
    [
      'without anything of Zuul',
      { hostvars: {} },
      "the document: holds neither Zuul's variables nor an inventory with all.vars.zuul",
    ],
    ['as an inventory without variables', { all: { hosts: {} } }, 'all.vars: is missing'],
    ['as an inventory of another kind', { all: { vars: {} } }, 'all.vars.zuul: is missing'],
    ['with an empty zuul', { zuul: null }, 'zuul: is not a mapping'],
    ['without a project', { zuul: { ref: 'x' } }, 'zuul.project: is missing'],
    ['with a project that is a name', { ...ZUUL, project: NAME }, 'zuul.project: is not a mapping'],
    ['without a canonical name', withProject({ canonical_name: undefined }), 'zuul.project.canonical_name: is missing'],
    ['with an empty short name', withProject({ short_name: '' }), 'zuul.project.short_name: is empty'],
    ['with a ref that is a number', { ...ZUUL, ref: 31 }, 'zuul.ref: is not a string'],
    ['with an empty ref', { ...ZUUL, ref: '' }, 'zuul.ref: is empty'],
    ['with projects as a list', { ...ZUUL, projects: [] }, 'zuul.projects: is not a mapping'],
    ['with a project that is text', { ...ZUUL, projects: { [NAME]: 'x' } }, `${PATH}: is not a mapping`],
    ['with a short commit', withCommit('2f1e2f1'), `${PATH}.commit: is not a commit of 40 or 64 hexadecimal digits`],
    [
      'with a commit in upper case',
      withCommit(COMMIT.toUpperCase()),
      `${PATH}.commit: is not a commit of 40 or 64 hexadecimal digits`,
    ],
    [
      'with a commit and a newline',
      withCommit(`${COMMIT}\n`),
      `${PATH}.commit: is not a commit of 40 or 64 hexadecimal digits`,
    ],
    ['with a commit that YAML took for a number', withCommit(1e39), `${PATH}.commit: is not a string`],
  ])('%s', (_, value, message) => {
    expect(refusal('bad-format', () => decodeZuulVars(value)).message).toBe(message);
  });
});
