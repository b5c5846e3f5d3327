// SPDX-License-Identifier: Apache-2.0
/**
 * The words of a command line. They are read here, from the table of commands, and not by a library: those guess numbers and
 * negations, take `--dry-run=no` for a flag, swallow the "true" of `--recursive true`, and drop `-`.
 */
import { nearest } from '../core/decode.ts';
import { Fault, quote } from '../core/fault.ts';
import type { Command } from './commands.ts';
import type { Flag } from './flags.ts';
import { COMMON_FLAGS } from './options.ts';

const SEE_HELP = 'see "artifact-signing --help"';

export interface Tokens {
  /** Before `--`. */
  readonly open: readonly string[];
  /** After `--`: values, whatever they look like. */
  readonly closed: readonly string[];
}

export function divide(argv: readonly string[]): Tokens {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return { open: argv.slice(0, end), closed: argv.slice(end + 1) };
}

/** The words of the command that a line begins with, whatever is wrong with the rest of it; empty where it begins with none. */
export const commandIn = ({ open }: Tokens, commands: readonly Command[]): string =>
  commands.find(({ words }) => words.split(' ').every((word, at) => open[at] === word))?.words ?? '';

const isFlag = (token: string): boolean => token.startsWith('-') && token !== '-';

export type Read =
  | {
      readonly asks: 'help' | 'version';
      /** Of the command, as far as they were given. */
      readonly words: readonly string[];
    }
  | {
      readonly asks?: undefined;
      readonly command: Command;
      /** By the names of flags and of the positional: `true`, a text, or several; decodeArguments judges them. */
      readonly values: Readonly<Record<string, unknown>>;
    };

/**
 * Every flag has to be one of the command, with a value where it takes one; the command has to be there, with as many
 * positionals as it takes. Throws `usage`.
 */
export function readTokens({ open, closed }: Tokens, commands: readonly Command[]): Read {
  const { words, given } = divideFlags(open, kindsOf(commands));
  if (given.has('version')) return { asks: 'version', words };
  if (words[0] === 'help') return { asks: 'help', words: words.slice(1) };
  if (given.has('help')) return { asks: 'help', words };
  const command = findCommand(words, commands);
  const foreign = [...given.keys()].find(
    (name) => ![...command.flags, ...COMMON_FLAGS].some((flag) => flag.name === name),
  );
  if (foreign !== undefined) throw unknownFlag(`--${foreign}`, [], `see "artifact-signing ${command.words} --help"`);
  const positionals = [...words.slice(command.words.split(' ').length), ...closed];
  checkPositionals(command, positionals);
  const { positional } = command;
  const value = positional?.many === true ? positionals : positionals[0];
  const own = positional === undefined ? [] : [[positional.name, value] as const];
  return { command, values: Object.fromEntries([...given, ...own]) };
}

type Given = ReadonlyMap<string, true | string | readonly string[]>;
type Values = Map<string, true | string | string[]>;

function divideFlags(open: readonly string[], kinds: ReadonlyMap<string, Flag['kind']>) {
  const words: string[] = [];
  const given: Values = new Map();
  // one walk: to take tokens off the front would move all of the others each time, and a shell can name many files
  const rest = open[Symbol.iterator]();
  for (const token of rest) {
    if (!isFlag(token)) {
      words.push(token);
      continue;
    }
    const { name, kind, value } = readFlag(token, kinds);
    if (kind === 'switch') given.set(name, true);
    else add(given, name, value ?? requireValue(token, rest.next().value), kind);
  }
  return { words, given: given as Given };
}

/** A flag that is given more than once has several values, which is for its decoder to refuse. */
function add(given: Values, name: string, value: string, kind: Flag['kind']): void {
  const before = given.get(name);
  if (before === undefined || before === true) given.set(name, kind === 'texts' ? [value] : value);
  else if (typeof before === 'string') given.set(name, [before, value]);
  else before.push(value);
}

function kindsOf(commands: readonly Command[]): ReadonlyMap<string, Flag['kind']> {
  const flags = [...commands.flatMap((command) => command.flags), ...COMMON_FLAGS];
  return new Map([...flags.map(({ name, kind }) => [name, kind] as const), ['version', 'switch'] as const]);
}

/** Of `--name` or `--name=value`; all commands together give a name one kind. */
function readFlag(token: string, kinds: ReadonlyMap<string, Flag['kind']>) {
  const [, name = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(token) ?? [];
  const kind = kinds.get(name);
  if (kind === undefined) throw unknownFlag(token, [...kinds.keys()], SEE_HELP);
  if (kind === 'switch' && value !== undefined) throw new Fault('usage', `--${name} takes no value`);
  return { name, kind, value };
}

function unknownFlag(token: string, known: readonly string[], help: string): Fault {
  const [name = ''] = token.split('=');
  // one letter is near to any
  const near = /^-\w$/.test(name) ? undefined : nearest(name.replace(/^-+/, ''), known);
  const hint = near === undefined ? help : `did you mean --${near}?`;
  return new Fault('usage', `unknown flag ${quote(name)}`, { hint });
}

function requireValue(flag: string, value: string | undefined): string {
  if (value === undefined) throw new Fault('usage', `${flag} takes a value`);
  if (isFlag(value))
    throw new Fault('usage', `${flag} takes a value`, { hint: `does it begin with "-"? write ${flag}=…` });
  return value;
}

function findCommand([first, second]: readonly string[], commands: readonly Command[]): Command {
  if (first === undefined) throw new Fault('usage', 'no command', { hint: SEE_HELP });
  const group = commands.filter(({ words }) => words.split(' ')[0] === first);
  const found = group.find(({ words }) => words === first || words === `${first} ${second}`);
  if (found !== undefined) return found;
  if (group.length === 0)
    throw unknownCommand(first, first, [...new Set(commands.map(({ words }) => words.split(' ')[0] ?? ''))]);
  const actions = group.map(({ words }) => words.split(' ')[1] ?? '');
  if (second !== undefined) throw unknownCommand(`${first} ${second}`, second, actions);
  throw new Fault('usage', `${quote(first)} needs an action`, { hint: `one of ${actions.join(', ')}` });
}

function checkPositionals({ words, positional }: Command, values: readonly string[]): void {
  const hint = `see "artifact-signing ${words} --help"`;
  if (positional !== undefined && values.length === 0)
    throw new Fault('usage', `the ${positional.name} is missing`, { hint });
  const [unexpected] = values.slice(positional === undefined ? 0 : positional.many ? values.length : 1);
  if (unexpected !== undefined) throw new Fault('usage', `unexpected argument ${quote(unexpected)}`, { hint });
}

function unknownCommand(shown: string, word: string, known: readonly string[]): Fault {
  const near = nearest(word, known);
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${quote(near)}?`;
  return new Fault('usage', `unknown command ${quote(shown)}`, { hint });
}
