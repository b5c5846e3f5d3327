// SPDX-License-Identifier: Apache-2.0
/**
 * Packet framing, RFC 9580 section 4.2: a tag, a length, a body. Read strictly: no partial and no indeterminate
 * lengths (they are for messages), no octet beyond the last packet.
 */
import { Malformed } from './malformed.ts';

/** The packet types that are met in keys and signatures, RFC 9580 section 5. */
export const TAG = {
  signature: 2,
  onePassSignature: 4,
  secretKey: 5,
  publicKey: 6,
  secretSubkey: 7,
  compressedData: 8,
  marker: 10,
  literalData: 11,
  trust: 12,
  userId: 13,
  publicSubkey: 14,
  userAttribute: 17,
  padding: 21,
} as const;

export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
}

/** Takes octets off the front, and never one that is not there. */
export class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Octets taken so far. */
  get taken(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new Malformed('it ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A big-endian number of at most four octets. */
  number(octets: number): number {
    return this.take(octets).reduce((value, octet) => value * 256 + octet, 0);
  }

  /** A date of four octets: seconds since 1970. */
  date(): Date {
    return new Date(this.number(4) * 1000);
  }

  /** A multiprecision integer without its leading zero octets. RFC 9580 section 3.2. */
  mpi(): Uint8Array {
    const bytes = this.take(Math.ceil(this.number(2) / 8));
    const first = bytes.findIndex((octet) => octet !== 0);
    return first < 0 ? new Uint8Array() : bytes.subarray(first);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }
}

/** All packets of a sequence. Throws Malformed. */
export function readPackets(bytes: Uint8Array): Packet[] {
  const cursor = new Cursor(bytes);
  const packets: Packet[] = [];
  while (cursor.left > 0) packets.push(readPacket(cursor));
  return packets;
}

/** The type of the first packet, which may be of a kind that is not read here. */
export const peekTag = (bytes: Uint8Array): number => tagOf(new Cursor(bytes).number(1));

function tagOf(header: number): number {
  if ((header & 0x80) === 0) throw new Malformed('it is not made of OpenPGP packets');
  return header & 0x40 ? header & 0x3f : (header >> 2) & 0x0f;
}

function readPacket(cursor: Cursor): Packet {
  const header = cursor.number(1);
  const tag = tagOf(header);
  if (header & 0x40) return { tag, body: cursor.take(readLength(cursor)) };
  const lengthType = header & 3;
  if (lengthType === 3) throw new Malformed('a packet has no stated length');
  return { tag, body: cursor.take(cursor.number(1 << lengthType)) };
}

/** A length as new-format packets and signature subpackets have it. RFC 9580 sections 4.2.1 and 5.2.3.7. */
export function readLength(cursor: Cursor, subpacket = false): number {
  const first = cursor.number(1);
  if (first < 192) return first;
  if (first === 255) return cursor.number(4);
  if (first >= 224 && !subpacket) throw new Malformed('a packet is cut into parts');
  return (first - 192) * 256 + cursor.number(1) + 192;
}

/** A packet with a new-format header, of a body of at most 8383 octets. Section 4.2.1. */
export function formatPacket(tag: number, body: Uint8Array): Uint8Array {
  const { length } = body;
  if (length > 8383) throw new RangeError('a packet that is too large to be written here');
  const header = length < 192 ? [length] : [192 + ((length - 192) >> 8), (length - 192) & 0xff];
  return Buffer.concat([Uint8Array.of(0xc0 | tag, ...header), body]);
}

/** A multiprecision integer. Section 3.2. */
export function formatMpi(number: Uint8Array): Uint8Array {
  const first = number.findIndex((octet) => octet !== 0);
  const bytes = first < 0 ? new Uint8Array() : number.subarray(first);
  const bits = bytes.length === 0 ? 0 : bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
  return Buffer.concat([Uint8Array.of(bits >> 8, bits & 0xff), bytes]);
}
