// SPDX-License-Identifier: Apache-2.0
/** Rekor's time as the proof that a signature is older than the end of its key. */
import { beforeEach, describe, expect, it } from 'vitest';
import { formatEntry } from '../../src/core/hashedrekord.ts';
import { formatBundle } from '../../src/core/sigstore-bundle.ts';
import { bundleOf, newSigner, type RekorLog, rekorLog, signedBy } from '../core/rekor-log.ts';
import { fakeClock, useLab } from './lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, ORIGIN, prepare, submitWords, vkeyOf } from './log-lab.ts';

const YEAR = 365 * 24 * 60 * 60;
const BUNDLE = `${MANIFEST}.sigstore.json`;
const expire = `seconds=${YEAR}`;
const lab = useLab({ short: { algorithm: 'ed25519', expire, subkeys: [{ algorithm: 'ed25519', expire }] } });
const { at, put, read, done, refused } = lab;
const signer = newSigner();

/** POSIX seconds. */
let expiry = 0;
const later = () => ({ clock: fakeClock(new Date((expiry + YEAR) * 1000)) });
const words = () => ['verify', at('r'), '--policy', at('policy.yaml')];
const REFUSED = /expired-after-signing: "nova-1.SHA256SUMS.asc"/;

/** The bundle of the manifest, with its entries in these logs, which the policy pins. */
function logged(logs: readonly RekorLog[], more: Readonly<Record<string, unknown>> = {}): void {
  const signed = signedBy(signer, read('r', MANIFEST));
  const entries = logs.map((log) => log.entry(log.add(formatEntry(log.version, signed)).index));
  put({ [`r/${BUNDLE}`]: Buffer.from(formatBundle(bundleOf(signed, entries))).toString() });
  pin(logs, more);
}
function pin(logs: readonly RekorLog[], more: Readonly<Record<string, unknown>> = {}): void {
  const signers = [Buffer.from(signer.key.spki).toString('base64')];
  const rekor = logs.map(({ version, origin, pin: key }) => ({
    ...{ name: `rekor-${version}`, kind: 'rekor', version, origin, keys: [key], signers },
  }));
  const tiles = { name: 'own', kind: 'tiles', origin: ORIGIN, keys: [vkeyOf(lab)] };
  put({
    'policy.yaml': JSON.stringify({
      schema: 'artifact-signing.policy/v1',
      certificates: [{ file: lab.certificate('short'), fingerprint: lab.made('short').primary }],
      logs: [...rekor, tiles],
      ...more,
    }),
  });
}

beforeEach(async () => {
  await prepare(lab, async () => {
    await makeRelease(lab, 'r', '1', 'short');
    await makeLog(lab);
  });
  const { stdout } = await lab.gpg.run(['--with-colons', '--show-keys', lab.certificate('short')]);
  const ends = [...stdout.toString().matchAll(/^(?:pub|sub)(?::[^:]*){5}:(\d+):/gm)].map(([, time]) => Number(time));
  expect(ends).toHaveLength(2);
  expiry = Math.min(...ends);
});

describe('a key that has expired since, with "expired_after_signing: logged"', () => {
  it.each([
    ['a year before the expiry', -YEAR + 100, 0],
    ['a second before the expiry', -1, 0],
    ['at the expiry', 0, 3],
    ['long after the expiry', YEAR / 2, 3],
  ])('has signed what Rekor v1 took %s (%i s): status %i', async (_, offset, status) => {
    logged([rekorLog(1, { taken: expiry + offset })]);
    if (status === 3) {
      const report = await refused(3, REFUSED, words(), later());
      // the manifest's signature, and those of the two files that it lists
      expect(report.errors.filter(({ kind }) => kind === 'expired-after-signing')).toHaveLength(3);
    } else {
      const report = await done(words(), later());
      expect(report.manifest?.signature?.state).toBe('expired-after-signing');
      expect(report.logs).toMatchObject([{ time: new Date((expiry + offset) * 1000).toISOString() }]);
    }
  });

  it('is not helped by Rekor v2, nor by a log of its own without witnesses, which sign no time that counts', async () => {
    logged([rekorLog(2)]);
    await done(submitWords(lab, 'r', ...IDENTITY).with(7, lab.certificate('short')));
    const report = await refused(3, REFUSED, words(), later());
    expect(report.logs.map(({ kind }) => kind).sort()).toEqual(['rekor', 'tiles']);
    logged([rekorLog(2), rekorLog(1, { taken: expiry - 10 })]);
    await done(words(), later());
  });

  it('is not helped by a Rekor v1 that the policy does not pin, by a changed time, or where it says "refuse"', async () => {
    const log = rekorLog(1, { taken: expiry - 10 });
    logged([log], { expired_after_signing: 'refuse' });
    await refused(3, REFUSED, words(), later());
    pin([]);
    await refused(3, REFUSED, words(), later());
    pin([rekorLog(1)]);
    await refused(3, REFUSED, words(), later());
    logged([rekorLog(1, { taken: expiry + 10 })]);
    const bundle = read('r', BUNDLE).toString();
    put({ [`r/${BUNDLE}`]: bundle.replace(`"${expiry + 10}"`, `"${expiry - 10}"`) });
    await refused(3, REFUSED, words(), later());
    pin([log]);
    logged([log]);
    await done(words(), later());
  });
});
