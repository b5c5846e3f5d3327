// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { COMMANDS, type Command } from '../../src/cli/commands.ts';
import { COMMON_FLAGS } from '../../src/cli/options.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { refused } from '../refusal.ts';

const run = async () => expect.unreachable();
/** One command of each shape. */
const SHAPES: readonly Command[] = [
  {
    words: 'many',
    describe: 'takes one or more',
    positional: { name: 'path', describe: 'paths', many: true },
    flags: [
      { name: 'name', kind: 'text', value: 'NAME', describe: 'a name' },
      { name: 'include', kind: 'texts', value: 'GLOB', describe: 'globs' },
      { name: 'jobs', kind: 'number', value: 'N', describe: 'a number', fallback: '2' },
      { name: 'dry-run', kind: 'switch', describe: 'a switch' },
    ],
    examples: [['artifact-signing many a --name b', 'an example']],
    run,
  },
  {
    words: 'one',
    describe: 'takes one',
    positional: { name: 'directory', describe: 'it', many: false },
    flags: [],
    examples: [],
    run,
  },
  {
    words: 'group init',
    describe: 'two words and one more',
    positional: { name: 'directory', describe: 'it', many: false },
    flags: [{ name: 'origin', kind: 'text', value: 'NAME', describe: 'an origin', required: true }],
    examples: [['artifact-signing group init x', 'another example']],
    run,
  },
  { words: 'group make', describe: 'two words', positional: undefined, flags: [], examples: [], run },
];

const parse = async (...argv: readonly string[]) => parseCommandLine(argv, '1.2.3', SHAPES);
const valuesOf = async (...argv: readonly string[]) => (await parse(...argv)).values ?? {};
const refusalOf = async (...argv: readonly string[]) => refused('usage', parse(...argv));

describe('a command line', () => {
  it.each([
    [['many', 'a'], 'many', { path: ['a'] }],
    [['many', 'a', 'b', '--name', 'x', 'c'], 'many', { path: ['a', 'b', 'c'], name: 'x' }],
    [['many', '--name=x', '--dry-run', 'a'], 'many', { path: ['a'], name: 'x', 'dry-run': true }],
    [
      ['one', 'a', '--json', '--quiet', '--report', 'r'],
      'one',
      { directory: 'a', json: true, quiet: true, report: 'r' },
    ],
    [['--json', 'one', 'a'], 'one', { directory: 'a', json: true }],
    [['group', 'init', 'a', '--origin', 'x'], 'group init', { directory: 'a', origin: 'x' }],
    [['group', 'make'], 'group make', {}],
  ])('%j is %s', async (argv, words, values) => {
    const parsed = await parse(...argv);
    expect(parsed.command?.words).toBe(words);
    expect(parsed.values).toMatchObject(values);
  });

  it('repeats a flag for a list, one value at a time', async () => {
    expect(await valuesOf('many', 'a', '--include', '*.gz', 'b', '--include=*.whl')).toMatchObject({
      include: ['*.gz', '*.whl'],
      path: ['a', 'b'],
    });
  });

  it('leaves it to the decoder to refuse what is repeated', async () => {
    expect(await valuesOf('many', 'a', '--name', 'x', '--name', 'y')).toMatchObject({ name: ['x', 'y'] });
  });

  it('sets a switch that is given twice', async () => {
    expect(await valuesOf('many', 'a', '--dry-run', '--dry-run')).toMatchObject({ 'dry-run': true });
  });

  it.each(['0x10', '007', '1e3', '-0', '1_000', 'Infinity', 'null', 'undefined', 'true', 'false', '-'])(
    'keeps %j as the text that it is',
    async (text) => {
      const behind = text === '-0' ? ['--', text] : [text];
      expect(await valuesOf('one', ...behind)).toMatchObject({ directory: text });
      expect(await valuesOf('many', 'a', ...behind)).toMatchObject({ path: ['a', text] });
      expect(await valuesOf('many', `--name=${text}`, `--jobs=${text}`, 'a')).toMatchObject({ name: text, jobs: text });
      if (text !== '-0') expect(await valuesOf('many', '--name', text, 'a')).toMatchObject({ name: text });
    },
  );

  it('does not take what follows a switch for its value', async () => {
    expect(await valuesOf('many', '--dry-run', 'false', 'true')).toMatchObject({
      'dry-run': true,
      path: ['false', 'true'],
    });
  });

  it('takes everything behind "--" for a value', async () => {
    expect(await valuesOf('many', '--', '-x', '--json', '--', '--name=y')).toEqual({
      path: ['-x', '--json', '--', '--name=y'],
    });
    expect(await valuesOf('many', 'a', '--dry-run', '--', 'b')).toMatchObject({ path: ['a', 'b'], 'dry-run': true });
    expect(await valuesOf('one', '--', '-x')).toMatchObject({ directory: '-x' });
    expect(await valuesOf('many', 'a', '--')).toMatchObject({ path: ['a'] });
  });

  it('takes values with "-" at their beginning behind "="', async () => {
    expect(await valuesOf('many', 'a', '--name=--json', '--include=-x', '--jobs=')).toMatchObject({
      name: '--json',
      include: ['-x'],
      jobs: '',
    });
  });

  it('keeps "=" and newlines in values', async () => {
    expect(await valuesOf('many', '--name=a=b\nc', 'x=y')).toMatchObject({ name: 'a=b\nc', path: ['x=y'] });
  });
});

