// SPDX-License-Identifier: Apache-2.0
/** `submit` to a Sigsum log, alone and beside a tile log, and what `verify` makes of the proof. */
import { createPrivateKey, createPublicKey, verify as verifyBytes } from 'node:crypto';
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseOpenSshKey } from '../../src/core/openssh-key.ts';
import { parseSubmission } from '../../src/core/submission.ts';
import {
  type FakeSigsum,
  fakeSigsum,
  headOf,
  makePair,
  nowSeconds,
  otherDigit,
  type Pair,
  pairOf,
  proofOf,
} from '../logs/fake-sigsum.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import { ED25519, fakeClock, loopback, realFiles, useLab } from './lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, ORIGIN, PENDING, PROOF, prepare, vkeyOf } from './log-lab.ts';

const YEAR = 365 * 24 * 60 * 60;
const lab = useLab({
  good: ED25519,
  short: {
    algorithm: 'ed25519',
    expire: `seconds=${YEAR}`,
    subkeys: [{ algorithm: 'ed25519', expire: `seconds=${YEAR}` }],
  },
});
const { at, put, read, done, refused } = lab;

const SIGSUM = `${MANIFEST}.proof`;
const north = makePair();
const south = makePair();
let log: FakeSigsum;

const submitter = (): Pair => pairOf(parseOpenSshKey(read('submit.key')));
const ports = (now = new Date()) => ({ http: loopback(), clock: fakeClock(now) });

interface Demand {
  readonly key?: string;
  readonly atLeast?: number;
  readonly signers?: readonly string[];
  readonly logs?: readonly unknown[];
  readonly more?: Readonly<Record<string, unknown>>;
}

const tiles = () => ({ name: 'tarballs', kind: 'tiles', origin: ORIGIN, keys: [vkeyOf(lab)] });
const sigsum = (signers = [submitter().hex]) => ({
  name: 'sigsum',
  kind: 'sigsum',
  policy_file: 'sigsum-policy',
  signers,
});

/** A policy that pins the Sigsum log, by a file beside it. */
function demand({ key = 'good', atLeast = 1, signers, logs, more }: Demand = {}): void {
  const certificates = [{ file: lab.certificate(key), fingerprint: lab.made(key).primary }];
  const require = { logs: { at_least: atLeast } };
  const all = logs ?? [sigsum(signers && [...signers])];
  put({
    'policy.yaml': JSON.stringify({ schema: 'artifact-signing.policy/v1', certificates, logs: all, require, ...more }),
    'sigsum-policy': `${log.line}\nwitness N ${north.hex}\nwitness S ${south.hex}\ngroup both all N S\nquorum both\n`,
  });
}

const submit = (...words: readonly string[]) => [
  ...['submit', at('r'), '--log', 'sigsum', '--log-key', at('submit.key')],
  ...['--policy', at('policy.yaml'), ...IDENTITY, ...words],
];
const verify = (...words: readonly string[]) => ['verify', at('r'), '--policy', at('policy.yaml'), ...words];
const has = (name: string) => fs.existsSync(at('r', name));
const ours = () => log.leaves.filter((leaf) => leaf.subarray(96).toString('hex') === submitter().hash).length;

beforeEach(async () => {
  await prepare(lab, async () => {
    await makeRelease(lab);
    await makeRelease(lab, 'old', '1', 'short');
    await makeLog(lab);
    await done(['key', 'generate-log-key', '--for', 'sigsum', '--out', at('submit.key')]);
  });
  log = await fakeSigsum();
  log.witnesses = [north, south];
  demand();
});

