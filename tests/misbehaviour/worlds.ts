// SPDX-License-Identifier: Apache-2.0
/**
 * The logs that we submit to, each with real keys and a real tree behind something that can be in the way, and a release for them. What
 * differs between them is said here once, so that the same can be demanded of all.
 */
import fs from 'node:fs';
import { afterEach, expect } from 'vitest';
import { parseOpenSshKey } from '../../src/core/openssh-key.ts';
import type { Http, Ports, RequestLimits } from '../../src/ports.ts';
import { type RekorLog, rekorLog } from '../core/rekor-log.ts';
import { type FakeSigsum, fakeSigsum, makePair, pairOf } from '../logs/fake-sigsum.ts';
import { type RekorServerLab, rekorServer } from '../logs/rekor-server.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import { type FakeWitness, fakeWitness } from '../workflow/fake-witness.ts';
import { fakeClock, hastyHttp, type Lab, loopback, namesIn, type Run } from '../workflow/lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, ORIGIN, prepare, submitWords, vkeyOf } from '../workflow/log-lab.ts';
import { type Front, frontOf, type Tls } from './front.ts';

export const BACKENDS = ['rekor v1', 'rekor v2', 'sigsum', 'tiles'] as const;
export type Backend = (typeof BACKENDS)[number];

export interface World {
  readonly backend: Backend;
  readonly lab: Lab;
  readonly front: Front;
  /** The file that proves the release. */
  readonly proof: string;
  /** What names log and key to `submit`. */
  readonly words: readonly string[];
  /** As the policy has it. */
  readonly pinned: Readonly<Record<string, unknown>>;
  /** Entries of ours in the tree. */
  ours(): number;
}

export type RekorWorld = World & { readonly log: RekorLog };
export type SigsumWorld = World & { readonly log: FakeSigsum };
export type TilesWorld = World & { readonly witness: FakeWitness };

export const PENDING = `${MANIFEST}.submission.json`;
export const NORTH = makePair();

/** The release `r`, keys of ours for each kind of log, two where the policy may name two, and a tile log with two entries, also as it was with one. */
export const makeStage = async (lab: Lab): Promise<void> =>
  prepare(lab, async () => {
    const { at, done } = lab;
    await makeRelease(lab);
    await makeLog(lab);
    for (const [name, kind] of [
      ['rekor', 'rekor'],
      ['other-rekor', 'rekor'],
      ['sigsum', 'sigsum'],
      ['other-sigsum', 'sigsum'],
    ] as const)
      await done(['key', 'generate-log-key', '--for', kind, '--out', at(`${name}.pem`)]);
    for (const release of ['2', '3']) {
      await makeRelease(lab, `s${release}`, release);
      await done(submitWords(lab, `s${release}`, '--project', 'nova', '--release', release));
      if (release === '2') fs.cpSync(at('log'), at('earlier'), { recursive: true });
      fs.rmSync(at(`s${release}`), { recursive: true });
    }
  });

