// SPDX-License-Identifier: Apache-2.0
/** What `submit` gets from witnesses, whatever they do: never a second entry, never a wrong cosignature, never a wait without end. */
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseSignedCheckpoint } from '../../src/core/checkpoint.ts';
import { parseTlogProof } from '../../src/core/tlog-proof.ts';
import type { Http } from '../../src/ports.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import { type FakeWitness, fakeWitness, type Misbehave, type Reply, seconds } from './fake-witness.ts';
import { ED25519, fakeClock, hastyHttp, loopback, useLab } from './lab.ts';
import { IDENTITY, makeLog, makeRelease, PENDING, PROOF, prepare, putPolicy, vkeyOf } from './log-lab.ts';

const lab = useLab({ good: ED25519 });
const { at, read, done, refused } = lab;

let north: FakeWitness;
let south: FakeWitness;
let http = loopback();

/** Of a release, under the policy that was put. */
const submit = (directory = 'r', identity: readonly string[] = IDENTITY, ...words: readonly string[]) => [
  ...['submit', at(directory), '--log', `tiles:${at('log')}`, '--log-key', at('log.pem')],
  ...['--policy', at('policy.yaml'), ...identity, ...words],
];
const entries = () => readLog(directoryGet(at('log')), vkeyOf(lab)).entries.map(String);
const published = () => parseSignedCheckpoint(read('log/checkpoint'));
const linesOf = ({ signatures }: { readonly signatures: readonly { readonly name: string }[] }) =>
  signatures.map(({ name }) => name);
const proofLines = (directory = 'r', name = PROOF) => linesOf(parseTlogProof(read(directory, name)).checkpoint);
const demand = (quorum: number, ...witnesses: readonly FakeWitness[]) =>
  putPolicy(lab, { witnessed: { witnesses: witnesses.map(({ entry }) => entry), quorum } });
/** Time passes only where the program waits for it. */
const ports = () => ({ http, clock: fakeClock(new Date()) });
const LOG = 'example.org/log';
const NORTH = 'witness.example/north';
const SOUTH = 'witness.example/south';

beforeEach(async () => {
  await prepare(lab, async () => {
    await makeRelease(lab);
    await makeRelease(lab, 's', '2');
    await makeLog(lab);
  });
  http = loopback();
  north = await fakeWitness('north', () => [vkeyOf(lab)]);
  south = await fakeWitness('south', () => [vkeyOf(lab)]);
});

