// SPDX-License-Identifier: Apache-2.0
/**
 * Has a leaf logged, by one of the logs that a policy names:
 *
 *   1. the logs are asked in their order; the first one that takes the leaf is the one, for its share of the time
 *   2. it is asked again until it has the leaf
 *   3. its tree head is fetched until the quorum vouches for it and it has the leaf
 *   4. the inclusion proof is fetched, and everything is verified as whoever reads the proof will verify it
 *
 * A leaf is the same however often it is submitted, so that any of this may be done again. Nothing that a log says is believed but
 * what its pinned key has signed; what it has signed and cannot stand by is evidence against it, and nothing is tried any more.
 */

import { equalBytes } from '../core/encoding.ts';
import { Fault } from '../core/fault.ts';
import { verifyInclusion } from '../core/merkle-proof.ts';
import { formatHex } from '../core/sigsum-ascii.ts';
import { type AddLeaf, formatAddLeaf, hashOfLeaf, keyHashOf } from '../core/sigsum-leaf.ts';
import type { SigsumLog, SigsumPolicy } from '../core/sigsum-policy.ts';
import { formatSigsumProof, type SigsumInclusion } from '../core/sigsum-proof.ts';
import { formatTreeHead, type SigsumTreeHead, verifyQuorum } from '../core/sigsum-tree-head.ts';
import type { Clock, Http, Progress } from '../ports.ts';
import { misbehaved, type ReachableLog, SeenHeads } from './sigsum-heads.ts';
import { isOutage, type Outage, pending, type SigsumServer, sigsumServer } from './sigsum-server.ts';
import { hasTimeAfter } from './trying.ts';

/** Milliseconds before a log is asked again; up to a quarter more, so that not everybody asks at once. */
const PAUSE = 2000;
const LONGEST_PAUSE = 30_000;

export interface SigsumSubmitting {
  readonly http: Http;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly policy: SigsumPolicy;
  /** The header that says who submits; undefined where none is sent. */
  readonly tokenFor: (log: SigsumLog) => string | undefined;
  /** Milliseconds for all of it. */
  readonly patience: number;
}

export interface SigsumLogged {
  /** The proof file. */
  readonly proof: Uint8Array;
  /** False where the log had the leaf already, as far as one can tell. */
  readonly isNew: boolean;
}

/** A log, and what it has shown in the course of a submission. */
interface Asked {
  readonly log: ReachableLog;
  readonly heads: SeenHeads;
}

/** The logs of a policy to which something can be submitted. */
const reachableLogs = ({ logs }: SigsumPolicy): readonly ReachableLog[] =>
  logs.filter((log): log is ReachableLog => log.url !== undefined);

/**
 * Throws `pending` where the time is over, `usage` where no log wants the leaf, `bad-signature` where none is the one that the policy
 * pins, `log-misbehaved` where one contradicts itself, with what shows it.
 */
export async function submitLeaf(leaf: AddLeaf, submitting: SigsumSubmitting): Promise<SigsumLogged> {
  const waiting = new Waiting(submitting);
  const problems = new Map<SigsumLog, Fault>();
  let mayBeLogged = false;
  let logs = reachableLogs(submitting.policy).map((log): Asked => ({ log, heads: new SeenHeads(log) }));
  if (logs.length === 0) throw new Fault('usage', 'the Sigsum policy has no address of a log');
  try {
    for (let round = 0; ; round += 1) {
      let after: number | undefined;
      for (const [index, asked] of logs.entries()) {
        const { log } = asked;
        const share = waiting.share(logs.length - index);
        const answer = await orRefusal(async () => submitTo(asked, leaf, submitting, waiting, share));
        if ('proof' in answer) return answer;
        problems.set(log, answer.fault);
        mayBeLogged ||= mayPass(answer.fault);
        after = Math.min(after ?? Number.POSITIVE_INFINITY, answer.after ?? 0);
      }
      logs = logs.filter(({ log }) => mayPass(problems.get(log)));
      if (logs.length === 0) throw refusal([...problems.values()], mayBeLogged);
      if (!(await waiting.pause(PAUSE * 2 ** round, after, waiting.end))) throw overdue([...problems.values()]);
    }
  } finally {
    submitting.progress.end();
  }
}

/** What a log does not want, another one may. */
async function orRefusal(body: () => Promise<SigsumLogged | Outage>): Promise<SigsumLogged | Outage> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof Fault && error.kind !== 'log-misbehaved') return { fault: error };
    throw error;
  }
}

const notYet = ({ url }: ReachableLog): Outage => pending(`the tree of the log "${url}" does not have the leaf yet`);

const told = (faults: readonly Fault[]): string => faults.map(({ message }) => message).join('; ');

const overdue = (faults: readonly Fault[]): Fault =>
  new Fault('pending', `no log of the Sigsum policy has given a proof yet: ${told(faults)}`, {
    hint: 'run submit again: the leaf is the same, and is not logged twice',
  });

const mayPass = (fault: Fault | undefined): boolean => fault?.kind === 'network' || fault?.kind === 'pending';