describe('a command line is refused', () => {
  it.each([
    ['without a command', [], 'no command', 'see "artifact-signing --help"'],
    ['with flags only', ['--json'], 'no command', 'see "artifact-signing --help"'],
    ['with an unknown command', ['frobnicate', 'a'], 'unknown command "frobnicate"', 'known: many, one, group'],
    ['with a misspelt command', ['mny', 'a'], 'unknown command "mny"', 'did you mean "many"?'],
    ['without an action', ['group'], '"group" needs an action', 'one of init, make'],
    ['with an unknown action', ['group', 'destroy'], 'unknown command "group destroy"', 'known: init, make'],
    ['with a misspelt action', ['group', 'int', 'a'], 'unknown command "group int"', 'did you mean "init"?'],
    [
      'with an unknown flag',
      ['many', 'a', '--frobnicate'],
      'unknown flag "--frobnicate"',
      'see "artifact-signing --help"',
    ],
    [
      'with an unknown flag and its value',
      ['many', 'a', '--frobnicate=x y'],
      'unknown flag "--frobnicate"',
      'see "artifact-signing --help"',
    ],
    ['with a misspelt flag', ['many', 'a', '--includes', 'x'], 'unknown flag "--includes"', 'did you mean --include?'],
    ['with the beginning of a flag', ['many', 'a', '--nam', 'x'], 'unknown flag "--nam"', 'did you mean --name?'],
    [
      'with a flag in another spelling',
      ['many', 'a', '--dryRun'],
      'unknown flag "--dryRun"',
      'did you mean --dry-run?',
    ],
    [
      'with the contrary of a flag',
      ['many', 'a', '--no-json'],
      'unknown flag "--no-json"',
      'see "artifact-signing --help"',
    ],
    ['with one dash', ['many', 'a', '-name', 'x'], 'unknown flag "-name"', 'did you mean --name?'],
    ['with one letter', ['many', 'a', '-h'], 'unknown flag "-h"', 'see "artifact-signing --help"'],
    ['with letters', ['many', 'a', '-xvf'], 'unknown flag "-xvf"', 'see "artifact-signing --help"'],
    ['without the value at the end', ['many', 'a', '--name'], '--name takes a value', undefined],
    [
      'without the value before a flag',
      ['many', 'a', '--name', '--dry-run'],
      '--name takes a value',
      'does it begin with "-"? write --name=…',
    ],
    ['without the value before "--"', ['many', '--name', '--', 'a'], '--name takes a value', undefined],
    ['without the value of a list', ['many', 'a', '--include'], '--include takes a value', undefined],
    ['with a value for a switch', ['many', 'a', '--dry-run=false'], '--dry-run takes no value', undefined],
    ['with an empty value for a switch', ['many', 'a', '--json='], '--json takes no value', undefined],
    ['without its positional', ['one'], 'the directory is missing', 'see "artifact-signing one --help"'],
    [
      'without any of its positionals',
      ['many', '--dry-run'],
      'the path is missing',
      'see "artifact-signing many --help"',
    ],
    ['with nothing behind "--"', ['many', '--'], 'the path is missing', 'see "artifact-signing many --help"'],
    ['with a positional too many', ['one', 'a', 'b'], 'unexpected argument "b"', 'see "artifact-signing one --help"'],
    [
      'with a positional too many behind "--"',
      ['one', 'a', '--', '-b'],
      'unexpected argument "-b"',
      'see "artifact-signing one --help"',
    ],
    [
      'with a positional where there is none',
      ['group', 'make', 'a'],
      'unexpected argument "a"',
      'see "artifact-signing group make --help"',
    ],
    [
      'with a positional as a flag',
      ['one', 'a', '--directory', 'b'],
      'unknown flag "--directory"',
      'see "artifact-signing --help"',
    ],
    [
      'with what libraries keep for themselves',
      ['many', 'a', '--_', 'b'],
      'unknown flag "--_"',
      'see "artifact-signing --help"',
    ],
    [
      'with the name of the program',
      ['many', 'a', '--$0', 'b'],
      'unknown flag "--$0"',
      'see "artifact-signing --help"',
    ],
    [
      'with what every object has',
      ['many', 'a', '--constructor', 'b'],
      'unknown flag "--constructor"',
      'see "artifact-signing --help"',
    ],
    [
      'with its prototype',
      ['many', 'a', '--__proto__', 'b'],
      'unknown flag "--__proto__"',
      'see "artifact-signing --help"',
    ],
    [
      'with a part of its prototype',
      ['many', 'a', '--__proto__.json', 'b'],
      'unknown flag "--__proto__.json"',
      'see "artifact-signing --help"',
    ],
    ['with a value for the help', ['many', 'a', '--help=x'], '--help takes no value', undefined],
  ])('%s', async (_, argv, message, hint) => {
    expect(await refusalOf(...argv)).toMatchObject({ message, hint });
  });

  it('with a flag of another command', async () => {
    expect(await refusalOf('one', 'a', '--origin', 'x')).toMatchObject({
      message: 'unknown flag "--origin"',
      hint: 'see "artifact-signing one --help"',
    });
  });

  it('and the refusal is one printable line', async () => {
    for (const argv of [['\u001b[2J'], ['many', '--\u001b[2J'], ['one', 'a', 'b\nc'], ['group', '\u202e']]) {
      expect((await refusalOf(...argv)).message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('the help', () => {
  /** Without the line breaks that the width of the terminal makes. */
  const helpOf = async (argv: readonly string[], commands: readonly Command[] = COMMANDS) =>
    ((await parseCommandLine(argv, '1.2.3', commands)).help ?? '').replace(/\s+/g, ' ');

  it.each([[['--help']], [['help']], [['--help', '--json']], [['--json', '--help']]])(
    'of the program (%j) names every command and the exit statuses',
    async (argv) => {
      const help = await helpOf(argv);
      for (const { words } of COMMANDS) expect(help).toContain(` ${words.split(' ')[0]} `);
      expect(help).toContain('Exit status: 0 done and true, 1 could not finish, 2 used wrongly, 3 refused, 4');
    },
  );

  it.each(COMMANDS.map((command) => [command.words, command] as const))(
    'of %s names its flags, its positional and its examples',
    async (words, command) => {
      const help = await helpOf([...words.split(' '), '--help']);
      expect(help).toContain(`artifact-signing ${words}`);
      expect(help).toContain(command.describe);
      for (const { name, value, describe } of [...command.flags, ...COMMON_FLAGS]) {
        if (name === 'help') continue;
        expect(help).toContain(` --${name} ${value === undefined ? '' : `${value}: `}${describe}`);
      }
      if (command.positional !== undefined) expect(help).toContain(command.positional.describe);
      for (const [line] of command.examples) {
        for (const word of line.split(' ')) expect(help).toContain(word);
      }
    },
  );

  it('tells what is required, and what holds where nothing is given', async () => {
    expect(await helpOf(['many', '--help'], SHAPES)).toContain('--jobs N: a number (default: 2)');
    expect(await helpOf(['group', 'init', '--help'], SHAPES)).toContain('--origin NAME: an origin (required)');
    expect(await helpOf(['group', '--help'], SHAPES)).toContain(
      'artifact-signing group init <directory> two words and one more',
    );
  });

  it('of a command or a group is that of "help" before it, too', async () => {
    for (const words of [['one'], ['group'], ['group', 'init']])
      expect(await helpOf(['help', ...words], SHAPES)).toBe(await helpOf([...words, '--help'], SHAPES));
    expect(await helpOf(['help', 'nothing'], SHAPES)).toBe(await helpOf(['--help'], SHAPES));
  });

  it('is shown where something else is wrong, too', async () => {
    for (const argv of [
      ['one', '--help'],
      ['group', '--help'],
      ['one', 'a', 'b', '--help'],
    ]) {
      expect(await helpOf(argv, SHAPES)).toContain('Options:');
    }
  });

  it('is not what is asked for behind "--"', async () => {
    expect(await valuesOf('many', '--', '--help', '--version')).toMatchObject({ path: ['--help', '--version'] });
  });

  it('is in English, whatever the language of the person', async () => {
    const before = process.env['LC_ALL'];
    try {
      process.env['LC_ALL'] = 'de_DE.UTF-8';
      expect((await parse('one', '--help')).help).toContain('Show help');
    } finally {
      if (before === undefined) delete process.env['LC_ALL'];
      else process.env['LC_ALL'] = before;
    }
  });

  it('is as wide as it is, whatever the terminal', async () => {
    const before = process.stdout.columns;
    process.stdout.columns = 40;
    const narrow = await helpOf(['sign', '--help']);
    process.stdout.columns = before;
    expect(await helpOf(['sign', '--help'])).toBe(narrow);
  });
});

it('the version is told for --version, with a command, too', async () => {
  expect((await parse('--version')).help).toBe('artifact-signing 1.2.3\n');
  expect((await parse('many', '--version')).help).toBe('artifact-signing 1.2.3\n');
});

describe('the table of commands', () => {
  it('has one meaning for each flag: whether it takes a value does not depend on the command', () => {
    const all = [...COMMANDS.flatMap(({ flags }) => flags), ...COMMON_FLAGS];
    for (const [name, flags] of Map.groupBy(all, (flag) => flag.name)) {
      expect([name, new Set(flags.map(({ kind }) => kind)).size]).toEqual([name, 1]);
    }
  });

  it('gives no flag twice to a command, and none the name of its positional', () => {
    for (const { flags, positional, words } of COMMANDS) {
      const names = [...flags, ...COMMON_FLAGS].map(({ name }) => name).concat(positional?.name ?? []);
      expect([words, names.length]).toEqual([words, new Set(names).size]);
    }
  });

  it('describes each flag, and shows each command by an example that can be parsed', async () => {
    for (const { flags, examples, words, describe: what } of COMMANDS) {
      expect(what).toMatch(/^[a-z].*[^.]$/);
      for (const flag of flags) expect(flag.describe).toMatch(/[^.]$/);
      expect(examples.length).toBeGreaterThan(0);
      for (const [line] of examples) {
        const argv = line.replace(/^artifact-signing /, '').split(' ');
        expect((await parseCommandLine(argv, '0')).command?.words).toBe(words);
      }
    }
  });

  it('writes with no command that has no --dry-run', () => {
    const reading = ['verify', 'log inspect', 'key inspect'];
    for (const { flags, words } of COMMANDS) {
      expect([words, flags.some(({ name }) => name === 'dry-run')]).toEqual([words, !reading.includes(words)]);
    }
  });
});
