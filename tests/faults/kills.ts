// SPDX-License-Identifier: Apache-2.0
/** Kills a command at every call that changes a file, and at random. */
import fs from 'node:fs';
import { expect } from 'vitest';
import { Random } from '../fuzz/random.ts';
import type { Lab } from '../workflow/lab.ts';
import { faults, type Mishap, tally } from './injected.ts';
import {
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

interface Counted extends Stage {
  points: number;
}

/** Random rounds for each scenario: what FAULT_POINTS asks for beyond what CI has, and a few in any case. */
const ROUNDS = 3 + Math.ceil((faults.points - 500) / 30);

/** Kills a command everywhere and at random, and tallies the points. */
export const killEverywhere = async (lab: Lab, scenario: Scenario): Promise<void> =>
  counted(lab, scenario, scenario.command, async (stage) => {
    const calls = await undisturbed(stage);
    expect(calls.length, 'calls that change a file').toBeGreaterThan(0);
    // after a call is before the next one
    for (const { number, name } of calls) {
      await killAt(stage, number, 'before');
      if (name === 'write') await killAt(stage, number, 'half');
    }
    await killAt(stage, calls.length, 'after');
    const random = new Random(faults.seed, scenario.command);
    for (let round = 0; round < ROUNDS; round += 1) await killAtRandom(stage, calls.length, random);
  });

/** Kills `submit` before each call on a socket: before it has asked a server, before it has the answer, and in between. */
export const killTalking = async (lab: Lab, scenario: Scenario): Promise<void> =>
  counted(lab, scenario, `${scenario.command} (sockets)`, async (stage) => {
    const calls = await undisturbed(stage, 'talk');
    for (const { number, name } of calls) {
      reset(stage);
      const { signal, stderr } = await perform(stage, { of: 'talk', at: number, mishap: 'before' });
      // what came in two pieces may come in one
      if (signal === 'SIGKILL') stage.points += 1;
      await located(`killed before ${name} ${number} on a socket: ${stderr}`, async () => recover(stage));
    }
    expect(stage.points, 'calls on sockets').toBeGreaterThan(Math.max(2, calls.length / 2));
  });

/** Sets the stage, clears it, and tallies the points under this label. */
async function counted(lab: Lab, scenario: Scenario, label: string, kill: (stage: Counted) => Promise<void>) {
  const stage: Counted = { ...(await setTheStage(lab, scenario)), points: 0 };
  try {
    await kill(stage);
  } finally {
    fs.rmSync(stage.template, { recursive: true });
    tally(label, stage.points);
  }
}

async function killAt(stage: Counted, at: number, mishap: Mishap): Promise<void> {
  reset(stage);
  const { signal } = await perform(stage, { at, mishap });
  stage.points += 1;
  await located(`killed ${mishap} call ${at}`, async () => {
    expect(signal).toBe('SIGKILL');
    await recover(stage);
  });
}

/** One after the other, without anybody who clears up in between, and the last at a random time. */
async function killAtRandom(stage: Counted, calls: number, random: Random): Promise<void> {
  reset(stage);
  const steps: string[] = [];
  for (const mishap of random.pick([[], ['before'], ['half', 'after'], ['after', 'before', 'half']] as const)) {
    const at = 1 + random.below(calls);
    const { signal } = await perform(stage, { at, mishap });
    steps.push(`${mishap} call ${at}`);
    // a run that finds more done has less to do
    if (signal === 'SIGKILL') stage.points += 1;
    await located(`killed ${steps.join(', ')}`, async () => seen(stage));
  }
  const delay = stage.duration * (0.4 + random.below(700) / 1000);
  const { signal } = await perform(stage, { killAfter: delay });
  steps.push(`after ${Math.round(delay)} ms`);
  if (signal === 'SIGKILL') stage.points += 1;
  await located(`killed ${steps.join(', ')}`, async () => recover(stage));
}
