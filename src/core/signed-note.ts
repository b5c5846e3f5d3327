// SPDX-License-Identifier: Apache-2.0
/**
 * c2sp.org/signed-note, with Ed25519 keys (signature type 0x01) only. A note is text, an empty line, and signature lines;
 * the last empty line divides them:
 *
 *   This is an example message.
 *
 *   — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
 *
 * A signature is base64 of four bytes of key ID and the signature itself. The public form of a key is the verifier key, or
 * vkey, `<name>+<key ID in hexadecimal>+<base64 of 0x01 and the 32 bytes of the public key>`:
 *
 *   example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
 *
 * The private form is a PKCS#8 PEM file, which knows nothing of the name.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { decodeUtf8, formatBase64, parseBase64 } from './encoding.ts';
import { Fault, quote } from './fault.ts';

export interface NoteSignature {
  /** Of the key. */
  readonly name: string;
  /** Of the key: 8 hexadecimal digits. */
  readonly keyId: string;
  /** Without the key ID. What it is depends on the key, which may be of a kind that we do not know. */
  readonly signature: Uint8Array;
}

export interface SignedNote {
  /** With its last newline. */
  readonly text: string;
  /** In their order, those of unknown keys too. */
  readonly signatures: readonly NoteSignature[];
}

/** Bytes. Sixteen post-quantum signatures of 5 kB, which everybody has to accept, leave room for more. */
export const NOTE_CAP = 128 * 1024;
/** In one note. */
export const MAX_SIGNATURES = 64;

/** Names are not empty and hold no Unicode space, no plus, no control character. */
export const isKeyName = (name: string): boolean => name.isWellFormed() && /^[^\p{White_Space}\p{Cc}+]+$/u.test(name);

const bad = (why: string) => new Fault('bad-format', `the signed note ${why}`);

/** Reads a note without believing it. Throws `bad-format`. */
export function parseSignedNote(bytes: Uint8Array): SignedNote {
  const whole = decodeUtf8(bytes, NOTE_CAP, 'the signed note');
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) throw bad('holds a control character');
  const divide = whole.lastIndexOf('\n\n');
  if (divide < 0) throw bad('has no empty line before its signatures');
  const lines = whole.slice(divide + 2).split('\n');
  if (lines.pop() !== '') throw bad('does not end with a newline');
  if (lines.length === 0) throw bad('has no signatures');
  if (lines.length > MAX_SIGNATURES) throw bad(`has more than ${MAX_SIGNATURES} signatures`);
  return { text: whole.slice(0, divide + 1), signatures: lines.map(parseSignatureLine) };
}

export function formatSignedNote({ text, signatures }: SignedNote): Uint8Array {
  return Buffer.from(`${text}\n${signatures.map(formatSignatureLine).join('')}`);
}

function parseSignatureLine(line: string): NoteSignature {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  if (!isKeyName(name)) throw bad(`has a line that is no signature: ${quote(line.slice(0, 80))}`);
  const bytes = Buffer.from(parseBase64(encoded));
  if (bytes.length < 5) throw bad('has an empty signature');
  return { name, keyId: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) };
}

const formatSignatureLine = ({ name, keyId, signature }: NoteSignature): string =>
  `— ${name} ${formatBase64(Buffer.concat([Buffer.from(keyId, 'hex'), signature]))}\n`;

/**
 * The keys that signed the note, of those that are trusted. Other signatures are ignored. Throws `bad-signature` where one
 * that claims to be by a trusted key is not, and `wrong-key` where none is by a trusted key.
 */
export function verifyNote<K extends NoteKey>(note: SignedNote, trusted: readonly K[]): readonly K[] {
  const signers = trusted.filter((key) => {
    const claimed = note.signatures.filter((signature) => signature.name === key.name && signature.keyId === key.keyId);
    for (const { signature } of claimed) {
      if (!key.verify(note.text, signature))
        throw new Fault('bad-signature', `the signature by ${quote(key.name)} is wrong`);
    }
    return claimed.length > 0;
  });
  if (signers.length > 0) return signers;
  const names = note.signatures.map(({ name, keyId }) => quote(`${name}+${keyId}`));
  const some = [...names.slice(0, 4), ...(names.length > 4 ? ['others'] : [])].join(', ');
  throw new Fault('wrong-key', 'the note is not signed by a trusted key', { hint: `it is signed by ${some}` });
}

const ED25519 = 1;
/** Bytes of an Ed25519 key. */
export const PUBLIC_KEY_SIZE = 32;

/** What verifies signature lines, whatever kind of key it is. */
export interface NoteKey {
  readonly name: string;
  /** 8 hexadecimal digits. */
  readonly keyId: string;
  /** Whether this is a signature of the text by this key. */
  verify(text: string, signature: Uint8Array): boolean;
}