describe('submit with witnesses', () => {
  it('keeps their cosignatures in the published checkpoint and in the proof, and says who vouches', async () => {
    demand(2, north, south);
    const report = await done(submit(), ports());
    expect(report.logs).toMatchObject([
      { action: 'logged', index: 0, witnesses: [{ name: 'north' }, { name: 'south' }] },
    ]);
    expect(Math.abs(Date.parse(report.logs[0]?.witnesses?.[0]?.time ?? '') - Date.now())).toBeLessThan(600_000);
    expect(report.warnings).toEqual([]);
    expect(linesOf(published())).toEqual([LOG, NORTH, SOUTH]);
    expect(proofLines()).toEqual([LOG, NORTH, SOUTH]);
    expect(entries()).toHaveLength(1);
    expect(fs.existsSync(at('r', PENDING))).toBe(false);
    expect((await done(['verify', at('r'), '--policy', at('policy.yaml')])).logs).toMatchObject([
      { witnesses: [{ name: 'north' }, { name: 'south' }] },
    ]);
  });

  it('goes on from where a witness is, and sends it the signature of the log alone', async () => {
    demand(1, north);
    for (const release of ['3', '4', '5']) await makeRelease(lab, release, release);
    await done(submit(), ports());
    for (const release of ['3', '4', '5'])
      await done(submit(release, ['--project', 'nova', '--release', release]), ports());
    expect(north.asked.map(({ old, size }) => [old, size])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
      [0, 3],
      [2, 3],
      [0, 4],
      [3, 4],
    ]);
    expect(north.asked.every(({ signatures }) => signatures.length === 1)).toBe(true);
    expect(north.seen.size).toBe(4);
    await done(['log', 'inspect', at('log'), '--full']);
  });

  it('asks nobody a second time, and nobody where the policy names none', async () => {
    putPolicy(lab);
    await done(submit());
    fs.rmSync(at('r', PROOF));
    demand(1, north);
    await done(submit(), ports());
    const { length } = north.asked;
    expect(await done(submit(), ports())).toMatchObject({ logs: [{ action: 'kept', witnesses: [{ name: 'north' }] }] });
    fs.rmSync(at('r', PROOF));
    expect(await done(submit(), ports())).toMatchObject({ logs: [{ action: 'logged', index: 0, tree_size: 1 }] });
    expect(north.asked).toHaveLength(length);
  });

  it('makes a proof anew for which too few vouch', async () => {
    putPolicy(lab);
    await done(submit());
    demand(1, south);
    expect((await done(submit(), ports())).logs).toMatchObject([{ action: 'logged', index: 0, tree_size: 1 }]);
    expect(proofLines()).toEqual([LOG, SOUTH]);
    expect(entries()).toHaveLength(1);
  });

  it('is content with a quorum, and warns of the rest', async () => {
    demand(1, north, south);
    south.misbehave = () => ({ status: 404, body: '' });
    const report = await done(submit(), ports());
    expect(report.warnings).toMatchObject([
      {
        kind: 'not-witnessed',
        message: expect.stringMatching(/"south" does not vouch: it answers 404: .*know this log/),
      },
    ]);
    expect(report.logs).toMatchObject([{ witnesses: [{ name: 'north' }] }]);
  });

  it('is done without any where the quorum is 0, and says so', async () => {
    demand(0, north);
    north.misbehave = () => ({ status: 500, body: '' });
    const report = await done(submit(), ports());
    expect(report.logs).toMatchObject([{ witnesses: [] }]);
    expect(report.warnings).toMatchObject([{ kind: 'network' }]);
  });

  it('keeps what one vouches for until the others do, and asks only those', async () => {
    demand(2, north, south);
    south.misbehave = () => ({ status: 403, body: '' });
    const report = await refused(
      1,
      /pending: .*1 of 2 witnesses vouch for it, where 2 have to: .*"south"/,
      submit(),
      ports(),
    );
    expect(report.status).toBe('pending');
    expect(linesOf(published())).toEqual([LOG, NORTH]);
    expect([fs.existsSync(at('r', PROOF)), fs.existsSync(at('r', PENDING))]).toEqual([false, true]);
    south.misbehave = undefined;
    const { length } = north.asked;
    await done(submit('r', []), ports());
    expect(north.asked).toHaveLength(length);
    expect(proofLines()).toEqual([LOG, NORTH, SOUTH]);
    expect(entries()).toHaveLength(1);
  });

  it('takes the later checkpoint that another run has published, and a witness has seen', async () => {
    demand(1, north);
    let first = true;
    north.misbehave = (_, honest) => {
      if (!first) return honest();
      first = false;
      // another release gets in between: the witness learns of two entries, and of the first one never alone
      return { status: 503, body: '' };
    };
    const clock = fakeClock(new Date());
    const between = {
      ...clock,
      sleep: async (duration: number) => {
        await done(submit('s', ['--project', 'nova', '--release', '2']), ports());
        await clock.sleep(duration);
      },
    };
    const report = await done(submit(), { http, clock: between });
    expect(report.logs).toMatchObject([{ index: 0, tree_size: 2, witnesses: [{ name: 'north' }] }]);
    expect(entries()).toHaveLength(2);
    await done(['verify', at('r'), '--policy', at('policy.yaml')]);
  });

  it('replaces a cosignature in the published checkpoint that is wrong, and leaves those of strangers', async () => {
    putPolicy(lab);
    await done(submit());
    const text = read('log/checkpoint').toString().split('\n\n')[0];
    fs.appendFileSync(at('log/checkpoint'), north.cosign(`${text}\n`, seconds(), south));
    fs.appendFileSync(at('log/checkpoint'), south.cosign(`${text}\n`));
    demand(1, north);
    await done(submit(), ports());
    expect(linesOf(published())).toEqual([LOG, SOUTH, NORTH]);
    await done(['verify', at('r'), '--policy', at('policy.yaml')]);
  });

  it('refuses before it touches the log where too few can be asked', async () => {
    const { url: _, ...noUrl } = north.entry;
    putPolicy(lab, { witnessed: { witnesses: [noUrl, south.entry], quorum: 2 } });
    await refused(
      2,
      /usage: the policy demands 2 witnesses of the log tarballs, and has addresses of 1/,
      submit(),
      ports(),
    );
    expect(entries()).toEqual([]);
    expect(fs.existsSync(at('r', PENDING))).toBe(false);
  });
});

