// SPDX-License-Identifier: Apache-2.0
/** What comes of a submission to Sigsum logs, whatever they do: never a wrong proof, never a second leaf, never a wait without end. */
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { parseSigsumPolicy } from '../../src/core/sigsum-policy.ts';
import type { SigsumTrust } from '../../src/core/sigsum-verify.ts';
import { prepareSigsum, type SigsumToken, submitSigsum, verifySigsum } from '../../src/logs/sigsum.ts';
import { refusal, refused } from '../refusal.ts';
import { fakeClock, loopback } from '../workflow/lab.ts';
import { deadUrl } from '../workflow/server.ts';
import { type FakeSigsum, fakeSigsum, headOf, inclusionOf, makePair, type Pair, type Reply } from './fake-sigsum.ts';

const MANIFEST = Buffer.from('some manifest');
const submitter = makePair();
const north = makePair();
const south = makePair();

let log: FakeSigsum;
let clock = fakeClock(new Date());
let said: string[] = [];

beforeEach(async () => {
  log = await fakeSigsum();
  log.witnesses = [north, south];
  clock = fakeClock(new Date());
  said = [];
});

const policy = (lines: readonly string[], quorum = 'group g all N S\nquorum g') =>
  parseSigsumPolicy(Buffer.from(`${lines.join('\n')}\nwitness N ${north.hex}\nwitness S ${south.hex}\n${quorum}`));
const trustOf = (...logs: readonly FakeSigsum[]): SigsumTrust => ({
  policy: policy(logs.map(({ line }) => line)),
  signers: [submitter.raw],
});

const progress = { report: (...words: readonly unknown[]) => void said.push(words.join(' ')), end: () => undefined };
const submit = async (
  trust = trustOf(log),
  { token, patience = 60_000 }: { token?: SigsumToken; patience?: number } = {},
) =>
  submitSigsum(prepareSigsum(MANIFEST, submitter.key, trust), MANIFEST, trust, {
    http: loopback(),
    clock,
    progress,
    token,
    patience,
  });

const waited = () => clock.slept.reduce((sum, one) => sum + one, 0);
const ours = () =>
  log.leaves.filter((leaf) => leaf.subarray(96).equals(createHash('sha256').update(submitter.raw).digest())).length;

/** Does something else the first times that an endpoint is asked. */
function first(times: number, endpoint: string, reply: (honest: () => Reply) => Reply | undefined): void {
  let left = times;
  log.misbehave = (asked, honest) => {
    if (asked !== endpoint || left === 0) return honest();
    left -= 1;
    return reply(honest);
  };
}

describe('a submission', () => {
  it('ends with a proof that verifies', async () => {
    const receipt = await submit();
    expect(receipt).toMatchObject({ isNew: true, index: 3, treeSize: 4, origin: `sigsum.org/v1/tree/${log.log.hash}` });
    const leaf = createHash('sha256')
      .update(Buffer.of(0))
      .update(log.leaves[3] ?? '');
    expect(receipt.entry).toBe(leaf.digest('hex'));
    expect(receipt.witnesses.map(({ name }) => name)).toEqual(['N', 'S']);
    expect(verifySigsum(receipt.proof, MANIFEST, trustOf(log), clock.now())).toMatchObject({ index: 3, treeSize: 4 });
    expect(log.asked).toEqual(['POST add-leaf', 'POST add-leaf', 'GET get-tree-head', 'GET get-inclusion-proof']);
    expect(log.token).toBeUndefined();
  });

  it('P10 of what the log has gives the same leaf', async () => {
    await submit();
    const again = await submit();
    expect(again).toMatchObject({ isNew: false, index: 3 });
    expect(ours()).toBe(1);
  });

  it('is asked for again until it is in the log, with a word now and then', async () => {
    log.accepting = 3;
    await submit();
    expect(clock.slept).toHaveLength(4);
    for (const one of clock.slept) expect(one).toBeGreaterThanOrEqual(2000);
    expect(said).toHaveLength(4);
    expect(said[3]).toMatch(/^seconds waited for the Sigsum log [6-9] 60$/);
  });

  it('to an empty log needs no inclusion proof', async () => {
    const empty = await fakeSigsum(0);
    empty.witnesses = [north, south];
    expect(await submit(trustOf(empty))).toMatchObject({ index: 0, treeSize: 1 });
    expect(empty.asked).not.toContain('GET get-inclusion-proof');
  });

  it('says who submits, with a token for this log', async () => {
    const token = makePair();
    await submit(trustOf(log), { token: { domain: 'example.org', key: token.key } });
    const [domain = '', signature = ''] = log.token?.split(' ') ?? [];
    expect([domain, signature]).toEqual(['example.org', expect.stringMatching(/^[0-9a-f]{128}$/)]);
    const { verify, createPublicKey } = await import('node:crypto');
    const signed = Buffer.concat([Buffer.from('sigsum.org/v1/submit-token\0'), log.log.raw]);
    expect(verify(null, signed, createPublicKey(token.key), Buffer.from(signature, 'hex'))).toBe(true);
  });

  it('is prepared the same each time, and by a key that is pinned only', () => {
    const trust = trustOf(log);
    expect(prepareSigsum(MANIFEST, submitter.key, trust)).toEqual(prepareSigsum(MANIFEST, submitter.key, trust));
    expect(refusal('usage', () => prepareSigsum(MANIFEST, north.key, trust)).hint).toContain(north.hex);
  });

  it('that was changed after it was prepared is refused, and not sent', async () => {
    const trust = trustOf(log);
    const prepared = Buffer.from(prepareSigsum(MANIFEST, submitter.key, trust)).toString();
    const asking = { http: loopback(), clock, progress, token: undefined, patience: 1000 };
    const other = prepared.replace(/message=../, 'message=zz');
    await refused('bad-format', submitSigsum(Buffer.from(other), MANIFEST, trust, asking));
    const forged = prepared.replace(/message=[0-9a-f]*/, `message=${'00'.repeat(32)}`);
    await refused('bad-signature', submitSigsum(Buffer.from(forged), MANIFEST, trust, asking));
    await refused('conflict', submitSigsum(Buffer.from(prepared), Buffer.from('another'), trust, asking));
    await refused('wrong-key', submitSigsum(Buffer.from(prepared), MANIFEST, { ...trust, signers: [] }, asking));
    expect(log.asked).toEqual([]);
  });
});

