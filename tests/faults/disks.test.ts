// SPDX-License-Identifier: Apache-2.0
/** Disks that are full, one page or one file after the other, or read-only; and directories of others, for who is not root. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ED25519, type Lab, useLab } from '../workflow/lab.ts';
import { makeRelease } from '../workflow/log-lab.ts';
import { type Disk, type OnDisk, runOnDisk } from './disks.ts';
import { faults } from './injected.ts';
import { allScenarios } from './server-scenarios.ts';
import { differences, expectAfter, located, type Scenario, type Stage, setTheStage } from './stage.ts';

const lab = useLab({ good: ED25519 });
const { at } = lab;

const all = allScenarios(lab);
/** Some of the scenarios in CI; all of them with FAULT_POINTS. */
const IN_CI = [
  'sign, for the first time',
  'sums, for the first time',
  'publish, into a new directory, and directories below',
  'submit, into an empty log',
  'submit, to a Rekor log',
  'log init',
];
const some = Object.entries(all).filter(([name]) => faults.points > 500 || IN_CI.includes(name));

const isTemporary = (name: string) => path.basename(name).startsWith('.artifact-signing-');

/** What holds after every failure: nothing half under a final name, no temporary file, and the next run completes it. */
function expectWhole(stage: Stage, { first, second }: OnDisk): void {
  const { scenario, before, after } = stage;
  expect(Object.keys(first).filter(isTemporary)).toEqual([]);
  for (const [name, content] of Object.entries(first)) {
    if (content === before[name] || content === after[name]) continue;
    // a submission that waits; hints where entries are, which the log can do without; what comes out otherwise each time
    if (!/\.submission\.json$|^log\.state\/index\//.test(name) && scenario.between?.(name, content) !== true)
      expect.fail(`${name} is half, or another`);
  }
  const lost = Object.keys(before).filter((name) => name in after && !(name in first));
  expect(lost.filter((name) => scenario.mayVanish?.includes(name) !== true)).toEqual([]);
  expectAfter(stage, second);
}

async function onStage(scenario: Scenario, body: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await setTheStage(lab, scenario);
  try {
    await body(stage);
  } finally {
    fs.rmSync(stage.template, { recursive: true });
  }
}

/** As much more room each time as it takes until the command succeeds. */
async function fill(stage: Stage, disk: (free: number) => Disk): Promise<void> {
  for (let free = 0; ; free += 1) {
    const run = await runOnDisk(stage, disk(free));
    await located(`${JSON.stringify(disk(free))}\n${run.stderr}`, async () => {
      expectWhole(stage, run);
      // others have it once
      await stage.scenario.look?.('after');
      if (run.status === 0) return expect(free, 'it needs some room').toBeGreaterThan(0);
      expect(run.status).toBe(1);
      expect(run.stderr).toMatch(/^artifact-signing: error: cannot .*: no space left on the disk$/m);
      expect(run.stderr).toMatch(/^artifact-signing: hint: make room, then run this again/m);
    });
    if (run.status === 0) return;
  }
}

/** These make room for themselves: they remove what they replace. */
const filling = some.filter(([name]) => !name.includes('--force'));

describe('a full disk', () => {
  it.each(filling)('is told as such, and loses nothing: %s', async (_, scenario) =>
    onStage(scenario, async (stage) => fill(stage, (pages) => ({ pages }))),
  );
});

describe('a disk that takes no more files', () => {
  it.each(filling)('is told as such, and loses nothing: %s', async (_, scenario) =>
    onStage(scenario, async (stage) => fill(stage, (inodes) => ({ inodes }))),
  );
});

describe('a read-only disk', () => {
  it.each(Object.entries(all))('is told as such: %s', async (_, scenario) =>
    onStage(scenario, async (stage) => {
      const run = await runOnDisk(stage, 'read-only');
      expect(run.stderr).toMatch(/^artifact-signing: error: cannot .*: the file system is read-only$/m);
      expect(run.stderr).toMatch(/^artifact-signing: hint: work on a copy in a directory that can be written$/m);
      expect(run.status).toBe(1);
      expect(differences(stage.before, run.first)).toEqual([]);
      expectAfter(stage, run.second);
    }),
  );

  it.each([
    ['verify', (one: Lab) => ['verify', one.at('r'), '--certificate', one.certificate('good')]],
    ['sign', (one: Lab) => ['sign', one.at('r'), '--key-file', one.key('good')]],
  ])('is enough for %s, where nothing is left to be written', async (command, words) => {
    const scenario = { command, prepare: async () => makeRelease(lab), words: () => words(lab) };
    await onStage(scenario, async (stage) => {
      const run = await runOnDisk(stage, 'read-only');
      expect([run.status, run.stderr]).toEqual([0, '']);
      expect(differences(stage.before, run.first)).toEqual([]);
    });
  });
});

describe('somebody who is not root', () => {
  /** Root without privileges is held to permissions like everybody else; and who is not root is so anyway. */
  const unprivileged = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-all', '--inh-caps=-all'] : [];
  const run = (words: readonly string[]) => {
    const [program = '', ...args] = [...unprivileged, process.execPath, faults.executable, ...words];
    return spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  };

  it.each(some.map(([name, scenario]) => [name, scenario] as const))(
    'is told of a directory that he may not write to: %s',
    async (_, scenario) =>
      onStage(scenario, async (stage) => {
        const directories = fs
          .readdirSync(at(), { recursive: true, withFileTypes: true })
          .filter((one) => one.isDirectory());
        const paths = [at(), ...directories.map((one) => path.join(one.parentPath, one.name))];
        const { template } = stage;
        fs.rmSync(at(), { recursive: true });
        fs.cpSync(template, at(), { recursive: true, preserveTimestamps: true });
        const there = paths.filter((one) => fs.existsSync(one));
        for (const one of there) fs.chmodSync(one, 0o555);
        const { status, stderr } = run(scenario.words());
        for (const one of there) fs.chmodSync(one, 0o755);
        expect(stderr).toMatch(/^artifact-signing: error: cannot .*: permission denied$/m);
        expect(stderr).toMatch(/^artifact-signing: hint: does this user own the file and its directory\?$/m);
        expect(status).toBe(1);
        expect(differences(stage.before, lab.snapshot('.'))).toEqual([]);
      }),
  );

  it.each(['r/a-1.tar.gz', 'r/a-1.tar.gz.asc', 'r/nova-1.SHA256SUMS'])(
    'is told that he may not read %s',
    async (name) => {
      await makeRelease(lab);
      fs.chmodSync(at(name), 0);
      const { status, stderr } = run(['verify', at('r'), '--certificate', lab.certificate('good')]);
      expect(stderr).toMatch(new RegExp(`^artifact-signing: error: cannot open ".*${name}": permission denied$`, 'm'));
      expect(status).toBe(1);
    },
  );
});
