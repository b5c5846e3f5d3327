// SPDX-License-Identifier: Apache-2.0
/** Checks of a release as somebody makes them who has nothing of ours: gpgv and sha256sum. */
import path from 'node:path';
import { CommandFailed, runCommand, tryCommand } from './run-command.ts';

const REFUSED = /^\[GNUPG:\] (?:EXPKEYSIG|REVKEYSIG|EXPSIG|ERRSIG|BADSIG|KEYREVOKED)\b/m;

/**
 * Throws CommandFailed unless the file has exactly one signature, a good one, by a key of the primary key that is pinned. gpgv ends
 * with status 0 for expired and revoked keys, too: the status lines decide.
 */
export async function checkWithGpgv(keyring: string, primary: string, file: string): Promise<void> {
  const args = ['--status-fd', '1', '--keyring', path.resolve(keyring), `${file}.asc`, file];
  const { status, stdout, output } = await tryCommand('gpgv', args);
  const lines = (word: string) =>
    stdout.split('\n').filter((line) => line.startsWith(`[GNUPG:] ${word} `) || line === `[GNUPG:] ${word}`);
  const [valid = ''] = lines('VALIDSIG');
  const isGood =
    status === 0 &&
    lines('NEWSIG').length === 1 &&
    lines('GOODSIG').length === 1 &&
    lines('VALIDSIG').length === 1 &&
    valid.split(' ').at(-1) === primary &&
    !REFUSED.test(stdout);
  if (!isGood) throw new CommandFailed(`gpgv ${args.join(' ')}`, output);
}

/** How many files the manifest lists, all of which are there and as it says. Throws CommandFailed. */
export async function checkWithSha256sum(directory: string, manifest: string): Promise<number> {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { stdout } = await runCommand('sha256sum', ['--strict', '--check', '--', manifest], { cwd: directory, env });
  return stdout.split('\n').filter((line) => line.endsWith(': OK')).length;
}
