// SPDX-License-Identifier: Apache-2.0
/** A Rekor v1 that is held against what the bundles of other releases show of it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { formatEntry } from '../../src/core/hashedrekord.ts';
import type { SigstoreBundle } from '../../src/core/sigstore-bundle.ts';
import { submitRekor } from '../../src/logs/rekor.ts';
import { bundleOf, newSigner, type RekorLog, rekorLog, signedBy, trustIn } from '../core/rekor-log.ts';
import { refused } from '../refusal.ts';
import { fakeClock, loopback } from '../workflow/lab.ts';
import { type Lie, type RekorServerLab, rekorServer } from './rekor-server.ts';

const signer = newSigner();
const signed = signedBy(signer);
const HONEST = rekorLog(1);
const { origin, key } = HONEST;

let log: RekorLog;
let server: RekorServerLab;

/** The log with these entries, and whatever else it is told. */
function logOf(entries: readonly string[], more: Readonly<Record<string, unknown>> = {}): RekorLog {
  const made = rekorLog(1, { origin, key, ...more });
  for (const entry of entries) made.add(Buffer.from(entry));
  return made;
}
/** What the release `other` got of a log as it was. */
function seenIn(earlier: RekorLog): SigstoreBundle {
  const other = signedBy(signer, Buffer.from('other'));
  const { index } = earlier.add(formatEntry(1, other));
  return bundleOf(other, [earlier.entry(index)]);
}
/** Moves only when somebody sleeps. */
let clock: ReturnType<typeof fakeClock>;
const asked = () => ({
  ...{ name: 'public', http: loopback(), url: server.url, readUrl: server.url },
  log: trustIn(log, signer),
  trying: { clock, end: new Date(60_000), timeout: 20_000 },
});
const submit = async (...others: readonly SigstoreBundle[]) => submitRekor(asked(), signed, async () => others);
const proofs = () => server.lookups.filter((one) => one.includes('/proof?'));

beforeEach(async () => {
  log = logOf(['a', 'b', 'c', 'd', 'e']);
  server = await rekorServer(log);
  clock = fakeClock(new Date(0));
});
afterEach(async () => server.close());

describe('a log', () => {
  it('that has grown shows that it has what it had', async () => {
    const seen = seenIn(log);
    log.add(Buffer.from('f'));
    expect(await submit(seen)).toMatchObject({ verified: { treeSize: 8 } });
    expect(proofs()).toEqual([`GET /api/v1/log/proof?firstSize=6&lastSize=8&treeID=${log.treeId}`]);
  });

  it('is asked about the largest tree that was seen, and not about one that it has not signed', async () => {
    const smaller = seenIn(log);
    log.add(Buffer.from('f'));
    const { index } = log.add(Buffer.from('g'));
    const larger = bundleOf(signed, [log.entry(index)]);
    const stranger = rekorLog(1, { origin });
    for (let count = 0; count < 20; count += 1) stranger.add(Buffer.from([count]));
    const forged = bundleOf(signed, [{ ...stranger.entry(0), logId: log.entry(0).logId }]);
    expect(await submit(smaller, larger, forged)).toMatchObject({ isNew: true });
    expect(proofs()).toEqual([`GET /api/v1/log/proof?firstSize=8&lastSize=9&treeID=${log.treeId}`]);
  });

  it('is not asked where nothing was seen of this tree', async () => {
    const shard = logOf(['x', 'y'], { treeId: '99' });
    await submit(seenIn(shard), seenIn(rekorLog(1)), seenIn(rekorLog(1, { origin })));
    expect(proofs()).toEqual([]);
  });

  it('may have been seen larger by another run, a moment ago', async () => {
    const { entry } = await submit();
    log.add(Buffer.from('f'));
    const seen = seenIn(log);
    server.lookupLies = [(honest) => ({ ...honest, body: bodyAt(String(honest.body), entry.inclusionProof.treeSize) })];
    expect(await submit(seen)).toMatchObject({ verified: { treeSize: 6 } });
    expect(proofs()).toEqual([`GET /api/v1/log/proof?firstSize=6&lastSize=8&treeID=${log.treeId}`]);
  });
});

