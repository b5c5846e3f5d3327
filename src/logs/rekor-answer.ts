// SPDX-License-Identifier: Apache-2.0
/** What a Rekor server answers, of either version: entries, and reasons why there are none. Nothing of it is believed. */
import { count, type Decoder, parsed, record, text } from '../core/decode.ts';
import { decodeUtf8, parseBase64 } from '../core/encoding.ts';
import { Fault, printable, quote } from '../core/fault.ts';
import { API_VERSION, HASHEDREKORD } from '../core/hashedrekord.ts';
import { type Hash, parseHash } from '../core/merkle.ts';
import { decodeTlogEntry, envelope, hashesOf, type TlogEntry } from '../core/sigstore-bundle.ts';
import type { Answer } from '../ports.ts';
import type { Tried } from './trying.ts';

/** Bytes; an entry of ours has some 3000. */
export const ANSWER_CAP = 128 * 1024;

/** An entry of v1, and the name that it has there: 64 hexadecimal digits of the leaf hash, behind 16 of the tree ID as a rule. */
export interface NamedEntry {
  readonly uuid: string;
  readonly entry: TlogEntry;
}

export const UUID = /^(?:[0-9a-f]{16})?[0-9a-f]{64}$/;

/** `{"<uuid>": {…}}`, with one entry. Throws `bad-format`. */
export function parseAnswerV1(body: Uint8Array): NamedEntry {
  const [named, ...more] = Object.entries(record(parseJson(body), ''));
  if (named === undefined || more.length > 0) throw new Fault('bad-format', 'the answer does not hold one entry');
  const [uuid, value] = named;
  if (!UUID.test(uuid)) throw new Fault('bad-format', 'the answer names the entry otherwise than Rekor does');
  return { uuid, entry: decodeLogEntry(value, 'the entry') };
}

/** A TransparencyLogEntry in protobuf JSON. Throws `bad-format`. */
export const parseAnswerV2 = (body: Uint8Array): TlogEntry => decodeTlogEntry(parseJson(body), 'the entry');

/** `{"rootHash":"<hex>","hashes":["<hex>"]}`, of which the root is known. Throws `network` for what cannot be read. */
export function parseConsistency(body: Uint8Array): readonly Hash[] {
  try {
    const { hashes } = record(parseJson(body), '');
    return hashesOf(hash)(hashes, 'hashes');
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault('network', `it answers nothing that could be read: ${error.message}`, { cause: error });
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(body, ANSWER_CAP, 'the answer')) as unknown;
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('bad-format', 'the answer is not JSON', { cause });
  }
}

const base64 = parsed(parseBase64);

const hex: Decoder<Buffer> = (value, path) => {
  const digits = text(value, path);
  if (/^(?:[0-9a-f]{2})+$/.test(digits)) return Buffer.from(digits, 'hex');
  throw new Fault('bad-format', `${path}: is not in hexadecimal digits`);
};
const hash: Decoder<Hash> = (value, path) => parseHash(hex(value, path));
const hashDigits: Decoder<string> = (value, path) => Buffer.from(hash(value, path)).toString('hex');

/** The form of v1's REST interface. Fields that are unknown do not matter: what is kept is only what is known. */
const decodeLogEntry: Decoder<TlogEntry> = (value, path) => {
  const entry = record(value, path);
  const verification = record(entry['verification'], `${path}.verification`);
  const proof = record(verification['inclusionProof'], `${path}.verification.inclusionProof`);
  const at = <T>(decode: Decoder<T>, name: string): T =>
    decode(proof[name], `${path}.verification.inclusionProof.${name}`);
  return {
    logIndex: count(entry['logIndex'], `${path}.logIndex`),
    logId: hashDigits(entry['logID'], `${path}.logID`),
    kind: HASHEDREKORD,
    version: API_VERSION[1],
    integratedTime: count(entry['integratedTime'], `${path}.integratedTime`),
    signedEntryTimestamp: base64(verification['signedEntryTimestamp'], `${path}.verification.signedEntryTimestamp`),
    inclusionProof: {
      logIndex: at(count, 'logIndex'),
      treeSize: at(count, 'treeSize'),
      rootHash: at(hash, 'rootHash'),
      hashes: at(hashesOf(hash), 'hashes'),
      checkpoint: at(envelope, 'checkpoint'),
    },
    body: base64(entry['body'], `${path}.body`),
  };
};

/** A log that takes no entry any more, nor says whether it has one. */
export class Frozen extends Fault {
  constructor(shown: string) {
    super('usage', `the log ${shown} is frozen: it takes no more entries`, {
      hint: 'its operator has opened another one: give the policy its "url", "origin" and "keys", and keep the old log for old proofs',
    });
  }
}

/**
 * Why the log does not take the entry. `log`: as the policy names it. Never retried. It is `network`, and no refusal, where the log may
 * have the entry all the same: from a request before this one, or because it has been told that all is well.
 */
export function refusedBy(log: string, answer: Tried): Fault {
  const refusal = refusalOf(log, answer);
  if (answer.isFirst && answer.status >= 300) return refusal;
  const { hint } = refusal;
  return new Fault('network', `it answers ${answer.status}, and whether it has the entry is not known`, { hint });
}

function refusalOf(log: string, answer: Answer): Fault {
  const { status } = answer;
  const shown = quote(log);
  if (status === 405) return new Frozen(shown);
  if (status >= 300 && status < 400)
    return new Fault('usage', `the log ${shown} is elsewhere: it answers ${status}`, {
      hint: 'give the policy the address that the log really has: redirections are not followed',
    });
  const reason = reasonIn(answer);
  return new Fault(
    'usage',
    `the log ${shown} refuses the entry: it answers ${status}${reason === '' ? '' : `, ${reason}`}`,
    {
      hint: 'does the policy say the right "url" and "version"?',
    },
  );
}

/** `{"code":400,"message":"…"}`; the page of a proxy says nothing. */
export function reasonIn({ body }: Answer): string {
  try {
    const { message } = record(parseJson(body), '');
    return typeof message === 'string' ? quote(message.toWellFormed().slice(0, 300)) : '';
  } catch (error) {
    if (error instanceof Fault) return '';
    throw error;
  }
}

/** As evidence: the words of the log itself. */
export const evidenceIn = ({ body }: Answer): string => printable(Buffer.from(body).toString());
