// SPDX-License-Identifier: Apache-2.0
/**
 * Sigsum's trust policy: which logs are believed, and who has to have seen their trees.
 *
 *   log 0ec7…5f25 https://seasalp.glasklar.is           a public key, and where the log is asked (optional)
 *   witness W1 b210…8536                                a name, a public key, and an address (optional)
 *   witness W2 15d6…61ad
 *   group two-of-them all W1 W2                         "any", "all", or how many; members are witnesses and earlier groups
 *   quorum two-of-them                                  a witness or a group; "none" demands nobody
 *
 * Fields are divided by spaces and tabs; lines that are empty or begin with # say nothing. A name stands for one thing, and is a member
 * of one group at most, so that nobody counts twice.
 */

import { addressFault, withoutLastSlash } from './address.ts';
import { type WitnessKey, witnessKey } from './cosignature.ts';
import { decodeUtf8, parseDecimal } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import { type NoteVerifier, noteVerifier } from './signed-note.ts';
import { keyHashOf } from './sigsum-leaf.ts';

export interface SigsumLog {
  /** Bears the log's origin, `sigsum.org/v1/tree/<keyHash>`. */
  readonly key: NoteVerifier;
  /** SHA-256 of the public key: 64 hexadecimal digits. */
  readonly keyHash: string;
  /** Without a slash at its end; undefined where nothing can be submitted. */
  readonly url: string | undefined;
}

export interface SigsumWitness {
  readonly name: string;
  readonly key: WitnessKey;
  readonly keyHash: string;
}

/** Who has to vouch: a witness, or so many members of a group. */
export type SigsumQuorum =
  | { readonly kind: 'witness'; readonly witness: SigsumWitness }
  | { readonly kind: 'group'; readonly threshold: number; readonly members: readonly SigsumQuorum[] };

export interface SigsumPolicy {
  /** In their order. */
  readonly logs: readonly SigsumLog[];
  /** All that are named, also those on whom no quorum depends. */
  readonly witnesses: readonly SigsumWitness[];
  readonly quorum: SigsumQuorum;
}

/** Bytes. */
export const SIGSUM_POLICY_CAP = 64 * 1024;
/** Logs; witnesses and groups together. */
const MAX_LOGS = 32;
const MAX_NAMES = 128;

/** Quorum `none`. */
export const NOBODY: SigsumQuorum = { kind: 'group', threshold: 0, members: [] };
const NONE = 'none';

/** What the lines so far have said. */
interface Draft {
  readonly logs: SigsumLog[];
  readonly witnesses: SigsumWitness[];
  readonly names: Map<string, SigsumQuorum>;
  /** The group that a name is a member of. */
  readonly memberOf: Map<string, string>;
  quorum: SigsumQuorum | undefined;
}

const bad = (why: string, hint?: string) => new Fault('bad-format', why, { hint });

/** Reads a policy. Throws `bad-format`, which tells the line. */
export function parseSigsumPolicy(bytes: Uint8Array): SigsumPolicy {
  const text = decodeUtf8(bytes, SIGSUM_POLICY_CAP, 'the Sigsum policy');
  const draft: Draft = {
    logs: [],
    witnesses: [],
    names: new Map([[NONE, NOBODY]]),
    memberOf: new Map(),
    quorum: undefined,
  };
  for (const [index, line] of text.split('\n').entries()) takeLine(draft, line.replace(/\r$/, ''), index + 1);
  const { logs, witnesses, quorum } = draft;
  if (quorum === undefined)
    throw bad('the Sigsum policy has no line "quorum"', 'write "quorum none" where no witness is needed');
  if (logs.length === 0) throw bad('the Sigsum policy names no log');
  return { logs, witnesses, quorum };
}

function takeLine(draft: Draft, line: string, number: number): void {
  try {
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(line)) throw bad('holds a control character');
    const [keyword = '#', ...values] = line.split(/[ \t]+/).filter((field) => field !== '');
    if (!keyword.startsWith('#')) statement(draft, keyword, values);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw bad(`line ${number} of the Sigsum policy ${error.message}`, error.hint);
  }
}

