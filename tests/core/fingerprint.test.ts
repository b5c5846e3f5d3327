// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseFingerprint } from '../../src/core/fingerprint.ts';
import { refusal } from '../refusal.ts';

const V4 = '30566C450E41D7C91E442DFB231F942F608DDEFF';
const V6 = 'CB186C4F0609A697E4D52DFA6C722B0C1F1E27C18A56708F6525EC27BAD9ACC9';

describe('a fingerprint', () => {
  it.each([
    ['of version 4', V4, V4],
    ['of version 6', V6, V6],
    ['in lower case', V4.toLowerCase(), V4],
    ['as gpg prints it', '3056 6C45 0E41 D7C9 1E44  2DFB 231F 942F 608D DEFF', V4],
    ['with 0x', `0x${V4}`, V4],
    ['with 0X and in lower case', `0X${V6.toLowerCase()}`, V6],
  ])('P25 %s is read', (_, written, read) => {
    expect(parseFingerprint(written)).toBe(read);
  });

  it.each([
    ['a short key ID', '608DDEFF'],
    ['a long key ID', '231F942F608DDEFF'],
    ['a fingerprint of version 3', 'D41D8CD98F00B204E9800998ECF8427E'],
    ['a digit too few', V4.slice(1)],
    ['a digit too many', `${V4}0`],
    ['another letter', `G${V4.slice(1)}`],
    ['a newline at its end', `${V4}\n`],
    ['colons', V4.replace(/..(?!$)/g, '$&:')],
    ['a user ID', 'release@example.org'],
    ['two', `${V4} ${V4}`],
    ['nothing', ''],
  ])('P25 %s is refused, with a hint', (_, written) => {
    const fault = refusal('usage', () => parseFingerprint(written));
    expect(fault.message).toMatch(/^not a key fingerprint: "/);
    expect(fault.hint).toContain('40 digits');
  });

  it('is not repeated at any length in the message', () => {
    expect(refusal('usage', () => parseFingerprint('x'.repeat(10_000))).message.length).toBeLessThan(200);
  });
});
