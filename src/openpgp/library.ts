// SPDX-License-Identifier: Apache-2.0
/**
 * The one door to openpgp.js. It opens secret keys that are protected, and nothing else: what is judged, and what is
 * written, is the business of the other files of this folder. The traps that are left on the other side of the door:
 *
 * - `verify()` returns normally for an altered file; each `verified` has to be awaited, and one good signature next to
 *   an unknown one still counts two. It judges "in the future" to the second.
 * - Verifying and signing read the whole data again, and signing with RSA hashes it again whatever digest it was given.
 * - `readSignature()` passes over what it does not know, reads only the first armor block, ignores its checksum, and
 *   lets unhashed subpackets name another issuer than the hashed ones.
 * - `readKey()` takes secret keys too. A key without a usable self-signature throws one and the same error for expired,
 *   revoked and weak; SHA-1 is refused in signatures over files and accepted, or not, in others by configuration.
 * - `reasonForRevocation` 32 counts as harmless there, on keys too, and a key with a designated revoker cannot be used.
 * - `isDummy()` knows gnu-dummy keys only: a card's stub, and an unknown protection, are `isMissingSecretKeyMaterial()`.
 * - `decrypt()` tells a wrong passphrase from others by the text of its message, and wants text, not octets.
 * - `sign()` adds a random notation.
 * - `privateParams.u` is p⁻¹ mod q, while everybody else's coefficient is q⁻¹ mod p.
 * - The types say nothing about `privateParams`: `SecretNumbers` does.
 * - Loading it takes longer than signing a hundred files.
 */
import { SecretKeyPacket, SecretSubkeyPacket } from 'openpgp';
import { Fault } from '../core/fault.ts';
import { type Packet, TAG } from './packets.ts';
import { damagedSecret, type SecretNumbers, type SecretPacket } from './secret.ts';

/** Reads what secret-packet.ts does not. Throws `unreadable`; no error of openpgp.js gets out, so that no secret does. */
export async function readProtectedPacket({ tag, body }: Packet): Promise<SecretPacket> {
  const packet = tag === TAG.secretKey ? new SecretKeyPacket() : new SecretSubkeyPacket();
  try {
    // A copy: the numbers are views of it, and are wiped in the end.
    await packet.read(Uint8Array.from(body));
  } catch (error) {
    if (error instanceof Error && error.name === 'UnsupportedError') return UNKNOWN_SECRET;
    throw damagedSecret();
  }
  const decrypted = packet.isDecrypted() === true;
  const missing = packet.isDummy() ? 'absent' : packet.isMissingSecretKeyMaterial() ? 'elsewhere' : undefined;
  return {
    state: missing ?? (decrypted ? 'clear' : 'protected'),
    async withSecret(passphrase, use) {
      if (!packet.isDecrypted()) await unlock(packet, passphrase);
      const numbers = packet.privateParams as SecretNumbers;
      try {
        return use(numbers);
      } catch {
        throw damagedSecret();
      } finally {
        for (const number of Object.values(numbers)) number.fill(0);
      }
    },
  };
}

/** Of an algorithm or a version that openpgp.js does not know. */
const UNKNOWN_SECRET: SecretPacket = {
  state: 'elsewhere',
  withSecret: async () => {
    throw damagedSecret();
  },
};

async function unlock(packet: SecretKeyPacket | SecretSubkeyPacket, passphrase: string | undefined): Promise<void> {
  if (passphrase === undefined) {
    throw new Fault('unreadable', 'the secret key is protected by a passphrase, and none is given', {
      hint: 'give the file that holds the passphrase, or export the key without one',
    });
  }
  try {
    await packet.decrypt(passphrase);
  } catch {
    throw new Fault('unreadable', 'the passphrase does not open the secret key', {
      hint: 'the first line of the passphrase file counts; is it that of this key',
    });
  }
}
