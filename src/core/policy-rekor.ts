// SPDX-License-Identifier: Apache-2.0
/**
 * Rekor logs in the trust policy:
 *
 *   - name: sigstore
 *     kind: rekor
 *     version: 2                           # or 1
 *     url: https://rekor.example.org       # optional: only "submit" asks it; or, instead of it,
 *     signing_config: signing_config.json  # which tells the newest: signing-config.ts
 *     origin: rekor.example.org            # the name in the signature line of its checkpoints
 *     keys: [MFkwEwYHKoZIzj0CAQYI…]        # SubjectPublicKeyInfo in DER, base64; or, instead of both,
 *     trusted_root: trusted_root.json      # which tells names and keys: trusted-root.ts
 *     signers: [MFkwEwYHKoZIzj0CAQYI…]     # ours: policy-keys.ts
 *
 * Files are relative to the policy, and read by whoever reads that; until then, no key is trusted.
 */
import { httpAddress } from './address.ts';
import { type Decoder, exactly, list, oneOf, optional, parsed, text, unlike, wrong } from './decode.ts';
import { type P256Key, parseP256Key } from './p256.ts';
import { keysInPolicy } from './policy-keys.ts';
import { refuseTwice } from './policy-names.ts';
import type { RekorTrust } from './rekor.ts';
import { parseRekorKey, type RekorKey, type RekorVersion } from './rekor-key.ts';
import { isKeyName } from './signed-note.ts';

/** Of the kind `rekor`. */
export interface TrustedRekorLog extends RekorTrust {
  readonly name: string;
  readonly kind: 'rekor';
  /** Where `submit` asks; without a slash at its end. */
  readonly url: string | undefined;
  /** Where v2 serves its tiles, if elsewhere. */
  readonly readUrl: string | undefined;
  /** Which file tells where `submit` asks. */
  readonly signingConfig: string | undefined;
  /** Whose logs are trusted: all of this version, or the one with this name. */
  readonly trustedRoot: { readonly file: string; readonly origin: string | undefined } | undefined;
  /** Files with more of the `signers`. */
  readonly signerFiles: readonly string[];
}

const version: Decoder<RekorVersion> = (value, path) => {
  if (value === 1 || value === 2) return value;
  throw unlike(value, path, 'is neither 1 nor 2');
};

const keyName: Decoder<string> = (value, path) => {
  const origin = text(value, path);
  if (!isKeyName(origin)) throw wrong(path, 'holds a space, a plus or a control character');
  return origin;
};

const signers = keysInPolicy<P256Key>(
  parseP256Key,
  ({ hint }) => hint,
  'which of our keys has signed what is in the log?',
);

const fields = exactly({
  name: text,
  kind: oneOf(['rekor']),
  version,
  url: optional(httpAddress),
  read_url: optional(httpAddress),
  signing_config: optional(text),
  origin: optional(keyName),
  keys: optional(list(text)),
  trusted_root: optional(text),
  signers,
});
type Fields = ReturnType<typeof fields>;

export const rekorLog: Decoder<TrustedRekorLog> = (value, path) => {
  const log = fields(value, path);
  refuseTogether(log, path);
  const { name, kind, trusted_root: file, origin } = log;
  return {
    name,
    kind,
    version: log.version,
    url: log.url,
    readUrl: log.read_url,
    signingConfig: log.signing_config,
    trustedRoot: file === undefined ? undefined : { file, origin },
    keys: file === undefined ? pinnedKeys(log, path) : [],
    signers: log.signers.keys,
    signerFiles: log.signers.files,
  };
};

function refuseTogether({ version: of, url, read_url: readUrl, ...log }: Fields, path: string): void {
  if (readUrl !== undefined && of === 1) throw wrong(`${path}.read_url`, 'is for version 2 only');
  if (log.signing_config !== undefined && (url ?? readUrl) !== undefined)
    throw wrong(`${path}.signing_config`, 'tells the address, and does not go together with another one');
  if (log.trusted_root !== undefined && log.keys !== undefined)
    throw wrong(`${path}.trusted_root`, 'holds the keys, and does not go together with others');
}

function pinnedKeys({ keys, origin, version: of }: Fields, path: string): readonly RekorKey[] {
  const name = keyName(origin, `${path}.origin`);
  const pinned = list(parsed((key) => parseRekorKey(key, of, name)))(keys, `${path}.keys`);
  if (pinned.length === 0) throw wrong(`${path}.keys`, 'is empty: a log without a pinned key proves nothing');
  refuseTwice(
    pinned.map(({ logId }) => logId),
    `${path}.keys`,
  );
  return pinned;
}
