// SPDX-License-Identifier: Apache-2.0
/** `submit --resume`: what is pending in a directory is finished, and what is not pending is nobody's concern. */
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseSubmission } from '../../src/core/submission.ts';

import { type RekorLog, rekorLog } from '../core/rekor-log.ts';
import { type RekorServerLab, rekorServer } from '../logs/rekor-server.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import { ED25519, fakeClock, loopback, namesIn, realFiles, useLab } from './lab.ts';
import { lockedLog, MANIFEST, makeLog, makeRelease, ORIGIN, PENDING, PROOF, prepare, vkeyOf } from './log-lab.ts';

const lab = useLab({ good: ED25519, other: ED25519 });
const { at, done, put, read, refused } = lab;
const DAY = 86_400_000;
/** After the signatures of the test, in a whole second. */
const START = Math.ceil(Date.now() / 1000) * 1000 + 60_000;

let log: RekorLog;
let server: RekorServerLab;

/** Demands nothing of logs, unless told. */
function policy(require: Readonly<Record<string, unknown>> = { at_least: 0 }): void {
  const signers = [fs.readFileSync(at('rekor.pem.pub'), 'utf8').split('\n').slice(1, -2).join('')];
  put({
    'policy.yaml': JSON.stringify({
      schema: 'artifact-signing.policy/v1',
      certificates: [{ file: lab.certificate('good'), fingerprint: lab.made('good').primary }],
      logs: [
        { name: 'sigstore', kind: 'rekor', version: 2, url: server.url, origin: log.origin, keys: [log.pin], signers },
        { name: 'own', kind: 'tiles', origin: ORIGIN, keys: [vkeyOf(lab)] },
      ],
      require: { logs: require },
    }),
  });
}

beforeEach(async () =>
  prepare(lab, async () => {
    await makeRelease(lab);
    await makeRelease(lab, 'r', '2');
    await makeLog(lab);
    await done(['key', 'generate-log-key', '--for', 'rekor', '--out', at('rekor.pem')]);
  }),
);
beforeEach(async () => {
  log = rekorLog(2);
  server = await rekorServer(log);
  policy();
});
afterEach(async () => server.close());

const TILES = () => ['--log', `tiles:${at('log')}`, '--log-key', at('log.pem')];
const REKOR = () => ['--log', 'sigstore', '--log-key', at('rekor.pem')];
const submit = (release: string, ...words: readonly string[]) => [
  ...['submit', at('r'), '--manifest', `nova-${release}.SHA256SUMS`, '--policy', at('policy.yaml')],
  ...['--project', 'nova', '--release', release, ...words],
];
const resume = (...words: readonly string[]) => [
  'submit',
  at('r'),
  '--resume',
  '--policy',
  at('policy.yaml'),
  ...words,
];
const ports = (days = 0) => ({ http: loopback(), clock: fakeClock(new Date(START + days * DAY)) });
const entries = () => readLog(directoryGet(at('log')), vkeyOf(lab)).entries.length;
/** Leaves the submission of a release to both logs pending. */
async function leavePending(release: string, days = 0): Promise<void> {
  server.lies = Array.from({ length: 200 }, () => () => ({ status: 503 }));
  await refused(1, 'pending: ', submit(release, ...TILES(), ...REKOR()), { ...ports(days), lock: lockedLog(lab) });
  server.lies = [];
}

