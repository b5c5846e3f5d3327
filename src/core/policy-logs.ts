// SPDX-License-Identifier: Apache-2.0
/** The logs of a trust policy: which keys are a log's own, and who has to vouch for it. Sigsum's are in policy-sigsum.ts, recorders in policy-recorder.ts. */
import { httpAddress } from './address.ts';
import { parseWitnessKey, type WitnessKey } from './cosignature.ts';
import {
  count,
  type Decoder,
  exactly,
  list,
  oneOf,
  optional,
  parsed,
  record,
  text,
  withDefault,
  wrong,
} from './decode.ts';
import { formatBase64 } from './encoding.ts';
import { quote } from './fault.ts';
import { parseP256Key } from './p256.ts';
import { recorder, type TrustedRecorder } from './policy-recorder.ts';
import { sigsumLog, type TrustedSigsumLog } from './policy-sigsum.ts';
import type { RekorTrust } from './rekor.ts';
import { parseRekorKey, type RekorVersion } from './rekor-key.ts';
import { isKeyName, type NoteVerifier, parseVerifierKey } from './signed-note.ts';

export interface TrustedWitness {
  /** What the policy calls it; the name in its key is another matter. */
  readonly name: string;
  readonly key: WitnessKey;
  /** The submission prefix of c2sp.org/tlog-witness, without a slash at its end. */
  readonly url: string | undefined;
}

/** Who has to vouch for the checkpoint of a proof. */
export interface Quorum {
  readonly witnesses: readonly TrustedWitness[];
  /** How many of them have to. */
  readonly quorum: number;
}

/** Of the kind `tiles`. */
export interface TrustedTileLog extends Quorum {
  readonly name: string;
  readonly kind: 'tiles';
  readonly origin: string;
  readonly keys: readonly NoteVerifier[];
}

/** Of the kind `rekor`. */
export interface TrustedRekorLog extends RekorTrust {
  readonly name: string;
  readonly kind: 'rekor';
  /** Where `submit` asks; without a slash at its end. */
  readonly url: string | undefined;
  /** Where v2 serves its tiles, if elsewhere. */
  readonly readUrl: string | undefined;
}

export type TrustedLog = TrustedTileLog | TrustedSigsumLog | TrustedRekorLog | TrustedRecorder;
export type LogKind = TrustedLog['kind'];

/** How many of some logs can prove one manifest: the proofs of all logs of a kind go by one name, and Rekor's share one file. */
export const mostProofs = (logs: readonly TrustedLog[]): number =>
  new Set(logs.map(({ kind, name }) => (kind === 'rekor' ? `rekor ${name}` : kind))).size;

/** As many signature lines as a checkpoint can have are twice that (c2sp.org/tlog-policy, "Implementation limits"). */
const MAX_WITNESSES = 32;

/** Whether the policy names witnesses of a log. */
export function hasWitnesses(log: TrustedLog): boolean {
  if (log.kind === 'rekor' || log.kind === 'recorder') return false;
  return (log.kind === 'sigsum' ? log.policy.witnesses : log.witnesses).length > 0;
}

/** One log of a policy. */
export const trustedLog: Decoder<TrustedLog> = (value, path) => {
  const kind = oneOf(['tiles', 'rekor', 'sigsum', 'recorder'])(record(value, path)['kind'], `${path}.kind`);
  return { tiles: tileLog, rekor: rekorLog, sigsum: sigsumLog, recorder }[kind](value, path);
};

