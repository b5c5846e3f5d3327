// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatOpenSshKey, isOpenSshKey, parseOpenSshKey } from '../../src/core/openssh-key.ts';
import { refusal } from '../refusal.ts';

const key = generateKeyPairSync('ed25519').privateKey;
const TEXT = formatOpenSshKey(key);

/** The file with other bytes in it. */
function changed(change: (blob: Buffer) => Buffer): Buffer {
  const blob = Buffer.from(TEXT.split('\n').slice(1, -2).join(''), 'base64');
  const [begin = '', end = ''] = [TEXT.split('\n')[0], TEXT.split('\n').at(-2)];
  return Buffer.from(`${begin}\n${change(blob).toString('base64')}\n${end}\n`);
}
const set = (at: number, value: number) => (blob: Buffer) => {
  blob[at < 0 ? blob.length + at : at] = value;
  return blob;
};

const flip = (at: number) => (blob: Buffer) => set(at, (blob[at] ?? 0) ^ 1)(blob);

describe('an OpenSSH private key', () => {
  it('is read back as it was written', () => {
    expect(parseOpenSshKey(Buffer.from(TEXT)).equals(key)).toBe(true);
    expect(isOpenSshKey(Buffer.from(TEXT))).toBe(true);
    expect(isOpenSshKey(Buffer.from('-----BEGIN PRIVATE KEY-----'))).toBe(false);
    expect(Math.max(...TEXT.split('\n').map(({ length }) => length))).toBe(64);
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['another PEM file', Buffer.from(TEXT.replaceAll('OPENSSH', 'RSA'))],
    ['no end', Buffer.from(TEXT.slice(0, -10))],
    ['more after its end', Buffer.from(`${TEXT}more`)],
    ['another magic', changed(set(0, 0))],
    ['two keys', changed(set(38, 2))],
    ['two check numbers', changed(flip(98))],
    ['other padding', changed(set(-1, 9))],
    ['another public key', changed(flip(70))],
    ['a secret half of another key', changed(flip(161))],
    ['one byte less', changed((blob) => blob.subarray(0, -1))],
    ['one byte more', changed((blob) => Buffer.concat([blob, Buffer.of(0)]))],
  ])('with %s is refused', (_, bytes) => {
    refusal('unreadable', () => parseOpenSshKey(bytes));
  });

  it('is refused at every truncation', () => {
    const { length } = Buffer.from(TEXT.split('\n').slice(1, -2).join(''), 'base64');
    for (let end = 0; end < length; end += 1)
      refusal('unreadable', () => parseOpenSshKey(changed((blob) => blob.subarray(0, end))));
  });
});