/** Of several refusals the first one, in the words of all. It is none where an earlier request may have been taken. */
function refusal(faults: readonly Fault[], mayBeLogged: boolean): Fault {
  const first = faults.find((fault) => !mayPass(fault));
  if (mayBeLogged && first?.kind === 'usage') return overdue(faults);
  return new Fault(first?.kind ?? 'usage', told(faults), { hint: first?.hint, evidence: first?.evidence });
}

/** How much time is left, and how it passes. */
class Waiting {
  readonly end: Date;
  readonly #begun: number;
  readonly #with: SigsumSubmitting;

  constructor(submitting: SigsumSubmitting) {
    this.#with = submitting;
    this.#begun = submitting.clock.now().getTime();
    this.end = new Date(this.#begun + submitting.patience);
  }

  /** When the first of so many logs has had its share of what is left. */
  share(logs: number): Date {
    const now = this.#with.clock.now().getTime();
    return new Date(now + (this.end.getTime() - now) / logs);
  }

  /** Waits, as long as the server asks for, too, and says so; false where there is no time left before `until`. */
  async pause(duration: number, after: number | undefined, until: Date): Promise<boolean> {
    const { clock, progress, patience } = this.#with;
    const now = clock.now().getTime();
    const wait = Math.max(Math.min(duration, LONGEST_PAUSE), after ?? 0) * (1 + Math.random() / 4);
    if (!hasTimeAfter(wait, until, clock)) return false;
    progress.report(
      'seconds waited for the Sigsum log',
      Math.round((now - this.#begun) / 1000),
      Math.round(patience / 1000),
    );
    await clock.sleep(wait);
    return true;
  }
}

/** Steps 2 to 4, with one log. */
async function submitTo(
  { log, heads }: Asked,
  leaf: AddLeaf,
  submitting: SigsumSubmitting,
  waiting: Waiting,
  until: Date,
): Promise<SigsumLogged | Outage> {
  const server = sigsumServer(submitting, log.url, until);
  const request = formatAddLeaf(leaf);
  const token = submitting.tokenFor(log);
  const first = await server.addLeaf(request, token);
  if (isOutage(first)) return first;
  let logged = first;
  let problem = first ? undefined : pending(`the log "${log.url}" has not taken the leaf in yet`);
  for (;;) {
    if (problem !== undefined && !(await waiting.pause(PAUSE, problem.after, until))) return problem;
    if (!logged) {
      const answer = await afterAll(async () => server.addLeaf(request, token));
      logged = answer === true;
      if (isOutage(answer)) problem = answer;
    }
    if (!logged) continue;
    const answer = await collect(log, leaf, submitting, server, heads);
    if (answer instanceof Uint8Array) return { proof: answer, isNew: !first };
    problem = answer;
  }
}

/** A log that has accepted a leaf, and does not want it then, may have it. */
async function afterAll(body: () => Promise<boolean | Outage>): Promise<boolean | Outage> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'usage') throw error;
    return { fault: new Fault('network', error.message, { hint: error.hint, cause: error }) };
  }
}

/** Steps 3 and 4, once: the proof, or what is missing. */
async function collect(
  log: ReachableLog,
  leaf: AddLeaf,
  { policy, clock }: SigsumSubmitting,
  server: SigsumServer,
  heads: SeenHeads,
): Promise<Uint8Array | Outage> {
  const head = await server.treeHead();
  if (isOutage(head)) return head;
  const contradiction = await heads.take(head, server);
  if (contradiction !== undefined) return contradiction;
  const missing = missingQuorum(head, log, policy, clock.now());
  if (missing !== undefined) return missing;
  const hash = hashOfLeaf(leaf);
  // no log gives the proof of a tree of one leaf, which is empty
  const inclusion = head.size > 1 ? await server.inclusion(head.size, hash) : { index: 0, hashes: [] };
  if (inclusion === undefined) return notYet(log);
  if (isOutage(inclusion)) return inclusion;
  // the log says that it has the leaf: where its only one is another, it will come
  if (head.size === 1 && !equalBytes(hash, head.root)) return notYet(log);
  demandInclusion(leaf, head, inclusion, log);
  return formatSigsumProof({
    logKeyHash: log.keyHash,
    keyHash: keyHashOf(leaf.publicKey),
    signature: leaf.signature,
    head,
    ...inclusion,
  });
}

function missingQuorum(head: SigsumTreeHead, log: SigsumLog, policy: SigsumPolicy, now: Date): Outage | undefined {
  try {
    verifyQuorum(head, log, policy, now);
    return undefined;
  } catch (error) {
    if (error instanceof Fault && error.kind === 'not-witnessed') return pending(error.message);
    throw error;
  }
}

function demandInclusion(
  leaf: AddLeaf,
  head: SigsumTreeHead,
  { index, hashes }: SigsumInclusion,
  log: ReachableLog,
): void {
  try {
    verifyInclusion(hashOfLeaf(leaf), index, head.size, hashes, head.root);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const given = [`leaf_index=${index}`, ...hashes.map((hash) => `node_hash=${formatHex(hash)}`)].join('\n');
    throw misbehaved(log, `gives an inclusion proof that does not fit its tree head: ${error.message}`, [
      formatTreeHead(head),
      `leaf_hash=${formatHex(hashOfLeaf(leaf))}\n${given}\n`,
    ]);
  }
}