describe('submit --resume', () => {
  it('has nothing to do where nothing is pending, and says so with status 0', async () => {
    const before = lab.snapshot('r');
    for (const path of [at('r'), at('r', MANIFEST)]) {
      const words = resume(...TILES()).with(1, path);
      expect((await done(words)).detail).toEqual({ pending: `nothing is pending in "${path}"` });
    }
    expect(lab.snapshot('r')).toEqual(before);
  });

  it('finishes it with the release and the logs of then, and needs no key that has signed already', async () => {
    await leavePending('1');
    expect(parseSubmission(read('r', PENDING))).toMatchObject({
      logs: ['tiles:', 'sigstore'],
      since: new Date(START),
      statement: { project: 'nova', version: '1' },
    });
    const report = await done(resume(...TILES()), ports());
    expect(report.logs.map(({ kind, action }) => [kind, action])).toEqual([
      ['tiles', 'logged'],
      ['rekor', 'logged'],
    ]);
    expect([entries(), log.entries.length]).toEqual([1, 1]);
    expect(namesIn(at('r'))).not.toContain(PENDING);
    expect((await done(resume(), ports())).detail).toHaveProperty('pending');
  });

  it('does without a tile log that has given its proof, and says that it is still to be looked at', async () => {
    server.lies = Array.from({ length: 200 }, () => () => ({ status: 503 }));
    await refused(1, 'pending: ', submit('1', ...TILES(), ...REKOR()), ports());
    server.lies = [];
    const { logs, warnings } = await done(resume(), ports());
    expect(logs).toMatchObject([{ kind: 'rekor', action: 'logged' }]);
    expect(warnings).toMatchObject([{ kind: 'pending', hint: expect.stringContaining('--log tiles:DIR finishes it') }]);
    expect(namesIn(at('r'))).toContain(PENDING);
    const report = await done(resume(...TILES()), ports());
    expect(report.logs.map(({ action }) => action)).toEqual(['kept', 'kept']);
    expect([entries(), log.entries.length, namesIn(at('r')).includes(PENDING)]).toEqual([1, 1, false]);
  });

  it('finishes each of several in a directory, also those for other logs', async () => {
    await leavePending('1');
    server.lies = Array.from({ length: 200 }, () => () => 'hangUp' as const);
    await refused(1, 'pending: ', submit('2', ...REKOR()), ports());
    server.lies = [];
    const report = await done(resume(...TILES(), '--log-key', at('rekor.pem')), ports());
    expect(report.manifests.map(({ name }) => name)).toEqual([MANIFEST, 'nova-2.SHA256SUMS']);
    expect(report.logs.map(({ kind }) => kind)).toEqual(['tiles', 'rekor', 'rekor']);
    expect([entries(), log.entries.length]).toEqual([1, 2]);
    expect(namesIn(at('r')).filter((name) => name.endsWith('.submission.json'))).toEqual([]);
  });

  it('finishes the others where one is refused', async () => {
    await leavePending('1');
    await leavePending('2');
    fs.appendFileSync(at('r', MANIFEST), '\n');
    const report = await refused(3, 'altered: ', resume(...TILES()), ports());
    expect(report.logs).toHaveLength(2);
    expect(namesIn(at('r'))).toContain(PENDING);
    expect(namesIn(at('r'))).not.toContain('nova-2.SHA256SUMS.submission.json');
  });

  it('is for one manifest where one is named', async () => {
    await leavePending('1');
    await leavePending('2');
    await done(resume(...TILES(), '--manifest', MANIFEST), ports());
    expect(namesIn(at('r')).filter((name) => name.endsWith('.submission.json'))).toEqual([
      'nova-2.SHA256SUMS.submission.json',
    ]);
    await done(resume(...TILES()).with(1, at('r/nova-2.SHA256SUMS')), ports());
    expect(log.entries).toHaveLength(2);
  });

  it('reads the keys once, as they may come through standard input', async () => {
    await leavePending('1');
    await leavePending('2');
    const files = realFiles();
    const given: string[] = [];
    const readGiven = async (file: string, cap: number) => {
      if (file === '-') given.push(file);
      return files.readGiven(file === '-' ? at('log.pem') : file, cap);
    };
    await done(resume(...TILES().with(3, '-')), { ...ports(), files: { ...files, readGiven } });
    expect([given, entries()]).toEqual([['-'], 2]);
  });

  it('writes nothing in a dry run, and prints each entry', async () => {
    await leavePending('1');
    await leavePending('2');
    const before = lab.snapshot('.');
    const { detail } = await done(resume('--dry-run', ...TILES()));
    const shown = (detail?.['entries'] ?? []) as readonly string[];
    expect(shown.map((entry) => JSON.parse(entry)).map((one) => one.version ?? one.publicKey)).toEqual([
      '1',
      expect.any(String),
      '2',
      expect.any(String),
    ]);
    expect(lab.snapshot('.')).toEqual(before);
  });

  it('says how long it has been pending, and after the days of the policy that is an error', async () => {
    await leavePending('1');
    server.lies = Array.from({ length: 200 }, () => () => ({ status: 503 }));
    policy({ at_least: 1 });
    // the tile log has it, which is enough: the other is told
    const early = await done(resume(...TILES()), ports(3));
    expect(early.warnings).toMatchObject([
      { kind: 'pending', message: expect.stringMatching(/not finished after 3 days: /) },
    ]);
    const since = parseSubmission(read('r', PENDING)).since;
    expect(since).toEqual(new Date(START));
    const late = await refused(
      3,
      /not-in-log: .*not finished after 8 days, and may be pending for 7 days: /,
      resume(...TILES()),
      ports(8),
    );
    expect(late.logs).toMatchObject([{ kind: 'tiles', action: 'kept' }]);
    policy({ at_least: 1, pending_days: 30 });
    server.lies = Array.from({ length: 200 }, () => () => ({ status: 503 }));
    await done(resume(...TILES()), ports(8));
    server.lies = [];
    await done(resume(...TILES()), ports(400));
    expect(namesIn(at('r'))).not.toContain(PENDING);
  });
});

