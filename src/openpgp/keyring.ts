// SPDX-License-Identifier: Apache-2.0
/**
 * Transferable keys, RFC 9580 section 10.1: a primary key, its own signatures, user IDs with theirs, subkeys with
 * theirs; several of them one after another are a keyring. Armored or binary, public or secret.
 */
import { Fault } from '../core/fault.ts';
import { isBinary, readArmor } from './armor.ts';
import { Malformed } from './malformed.ts';
import { type Packet, readPackets, TAG } from './packets.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';
import { parseSignaturePacket, SIGNATURE_TYPE, type SignaturePacket } from './signature-packet.ts';

/** A key file is a few kilobytes; a thousand keys fit. */
export const KEYRING_CAP = 1024 * 1024;

/** User IDs and subkeys of one key, and revocations of its subkeys: each of these is held against each of those. */
const MAX_PARTS = 300;

export interface KeyPart {
  readonly key: PublicKey;
  /** The whole packet, where it holds a secret key. */
  readonly secret?: Packet;
  readonly signatures: readonly SignaturePacket[];
  /** Bodies of signature packets that cannot be read: old versions, damage. */
  readonly unread: readonly Uint8Array[];
}

export interface UserPart {
  /** TAG.userId or TAG.userAttribute. */
  readonly tag: number;
  readonly body: Uint8Array;
  readonly signatures: readonly SignaturePacket[];
  readonly unread: readonly Uint8Array[];
}

export interface TransferableKey {
  readonly primary: KeyPart;
  readonly users: readonly UserPart[];
  readonly subkeys: readonly KeyPart[];
}

export interface Keyring {
  readonly keys: readonly TransferableKey[];
  /** Whether there is a secret key packet anywhere, be it empty (gnu-dummy). */
  readonly secret: boolean;
}

/** Reads all keys of a file. Throws `unreadable`. */
export function readKeyring(bytes: Uint8Array): Keyring {
  if (bytes.length === 0) throw new Fault('unreadable', 'the key file is empty');
  if (bytes.length > KEYRING_CAP) throw new Fault('unreadable', 'the key file is larger than 1 MiB');
  try {
    const keys = readBlocks(bytes).flatMap((block) => group(readPackets(block)));
    const secret = keys.some((key) => [key.primary, ...key.subkeys].some((part) => part.secret !== undefined));
    return { keys, secret };
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    throw new Fault('unreadable', `the key file cannot be read: ${error.message}`, {
      hint: 'export the key again, with "gpg --export" or "gpg --export-secret-subkeys"',
    });
  }
}

function readBlocks(bytes: Uint8Array): readonly Uint8Array[] {
  if (isBinary(bytes)) return [bytes];
  const { blocks } = readArmor(bytes);
  if (blocks.length === 0) throw new Malformed('there is no OpenPGP key in it');
  const foreign = blocks.find(({ label }) => label !== 'PUBLIC KEY BLOCK' && label !== 'PRIVATE KEY BLOCK');
  if (foreign !== undefined) throw new Malformed(`there is a PGP ${foreign.label} in it`);
  return blocks.map(({ data }) => data);
}

/** Section 10.1 calls for these to be passed over; types from 40 on are not critical (section 4.3). */
const isIgnored = ({ tag }: Packet) =>
  tag === TAG.marker || tag === TAG.trust || tag === TAG.padding || (tag >= 40 && tag <= 63);

interface Signatures {
  readonly signatures: SignaturePacket[];
  readonly unread: Uint8Array[];
}

interface DraftKey {
  readonly primary: KeyPart;
  readonly users: UserPart[];
  readonly subkeys: KeyPart[];
}

function group(packets: readonly Packet[]): TransferableKey[] {
  const keys: DraftKey[] = [];
  let current: Signatures = { signatures: [], unread: [] };
  for (const packet of packets) {
    if (isIgnored(packet)) continue;
    if (packet.tag === TAG.signature && keys.length > 0) {
      addSignature(current, packet.body);
    } else {
      current = { signatures: [], unread: [] };
      addPart(keys, packet, current);
    }
  }
  if (keys.length === 0) throw new Malformed('there is no OpenPGP key in it');
  keys.forEach(refuseCrowd);
  return keys;
}

function refuseCrowd({ primary, users, subkeys }: TransferableKey): void {
  if (users.length + subkeys.length > MAX_PARTS)
    throw new Malformed(`a key has more than ${MAX_PARTS} user IDs and subkeys`);
  const revocations = [primary, ...users, ...subkeys]
    .flatMap(({ signatures }) => signatures)
    .filter(({ type }) => type === SIGNATURE_TYPE.subkeyRevocation);
  if (revocations.length > MAX_PARTS) throw new Malformed(`a key has more than ${MAX_PARTS} revocations of subkeys`);
}

/** Old certificates carry foreign signatures of versions and kinds that nobody reads any more: they prove nothing. */
function addSignature({ signatures, unread }: Signatures, body: Uint8Array): void {
  try {
    signatures.push(parseSignaturePacket(body));
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    unread.push(body);
  }
}

function addPart(keys: DraftKey[], packet: Packet, own: Signatures): void {
  if (packet.tag === TAG.publicKey || packet.tag === TAG.secretKey) {
    keys.push({ primary: { ...readKeyPart(packet), ...own }, users: [], subkeys: [] });
    return;
  }
  const key = keys.at(-1);
  if (key === undefined) throw new Malformed('it does not begin with a primary key');
  if (packet.tag === TAG.publicSubkey || packet.tag === TAG.secretSubkey) {
    key.subkeys.push({ ...readKeyPart(packet), ...own });
  } else if (packet.tag === TAG.userId || packet.tag === TAG.userAttribute) {
    key.users.push({ tag: packet.tag, body: packet.body, ...own });
  } else {
    throw new Malformed(`there is a packet of type ${packet.tag} in it, which does not belong to a key`);
  }
}

function readKeyPart(packet: Packet): { key: PublicKey; secret?: Packet } {
  const { key, length } = readPublicKey(packet.body);
  if (packet.tag === TAG.secretKey || packet.tag === TAG.secretSubkey) return { key, secret: packet };
  if (length !== packet.body.length) throw new Malformed('a key packet has a wrong length');
  return { key };
}
