// SPDX-License-Identifier: Apache-2.0
/** The system refuses one call after the other, of those that change files and of those that read them; or takes half of a write. */

import fs from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ED25519, temporaryIn, useLab } from '../workflow/lab.ts';
import { type Call, type CallClass, callsOf, faults } from './injected.ts';
import { lookScenarios } from './scenarios.ts';
import { allScenarios } from './server-scenarios.ts';
import {
  expectSame,
  located,
  perform,
  recover,
  reset,
  type Scenario,
  type Stage,
  seen,
  setTheStage,
  undisturbed,
} from './stage.ts';

const lab = useLab({ good: ED25519 });
const { ENOSPC, EIO, EACCES, EROFS, EDQUOT } = constants.errno;

/** What is said of each. */
const WORDS: Readonly<Record<number, string>> = {
  [ENOSPC]: 'no space left on the disk',
  [EDQUOT]: 'the disk quota is used up',
  [EIO]: 'the disk reports an input/output error',
  [EACCES]: 'permission denied',
  [EROFS]: 'the file system is read-only',
};

const all = allScenarios(lab);

const looking = lookScenarios(lab);

/** Some of the scenarios in CI; all of them with FAULT_POINTS. */
const some = (...names: readonly string[]) =>
  Object.entries(all).filter(([name]) => faults.points > 500 || names.includes(name));

/** In turn, so that each call meets another one in each scenario. */
const inTurn = (errors: readonly number[], call: Call): number => errors[call.number % errors.length] ?? EIO;

async function onStage(scenario: Scenario, body: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await setTheStage(lab, scenario);
  try {
    await body(stage);
  } finally {
    fs.rmSync(stage.template, { recursive: true });
  }
}

async function refuseEverywhere(stage: Stage, of: CallClass, errors: readonly number[]): Promise<void> {
  const { spares = [] } = stage.scenario;
  const problems: string[] = [];
  for (const call of await undisturbed(stage, of)) {
    const error = inTurn(errors, call);
    reset(stage);
    const { status, signal, stderr } = await perform(stage, { of, at: call.number, mishap: error });
    await located(`errno ${error} at ${call.name} ${call.path}\n${stderr}`, async () => {
      expect(signal).toBeNull();
      expect(stderr).not.toContain('a defect in this program');
      // that a directory cannot be made is no matter where it is there
      if (!['mkdir', ...spares].includes(call.name) || stderr !== '') {
        expect(status).toBe(1);
        expect(stderr).toContain(WORDS[error]);
        expect(stderr).toMatch(/^artifact-signing: error: /);
      }
      await seen(stage);
      if (call.name !== 'unlink') expect(temporaryIn(lab.at())).toEqual([]);
      await recover(stage);
    }).catch((problem) => problems.push(String(problem)));
  }
  expect(problems.join('\n\n')).toBe('');
}

/** What is left of a write takes another one, of libuv's or of ours. */
async function halveEverywhere(stage: Stage): Promise<void> {
  const { scenario, now } = stage;
  const calls = await undisturbed(stage);
  const writes = calls.filter(({ name }) => name === 'write');
  expect(writes).not.toEqual([]);
  for (const { number, path } of writes) {
    reset(stage);
    const met = await callsOf(scenario.words(), { root: lab.at(), clock: now, at: number, mishap: 'short' });
    await located(`half of what was written to ${path}`, async () => {
      expect(met).toHaveLength(calls.length + 1);
      expectSame(stage);
    });
  }
}

describe('a system that refuses a call that changes a file', () => {
  it.each(
    some(
      'sign, for the first time',
      'sums --force, with proofs of the old manifest',
      'publish, into a new directory, and directories below',
      'submit, into an empty log',
      'submit, to a Rekor log',
      'log init',
    ),
  )('is told as such, and nothing is lost: %s', async (_, scenario) =>
    onStage(scenario, async (stage) => refuseEverywhere(stage, 'change', [ENOSPC, EIO, EACCES, EROFS, EDQUOT])),
  );
});

describe('a system that takes half of a write', () => {
  it.each(some('sign, for the first time', 'submit, into an empty log', 'submit, to a Rekor log'))(
    'is given the other half: %s',
    async (_, scenario) => onStage(scenario, halveEverywhere),
  );
});

describe('a system that refuses to read', () => {
  const writing = some(
    'sign, for the first time',
    'sums, for the first time',
    'publish, beside another release',
    'submit, into an empty log',
    'log init',
  );
  it.each([...writing, ...Object.entries(looking)])('is told as such, and nothing is lost: %s', async (_, scenario) =>
    onStage(scenario, async (stage) => refuseEverywhere(stage, 'read', [EIO, EACCES])),
  );
});
