// SPDX-License-Identifier: Apache-2.0
/**
 * What comes instead of an answer, whatever is asked: it is no answer, and no evidence. The submission stays pending, nothing is
 * proven by it, and the next run finishes it with one entry. The fast tests try it where a submission begins, and where a tile is
 * asked for; those of faults everywhere else.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { headOf } from '../logs/fake-sigsum.ts';
import { ED25519, namesIn, useLab } from '../workflow/lab.ts';
import { type Front, frontOf, type Mischief, type Passage, type Reply } from './front.ts';
import {
  type Backend,
  expectFinished,
  expectNothing,
  hurried,
  makeStage,
  openWorld,
  type SigsumWorld,
  submitTo,
  unhurried,
  type World,
} from './worlds.ts';

/** Where a redirection leads. */
let elsewhere: Front;
export const openElsewhere = async (): Promise<Front> => {
  elsewhere = await frontOf('http://127.0.0.1:1');
  return elsewhere;
};

const PAGE = Buffer.from('<html><title>Please log in</title></html>');
const reply = (status: number, body: Buffer, headers: Readonly<Record<string, string>> = {}): Reply => ({
  ...{ status, body, headers },
});
const half = (body: Buffer): Buffer => body.subarray(0, Math.max(1, body.length >> 1));

/** Writes for ever, as fast as it is read, or a byte now and then. */
function pour({ response }: Passage, chunk: Buffer, pause: number): undefined {
  response.writeHead(200);
  const more = () => {
    if (!response.destroyed) response.write(chunk, () => void setTimeout(more, pause));
  };
  more();
}

export const DRIPPING = 'a byte now and then';

/** Each has let the log do what it was asked, where that can be. */
export const ANSWERS: readonly (readonly [string, Mischief])[] = [
  ['half of it', async ({ pass }) => pass().then((honest) => ({ ...honest, body: half(honest.body) }))],
  ['more than can be', async (passage) => passage.pass().then(() => pour(passage, Buffer.alloc(65_536, 'x'), 0))],
  ['a page instead of it', async ({ pass }) => pass().then(() => reply(200, PAGE, { 'content-type': 'text/html' }))],
  ['404 and nothing', () => reply(404, Buffer.alloc(0))],
  ['429, and when to come back', () => reply(429, Buffer.alloc(0), { 'retry-after': '3' })],
  ['502 and a page', async ({ pass }) => pass().then(() => reply(502, PAGE))],
  [DRIPPING, async (passage) => passage.pass().then(() => pour(passage, Buffer.from('x'), 20))],
  [
    'half of it, and a reset',
    async ({ pass, response }) => {
      const { status, headers, body } = await pass();
      response.writeHead(status, { ...headers, 'content-length': `${body.length + 2}` });
      response.write(half(body), () => response.destroy());
      return undefined;
    },
  ],
  ['the address of another server', () => reply(307, Buffer.alloc(0), { location: elsewhere.url })],
];

/** Whatever a log is asked, until it has given all, and what comes before it: some things are asked only of a log that has the entry. */
type Place = readonly [Backend, what: string, asked: RegExp, first: 'nothing' | 'a lost reply' | 'an earlier head'];

/** Where a submission begins, and a tile, which other code asks for. */
export const FIRST_PLACES: readonly Place[] = [
  ['rekor v1', 'to take the entry', /^POST /, 'nothing'],
  ['rekor v2', 'to take the entry', /^POST /, 'nothing'],
  ['rekor v2', 'for a tile', /\/tile\/0\//, 'a lost reply'],
  ['sigsum', 'to take the leaf', /\/add-leaf$/, 'nothing'],
  ['tiles', 'to vouch, which is its witness', /\/add-checkpoint$/, 'nothing'],
];

export const LATER_PLACES: readonly Place[] = [
  ['rekor v1', 'for the entry that it has', /^GET .*\/entries\//, 'a lost reply'],
  ['rekor v2', 'for its checkpoint', /\/checkpoint$/, 'a lost reply'],
  ['rekor v2', 'for its entries', /\/tile\/entries\//, 'a lost reply'],
  ['sigsum', 'for its tree head', /\/get-tree-head$/, 'nothing'],
  ['sigsum', 'for the inclusion proof', /\/get-inclusion-proof\//, 'nothing'],
  ['sigsum', 'to show that its tree has grown', /\/get-consistency-proof\//, 'an earlier head'],
];

/** Its first tree head is that of a moment ago: with the next one, it has to show how they belong together. */
function showEarlier(world: World): void {
  const { log } = world as SigsumWorld;
  const earlier = { size: log.leaves.length, log: log.log, witnesses: log.witnesses };
  log.misbehave = (asked, honest) => {
    if (asked !== 'GET get-tree-head') return honest();
    log.misbehave = undefined;
    return { status: 200, body: headOf(log.leaves, earlier) };
  };
}

/** Who is told that the address is wrong, by the first answer, has used it wrongly: nothing was logged. Everything else may pass. */
const WRONG_ADDRESS = ['404 and nothing', 'the address of another server'];
const statusOf = (backend: Backend, asked: RegExp, answer: string): 1 | 2 =>
  backend.startsWith('rekor') && asked.test('POST ') && WRONG_ADDRESS.includes(answer) ? 2 : 1;

/** A Sigsum log has taken the leaf where it says 200, whatever stands below. */
const isAnswered = (what: string, answer: string): boolean =>
  what === 'to take the leaf' && ['half of it', 'a page instead of it'].includes(answer);

/** The tests of these places. */
export function tryAnswers(places: readonly Place[]): void {
  const lab = useLab({ good: ED25519 });
  beforeEach(async () => {
    await makeStage(lab);
    await openElsewhere();
  });
  describe.each(places)('%s, asked %s,', (backend, what, asked, first) => {
    it.each(ANSWERS.filter(([answer]) => !isAnswered(what, answer)))('that gives %s', async (answer, mischief) => {
      const world = await openWorld(lab, backend);
      if (first === 'an earlier head') showEarlier(world);
      const names = namesIn(lab.at('r'));
      let lied = 0;
      world.front.mischief = async (passage) => {
        if (asked.test(passage.asked)) {
          lied += 1;
          return mischief(passage);
        }
        const honest = await passage.pass();
        return first === 'a lost reply' && honest.status === 201 ? void passage.response.destroy() : honest;
      };
      const ports = answer === DRIPPING ? hurried(250) : unhurried();
      const run = await submitTo(world, ports);
      const status = statusOf(backend, asked, answer);
      expect({ status: run.status, said: run.report.status }).toEqual({
        ...{ status, said: status === 2 ? 'usage' : 'pending' },
      });
      expect(run.report.errors.every(({ evidence }) => evidence === undefined)).toBe(true);
      await expectNothing(world, names, run);
      expect(lied).toBeGreaterThan(0);
      expect(world.front.asked.length).toBeLessThan(25);
      expect(elsewhere.asked).toEqual([]);
      const { slept } = ports.clock;
      if (answer.startsWith('429')) expect(slept.slice(slept.length - lied + 1).every((one) => one >= 3000)).toBe(true);
      world.front.mischief = undefined;
      await expectFinished(world);
    });
  });
}
