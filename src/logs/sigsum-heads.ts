// SPDX-License-Identifier: Apache-2.0
/** The tree heads that a Sigsum log shows in the course of a submission. */
import { Fault } from '../core/fault.ts';
import type { Hash } from '../core/merkle.ts';
import { verifyConsistency } from '../core/merkle-proof.ts';
import { formatHex } from '../core/sigsum-ascii.ts';
import type { SigsumLog } from '../core/sigsum-policy.ts';
import { formatTreeHead, type SigsumTreeHead, verifyLogSignature } from '../core/sigsum-tree-head.ts';
import { isOutage, type Outage, pending, type SigsumServer } from './sigsum-server.ts';

/** A log of a policy to which something can be submitted. */
export type ReachableLog = SigsumLog & { readonly url: string };

export const misbehaved = ({ keyHash, url }: ReachableLog, why: string, evidence: readonly string[]): Fault =>
  new Fault('log-misbehaved', `the Sigsum log "${url}" ${why}`, {
    hint: 'keep this report: what the log has signed is in it; tell those who run the log, and those who rely on it',
    evidence: [`log=${keyHash}\n`, ...evidence],
  });

/** As the log has it, which has not signed it. */
const formatProof = (proof: readonly Hash[]): string => proof.map((hash) => `node_hash=${formatHex(hash)}\n`).join('');

/** All tree heads that a log has shown are states of one tree. */
export class SeenHeads {
  readonly #log: ReachableLog;
  #largest: SigsumTreeHead | undefined;

  constructor(log: ReachableLog) {
    this.#log = log;
  }

  /** An outage where that cannot be known yet. Throws `bad-signature`, `log-misbehaved`. */
  async take(head: SigsumTreeHead, server: SigsumServer): Promise<Outage | undefined> {
    try {
      verifyLogSignature(head, this.#log);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const message = `at "${this.#log.url}" is not the log that the Sigsum policy pins: ${error.message}`;
      throw new Fault(error.kind, message, { evidence: [formatTreeHead(head)] });
    }
    const earlier = this.#largest;
    const outage = earlier === undefined ? undefined : await this.#compare(earlier, head, server);
    if (outage === undefined && (earlier === undefined || head.size > earlier.size)) this.#largest = head;
    return outage;
  }

  async #compare(earlier: SigsumTreeHead, head: SigsumTreeHead, server: SigsumServer): Promise<Outage | undefined> {
    const [small, large] = earlier.size <= head.size ? [earlier, head] : [head, earlier];
    const needsProof = small.size > 0 && small.size < large.size;
    const proof = needsProof ? await server.consistency(small.size, large.size) : [];
    if (isOutage(proof)) return proof;
    // what stands in front of several servers may ask one that lags behind: no proof is no evidence
    if (proof === undefined)
      return pending(
        `the log "${this.#log.url}" does not show how its trees of ${small.size} and ${large.size} leaves belong together`,
      );
    try {
      verifyConsistency(small.size, small.root, large.size, large.root, proof);
      return undefined;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      const texts = [...[earlier, head].map(formatTreeHead), ...(proof.length === 0 ? [] : [formatProof(proof)])];
      throw misbehaved(this.#log, `has signed two trees, and neither continues the other: ${error.message}`, texts);
    }
  }
}
