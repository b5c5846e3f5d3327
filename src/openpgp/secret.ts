// SPDX-License-Identifier: Apache-2.0
/** The secret of a key, wherever it was read from. */
import { Fault } from '../core/fault.ts';

/** Big-endian and without a sign; `d`, `p`, `q`, `u` of RSA, `d` of ECDSA, `seed` of Ed25519 and Ed448. */
export type SecretNumbers = Readonly<Record<string, Uint8Array>>;

export interface SecretPacket {
  /** `absent`: gnu-dummy. `elsewhere`: on a card, or protected in a way that nobody here can open. */
  readonly state: 'clear' | 'protected' | 'absent' | 'elsewhere';
  /** The secret, as long as `use` runs; wiped afterwards. Throws `unreadable`, whatever `use` throws. */
  withSecret<T>(passphrase: string | undefined, use: (numbers: SecretNumbers) => T): Promise<T>;
}

export const damagedSecret = (): Fault =>
  new Fault('unreadable', 'the secret key is damaged', { hint: 'export the key again' });
