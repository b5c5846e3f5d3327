// SPDX-License-Identifier: Apache-2.0
/** What `verify` makes of cosignatures: a quorum of pinned witnesses, and keys that expired after the witnesses had seen the release. */
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseSignedCheckpoint } from '../../src/core/checkpoint.ts';
import { formatTlogProof, parseTlogProof } from '../../src/core/tlog-proof.ts';
import { type FakeWitness, fakeWitness, seconds } from './fake-witness.ts';
import { ED25519, fakeClock, useLab } from './lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, PROOF, prepare, putPolicy, submitWords } from './log-lab.ts';

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

let north: FakeWitness;
let south: FakeWitness;
let stranger: FakeWitness;

const policyWords = (...words: readonly string[]) => ['verify', at('r'), '--policy', at('policy.yaml'), ...words];
const demand = (quorum: number, witnesses: readonly FakeWitness[] = [north, south], more = {}) =>
  putPolicy(lab, { ...more, witnessed: { witnesses: witnesses.map(({ entry }) => entry), quorum } });

/** The proof that is there, with these signature lines behind that of the log. */
function cosigned(...lines: readonly ((text: string) => string)[]): void {
  const proof = parseTlogProof(read('r', PROOF));
  const bare = formatTlogProof({
    ...proof,
    checkpoint: { ...proof.checkpoint, signatures: proof.checkpoint.signatures.slice(0, 1) },
  });
  const whole = Buffer.from(bare).toString();
  const [, text = ''] = whole.split('\n\n');
  put({ [`r/${PROOF}`]: whole + lines.map((line) => line(`${text}\n`)).join('') });
}
const by =
  (witness: FakeWitness, time = seconds()) =>
  (text: string) =>
    witness.cosign(text, time);

beforeEach(async () => {
  await prepare(lab, async () => {
    await makeRelease(lab, 'r', '1', 'short');
    await makeLog(lab);
    await done(submitWords(lab, 'r', ...IDENTITY).with(7, lab.certificate('short')));
  });
  [north, south, stranger] = (await Promise.all(
    ['north', 'south', 'stranger'].map((name) => fakeWitness(name, () => [])),
  )) as [FakeWitness, FakeWitness, FakeWitness];
});

describe('a quorum', () => {
  const short = { key: 'short' };

  it('of 2 is met by both, and the report says when they vouched', async () => {
    demand(2, [north, south], short);
    const time = seconds() - 1000;
    cosigned(by(north, time), by(south, time + 1));
    const { logs, warnings } = await done(policyWords());
    expect(logs[0]?.witnesses).toEqual([
      { name: 'north', time: new Date(time * 1000).toISOString() },
      { name: 'south', time: new Date(time * 1000 + 1000).toISOString() },
    ]);
    expect(warnings).toEqual([]);
  });

  it('of 1 is met by either, and whoever is not pinned says nothing', async () => {
    demand(1, [north, south], short);
    cosigned(by(stranger), by(south));
    expect((await done(policyWords())).logs).toMatchObject([{ witnesses: [{ name: 'south' }] }]);
    cosigned(by(stranger));
    await refused(3, /not-witnessed: .*demands 1 of 2 witnesses, and none of them vouches/, policyWords());
  });

  it('is not met by less, nor by one that vouches twice; the time is the earlier one', async () => {
    demand(2, [north, south], short);
    cosigned(by(north));
    await refused(3, /not-witnessed: .*demands 2 of 2 witnesses, and "north" vouches/, policyWords());
    const time = seconds() - 500;
    cosigned(by(north, time + 1), by(north, time));
    await refused(3, 'not-witnessed: ', policyWords());
    demand(1, [north, south], short);
    expect((await done(policyWords())).logs[0]?.witnesses).toEqual([
      { name: 'north', time: new Date(time * 1000).toISOString() },
    ]);
  });

  it('is demanded of every proof from that log, also where no log is demanded', async () => {
    demand(1, [north], { ...short, atLeast: 0 });
    cosigned();
    await refused(3, 'not-witnessed: ', policyWords());
    demand(0, [north], { ...short, atLeast: 1 });
    expect((await done(policyWords())).logs).toMatchObject([{ witnesses: [] }]);
  });

  it('is not demanded where the policy names no witness, and the report is silent', async () => {
    putPolicy(lab, short);
    cosigned(by(north));
    expect((await done(policyWords())).logs[0]).not.toHaveProperty('witnesses');
  });

  it.each<readonly [string, string | RegExp, (text: string) => string]>([
    [
      'by another key under this name',
      /bad-signature: .*cosignature by "witness.example\/south" is wrong/,
      (text) => south.cosign(text, seconds(), stranger),
    ],
    ['of another tree', /bad-signature: .* is wrong/, (text) => south.cosign(text.replace('\n1\n', '\n2\n'))],
    ['dated ahead of now', /bad-signature: .* is dated ahead of now/, (text) => south.cosign(text, seconds() + 1000)],
    ['of no time', /bad-signature: .*without a time/, (text) => south.cosign(text, 0)],
    [
      'that is cut',
      /bad-signature: .*is none: a cosignature of 71 bytes/,
      (text) => south.cosign(text).replace(/.{4}\n$/, '\n'),
    ],
  ])('does not make up for a cosignature %s', async (_, message, line) => {
    demand(1, [north, south], short);
    cosigned(by(north), line);
    await refused(3, message, policyWords());
    demand(1, [north], short);
    await done(policyWords());
  });

  it('is that of the checkpoint in the proof, not of another one', async () => {
    demand(1, [north], short);
    const other = parseSignedCheckpoint(read('log/checkpoint'));
    cosigned(() => north.cosign(`${other.origin}\n${other.size + 1}\n${Buffer.alloc(32).toString('base64')}\n`));
    await refused(3, 'bad-signature: ', policyWords());
  });
});

