// SPDX-License-Identifier: Apache-2.0
/** The rows of the benchmark, how large they are, and what they need. */

import { bundleRow } from './bundle-row.ts';
import type { Figure } from './figure.ts';
import type { Lab } from './lab.ts';
import { logRow } from './log-row.ts';
import { memoryRow, startRow } from './process-rows.ts';
import { rekorRow, sigsumRow } from './public-log-rows.ts';
import { rolesRow } from './roles-row.ts';
import { manyFilesRow, oneFileRow, verifyRow } from './signing-rows.ts';

/** Counts, and sizes in bytes. */
export interface Sizes {
  readonly runs: number;
  /** Of processes that take milliseconds. */
  readonly manyRuns: number;
  /** Of what takes minutes. */
  readonly fewRuns: number;
  readonly large: number;
  readonly huge: number;
  readonly files: number;
  readonly file: number;
  readonly artifacts: readonly [compared: number, alone: number];
  readonly logs: readonly [small: number, large: number];
  readonly entries: number;
  /** Manifests that are submitted to a log of others in a turn, and turns. */
  readonly submitted: readonly [count: number, turns: number];
  readonly bundles: readonly [all: number, some: number];
}

const MIB = 1024 * 1024;

export const FULL: Sizes = {
  runs: 5,
  manyRuns: 21,
  fewRuns: 3,
  large: 1024 * MIB,
  huge: 4096 * MIB,
  files: 500,
  file: 20_000,
  artifacts: [100, 500],
  logs: [1000, 1_000_000],
  entries: 10_000,
  submitted: [10, 10],
  bundles: [1000, 100],
};

/** Everything once, on next to nothing: whether it runs at all. */
export const QUICK: Sizes = {
  runs: 1,
  manyRuns: 1,
  fewRuns: 1,
  large: 8 * MIB,
  huge: 32 * MIB,
  files: 5,
  file: 20_000,
  artifacts: [2, 3],
  logs: [300, 3000],
  entries: 20,
  submitted: [2, 1],
  bundles: [4, 2],
};

export interface Row {
  readonly number: number;
  /** Programs besides node and python3. */
  readonly programs: readonly string[];
  readonly ansible?: true;
  run(lab: Lab, sizes: Sizes): Promise<readonly Figure[]>;
}

/** What unpacks programs of other suites of Debian. */
const DEBIAN = ['apt-get', 'dpkg'];

const GNUPG = ['gpg', 'gpgconf', 'gpg-connect-agent'];

export const ROWS: readonly Row[] = [
  { number: 1, programs: [...GNUPG, 'sha256sum', 'openssl'], run: oneFileRow },
  { number: 2, programs: [...GNUPG, 'sha256sum'], run: (lab, sizes) => manyFilesRow(lab, sizes, 'ed25519') },
  { number: 3, programs: [...GNUPG, 'sha256sum', 'openssl'], run: (lab, sizes) => manyFilesRow(lab, sizes, 'rsa4096') },
  { number: 4, programs: [...GNUPG, 'gpgv', 'sha256sum'], run: verifyRow },
  { number: 5, programs: [...GNUPG, 'sha256sum'], ansible: true, run: rolesRow },
  { number: 6, programs: GNUPG, run: memoryRow },
  { number: 7, programs: GNUPG, run: startRow },
  { number: 8, programs: [...GNUPG, 'flock'], run: logRow },
  { number: 9, programs: [...GNUPG, ...DEBIAN, 'go'], run: rekorRow },
  { number: 10, programs: [...GNUPG, ...DEBIAN], run: sigsumRow },
  { number: 11, programs: [...GNUPG, ...DEBIAN], run: bundleRow },
];

/** For the names of the work. */
export const sizeName = (bytes: number): string =>
  bytes >= 1024 * MIB ? `${bytes / 1024 / MIB} GiB` : bytes >= MIB ? `${bytes / MIB} MiB` : `${bytes / 1000} kB`;

export const countName = (count: number): string => count.toLocaleString('en');
