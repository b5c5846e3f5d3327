// SPDX-License-Identifier: Apache-2.0
/**
 * A Sigstore bundle, version 0.3, of a file that was signed with a public key: protobuf JSON, `<manifest>.sigstore.json`. One bundle
 * holds the entries of several logs, as they all are about the same signature.
 *
 *   {"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json",
 *    "messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"<base64>"},"signature":"<base64>"},
 *    "verificationMaterial":{
 *      "publicKey":{"hint":"<base64 of the SHA-256 of the key>"},
 *      "tlogEntries":[{
 *        "canonicalizedBody":"<base64 of the entry>",
 *        "inclusionPromise":{"signedEntryTimestamp":"<base64>"},                            Rekor v1 only
 *        "inclusionProof":{"checkpoint":{"envelope":"<signed note>"},"hashes":["<base64>"],
 *          "logIndex":"7","rootHash":"<base64>","treeSize":"9"},
 *        "integratedTime":"1763800000",                                                     Rekor v1 only; seconds
 *        "kindVersion":{"kind":"hashedrekord","version":"0.0.1"},
 *        "logId":{"keyId":"<base64>"},"logIndex":"7"}],
 *      "timestampVerificationData":{"rfc3161Timestamps":[{"signedTimestamp":"<base64>"}]}}}
 *
 * It is written in the canonical JSON of RFC 8785. Other programs write it with white space, in another order, and without numbers
 * that are 0, and that is read, too; unknown fields, and names that stand twice, are refused.
 */
import { formatCanonicalJson, type Json } from './canonical-json.ts';
import { type Decoder, exactly, list, optional, parsed, text, withDefault, wrong } from './decode.ts';
import { equalBytes, formatBase64, parseBase64, parseDecimal } from './encoding.ts';
import { Fault } from './fault.ts';
import { parseFreeJson } from './free-json.ts';
import { type Hash, parseHash } from './merkle.ts';

/** As a log gave it; nothing of it is believed. */
export interface TlogEntry {
  /** In the whole log, of all its shards; from 0. */
  readonly logIndex: number;
  /** Whose it claims to be: 64 hexadecimal digits. */
  readonly logId: string;
  readonly kind: string;
  readonly version: string;
  /** Seconds since 1970; 0 where the log tells none. */
  readonly integratedTime: number;
  readonly signedEntryTimestamp: Uint8Array | undefined;
  readonly inclusionProof: InclusionProof;
  /** The bytes of the leaf. */
  readonly body: Uint8Array;
}

export interface InclusionProof {
  /** In the tree of the checkpoint. */
  readonly logIndex: number;
  readonly treeSize: number;
  readonly rootHash: Hash;
  /** From the leaf's sibling upwards. */
  readonly hashes: readonly Hash[];
  /** A signed note, at most 16 KiB. */
  readonly checkpoint: string;
}

export interface SigstoreBundle {
  /** SHA-256 of the file: 32 bytes. */
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  /** Which key has signed: see `P256Key`. */
  readonly hint: string;
  readonly entries: readonly TlogEntry[];
  /** RFC 3161 tokens over the signature. Nobody checks them here. */
  readonly timestamps: readonly Uint8Array[];
}

/** Bytes. */
export const BUNDLE_CAP = 256 * 1024;
/** Bytes of a checkpoint, hashes of a proof, entries and timestamps of a bundle. */
const NOTE_CAP = 16 * 1024;
const MAX_HASHES = 64;
const MAX_ENTRIES = 32;

const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** Reads a bundle without believing it. Throws `bad-format`. */
export function parseBundle(bytes: Uint8Array): SigstoreBundle {
  const { messageSignature, verificationMaterial } = document(parseFreeJson(bytes, BUNDLE_CAP, 'the bundle'), '');
  return {
    digest: messageSignature.messageDigest.digest,
    signature: messageSignature.signature,
    hint: verificationMaterial.publicKey.hint,
    entries: verificationMaterial.tlogEntries,
    timestamps: verificationMaterial.timestampVerificationData,
  };
}

export const formatBundle = ({ digest, signature, hint, entries, timestamps }: SigstoreBundle): Uint8Array =>
  formatCanonicalJson({
    mediaType: BUNDLE_TYPE,
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: formatBase64(digest) },
      signature: formatBase64(signature),
    },
    verificationMaterial: {
      publicKey: { hint },
      tlogEntries: entries.map(formatEntry),
      ...(timestamps.length === 0
        ? {}
        : {
            timestampVerificationData: {
              rfc3161Timestamps: timestamps.map((token) => ({ signedTimestamp: formatBase64(token) })),
            },
          }),
    },
  });

/**
 * One bundle with the entries of both, of the same signature. An entry of `added` takes the place of an earlier one of the same log.
 * Throws `conflict` where they are about different signatures.
 */