/** A 200 whose body is not what the honest one would be. */
const says =
  (make: (text: string, witness: FakeWitness, other: FakeWitness) => string): Misbehave =>
  ({ text }, honest) => {
    const reply = honest();
    return reply.status === 200 ? { status: 200, body: make(text, north, south) } : reply;
  };
const always =
  (status: number, body = '', headers = {}): Misbehave =>
  () => ({ status, body, headers });

describe('a witness that', () => {
  it.each<readonly [string, string | RegExp, Misbehave]>([
    ['says 409 for ever', /answers 409 with 0, from where it was asked/, always(409, '0\n')],
    [
      'says 409 with another size each time',
      'its size changes whenever',
      ({ old }) => ({ status: 409, body: `${old === 0 ? 1 : 0}\n` }),
    ],
    ['says 409 with no size', /"north" does not vouch: /, always(409, '<html>')],
    ['says 409 with two sizes', /"north" does not vouch: /, always(409, '0\n1\n')],
    ['says 409 without a newline', /"north" does not vouch: the size does not end/, always(409, '1')],
    [
      'has seen more than the log has',
      'it has seen 9 entries of the log, and this checkpoint is about 1',
      always(409, '9\n'),
    ],
    [
      'signs with another key',
      'the cosignature by "witness.example/north" is wrong',
      says((text, w, other) => w.cosign(text, seconds(), other)),
    ],
    ['signs by another name only', 'the answer holds no signature by it', says((text, _, other) => other.cosign(text))],
    ['signs twice', 'the answer holds several signatures by it', says((text, w) => w.cosign(text) + w.cosign(text))],
    ['signs another size', /cosignature .* is wrong/, says((text, w) => w.cosign(text.replace('\n1\n', '\n2\n')))],
    ['signs another log', /cosignature .* is wrong/, says((text, w) => w.cosign(`other.${text}`))],
    ['moves the time of its signature', /cosignature .* is wrong/, says((text, w) => retimed(w.cosign(text)))],
    ['dates ahead of now', 'is dated ahead of now', says((text, w) => w.cosign(text, seconds() + 400))],
    [
      'dates before the checkpoint was made',
      'before the checkpoint was made',
      says((text, w) => w.cosign(text, seconds() - 400)),
    ],
    ['gives no time', 'without a time that a clock can show', says((text, w) => w.cosign(text, 0))],
    [
      'gives a time beyond all clocks',
      'without a time that a clock can show',
      says((text, w) => w.cosign(text, 2 ** 60)),
    ],
    [
      'sends a signature that is too short',
      'a cosignature of 71 bytes',
      says((text, w) => resized(w.cosign(text), -1)),
    ],
    ['sends a signature that is too long', 'a cosignature of 73 bytes', says((text, w) => resized(w.cosign(text), 1))],
    ['sends the whole checkpoint back', 'more than signature lines', says((text, w) => `${text}\n${w.cosign(text)}`)],
    ['sends nothing', /"north" does not vouch: /, says(() => '')],
    [
      'sends a page',
      /"north" does not vouch: the signed note has a line that is no signature/,
      always(200, '<html>welcome</html>\n'),
    ],
    ['sends 200 kB', /answers with more than \d+ bytes/, always(200, `${'x'.repeat(200_000)}\n`)],
    ['does not know the log', 'it answers 404: it does not know this log', always(404)],
    ['knows another key', 'it answers 403: it knows another key', always(403)],
    ['has seen another history', 'it answers 422: it has seen another history', always(422)],
    ['does not understand', 'it answers 400: ', always(400)],
    ['is out of order', 'it answers 500', always(500)],
    ['has too much to do', 'it answers 429', always(429)],
    [
      'points elsewhere',
      'it answers 307',
      (_, honest) => ({ ...honest(), status: 307, headers: { location: `${south.url}/add-checkpoint` } }),
    ],
    ['hangs up', 'cannot post to', (_, _honest, response) => void response.destroy()],
    [
      'hangs up in the middle',
      'cannot post to',
      (_, _honest, response) => {
        response
          .writeHead(200, { 'content-length': 100 })
          .write('— ', () => void setTimeout(10).then(() => response.destroy()));
        return undefined;
      },
    ],
  ])('%s counts for nothing; the entry stays, and the next run finishes it', async (_, message, misbehave) => {
    demand(1, north);
    north.misbehave = misbehave;
    const report = await refused(1, message, submit(), ports());
    expect(report.status).toBe('pending');
    expect(linesOf(published())).toEqual([LOG]);
    expect([fs.existsSync(at('r', PROOF)), fs.existsSync(at('r', PENDING))]).toEqual([false, true]);
    expect(entries()).toHaveLength(1);
    expect(south.asked).toEqual([]);
    north.misbehave = undefined;
    await done(submit('r', []), ports());
    expect(entries()).toHaveLength(1);
    expect(proofLines()).toEqual([LOG, NORTH]);
    await done(['verify', at('r'), '--policy', at('policy.yaml')]);
  });

  it.each<readonly [string, Misbehave]>([
    ['never answers', () => undefined],
    [
      'drips for ever',
      (_, _honest, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'), 100);
        response.on('close', () => clearInterval(timer));
        return undefined;
      },
    ],
  ])('%s is waited for until the deadline, and not beyond', async (_, misbehave) => {
    demand(1, north);
    north.misbehave = misbehave;
    await refused(
      1,
      /pending: .*"north" does not vouch: (?:cannot post to .*no whole answer within \d+ ms|there was no time left)/,
      submit('r', IDENTITY, '--witness-deadline', '1'),
      { http: hastyHttp() },
    );
    expect(north.asked.length).toBeLessThanOrEqual(1);
    expect(entries()).toHaveLength(1);
  });

  it('says when to come back is asked again then, and not before', async () => {
    demand(1, north);
    let left = 2;
    north.misbehave = (_, honest) => {
      left -= 1;
      return left < 0 ? honest() : { status: 429, body: '', headers: { 'retry-after': left === 1 ? '7' : '0' } };
    };
    const { clock } = ports();
    await done(submit(), { http, clock });
    expect(clock.slept).toEqual([7000, 1000]);
  });

  it('is gone is asked again, while that makes sense', async () => {
    demand(1, north);
    await north.close();
    const { clock } = ports();
    await refused(1, /"north" does not vouch: cannot post to/, submit(), { http, clock });
    expect(clock.slept).toEqual([1000, 1000, 1000, 1000, 1000]);
  });

  it('is gone is not asked again once enough others vouch', async () => {
    demand(1, north, south);
    await north.close();
    const { clock } = ports();
    const answered = Promise.withResolvers<void>();
    const told: Http = {
      ...http,
      post: async (url, ...rest) => {
        const answer = await http.post(url, ...rest);
        answered.resolve();
        return answer;
      },
    };
    const patient = {
      ...clock,
      sleep: async (duration: number) => {
        await clock.sleep(duration);
        await answered.promise;
        await setTimeout(1);
      },
    };
    await done(submit(), { http: told, clock: patient });
    expect(clock.slept.length).toBeLessThan(2);
  });

  it('has a bad moment is asked again', async () => {
    demand(1, north);
    const replies: Reply[] = [
      { status: 503, body: '' },
      { status: 502, body: '<html>' },
    ];
    north.misbehave = (_, honest) => replies.shift() ?? honest();
    await done(submit(), ports());
    expect(north.asked).toHaveLength(3);
  });
});

/** One second later, with the signature of before. */
function retimed(line: string): string {
  const [dash, name, encoded = ''] = line.trimEnd().split(' ');
  const bytes = Buffer.from(encoded, 'base64');
  bytes.writeBigUInt64BE(bytes.readBigUInt64BE(4) - 1n, 4);
  return `${dash} ${name} ${bytes.toString('base64')}\n`;
}

function resized(line: string, by: number): string {
  const [dash, name, encoded = ''] = line.trimEnd().split(' ');
  const bytes = Buffer.concat([Buffer.from(encoded, 'base64'), Buffer.alloc(1)]);
  return `${dash} ${name} ${bytes.subarray(0, bytes.length - 1 + by).toString('base64')}\n`;
}