const servers: RekorServerLab[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** The base64 of a public key that `key generate-log-key` has left in PEM. */
const publicKeyIn = (lab: Lab, name: string): string =>
  lab.read(`${name}.pem.pub`).toString().split('\n').slice(1, -2).join('');

export async function openRekor(lab: Lab, version: 1 | 2, tls?: Tls): Promise<RekorWorld> {
  const log = rekorLog(version, { before: version === 1 ? 50 : 0 });
  for (const other of ['a', 'b', 'c']) log.add(Buffer.from(other));
  const server = await rekorServer(log);
  servers.push(server);
  const front = await frontOf(server.url, tls);
  return {
    ...{ backend: `rekor v${version}`, lab, front, log, proof: `${MANIFEST}.sigstore.json` },
    words: ['--log', 'log', '--log-key', lab.at('rekor.pem')],
    pinned: {
      ...{ name: 'log', kind: 'rekor', version, url: front.url, origin: log.origin, keys: [log.pin] },
      signers: ['rekor', 'other-rekor'].map((name) => publicKeyIn(lab, name)),
    },
    ours: () => log.entries.length - 3,
  };
}

export async function openSigsum(lab: Lab, tls?: Tls): Promise<SigsumWorld> {
  const log = await fakeSigsum();
  log.witnesses = [NORTH];
  const front = await frontOf(new URL(log.url).origin, tls);
  const submitters = ['sigsum', 'other-sigsum'].map((name) => pairOf(parseOpenSshKey(lab.read(`${name}.pem`))).hex);
  const line = log.line.replace(log.url, `${front.url}/log`);
  lab.put({ 'sigsum-policy': `${line}\nwitness N ${NORTH.hex}\nquorum N\n` });
  return {
    ...{ backend: 'sigsum', lab, front, log, proof: `${MANIFEST}.proof` },
    words: ['--log', 'log', '--log-key', lab.at('sigsum.pem')],
    pinned: { name: 'log', kind: 'sigsum', policy_file: 'sigsum-policy', signers: submitters },
    ours: () => log.leaves.length - 3,
  };
}

/** What is asked over HTTP is the witness; the log is a directory. */
export async function openTiles(lab: Lab, tls?: Tls): Promise<TilesWorld> {
  const witness = await fakeWitness('north', () => [vkeyOf(lab)]);
  const front = await frontOf(new URL(witness.url).origin, tls);
  return {
    ...{ backend: 'tiles', lab, front, witness, proof: `${MANIFEST}.tlog-proof` },
    words: ['--log', `tiles:${lab.at('log')}`, '--log-key', lab.at('log.pem')],
    pinned: {
      ...{ name: 'log', kind: 'tiles', origin: ORIGIN, keys: [vkeyOf(lab)], quorum: 1 },
      witnesses: [{ ...witness.entry, url: `${front.url}/w` }],
    },
    ours: () => readLog(directoryGet(lab.at('log')), vkeyOf(lab)).entries.length - 2,
  };
}

export async function openWorld(lab: Lab, backend: Backend, tls?: Tls): Promise<World> {
  const world = await {
    'rekor v1': async () => openRekor(lab, 1, tls),
    'rekor v2': async () => openRekor(lab, 2, tls),
    sigsum: async () => openSigsum(lab, tls),
    tiles: async () => openTiles(lab, tls),
  }[backend]();
  putPolicy(world);
  return world;
}

/** A policy that demands the log of this world. */
export function putPolicy({ lab, pinned }: World, more: readonly unknown[] = [], atLeast = 1): void {
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: lab.certificate('good'), fingerprint: lab.made('good').primary }],
    logs: [pinned, ...more],
    require: { logs: { at_least: atLeast } },
  };
  lab.put({ 'policy.yaml': JSON.stringify(policy) });
}

/** Virtual seconds that logs and witnesses get. */
export const DEADLINE = 6;

/** Time passes only where the program waits for it. */
export const unhurried = () => ({ http: loopback(), clock: fakeClock(new Date()) });

/** The same, and an answer that does not come is given up after some milliseconds. Only where none comes that is waited for. */
export function hurried(patience: number): ReturnType<typeof unhurried> {
  const http = hastyHttp();
  const within = (limits: RequestLimits) => ({ ...limits, timeout: Math.min(limits.timeout, patience) });
  const post: Http['post'] = async (url, body, limits) => http.post(url, body, within(limits));
  const ask: Http['ask'] = async (url, limits) => http.ask(url, within(limits));
  return { ...unhurried(), http: { ...http, post, ask } };
}

export const submitTo = async ({ lab, words }: World, ports: Partial<Ports> = unhurried()): Promise<Run> => {
  const deadlines = ['--log-deadline', `${DEADLINE}`, '--witness-deadline', `${DEADLINE}`];
  return lab.run(
    ['submit', lab.at('r'), ...words, '--policy', lab.at('policy.yaml'), ...IDENTITY, ...deadlines],
    ports,
  );
};

export const verifyIn = async ({ lab }: World): Promise<Run> =>
  lab.run(['verify', lab.at('r'), '--policy', lab.at('policy.yaml')]);

/** What a run may leave that has got no proof: nothing but the submission, and nobody believes it. */
export async function expectNothing({ lab, proof }: World, before: readonly string[], { report }: Run) {
  expect(report.logs).toEqual([]);
  expect(report.manifest).toBeUndefined();
  expect(namesIn(lab.at('r')).filter((name) => !before.includes(name) && name !== PENDING)).toEqual([]);
  expect(namesIn(lab.at('r'))).not.toContain(proof);
}

/** The next run, in which nobody lies, finishes it, with one entry. */
export async function expectFinished(world: World): Promise<void> {
  const { status, report } = await submitTo(world);
  expect({ status, errors: report.errors }).toEqual({ status: 0, errors: [] });
  expect(world.ours()).toBe(1);
  expect(fs.existsSync(world.lab.at('r', PENDING))).toBe(false);
}

/** There is one entry, and the proof of it verifies offline. */
export async function expectProven(world: World): Promise<void> {
  expect(world.ours()).toBe(1);
  expect((await verifyIn(world)).report).toMatchObject({ exit: 0, logs: [{ name: 'log', action: 'verified' }] });
}
