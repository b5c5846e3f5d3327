// SPDX-License-Identifier: Apache-2.0
/**
 * Test data of other people's OpenPGP libraries, out of the packages that they publish. Some of it may not be copied
 * here (LGPL), so cargo fetches the packages, which are pinned by their digests, into its own cache; nothing of them is
 * compiled or run.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Package and version: SHA-256. */
export const CRATES = {
  'pgp-0.21.0': 'ae70f4d9325a391db30d115d6191a7bb67cec856aa0bba131290f0c4e09a532a',
  'sequoia-openpgp-2.4.2': '1460dbd9c736920a78bd450eaa6902304605c493bd2222121849ba01ab8df997',
  'sequoia-sq-1.5.0': '43f230abc78a8daec8a06cfc8c1191045b7b210fee5bee50dc3f75bd9f22950e',
  'sequoia-sqv-1.5.0': 'd4eb1f22746894dd654a8fa50576200d047f0de0e1ae2a361d7ebe263d351bc8',
} as const;

export type Crate = keyof typeof CRATES;

/** Unpacks the tests of a package below a directory; what is there then is `DIRECTORY/CRATE/tests`. */
export function unpackCrate(crate: Crate, directory: string): string {
  const file = cached(crate) ?? fetched(crate);
  const digest = createHash('sha256').update(fs.readFileSync(file)).digest('hex');
  if (digest !== CRATES[crate]) throw new Error(`${file} has the SHA-256 ${digest}, not ${CRATES[crate]}`);
  run('tar', ['-xzf', file, '-C', directory, `${crate}/tests`], directory);
  return path.join(directory, crate, 'tests');
}

/** Where cargo keeps packages: one directory for each registry. */
function cached(crate: Crate): string | undefined {
  const home = process.env['CARGO_HOME'] ?? path.join(os.homedir(), '.cargo');
  const cache = path.join(home, 'registry/cache');
  const registries = fs.existsSync(cache) ? fs.readdirSync(cache) : [];
  return registries.map((name) => path.join(cache, name, `${crate}.crate`)).find((file) => fs.existsSync(file));
}

/** `cargo info` downloads the one package, and none of those that it needs. */
function fetched(crate: Crate): string {
  const at = crate.lastIndexOf('-');
  run('cargo', ['info', '--quiet', `${crate.slice(0, at)}@${crate.slice(at + 1)}`], os.tmpdir());
  const file = cached(crate);
  if (file === undefined) throw new Error(`cargo info has not left ${crate}.crate in its cache`);
  return file;
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { error, status, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}