describe('a submission waits', () => {
  it.each([408, 429, 500, 502, 503, 504])('P11 where the log answers %i', async (status) => {
    first(2, 'POST add-leaf', () => ({ status, body: '<html>busy</html>' }));
    await submit();
    expect(ours()).toBe(1);
  });

  it('as long as the log asks for', async () => {
    first(1, 'POST add-leaf', () => ({ status: 429, headers: { 'Retry-After': '40' } }));
    await submit();
    expect(clock.slept[0]).toBeGreaterThanOrEqual(40_000);
  });

  it('P11 no longer than it may, and says what it waits for', async () => {
    first(99, 'POST add-leaf', () => ({ status: 429, body: 'slow down', headers: { 'Retry-After': '3600' } }));
    const { message } = await refused('pending', submit());
    expect(message).toContain('answers 429: "slow down"');
    expect(clock.slept).toEqual([]);
  });

  it.each<readonly [string, string, Reply]>([
    ['a page of something else', 'GET get-tree-head', { status: 200, body: '<html>log in, please</html>' }],
    ['nothing', 'GET get-tree-head', { status: 404 }],
    ['half a tree head', 'GET get-tree-head', { status: 200, body: 'size=4\nroot_hash=00' }],
    ['more than a tree head can be', 'GET get-tree-head', { status: 200, body: 'x'.repeat(100_000) }],
    ['a page instead of a proof', 'GET get-inclusion-proof', { status: 200, body: '<html></html>' }],
    ['a redirection elsewhere', 'POST add-leaf', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['a redirection of a GET', 'GET get-tree-head', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ])('where it gets %s, and for something right after that', async (_, endpoint, reply) => {
    first(2, endpoint, () => reply);
    await submit();
    expect(ours()).toBe(1);
    log.misbehave = (asked, honest) => (asked === endpoint ? reply : honest());
    await refused('pending', submit());
    expect(waited()).toBeLessThan(130_000);
  });

  it('P10 where a reply is lost, and makes no second leaf', async () => {
    for (const endpoint of ['POST add-leaf', 'GET get-tree-head', 'GET get-inclusion-proof']) {
      let isLost = false;
      log.misbehave = (asked, honest, response) => {
        const reply = honest();
        if (asked !== endpoint || isLost) return reply;
        isLost = true;
        response.destroy();
        return undefined;
      };
      await submit();
      expect(isLost).toBe(true);
      expect(ours()).toBe(1);
    }
  });

  it('where a witness does not vouch yet, and leaves the submission pending where none does in time', async () => {
    log.witnesses = [north];
    const { message } = await refused('pending', submit());
    expect(message).toContain('"N" vouches, which is no quorum');
    expect(waited()).toBeGreaterThan(50_000);
    log.witnesses = [north, south];
    await submit();
    expect(ours()).toBe(1);
  });

  it('where the tree head is older than the leaf', async () => {
    first(2, 'GET get-tree-head', () => ({
      status: 200,
      body: headOf(log.leaves, { size: 3, log: log.log, witnesses: log.witnesses }),
    }));
    expect(await submit()).toMatchObject({ treeSize: 4 });
    expect(clock.slept).toHaveLength(3);
  });

  it('where the tree is smaller than one that it showed before, and neither is shown to continue the other', async () => {
    const small = () => headOf(log.leaves, { size: 2, log: log.log, witnesses: log.witnesses });
    let asked = 0;
    log.misbehave = (endpoint, honest) => {
      if (endpoint === 'GET get-consistency-proof') return { status: 400, body: 'outside of current tree' };
      if (endpoint === 'GET get-inclusion-proof') return { status: 404 };
      if (endpoint !== 'GET get-tree-head') return honest();
      asked += 1;
      return asked === 1 ? honest() : { status: 200, body: small() };
    };
    expect((await refused('pending', submit())).message).toContain('how its trees of 2 and 4 leaves belong together');
    // it has not forgotten that where another log was asked in between
    const other = await fakeSigsum();
    other.misbehave = () => ({ status: 503 });
    asked = 0;
    const { message } = await refused('pending', submit(trustOf(log, other)));
    await other.close();
    expect(message).toContain('how its trees of 2 and 4 leaves belong together');
  });

  it.each([400, 403])('where it gets %i after what may have been taken', async (status) => {
    let asked = 0;
    log.misbehave = (endpoint, honest, response) => {
      if (endpoint !== 'POST add-leaf') return honest();
      asked += 1;
      if (asked > 1) return { status };
      honest();
      response.destroy();
      return undefined;
    };
    expect((await refused('pending', submit())).message).toContain(`(${status})`);
    asked = 0;
    const other = await fakeSigsum();
    other.witnesses = [north, south];
    other.misbehave = (endpoint, honest) =>
      endpoint === 'POST add-leaf' && other.asked.length > 1 ? { status } : honest();
    await refused('pending', submit(trustOf(other)));
    expect([ours(), other.leaves.length]).toEqual([1, 4]);
  });

  it('not at all for a log that does not want it', async () => {
    first(9, 'POST add-leaf', () => ({ status: 403, body: 'token: dns look-up failed\u001b[2J' }));
    const fault = await refused('usage', submit());
    expect(fault.message).toContain('refuses the submission (403): "token: dns look-up failed\\u{1b}[2J"');
    expect(fault.hint).toContain('--token-domain');
    expect(clock.slept).toEqual([]);
    first(9, 'POST add-leaf', () => ({ status: 400, body: 'what?' }));
    const token = { domain: 'example.org', key: makePair().key };
    const unclear = await refused('usage', submit(trustOf(log), { token }));
    expect(unclear.message).toContain('does not understand the submission (400)');
    expect(unclear.hint).toContain('_sigsum_v1.');
  });
});

describe('evidence against a log', () => {
  const head = (options: { size?: number; root?: Buffer; witnesses?: readonly Pair[] } = {}) =>
    headOf(log.leaves, { size: log.leaves.length, log: log.log, witnesses: log.witnesses, ...options });
  /** Another tree head each time that it is asked. */
  function heads(...texts: readonly (() => string)[]): void {
    let at = 0;
    log.misbehave = (asked, honest) => {
      if (asked === 'GET get-inclusion-proof' && at < texts.length) return { status: 404 };
      const text = asked === 'GET get-tree-head' ? texts[at] : undefined;
      if (text === undefined) return honest();
      at += 1;
      return { status: 200, body: text() };
    };
  }

  it('are two trees of one size', async () => {
    heads(
      () => head(),
      () => head({ root: Buffer.alloc(32, 1) }),
    );
    const fault = await refused('log-misbehaved', submit());
    expect(fault.message).toContain('signed two trees, and neither continues the other');
    expect(fault.evidence[0]).toBe(`log=${log.log.hash}
`);
    for (const [at, root] of [
      [1, ''],
      [2, '01'.repeat(32)],
    ] as const)
      expect(fault.evidence[at]).toMatch(
        new RegExp(`^size=4\nroot_hash=${root}[0-9a-f]*\nsignature=[0-9a-f]{128}\ncosignature=`),
      );
  });

  it.each([[3], [5]])('is a tree of %i leaves that does not belong to the one of 4', async (size) => {
    heads(
      () => head(),
      () => head({ size, root: Buffer.alloc(32, 1) }),
    );
    const honest = log.misbehave;
    log.misbehave = (asked, ...rest) =>
      asked === 'GET get-consistency-proof'
        ? { status: 200, body: `node_hash=${'00'.repeat(32)}\n` }
        : honest?.(asked, ...rest);
    const fault = await refused('log-misbehaved', submit());
    expect(fault.evidence).toHaveLength(4);
    expect(fault.evidence[3]).toBe(`node_hash=${'00'.repeat(32)}\n`);
  });

  it('is an inclusion proof that does not fit, and nothing is tried after it', async () => {
    for (const forged of [
      () => inclusionOf(log.leaves, 0, 4),
      () => inclusionOf(log.leaves, 3, 4).replace('leaf_index=3', 'leaf_index=2'),
      () => inclusionOf(log.leaves, 3, 4).replace('leaf_index=3', 'leaf_index=99'),
    ]) {
      log.misbehave = (asked, honest) =>
        asked === 'GET get-inclusion-proof' ? { status: 200, body: forged() } : honest();
      log.asked.length = 0;
      const fault = await refused('log-misbehaved', submit());
      expect(fault.evidence[1]).toMatch(/^size=4\n/);
      expect(fault.evidence[2]).toMatch(/^leaf_hash=[0-9a-f]{64}\nleaf_index=/);
      expect(log.asked.at(-1)).toBe('GET get-inclusion-proof');
    }
  });

  it('P13 is none where another key has signed: that is another log', async () => {
    const other = makePair();
    log.misbehave = (asked, honest) =>
      asked === 'GET get-tree-head'
        ? { status: 200, body: headOf(log.leaves, { size: 4, log: other, witnesses: log.witnesses }) }
        : honest();
    const fault = await refused('bad-signature', submit());
    expect(fault.message).toContain('is not the log that the Sigsum policy pins');
    expect(fault.evidence[0]).toMatch(/^size=4\n/);
  });

  it('is found where the tree grows between two looks, and not where it grows as it should', async () => {
    heads(
      () => head({ size: 2 }),
      () => head({ size: 3 }),
      () => head(),
    );
    expect(await submit()).toMatchObject({ treeSize: 4 });
    expect(log.asked.filter((one) => one === 'GET get-consistency-proof')).toHaveLength(2);
  });
});

describe('of several logs', () => {
  let other: FakeSigsum;
  beforeEach(async () => {
    other = await fakeSigsum(1);
    other.witnesses = [north, south];
  });

  it('the first one that answers takes the leaf', async () => {
    await submit(trustOf(log, other));
    expect([log.leaves.length, other.leaves.length]).toEqual([4, 1]);
    await log.close();
    expect(await submit(trustOf(log, other))).toMatchObject({ origin: `sigsum.org/v1/tree/${other.log.hash}` });
    expect(clock.slept.length).toBeLessThan(4);
  });

  it('another one is asked where one does not want the leaf, or is not the log that is pinned', async () => {
    log.misbehave = () => ({ status: 403 });
    expect(await submit(trustOf(log, other))).toMatchObject({ index: 1 });
    const wrong = { ...log, line: `log ${makePair().hex} ${log.url}` };
    log.misbehave = undefined;
    expect(await submit(trustOf(wrong, other))).toMatchObject({ index: 1 });
  });

  it('another one has its share of the time where one gets no quorum', async () => {
    log.witnesses = [];
    expect(await submit(trustOf(log, other))).toMatchObject({ origin: `sigsum.org/v1/tree/${other.log.hash}` });
    expect(waited()).toBeLessThan(40_000);
  });

  it('all are named where none gives a proof', async () => {
    await log.close();
    other.witnesses = [];
    const { message } = await refused('pending', submit(trustOf(log, other)));
    expect(message).toContain('cannot post to');
    expect(message).toContain('no quorum');
  });

  it('none is asked again where all refuse', async () => {
    log.misbehave = () => ({ status: 403, body: 'one' });
    other.misbehave = () => ({ status: 400, body: 'two' });
    expect((await refused('usage', submit(trustOf(log, other)))).message).toMatch(/"one"; .*"two"/);
    expect([log.asked.length, other.asked.length]).toEqual([1, 1]);
  });

  it('none is asked after one has contradicted itself', async () => {
    log.misbehave = (asked, honest) =>
      asked === 'GET get-inclusion-proof' ? { status: 200, body: inclusionOf(log.leaves, 0, 4) } : honest();
    await refused('log-misbehaved', submit(trustOf(log, other)));
    expect(other.asked).toEqual([]);
  });

  it('one has to have an address', async () => {
    const trust = { policy: policy([`log ${log.log.hex}`]), signers: [submitter.raw] };
    expect((await refused('usage', submit(trust))).message).toContain('no address');
  });
});

describe('a server that is gone', () => {
  it('leaves the submission pending', async () => {
    const trust = { policy: policy([`log ${log.log.hex} ${await deadUrl()}`]), signers: [submitter.raw] };
    expect(await refused('pending', submit(trust))).toBeInstanceOf(Fault);
    expect(waited()).toBeGreaterThan(30_000);
  });
});
