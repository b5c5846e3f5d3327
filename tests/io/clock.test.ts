// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { systemClock } from '../../src/io/clock.ts';

it('the clock tells the time, and sleeps in milliseconds', async () => {
  const clock = systemClock();
  const [before, began] = [Date.now(), clock.now().getTime()];
  await clock.sleep(20);
  const ended = clock.now().getTime();
  expect(began).toBeGreaterThanOrEqual(before);
  // timers may fire a millisecond early
  expect(ended - began).toBeGreaterThanOrEqual(19);
  expect(ended).toBeLessThanOrEqual(Date.now());
});
