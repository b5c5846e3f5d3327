// SPDX-License-Identifier: Apache-2.0
/** Whether a Sigsum proof shows what it claims. Pure: no network, and no clock but the time that is given. */
import { Fault } from './fault.ts';
import { digestOf } from './merkle.ts';
import { verifyInclusion } from './merkle-proof.ts';
import { type AddLeaf, hashOfLeaf, keyHashOf, verifyLeaf } from './sigsum-leaf.ts';
import type { SigsumLog, SigsumPolicy } from './sigsum-policy.ts';
import { parseSigsumProof, type SigsumProof } from './sigsum-proof.ts';
import { type QuorumMet, verifyLogSignature, verifyQuorum } from './sigsum-tree-head.ts';

/** Whose leaves are believed, and which logs. */
export interface SigsumTrust {
  readonly policy: SigsumPolicy;
  /** Public keys of submitters: 32 bytes each. */
  readonly signers: readonly Uint8Array[];
}

export interface VerifiedSigsum extends QuorumMet {
  readonly log: SigsumLog;
  readonly leaf: AddLeaf;
  readonly proof: SigsumProof;
}

/**
 * Throws `bad-format` for what is no such proof, `wrong-key` for a submitter or a log that is not trusted, `bad-signature` where one of
 * them did not sign this, `bad-proof` where the leaf is not in the tree, `not-witnessed` where too few witnesses vouch.
 */
export function verifySigsumProof(bytes: Uint8Array, file: Uint8Array, trust: SigsumTrust, now: Date): VerifiedSigsum {
  // 1. It is a proof, in its one form.
  const proof = parseSigsumProof(bytes);
  // 2. The leaf is by a trusted submitter, and of this file.
  const publicKey = trust.signers.find((signer) => keyHashOf(signer) === proof.keyHash);
  if (publicKey === undefined)
    throw new Fault(
      'wrong-key',
      `the leaf is by a submitter that the policy does not name: its key hash is ${proof.keyHash}`,
    );
  const leaf = { message: digestOf(file), signature: proof.signature, publicKey };
  verifyLeaf(leaf);
  // 3. The tree head is signed by a trusted log, the one that the proof names.
  const log = trust.policy.logs.find(({ keyHash }) => keyHash === proof.logKeyHash);
  if (log === undefined)
    throw new Fault(
      'wrong-key',
      `the Sigsum policy does not name the log of the proof: its key hash is ${proof.logKeyHash}`,
    );
  verifyLogSignature(proof.head, log);
  // 4. As many witnesses as demanded have seen that tree.
  const quorum = verifyQuorum(proof.head, log, trust.policy, now);
  // 5. The leaf is in it.
  verifyInclusion(hashOfLeaf(leaf), proof.index, proof.head.size, proof.hashes, proof.head.root);
  return { ...quorum, log, leaf, proof };
}
