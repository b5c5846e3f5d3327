// SPDX-License-Identifier: Apache-2.0
import type { Clock, Ports } from '../ports.ts';

/** A clock that says, whenever something waits for the next try, for how long it has been waited already. `total`: seconds. */
export function waitingClock(
  { clock, progress }: Pick<Ports, 'clock' | 'progress'>,
  what: string,
  total: number,
): Clock {
  let begun: number | undefined;
  return {
    now: () => clock.now(),
    sleep: async (duration) => {
      const now = clock.now().getTime();
      begun ??= now;
      progress.report(`seconds waited for ${what}`, Math.round((now - begun) / 1000), total);
      await clock.sleep(duration);
    },
  };
}
