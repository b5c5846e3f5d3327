// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { BARE_MANIFEST_NAME, DEFAULT_MANIFEST_NAME, defaultTemplate, fillTemplate } from '../../src/core/template.ts';
import { refusal } from '../refusal.ts';

const NOVA = { project: 'nova', version: '31.0.0' };

describe("the manifest's name", () => {
  it.each([
    [DEFAULT_MANIFEST_NAME, NOVA, 'nova-31.0.0.SHA256SUMS'],
    [BARE_MANIFEST_NAME, {}, 'SHA256SUMS'],
    ['{version}.{version}.SHA256SUMS', NOVA, '31.0.0.31.0.0.SHA256SUMS'],
    ['fixed.SHA256SUMS', NOVA, 'fixed.SHA256SUMS'],
    ['{project}.SHA256SUMS', { project: '{version}' }, '{version}.SHA256SUMS'],
    ['{project}.SHA256SUMS', { project: '$&$1' }, '$&$1.SHA256SUMS'],
    ['{project}.SHA256SUMS', { project: '-x' }, '-x.SHA256SUMS'],
  ])('made from %s is %s → %s', (template, fields, name) => {
    expect(fillTemplate(template, fields)).toBe(name);
  });

  it('has project and version where both are known, and neither otherwise', () => {
    expect(defaultTemplate(NOVA)).toBe('{project}-{version}.SHA256SUMS');
    expect(defaultTemplate({ project: 'nova' })).toBe('SHA256SUMS');
    expect(defaultTemplate({ version: '1' })).toBe('SHA256SUMS');
    expect(defaultTemplate({})).toBe('SHA256SUMS');
  });

  it.each([
    ['an unknown field', '{branch}.SHA256SUMS', NOVA, 'unknown field "{branch}" in the manifest\'s name'],
    ['a field in another case', '{Project}.SHA256SUMS', NOVA, 'unknown field "{Project}" in the manifest\'s name'],
    ['an empty field', '{}.SHA256SUMS', NOVA, 'unknown field "{}" in the manifest\'s name'],
    [
      'the name of something that every object has',
      '{constructor}.SHA256SUMS',
      NOVA,
      'unknown field "{constructor}" in the manifest\'s name',
    ],
    [
      'an open brace',
      '{project-{version}.SHA256SUMS',
      NOVA,
      'a brace without its other half in the manifest\'s name "{project-{version}.SHA256SUMS"',
    ],
    [
      'a closing brace',
      'project}.SHA256SUMS',
      NOVA,
      'a brace without its other half in the manifest\'s name "project}.SHA256SUMS"',
    ],
    [
      'a project with "/"',
      '{project}.SHA256SUMS',
      { project: 'openstack/nova' },
      'the project "openstack/nova" holds a "/", which no file name can',
    ],
    [
      'a version with "/"',
      '{version}.SHA256SUMS',
      { version: 'a/b' },
      'the version "a/b" holds a "/", which no file name can',
    ],
    ['a directory', 'sums/SHA256SUMS', NOVA, 'the manifest\'s name "sums/SHA256SUMS" holds a "/"'],
    [
      'another ending',
      '{project}.sha256',
      NOVA,
      'the manifest\'s name "nova.sha256" does not end in "SHA256SUMS" or ".SHA256SUMS"',
    ],
    [
      'an ending that other tools do not know',
      'novaSHA256SUMS',
      NOVA,
      'the manifest\'s name "novaSHA256SUMS" does not end in "SHA256SUMS" or ".SHA256SUMS"',
    ],
    ['nothing', '', NOVA, 'the manifest\'s name "" does not end in "SHA256SUMS" or ".SHA256SUMS"'],
  ])('is refused with %s', (_, template, fields, message) => {
    expect(refusal('usage', () => fillTemplate(template, fields)).message).toBe(message);
  });

  it.each([
    ['project', { version: '1' }, '--project'],
    ['version', { project: 'nova' }, '--release'],
  ])('is refused without its %s, and the flag is told', (field, fields, flag) => {
    const fault = refusal('usage', () => fillTemplate(DEFAULT_MANIFEST_NAME, fields));
    expect(fault.message).toBe(`the manifest's name needs the ${field}, which is not known`);
    expect(fault.hint).toContain(`give ${flag}, or Zuul's variables with --zuul-vars`);
  });

  it('is a name like any other', () => {
    expect(refusal('bad-name', () => fillTemplate('{project}.SHA256SUMS', { project: 'a\nb' })).message).toContain(
      'newline',
    );
    refusal('bad-name', () => fillTemplate('{project}.SHA256SUMS', { project: 'x'.repeat(1024) }));
    refusal('bad-name', () => fillTemplate('{project}.SHA256SUMS', { project: 'e\u0301' }));
  });
});
