// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { Fault } from '../../src/core/fault.ts';
import { parseHash } from '../../src/core/merkle.ts';
import { generateLogKeyPem, noteSigner, parseLogKey } from '../../src/core/signed-note.ts';
import { formatTlogProof, parseTlogProof } from '../../src/core/tlog-proof.ts';

const log = noteSigner('example.com/log', parseLogKey(Buffer.from(generateLogKeyPem())));
const hash = (fill: number) => parseHash(Buffer.alloc(32, fill));
const checkpoint = signCheckpoint({ origin: 'example.com/log', size: 9, root: hash(1), extensions: [] }, log);
const proof = { extra: Buffer.from('extra'), index: 8, hashes: [hash(2), hash(3)], checkpoint };

const TEXT = Buffer.from(formatTlogProof(proof)).toString();
const HASH = Buffer.alloc(32, 2).toString('base64');

const bytesOf = (written: Parameters<typeof formatTlogProof>[0]) => Buffer.from(formatTlogProof(written));

describe('a tlog-proof', () => {
  it('has the form of the specification', () => {
    expect(TEXT.split('\n').slice(0, 6)).toEqual([
      'c2sp.org/tlog-proof@v1',
      'extra ZXh0cmE=',
      'index 8',
      HASH,
      Buffer.alloc(32, 3).toString('base64'),
      '',
    ]);
    expect(TEXT.split('\n').slice(6, 9)).toEqual(['example.com/log', '9', Buffer.alloc(32, 1).toString('base64')]);
  });

  it('reads back what was written, byte for byte', () => {
    const any = fc.record({
      extra: fc.option(
        fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
        { nil: undefined },
      ),
      index: fc.maxSafeNat(),
      hashes: fc.array(fc.integer({ min: 0, max: 255 }).map(hash), { maxLength: 63 }),
      checkpoint: fc.constant(checkpoint),
    });
    fc.assert(
      fc.property(any, (written) => {
        const read = parseTlogProof(formatTlogProof(written));
        expect(read).toEqual(written);
        expect(bytesOf(read)).toEqual(bytesOf(written));
      }),
    );
  });

  it('may have no extra line, and no hashes', () => {
    const text = `c2sp.org/tlog-proof@v1\nindex 0\n\n${TEXT.slice(TEXT.indexOf('\n\n') + 2)}`;
    expect(parseTlogProof(Buffer.from(text))).toEqual({ extra: undefined, index: 0, hashes: [], checkpoint });
  });

  it.each([
    ['another header', TEXT.replace('@v1', '@v2')],
    ['the header of older tools', TEXT.slice(TEXT.indexOf('index'))],
    ['an empty line before it', `\n${TEXT}`],
    ['an empty extra line', TEXT.replace('ZXh0cmE=', '')],
    ['an extra line without a value', TEXT.replace(' ZXh0cmE=', '')],
    ['an extra line that is not canonical', TEXT.replace('ZXh0cmE=', 'ZXh0cmF=')],
    ['an extra line behind the index', TEXT.replace(/(extra .*\n)(index .*\n)/, '$2$1')],
    ['two extra lines', TEXT.replace(/(extra .*\n)/, '$1$1')],
    ['no index', TEXT.replace('index 8\n', '')],
    ['two indices', TEXT.replace('index 8\n', 'index 8\nindex 8\n')],
    ['an index with a leading zero', TEXT.replace('index 8', 'index 08')],
    ['an index with a sign', TEXT.replace('index 8', 'index -8')],
    ['an index with two spaces', TEXT.replace('index 8', 'index  8')],
    ['a hash of 31 bytes', TEXT.replace(HASH, Buffer.alloc(31, 2).toString('base64'))],
    ['a hash that is not padded', TEXT.replace(HASH, HASH.slice(0, -1))],
    ['64 hashes', TEXT.replace(`${HASH}\n`, `${HASH}\n`.repeat(63))],
    ['two empty lines', TEXT.replace('\n\n', '\n\n\n')],
    ['no empty line', TEXT.replace('\n\n', '\n')],
    ['carriage returns', TEXT.replaceAll('\n', '\r\n')],
    ['no checkpoint', TEXT.slice(0, TEXT.indexOf('\n\n') + 2)],
    ['a checkpoint without signature', TEXT.slice(0, TEXT.lastIndexOf('\n\n') + 2)],
    ['no newline at its end', TEXT.slice(0, -1)],
    ['more after its end', `${TEXT}more\n`],
    ['a comment', `${TEXT.slice(0, TEXT.indexOf('index'))}# hello\n${TEXT.slice(TEXT.indexOf('index'))}`],
    ['more than it can have', TEXT.replace('ZXh0cmE=', 'AAAA'.repeat(70_000))],
  ])('is refused with %s', (_, text) => {
    expect(text).not.toBe(TEXT);
    expect(() => parseTlogProof(Buffer.from(text))).toThrow(Fault);
    expect(() => parseTlogProof(Buffer.from(text))).toThrow(expect.objectContaining({ kind: 'bad-format' }));
  });
});
