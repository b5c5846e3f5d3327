// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { describeAge, isOverdue } from '../../src/core/pending.ts';

const since = new Date('2026-04-01T12:00:00Z');

describe('the age of a submission', () => {
  it.each([
    ['2026-04-01T12:00:00Z', '0 minutes'],
    ['2026-04-01T12:01:59Z', '1 minute'],
    ['2026-04-01T12:59:59Z', '59 minutes'],
    ['2026-04-01T13:00:00Z', '1 hour'],
    ['2026-04-02T11:59:59Z', '23 hours'],
    ['2026-04-02T12:00:00Z', '1 day'],
    ['2027-04-01T12:00:00Z', '365 days'],
    ['2026-03-31T12:00:00Z', '0 minutes'],
  ])('is, at %s, %s', (now, age) => {
    expect(describeAge({ since }, new Date(now))).toBe(age);
  });

  it.each([
    ['2026-04-08T12:00:00Z', 7, false],
    ['2026-04-08T12:00:01Z', 7, true],
    ['2026-04-01T12:00:00Z', 0, false],
    ['2026-04-01T12:00:01Z', 0, true],
    // by the clock of the submitter, which is ahead
    ['2026-03-01T12:00:00Z', 0, false],
  ])('is, at %s, more than %i days: %s', (now, days, isLate) => {
    expect(isOverdue({ since }, new Date(now), days)).toBe(isLate);
  });
});
