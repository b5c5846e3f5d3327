// SPDX-License-Identifier: Apache-2.0
/** Rows 6 and 7: how much memory a process takes, and how long it takes to begin. */
import fs from 'node:fs';
import { type Figure, ratioOf, spreadOf, timeOf } from './figure.ts';
import { keepOnly, type Lab, makeFiles, OURS } from './lab.ts';
import { inTurn, type Took, type Work } from './measure.ts';
import { type Sizes, sizeName } from './rows.ts';

/** Row 6. The file is a hole: what matters is how much of it is held at once. */
export async function memoryRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  const directory = lab.at('memory');
  fs.mkdirSync(directory);
  fs.closeSync(fs.openSync(`${directory}/huge.tar.gz`, 'wx'));
  fs.truncateSync(`${directory}/huge.tar.gz`, sizes.huge);
  const key = await lab.key('ed25519');
  const sign: Work = {
    name: 'artifact-signing sign --sums',
    argv: [...OURS, 'sign', directory, '--sums', '--key-file', key.secret, '--quiet'],
    before: () => keepOnly(directory, ['huge.tar.gz']),
  };
  const verify: Work = {
    name: 'artifact-signing verify',
    argv: [...OURS, 'verify', directory, '--certificate', key.certificate, '--quiet'],
  };
  const [signed = [], verified = []] = await inTurn([sign, verify], sizes.fewRuns);
  return [
    memory(`the most memory while ${sizeName(sizes.huge)} are signed and listed`, sign, signed),
    memory(`the most memory while ${sizeName(sizes.huge)} are verified`, verify, verified),
  ];
}

const memory = (work: string, { name }: Work, took: readonly Took[]): Figure => ({
  row: 6,
  work,
  ours: { name, unit: 'MB', value: spreadOf(took.map((one) => one.memory / 1e6)) },
  goal: { is: 'at-most', value: 128, of: 'value' },
});

/** Row 7. */
export async function startRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  const directory = lab.at('start');
  const names = makeFiles(directory, 1, sizes.file);
  const key = await lab.key('ed25519');
  const bare: Work = { name: 'node -e 0', argv: [process.execPath, '-e', '0'] };
  const works: readonly (readonly [Work, atMost: number])[] = [
    [{ name: 'artifact-signing --version', argv: [...OURS, '--version'] }, 1.4],
    [{ name: 'artifact-signing --help', argv: [...OURS, '--help'] }, 4],
    [
      {
        name: 'artifact-signing sign',
        argv: [...OURS, 'sign', directory, '--key-file', key.secret, '--quiet'],
        before: () => keepOnly(directory, names),
      },
      6,
    ],
  ];
  const all = [bare, ...works.map(([work]) => work)];
  // the first start of a program reads it from the disk
  await inTurn(all, 1);
  const [base = [], ...rest] = await inTurn(all, sizes.manyRuns);
  const what = ['the version', 'the help', `one file of ${sizeName(sizes.file)} signed`];
  return works.map(([{ name }, atMost], at) => ({
    row: 7,
    work: `cold start: ${what[at]}`,
    ours: timeOf(name, rest[at] ?? []),
    theirs: timeOf(bare.name, base),
    ratio: ratioOf('slower', rest[at] ?? [], base),
    goal: { is: 'at-most', value: atMost, of: 'ratio' },
  }));
}
