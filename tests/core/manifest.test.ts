// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatManifest, MANIFEST_CAP, type ManifestLine, parseManifest } from '../../src/core/manifest.ts';
import { type ArtifactName, findCaseTwins, nameProblem, parseArtifactName } from '../../src/core/name.ts';
import { sha256 } from '../../src/core/sha256.ts';
import { refusal } from '../refusal.ts';

const D = sha256('a');
const E = sha256('b');

const line = (name: string): ManifestLine => ({ sha256: sha256(name), name: parseArtifactName(name) });
const parse = (text: string | Uint8Array) => parseManifest(typeof text === 'string' ? Buffer.from(text) : text);

const names = fc.uniqueArray(
  fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'B', '\\', 'n', 'r', ' ', '*', '-', '"', 'ü', '💿', '/', '.') }),
    fc.string({ unit: 'binary' }),
  ),
  { minLength: 1, maxLength: 12 },
);

describe('a manifest', () => {
  it('has the form of GNU coreutils, sorted by the bytes of the names', () => {
    const lines = ['b', 'a\\b', 'B', '\u{1f4bf}', '\uffee', 'a'].map(line);
    const expected = ['B', 'a', 'a\\b', 'b', '\uffee', '\u{1f4bf}'].map((name) =>
      name.includes('\\') ? `\\${sha256(name)}  a\\\\b\n` : `${sha256(name)}  ${name}\n`,
    );
    expect(formatManifest(lines)).toBe(expected.join(''));
    expect(formatManifest([...lines].reverse())).toBe(expected.join(''));
  });

  it('reads back what was written, byte for byte', () => {
    fc.assert(
      fc.property(names, (some) => {
        const valid = some.filter((name) => nameProblem(name) === undefined);
        fc.pre(valid.length > 0 && findCaseTwins(valid) === undefined);
        const text = formatManifest(valid.map(line));
        const read = parse(text);
        expect(formatManifest(read)).toBe(text);
        expect(new Set(read)).toEqual(new Set(valid.map(line)));
      }),
    );
  });

  it('keeps the order in which it was read', () => {
    expect(parse(`${D}  b\n${E}  a\n`)).toEqual([
      { sha256: D, name: 'b' },
      { sha256: E, name: 'a' },
    ]);
  });

  it('reads text and binary marks', () => {
    expect(parse(`${D} *b\n${E}  *a\n`).map(({ name }) => name)).toEqual(['b', '*a']);
    expect(parse(`\\${D} *a\\\\b\n`).map(({ name }) => name)).toEqual(['a\\b']);
  });

  it('never takes a changed byte for the same list', () => {
    const text = Buffer.from(formatManifest(['a', 'b\\c', 'd/e'].map(line)));
    const before = parse(text);
    for (const at of text.keys()) {
      for (const bit of [1, 2, 16, 32, 128]) {
        const changed = Buffer.from(text);
        changed[at] = (changed[at] ?? 0) ^ bit;
        let read: unknown;
        try {
          read = parse(changed);
        } catch {
          continue;
        }
        const isMark = text[at] === 0x20 && changed[at] === 0x2a;
        expect({ at, bit, same: JSON.stringify(read) === JSON.stringify(before) }).toEqual({ at, bit, same: isMark });
      }
    }
  });
});

