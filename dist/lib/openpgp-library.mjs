// SPDX-License-Identifier: Apache-2.0
import {
  damagedSecret
} from "./shared-openpgp-secret.mjs";
import {
  TAG
} from "./shared-openpgp-packets.mjs";
import {
  Fault
} from "./shared-core-fault.mjs";

// src/openpgp/library.ts
import { SecretKeyPacket, SecretSubkeyPacket } from "./vendor/openpgp.mjs";
async function readProtectedPacket({ tag, body }) {
  const packet = tag === TAG.secretKey ? new SecretKeyPacket() : new SecretSubkeyPacket();
  try {
    await packet.read(Uint8Array.from(body));
  } catch (error) {
    if (error instanceof Error && error.name === "UnsupportedError") return UNKNOWN_SECRET;
    throw damagedSecret();
  }
  const decrypted = packet.isDecrypted() === true;
  const missing = packet.isDummy() ? "absent" : packet.isMissingSecretKeyMaterial() ? "elsewhere" : void 0;
  return {
    state: missing ?? (decrypted ? "clear" : "protected"),
    async withSecret(passphrase, use) {
      if (!packet.isDecrypted()) await unlock(packet, passphrase);
      const numbers = packet.privateParams;
      try {
        return use(numbers);
      } catch {
        throw damagedSecret();
      } finally {
        for (const number of Object.values(numbers)) number.fill(0);
      }
    }
  };
}
var UNKNOWN_SECRET = {
  state: "elsewhere",
  withSecret: async () => {
    throw damagedSecret();
  }
};
async function unlock(packet, passphrase) {
  if (passphrase === void 0) {
    throw new Fault("unreadable", "the secret key is protected by a passphrase, and none is given", {
      hint: "give the file that holds the passphrase, or export the key without one"
    });
  }
  try {
    await packet.decrypt(passphrase);
  } catch {
    throw new Fault("unreadable", "the passphrase does not open the secret key", {
      hint: "the first line of the passphrase file counts; is it that of this key"
    });
  }
}
export {
  readProtectedPacket
};
