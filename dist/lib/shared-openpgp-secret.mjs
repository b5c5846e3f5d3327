// SPDX-License-Identifier: Apache-2.0
import {
  Fault
} from "./shared-core-fault.mjs";

// src/openpgp/secret.ts
var damagedSecret = () => new Fault("unreadable", "the secret key is damaged", { hint: "export the key again" });

export {
  damagedSecret
};
