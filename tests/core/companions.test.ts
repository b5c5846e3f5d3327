// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  COMPANIONS,
  classify,
  isManifestName,
  isTemporaryName,
  makerOf,
  manifestOfCompanion,
  temporaryName,
} from '../../src/core/companions.ts';
import { refusal } from '../refusal.ts';

describe('the name of a manifest', () => {
  it.each(['SHA256SUMS', 'nova-31.0.0.SHA256SUMS', '.SHA256SUMS'])('may be %s', (name) =>
    expect(isManifestName(name)).toBe(true),
  );
  it.each([
    'sha256sums',
    'dir/SHA256SUMS',
    'dir/nova.SHA256SUMS',
    'MYSHA256SUMS',
    'nova-SHA256SUMS',
    'SHA256SUMS.txt',
    'SHA256SUMS.asc',
    'SHA256SUMS\n',
    'SHA512SUMS',
  ])('is not %j', (name) => expect(isManifestName(name)).toBe(false));
});

describe('the companions of a manifest', () => {
  it.each(COMPANIONS)('are those with %s behind its name', (suffix) => {
    expect(manifestOfCompanion(`nova.SHA256SUMS${suffix}`)).toBe('nova.SHA256SUMS');
    expect(manifestOfCompanion(`SHA256SUMS${suffix}`)).toBe('SHA256SUMS');
    expect(manifestOfCompanion(`dir/SHA256SUMS${suffix}`)).toBeUndefined();
    expect(manifestOfCompanion(`nova.tar.gz${suffix}`)).toBeUndefined();
    expect(manifestOfCompanion(suffix)).toBeUndefined();
  });

  it('are no others', () => {
    for (const name of ['SHA256SUMS', 'SHA256SUMS.asc.asc', 'SHA256SUMS.sig', 'SHA256SUMS.tlog-proof.bak', 'x']) {
      expect(manifestOfCompanion(name)).toBeUndefined();
    }
  });

  it('begin with the signature: it is published before the proofs', () => {
    expect(COMPANIONS[0]).toBe('.asc');
  });
});

describe('the files of a release', () => {
  it('are artifacts unless they are ours', () => {
    const names = [
      'a.tar.gz',
      'a.tar.gz.asc',
      'b.proof',
      'b.sigstore.json',
      'dir/c',
      'dir/c.asc',
      'n.SHA256SUMS',
      ...COMPANIONS.map((suffix) => `n.SHA256SUMS${suffix}`),
    ];
    expect(classify(names)).toEqual({
      artifacts: ['a.tar.gz', 'b.proof', 'b.sigstore.json', 'dir/c'],
      signatures: ['a.tar.gz.asc', 'dir/c.asc'],
      manifests: ['n.SHA256SUMS'],
      companions: COMPANIONS.map((suffix) => `n.SHA256SUMS${suffix}`),
    });
  });

  it('may be none', () => {
    expect(classify([])).toEqual({ artifacts: [], signatures: [], manifests: [], companions: [] });
  });

  it('may be some of those that are there: only they have to be in order', () => {
    const there = ['a', 'a.asc', 'lonely.asc', 'n.SHA256SUMS.proof'];
    expect(classify(['a.asc'], there)).toMatchObject({ artifacts: [], signatures: ['a.asc'] });
    expect(() => classify(['lonely.asc'], there)).toThrow('without "lonely"');
  });

  it('are the same in any order', () => {
    const names = ['a', 'a.asc', 'SHA256SUMS', 'SHA256SUMS.asc'];
    const sorted = (names: readonly string[]) => Object.values(classify(names)).map((some) => [...some].sort());
    expect(sorted([...names].reverse())).toEqual(sorted(names));
  });

  it.each([
    ['a signature without its artifact', ['b', 'a.asc'], 'a.asc', '"a.asc" is there without "a"'],
    ['a signature of another directory', ['a', 'dir/a.asc'], 'dir/a.asc', '"dir/a.asc" is there without "dir/a"'],
    [
      'a signature without its manifest',
      ['SHA256SUMS.asc'],
      'SHA256SUMS.asc',
      '"SHA256SUMS.asc" is there without "SHA256SUMS"',
    ],
    [
      'a proof without its manifest',
      ['a', 'n.SHA256SUMS.tlog-proof'],
      'n.SHA256SUMS.tlog-proof',
      '"n.SHA256SUMS.tlog-proof" is there without "n.SHA256SUMS"',
    ],
    [
      'a signature of a signature',
      ['a', 'a.asc', 'a.asc.asc'],
      'a.asc.asc',
      '"a.asc.asc" is a signature of one of our own files',
    ],
    [
      "a signature of a manifest's signature",
      ['SHA256SUMS', 'SHA256SUMS.asc', 'SHA256SUMS.asc.asc'],
      'SHA256SUMS.asc.asc',
      '"SHA256SUMS.asc.asc" is a signature of one of our own files',
    ],
    [
      'a signature of a proof',
      ['SHA256SUMS', 'SHA256SUMS.proof', 'SHA256SUMS.proof.asc'],
      'SHA256SUMS.proof.asc',
      '"SHA256SUMS.proof.asc" is a signature of one of our own files',
    ],
    ['a signature of nothing', ['.asc'], '.asc', '".asc" is there without ""'],
  ])('are refused with %s', (_, names, file, message) => {
    const fault = refusal('conflict', () => classify(names));
    expect(fault).toMatchObject({ file, message });
    expect(fault.hint).toContain('remove it');
  });
});

describe('a temporary name', () => {
  it('is known by its form, and is nobody else', () => {
    expect(isTemporaryName(temporaryName('0123456789abcdef'))).toBe(true);
    for (const name of [
      '.artifact-signing-.tmp',
      '.artifact-signing-0123456789abcdeF.tmp',
      'x.artifact-signing-0123456789abcdef.tmp',
      '.artifact-signing-0123456789abcdef.tmp.asc',
      '.artifact-signing-0123456789abcdef-0-0123456789abcdef.tmp',
      '.artifact-signing-0123456789abcdef-12345678901-0123456789abcdef.tmp',
      '.artifact-signing-0123456789abcdef-0123456789abcdef.tmp',
    ]) {
      expect(isTemporaryName(name)).toBe(false);
    }
  });

  it('tells who made it, where it does', () => {
    const maker = { place: 'fedcba9876543210', pid: 4294967295 };
    const name = temporaryName('0123456789abcdef', maker);
    expect(isTemporaryName(name)).toBe(true);
    expect(makerOf(name)).toEqual(maker);
    expect(makerOf(temporaryName('0123456789abcdef'))).toBeUndefined();
    expect(makerOf('a.tar.gz')).toBeUndefined();
  });
});
