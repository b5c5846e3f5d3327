// SPDX-License-Identifier: Apache-2.0
/** A cycle key that lives for one run, made the way doc/source/key-handling.rst describes it for real ones. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './run-command.ts';

export interface ThrowawayKey {
  /** Fingerprint of the primary key, which can only certify. */
  readonly primary: string;
  /** Fingerprint of the subkey that signs. */
  readonly subkey: string;
  /** The secret of the subkey alone, armored. */
  readonly secretFile: string;
  /** The certificate, armored. */
  readonly certificate: string;
  /** The certificate, binary, as gpgv wants it. */
  readonly keyring: Buffer;
}

/** Sockets of gpg-agent have short names only: the directory must not lie deep. */
export const gnupgHome = (directory: string) => path.join(directory, 'gnupg');

const environment = (directory: string) => ({ ...process.env, GNUPGHOME: gnupgHome(directory), LC_ALL: 'C.UTF-8' });

const UNATTENDED = ['--batch', '--no-tty', '--pinentry-mode', 'loopback', '--passphrase', ''];

/**
 * Makes the key in a private directory; `algorithm` is that of the subkey, as gpg calls it. `removeAgent` has to be called before
 * the directory goes.
 */
export async function makeThrowawayKey(
  directory: string,
  userId: string,
  algorithm = 'ed25519',
): Promise<ThrowawayKey> {
  fs.mkdirSync(gnupgHome(directory), { mode: 0o700 });
  const env = environment(directory);
  const gpg = async (...args: readonly string[]) => (await runCommand('gpg', [...UNATTENDED, ...args], { env })).stdout;
  await gpg('--quick-generate-key', userId, 'ed25519', 'cert', '8m');
  const [primary = ''] = fingerprints(await gpg('--with-colons', '--list-keys'));
  await gpg('--quick-add-key', primary, algorithm, 'sign', '8m');
  const [, subkey = ''] = fingerprints(await gpg('--with-colons', '--list-keys'));
  const secretFile = path.join(directory, 'subkey.asc');
  await gpg('--armor', '--output', secretFile, '--export-secret-subkeys', `${subkey}!`);
  const [armored, binary] = [path.join(directory, 'certificate.asc'), path.join(directory, 'certificate.gpg')];
  await gpg('--armor', '--output', armored, '--export', primary);
  await gpg('--output', binary, '--export', primary);
  return {
    primary,
    subkey,
    secretFile,
    certificate: fs.readFileSync(armored, 'utf8'),
    keyring: fs.readFileSync(binary),
  };
}

/** Of all keys of a listing, primary keys before their subkeys. */
const fingerprints = (colons: string): readonly string[] =>
  colons.split('\n').flatMap((line) => (line.startsWith('fpr:') ? [line.split(':')[9] ?? ''] : []));

/** Ends the agent that gpg has started, and removes its sockets, which may lie elsewhere. */
export function removeAgent(directory: string): void {
  if (!fs.existsSync(gnupgHome(directory))) return;
  const options = { env: environment(directory), stdio: 'ignore' } as const;
  spawnSync('gpgconf', ['--kill', 'all'], options);
  spawnSync('gpgconf', ['--remove-socketdir'], options);
}
