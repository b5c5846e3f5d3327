// SPDX-License-Identifier: Apache-2.0
/** rget's names, held against what its own code says of the same manifests and addresses. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { domainProblem, labelOf, projectDomain, recordNames, recordPrefix } from '../../src/core/rget.ts';
import { refusal } from '../refusal.ts';

interface Vector {
  readonly why: string;
  readonly manifest: string;
  readonly url: string;
  readonly recordDomain: string;
  readonly projectDomain?: string;
  readonly urlRefused?: string;
}
const vectors = JSON.parse(fs.readFileSync('tests/vectors/rget/vectors.json', 'utf8')) as readonly Vector[];

const bytes = (text: string) => Buffer.from(text);
const DIGEST = '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881';
const line = (name: string) => bytes(`${DIGEST}  ${name}\n`);

describe('names as rget makes them', () => {
  it('has vectors of every sort', () => {
    expect(vectors).toHaveLength(32);
    expect(vectors.filter(({ urlRefused }) => urlRefused !== undefined)).toHaveLength(4);
  });

  it.each(vectors.map((vector) => [vector.why, vector] as const))('gives the same names: %s', (_, vector) => {
    expect(recordPrefix(bytes(vector.manifest))).toBe(vector.recordDomain);
    expect(projectDomain(vector.url)).toBe(vector.projectDomain);
    expect(vector.projectDomain === undefined).toBe(vector.urlRefused !== undefined);
  });

  // rgetwellknown/wellknown_test.go
  it.each([
    ['https://api.github.com/repos/philips/releases-test/zipball/v2.0', 'v2-0.releases-test.philips.github.com'],
    ['https://github.com/philips/releases-test/archive/v2.0.zip', 'v2-0.releases-test.philips.github.com'],
    [
      'https://github.com/philips/releases-test/archive/v2.0+nosums.zip',
      'v2-0-nosums.releases-test.philips.github.com',
    ],
    ['github.com/philips/releases-test/archive/v2.0.tar.gz', 'v2-0.releases-test.philips.github.com'],
    ['https://github.com.example.org/o/r/archive/v2.0.zip', undefined],
    ['https://github.com/o/r/archive/v2.0.tar.xz', undefined],
    ['https://github.com/o/r/releases/download/v1/a/b', undefined],
    ['https://github.com/o/r/releases/download/v1/SHA256SUMS\n', undefined],
    ['', undefined],
  ])('knows only what rget knows: %s', (url, domain) => expect(projectDomain(url)).toBe(domain));

  it('says nothing of the names of files, and much of their order', () => {
    expect(recordPrefix(line('a'))).toBe(recordPrefix(line('b')));
    const other = bytes(`${'0'.repeat(64)}  c\n`);
    const both = [Buffer.concat([line('a'), other]), Buffer.concat([other, line('a')])].map(recordPrefix);
    expect(both[0]).not.toBe(both[1]);
  });

  it('skips the spaces that Go skips, and no others', () => {
    const plain = recordPrefix(line('x'));
    for (const space of ['\t', '  ', '\u00a0', '\u2003', '\u3000', '\u0085'])
      expect(recordPrefix(Buffer.concat([bytes(space), line('x')])), JSON.stringify(space)).toBe(plain);
    for (const other of ['\ufeff', '\u200b', '\u180e', 'x'])
      expect(recordPrefix(Buffer.concat([bytes(other), line('x')])), JSON.stringify(other)).not.toBe(plain);
  });

  it('refuses a line that rget does not read to its end, and takes one octet less', () => {
    const long = (size: number) => line('x'.repeat(size - DIGEST.length - 2));
    expect(recordPrefix(long(65535))).toBe(recordPrefix(line('x')));
    expect(refusal('bad-manifest', () => recordPrefix(Buffer.concat([line('a'), long(65536)]))).message).toBe(
      'line 2: rget reads no line of 65536 bytes',
    );
  });

  it('makes one label of a version', () => expect(labelOf('v1.0.0-rc.1+build.5')).toBe('v1-0-0-rc-1-build-5'));
});

describe('the names that a certificate has to have', () => {
  const names = (project: string, recorder = 'Recorder.example.org') => recordNames(line('x'), project, recorder);
  const PREFIX = 'fac54c2c8f36475db4861a8fe820901b.e56f719c755a565b1e202f642fde9426';

  it('are two, in lower case', () => {
    expect(names('V1.R.O.github.com')).toEqual({
      domain: `${PREFIX}.v1.r.o.github.com.recorder.example.org`,
      bare: `${PREFIX}.recorder.example.org`,
    });
  });

  it('may have labels of 63 and 253 characters in all', () => {
    const label = 'a'.repeat(63);
    const rest = 253 - `${PREFIX}.${label}.${label}..recorder.example.org`.length;
    expect(names(`${label}.${label}.${'b'.repeat(rest)}`).domain).toHaveLength(253);
    expect(refusal('bad-name', () => names(`${label}.${label}.${'b'.repeat(rest + 1)}`)).message).toContain(
      'it has 254 characters, where a name can have 253',
    );
  });

  it.each([
    ['an underscore', 'v1_0.r.o.github.com', '"v1_0" is no label'],
    ['an empty part', 'v1..o.github.com', '"" is no label'],
    ['no project at all', '', '"" is no label'],
    ['a hyphen at the end of a part', 'v1-.r.o.github.com', '"v1-" is no label'],
    ['a hyphen at its beginning', '-1.r.o.github.com', '"-1" is no label'],
    ['a part of 64 characters', `${'a'.repeat(64)}.r`, 'has 64 characters, where a label can have 63'],
    ['a letter of another alphabet', 'é.r', '"é" is no label'],
    ['a wildcard', '*.r', '"*" is no label'],
  ])('refuse %s', (_, project, why) => {
    expect(refusal('bad-name', () => names(project)).message).toContain(why);
  });

  it.each([['recorder.example.org'], ['1.example'], ['a-b.example']])('are made of names of hosts: %s', (name) =>
    expect(domainProblem(name)).toBeUndefined(),
  );
});
