// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a Rekor v1 still has what it had: a tree that it signs now is held against the largest one that the proofs of other
 * releases show, by `GET /api/v1/log/proof?firstSize=7&lastSize=9&treeID=<tree ID>`:
 *
 *   {"rootHash":"<hex>","hashes":["<hex>"]}
 *
 * Trees of another ID are other shards, and say nothing of this one. A verifier of one proof sees nothing of this.
 *
 * Evidence is a proof that does not fit the two trees, or two roots of trees of one size: the log has signed them. No proof is none,
 * whatever is said instead: nobody has signed that, and what stands in front of several servers may ask one that lags behind.
 */
import type { SignedCheckpoint } from '../core/checkpoint.ts';
import { Fault, quote } from '../core/fault.ts';
import type { Hash } from '../core/merkle.ts';
import { verifyConsistency } from '../core/merkle-proof.ts';
import { treeIdOf, verifyRekorCheckpoint } from '../core/rekor.ts';
import type { SigstoreBundle } from '../core/sigstore-bundle.ts';
import { ANSWER_CAP, parseConsistency, reasonIn } from './rekor-answer.ts';
import { ANSWER_TIME, type RekorServer } from './rekor-server.ts';
import { evidenceOf } from './tile-view.ts';
import { tryUntilAnswered } from './trying.ts';

/** `seen`: bundles of other files. Why it does not show it, where that is no evidence. Throws `log-misbehaved` with both checkpoints. */
export async function findDiscontinuation(
  server: RekorServer,
  checkpoint: SignedCheckpoint,
  seen: () => Promise<readonly SigstoreBundle[]>,
): Promise<Fault | undefined> {
  try {
    await demandContinuation(server, checkpoint, await seen());
    return undefined;
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === 'log-misbehaved') throw error;
    const message = `the log ${quote(server.name)} does not show that it still has what it had: ${error.message}`;
    return new Fault('network', message, {
      hint: 'its proof of this release is good, and kept; an audit has to compare the trees of the bundles that stand here',
      cause: error,
    });
  }
}

async function demandContinuation(
  server: RekorServer,
  checkpoint: SignedCheckpoint,
  seen: readonly SigstoreBundle[],
): Promise<void> {
  const other = largestSeen(server, checkpoint.origin, seen);
  if (other === undefined) return;
  // another run may have been here after the log gave us this one
  const [earlier, later] = other.size <= checkpoint.size ? [other, checkpoint] : [checkpoint, other];
  const proof = earlier.size === later.size ? [] : await fetchProof(server, earlier, later);
  try {
    verifyConsistency(earlier.size, earlier.root, later.size, later.root, proof);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw forked(earlier, later, proof, error);
  }
}

/** Of this tree; the checkpoint alone has to be good, as it is all that is used of the bundle. */
function largestSeen(
  { log }: RekorServer,
  origin: string,
  seen: readonly SigstoreBundle[],
): SignedCheckpoint | undefined {
  const known = seen.flatMap(({ entries }) =>
    entries.flatMap(({ logId, inclusionProof }) => {
      const key = log.keys.find((one) => one.logId === logId);
      if (key === undefined) return [];
      try {
        return [verifyRekorCheckpoint(inclusionProof.checkpoint, key, 1)];
      } catch (error) {
        if (error instanceof Fault) return [];
        throw error;
      }
    }),
  );
  return known.filter((one) => one.origin === origin).sort((a, b) => b.size - a.size)[0];
}

async function fetchProof(
  { http, url, trying, log }: RekorServer,
  earlier: SignedCheckpoint,
  later: SignedCheckpoint,
): Promise<readonly Hash[]> {
  const [tree = ''] = log.keys.flatMap(({ name }) => treeIdOf(later.origin, name) ?? []);
  const query = `firstSize=${earlier.size}&lastSize=${later.size}&treeID=${tree}`;
  const { clock } = trying;
  // the receipt is there, and waits for this
  const end = new Date(Math.min(trying.end.getTime(), clock.now().getTime() + ANSWER_TIME));
  const answer = await tryUntilAnswered({ ...trying, end }, async (timeout) =>
    http.ask(`${url}/api/v1/log/proof?${query}`, { cap: ANSWER_CAP, timeout }),
  );
  if (answer.status === 200) return parseConsistency(answer.body);
  const reason = reasonIn(answer);
  throw new Fault('network', `it answers ${answer.status}${reason === '' ? '' : `, ${reason}`}`);
}

/** Nobody has signed it: it is what was shown as the way from one tree to the other. */
const formatHashes = (proof: readonly Hash[]): string =>
  ['consistency proof', ...proof.map((hash) => Buffer.from(hash).toString('hex')), ''].join('\n');

const forked = (earlier: SignedCheckpoint, later: SignedCheckpoint, proof: readonly Hash[], cause: Fault): Fault =>
  new Fault(
    'log-misbehaved',
    `the tree of ${later.size} entries that it has signed does not continue that of ${earlier.size}: ${cause.message}`,
    {
      evidence: [...[earlier, later].map(evidenceOf), ...(proof.length === 0 ? [] : [formatHashes(proof)])],
      hint: 'keep both checkpoints: the log has signed them, and shows no way from one to the other',
      cause,
    },
  );
