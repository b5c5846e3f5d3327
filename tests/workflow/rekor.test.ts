// SPDX-License-Identifier: Apache-2.0
/** `submit` to Rekor logs of both versions and a tile log, and what `verify` says of it; the servers run in this process. */
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseBundle } from '../../src/core/sigstore-bundle.ts';
import { flockLock } from '../../src/io/lock.ts';
import type { Http } from '../../src/ports.ts';
import { type RekorLog, rekorLog } from '../core/rekor-log.ts';
import { observedFiles } from '../logs/observed-files.ts';
import { type Lie, type RekorServerLab, rekorServer } from '../logs/rekor-server.ts';
import { ED25519, fakeClock, impatient, loopback, namesIn, type Run, realFiles, useLab } from './lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, ORIGIN, PENDING, PROOF, prepare, vkeyOf } from './log-lab.ts';

const lab = useLab({ good: ED25519 });
const { at, done, put, read, refused } = lab;
const BUNDLE = `${MANIFEST}.sigstore.json`;

let logs: readonly [RekorLog, RekorLog];
let servers: RekorServerLab[] = [];
let publicKey = '';

interface PolicyParts {
  readonly atLeast?: number;
  readonly signers?: readonly string[];
  readonly drop?: string;
}
/** Writes the policy, and tells its name. */
function policy({ atLeast = 0, signers = [publicKey], drop }: PolicyParts = {}): string {
  const rekor = logs.map((log, index) => ({
    ...{ name: index === 0 ? 'one' : 'two', kind: 'rekor', version: log.version, url: servers[index]?.url },
    ...{ origin: log.origin, keys: [log.pin], signers },
  }));
  const tiles = { name: 'own', kind: 'tiles', origin: ORIGIN, keys: [vkeyOf(lab)] };
  put({
    'policy.yaml': JSON.stringify({
      schema: 'artifact-signing.policy/v1',
      certificates: [{ file: lab.certificate('good'), fingerprint: lab.made('good').primary }],
      logs: [...rekor, tiles].filter(({ name }) => name !== drop),
      require: { logs: { at_least: atLeast } },
    }),
  });
  return at('policy.yaml');
}

const ports = () => ({ http: loopback(), clock: fakeClock(new Date()) });
const words = (named: readonly string[], ...more: readonly string[]) => [
  ...['submit', at('r'), '--policy', at('policy.yaml'), '--log-key', at('rekor.pem'), ...IDENTITY],
  ...named.flatMap((one) => ['--log', one]),
  ...more,
];
const submit = async (named: readonly string[], ...more: readonly string[]) => done(words(named, ...more), ports());
const verify = async () => done(['verify', at('r'), '--policy', at('policy.yaml')]);
const bundle = () => parseBundle(read('r', BUNDLE));
const hangUp: Lie = () => 'hangUp';
const unavailable: Lie = () => ({ status: 503 });
const forEver = (lie: Lie) => Array<Lie>(200).fill(lie);

beforeEach(async () =>
  prepare(lab, async () => {
    await makeRelease(lab);
    await makeLog(lab);
  }),
);
beforeEach(async () => {
  const { detail } = await done(['key', 'generate-log-key', '--for', 'rekor', '--out', at('rekor.pem')]);
  publicKey = String(detail?.['public_key']);
  logs = [rekorLog(1, { before: 100 }), rekorLog(2)];
  servers = [await rekorServer(logs[0]), await rekorServer(logs[1])];
  policy();
});
afterEach(async () => {
  for (const server of servers) await server.close();
});

