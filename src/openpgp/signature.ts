// SPDX-License-Identifier: Apache-2.0
/** Making detached signatures: the data comes in chunks, once, and others hash it in the same read. */
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { Fault } from '../core/fault.ts';
import type { Certificate, CertificateKey } from './certificate.ts';
import { beginEvidence, type Evidence, isFitting } from './check.ts';
import { judgeSignature, type Verdict } from './detached.ts';
import type { DigestSigner } from './digest-signer.ts';
import { afterData, type SignedPart, type SigningHash, signingHash } from './hashes.ts';
import type { PublicKey } from './public-key.ts';
import { draftSignature, type SignatureNumbers } from './signature-draft.ts';
import { parseDetachedSignature } from './signature-file.ts';

/** A SigningKey is one. */
export interface Signer {
  readonly key: CertificateKey;
  readonly signer: DigestSigner;
}

export interface SignatureOptions {
  /** Now, in the eyes of the signature; cut to whole seconds. */
  readonly created: Date;
  readonly digestAlgo?: SigningHash;
}

export interface MadeSignature {
  /** ASCII armor, ending in a newline. */
  readonly armored: Uint8Array;
  /** How it stands the test against the certificates: only a good one may be kept. */
  readonly verdict: Verdict;
}

export interface RunningSignature {
  /** Every chunk, in order; nothing of it is kept. */
  update(chunk: Uint8Array): void;
  /**
   * Makes the signature, reads what came out, and verifies it against certificates from elsewhere. `sha256` was fed
   * with the same data; it is copied, never finished.
   */
  finish(sha256: Hash, certificates: readonly Certificate[]): Promise<MadeSignature>;
}

/**
 * Begins a detached signature of type binary. SHA-256 where the key allows it, which costs no second hashing (RSA,
 * Ed25519). Throws `usage` for a digest algorithm that is too short for the key, `not-yet-valid` for a time before it.
 */
export function beginSignature({ key, signer }: Signer, options: SignatureOptions): RunningSignature {
  const { created, digestAlgo } = options;
  if (created < key.created) {
    throw new Fault('not-yet-valid', `the key ${key.fingerprint} was made later, at ${key.created.toISOString()}`, {
      hint: 'check the clock of this machine and of the one that made the key',
    });
  }
  const running = begin(key.publicKey, signer, created, chooseHash(key.publicKey, signer, digestAlgo));
  return {
    update: running.update,
    async finish(sha256, certificates) {
      const { armored, evidence } = await running.finish(sha256);
      const verdict = await judgeSignature(parseDetachedSignature(armored), certificates, { now: created }, evidence);
      return { armored, verdict };
    },
  };
}

function chooseHash(key: PublicKey, { hashes }: DigestSigner, wanted: SigningHash | undefined): SigningHash {
  if (wanted === undefined || hashes.includes(wanted)) return wanted ?? hashes[0];
  throw new Fault('usage', `${key.name} cannot sign with ${wanted}`, { hint: `use ${hashes.join(' or ')}` });
}

interface Running {
  update(chunk: Uint8Array): void;
  finish(sha256: Hash): Promise<{ armored: Uint8Array; evidence: Evidence }>;
}

function begin(key: PublicKey, signer: DigestSigner, created: Date, name: SigningHash): Running {
  const hash = signingHash(name);
  const salt = key.version === 6 ? randomBytes(hash.salt) : undefined;
  const draft = draftSignature(key, hash, created, salt);
  const part: SignedPart = { version: key.version, hash, hashed: draft.hashed, salt };
  const gathering = beginEvidence(part, key);
  const stream = signer.takes === 'data' ? signer.begin(name) : undefined;
  if (salt !== undefined) stream?.update(salt);
  return {
    update(chunk) {
      gathering.update(chunk);
      stream?.update(chunk);
    },
    async finish(sha256) {
      const evidence = gathering.finish(sha256);
      stream?.update(afterData(part));
      const numbers = await makeNumbers(signer, stream, name, evidence.digest);
      return { armored: draft.finish(evidence.digest, numbers), evidence };
    },
  };
}

type Stream = { sign(): Promise<SignatureNumbers> } | undefined;

function makeNumbers(
  signer: DigestSigner,
  stream: Stream,
  hash: SigningHash,
  digest: Uint8Array,
): Promise<SignatureNumbers> {
  if (signer.takes === 'digest') return signer.sign(hash, digest);
  if (stream === undefined) throw new TypeError('a signer that takes data was not begun');
  return stream.sign();
}

/**
 * Whether what the signer makes fits the public key. A damaged or exchanged public part of a secret key file would
 * otherwise be found out only by a signature that nobody accepts, or that gives the secret away.
 */
export async function selfTest(key: PublicKey, signer: DigestSigner): Promise<boolean> {
  const { armored, evidence } = await begin(key, signer, key.created, signer.hashes[0]).finish(createHash('sha256'));
  return isFitting(key, parseDetachedSignature(armored).packet, evidence);
}
