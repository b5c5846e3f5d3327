// SPDX-License-Identifier: Apache-2.0
/** The rows of `npm run bench` that need programs of others, on next to nothing: whether they run. */
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReport } from '../../scripts/bench/report.ts';
import { type BenchStage, openBenchStage, processesOf, secretsLeft } from '../bench/stage.ts';

let stage: BenchStage;
beforeEach(() => {
  stage = openBenchStage();
});
afterEach(() => stage.close());

describe('npm run bench', () => {
  it('measures rows 9 to 11, and leaves no server', async () => {
    const before = secretsLeft();
    const { status, output } = await stage.run(['--rows', '9,10,11']);
    expect(status, output).toBe(0);
    const report = parseReport(fs.readFileSync(`${stage.directory}/out/measured.json`, 'utf8'));
    expect(report?.figures.map(({ row }) => row)).toEqual([9, 9, 10, 10, 11, 11, 11]);
    for (const { ours, theirs, ratio, work } of report?.figures ?? [])
      for (const one of [ours.value, theirs?.value, ratio?.wall]) expect(one?.median, work).toBeGreaterThan(0);
    expect(fs.readdirSync(`${stage.directory}/data`)).toEqual([]);
    expect(secretsLeft()).toEqual(before);
    expect(processesOf(stage.directory)).toEqual([]);
  });

  it('ends its servers when it is interrupted', async () => {
    const before = secretsLeft();
    const data = `${stage.directory}/data/`;
    let running = 0;
    const { status, output } = await stage.run(['--rows', '10'], {}, (child, said) => {
      if (running > 0 || !said.includes('a Sigsum log answers')) return;
      running = processesOf(data).length;
      child.kill('SIGTERM');
    });
    expect(status, output).toBe(1);
    // the log and two witnesses
    expect(running).toBeGreaterThanOrEqual(3);
    expect(processesOf(data)).toEqual([]);
    expect(fs.readdirSync(`${stage.directory}/data`)).toEqual([]);
    expect(secretsLeft()).toEqual(before);
  });
});
