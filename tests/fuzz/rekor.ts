// SPDX-License-Identifier: Apache-2.0
/** Sigstore's bundles and what Rekor servers answer. The signatures are kept in a file: ECDSA makes others each time. */
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { demandEntry, formatEntry, formatRequest } from '../../src/core/hashedrekord.ts';
import { HASH_SIZE } from '../../src/core/merkle.ts';
import { formatP256Key, parseP256Key } from '../../src/core/p256.ts';
import { type RekorTrust, verifyBundle } from '../../src/core/rekor.ts';
import { parseRekorKey } from '../../src/core/rekor-key.ts';
import { BUNDLE_CAP, formatBundle, parseBundle, type TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { formatPrepared, parsePrepared } from '../../src/logs/rekor.ts';
import { ANSWER_CAP, parseAnswerV1, parseAnswerV2, parseConsistency } from '../../src/logs/rekor-answer.ts';
import { TAKEN } from '../core/rekor-log.ts';
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
    origin,
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

export const REKOR: readonly Target[] = [
  {
    name: 'Sigstore bundle',
    corpus: [BUNDLE, pretty, formatBundle({ ...bundle, timestamps: [Buffer.from('token')] })],
    share: 0.4,
    kinds: ['bad-format'],
    check: checkBundle,
    cap: BUNDLE_CAP,
  },
  {
    name: 'believed Sigstore bundle',
    corpus: [BUNDLE, formatBundle({ ...bundle, entries: [v2] })],
    share: 0.4,
    kinds: ['bad-format', 'bad-proof', 'bad-signature', 'wrong-key'],
    check: checkBelieved,
    cap: BUNDLE_CAP,
  },
  {
    name: 'answer of Rekor v1',
    corpus: texts(answerV1),
    share: 0.5,
    kinds: ['bad-format'],
    check: (input) => checkEntry(parseAnswerV1(input).entry),
    cap: ANSWER_CAP,
  },
  {
    name: 'answer of Rekor v2',
    corpus: texts(JSON.stringify(entries[1]), JSON.stringify({ ...(entries[0] as object), inclusionPromise: null })),
    share: 0.5,
    kinds: ['bad-format'],
    check: (input) => checkEntry(parseAnswerV2(input)),
    cap: ANSWER_CAP,
  },
  {
    name: 'consistency proof of Rekor v1',
    corpus: texts(
      JSON.stringify({ rootHash: hex(v1.inclusionProof.rootHash), hashes: v1.inclusionProof.hashes.map(hex) }),
    ),
    share: 0.5,
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
    share: 0.5,
    kinds: ['bad-proof'],
    check: (input) => {
      demandEntry(input, 1, signed);
      if (Buffer.compare(input, formatRequest(1, signed)) !== 0) throw new Broken('accepted, and not what was sent');
    },
  },
  {
    name: 'what is prepared for Rekor',
    corpus: [preparedForRekor],
    share: 0.3,
    kinds: ['bad-format'],
    check: canonical(parsePrepared, formatPrepared),
    cap: 1024 * 1024,
  },
  {
    name: 'public key on P-256',
    corpus: texts(pins.signer),
    share: 0.2,
    kinds: ['usage'],
    check: canonicalText(parseP256Key, formatP256Key),
    isSmall: true,
  },
];
