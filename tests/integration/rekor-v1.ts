// SPDX-License-Identifier: Apache-2.0
/** A real Rekor v1: rekor-server over Trillian, and rekor-cli, built from `rekor-v1/go.mod`. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../free-port.ts';
import { buildGo, runGo } from './programs.ts';
import { answers, end, startServer } from './server.ts';
import { openTrillian, type Trillian } from './trillian.ts';

const SOURCE = path.join(import.meta.dirname, 'rekor-v1');

/** Without Trillian's other storage systems, and the Kubernetes client that would elect among several signers. */
export const buildRekorV1 = (): string => buildGo(SOURCE, 'rekor-v1', ['postgresql', 'etcd']);

/** From the module that go.sum pins. */
function schemaOfTrillian(): string {
  const { Dir } = JSON.parse(runGo(['mod', 'download', '-json', 'github.com/google/trillian'], SOURCE)) as {
    readonly Dir: string;
  };
  return path.join(Dir, 'storage/postgresql/schema/storage.sql');
}

/** What a server is started with. */
export interface ServerOptions {
  /** The tree to go on with; a new one unless told. */
  readonly tree?: string;
  /** Earlier trees, from the oldest; they take no more entries. */
  readonly earlier?: readonly string[];
  /** Kinds of entries; all of them unless told. */
  readonly kinds?: readonly string[];
}

export interface RekorV1 {
  readonly origin: string;
  readonly url: string;
  /** base64 of the log's public key. */
  readonly pin: string;
  /** A PEM file of it. */
  readonly publicKey: string;
  /** The ID of the tree that takes entries. */
  tree(): Promise<string>;
  /** At the same address, with the same key. */
  start(options?: ServerOptions): Promise<void>;
  /** Ends the process; trees and key stay. */
  stop(): Promise<void>;
  /** What rekor-cli says of this log, with a home of its own below `directory`. */
  cli(...args: readonly string[]): { readonly status: number | null; readonly said: string };
  close(): Promise<void>;
}

/** No search: that would take a Redis. */
const ENDPOINTS =
  'createLogEntry,getLogEntryByIndex,getLogEntryByUUID,getLogInfo,getLogProof,getPublicKey,searchLogQuery';

/** A log with a key of its own below `directory`. */
export async function openRekorV1(programs: string, directory: string, origin: string): Promise<RekorV1> {
  const at = (file: string) => path.join(directory, file);
  fs.mkdirSync(directory, { recursive: true });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  fs.writeFileSync(at('log.pem'), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  const publicKey = createPublicKey(privateKey);
  fs.writeFileSync(at('log.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  const trillian: Trillian = await openTrillian(programs, schemaOfTrillian());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const stop = async () => (child === undefined ? undefined : end(child));
  const start = async ({ tree = '0', earlier = [], kinds = [] }: ServerOptions = {}) => {
    fs.writeFileSync(at('shards.yaml'), earlier.map((one) => `- treeID: ${one}\n`).join(''));
    const args = [
      ...['serve', '--rekor_server.address=127.0.0.1', `--port=${port}`, `--rekor_server.hostname=${origin}`],
      ...[`--rekor_server.signer=${at('log.pem')}`, '--enable_retrieve_api=false'],
      ...['--trillian_log_server.address=127.0.0.1', `--trillian_log_server.port=${trillian.port}`],
      ...[`--trillian_log_server.tlog_id=${tree}`, `--enabled_api_endpoints=${ENDPOINTS}`],
      ...(earlier.length === 0 ? [] : [`--trillian_log_server.sharding_config=${at('shards.yaml')}`]),
      ...(kinds.length === 0 ? [] : [`--enabled_entry_types=${kinds.join()}`]),
    ];
    const program = path.join(programs, 'rekor-server');
    child = await startServer({ program, args, cwd: directory, env: { ...process.env, HOME: directory } }, () =>
      answers(`${url}/api/v1/log`, 200),
    );
  };
  await start();
  return {
    origin,
    url,
    pin: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    publicKey: at('log.pub'),
    tree: async () => ((await (await fetch(`${url}/api/v1/log`)).json()) as { readonly treeID: string }).treeID,
    start,
    stop,
    cli: (...args) => {
      const { status, stdout, stderr } = spawnSync(
        path.join(programs, 'rekor-cli'),
        ['--rekor_server', url, '--store_tree_state=false', ...args],
        { encoding: 'utf8', env: { ...process.env, HOME: directory } },
      );
      return { status, said: stdout + stderr };
    },
    close: async () => {
      await stop();
      await trillian.close();
    },
  };
}
