// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatEntry } from '../../src/core/hashedrekord.ts';
import { parseHash } from '../../src/core/merkle.ts';
import { BUNDLE_CAP, formatBundle, parseBundle, type TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { refusal } from '../refusal.ts';
import { bundleOf, newSigner, rekorLog, signedBy } from './rekor-log.ts';

const signed = signedBy(newSigner());
const logs = [rekorLog(1, { before: 7 }), rekorLog(2)] as const;
const entries = logs.map((log) => {
  log.add(Buffer.from('another'));
  return log.entry(log.add(formatEntry(log.version, signed)).index);
});
const bundle = bundleOf(signed, entries);
const BYTES = Buffer.from(formatBundle(bundle));
const TEXT = BYTES.toString();
const V2 = entries[1] as TlogEntry;

/** As others write it: anything at all in JSON. */
interface Loose {
  [key: string]: unknown;
}
const changed = (change: (document: Loose) => void, of = TEXT): Buffer => {
  const document = JSON.parse(of) as Loose;
  change(document);
  return Buffer.from(JSON.stringify(document));
};
const materialOf = (document: Loose) => document['verificationMaterial'] as Loose;
const entriesOf = (document: Loose) => materialOf(document)['tlogEntries'] as Loose[];
const entryOf = (document: Loose, at = 1) => entriesOf(document)[at] as Loose;

describe('a bundle', () => {
  it('reads back what was written, byte for byte', () => {
    expect(parseBundle(BYTES)).toEqual(bundle);
    const number = fc.maxSafeNat();
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 80 }).map((one) => Buffer.from(one));
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((one) => parseHash(Buffer.from(one)));
    const inclusionProof = fc.record({
      logIndex: number,
      treeSize: number,
      rootHash: hash,
      hashes: fc.array(hash, { maxLength: 64 }),
      checkpoint: fc.string({ minLength: 1, unit: 'grapheme' }),
    });
    const entry = fc.record({
      logIndex: number,
      logId: hash.map((one) => Buffer.from(one).toString('hex')),
      kind: fc.string({ minLength: 1 }),
      version: fc.string({ minLength: 1 }),
      integratedTime: number,
      signedEntryTimestamp: fc.option(bytes, { nil: undefined }),
      inclusionProof,
      body: bytes,
    });
    const any = fc.record({
      digest: hash,
      signature: bytes,
      hint: fc.string({ minLength: 1 }),
      entries: fc.array(entry, { maxLength: 4 }),
      timestamps: fc.array(bytes, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(any, (one) => {
        const read = parseBundle(formatBundle(one));
        expect(read).toEqual(one);
        expect(Buffer.from(formatBundle(read))).toEqual(Buffer.from(formatBundle(one)));
      }),
      { numRuns: 30 },
    );
  });

  it('is read as protobuf JSON may be written: with white space, in another order, without zeros, with nulls', () => {
    const first = rekorLog(2);
    const only = first.entry(first.add(formatEntry(2, signed)).index);
    const one = bundleOf(signed, [only]);
    const pretty = JSON.stringify(JSON.parse(Buffer.from(formatBundle(one)).toString()), undefined, '\t');
    expect(parseBundle(Buffer.from(pretty))).toEqual(one);
    const loose = changed((document) => {
      const entry = entryOf(document, 0);
      delete entry['logIndex'];
      delete (entry['inclusionProof'] as Loose)['logIndex'];
      delete (entry['inclusionProof'] as Loose)['hashes'];
      Object.assign(entry, { integratedTime: '0', inclusionPromise: null });
      Object.assign(document, { mediaType: document['mediaType'] });
    }, pretty);
    expect(parseBundle(loose)).toEqual(one);
  });

  it('keeps timestamps that others have put there', () => {
    const more = changed((document) => {
      Object.assign(materialOf(document), {
        timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: 'AAEC' }] },
      });
    });
    const read = parseBundle(more);
    expect(read.timestamps).toEqual([Buffer.of(0, 1, 2)]);
    expect(parseBundle(formatBundle(read))).toEqual(read);
  });
});

