// SPDX-License-Identifier: Apache-2.0
/** `npm run bench`, on next to nothing: whether every row runs that needs no server. How fast it is, no test asks. */
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseReport } from '../../scripts/bench/report.ts';
import { type BenchStage, openBenchStage, processesOf, secretsLeft } from '../bench/stage.ts';

let stage: BenchStage;
let work = '';
beforeEach(() => {
  stage = openBenchStage();
  work = stage.directory;
});
afterEach(() => stage.close());

describe('npm run bench', () => {
  it('measures these rows, writes table and chart, and leaves nothing else', async () => {
    const before = secretsLeft();
    const { status, output } = await stage.run(['--rows', '1,2,3,4,5,6,7,8']);
    expect(status, output).toBe(0);
    const report = parseReport(fs.readFileSync(`${work}/out/measured.json`, 'utf8'));
    expect(report?.quick).toBe(true);
    expect([...new Set(report?.figures.map(({ row }) => row))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const numbers = report?.figures.flatMap(({ ours, theirs, ratio }) => [
      ours.value.median,
      theirs?.value.median ?? 1,
      ratio?.wall.median ?? 1,
    ]);
    expect(numbers?.filter((number) => !(number > 0))).toEqual([]);
    expect(fs.readdirSync(`${work}/out`).sort()).toEqual(['chart.svg', 'measured.json', 'table.inc']);
    expect(fs.readdirSync(`${work}/data`)).toEqual([]);
    expect(secretsLeft()).toEqual(before);
    expect(processesOf('/tmp/bench-keys-')).toEqual([]);
  });

  it('leaves nothing when it is interrupted, and says that it could not finish', async () => {
    const before = secretsLeft();
    const { status, output } = await stage.run(['--rows', '5'], {}, (child, said) => {
      // the key is there, and a play runs
      if (said.includes('row 5')) setTimeout(() => child.kill('SIGTERM'), 4000);
    });
    expect(status, output).toBe(1);
    expect(output).toContain('bench: error: ');
    expect(fs.existsSync(`${work}/out`)).toBe(false);
    expect(fs.readdirSync(`${work}/data`)).toEqual([]);
    expect(secretsLeft()).toEqual(before);
  });

  it('says what it lacks before it begins', async () => {
    fs.mkdirSync(`${work}/bin`);
    for (const name of ['sh', 'python3']) fs.symlinkSync(`/usr/bin/${name}`, `${work}/bin/${name}`);
    const { status, output } = await stage.run(['--rows', '1,4'], { PATH: `${work}/bin` });
    expect(status).toBe(2);
    expect(output).toContain('bench: error: "gpgv" is not installed; on Debian it comes with gpgv\n');
    expect(output).toContain('bench: error: "sha256sum" is not installed; on Debian it comes with coreutils\n');
    expect(output).not.toContain('"flock"');
    expect(fs.readdirSync(`${work}/data`)).toEqual([]);
  });

  it('refuses rows that are not there', async () => {
    const { status, output } = await stage.run(['--rows', '12']);
    expect(status).toBe(2);
    expect(output).toContain('--rows takes some of 1,2,3,4,5,6,7,8,9,10,11');
  });
});
