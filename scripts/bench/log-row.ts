// SPDX-License-Identifier: Apache-2.0
/** Row 8: what a submission costs in a small log and in a large one, and how many entries a log takes. */
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { type Figure, type Ratio, ratioOf, ratios, spreadOf, timeOf } from './figure.ts';
import { type Lab, makeFiles, OURS } from './lab.ts';
import { inTurn, type Took, type Work } from './measure.ts';
import { countName, type Sizes } from './rows.ts';

const WORKER = path.join(import.meta.dirname, 'log-worker.ts');
const MANIFEST = 'nova-1.SHA256SUMS';

/** Proofs that are made in one process. */
const PROOFS = 200;

interface Log {
  readonly directory: string;
  readonly size: number;
  readonly name: string;
}

export async function logRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  const logKey = lab.secretAt('log.pem');
  const [program = '', ...args] = OURS;
  await runCommand(program, [...args, 'key', 'generate-log-key', '--for', 'tiles', '--out', logKey]);
  const worker = (verb: string, { directory, name }: Log, count: number): Work => ({
    name,
    argv: [process.execPath, WORKER, verb, directory, logKey, String(count)],
  });
  const [small, large] = sizes.logs.map((size) => ({
    directory: lab.at(`log-${size}`),
    size,
    name: `a log of ${countName(size)} entries`,
  })) as [Log, Log];
  for (const log of [small, large]) {
    lab.say(`making ${log.name}`);
    await inTurn([worker('fill', log, log.size)], 1);
  }
  const submissions = await prepareSubmissions(lab, logKey);
  const submits = await inTurn([submissions(large), submissions(small)], sizes.manyRuns);
  const proofs = await inTurn([worker('prove', large, PROOFS), worker('prove', small, PROOFS)], sizes.runs);
  const fresh: Log = { directory: lab.at('log-fresh'), size: 0, name: 'a new log' };
  await inTurn([worker('fill', fresh, 0)], 1);
  const [one = []] = await inTurn([worker('one', fresh, sizes.entries)], 1);
  const [batch = []] = await inTurn([worker('batch', fresh, sizes.entries)], 1);
  for (const { directory } of [small, large, fresh]) removeLog(directory);
  return [
    growth(submits, large, small),
    proofOfOld(proofs, large, small),
    rate(`${countName(sizes.entries)} entries appended to a new log, one by one`, one, sizes.entries),
    rate(`${countName(sizes.entries)} entries appended to a new log in one batch`, batch, sizes.entries),
  ];
}

/** Whole processes: each submission is a statement of its own. */
async function prepareSubmissions(lab: Lab, logKey: string) {
  const key = await lab.key('ed25519');
  const release = lab.at('submitted');
  makeFiles(release, 1, 1000);
  const [program = '', ...args] = OURS;
  const sign = ['sign', release, '--sums', '--project', 'nova', '--release', '1', '--key-file', key.secret, '--quiet'];
  await runCommand(program, [...args, ...sign]);
  let next = 0;
  return ({ directory, name }: Log): Work => {
    const argv = [...OURS, 'submit', release, '--log', `tiles:${directory}`, '--log-key', logKey, '--quiet'];
    argv.push('--certificate', key.certificate, '--project', 'opendev.org/openstack/nova', '--release', '');
    return {
      name,
      argv,
      before: () => {
        fs.rmSync(path.join(release, `${MANIFEST}.tlog-proof`), { force: true });
        next += 1;
        argv[argv.length - 1] = String(next);
      },
      after: () => fs.accessSync(path.join(release, `${MANIFEST}.tlog-proof`)),
    };
  };
}

const growth = ([ours = [], theirs = []]: readonly (readonly Took[])[], large: Log, small: Log): Figure => ({
  row: 8,
  work: `one release submitted to ${large.name}`,
  ours: timeOf('artifact-signing submit', ours),
  theirs: timeOf(`to ${small.name}`, theirs),
  ratio: ratioOf('slower', ours, theirs),
  goal: { is: 'at-most', value: 1.2, of: 'ratio' },
});

/** What a worker says, without the start of its process. */
export const secondsOf = ({ said }: Took): number => Number(/^seconds (\S+)$/m.exec(said)?.[1]);

function proofOfOld([ours = [], theirs = []]: readonly (readonly Took[])[], large: Log, small: Log): Figure {
  const [of, inSmall] = [ours, theirs].map((took) => took.map((one) => secondsOf(one) / PROOFS)) as [
    number[],
    number[],
  ];
  const ratio: Ratio = { direction: 'slower', wall: spreadOf(ratios('slower', of, inSmall)) };
  return {
    row: 8,
    work: `the proof of an old entry of ${large.name}`,
    ours: { name: 'the tile log', unit: 's', value: spreadOf(of) },
    theirs: { name: `of ${small.name}`, unit: 's', value: spreadOf(inSmall) },
    ratio,
  };
}

const rate = (work: string, took: readonly Took[], entries: number): Figure => ({
  row: 8,
  work,
  ours: { name: 'the tile log', unit: '/s', value: spreadOf(took.map((one) => entries / secondsOf(one))) },
});

function removeLog(directory: string): void {
  for (const made of [directory, `${directory}.state`]) fs.rmSync(made, { recursive: true, force: true });
}
