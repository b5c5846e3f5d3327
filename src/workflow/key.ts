// SPDX-License-Identifier: Apache-2.0
/** `key generate-log-key`: the private key of a log; `key inspect`: what is in an OpenPGP key file. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import path from 'node:path';
import { ABANDONED } from '../core/companions.ts';
import { Fault, type KeyState, quote } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import { formatOpenSshKey, formatOpenSshPublicKey } from '../core/openssh-key.ts';
import { formatP256Key, generateP256KeyPem, p256Signer } from '../core/p256.ts';
import type { LogKind } from '../core/policy-logs.ts';
import type { Finding } from '../core/report.ts';
import { generateLogKeyPem, parseLogKey, publicKeyOf } from '../core/signed-note.ts';
import { keyState } from '../openpgp/key-state.ts';
import { KEYRING_CAP } from '../openpgp/keyring.ts';
import { type InspectedKey, inspectKeys, type SecretState } from '../openpgp/secret-key.ts';
import type { Files, Ports } from '../ports.ts';
import { readGivenKey } from './log-keys.ts';
import { inFile } from './trust.ts';

export interface GenerateLogKeyOptions {
  /** For tile logs Ed25519 in PKCS#8 PEM, for Sigsum in the form of OpenSSH; for Rekor P-256 in PKCS#8 PEM. */
  readonly for: LogKind;
  readonly out: string;
  readonly dryRun: boolean;
}

export interface GeneratedLogKey {
  readonly file: string;
  readonly algorithm: 'ed25519' | 'ecdsa-p256';
  /** Where the public key is, for sigsum-verify or cosign. */
  readonly public_file?: string;
  /** For trust policies, in hexadecimal digits or base64; absent where no key was made. */
  readonly public_key?: string;
}

type KindWithPublicFile = Exclude<LogKind, 'tiles'>;

const newKey = (kind: KindWithPublicFile): { readonly key: KeyObject; readonly secret: string } => {
  if (kind === 'rekor') {
    const secret = generateP256KeyPem();
    return { key: createPrivateKey(secret), secret };
  }
  const key = parseLogKey(Buffer.from(generateLogKeyPem()));
  return { key, secret: formatOpenSshKey(key) };
};

/** What stands in the public file, and how a policy names the key. */
function publicHalfOf(kind: KindWithPublicFile, key: KeyObject): { readonly text: string; readonly shown: string } {
  if (kind === 'rekor') {
    const publicKey = p256Signer(key).key;
    return { text: publicKey.pem, shown: formatP256Key(publicKey) };
  }
  const publicKey = publicKeyOf(key);
  return { text: formatOpenSshPublicKey(publicKey, 'sigsum key'), shown: Buffer.from(publicKey).toString('hex') };
}

/**
 * Writes a new key, readable by its owner only, and synced: a log whose key is lost has ended. Beside one for Sigsum or Rekor stands its
 * public half, `OUT.pub`, which is all that is written where a run that was killed has left the key without it. Throws `conflict` where
 * there is another file of that name: no key is ever overwritten.
 */
export async function generateLogKey(
  ports: Ports,
  { for: kind, out, dryRun }: GenerateLogKeyOptions,
): Promise<GeneratedLogKey> {
  const { files } = ports;
  // a run that was killed may have left the key there, be it that it was finished
  if (!dryRun) await files.clearTemporary(path.dirname(out), ABANDONED);
  const secretFile = { mode: 0o600, durable: true, replace: false };
  if (kind === 'tiles') {
    await refuseExisting(files, out);
    if (!dryRun) await files.write(out, generateLogKeyPem(), secretFile);
    return { file: out, algorithm: 'ed25519' };
  }
  const publicFile = `${out}.pub`;
  await refuseExisting(files, publicFile);
  const left = await readLeft(ports, kind, out);
  const made = { file: out, algorithm: kind === 'rekor' ? 'ecdsa-p256' : 'ed25519', public_file: publicFile } as const;
  if (dryRun) return made;
  const { key, secret } = left ?? newKey(kind);
  const { text, shown } = publicHalfOf(kind, key);
  if (secret !== undefined) await files.write(out, secret, secretFile);
  await files.write(publicFile, text, { durable: true, replace: false });
  return { ...made, public_key: shown };
}

/** A key of this kind that stands without its public half. Throws `conflict` for every other file of that name. */
async function readLeft(
  ports: Ports,
  kind: KindWithPublicFile,
  out: string,
): Promise<{ readonly key: KeyObject; readonly secret?: never } | undefined> {
  if ((await ports.files.stat(out)) === undefined) return undefined;
  try {
    const { key, form } = await readGivenKey(ports, out);
    if (form === (kind === 'rekor' ? 'p256' : 'openssh')) return { key };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  throw isThere(out);
}

async function refuseExisting(files: Files, file: string): Promise<void> {
  if ((await files.stat(file)) === undefined) return;
  throw isThere(file);
}

const isThere = (file: string) =>
  new Fault('conflict', `${quote(file)} is there already`, {
    file,
    hint: 'a key is never overwritten: take another name',
  });

/** A key of a key file, as `sign` would judge it now. */
export interface KeyDescription {
  readonly role: 'primary' | 'subkey';
  readonly fingerprint: Fingerprint;
  readonly algorithm: string;
  /** Days, as in `2026-11-22`. */
  readonly created: string;
  readonly expires?: string;
  /** Whether the secret of this key is in the file, and how. */
  readonly secret: SecretState;
  readonly state: KeyState;
}

/** Describes a public or secret key file without opening any secret. Throws `unreadable`. */
export async function inspectKeyFile(
  ports: Ports,
  file: string,
): Promise<{ readonly keys: readonly KeyDescription[]; readonly warnings: readonly Finding[] }> {
  const bytes = await ports.files.readGiven(file, KEYRING_CAP);
  const found = await inFile(file, async () => inspectKeys(bytes));
  const keys = found.flatMap((one) => describeKeys(one, ports.clock.now()));
  return { keys, warnings: keys.flatMap((key) => warningsOf(file, key)) };
}

const KEEP_OFFLINE = 'keep it offline, and export the subkeys alone: "gpg --armor --export-secret-subkeys FINGERPRINT"';

function warningsOf(file: string, { role, fingerprint, secret }: KeyDescription): readonly Finding[] {
  if (role !== 'primary' || secret === 'absent' || secret === 'none') return [];
  const message = `the file holds the secret of the primary key ${fingerprint}, and sign refuses it`;
  return [{ kind: 'primary-secret-present', file, message, hint: KEEP_OFFLINE }];
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

const describeKeys = ({ certificate, secrets }: InspectedKey, now: Date): readonly KeyDescription[] =>
  certificate.keys.map((key) => {
    const { state, expires } = keyState(certificate, key, { at: now, now });
    return {
      role: key.isPrimary ? 'primary' : 'subkey',
      fingerprint: key.fingerprint,
      algorithm: key.algorithm,
      created: day(key.created),
      // of a key that cannot sign it was not asked
      ...(expires === undefined && state !== 'good' ? {} : { expires: expires === undefined ? 'never' : day(expires) }),
      secret: secrets.get(key.fingerprint) ?? 'none',
      state,
    };
  });
