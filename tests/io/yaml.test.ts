// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePolicy } from '../../src/core/policy.ts';
import { decodeZuulVars } from '../../src/core/zuul-vars.ts';
import { libraryYaml } from '../../src/io/yaml.ts';
import { refused } from '../refusal.ts';

const yaml = libraryYaml();

describe('YAML', () => {
  it.each([
    ['a: 1\nb: [x, "y"]\nc: {d: null, e: ~}\n', { a: 1, b: ['x', 'y'], c: { d: null, e: null } }],
    ['', null],
    ['# only a comment\n', null],
    ['---\na: 1\n...\n', { a: 1 }],
    ['\ufeffa: 1', { a: 1 }],
    ['a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
    ['a: |\n  two\n  lines\n', { a: 'two\nlines\n' }],
    ['a: &x [1]\nb: *x\n', { a: [1], b: [1] }],
  ])('%j is read', async (text, value) => {
    expect(await yaml.parse(text)).toEqual(value);
  });

  it('is version 1.2: days and the words of 1.1 stay text', async () => {
    const text = 'day: 2026-04-01\ntime: 2026-04-01T12:00:00Z\nno: no\nyes: on\noctal: 017\nmerge: {<<: {a: 1}}\n';
    expect(await yaml.parse(text)).toEqual({
      day: '2026-04-01',
      time: '2026-04-01T12:00:00Z',
      no: 'no',
      yes: 'on',
      octal: 17,
      merge: { '<<': { a: 1 } },
    });
  });

  it('may be JSON', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), async (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(JSON.stringify(await yaml.parse(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 150 },
    );
  });

  it('with tags that we do not know is what stands below them', async () => {
    const text = `
a: !unsafe "{{ lookup('pipe', 'id') }}"
b: !unsafe 123
c: !encrypted/pkcs1-oaep
  - AAA
  - BBB
d: !!python/object/apply:os.system [id]
e: !<tag:example.org,2026:x> text
f: !!binary aGVsbG8=
g: !!timestamp 2026-04-01
h: !!set {x, y}
`;
    expect(await yaml.parse(text)).toEqual({
      a: "{{ lookup('pipe', 'id') }}",
      b: '123',
      c: ['AAA', 'BBB'],
      d: ['id'],
      e: 'text',
      f: 'aGVsbG8=',
      g: '2026-04-01',
      h: { x: null, y: null },
    });
  });

  it('leaves alone what every object has', async () => {
    const value = (await yaml.parse('__proto__: {polluted: 1}\nconstructor: 2\n')) as object;
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });
});

describe('YAML is refused', () => {
  it.each([
    ['a key twice', 'a: 1\nb: 2\na: 3\n', 'a key that stands there twice at line 3, column 1'],
    ['a key twice in JSON', '{"a": 1, "a": 2}', 'a key that stands there twice at line 1, column 10'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'at line 2, column 1'],
    ['an open list', 'a: [1, 2\nb: 3\n', 'at line 2, column 1'],
    ['an open string', 'a: "x\n', 'at line 2, column 1'],
    ['a tab for indentation', 'a:\n\tb: 1\n', 'at line 2, column 1'],
    ['an alias of nothing', 'a: *x\n', 'an alias of nothing, "x" at line 1, column 4'],
    ['a key twice as text', '1: a\n"1": b\n', 'a key that stands there twice at line 2, column 1'],
    ['a key that is a list', '? [a]\n: b\n', 'a key that is no text at line 1, column 3'],
    ['half of a JSON document', '{"zuul": {"project":', 'at line 1, column 21'],
  ])('with %s, and tells where', async (_, text, where) => {
    const fault = await refused('bad-format', yaml.parse(text));
    expect(fault.message).toMatch(/^not valid YAML: /);
    expect(fault.message).toContain(where);
    expect(fault.message).not.toContain('\n');
  });

  it('with aliases that would fill the memory', async () => {
    const levels = 'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[at]}`)}]`);
    const fault = await refused('bad-format', yaml.parse(['a: &a [x,x,x,x,x,x,x,x,x]', ...levels].join('\n')));
    expect(fault.message).toContain('alias');
  });

  it('with more depth than the stack has', async () => {
    const fault = await refused('bad-format', yaml.parse('['.repeat(20_000)));
    expect(fault.message).toBe('not valid YAML: nested too deep at line 1, column 101');
  });

  it('with a list that holds itself, by whoever decodes it', async () => {
    for (const decode of [decodePolicy, decodeZuulVars]) {
      for (const text of ['&a [*a]', '&a {zuul: *a}', '&a {schema: *a, certificates: *a, project: *a}']) {
        const value = await yaml.parse(text);
        await refused('bad-format', (async () => decode(value))());
      }
    }
  });
});

describe('documents in YAML', () => {
  it('are a policy as its page shows it', async () => {
    const text = `
schema: artifact-signing.policy/v1
certificates:
  - file: keys/2026.2.asc            # relative to the policy
    fingerprint: 30566C45 0E41D7C9 1E442DFB 231F942F 608DDEFF
    from: 2026-04-01
    until: 2026-11-30T00:00:00Z
`;
    expect(decodePolicy(await yaml.parse(text)).certificates).toEqual([
      {
        file: 'keys/2026.2.asc',
        fingerprint: '30566C450E41D7C91E442DFB231F942F608DDEFF',
        from: new Date('2026-04-01'),
        until: new Date('2026-11-30'),
      },
    ]);
  });

  it("are an inventory as Zuul's executor writes it", async () => {
    const text = `
all:
  hosts:
    ubuntu-noble:
      ansible_connection: ssh
  vars:
    zuul:
      _inheritance_path: ['<Job base>']
      message: !unsafe 'e30='
      newrev: 1111111111111111111111111111111111111111
      project:
        canonical_name: opendev.org/openstack/nova
        short_name: nova
      projects:
        opendev.org/openstack/nova:
          commit: 2f1e2f1e2f1e2f1e2f1e2f1e2f1e2f1e2f1e2f1e
      ref: refs/tags/31.0.0
`;
    expect(decodeZuulVars(await yaml.parse(text))).toEqual({
      canonicalName: 'opendev.org/openstack/nova',
      shortName: 'nova',
      ref: 'refs/tags/31.0.0',
      version: '31.0.0',
      commit: '2f1e'.repeat(10),
    });
  });
});
