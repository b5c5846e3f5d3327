// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the `.. code-block:: console` blocks of a document, all of them in one shell, as a reader would:
 *
 *   $ command           has to succeed, unless the next one is "echo $?"
 *   > command goes on   the continuation of a line
 *   output              where any is shown, it has to come, and nothing else; … stands for any text, on a line of its own for any lines
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

export interface ConsoleCommand {
  /** Of the document, from 1. */
  readonly line: number;
  readonly text: string;
  /** Empty where no output is shown. */
  readonly shown: readonly string[];
}

/** The lines of each block with this language, without their indentation; `line` is the number of the first one. */
export function codeBlocks(document: string, language: string): readonly { line: number; lines: readonly string[] }[] {
  const lines = document.split('\n');
  return lines.flatMap((directive, at) => {
    if (directive.trim() !== `.. code-block:: ${language}`) return [];
    const rest = lines.slice(at + 2);
    const length = rest.findIndex((line) => /^\S/.test(line));
    const block = rest.slice(0, length < 0 ? rest.length : length).map((line) => line.slice(3));
    return [{ line: at + 3, lines: block.join('\n').trimEnd().split('\n') }];
  });
}

export function consoleCommands(document: string): readonly ConsoleCommand[] {
  const commands: { line: number; text: string; shown: string[] }[] = [];
  for (const { line, lines } of codeBlocks(document, 'console')) {
    lines.forEach((content, at) => {
      const last = commands.at(-1);
      if (content.startsWith('$ ')) commands.push({ line: line + at, text: content.slice(2), shown: [] });
      else if (content.startsWith('> ') && last?.shown.length === 0) last.text += `\n${content.slice(2)}`;
      else last?.shown.push(content);
    });
  }
  return commands;
}

export interface ConsoleOptions {
  /** Name of the document, for messages. */
  readonly name: string;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Addresses and paths of the document, and what stands for each of them while it is run. */
  readonly replace: readonly (readonly [shown: string, standIn: string])[];
}

const MARK = '\u001e';

/** Runs all commands and compares; fails with the command, its line, and what it said. */
export async function runConsole(commands: readonly ConsoleCommand[], options: ConsoleOptions): Promise<void> {
  const put = (text: string) => options.replace.reduce((all, [shown, standIn]) => all.replaceAll(shown, standIn), text);
  const script = commands.map(
    ({ text }) => `${put(text)}\n__status=$?; printf '${MARK}%s\\n' $__status; (exit $__status)\n`,
  );
  const output = await runBash(`exec 2>&1\n${script.join('')}`, options);
  const said = options.replace.reduce((all, [shown, standIn]) => all.replaceAll(standIn, shown), output);
  const results = said.split(new RegExp(`${MARK}(\\d+)\n`));
  commands.forEach(({ line, text, shown }, at) => {
    const [printed = '', status = 'never run'] = [results[2 * at], results[2 * at + 1]];
    const where = `${options.name}:${line}: $ ${text}\n${printed}`;
    if (commands[at + 1]?.text !== 'echo $?') expect(status, where).toBe('0');
    if (shown.length > 0) expect(printed, where).toMatch(patternOf(shown));
  });
}

function patternOf(shown: readonly string[]): RegExp {
  const escape = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const lines = shown.map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(escape).join('.*')}\n`));
  return new RegExp(`^${lines.join('')}$`);
}

function runBash(script: string, { cwd, env }: ConsoleOptions): Promise<string> {
  const child = spawn('bash', ['--noprofile', '--norc', '-c', script], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(chunks).toString()));
  });
}

/** A directory for PATH, with programs that are shell scripts. */
export function writePrograms(directory: string, programs: Readonly<Record<string, string>>): void {
  fs.mkdirSync(directory);
  for (const [name, line] of Object.entries(programs))
    fs.writeFileSync(path.join(directory, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}
