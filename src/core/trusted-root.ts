// SPDX-License-Identifier: Apache-2.0
/**
 * A Sigstore trusted root, of which the Rekor logs are used: protobuf JSON, as Sigstore publishes it through TUF and as `cosign
 * trusted-root create` writes it.
 *
 *   {"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1",                        or …trustedroot.v0.2+json
 *    "tlogs":[{
 *      "baseUrl":"https://rekor.example.org","hashAlgorithm":"SHA2_256",
 *      "publicKey":{"rawBytes":"<base64>","keyDetails":"PKIX_ECDSA_P256_SHA_256",
 *        "validFor":{"start":"2024-01-01T00:00:00Z","end":"2026-01-01T00:00:00Z"}},                  the end may be open
 *      "logId":{"keyId":"<base64>"},"checkpointKeyId":{"keyId":"<base64>"},"operator":"example.org"}],
 *    "certificateAuthorities":[…],"ctlogs":[…],"timestampAuthorities":[…]}                           not looked at
 *
 * A log is named by its address without the scheme. Which version it has is not said: a key on P-256 is that of version 1 as a rule, an
 * Ed25519 key is always that of version 2.
 */
import { httpAddress } from './address.ts';
import { type Decoder, exactly, list, oneOf, optional, parsed, text, withDefault, wrong } from './decode.ts';
import { formatBase64, parseBase64 } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import { parseFreeJson } from './free-json.ts';
import { parseRekorKey, type RekorKey, type RekorVersion } from './rekor-key.ts';
import { isKeyName } from './signed-note.ts';
import { timeRange } from './time-range.ts';

/** Bytes; that of Sigstore's public instance has 7000. */
export const TRUSTED_ROOT_CAP = 256 * 1024;
const MAX_LOGS = 64;

const mediaType = oneOf([
  'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  'application/vnd.dev.sigstore.trustedroot.v0.1+json',
  'application/vnd.dev.sigstore.trustedroot.v0.2+json',
]);

const keyId = exactly({ keyId: parsed(parseBase64) });

const tlog = exactly({
  baseUrl: httpAddress,
  hashAlgorithm: text,
  publicKey: exactly({ rawBytes: parsed(parseBase64), keyDetails: text, validFor: timeRange }),
  logId: keyId,
  checkpointKeyId: optional(keyId),
  operator: optional((value) => value),
});
type Tlog = ReturnType<typeof tlog>;

const tlogs: Decoder<readonly Tlog[]> = (value, path) => {
  if (Array.isArray(value) && value.length > MAX_LOGS) throw wrong(path, `holds more than ${MAX_LOGS} logs`);
  return list(tlog)(value, path);
};

const ignored: Decoder<undefined> = () => undefined;
const document = exactly({
  mediaType,
  tlogs: withDefault(tlogs, []),
  certificateAuthorities: ignored,
  ctlogs: ignored,
  timestampAuthorities: ignored,
});

export interface Wanted {
  readonly version: RekorVersion;
  /** The name of one log; undefined for all of the version. */
  readonly origin: string | undefined;
}

/** The keys of its Rekor logs, each named like its log. Throws `bad-format`, also where there is none. */
export function readRekorKeys(bytes: Uint8Array, { version, origin }: Wanted): readonly RekorKey[] {
  const root = document(parseFreeJson(bytes, TRUSTED_ROOT_CAP, 'the trusted root'), '');
  const keys = root.tlogs.flatMap((one, index) => {
    const isWanted =
      origin === undefined ? VERSION_OF[one.publicKey.keyDetails] === version : originOf(one.baseUrl) === origin;
    return isWanted ? [keyOf(one, version, `tlogs[${index}]`)] : [];
  });
  if (keys.length > 0) return keys;
  const what = origin === undefined ? `no log of version ${version}` : `no log ${quote(origin)}`;
  throw new Fault('bad-format', `it holds ${what}`, {
    hint: `it holds ${root.tlogs.map(({ baseUrl }) => originOf(baseUrl)).join(', ') || 'none at all'}`,
  });
}

/** What a log is called that is served there. */
export const originOf = (url: string): string => url.replace(/^https?:\/\//, '');

/** Of keys as Sigstore's own logs have them. */
const VERSION_OF: Readonly<Record<string, RekorVersion>> = { PKIX_ECDSA_P256_SHA_256: 1, PKIX_ED25519: 2 };

function keyOf(
  { baseUrl, hashAlgorithm, publicKey, logId, checkpointKeyId }: Tlog,
  version: RekorVersion,
  path: string,
): RekorKey {
  const origin = originOf(baseUrl);
  if (!isKeyName(origin)) throw wrong(`${path}.baseUrl`, 'holds a space or a plus');
  if (hashAlgorithm !== 'SHA2_256') throw wrong(`${path}.hashAlgorithm`, 'is not SHA2_256');
  const key = parsed((raw) => parseRekorKey(raw, version, origin))(
    formatBase64(publicKey.rawBytes),
    `${path}.publicKey.rawBytes`,
  );
  if (publicKey.keyDetails !== key.details) throw wrong(`${path}.publicKey.keyDetails`, `is not ${key.details}`);
  const hex = (id: { readonly keyId: Uint8Array }) => Buffer.from(id.keyId).toString('hex');
  if (hex(logId) !== key.logId)
    throw wrong(
      `${path}.logId`,
      'is not that of this key and address',
      'did "cosign trusted-root create" get its "origin="?',
    );
  if (checkpointKeyId !== undefined && ![key.keyId, key.logId].includes(hex(checkpointKeyId)))
    throw wrong(`${path}.checkpointKeyId`, 'is not that of this key and address');
  return { ...key, validFor: publicKey.validFor };
}
