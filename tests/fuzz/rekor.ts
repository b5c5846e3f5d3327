// SPDX-License-Identifier: Apache-2.0
/** Sigstore's bundles and what Rekor servers answer. The signatures are kept in a file: ECDSA makes others each time. */
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { demandEntry, formatEntry, formatRequest } from '../../src/core/hashedrekord.ts';
import { HASH_SIZE } from '../../src/core/merkle.ts';
import { formatOpenSshPublicKey } from '../../src/core/openssh-key.ts';
import { formatP256Key, parseP256Key } from '../../src/core/p256.ts';
import { PUBLIC_LOG_KEY_CAP, type PublicLogKey, parsePublicLogKey } from '../../src/core/public-log-key.ts';
import { type RekorTrust, verifyBundle } from '../../src/core/rekor.ts';
import { parseRekorKey } from '../../src/core/rekor-key.ts';
import { formatVerifierKey, noteVerifier } from '../../src/core/signed-note.ts';
import { newestAddress, SIGNING_CONFIG_CAP } from '../../src/core/signing-config.ts';
import { BUNDLE_CAP, formatBundle, parseBundle, type TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { readRekorKeys, TRUSTED_ROOT_CAP } from '../../src/core/trusted-root.ts';
import { formatPrepared, parsePrepared } from '../../src/logs/rekor.ts';
import { ANSWER_CAP, parseAnswerV1, parseAnswerV2, parseConsistency } from '../../src/logs/rekor-answer.ts';
import { TAKEN } from '../core/rekor-log.ts';
import { signingConfig } from '../core/rekor-root.ts';
import { Broken, canonical, canonicalText, type Target, texts } from './target.ts';

const DIRECTORY = path.resolve(import.meta.dirname, '../vectors/rekor');
const read = (name: string) => fs.readFileSync(path.join(DIRECTORY, name));

interface Pins {
  readonly signer: string;
  readonly logs: readonly { readonly version: 1 | 2; readonly origin: string; readonly key: string }[];
}
const pins = JSON.parse(read('pins.json').toString()) as Pins;
const signer = parseP256Key(pins.signer);
const trust = pins.logs.map(
  ({ version, origin, key }): RekorTrust => ({
    version,
    keys: [parseRekorKey(key, version, origin)],
    signers: [signer],
  }),
);

export const MANIFEST = read('SHA256SUMS');
const BUNDLE = read('SHA256SUMS.sigstore.json');
const bundle = parseBundle(BUNDLE);
const [v1, v2] = bundle.entries as readonly [TlogEntry, TlogEntry];
const signed = { digest: bundle.digest, signature: bundle.signature, key: signer };
export const preparedForRekor = formatPrepared(signed);
const pretty = Buffer.from(JSON.stringify(JSON.parse(BUNDLE.toString()), undefined, 1));

/** As it was read: white space and order are free, and nothing else. */
function checkBundle(input: Uint8Array): void {
  const once = parseBundle(input);
  const again = parseBundle(formatBundle(once));
  if (!isDeepStrictEqual(again, once)) throw new Broken('accepted, and written as something else');
}

/** Whatever else stands there, what is believed of each log is what it signed. */
function checkBelieved(input: Uint8Array): void {
  const found = parseBundle(input);
  const [first, second] = trust.map((log) => verifyBundle(found, MANIFEST, log));
  if (first !== undefined && (first.index !== 11 || first.time?.getTime() !== TAKEN * 1000 || first.treeSize !== 5))
    throw new Broken('v1 is believed, and has not signed that');
  if (second !== undefined && (second.index !== 2 || second.time !== undefined || second.treeSize !== 5))
    throw new Broken('v2 is believed, and has not signed that');
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const answerV1 = JSON.stringify({
  [`${'0'.repeat(15)}7${hex(v1.inclusionProof.rootHash)}`]: {
    body: Buffer.from(v1.body).toString('base64'),
    integratedTime: v1.integratedTime,
    logID: v1.logId,
    logIndex: v1.logIndex,
    verification: {
      inclusionProof: {
        ...v1.inclusionProof,
        hashes: v1.inclusionProof.hashes.map(hex),
        rootHash: hex(v1.inclusionProof.rootHash),
      },
      signedEntryTimestamp: Buffer.from(v1.signedEntryTimestamp ?? []).toString('base64'),
    },
  },
});
const entries = (
  JSON.parse(BUNDLE.toString()) as { readonly verificationMaterial: { readonly tlogEntries: readonly unknown[] } }
).verificationMaterial.tlogEntries;

/** What came from a server goes into a bundle, and has to be read there. */
function checkEntry(entry: TlogEntry): void {
  const [again] = parseBundle(formatBundle({ ...bundle, entries: [entry] })).entries;
  if (!isDeepStrictEqual(again, entry)) throw new Broken('accepted, and written as something else');
}

const ROOT = JSON.stringify({
  mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
  tlogs: pins.logs.map(({ origin, key }, index) => ({
    baseUrl: `https://${origin}`,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: key,
      keyDetails: trust[index]?.keys[0]?.details,
      validFor: { start: '2024-01-01T00:00:00Z', end: '2027-01-01T00:00:00.5Z' },
    },
    logId: { keyId: Buffer.from(trust[index]?.keys[0]?.logId ?? '', 'hex').toString('base64') },
  })),
  ctlogs: [],
});

/** Whatever else stands there, a log has the ID that its name and key lead to. */
function checkRoot(input: Uint8Array): void {
  for (const key of readRekorKeys(input, { version: 2, origin: undefined })) {
    const again = parseRekorKey(Buffer.from(key.spki).toString('base64'), 2, key.name);
    if (again.logId !== key.logId || key.validFor === undefined) throw new Broken('a log with another ID, or no time');
  }
}

const CONFIG = signingConfig([
  { url: 'https://a.example.org', version: 1 },
  { url: 'https://b.example.org/log', start: '2026-01-01T00:00:00.25Z', end: '2027-01-01T00:00:00Z' },
]);

function checkConfig(input: Uint8Array): void {
  const url = newestAddress(input, 2, new Date('2026-04-01T00:00:00Z'));
  if (!/^https?:\/\/[^?#]+[^/]$/.test(url)) throw new Broken(`no address: ${url}`);
}

const OPENSSH = formatOpenSshPublicKey(signer.spki.slice(-32), 'sigsum key');
const VKEY = `${formatVerifierKey(noteVerifier('example.org/log', signer.spki.slice(-32)))}\n`;

/** Byte for byte what would be written of the key. */
function checkPublicKey(input: Uint8Array): void {
  const read = parsePublicLogKey(input);
  const text = Buffer.from(input).toString();
  const comment = /^\S+ \S+ ([^\n]*)\n$/.exec(text)?.[1] ?? '';
  if (written(read, comment) !== text) throw new Broken('accepted, and written as something else');
}

function written(read: PublicLogKey, comment: string): string {
  if (read.kind === 'rekor') return read.key.pem;
  return read.kind === 'sigsum' ? formatOpenSshPublicKey(read.key, comment) : `${formatVerifierKey(read.key)}\n`;
}

export const REKOR: readonly Target[] = [
  {
    name: 'trusted root of Sigstore',
    corpus: texts(ROOT, JSON.stringify(JSON.parse(ROOT), undefined, 2)),
    kinds: ['bad-format'],
    check: checkRoot,
    cap: TRUSTED_ROOT_CAP,
  },
  {
    name: 'signing config of Sigstore',
    corpus: texts(CONFIG, JSON.stringify(JSON.parse(CONFIG), undefined, 2)),
    kinds: ['bad-format', 'usage'],
    check: checkConfig,
    cap: SIGNING_CONFIG_CAP,
  },
  {
    name: 'public log key',
    corpus: texts(signer.pem, OPENSSH, VKEY),
    kinds: ['bad-format', 'unreadable'],
    check: checkPublicKey,
    cap: PUBLIC_LOG_KEY_CAP,
  },
  {
    name: 'Sigstore bundle',
    corpus: [BUNDLE, pretty, formatBundle({ ...bundle, timestamps: [Buffer.from('token')] })],
    kinds: ['bad-format'],
    check: checkBundle,
    cap: BUNDLE_CAP,
  },
  {
    name: 'believed Sigstore bundle',
    corpus: [BUNDLE, formatBundle({ ...bundle, entries: [v2] })],
    kinds: ['bad-format', 'bad-proof', 'bad-signature', 'wrong-key'],
    check: checkBelieved,
    cap: BUNDLE_CAP,
  },
  {
    name: 'answer of Rekor v1',
    corpus: texts(answerV1),
    kinds: ['bad-format'],
    check: (input) => checkEntry(parseAnswerV1(input).entry),
    cap: ANSWER_CAP,
  },
  {
    name: 'answer of Rekor v2',
    corpus: texts(JSON.stringify(entries[1]), JSON.stringify({ ...(entries[0] as object), inclusionPromise: null })),
    kinds: ['bad-format'],
    check: (input) => checkEntry(parseAnswerV2(input)),
    cap: ANSWER_CAP,
  },
  {
    name: 'consistency proof of Rekor v1',
    corpus: texts(
      JSON.stringify({ rootHash: hex(v1.inclusionProof.rootHash), hashes: v1.inclusionProof.hashes.map(hex) }),
    ),
    kinds: ['network'],
    check: (input) => {
      if (parseConsistency(input).some(({ length }) => length !== HASH_SIZE))
        throw new Broken('accepted, and is no hash');
    },
    cap: ANSWER_CAP,
  },
  {
    name: 'entry of Rekor',
    corpus: [formatEntry(1, signed)],
    kinds: ['bad-proof'],
    check: (input) => {
      demandEntry(input, 1, signed);
      if (Buffer.compare(input, formatRequest(1, signed)) !== 0) throw new Broken('accepted, and not what was sent');
    },
  },
  {
    name: 'what is prepared for Rekor',
    corpus: [preparedForRekor],
    kinds: ['bad-format'],
    check: canonical(parsePrepared, formatPrepared),
    cap: 1024 * 1024,
  },
  {
    name: 'public key on P-256',
    corpus: texts(pins.signer),
    kinds: ['usage'],
    check: canonicalText(parseP256Key, formatP256Key),
    isSmall: true,
  },
];
