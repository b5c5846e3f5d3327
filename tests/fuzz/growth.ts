// SPDX-License-Identifier: Apache-2.0
/**
 * Whether eight times the input takes about eight times the work. No clock decides: the work for one input is held against
 * the work for a smaller one of the same kind, on the same machine, in the same minute. What is quadratic takes 64 times.
 */
export const STEP = 8;

/** Linear work takes 8 times, on a busy machine up to 16; n·log n 11. What n·√n takes, 23 times, is too near to be told from that. */
const MOST = 24;

/**
 * Microseconds of processor time below which there is nothing to compare: the collection of garbage alone may take half of that, or
 * none at all. Quadratic work on the larger inputs takes far longer.
 */
const NOISE = 60_000;

/** Of what looks bad at first sight. */
const TRIES = 5;

/** Microseconds of processor time of this process. */
export async function workOf(body: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await body();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

/** How many times the work is that of the smaller input; 0 where the work is too little to tell. */
export async function growthOf(small: () => unknown, large: () => unknown): Promise<number> {
  let [less, more] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let time = 0; time < TRIES; time += 1) {
    more = Math.min(more, await workOf(large));
    if (more < NOISE) return 0;
    less = Math.min(less, await workOf(small));
    if (more <= less * STEP) break;
  }
  return more / less;
}

export const isLinear = (growth: number): boolean => growth <= MOST;
