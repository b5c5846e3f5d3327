// SPDX-License-Identifier: Apache-2.0
/** The lies of Sigsum: in tree heads, which the log signs, and in inclusion proofs. */
import { headOf, inclusionOf, makePair } from '../logs/fake-sigsum.ts';
import { type Lie, lying, NOWHERE, saying } from './lies.ts';
import { NORTH, type SigsumWorld } from './worlds.ts';

/** One tree head after the other; no leaf is found in any before the last. */
const heads =
  (consistency: string | undefined, ...made: readonly ((world: SigsumWorld) => string)[]): Lie<SigsumWorld>['tell'] =>
  (world, told) => {
    let at = 0;
    world.front.mischief = async (passage) => {
      const honest = await passage.pass();
      if (passage.asked.includes('get-inclusion-proof') && at < made.length) return { ...honest, status: 404 };
      if (passage.asked.includes('get-consistency-proof') && consistency !== undefined) {
        told();
        return { ...honest, status: 200, body: Buffer.from(consistency) };
      }
      if (!passage.asked.includes('get-tree-head')) return honest;
      told();
      at = Math.min(at + 1, made.length);
      return saying(made[at - 1]?.(world) ?? '')(honest);
    };
  };
const headWith =
  (change: Partial<Parameters<typeof headOf>[1]> = {}) =>
  ({ log }: SigsumWorld): string =>
    headOf(log.leaves, { size: log.leaves.length, log: log.log, witnesses: [NORTH], ...change });
const included =
  (forged: (world: SigsumWorld) => string): Lie<SigsumWorld>['tell'] =>
  (world, told) => {
    world.front.mischief = lying(/get-inclusion-proof/, told, (honest) => saying(forged(world))(honest));
  };
const LOG = /^log=[0-9a-f]{64}\n$/;
const head = (size: number, root = '') => new RegExp(`^size=${size}\nroot_hash=${root}[0-9a-f]+\nsignature=`);
const GIVEN = [LOG, head(4), /^leaf_hash=[0-9a-f]{64}\nleaf_index=\d+\nnode_hash=/] as const;

export const SIGSUM: readonly Lie<SigsumWorld>[] = [
  {
    ...{ what: 'a stale tree', status: 1, says: /does not have the leaf yet/ },
    tell: (world, told) => {
      world.front.mischief = async (passage) => {
        if (!passage.asked.includes('get-tree-head')) return passage.pass();
        told();
        return saying(headWith({ size: 3 })(world))(await passage.pass());
      };
    },
  },
  {
    ...{ what: 'a forked tree', how: 'beside the first', status: 4, says: /signed two trees/ },
    evidence: [LOG, head(4), head(4, '01'.repeat(31))],
    tell: heads(undefined, headWith(), headWith({ root: NOWHERE })),
  },
  {
    ...{ what: 'a forked tree', how: 'alone', status: 4, says: /proof that does not fit/, evidence: GIVEN },
    tell: (world, told) => {
      world.front.mischief = lying(/get-tree-head/, told, (honest) =>
        saying(headWith({ root: NOWHERE })(world))(honest),
      );
    },
  },
  {
    ...{ what: 'a shrunk tree', how: 'of other leaves', status: 4, says: /signed two trees/ },
    evidence: [LOG, head(4), head(2, '01'.repeat(31)), /^node_hash=0{64}\n$/],
    tell: heads(`node_hash=${'00'.repeat(32)}\n`, headWith(), headWith({ size: 2, root: NOWHERE })),
  },
  {
    ...{
      what: 'a shrunk tree',
      how: 'of the same leaves',
      status: 1,
      says: /does not show how its trees of 2 and 4|leaf yet/,
    },
    tell: heads(undefined, headWith(), headWith({ size: 2 })),
  },
  {
    ...{ what: 'a wrong key', status: 3, says: /bad-signature: .*not the log that the Sigsum policy pins/ },
    tell: heads(undefined, headWith({ log: makePair() })),
  },
  {
    ...{ what: 'a wrong origin', status: 3, says: /bad-signature: .*not the log that the Sigsum policy pins/ },
    tell: heads(undefined, headWith({ origin: `sigsum.org/v1/tree/${'ab'.repeat(32)}` })),
  },
  {
    ...{ what: "another entry's proof", status: 4, says: /proof that does not fit/, evidence: GIVEN },
    tell: included(({ log }) => inclusionOf(log.leaves, 0, 4)),
  },
  {
    ...{ what: 'a forged index', status: 4, says: /proof that does not fit/, evidence: GIVEN },
    tell: included(({ log }) => inclusionOf(log.leaves, 3, 4).replace('leaf_index=3', 'leaf_index=2')),
  },
  {
    ...{
      what: 'a duplicated entry',
      how: 'as two cosignatures of one',
      status: 1,
      says: /two cosignatures by one witness/,
    },
    tell: (world, told) => {
      world.front.mischief = lying(/get-tree-head/, told, (honest) =>
        saying(headWith({ witnesses: [NORTH, NORTH] })(world))(honest),
      );
    },
  },
];
