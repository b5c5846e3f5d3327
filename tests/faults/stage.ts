// SPDX-License-Identifier: Apache-2.0
/**
 * What a command makes of a directory when nothing goes wrong, and what may be seen of it when something does. The clock of all
 * runs stands still, so that a command makes the same bytes each time, and it is simple to say: of every file, what was there
 * before or what is there in the end, whole; in the end, what a run has made that nobody disturbed. What that is worth, other
 * tools judge once.
 */
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { COMPANIONS } from '../../src/core/companions.ts';
import { parseManifest } from '../../src/core/manifest.ts';
import type { Ports } from '../../src/ports.ts';
import { fakeClock, type Lab, snapshot, temporaryIn } from '../workflow/lab.ts';
import { type Call, type CallClass, callsOf, type Ended, type Injection, run } from './injected.ts';
import { foreignTools } from './judges.ts';

export interface Scenario {
  /** As in the table of points. */
  readonly command: string;
  readonly words: () => readonly string[];
  /** Makes, in the lab's directory, what is there before. */
  readonly prepare: () => Promise<void>;
  /** Names of files that may be gone in between, though they are there before and after. */
  readonly mayVanish?: readonly string[];
  /** Names of calls that it can do without, now and then. */
  readonly spares?: readonly string[];
  /** Puts what is not in the lab's directory back to where it was before. */
  readonly restore?: () => void;
  /** For the run that completes it; the others have the real ones. */
  readonly ports?: Partial<Ports>;
  /** Names of files that come out otherwise each time: then `look` is asked. */
  readonly varies?: readonly string[];
  /** Whether a file that is neither as before nor as after may be seen in between. */
  readonly between?: (name: string, content: string) => boolean;
  /** Looks at what is there in between and in the end. */
  readonly look?: (when: 'between' | 'after') => Promise<void> | void;
  /** What is verified in the end, relative to the lab's directory. */
  readonly releases?: readonly string[];
}

type Tree = Readonly<Record<string, string>>;

export interface Stage {
  readonly lab: Lab;
  readonly scenario: Scenario;
  readonly template: string;
  readonly now: Date;
  readonly before: Tree;
  readonly after: Tree;
  /** How long an undisturbed run takes: milliseconds. */
  readonly duration: number;
}

/** Runs a scenario once, undisturbed. The caller removes `template`. */
export async function setTheStage(lab: Lab, scenario: Scenario): Promise<Stage> {
  await scenario.prepare();
  const template = `${lab.at()}.template`;
  fs.cpSync(lab.at(), template, { recursive: true, preserveTimestamps: true });
  const now = new Date(Math.ceil(Date.now() / 1000) * 1000);
  const before = snapshot(lab.at());
  const began = performance.now();
  const { status, stderr } = await run(scenario.words(), { root: lab.at(), clock: now });
  const duration = performance.now() - began;
  expect(status, stderr).toBe(0);
  const stage = { lab, scenario, template, now, before, after: snapshot(lab.at()), duration };
  expect(temporaryIn(lab.at())).toEqual([]);
  await scenario.look?.('after');
  for (const release of scenario.releases ?? []) await foreignTools(lab, lab.at(release));
  return stage;
}

/** Back to what was there before. */
export function reset({ lab, template, scenario }: Stage): void {
  scenario.restore?.();
  fs.rmSync(lab.at(), { recursive: true });
  fs.cpSync(template, lab.at(), { recursive: true, preserveTimestamps: true });
}

/** The calls of a run; and another process makes the same of the same, which all that follows rests on. */
export async function undisturbed(stage: Stage, of: CallClass = 'change'): Promise<readonly Call[]> {
  reset(stage);
  const calls = await callsOf(stage.scenario.words(), { root: stage.lab.at(), clock: stage.now, of });
  expectSame(stage);
  return calls;
}

/** The command in a process of its own. */
export const perform = async ({ scenario, lab, now }: Stage, injection: Partial<Injection>): Promise<Ended> =>
  run(scenario.words(), { root: lab.at(), clock: now, ...injection });

/** What an undisturbed run leaves, but for what comes out otherwise each time. */
export const expectSame = (stage: Stage): void => expectAfter(stage, snapshot(stage.lab.at()));

export function expectAfter({ scenario: { varies = [] }, after }: Stage, now: Tree): void {
  const found = differences(after, now);
  expect(found.filter((difference) => !varies.some((name) => difference === `differs ${name}`))).toEqual([]);
}

/** Says where it was when an expectation fails. */
export async function located(where: string, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (error instanceof Error) error.message = `${where}: ${error.message}`;
    throw error;
  }
}

/** Nothing half, nothing lost; then the next run completes it. */
export async function recover(stage: Stage): Promise<void> {
  await seen(stage);
  const { lab, scenario, now } = stage;
  const { status, report } = await lab.run(scenario.words(), { ...scenario.ports, clock: fakeClock(now) });
  expect(status, JSON.stringify(report.errors)).toBe(0);
  expectSame(stage);
  await scenario.look?.('after');
}

/** Names, not contents: tiles fill the screen. */
export const differences = (wanted: Tree, found: Tree): readonly string[] =>
  [...new Set([...Object.keys(wanted), ...Object.keys(found)])].flatMap((name) => {
    if (!(name in found)) return [`missing ${name}`];
    if (!(name in wanted)) return [`extra ${name}`];
    return wanted[name] === found[name] ? [] : [`differs ${name}`];
  });

/** What may be seen after a run that broke off. */
export async function seen({ lab, scenario, before, after }: Stage): Promise<void> {
  const now = snapshot(lab.at());
  const temporary = new Set(temporaryIn(lab.at()));
  for (const [name, content] of Object.entries(now)) {
    if (temporary.has(name) || content === before[name] || content === after[name]) continue;
    if (scenario.between?.(name, content) !== true)
      expect.fail(`${name} is half, or another: ${JSON.stringify(content)}`);
  }
  const lost = Object.keys(before).filter((name) => name in after && !(name in now));
  expect(lost.filter((name) => scenario.mayVanish?.includes(name) !== true)).toEqual([]);
  for (const name of Object.keys(now).filter((one) => one.endsWith('SHA256SUMS') && now[one] !== before[one]))
    expect([missingFrom(now, name), foreignTo(now, after, name)], `around ${name}`).toEqual([[], []]);
  await scenario.look?.('between');
}

/** What says something of an older manifest has gone before a new one comes. */
const foreignTo = (now: Tree, after: Tree, manifest: string): readonly string[] =>
  COMPANIONS.map((suffix) => manifest + suffix).filter((name) => name in now && now[name] !== after[name]);

/** A manifest comes after all that it lists. */
const missingFrom = (tree: Tree, manifest: string): readonly string[] =>
  parseManifest(Buffer.from(tree[manifest] ?? '', 'latin1'))
    .map(({ name }) => path.join(path.dirname(manifest), name))
    .filter((name) => !(name in tree));
