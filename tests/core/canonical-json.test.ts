// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCanonicalJson, parseCanonicalJson } from '../../src/core/canonical-json.ts';
import { Fault } from '../../src/core/fault.ts';

const format = (value: unknown) => Buffer.from(formatCanonicalJson(value)).toString();
const parse = (text: string) => parseCanonicalJson(Buffer.from(text));

const safeInteger = fc.maxSafeInteger().map((n) => (Object.is(n, -0) ? 0 : n));
const wellFormed = fc.string({ unit: 'binary' });
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    safeInteger,
    wellFormed,
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(wellFormed, tie('json'), { maxKeys: 5 }),
  ),
}));

describe('canonical JSON', () => {
  it('sorts keys by their UTF-16 code units, as the example of RFC 8785, section 3.2.3', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(format(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('writes strings as RFC 8785, section 3.2.2.2, does', () => {
    expect(format('\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/\u007f\u2028')).toBe(
      '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f\u2028"',
    );
  });

  it('reads back what it wrote, and writes what it read', () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = formatCanonicalJson(value);
        expect(Buffer.from(formatCanonicalJson(parseCanonicalJson(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('gives one form, whatever the order of the keys', () => {
    expect(format({ b: 1, a: { d: 1, c: 2 } })).toBe(format({ a: { c: 2, d: 1 }, b: 1 }));
  });

  it.each([
    ['a fraction', 1.5],
    ['an integer that a double rounds', 2 ** 53],
    ['minus zero', -0],
    ['infinity', Number.POSITIVE_INFINITY],
    ['not a number', Number.NaN],
    ['half of a surrogate pair', '\ud800'],
    ['half of a surrogate pair in a key', { '\udc00': 1 }],
    ['undefined', { a: undefined }],
    ['a hole', new Array(1)],
    ['a big integer', 1n],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array(1)],
    ['a function', () => 1],
    ['an instance of a class', new Map()],
  ])('refuses to write %s', (_, value) => {
    expect(() => formatCanonicalJson(value)).toThrow(Fault);
  });

  it('refuses deep nesting in both directions instead of running out of stack', () => {
    const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parse(deep(30))).toBeDefined();
    expect(() => parse(deep(100))).toThrow(Fault);
    expect(() => parse(deep(100_000))).toThrow(Fault);
  });

  it.each([
    ['white space', '{"a": 1}'],
    ['a newline at the end', '{}\n'],
    ['unsorted keys', '{"b":1,"a":1}'],
    ['a key twice', '{"a":1,"a":1}'],
    ['a needless escape', '"\\u0061"'],
    ['an escaped solidus', '"\\/"'],
    ['an exponent', '1e2'],
    ['a fraction of zero', '1.0'],
    ['minus zero', '-0'],
    ['an integer that a double rounds', '9007199254740993'],
    ['a lone surrogate', '"\\ud800"'],
    ['an upper-case escape', '"\\u000F"'],
    ['a byte order mark', '\ufeff{}'],
    ['nothing', ''],
    ['something that is no JSON', '{a:1}'],
  ])('refuses to read %s', (_, text) => {
    expect(() => parse(text)).toThrow(Fault);
  });

  it('refuses to read a document of more than 1 MiB', () => {
    expect(() => parse(`"${'a'.repeat(1024 * 1024)}"`)).toThrow('larger than');
  });
});
