// SPDX-License-Identifier: Apache-2.0
/**
 * Whatever fails, in whatever order, of whoever submits: a log gets at most one entry of a release, and a run that succeeds leaves a proof
 * of it that verifies offline. A history is some runs; what happens to each of its requests, and before which step on the files it
 * is killed, is drawn by fast-check.
 */
import fs from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Files, Http, Ports } from '../../src/ports.ts';
import { type Operation, observedFiles } from '../logs/observed-files.ts';
import { type Lab, realFiles } from '../workflow/lab.ts';
import type { Mischief } from './front.ts';
import { type Backend, expectProven, makeStage, openWorld, submitTo, unhurried, type World } from './worlds.ts';

/** What can happen to a request. That a log says 409 comes by itself, after a reply that was lost. */
const EVENTS: Readonly<Record<string, Mischief>> = {
  'is answered': ({ pass }) => pass(),
  'is lost': ({ response }) => void response.destroy(),
  'has its reply lost': async ({ pass, response }) => void (await pass().then(() => response.destroy())),
  'is refused by a proxy': () => failing(503),
  'has its answer replaced by a proxy': async ({ pass }) => pass().then(() => failing(502)),
  'comes to a frozen log': ({ asked, pass }) => (asked.startsWith('POST') ? failing(405) : pass()),
  'is not wanted': () => failing(403),
  'is too much': async ({ pass }) => pass().then((honest) => ({ ...honest, body: Buffer.alloc(300_000, 'x') })),
};
const failing = (status: number) => ({ status, headers: {}, body: Buffer.alloc(0) });
type Event = keyof typeof EVENTS;

interface Submission {
  /** Two have keys of their own, where the log lets them; the policy names both. */
  readonly by: 'one' | 'other';
  /** To its requests, one after the other; all later ones are answered. */
  readonly events: readonly Event[];
  /** Dies before so many steps on files, or goes on to its end. */
  readonly steps: number | undefined;
}

const SUBMISSION: fc.Arbitrary<Submission> = fc.record({
  by: fc.constantFrom('one', 'other'),
  events: fc.array(fc.constantFrom(...Object.keys(EVENTS)), { maxLength: 5 }),
  steps: fc.option(fc.nat({ max: 40 }), { nil: undefined, freq: 2 }),
});

const dead = (): Promise<never> => Promise.reject(new Error('the machine is dead'));

/** Ports of a process that is killed before a step that changes files; nothing it does after that has any effect. */
function mortal(steps: number): Partial<Ports> {
  const { http, clock } = unhurried();
  let left = steps;
  const CHANGING: readonly Operation['name'][] = ['create', 'commit', 'append', 'makeDirectory', 'remove'];
  const files: Files = observedFiles(realFiles(), async ({ name }, body) => {
    if (left <= 0) return dead();
    if (CHANGING.includes(name)) left -= 1;
    return left <= 0 && CHANGING.includes(name) ? dead() : body();
  });
  const asking: Http = {
    ...http,
    post: async (...request) => (left <= 0 ? dead() : http.post(...request)),
    ask: async (...request) => (left <= 0 ? dead() : http.ask(...request)),
  };
  return { files, clock, http: asking };
}

async function run(world: World, { by, events, steps }: Submission): Promise<void> {
  const left = [...events];
  world.front.mischief = (passage) => EVENTS[left.shift() ?? 'is answered']?.(passage);
  const words =
    by === 'one' ? world.words : world.words.map((word) => word.replace(/(rekor|sigsum)\.pem$/, 'other-$1.pem'));
  const { status } = await submitTo({ ...world, words }, steps === undefined ? unhurried() : mortal(steps));
  expect(world.ours()).toBeLessThanOrEqual(1);
  if (status === 0) await expectProven(world);
}

/** So many histories, each in a stage of its own, and each with a run in the end in which nothing fails. */
export async function checkInterleavings(lab: Lab, backend: Backend, numRuns: number): Promise<void> {
  const history = fc.array(SUBMISSION, { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(history, async (submissions) => {
      fs.rmSync(lab.at(), { recursive: true });
      fs.mkdirSync(lab.at());
      await makeStage(lab);
      const world = await openWorld(lab, backend);
      for (const submission of submissions) await run(world, submission);
      await run(world, { by: 'one', events: [], steps: undefined });
      await expectProven(world);
    }),
    { numRuns },
  );
}
