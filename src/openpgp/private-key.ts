// SPDX-License-Identifier: Apache-2.0
/** Secret numbers to a signer in memory, through DER (RFC 8017 A.1.2, RFC 5915, RFC 8410), since octets can be wiped. */
import { createPrivateKey, createSign, type KeyObject, sign } from 'node:crypto';
import type { RsaOperation } from '../ports.ts';
import type { DigestSigner } from './digest-signer.ts';
import { type SigningHash, signingHash } from './hashes.ts';
import { Malformed } from './malformed.ts';
import { CURVES, type PublicKey } from './public-key.ts';
import { remainder } from './remainder.ts';
import type { SecretNumbers } from './secret.ts';
import type { SignatureNumbers } from './signature-draft.ts';

/**
 * A signer for the secret of a public key. The numbers may be wiped afterwards. Throws Malformed, or whatever
 * node:crypto throws, where they are no key. Whether they are those of this public key, its first signature tells.
 */
export function memorySigner(key: PublicKey, numbers: SecretNumbers, rsa: RsaOperation): DigestSigner {
  const { material } = key;
  if (material.kind === 'other') throw new Malformed(`${key.name} cannot sign`);
  if (material.kind === 'rsa') return rsaSigner(importRsa(material.jwk, numbers), rsa);
  if (material.kind === 'ecdsa') return ecdsaSigner(importEc(material.jwk.crv, numbers), material);
  return eddsaSigner(importEddsa(material.jwk.crv, numbers), key.algorithm);
}

function rsaSigner(key: KeyObject, rsa: RsaOperation): DigestSigner {
  return {
    takes: 'digest',
    hashes: ['sha256', 'sha384', 'sha512'],
    async sign(hash, digest) {
      return { s: await rsa(key, Buffer.concat([signingHash(hash).digestInfo, digest])) };
    },
  };
}

function eddsaSigner(key: KeyObject, algorithm: number): DigestSigner {
  return {
    takes: 'digest',
    hashes: algorithm === 28 ? ['sha512'] : ['sha256', 'sha384', 'sha512'],
    async sign(_hash, digest) {
      const value = await signInThread(digest, key);
      return algorithm === 22 ? halves(value) : { RS: value };
    },
  };
}

const signInThread = (digest: Uint8Array, key: KeyObject): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    sign(null, digest, key, (error, value) => (error === null ? resolve(value) : reject(error)));
  });

function ecdsaSigner(key: KeyObject, { bits }: { bits: number }): DigestSigner {
  const [first, ...more] = (['sha256', 'sha384', 'sha512'] as const).filter((hash) => signingHash(hash).bits >= bits);
  return {
    takes: 'data',
    hashes: [first ?? 'sha512', ...more],
    begin(hash: SigningHash) {
      const stream = createSign(hash);
      return {
        update: (chunk) => void stream.update(chunk),
        sign: async () => halves(stream.sign({ key, dsaEncoding: 'ieee-p1363' })),
      };
    },
  };
}

const halves = (value: Uint8Array): SignatureNumbers => ({
  r: value.subarray(0, value.length / 2),
  s: value.subarray(value.length / 2),
});

function importRsa(jwk: { n?: string; e?: string }, { d, p, q, u }: SecretNumbers): KeyObject {
  if (!d || !p || !q || !u) throw new Malformed('a number is missing');
  const exponents = [remainder(d, minusOne(q)), remainder(d, minusOne(p))];
  // OpenPGP's u is p⁻¹ mod q, PKCS#1's coefficient q⁻¹ mod p: so p and q change places.
  const [n, e] = [Buffer.from(jwk.n ?? '', 'base64url'), Buffer.from(jwk.e ?? '', 'base64url')];
  const numbers = [new Uint8Array([0]), n, e, d, q, p, ...exponents, u].map(integer);
  return imported('pkcs1', der(0x30, ...numbers), ...numbers, ...exponents);
}

/** For a prime, which is odd. */
function minusOne(prime: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(prime);
  copy[copy.length - 1] = (copy[copy.length - 1] ?? 0) & 0xfe;
  return copy;
}

function importEc(name: string | undefined, { d }: SecretNumbers): KeyObject {
  const curve = CURVES.find((known) => known.name === name);
  if (!d || curve === undefined) throw new Malformed('a number is missing');
  const secret = Buffer.concat([Buffer.alloc(Math.max(0, curve.length - d.length)), d.subarray(-curve.length)]);
  const oid = der(0xa0, der(0x06, Buffer.from(curve.oid, 'hex')));
  const octets = der(0x04, secret);
  return imported('sec1', der(0x30, integer(new Uint8Array([1])), octets, oid), secret, octets);
}

const EDDSA_OID = { Ed25519: '2b6570', Ed448: '2b6571' };

function importEddsa(name: string | undefined, { seed }: SecretNumbers): KeyObject {
  if (!seed) throw new Malformed('a number is missing');
  const oid = der(0x30, der(0x06, Buffer.from(EDDSA_OID[name === 'Ed448' ? 'Ed448' : 'Ed25519'], 'hex')));
  const inner = der(0x04, seed);
  const octets = der(0x04, inner);
  return imported('pkcs8', der(0x30, integer(new Uint8Array([0])), oid, octets), inner, octets);
}

function imported(type: 'pkcs1' | 'pkcs8' | 'sec1', key: Buffer, ...wipe: readonly Uint8Array[]): KeyObject {
  try {
    return createPrivateKey({ key, format: 'der', type });
  } finally {
    for (const secret of [key, ...wipe]) secret.fill(0);
  }
}

function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...head]), ...content]);
}

/** Positive: a zero octet goes before one that has its highest bit set. */
function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((octet) => octet !== 0);
  const stripped = first < 0 ? new Uint8Array([0]) : bytes.subarray(first);
  return der(0x02, new Uint8Array((stripped[0] ?? 0) >= 0x80 ? 1 : 0), stripped);
}
