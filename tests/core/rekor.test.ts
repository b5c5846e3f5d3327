// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { FaultKind } from '../../src/core/fault.ts';
import { formatEntry, type SignedDigest } from '../../src/core/hashedrekord.ts';
import { parseHash } from '../../src/core/merkle.ts';
import { type RekorTrust, verifyBundle } from '../../src/core/rekor.ts';
import { parseRekorKey } from '../../src/core/rekor-key.ts';
import type { InclusionProof, TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { refusal } from '../refusal.ts';
import {
  bundleOf,
  logIdOf,
  MANIFEST,
  newKey,
  newSigner,
  type RekorLog,
  rekorLog,
  signedBy,
  TAKEN,
  trustIn,
} from './rekor-log.ts';
import { ReferenceTree } from './rfc6962.ts';

const signer = newSigner();
const signed = signedBy(signer);

/** A log with ours at the index 3 of 7, and earlier shards with 100 entries where it is of version 1. */
function logged(version: 1 | 2): RekorLog {
  const log = rekorLog(version, version === 1 ? { before: 100 } : {});
  for (const other of ['a', 'b', 'c']) log.add(formatEntry(version, signedBy(signer, Buffer.from(other))));
  log.add(formatEntry(version, signed));
  for (const other of ['d', 'e', 'f']) log.add(Buffer.from(other));
  return log;
}

const LOGS = { 1: logged(1), 2: logged(2) } as const;
const TRUST = { 1: trustIn(LOGS[1], signer), 2: trustIn(LOGS[2], signer) } as const;
const leafHex = (version: 1 | 2) => new ReferenceTree([formatEntry(version, signed)]).mth(0, 1).toString('hex');
const entryIn = (version: 1 | 2) => LOGS[version].entry(3);
const verifying = (
  entries: readonly TlogEntry[],
  trust: RekorTrust,
  by: SignedDigest = signed,
  file: Uint8Array = MANIFEST,
) => verifyBundle(bundleOf(by, entries), file, trust);

describe('a proof of Rekor', () => {
  it('v1 is verified, with the time that the log gave it', () => {
    const verified = verifying([entryIn(1)], TRUST[1]);
    const entry = `${BigInt(LOGS[1].treeId).toString(16)}${leafHex(1)}`;
    expect(verified).toMatchObject({ origin: 'rekor-1.example.org', index: 103, entry, treeSize: 7 });
    expect(entry).toHaveLength(80);
    expect([verified?.time, verified?.signer]).toEqual([new Date(TAKEN * 1000), signer.key]);
  });

  it('v2 is verified, and tells no time', () => {
    const verified = verifying([entryIn(2)], TRUST[2]);
    expect(verified).toMatchObject({ origin: 'rekor-2.example.org', index: 3, entry: leafHex(2), treeSize: 7 });
    expect(verified?.time).toBeUndefined();
  });

  it('of either log is found in one bundle, in any order', () => {
    for (const both of [
      [entryIn(1), entryIn(2)],
      [entryIn(2), entryIn(1)],
    ]) {
      expect(verifying(both, TRUST[1])?.index).toBe(103);
      expect(verifying(both, TRUST[2])?.index).toBe(3);
    }
  });

  it('is not there where the bundle has no entry of the log', () => {
    expect(verifying([entryIn(1)], TRUST[2])).toBeUndefined();
    expect(verifying([], TRUST[1])).toBeUndefined();
  });

  it('of every index and size is verified', () => {
    for (const version of [1, 2] as const) {
      for (let size = 1; size <= 20; size += 1) {
        const log = rekorLog(version);
        const index = (size * 7) % size;
        for (let at = 0; at < size; at += 1) log.add(at === index ? formatEntry(version, signed) : Buffer.of(at));
        expect(verifying([log.entry(index)], trustIn(log, signer))).toMatchObject({ index, treeSize: size });
      }
    }
  });

  it('may bear cosignatures of witnesses, which are not asked here', () => {
    const entry = entryIn(2);
    const more = `${entry.inclusionProof.checkpoint}— witness.example.org ${Buffer.alloc(76, 1).toString('base64')}\n`;
    expect(
      verifying([{ ...entry, inclusionProof: { ...entry.inclusionProof, checkpoint: more } }], TRUST[2])?.index,
    ).toBe(3);
  });

  it('is believed under any of several pinned keys, each for its own entry', () => {
    const old = parseRekorKey(rekorLog(2).pin, 2, LOGS[2].origin);
    expect(verifying([entryIn(2)], { ...TRUST[2], keys: [old, ...TRUST[2].keys] })?.index).toBe(3);
    expect(verifying([entryIn(2)], { ...TRUST[2], signers: [newSigner().key, signer.key] })?.index).toBe(3);
  });
});

const proven = (entry: TlogEntry, change: Partial<InclusionProof>): TlogEntry => ({
  ...entry,
  inclusionProof: { ...entry.inclusionProof, ...change },
});

describe.each([1, 2] as const)('a proof of Rekor v%s is refused', (version) => {
  const log = LOGS[version];
  const own = entryIn(version);
  const told = (kind: FaultKind, entry: TlogEntry, by?: SignedDigest, file?: Uint8Array) =>
    refusal(kind, () => verifying([entry], TRUST[version], by, file)).message;
  /** What the log promises of it is made anew: only the log itself could lie so. */
  const promised = (entry: TlogEntry): TlogEntry =>
    version === 1 ? { ...entry, signedEntryTimestamp: log.promise(entry) } : entry;

  it('for another file', () => {
    expect(told('bad-proof', own, signed, Buffer.from('x'))).toBe('the bundle is about another file');
    expect(
      told('bad-signature', own, { ...signed, digest: signedBy(signer, Buffer.from('x')).digest }, Buffer.from('x')),
    ).toMatch(/not one of this file/);
  });

  it('by another key than the pinned ones, or with another signature by the same', () => {
    const other = signedBy(newSigner());
    expect(told('wrong-key', own, other)).toMatch(/none of its pinned signers/);
    expect(told('bad-signature', own, { ...signed, signature: other.signature })).toMatch(/not one of this file/);
    expect(told('bad-proof', own, signedBy(signer))).toMatch(/signature\.content is not what was signed/);
  });

  it('where the entry has another public key that verifies the signature, too', () => {
    const key = newSigner().key;
    const index = log.add(formatEntry(version, { ...signed, key })).index;
    expect(told('bad-proof', log.entry(index))).toMatch(/publicKey\.\w+ is not what was signed/);
  });

  it('where the entry is another one of this log', () => {
    expect(told('bad-proof', log.entry(1))).toMatch(/is not what was signed/);
    const { inclusionProof } = log.entry(1);
    expect(told('bad-proof', promised({ ...own, inclusionProof }))).toMatch(/does not lead to the root/);
  });

  it('where the entry is of another kind', () => {
    expect(told('bad-proof', { ...own, kind: 'rekord' })).toMatch(/of the kind "rekord 0\.0\.\d"/);
    expect(told('bad-proof', { ...own, version: `0.0.${3 - version}` })).toMatch(/of the kind "hashedrekord 0\.0\.\d"/);
  });

  it('where it leads to another root', () => {
    const [first = parseHash(Buffer.alloc(32)), ...rest] = own.inclusionProof.hashes;
    const flipped = parseHash(Buffer.from(first.map((octet, at) => (at === 0 ? octet ^ 1 : octet))));
    expect(told('bad-proof', proven(own, { hashes: [flipped, ...rest] }))).toMatch(/does not lead to the root/);
    expect(told('bad-proof', proven(own, { hashes: rest }))).toMatch(/too short/);
    expect(told('bad-proof', proven(own, { hashes: [first, first, ...rest] }))).toMatch(/too long/);
    expect(told('bad-proof', promised({ ...proven(own, { logIndex: 2 }), logIndex: log.before + 2 }))).toMatch(
      /does not lead to the root/,
    );
    expect(told('bad-proof', promised({ ...proven(own, { logIndex: 70 }), logIndex: log.before + 70 }))).toMatch(
      /beyond the tree/,
    );
  });

  it('where root or size are not those of the checkpoint', () => {
    expect(told('bad-proof', proven(own, { rootHash: parseHash(Buffer.alloc(32)) }))).toMatch(
      /not about the tree of its checkpoint/,
    );
    expect(told('bad-proof', proven(own, { treeSize: own.inclusionProof.treeSize + 1 }))).toMatch(/not about the tree/);
    expect(told('bad-proof', proven(own, { checkpoint: log.checkpoint(5) }))).toMatch(/not about the tree/);
  });

  it('where the checkpoint is not signed by the pinned key', () => {
    const text = own.inclusionProof.checkpoint.split('\n\n')[0] ?? '';
    const forged = log.note(`${text}\n`, log.origin, newKey(version));
    expect(told('wrong-key', proven(own, { checkpoint: forged }))).toMatch(/not signed by a trusted key/);
    const [dash, name, line = ''] = own.inclusionProof.checkpoint.trimEnd().split('\n').at(-1)?.split(' ') ?? [];
    const bytes = Buffer.from(line, 'base64');
    bytes.writeUInt8((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1);
    const damaged = `${text}\n\n${dash} ${name} ${bytes.toString('base64')}\n`;
    expect(told('bad-signature', proven(own, { checkpoint: damaged }))).toMatch(/is wrong/);
    expect(told('bad-format', proven(own, { checkpoint: `${text}\n` }))).toMatch(/signed note/);
  });

  it('where the checkpoint is about another log', () => {
    const [, ...rest] = (own.inclusionProof.checkpoint.split('\n\n')[0] ?? '').split('\n');
    for (const first of [
      'elsewhere.example.org - 1',
      'elsewhere.example.org',
      `${log.origin}.evil - 1`,
      `${log.origin} - x`,
      `${log.origin} - 01`,
    ]) {
      const note = log.note(`${[first, ...rest].join('\n')}\n`);
      expect(told('wrong-key', proven(own, { checkpoint: note }))).toMatch(/not by one of the log that it names/);
    }
    const other = version === 1 ? log.origin : `${log.origin} - 1`;
    expect(told('wrong-key', proven(own, { checkpoint: log.note(`${[other, ...rest].join('\n')}\n`) }))).toMatch(
      /that it names/,
    );
  });

  it('where it names another log than the one that signed the checkpoint', () => {
    const stranger = rekorLog(version, { origin: log.origin });
    const both = { ...TRUST[version], keys: [...TRUST[version].keys, ...trustIn(stranger).keys] };
    const moved = { ...own, logId: logIdOf(stranger.key, log.origin) };
    refusal('wrong-key', () => verifying([moved], both));
  });

  it('where the bundle has it twice', () => {
    const twice = () => verifying([own, own], TRUST[version]);
    expect(refusal('bad-proof', twice).message).toMatch(/several entries of one log/);
    const stranger = rekorLog(version);
    stranger.add(Buffer.of(1));
    refusal('bad-proof', () => verifying([own, stranger.entry(0), stranger.entry(0)], TRUST[version]));
  });
});

describe('a proof of Rekor v1 is refused', () => {
  const log = LOGS[1];
  const own = entryIn(1);
  const told = (kind: FaultKind, entry: TlogEntry) => refusal(kind, () => verifying([entry], TRUST[1])).message;

  it('without the signed entry timestamp, or with one that is not about it', () => {
    expect(told('bad-proof', { ...own, signedEntryTimestamp: undefined })).toMatch(/no signed entry timestamp/);
    for (const lie of [{ logIndex: 104 }, { integratedTime: TAKEN - 1 }])
      expect(told('bad-signature', { ...own, ...lie })).toMatch(/not one of this/);
    expect(told('bad-signature', { ...own, signedEntryTimestamp: log.promise(own, newKey(1)) })).toMatch(
      /not one of this/,
    );
    expect(told('bad-signature', { ...own, signedEntryTimestamp: Buffer.alloc(0) })).toMatch(/not one of this/);
  });

  it('where the log has signed a time or an index that cannot be', () => {
    const signing = (lie: Partial<TlogEntry>) => ({
      ...own,
      ...lie,
      signedEntryTimestamp: log.promise({ ...own, ...lie }),
    });
    expect(told('bad-proof', signing({ integratedTime: 0 }))).toMatch(/no time that can be/);
    expect(told('bad-proof', signing({ integratedTime: Number.MAX_SAFE_INTEGER }))).toMatch(/no time that can be/);
    expect(told('bad-proof', signing({ logIndex: 2 }))).toMatch(/smaller than that in its tree/);
    expect(verifying([signing({ logIndex: 3 })], TRUST[1])?.index).toBe(3);
  });
});

describe('a proof of Rekor v2 is refused', () => {
  const own = entryIn(2);
  const told = (entry: TlogEntry) => refusal('bad-proof', () => verifying([entry], TRUST[2])).message;

  it('where it claims another index than the proven one', () => {
    expect(told({ ...own, logIndex: 4 })).toBe('the entry claims the index 4, and is proven for 3');
  });

  it('where it has a time, which nobody has signed', () => {
    expect(told({ ...own, integratedTime: TAKEN })).toMatch(/has a time/);
    expect(told({ ...own, signedEntryTimestamp: Buffer.alloc(70) })).toMatch(/has a time/);
  });
});