describe('submit to a Sigsum log', () => {
  it('stores the proof, which verify believes, offline', async () => {
    const report = await done(submit(), ports());
    expect(report.logs).toMatchObject([
      {
        kind: 'sigsum',
        name: 'sigsum',
        origin: `sigsum.org/v1/tree/${log.log.hash}`,
        index: 3,
        tree_size: 4,
        proof: SIGSUM,
        action: 'logged',
        witnesses: [{ name: 'N' }, { name: 'S' }],
        release: { version: '1' },
      },
    ]);
    expect([report.warnings, has(PENDING), has(PROOF)]).toEqual([[], false, false]);
    const checked = await done(verify());
    expect(checked.logs).toMatchObject([{ kind: 'sigsum', name: 'sigsum', action: 'verified', index: 3 }]);
    expect(checked.logs[0]).not.toHaveProperty('release');
    expect(checked.warnings).toEqual([]);
  });

  it('keeps the proof that is there, and asks nobody', async () => {
    await done(submit(), ports());
    const before = read('r', SIGSUM);
    log.asked.length = 0;
    expect((await done(submit(), ports())).logs).toMatchObject([{ action: 'kept', index: 3 }]);
    expect([log.asked, read('r', SIGSUM)]).toEqual([[], before]);
  });

  it('has what it will send on disk before it asks anybody', async () => {
    const seen: string[] = [];
    log.misbehave = (_, honest) => {
      seen.push(
        has(PENDING) ? Buffer.from(parseSubmission(read('r', PENDING)).prepared.get('sigsum') ?? '').toString() : '',
      );
      return honest();
    };
    await done(submit(), ports());
    expect(new Set(seen).size).toBe(1);
    expect(seen[0]).toMatch(/^message=[0-9a-f]{64}\nsignature=[0-9a-f]{128}\npublic_key=[0-9a-f]{64}\n$/);
    expect(seen[0]).toContain(submitter().hex);
  });

  it('leaves the submission where there is no quorum; whoever finds it finishes it, without the key', async () => {
    log.witnesses = [north];
    const report = await refused(
      1,
      /pending: .*"N" vouches, which is no quorum/,
      submit('--log-deadline', '10'),
      ports(),
    );
    expect([report.status, report.manifest, report.logs]).toEqual(['pending', undefined, []]);
    expect([has(PENDING), has(SIGSUM)]).toEqual([true, false]);
    await refused(1, /pending/, verify());
    log.witnesses = [north, south];
    const resumed = ['submit', at('r'), '--log', 'sigsum', '--policy', at('policy.yaml')];
    expect((await done(resumed, ports())).logs).toMatchObject([{ action: 'logged', index: 3 }]);
    expect([has(PENDING), ours()]).toEqual([false, 1]);
    await done(verify());
  });

  it('makes a new proof where the one that is there does not meet a later quorum', async () => {
    await done(submit(), ports());
    log.witnesses = [north];
    const text = proofOf(log.leaves, 3, submitter(), { size: 4, log: log.log, witnesses: [north] });
    put({ [`r/${SIGSUM}`]: text });
    await refused(3, 'not-witnessed', verify());
    log.witnesses = [north, south];
    expect((await done(submit(), ports())).logs).toMatchObject([{ action: 'logged' }]);
    expect(ours()).toBe(1);
    await done(verify());
  });

  it('leaves a proof alone that does not verify', async () => {
    await done(submit(), ports());
    const forged = read('r', SIGSUM).toString().replace('leaf_index=3', 'leaf_index=2');
    put({ [`r/${SIGSUM}`]: forged });
    await refused(3, /bad-proof: .* is there and does not verify/, submit(), ports());
    put({ [`r/${SIGSUM}`]: forged.replace('version=2', 'version=1') });
    await refused(3, /of version 1, where only version 2 is read/, submit(), ports());
    put({ [`r/${SIGSUM}`]: 'x' });
    await refused(3, /not a Sigsum proof/, submit(), ports());
    expect(read('r', SIGSUM).toString()).toBe('x');
  });

  it('ends with evidence where the log contradicts itself', async () => {
    let asked = 0;
    log.misbehave = (endpoint, honest) => {
      if (endpoint === 'GET get-inclusion-proof') return { status: 404 };
      if (endpoint !== 'GET get-tree-head') return honest();
      asked += 1;
      const root = asked === 1 ? undefined : Buffer.alloc(32);
      return {
        status: 200,
        body: headOf(log.leaves, { size: 4, log: log.log, witnesses: log.witnesses, ...(root && { root }) }),
      };
    };
    const report = await refused(4, /log-misbehaved: .*signed two trees/, submit(), ports());
    expect(report.status).toBe('evidence');
    expect(report.errors[0]?.evidence).toHaveLength(3);
    expect([has(SIGSUM), has(PENDING)]).toEqual([false, true]);
  });

  it('refuses what it will not send: other keys, other logs, tokens by half', async () => {
    const nobody = makePair();
    const before = lab.snapshot('r');
    await refused(
      2,
      /not a log: "elsewhere"/,
      submit().map((word) => (word === 'sigsum' ? 'elsewhere' : word)),
      ports(),
    );
    await refused(2, /more than one log of the kind sigsum/, submit('--log', 'sigsum'), ports());
    await refused(
      2,
      /more than one key is given for the log of the kind sigsum/,
      submit('--log-key', at('log.pem')),
      ports(),
    );
    await refused(2, /--token-domain and --token-key go together/, submit('--token-domain', 'example.org'), ports());
    await refused(
      2,
      /--token-domain takes a domain/,
      submit('--token-domain', 'a b', '--token-key', at('submit.key')),
      ports(),
    );
    demand({ signers: [nobody.hex] });
    await refused(2, /none of the signers that the policy names/, submit(), ports());
    const keyless = ['submit', at('r'), '--log', 'sigsum', '--policy', at('policy.yaml'), ...IDENTITY];
    await refused(2, /no key for the Sigsum log "sigsum" is given/, keyless, ports());
    expect([log.asked, lab.snapshot('r')]).toEqual([[], before]);
  });

  it('says who submits', async () => {
    await done(submit('--token-domain', 'example.org', '--token-key', at('submit.key')), ports());
    expect(log.token).toMatch(/^example\.org [0-9a-f]{128}$/);
  });

  it('takes the same key in PKCS#8, where there is no other use for it', async () => {
    const pem = createPrivateKey({ key: read('log.pem'), format: 'pem' });
    demand({ signers: [pairOf(pem).hex] });
    await done(
      ['submit', at('r'), '--log', 'sigsum', '--log-key', at('log.pem'), '--policy', at('policy.yaml'), ...IDENTITY],
      ports(),
    );
  });

  it('does not take a prepared request of another manifest', async () => {
    log.witnesses = [];
    await refused(1, 'pending', submit('--log-deadline', '1'), ports());
    const submission = JSON.parse(read('r', PENDING).toString()) as { prepared: Record<string, string> };
    const leaf = Buffer.from(submission.prepared['sigsum'] ?? '', 'base64').toString();
    const write = (text: string) => {
      submission.prepared['sigsum'] = Buffer.from(text).toString('base64');
      put({ [`r/${PENDING}`]: JSON.stringify(submission) });
    };
    log.asked.length = 0;
    write(otherDigit(leaf, /message=/));
    await refused(3, /bad-signature/, submit(), ports());
    write('x');
    await refused(2, /the request does not end with a newline/, submit(), ports());
    expect(log.asked).toEqual([]);
  });
});

