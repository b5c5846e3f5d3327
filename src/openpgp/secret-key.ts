// SPDX-License-Identifier: Apache-2.0
/** From a secret key file to the one key that signs, or to the reason why none of its keys may. */
import { Fault } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import type { RsaOperation } from '../ports.ts';
import {
  type Candidate,
  candidatesOf,
  choose,
  type OpenedKey,
  refusePrimarySecret,
  type SelectionOptions,
} from './candidates.ts';
import { type Certificate, type CertificateKey, toCertificate } from './certificate.ts';
import type { DigestSigner } from './digest-signer.ts';
import { type KeyPart, readKeyring, type TransferableKey } from './keyring.ts';
import { memorySigner } from './private-key.ts';
import { damagedSecret, type SecretPacket } from './secret.ts';
import { readSecretPacket } from './secret-packet.ts';
import { selfTest } from './signature.ts';

export interface SigningKey {
  readonly primary: Fingerprint;
  /** Of the key that signs: a subkey, or the primary where that was allowed. */
  readonly fingerprint: Fingerprint;
  /** For people: `RSA 4096`, `Ed25519`. */
  readonly algorithm: string;
  readonly version: 4 | 6;
  readonly state: 'good' | 'expires-soon';
  /** When it expires, or its primary, whichever is first. */
  readonly expires?: Date;
  readonly signer: DigestSigner;
  readonly key: CertificateKey;
  /** The public part of the file. */
  readonly certificate: Certificate;
}

export interface SigningKeyOptions extends SelectionOptions {
  /** A string, or the content of a passphrase file, of which the first line counts, as with gpg. */
  readonly passphrase?: Uint8Array | string;
  /** Where the private operations of RSA are done. */
  readonly rsa: RsaOperation;
}

/** Where the secret of a key is; `absent` is gnu-dummy, `none` is a public key. */
export type SecretState = SecretPacket['state'] | 'none';

export interface InspectedKey {
  readonly certificate: Certificate;
  readonly secrets: ReadonlyMap<Fingerprint, SecretState>;
}

/** What is in a key file, public or secret, without opening any secret. Throws `unreadable`. */
export async function inspectKeys(bytes: Uint8Array): Promise<readonly InspectedKey[]> {
  const opened = await Promise.all(readKeyring(bytes).keys.map(openParts));
  return opened.map(({ certificate, parts }) => ({
    certificate,
    secrets: new Map(parts.map(({ key, secret }) => [key.fingerprint, secret?.state ?? 'none'])),
  }));
}

/**
 * Opens the newest signing subkey that is good. Throws the state of the best candidate where none is (`expired`,
 * `revoked`, `superseded`, `not-yet-valid`, `weak-algorithm`, `not-a-signing-key`), `primary-secret-present`,
 * `unreadable` (damaged, a public key, passphrase missing or wrong, secret not in the file), `wrong-key` (the selected
 * key is not there), `usage` (several secret keys and none selected; RFC 9580 keys without permission).
 */
export async function openSigningKey(bytes: Uint8Array, options: SigningKeyOptions): Promise<SigningKey> {
  const { keys, secret } = readKeyring(bytes);
  if (!secret) {
    throw new Fault('unreadable', 'this is a public key where a secret key is wanted', {
      hint: 'export it with "gpg --armor --export-secret-subkeys FINGERPRINT"',
    });
  }
  const opened = await openParts(selectTransferable(keys, options.select));
  refusePrimarySecret(opened, options);
  const chosen = choose(candidatesOf(opened, options), options);
  return unlock(opened.certificate, chosen, options);
}

async function openParts(transferable: TransferableKey): Promise<OpenedKey> {
  const certificate = toCertificate(transferable);
  const packets = new Map<Fingerprint, SecretPacket>();
  for (const { key, secret } of [transferable.primary, ...transferable.subkeys]) {
    if (secret !== undefined) packets.set(key.fingerprint, await readSecretPacket(secret));
  }
  return { certificate, parts: certificate.keys.map((key) => ({ key, secret: packets.get(key.fingerprint) })) };
}

function selectTransferable(keys: readonly TransferableKey[], select: Fingerprint | undefined): TransferableKey {
  const secret = keys.filter(({ primary, subkeys }) => [primary, ...subkeys].some((part) => part.secret !== undefined));
  const has = (part: KeyPart) => select === undefined || part.key.fingerprint === select;
  const fitting = secret.filter(({ primary, subkeys }) => [primary, ...subkeys].some(has));
  const [first, second] = fitting;
  if (first === undefined) {
    throw new Fault('wrong-key', `the key file holds no key ${select}`, {
      hint: `it holds ${secret.map(({ primary }) => primary.key.fingerprint).join(', ')}`,
    });
  }
  if (second !== undefined && select === undefined) {
    throw new Fault('usage', `the key file holds ${fitting.length} secret keys`, {
      hint: `say which one signs: ${fitting.map(({ primary }) => primary.key.fingerprint).join(', ')}`,
    });
  }
  return first;
}

async function unlock(
  certificate: Certificate,
  chosen: Candidate,
  { passphrase, rsa }: SigningKeyOptions,
): Promise<SigningKey> {
  const { key, secret, judgement } = chosen;
  const text = typeof passphrase === 'object' ? firstLine(passphrase) : passphrase;
  const signer = await secret?.withSecret(text, (numbers) => memorySigner(key.publicKey, numbers, rsa));
  // What throws here has touched a secret: its error stays here.
  if (signer === undefined || !(await selfTest(key.publicKey, signer).catch(() => false))) throw damagedSecret();
  const { state, expires } = judgement;
  return {
    primary: certificate.fingerprint,
    fingerprint: key.fingerprint,
    algorithm: key.algorithm,
    version: key.publicKey.version,
    state: state === 'expires-soon' ? state : 'good',
    ...(expires === undefined ? {} : { expires }),
    signer,
    key,
    certificate,
  };
}

const firstLine = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').split(/\r?\n/, 1)[0] ?? '';
