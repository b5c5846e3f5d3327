// SPDX-License-Identifier: Apache-2.0
/**
 * A remote host that is this machine: an sshd of our own on a free port. Run by root, its account is `nobody`, in a view of the
 * system in which that one has a shell and a home; run by anybody else, it is that account's own.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../free-port.ts';

export interface LoopbackHost {
  /** The home of the account, and the only place that it owns. */
  readonly home: string;
  /** What an inventory says of it. */
  readonly vars: Readonly<Record<string, unknown>>;
  /** Makes a file in its home, as the account itself would have made it; returns its path. */
  put(name: string, content: string | Uint8Array, mode?: number): string;
  close(): Promise<void>;
}

const NOBODY = { uid: 65534, gid: 65534 };

/** `around` stands before its server, such as `strace`. */
export async function startLoopbackHost(around: readonly string[] = []): Promise<LoopbackHost> {
  const asRoot = process.getuid?.() === 0;
  const directory = fs.mkdtempSync('/tmp/host-');
  const at = (name: string) => path.join(directory, name);
  const home = at('home');
  fs.mkdirSync(home);
  for (const name of ['host', 'id'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', at(name)]);
  const port = await freePort();
  fs.writeFileSync(at('sshd_config'), configuration(directory, port));
  fs.writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${fs.readFileSync(at('host.pub'), 'utf8')}`);
  if (asRoot) giveToNobody(directory);
  const server = await startServer([
    ...around,
    ...(asRoot ? viewOfNobody(directory) : []),
    '/usr/sbin/sshd',
    '-D',
    '-e',
    '-f',
    at('sshd_config'),
  ]);
  const options = [
    '-F',
    'none',
    '-o',
    `UserKnownHostsFile=${at('known_hosts')}`,
    '-o',
    'StrictHostKeyChecking=yes',
    '-o',
    'IdentitiesOnly=yes',
  ];
  return {
    home,
    vars: {
      ansible_connection: 'ssh',
      ansible_host: '127.0.0.1',
      ansible_port: port,
      ansible_user: asRoot ? 'nobody' : os.userInfo().username,
      ansible_ssh_private_key_file: at('id'),
      ansible_ssh_common_args: options.join(' '),
      ansible_python_interpreter: '/usr/bin/python3',
      ansible_pipelining: true,
    },
    put: (name, content, mode) => putAsAccount(home, name, content, mode),
    async close() {
      await stop(server);
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

const configuration = (directory: string, port: number) => `ListenAddress 127.0.0.1
Port ${port}
HostKey ${directory}/host
PidFile none
AuthorizedKeysFile ${directory}/id.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
`;

/** The account of the server owns what it reads; ssh wants the key that it is given to be ours alone. */
function giveToNobody(directory: string): void {
  const entry = `nobody:x:${NOBODY.uid}:${NOBODY.gid}::${directory}/home:/bin/sh\n`;
  fs.writeFileSync(path.join(directory, 'passwd'), `root:x:0:0::/root:/bin/sh\n${entry}`);
  // sshd takes an account without a readable entry for locked
  fs.writeFileSync(path.join(directory, 'shadow'), 'nobody:*:20000:0:99999:7:::\n');
  for (const name of ['.', ...fs.readdirSync(directory).filter((name) => name !== 'id')])
    fs.chownSync(path.join(directory, name), NOBODY.uid, NOBODY.gid);
}

function putAsAccount(home: string, name: string, content: string | Uint8Array, mode = 0o644): string {
  const { uid, gid } = fs.statSync(home);
  let directory = home;
  for (const part of path.dirname(name).split('/')) {
    directory = path.join(directory, part);
    fs.mkdirSync(directory, { recursive: true });
    fs.chownSync(directory, uid, gid);
  }
  const file = path.join(home, name);
  fs.writeFileSync(file, content);
  fs.chownSync(file, uid, gid);
  fs.chmodSync(file, mode);
  return file;
}

/** Whatever was started from a connection ends with the server: they are in one process namespace. */
const viewOfNobody = (directory: string): readonly string[] => [
  ...['setpriv', `--reuid=${NOBODY.uid}`, `--regid=${NOBODY.gid}`, '--clear-groups'],
  ...['bwrap', '--dev-bind', '/', '/', '--unshare-pid', '--proc', '/proc', '--die-with-parent'],
  ...['passwd', 'shadow'].flatMap((name) => ['--ro-bind', path.join(directory, name), path.join('/etc', name)]),
  '--',
];

/** Until it says that it listens. */
async function startServer([program = '', ...args]: readonly string[]): Promise<ChildProcess> {
  const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('Server listening')) resolve();
    });
    server.on('error', reject);
    server.on('close', () => reject(new Error(`sshd has ended: ${said}`)));
  });
  return server;
}

async function stop(server: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => server.on('close', resolve));
  server.kill('SIGTERM');
  await ended;
}
