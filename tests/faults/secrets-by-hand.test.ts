// SPDX-License-Identifier: Apache-2.0
/** No key anywhere, where the executable is run by hand, with keys in files: all that it hands on, as strace sees it. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { addKey, addLogKey, addSecret, type Index, indexPieces } from '../pieces.ts';
import { ED25519, namesIn, useLab } from '../workflow/lab.ts';
import { signWords } from '../workflow/log-lab.ts';
import { faults } from './injected.ts';
import { leaks } from './secret-runs.ts';
import { type Handed, readHanded, tracing } from './traced.ts';
import { scalarOf } from './unreachable-logs.ts';

const PASSPHRASE = 'never to be seen where somebody signs by hand';
const lab = useLab({ open: ED25519, locked: { ...ED25519, passphrase: PASSPHRASE } });
const { at, put, read } = lab;

function handedOn(status: number, words: readonly string[]): readonly Handed[] {
  const trace = `${at()}.strace`;
  const [program = '', ...args] = [...tracing(trace), process.execPath, faults.executable, ...words];
  try {
    const run = spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
    expect(run.status, run.stderr).toBe(status);
    return [...readHanded(trace), { where: 'output', content: Buffer.from(run.stdout + run.stderr) }];
  } finally {
    fs.rmSync(trace, { force: true });
  }
}

/** The secret itself and the passphrase. The rest of the file is public in part, and what is signed has some of that. */
async function secretsOf(name: string): Promise<Index> {
  const pieces = new Map<string, string>();
  const key = fs.readFileSync(lab.key(name), 'utf8');
  await addKey(pieces, 'key', key, key, PASSPHRASE);
  addSecret(pieces, 'passphrase', Buffer.from(PASSPHRASE));
  return indexPieces(pieces);
}

describe('sign, with a key and its passphrase in files,', () => {
  const SIGNED = ['a', 'a.asc', 'nova-1.SHA256SUMS', 'nova-1.SHA256SUMS.asc'];

  it.each([
    ['that is open', 'open', '', 0, SIGNED],
    ['that is locked', 'locked', PASSPHRASE, 0, SIGNED],
    ['that the passphrase does not fit', 'locked', `${PASSPHRASE}?`, 2, ['a']],
  ])('hands on neither: a key %s', async (_, name, passphrase, status, names) => {
    put({ 'r/a': 'a', passphrase: `${passphrase}\n` });
    const index = await secretsOf(name);
    const given = [fs.readFileSync(lab.key(name)), read('passphrase')].map((content) => ({ where: 'given', content }));
    expect(leaks(index, given)).toHaveLength(1);
    const unlock = passphrase === '' ? [] : ['--passphrase-file', at('passphrase')];
    const handed = handedOn(status, [...signWords(lab, 'r', '1'), '--key-file', lab.key(name), ...unlock]);
    expect(handed.map(({ where }) => where)).toContain('argv');
    expect(namesIn(at('r'))).toEqual(names);
    expect(leaks(index, handed)).toEqual([]);
  });
});

describe('key generate-log-key', () => {
  /** Octets before an Ed25519 key in the form of OpenSSH: the length of `ssh-ed25519`, that, and the length of the key. */
  const PREFIX = 4 + 11 + 4;

  /** Where the secret has been, but for its random name. */
  function placesOf(kind: string): readonly string[] {
    const out = at('keys/log.key');
    const handed = handedOn(0, ['key', 'generate-log-key', '--for', kind, '--out', out]);
    const key = fs.readFileSync(out, 'utf8');
    const pieces = new Map<string, string>();
    if (kind === 'tiles') addLogKey(pieces, 'key', key);
    else {
      const known = fs.readFileSync(`${out}.pub`, 'utf8');
      const open = Buffer.from(known.split(' ')[1] ?? '', 'base64').toString('hex', PREFIX);
      addLogKey(pieces, 'key', key, scalarOf(key, open), known);
    }
    const found = leaks(indexPieces(pieces), handed).map((leak) =>
      leak.replace(/-signing-[\w-]+\.tmp: .*/, '-signing-….tmp'),
    );
    return [...new Set(found)];
  }

  it.each(['tiles', 'rekor', 'sigsum'])('writes the secret into a file beside its own only: %s', (kind) => {
    put({ 'keys/other': '' });
    expect(placesOf(kind)).toEqual([path.join(at('keys'), '.artifact-signing-….tmp')]);
  });
});
