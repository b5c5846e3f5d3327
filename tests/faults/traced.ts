// SPDX-License-Identifier: Apache-2.0
/**
 * Everything that a program and all that it starts hand on, as strace sees it: what others are started with, and what is
 * written, wherever to. So it is known of every file that there ever was what it has held, not only of those that are left, and
 * no moment needs to be found at which somebody could have been killed.
 */
import fs from 'node:fs';

const WRITES = 'write,pwrite64,writev,pwritev,pwritev2,sendto,sendmsg,sendmmsg,vmsplice';
/** From one descriptor to another: what, strace does not tell. */
const COPIES = 'sendfile,copy_file_range,splice';

/** Stands before a command. The trace is complete when the standard output of the command is closed. */
export const tracing = (trace: string): readonly string[] => [
  'strace',
  // not as the parent of the command, and out of the way of signals to its group
  '-DDD',
  '-f',
  '--seccomp-bpf',
  '-v',
  '-yy',
  ...['-s', '100000000'],
  ...['-e', `trace=execve,execveat,${WRITES},${COPIES}`],
  ...['-o', trace],
];

export interface Handed {
  /** `argv`, `environment`, `pipe`, `socket`, or a path. */
  readonly where: string;
  readonly content: Buffer;
}

const STRING = '"(?:[^"\\\\]|\\\\.)*"';
const EXEC = new RegExp(`^\\d+ +execve(?:at)?\\([^"]*${STRING}, \\[((?:${STRING}|, )*)\\], \\[(.*)`);
const WRITE = new RegExp(`^\\d+ +(${WRITES.replaceAll(',', '|')})\\(\\d+<((?:[^>]|->|>>)*?)>, (.*)`);
const COPY = /^\d+ +(sendfile|copy_file_range|splice)\(\d+<(.*?)>, (?:\w+, |\[\d+\], )?\d+<(.*?)>, (.*)/;

export function readHanded(trace: string): readonly Handed[] {
  return fs.readFileSync(trace, 'latin1').split('\n').flatMap(readLine);
}

function readLine(line: string): readonly Handed[] {
  const [, argv, environment] = EXEC.exec(line) ?? [];
  if (argv !== undefined && environment !== undefined)
    return [...contents('argv', argv), ...contents('environment', environment)];
  const [, , target, rest] = WRITE.exec(line) ?? [];
  if (target !== undefined && rest !== undefined) return contents(placeOf(target), rest);
  const copy = COPY.exec(line);
  if (copy !== null) return copied(copy);
  if (/^\d+ +(?:execve|\w*(?:write|send|splice|copy))/.test(line) && line.includes('('))
    throw new Error(line.slice(0, 300));
  return [];
}

/** What is in the file that it came from. Where that is gone, somebody has written it who was traced as well. */
function copied([line, name, first = '', second = '', rest = '']: readonly (string | undefined)[]): readonly Handed[] {
  if (/ = -1 E\w+/.test(rest)) return [];
  const [from, to] = name === 'sendfile' ? [second, first] : [first, second];
  if (!from.startsWith('/') && to.startsWith('/')) throw new Error(`nobody knows what: ${line?.slice(0, 300)}`);
  const isThere = fs.statSync(from, { throwIfNoEntry: false })?.isFile() === true;
  return isThere ? [{ where: placeOf(to), content: fs.readFileSync(from) }] : [];
}

/** A pair of sockets without a name, such as those of sshd, is a pipe; the journal's is none. */
function placeOf(target: string): string {
  if (target.startsWith('/')) return target;
  return /^pipe:|^UNIX-STREAM:\[[\d>-]*\]$/.test(target) ? 'pipe' : 'socket';
}

const contents = (where: string, text: string): readonly Handed[] =>
  (text.match(new RegExp(STRING, 'g')) ?? []).map((string) => ({ where, content: unescape(string.slice(1, -1)) }));

const LETTERS: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', v: '\v', f: '\f' };

const unescape = (text: string): Buffer =>
  Buffer.from(
    text.replace(/\\([0-7]{1,3}|.)/g, (_, code: string) =>
      /^[0-7]/.test(code) ? String.fromCharCode(Number.parseInt(code, 8)) : (LETTERS[code] ?? code),
    ),
    'latin1',
  );