describe('a key that has expired since, with "expired_after_signing: logged"', () => {
  /** POSIX seconds. */
  let expiry = 0;
  const later = () => ({ clock: fakeClock(new Date((expiry + YEAR) * 1000)) });
  beforeEach(async () => {
    const { stdout } = await lab.gpg.run(['--with-colons', '--show-keys', lab.certificate('short')]);
    const keys = [...stdout.toString().matchAll(/^(?:pub|sub)(?::[^:]*){5}:(\d+):/gm)];
    expect(keys).toHaveLength(2);
    expiry = Math.min(...keys.map(([, time]) => Number(time)));
    expect(expiry).toBeGreaterThan(seconds());
  });
  const logged = (quorum: number, more = {}) => demand(quorum, [north, south], { key: 'short', ...more });
  const REFUSED = /expired-after-signing: "nova-1.SHA256SUMS.asc"/;

  it.each([
    ['a year before the expiry', -YEAR + 100, 0],
    ['a second before the expiry', -1, 0],
    ['at the expiry', 0, 3],
    ['a second after the expiry', 1, 3],
    ['long after the expiry', YEAR / 2, 3],
  ])('that a witness has seen %s: status %#', async (_, offset, status) => {
    logged(1);
    cosigned(by(north, expiry + offset));
    if (status === 3) {
      const report = await refused(3, REFUSED, policyWords(), later());
      expect(report.errors.filter(({ kind }) => kind === 'expired-after-signing')).toHaveLength(3);
    } else {
      const report = await done(policyWords(), later());
      expect(report.manifest?.signature?.state).toBe('expired-after-signing');
      expect(report.files.filter(({ signature }) => signature?.state === 'expired-after-signing')).toHaveLength(2);
    }
  });

  it('needs as many witnesses before the expiry as the quorum has', async () => {
    logged(2);
    cosigned(by(north, expiry - 10), by(south, expiry + 10));
    await refused(3, REFUSED, policyWords(), later());
    cosigned(by(north, expiry - 10), by(south, expiry - 1));
    await done(policyWords(), later());
    logged(1);
    cosigned(by(north, expiry + 10), by(south, expiry - 10));
    await done(policyWords(), later());
  });

  it('is refused where nobody has to vouch, where the log is not pinned, and where the policy says "refuse"', async () => {
    logged(0);
    cosigned(by(north, expiry - 10));
    await refused(3, REFUSED, policyWords(), later());
    logged(1, { more: { expired_after_signing: 'refuse' } });
    await refused(3, REFUSED, policyWords(), later());
    putPolicy(lab, { key: 'short' });
    await refused(3, REFUSED, policyWords(), later());
  });

  it('is refused without a good proof', async () => {
    logged(1, { atLeast: 0 });
    const good = read('r', PROOF);
    cosigned(by(north, expiry - 10));
    const proof = read('r', PROOF).toString();
    fs.rmSync(at('r', PROOF));
    await refused(3, REFUSED, policyWords(), later());
    put({ [`r/${PROOF}`]: good });
    await refused(3, REFUSED, policyWords(), later());
    put({ [`r/${PROOF}`]: proof.replace('index 0', 'index 1') });
    await refused(3, REFUSED, policyWords(), later());
  });

  it('is refused for an artifact whose signature the witnessed manifest does not list', async () => {
    logged(1, { more: { require: { logs: { at_least: 1 }, signatures: 0 } } });
    cosigned(by(north, expiry - 10));
    await makeRelease(lab, 'other', '1', 'short');
    put({ 'r/c.txt': 'late' });
    await done(['sign', at('r/c.txt'), '--key-file', lab.key('short')]);
    await refused(
      3,
      'expired-after-signing: "c.txt.asc"',
      ['verify', at('r/c.txt'), '--policy', at('policy.yaml')],
      later(),
    );
  });

  it('may have signed a single file that a witnessed manifest lists with its signature', async () => {
    logged(1);
    const words = ['verify', at('r/a-1.tar.gz'), '--policy', at('policy.yaml')];
    cosigned(by(north, expiry - 10));
    await done(words, later());
    cosigned(by(north, expiry));
    await refused(3, 'expired-after-signing: "a-1.tar.gz.asc"', words, later());
    cosigned(by(north, expiry - 10));
    fs.rmSync(at('r', `${MANIFEST}.asc`));
    await refused(3, 'expired-after-signing: "a-1.tar.gz.asc"', words, later());
  });
});
