// SPDX-License-Identifier: Apache-2.0
// Certificates by PGP, GnuPG 1.4 to 2.1 and OpenKeychain, with what is in them: tests/vectors/openpgp-interop. Those of
// DSA hold nothing that counts here, since their self-signatures are not accepted.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Certificate, readCertificates } from '../../src/openpgp/certificate.ts';
import { keyState } from '../../src/openpgp/key-state.ts';
import { first } from './common.ts';

interface Expectation {
  readonly expected_uids: readonly string[];
  readonly expected_fingerprint: string;
  readonly expected_subkeys: readonly { readonly expected_fingerprint: string }[];
}

const KEYS = path.resolve(import.meta.dirname, '../vectors/openpgp-interop/keys');
const read = (name: string) => fs.readFileSync(path.join(KEYS, name));
const NAMES = fs.readdirSync(KEYS).flatMap((name) => (name.endsWith('.json') ? [path.basename(name, '.json')] : []));
const DSA = ['gnupg-v1-001', 'gnupg-v1-002', 'pgp-6-5-001'];

const subkeysOf = ({ keys }: Certificate) =>
  keys.filter(({ isPrimary, bindings, revocations }) => !isPrimary && bindings.length > 0 && revocations.length === 0);

describe.each(NAMES)('the certificate %s', (name) => {
  const expected = JSON.parse(read(`${name}.json`).toString()) as Expectation;
  const certificate = first(readCertificates(read(`${name}.asc`)));

  it('has its fingerprint', () => {
    expect(certificate.fingerprint).toBe(expected.expected_fingerprint.toUpperCase());
  });

  it('has the user IDs and subkeys that its owner signed and did not revoke, or none by DSA', () => {
    const isDsa = DSA.includes(name);
    const subkeys = expected.expected_subkeys.map(({ expected_fingerprint: one }) => one.toUpperCase());
    expect([...certificate.userIds].sort()).toEqual(isDsa ? [] : [...expected.expected_uids].sort());
    expect(subkeysOf(certificate).map(({ fingerprint }) => fingerprint)).toEqual(isDsa ? [] : subkeys);
    const { state } = keyState(certificate, certificate.keys[0], { at: new Date(), now: new Date() });
    expect(state === 'weak-algorithm' && certificate.keys[0].algorithm.startsWith('DSA')).toBe(isDsa);
  });
});
