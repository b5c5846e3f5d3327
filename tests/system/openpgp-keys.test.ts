// SPDX-License-Identifier: Apache-2.0
// Some three hundred certificates that other libraries keep for their own tests, each key judged by gpg and by us at
// the same time: none may be good to us alone.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificate, readCertificates } from '../../src/openpgp/certificate.ts';
import { keyState } from '../../src/openpgp/key-state.ts';
import { type Gpg, openGpg } from '../gpg.ts';
import { CRATES, type Crate, unpackCrate } from './crates.ts';

const NOW = new Date('2026-11-01T00:00:00Z');

let gpg: Gpg;
/** Files that hold certificates. */
const files: string[] = [];

beforeAll(async () => {
  gpg = await openGpg();
  for (const crate of Object.keys(CRATES) as Crate[]) {
    const folder = unpackCrate(crate, gpg.home);
    for (const one of fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
      if (one.isFile()) files.push(path.join(one.parentPath, one.name));
  }
});
afterAll(() => gpg.close());

function certificatesIn(file: string): readonly Certificate[] {
  try {
    return readCertificates(fs.readFileSync(file));
  } catch {
    return [];
  }
}

/** By fingerprint: how gpg calls its validity (`e` expired, `r` revoked, `i` invalid), and whether it may sign. */
async function judgedByGpg(file: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await gpg.run(['--with-colons', '--show-keys', file], { at: NOW, mayFail: true });
  const keys = new Map<string, string>();
  let last = '';
  for (const fields of stdout
    .toString()
    .split('\n')
    .map((line) => line.split(':'))) {
    const [type, validity = '', uses = '', fingerprint = ''] = [fields[0], fields[1], fields[11], fields[9]];
    if (type === 'pub' || type === 'sub') last = `${validity}${uses.includes('s') ? ' signs' : ''}`;
    if (type === 'fpr') keys.set(fingerprint, last);
  }
  return keys;
}

describe('a key that may sign to us', () => {
  it('may do so to gpg', async () => {
    const found: string[] = [];
    for (const file of files) {
      const good = certificatesIn(file).flatMap((certificate) =>
        certificate.keys.filter((key) =>
          ['good', 'expires-soon'].includes(keyState(certificate, key, { at: NOW, now: NOW }).state),
        ),
      );
      // gpg 2.2 knows nothing of these, and takes a file with one of them for none
      const known = good.filter(({ publicKey: { version, algorithm } }) => version === 4 && algorithm < 27);
      const theirs = known.length === 0 ? new Map() : await judgedByGpg(file);
      for (const { fingerprint } of known)
        found.push(`${theirs.get(fingerprint)}: ${path.basename(file)} ${fingerprint}`);
    }
    expect(found.filter((line) => !line.startsWith('- signs: '))).toEqual([]);
    expect(found.length).toBeGreaterThan(100);
  });
});
