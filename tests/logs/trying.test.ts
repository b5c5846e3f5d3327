// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { retryAfter, tryUntilAnswered } from '../../src/logs/trying.ts';
import type { Answer } from '../../src/ports.ts';
import { refused } from '../refusal.ts';
import { fakeClock } from '../workflow/lab.ts';

const START = Date.parse('2026-11-22T10:00:00Z');

const answer = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers,
  body: new Uint8Array(),
});
const network = new Fault('network', 'the line is dead');

/** Gives these one after the other, the last one for ever. */
function asking(seconds: number, ...answers: readonly (Answer | Fault)[]) {
  const clock = fakeClock(new Date(START));
  const timeouts: number[] = [];
  const trying = { clock, end: new Date(START + seconds * 1000), timeout: 30_000 };
  const ask = async (timeout: number) => {
    timeouts.push(timeout);
    const next = answers[Math.min(timeouts.length, answers.length) - 1] ?? network;
    if (next instanceof Fault) throw next;
    return next;
  };
  return { clock, timeouts, trying, ask };
}

describe('asking again', () => {
  it.each([200, 201, 400, 403, 404, 405, 409, 413, 422])('P11 does not happen after %s', async (status) => {
    const { trying, ask, timeouts } = asking(60, answer(status));
    expect((await tryUntilAnswered(trying, ask)).status).toBe(status);
    expect(timeouts).toEqual([30_000]);
  });

  it.each([408, 425, 429, 499, 500, 502, 503, 504])('P11 happens after %s, with pauses that grow', async (status) => {
    const { trying, ask, clock } = asking(60, ...Array<Answer>(5).fill(answer(status)), answer(201));
    expect((await tryUntilAnswered(trying, ask)).status).toBe(201);
    const bounds = [1000, 2000, 4000, 8000, 15_000];
    expect(clock.slept).toHaveLength(5);
    for (const [at, pause] of clock.slept.entries()) {
      const most = bounds[at] ?? 0;
      expect(pause).toBeGreaterThanOrEqual(most / 2);
      expect(pause).toBeLessThanOrEqual(most);
    }
  });

  it('happens where nothing comes', async () => {
    const { trying, ask } = asking(60, network, network, answer(201));
    expect((await tryUntilAnswered(trying, ask)).status).toBe(201);
  });

  it('happens after an answer that is not final', async () => {
    const { trying, ask } = asking(60, answer(404), answer(200));
    expect((await tryUntilAnswered(trying, ask, ({ status }) => status === 404)).status).toBe(200);
  });

  it('waits as long as the server says', async () => {
    const { trying, ask, clock } = asking(60, answer(429, { 'retry-after': '7' }), answer(201));
    await tryUntilAnswered(trying, ask);
    expect(clock.slept).toEqual([7000]);
  });

  it.each(['0', 'Sun, 22 Nov 2026 09:00:00 GMT'])('waits for a while also where it says %s', async (said) => {
    const { trying, ask, clock } = asking(60, answer(429, { 'retry-after': said }));
    await refused('network', tryUntilAnswered(trying, ask));
    expect(clock.slept.every((pause) => pause >= 500)).toBe(true);
  });

  it('tells whether an answer came to the first request', async () => {
    const one = asking(60, answer(400));
    expect((await tryUntilAnswered(one.trying, one.ask)).isFirst).toBe(true);
    const two = asking(60, network, answer(400));
    expect((await tryUntilAnswered(two.trying, two.ask)).isFirst).toBe(false);
  });

  it('P11 ends at the deadline, with the last problem, and does not wait for it', async () => {
    const { trying, ask, clock } = asking(60, answer(503));
    expect((await refused('network', tryUntilAnswered(trying, ask))).message).toBe('it answers 503');
    expect(clock.now().getTime()).toBeLessThan(START + 60_000);
    const late = asking(60, answer(429, { 'retry-after': '61' }));
    await refused('network', tryUntilAnswered(late.trying, late.ask));
    expect(late.clock.slept).toEqual([]);
    const dead = asking(60, network);
    expect((await refused('network', tryUntilAnswered(dead.trying, dead.ask))).message).toBe('the line is dead');
  });

  it('gives an answer no more time than is left, and none where none is left', async () => {
    const { trying, ask, timeouts } = asking(31, answer(429, { 'retry-after': '11' }), answer(201));
    await tryUntilAnswered(trying, ask);
    expect(timeouts).toEqual([30_000, 20_000]);
    const late = asking(0, answer(201));
    expect((await refused('network', tryUntilAnswered(late.trying, late.ask))).message).toMatch(/no time left/);
    expect(late.timeouts).toEqual([]);
  });

  it('does not happen where an answer would be cut short', async () => {
    const half = asking(8.5, answer(429, { 'retry-after': '8' }), answer(201));
    expect((await refused('network', tryUntilAnswered(half.trying, half.ask))).message).toBe('it answers 429');
    expect(half.timeouts).toEqual([8500]);
    const whole = asking(9, answer(429, { 'retry-after': '8' }), answer(201));
    await tryUntilAnswered(whole.trying, whole.ask);
    expect(whole.timeouts).toEqual([9000, 1000]);
  });

  it('does not happen after a defect', async () => {
    const { trying } = asking(60);
    const defect = () => Promise.reject(new TypeError('a defect'));
    await expect(tryUntilAnswered(trying, defect)).rejects.toThrow(TypeError);
    const other = () => Promise.reject(new Fault('bad-format', 'too long'));
    await refused('bad-format', tryUntilAnswered(trying, other));
  });
});

describe('Retry-After', () => {
  const said = (value?: string) =>
    retryAfter({ headers: value === undefined ? {} : { 'retry-after': value } }, new Date(START));
  it.each([
    [undefined, undefined],
    ['0', 0],
    ['120', 120_000],
    ['Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
    ['Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
  ])('%j is %j milliseconds', (value, milliseconds) => {
    expect(said(value)).toBe(milliseconds);
  });
});
