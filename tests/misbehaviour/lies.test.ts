// SPDX-License-Identifier: Apache-2.0
/**
 * A log that lies: what it has signed and cannot stand by is evidence, which the report holds, and nothing is asked after it. Nothing
 * is proven by a lie, whatever it ends in, and the next run, in which nobody lies, finds or makes the one entry.
 */
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { ED25519, namesIn, useLab } from '../workflow/lab.ts';
import { type Lie, MISBEHAVIOURS, NONSENSE } from './lies.ts';
import { V1, V2 } from './lies-rekor.ts';
import { SIGSUM } from './lies-sigsum.ts';
import { TILES } from './lies-tiles.ts';
import {
  BACKENDS,
  expectFinished,
  expectNothing,
  expectProven,
  makeStage,
  openRekor,
  openSigsum,
  openTiles,
  PENDING,
  putPolicy,
  submitTo,
  type World,
} from './worlds.ts';

const lab = useLab({ good: ED25519 });
beforeEach(async () => makeStage(lab));

const nameOf = ({ what, how }: Pick<Lie<never>, 'what' | 'how'>) => (how === undefined ? what : `${what} ${how}`);
const SAID = { 1: 'pending', 3: 'refused', 4: 'evidence' } as const;

async function check<W extends World>(world: W, lie: Lie<W>): Promise<void> {
  putPolicy(world);
  const before = namesIn(lab.at('r'));
  let told: number | undefined;
  lie.tell(world, () => {
    told = world.front.asked.length;
  });
  const run = await submitTo(world);
  const { errors } = run.report;
  const said = errors.map(({ kind, message }) => `${kind}: ${message}`).join('; ');
  expect(said).toMatch(lie.says);
  expect([run.status, run.report.status]).toEqual([lie.status, SAID[lie.status]]);
  expect(said.includes('log-misbehaved')).toBe(lie.status === 4);
  expectEvidence(lie, errors[0]?.evidence ?? []);
  await expectNothing(world, before, run);
  if (lie.status !== 1) expectNoRetry(world.front.asked, told ?? 0);
  if (told !== undefined) expect(fs.existsSync(lab.at('r', PENDING))).toBe(true);
  world.front.mischief = undefined;
  lie.mend?.(world);
  await expectFinished(world);
  await expectProven(world);
}

/** Neither evidence nor another log is something that a retry can mend. What it takes to see the lie may be asked after it, once. */
function expectNoRetry(asked: readonly string[], told: number): void {
  const [before, after] = [asked.slice(0, told), asked.slice(told)];
  expect(
    after.filter((one, index) => before.includes(one) || one.startsWith('POST ') || after.indexOf(one) < index),
  ).toEqual([]);
}

function expectEvidence({ status, evidence = [] }: Pick<Lie<never>, 'status' | 'evidence'>, shown: readonly string[]) {
  if (status !== 4) return;
  expect(evidence.length).toBeGreaterThan(0);
  expect(shown).toEqual(evidence.map((document) => expect.stringMatching(document)));
}

describe('the table', () => {
  it('has every misbehaviour of every log, or says why not', () => {
    const lies = { 'rekor v1': V1, 'rekor v2': V2, sigsum: SIGSUM, tiles: TILES };
    for (const backend of BACKENDS) {
      const covered = [...lies[backend].map(({ what }) => what), ...Object.keys(NONSENSE[backend])];
      expect([backend, [...new Set(covered)].sort()]).toEqual([backend, [...MISBEHAVIOURS].sort()]);
    }
  });
});

describe('submit is not taken in by', () => {
  it.each(V1.map((lie) => [nameOf(lie), lie] as const))('Rekor v1 and %s', async (_, lie) =>
    check(await openRekor(lab, 1), lie),
  );
  it.each(V2.map((lie) => [nameOf(lie), lie] as const))('Rekor v2 and %s', async (_, lie) =>
    check(await openRekor(lab, 2), lie),
  );
  it.each(SIGSUM.map((lie) => [nameOf(lie), lie] as const))('Sigsum and %s', async (_, lie) =>
    check(await openSigsum(lab), lie),
  );
  it.each(TILES.map((lie) => [nameOf(lie), lie] as const))('a tile log and %s', async (_, lie) =>
    check(await openTiles(lab), lie),
  );
});
