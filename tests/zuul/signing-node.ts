// SPDX-License-Identifier: Apache-2.0
/**
 * A node that Zuul reaches by ssh: this machine, on a port of its own. Its account is that of all servers, but in a view of the system in
 * which the account has a shell and a home, below signer/, where the signing key lies.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { giveTo } from './account.ts';
import { cleanEnvironment } from './commands.ts';
import { type Daemon, startDaemon } from './daemons.ts';
import type { State } from './state.ts';

/** To Zuul each is a node of its own, so that a job need not wait for the end of another. */
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3'];

const sshdConfiguration = ({ directory, ports }: State) => `Port ${ports.ssh}
${ADDRESSES.map((one) => `ListenAddress ${one}`).join('\n')}
HostKey ${directory}/etc/ssh_host
PidFile none
AuthorizedKeysFile ${directory}/etc/ssh.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
`;

export function startSigningNode(state: State): Daemon {
  const { directory, account } = state;
  const etc = path.join(directory, 'etc');
  const hostKey = path.join(etc, 'ssh_host');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'signing-node', '-f', hostKey]);
  fs.writeFileSync(path.join(etc, 'sshd_config'), sshdConfiguration(state));
  const entry = `${account.name}:x:${account.uid}:${account.gid}::${directory}/signer:/bin/sh\n`;
  fs.writeFileSync(path.join(etc, 'passwd'), `root:x:0:0::/root:/bin/sh\n${entry}`);
  // sshd takes an account without a readable entry for locked
  fs.writeFileSync(path.join(etc, 'shadow'), `${account.name}:*:20000:0:99999:7:::\n`);
  for (const name of ['ssh_host', 'ssh_host.pub', 'sshd_config', 'passwd', 'shadow'])
    giveTo(account, path.join(etc, name));
  const own = ['passwd', 'shadow'].flatMap((name) => ['--ro-bind', path.join(etc, name), path.join('/etc', name)]);
  // Sessions end with the server, and with them the connections that Ansible keeps for a while: one process namespace.
  const view = ['/usr/bin/bwrap', '--dev-bind', '/', '/', '--unshare-pid', '--proc', '/proc', ...own];
  const sshd = ['/usr/sbin/sshd', '-D', '-e', '-f', path.join(etc, 'sshd_config')];
  const logs = path.join(directory, 'servers');
  const env = cleanEnvironment(state);
  return startDaemon('sshd', [...view, '--die-with-parent', '--', ...sshd], { account, env, cwd: directory, logs });
}

/** What the config project says of it. */
export function nodeConfiguration({ directory, ports, account }: State): string {
  const [type, key] = fs.readFileSync(path.join(directory, 'etc/ssh_host.pub'), 'utf8').split(' ');
  const common = { label: 'loopback', 'connection-port': ports.ssh, 'host-key': `${type} ${key}` };
  return stringify([
    { image: { name: 'loopback', type: 'cloud' } },
    { flavor: { name: 'static' } },
    { label: { name: 'loopback', image: 'loopback', flavor: 'static' } },
    { section: { name: 'static', connection: 'static', flavors: [{ name: 'static' }] } },
    {
      provider: {
        name: 'static-main',
        section: 'static',
        nodes: ADDRESSES.map((name) => ({ name, ...common })),
        labels: [{ name: 'loopback' }],
        images: [{ name: 'loopback', 'python-path': '/usr/bin/python3', username: account.name }],
      },
    },
  ]);
}
