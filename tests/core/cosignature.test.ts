// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignedCheckpoint } from '../../src/core/checkpoint.ts';
import {
  cosignedMessage,
  formatCosignature,
  formatWitnessKey,
  parseCosignature,
  parseWitnessKey,
  verifyCosignature,
  vouchersOf,
} from '../../src/core/cosignature.ts';
import { parseHash } from '../../src/core/merkle.ts';
import { formatKeyMaterial, parseVerifierKey } from '../../src/core/signed-note.ts';
import { refusal } from '../refusal.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const seconds = NOW.getTime() / 1000;

/** The text in the specification. */
const TEXT = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const CHECKPOINT: SignedCheckpoint = {
  origin: 'example.com/behind-the-sofa',
  size: 20_852_163,
  root: parseHash(Buffer.from('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=', 'base64')),
  extensions: [],
  signatures: [],
};

function witness(name: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const vkey = formatKeyMaterial({ name, type: 4, publicKey: raw });
  const key = parseWitnessKey(vkey);
  const lineOf = (time: number, text = TEXT) => {
    const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${text}`), privateKey);
    return { name, keyId: key.keyId, signature: formatCosignature({ time, signature }) };
  };
  return { vkey, key, lineOf };
}
const north = witness('witness.example/north');
const south = witness('witness.example/south');
const at = (time: number) => new Date(time * 1000);

describe('a cosignature', () => {
  it('is of the message that the specification shows', () => {
    expect(cosignedMessage(CHECKPOINT, 1_679_315_147)).toBe(`cosignature/v1\ntime 1679315147\n${TEXT}`);
    const extended = { ...CHECKPOINT, extensions: ['more'] };
    expect(cosignedMessage(extended, 1)).toBe(`cosignature/v1\ntime 1\n${TEXT}more\n`);
  });

  it('reads back what was written, byte for byte', () => {
    const signature = fc.uint8Array({ minLength: 64, maxLength: 64 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8_640_000_000_000 }), signature, (time, bytes) => {
        const written = formatCosignature({ time, signature: bytes });
        expect(Buffer.from(written).readBigUInt64BE()).toBe(BigInt(time));
        expect(written.subarray(8)).toEqual(Buffer.from(bytes));
        const read = parseCosignature(written);
        expect(read.time).toBe(time);
        expect(Buffer.from(formatCosignature(read))).toEqual(Buffer.from(written));
      }),
    );
  });

  it.each([
    ['of 71 bytes', Buffer.alloc(71, 1)],
    ['of 73 bytes', Buffer.alloc(73, 1)],
    ['of nothing', Buffer.alloc(0)],
    ['with the time 0', Buffer.concat([Buffer.alloc(8), Buffer.alloc(64, 1)])],
    ['with a time that no clock shows', Buffer.concat([Buffer.from('000007dba8218001', 'hex'), Buffer.alloc(64)])],
    ['with a time beyond 2^63', Buffer.alloc(72, 0xff)],
  ])('%s is none', (_, bytes) => {
    refusal('bad-format', () => parseCosignature(bytes));
  });

  it('says who vouches, and when', () => {
    expect(verifyCosignature(CHECKPOINT, north.key, north.lineOf(seconds - 5), NOW)).toMatchObject({
      key: north.key,
      time: at(seconds - 5),
    });
  });

  it('may be dated five minutes ahead, for clocks differ, and no more', () => {
    verifyCosignature(CHECKPOINT, north.key, north.lineOf(seconds + 300), NOW);
    const ahead = () => verifyCosignature(CHECKPOINT, north.key, north.lineOf(seconds + 301), NOW);
    expect(refusal('bad-signature', ahead).message).toContain('is dated ahead of now');
  });

  it.each([
    ['another origin', { origin: 'example.com/elsewhere' }],
    ['another size', { size: 20_852_164 }],
    ['another root', { root: parseHash(Buffer.alloc(32)) }],
    ['another extension', { extensions: ['x'] }],
  ])('is not one of %s', (_, change) => {
    const other = { ...CHECKPOINT, ...change };
    refusal('bad-signature', () => verifyCosignature(other, north.key, north.lineOf(seconds), NOW));
  });

  it('is not one with a single bit changed, wherever', () => {
    const line = north.lineOf(seconds - 1_000_000);
    for (let bit = 0; bit < line.signature.length * 8; bit += 1) {
      const signature = Buffer.from(line.signature);
      signature.writeUInt8((signature[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
      refusal('bad-signature', () => verifyCosignature(CHECKPOINT, north.key, { ...line, signature }, NOW));
    }
  });
});

describe('the witnesses of a checkpoint', () => {
  const keys = [north.key, south.key];
  const signed = (...signatures: SignedCheckpoint['signatures']) => ({ ...CHECKPOINT, signatures });

  it('are those whose lines it bears, in the order of the keys, others ignored', () => {
    const stranger = witness('witness.example/stranger');
    const checkpoint = signed(stranger.lineOf(1), south.lineOf(seconds), north.lineOf(seconds - 1));
    expect(vouchersOf(checkpoint, keys, NOW).map(({ key, time }) => [key, time])).toEqual([
      [north.key, at(seconds - 1)],
      [south.key, at(seconds)],
    ]);
    expect(vouchersOf(signed(stranger.lineOf(1)), keys, NOW)).toEqual([]);
  });

  it('ignore a line with their name and another key ID, such as that of an ML-DSA key', () => {
    const line = { name: north.key.name, keyId: '00000000', signature: Buffer.alloc(2428) };
    expect(vouchersOf(signed(line, north.lineOf(1)), keys, NOW)).toHaveLength(1);
  });

  it('count once, with the earliest time', () => {
    const lines = [3, 2, 4].map((time) => north.lineOf(time));
    expect(vouchersOf(signed(...lines), keys, NOW).map(({ time }) => time)).toEqual([at(2)]);
  });

  it('refuse a line that claims to be theirs and is not, beside good ones', () => {
    const forged = { ...south.lineOf(seconds), name: north.key.name, keyId: north.key.keyId };
    refusal('bad-signature', () => vouchersOf(signed(north.lineOf(1), forged), keys, NOW));
    refusal('bad-signature', () => vouchersOf(signed(south.lineOf(1), north.lineOf(1, 'x\n1\n')), keys, NOW));
  });
});

describe('the key of a witness', () => {
  it('reads back what was written', () => {
    expect(formatWitnessKey(parseWitnessKey(north.vkey))).toBe(north.vkey);
  });

  it('of a log is none, nor one of ML-DSA-44, nor one of another length', () => {
    const { publicKey } = north.key;
    const log = formatKeyMaterial({ name: 'w', type: 1, publicKey });
    parseVerifierKey(log);
    expect(refusal('usage', () => parseWitnessKey(log)).message).toContain('has the type 4');
    const mldsa = formatKeyMaterial({ name: 'w', type: 6, publicKey: Buffer.alloc(1312) });
    expect(refusal('usage', () => parseWitnessKey(mldsa)).message).toContain('is an ML-DSA-44 key');
    for (const length of [0, 31, 33]) {
      const odd = formatKeyMaterial({ name: 'w', type: 4, publicKey: Buffer.alloc(length) });
      expect(refusal('usage', () => parseWitnessKey(odd)).message).toContain('not of an Ed25519 key');
    }
    refusal('usage', () => parseVerifierKey(north.vkey));
  });
});
