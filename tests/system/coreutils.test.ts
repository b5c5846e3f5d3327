// SPDX-License-Identifier: Apache-2.0
// A release by gpg and sha256sum alone is one to us, and ours is one to them; what is done to either, both notice, but
// for a file that nobody lists, which sha256sum passes over.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ED25519, useLab } from '../workflow/lab.ts';
import { flipBit } from './alter.ts';

const lab = useLab({ release: ED25519 });
const { at, put, read, done } = lab;
const RELEASE = 'nova-1.tar.gz';
const WHEEL = 'nova-1.whl';

/** Runs a shell in the directory of the release, as people do by hand. */
function shell(script: string): number | null {
  const env = { ...process.env, GNUPGHOME: lab.gpg.home, LC_ALL: 'C' };
  const { error, status } = spawnSync('bash', ['-e', '-c', script], { cwd: at('r'), env });
  if (error !== undefined) throw error;
  return status;
}

const MAKERS: Readonly<Record<string, () => Promise<unknown>>> = {
  'gpg and sha256sum': async () => {
    const sign = 'gpg --batch --armor --digest-algo SHA256 --detach-sign';
    expect(shell(`for file in *; do ${sign} "$file"; done; sha256sum -- * >../sums; mv ../sums SHA256SUMS`)).toBe(0);
    expect(shell(`${sign} SHA256SUMS`)).toBe(0);
  },
  'sha256sum in its binary mode': async () => {
    const sign = 'gpg --batch --armor --detach-sign';
    expect(shell(`for file in *; do ${sign} "$file"; done; sha256sum --binary -- * >../sums`)).toBe(0);
    expect(shell(`mv ../sums SHA256SUMS; ${sign} SHA256SUMS`)).toBe(0);
  },
  us: () => done(['sign', at('r'), '--key-file', lab.key('release'), '--sums']),
};

const rewrite = (name: string, change: (content: Buffer) => Uint8Array) =>
  put({ [`r/${name}`]: change(read('r', name)) });

/** What is done to the release, what we call it, and whether sha256sum or gpgv notices it. */
const DEEDS: readonly (readonly [string, () => void, string, boolean])[] = [
  ['one bit of an artifact', () => rewrite(RELEASE, (content) => flipBit(content, 3)), 'altered', true],
  ['two artifacts exchanged', () => shell(`mv ${RELEASE} x; mv ${WHEEL} ${RELEASE}; mv x ${WHEEL}`), 'altered', true],
  ['a file less', () => fs.rmSync(at('r', WHEEL)), 'missing', true],
  ['a file more', () => put({ 'r/more': 'x' }), 'extra', false],
  ['a signature exchanged for another', () => shell(`cp ${WHEEL}.asc ${RELEASE}.asc`), 'altered', true],
  [
    'a line less in the manifest',
    () => rewrite('SHA256SUMS', (content) => content.subarray(content.indexOf('\n') + 1)),
    'altered',
    true,
  ],
  [
    'a line in the manifest that is none',
    () => rewrite('SHA256SUMS', (content) => Buffer.concat([content, Buffer.from('x\n')])),
    'bad-manifest',
    true,
  ],
  ['the signature of the manifest gone', () => fs.rmSync(at('r/SHA256SUMS.asc')), 'unsigned', true],
];

/** As a reader does it: the signature of the manifest, then what it lists. */
const readersAccept = () =>
  shell(
    `gpgv --keyring ${lab.keyring('release')} SHA256SUMS.asc SHA256SUMS && sha256sum --strict --check SHA256SUMS`,
  ) === 0;

describe.each(Object.entries(MAKERS))('a release by %s', (_, make) => {
  it('is good to gpgv, sha256sum and us, and every change to it is noticed', async () => {
    for (const [what, deed, kind, noticed] of DEEDS) {
      fs.rmSync(at('r'), { recursive: true, force: true });
      put({ [`r/${RELEASE}`]: 'the sources', [`r/${WHEEL}`]: 'the wheel' });
      await make();
      expect(readersAccept()).toBe(true);
      await done(['verify', at('r'), '--certificate', lab.certificate('release')]);
      deed();
      expect(readersAccept(), what).toBe(!noticed);
      const { status, report } = await lab.run(['verify', at('r'), '--certificate', lab.certificate('release')]);
      expect([status, report.errors.map((error) => error.kind)], what).toEqual([3, expect.arrayContaining([kind])]);
    }
  });
});
