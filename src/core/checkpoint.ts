// SPDX-License-Identifier: Apache-2.0
/**
 * c2sp.org/tlog-checkpoint: a signed note whose text is the state of a log.
 *
 *   example.com/behind-the-sofa                       origin
 *   20852163                                          tree size
 *   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=      root hash
 *                                                     (any number of extension lines)
 *
 *   — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
 *
 * Signature lines of keys that we do not know, such as those of witnesses, are kept as they are.
 */
import { formatBase64, parseBase64, parseDecimal } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import { type Hash, parseHash } from './merkle.ts';
import {
  formatSignedNote,
  NOTE_CAP,
  type NoteKey,
  type NoteSignature,
  type NoteSigner,
  parseSignedNote,
  verifyNote,
} from './signed-note.ts';

export interface Checkpoint {
  readonly origin: string;
  /** Entries in the log. */
  readonly size: number;
  readonly root: Hash;
  /** Lines of unknown meaning, without their newlines. */
  readonly extensions: readonly string[];
}

export interface SignedCheckpoint extends Checkpoint {
  readonly signatures: readonly NoteSignature[];
}

/** Bytes. */
export const CHECKPOINT_CAP = NOTE_CAP;

/** Reads the text of a note. Throws `bad-format`. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length < 3)
    throw new Fault('bad-format', 'the checkpoint has fewer than three lines');
  if (lines.includes('')) throw new Fault('bad-format', 'the checkpoint has an empty line');
  const [origin = '', size = '', root = '', ...extensions] = lines;
  return { origin, size: parseDecimal(size), root: parseHash(parseBase64(root)), extensions };
}

export const formatCheckpoint = ({ origin, size, root, extensions }: Checkpoint): string =>
  [origin, size, formatBase64(root), ...extensions].map((line) => `${line}\n`).join('');

/** Reads a signed checkpoint without believing it. Throws `bad-format`. */
export function parseSignedCheckpoint(bytes: Uint8Array): SignedCheckpoint {
  const { text, signatures } = parseSignedNote(bytes);
  return { ...parseCheckpoint(text), signatures };
}

/** The very bytes that were read: a parsed checkpoint has one form only. */
export const formatSignedCheckpoint = (signed: SignedCheckpoint): Uint8Array =>
  formatSignedNote({ text: formatCheckpoint(signed), signatures: signed.signatures });

export const signCheckpoint = (checkpoint: Checkpoint, signer: NoteSigner): SignedCheckpoint => ({
  ...checkpoint,
  signatures: [signer.sign(formatCheckpoint(checkpoint))],
});

/**
 * Checks that the log of this origin signed the checkpoint with a trusted key. A log's key bears the name of its origin, so
 * that the key of one log cannot speak for another. Throws `wrong-key`, and `bad-signature` as `verifyNote` does.
 */
export const verifyCheckpoint = (signed: SignedCheckpoint, trusted: readonly NoteKey[]): void =>
  verifyNamedCheckpoint(signed, trusted, (name) => name === signed.origin);

/** The same, where another rule tells whether a key of this name may speak for the origin. */
export function verifyNamedCheckpoint(
  signed: SignedCheckpoint,
  trusted: readonly NoteKey[],
  isOwn: (name: string) => boolean,
): void {
  const signers = verifyNote({ text: formatCheckpoint(signed), signatures: signed.signatures }, trusted);
  if (signers.some(({ name }) => isOwn(name))) return;
  throw new Fault('wrong-key', 'the checkpoint is signed by a trusted key, but not by one of the log that it names', {
    hint: `the key would have to be named ${quote(signed.origin)}`,
  });
}
