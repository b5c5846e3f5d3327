// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { remainder } from '../../src/openpgp/remainder.ts';

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
const octets = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength });

describe('the remainder', () => {
  it('is that of bigint', () => {
    const divisors = octets(70).filter((bytes) => toBigInt(bytes) > 0n);
    fc.assert(
      fc.property(octets(140), divisors, (dividend, divisor) => {
        const result = remainder(dividend, divisor);
        expect(result).toHaveLength(divisor.length);
        expect(toBigInt(result)).toBe(toBigInt(dividend) % toBigInt(divisor));
      }),
    );
  });

  it.each([
    [[0], [1], 0n],
    [[255, 255, 255], [255, 255, 255], 0n],
    [[255, 255, 254], [255, 255, 255], 0xfffffen],
    [[1, 0, 0, 0, 0, 0, 0], [255, 255, 255, 255, 255, 255], 1n],
    [[255, 255, 255, 255, 255, 255, 255], [128, 0, 0, 0, 0, 1], 0xffffffffffffffn % 0x800000000001n],
  ])('of %j and %j is right', (dividend, divisor, expected) => {
    expect(toBigInt(remainder(Uint8Array.from(dividend), Uint8Array.from(divisor)))).toBe(expected);
  });
});
