// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { continues } from '../../src/core/continuation.ts';
import type { Fingerprint } from '../../src/core/fingerprint.ts';
import { formatEntry } from '../../src/core/hashedrekord.ts';
import { parseArtifactName } from '../../src/core/name.ts';
import { sha256 } from '../../src/core/sha256.ts';
import { formatBundle } from '../../src/core/sigstore-bundle.ts';
import { STATEMENT_SCHEMA, type Statement } from '../../src/core/statement.ts';
import { formatSubmission, type Submission } from '../../src/core/submission.ts';
import { bundleOf, newSigner, rekorLog, signedBy } from './rekor-log.ts';

const MANIFEST = 'nova-31.0.0.SHA256SUMS';
const signer = newSigner();
const signed = signedBy(signer);
const [north, south] = [rekorLog(2, { origin: 'north.example.org' }), rekorLog(2, { origin: 'south.example.org' })];
const entry = (log: typeof north, by = signed) => {
  const { index } = log.add(formatEntry(2, by));
  return log.entry(index);
};
const [one, two, another] = [entry(north), entry(south), entry(north, signedBy(signer))];
const bundle = (...entries: readonly (typeof one)[]) => formatBundle(bundleOf(signed, entries));

describe('a bundle', () => {
  const follows = (earlier: Uint8Array, next: Uint8Array) => continues(`${MANIFEST}.sigstore.json`, earlier, next);

  it('continues one that has less', () => {
    expect(follows(bundle(one), bundle(one, two))).toBe(true);
    expect(follows(bundle(one), bundle(two, one))).toBe(true);
    const later = north.entry(Number(one.logIndex), 2);
    expect(follows(bundle(one), bundle(later, two))).toBe(true);
  });

  it.each<readonly [string, Uint8Array, Uint8Array]>([
    ['one with an entry that it has not', bundle(one, two), bundle(one)],
    ['one with another entry of the same log', bundle(one), bundle(another, two)],
    ['one with another signature', bundle(one), formatBundle(bundleOf(signedBy(signer), [one, two]))],
    ['one of another manifest', bundle(one), formatBundle(bundleOf(signedBy(signer, Buffer.from('x')), [one, two]))],
    ['what is no bundle', Buffer.from('{}'), bundle(one)],
  ])('does not continue %s', (_, earlier, next) => {
    expect(follows(earlier, next)).toBe(false);
  });
});

describe('a submission', () => {
  const follows = (earlier: Submission, next: Submission) =>
    continues(`${MANIFEST}.submission.json`, formatSubmission(earlier), formatSubmission(next));
  const statement: Statement = {
    schema: STATEMENT_SCHEMA,
    project: 'opendev.org/openstack/nova',
    version: '31.0.0',
    manifest: { name: parseArtifactName(MANIFEST), sha256: sha256('x'), size: 1312 },
    signer: 'AB'.repeat(20) as Fingerprint,
  };
  const request = Buffer.from('request');
  const since = new Date('2026-04-01T12:00:00Z');
  const kept: Submission = { logs: ['one'], since, statement, prepared: new Map(), asked: new Map() };
  const prepared: Submission = { ...kept, prepared: new Map([['rekor', request]]) };

  it('continues one that knows less', () => {
    expect(follows(kept, prepared)).toBe(true);
    expect(follows(prepared, { ...prepared, asked: new Map([['one', 'https://log.example.org']]) })).toBe(true);
  });

  it('does not continue one with a request that it has not, or of another release', () => {
    expect(follows(prepared, kept)).toBe(false);
    expect(follows(prepared, { ...prepared, prepared: new Map([['rekor', Buffer.from('another')]]) })).toBe(false);
    expect(follows(kept, { ...kept, statement: { ...statement, version: '32.0.0' } })).toBe(false);
  });
});

it('nothing else is continued', () => {
  for (const name of [MANIFEST, `${MANIFEST}.asc`, `${MANIFEST}.tlog-proof`, `${MANIFEST}.proof`])
    expect(continues(name, bundle(one), bundle(one, two))).toBe(false);
});