describe('submit to Rekor', () => {
  it.each([
    ['one', 1, 100],
    ['two', 2, 0],
  ] as const)('leaves a bundle that verifies offline (%s)', async (name, version, index) => {
    const report = await submit([name]);
    expect(report.logs).toMatchObject([
      {
        kind: 'rekor',
        name,
        origin: `rekor-${version}.example.org`,
        index,
        entry: expect.stringMatching(version === 1 ? /^[0-9a-f]{80}$/ : /^[0-9a-f]{64}$/),
        tree_size: 1,
        action: 'logged',
        proof: BUNDLE,
      },
    ]);
    expect(namesIn(at('r'))).toContain(BUNDLE);
    expect(namesIn(at('r'))).not.toContain(PENDING);
    policy({ atLeast: 1 });
    const { logs: shown, warnings } = await verify();
    expect(shown).toMatchObject([{ kind: 'rekor', name, index, entry: report.logs[0]?.entry, action: 'verified' }]);
    expect(warnings).toEqual([]);
    // the log has the manifest, and no word of the release
    expect(shown[0]).not.toHaveProperty('release');
    expect('time' in (shown[0] ?? {})).toBe(version === 1);
  });

  it('puts the entries of both versions into one bundle, of one signature, in one run', async () => {
    const report = await submit(['one', 'two']);
    expect(report.logs.map(({ name, action }) => [name, action])).toEqual([
      ['one', 'logged'],
      ['two', 'logged'],
    ]);
    expect(bundle().entries.map(({ version }) => version)).toEqual(['0.0.1', '0.0.2']);
    policy({ atLeast: 2 });
    expect((await verify()).logs).toHaveLength(2);
  });

  it('adds the second log to the bundle of the first, also in a later run and by another key', async () => {
    await submit(['two']);
    const first = bundle();
    fs.renameSync(at('rekor.pem'), at('old.pem'));
    await done(['key', 'generate-log-key', '--for', 'rekor', '--out', at('rekor2.pem')]);
    fs.renameSync(at('rekor2.pem'), at('rekor.pem'));
    const other = fs.readFileSync(at('rekor2.pem.pub'), 'utf8').split('\n').slice(1, -2).join('');
    policy({ signers: [publicKey, other] });
    const report = await submit(['one', 'two']);
    expect(report.logs.map(({ name, action }) => [name, action])).toEqual([
      ['one', 'logged'],
      ['two', 'kept'],
    ]);
    expect(Buffer.from(bundle().signature)).toEqual(Buffer.from(first.signature));
    expect(bundle().entries).toHaveLength(2);
    expect(logs.map(({ entries }) => entries.length)).toEqual([1, 1]);
    policy({ atLeast: 2, signers: [publicKey, other] });
    await verify();
  });

  it('goes together with a tile log, each with the key of its kind', async () => {
    const report = await submit([`tiles:${at('log')}`, 'one', 'two'], '--log-key', at('log.pem'));
    expect(report.logs.map(({ kind }) => kind)).toEqual(['tiles', 'rekor', 'rekor']);
    policy({ atLeast: 3 });
    expect((await verify()).logs).toHaveLength(3);
  });

  it('keeps what is there, and asks nobody', async () => {
    await submit(['one', 'two']);
    const before = lab.snapshot('r');
    const requests = servers.map((server) => server.requests.length);
    const report = await submit(['one', 'two']);
    expect(report.logs.map(({ action }) => action)).toEqual(['kept', 'kept']);
    expect(lab.snapshot('r')).toEqual(before);
    expect(servers.map((server) => server.requests.length)).toEqual(requests);
  });

  it('has its signature on disk before it asks', async () => {
    let seen = '';
    for (const server of servers) {
      server.lies = [
        (honest) => {
          seen += String(fs.readFileSync(at('r', PENDING)));
          return honest;
        },
      ];
    }
    await submit(['one', 'two']);
    const [first, second] = seen.split('}{').map((text) => /"rekor":"([^"]+)"/.exec(text)?.[1]);
    expect(first).toBe(second);
    const { signature } = JSON.parse(Buffer.from(first ?? '', 'base64').toString()) as { readonly signature: string };
    expect(signature).toBe(Buffer.from(bundle().signature).toString('base64'));
  });
});

