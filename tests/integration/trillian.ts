// SPDX-License-Identifier: Apache-2.0
/** What a Rekor v1 keeps its trees in: Trillian's log server and signer, over a PostgreSQL that listens on nothing but a socket. */
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { postgresProgram } from '../zuul/stores.ts';
import { end, freePort, run, until } from './litewitness.ts';

export interface Trillian {
  /** Of the log server, on 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
const AS_ITSELF =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] : [];

async function untilOpen(what: string, port: number): Promise<void> {
  let isOpen = false;
  const look = () => {
    const socket = connect(port, '127.0.0.1', () => {
      isOpen = true;
      socket.end();
    }).on('error', () => undefined);
  };
  await until(what, () => {
    look();
    return isOpen ? true : undefined;
  });
}

/** A database of the name `trillian`, with this schema. */
async function openPostgres(directory: string, schema: string): Promise<ChildProcess> {
  const data = path.join(directory, 'data');
  const [initdb, ...words] = [...AS_ITSELF, postgresProgram('initdb'), '-D', data, '-U', 'postgres', '-A', 'trust'];
  run(initdb ?? '', [...words, '-E', 'UTF8', '--locale=C', '--no-sync']);
  const settings = ['listen_addresses=', `unix_socket_directories=${directory}`, 'fsync=off', 'shared_buffers=32MB'];
  const [server, ...flags] = [...AS_ITSELF, postgresProgram('postgres'), '-D', data];
  const child = spawn(server ?? '', [...flags, ...settings.flatMap((one) => ['-c', one])], {
    stdio: 'ignore',
    cwd: directory,
  });
  const psql = (database: string, ...args: readonly string[]) =>
    run(postgresProgram('psql'), ['-q', '-h', directory, '-U', 'postgres', '-d', database, ...args]);
  await until('PostgreSQL', () => {
    try {
      return psql('postgres', '-c', 'CREATE DATABASE trillian') === '' ? true : undefined;
    } catch {
      return undefined;
    }
  });
  psql('trillian', '-v', 'ON_ERROR_STOP=1', '-f', schema);
  return child;
}

/** `programs`: the directory of the built ones; `schema`: the file of Trillian for PostgreSQL. */
export async function openTrillian(programs: string, schema: string): Promise<Trillian> {
  const directory = fs.mkdtempSync('/tmp/trillian-');
  if (AS_ITSELF.length > 0) run('chown', ['postgres:postgres', directory]);
  const postgres = await openPostgres(directory, schema);
  const ports = { server: await freePort(), signer: await freePort() };
  const start = (name: string, port: number, ...more: readonly string[]) =>
    spawn(
      path.join(programs, name),
      [
        ...['--storage_system=postgresql', `--postgresql_uri=postgres://postgres@/trillian?host=${directory}`],
        ...['--quota_system=noop', `--rpc_endpoint=127.0.0.1:${port}`, '--http_endpoint=', '--logtostderr', ...more],
      ],
      { stdio: 'ignore', cwd: directory },
    );
  const server = start('trillian_log_server', ports.server);
  const signer = start('trillian_log_signer', ports.signer, '--force_master', '--sequencer_interval=50ms');
  await untilOpen('Trillian', ports.server);
  return {
    port: ports.server,
    close: async () => {
      // asked to end, the signer would sleep for five seconds; nothing here is to be kept
      await end(signer, 'SIGKILL');
      await end(server);
      await end(postgres, 'SIGINT');
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}
