// SPDX-License-Identifier: Apache-2.0
/** The keys of the suite: files below keys/, which no server reads, and what is public of them below trust/. */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { exportPublic, exportSecretSubkeys, type Gpg, type KeyOptions, makeKey, withGpg } from '../gpg.ts';
import { giveTo } from './account.ts';
import { runAs } from './commands.ts';
import type { State } from './state.ts';
import { readTutorial } from './tutorial.ts';

export const ORIGIN = 'tarballs.example.org/log';

const LONG_AGO = new Date('2024-01-01T00:00:00Z');
const GOOD: KeyOptions = { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519', expire: '1y' }] };
const EXPIRED: KeyOptions = {
  algorithm: 'ed25519',
  at: LONG_AGO,
  subkeys: [{ algorithm: 'ed25519', at: LONG_AGO, expire: '8m' }],
};

/** The key of the project that has its secrets itself: its subkey is locked. Long enough to be found in part. */
const GUARDED: KeyOptions = { ...GOOD, passphrase: randomBytes(24).toString('hex') };

const FILES = {
  good: 'good.asc',
  expired: 'expired.asc',
  guarded: 'guarded.asc',
  passphrase: 'passphrase',
  log: 'log.pem',
};

/** Where a secret lies. */
export const keyFile = ({ directory }: State, name: keyof typeof FILES): string =>
  path.join(directory, 'keys', FILES[name]);

/** Where something lies that everybody may see. */
export const trustFile = ({ directory }: State, name: string): string => path.join(directory, 'trust', name);

/** Makes the keys, the log, and the trust policies that believe them. */
export async function makeKeys(state: State): Promise<void> {
  const logKey = await makeLog(state);
  await withGpg(async (gpg) => {
    const good = await makeKey(gpg, { ...GOOD, userId: 'Release key of the suite' });
    const expired = await makeKey(gpg, { ...EXPIRED, userId: 'Expired key of the suite' });
    const guarded = await makeKey(gpg, { ...GUARDED, userId: 'Locked key of the suite' });
    fs.writeFileSync(keyFile(state, 'good'), await exportSecretSubkeys(gpg, good.primary));
    fs.writeFileSync(keyFile(state, 'expired'), await exportSecretSubkeys(gpg, expired.primary));
    fs.writeFileSync(keyFile(state, 'guarded'), await exportSecretSubkeys(gpg, guarded.primary, GUARDED.passphrase));
    fs.writeFileSync(keyFile(state, 'passphrase'), `${GUARDED.passphrase}\n`);
    await writeTrust(state, gpg, { key: good.primary, logKey, certificate: 'release-key', policy: 'policy.yaml' });
    await writeTrust(state, gpg, { key: guarded.primary, logKey, certificate: 'guarded', policy: 'guarded.yaml' });
    fs.writeFileSync(trustFile(state, 'fingerprint'), good.primary);
  });
  fs.copyFileSync(keyFile(state, 'good'), path.join(state.directory, 'signer/keys/subkey.asc'));
  for (const name of ['keys', 'signer/keys']) giveTo(state.account, path.join(state.directory, name));
}

interface Trust {
  readonly key: string;
  readonly logKey: string;
  /** Name of the file, armored and not. */
  readonly certificate: string;
  readonly policy: string;
}

/** The tutorial's policy, filled in. */
async function writeTrust(state: State, gpg: Gpg, { key, logKey, certificate, policy }: Trust): Promise<void> {
  const text = readTutorial(state, 'zuul-config/trust/policy.yaml')
    .replace('release-key.asc', `${certificate}.asc`)
    .replace('FINGERPRINT_OF_THE_PRIMARY_KEY', key)
    .replace('KEY_OF_THE_LOG', logKey);
  fs.writeFileSync(trustFile(state, policy), text);
  fs.writeFileSync(trustFile(state, `${certificate}.asc`), await exportPublic(gpg, key));
  fs.writeFileSync(trustFile(state, `${certificate}.gpg`), (await gpg.run(['--export', key])).stdout);
}

/** Returns the log's public key, as policies pin it. */
async function makeLog(state: State): Promise<string> {
  const log = path.join(state.directory, 'site/log');
  await artifactSigning(state, 'key', 'generate-log-key', '--for', 'tiles', '--out', keyFile(state, 'log'));
  const said = await artifactSigning(state, 'log', 'init', log, '--origin', ORIGIN, '--key', keyFile(state, 'log'));
  const [key] = /\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*/.exec(said) ?? [];
  if (key === undefined) throw new Error(`log init says no key: ${said}`);
  return key;
}

/** Runs the executable of the copy that Zuul has, and returns its standard output. */
export async function artifactSigning(state: State, ...args: readonly string[]): Promise<string> {
  const entry = path.join(state.directory, 'src/zuul-artifact-signing/dist/artifact-signing.mjs');
  return (await runAs(state, [state.node, entry, ...args])).stdout;
}
