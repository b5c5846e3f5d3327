// SPDX-License-Identifier: Apache-2.0
/** Commands, each with what it finds. The lab has the key `good`. */
import fs from 'node:fs';
import { expect } from 'vitest';
import { parseLogKey } from '../../src/core/signed-note.ts';
import { formatStatement } from '../../src/core/statement.ts';
import { parseSubmission } from '../../src/core/submission.ts';
import { parseTlogProof } from '../../src/core/tlog-proof.ts';
import { realPorts } from '../../src/io/ports.ts';
import { openTileLog } from '../../src/logs/tiles.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import type { Lab } from '../workflow/lab.ts';
import {
  IDENTITY,
  MANIFEST,
  makeLog,
  makeRelease,
  ORIGIN,
  PENDING,
  PROOF,
  putPolicy,
  signWords,
  submitWords,
  vkeyOf,
} from '../workflow/log-lab.ts';
import type { Scenario } from './stage.ts';

export type Scenarios = Readonly<Record<string, Scenario>>;

export function signScenarios(lab: Lab): Scenarios {
  const { at, put, done } = lab;
  const key = () => ['--key-file', lab.key('good')];
  return {
    'sign, for the first time': {
      command: 'sign',
      prepare: async () => put({ 'r/a': 'a', 'r/b': 'b' }),
      words: () => [...signWords(lab, 'r', '1'), ...key()],
      releases: ['r'],
    },
    'sign, below, where some is signed': {
      command: 'sign',
      prepare: async () => {
        put({ 'r/a': 'a', 'r/sub/b': 'b' });
        await done(['sign', at('r/a'), ...key()]);
      },
      words: () => ['sign', at('r'), '--recursive', '--sums', ...key()],
      releases: ['r'],
    },
    'sign --force, after a change': {
      command: 'sign',
      prepare: async () => {
        await makeRelease(lab);
        put({ 'r/b-1.whl': 'changed' });
      },
      words: () => [...signWords(lab, 'r', '1'), '--force', ...key()],
      mayVanish: [`r/${MANIFEST}.asc`],
      releases: ['r'],
    },
    'sign --published': {
      command: 'sign',
      prepare: async () => {
        await makeRelease(lab, 'site');
        await makeLog(lab);
        await done([...submitWords(lab, 'site'), ...IDENTITY]);
        put({ 'r/a-1.tar.gz': 'some bytes of 1', 'r/b-1.whl': '1' });
      },
      words: () => [...signWords(lab, 'r', '1'), '--published', at('site'), ...key()],
      releases: ['r'],
    },
  };
}

export function sumsScenarios(lab: Lab): Scenarios {
  const { at, put, done } = lab;
  const key = () => ['--key-file', lab.key('good')];
  const words = () => ['sums', at('r'), '--project', 'nova', '--release', '1', ...key()];
  return {
    'sums, for the first time': {
      command: 'sums',
      prepare: async () => {
        put({ 'r/a': 'a', 'r/b': 'b' });
        await done(['sign', at('r'), ...key()]);
      },
      words,
      releases: ['r'],
    },
    'sums --force, with proofs of the old manifest': {
      command: 'sums',
      prepare: async () => {
        await makeRelease(lab);
        await makeLog(lab);
        await done([...submitWords(lab), ...IDENTITY]);
        put({ 'r/c': 'one more' });
        await done(['sign', at('r'), ...key()]);
      },
      words: () => [...words(), '--force'],
      mayVanish: [`r/${MANIFEST}.asc`],
      look: (when) => expect(when === 'after' && fs.existsSync(at('r', PROOF))).toBe(false),
      releases: ['r'],
    },
  };
}

export function publishScenarios(lab: Lab): Scenarios {
  const { at, put, done } = lab;
  const words = () => ['publish', at('r'), '--to', at('site/tarballs'), '--certificate', lab.certificate('good')];
  return {
    'publish, into a new directory, and directories below': {
      command: 'publish',
      prepare: async () => {
        put({ 'r/a': 'a', 'r/sub/b': 'b' });
        await done(['sign', at('r'), '--recursive', '--sums', '--key-file', lab.key('good')]);
      },
      words,
      releases: ['r', 'site/tarballs'],
    },
    'publish, beside another release': {
      command: 'publish',
      prepare: async () => {
        await makeRelease(lab, 'earlier', '0');
        await done(['publish', at('earlier'), '--to', at('site/tarballs'), '--certificate', lab.certificate('good')]);
        await makeRelease(lab);
      },
      words,
      releases: ['site/tarballs'],
    },
    'publish, of a proof that came later': {
      command: 'publish',
      prepare: async () => {
        await makeRelease(lab);
        await done(words());
        await makeLog(lab);
        await done([...submitWords(lab), ...IDENTITY]);
      },
      words,
      releases: ['site/tarballs'],
    },
  };
}

