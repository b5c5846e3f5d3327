// SPDX-License-Identifier: Apache-2.0
/** What Zuul keeps its state in: ZooKeeper, which it speaks TLS with, and PostgreSQL on a socket. */
import fs from 'node:fs';
import path from 'node:path';
import { cleanEnvironment, runAs } from './commands.ts';
import { type Daemon, startDaemon } from './daemons.ts';
import type { State } from './state.ts';

const JARS = [
  'zookeeper',
  'slf4j-log4j12',
  'log4j-1.2',
  'netty-codec',
  'netty-resolver',
  'netty-transport-native-unix-common',
];

const LOG4J = `log4j.rootLogger=WARN, C
log4j.appender.C=org.apache.log4j.ConsoleAppender
log4j.appender.C.layout=org.apache.log4j.PatternLayout
log4j.appender.C.layout.ConversionPattern=%d %p %c{1}: %m%n
`;

const zooConfiguration = ({ directory, ports }: State) => `dataDir=${directory}/zk
tickTime=2000
initLimit=5
syncLimit=2
maxClientCnxns=0
admin.enableServer=false
serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory
secureClientPort=${ports.zookeeper}
secureClientPortAddress=127.0.0.1
ssl.keyStore.location=${directory}/ca/server-keystore.pem
ssl.trustStore.location=${directory}/ca/ca.pem
`;

const options = (state: State) => ({
  account: state.account,
  env: cleanEnvironment(state),
  cwd: state.directory,
  logs: path.join(state.directory, 'servers'),
});

/** One authority, and a certificate for each side. */
async function makeCertificates(state: State): Promise<void> {
  const ca = path.join(state.directory, 'ca');
  const openssl = (...args: readonly string[]) => runAs(state, ['openssl', ...args], ca);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  fs.writeFileSync(path.join(ca, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  await openssl('req', '-x509', ...key, '-days', '7', '-subj', '/CN=zuul-suite', '-keyout', 'ca.key', '-out', 'ca.pem');
  for (const name of ['server', 'client']) {
    await openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '7', '-extfile', 'names'];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.pem`);
  }
  const both = ['server.pem', 'server.key'].map((name) => fs.readFileSync(path.join(ca, name), 'utf8'));
  fs.writeFileSync(path.join(ca, 'server-keystore.pem'), both.join(''), { mode: 0o644 });
}

export async function startZookeeper(state: State): Promise<Daemon> {
  const etc = path.join(state.directory, 'etc');
  await makeCertificates(state);
  fs.writeFileSync(path.join(etc, 'zoo.cfg'), zooConfiguration(state));
  fs.writeFileSync(path.join(etc, 'log4j.properties'), LOG4J);
  const classes = [etc, ...JARS.map((name) => `/usr/share/java/${name}.jar`)].join(':');
  const java = ['java', '-Xmx256m', '-XX:+UseSerialGC', `-Dlog4j.configuration=file:${etc}/log4j.properties`];
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
  return startDaemon('zookeeper', [...java, '-cp', classes, main, `${etc}/zoo.cfg`], options(state));
}

/** Debian keeps the server's programs off PATH, one directory for each version: the newest one is taken. */
export function postgresProgram(name: string): string {
  const versions = fs.existsSync('/usr/lib/postgresql') ? fs.readdirSync('/usr/lib/postgresql') : [];
  const [newest] = versions.sort((one, other) => Number(other) - Number(one));
  if (newest === undefined) throw new Error('PostgreSQL is not installed below /usr/lib/postgresql');
  return `/usr/lib/postgresql/${newest}/bin/${name}`;
}

/** Listens on no port; its socket lies in `pg/run`. */
export async function startPostgres(state: State): Promise<Daemon> {
  const directory = path.join(state.directory, 'pg');
  const [data, run] = [path.join(directory, 'data'), path.join(directory, 'run')];
  await runAs(state, ['mkdir', '-m', '700', run]);
  await runAs(state, [postgresProgram('initdb'), '-D', data, '-U', 'zuul', '-A', 'trust', '-E', 'UTF8', '--no-sync']);
  const settings = { listen_addresses: '', unix_socket_directories: run, max_connections: '60', fsync: 'off' };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return startDaemon('postgres', [postgresProgram('postgres'), '-D', data, ...flags], options(state));
}

/** Whether it answers; the database is made the first time it does. */
export async function isDatabaseReady(state: State): Promise<boolean> {
  const server = ['--host', path.join(state.directory, 'pg/run'), '--username', 'zuul'];
  return runAs(state, [postgresProgram('createdb'), ...server, 'zuul']).then(
    () => true,
    () => false,
  );
}
