// SPDX-License-Identifier: Apache-2.0
/**
 * One Sigsum log, asked over HTTP: version 1 of Sigsum's log protocol. Each request is made once.
 *
 *   POST add-leaf                                       202 accepted, ask again; 200 it is in the log
 *   GET  get-tree-head
 *   GET  get-inclusion-proof/<size>/<leaf hash>         404 where that tree does not have the leaf
 *   GET  get-consistency-proof/<old size>/<new size>
 */
import { Fault, quote } from '../core/fault.ts';
import type { Hash } from '../core/merkle.ts';
import { formatHex } from '../core/sigsum-ascii.ts';
import { parseConsistency, parseInclusion, type SigsumInclusion } from '../core/sigsum-proof.ts';
import { parseTreeHead, type SigsumTreeHead, TREE_HEAD_CAP } from '../core/sigsum-tree-head.ts';
import type { Answer, Clock, Http } from '../ports.ts';
import { retryAfter } from './trying.ts';

/** Milliseconds that one answer may take. */
const PATIENCE = 20_000;
const REFUSALS = new Set([400, 403]);

/** What may be better in a moment. */
export interface Outage {
  readonly fault: Fault;
  /** Milliseconds after which the server wants to be asked again; undefined where it has not said so. */
  readonly after?: number;
}

export const isOutage = <T>(answer: T | Outage): answer is Outage =>
  typeof answer === 'object' && answer !== null && 'fault' in answer;

export const pending = (why: string): Outage => ({ fault: new Fault('pending', why) });

export interface SigsumServer {
  /** Whether the leaf is in the log, or only accepted. Throws `usage` where the log does not want it. */
  addLeaf(request: Uint8Array, token: string | undefined): Promise<boolean | Outage>;
  treeHead(): Promise<SigsumTreeHead | Outage>;
  /** Undefined where the tree of this size does not have the leaf. */
  inclusion(size: number, leaf: Hash): Promise<SigsumInclusion | undefined | Outage>;
  /** Undefined where the log gives none. `from` MUST be at least 1 and less than `to`. */
  consistency(from: number, to: number): Promise<readonly Hash[] | undefined | Outage>;
}

/** Nothing is waited for beyond `end`. */
export function sigsumServer({ http, clock }: { http: Http; clock: Clock }, url: string, end: Date): SigsumServer {
  const limits = () => {
    const timeout = Math.min(PATIENCE, end.getTime() - clock.now().getTime());
    if (timeout <= 0) throw new Fault('network', 'there was no time left to ask it');
    return { cap: TREE_HEAD_CAP, timeout };
  };
  const get = async <T>(path: string, read: (body: Uint8Array) => T, absent: readonly number[]) =>
    attempt(url, async () => {
      const answer = await http.ask(`${url}/${path}`, limits());
      if (absent.includes(answer.status)) return undefined;
      return answer.status === 200 ? read(answer.body) : outageOf(url, answer, clock.now());
    });
  return {
    addLeaf: async (request, token) =>
      attempt(url, async () => {
        const headers = token === undefined ? {} : { 'Sigsum-Token': token };
        const answer = await http.post(`${url}/add-leaf`, request, { ...limits(), headers });
        if (answer.status === 200 || answer.status === 202) return answer.status === 200;
        if (REFUSALS.has(answer.status)) throw refusalOf(url, answer, token !== undefined);
        return outageOf(url, answer, clock.now());
      }),
    treeHead: async () => {
      const head = await get('get-tree-head', parseTreeHead, []);
      return head ?? { fault: new Fault('network', `the log ${quote(url)} has no tree head`) };
    },
    inclusion: async (size, leaf) => get(`get-inclusion-proof/${size}/${formatHex(leaf)}`, parseInclusion, [400, 404]),
    consistency: async (from, to) => get(`get-consistency-proof/${from}/${to}`, parseConsistency, [400, 404]),
  };
}

/** Whatever comes instead of an answer may be what stands in front of the log, and gone the next time. */
async function attempt<T>(url: string, body: () => Promise<T | Outage>): Promise<T | Outage> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === 'usage') throw error;
    const fault =
      error.kind === 'network'
        ? error
        : new Fault('network', `the log ${quote(url)} answers with what is no answer: ${error.message}`);
    return { fault };
  }
}

function outageOf(url: string, { status, headers, body }: Answer, now: Date): Outage {
  const fault = new Fault('network', `the log ${quote(url)} answers ${status}${said(body)}`);
  const after = retryAfter({ headers }, now);
  return after === undefined ? { fault } : { fault, after };
}

/** What a log says, for people: the beginning of it. */
function said(body: Uint8Array): string {
  const text = Buffer.from(body.subarray(0, 200)).toString('latin1').trim();
  return text === '' ? '' : `: ${quote(text)}`;
}

function refusalOf(url: string, { status, body }: Answer, hasToken: boolean): Fault {
  const what = status === 403 ? 'refuses the submission' : 'does not understand the submission';
  return new Fault('usage', `the log ${quote(url)} ${what} (${status})${said(body)}`, {
    hint: hasToken
      ? 'is the public half of the token key in the TXT record of _sigsum_v1. and the domain?'
      : 'public logs take submissions of a known domain only: give --token-domain and --token-key',
  });
}
