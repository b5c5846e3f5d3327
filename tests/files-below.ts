// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';

/** Regular files; processes that are still running may take some away in the meantime. */
export const filesBelow = (directories: readonly string[]): readonly string[] =>
  directories.flatMap((directory) => {
    const entries = ifThere(() => fs.readdirSync(directory, { withFileTypes: true })) ?? [];
    return entries.flatMap((entry) => {
      const file = path.join(directory, entry.name);
      return entry.isDirectory() ? filesBelow([file]) : entry.isFile() ? [file] : [];
    });
  });

/** Undefined where it has gone. */
export function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
