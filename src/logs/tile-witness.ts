// SPDX-License-Identifier: Apache-2.0
/**
 * Has the checkpoint of a tile log of one's own cosigned, after it was published:
 *
 *   1. cosignatures that it bears already, from an earlier run, count
 *   2. the other witnesses are asked, all at once, until the deadline
 *   3. what they vouch for is kept in the published checkpoint, also where it is too little: the next run needs to ask for less
 *   4. where a witness has seen a later checkpoint, which another run has published, that one is taken instead
 *
 * The lock is held while the checkpoint is replaced, and not while others are waited for.
 */
import type { SignedCheckpoint } from '../core/checkpoint.ts';
import { isLineOf, type Voucher, verifyCosignature, WITNESS_SKEW } from '../core/cosignature.ts';
import { Fault } from '../core/fault.ts';
import type { Quorum, TrustedWitness } from '../core/policy-logs.ts';
import type { Clock, Http } from '../ports.ts';
import { publishCosigned } from './tile-publish.ts';
import { fetchFiles, type LogPorts, readPublished, type WritableStore } from './tile-store.ts';
import { type TileView, tileView } from './tile-view.ts';
import { type Ahead, type Asking, askWitness, byWitness } from './witness.ts';

/** Whose cosignatures a log asks for, and how long it may take. */
export interface Witnessing extends Quorum {
  readonly http: Http;
  readonly clock: Clock;
  /** Milliseconds for all of it. */
  readonly patience: number;
}

export interface Witnessed {
  /** With the cosignatures: at least as large as the one that was asked for. */
  readonly checkpoint: SignedCheckpoint;
  readonly vouchers: readonly Voucher[];
  /** Of each witness that does not vouch, why. */
  readonly problems: readonly Fault[];
}

interface Round extends Witnessed {
  readonly isBehind: boolean;
}

/** How often a later checkpoint is taken. */
const ROUNDS = 3;

/**
 * Never throws for what a witness does or leaves undone: whether the quorum is met, the caller sees. `since`: when the checkpoint was
 * made, where this run has made it. Throws `locked`, `io`, and `log-misbehaved` where the log does not have what it signed.
 */
export async function witnessCheckpoint(
  ports: LogPorts,
  log: WritableStore,
  first: SignedCheckpoint,
  since: Date | undefined,
  witnessing: Witnessing,
): Promise<Witnessed> {
  const { clock, patience } = witnessing;
  const end = new Date(clock.now().getTime() + patience);
  const notBefore = since && new Date(since.getTime() - WITNESS_SKEW);
  let checkpoint = first;
  for (let round = 1; ; round += 1) {
    const view = tileView(fetchFiles(ports.files, log.directory), checkpoint);
    const result = await collect(view, { end, notBefore }, witnessing);
    if (result.checkpoint !== checkpoint) await publishCosigned(ports, log, result.checkpoint);
    if (result.vouchers.length >= witnessing.quorum || !result.isBehind || round === ROUNDS) return result;
    const published = await readPublished(ports.files, log, log.signer.verifier);
    if (published.size <= checkpoint.size) return result;
    checkpoint = published;
  }
}

/** Steps 1 and 2. */
async function collect(
  view: TileView,
  times: Pick<Asking, 'end' | 'notBefore'>,
  { witnesses, quorum, http, clock }: Witnessing,
): Promise<Round> {
  const { checkpoint } = view;
  const known = standing(checkpoint, witnesses, clock.now());
  let vouching = known.length;
  const asking: Asking = { http, clock, ...times, goOn: () => vouching < quorum };
  const missing = witnesses.filter((witness) => !known.some(({ key }) => key === witness.key));
  const answers = await Promise.all(
    missing.map(async (witness) => {
      const answer = await ask(view, witness, asking);
      if ('key' in answer) vouching += 1;
      return { witness, answer };
    }),
  );
  const given = answers.flatMap(({ answer }) => ('key' in answer ? [answer] : []));
  return {
    checkpoint: given.length === 0 ? checkpoint : withCosignatures(checkpoint, given),
    vouchers: [...known, ...given],
    problems: answers.flatMap(({ witness, answer }) =>
      'key' in answer ? [] : [byWitness(witness, answer instanceof Fault ? answer : aheadOf(checkpoint, answer))],
    ),
    isBehind: answers.some(({ answer }) => 'size' in answer),
  };
}

const aheadOf = (checkpoint: SignedCheckpoint, { size }: Ahead) =>
  new Fault('not-witnessed', `it has seen ${size} entries of the log, and this checkpoint is about ${checkpoint.size}`);

/** What a witness does wrong is its own matter; what the log does wrong is thrown. */
async function ask(view: TileView, witness: TrustedWitness, asking: Asking): Promise<Voucher | Ahead | Fault> {
  const { url } = witness;
  if (url === undefined) return new Fault('not-witnessed', 'the policy does not say where it can be asked');
  try {
    return await askWitness(view, { ...witness, url }, asking);
  } catch (error) {
    if (error instanceof Fault && error.kind !== 'log-misbehaved' && error.kind !== 'io') return error;
    throw error;
  }
}

/** Cosignatures that the checkpoint bears; a line that is wrong counts as none, and is replaced. */
function standing(checkpoint: SignedCheckpoint, witnesses: readonly TrustedWitness[], now: Date): readonly Voucher[] {
  return witnesses.flatMap(({ key }) => {
    const good = checkpoint.signatures
      .filter((line) => isLineOf(key, line))
      .flatMap((line) => {
        try {
          return [verifyCosignature(checkpoint, key, line, now)];
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
          return [];
        }
      });
    return good.slice(0, 1);
  });
}

/** The log's own line stays the first; lines of these witnesses are replaced. */
const withCosignatures = (checkpoint: SignedCheckpoint, vouchers: readonly Voucher[]): SignedCheckpoint => ({
  ...checkpoint,
  signatures: [
    ...checkpoint.signatures.filter((line) => !vouchers.some(({ key }) => isLineOf(key, line))),
    ...vouchers.map(({ line }) => line),
  ],
});
