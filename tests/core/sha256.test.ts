// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseSha256, sha256 } from '../../src/core/sha256.ts';
import { refusal } from '../refusal.ts';

/** FIPS 180-4, the example "abc". */
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('a SHA-256 digest', () => {
  it('is that of the bytes, of the UTF-8 of text, and of parts one after the other', () => {
    expect(sha256('abc')).toBe(ABC);
    expect(sha256(Buffer.from('abc'))).toBe(ABC);
    expect(sha256('a', Buffer.from('b'), '', 'c')).toBe(ABC);
    expect(sha256('ü')).toBe(sha256(Uint8Array.of(0xc3, 0xbc)));
  });

  it('is read as 64 lower-case digits', () => {
    expect(parseSha256(ABC)).toBe(ABC);
  });

  it.each([
    ['in upper case', ABC.toUpperCase()],
    ['too short', ABC.slice(1)],
    ['too long', `${ABC}0`],
    ['of another letter', `g${ABC.slice(1)}`],
    ['with a newline', `${ABC}\n`],
    ['with an algorithm', `sha256:${ABC}`],
    ['of nothing', ''],
  ])('%s is refused', (_, written) => {
    expect(refusal('bad-format', () => parseSha256(written)).message).toMatch(/^not a SHA-256 digest: "/);
  });
});
