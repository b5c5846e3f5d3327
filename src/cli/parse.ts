// SPDX-License-Identifier: Apache-2.0
/** From arguments to a command and its values, or to the text that was asked for. */
import { COMMANDS, type Command } from './commands.ts';
import { divide, readTokens } from './tokens.ts';

export type Parsed =
  | { readonly help: string; readonly command?: never; readonly values?: never }
  | { readonly help?: never; readonly command: Command; readonly values: Readonly<Record<string, unknown>> };

/** Throws `usage`. */
export async function parseCommandLine(
  argv: readonly string[],
  version: string,
  commands: readonly Command[] = COMMANDS,
): Promise<Parsed> {
  const read = readTokens(divide(argv), commands);
  if (read.asks === undefined) return { command: read.command, values: read.values };
  if (read.asks === 'version') return { help: `artifact-signing ${version}\n` };
  // not loaded for a command that runs
  const { helpOf } = await import('./help.ts');
  return { help: await helpOf(read.words, commands) };
}
