// SPDX-License-Identifier: Apache-2.0
/** A clock that is an hour wrong, on the machine that signs, on the one that logs, and on the one that verifies. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDetachedSignature } from '../../src/openpgp/detached.ts';
import { fakeWitness } from '../workflow/fake-witness.ts';
import { ED25519, namesIn, useLab } from '../workflow/lab.ts';
import { IDENTITY, makeLog, makeRelease, PENDING, PROOF, putPolicy, signWords, vkeyOf } from '../workflow/log-lab.ts';
import { type Ended, run } from './injected.ts';
import { foreignTools } from './judges.ts';
import { entriesOf } from './scenarios.ts';

const HOUR = 60 * 60;
const lastWeek = new Date(Date.now() - 7 * 24 * HOUR * 1000);
const lab = useLab({
  new: ED25519,
  good: { ...ED25519, at: lastWeek, subkeys: [{ algorithm: 'ed25519', at: lastWeek }] },
});
const { at, put, done, snapshot } = lab;

/** `clock`: seconds by which it is wrong. */
const under = async (clock: number, words: readonly string[]): Promise<Ended> => run(words, { root: at(), clock });
const succeeded = async (clock: number, words: readonly string[]): Promise<void> => {
  const { status, stderr } = await under(clock, words);
  expect(status, stderr).toBe(0);
};
/** That it ends so, with this error and a hint that leads to the clock. */
async function failed(clock: number, words: readonly string[], status: number, message: RegExp): Promise<void> {
  const ended = await under(clock, words);
  expect(ended.stderr).toMatch(message);
  expect(ended.stderr).toMatch(/^artifact-signing: hint: .*clock of this machine/m);
  expect(ended.status).toBe(status);
}

const sign = (...words: readonly string[]) => [...signWords(lab, 'r', '1'), '--key-file', lab.key('good'), ...words];
const verify = () => ['verify', at('r'), '--certificate', lab.certificate('good')];
const submit = () => [
  ...['submit', at('r'), '--log', `tiles:${at('log')}`, '--log-key', at('log.pem')],
  ...['--policy', at('policy.yaml'), ...IDENTITY],
];
const putArtifacts = () => put({ 'r/a': 'a', 'r/b': 'b' });
/** Seconds from now. */
const datesOf = () =>
  namesIn(at('r'))
    .filter((name) => name.endsWith('.asc'))
    .map((name) => (parseDetachedSignature(lab.read('r', name)).created.getTime() - Date.now()) / 1000);
const expectDates = (offset: number) => {
  expect(datesOf()).toHaveLength(3);
  for (const date of datesOf()) expect(Math.abs(date - offset)).toBeLessThan(HOUR / 4);
};

describe('sign, on a clock that is an hour ahead', () => {
  it('makes what others refuse until that hour has passed, or it is signed anew', async () => {
    putArtifacts();
    await succeeded(HOUR, sign());
    expectDates(HOUR);
    await succeeded(HOUR, verify());
    await failed(0, verify(), 3, /the signature is dated ahead, at /);
    await failed(0, sign(), 3, /"a\.asc" is there and does not verify: the signature is dated ahead/);
    await succeeded(0, sign('--force'));
    expectDates(0);
    await foreignTools(lab, at('r'));
  });

  it('is not held up by what was signed on a right one', async () => {
    putArtifacts();
    await done(sign());
    const before = snapshot('r');
    await succeeded(HOUR, sign());
    expect(snapshot('r')).toEqual(before);
  });
});

describe('sign, on a clock that is an hour back', () => {
  it('refuses a key that was made since, and writes nothing', async () => {
    putArtifacts();
    await failed(-HOUR, sign('--key-file', lab.key('new')).toSpliced(-4, 2), 3, /was made later|only in the future/);
    expect(namesIn(at('r'))).toEqual(['a', 'b']);
  });

  it('makes signatures of an older key that everybody takes', async () => {
    putArtifacts();
    await succeeded(-HOUR, sign());
    expectDates(-HOUR);
    await foreignTools(lab, at('r'));
  });

  it('leaves alone what was signed since, and says why', async () => {
    putArtifacts();
    await done(sign());
    const before = snapshot('r');
    await failed(-HOUR, sign(), 3, /"a\.asc" is there and does not verify: the signature is dated ahead/);
    expect(snapshot('r')).toEqual(before);
  });
});

describe('verify and publish', () => {
  it('refuse on a clock that is back what is not yet made there, and publish nothing', async () => {
    putArtifacts();
    await done(sign());
    await succeeded(HOUR, verify());
    await failed(-HOUR, verify(), 3, /the signature is dated ahead, at /);
    const publish = ['publish', at('r'), '--to', at('site'), '--certificate', lab.certificate('good')];
    await failed(-HOUR, publish, 3, /the signature is dated ahead, at /);
    expect(namesIn(at('site'))).toEqual([]);
    await succeeded(0, publish);
  });
});

describe('submit', () => {
  it.each([HOUR, -HOUR])('makes the same entry on a clock that is wrong by %i seconds', async (wrong) => {
    putArtifacts();
    await succeeded(-2 * HOUR, sign());
    await makeLog(lab);
    const policy = putPolicy(lab);
    await succeeded(wrong, submit());
    const made = snapshot('.');
    await succeeded(0, submit());
    fs.rmSync(at('r', PROOF));
    await succeeded(0, submit());
    expect(snapshot('.')).toEqual(made);
    expect(entriesOf(lab)).toHaveLength(1);
    await done(['verify', at('r'), '--policy', policy]);
  });

  it('logs nothing that is signed in the future', async () => {
    await makeRelease(lab);
    await makeLog(lab);
    putPolicy(lab);
    await failed(-HOUR, submit(), 3, /the signature is dated ahead, at /);
    expect(entriesOf(lab)).toEqual([]);
    expect(namesIn(at('r')).filter((name) => [PROOF, PENDING].includes(name))).toEqual([]);
  });
});

describe('witnesses, whose clock is right', () => {
  const prepare = async () => {
    const north = await fakeWitness('north', () => [vkeyOf(lab)]);
    putArtifacts();
    await succeeded(-2 * HOUR, sign());
    await makeLog(lab);
    return putPolicy(lab, { witnessed: { witnesses: [north.entry], quorum: 1 } });
  };

  it.each([
    [HOUR, /does not vouch: its cosignature is dated at .*, before the checkpoint was made/],
    [-HOUR, /does not vouch: the cosignature by .* is dated ahead of now/],
  ])('are not believed where ours is wrong by %i seconds, and the next run completes it', async (wrong, message) => {
    const policy = await prepare();
    await failed(wrong, submit(), 1, message);
    expect(entriesOf(lab)).toHaveLength(1);
    expect(namesIn(at('r'))).toContain(PENDING);
    await succeeded(0, submit());
    expect(entriesOf(lab)).toHaveLength(1);
    expect(namesIn(at('r'))).not.toContain(PENDING);
    await done(['verify', at('r'), '--policy', policy]);
  });

  it('are not believed by who verifies an hour back', async () => {
    const policy = await prepare();
    await succeeded(0, submit());
    await failed(-HOUR, ['verify', at('r'), '--policy', policy], 3, /is dated ahead of now, at /);
    await succeeded(HOUR, ['verify', at('r'), '--policy', policy]);
  });
});
