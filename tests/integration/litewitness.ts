// SPDX-License-Identifier: Apache-2.0
/** Real witnesses: litewitness of filippo.io/torchwood, built from `witness/go.mod` and started on loopback. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePort } from '../free-port.ts';
import { buildGo, run } from './programs.ts';
import { end, listens, startServer } from './server.ts';

/** What `ssh-add` ends with where no agent answers. */
const UNREACHABLE = 2;
/** The witness may be writing. */
const BUSY = { timeout: 5000 };

const SOURCE = path.join(import.meta.dirname, 'witness');
export const buildLitewitness = (): string => path.join(buildGo(SOURCE, 'litewitness'), 'litewitness');

export interface Litewitness {
  readonly url: string;
  readonly vkey: string;
  /** Ends the process; state and key stay. */
  stop(): Promise<void>;
  /** At the same address. */
  start(): Promise<void>;
  /** Ends it and its agent for good. */
  close(): Promise<void>;
}

/** A witness with a key and a memory of its own below `directory`, which MUST be short enough for a socket. It knows this log. */
export async function openLitewitness(
  program: string,
  directory: string,
  name: string,
  log: { readonly origin: string; readonly vkey: string },
): Promise<Litewitness> {
  fs.mkdirSync(directory, { recursive: true });
  const at = (file: string) => path.join(directory, file);
  run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('key')]);
  const fingerprint = run('ssh-keygen', ['-lf', at('key.pub')]).split(' ')[1] ?? '';
  const add = (...args: readonly string[]) =>
    spawnSync('ssh-add', args, { env: { ...process.env, SSH_AUTH_SOCK: at('agent') } });
  // in the foreground: an agent that became a daemon would outlive an interrupted run; its socket is there before it listens
  const command = { program: 'ssh-agent', args: ['-D', '-a', at('agent')] };
  const agent = await startServer(command, () => add('-l').status !== UNREACHABLE);
  const added = add('-q', at('key'));
  if (added.status !== 0) throw new Error(`ssh-add: ${added.stderr}`);
  const port = await freePort();
  let child: ChildProcess | undefined;
  let vkey = '';
  const start = async () => {
    const args = ['-db', at('witness.db'), '-name', `witness.example/${name}`, '-key', fingerprint];
    const command = { program, args: [...args, '-listen', `127.0.0.1:${port}`, '-ssh-agent', at('agent')] };
    child = await startServer(command, (said) => {
      vkey = /vkey=(\S+)/.exec(said)?.[1]?.replaceAll('"', '') ?? '';
      return vkey !== '' && said.includes('listening') && listens(port);
    });
  };
  const stop = async () => (child === undefined ? undefined : end(child));
  await start();
  addLog(at('witness.db'), log);
  return {
    url: `http://127.0.0.1:${port}`,
    vkey,
    stop,
    start,
    close: async () => {
      await stop();
      await end(agent);
    },
  };
}

/**
 * What `witnessctl add-log` and `add-key` do; that program itself cannot be built from the Go proxy, which does not serve one of its
 * dependencies. The tables are those that litewitness has made.
 */
function addLog(file: string, { origin, vkey }: { readonly origin: string; readonly vkey: string }): void {
  const database = new DatabaseSync(file, BUSY);
  const empty = createHash('sha256').digest('base64');
  database.prepare('INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)').run(origin, empty);
  database.prepare('INSERT INTO key (origin, key) VALUES (?, ?)').run(origin, vkey);
  database.close();
}

/** What litewitness remembers of a log: the size of its tree. */
export function seenSize(directory: string, origin: string): number {
  const database = new DatabaseSync(path.join(directory, 'witness.db'), { ...BUSY, readOnly: true });
  const row = database.prepare('SELECT tree_size FROM log WHERE origin = ?').get(origin);
  database.close();
  return Number(row?.['tree_size']);
}
