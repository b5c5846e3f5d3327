// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import {
  count,
  exactly,
  flag,
  list,
  nearest,
  oneOf,
  optional,
  parsed,
  record,
  text,
  withDefault,
} from '../../src/core/decode.ts';
import { Fault } from '../../src/core/fault.ts';
import { parseFingerprint } from '../../src/core/fingerprint.ts';
import { parseSha256 } from '../../src/core/sha256.ts';
import { refusal } from '../refusal.ts';

const messageOf = (body: () => unknown) => refusal('bad-format', body).message;

describe('a decoder', () => {
  it.each([
    ['text', text, 'x'],
    ['a count', count, 0],
    ['a flag', flag, false],
    ['a choice', oneOf(['a', 'b']), 'b'],
    ['a list', list(count), [1, 2]],
    ['an empty list', list(count), []],
    ['a mapping', record, { a: 1 }],
    ['exactly these fields', exactly({ a: count, b: optional(text) }), { a: 1, b: 'x' }],
  ])('of %s gives back what is right', (_, decode: (value: unknown, path: string) => unknown, value) => {
    expect(decode(value, 'p')).toEqual(value);
  });

  it.each([
    ['text', text, 1, 'p: is not a string'],
    ['text', text, '', 'p: is empty'],
    ['text', text, undefined, 'p: is missing'],
    ['a count', count, -1, 'p: is not a whole number, zero or more'],
    ['a count', count, 1.5, 'p: is not a whole number, zero or more'],
    ['a count', count, 2 ** 53, 'p: is not a whole number, zero or more'],
    ['a count', count, '1', 'p: is not a whole number, zero or more'],
    ['a count', count, Number.NaN, 'p: is not a whole number, zero or more'],
    ['a flag', flag, 'true', 'p: is neither true nor false'],
    ['a count', count, undefined, 'p: is missing'],
    ['a flag', flag, undefined, 'p: is missing'],
    ['a choice', oneOf(['a', 'b']), undefined, 'p: is missing'],
    ['a list', list(count), undefined, 'p: is missing'],
    ['a mapping', record, undefined, 'p: is missing'],
    ['a choice', oneOf(['a', 'b']), 'c', 'p: is not one of a, b'],
    ['a choice', oneOf(['a', 'b']), ['a'], 'p: is not one of a, b'],
    ['a list', list(count), { 0: 1 }, 'p: is not a list'],
    ['a list', list(count), [0, 'x'], 'p[1]: is not a whole number, zero or more'],
    ['a mapping', record, null, 'p: is not a mapping'],
    ['a mapping', record, [], 'p: is not a mapping'],
    ['a mapping', record, 'x', 'p: is not a mapping'],
    ['fields', exactly({ a: count }), {}, 'p.a: is missing'],
    ['fields', exactly({ a: count }), { a: 1, b: 2 }, 'p.b: is not a key that belongs here'],
    [
      'a field in a list in a field',
      exactly({ a: list(exactly({ b: text })) }),
      { a: [{ b: 'x' }, { b: 1 }] },
      'p.a[1].b: is not a string',
    ],
  ])('of %s refuses %#, with the path', (_, decode: (value: unknown, path: string) => unknown, value, message) => {
    expect(messageOf(() => decode(value, 'p'))).toBe(message);
  });

  it('without a path speaks of the document', () => {
    expect(messageOf(() => record(1, ''))).toBe('the document: is not a mapping');
  });

  it('gives its default only for what is absent', () => {
    const decode = withDefault(count, 7);
    expect([decode(undefined, 'p'), decode(0, 'p')]).toEqual([7, 0]);
    expect(messageOf(() => decode(null, 'p'))).toContain('p: ');
    expect(messageOf(() => optional(count)(null, 'p'))).toContain('p: ');
  });

  it('with a parser tells its refusal with the path and the hint, whatever its kind', () => {
    expect(messageOf(() => parsed(parseSha256)('x', 'p'))).toBe('p: not a SHA-256 digest: "x"');
    const fault = refusal('bad-format', () => parsed(parseFingerprint)('x', 'p'));
    expect(fault.message).toBe('p: not a key fingerprint: "x"');
    expect(fault.hint).toContain('40 digits');
    expect(messageOf(() => parsed(parseSha256)(5, 'p'))).toBe('p: is not a string');
  });

  it('with a parser leaves its defects alone', () => {
    const defect = parsed(() => {
      throw new TypeError('defect');
    });
    expect(() => defect('x', 'p')).toThrow(TypeError);
  });
});

describe('an unknown key', () => {
  const decode = exactly({ certificates: optional(text), logs: optional(text) });
  const faultOf = (key: string) =>
    refusal('bad-format', () => decode(JSON.parse(JSON.stringify([{ x: 1 }]).replace('x', key))[0], ''));

  it.each([
    ['log', 'did you mean "logs"?'],
    ['certificate', 'did you mean "certificates"?'],
    ['Logs', 'did you mean "logs"?'],
    ['lgos', 'did you mean "logs"?'],
    ['fingerprints', 'known here: certificates, logs'],
    ['', 'known here: certificates, logs'],
  ])('%j is refused: %s', (key, hint) => {
    expect(faultOf(key)).toMatchObject({ kind: 'bad-format', hint });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('is refused as %s, too', (key) => {
    expect(faultOf(key).message).toBe(`${key}: is not a key that belongs here`);
  });

  it('does not reach a terminal as it is', () => {
    const fault = refusal('bad-format', () => decode({ '\u001b[2J': 1 }, 'a'));
    expect(fault.message).toBe('a["\\u{1b}[2J"]: is not a key that belongs here');
  });

  it('does not change what every object has', () => {
    const read = exactly({ a: optional(count) })(JSON.parse('{"a":1}'), '');
    expect(read).toEqual({ a: 1 });
    refusal('bad-format', () => decode(JSON.parse('{"__proto__":{"polluted":true}}'), ''));
    expect('polluted' in {}).toBe(false);
  });
});

describe('a word that may have been meant', () => {
  it('is at most two letters away', () => {
    expect(nearest('recursiv', ['include', 'recursive'])).toBe('recursive');
    expect(nearest('rcursiv', ['recursive'])).toBe('recursive');
    expect(nearest('rcurse', ['recursive'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
    expect(nearest('💿ogs', ['logs'])).toBe('logs');
  });
});

it('a refusal is a Fault', () => {
  expect(refusal('bad-format', () => text(1, 'p'))).toBeInstanceOf(Fault);
});
