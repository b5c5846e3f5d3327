// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatOpenSshKey, formatOpenSshPublicKey, isOpenSshKey, parseOpenSshKey } from '../../src/core/openssh-key.ts';
import { publicKeyOf } from '../../src/core/signed-note.ts';
import { refusal } from '../refusal.ts';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'openssh-key-'));
afterAll(() => fs.rmSync(work, { recursive: true }));

const key = generateKeyPairSync('ed25519').privateKey;
const TEXT = formatOpenSshKey(key);

function keygen(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('ssh-keygen', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** A file of ssh-keygen's own. */
function made(name: string, ...args: readonly string[]): Buffer {
  const file = path.join(work, name);
  keygen('-q', '-f', file, ...args);
  return fs.readFileSync(file);
}

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

describe('an OpenSSH private key', () => {
  it('is read back as it was written', () => {
    expect(parseOpenSshKey(Buffer.from(TEXT)).equals(key)).toBe(true);
    expect(isOpenSshKey(Buffer.from(TEXT))).toBe(true);
    expect(isOpenSshKey(Buffer.from('-----BEGIN PRIVATE KEY-----'))).toBe(false);
    expect(Math.max(...TEXT.split('\n').map(({ length }) => length))).toBe(64);
  });

  it('is one that ssh-keygen reads, with the public key that we write', () => {
    const file = path.join(work, 'ours');
    fs.writeFileSync(file, TEXT, { mode: 0o600 });
    const line = formatOpenSshPublicKey(publicKeyOf(key), 'log key');
    expect(keygen('-y', '-f', file).trim()).toBe(line.split(' ').slice(0, 2).join(' '));
    expect(line.endsWith(' log key\n')).toBe(true);
  });

  it('of ssh-keygen is read, whatever its comment', () => {
    for (const comment of ['', 'a', 'user@host.example.org']) {
      const parsed = parseOpenSshKey(made(`theirs-${comment.length}`, '-t', 'ed25519', '-N', '', '-C', comment));
      const line = fs.readFileSync(path.join(work, `theirs-${comment.length}.pub`), 'utf8');
      const raw = Buffer.from(line.split(' ')[1] ?? '', 'base64').subarray(-32);
      expect(createPublicKey(parsed).export({ format: 'jwk' }).x).toBe(raw.toString('base64url'));
    }
  });

  it('with a passphrase is refused, and one of another kind', () => {
    const locked = made('locked', '-t', 'ed25519', '-N', 'secret');
    expect(refusal('unreadable', () => parseOpenSshKey(locked)).message).toContain('passphrase');
    const ecdsa = made('ecdsa', '-t', 'ecdsa', '-N', '');
    expect(refusal('unreadable', () => parseOpenSshKey(ecdsa)).message).toContain('no Ed25519 key');
  });

  it.each([
    ['an empty file', Buffer.alloc(0)],
    ['another PEM file', Buffer.from(TEXT.replaceAll('OPENSSH', 'RSA'))],
    ['no end', Buffer.from(TEXT.slice(0, -10))],
    ['more after its end', Buffer.from(`${TEXT}more`)],
    ['another magic', changed(set(0, 0))],
    ['two keys', changed(set(38, 2))],
    ['two check numbers', changed(set(98, 255))],
    ['other padding', changed(set(-1, 9))],
    ['another public key', changed(set(70, 0))],
    ['a secret half of another key', changed((blob) => set(161, ((blob[161] ?? 0) + 1) % 256)(blob))],
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
