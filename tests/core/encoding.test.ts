// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeUtf8, equalBytes, formatBase64, parseBase64, parseDecimal } from '../../src/core/encoding.ts';
import { Fault } from '../../src/core/fault.ts';

describe('parseDecimal', () => {
  it.each([
    ['0', 0],
    ['7', 7],
    ['20852163', 20852163],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('reads %s', (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  it.each([
    '',
    '-1',
    '+1',
    '01',
    '00',
    '1.0',
    '1e3',
    '0x10',
    ' 1',
    '1 ',
    '1\n',
    '١',
    '9007199254740992',
    '99999999999999999999',
  ])('refuses %j', (text) => {
    expect(() => parseDecimal(text)).toThrow(Fault);
  });

  it('reads back every whole number that it is given', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (value) => parseDecimal(String(value)) === value));
  });
});

describe('parseBase64', () => {
  it('reads back all bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => equalBytes(parseBase64(formatBase64(bytes)), bytes)));
  });

  it.each(['YQ', 'YQ=', 'YR==', 'YQ==\n', ' YQ==', 'Y-==', 'YWJj=', 'Y Q==', '===='])('refuses %j', (text) => {
    expect(() => parseBase64(text)).toThrow(Fault);
  });

  it('formats a part of a larger buffer', () => {
    expect(formatBase64(Buffer.from('xxabc').subarray(2))).toBe('YWJj');
  });
});

describe('decodeUtf8', () => {
  it('keeps a byte order mark, so that nothing is read that would not be written', () => {
    expect(decodeUtf8(Buffer.from('\ufeffa'), 10, 'it')).toBe('\ufeffa');
  });

  it.each([
    ['a lone continuation byte', Buffer.of(0x80)],
    ['an overlong slash', Buffer.of(0xc0, 0xaf)],
    ['a surrogate', Buffer.of(0xed, 0xa0, 0x80)],
    ['a cut-off character', Buffer.of(0xe2, 0x80)],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeUtf8(bytes, 10, 'it')).toThrow('it is not valid UTF-8');
  });

  it('looks at the size first', () => {
    expect(() => decodeUtf8(Buffer.alloc(11, 0x80), 10, 'it')).toThrow('it is larger than 10 bytes');
  });
});