describe('submit to a tile log and a Sigsum log', () => {
  const both = (...words: readonly string[]) =>
    submit('--log', `tiles:${at('log')}`, '--log-key', at('log.pem'), ...words);
  const entries = () => readLog(directoryGet(at('log')), vkeyOf(lab)).entries;
  beforeEach(() => demand({ atLeast: 2, logs: [tiles(), sigsum()] }));

  it('gives two proofs, and verify demands both', async () => {
    expect((await done(both(), ports())).logs.map(({ kind, name }) => [kind, name])).toEqual([
      ['sigsum', 'sigsum'],
      ['tiles', 'tarballs'],
    ]);
    expect((await done(verify())).logs.map(({ kind }) => kind)).toEqual(['tiles', 'sigsum']);
    for (const name of [PROOF, SIGSUM]) {
      const kept = read('r', name);
      fs.rmSync(at('r', name));
      await refused(
        3,
        /not-in-log: .* is proven by 1 of the logs tarballs, sigsum, and the policy demands 2/,
        verify(),
      );
      put({ [`r/${name}`]: kept });
    }
  });

  it('keeps the receipt of one where the other does not answer, and finishes without a second entry', async () => {
    log.misbehave = () => ({ status: 503 });
    const report = await refused(1, /answers 503/, both('--log-deadline', '5'), ports());
    expect(report.logs).toMatchObject([{ kind: 'tiles', action: 'logged' }]);
    expect([has(PROOF), has(SIGSUM), has(PENDING)]).toEqual([true, false, true]);
    await refused(1, 'pending: ', verify());
    log.misbehave = undefined;
    const again = await done(both(), ports());
    expect(again.logs.map(({ kind, action }) => [kind, action])).toEqual([
      ['sigsum', 'logged'],
      ['tiles', 'kept'],
    ]);
    expect([entries().length, ours(), has(PENDING)]).toEqual([1, 1, false]);
    await done(verify());
  });

  it('is a warning where one of them is enough', async () => {
    demand({ atLeast: 1, logs: [tiles(), sigsum()] });
    log.misbehave = () => ({ status: 503 });
    const report = await done(both('--log-deadline', '5'), ports());
    expect(report.warnings).toMatchObject([{ kind: 'pending', message: expect.stringMatching(/answers 503/) }]);
    expect(has(PENDING)).toBe(true);
  });

  it('takes their keys from one file, one behind the other', async () => {
    put({ 'both.keys': Buffer.concat([read('log.pem'), read('submit.key')]) });
    const words = ['submit', at('r'), '--log', 'sigsum', '--log', `tiles:${at('log')}`, '--policy', at('policy.yaml')];
    const report = await done([...words, '--log-key', at('both.keys'), ...IDENTITY], ports());
    expect(report.logs.map(({ kind }) => kind)).toEqual(['sigsum', 'tiles']);
    const token = ['--token-domain', 'example.org', '--token-key', at('both.keys'), ...IDENTITY];
    await refused(
      2,
      /holds more than one key/,
      [...words, '--log-key', at('submit.key'), '--log-key', at('log.pem'), ...token],
      ports(),
    );
    await refused(
      2,
      /--log-key and --log-key cannot both read standard input/,
      [...words, '--log-key', '-', '--log-key', '-'],
      ports(),
    );
    await refused(2, /--policy and --log-key cannot both read/, [...words.with(-1, '-'), '--log-key', '-'], ports());
  });

  it('takes their keys and that of a token through one standard input, where the last one is the token', async () => {
    for (const [kind, name] of [
      ['sigsum', 'token.key'],
      ['rekor', 'rekor.pem'],
    ] as const)
      await done(['key', 'generate-log-key', '--for', kind, '--out', at(name)]);
    const words = ['submit', at('r'), '--log', 'sigsum', '--log', `tiles:${at('log')}`, '--policy', at('policy.yaml')];
    const all = [...words, '--log-key=-', '--token-domain=example.org', '--token-key=-', ...IDENTITY];
    const through = (...names: readonly string[]) => ({
      ...ports(),
      files: {
        ...realFiles(),
        readGiven: async (file: string, cap: number) =>
          file === '-' ? Buffer.concat(names.map((name) => read(name))) : realFiles().readGiven(file, cap),
      },
    });
    await refused(2, /no key for the Sigsum log "sigsum" is given/, all, through('log.pem', 'submit.key'));
    await refused(2, /the key of the token is on P-256/, all, through('log.pem', 'submit.key', 'rekor.pem'));
    await refused(2, /"-" is for none of these logs/, all, through('rekor.pem', 'log.pem', 'submit.key', 'token.key'));
    const report = await done(all, through('log.pem', 'submit.key', 'token.key'));
    expect(report.logs.map(({ kind }) => kind)).toEqual(['sigsum', 'tiles']);
    const [domain, signature = ''] = (log.token ?? '').split(' ');
    const text = Buffer.concat([Buffer.from('sigsum.org/v1/submit-token\0'), log.log.raw]);
    const tokenKey = createPublicKey(parseOpenSshKey(read('token.key')));
    expect([domain, verifyBytes(null, text, tokenKey, Buffer.from(signature, 'hex'))]).toEqual(['example.org', true]);
  });

  it('needs each its own key', async () => {
    const toTiles = ['submit', at('r'), '--log', `tiles:${at('log')}`, '--policy', at('policy.yaml'), ...IDENTITY];
    await refused(2, /no key of the tile log is given/, submit('--log', `tiles:${at('log')}`), ports());
    await refused(2, /is for none of these logs/, [...toTiles, '--log-key', at('submit.key')], ports());
    put({ 'log/secret.key': read('submit.key') });
    await refused(2, /lies inside the log's directory/, [...toTiles, '--log-key', at('log/secret.key')], ports());
    expect([has(PROOF), has(SIGSUM), has(PENDING)]).toEqual([false, false, false]);
  });
});

describe('verify with a Sigsum proof', () => {
  beforeEach(async () => void (await done(submit(), ports())));
  const change = (edit: (text: string) => string) => put({ [`r/${SIGSUM}`]: edit(read('r', SIGSUM).toString()) });

  it.each([
    ['another leaf', 'bad-proof', (text: string) => text.replace('leaf_index=3', 'leaf_index=2')],
    ['a cosignature less', 'not-witnessed', (text: string) => text.replace(/cosignature=.*\n/, '')],
    ['another signature of the leaf', 'bad-signature', (text: string) => otherDigit(text, /leaf=\S+ /)],
    ['an older format', 'bad-format', (text: string) => text.replace('version=2', 'version=1')],
    ['half of it', 'bad-format', (text: string) => text.slice(0, 300)],
  ])('refuses %s', async (_, kind, edit) => {
    change(edit);
    await refused(3, new RegExp(`^3\\n${kind}: "${SIGSUM}": `), verify());
  });

  it('refuses the proof of another manifest', async () => {
    put({ 'r/b-1.whl': 'something else' });
    for (const name of [MANIFEST, `${MANIFEST}.asc`, 'b-1.whl.asc']) fs.rmSync(at('r', name));
    fs.renameSync(at('r', SIGSUM), at('kept'));
    await done(['sign', at('r'), '--sums', '--project', 'nova', '--release', '1', '--key-file', lab.key('good')]);
    fs.renameSync(at('kept'), at('r', SIGSUM));
    await refused(3, /bad-signature: /, verify());
  });

  it('refuses one by a submitter whom the policy does not name', async () => {
    demand({ signers: [makePair().hex] });
    await refused(3, /wrong-key: .*submitter/, verify());
  });

  it('does not check one of a log that the policy does not pin, and says so', async () => {
    demand({ atLeast: 0, logs: [] });
    expect((await done(verify())).warnings).toMatchObject([{ kind: 'not-checked', file: SIGSUM }]);
    const elsewhere = { ...sigsum(), policy_file: undefined, policy: 'sigsum-generic-2025-1' };
    demand({ atLeast: 1, logs: [elsewhere] });
    const report = await refused(3, 'not-in-log', verify());
    expect(report.warnings).toMatchObject([{ kind: 'not-checked', file: SIGSUM }]);
  });

  it('tells the line of the Sigsum policy that is wrong, and that it is not there', async () => {
    put({ 'sigsum-policy': `${log.line}\nquorum some\n` });
    await refused(2, /bad-format: ".*sigsum-policy": line 2 of the Sigsum policy demands/, verify());
    fs.rmSync(at('sigsum-policy'));
    await refused(2, /not-found: .*sigsum-policy/, verify());
  });

  it('lets the same log be pinned twice, for two submitters', async () => {
    const other = { ...sigsum([makePair().hex]), name: 'theirs' };
    demand({ atLeast: 1, logs: [other, sigsum()] });
    expect((await done(verify())).logs).toMatchObject([{ name: 'sigsum' }]);
  });
});

describe('a key that has expired since', () => {
  const later = () => ({ clock: fakeClock(new Date(Date.now() + 2 * YEAR * 1000)) });
  const old = (words: readonly string[]) => words.map((word) => (word === at('r') ? at('old') : word));
  beforeEach(() => demand({ key: 'short' }));

  it('is good where witnesses had seen the manifest before', async () => {
    await done(old(submit()), ports());
    await done(old(verify()), later());
  });

  it('is not where they saw it later, or nobody has to', async () => {
    await done(old(submit()), ports());
    const late = nowSeconds() + YEAR + 1000;
    const index = log.leaves.length - 1;
    const head = { size: index + 1, log: log.log, witnesses: [north, south] };
    put({ [`old/${SIGSUM}`]: proofOf(log.leaves, index, submitter(), { ...head, time: [nowSeconds(), late] }) });
    await refused(3, 'expired-after-signing', old(verify()), later());
    put({ 'sigsum-policy': `${log.line}\nquorum none\n` });
    await refused(3, 'expired-after-signing', old(verify()), later());
  });
});
