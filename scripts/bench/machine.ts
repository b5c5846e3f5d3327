// SPDX-License-Identifier: Apache-2.0
/** What a measurement was taken on, and what is missing for one. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Row } from './rows.ts';

/** Names and versions, for the table's caption. */
export type Machine = Readonly<Record<string, string>>;

const firstLine = (program: string, ...args: readonly string[]): string => {
  const { stdout, error } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  return error === undefined ? (stdout.split('\n')[0] ?? '') : '';
};

/** The same for every row, so that rows can be measured on different days. */
export function describeMachine(): Machine {
  const pins = fs.readFileSync(path.resolve(import.meta.dirname, '../../requirements/ansible.txt'), 'utf8');
  const described = {
    Processor: `${os.availableParallelism()} × ${os.cpus()[0]?.model ?? 'unknown'}`,
    Memory: `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    System: `${os.type()} ${os.release()} ${os.arch()}`,
    Ours: `Node ${process.versions.node} with OpenSSL ${process.versions.openssl}`,
    GnuPG: firstLine('gpg', '--version'),
    OpenSSL: firstLine('openssl', 'version'),
    coreutils: firstLine('sha256sum', '--version'),
    Ansible: `ansible-core ${/^ansible-core==(\S+)/m.exec(pins)?.[1]}`,
  };
  return Object.fromEntries(Object.entries(described).filter(([, text]) => text !== ''));
}

/** Bytes of disk that a whole run has at most. */
const SPACE = 6e9;

/** One line for each thing that is missing. */
export function whatIsMissing(rows: readonly Row[], directory: string, isQuick: boolean): readonly string[] {
  const programs = new Set(['python3', ...rows.flatMap((row) => row.programs)]);
  const missing = [...programs]
    .filter((program) => spawnSync('sh', ['-c', 'command -v "$0"', program]).status !== 0)
    .map((program) => `"${program}" is not installed; on Debian it comes with ${PACKAGES[program] ?? program}`);
  const space = fs.statfsSync(directory);
  const free = space.bavail * space.bsize;
  if (isQuick || free >= SPACE) return missing;
  return [...missing, `"${directory}" has ${Math.floor(free / 1e9)} GB left, and ${SPACE / 1e9} are needed`];
}

const PACKAGES: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  go: 'golang-go, in version 1.26 or later',
  gpgconf: 'gpgconf',
  'gpg-connect-agent': 'gpgconf',
  sha256sum: 'coreutils',
  flock: 'util-linux',
};