/** An Ed25519 key; its ID is as `keyIdOf` tells. */
export interface NoteVerifier extends NoteKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

export interface NoteSigner {
  readonly verifier: NoteVerifier;
  sign(text: string): NoteSignature;
}

/** What every vkey says, whatever its key is for. */
export interface KeyMaterial {
  readonly name: string;
  /** The signature type: 1 for notes; others are for other specifications. */
  readonly type: number;
  readonly publicKey: Uint8Array;
}

const badKey = (text: string, why: string) =>
  new Fault('usage', `not a verifier key: ${quote(text.slice(0, 120))} ${why}`);

/** Reads a vkey of any type. Throws `usage` for one whose ID is not that of its name and key. */
export function parseKeyMaterial(text: string): KeyMaterial {
  const [, name = '', encoded = ''] = /^([^+]+)\+[0-9a-f]{8}\+([A-Za-z0-9+/=]{1,2000})$/.exec(text) ?? [];
  if (!isKeyName(name)) throw badKey(text, 'is not of the form <name>+<8 hexadecimal digits>+<base64>');
  const [type, ...publicKey] = Buffer.from(encoded, 'base64');
  if (type === undefined) throw badKey(text, 'is not of an Ed25519 key');
  const key = { name, type, publicKey: Uint8Array.from(publicKey) };
  if (formatKeyMaterial(key) === text) return key;
  throw badKey(text, 'has a key ID that is not that of its name and key, or base64 in another than its canonical form');
}

export const formatKeyMaterial = (key: KeyMaterial): string =>
  `${key.name}+${keyIdOf(key)}+${formatBase64(Buffer.concat([Uint8Array.of(key.type), key.publicKey]))}`;

/** 8 hexadecimal digits: the beginning of the SHA-256 of name, newline, type and public key. */
export const keyIdOf = ({ name, type, publicKey }: KeyMaterial): string =>
  createHash('sha256').update(`${name}\n`).update(Uint8Array.of(type)).update(publicKey).digest().toString('hex', 0, 4);

/** Reads a vkey. Throws `usage` for everything but an Ed25519 key whose ID is that of its name and key. */
export function parseVerifierKey(text: string): NoteVerifier {
  const { name, type, publicKey } = parseKeyMaterial(text);
  if (type === ED25519 && publicKey.length === PUBLIC_KEY_SIZE) return noteVerifier(name, publicKey);
  throw badKey(text, 'is not of an Ed25519 key');
}

export const formatVerifierKey = ({ name, publicKey }: NoteVerifier): string =>
  formatKeyMaterial({ name, type: ED25519, publicKey });

/** The key as node:crypto has it. */
export function ed25519Key(publicKey: Uint8Array): KeyObject {
  const x = Buffer.from(publicKey).toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** `name` MUST be a key name, `publicKey` 32 bytes. */
export function noteVerifier(name: string, publicKey: Uint8Array): NoteVerifier {
  const key = ed25519Key(publicKey);
  return {
    name,
    keyId: keyIdOf({ name, type: ED25519, publicKey }),
    publicKey,
    verify: (text, signature) => verify(null, Buffer.from(text), key, signature),
  };
}

/** A key that signs under a name. Throws `usage` for a bad name. */
export function noteSigner(name: string, privateKey: LogKey): NoteSigner {
  if (!isKeyName(name)) {
    throw new Fault('usage', `not a name for a log: ${quote(name)}`, {
      hint: 'take something like "tarballs.example.org/log": no space, no plus, no control character',
    });
  }
  const verifier = noteVerifier(name, publicKeyOf(privateKey));
  return {
    verifier,
    sign: (text) => ({ name, keyId: verifier.keyId, signature: sign(null, Buffer.from(text), privateKey) }),
  };
}

/** The 32 bytes of the public key. */
export function publicKeyOf(privateKey: LogKey): Uint8Array {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return Buffer.from(x, 'base64url');
}

/** The private key of a log. */
export type LogKey = KeyObject;

/** Reads the private key of a log, PKCS#8 PEM. Throws `unreadable` for everything but an Ed25519 key without passphrase. */
export function parseLogKey(pem: Uint8Array): LogKey {
  const key = parsePrivateKeyPem(pem);
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new Fault('unreadable', `a private key of the kind ${key.asymmetricKeyType}, not Ed25519`, { hint: KEY_HINT });
}

const KEY_HINT = 'a log key is an Ed25519 key in PKCS#8 PEM, as "key generate-log-key" makes it';

/** Reads a private key of any kind. Throws `unreadable` for everything but PEM without passphrase. */
export function parsePrivateKeyPem(pem: Uint8Array, hint = KEY_HINT): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(pem), format: 'pem' });
  } catch {
    throw new Fault('unreadable', 'not a private key in PEM', { hint });
  }
}

/** A new private key: the text of a PKCS#8 PEM file. */
export const generateLogKeyPem = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