/** The answer with the proof for an earlier size. */
function bodyAt(body: string, size: number): string {
  const [[uuid, value] = []] = Object.entries(JSON.parse(body) as Record<string, { verification: object }>);
  const { hashes, ...proof } = log.entry(5, size).inclusionProof;
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const inclusionProof = { ...proof, rootHash: hex(proof.rootHash), hashes: hashes.map(hex) };
  return JSON.stringify({ [uuid ?? '']: { ...value, verification: { ...value?.verification, inclusionProof } } });
}

describe('evidence, with both checkpoints, is a log', () => {
  const misbehaved = async (...others: readonly SigstoreBundle[]) => {
    const fault = await refused('log-misbehaved', submit(...others));
    const [earlier, later, proof] = fault.evidence;
    for (const one of [earlier, later]) expect(one).toContain(`${origin} - ${log.treeId}`);
    return { message: fault.message, proof };
  };

  it('that has another entry now', async () => {
    const { message, proof } = await misbehaved(seenIn(logOf(['a', 'b', 'X'])));
    expect(message).toMatch(
      /^the log "public": the tree of 6 entries that it has signed does not continue that of 4: the consistency proof/,
    );
    expect(proof).toMatch(/^consistency proof\n(?:[0-9a-f]{64}\n)+$/);
  });

  it('that is of the same size, and another one', async () => {
    const { message, proof } = await misbehaved(seenIn(logOf(['a', 'b', 'c', 'd', 'X'])));
    expect(message).toMatch(/6 entries .* that of 6: the roots differ/);
    expect(proof).toBeUndefined();
    expect(proofs()).toEqual([]);
  });

  it('that proves something else', async () => {
    const seen = seenIn(logOf(['a', 'b', 'X']));
    const forked = logOf(['a', 'b', 'X', 'y', 'z']);
    const proof = {
      rootHash: '00'.repeat(32),
      hashes: forked.entry(0).inclusionProof.hashes.map((one) => Buffer.from(one).toString('hex')),
    };
    server.lookupLies = [undefined, () => ({ status: 200, body: JSON.stringify(proof) })];
    await misbehaved(seen);
  });
});

describe('no evidence, and no reason to lose the receipt, is a log', () => {
  const withProblem = async (...others: readonly SigstoreBundle[]) => {
    const { isNew, problems } = await submit(...others);
    expect(isNew).toBe(true);
    expect(problems).toMatchObject([{ kind: 'network', evidence: [] }]);
    return problems[0]?.message;
  };

  it('that knows of no such tree: it may be a server that lags behind', async () => {
    expect(await withProblem(seenIn(logOf(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])))).toMatch(
      /^the log "public" does not show that it still has what it had: it answers 400, "requested size 9 is greater/,
    );
  });

  it.each([
    [400, '<html>', /it answers 400$/],
    [403, '{"message":"not here"}', /it answers 403, "not here"$/],
    [404, '', /it answers 404$/],
    [501, '', /it answers 501$/],
    [200, '<html>', /it answers nothing that could be read: /],
    [200, '{"hashes":["zz"]}', /it answers nothing that could be read: hashes/],
  ])('that answers %s %s', async (status, body, message) => {
    server.lookupLies = [undefined, () => ({ status, body })];
    expect(await withProblem(seenIn(log))).toMatch(message);
    expect(proofs()).toHaveLength(1);
  });

  it('that does not answer for long: it has not a minute for this', async () => {
    server.lookupLies = [undefined, ...Array<Lie>(40).fill(() => ({ status: 502 }))];
    expect(await withProblem(seenIn(log))).toMatch(/still has what it had: it answers 502$/);
    expect(clock.now().getTime()).toBeLessThan(30_000);
  });

  it('beside which others cannot be read', async () => {
    const others = async () => Promise.reject(new Fault('io', 'no such directory'));
    const { isNew, problems } = await submitRekor(asked(), signed, others);
    expect([isNew, problems[0]?.message]).toEqual([true, expect.stringMatching(/: no such directory$/)]);
  });
});
