// SPDX-License-Identifier: Apache-2.0
// Keys for submissions to Sigsum logs are OpenSSH's: its own tool reads ours, and we read its.
import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatOpenSshKey, formatOpenSshPublicKey, parseOpenSshKey } from '../../src/core/openssh-key.ts';
import { publicKeyOf } from '../../src/core/signed-note.ts';
import { refusal } from '../refusal.ts';

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'openssh-'));
afterAll(() => fs.rmSync(work, { recursive: true }));

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

describe('an OpenSSH private key', () => {
  it('of ours is one that ssh-keygen reads, with the public key that we write', () => {
    const key = generateKeyPairSync('ed25519').privateKey;
    const file = path.join(work, 'ours');
    fs.writeFileSync(file, formatOpenSshKey(key), { mode: 0o600 });
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
});
