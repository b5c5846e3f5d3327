// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes that are not what they should be. Never leaves this folder: who reads a key file makes `unreadable` of it, who
 * reads a signature makes `bad-signature`, and a certificate's foreign signatures are passed over.
 */
export class Malformed extends Error {}
