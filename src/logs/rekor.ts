// SPDX-License-Identifier: Apache-2.0
/**
 * The log kind `rekor`: Sigstore's logs, of version 1 or 2. What is logged is the manifest, as a `hashedrekord` that a P-256 key of
 * ours has signed; receipts are Sigstore bundles. A signature is made once, as the next one would be another entry, and is kept:
 *
 *   {"digest":"<base64>","publicKey":"<base64 of SubjectPublicKeyInfo>","signature":"<base64 of DER>"}
 */
import { formatCanonicalJson, parseCanonicalJson } from '../core/canonical-json.ts';
import { type Decoder, exactly, parsed, wrong } from '../core/decode.ts';
import { equalBytes, formatBase64, parseBase64 } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import type { SignedDigest } from '../core/hashedrekord.ts';
import { digestOf, HASH_SIZE } from '../core/merkle.ts';
import { formatP256Key, P256_SIGNATURE_CAP, type P256Signer, parseP256Key } from '../core/p256.ts';
import { type RekorTrust, verifyBundle, verifySigned } from '../core/rekor.ts';
import { formatBundle, mergeBundles, parseBundle, type SigstoreBundle } from '../core/sigstore-bundle.ts';
import type { Clock, Http } from '../ports.ts';
import type { Receipt, TransparencyLog, Verified } from './log.ts';
import { findDiscontinuation } from './rekor-continuation.ts';
import { followed, type RekorAddress, type RekorPlaces } from './rekor-places.ts';
import { ANSWER_TIME, type Logged, type RekorServer } from './rekor-server.ts';
import { submitV1 } from './rekor-v1.ts';
import { submitV2 } from './rekor-v2.ts';

/** What asking a log takes. */
export interface RekorAsking {
  readonly http: Http;
  readonly clock: Clock;
  /** Milliseconds for all of it. */
  readonly patience: number;
  readonly places: RekorPlaces;
}

/** As the policy names and pins it. */
export interface PinnedRekor extends RekorTrust {
  readonly name: string;
}

/**
 * A log that is asked over the network. Where a bundle of this manifest is there, with an entry of another log, its signature is taken:
 * a bundle has one.
 */
export function openRekor(log: PinnedRekor, { http, clock, patience, places }: RekorAsking): TransparencyLog {
  const verify = (file: Uint8Array, manifest: Uint8Array): Verified => {
    const verified = verifyBundle(parseBundle(file), manifest, log);
    if (verified === undefined) throw new Fault('not-in-log', 'it has no entry of this log');
    return { ...verified, witnesses: [] };
  };
  return {
    kind: 'rekor',
    submit: async (prepared, { manifest }, { existing, others }) => {
      const bundle = existing && parseBundle(existing);
      const signed =
        bundle === undefined ? trusted(prepared, manifest, log) : verifySigned(bundle, manifest, log.signers);
      const end = new Date(clock.now().getTime() + patience);
      const trying = { clock, end, timeout: ANSWER_TIME };
      const submitAt = async (address: RekorAddress) =>
        submitRekor({ name: log.name, http, ...address, log, trying }, signed, async () => readable(await others()));
      const logged = await followed(places, submitAt);
      const proof = receiptOf(signed, logged, bundle);
      return { proof, isNew: logged.isNew, problems: logged.problems, ...verify(proof, manifest) };
    },
    verify: (file, { manifest }) => verify(file, manifest),
  };
}

/** The bytes to keep, and to submit again unchanged. */
export const prepareRekor = (file: Uint8Array, signer: P256Signer): Uint8Array =>
  formatPrepared({ digest: digestOf(file), signature: signer.sign(file), key: signer.key });

export const formatPrepared = ({ digest, signature, key }: SignedDigest): Uint8Array =>
  formatCanonicalJson({
    digest: formatBase64(digest),
    publicKey: formatP256Key(key),
    signature: formatBase64(signature),
  });

