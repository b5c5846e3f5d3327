// SPDX-License-Identifier: Apache-2.0
/**
 * The log kind `sigsum`: the logs of one Sigsum policy, any of which will do. What is logged is the manifest, under a submit key that
 * the trust policy pins; receipts are Sigsum's proof files, which name a log and carry the cosignatures of its witnesses.
 */
import type { KeyObject } from 'node:crypto';
import { equalBytes } from '../core/encoding.ts';
import { Fault } from '../core/fault.ts';
import { publicKeyOf } from '../core/signed-note.ts';
import { formatHex } from '../core/sigsum-ascii.ts';
import { formatAddLeaf, formatToken, hashOfLeaf, isLeafOf, parseAddLeaf, signLeaf } from '../core/sigsum-leaf.ts';
import { type SigsumTrust, type VerifiedSigsum, verifySigsumProof } from '../core/sigsum-verify.ts';
import type { Clock, Http, Progress } from '../ports.ts';
import type { Receipt, TransparencyLog, Verified } from './log.ts';
import { submitLeaf } from './sigsum-submit.ts';

/** The logs of a Sigsum policy, as one: whichever of them takes the manifest. */
export const openSigsum = (trust: SigsumTrust, asking: SigsumAsking): TransparencyLog => ({
  kind: 'sigsum',
  submit: async (prepared, { manifest }) => submitSigsum(prepared, manifest, trust, asking),
  verify: (proof, { manifest }) => verifySigsum(proof, manifest, trust, asking.clock.now()),
});

/** Who submits, for logs that want to know. */
export interface SigsumToken {
  /** Its TXT record `_sigsum_v1.<domain>` holds the public half of the key. */
  readonly domain: string;
  readonly key: KeyObject;
}

export interface SigsumAsking {
  readonly http: Http;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly token: SigsumToken | undefined;
  /** Milliseconds that logs and witnesses may take, all together. */
  readonly patience: number;
}

/** The request that logs a manifest: the same for the same key. Throws `usage` where nobody would believe this key. */
export function prepareSigsum(manifest: Uint8Array, key: KeyObject, { signers }: SigsumTrust): Uint8Array {
  const publicKey = publicKeyOf(key);
  if (signers.some((signer) => equalBytes(signer, publicKey))) return formatAddLeaf(signLeaf(manifest, key));
  throw new Fault('usage', 'the key is none of the signers that the policy names for the Sigsum log', {
    hint: `its public half is ${Buffer.from(publicKey).toString('hex')}`,
  });
}

/**
 * Submits what was prepared. Throws `bad-format` and `bad-signature` where that is no request, `conflict` where it is about another
 * manifest, `wrong-key` where it is by a key that is not trusted, and as `submitLeaf` does.
 */
export async function submitSigsum(
  prepared: Uint8Array,
  manifest: Uint8Array,
  trust: SigsumTrust,
  asking: SigsumAsking,
): Promise<Receipt> {
  const leaf = parseAddLeaf(prepared);
  if (!isLeafOf(leaf, manifest))
    throw new Fault('conflict', 'what was prepared for the Sigsum log is of another manifest');
  if (!trust.signers.some((signer) => equalBytes(signer, leaf.publicKey)))
    throw new Fault('wrong-key', 'what was prepared for the Sigsum log is by a key that the policy does not name');
  const { token } = asking;
  const { proof, isNew } = await submitLeaf(leaf, {
    ...asking,
    policy: trust.policy,
    tokenFor: ({ key }) => (token === undefined ? undefined : formatToken(token.domain, token.key, key.publicKey)),
  });
  return { proof, isNew, problems: [], ...verifySigsum(proof, manifest, trust, asking.clock.now()) };
}

/** Pure and offline. Throws as `verifySigsumProof` does. */
export const verifySigsum = (proof: Uint8Array, manifest: Uint8Array, trust: SigsumTrust, now: Date): Verified =>
  describeSigsum(verifySigsumProof(proof, manifest, trust, now));

export const describeSigsum = ({ log, leaf, proof, vouchers }: VerifiedSigsum): Verified => ({
  origin: log.key.name,
  index: proof.index,
  entry: formatHex(hashOfLeaf(leaf)),
  treeSize: proof.head.size,
  witnesses: vouchers.map(({ witness, time }) => ({ name: witness.name, time })),
});
