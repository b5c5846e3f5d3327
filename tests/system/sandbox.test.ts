// SPDX-License-Identifier: Apache-2.0
// Temporary files name the process that makes them: what that says in a sandbox, whose processes have numbers of their own.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownMaker } from '../../src/io/maker.ts';

function makerInSandbox(...mounts: readonly string[]) {
  const script = `import('${path.resolve('src/io/maker.ts')}').then(({ ownMaker }) => console.log(JSON.stringify(ownMaker() ?? null)))`;
  const args = ['--user', '--map-root-user', '--pid', '--fork', ...mounts, process.execPath, '-e', script];
  const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8' });
  return JSON.parse(stdout || JSON.stringify(stderr));
}

describe('temporary files of a process in a sandbox', () => {
  it('tell nothing where processes have other numbers in /proc than there', () => {
    expect(makerInSandbox()).toBeNull();
  });

  it('are not taken for those of a process outside', () => {
    const other = makerInSandbox('--mount-proc');
    expect(other).toMatchObject({ place: expect.stringMatching(/^[0-9a-f]{16}$/), pid: 1 });
    expect(other.place).not.toBe(ownMaker()?.place);
  });
});
