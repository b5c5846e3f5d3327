// SPDX-License-Identifier: Apache-2.0
/** Writing what signature-packet.ts reads: a signature of type binary, versions 4 and 6, RFC 9580 section 5.2.3. */
import { formatArmor } from './armor.ts';
import type { HashAlgorithm } from './hashes.ts';
import { formatMpi, formatPacket, TAG } from './packets.ts';
import type { PublicKey } from './public-key.ts';
import { SIGNATURE_TYPE, SUB } from './signature-packet.ts';

/** `s` of RSA; `r`, `s` of ECDSA and Ed25519 as algorithm 22; `RS` of algorithms 27 and 28. */
export type SignatureNumbers =
  | { readonly s: Uint8Array }
  | { readonly r: Uint8Array; readonly s: Uint8Array }
  | { readonly RS: Uint8Array };

export interface SignatureDraft {
  /** From the version octet to the end of the hashed subpackets. */
  readonly hashed: Uint8Array;
  /** The armored signature: ASCII, ending in a newline. */
  finish(digest: Uint8Array, numbers: SignatureNumbers): Uint8Array;
}

/**
 * A detached signature that lacks only its numbers. Hashed: time of creation, key ID (version 4), fingerprint of the
 * issuer. `created` is cut to whole seconds.
 */
export function draftSignature(key: PublicKey, hash: HashAlgorithm, created: Date, salt?: Uint8Array): SignatureDraft {
  const subpackets = Buffer.concat([
    formatSubpacket(SUB.created | CRITICAL, uint32(Math.floor(created.getTime() / 1000))),
    ...(key.version === 4 ? [formatSubpacket(SUB.issuerKeyId, Buffer.from(key.keyId, 'hex'))] : []),
    formatSubpacket(
      // of versions that came after it, who cannot read it cannot read the signature
      SUB.issuerFingerprint | (key.version === 4 ? 0 : CRITICAL),
      Buffer.concat([Uint8Array.of(key.version), Buffer.from(key.fingerprint, 'hex')]),
    ),
  ]);
  const head = Uint8Array.of(key.version, SIGNATURE_TYPE.binary, key.algorithm, hash.id);
  const count = (length: number) => uint32(length).subarray(key.version === 4 ? 2 : 0);
  const hashed = Buffer.concat([head, count(subpackets.length), subpackets]);
  const salted = salt === undefined ? [] : [Uint8Array.of(salt.length), salt];
  return {
    hashed,
    finish(digest, numbers) {
      const parts = [hashed, count(0), digest.subarray(0, 2), ...salted, ...formatNumbers(numbers)];
      return formatArmor('SIGNATURE', formatPacket(TAG.signature, Buffer.concat(parts)), key.version);
    },
  };
}

/** Section 5.2.3.7. */
const CRITICAL = 0x80;

/** All of them are short. */
const formatSubpacket = (type: number, body: Uint8Array): Uint8Array =>
  Buffer.concat([Uint8Array.of(body.length + 1, type), body]);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function formatNumbers(numbers: SignatureNumbers): readonly Uint8Array[] {
  if ('RS' in numbers) return [numbers.RS];
  return 'r' in numbers ? [formatMpi(numbers.r), formatMpi(numbers.s)] : [formatMpi(numbers.s)];
}
