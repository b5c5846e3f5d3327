// SPDX-License-Identifier: Apache-2.0
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareBytes,
  findCaseTwins,
  nameProblem,
  parseArtifactName,
  parseNewName,
  refuseCaseTwins,
} from '../../src/core/name.ts';
import { refusal } from '../refusal.ts';

describe('the name of an artifact', () => {
  it.each([
    'nova-31.0.0.tar.gz',
    'dir/sub/file',
    '-rf',
    '--help',
    '.hidden',
    '...',
    'a..b',
    'back\\slash',
    ' spaces around ',
    'quote"\'`$(x);*?[',
    'ünï©ödé-💿',
    'a'.repeat(1024),
  ])('may be %j', (name) => {
    expect(parseArtifactName(name)).toBe(name);
  });

  it.each([
    ['', 'is empty'],
    ['a\nb', 'holds a newline'],
    ['a\rb', 'holds a carriage return'],
    ['a\0b', 'holds a NUL'],
    ['a\tb', 'holds a control character'],
    ['\u001b[2J', 'holds a control character'],
    ['\u007f', 'holds a control character'],
    ['\u0085', 'holds a control character'],
    ['a\u2028', 'holds a control character'],
    ['a\u2029', 'holds a control character'],
    ['\ud800', 'is not valid UTF-8'],
    ['a\udfffb', 'is not valid UTF-8'],
    ['was \ufffd', 'is not valid UTF-8'],
    ['/etc/passwd', 'is absolute'],
    ['//x', 'is absolute'],
    ['.', 'has an empty, "." or ".." part'],
    ['..', 'has an empty, "." or ".." part'],
    ['../x', 'has an empty, "." or ".." part'],
    ['a/../b', 'has an empty, "." or ".." part'],
    ['a/./b', 'has an empty, "." or ".." part'],
    ['a//b', 'has an empty, "." or ".." part'],
    ['a/', 'has an empty, "." or ".." part'],
    ['a/..', 'has an empty, "." or ".." part'],
    ['a'.repeat(1025), 'is longer than 1024 bytes'],
    ['ü'.repeat(513), 'is longer than 1024 bytes'],
  ])('P17 is refused as %j: %s', (name, why) => {
    expect(nameProblem(name)).toBe(why);
    const fault = refusal('bad-name', () => parseArtifactName(name));
    expect(fault.message).toMatch(/^the name "/);
    expect(fault.message).toContain(why);
    expect(fault.message).not.toMatch(/\p{Cc}/u);
    expect(fault.file).toBe(name);
  });

  it('is one line of text that names something below the directory, whatever was accepted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (name) => {
        fc.pre(nameProblem(name) === undefined);
        expect(name).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(Buffer.from(name).toString()).toBe(name);
        expect(path.posix.normalize(`/base/${name}`)).toBe(`/base/${name}`);
      }),
    );
  });
});

describe('the name of something that we write', () => {
  it.each(['größe', 'naïve', '日本 語', '\u{1f4bf}', 'क\u093c'])('may be %j', (name) => {
    expect(parseNewName(name)).toBe(name);
  });

  it.each([
    ['an accent of its own', 'e\u0301.tar.gz'],
    ['one in the name of a directory', 'e\u0301/a'],
    ['a Hangul syllable in its parts', '\u1100\u1161'],
    ['the sign for kelvin', '\u212a'],
  ])('P17 is refused with %s, which others may have', (_, name) => {
    const fault = refusal('bad-name', () => parseNewName(name));
    expect(fault.message).toBe(`the name "${name}" is not in Unicode's composed form (NFC)`);
    expect(fault.file).toBe(name);
    expect(parseArtifactName(name)).toBe(name);
  });

  it.each([
    ['turns the direction', 'evil\u202egnp.exe'],
    ['has no width', 'a\u200b.tar.gz'],
    ['joins', 'a\u2060/b'],
    ['marks the order of bytes', '\ufeffa'],
    ['is a hyphen now and then', 'soft\u00adhyphen'],
  ])('P17 is refused with a character that %s, which others may have', (_, name) => {
    const fault = refusal('bad-name', () => parseNewName(name));
    expect(fault.message).toMatch(/^the name ".*" holds a character that nobody sees$/);
    expect(parseArtifactName(name)).toBe(name);
  });

  it('P17 is refused for whatever else a name is', () => {
    expect(refusal('bad-name', () => parseNewName('../x')).message).toContain('has an empty, "." or ".." part');
  });
});

describe('names that some file systems hold for one', () => {
  it.each([
    ['case', 'README', 'readme'],
    ['case beyond ASCII', 'ÄÖÜ', 'äöü'],
    ['composition', 'é', 'e\u0301'],
    ['case and composition', 'É', 'e\u0301'],
    ['the case of a directory', 'Docs/a', 'docs/a'],
    ['the two small sigmas', 'ας', 'ασ'],
    ['a sharp s', 'straße', 'STRASSE'],
    ['a capital sharp s', 'ẞ', 'ß'],
    ['the sign for kelvin', '\u212a', 'k'],
  ])('P17 are refused when they differ only in %s', (_, one, other) => {
    const fault = refusal('bad-name', () => refuseCaseTwins(['x', one, 'y', other]));
    expect(fault.message).toBe(`the names "${one}" and "${other}" differ only in case or composition`);
    expect(fault.file).toBe(other);
    expect(findCaseTwins(['x', other, one])).toEqual([1, 2]);
  });

  it('are no others', () => {
    expect(findCaseTwins([])).toBeUndefined();
    expect(() => refuseCaseTwins(['a', 'b', 'a.asc', 'A/b', 'e', 'é'])).not.toThrow();
  });

  it('are not one name that stands there twice, which is told elsewhere', () => {
    expect(findCaseTwins(['a', 'a'])).toBeUndefined();
    expect(findCaseTwins(['a', 'a', 'A'])).toEqual([0, 2]);
  });
});

describe('the order of names', () => {
  it('is that of their bytes, not of UTF-16 and of no language', () => {
    const names = ['a', 'B', 'ä', '_', '\uffee', '\u{1f4bf}', 'a.asc', 'a-b', 'aa'];
    expect([...names].sort(compareBytes)).toEqual(['B', '_', 'a', 'a-b', 'a.asc', 'aa', 'ä', '\uffee', '\u{1f4bf}']);
  });
});
