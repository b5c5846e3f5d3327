// SPDX-License-Identifier: Apache-2.0
/** The git repositories that Zuul watches: `git/NAME` is bare, `src/NAME` is where we write. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { giveTo } from './account.ts';
import { runAs } from './commands.ts';
import { ROOT, type State } from './state.ts';

export interface Tag {
  readonly name: string;
  /** `refs/tags/NAME` */
  readonly ref: string;
  /** Of the tag itself, which is annotated. */
  readonly object: string;
  readonly commit: string;
}

export interface Repository {
  readonly name: string;
  /** The working clone. */
  readonly directory: string;
  put(file: string, content: string): void;
  /** Everything below a directory, except what `leaveOut` names. */
  copy(from: string, to?: string, leaveOut?: readonly string[]): void;
  /** Commits what was put, and pushes it; nothing where nothing has changed. */
  push(message: string): Promise<void>;
  /** Tags the commit that is there, and pushes all tags at once. */
  tag(...names: readonly string[]): Promise<readonly Tag[]>;
}

/** The repository of that name, which is made the first time. */
export async function openRepository(state: State, name: string): Promise<Repository> {
  const [bare, directory] = ['git', 'src'].map((top) => path.join(state.directory, top, name)) as [string, string];
  const git = (...args: readonly string[]) => runAs(state, ['git', '-C', directory, ...args]);
  if (!fs.existsSync(bare)) {
    await runAs(state, ['git', 'init', '--quiet', '--bare', bare]);
    await runAs(state, ['git', 'clone', '--quiet', `file://${bare}`, directory]);
  }
  return {
    name,
    directory,
    put(file, content) {
      const full = path.join(directory, file);
      fs.mkdirSync(path.dirname(full), { recursive: true });
      fs.writeFileSync(full, content);
    },
    copy(from, to = '.', leaveOut = []) {
      const filter = (source: string) => !leaveOut.includes(path.relative(from, source));
      fs.cpSync(from, path.join(directory, to), { recursive: true, filter });
    },
    async push(message) {
      giveTo(state.account, directory);
      await git('add', '--all');
      const { stdout } = await git('status', '--porcelain');
      if (stdout !== '') await git('commit', '--quiet', '--message', message);
      await git('push', '--quiet', 'origin', 'HEAD:refs/heads/master');
    },
    async tag(...names) {
      for (const tag of names) await git('tag', '--annotate', '--message', `Release ${tag}`, tag);
      await git('push', '--quiet', 'origin', ...names.map((tag) => `refs/tags/${tag}`));
      return Promise.all(names.map((tag) => readTag(git, tag)));
    },
  };
}

type Git = (...args: readonly string[]) => Promise<{ readonly stdout: string }>;

async function readTag(git: Git, name: string): Promise<Tag> {
  const ref = `refs/tags/${name}`;
  const [object, commit] = await Promise.all(
    [ref, `${ref}^{commit}`].map(async (what) => (await git('rev-parse', what)).stdout.trim()),
  );
  return { name, ref, object: object ?? '', commit: commit ?? '' };
}

/** This repository as it stands in the work tree, what is not committed included. */
export function copyWorkTree(repository: Repository): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  for (const name of listed.split('\0')) {
    const file = path.join(ROOT, name);
    if (name === '' || !fs.existsSync(file) || fs.statSync(file).isDirectory()) continue;
    const to = path.join(repository.directory, name);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(file, to);
  }
}
