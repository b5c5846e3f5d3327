// SPDX-License-Identifier: Apache-2.0
/** Real witnesses: litewitness of filippo.io/torchwood, built from `witness/go.mod` and started on loopback. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';

const SOURCE = path.join(import.meta.dirname, 'witness');
/** Outside of the checkout. */
export const CACHE = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
  'zuul-artifact-signing',
);

/** Runs a program to its end, which has to be a good one. */
export function run(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: status ${status}\n${stderr}`);
  return stdout;
}

/** Nothing for debuggers, and no C: the first build takes minutes as it is. */
const BUILD = ['build', '-gcflags=all=-dwarf=false', '-ldflags=-s -w'];

/**
 * The directory of the programs that `<source>/go.mod` names as its tools, built once for each content of go.mod and go.sum and each
 * version of Go, and kept outside of the checkout. It appears there whole: a build that is interrupted leaves nothing that would be
 * taken for it.
 */
export function buildGo(source: string, name: string, tags: readonly string[] = []): string {
  const sums = ['go.mod', 'go.sum'].map((file) => fs.readFileSync(path.join(source, file)));
  const key = createHash('sha256')
    .update(Buffer.concat(sums))
    .update(run('go', ['version']))
    .update([...BUILD, ...tags].join())
    .digest('hex')
    .slice(0, 16);
  const built = path.join(CACHE, `${name}-${key}`);
  if (fs.existsSync(built)) return built;
  fs.mkdirSync(CACHE, { recursive: true });
  const unfinished = fs.mkdtempSync(`${built}.`);
  run('go', [...BUILD, '-tags', tags.join(), '-o', `${unfinished}/`, 'tool'], source);
  fs.renameSync(unfinished, built);
  return built;
}

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

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'exit');
  child.kill(signal);
  await closed;
}

export async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = look();
    if (found !== undefined) return found;
    await setTimeout(50);
  }
  throw new Error(`${what} does not come up`);
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
  // in the foreground: an agent that became a daemon would outlive an interrupted run
  const agent = spawn('ssh-agent', ['-D', '-a', at('agent')], { stdio: 'ignore' });
  await until('ssh-agent', () => (fs.existsSync(at('agent')) ? true : undefined));
  const added = spawnSync('ssh-add', ['-q', at('key')], { env: { ...process.env, SSH_AUTH_SOCK: at('agent') } });
  if (added.status !== 0) throw new Error(`ssh-add: ${added.stderr}`);
  const port = await freePort();
  let child: ChildProcess | undefined;
  let vkey = '';
  const start = async () => {
    let said = '';
    const args = ['-db', at('witness.db'), '-name', `witness.example/${name}`, '-key', fingerprint];
    const started = spawn(program, [...args, '-listen', `127.0.0.1:${port}`, '-ssh-agent', at('agent')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    started.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child = started;
    await until(`litewitness (${said})`, () => (said.includes('listening') ? true : undefined));
    vkey = /vkey=(\S+)/.exec(said)?.[1]?.replaceAll('"', '') ?? '';
    await until('its port', () => (said.includes('server error') ? undefined : true));
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
  const database = new DatabaseSync(file);
  const empty = createHash('sha256').digest('base64');
  database.prepare('INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)').run(origin, empty);
  database.prepare('INSERT INTO key (origin, key) VALUES (?, ?)').run(origin, vkey);
  database.close();
}

/** What litewitness remembers of a log: the size of its tree. */
export function seenSize(directory: string, origin: string): number {
  const database = new DatabaseSync(path.join(directory, 'witness.db'), { readOnly: true });
  const row = database.prepare('SELECT tree_size FROM log WHERE origin = ?').get(origin);
  database.close();
  return Number(row?.['tree_size']);
}
