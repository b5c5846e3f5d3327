// SPDX-License-Identifier: Apache-2.0
/** strace, which knows every call, against the library that lets them go wrong: a call that it does not know cannot fail. */
import fs from 'node:fs';
import { expect, it } from 'vitest';
import { ED25519, useLab } from '../workflow/lab.ts';
import { callsOf, faults } from './injected.ts';
import { allScenarios } from './server-scenarios.ts';

const lab = useLab({ good: ED25519 });

/** They change no file; whatever is not here does. */
const LOOKING = [
  'access',
  'close',
  'fcntl',
  'fstat',
  'getdents64',
  'lseek',
  'newfstatat',
  'pread64',
  'read',
  'readlink',
  'statx',
];
/** As the library calls them. */
const LABELS: Readonly<Record<string, string>> = {
  openat: 'open',
  pwrite64: 'write',
  writev: 'write',
  fdatasync: 'fsync',
  ftruncate: 'truncate',
};

/** Of the process itself and its threads, sorted; `NAME PATH`. */
function changesIn(trace: string, root: string): readonly string[] {
  const lines = fs.readFileSync(trace, 'utf8').split('\n');
  const calls = lines.map((line) => /^(\d+) +(\w+)\((.*)/.exec(line) ?? []);
  const [itself, ...started] = new Set(calls.filter(([, , name]) => name === 'execve').map(([, pid]) => pid));
  expect(itself).toBeDefined();
  const below = new RegExp(`["<](${root}(?:/[^">]*)?)[">]`, 'g');
  return calls
    .flatMap(([, pid, name = '', rest = '']) => {
      const [, path] = [...rest.matchAll(below)].at(-1) ?? [];
      if (path === undefined || started.includes(pid) || LOOKING.includes(name)) return [];
      if (name === 'openat' && !/O_CREAT|O_TRUNC/.test(rest)) return [];
      return [`${LABELS[name] ?? name} ${path}`];
    })
    .sort();
}

const IN_CI = [
  'sign, for the first time',
  'publish, into a new directory, and directories below',
  'submit, into an empty log',
  'submit, to a Rekor log',
];

it.each(Object.entries(allScenarios(lab)).filter(([name]) => faults.points > 500 || IN_CI.includes(name)))(
  'the library misses no call that changes a file: %s',
  async (_, scenario) => {
    await scenario.prepare();
    const trace = `${lab.at()}.strace`;
    const around = ['strace', '-f', '-yy', '-s', '0', '-e', 'trace=%file,%desc', '-o', trace];
    try {
      const met = await callsOf(scenario.words(), { root: lab.at(), around });
      expect(met).not.toEqual([]);
      expect(changesIn(trace, lab.at())).toEqual(met.map(({ name, path }) => `${name} ${path}`).sort());
    } finally {
      fs.rmSync(trace, { force: true });
    }
  },
);
