// SPDX-License-Identifier: Apache-2.0
/** A directory for each test, and another user to be in it. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** Made before each test of the file and removed after it. Everybody may enter it. */
export function eachInDirectory(): { readonly at: (...names: readonly string[]) => string } {
  let directory = '';
  beforeEach(() => {
    directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'io-')));
    fs.chmodSync(directory, 0o755);
  });
  afterEach(() => {
    // a test may have closed what its own user has to remove
    execFileSync('chmod', ['-R', 'u+rwX', directory]);
    fs.rmSync(directory, { recursive: true });
  });
  return { at: (...names) => path.join(directory, ...names) };
}

const NOBODY = 65534;

/** Runs the body without the rights of root, who may read and write everything. Others have none to lose. */
export async function withoutPrivileges<T>(body: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(NOBODY);
  try {
    return await body();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
