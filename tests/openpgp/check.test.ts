// SPDX-License-Identifier: Apache-2.0
// RSA signatures are compared as whole blocks: whoever parses the padding is forged against (CVE-2006-4339 and its kin).
import { constants, createHash, generateKeyPairSync, privateEncrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkSignature } from '../../src/openpgp/check.ts';
import { readPublicKey } from '../../src/openpgp/public-key.ts';
import { parseSignaturePacket } from '../../src/openpgp/signature-packet.ts';
import { seconds } from './craft.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const SIZE = 256;
const jwk = publicKey.export({ format: 'jwk' });
const modulus = Buffer.from(jwk.n ?? '', 'base64url');

const mpi = (bytes: Buffer, bits: number) => Buffer.concat([Buffer.from([bits >> 8, bits & 0xff]), bytes]);
const time = seconds(new Date('2024-01-01T00:00:00Z'));
const { key } = readPublicKey(
  Buffer.concat([Buffer.from([4, ...time, 1]), mpi(modulus, 2048), mpi(Buffer.from([1, 0, 1]), 17)]),
);

const DATA = Buffer.from('some data');
const head = Buffer.from([4, 0, 1, 8, 0, 6, 5, 2, ...time]);
const digest = createHash('sha256')
  .update(DATA)
  .update(head)
  .update(Buffer.from([4, 0xff, 0, 0, 0, head.length]))
  .digest();
const INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** A signature packet around a number. */
const around = (number: Buffer, bits = SIZE * 8, more = Buffer.alloc(0)) =>
  parseSignaturePacket(Buffer.concat([head, Buffer.from([0, 0]), digest.subarray(0, 2), mpi(number, bits), more]));

/** Whether the signature holds whose padded block is this. */
const holds = (block: Buffer): boolean =>
  checkSignature(key, around(privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block)), DATA);

const block = (tail: Buffer, start = [0, 1]): Buffer =>
  Buffer.concat([Buffer.from(start), Buffer.alloc(SIZE - start.length - tail.length, 0xff), tail]);

describe('an RSA signature', () => {
  it('holds with the one right block', () => {
    expect(holds(block(Buffer.concat([Buffer.from([0]), INFO, digest])))).toBe(true);
  });

  it.each([
    [
      'garbage behind the digest',
      Buffer.concat([
        Buffer.from([0, 1]),
        Buffer.alloc(8, 0xff),
        Buffer.from([0]),
        INFO,
        digest,
        Buffer.alloc(SIZE - 62),
      ]),
    ],
    [
      'another octet in the padding',
      Buffer.concat([Buffer.from([0, 1, 0xfe]), block(Buffer.concat([Buffer.from([0]), INFO, digest])).subarray(3)]),
    ],
    ['the padding of encryption', block(Buffer.concat([Buffer.from([0]), INFO, digest]), [0, 2])],
    ['no padding', Buffer.concat([Buffer.alloc(SIZE - 51), INFO, digest])],
    ['no end of the padding', block(Buffer.concat([INFO, digest]))],
    [
      'a DigestInfo without parameters',
      block(
        Buffer.concat([
          Buffer.from([0]),
          Buffer.from('302f300b0609608648016503040201', 'hex'),
          Buffer.from([4, 32]),
          digest,
        ]),
      ),
    ],
    [
      'the DigestInfo of another hash',
      block(Buffer.concat([Buffer.from([0]), Buffer.from('3031300d060960864801650304020805000420', 'hex'), digest])),
    ],
    ['no DigestInfo', block(Buffer.concat([Buffer.from([0]), digest]))],
    ['another digest', block(Buffer.concat([Buffer.from([0]), INFO, createHash('sha256').update('else').digest()]))],
  ])('does not hold with %s', (_, wrong) => {
    expect(wrong).toHaveLength(SIZE);
    expect(holds(wrong)).toBe(false);
  });

  it('does not hold with a number that is no smaller than the modulus, empty, longer, or followed by something', () => {
    const right = privateEncrypt(
      { key: privateKey, padding: constants.RSA_PKCS1_PADDING },
      Buffer.concat([INFO, digest]),
    );
    expect(checkSignature(key, around(right), DATA)).toBe(true);
    const larger = Buffer.from(
      (BigInt(`0x${right.toString('hex')}`) + BigInt(`0x${modulus.toString('hex')}`)).toString(16).padStart(514, '0'),
      'hex',
    );
    expect(checkSignature(key, around(larger, larger.length * 8), DATA)).toBe(false);
    expect(checkSignature(key, around(modulus), DATA)).toBe(false);
    expect(checkSignature(key, around(Buffer.alloc(0), 0), DATA)).toBe(false);
    expect(checkSignature(key, around(right, SIZE * 8, Buffer.from([0])), DATA)).toBe(false);
  });
});
