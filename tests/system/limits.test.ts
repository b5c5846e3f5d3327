// SPDX-License-Identifier: Apache-2.0
/** Large files, many files, small disks: with the limits of the system, not with ours. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ED25519, namesIn, useLab } from '../workflow/lab.ts';
import { runProcess } from '../workflow/processes.ts';

const lab = useLab({ good: ED25519, rsa: { algorithm: 'ed25519', subkeys: [{ algorithm: 'rsa3072' }] } });
const { at, put } = lab;

const MIB = 1024 * 1024;
const MEASURE = path.resolve('tests/system/measure-memory.mjs');

/** Runs a command with a node that says at its end how much memory it had at the most: bytes. */
async function memoryOf(words: readonly string[]): Promise<number> {
  const { status, stderr } = await runProcess(words, ['env', `NODE_OPTIONS=--import=${MEASURE}`]);
  const [, kilobytes] = /^memory (\d+)$/m.exec(stderr) ?? [];
  expect(status, stderr).toBe(0);
  return Number(kilobytes) * 1024;
}

const verify = (directory: string, key = 'good') => ['verify', at(directory), '--certificate', lab.certificate(key)];

describe('a file of 1 GiB', () => {
  it('is signed, listed, verified and published in less than 128 MiB of memory', async () => {
    put({ 'r/small': 'x' });
    fs.closeSync(fs.openSync(at('r/large'), 'w'));
    fs.truncateSync(at('r/large'), 1024 * MIB);
    const commands = [
      ['sign', at('r'), '--key-file', lab.key('good'), '--sums'],
      verify('r'),
      ['publish', at('r'), '--to', at('site'), '--certificate', lab.certificate('good')],
      ['sums', at('r'), '--key-file', lab.key('good')],
    ];
    for (const words of commands) expect(await memoryOf(words), words[0]).toBeLessThan(128 * MIB);
    expect(fs.statSync(at('site/large')).size).toBe(1024 * MIB);
  });
});

describe('3000 files', () => {
  it.each(['good', 'rsa'])('are signed (%s), listed, published and verified with 256 descriptors', async (key) => {
    put(Object.fromEntries(Array.from({ length: 3000 }, (_, n) => [`r/${n % 7}/${n}`, `${n}`])));
    const few = ['prlimit', '--nofile=256'];
    const commands = [
      ['sign', at('r'), '--recursive', '--key-file', lab.key(key), '--sums'],
      ['publish', at('r'), '--to', at('site'), '--certificate', lab.certificate(key)],
      verify('site', key),
    ];
    for (const words of commands)
      expect(await runProcess([...words, '--quiet'], few)).toMatchObject({ status: 0, stderr: '' });
    expect(namesIn(at('site'))).toHaveLength(6002);
    for (const words of commands) expect(await memoryOf(words), words[0]).toBeLessThan(256 * MIB);
  });
});

describe('a full disk', () => {
  /** Runs shell lines with a file system of 64 KiB in `DIR`, which is gone at the end. */
  const withSmallDisk = (lines: string) =>
    spawnSync(
      'unshare',
      ['--user', '--map-root-user', '--mount', 'sh', '-c', `mount -t tmpfs -o size=64k none "$DIR" && ${lines}`],
      {
        encoding: 'utf8',
        env: {
          ...process.env,
          DIR: at('disk'),
          RUN: `${process.execPath} ${path.resolve('src/bin.ts')}`,
          KEY: lab.key('good'),
          CERTIFICATE: lab.certificate('good'),
          RELEASE: at('r'),
        },
      },
    );

  it('is told by name, and loses nothing', () => {
    fs.mkdirSync(at('disk'));
    const run = withSmallDisk(
      `echo a > "$DIR/a" && head -c 61440 /dev/zero > "$DIR/b" && $RUN sign "$DIR" --key-file "$KEY"; echo "$?"; ls -A "$DIR"`,
    );
    expect(run.stderr).toMatch(/^artifact-signing: error: cannot write ".*\.asc": no space left on the disk$/m);
    expect(run.stdout).toBe('1\na\nb\n');
  });

  it('of a site leaves nothing of a release', async () => {
    put({ 'r/a': 'a', 'r/b': Buffer.alloc(100_000, 'x') });
    await lab.done(['sign', at('r'), '--key-file', lab.key('good'), '--sums']);
    fs.mkdirSync(at('disk'));
    const run = withSmallDisk(
      '$RUN publish "$RELEASE" --to "$DIR" --certificate "$CERTIFICATE"; echo "$?"; ls -A "$DIR"',
    );
    expect(run.stderr).toMatch(/^artifact-signing: error: cannot write ".*b": no space left on the disk$/m);
    expect(run.stdout).toBe('1\n');
  });
});
