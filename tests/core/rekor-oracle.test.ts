// SPDX-License-Identifier: Apache-2.0
/** Sigstore's own verifier in JavaScript takes what we write, and we refuse all that it refuses. */
import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { formatEntry } from '../../src/core/hashedrekord.ts';
import { parseHash } from '../../src/core/merkle.ts';
import { verifyBundle } from '../../src/core/rekor.ts';
import { formatBundle, parseBundle, type SigstoreBundle, type TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { bundleOf, logIdOf, MANIFEST, newSigner, type RekorLog, rekorLog, signedBy, trustIn } from './rekor-log.ts';

const signer = newSigner();
const signed = signedBy(signer);
const logged = (version: 1 | 2): RekorLog => {
  const log = rekorLog(version, { before: version === 1 ? 9 : 0 });
  for (const other of ['a', 'b']) log.add(Buffer.from(other));
  log.add(formatEntry(version, signed));
  for (const other of ['c', 'd']) log.add(Buffer.from(other));
  return log;
};
const LOGS = [logged(1), logged(2)] as const;
const [V1, V2] = LOGS.map((log) => log.entry(2)) as unknown as readonly [TlogEntry, TlogEntry];

/** The document in which Sigstore has its keys. */
const root = TrustedRoot.fromJSON({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: LOGS.map((log) => ({
    // not where it is served: its name
    baseUrl: `https://${log.origin}`,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: log.pin,
      keyDetails: log.version === 1 ? 'PKIX_ECDSA_P256_SHA_256' : 'PKIX_ED25519',
      validFor: { start: '2024-01-01T00:00:00Z' },
    },
    logId: { keyId: Buffer.from(logIdOf(log.key, log.origin), 'hex').toString('base64') },
  })),
});

function theirs(bundle: SigstoreBundle, tlogThreshold: number): boolean {
  const material = toTrustMaterial(root, () => ({
    publicKey: createPublicKey(signer.key.pem),
    validFor: () => true,
  }));
  const read = bundleFromJSON(JSON.parse(Buffer.from(formatBundle(bundle)).toString()));
  try {
    new Verifier(material, { ctlogThreshold: 0, tlogThreshold, timestampThreshold: 0 }).verify(
      toSignedEntity(read, MANIFEST),
    );
    return true;
  } catch {
    return false;
  }
}

function ours(bundle: SigstoreBundle): number {
  try {
    const read = parseBundle(formatBundle(bundle));
    return LOGS.filter((log) => verifyBundle(read, MANIFEST, trustIn(log, signer)) !== undefined).length;
  } catch (error) {
    if (error instanceof Fault) return 0;
    throw error;
  }
}

describe('@sigstore/verify', () => {
  it.each([
    ['v1', [V1]],
    ['v2', [V2]],
    ['v1 and v2', [V1, V2]],
    ['v2 and v1', [V2, V1]],
  ] as const)('takes a bundle with %s', (_, entries) => {
    const bundle = bundleOf(signed, entries);
    expect([theirs(bundle, entries.length), ours(bundle)]).toEqual([true, entries.length]);
    expect(theirs(bundle, entries.length + 1)).toBe(false);
  });

  const proven = (entry: TlogEntry, change: Partial<TlogEntry['inclusionProof']>): TlogEntry => ({
    ...entry,
    inclusionProof: { ...entry.inclusionProof, ...change },
  });
  const stranger = logged(2);
  it.each([
    ['another index in the proof of v1', proven(V1, { logIndex: 1 })],
    ['another index in the proof of v2', proven(V2, { logIndex: 1 })],
    ['another time', { ...V1, integratedTime: V1.integratedTime + 1 }],
    ['another index of v1', { ...V1, logIndex: V1.logIndex + 1 }],
    ['a checkpoint of another log', proven(V2, { checkpoint: stranger.checkpoint() })],
    ['another log', { ...V2, logId: logIdOf(stranger.key, stranger.origin) }],
    ['fewer hashes', proven(V2, { hashes: V2.inclusionProof.hashes.slice(1) })],
    ['another body', { ...V1, body: LOGS[0].entry(1).body }],
  ])('and we refuse %s', (_, entry) => {
    const bundle = bundleOf(signed, [entry]);
    expect([theirs(bundle, 1), ours(bundle)]).toEqual([false, 0]);
  });

  it.each([
    ['another root', proven(V1, { rootHash: parseHash(Buffer.alloc(32)) })],
    ['another index of v2', { ...V2, logIndex: 1 }],
  ])('accepts %s, which we refuse', (_, entry) => {
    const bundle = bundleOf(signed, [entry]);
    expect([theirs(bundle, 1), ours(bundle)]).toEqual([true, 0]);
  });

  it('accepts an entry with another public key, which we refuse', () => {
    const { index } = LOGS[1].add(formatEntry(2, { ...signed, key: newSigner().key }));
    const bundle = bundleOf(signed, [LOGS[1].entry(index)]);
    expect([theirs(bundle, 1), ours(bundle)]).toEqual([true, 0]);
  });
});
