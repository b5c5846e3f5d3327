// SPDX-License-Identifier: Apache-2.0
/** What a build has left for everybody to see: the published directory, and the entries of the log. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ORIGIN } from './keys.ts';
import type { State } from './state.ts';

/** The directory in which a project's releases are published. */
export const publishedDirectory = ({ directory }: State, project: string): string =>
  path.join(directory, 'site/tarballs', project);

/** Each name that is published, with its digest; empty where there is no directory. */
export function readPublished(state: State, project: string): Readonly<Record<string, string>> {
  const directory = publishedDirectory(state, project);
  const names = fs.existsSync(directory) ? fs.readdirSync(directory).sort() : [];
  const digest = (name: string) =>
    createHash('sha256')
      .update(fs.readFileSync(path.join(directory, name)))
      .digest('hex');
  return Object.fromEntries(names.map((name) => [name, digest(name)]));
}

export interface Statement {
  readonly project: string;
  readonly version: string;
  readonly ref?: string;
  readonly commit?: string;
  readonly manifest: { readonly name: string; readonly sha256: string };
}

/** The statements in the log, in their order: an entry bundle is a list of them, each after its length in two octets. */
export function readLog({ directory }: State): readonly Statement[] {
  const log = path.join(directory, 'site/log');
  const [origin, size = '0'] = fs.readFileSync(path.join(log, 'checkpoint'), 'utf8').split('\n');
  if (origin !== ORIGIN) throw new Error(`the log calls itself ${origin}`);
  if (Number(size) === 0) return [];
  const bundle = fs.readFileSync(path.join(log, `tile/entries/000.p/${size}`));
  const statements: Statement[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + bundle.readUInt16BE(at);
    statements.push(JSON.parse(bundle.toString('utf8', at + 2, end)));
    at = end;
  }
  return statements;
}

/** Those of one project, by its short name. */
export const statementsOf = (state: State, project: string): readonly Statement[] =>
  readLog(state).filter((statement) => statement.project === `git.example.org/${project}`);