function statement(draft: Draft, keyword: string, values: readonly string[]): void {
  if (keyword === 'log') addLog(draft, values);
  else if (keyword === 'witness') addWitness(draft, values);
  else if (keyword === 'group') addGroup(draft, values);
  else if (keyword === 'quorum') setQuorum(draft, values);
  else throw bad(`begins with ${quote(keyword.slice(0, 40))}`, 'lines begin with log, witness, group or quorum');
}

function addLog({ logs }: Draft, values: readonly string[]): void {
  const [hex, url] = counted(values, 1, 2, 'log <public key> [<address>]');
  const publicKey = parsePublicKey(hex);
  const keyHash = keyHashOf(publicKey);
  if (logs.some((log) => log.keyHash === keyHash)) throw bad('names a log that was named before');
  if (logs.length === MAX_LOGS) throw bad(`names more than ${MAX_LOGS} logs`);
  logs.push({ key: noteVerifier(sigsumOrigin(keyHash), publicKey), keyHash, url: url && parseAddress(url) });
}

export const sigsumOrigin = (keyHash: string): string => `sigsum.org/v1/tree/${keyHash}`;

function addWitness({ witnesses, names }: Draft, values: readonly string[]): void {
  const [name, hex, url] = counted(values, 2, 3, 'witness <name> <public key> [<address>]');
  const publicKey = parsePublicKey(hex);
  const keyHash = keyHashOf(publicKey);
  if (witnesses.some((witness) => witness.keyHash === keyHash)) throw bad('has the key of another witness');
  if (url !== undefined) parseAddress(url);
  const witness = { name, key: witnessKey(name, publicKey), keyHash };
  define(names, name, { kind: 'witness', witness });
  witnesses.push(witness);
}

function addGroup({ names, memberOf }: Draft, values: readonly string[]): void {
  const form = 'group <name> any|all|<number> <member>…';
  const [name, threshold, ...members] = counted(values, 3, Number.POSITIVE_INFINITY, form);
  const group: SigsumQuorum = {
    kind: 'group',
    threshold: parseThreshold(threshold, members.length),
    members: members.map((member) => {
      const found = names.get(member);
      if (found === undefined || member === NONE)
        throw bad(`has a member that no earlier line names: ${quote(member)}`);
      const other = memberOf.get(member);
      if (other !== undefined) throw bad(`has the member ${quote(member)}, which is one of the group ${quote(other)}`);
      memberOf.set(member, name);
      return found;
    }),
  };
  define(names, name, group);
}

function setQuorum(draft: Draft, values: readonly string[]): void {
  const [name] = counted(values, 1, 1, 'quorum <name>');
  const found = draft.names.get(name);
  if (found === undefined) throw bad(`demands what no earlier line names: ${quote(name)}`);
  if (draft.quorum !== undefined) throw bad('is the second one with a quorum');
  draft.quorum = found;
}

function define(names: Map<string, SigsumQuorum>, name: string, what: SigsumQuorum): void {
  if (names.has(name)) throw bad(`gives the name ${quote(name)} a second time`);
  if (names.size > MAX_NAMES) throw bad(`is one witness or group more than ${MAX_NAMES}`);
  names.set(name, what);
}

/** The values of a line, where there are as many as there have to be. */
function counted(values: readonly string[], least: number, most: number, form: string) {
  if (values.length < least || values.length > most)
    throw bad(`has ${values.length} values`, `such a line is "${form}"`);
  return values as readonly [string, string, string, ...string[]];
}

function parsePublicKey(hex: string): Uint8Array {
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex');
  throw bad('has no public key of 64 hexadecimal digits', 'sigsum-key to-hex shows a key like this');
}

function parseThreshold(text: string, members: number): number {
  if (text === 'any') return 1;
  if (text === 'all') return members;
  const threshold = /^[0-9]+$/.test(text) ? parseDecimal(text) : Number.NaN;
  if (threshold >= 1 && threshold <= members) return threshold;
  throw bad(
    `demands ${quote(text)} of ${members} members`,
    'write any, all, or a number from 1 up to that of the members',
  );
}

function parseAddress(url: string): string {
  const fault = addressFault(url);
  if (fault !== undefined) throw bad(`has an address that ${fault}`);
  return withoutLastSlash(url);
}