const tileLog: Decoder<TrustedTileLog> = (value, path) => {
  const trusted = tileLogFields(value, path);
  trusted.keys.forEach(({ name }, index) => {
    // c2sp.org/tlog-checkpoint: the log's own signature bears its origin, so that any other key can never verify
    if (name !== trusted.origin)
      throw wrong(`${path}.keys[${index}]`, `is not named like the origin, ${trusted.origin}`);
  });
  const { witnesses, quorum } = trusted;
  if (quorum === undefined && witnesses.length > 0)
    throw wrong(`${path}.quorum`, 'is missing: how many of the witnesses have to vouch?');
  if (quorum !== undefined && quorum > witnesses.length)
    throw wrong(`${path}.quorum`, `asks for ${quorum} witnesses of ${witnesses.length}`);
  const own = trusted.keys.map(({ publicKey }) => formatBase64(publicKey));
  for (const [index, { key }] of witnesses.entries()) {
    if (own.includes(formatBase64(key.publicKey)))
      throw wrong(`${path}.witnesses[${index}].key`, 'is the key of the log, which cannot be its own witness');
  }
  return { ...trusted, quorum: quorum ?? 0 };
};

const witness: Decoder<TrustedWitness> = exactly({
  name: text,
  key: parsed(parseWitnessKey),
  url: optional(httpAddress),
});

const witnessesOf: Decoder<readonly TrustedWitness[]> = (value, path) => {
  const witnesses = list(witness)(value, path);
  if (witnesses.length > MAX_WITNESSES) throw wrong(path, `holds more than ${MAX_WITNESSES} witnesses`);
  refuseTwice(
    witnesses.map(({ name }) => name),
    path,
  );
  // c2sp.org/tlog-policy: two names of one key are one witness, and would count twice
  const keys = witnesses.map(({ key }) => formatBase64(key.publicKey));
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  if (twice >= 0) throw wrong(`${path}[${twice}].key`, 'is the key of another witness, too');
  return witnesses;
};

const tileLogFields = exactly({
  name: text,
  kind: oneOf(['tiles']),
  origin: text,
  keys: (value, path) => {
    const keys = list(parsed(parseVerifierKey))(value, path);
    if (keys.length === 0) throw wrong(path, 'is empty: a log without a pinned key proves nothing');
    return keys;
  },
  witnesses: withDefault(witnessesOf, []),
  quorum: optional(count),
});

/** Throws `bad-format` for no key at all: a log without a pinned key proves nothing. */
const someKeys =
  <T>(decode: Decoder<T>, why: string): Decoder<readonly T[]> =>
  (value, path) => {
    const keys = list(decode)(value, path);
    if (keys.length === 0) throw wrong(path, `is empty: ${why}`);
    return keys;
  };

const rekorFields = exactly({
  name: text,
  kind: oneOf(['rekor']),
  version: (value: unknown, path: string): RekorVersion => {
    if (value === 1 || value === 2) return value;
    throw wrong(path, 'is neither 1 nor 2');
  },
  url: optional(httpAddress),
  read_url: optional(httpAddress),
  origin: (value, path) => {
    const origin = text(value, path);
    if (!isKeyName(origin)) throw wrong(path, 'holds a space, a plus or a control character');
    return origin;
  },
  keys: someKeys(text, 'a log without a pinned key proves nothing'),
  signers: someKeys(parsed(parseP256Key), 'which of our keys has signed what is in the log?'),
});

const rekorLog: Decoder<TrustedRekorLog> = (value, path) => {
  const { read_url: readUrl, ...log } = rekorFields(value, path);
  if (readUrl !== undefined && log.version === 1) throw wrong(`${path}.read_url`, 'is for version 2 only');
  const keys = log.keys.map((key, index) =>
    parsed((input) => parseRekorKey(input, log.version, log.origin))(key, `${path}.keys[${index}]`),
  );
  refuseTwice(
    keys.map(({ logId }) => logId),
    `${path}.keys`,
  );
  return { ...log, readUrl, keys };
};

/** Throws `bad-format` where a key belongs to two Rekor logs: an entry is of the log whose key it names. */
export function refuseSharedKeys(logs: readonly TrustedLog[]): void {
  refuseTwice(
    logs.flatMap((log) => (log.kind === 'rekor' ? log.keys.map(({ spki }) => formatBase64(spki)) : [])),
    'logs',
  );
}

/** Throws `bad-format` where a list that stands at `path` holds something twice. */
export function refuseTwice(names: readonly string[], path: string): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw wrong(path, `holds ${quote(twice)} twice`);
}
