// SPDX-License-Identifier: Apache-2.0
/**
 * c2sp.org/tlog-witness: asks a witness for its cosignature. What is sent to `<url>/add-checkpoint`, and what comes back:
 *
 *   old 20852014                                       the size that the witness has seen last
 *   PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=       the consistency proof from there on
 *
 *   example.com/behind-the-sofa                        the checkpoint, signed by the log alone
 *   …
 *
 *   200  — witness.example/w1 CMp+6LWB…                signature lines
 *   409  20852100                                      another size than `old`; then it is asked again from there
 *
 * Nothing that a witness answers is believed but a cosignature that its pinned key has made.
 */
import {
  type Checkpoint,
  formatCheckpoint,
  formatSignedCheckpoint,
  type SignedCheckpoint,
} from '../core/checkpoint.ts';
import { CHECK_CLOCK, isLineOf, type Voucher, verifyCosignature } from '../core/cosignature.ts';
import { decodeUtf8, formatBase64, parseDecimal } from '../core/encoding.ts';
import { Fault, type FaultKind, quote } from '../core/fault.ts';
import type { Hash } from '../core/merkle.ts';
import type { TrustedWitness } from '../core/policy-logs.ts';
import { NOTE_CAP, parseSignedNote } from '../core/signed-note.ts';
import type { Answer, Clock, Http } from '../ports.ts';
import type { TileView } from './tile-view.ts';
import { hasTimeAfter, PASSING, retryAfter } from './trying.ts';

/** Milliseconds that one answer may take. */
const PATIENCE = 10_000;
/** Milliseconds before a witness that was out of order is asked again, where it does not say itself. */
const PAUSE = 1000;
/** Requests to one witness for one checkpoint. Between two of them, its size may have changed. */
const MAX_REQUESTS = 5;

/** What asking takes. */
export interface Asking {
  readonly http: Http;
  readonly clock: Clock;
  /** Nothing is waited for beyond this. */
  readonly end: Date;
  /** Cosignatures that are older are not taken; undefined where the checkpoint may have been made at any time. */
  readonly notBefore: Date | undefined;
  /** Whether it is worth asking again. */
  readonly goOn: () => boolean;
}

/** A witness that has seen a longer log than the checkpoint is about. */
export interface Ahead {
  readonly size: number;
}

/** The body of a request. */
const formatAddCheckpoint = (oldSize: number, proof: readonly Hash[], checkpoint: SignedCheckpoint): Uint8Array =>
  Buffer.concat([
    Buffer.from([`old ${oldSize}`, ...proof.map(formatBase64), '', ''].join('\n')),
    formatSignedCheckpoint(checkpoint),
  ]);

/** The size in a 409 answer: a decimal and a newline. Throws `bad-format`. */
export function parseSizeAnswer(body: Uint8Array): number {
  const text = decodeUtf8(body, 64, 'the size');
  if (!text.endsWith('\n')) throw new Fault('bad-format', 'the size does not end with a newline');
  return parseDecimal(text.slice(0, -1));
}

/** The cosignature by this witness in a 200 answer, other lines ignored. Throws `bad-format`, `bad-signature`. */
export function parseCosignatures(
  body: Uint8Array,
  checkpoint: Checkpoint,
  witness: TrustedWitness,
  now: Date,
): Voucher {
  const text = formatCheckpoint(checkpoint);
  const note = parseSignedNote(Buffer.concat([Buffer.from(`${text}\n`), body]));
  // an empty line among the signatures would move the text's end
  if (note.text !== text) throw new Fault('bad-format', 'the answer holds more than signature lines');
  const [line, ...more] = note.signatures.filter((one) => isLineOf(witness.key, one));
  if (line === undefined || more.length > 0)
    throw new Fault(
      'bad-signature',
      `the answer holds ${more.length === 0 ? 'no signature' : 'several signatures'} by it`,
    );
  return verifyCosignature(checkpoint, witness.key, line, now);
}

