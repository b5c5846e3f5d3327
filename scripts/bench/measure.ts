// SPDX-License-Identifier: Apache-2.0
/** Whole processes, measured from outside: both sides of a comparison in turn, so that a machine that drifts drifts for both. */
import path from 'node:path';
import { CommandFailed, tryCommand } from '../run-command.ts';

const MEASURE = path.join(import.meta.dirname, 'measure.py');

/** A command that is measured. */
export interface Work {
  /** As it stands in the table. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Process ids of daemons that work for it: their time counts, too. */
  readonly also?: readonly number[];
  /** Makes everything as it was before; not measured. */
  readonly before?: () => void;
  /** Throws where the command did not do what it should have done; not measured. */
  readonly after?: (took: Took) => void;
}

export interface Took {
  /** Seconds. */
  readonly wall: number;
  /** Seconds of all its processes, in user and in system mode. */
  readonly cpu: number;
  /** Bytes, of the largest of its processes. */
  readonly memory: number;
  /** The end of what it printed. */
  readonly said: string;
}

/** Throws CommandFailed where the exit status is not 0. */
export async function measure({ argv, cwd = '/', env = process.env, also = [], before, after }: Work): Promise<Took> {
  before?.();
  const input = JSON.stringify({ argv, cwd, env, also });
  const { status, output, stdout } = await tryCommand('python3', [MEASURE], { input });
  if (status !== 0) throw new CommandFailed('measure.py', output);
  const took: Took & { readonly status: number } = JSON.parse(stdout);
  if (took.status !== 0) throw new CommandFailed(argv.join(' '), `${took.said}exit status ${took.status}\n`);
  after?.(took);
  return took;
}

/** Runs works in turn, `runs` times each; what they took, by work. */
export async function inTurn(works: readonly Work[], runs: number): Promise<readonly (readonly Took[])[]> {
  const took: Took[][] = works.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [at, work] of works.entries()) took[at]?.push(await measure(work));
  }
  return took;
}
