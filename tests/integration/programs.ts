// SPDX-License-Identifier: Apache-2.0
/** Programs of others: run, and built with Go where no package has them. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Outside of the checkout. */
export const CACHE = path.join(
  process.env['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache'),
  'zuul-artifact-signing',
);

/** Runs a program to its end, which has to be a good one. */
export function run(program: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    cwd,
    env: { ...process.env, GOFLAGS: '-mod=readonly', CGO_ENABLED: '0' },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: status ${status}\n${stderr}`);
  return stdout;
}

/** Nothing for debuggers, and no C: the first build takes minutes as it is. */
const BUILD = ['build', '-gcflags=all=-dwarf=false', '-ldflags=-s -w'];

/** Runs `go` in a directory. What a connection that broke kept from coming is all that the next try has to fetch. */
export function runGo(args: readonly string[], source: string): string {
  for (let left = 2; ; left -= 1) {
    try {
      return run('go', args, source);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/**
 * The directory of the programs that `<source>/go.mod` names as its tools, built once for each content of go.mod and go.sum and each
 * version of Go, and kept outside of the checkout. It appears there whole: a build that is interrupted leaves nothing that would be
 * taken for it.
 */
export function buildGo(source: string, name: string, tags: readonly string[] = []): string {
  const sums = ['go.mod', 'go.sum'].map((file) => fs.readFileSync(path.join(source, file)));
  const key = createHash('sha256')
    .update(Buffer.concat(sums))
    .update(run('go', ['version']))
    .update([...BUILD, ...tags].join())
    .digest('hex')
    .slice(0, 16);
  const built = path.join(CACHE, `${name}-${key}`);
  if (fs.existsSync(built)) return built;
  fs.mkdirSync(CACHE, { recursive: true });
  const unfinished = fs.mkdtempSync(`${built}.`);
  runGo([...BUILD, '-tags', tags.join(), '-o', `${unfinished}/`, 'tool'], source);
  fs.renameSync(unfinished, built);
  return built;
}
