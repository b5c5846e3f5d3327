// SPDX-License-Identifier: Apache-2.0
/** The keys that `--log-key` names: what is in a file tells which kind of log it is for. */
import type { KeyObject } from 'node:crypto';
import { Fault, quote } from '../core/fault.ts';
import { isOpenSshKey, parseOpenSshKey } from '../core/openssh-key.ts';
import { isP256 } from '../core/p256.ts';
import type { LogKind } from '../core/policy-logs.ts';
import { parsePrivateKeyPem } from '../core/signed-note.ts';
import type { Ports } from '../ports.ts';
import { inFile } from './trust.ts';

/** Bytes; a PKCS#8 PEM file of an Ed25519 key has 119, an OpenSSH one 399. */
const LOG_KEY_CAP = 16 * 1024;

export interface GivenKey {
  /** A path, or `-`. */
  readonly file: string;
  readonly key: KeyObject;
  /** OpenSSH keys are for Sigsum, those on P-256 for Rekor; an Ed25519 key in PKCS#8 is for whichever other log there is. */
  readonly form: 'openssh' | 'p256' | 'pkcs8';
}

const PEM = /-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----\s*/g;

/** The keys in a file, one behind the other: what comes through standard input may be several. Throws `unreadable`. */
async function readGivenKeys({ files }: Pick<Ports, 'files'>, file: string): Promise<readonly GivenKey[]> {
  const bytes = await files.readGiven(file, LOG_KEY_CAP);
  const blocks = Buffer.from(bytes).toString('latin1').match(PEM) ?? [];
  const parts = blocks.length > 1 ? blocks.map((block) => Buffer.from(block, 'latin1')) : [bytes];
  try {
    return await Promise.all(parts.map(async (part) => inFile(file, async () => readKey(file, part))));
  } finally {
    for (const one of [bytes, ...parts]) one.fill(0);
  }
}

function readKey(file: string, bytes: Uint8Array): GivenKey {
  if (isOpenSshKey(bytes)) return { file, key: parseOpenSshKey(bytes), form: 'openssh' };
  const key = parsePrivateKeyPem(bytes);
  if (isP256(key)) return { file, key, form: 'p256' };
  if (key.asymmetricKeyType === 'ed25519') return { file, key, form: 'pkcs8' };
  throw new Fault('unreadable', `a private key of the kind ${key.asymmetricKeyType}, and neither Ed25519 nor P-256`, {
    hint: 'a log key is as "key generate-log-key" makes it: P-256 for Rekor, Ed25519 for the others',
  });
}

/** The only key in a file. Throws `unreadable`, and `usage` where there are several. */
export async function readGivenKey(ports: Pick<Ports, 'files'>, file: string): Promise<GivenKey> {
  const [key, another] = await readGivenKeys(ports, file);
  if (key !== undefined && another === undefined) return key;
  throw new Fault('usage', `${quote(file)} holds more than one key`, { file });
}

interface ReadKeys {
  /** Of `--log-key`. */
  readonly given: readonly GivenKey[];
  /** Of `--token-key`. */
  readonly token: KeyObject | undefined;
}

/** All of them. Where both come through standard input, the last one there is that of the token. Throws `unreadable`, `usage`. */
export async function readKeys(
  ports: Pick<Ports, 'files'>,
  files: readonly string[],
  tokenFile: string | undefined,
): Promise<ReadKeys> {
  const given: GivenKey[] = [];
  for (const file of files) given.push(...(await readGivenKeys(ports, file)));
  if (tokenFile === undefined) return { given, token: undefined };
  if (tokenFile !== '-' || !files.includes('-'))
    return { given, token: tokenKey(await readGivenKey(ports, tokenFile)) };
  const last = given.findLast(({ file }) => file === '-');
  if (last === undefined) throw new Fault('unreadable', 'standard input holds no key');
  return { given: given.filter((one) => one !== last), token: tokenKey(last) };
}

function tokenKey({ file, key, form }: GivenKey): KeyObject {
  if (form !== 'p256') return key;
  throw new Fault('usage', `the key of the token is on P-256, and has to be Ed25519: ${quote(file)}`, {
    file,
    hint: 'through standard input, it comes behind the keys of the logs',
  });
}

/**
 * Gives each kind of log its key: one for each, and none that no log needs. A kind without a key is left out. Throws `usage`.
 */
export function assignKeys(kinds: readonly LogKind[], given: readonly GivenKey[]): ReadonlyMap<LogKind, GivenKey> {
  const keys = new Map<LogKind, GivenKey>();
  for (const one of given) {
    const kind = kindOf(one, kinds);
    if (kind === undefined)
      throw new Fault('usage', `the key ${quote(one.file)} is for none of these logs`, { file: one.file });
    if (keys.has(kind)) throw new Fault('usage', `more than one key is given for the log of the kind ${kind}`);
    keys.set(kind, one);
  }
  return keys;
}

/** Which of these logs a key can be for; undefined where it is for none. */
export function kindOf({ form }: GivenKey, kinds: readonly LogKind[]): LogKind | undefined {
  const suiting = { openssh: ['sigsum'], p256: ['rekor'], pkcs8: ['tiles', 'sigsum'] } as const;
  return suiting[form].find((kind) => kinds.includes(kind));
}