describe('an outage of Rekor', () => {
  it('leaves the submission pending, and the next run finishes it with the same signature, without the key', async () => {
    const [server] = servers as [RekorServerLab];
    server.lies = forEver(hangUp);
    const report = await refused(1, 'pending: ', words(['one']), ports());
    expect(report.status).toBe('pending');
    expect(namesIn(at('r'))).not.toContain(BUNDLE);
    const prepared = read('r', PENDING).toString();
    // the log has taken it all the same
    expect(logs[0].entries).toHaveLength(1);
    server.lies = [];
    fs.rmSync(at('rekor.pem'));
    await done(
      words(['one']).filter((word) => word !== '--log-key' && word !== at('rekor.pem')),
      ports(),
    );
    expect(logs[0].entries).toHaveLength(1);
    expect(prepared).toContain('"prepared":{"rekor":');
    expect(namesIn(at('r'))).not.toContain(PENDING);
    await verify();
  });

  it('of one log leaves what the other gave', async () => {
    const [, server] = servers as [RekorServerLab, RekorServerLab];
    server.lies = forEver(unavailable);
    const report = await refused(1, 'the log "two": it answers 503', words(['two', 'one']), ports());
    expect(report.logs).toMatchObject([{ name: 'one', action: 'logged' }]);
    expect(bundle().entries).toHaveLength(1);
    const first = bundle().signature;
    server.lies = [];
    await submit(['two', 'one']);
    expect(bundle().entries).toHaveLength(2);
    expect(Buffer.from(bundle().signature)).toEqual(Buffer.from(first));
    expect(logs.map(({ entries }) => entries.length)).toEqual([1, 1]);
  });

  it('is a warning where enough other logs have it', async () => {
    const [server] = servers as [RekorServerLab];
    policy({ atLeast: 1 });
    server.lies = forEver(unavailable);
    const report = await submit(['one', 'two']);
    expect(report.warnings).toMatchObject([{ kind: 'pending' }]);
    expect(namesIn(at('r'))).toContain(PENDING);
  });
});

