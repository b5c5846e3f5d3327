// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatOpenSshKey, formatOpenSshPublicKey } from '../../src/core/openssh-key.ts';
import { generateP256KeyPem } from '../../src/core/p256.ts';
import { parsePublicLogKey } from '../../src/core/public-log-key.ts';
import { formatVerifierKey, generateLogKeyPem, noteVerifier, publicKeyOf } from '../../src/core/signed-note.ts';
import { refusal } from '../refusal.ts';

const P256_PRIVATE = generateP256KeyPem();
const spkiPem = (pem: string) => createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString();
const P256 = spkiPem(P256_PRIVATE);
const ED25519_PRIVATE = generateLogKeyPem();
const ED25519 = createPrivateKey(ED25519_PRIVATE);
const OPENSSH = formatOpenSshPublicKey(publicKeyOf(ED25519), 'sigsum key');
const VKEY = formatVerifierKey(noteVerifier('example.org/log', publicKeyOf(ED25519)));
const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;

describe('a public log key', () => {
  it('is one for Rekor as OpenSSL writes it', () => {
    const read = parsePublicLogKey(Buffer.from(P256));
    expect(read.kind === 'rekor' && read.key.pem).toBe(P256);
  });

  it('is one for Sigsum as OpenSSH writes it', () => {
    const read = parsePublicLogKey(Buffer.from(OPENSSH));
    expect(read).toEqual({ kind: 'sigsum', key: Uint8Array.from(publicKeyOf(ED25519)) });
  });

  it('is one of a tile log as "log init" leaves it', () => {
    const read = parsePublicLogKey(Buffer.from(`${VKEY}\n`));
    expect(read.kind === 'tiles' && formatVerifierKey(read.key)).toBe(VKEY);
  });

  it.each([
    ['the private half for Rekor', P256_PRIVATE, 'it holds a private key'],
    ['that as OpenSSL wrote it once', 'x\n-----BEGIN EC PRIVATE KEY-----\n', 'it holds a private key'],
    ['the private half for Sigsum', formatOpenSshKey(ED25519), 'it holds a private key'],
    ['the key of a tile log', ED25519_PRIVATE, 'it holds a private key'],
    ['an OpenPGP key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n', 'it holds a private key'],
    ['both halves', P256 + P256_PRIVATE, 'it holds a private key'],
    ['an Ed25519 key in PEM', spkiPem(ED25519_PRIVATE), 'neither'],
    ['another curve', other.export({ type: 'spki', format: 'pem' }).toString(), 'neither'],
    ['a key of other lines', P256.replace(/\n(?=.+\n-)/, ''), 'neither'],
    ['a key without its last line break', P256.trimEnd(), 'neither'],
    ['a key with something behind it', `${P256}\n`, 'neither'],
    ['two keys', P256 + P256, 'neither'],
    ['a line without a comment', OPENSSH.replace(' sigsum key', ''), 'neither'],
    ['a line of another kind', OPENSSH.replace('ssh-ed25519', 'ssh-rsa'), 'neither'],
    ['half a line', OPENSSH.slice(0, 40), 'neither'],
    ['a verifier key without its line break', VKEY, 'neither'],
    ['two verifier keys', `${VKEY}\n${VKEY}\n`, 'neither'],
    [
      'a verifier key with another ID',
      `${VKEY.replace(/[+](.)/, (_, digit) => `+${digit === '0' ? '1' : '0'}`)}\n`,
      'neither',
    ],
    ['nothing', '', 'neither'],
  ])('is not %s', (_, text, message) => {
    expect(refusal('unreadable', () => parsePublicLogKey(Buffer.from(text))).message).toContain(message);
  });

  it('is not large', () => {
    refusal('bad-format', () => parsePublicLogKey(Buffer.alloc(5000, 'x')));
  });
});
