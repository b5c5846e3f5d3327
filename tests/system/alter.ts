// SPDX-License-Identifier: Apache-2.0
/** Changes that an attacker would make: one bit of an artifact, a signature or a certificate. Shares no code with src/. */
import { createHash } from 'node:crypto';
import { dearmor, type Question } from './openpgp-tools.ts';

interface Span {
  readonly tag: number;
  /** Where the body is. */
  readonly start: number;
  readonly end: number;
}

/** RFC 9580 section 4.2, without partial lengths. */
function packetsOf(bytes: Buffer): readonly Span[] {
  const spans: Span[] = [];
  for (let at = 0; at < bytes.length; at = spans.at(-1)?.end ?? bytes.length) spans.push(packetAt(bytes, at));
  return spans;
}

function packetAt(bytes: Buffer, at: number): Span {
  const head = bytes.readUInt8(at);
  const span = (tag: number, start: number, length: number): Span => ({ tag, start, end: start + length });
  if ((head & 0x40) === 0) {
    const octets = 1 << (head & 3);
    return span((head >> 2) & 0xf, at + 1 + octets, bytes.readUIntBE(at + 1, octets));
  }
  const tag = head & 0x3f;
  const first = bytes.readUInt8(at + 1);
  if (first < 192) return span(tag, at + 2, first);
  if (first === 255) return span(tag, at + 6, bytes.readUInt32BE(at + 2));
  return span(tag, at + 3, (first - 192) * 256 + bytes.readUInt8(at + 2) + 192);
}

/** The bytes with one bit changed; places count from the end where they are negative. */
export function flipBit(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  const place = at < 0 ? copy.length + at : at;
  copy.writeUInt8(copy.readUInt8(place) ^ 1, place);
  return copy;
}

function fingerprintOf(body: Buffer): string {
  const version = body[0];
  const head = Buffer.from([version === 4 ? 0x99 : 0x9b, 0, 0, 0, 0]);
  head.writeUIntBE(body.length, 1, version === 4 ? 2 : 4);
  const hash = createHash(version === 4 ? 'sha1' : 'sha256').update(head.subarray(0, version === 4 ? 3 : 5));
  return hash.update(body).digest('hex').toUpperCase();
}

/** The key itself, and the signature that follows it. */
function findKey(certificate: Buffer, fingerprint: string): { key: Span; binding: Span } {
  const spans = packetsOf(certificate);
  const at = spans.findIndex(
    ({ tag, start, end }) =>
      (tag === 6 || tag === 14) && fingerprintOf(certificate.subarray(start, end)) === fingerprint,
  );
  const [key, binding] = spans.slice(at);
  if (at < 0 || key === undefined || binding?.tag !== 2) throw new Error(`${fingerprint} is not in the certificate`);
  return { key, binding };
}

/** The time of creation, which is signed: its last octet, in subpacket 2. Each subpacket here has one octet of length. */
function timeOf(signature: Buffer): number {
  const { start } = packetAt(signature, 0);
  let at = start + (signature.readUInt8(start) === 4 ? 6 : 8);
  while ((signature.readUInt8(at + 1) & 0x7f) !== 2) at += 1 + signature.readUInt8(at);
  return at + 5;
}

export const ALTERATIONS = {
  'one bit of the artifact': (question) => ({ artifact: flipBit(question.artifact, 100) }),
  'an octet more in the artifact': (question) => ({ artifact: Buffer.concat([question.artifact, Buffer.from([0])]) }),
  "one bit of the signature's number": ({ signature }) => ({ signature: flipBit(dearmor(signature), -1) }),
  "one bit of the signature's time": ({ signature }) => {
    const binary = dearmor(signature);
    return { signature: flipBit(binary, timeOf(binary)) };
  },
  'one bit of the key': ({ certificate }, signer) => {
    const binary = dearmor(certificate);
    return { certificate: flipBit(binary, findKey(binary, signer).key.end - 1) };
  },
  'one bit of what binds the key': ({ certificate }, signer) => {
    const binary = dearmor(certificate);
    return { certificate: flipBit(binary, findKey(binary, signer).binding.end - 1) };
  },
} as const satisfies Readonly<Record<string, (question: Question, signer: string) => Partial<Question>>>;

export type Alteration = keyof typeof ALTERATIONS;

/** The question with one thing changed; `signer` is the fingerprint of the key that signed. */
export const alter = (what: Alteration, question: Question, signer: string): Question => ({
  ...question,
  ...ALTERATIONS[what](question, signer),
});
