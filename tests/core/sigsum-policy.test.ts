// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SIGSUM_POLICIES } from '../../src/core/sigsum-policies.ts';
import { parseSigsumPolicy, SIGSUM_POLICY_CAP, type SigsumQuorum } from '../../src/core/sigsum-policy.ts';
import { refusal } from '../refusal.ts';

const hex = (fill: number) => Buffer.alloc(32, fill).toString('hex');
const parse = (text: string) => parseSigsumPolicy(Buffer.from(text));

/** As a policy would write it. */
const shape = (quorum: SigsumQuorum): unknown =>
  quorum.kind === 'witness' ? quorum.witness.name : [quorum.threshold, ...quorum.members.map(shape)];

const LOG = `log ${hex(1)} https://log.example\n`;
const WITNESSES = `witness A ${hex(2)}\nwitness B ${hex(3)} https://b.example/w\nwitness C ${hex(4)}\n`;

describe('a Sigsum policy', () => {
  it('names logs, witnesses, groups and a quorum', () => {
    const policy = parse(
      `# a comment\n\n${LOG}log\t${hex(9).toUpperCase()}  \n${WITNESSES}  # another\ngroup two 2 A B\ngroup all all two C\nquorum all\n`,
    );
    expect(policy.logs.map(({ url }) => url)).toEqual(['https://log.example', undefined]);
    const keyHash = createHash('sha256').update(Buffer.alloc(32, 9)).digest('hex');
    expect(policy.logs[1]).toMatchObject({ keyHash, key: { name: `sigsum.org/v1/tree/${keyHash}` } });
    expect(policy.witnesses.map(({ name }) => name)).toEqual(['A', 'B', 'C']);
    expect(shape(policy.quorum)).toEqual([2, [2, 'A', 'B'], 'C']);
  });

  it.each([
    ['any', [1, 'A', 'B', 'C']],
    ['all', [3, 'A', 'B', 'C']],
    ['2', [2, 'A', 'B', 'C']],
  ])('takes a group with %s', (threshold, expected) => {
    expect(shape(parse(`${LOG}${WITNESSES}group g ${threshold} A B C\nquorum g\n`).quorum)).toEqual(expected);
  });

  it('may demand one witness, or nobody', () => {
    expect(shape(parse(`${LOG}${WITNESSES}quorum B\n`).quorum)).toBe('B');
    expect(shape(parse(`${LOG}quorum none\n`).quorum)).toEqual([0]);
  });

  it('may end its lines as Windows does, and have no newline at its end', () => {
    expect(parse(`${LOG}quorum none`.replaceAll('\n', '\r\n')).logs[0]?.url).toBe('https://log.example');
  });

  it('reads an address without the slash at its end', () => {
    expect(parse(`log ${hex(1)} http://127.0.0.1:7/a/\nquorum none`).logs[0]?.url).toBe('http://127.0.0.1:7/a');
  });

  it.each([
    [1, 'begins with "logs"', `logs ${hex(1)}\n`],
    [1, 'begins with "Log"', `Log ${hex(1)}\n`],
    [1, 'has 0 values', 'log\n'],
    [1, 'has 3 values', `log ${hex(1)} http://a b\n`],
    [1, 'no public key', 'log 00\n'],
    [1, 'no public key', `log ${hex(1)}00\n`],
    [1, 'no public key', `log ${hex(1).replace('0', 'g')}\n`],
    [2, 'a log that was named before', `${LOG}log ${hex(1)}\n`],
    [1, 'not an http(s) address', `log ${hex(1)} ftp://log.example\n`],
    [1, 'not an http(s) address', `log ${hex(1)} log.example\n`],
    [1, 'not an http(s) address', `log ${hex(1)} https://log.example/?a\n`],
    [1, 'a name or a password', `log ${hex(1)} https://a:b@log.example\n`],
    [2, 'has 1 values', `${LOG}witness A\n`],
    [2, 'no public key', `${LOG}witness A A\n`],
    [5, 'gives the name "A" a second time', `${LOG}${WITNESSES}witness A ${hex(7)}\n`],
    [5, 'has the key of another witness', `${LOG}${WITNESSES}witness D ${hex(2)}\n`],
    [5, 'not an http(s) address', `${LOG}${WITNESSES}witness D ${hex(7)} nowhere\n`],
    [1, 'gives the name "none" a second time', `witness none ${hex(2)}\n`],
    [5, 'has 2 values', `${LOG}${WITNESSES}group g any\n`],
    [5, 'gives the name "A" a second time', `${LOG}${WITNESSES}group A any B\n`],
    [5, 'demands "0" of 2 members', `${LOG}${WITNESSES}group g 0 A B\n`],
    [5, 'demands "3" of 2 members', `${LOG}${WITNESSES}group g 3 A B\n`],
    [5, 'demands "some" of 2 members', `${LOG}${WITNESSES}group g some A B\n`],
    [5, 'demands "-1" of 2 members', `${LOG}${WITNESSES}group g -1 A B\n`],
    [5, 'no earlier line names: "D"', `${LOG}${WITNESSES}group g any A D\n`],
    [5, 'no earlier line names: "g"', `${LOG}${WITNESSES}group g any A g\n`],
    [5, 'no earlier line names: "none"', `${LOG}${WITNESSES}group g any A none\n`],
    [5, 'the member "A", which is one of the group "g"', `${LOG}${WITNESSES}group g any A A\n`],
    [6, 'the member "A", which is one of the group "g"', `${LOG}${WITNESSES}group g any A B\ngroup h any A C\n`],
    [2, 'has 0 values', `${LOG}quorum\n`],
    [2, 'has 2 values', `${LOG}quorum none none\n`],
    [2, 'no earlier line names: "A"', `${LOG}quorum A\n`],
    [3, 'second one with a quorum', `${LOG}quorum none\nquorum none\n`],
    [1, 'control character', `log ${hex(1)}\u0000\n`],
    [1, 'control character', '# \u001b[31m\n'],
    [1, 'control character', `${LOG.replace('\n', '\r\r\n')}`],
  ])('tells what is wrong in line %i: %s', (line, why, text) => {
    const { message } = refusal('bad-format', () => parse(`${text}`));
    expect(message).toContain(`line ${line} of the Sigsum policy `);
    expect(message).toContain(why);
  });

  it.each([
    ['no line "quorum"', LOG],
    ['names no log', 'quorum none\n'],
    ['more than 32 logs', Array.from({ length: 33 }, (_, at) => `log ${hex(at)}\n`).join('')],
    ['more than 128', Array.from({ length: 129 }, (_, at) => `witness W${at} ${hex(at)}\n`).join('')],
    ['is larger than', `#${'x'.repeat(SIGSUM_POLICY_CAP)}`],
    ['not valid UTF-8', '\u{d800}'],
  ])('is refused where it has %s', (why, text) => {
    const bytes = text === '\u{d800}' ? Buffer.of(0xff) : Buffer.from(text);
    expect(refusal('bad-format', () => parseSigsumPolicy(bytes)).message).toContain(why);
  });
});

describe('the policies that Sigsum publishes', () => {
  it.each([
    ['sigsum-generic-2025-1', 2, [2, 'witness.glasklar.is', 'witness.mullvad.net', 'tillitis.se/tillitis-witness-1']],
    ['sigsum-test1-2025', 1, [2, 'poc.sigsum.org/nisse', 'rgdd.se/poc-witness', 'witness1.smartit.nu/witness1']],
  ])('include %s', (name, logs, quorum) => {
    const policy = parse(SIGSUM_POLICIES[name] ?? '');
    expect(policy.logs.filter(({ url }) => url?.startsWith('https://'))).toHaveLength(logs);
    expect(shape(policy.quorum)).toEqual(quorum);
  });

  it('are all read', () => {
    const names = ['sigsum-generic-2025-1', 'sigsum-test-2025-3', 'sigsum-test1-2025', 'sigsum-test2-2025'];
    expect(Object.keys(SIGSUM_POLICIES)).toEqual(names);
    for (const text of Object.values(SIGSUM_POLICIES)) parse(text);
  });
});
