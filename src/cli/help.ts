// SPDX-License-Identifier: Apache-2.0
/** Which help is asked for. `npm run build` has yargs write the texts, so that nobody who asks waits for yargs. */
import type { Command } from './commands.ts';
import { helpText } from './help-text.ts';

/** Of the command or the group that these words begin with, otherwise of the program. */
export async function helpOf(words: readonly string[], commands: readonly Command[]): Promise<string> {
  return helpText(topicOf(words, commands), commands);
}

function topicOf([first = '', second = '']: readonly string[], commands: readonly Command[]): readonly string[] {
  if (commands.some(({ words }) => words === `${first} ${second}`)) return [first, second];
  return commands.some(({ words }) => words.split(' ')[0] === first) ? [first] : [];
}

/** The words of every help that there is. */
export const helpTopics = (commands: readonly Command[]): readonly (readonly string[])[] => {
  const all = commands.map(({ words }) => words.split(' '));
  const groups = new Set(all.filter((words) => words.length > 1).map(([group = '']) => group));
  return [[], ...[...groups].map((group) => [group]), ...all];
};
