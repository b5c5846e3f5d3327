// SPDX-License-Identifier: Apache-2.0
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { describe, expect, it } from 'vitest';
import { verifyBundle } from '../../src/core/rekor.ts';
import type { RekorVersion } from '../../src/core/rekor-key.ts';
import { readRekorKeys, TRUSTED_ROOT_CAP } from '../../src/core/trusted-root.ts';
import { refusal } from '../refusal.ts';
import {
  bundleOf,
  canonicalized,
  logIdOf,
  MANIFEST,
  newKey,
  newSigner,
  type RekorLog,
  rekorLog,
  signedBy,
  TAKEN,
} from './rekor-log.ts';
import { type TrustedRootLog, trustedRoot } from './rekor-root.ts';

const [one, two, next] = [rekorLog(1), rekorLog(2), rekorLog(2, { origin: 'rekor-3.example.org' })];
const ROOT = trustedRoot([{ log: one }, { log: two }, { log: next, start: '2026-06-01T00:00:00Z' }]);
const wanted = (version: RekorVersion, origin?: string) => ({ version, origin });
const read = (text: string, version: RekorVersion, origin?: string) =>
  readRekorKeys(Buffer.from(text), wanted(version, origin));

describe('a trusted root', () => {
  it('gives the logs of a version, each with its name, its ID and its time', () => {
    expect(read(ROOT, 1).map(({ name, logId }) => [name, logId])).toEqual([[one.origin, logIdOf(one.key, one.origin)]]);
    const keys = read(ROOT, 2);
    expect(keys.map(({ name, validFor }) => [name, validFor?.start.toISOString(), validFor?.end])).toEqual([
      [two.origin, '2024-01-01T00:00:00.000Z', undefined],
      [next.origin, '2026-06-01T00:00:00.000Z', undefined],
    ]);
  });

  it('gives one log by its name, also of version 2 with a key on P-256', () => {
    expect(read(ROOT, 2, next.origin).map(({ name }) => name)).toEqual([next.origin]);
    const unusual = rekorLog(2, { key: newKey(1) });
    expect(read(trustedRoot([{ log: unusual }, { log: one }]), 2, unusual.origin)).toHaveLength(1);
  });

  it("is the one of Sigstore's public logs", () => {
    // as of 2026-08-21: rekor.sigstore.dev and log2025-1.rekor.sigstore.dev
    const tlogs = [
      {
        baseUrl: 'https://rekor.sigstore.dev',
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes:
            'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==',
          keyDetails: 'PKIX_ECDSA_P256_SHA_256',
          validFor: { start: '2021-01-12T11:53:27Z' },
        },
        logId: { keyId: 'wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=' },
      },
      {
        baseUrl: 'https://log2025-1.rekor.sigstore.dev',
        hashAlgorithm: 'SHA2_256',
        publicKey: {
          rawBytes: 'MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=',
          keyDetails: 'PKIX_ED25519',
          validFor: { start: '2025-09-23T00:00:00.123456789Z' },
        },
        logId: { keyId: 'zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A=' },
        operator: 'sigstore.dev',
      },
    ];
    const text = JSON.stringify({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1', tlogs });
    expect(read(text, 1).map(({ name }) => name)).toEqual(['rekor.sigstore.dev']);
    expect(read(text, 2).map(({ name }) => name)).toEqual(['log2025-1.rekor.sigstore.dev']);
  });

  it("is what Sigstore's own library writes", () => {
    const written = JSON.stringify(TrustedRoot.toJSON(TrustedRoot.fromJSON(JSON.parse(ROOT))), undefined, 2);
    expect(read(written, 2).map(({ logId }) => logId)).toEqual(read(ROOT, 2).map(({ logId }) => logId));
  });

  it.each<readonly [string, readonly TrustedRootLog[], boolean]>([
    ['within the time of its key', [{ log: one, end: '2026-01-01T00:00:00Z' }], true],
    ['in its first second', [{ log: one, start: new Date(TAKEN * 1000).toISOString() }], true],
    ['in its last second', [{ log: one, end: new Date(TAKEN * 1000).toISOString() }], true],
    ['before its first', [{ log: one, start: new Date(TAKEN * 1000 + 1000).toISOString() }], false],
    ['after its last', [{ log: one, end: new Date(TAKEN * 1000 - 1000).toISOString() }], false],
  ])('lets an entry be %s: %s', (_, logs, isGood) => {
    const signer = newSigner();
    const signed = signedBy(signer);
    const log: RekorLog = rekorLog(1, { origin: one.origin, key: one.key });
    log.add(canonicalized(1, signed));
    const keys = read(trustedRoot(logs), 1);
    const verify = () =>
      verifyBundle(bundleOf(signed, [log.entry(0)]), MANIFEST, { version: 1, keys, signers: [signer.key] });
    if (isGood) expect(verify()?.origin).toBe(one.origin);
    else
      expect(refusal('bad-proof', verify).message).toMatch(
        /when the pinned key of "rekor-1.example.org" was not in use$/,
      );
  });
});

describe('a trusted root is refused', () => {
  const tweaked = (change: (tlog: Record<string, unknown>) => unknown) => {
    const root = JSON.parse(trustedRoot([{ log: one }])) as { tlogs: Record<string, unknown>[] };
    return JSON.stringify({ ...root, tlogs: root.tlogs.map(change) });
  };
  const withKey = (part: Record<string, unknown>) =>
    tweaked((tlog) => ({ ...tlog, publicKey: { ...(tlog['publicKey'] as object), ...part } }));

  it.each([
    ['that is none', '{"tlogs":[]}', 'mediaType: is missing'],
    ['of another type', ROOT.replace('version=0.1', 'version=9'), 'mediaType: is not one of'],
    ['with another field', ROOT.replace('{', '{"zeal":1,'), 'zeal: is not a key that belongs here'],
    [
      'with logs that are none',
      '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":{}}',
      'tlogs: is not a list',
    ],
    ['with a log with another field', tweaked((tlog) => ({ ...tlog, zeal: 1 })), 'tlogs[0].zeal: is not a key'],
    ['with a log without an address', tweaked(({ baseUrl: _, ...tlog }) => tlog), 'tlogs[0].baseUrl: is missing'],
    [
      'with another hash',
      tweaked((tlog) => ({ ...tlog, hashAlgorithm: 'SHA2_512' })),
      'tlogs[0].hashAlgorithm: is not SHA2_256',
    ],
    [
      'with a key that is none',
      withKey({ rawBytes: 'AAAA' }),
      'tlogs[0].publicKey.rawBytes: not a public key on P-256',
    ],
    [
      'with a time that is none',
      withKey({ validFor: { start: '2024-01-01' } }),
      'validFor.start: is not a time in UTC',
    ],
    ['without a time', withKey({ validFor: undefined }), 'tlogs[0].publicKey.validFor: is missing'],
    [
      'with a time that ends before it begins',
      withKey({ validFor: { start: '2024-01-01T00:00:00Z', end: '2023-01-01T00:00:00Z' } }),
      'is earlier than "start"',
    ],
    [
      'with the ID of another key',
      tweaked((tlog) => ({ ...tlog, logId: { keyId: Buffer.alloc(32).toString('base64') } })),
      'tlogs[0].logId: is not that of this key',
    ],
    [
      'with another checkpoint ID',
      tweaked((tlog) => ({ ...tlog, checkpointKeyId: { keyId: 'AAAAAA==' } })),
      'tlogs[0].checkpointKeyId: is not that',
    ],
    [
      'with an address that no log has for a name',
      tweaked((tlog) => ({ ...tlog, baseUrl: 'https://a+b' })),
      'tlogs[0].baseUrl: holds a space or a plus',
    ],
    ['with a name twice', ROOT.replace('{', '{"ctlogs":[],"ctlogs":[],'), 'holds a name twice'],
    ['that is no JSON', 'x', 'is not JSON'],
    [
      'with more logs than anybody has',
      trustedRoot(Array.from({ length: 65 }, () => ({ log: one }))),
      'tlogs: holds more than 64 logs',
    ],
    ['without a log of this version', trustedRoot([{ log: two }]), 'it holds no log of version 1'],
  ])('%s', (_, text, message) => {
    expect(refusal('bad-format', () => read(text, 1)).message).toContain(message);
  });

  it('with a key of another kind than it says, without a log of this name, and where it is too large', () => {
    const lied = withKey({ keyDetails: 'PKIX_ED25519' });
    expect(refusal('bad-format', () => read(lied, 1, one.origin)).message).toContain(
      'keyDetails: is not PKIX_ECDSA_P256_SHA_256',
    );
    const absent = refusal('bad-format', () => read(ROOT, 2, 'nowhere.example.org'));
    expect([absent.message, absent.hint]).toEqual([
      'it holds no log "nowhere.example.org"',
      `it holds ${one.origin}, ${two.origin}, ${next.origin}`,
    ]);
    refusal('bad-format', () => read(`${ROOT}${' '.repeat(TRUSTED_ROOT_CAP)}`, 1));
  });
});
