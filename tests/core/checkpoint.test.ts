// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatCheckpoint,
  formatSignedCheckpoint,
  parseCheckpoint,
  parseSignedCheckpoint,
  signCheckpoint,
  verifyCheckpoint,
} from '../../src/core/checkpoint.ts';
import { Fault, type FaultKind } from '../../src/core/fault.ts';
import { parseHash } from '../../src/core/merkle.ts';
import { generateLogKeyPem, noteSigner, parseLogKey } from '../../src/core/signed-note.ts';

/** The example of the specification. */
const TEXT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const LINE =
  '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

const faultOf = (body: () => unknown): FaultKind | undefined => {
  try {
    body();
  } catch (error) {
    if (error instanceof Fault) return error.kind;
    throw error;
  }
  return undefined;
};

const key = parseLogKey(Buffer.from(generateLogKeyPem()));
const log = noteSigner('example.com/log', key);
const checkpoint = { origin: 'example.com/log', size: 3, root: parseHash(Buffer.alloc(32, 7)), extensions: [] };

describe('a checkpoint', () => {
  it('is that of the specification', () => {
    const signed = parseSignedCheckpoint(Buffer.from(`${TEXT}\n${LINE}`));
    expect([signed.origin, signed.size, signed.extensions]).toEqual(['example.com/behind-the-sofa', 20852163, []]);
    expect(Buffer.from(formatSignedCheckpoint(signed)).toString()).toBe(`${TEXT}\n${LINE}`);
  });

  it('reads back what was written, with its extension lines', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\0-\x1f]/.test(text));
    const any = fc.record({
      origin: line,
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => parseHash(Buffer.from(bytes))),
      extensions: fc.array(line, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(any, (written) => {
        expect(parseCheckpoint(formatCheckpoint(written))).toEqual(written);
        const signed = parseSignedCheckpoint(formatSignedCheckpoint(signCheckpoint(written, log)));
        expect(Buffer.from(formatSignedCheckpoint(signed))).toEqual(
          Buffer.from(formatSignedCheckpoint(signCheckpoint(written, log))),
        );
      }),
    );
  });

  it('keeps the signatures of witnesses, in their order', () => {
    const witnessed = `${Buffer.from(formatSignedCheckpoint(signCheckpoint(checkpoint, log))).toString()}— witness.example/w AAAAAAAAAAAAAAAAAAAAAA==\n`;
    const read = parseSignedCheckpoint(Buffer.from(witnessed));
    verifyCheckpoint(read, [log.verifier]);
    expect(Buffer.from(formatSignedCheckpoint(read)).toString()).toBe(witnessed);
  });

  it.each([
    ['two lines', 'example.com/log\n3\n'],
    ['no newline at its end', TEXT.slice(0, -1)],
    ['an empty origin', TEXT.replace('example.com/behind-the-sofa', '')],
    ['an empty extension line', `${TEXT}\nmore\n`],
    ['an empty line at its end', `${TEXT}\n`],
    ['a size with a leading zero', TEXT.replace('20852163', '020852163')],
    ['a size with a sign', TEXT.replace('20852163', '+20852163')],
    ['a size in hexadecimal digits', TEXT.replace('20852163', '0x13e2d03')],
    ['a size that no double holds', TEXT.replace('20852163', '9007199254740993')],
    ['no size', TEXT.replace('20852163', '')],
    ['a root that is not padded', TEXT.replace('=\n', '\n')],
    ['a root with bits to spare that are not zero', TEXT.replace('I=\n', 'J=\n')],
    ['a root of 31 bytes', TEXT.replace('CsUY', '').replace('q2I=', 'q2I=')],
    ['a space after the size', TEXT.replace('20852163', '20852163 ')],
  ])('is refused with %s', (_, text) => {
    expect(faultOf(() => parseCheckpoint(text))).toBe('bad-format');
  });

  it('is believed where the log of its origin signed it', () => {
    expect(faultOf(() => verifyCheckpoint(signCheckpoint(checkpoint, log), [log.verifier]))).toBeUndefined();
  });

  it('is not believed where the key of another log signed it, though that is trusted', () => {
    const other = noteSigner('example.com/other', key);
    expect(faultOf(() => verifyCheckpoint(signCheckpoint(checkpoint, other), [log.verifier, other.verifier]))).toBe(
      'wrong-key',
    );
  });

  it.each([
    ['size', { size: 4 }],
    ['root', { root: parseHash(Buffer.alloc(32, 8)) }],
    ['extension', { extensions: ['more'] }],
  ])('is not believed with another %s', (_, change) => {
    const altered = { ...signCheckpoint(checkpoint, log), ...change };
    expect(faultOf(() => verifyCheckpoint(altered, [log.verifier]))).toBe('bad-signature');
  });
});
