// SPDX-License-Identifier: Apache-2.0
/** The logs of a trust policy: which keys are a log's own, and who has to vouch for it. Each other kind has a file of its own. */
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
import { equalBytes, formatBase64 } from './encoding.ts';
import { keysInPolicy } from './policy-keys.ts';
import { refuseTwice } from './policy-names.ts';
import { recorder, type TrustedRecorder } from './policy-recorder.ts';
import { rekorLog, type TrustedRekorLog } from './policy-rekor.ts';
import { sigsumLog, type TrustedSigsumLog } from './policy-sigsum.ts';
import { formatVerifierKey, type NoteVerifier, parseVerifierKey } from './signed-note.ts';

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
  /** Of keys that have still to be read. */
  readonly keyFiles: readonly string[];
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
  const { keys: given, ...trusted } = tileLogFields(value, path);
  const { witnesses, quorum } = trusted;
  given.keys.forEach((key, index) => {
    const why = whyMisnamed(key, trusted);
    if (why !== undefined) throw wrong(`${path}.keys[${index}]`, why);
  });
  if (quorum === undefined && witnesses.length > 0)
    throw wrong(`${path}.quorum`, 'is missing: how many of the witnesses have to vouch?');
  if (quorum !== undefined && quorum > witnesses.length)
    throw wrong(`${path}.quorum`, `asks for ${quorum} witnesses of ${witnesses.length}`);
  const own = witnesses.findIndex((one) => given.keys.some((key) => isOf(one, key)));
  if (own >= 0) throw wrong(`${path}.witnesses[${own}].key`, 'is the key of the log, which cannot be its own witness');
  return { ...trusted, keys: given.keys, keyFiles: given.files, quorum: quorum ?? 0 };
};

/** c2sp.org/tlog-checkpoint: the log's own signature bears its origin, so that any other key can never verify. */
const whyMisnamed = ({ name }: NoteVerifier, { origin }: Pick<TrustedTileLog, 'origin'>): string | undefined =>
  name === origin ? undefined : `is not named like the origin, ${origin}`;

const isOf = ({ key }: TrustedWitness, { publicKey }: NoteVerifier): boolean => equalBytes(key.publicKey, publicKey);

/** Why a key that was read from a file cannot be one of this log; undefined where it can. */
export function whyNotOf(log: TrustedTileLog, key: NoteVerifier): string | undefined {
  return log.witnesses.some((one) => isOf(one, key)) ? 'is the key of a witness, too' : whyMisnamed(key, log);
}

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
  keys: keysInPolicy(parseVerifierKey, formatVerifierKey, 'a log without a pinned key proves nothing'),
  witnesses: withDefault(witnessesOf, []),
  quorum: optional(count),
});

/**
 * Throws `bad-format` where two logs have one origin or one key: each counts once, and an entry of Rekor is of the log whose key it
 * names. Keys that are still to be read from files are not looked at.
 */
export function refuseShared(logs: readonly TrustedLog[]): void {
  const origins = (log: TrustedLog): readonly string[] => {
    if (log.kind === 'sigsum') return [];
    if (log.kind === 'recorder') return [log.recorder];
    return log.kind === 'rekor' ? [...new Set(log.keys.map(({ name }) => name))] : [log.origin];
  };
  refuseTwice(logs.flatMap(origins), 'logs');
  const keys = logs.flatMap((log) => (log.kind === 'rekor' ? log.keys : []));
  refuseTwice(
    keys.map(({ spki }) => formatBase64(spki)),
    'logs',
  );
}
