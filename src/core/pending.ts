// SPDX-License-Identifier: Apache-2.0
/**
 * How long a submission has been waiting for its logs. It may for some days, in which whoever checks the release is told that it is
 * pending; after that it counts for nothing, as if nobody had ever submitted the release.
 */
import type { Submission } from './submission.ts';

/** Unless the policy says otherwise: a week has a working day, wherever it begins. */
export const PENDING_DAYS = 7;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Of a clock that differs from that of the submitter: what is dated ahead of now has just begun. */
const ageOf = ({ since }: Pick<Submission, 'since'>, now: Date): number => Math.max(0, now.getTime() - since.getTime());

export const isOverdue = (submission: Pick<Submission, 'since'>, now: Date, days: number): boolean =>
  ageOf(submission, now) > days * DAY;

/** As in `3 days`; the largest unit that it fills. */
export function describeAge(submission: Pick<Submission, 'since'>, now: Date): string {
  const age = ageOf(submission, now);
  const [unit, size] =
    age >= DAY ? (['day', DAY] as const) : age >= HOUR ? (['hour', HOUR] as const) : (['minute', MINUTE] as const);
  const count = Math.floor(age / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
