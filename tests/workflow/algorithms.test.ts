// SPDX-License-Identifier: Apache-2.0
/** Every algorithm through the whole path: signed by us, judged by gpgv, checked by us, and signed by gpg, checked by us. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { detachSign, type KeyOptions } from '../gpg.ts';
import { useLab } from './lab.ts';

const KEYS: Readonly<Record<string, KeyOptions>> = Object.fromEntries(
  ['ed25519', 'nistp256', 'nistp384', 'nistp521', 'rsa2048', 'rsa4096'].map((algorithm) => {
    const signing = algorithm.startsWith('nist') ? `${algorithm}/ecdsa` : algorithm;
    return [algorithm, { algorithm: 'ed25519', subkeys: [{ algorithm: signing }] }];
  }),
);

/** As gpg numbers digests: what it demands at least of a curve, and what we take where nothing is said. */
const DIGESTS: Readonly<Record<string, number>> = { nistp384: 9, nistp521: 10 };

const lab = useLab(KEYS);
const { at, put, done } = lab;

describe.each(Object.keys(KEYS))('%s', (name) => {
  it('signs a release that gpgv and we find good', async () => {
    put({ 'r/a': 'bytes', 'r/empty': '', 'r/large': Buffer.alloc(700_000, 'x') });
    const report = await done(['sign', at('r'), '--key-file', lab.key(name), '--sums']);
    const signatures = [...report.files, ...report.manifests].map(({ signature }) => signature);
    for (const signature of signatures)
      expect(signature).toMatchObject({ signer: lab.made(name).subkeys[0], primary: lab.made(name).primary });
    for (const file of ['a', 'empty', 'large', 'SHA256SUMS']) {
      const args = ['--status-fd', '1', '--keyring', lab.keyring(name), at('r', `${file}.asc`), at('r', file)];
      const gpgv = spawnSync('gpgv', args, { encoding: 'utf8' });
      expect(gpgv.stdout.match(/\] (?:GOODSIG|VALIDSIG|BADSIG|ERRSIG|EXPKEYSIG|REVKEYSIG)/g)).toEqual([
        '] GOODSIG',
        '] VALIDSIG',
      ]);
    }
    const packets = await lab.gpg.run(['--list-packets', at('r/a.asc')]);
    expect(packets.stdout.toString()).toContain(`digest algo ${DIGESTS[name] ?? 8},`);
    await done(['verify', at('r'), '--certificate', lab.certificate(name)]);
  });

  it('has the signatures of gpg kept', async () => {
    put({ 'r/a': 'bytes' });
    const [subkey] = lab.made(name).subkeys;
    put({ 'r/a.asc': await detachSign(lab.gpg, subkey ?? ('' as never), Buffer.from('bytes')) });
    const report = await done(['sign', at('r'), '--key-file', lab.key(name)]);
    expect(report.files[0]).toMatchObject({ action: 'kept', signature: { signer: subkey } });
  });
});
