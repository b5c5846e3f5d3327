// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect } from 'vitest';
import { isGood } from '../gpg.ts';
import { type Lab, namesIn } from '../workflow/lab.ts';

/** A release as gpgv, sha256sum and our own `verify` see it. Signatures are those of the key `good`. */
export async function foreignTools(lab: Lab, directory: string): Promise<void> {
  const names = namesIn(directory);
  const signatures = names.filter((name) => name.endsWith('.asc'));
  expect(signatures.length).toBeGreaterThan(0);
  for (const name of signatures) {
    const data = path.join(directory, name.slice(0, -'.asc'.length));
    const args = ['--status-fd', '1', '--keyring', lab.keyring('good'), path.join(directory, name), data];
    const lines = spawnSync('gpgv', args, { encoding: 'utf8' }).stdout.split('\n');
    const status = lines.map((line) => line.replace('[GNUPG:] ', ''));
    expect(isGood(status, lab.made('good').primary), `${name}\n${lines.join('\n')}`).toBe(true);
  }
  for (const name of names.filter((one) => one.endsWith('SHA256SUMS'))) {
    const cwd = path.dirname(path.join(directory, name));
    const check = spawnSync('sha256sum', ['--strict', '--check', '--quiet', path.basename(name)], {
      cwd,
      encoding: 'utf8',
    });
    expect([check.stdout, check.stderr, check.status], name).toEqual(['', '', 0]);
  }
  await lab.done(['verify', directory, '--certificate', lab.certificate('good')]);
}