export function mergeBundles(earlier: SigstoreBundle, added: SigstoreBundle): SigstoreBundle {
  const { digest, signature, hint } = earlier;
  if (!equalBytes(digest, added.digest) || !equalBytes(signature, added.signature) || hint !== added.hint)
    throw new Fault('conflict', 'the bundle that is there is about another signature');
  const kept = earlier.entries.filter(({ logId }) => !added.entries.some((one) => one.logId === logId));
  const tokens = added.timestamps.filter((token) => !earlier.timestamps.some((one) => equalBytes(one, token)));
  return { ...earlier, entries: [...kept, ...added.entries], timestamps: [...earlier.timestamps, ...tokens] };
}

const formatEntry = (entry: TlogEntry): Json => ({
  canonicalizedBody: formatBase64(entry.body),
  ...(entry.signedEntryTimestamp === undefined
    ? {}
    : { inclusionPromise: { signedEntryTimestamp: formatBase64(entry.signedEntryTimestamp) } }),
  inclusionProof: {
    checkpoint: { envelope: entry.inclusionProof.checkpoint },
    hashes: entry.inclusionProof.hashes.map(formatBase64),
    logIndex: String(entry.inclusionProof.logIndex),
    rootHash: formatBase64(entry.inclusionProof.rootHash),
    treeSize: String(entry.inclusionProof.treeSize),
  },
  ...(entry.integratedTime === 0 ? {} : { integratedTime: String(entry.integratedTime) }),
  kindVersion: { kind: entry.kind, version: entry.version },
  logId: { keyId: Buffer.from(entry.logId, 'hex').toString('base64') },
  logIndex: String(entry.logIndex),
});

const bytes: Decoder<Uint8Array> = parsed(parseBase64);
const hash: Decoder<Hash> = parsed((input) => parseHash(parseBase64(input)));
/** A 64-bit integer of protobuf JSON; 0 is left out by some. */
const integer: Decoder<number> = withDefault(parsed(parseDecimal), 0);
/** protobuf JSON: what is null is not there. */
const orNull =
  <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  (value, path) =>
    optional(decode)(value === null ? undefined : value, path);

const atMost =
  <T>(most: number, decode: Decoder<readonly T[]>): Decoder<readonly T[]> =>
  (value, path) => {
    if (Array.isArray(value) && value.length > most) throw wrong(path, `holds more than ${most} items`);
    return decode(value, path);
  };

/** The hashes of a proof. */
export const hashesOf = (one: Decoder<Hash>): Decoder<readonly Hash[]> => atMost(MAX_HASHES, list(one));

/** A checkpoint. */
export const envelope: Decoder<string> = (value, path) => {
  const note = text(value, path);
  if (Buffer.byteLength(note) > NOTE_CAP) throw wrong(path, `is larger than ${NOTE_CAP} bytes`);
  return note;
};

const exact =
  <const T extends string>(wanted: T): Decoder<T> =>
  (value, path) => {
    if (value !== wanted) throw wrong(path, `is not ${wanted}`);
    return wanted;
  };

const hexOf = (value: Uint8Array) => Buffer.from(value).toString('hex');

const entryFields = exactly({
  canonicalizedBody: bytes,
  inclusionPromise: orNull(exactly({ signedEntryTimestamp: bytes })),
  inclusionProof: exactly({
    checkpoint: exactly({ envelope }),
    hashes: withDefault(hashesOf(hash), []),
    logIndex: integer,
    rootHash: hash,
    treeSize: integer,
  }),
  integratedTime: integer,
  kindVersion: exactly({ kind: text, version: text }),
  logId: exactly({ keyId: hash }),
  logIndex: integer,
});

/** Reads an entry as a bundle has it, and as Rekor v2 answers it. Throws `bad-format`. */
export const decodeTlogEntry: Decoder<TlogEntry> = (value, path) => {
  const { canonicalizedBody, inclusionPromise, inclusionProof, integratedTime, kindVersion, logId, logIndex } =
    entryFields(value, path);
  return {
    logIndex,
    logId: hexOf(logId.keyId),
    ...kindVersion,
    integratedTime,
    signedEntryTimestamp: inclusionPromise?.signedEntryTimestamp,
    inclusionProof: { ...inclusionProof, checkpoint: inclusionProof.checkpoint.envelope },
    body: canonicalizedBody,
  };
};

const timestamps: Decoder<readonly Uint8Array[]> = (value, path) =>
  exactly({
    rfc3161Timestamps: withDefault(atMost(MAX_ENTRIES, list(exactly({ signedTimestamp: bytes }))), []),
  })(value, path).rfc3161Timestamps.map(({ signedTimestamp }) => signedTimestamp);

const document = exactly({
  mediaType: exact(BUNDLE_TYPE),
  messageSignature: exactly({
    messageDigest: exactly({ algorithm: exact('SHA2_256'), digest: hash }),
    signature: bytes,
  }),
  verificationMaterial: exactly({
    publicKey: exactly({ hint: text }),
    tlogEntries: withDefault(atMost(MAX_ENTRIES, list(decodeTlogEntry)), []),
    timestampVerificationData: withDefault(timestamps, []),
  }),
});
