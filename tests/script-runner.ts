// SPDX-License-Identifier: Apache-2.0
/**
 * Command-line scripts, in the manner of age's: a text file says why it exists, what is run, and what comes of it; the files
 * that it needs stand below, as in a txtar archive.
 *
 *   # why this matters
 *   run sign artifacts --key-file $KEYS/good.asc       exit status 0 is expected
 *   refuse 3 verify artifacts --certificate …          this exit status is expected, with an error and no stack trace
 *   refuse-json 3 refused sign …                       the same, told by exactly one JSON document on stdout
 *   stdout TEXT · stderr TEXT · !stdout TEXT           the last run said it, or did not; TEXT is the rest of the line
 *   exists FILE · !exists FILE · same A B · differ A B
 *   copy A B · remove A · append FILE TEXT · flip FILE OFFSET · link TARGET NAME · mkdir DIR
 *   tool gpgv --keyring …                              another program, which has to succeed
 *   -- artifacts/a.tar.gz --
 *   content of that file
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';

export interface Script {
  readonly name: string;
  readonly lines: readonly string[];
  readonly files: ReadonlyMap<string, string>;
}

export function readScript(file: string): Script {
  const [body = '', ...sections] = fs.readFileSync(file, 'utf8').split(/^-- (?=.+ --$)/m);
  const files = new Map<string, string>();
  for (const section of sections) {
    const end = section.indexOf(' --\n');
    files.set(section.slice(0, end), section.slice(end + 4));
  }
  return { name: path.basename(file, '.txt'), lines: body.split('\n'), files };
}

interface Last {
  readonly stdout: string;
  readonly stderr: string;
}

const EXECUTABLE = path.resolve('src/bin.ts');
/** Hundreds of starts from the source: compiled once. */
const ENVIRONMENT = { ...process.env, NODE_COMPILE_CACHE: path.resolve('node_modules/.cache/compile') };

/** What is run unless told: the sources, by the Node of the tests. */
const COMMAND: Command = [process.execPath, EXECUTABLE];

export type Command = readonly [program: string, ...args: string[]];

/** Runs a script in a directory of its own; `variables` are known to it as `$NAME`. */
export function runScript(
  script: Script,
  variables: Readonly<Record<string, string>>,
  command: Command = COMMAND,
): void {
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'script-'));
  try {
    for (const [name, content] of script.files) {
      fs.mkdirSync(path.dirname(path.join(work, name)), { recursive: true });
      fs.writeFileSync(path.join(work, name), content);
    }
    let last: Last = { stdout: '', stderr: '' };
    script.lines.forEach((line, index) => {
      if (line.trim() === '' || line.startsWith('#')) return;
      const words = split(line, { ...variables, WORK: work });
      const rest = unescape(expand(line.slice(line.indexOf(' ') + 1), { ...variables, WORK: work }));
      const where = `${script.name}:${index + 1}: ${line}`;
      last = step(words, { work, command, rest, last, where }) ?? last;
    });
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** Words are separated by spaces; double quotes group them; `\n`, `\t` and `\xNN` mean what they do elsewhere. */
function split(line: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const words = line.match(/"[^"]*"|\S+/g) ?? [];
  return words.map((word) => unescape(expand(word.replace(/^"(.*)"$/s, '$1'), variables)));
}

const unescape = (word: string): string =>
  word
    .replace(/\\n/g, '\n')
    .replace(/\\t/g, '\t')
    .replace(/\\r/g, '\r')
    .replace(/\\e/g, '\u001b')
    .replace(/\\\\/g, '\\');

const expand = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replace(/\$([A-Z]+)/g, (whole, name: string) => variables[name] ?? whole);

interface Context {
  readonly work: string;
  readonly command: Command;
  readonly rest: string;
  readonly last: Last;
  readonly where: string;
}

type Verb = (context: Context & { readonly args: readonly string[] }) => Last | undefined;

const at = (work: string, name = '') => path.resolve(work, name);

function execute({ work, command }: Context, args: readonly string[]): Last & { status: number | null } {
  const [program, ...first] = command;
  const done = spawnSync(program, [...first, ...args], { cwd: work, encoding: 'utf8', env: ENVIRONMENT });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

const VERBS: Readonly<Record<string, Verb>> = {
  run: ({ args, ...context }) => {
    const done = execute(context, args);
    expect(done.status, `${context.where}\n${done.stderr}`).toBe(0);
    return done;
  },
  refuse: ({ args: [status, ...args], ...context }) => {
    const { where } = context;
    const done = execute(context, args);
    expect(String(done.status), `${where}\n${done.stdout}${done.stderr}`).toBe(status);
    expect(done.stderr, where).toMatch(/^artifact-signing: error: [^A-Z]/m);
    expect(done.stderr, where).not.toMatch(/^\s+at .*:\d+|a defect in this program/m);
    return done;
  },
  'refuse-json': ({ args: [exit, status, ...args], ...context }) => {
    const { where } = context;
    const done = execute(context, args);
    const report: unknown = JSON.parse(done.stdout);
    expect(String(done.status), where).toBe(exit);
    expect(report, where).toMatchObject({ schema: 'artifact-signing.report/v1', exit: Number(exit), status });
    return done;
  },
  tool: ({ work, args: [program = '', ...args], where }) => {
    const done = spawnSync(program, args, { cwd: work, encoding: 'utf8' });
    expect(done.status, `${where}\n${done.error?.message ?? ''}${done.stdout}${done.stderr}`).toBe(0);
    return done;
  },
  stdout: ({ last, rest, where }) => void expect(last.stdout, where).toContain(rest),
  stderr: ({ last, rest, where }) => void expect(last.stderr, where).toContain(rest),
  '!stdout': ({ last, rest, where }) => void expect(last.stdout, where).not.toContain(rest),
  '!stderr': ({ last, rest, where }) => void expect(last.stderr, where).not.toContain(rest),
  exists: ({ work, args: [name], where }) => void expect(fs.existsSync(at(work, name)), where).toBe(true),
  '!exists': ({ work, args: [name], where }) => void expect(fs.existsSync(at(work, name)), where).toBe(false),
  same: ({ work, args: [a, b], where }) =>
    void expect(fs.readFileSync(at(work, a)).equals(fs.readFileSync(at(work, b))), where).toBe(true),
  differ: ({ work, args: [a, b], where }) =>
    void expect(fs.readFileSync(at(work, a)).equals(fs.readFileSync(at(work, b))), where).toBe(false),
  mode: ({ work, args: [name, mode], where }) =>
    void expect((fs.statSync(at(work, name)).mode & 0o777).toString(8), where).toBe(mode),
  copy: ({ work, args: [from, to] }) => fs.cpSync(at(work, from), at(work, to), { recursive: true }) as undefined,
  remove: ({ work, args: [name] }) => fs.rmSync(at(work, name), { recursive: true }) as undefined,
  append: ({ work, args: [name, text = ''] }) => fs.appendFileSync(at(work, name), text) as undefined,
  link: ({ work, args: [target = '', name] }) => fs.symlinkSync(target, at(work, name)) as undefined,
  mkdir: ({ work, args: [name] }) => void fs.mkdirSync(at(work, name), { recursive: true }),
  flip: ({ work, args: [name, offset] }) => {
    const bytes = fs.readFileSync(at(work, name));
    const index = Number(offset);
    bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
    fs.writeFileSync(at(work, name), bytes);
    return undefined;
  },
};

function step([verb = '', ...args]: readonly string[], context: Context): Last | undefined {
  const run = VERBS[verb];
  if (run === undefined) throw new Error(`${context.where}: no such verb`);
  return run({ ...context, args });
}
