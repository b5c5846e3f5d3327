// SPDX-License-Identifier: Apache-2.0
/**
 * A Rekor log with real keys and a real tree, of version 1 or 2, and the release that is logged there. Only its HTTP is missing:
 * `tests/logs/rekor-server.ts` has that. The tree and the notes are written down as in their specifications, not by our own code.
 */
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { formatRequest, type SignedDigest } from '../../src/core/hashedrekord.ts';
import { parseHash } from '../../src/core/merkle.ts';
import { generateP256KeyPem, type P256Signer, parseP256PrivateKey } from '../../src/core/p256.ts';
import type { RekorTrust } from '../../src/core/rekor.ts';
import { parseRekorKey, type RekorVersion } from '../../src/core/rekor-key.ts';
import type { SigstoreBundle, TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { ReferenceTree } from './rfc6962.ts';

export const MANIFEST = Buffer.from(`${'9b74'.repeat(16)}  nova-31.0.0.tar.gz\n`);

export const newSigner = (): P256Signer => parseP256PrivateKey(Buffer.from(generateP256KeyPem()));

export const signedBy = (signer: P256Signer, file: Uint8Array = MANIFEST): SignedDigest => ({
  digest: createHash('sha256').update(file).digest(),
  signature: signer.sign(file),
  key: signer.key,
});

/** Seconds; when every entry was taken, unless told. */
export const TAKEN = 1_763_800_000;

export interface RekorLog {
  readonly version: RekorVersion;
  readonly origin: string;
  readonly key: KeyObject;
  /** base64 of its public key, as a policy has it. */
  readonly pin: string;
  readonly entries: Buffer[];
  /** Entries of earlier shards; of v1 only. */
  readonly before: number;
  readonly treeId: string;
  /** Its index, and whether it was there. */
  add(body: Uint8Array): { readonly index: number; readonly isNew: boolean };
  checkpoint(size?: number): string;
  /** The entry with this index in the tree, as a bundle has it. */
  entry(index: number, size?: number): TlogEntry;
  /** Of a note's text, as this log would have written it. */
  note(text: string, name?: string, key?: KeyObject): string;
  promise(entry: Pick<TlogEntry, 'body' | 'integratedTime' | 'logId' | 'logIndex'>, key?: KeyObject): Buffer;
}

export const newKey = (version: RekorVersion): KeyObject =>
  version === 1
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
    : generateKeyPairSync('ed25519').privateKey;

const publicDer = (key: KeyObject): Buffer => createPublicKey(key).export({ format: 'der', type: 'spki' });

const signBytes = (key: KeyObject, message: string): Buffer =>
  sign(key.asymmetricKeyType === 'ec' ? 'sha256' : null, Buffer.from(message), key);

export function logIdOf(key: KeyObject, origin: string): string {
  const der = publicDer(key);
  const hash = createHash('sha256');
  if (key.asymmetricKeyType === 'ec') hash.update(der);
  else hash.update(`${origin}\n`).update(Buffer.of(1)).update(der.subarray(-32));
  return hash.digest('hex');
}

export function rekorLog(
  version: RekorVersion,
  {
    origin = `rekor-${version}.example.org`,
    key = newKey(version),
    before = 0,
    taken = TAKEN,
    treeId = '5566778899001122334',
  } = {},
): RekorLog {
  const entries: Buffer[] = [];
  const tree = () => new ReferenceTree(entries);
  const log: RekorLog = {
    version,
    origin,
    key,
    pin: publicDer(key).toString('base64'),
    entries,
    before,
    treeId,
    add: (body) => {
      const known = entries.findIndex((one) => one.equals(body));
      if (known >= 0) return { index: known, isNew: false };
      return { index: entries.push(Buffer.from(body)) - 1, isNew: true };
    },
    note: (text, name = origin, by = key) => {
      const id = Buffer.from(logIdOf(by, name), 'hex').subarray(0, 4);
      return `${text}\n— ${name} ${Buffer.concat([id, signBytes(by, text)]).toString('base64')}\n`;
    },
    checkpoint: (size = entries.length) => {
      const first = version === 1 ? `${origin} - ${treeId}` : origin;
      return log.note(`${first}\n${size}\n${tree().mth(0, size).toString('base64')}\n`);
    },
    promise: ({ body, integratedTime, logId, logIndex }, by = key) =>
      signBytes(
        by,
        `{"body":"${Buffer.from(body).toString('base64')}","integratedTime":${integratedTime},"logID":"${logId}","logIndex":${logIndex}}`,
      ),
    entry: (index, size = entries.length) => {
      const entry = {
        logIndex: before + index,
        logId: logIdOf(key, origin),
        kind: 'hashedrekord',
        version: `0.0.${version}`,
        integratedTime: version === 1 ? taken : 0,
        body: entries[index] ?? Buffer.alloc(0),
      };
      return {
        ...entry,
        signedEntryTimestamp: version === 1 ? log.promise(entry) : undefined,
        inclusionProof: {
          logIndex: index,
          treeSize: size,
          rootHash: parseHash(tree().mth(0, size)),
          hashes: tree().path(index, 0, size).map(parseHash),
          checkpoint: log.checkpoint(size),
        },
      };
    },
  };
  return log;
}

/** The entry as a server makes it of a request. */
export const canonicalized = (version: RekorVersion, signed: SignedDigest): Buffer => {
  const request: unknown = JSON.parse(Buffer.from(formatRequest(version, signed)).toString());
  if (version === 1) return Buffer.from(JSON.stringify(request));
  return canonicalizeV2(request);
};

interface RequestV2 {
  readonly hashedRekordRequestV002: {
    readonly digest: string;
    readonly signature: {
      readonly content: string;
      readonly verifier: { readonly keyDetails: string; readonly publicKey: { readonly rawBytes: string } };
    };
  };
}

export function canonicalizeV2(request: unknown): Buffer {
  const { digest, signature } = (request as RequestV2).hashedRekordRequestV002;
  const { keyDetails, publicKey } = signature.verifier;
  return Buffer.from(
    `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256","digest":"${digest}"},` +
      `"signature":{"content":"${signature.content}","verifier":{"keyDetails":"${keyDetails}","publicKey":{"rawBytes":"${publicKey.rawBytes}"}}}}}}`,
  );
}

export const bundleOf = (signed: SignedDigest, entries: readonly TlogEntry[]): SigstoreBundle => ({
  digest: signed.digest,
  signature: signed.signature,
  hint: signed.key.hint,
  entries,
  timestamps: [],
});

export const trustIn = (log: RekorLog, ...signers: readonly P256Signer[]): RekorTrust => ({
  version: log.version,
  keys: [parseRekorKey(log.pin, log.version, log.origin)],
  signers: signers.map(({ key }) => key),
});
