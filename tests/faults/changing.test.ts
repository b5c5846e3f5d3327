// SPDX-License-Identifier: Apache-2.0
/**
 * An artifact that does not stay as it is while it is read. The executable stands still before each of its calls on the file, once it
 * has looked how large it is, and meanwhile the file changes.
 */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ED25519, namesIn, useLab } from '../workflow/lab.ts';
import { MANIFEST } from '../workflow/log-lab.ts';
import { type Call, callsOf, faults, type Injection, run } from './injected.ts';
import { foreignTools } from './judges.ts';
import { located } from './stage.ts';

const lab = useLab({ good: ED25519 });
const { at, put, done, snapshot } = lab;

/** One is read in one piece; of the other, pieces are read ahead. */
const CONTENTS: Readonly<Record<string, Buffer>> = {
  'a small file': Buffer.from('a small file'),
  'a large file': Buffer.alloc(5 * 512 * 1024, 'a large file'),
};

const overwrite = (file: string) => {
  const descriptor = fs.openSync(file, 'r+');
  fs.writeSync(descriptor, 'CHANGED', 1);
  fs.closeSync(descriptor);
};

const CHANGES: Readonly<Record<string, (file: string) => void>> = {
  grows: (file) => fs.appendFileSync(file, 'x'),
  shrinks: (file) => fs.truncateSync(file, fs.statSync(file).size - 1),
  'is cut to nothing': (file) => fs.truncateSync(file),
  'is replaced by one of its size': (file) => {
    fs.writeFileSync(at('other'), Buffer.alloc(fs.statSync(file).size, 'other'));
    fs.renameSync(at('other'), file);
  },
  'is written over, and its time put back': (file) => {
    const { atime, mtime } = fs.statSync(file);
    overwrite(file);
    fs.utimesSync(file, atime, mtime);
  },
  'is removed': (file) => fs.rmSync(file),
};

interface Reader {
  /** What is done to `r` before, with an artifact `a` in it. */
  readonly before: () => Promise<unknown>;
  readonly words: () => readonly string[];
  /** Where a whole release is in the end. */
  readonly release: string;
}

const key = () => ['--key-file', lab.key('good')];
const certificate = () => ['--certificate', lab.certificate('good')];
const identity = ['--project', 'nova', '--release', '1'];
const sign = () => ['sign', at('r'), '--sums', ...identity, ...key()];

const READERS: Readonly<Record<string, Reader>> = {
  sign: { before: async () => undefined, words: sign, release: 'r' },
  'sign, which keeps what is signed': {
    before: async () => {
      await done(sign());
      for (const name of [MANIFEST, `${MANIFEST}.asc`]) fs.rmSync(at('r', name));
    },
    words: sign,
    release: 'r',
  },
  sums: {
    before: async () => done(['sign', at('r'), ...key()]),
    words: () => ['sums', at('r'), ...identity, ...key()],
    release: 'r',
  },
  'verify --before-publication': {
    before: async () => done(sign()),
    words: () => ['verify', at('r'), '--before-publication', ...certificate()],
    release: 'r',
  },
  publish: {
    before: async () => done(sign()),
    words: () => ['publish', at('r'), '--to', at('site'), ...certificate()],
    release: 'site',
  },
};

const injection = (): Injection => ({ root: at('r/a'), of: 'read' });

/** The calls after it was opened and looked at. It is opened once. */
async function callsOnFile(words: readonly string[]): Promise<readonly Call[]> {
  const calls = await callsOf(words, injection());
  const names = calls.map(({ name }) => name);
  expect(names.filter((name) => name === 'open')).toHaveLength(1);
  const after = calls.slice(names.indexOf('open') + 2);
  expect(after.map(({ name }) => name).filter((name) => name === 'read').length).toBeGreaterThan(1);
  return after;
}

const others = () =>
  Object.fromEntries(Object.entries(snapshot('.')).filter(([name]) => name !== 'r/a' && name !== 'other'));

/** Every change in CI, at one call after the other; with FAULT_POINTS every change at every call. */
const inCi = (change: number, call: number, calls: number) => change % calls === call;

const cases = Object.entries(READERS).flatMap(([name, reader]) =>
  Object.entries(CONTENTS).map(([what, content]) => ({ name, reader, what, content })),
);

describe('what changes while it is read', () => {
  it.each(cases)('is never believed: $name, $what', async ({ reader: { before, words, release }, content }) => {
    const reset = async () => {
      for (const name of ['r', 'site']) fs.rmSync(at(name), { recursive: true, force: true });
      put({ 'r/a': content, 'r/b': 'b' });
      await before();
    };
    await reset();
    const calls = await callsOnFile(words());
    for (const [number, [what, change]] of Object.entries(CHANGES).entries()) {
      for (const [index, call] of calls.entries()) {
        if (faults.points === 500 && !inCi(number, index, calls.length)) continue;
        await reset();
        const first = others();
        const meanwhile = async () => change(at('r/a'));
        const { status, stderr } = await run(words(), { ...injection(), at: call.number, mishap: 'stop', meanwhile });
        await located(`${what} before ${call.name}, call ${call.number}`, async () => {
          expect(stderr).toMatch(/^artifact-signing: error: ".*\/r\/a" changed while it was read$/m);
          expect(stderr).toContain('let the build finish first, then run this again');
          expect(status).toBe(1);
          expect(others()).toEqual(first);
          put({ 'r/a': content });
          await done(words());
          await foreignTools(lab, at(release));
          expect(namesIn(at('r'))).toEqual([MANIFEST, `${MANIFEST}.asc`, 'a', 'a.asc', 'b', 'b.asc'].sort());
        });
      }
    }
  });
});
