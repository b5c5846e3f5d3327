// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decodeArguments } from '../../src/cli/flags.ts';
import { refusal } from '../refusal.ts';

const V4 = '30566C450E41D7C91E442DFB231F942F608DDEFF';
const messageOf = (body: () => unknown) => refusal('usage', body).message;

describe('the value of a flag', () => {
  it('is text, a list of texts, a number, a fingerprint, a choice, or whether it is set', () => {
    const args = decodeArguments({ a: 'x', b: ['y', 'z'], c: '30', d: V4.toLowerCase(), e: true, f: 'z' });
    expect(args.text('a')).toBe('x');
    expect(args.needed('a')).toBe('x');
    expect(args.texts('b')).toEqual(['y', 'z']);
    expect(args.texts('a')).toEqual(['x']);
    expect(args.number('c')).toBe(30);
    expect(args.fingerprint('d')).toBe(V4);
    expect(args.isSet('e')).toBe(true);
    expect(args.choice('a', ['x', 'y'])).toBe('x');
  });

  it('may be absent', () => {
    const args = decodeArguments({});
    expect([args.text('a'), args.number('a'), args.fingerprint('a'), args.choice('a', ['x'])]).toEqual(
      Array(4).fill(undefined),
    );
    expect(args.texts('a')).toEqual([]);
    expect(args.isSet('a')).toBe(false);
    expect(messageOf(() => args.needed('a'))).toBe('--a is missing');
  });

  it.each([
    [['x', 'y'], '--a is given more than once'],
    [['x', 'x'], '--a is given more than once'],
    ['', '--a is empty'],
    [true, '--a takes a value'],
    [1, '--a takes a value'],
    [{}, '--a takes a value'],
  ])('is not %j where it has to be text', (value, message) => {
    const args = decodeArguments({ a: value });
    for (const read of [args.text, args.needed, args.number, args.fingerprint])
      expect(messageOf(() => read('a'))).toBe(message);
    expect(messageOf(() => args.choice('a', ['x']))).toBe(message);
  });

  it.each([[['x', '']], [''], [[1]], [[['x']]], [true]])('is not %j where it has to be a list of texts', (value) => {
    expect(messageOf(() => decodeArguments({ a: value }).texts('a'))).toBe('--a is empty');
  });

  it.each([
    ['0', 0],
    ['1', 1],
    ['999999999', 999_999_999],
  ])('may be the number %s', (text, number) => {
    expect(decodeArguments({ a: text }).number('a')).toBe(number);
  });

  it.each(['-1', '1.5', '1e3', '0x10', '007', ' 1', '1 ', '٣', '1000000000', 'NaN', 'Infinity', 'x'])(
    'is not the number %j',
    (text) => {
      expect(messageOf(() => decodeArguments({ a: text }).number('a'))).toBe('--a takes a whole number');
    },
  );

  it('is one of the choices, exactly', () => {
    for (const a of ['z', 'X', 'constructor']) {
      expect(messageOf(() => decodeArguments({ a }).choice('a', ['x', 'y']))).toBe('--a is one of x, y');
    }
  });

  it('is no short key ID', () => {
    expect(messageOf(() => decodeArguments({ a: '608DDEFF' }).fingerprint('a'))).toBe(
      'not a key fingerprint: "608DDEFF"',
    );
  });

  it('sets a switch only as true', () => {
    for (const a of ['true', 1, [true, true], false]) expect(decodeArguments({ a }).isSet('a')).toBe(false);
  });
});

it('a positional is told without dashes', () => {
  expect(messageOf(() => decodeArguments({ directory: '' }, 'directory').needed('directory'))).toBe(
    'the directory is empty',
  );
  expect(messageOf(() => decodeArguments({ path: ['a', ''] }, 'path').texts('path'))).toBe('the path is empty');
});
