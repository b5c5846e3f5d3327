// SPDX-License-Identifier: Apache-2.0
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

export const USAGE = `\
npm run bench -- [--rows 1,2] [--quick] [--runs N] [--directory DIR] [--out DIR]

--rows       only these rows of the table
--quick      everything once, on next to nothing: shows that it runs, and says nothing about speed
--runs       how often each side runs, instead of the row's own number
--directory  where the data goes while it runs, ${os.tmpdir()} unless told: 6 GB, not a file system in memory
--out        where measured.json, table.inc and chart.svg go: bench-results unless told; rows that were not run stay

The exit status is 3 where a target was missed, unless --quick.
`;

export interface Options {
  readonly rows: readonly number[];
  readonly quick: boolean;
  readonly runs: number | undefined;
  readonly directory: string;
  readonly out: string;
}

/** Throws TypeError with a message for people. */
export function parseOptions(argv: readonly string[], known: readonly number[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rows: { type: 'string' },
      quick: { type: 'boolean', default: false },
      runs: { type: 'string' },
      directory: { type: 'string', default: os.tmpdir() },
      out: { type: 'string', default: 'bench-results' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const rows = values.rows === undefined ? known : values.rows.split(',').map(Number);
  const unknown = rows.filter((row) => !known.includes(row));
  if (unknown.length > 0) throw new TypeError(`--rows takes some of ${known.join(',')}, and not "${values.rows}"`);
  if (values.runs !== undefined && !/^[1-9]\d?$/.test(values.runs)) throw new TypeError('--runs takes 1 to 99');
  return {
    rows: known.filter((row) => rows.includes(row)),
    quick: values.quick,
    runs: values.runs === undefined ? undefined : Number(values.runs),
    directory: path.resolve(values.directory),
    out: path.resolve(values.out),
  };
}