/** Throws `bad-format`. */
export function parsePrepared(bytes: Uint8Array): SignedDigest {
  const { publicKey, ...rest } = preparedFields(parseCanonicalJson(bytes), '');
  return { ...rest, key: publicKey };
}

const sized =
  (least: number, most: number): Decoder<Uint8Array> =>
  (value, path) => {
    const bytes = parsed(parseBase64)(value, path);
    if (bytes.length < least || bytes.length > most) throw wrong(path, `has ${bytes.length} bytes`);
    return bytes;
  };

const preparedFields = exactly({
  digest: sized(HASH_SIZE, HASH_SIZE),
  publicKey: parsed(parseP256Key),
  signature: sized(1, P256_SIGNATURE_CAP),
});

/** Reads what was prepared of this file. Throws `bad-format`, and `altered` where it is about another one. */
export function preparedFor(prepared: Uint8Array, file: Uint8Array): SignedDigest {
  const signed = parsePrepared(prepared);
  if (equalBytes(signed.digest, digestOf(file)) && signed.key.verify(file, signed.signature)) return signed;
  throw new Fault('altered', 'what was prepared for the log is not a signature of this manifest');
}

/** An entry by a signer that the policy does not name would prove nothing, and cannot be taken back. Throws `wrong-key`. */
function trusted(prepared: Uint8Array, file: Uint8Array, { name, signers }: PinnedRekor): SignedDigest {
  const signed = preparedFor(prepared, file);
  if (signers.some(({ hint }) => hint === signed.key.hint)) return signed;
  throw new Fault(
    'wrong-key',
    `what was prepared for the log ${quote(name)} is by a key that the policy does not name`,
    {
      hint: 'was the log key rotated meanwhile? have the policy name the earlier one, too, until this is done',
    },
  );
}

/**
 * Has the entry logged, or finds it. `others`: bundles of other files; that the log does not show that it continues their trees is a
 * problem of it, and takes nothing from the proof that it gave. Throws `network` for what may pass, which an answer is, too,
 * that cannot be read; `usage` where the log refuses it, and does not have it; `wrong-key` and `bad-signature` where it is not the pinned log that answers, `log-misbehaved`
 * where what the log shows does not fit what it signed.
 */
export async function submitRekor(
  server: RekorServer,
  signed: SignedDigest,
  others: () => Promise<readonly SigstoreBundle[]> = async () => [],
): Promise<Logged & Pick<Receipt, 'problems'>> {
  try {
    if (server.log.version === 2) return { ...(await submitV2(server, signed)), problems: [] };
    const logged = await submitV1(server, signed);
    const problem = await findDiscontinuation(server, logged.verified.checkpoint, others);
    return { ...logged, problems: problem === undefined ? [] : [problem] };
  } catch (error) {
    if (!(error instanceof Fault) || error.kind === 'usage') throw error;
    const { kind, message, hint, evidence } = error;
    const name = `the log ${quote(server.name)}`;
    if (kind === 'bad-format')
      throw new Fault('network', `${name}: it answers nothing that could be read: ${message}`, { cause: error });
    throw new Fault(kind, `${name}: ${message}`, { hint, evidence, cause: error });
  }
}

/** Those that are bundles. What is wrong with the others is for their own releases to say. */
const readable = (files: readonly Uint8Array[]): readonly SigstoreBundle[] =>
  files.flatMap((file) => {
    try {
      return [parseBundle(file)];
    } catch (error) {
      if (error instanceof Fault) return [];
      throw error;
    }
  });

/** The receipt: a bundle with this entry, and with those that are there. */
export function receiptOf(
  { digest, signature, key: { hint } }: SignedDigest,
  { entry }: Pick<Logged, 'entry'>,
  earlier?: SigstoreBundle,
): Uint8Array {
  const bundle = { digest, signature, hint, entries: [entry], timestamps: [] };
  return formatBundle(earlier === undefined ? bundle : mergeBundles(earlier, bundle));
}
