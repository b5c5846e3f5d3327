// SPDX-License-Identifier: Apache-2.0
/** What a log can say that is not so: with its own keys where a stranger could not, and else with those of a stranger. */
import type { Mischief, Reply } from './front.ts';
import type { Backend } from './worlds.ts';

export const MISBEHAVIOURS = [
  'a stale tree',
  'a forked tree',
  'a shrunk tree',
  'a wrong key',
  'a wrong origin',
  "another entry's proof",
  'another public key',
  'a forged index',
  'a duplicated entry',
] as const;
export type Misbehaviour = (typeof MISBEHAVIOURS)[number];

/** How a submission ends that gets this answer, and what it says. */
export interface Lie<W> {
  readonly what: Misbehaviour;
  /** Where one misbehaviour can take several forms. */
  readonly how?: string;
  readonly status: 1 | 3 | 4;
  readonly says: RegExp;
  /** With status 4: the raw documents that show it, in their order. */
  readonly evidence?: readonly RegExp[];
  /** Makes the log lie from now on; `told` is called for each lie that is told over HTTP. */
  tell(world: W, told: () => void): void;
  /** Undoes what was not told over HTTP. */
  mend?(world: W): void;
}

/** Cells of the table that are empty. */
export const NONSENSE: Readonly<Record<Backend, Partial<Readonly<Record<Misbehaviour, string>>>>> = {
  'rekor v1': {},
  'rekor v2': {},
  sigsum: { 'another public key': 'the log tells the place of a hash: key and signature are those that we have sent' },
  tiles: {
    'another public key': 'an entry is the statement, which is compared with what was prepared, byte for byte',
    'a forged index': 'the index is where this program has put the entry: nobody tells it; in a proof, it is refused',
  },
};

/** What a log says that does not have what it signed. */
export const NOT_SIGNED = /the log does not have what it signed/;

/** The root of no tree. */
export const NOWHERE = Buffer.alloc(32, 1);

/** Another answer to requests like this one. */
export const lying =
  (asked: RegExp, told: () => void, lie: (honest: Reply) => Reply): Mischief =>
  async (passage) => {
    const honest = await passage.pass();
    if (!asked.test(passage.asked)) return honest;
    told();
    return lie(honest);
  };

export const saying =
  (body: string | Uint8Array) =>
  (honest: Reply): Reply => ({ ...honest, body: Buffer.from(body) });
