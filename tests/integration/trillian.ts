// SPDX-License-Identifier: Apache-2.0
/** What a Rekor v1 keeps its trees in: Trillian's log server and signer, over a PostgreSQL that listens on nothing but a socket. */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../free-port.ts';
import { postgresProgram } from '../zuul/stores.ts';
import { run } from './programs.ts';
import { end, listens, startServer } from './server.ts';

export interface Trillian {
  /** Of the log server, on 127.0.0.1. */
  readonly port: number;
  close(): Promise<void>;
}

/** PostgreSQL refuses to run as root. */
const AS_ITSELF =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] : [];

/** A database of the name `trillian`, with this schema. */
async function openPostgres(directory: string, schema: string): Promise<ChildProcess> {
  const data = path.join(directory, 'data');
  const [initdb, ...words] = [...AS_ITSELF, postgresProgram('initdb'), '-D', data, '-U', 'postgres', '-A', 'trust'];
  run(initdb ?? '', [...words, '-E', 'UTF8', '--locale=C', '--no-sync']);
  const settings = ['listen_addresses=', `unix_socket_directories=${directory}`, 'fsync=off', 'shared_buffers=32MB'];
  const [program = '', ...flags] = [...AS_ITSELF, postgresProgram('postgres'), '-D', data];
  const psql = (database: string, ...args: readonly string[]) =>
    run(postgresProgram('psql'), ['-q', '-h', directory, '-U', 'postgres', '-d', database, ...args]);
  const child = await startServer(
    { program, args: [...flags, ...settings.flatMap((one) => ['-c', one])], cwd: directory },
    () => {
      try {
        return psql('postgres', '-c', 'CREATE DATABASE trillian') === '';
      } catch {
        return false;
      }
    },
  );
  psql('trillian', '-v', 'ON_ERROR_STOP=1', '-f', schema);
  return child;
}

/** `programs`: the directory of the built ones; `schema`: the file of Trillian for PostgreSQL. */
export async function openTrillian(programs: string, schema: string): Promise<Trillian> {
  const directory = fs.mkdtempSync('/tmp/trillian-');
  if (AS_ITSELF.length > 0) run('chown', ['postgres:postgres', directory]);
  const postgres = await openPostgres(directory, schema);
  const ports = { server: await freePort(), signer: await freePort() };
  const start = (name: string, port: number, ...more: readonly string[]) => {
    const args = [
      ...['--storage_system=postgresql', `--postgresql_uri=postgres://postgres@/trillian?host=${directory}`],
      ...['--quota_system=noop', `--rpc_endpoint=127.0.0.1:${port}`, '--http_endpoint=', '--logtostderr', ...more],
    ];
    return startServer({ program: path.join(programs, name), args, cwd: directory }, () => listens(port));
  };
  const server = await start('trillian_log_server', ports.server);
  const signer = await start('trillian_log_signer', ports.signer, '--force_master', '--sequencer_interval=50ms');
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
