// SPDX-License-Identifier: Apache-2.0
/** Asking a server again where that can help: after what may pass, with pauses that grow, until a deadline. */
import { randomInt } from 'node:crypto';
import { Fault } from '../core/fault.ts';
import type { Answer, Clock } from '../ports.ts';

export interface Trying {
  readonly clock: Clock;
  /** Nothing is waited for beyond this. */
  readonly end: Date;
  /** Milliseconds that one answer may take. */
  readonly timeout: number;
}

/** An answer, and whether it came to the first request. What came of earlier ones nobody knows. */
export interface Tried extends Answer {
  readonly isFirst: boolean;
}

/** Statuses that may be others in a moment. */
export const PASSING = new Set([408, 425, 429, 499, 500, 502, 503, 504]);

/** Milliseconds: the first pause, and the longest that is not asked for by the server. */
export const FIRST_PAUSE = 1000;
export const LONGEST_PAUSE = 15_000;

/** Milliseconds that have to be left for an answer: one that is cut short would hide why there was none before. */
const LEAST = 1000;

/** Whether anybody can be asked again after so many milliseconds. */
export const hasTimeAfter = (pause: number, end: Date, clock: Clock): boolean =>
  clock.now().getTime() + pause + LEAST <= end.getTime();

/**
 * The first answer that says something. `isPassing` tells which other answers are not final. `ask` is given the milliseconds that it
 * may take. Throws `network` where the deadline comes first, with the last problem.
 */
export async function tryUntilAnswered(
  { clock, end, timeout }: Trying,
  ask: (timeout: number) => Promise<Answer>,
  isPassing: (answer: Answer) => boolean = () => false,
): Promise<Tried> {
  let problem = new Fault('network', 'there was no time left to ask it');
  for (let [pause, isFirst] = [FIRST_PAUSE, true]; ; [pause, isFirst] = [Math.min(pause * 2, LONGEST_PAUSE), false]) {
    const left = end.getTime() - clock.now().getTime();
    if (left <= 0) throw problem;
    const answer = await once(async () => ask(Math.min(timeout, left)));
    if (!(answer instanceof Fault) && !PASSING.has(answer.status) && !isPassing(answer)) return { ...answer, isFirst };
    problem = answer instanceof Fault ? answer : new Fault('network', `it answers ${answer.status}`);
    // whoever says "at once" for ever would be asked without a pause
    const said = answer instanceof Fault ? 0 : (retryAfter(answer, clock.now()) ?? 0);
    const wait = Math.max(said, withJitter(pause));
    if (!hasTimeAfter(wait, end, clock)) throw problem;
    await clock.sleep(wait);
  }
}

async function once(ask: () => Promise<Answer>): Promise<Answer | Fault> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Fault && error.kind === 'network') return error;
    throw error;
  }
}

/** Half of it to all of it: those who failed together do not come back together. */
export const withJitter = (pause: number): number => pause / 2 + randomInt(Math.ceil(pause / 2));

/** RFC 9110, section 10.2.3: milliseconds from now; undefined where the server does not say, or says nonsense. */
export function retryAfter({ headers }: Pick<Answer, 'headers'>, now: Date): number | undefined {
  const said = headers['retry-after'];
  if (said === undefined) return undefined;
  if (/^[0-9]{1,9}$/.test(said)) return Number(said) * 1000;
  const date = Date.parse(said);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