/** Commands that write nothing. */
export function lookScenarios(lab: Lab): Scenarios {
  const { at, done } = lab;
  const prepare = async () => {
    await makeRelease(lab);
    await makeLog(lab);
    putPolicy(lab);
    await done([...submitWords(lab), ...IDENTITY]);
  };
  return {
    verify: { command: 'verify', prepare, words: () => ['verify', at('r'), '--policy', at('policy.yaml')] },
    'log inspect': { command: 'log inspect', prepare, words: () => ['log', 'inspect', at('log'), '--full'] },
  };
}

export function logScenarios(lab: Lab): Scenarios {
  const { at, done } = lab;
  const words = () => [...submitWords(lab), ...IDENTITY];
  const submission = (size: number, prepare: () => Promise<void> | void = () => undefined): Scenario => ({
    command: 'submit',
    prepare: async () => {
      await makeRelease(lab);
      await makeLogOf(lab, size);
      await prepare();
    },
    words,
    between: (name, content) => betweenTwo(lab, name, content),
    look: (when) => lookAtLog(lab, size, when),
    releases: ['r'],
  });
  return {
    'submit, into an empty log': submission(0),
    'submit, where a bundle becomes full': submission(255),
    'submit, into a log that has lost its state': submission(3, () => fs.rmSync(at('log.state'), { recursive: true })),
    'submit, of what is in the log, without its proof': submission(0, async () => {
      await done(words());
      fs.rmSync(at('r', PROOF));
    }),
    'log init': {
      command: 'log init',
      prepare: async () => {
        await makeLog(lab);
        for (const name of ['log', 'log.state']) fs.rmSync(at(name), { recursive: true });
      },
      words: () => ['log', 'init', at('log'), '--origin', ORIGIN, '--key', at('log.pem')],
      // what cannot be listed is not taken for a release
      spares: ['scandir'],
      look: () => {
        if (fs.existsSync(at('log/checkpoint'))) expect(entriesOf(lab)).toEqual([]);
      },
    },
  };
}

/** As an independent client reads them. */
export const entriesOf = (lab: Lab): readonly string[] =>
  readLog(directoryGet(lab.at('log')), vkeyOf(lab)).entries.map(String);

const others = (size: number): readonly string[] => Array.from({ length: size }, (_, n) => `entry ${n}`);

/** A log with so many other entries, all in one checkpoint. */
async function makeLogOf(lab: Lab, size: number): Promise<void> {
  await makeLog(lab);
  if (size === 0) return;
  const silent = { stdout: () => undefined, stderr: () => undefined, isTerminal: false, version: '0' };
  const log = await openTileLog(realPorts(silent, false), lab.at('log'), parseLogKey(lab.read('log.pem')));
  await log.append(others(size).map((entry) => Buffer.from(entry)));
}

/** What the log must hold, whatever happened: everything from before, in its place, and the statement once at most. */
function lookAtLog(lab: Lab, size: number, when: 'between' | 'after'): void {
  const now = entriesOf(lab);
  expect(now.slice(0, size)).toEqual(others(size));
  expect([size, size + 1].slice(when === 'after' ? 1 : 0)).toContain(now.length);
  if (!fs.existsSync(lab.at('r', PROOF))) return;
  const { extra, index } = parseTlogProof(lab.read('r', PROOF));
  expect([String(extra), index]).toEqual([now[size], size]);
}

/** The submission, which is there only in between, is whole; and hints may be written in part. */
export function betweenTwo(lab: Lab, name: string, content: string): boolean {
  if (name.startsWith('log.state/index/')) return true;
  // a state that was lost begins anew with what is published
  if (name === 'log.state/checkpoint') return content === lab.read('log/checkpoint').toString('latin1');
  if (name !== `r/${PENDING}`) return false;
  const { statement } = parseSubmission(Buffer.from(content, 'latin1'));
  return formatStatement(statement).length > 0;
}