describe('submit --resume refuses', () => {
  it.each([
    ['--project', 'nova'],
    ['--release', '1'],
    ['--ref', 'refs/tags/1'],
    ['--commit', 'a'.repeat(40)],
    ['--zuul-vars', 'zuul.json'],
  ])('%s, also where nothing is pending', async (...words) => {
    await refused(2, '--resume takes project, release, ref and commit from what is pending', resume(...words));
  });

  it('another log than that of then', async () => {
    await refused(2, 'takes the logs from what is pending', resume(...REKOR()));
  });

  it('to leave out a tile log whose place is not said', async () => {
    await leavePending('1');
    const asked = server.requests.length;
    await refused(2, `"${PENDING}" is for a tile log, and where that lies is not said`, resume(), ports());
    await refused(2, 'no key of the tile log is given', resume(...TILES().slice(0, 2)), ports());
    expect([server.requests.length, entries()]).toEqual([asked, 0]);
  });

  it('a log that the policy does not name any more', async () => {
    await leavePending('1');
    put({ 'policy.yaml': read('policy.yaml').toString().replace('"sigstore"', '"renamed"') });
    await refused(2, 'not a log: "sigstore"', resume(...TILES()), ports());
    expect(namesIn(at('r'))).toContain(PENDING);
  });

  it('what is no submission, and one without its manifest', async () => {
    put({ [`r/${PENDING}`]: 'x' });
    await refused(2, `bad-format: "${PENDING}": `, resume(), ports());
    await leavePending('2');
    fs.rmSync(at('r', PENDING));
    fs.rmSync(at('r/nova-2.SHA256SUMS'));
    await refused(2, 'not-found: ', resume(...TILES()), ports());
    await refused(2, 'not-found: ', resume().with(1, at('nowhere')), ports());
  });
});

describe('submit', () => {
  it('needs a log', async () => {
    await refused(2, '--log is missing', submit('1'), ports());
  });

  it('of one of two pending logs leaves the submission for the other', async () => {
    await leavePending('1');
    const report = await done(submit('1', ...TILES()), ports());
    expect(report.warnings).toMatchObject([
      { kind: 'pending', message: expect.stringMatching(/is also for "sigstore", and stays$/) },
    ]);
    expect(parseSubmission(read('r', PENDING)).logs).toEqual(['tiles:', 'sigstore']);
    expect((await done(resume(...TILES()), ports())).logs.map(({ action }) => action)).toEqual(['kept', 'logged']);
    expect(namesIn(at('r'))).toContain(PROOF);
    expect(namesIn(at('r'))).not.toContain(PENDING);
  });
});
