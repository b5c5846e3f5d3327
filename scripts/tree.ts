// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';

/** Path to a description of the content: two trees are equal when their maps are. */
export type Tree = ReadonlyMap<string, string>;

export function readTree(directory: string): Tree {
  if (!fs.existsSync(directory)) return new Map();
  const entries = fs.readdirSync(directory, { recursive: true, withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const executable = (fs.statSync(file).mode & 0o100) !== 0 ? 'x' : '-';
        return [path.relative(directory, file), `${executable} ${fs.readFileSync(file, 'base64')}`];
      }),
  );
}

/** One line for each file in which two trees differ, sorted. */
export function differences(expected: Tree, found: Tree): readonly string[] {
  const names = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return names.flatMap((name) => {
    if (!found.has(name)) return [`missing ${name}`];
    if (!expected.has(name)) return [`extra ${name}`];
    return expected.get(name) === found.get(name) ? [] : [`differs ${name}`];
  });
}
