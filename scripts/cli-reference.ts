// SPDX-License-Identifier: Apache-2.0
/** Writes doc/source/cli.rst from the table of commands; tests/documents.test.ts fails where the file is another. */
import fs from 'node:fs';
import path from 'node:path';
import { COMMANDS, type Command } from '../src/cli/commands.ts';
import type { Flag } from '../src/cli/flags.ts';
import { COMMON_FLAGS } from '../src/cli/options.ts';

const FILE = path.resolve(import.meta.dirname, '../doc/source/cli.rst');

const PREFACE = `\
.. Written by scripts/cli-reference.ts from src/cli/commands.ts: what is changed here is lost.

Command line
############

::

   artifact-signing COMMAND [FLAGS]

Standard output is the result, in a form that stays; standard error is for people. With \`\`--json\`\`, standard output is
exactly one JSON document, the report, on success, refusal and wrong use alike; \`\`--report FILE\`\` writes that document
into a file and leaves the rest as it is. :doc:\`architecture\` describes it.

Secrets come in files, or from standard input where \`\`-\`\` is given, and never as arguments; nothing is ever prompted
for. One flag in a run can read standard input; a key and its passphrase can do so together, the passphrase first, on a
line of its own. What comes after \`\`--\`\` is no flag.

Nothing of yours belongs among the artifacts: a key file, a passphrase or a report that lies in a directory to be
signed is refused, and so is every artifact that begins as a private key does. Patterns are those of a shell: \`\`*\`\` is
within one part of a name, and not its first dot; \`\`**\`\` goes through directories, as in \`\`node_modules/**\`\`. One
without \`\`/\`\` is held against the last part of each name.

Exit status
***********

====== ===================================================================================
Status Meaning
====== ===================================================================================
\`\`0\`\`  done, and true
\`\`1\`\`  could not finish; a retry may help
\`\`2\`\`  used wrongly: flags, paths, files that are not what they should be
\`\`3\`\`  refused: a key, digest, signature, name or proof does not meet the policy
\`\`4\`\`  evidence that a log or a key misbehaved
====== ===================================================================================

The highest that applies wins.
`;

const title = (text: string, line: string): string => `${text}\n${line.repeat(text.length)}\n`;

const capitalised = (text: string): string => text.replace(/^./, (letter) => letter.toUpperCase());

/** Text from the table, safe to stand in reStructuredText. */
const prose = (text: string): string => text.replace(/[\\*`|_]/g, '\\$&');

function describeFlag({ name, value, describe, required, fallback }: Flag): string {
  const head = value === undefined ? `--${name}` : `--${name} ${value}`;
  const notes = [
    ...(required === true ? ['required'] : []),
    ...(fallback === undefined ? [] : [`default: ${prose(fallback)}`]),
  ];
  return `\`\`${head}\`\`\n   ${prose(describe)}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}\n`;
}

function describeCommand({ words, describe, positional, flags, examples }: Command): string {
  const shown = positional === undefined ? '' : ` ${positional.name.toUpperCase()}${positional.many ? '...' : ''}`;
  return [
    title(words, '*'),
    `::\n\n   artifact-signing ${words}${shown} [FLAGS]\n`,
    `${prose(capitalised(describe))}.\n`,
    ...(positional === undefined ? [] : [`\`\`${shown.trim()}\`\`\n   ${prose(positional.describe)}\n`]),
    ...flags.map(describeFlag),
    ...examples.map(([line, what]) => `${prose(capitalised(what))}::\n\n   ${line}\n`),
  ].join('\n');
}

/** The whole page. */
export const cliReference = (): string =>
  [
    PREFACE,
    `${title('Flags of every command', '*')}`,
    ...COMMON_FLAGS.map(describeFlag),
    ...COMMANDS.map(describeCommand),
  ].join('\n');

if (process.argv[1] === import.meta.filename) {
  fs.mkdirSync(path.dirname(FILE), { recursive: true });
  fs.writeFileSync(FILE, cliReference());
}
