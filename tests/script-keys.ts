// SPDX-License-Identifier: Apache-2.0
/** The keys that the command-line scripts know: made by gpg, anew for each run of the tests. */
import fs from 'node:fs';
import path from 'node:path';
import { exportPublic, exportSecret, exportSecretSubkeys, type Gpg, type KeyOptions, makeKey, openGpg } from './gpg.ts';

export interface ScriptKeys {
  /** `KEYS` is their directory, `GOOD` and `OTHER` are fingerprints of primary keys. */
  readonly variables: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const PASSPHRASE = 'a passphrase of a test key';
const ED25519 = { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] };
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

const KEYS: Readonly<Record<string, KeyOptions>> = {
  good: ED25519,
  other: ED25519,
  whole: ED25519,
  locked: { ...ED25519, passphrase: PASSPHRASE },
  expired: { algorithm: 'ed25519', at: LONG_AGO, subkeys: [{ algorithm: 'ed25519', expire: '1y', at: LONG_AGO }] },
};

export async function makeScriptKeys(): Promise<ScriptKeys> {
  const gpg = await openGpg();
  const directory = path.join(gpg.home, 'keys');
  fs.mkdirSync(directory);
  const primaries: Record<string, string> = {};
  for (const [name, options] of Object.entries(KEYS)) primaries[name] = await writeKey(gpg, directory, name, options);
  const both = await exportPublic(gpg, primaries['good'] ?? '', primaries['other'] ?? '');
  fs.writeFileSync(path.join(directory, 'both.pub.asc'), both);
  fs.writeFileSync(path.join(directory, 'passphrase'), `${PASSPHRASE}\n`);
  const { good = '', other = '' } = primaries;
  return { variables: { KEYS: directory, GOOD: good, OTHER: other }, close: async () => gpg.close() };
}

async function writeKey(gpg: Gpg, directory: string, name: string, options: KeyOptions): Promise<string> {
  const { primary } = await makeKey(gpg, { ...options, userId: `Test key ${name} <${name}@example.org>` });
  const secret = await (name === 'whole' ? exportSecret : exportSecretSubkeys)(gpg, primary, options.passphrase);
  fs.writeFileSync(path.join(directory, `${name}.asc`), secret, { mode: 0o600 });
  fs.writeFileSync(path.join(directory, `${name}.pub.asc`), await exportPublic(gpg, primary));
  fs.writeFileSync(path.join(directory, `${name}.gpg`), (await gpg.run(['--export', primary])).stdout);
  return primary;
}