/**
 * A cosignature of the checkpoint, verified, or the size that the witness has seen where that is larger. Throws for everything
 * else: `network` for what may pass, `not-witnessed` for a refusal, `bad-format` and `bad-signature` for an answer that is none.
 */
export async function askWitness(
  view: TileView,
  witness: TrustedWitness & { readonly url: string },
  asking: Asking,
): Promise<Voucher | Ahead> {
  let oldSize = 0;
  let problem = new Fault('network', 'there was no time left to ask it');
  for (let request = 0; request < MAX_REQUESTS; request += 1) {
    const answer = await postOnce(view, witness, oldSize, asking);
    if (answer instanceof Fault || PASSING.has(answer.status)) {
      problem = answer instanceof Fault ? answer : new Fault('network', `it answers ${answer.status}`);
      const said = answer instanceof Fault ? undefined : retryAfter(answer, asking.clock.now());
      if (!(await another(asking, Math.max(PAUSE, said ?? 0)))) break;
    } else if (answer.status === 200) return accept(answer, view.checkpoint, witness, asking);
    else if (answer.status === 409) {
      const size = parseSizeAnswer(answer.body);
      if (size > view.checkpoint.size) return { size };
      if (size === oldSize) throw new Fault('bad-format', `it answers 409 with ${size}, from where it was asked`);
      problem = new Fault('network', 'its size changes whenever it is asked');
      oldSize = size;
    } else throw refused(answer);
  }
  throw problem;
}

/** An answer, or why there is none. */
async function postOnce(
  view: TileView,
  witness: { readonly url: string },
  oldSize: number,
  { http, clock, end }: Asking,
): Promise<Answer | Fault> {
  const proof = await view.consistencyFrom(oldSize);
  const { origin, signatures } = view.checkpoint;
  // the log's own key bears its origin; what others have signed is nothing to a witness, and may be too long for it
  const checkpoint = { ...view.checkpoint, signatures: signatures.filter(({ name }) => name === origin) };
  const timeout = Math.min(PATIENCE, end.getTime() - clock.now().getTime());
  if (timeout <= 0) return new Fault('network', 'there was no time left to ask it');
  try {
    const body = formatAddCheckpoint(oldSize, proof, checkpoint);
    return await http.post(`${witness.url}/add-checkpoint`, body, { cap: NOTE_CAP, timeout });
  } catch (error) {
    if (error instanceof Fault && error.kind === 'network') return error;
    throw error;
  }
}

/** Waits where asking once more makes sense. */
async function another({ clock, end, goOn }: Asking, pause: number): Promise<boolean> {
  if (!goOn() || !hasTimeAfter(pause, end, clock)) return false;
  await clock.sleep(pause);
  return goOn();
}

function accept(
  { body }: Answer,
  checkpoint: SignedCheckpoint,
  witness: TrustedWitness,
  { clock, notBefore }: Asking,
): Voucher {
  const voucher = parseCosignatures(body, checkpoint, witness, clock.now());
  if (notBefore === undefined || voucher.time >= notBefore) return voucher;
  const made = voucher.time.toISOString();
  throw new Fault('bad-signature', `its cosignature is dated at ${made}, before the checkpoint was made`, {
    hint: CHECK_CLOCK,
  });
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'does not understand the request',
  403: 'knows another key for this log',
  404: 'does not know this log, or is at another address',
  422: 'has seen another history of this log',
};

/** c2sp.org/tlog-witness, "add-checkpoint". A redirection is no answer either: the address is what the policy says. */
function refused({ status }: Answer): Fault {
  const kind: FaultKind = 'not-witnessed';
  const meaning = MEANINGS[status];
  return new Fault(kind, `it answers ${status}${meaning === undefined ? '' : `: it ${meaning}`}`);
}

/** Tells a Fault with the witness that it is about. */
export const byWitness = ({ name }: TrustedWitness, { kind, message, hint }: Fault): Fault =>
  new Fault(kind, `the witness ${quote(name)} does not vouch: ${message}`, { hint });
