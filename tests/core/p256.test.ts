// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatP256Key, generateP256KeyPem, parseP256Key, parseP256PrivateKey } from '../../src/core/p256.ts';
import { refusal } from '../refusal.ts';

const PEM = generateP256KeyPem();
const signer = parseP256PrivateKey(Buffer.from(PEM));
const MESSAGE = Buffer.from('message');

describe('a P-256 key', () => {
  it('signs what its public form verifies, and nothing else', () => {
    const key = parseP256Key(formatP256Key(signer.key));
    expect(key.spki).toHaveLength(91);
    const signature = signer.sign(MESSAGE);
    expect(key.verify(MESSAGE, signature)).toBe(true);
    expect(key.verify(Buffer.from('another'), signature)).toBe(false);
    expect(key.verify(MESSAGE, signature.subarray(1))).toBe(false);
    expect(key.verify(MESSAGE, Buffer.concat([signature, Buffer.of(0)]))).toBe(false);
  });

  it('is written as every other tool writes it', () => {
    expect(PEM).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(signer.key.pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n(?:[^\n]{1,64}\n){2}-----END PUBLIC KEY-----\n$/);
    expect(signer.key.pem.split('\n').slice(1, -2).join('')).toBe(formatP256Key(signer.key));
  });

  it('is read from the older form of OpenSSL, too', () => {
    const old = createPrivateKey(PEM).export({ format: 'pem', type: 'sec1' });
    expect(formatP256Key(parseP256PrivateKey(Buffer.from(old)).key)).toBe(formatP256Key(signer.key));
  });
});

const spki = (key: ReturnType<typeof generateKeyPairSync>['publicKey'] | ReturnType<typeof createPublicKey>) =>
  key.export({ format: 'der', type: 'spki' }).toString('base64');
const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const ed25519 = generateKeyPairSync('ed25519');

describe('a public key is refused', () => {
  it.each([
    ['an empty one', ''],
    ['PEM', signer.key.pem],
    ['no base64', '*'],
    ['one with something behind it', Buffer.concat([signer.key.spki, Buffer.of(0)]).toString('base64')],
    ['one that is cut off', Buffer.from(signer.key.spki.subarray(0, 90)).toString('base64')],
    ['another curve', spki(p384.publicKey)],
    ['another kind', spki(ed25519.publicKey)],
    ['a private key', createPrivateKey(PEM).export({ format: 'der', type: 'pkcs8' }).toString('base64')],
  ])('%s', (_, text) => {
    expect(refusal('usage', () => parseP256Key(text)).message).toMatch(/^not a public key on P-256: /);
  });

  it('a point in its compressed form', () => {
    const { spki: whole } = signer.key;
    const head = Buffer.from(whole.subarray(0, 26));
    head.writeUInt8(0x39, 1);
    head.writeUInt8(0x22, 24);
    const y = whole.at(-1) ?? 0;
    const compressed = Buffer.concat([head, Buffer.of(y % 2 === 0 ? 2 : 3), whole.subarray(27, 59)]);
    expect(createPublicKey({ key: compressed, format: 'der', type: 'spki' }).asymmetricKeyType).toBe('ec');
    refusal('usage', () => parseP256Key(compressed.toString('base64')));
  });
});

describe('a private key is refused', () => {
  const pem = (key: typeof ed25519.privateKey) => key.export({ format: 'pem', type: 'pkcs8' }).toString();
  it.each([
    ['an Ed25519 key', pem(ed25519.privateKey), /of the kind ed25519, not P-256/],
    ['another curve', pem(p384.privateKey), /of the kind ec, not P-256/],
    ['a public key', signer.key.pem, /not a private key/],
    ['nothing', '', /not a private key/],
    [
      'one with a passphrase',
      createPrivateKey(PEM).export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
      /not a private key/,
    ],
  ])('%s', (_, text, message) => {
    expect(refusal('unreadable', () => parseP256PrivateKey(Buffer.from(text))).message).toMatch(message);
  });
});
