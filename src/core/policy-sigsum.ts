// SPDX-License-Identifier: Apache-2.0
/**
 * Sigsum logs in the trust policy:
 *
 *   - name: sigsum
 *     kind: sigsum
 *     policy: sigsum-generic-2025-1        # one that Sigsum publishes; or, instead of it,
 *     policy_file: keys/sigsum-policy      # a Sigsum policy, relative to this file
 *     signers: [99ed58583e8750b2…]         # whose submissions are believed, 64 hexadecimal digits: policy-keys.ts
 */
import { type Decoder, exactly, oneOf, optional, parsed, text, wrong } from './decode.ts';
import { Fault, quote } from './fault.ts';
import { keysInPolicy } from './policy-keys.ts';
import { SIGSUM_POLICIES } from './sigsum-policies.ts';
import { NOBODY, parseSigsumPolicy, type SigsumPolicy } from './sigsum-policy.ts';
import type { SigsumTrust } from './sigsum-verify.ts';

export interface TrustedSigsumLog extends SigsumTrust {
  readonly name: string;
  readonly kind: 'sigsum';
  /** Whose content `policy` is; undefined for a policy by its name. */
  readonly policyFile: string | undefined;
  /** Files with more of the `signers`. */
  readonly signerFiles: readonly string[];
}

/** What stands for a policy file until somebody has read it: no log is trusted. */
const UNREAD: SigsumPolicy = { logs: [], witnesses: [], quorum: NOBODY };

export const sigsumLog: Decoder<TrustedSigsumLog> = (value, path) => {
  const { name, kind, policy, policy_file: policyFile, signers } = fields(value, path);
  if ((policy === undefined) === (policyFile === undefined))
    throw wrong(path, 'needs a "policy" by its name, or a "policy_file"', 'one of them, and not both');
  return { name, kind, policy: policy ?? UNREAD, policyFile, signers: signers.keys, signerFiles: signers.files };
};

const named: Decoder<SigsumPolicy> = parsed((name) => {
  const policy = Object.hasOwn(SIGSUM_POLICIES, name) ? SIGSUM_POLICIES[name] : undefined;
  if (policy !== undefined) return parseSigsumPolicy(Buffer.from(policy));
  throw new Fault('bad-format', `no Sigsum policy of this name is known: ${quote(name)}`, {
    hint: `known are ${Object.keys(SIGSUM_POLICIES).join(', ')}; for another one, give its "policy_file"`,
  });
});

const parseSigner = (hex: string): Uint8Array => {
  if (/^[0-9a-f]{64}$/i.test(hex)) return Buffer.from(hex, 'hex');
  throw new Fault('bad-format', 'not a public key of 64 hexadecimal digits', {
    hint: '"key generate-log-key" tells it, and "sigsum-key to-hex"',
  });
};

const hexOf = (key: Uint8Array) => Buffer.from(key).toString('hex');

const fields = exactly({
  name: text,
  kind: oneOf(['sigsum']),
  policy: optional(named),
  policy_file: optional(text),
  signers: keysInPolicy(parseSigner, hexOf, 'whose submissions should be believed?'),
});
