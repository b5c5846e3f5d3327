// SPDX-License-Identifier: Apache-2.0
/** `sign` in processes of its own: killed, limited, and two at once. */
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { ED25519, namesIn, temporaryIn, useLab } from './lab.ts';
import { killBefore, runProcess } from './processes.ts';

const lab = useLab({ good: ED25519 });
const { at, put, done } = lab;

const SIGNED = ['SHA256SUMS', 'SHA256SUMS.asc', 'a', 'a.asc', 'b', 'b.asc'];
const sign = () => ['sign', at('r'), '--key-file', lab.key('good'), '--sums'];
const verify = async () => done(['verify', at('r'), '--certificate', lab.certificate('good')]);

beforeEach(() => put({ 'r/a': 'a', 'r/b': 'b' }));

describe('sign that is killed', () => {
  it.each([
    ['write', 'b.asc', ['a', 'a.asc', 'b']],
    ['commit', 'SHA256SUMS.asc', SIGNED.filter((name) => name !== 'SHA256SUMS.asc')],
  ])('before the %s of %s shows no half file, and is completed by the next', async (operation, name, there) => {
    await killBefore(operation, name, sign());
    const rest = temporaryIn(at('r'));
    expect(rest).toHaveLength(1);
    expect(namesIn(at('r')).filter((one) => !rest.includes(one))).toEqual(there);
    const kept = fs.readFileSync(at('r/a.asc'));
    await done(sign());
    expect(namesIn(at('r'))).toEqual(SIGNED);
    expect(fs.readFileSync(at('r/a.asc'))).toEqual(kept);
    await verify();
  });
});

describe('two that sign one directory at the same time', () => {
  it('never leave what does not verify, and a third run completes it', async () => {
    put(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`r/${100 + n}`, `${n}`])));
    const ends = await Promise.all([runProcess(sign()), runProcess(sign())]);
    for (const { status, stderr } of ends) {
      expect([0, 1], stderr).toContain(status);
      if (status === 1)
        expect(stderr).toMatch(/^artifact-signing: error: ".*" or its directory was changed by somebody/);
    }
    if (ends.some(({ status }) => status === 0)) await verify();
    await done(sign());
    await verify();
    expect(temporaryIn(at('r'))).toEqual([]);
  });
});

describe('a disk that takes no more', () => {
  it('is told as such, and nothing half-written stays', async () => {
    const { status, stderr } = await runProcess(sign(), ['prlimit', '--fsize=100']);
    expect(stderr).toMatch(/^artifact-signing: error: cannot write ".*a\.asc": /);
    expect(status).toBe(1);
    expect(namesIn(at('r'))).toEqual(['a', 'b']);
    await done(sign());
    await verify();
  });
});