describe('a log that may have the entry', () => {
  const other: Lie = (honest) => ({
    ...honest,
    body: String(honest.body).replace(
      /— rekor-1[^"]*/,
      `— rekor-1.example.org ${Buffer.alloc(76).toString('base64')}\\n`,
    ),
  });
  const frozen: Lie = () => ({ status: 405 });
  it.each<readonly [string, 1 | 3, readonly Lie[]]>([
    ['answers as another log', 3, [other]],
    ['loses its reply, and is frozen then', 1, [hangUp, frozen]],
    ['answers with too much', 1, [(honest) => ({ ...honest, body: 'x'.repeat(200_000) })]],
    ['answers that all is well, and nothing else', 1, [() => ({ status: 200 })]],
  ])('keeps the submission where it %s, and has one entry in the end', async (_, status, lies) => {
    const [server] = servers as [RekorServerLab];
    server.lies = [...lies];
    await refused(status, 'the log "one"', words(['one']), ports());
    expect([logs[0].entries.length, namesIn(at('r')).includes(PENDING)]).toEqual([1, true]);
    server.lies = [];
    await submit(['one']);
    expect(logs[0].entries).toHaveLength(1);
    await verify();
  });
});

describe('of two runs at once, the one that comes later', () => {
  /** Begins when the other run is there, which goes on as soon as this one has ended, or cannot for the time being. */
  const later = (named: string) => {
    let run: Promise<Run> | undefined;
    return {
      begin: async () => {
        if (run !== undefined) return;
        run = lab.run(words([named]), ports());
        await Promise.race([run, setTimeout(500)]);
      },
      ended: async () => run as Promise<Run>,
    };
  };

  it('adds its proof to the bundle that the other has written', async () => {
    const two = later('two');
    const http = ports().http;
    const between: Http = {
      ...http,
      post: async (...request) => {
        await two.begin();
        return http.post(...request);
      },
    };
    await done(words(['one']), { ...ports(), http: between });
    expect((await two.ended()).status).toBe(0);
    expect(bundle().entries.map(({ version }) => version)).toEqual(['0.0.1', '0.0.2']);
    policy({ atLeast: 2 });
    expect((await verify()).logs).toHaveLength(2);
  });

  it('keeps the request that it has sent, which the other does not know', async () => {
    const [server] = servers as [RekorServerLab];
    server.lies = [hangUp, ...forEver(unavailable)];
    const one = later('one');
    const between = observedFiles(realFiles(), async ({ name, path }, body) => {
      if (name === 'commit' && path === at('r', PROOF)) await one.begin();
      return body();
    });
    const tiles = words([`tiles:${at('log')}`]).map((word) => (word === at('rekor.pem') ? at('log.pem') : word));
    await done(tiles, { files: between });
    expect((await one.ended()).report.errors).toMatchObject([{ kind: 'pending' }]);
    expect([logs[0].entries.length, namesIn(at('r')).includes(PENDING)]).toEqual([1, true]);
    server.lies = [];
    await submit(['one']);
    expect(logs[0].entries).toHaveLength(1);
  });

  it('sees what the other has left', async () => {
    let run: Promise<Run> | undefined;
    await flockLock().hold(at('r', MANIFEST), 1000, async () => {
      run = lab.run(words(['one']), ports());
      await setTimeout(500);
      fs.rmSync(at('r', MANIFEST));
    });
    expect((await run)?.report.errors).toMatchObject([{ kind: 'not-found' }]);
    expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
    expect(namesIn(at('r'))).not.toContain(MANIFEST);
  });

  it('is told so, where the other goes on and on', async () => {
    await flockLock().hold(at('r', MANIFEST), 1000, async () => {
      const message = /locked: another process has held the lock ".*SHA256SUMS"/;
      const { errors } = await refused(1, message, words(['one']), { ...ports(), lock: impatient });
      expect(errors[0]?.hint).toBe('wait until the other run has ended, then run this again');
      await done(words(['one'], '--dry-run'), ports());
    });
    expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
    expect(namesIn(at('r'))).not.toContain(PENDING);
  });
});

describe('submit to Rekor refuses', () => {
  it('a log that the policy does not name, or says nothing of', async () => {
    await refused(2, 'not a log: "three"', words(['three']), ports());
    const { errors } = await refused(
      2,
      '"own" is a tile log, which is named by its directory',
      words(['own']),
      ports(),
    );
    expect(errors[0]?.hint).toBe('write tiles:DIR, with the directory that the log is written in');
    await refused(2, 'more than one log of the name one', words(['one', 'one']), ports());
    fs.writeFileSync(
      at('policy.yaml'),
      read('policy.yaml')
        .toString()
        .replace(/"url":"[^"]*",/g, ''),
    );
    await refused(2, 'the policy does not say where the log "one" can be asked', words(['one']), ports());
  });

  it('a key that the policy does not name, one of another kind, or none', async () => {
    const bare = words(['one']).filter((word) => word !== '--log-key' && word !== at('rekor.pem'));
    await refused(2, 'no key for the log "one" is given', bare, ports());
    await refused(2, 'no key for the log "one" is given', [...bare, '--dry-run'], ports());
    const { detail } = await done(words(['one'], '--dry-run'), ports());
    expect(JSON.parse(String(detail?.['rekor']))).toMatchObject({ publicKey });
    expect(Object.keys(detail ?? {})).toEqual(['rekor']);
    await refused(2, 'log.pem" is for none of these logs', [...words(['one']), '--log-key', at('log.pem')], ports());
    await refused(2, 'more than one key is given', [...words(['one']), '--log-key', at('rekor.pem')], ports());
    await done(['key', 'generate-log-key', '--for', 'rekor', '--out', at('other.pem')]);
    await refused(2, 'is none of the signers that the policy names', [...bare, '--log-key', at('other.pem')], ports());
    expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
    expect(namesIn(at('r'))).not.toContain(PENDING);
  });

  it('what the log refuses, and leaves nothing behind', async () => {
    const [server] = servers as [RekorServerLab];
    server.lies = [() => ({ status: 405, body: 'This log has been frozen, please switch to the latest log.' })];
    await refused(2, 'the log "one" is frozen', words(['one']), ports());
    expect(namesIn(at('r'))).not.toContain(PENDING);
  });

  it('evidence, which it shows, and keeps the submission', async () => {
    const [server] = servers as [RekorServerLab];
    server.lies = [(honest) => ({ ...honest, body: String(honest.body).replace(/"logIndex":0/, '"logIndex":7') })];
    const report = await refused(
      4,
      'log-misbehaved: the log "one": the log does not have what it signed',
      words(['one']),
      ports(),
    );
    expect(report.errors[0]?.evidence?.join()).toContain('rekor-1.example.org - ');
    expect(namesIn(at('r'))).not.toContain(BUNDLE);
    expect(namesIn(at('r'))).toContain(PENDING);
    expect(server.requests).toHaveLength(1);
  });

  it('what was prepared with a key that the policy names no more, before it asks anybody', async () => {
    const [server] = servers as [RekorServerLab];
    server.lies = forEver(unavailable);
    await refused(1, 'pending', words(['one']), ports());
    const asked = server.requests.length;
    server.lies = [];
    const { detail } = await done(['key', 'generate-log-key', '--for', 'rekor', '--out', at('other.pem')]);
    policy({ signers: [String(detail?.['public_key'])] });
    const resume = ['submit', at('r'), '--resume', '--policy', at('policy.yaml')];
    const { errors } = await refused(3, 'wrong-key: what was prepared for the log "one" is by a key', resume, ports());
    expect(errors[0]?.hint).toContain('have the policy name the earlier one');
    expect(server.requests).toHaveLength(asked);
    policy({ signers: [String(detail?.['public_key']), publicKey] });
    await done(resume, ports());
    expect(logs[0].entries).toHaveLength(1);
  });

  it('what was prepared for another manifest', async () => {
    servers.forEach((server) => {
      server.lies = forEver(unavailable);
    });
    await refused(1, 'pending', words(['one']), ports());
    const text = read('r', PENDING).toString();
    const prepared = JSON.parse(Buffer.from(/"rekor":"([^"]+)"/.exec(text)?.[1] ?? '', 'base64').toString()) as object;
    const other = { ...prepared, digest: Buffer.alloc(32).toString('base64') };
    put({
      [`r/${PENDING}`]: text.replace(
        /"rekor":"[^"]+"/,
        `"rekor":"${Buffer.from(JSON.stringify(other)).toString('base64')}"`,
      ),
    });
    await refused(3, 'what was prepared for the log is not a signature of this manifest', words(['one']), ports());
  });
});

