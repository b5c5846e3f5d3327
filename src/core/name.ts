// SPDX-License-Identifier: Apache-2.0
import { Fault, quote } from './fault.ts';

/**
 * The name of a file in a release: relative, `/` between its parts, no control character, no empty, `.` or `..` part.
 * A backslash is allowed (manifests escape it), so is a leading `-` (nothing here takes a name for an option).
 */
export type ArtifactName = string & { readonly __brand: 'ArtifactName' };

/** Characters that end lines or hide in a terminal: Unicode's control, line and paragraph separator classes. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** Unicode's format class: no width, or the direction of what follows. */
const INVISIBLE = /\p{Cf}/u;

const problems: readonly (readonly [(name: string) => boolean, string])[] = [
  [(n) => n === '', 'is empty'],
  [(n) => Buffer.byteLength(n) > 1024, 'is longer than 1024 bytes'],
  [(n) => n.includes('\n'), 'holds a newline'],
  [(n) => n.includes('\r'), 'holds a carriage return'],
  [(n) => n.includes('\0'), 'holds a NUL'],
  [(n) => FORBIDDEN.test(n), 'holds a control character'],
  [(n) => !n.isWellFormed() || n.includes('\ufffd'), 'is not valid UTF-8'],
  [(n) => n.startsWith('/'), 'is absolute'],
  [(n) => n.split('/').some((part) => part === '' || part === '.' || part === '..'), 'has an empty, "." or ".." part'],
];

/** What is wrong with a name, or undefined. */
export const nameProblem = (name: string): string | undefined => problems.find(([test]) => test(name))?.[1];

/** Checks one name. Throws `bad-name`. */
export function parseArtifactName(name: string): ArtifactName {
  const problem = nameProblem(name);
  if (problem === undefined) return name as ArtifactName;
  throw badName(name, problem);
}

/**
 * Checks one name that we are about to write. What some file system, browser or server composes on the way is another name to whoever
 * verifies; so a name has to be composed already. And to people it has to be the one that they see. Others' names are read as they
 * are. Throws `bad-name`.
 */
export function parseNewName(name: string): ArtifactName {
  const parsed = parseArtifactName(name);
  if (INVISIBLE.test(parsed)) throw badName(name, 'holds a character that nobody sees');
  if (parsed.normalize('NFC') === parsed) return parsed;
  throw badName(name, "is not in Unicode's composed form (NFC)");
}

const badName = (name: string, problem: string) =>
  new Fault('bad-name', `the name ${quote(name)} ${problem}`, {
    file: name,
    hint: 'rename the file: such a name reads differently in different tools',
  });

/** Lower case first and then upper: only so do "ς" and "σ", "ẞ" and "ß" meet. */
const fold = (name: string): string => name.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC');

/** Where the first two different names stand that are one file on a system that ignores case, or that normalizes Unicode. */
export function findCaseTwins(names: readonly string[]): readonly [first: number, second: number] | undefined {
  const seen = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const first = seen.get(fold(name)) ?? index;
    if (names[first] !== name) return [first, index];
    seen.set(fold(name), first);
  }
  return undefined;
}

/** Refuses names that `findCaseTwins` finds. Throws `bad-name`. */
export function refuseCaseTwins(names: readonly string[]): void {
  const [first = '', second = ''] = (findCaseTwins(names) ?? []).map((index) => names[index]);
  if (first === second) return;
  throw new Fault('bad-name', `the names ${quote(first)} and ${quote(second)} differ only in case or composition`, {
    file: second,
    hint: 'rename one of them: many file systems hold only one of the two',
  });
}

/** The order of manifests: by the bytes of the UTF-8 form, as `LC_ALL=C sort` does it. */
export const compareBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