describe('a bundle is refused', () => {
  const told = (bytes: Uint8Array) => refusal('bad-format', () => parseBundle(bytes)).message;
  const proofOf = (document: Loose) => entryOf(document)['inclusionProof'] as Loose;

  it.each<readonly [string, (document: Loose) => void, RegExp]>([
    [
      'of another version',
      (d) => Object.assign(d, { mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' }),
      /^mediaType: is not/,
    ],
    ['with a field that is unknown', (d) => Object.assign(d, { dsseEnvelope: {} }), /^dsseEnvelope: is not a key/],
    [
      'with a certificate',
      (d) => Object.assign(materialOf(d), { certificate: {} }),
      /^verificationMaterial\.certificate: is not/,
    ],
    [
      'with an unknown field of an entry',
      (d) => Object.assign(entryOf(d), { more: 1 }),
      /tlogEntries\[1\]\.more: is not a key/,
    ],
    [
      'with another digest',
      (d) => Object.assign((d['messageSignature'] as Loose)['messageDigest'] as Loose, { algorithm: 'SHA2_512' }),
      /algorithm: is not SHA2_256/,
    ],
    ['with a number instead of text', (d) => Object.assign(entryOf(d), { logIndex: 1 }), /logIndex: is not a string/],
    ['with a leading zero', (d) => Object.assign(entryOf(d), { logIndex: '01' }), /logIndex: not a whole number/],
    ['with a negative index', (d) => Object.assign(entryOf(d), { logIndex: '-1' }), /logIndex: not a whole number/],
    [
      'with an index that no double holds',
      (d) => Object.assign(proofOf(d), { logIndex: '9007199254740993' }),
      /not a whole number/,
    ],
    [
      'with an index in hexadecimal',
      (d) => Object.assign(proofOf(d), { treeSize: '0x10' }),
      /treeSize: not a whole number/,
    ],
    ['with an empty size', (d) => Object.assign(proofOf(d), { treeSize: '' }), /treeSize: is empty/],
    ['with a short root', (d) => Object.assign(proofOf(d), { rootHash: 'AAEC' }), /rootHash: a hash of 3 bytes/],
    ['with a short log ID', (d) => Object.assign(entryOf(d), { logId: { keyId: 'AAEC' } }), /keyId: a hash of 3 bytes/],
    [
      'with base64 in another form',
      (d) => Object.assign(entryOf(d), { canonicalizedBody: 'AB==' }),
      /canonicalizedBody: not base64/,
    ],
    [
      'with 65 hashes',
      (d) => Object.assign(proofOf(d), { hashes: Array(65).fill(proofOf(d)['rootHash']) }),
      /hashes: holds more than 64 items/,
    ],
    [
      'with 33 entries',
      (d) => Object.assign(materialOf(d), { tlogEntries: Array(33).fill(0) }),
      /tlogEntries: holds more than 32 items/,
    ],
    [
      'with 33 timestamps',
      (d) =>
        Object.assign(materialOf(d), {
          timestampVerificationData: { rfc3161Timestamps: Array(33).fill({ signedTimestamp: 'AAEC' }) },
        }),
      /rfc3161Timestamps: holds more than 32 items/,
    ],
    [
      'with a checkpoint of more than 16 KiB',
      (d) => Object.assign(proofOf(d), { checkpoint: { envelope: 'x'.repeat(16 * 1024 + 1) } }),
      /envelope: is larger than 16384 bytes/,
    ],
    ['without an inclusion proof', (d) => void delete entryOf(d)['inclusionProof'], /inclusionProof: is missing/],
    ['without an entry body', (d) => void delete entryOf(d)['canonicalizedBody'], /canonicalizedBody: is missing/],
    [
      'with an entry that is null',
      (d) => Object.assign(materialOf(d), { tlogEntries: [null] }),
      /tlogEntries\[0\]: is not a mapping/,
    ],
  ])('%s', (_, change, message) => {
    expect(told(changed(change))).toMatch(message);
  });

  it('where a name stands twice', () => {
    expect(told(Buffer.from(TEXT.replace('"mediaType"', '"mediaType":"x","mediaType"')))).toMatch(/a name twice/);
    expect(told(Buffer.from(TEXT.replace('"kindVersion"', '"logIndex":"5","kindVersion"')))).toMatch(/a name twice/);
  });

  it('where a character is written in an unusual way', () => {
    expect(told(Buffer.from(TEXT.replace('hashedrekord', 'hashedreko\\u0072d')))).toMatch(/unusual way/);
  });

  it('where it is no JSON, too deep, or too large', () => {
    expect(told(Buffer.alloc(0))).toBe('the bundle is not JSON');
    expect(told(Buffer.from('['.repeat(100_000)))).toMatch(/not JSON|nested/);
    expect(told(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)))).toMatch(/nested/);
    expect(told(Buffer.alloc(BUNDLE_CAP + 1, ' '))).toBe(`the bundle is larger than ${BUNDLE_CAP} bytes`);
    expect(told(Buffer.from('null'))).toMatch(/is not a mapping/);
  });

  it('but not for its size alone', () => {
    const large = bundleOf(
      signed,
      Array.from({ length: 32 }, () => V2),
    );
    expect(parseBundle(formatBundle(large)).entries).toHaveLength(32);
  });
});
