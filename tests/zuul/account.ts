// SPDX-License-Identifier: Apache-2.0
/** Who the servers run as: never root. A test that was started by root drops to `nobody`; everybody else stays who they are. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Whether somebody else starts the servers, who has to become this account first. */
  readonly isOther: boolean;
}

const idOf = (flag: string, name: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }));

export function findAccount(): Account {
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) return { name: execFileSync('id', ['-un'], { encoding: 'utf8' }).trim(), uid, gid, isOther: false };
  return { name: 'nobody', uid: idOf('-u', 'nobody'), gid: idOf('-g', 'nobody'), isOther: true };
}

/** The command line that runs another as the account, and ends it when the process that started it is gone. */
export function asAccount({ uid, gid, isOther }: Account, command: readonly string[]): readonly string[] {
  const drop = isOther ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
  return ['setpriv', ...drop, '--pdeathsig=KILL', '--', ...command];
}

/** Hands over a file, or a directory and everything below it. */
export function giveTo(account: Account, file: string): void {
  if (!account.isOther) return;
  fs.lchownSync(file, account.uid, account.gid);
  if (!fs.lstatSync(file).isDirectory()) return;
  for (const name of fs.readdirSync(file)) giveTo(account, path.join(file, name));
}
