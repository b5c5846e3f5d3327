// SPDX-License-Identifier: Apache-2.0
/**
 * Rekor entries of the kind `hashedrekord`, in the canonical JSON of RFC 8785: somebody's signature over the SHA-256 of a file.
 * Version 0.0.1 is of Rekor v1, 0.0.2 of Rekor v2:
 *
 *   {"apiVersion":"0.0.1","kind":"hashedrekord","spec":{
 *     "data":{"hash":{"algorithm":"sha256","value":"<hex>"}},
 *     "signature":{"content":"<base64>","publicKey":{"content":"<base64 of PEM>"}}}}
 *
 *   {"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{
 *     "data":{"algorithm":"SHA2_256","digest":"<base64>"},
 *     "signature":{"content":"<base64>","verifier":{
 *       "keyDetails":"PKIX_ECDSA_P256_SHA_256","publicKey":{"rawBytes":"<base64 of DER>"}}}}}}
 *
 * A log has everything of an entry from whoever sent it, and v2 does not hold `keyDetails` against the key. So an entry is ours
 * only if it is, byte for byte, what digest, signature and key lead to.
 */
import { formatCanonicalJson, type Json, parseCanonicalJson } from './canonical-json.ts';
import { equalBytes, formatBase64 } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import type { P256Key } from './p256.ts';
import type { RekorVersion } from './rekor-key.ts';

/** What an entry says: this key has signed a file with this content. */
export interface SignedDigest {
  /** SHA-256 of the file: 32 bytes. */
  readonly digest: Uint8Array;
  /** DER. */
  readonly signature: Uint8Array;
  readonly key: P256Key;
}

export const HASHEDREKORD = 'hashedrekord';

/** The `apiVersion` of entries. */
export const API_VERSION = { 1: '0.0.1', 2: '0.0.2' } as const satisfies Record<RekorVersion, string>;

/** The only type of keys that we have. */
const KEY_DETAILS = 'PKIX_ECDSA_P256_SHA_256';

/** The entry as the log has it: the bytes of the leaf. */
export const formatEntry = (version: RekorVersion, signed: SignedDigest): Uint8Array =>
  formatCanonicalJson(version === 1 ? entryV1(signed) : entryV2(signed));

/** What `POST /api/v1/log/entries` and `POST /api/v2/log/entries` take. */
export const formatRequest = (version: RekorVersion, signed: SignedDigest): Uint8Array =>
  formatCanonicalJson(version === 1 ? entryV1(signed) : requestV2(signed));

const entryV1 = ({ digest, signature, key }: SignedDigest): Json => ({
  apiVersion: API_VERSION[1],
  kind: HASHEDREKORD,
  spec: {
    data: { hash: { algorithm: 'sha256', value: Buffer.from(digest).toString('hex') } },
    signature: {
      content: formatBase64(signature),
      publicKey: { content: formatBase64(Buffer.from(key.pem)) },
    },
  },
});

const entryV2 = (signed: SignedDigest): Json => ({
  apiVersion: API_VERSION[2],
  kind: HASHEDREKORD,
  spec: {
    hashedRekordV002: {
      data: { algorithm: 'SHA2_256', digest: formatBase64(signed.digest) },
      signature: signatureV2(signed),
    },
  },
});

const requestV2 = (signed: SignedDigest): Json => ({
  hashedRekordRequestV002: { digest: formatBase64(signed.digest), signature: signatureV2(signed) },
});

const signatureV2 = ({ signature, key }: SignedDigest): Json => ({
  content: formatBase64(signature),
  verifier: { keyDetails: KEY_DETAILS, publicKey: { rawBytes: formatBase64(key.spki) } },
});

/** Throws `bad-proof`, with the place, unless the entry is the one that this leads to. */
export function demandEntry(entry: Uint8Array, version: RekorVersion, signed: SignedDigest): void {
  const wanted = formatEntry(version, signed);
  if (equalBytes(entry, wanted)) return;
  throw new Fault('bad-proof', `the entry of the log is another one: ${difference(entry, wanted)}`);
}

function difference(entry: Uint8Array, wanted: Uint8Array): string {
  let found: Json;
  try {
    found = parseCanonicalJson(entry);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return error.message;
  }
  return `${differingPath(found, parseCanonicalJson(wanted)) ?? 'its form'} is not what was signed`;
}

/** The first place where two documents differ. */
function differingPath(a: Json, b: Json, path = ''): string | undefined {
  if (!isMapping(a) || !isMapping(b)) return a === b ? undefined : path || 'the document';
  for (const key of [...new Set([...Object.keys(b), ...Object.keys(a)])]) {
    const below = `${path === '' ? '' : `${path}.`}${/^\w+$/.test(key) ? key : quote(key.slice(0, 40))}`;
    if (!Object.hasOwn(a, key) || !Object.hasOwn(b, key)) return below;
    const differing = differingPath(a[key] ?? null, b[key] ?? null, below);
    if (differing !== undefined) return differing;
  }
  return undefined;
}

const isMapping = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