describe('verify', () => {
  const changed = async (change: (text: string) => string) => {
    await submit(['one', 'two']);
    policy({ atLeast: 1 });
    put({ [`r/${BUNDLE}`]: change(read('r', BUNDLE).toString()) });
  };
  const refusing = async (status: number, message: string | RegExp) =>
    refused(status, message, ['verify', at('r'), '--policy', at('policy.yaml')]);

  it('refuses a bundle that was changed', async () => {
    await changed((text) => text.replace(/"treeSize":"1"/, '"treeSize":"2"'));
    await refusing(3, `bad-proof: "${BUNDLE}": the inclusion proof is not about the tree`);
  });

  it('refuses what is no bundle', async () => {
    await changed(() => 'anything');
    await refusing(3, `bad-format: "${BUNDLE}": the bundle is not JSON`);
  });

  it('refuses a bundle of another manifest', async () => {
    await submit(['one']);
    await makeRelease(lab, 's', '2');
    policy({ atLeast: 1 });
    fs.copyFileSync(at('r', BUNDLE), at('s', 'nova-2.SHA256SUMS.sigstore.json'));
    await refused(3, 'the bundle is about another file', ['verify', at('s'), '--policy', at('policy.yaml')]);
  });

  it('refuses what another key has signed', async () => {
    await submit(['one']);
    policy({ signers: [logs[0].pin] });
    await refusing(3, 'wrong-key: ');
  });

  it('names a bundle that the policy does not pin, and counts it for nothing', async () => {
    await submit(['two']);
    policy({ drop: 'two' });
    const report = await verify();
    expect(report.logs).toEqual([]);
    expect(report.warnings).toMatchObject([{ kind: 'not-checked', file: BUNDLE }]);
    policy({ drop: 'two', atLeast: 1 });
    await refusing(3, 'not-in-log: ');
  });
});
