// SPDX-License-Identifier: Apache-2.0
/**
 * Where everything lies that one run makes, below a temporary directory with a short name (a socket's path has 107 octets):
 *
 *   etc/       configuration            ca/      certificates for ZooKeeper
 *   git/       bare repositories        src/     their working clones
 *   builds/    the executor's job directories, kept
 *   site/      what is served: logs/ tarballs/ log/
 *   trust/     certificate, policy      keys/    secret keys, which no server reads
 *   node/      the executor's Node, which trusted playbooks see; own-node/ is where the self-tests of this repository have it
 *   signer/    home of the signing node's account
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port.ts';
import { type Account, asAccount, findAccount, giveTo } from './account.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

const DIRECTORIES = [
  'etc',
  'home',
  'bin',
  'ca',
  'zk',
  'pg',
  'run',
  'servers',
  'git',
  'src',
  'builds',
  'state',
  'site',
  'site/logs',
  'site/tarballs',
  'trust',
  'node',
  'own-node',
  'signer',
  'signer/bin',
  'signer/keys',
  'signer/releases',
];

export interface Ports {
  readonly zookeeper: number;
  readonly web: number;
  readonly finger: number;
  readonly site: number;
  readonly ssh: number;
}

export interface State {
  readonly directory: string;
  readonly account: Account;
  readonly ports: Ports;
  /** The `bin` directory of Zuul's environment. */
  readonly zuulBin: string;
  /** What Zuul calls `ansible_root`. */
  readonly ansibleRoot: string;
  /** `http://127.0.0.1:PORT` of Zuul. */
  readonly zuulUrl: string;
  /** The same of what is published. */
  readonly siteUrl: string;
  /** The Node that jobs use, as the sandboxes see it. */
  readonly node: string;
}

export async function makeState(): Promise<State> {
  const environments = makeEnvironments();
  const account = findAccount();
  const directory = fs.mkdtempSync('/tmp/zuul-suite-');
  fs.chmodSync(directory, 0o755);
  for (const name of DIRECTORIES) fs.mkdirSync(path.join(directory, name), { mode: 0o755 });
  fs.mkdirSync(path.join(directory, 'keys'), { mode: 0o700 });
  const node = path.join(directory, 'node/node');
  fs.copyFileSync(process.execPath, node);
  fs.chmodSync(node, 0o755);
  for (const other of ['own-node/node', 'signer/bin/node']) fs.linkSync(node, path.join(directory, other));
  giveTo(account, directory);
  checkEnvironments(environments, account);
  const ports = {
    zookeeper: await freePort(),
    web: await freePort(),
    finger: await freePort(),
    site: await freePort(),
    ssh: await freePort(),
  };
  return {
    directory,
    account,
    ports,
    node,
    zuulBin: path.join(environments, 'zuul/bin'),
    ansibleRoot: path.join(environments, 'ansible'),
    zuulUrl: `http://127.0.0.1:${ports.web}`,
    siteUrl: `http://127.0.0.1:${ports.site}`,
  };
}

/** Root's cache is /var/cache, since the servers' account cannot look into root's home. The Python is Debian's own: what the sandboxes see lies below /usr. */
function makeEnvironments(): string {
  const root = process.getuid?.() === 0 ? '/var/cache' : path.join(os.homedir(), '.cache');
  const cache = path.join(process.env['XDG_CACHE_HOME'] || root, 'zuul-artifact-signing');
  const args = [path.join(import.meta.dirname, 'make-environments.py'), cache];
  return execFileSync('/usr/bin/python3', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

/** Where root's cache is in a directory that nobody else can enter, the servers cannot be run from it. */
function checkEnvironments(environments: string, account: Account): void {
  const [program = '', ...args] = asAccount(account, ['test', '-x', path.join(environments, 'zuul/bin/zuul-executor')]);
  if (spawnSync(program, args).status !== 0)
    throw new Error(`"${account.name}" cannot run what is in ${environments}; set XDG_CACHE_HOME to another directory`);
}

/** Removes everything that the run has made. */
export const removeState = ({ directory }: State): void => fs.rmSync(directory, { recursive: true, force: true });
