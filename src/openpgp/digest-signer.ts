// SPDX-License-Identifier: Apache-2.0
/**
 * Who turns a digest into the numbers of a signature: a key in memory (private-key.ts) or, behind the same port, one
 * that lives in a gpg-agent. The artifact never goes there whole, except where a signer must hash it itself.
 */
import type { SigningHash } from './hashes.ts';
import type { SignatureNumbers } from './signature-draft.ts';

interface AnySigner {
  /** Those it can take, the preferred one first; never empty. */
  readonly hashes: readonly [SigningHash, ...SigningHash[]];
}

/** RSA, Ed25519 and Ed448 everywhere, and ECDSA in a gpg-agent. */
export interface ReadyDigestSigner extends AnySigner {
  readonly takes: 'digest';
  /** MUST be safe to call again before an earlier call has ended. */
  sign(hash: SigningHash, digest: Uint8Array): Promise<SignatureNumbers>;
}

/** ECDSA through node:crypto, which cannot sign a digest: it is fed in the same read. */
export interface StreamSigner extends AnySigner {
  readonly takes: 'data';
  begin(hash: SigningHash): { update(chunk: Uint8Array): void; sign(): Promise<SignatureNumbers> };
}

export type DigestSigner = ReadyDigestSigner | StreamSigner;