describe('a manifest is refused', () => {
  const FORM = 'not "<64 hexadecimal digits>  <name>" as sha256sum writes it';
  it.each([
    ['a name that stands there twice', `${D}  a\n${E}  b\n${D}  a\n`, 'line 3: "a" stands already in line 1'],
    ['one file under two marks', `${D}  a\n${D} *a\n`, 'line 2: "a" stands already in line 1'],
    [
      'names that differ only in case',
      `${D}  x\n${D}  a\n${D}  A\n`,
      'line 3: differs from "a" in line 2 only in case or composition',
    ],
    [
      'names that differ only in composition',
      `${D}  é\n${D}  e\u0301\n`,
      'line 2: differs from "é" in line 1 only in case or composition',
    ],
    ['an absolute path', `${E}  b\n${D}  /etc/passwd\n`, 'line 2: the name "/etc/passwd" is absolute'],
    ['a path that leaves the directory', `${D}  ../a\n`, 'line 1: the name "../a" has an empty, "." or ".." part'],
    ['a path with a detour', `${D}  a/../b\n`, 'line 1: the name "a/../b" has an empty, "." or ".." part'],
    ['./ before a name', `${D}  ./a\n`, 'line 1: the name "./a" has an empty, "." or ".." part'],
    ['SHA-1', `${D.slice(0, 40)}  a\n`, 'line 1: a digest of 40 digits, where SHA-256 has 64'],
    ['SHA-512', `${D}${D}  a\n`, 'line 1: a digest of 128 digits, where SHA-256 has 64'],
    ['a digest in upper case', `${D.toUpperCase()}  a\n`, `line 1: ${FORM}`],
    ['no newline at the end', `${D}  a\n${D}  b`, 'line 2: no newline at its end'],
    ['CRLF', `${D}  a\r\n`, 'line 1: a backslash or carriage return that is not escaped'],
    ['an empty line in the middle', `${D}  a\n\n${D}  b\n`, `line 2: ${FORM}`],
    ['an empty line at the end', `${D}  a\n\n`, `line 2: ${FORM}`],
    ['an empty line at the beginning', `\n${D}  a\n`, `line 1: ${FORM}`],
    ['only a newline', '\n', `line 1: ${FORM}`],
    ['a comment', `# made by hand\n${D}  a\n`, `line 1: ${FORM}`],
    ['one space', `${D} a\n`, `line 1: ${FORM}`],
    ['a tab', `${D}\ta\n`, `line 1: ${FORM}`],
    ['space before the digest', ` ${D}  a\n`, `line 1: ${FORM}`],
    ['no name', `${D}  \n`, `line 1: ${FORM}`],
    ['the name first', `nova  ${D}\n`, `line 1: ${FORM}`],
    ['a tab in a name', `${D}  a\tb\n`, 'line 1: the name "a\\u{9}b" holds a control character'],
    ['an escape sequence in a name', `${D}  \u001b[2J\n`, 'line 1: the name "\\u{1b}[2J" holds a control character'],
    ['a NUL in a name', `${D}  a\0b\n`, 'line 1: the name "a\\u{0}b" holds a NUL'],
    ['an escaped newline', `\\${D}  a\\nb\n`, 'line 1: the name "a\\u{a}b" holds a newline'],
    ['an escaped carriage return', `\\${D}  a\\rb\n`, 'line 1: the name "a\\u{d}b" holds a carriage return'],
    ['an escape that means nothing', `\\${D}  a\\tb\n`, 'line 1: an escape that sha256sum does not write'],
    ['half an escape', `\\${D}  a\\\\b\\\n`, 'line 1: an escape that sha256sum does not write'],
    ['a mark without need', `\\${D}  ab\n`, 'line 1: marked as escaped, with nothing to escape in its name'],
    ['a backslash without the mark', `${D}  a\\\\b\n`, 'line 1: a backslash or carriage return that is not escaped'],
    ['a byte order mark', `\ufeff${D}  a\n`, `line 1: ${FORM}`],
    ['a PGP signed message', `-----BEGIN PGP SIGNED MESSAGE-----\n${D}  a\n`, `line 1: ${FORM}`],
    ['nothing in it', '', 'the manifest is empty'],
  ])('for %s', (_, text, message) => {
    expect(refusal('bad-manifest', () => parse(text)).message).toBe(message);
  });

  it('for bytes that are not UTF-8', () => {
    const text = Buffer.concat([Buffer.from(`${D}  a`), Buffer.of(0xff), Buffer.from('\n')]);
    expect(refusal('bad-manifest', () => parse(text)).message).toBe('the manifest is not valid UTF-8');
  });

  it('for its size, before it is read', () => {
    const huge = Buffer.alloc(MANIFEST_CAP + 1, 0xff);
    expect(refusal('bad-manifest', () => parse(huge)).message).toBe(
      `the manifest is larger than ${MANIFEST_CAP} bytes`,
    );
    expect(refusal('bad-manifest', () => parse(huge.subarray(1))).message).toContain('UTF-8');
  });
});

describe('GNU sha256sum', () => {
  const NAMES = [
    'plain.tar.gz',
    'back\\slash',
    '\\',
    'ends in \\',
    '\\n is no newline',
    ' leading space',
    'trailing space ',
    '*star',
    '-b',
    '--tag',
    "quote\"s and 'apostrophes'",
    'ünï©ödé',
    '\uffee',
    '💿.iso',
    'B',
    'a',
    '$(touch x)',
  ];
  let work = '';
  beforeAll(() => {
    work = fs.mkdtempSync(path.join(os.tmpdir(), 'manifest-'));
    for (const name of NAMES) fs.writeFileSync(path.join(work, name), `content of ${name}`);
  });
  afterAll(() => fs.rmSync(work, { recursive: true }));

  const sha256sum = (...args: string[]) =>
    execFileSync('sha256sum', args, { cwd: work, env: { ...process.env, LC_ALL: 'C' } });
  const sorted = () => [...NAMES].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const ours = () =>
    NAMES.map((name) => ({ name: name as ArtifactName, sha256: sha256(fs.readFileSync(path.join(work, name))) }));
  const check = (text: string) =>
    execFileSync('sha256sum', ['--strict', '-c'], { cwd: work, input: text, stdio: 'pipe' }).toString();

  it('writes the same bytes for the same files', () => {
    const list = execFileSync('sort', {
      input: NAMES.map((name) => `${name}\n`).join(''),
      env: { LC_ALL: 'C', PATH: process.env['PATH'] },
    });
    expect(list.toString()).toBe(
      sorted()
        .map((name) => `${name}\n`)
        .join(''),
    );
    expect(formatManifest(ours())).toBe(sha256sum('--', ...sorted()).toString());
  });

  it('finds nothing wrong with ours, and finds a changed file', () => {
    expect(check(formatManifest(ours())).match(/: OK$/gm)).toHaveLength(NAMES.length);
    const wrong = ours().map((entry) => (entry.name === '-b' ? { ...entry, sha256: D } : entry));
    expect(() => check(formatManifest(wrong))).toThrow('sha256sum');
  });

  it('is read, in text and in binary mode', () => {
    for (const mode of ['-t', '-b']) {
      const read = parse(sha256sum(mode, '--', ...sorted()));
      expect(new Set(read)).toEqual(new Set(ours()));
    }
  });

  it('is not read in the formats of BSD and of NUL-terminated lines', () => {
    expect(refusal('bad-manifest', () => parse(sha256sum('--tag', '--', 'a'))).message).toMatch(/^line 1: not "</);
    expect(refusal('bad-manifest', () => parse(sha256sum('-z', '--', 'a'))).message).toBe(
      'line 1: no newline at its end',
    );
    expect(
      refusal('bad-manifest', () => parse(Buffer.concat([sha256sum('-z', '--', 'a', 'B'), Buffer.from('\n')]))).message,
    ).toMatch(/^line 1: the name "a\\u\{0\}/);
  });
});
