// SPDX-License-Identifier: Apache-2.0
/**
 * Two runs at once. One stands still before a call that changes a file, each in its turn; meanwhile the other begins, and ends. Then
 * the first goes on.
 */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ED25519, fakeClock, impatient, type Run, useLab } from '../workflow/lab.ts';
import { IDENTITY, makeLog, makeRelease, putPolicy, submitWords } from '../workflow/log-lab.ts';
import { callsOf, type Ended, faults, run } from './injected.ts';
import { entriesOf } from './scenarios.ts';
import { allScenarios } from './server-scenarios.ts';
import { located, perform, recover, reset, type Stage, setTheStage, undisturbed } from './stage.ts';

const lab = useLab({ good: ED25519 });
const { at, done } = lab;

/** Both may end well. Where one cannot, it says why, and that another run is the reason. */
function expectEnds(first: Ended, other: Run): void {
  expect(first.stderr).not.toContain('a defect in this program');
  expect([0, 1], first.stderr).toContain(first.status);
  if (first.status === 1) expect(first.stderr).toMatch(/by somebody else meanwhile|changed .*meanwhile/);
  const errors = other.report.errors.map(({ kind, message }) => `${kind}: ${message}`).join('\n');
  expect([0, 1], errors).toContain(other.status);
  if (other.status === 1) expect(errors).toMatch(/^(?:pending|locked): .*another process/);
}

async function beside(stage: Stage): Promise<void> {
  const { scenario, now } = stage;
  for (const { number, name, path } of await undisturbed(stage)) {
    reset(stage);
    let other: Run | undefined;
    const meanwhile = async () => {
      other = await lab.run(scenario.words(), { ...scenario.ports, clock: fakeClock(now), lock: impatient });
    };
    const first = await perform(stage, { at: number, mishap: 'stop', meanwhile });
    await located(`call ${number}, ${name} ${path}`, async () => {
      expectEnds(first, other as Run);
      await recover(stage);
    });
  }
}

/** Some of the scenarios in CI; all of them with FAULT_POINTS. */
const IN_CI = [
  'sign, for the first time',
  'sign --force, after a change',
  'sums --force, with proofs of the old manifest',
  'publish, beside another release',
  'submit, into an empty log',
  'submit, to a Rekor log',
];

describe('two runs of the same at once', () => {
  it.each(Object.entries(allScenarios(lab)).filter(([name]) => faults.points > 500 || IN_CI.includes(name)))(
    'leave what one of them makes: %s',
    async (_, scenario) => {
      const stage = await setTheStage(lab, scenario);
      try {
        await beside(stage);
      } finally {
        fs.rmSync(stage.template, { recursive: true });
      }
    },
  );
});

describe('two writers on one log', () => {
  it('lose nothing, and log nothing twice', async () => {
    const words = (directory: string, release: string) => [
      ...submitWords(lab, directory),
      ...IDENTITY.slice(0, 2),
      '--release',
      release,
    ];
    const prepare = async () => {
      for (const name of ['r', 's', 'log', 'log.state', 'log.pem'])
        fs.rmSync(at(name), { recursive: true, force: true });
      await makeRelease(lab, 'r', '1');
      await makeRelease(lab, 's', '2');
      await makeLog(lab);
    };
    await prepare();
    const calls = await callsOf(words('r', '1'), { root: at() });
    for (const { number, name, path } of calls) {
      await prepare();
      let other: Run | undefined;
      const meanwhile = async () => {
        other = await lab.run(words('s', '2'), { lock: impatient });
      };
      const first = await run(words('r', '1'), { root: at(), at: number, mishap: 'stop', meanwhile });
      await located(`call ${number}, ${name} ${path}`, async () => {
        expectEnds(first, other as Run);
        const logged = [first.status, other?.status].filter((status) => status === 0).length;
        expect(logged).toBeGreaterThan(0);
        expect(entriesOf(lab)).toHaveLength(logged);
        await done(words('s', '2'));
        await done(words('r', '1'));
        const policy = putPolicy(lab);
        const proven = await Promise.all(
          ['r', 's'].map(async (directory) => done(['verify', at(directory), '--policy', policy])),
        );
        expect(proven.flatMap(({ logs }) => logs.map(({ index }) => index)).sort()).toEqual([0, 1]);
        expect(entriesOf(lab)).toHaveLength(2);
        await done(['log', 'inspect', at('log'), '--full']);
      });
    }
  });
});
