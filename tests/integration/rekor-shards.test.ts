// SPDX-License-Identifier: Apache-2.0
/**
 * A real Rekor v2 that is frozen, and its successor: both as Sigstore serves its shards, entries and tiles below one address, which is
 * also their name. Trusted root and signing configs are those that cosign makes.
 */
import fs from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { command, done, openRekorLab, type RekorLab } from './rekor-lab.ts';
import { buildRekorTiles, openRekorTiles, type RekorTiles } from './rekor-tiles.ts';

interface Shard {
  /** Without the scheme. */
  readonly name: string;
  readonly log: RekorTiles;
  /** Called before an entry is posted. */
  before: () => void;
  close(): Promise<void>;
}

let lab: RekorLab;
let shards: readonly Shard[] = [];

async function relay(shard: Shard, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '' } = request;
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const isPost = method === 'POST';
  if (isPost) shard.before();
  const target = isPost ? `${shard.log.url}${url}` : `${shard.log.readUrl}${url.replace(/^\/api\/v2/, '')}`;
  const answer = await fetch(target, {
    method,
    ...(isPost ? { body: Buffer.concat(parts), headers: { 'content-type': 'application/json' } } : {}),
  });
  response.writeHead(answer.status).end(Buffer.from(await answer.arrayBuffer()));
}

async function openShard(program: string, directory: string): Promise<Shard> {
  const server: Server = createServer((request, response) => void relay(shard, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const log = await openRekorTiles(program, directory, name);
  const shard: Shard = {
    name,
    log,
    before: () => undefined,
    close: async () => {
      await log.close();
      server.closeAllConnections();
      server.close();
    },
  };
  return shard;
}

/** The newest of them is the last. */
function configure(...names: readonly string[]): void {
  const words = names.map(
    (name, index) =>
      `--rekor=url=http://${name},api-version=2,start-time=202${4 + index}-01-01T00:00:00Z,operator=example.org`,
  );
  const made = lab.cosign('signing-config', 'create', '--rekor-config=ANY', '--out', lab.at('config.json'), ...words);
  if (made.status !== 0) throw new Error(made.said);
}

const submitWords = (release: string) => [
  ...[
    'submit',
    lab.at(release),
    '--log',
    'shards',
    '--log-key',
    lab.at('rekor.pem'),
    '--policy',
    lab.at('policy.json'),
  ],
  ...['--project', 'opendev.org/openstack/nova', '--release', release, '--log-deadline', '60'],
];
const verified = async (release: string) => done('verify', lab.at(release), '--policy', lab.at('policy.json'));

beforeAll(async () => {
  lab = await openRekorLab(() =>
    shards.map(({ name, log }) => ({ ...log, name, version: 2 as const, origin: name, url: `http://${name}` })),
  );
  const program = buildRekorTiles();
  shards = [await openShard(program, lab.at('one')), await openShard(program, lab.at('two'))];
  lab.trustedRoot();
  await done('key', 'certify', lab.at('rekor.pem.pub'), '--key-file', lab.at('key.asc'));
  const { certificates } = JSON.parse(fs.readFileSync(lab.policy([]), 'utf8')) as { readonly certificates: unknown };
  const log = { name: 'shards', kind: 'rekor', version: 2, trusted_root: 'root.json', signing_config: 'config.json' };
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates,
    logs: [{ ...log, signers: [{ file: 'rekor.pem.pub' }] }],
    require: { logs: { at_least: 1 } },
  };
  fs.writeFileSync(lab.at('policy.json'), JSON.stringify(policy));
});
afterAll(async () => {
  for (const shard of shards) await shard.close();
  await lab?.close();
});

it('follows a frozen shard to its successor, where the signing config names that meanwhile', async () => {
  const [one, two] = shards as readonly [Shard, Shard];
  configure(one.name);
  await lab.makeRelease('1');
  expect((await done(...submitWords('1'))).logs).toMatchObject([{ name: 'shards', origin: one.name, index: 0 }]);
  await one.log.stop();
  await one.log.start(true);
  await lab.makeRelease('2');
  const { status, report } = await command(...submitWords('2'));
  expect([status, report.errors[0]?.message]).toEqual([2, 'the log "shards" is frozen: it takes no more entries']);
  one.before = () => configure(one.name, two.name);
  expect((await done(...submitWords('2'))).logs).toMatchObject([{ name: 'shards', origin: two.name, index: 0 }]);
  // cosign takes a host without its port for the name of a log, and so cannot say anything of these
  for (const release of ['1', '2'])
    expect((await verified(release)).logs).toMatchObject([{ name: 'shards', action: 'verified' }]);
});
