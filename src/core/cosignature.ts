// SPDX-License-Identifier: Apache-2.0
/**
 * c2sp.org/tlog-cosignature, version 1 with Ed25519 keys (signature type 0x04): what a witness says of a checkpoint. It is a
 * signature line of the note, of 8 bytes of time (POSIX seconds, big-endian) and 64 bytes of signature of
 *
 *   cosignature/v1
 *   time 1679315147
 *   example.com/behind-the-sofa                       the text of the checkpoint
 *   20852163
 *   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 * which means: at that time, this was the largest tree of the log that the witness had seen, and it continued all earlier ones.
 * ML-DSA-44 keys (0x06) are told apart, and cannot be pinned yet; their signature lines are those of unknown keys, and ignored.
 */
import { verify } from 'node:crypto';
import { type Checkpoint, formatCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { Fault, quote } from './fault.ts';
import {
  ed25519Key,
  formatKeyMaterial,
  keyIdOf,
  type NoteSignature,
  PUBLIC_KEY_SIZE,
  parseKeyMaterial,
} from './signed-note.ts';

const COSIGNATURE_V1 = 0x04;
const ML_DSA_44 = 0x06;
const TIME_SIZE = 8;
const SIGNATURE_SIZE = 64;

/** Seconds. What a Date can hold; later times are those of no clock. */
const LATEST = 8_640_000_000_000;

/** How far the clocks of witnesses may differ from ours: milliseconds. */
export const WITNESS_SKEW = 5 * 60 * 1000;

/** For a cosignature whose time cannot be: either clock may be wrong. */
export const CHECK_CLOCK = 'check the clock of this machine, then that of the witness';

/** The public key of a witness. */
export interface WitnessKey {
  /** Of the key, as it stands in signature lines. */
  readonly name: string;
  /** 8 hexadecimal digits. */
  readonly keyId: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Whether this is a signature of the message by this key. */
  verify(message: string, signature: Uint8Array): boolean;
}

export interface Cosignature {
  /** POSIX seconds. */
  readonly time: number;
  /** 64 bytes. */
  readonly signature: Uint8Array;
}

/** That a witness vouches for a checkpoint, and since when. */
export interface Voucher {
  readonly key: WitnessKey;
  readonly time: Date;
  /** The line that says so. */
  readonly line: NoteSignature;
}

/** Reads the vkey of a witness. Throws `usage` for everything but an Ed25519 key for cosignatures. */
export function parseWitnessKey(text: string): WitnessKey {
  const { name, type, publicKey } = parseKeyMaterial(text);
  const bad = (why: string) => new Fault('usage', `not the key of a witness: ${quote(text.slice(0, 120))} ${why}`);
  if (type === ML_DSA_44) throw bad('is an ML-DSA-44 key, which this version cannot verify');
  if (type !== COSIGNATURE_V1) throw bad('is of a key for something else: that of a witness has the type 4');
  if (publicKey.length !== PUBLIC_KEY_SIZE) throw bad('is not of an Ed25519 key');
  return witnessKey(name, publicKey);
}

/** The key of a witness, from its 32 bytes. */
export function witnessKey(name: string, publicKey: Uint8Array): WitnessKey {
  const key = ed25519Key(publicKey);
  return {
    name,
    keyId: keyIdOf({ name, type: COSIGNATURE_V1, publicKey }),
    publicKey,
    verify: (message, signature) => verify(null, Buffer.from(message), key, signature),
  };
}

export const formatWitnessKey = ({ name, publicKey }: WitnessKey): string =>
  formatKeyMaterial({ name, type: COSIGNATURE_V1, publicKey });

/** Reads what follows the key ID in a signature line. Throws `bad-format`, also for the time 0: such a one says nothing of when. */
export function parseCosignature(bytes: Uint8Array): Cosignature {
  if (bytes.length !== TIME_SIZE + SIGNATURE_SIZE)
    throw new Fault('bad-format', `a cosignature of ${bytes.length} bytes, where there have to be 72`);
  const time = Number(Buffer.from(bytes).readBigUInt64BE());
  if (time === 0 || time > LATEST) throw new Fault('bad-format', 'a cosignature without a time that a clock can show');
  return { time, signature: bytes.subarray(TIME_SIZE) };
}

export function formatCosignature({ time, signature }: Cosignature): Uint8Array {
  const head = Buffer.alloc(TIME_SIZE);
  head.writeBigUInt64BE(BigInt(time));
  return Buffer.concat([head, signature]);
}

/** The message that a witness signs. */
export const cosignedMessage = (checkpoint: Checkpoint, time: number): string =>
  `cosignature/v1\ntime ${time}\n${formatCheckpoint(checkpoint)}`;

/** Whether a line claims to be by this key, or by that of another line. */
export const isLineOf = ({ name, keyId }: Pick<NoteSignature, 'name' | 'keyId'>, line: NoteSignature): boolean =>
  line.name === name && line.keyId === keyId;

/**
 * What a line by this key says of the checkpoint. Throws `bad-signature` where the key did not make it, and where it is dated more
 * than five minutes ahead of `now`: who vouches for the future has seen nothing.
 */
export function verifyCosignature(checkpoint: Checkpoint, key: WitnessKey, line: NoteSignature, now: Date): Voucher {
  const wrong = (why: string, hint?: string) =>
    new Fault('bad-signature', `the cosignature by ${quote(key.name)} ${why}`, { hint });
  const { time, signature } = readCosignature(line, wrong);
  if (!key.verify(cosignedMessage(checkpoint, time), signature)) throw wrong('is wrong');
  const date = new Date(time * 1000);
  if (date.getTime() > now.getTime() + WITNESS_SKEW)
    throw wrong(`is dated ahead of now, at ${date.toISOString()}`, CHECK_CLOCK);
  return { key, time: date, line };
}

function readCosignature({ signature }: NoteSignature, wrong: (why: string) => Fault): Cosignature {
  try {
    return parseCosignature(signature);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw wrong(`is none: ${error.message}`);
  }
}

/**
 * Which of these witnesses vouch for a checkpoint, each once, with the earliest time at which it did. Lines of other keys are
 * ignored. Throws `bad-signature` where a line claims to be by one of them and is not (c2sp.org/signed-note, "Signatures").
 */
export function vouchersOf(checkpoint: SignedCheckpoint, keys: readonly WitnessKey[], now: Date): readonly Voucher[] {
  return keys.flatMap((key) => {
    const lines = checkpoint.signatures.filter((line) => isLineOf(key, line));
    const vouchers = lines.map((line) => verifyCosignature(checkpoint, key, line, now));
    return vouchers.sort((a, b) => a.time.getTime() - b.time.getTime()).slice(0, 1);
  });
}
