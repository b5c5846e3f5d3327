// SPDX-License-Identifier: Apache-2.0

// src/openpgp/malformed.ts
var Malformed = class extends Error {
};

// src/openpgp/packets.ts
var TAG = {
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
  padding: 21
};
var Cursor = class {
  #bytes;
  #at = 0;
  constructor(bytes) {
    this.#bytes = bytes;
  }
  /** Octets taken so far. */
  get taken() {
    return this.#at;
  }
  get left() {
    return this.#bytes.length - this.#at;
  }
  take(length) {
    if (length > this.left) throw new Malformed("it ends too early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
  /** A big-endian number of at most four octets. */
  number(octets) {
    return this.take(octets).reduce((value, octet) => value * 256 + octet, 0);
  }
  /** A date of four octets: seconds since 1970. */
  date() {
    return new Date(this.number(4) * 1e3);
  }
  /** A multiprecision integer without its leading zero octets. RFC 9580 section 3.2. */
  mpi() {
    const bytes = this.take(Math.ceil(this.number(2) / 8));
    const first = bytes.findIndex((octet) => octet !== 0);
    return first < 0 ? new Uint8Array() : bytes.subarray(first);
  }
  rest() {
    return this.take(this.left);
  }
};
function readPackets(bytes) {
  const cursor = new Cursor(bytes);
  const packets = [];
  while (cursor.left > 0) packets.push(readPacket(cursor));
  return packets;
}
var peekTag = (bytes) => tagOf(new Cursor(bytes).number(1));
function tagOf(header) {
  if ((header & 128) === 0) throw new Malformed("it is not made of OpenPGP packets");
  return header & 64 ? header & 63 : header >> 2 & 15;
}
function readPacket(cursor) {
  const header = cursor.number(1);
  const tag = tagOf(header);
  if (header & 64) return { tag, body: cursor.take(readLength(cursor)) };
  const lengthType = header & 3;
  if (lengthType === 3) throw new Malformed("a packet has no stated length");
  return { tag, body: cursor.take(cursor.number(1 << lengthType)) };
}
function readLength(cursor, subpacket = false) {
  const first = cursor.number(1);
  if (first < 192) return first;
  if (first === 255) return cursor.number(4);
  if (first >= 224 && !subpacket) throw new Malformed("a packet is cut into parts");
  return (first - 192) * 256 + cursor.number(1) + 192;
}
function formatPacket(tag, body) {
  const { length } = body;
  if (length > 8383) throw new RangeError("a packet that is too large to be written here");
  const header = length < 192 ? [length] : [192 + (length - 192 >> 8), length - 192 & 255];
  return Buffer.concat([Uint8Array.of(192 | tag, ...header), body]);
}
function formatMpi(number) {
  const first = number.findIndex((octet) => octet !== 0);
  const bytes = first < 0 ? new Uint8Array() : number.subarray(first);
  const bits = bytes.length === 0 ? 0 : bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
  return Buffer.concat([Uint8Array.of(bits >> 8, bits & 255), bytes]);
}

export {
  Malformed,
  TAG,
  Cursor,
  readPackets,
  peekTag,
  readLength,
  formatPacket,
  formatMpi
};
