// SPDX-License-Identifier: Apache-2.0
/** Files with a detached signature: what they may be, and what is refused before any key is asked. */
import { Fault } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import { isBinary, readArmor } from './armor.ts';
import { Malformed } from './malformed.ts';
import { peekTag, readPackets, TAG } from './packets.ts';
import { parseSignaturePacket, SIGNATURE_TYPE, type SignaturePacket } from './signature-packet.ts';

/** Signatures are less than 2 KiB. */
export const SIGNATURE_CAP = 64 * 1024;

export interface DetachedSignature {
  readonly version: 4 | 6;
  readonly created: Date;
  /** Of the signing (sub)key, as the signature claims. */
  readonly issuer?: Fingerprint;
  /** 16 upper-case hexadecimal digits. */
  readonly issuerKeyId?: string;
  /** As node:crypto calls it; undefined for one that is not known. */
  readonly hash?: string;
  readonly packet: SignaturePacket;
}

/**
 * Reads a file with exactly one signature over binary data, armored or binary, at most 64 KiB. Throws `bad-signature`
 * for anything else, and says what it is.
 */
export function parseDetachedSignature(bytes: Uint8Array): DetachedSignature {
  if (bytes.length === 0) throw refuse('the signature file is empty');
  if (bytes.length > SIGNATURE_CAP) throw refuse('the signature file is larger than 64 KiB');
  try {
    return readSignature(isBinary(bytes) ? bytes : unarmor(bytes));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw refuse(`the signature cannot be read: ${error.message}`);
  }
}

const refuse = (message: string, hint?: string): Fault => new Fault('bad-signature', message, { hint });
const NONE = 'the signature file holds no OpenPGP signature';
const INLINE_HINT = 'make a detached signature: "gpg --armor --detach-sign FILE"';

function unarmor(bytes: Uint8Array): Uint8Array {
  const { blocks, surrounded } = readArmor(bytes);
  const [block] = blocks;
  if (block === undefined || (block.data.length === 0 && block.label === 'SIGNATURE')) throw refuse(NONE);
  if (block.label === 'SIGNED MESSAGE')
    throw refuse('it is a clear-signed message, not a detached signature', INLINE_HINT);
  if (block.label === 'MESSAGE') throw refuse('it is a message, not a detached signature', INLINE_HINT);
  if (block.label !== 'SIGNATURE') throw refuse(`it is a PGP ${block.label}, not a signature`);
  if (blocks.length > 1) throw refuse('the signature file holds more than one signature');
  if (surrounded) throw refuse('there is something else around the signature');
  return block.data;
}

function readSignature(bytes: Uint8Array): DetachedSignature {
  // Before anything is read, since the packets of messages may come in parts and without a length.
  const tag = peekTag(bytes);
  if (MESSAGE_TAGS.has(tag))
    throw refuse('it is a message that holds its own data, not a detached signature', INLINE_HINT);
  if (tag !== TAG.signature) throw refuse('it is not a signature');
  const [only, ...more] = readPackets(bytes);
  if (only === undefined) throw refuse(NONE);
  if (more.length === 0) return describe(parseSignaturePacket(only.body));
  const several = more.every((packet) => packet.tag === TAG.signature);
  throw refuse(
    several ? 'the signature file holds more than one signature' : 'there is something behind the signature',
  );
}

/** One-pass signatures, compressed and literal data, and everything encrypted. */
const MESSAGE_TAGS: ReadonlySet<number> = new Set([
  TAG.onePassSignature,
  TAG.compressedData,
  TAG.literalData,
  1,
  3,
  9,
  18,
]);

function describe(packet: SignaturePacket): DetachedSignature {
  const { version, type, created, issuerFingerprint, issuerKeyId, hash } = packet;
  if (type === SIGNATURE_TYPE.text) {
    throw refuse('it is a signature over text, which does not fix every octet', 'sign without "--textmode"');
  }
  if (type !== SIGNATURE_TYPE.binary) throw refuse('it is a signature over something else than a file');
  return {
    version,
    created,
    ...(issuerFingerprint === undefined ? {} : { issuer: issuerFingerprint }),
    ...(issuerKeyId === undefined ? {} : { issuerKeyId }),
    ...(hash === undefined ? {} : { hash: hash.name }),
    packet,
  };
}
