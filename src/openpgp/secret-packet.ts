// SPDX-License-Identifier: Apache-2.0
/**
 * Secret key packets, RFC 9580 section 5.5.3: a public key, and behind it an octet that says how the secret is protected.
 * Read here are those that need no opening: 0, which is not at all (version 4 adds a checksum), and GnuPG's dummy in the place
 * of a secret that stays elsewhere:
 *
 *     octet, cipher, 101, hash, "GNU", 1
 *
 * All others are for the library, which is only loaded for them.
 */
import { Malformed } from './malformed.ts';
import { Cursor, type Packet } from './packets.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';
import { damagedSecret, type SecretNumbers, type SecretPacket } from './secret.ts';

/** Reads a secret key packet. Throws `unreadable`; no error that has touched a secret gets out. */
export async function readSecretPacket(packet: Packet): Promise<SecretPacket> {
  const { key, length } = readPublicKey(packet.body);
  const behind = packet.body.subarray(length);
  if (isDummy(behind)) return { state: 'absent', withSecret: async () => refuse() };
  if (behind[0] === 0 && NUMBERS.has(key.algorithm)) return readClear(key, behind.subarray(1));
  const { readProtectedPacket } = await import('./library.ts');
  return readProtectedPacket(packet);
}

function refuse(): never {
  throw damagedSecret();
}

const DUMMY = [101, 0x47, 0x4e, 0x55, 1];

function isDummy([usage = 0, , type, , ...mode]: Uint8Array): boolean {
  if (usage !== 254 && usage !== 255) return false;
  const found = [type, ...mode];
  return found.length === DUMMY.length && DUMMY.every((octet, at) => found[at] === octet);
}

function readClear(key: PublicKey, secret: Uint8Array): SecretPacket {
  // section 5.5.3: version 6 has no checksum
  const octets = key.version === 4 ? secret.subarray(0, -2) : secret;
  if (key.version === 4) checkSum(octets, secret.subarray(-2));
  return {
    state: 'clear',
    async withSecret(_passphrase, use) {
      const copy = Uint8Array.from(octets);
      let numbers: SecretNumbers = {};
      try {
        numbers = readNumbers(key, copy);
        return use(numbers);
      } catch {
        return refuse();
      } finally {
        for (const number of [copy, ...Object.values(numbers)]) number.fill(0);
      }
    },
  };
}

/** The sum of all octets, mod 65536. */
function checkSum(octets: Uint8Array, sum: Uint8Array): void {
  const expected = octets.reduce((total, octet) => (total + octet) & 0xffff, 0);
  if (sum.length !== 2 || expected !== new Cursor(sum).number(2)) throw damagedSecret();
}

type Read = (cursor: Cursor, length: number) => SecretNumbers;

const RSA: Read = (cursor) => ({ d: cursor.mpi(), p: cursor.mpi(), q: cursor.mpi(), u: cursor.mpi() });
const ECDSA: Read = (cursor) => ({ d: cursor.mpi() });
const NATIVE: Read = (cursor, length) => ({ seed: cursor.take(length) });

/** Ed25519 as algorithm 22 has its seed as a number, without the zeros at its front. */
const LEGACY: Read = (cursor, length) => {
  const number = cursor.mpi();
  const seed = new Uint8Array(length);
  seed.set(number, length - number.length);
  return { seed };
};

/** Encryption needs no secret here. */
const NEVER: Read = () => {
  throw new Malformed('such a key does not sign');
};

/** By algorithm, section 9.1. */
const NUMBERS: ReadonlyMap<number, Read> = new Map([
  [1, RSA],
  [2, NEVER],
  [3, RSA],
  [16, NEVER],
  [18, NEVER],
  [19, ECDSA],
  [22, LEGACY],
  [25, NEVER],
  [26, NEVER],
  [27, NATIVE],
  [28, NATIVE],
]);

function readNumbers({ algorithm, material }: PublicKey, octets: Uint8Array): SecretNumbers {
  const cursor = new Cursor(octets);
  const numbers = (NUMBERS.get(algorithm) ?? NEVER)(cursor, material.kind === 'other' ? 0 : material.length);
  if (cursor.left > 0) throw new Malformed('the secret numbers are followed by something else');
  return numbers;
}
