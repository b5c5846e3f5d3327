// SPDX-License-Identifier: Apache-2.0
/** The texts of the help, which yargs writes from the table of commands; it is given nothing else to do. */
import yargs, { type Argv } from 'yargs';
import type { Command } from './commands.ts';
import type { Flag } from './flags.ts';
import { COMMON_FLAGS } from './options.ts';

/** Of a command, of a group, or of the program where there are no words. */
export async function helpText(words: readonly string[], commands: readonly Command[]): Promise<string> {
  const parser = buildParser(commands);
  return new Promise((resolve) => {
    void parser.parse([...words, '--help'], {}, (_error: unknown, _values: unknown, output: string) =>
      resolve(`${output}\n`),
    );
  });
}

function buildParser(commands: readonly Command[]): Argv {
  const parser = yargs()
    .scriptName('artifact-signing')
    .usage('$0 <command>\n\nSign, sum, verify, publish and log the artifacts of a release.')
    .detectLocale(false)
    .help('help')
    .exitProcess(false)
    .wrap(110)
    .epilogue(
      'Exit status: 0 done and true, 1 could not finish, 2 used wrongly, 3 refused, 4 a log or a key misbehaved.',
    );
  for (const flag of COMMON_FLAGS) if (flag.name !== 'help') addFlag(parser, flag);
  for (const [group, members] of groups(commands)) addGroup(parser, group, members);
  return parser;
}

/** Commands of one word stand alone; those of two share a group: `log init`, `log inspect`. */
const groups = (commands: readonly Command[]): ReadonlyMap<string, readonly Command[]> =>
  Map.groupBy(commands, ({ words }) => words.split(' ')[0] ?? '');

function addGroup(parser: Argv, group: string, commands: readonly Command[]): void {
  const [only] = commands;
  if (only !== undefined && only.words === group) {
    addCommand(parser, only, group);
    return;
  }
  const describe = commands.map((command) => command.words.slice(group.length + 1)).join(', ');
  parser.command(`${group} <action>`, describe, (inner) => {
    for (const command of commands) addCommand(inner, command, command.words.slice(group.length + 1));
    return inner;
  });
}

function addCommand(parser: Argv, { positional, describe, flags, examples }: Command, word: string): void {
  const line = positional === undefined ? word : `${word} <${positional.name}${positional.many ? '..' : ''}>`;
  parser.command(line, describe, (inner) => {
    if (positional !== undefined) inner.positional(positional.name, { describe: positional.describe, type: 'string' });
    for (const flag of flags) addFlag(inner, flag);
    for (const [example, what] of examples) inner.example(example, what);
    return inner;
  });
}

function addFlag(parser: Argv, { name, kind, value, describe, required, fallback }: Flag): void {
  const shown = [
    describe,
    required === true ? '(required)' : '',
    fallback === undefined ? '' : `(default: ${fallback})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
  parser.option(name, {
    describe: value === undefined ? shown : `${value}: ${shown}`,
    type: kind === 'switch' ? 'boolean' : 'string',
    array: kind === 'texts',
  });
}
