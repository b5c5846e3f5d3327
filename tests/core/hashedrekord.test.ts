// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { demandEntry, formatEntry, formatRequest } from '../../src/core/hashedrekord.ts';
import { refusal } from '../refusal.ts';
import { canonicalized, canonicalizeV2, newSigner, signedBy } from './rekor-log.ts';

const signer = newSigner();
const signed = signedBy(signer);
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const BOTH = [1, 2] as const;

describe('an entry', () => {
  it('of version 0.0.1 is its own request', () => {
    expect(text(formatRequest(1, signed))).toBe(text(formatEntry(1, signed)));
    expect(JSON.parse(text(formatEntry(1, signed)))).toEqual({
      apiVersion: '0.0.1',
      kind: 'hashedrekord',
      spec: {
        data: { hash: { algorithm: 'sha256', value: Buffer.from(signed.digest).toString('hex') } },
        signature: {
          content: Buffer.from(signed.signature).toString('base64'),
          publicKey: { content: Buffer.from(signer.key.pem).toString('base64') },
        },
      },
    });
  });

  it('of version 0.0.2 is what a server makes of the request', () => {
    expect(text(formatEntry(2, signed))).toBe(text(canonicalizeV2(JSON.parse(text(formatRequest(2, signed))))));
  });

  it.each(BOTH)('of version %s is found to be ours', (version) => {
    demandEntry(canonicalized(version, signed), version, signed);
  });
});

/** Entries that a server could show instead of ours, and what is told of each. */
const other = newSigner();
describe.each([
  [
    1,
    'spec.data.hash.value',
    'spec.signature.content',
    'spec.signature.publicKey.content',
    ['"sha256"', '"sha512"', 'spec.data.hash.algorithm'],
  ],
  [
    2,
    'spec.hashedRekordV002.data.digest',
    'spec.hashedRekordV002.signature.content',
    'spec.hashedRekordV002.signature.verifier.publicKey.rawBytes',
    ['PKIX_ECDSA_P256_SHA_256', 'PKIX_RSA_PKCS1V15_2048_SHA256', 'spec.hashedRekordV002.signature.verifier.keyDetails'],
  ],
] as const)('another entry of version %s is refused', (version, digest, signature, publicKey, [from, to, place]) => {
  const told = (entry: Uint8Array) => refusal('bad-proof', () => demandEntry(entry, version, signed)).message;
  const own = text(formatEntry(version, signed));

  it('where its digest, its signature or its key is another', () => {
    expect(told(formatEntry(version, { ...signed, digest: Buffer.alloc(32) }))).toContain(`${digest} is not`);
    expect(told(formatEntry(version, { ...signed, signature: signer.sign(Buffer.from('x')) }))).toContain(
      `${signature} is not`,
    );
    expect(told(formatEntry(version, { ...signed, key: other.key }))).toContain(`${publicKey} is not`);
  });

  it('where it announces another algorithm', () => {
    expect(told(Buffer.from(own.replace(from, to)))).toContain(`${place} is not`);
  });

  it('where it has more, or less, or another form', () => {
    expect(told(Buffer.from(own.replace('"spec":{', '"spec":{"a":1,')))).toContain('spec.a is not');
    expect(told(Buffer.from(own.replace(/\}$/, ',"z\\n":[]}')))).toContain('"z\\u{a}" is not');
    expect(told(Buffer.from(own.replace('"kind":"hashedrekord",', '')))).toContain('kind is not');
    expect(told(Buffer.from(` ${own}`))).toMatch(/canonical form/);
    expect(told(Buffer.from('[]'))).toContain('the document is not');
    expect(told(Buffer.alloc(0))).toMatch(/not JSON/);
    expect(told(canonicalized(version === 1 ? 2 : 1, signed))).toContain('apiVersion is not');
  });
});
