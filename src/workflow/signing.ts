// SPDX-License-Identifier: Apache-2.0
/** The key that signs, and the certificates that everything it makes is held against right after. */
import { Fault, quote } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import type { Finding, SignatureReport } from '../core/report.ts';
import type { Certificate } from '../openpgp/certificate.ts';
import { beginVerification, parseDetachedSignature, type Verdict } from '../openpgp/detached.ts';
import type { SigningHash } from '../openpgp/hashes.ts';
import { KEYRING_CAP } from '../openpgp/keyring.ts';
import { openSigningKey, type SigningKey } from '../openpgp/secret-key.ts';
import { beginSignature } from '../openpgp/signature.ts';
import type { Files, Ports } from '../ports.ts';
import { type ReadFile, readBytes, type Sink } from './read-once.ts';
import { inFile, loadCertificates } from './trust.ts';

const PASSPHRASE_CAP = 4096;

const LINE_FEED = 0x0a;

export interface SigningOptions {
  readonly keyFile: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly key: Fingerprint | undefined;
  readonly certificate: string | undefined;
  readonly allowPrimarySecret: boolean;
  readonly allowRfc9580: boolean;
  readonly digestAlgorithm: SigningHash | undefined;
  readonly warnDays: number;
  /** On how many threads at most signatures are made. */
  readonly threads: number;
}

export { SIGNATURE_CAP } from '../openpgp/detached.ts';

export interface Signing {
  /** Throws why the key cannot sign: only then, so that a run that signs nothing needs no good key. */
  readonly key: () => SigningKey;
  /** For what is made now and for what is there already. */
  readonly certificates: readonly Certificate[];
  /** The primary key of the key that signs; undefined where it cannot. */
  readonly primary: Fingerprint | undefined;
  readonly digestAlgorithm: SigningHash | undefined;
  readonly now: Date;
  readonly warnings: readonly Finding[];
}

/** Throws what `openSigningKey` throws; a refused key is thrown later where certificates are given. */
export async function openSigning(ports: Ports, options: SigningOptions): Promise<Signing | undefined> {
  const { keyFile } = options;
  const now = ports.clock.now();
  const given = options.certificate === undefined ? undefined : await loadCertificates(ports, options.certificate);
  const shared = { digestAlgorithm: options.digestAlgorithm, now };
  if (keyFile === undefined) {
    if (given === undefined) return undefined;
    const none = () => {
      throw new Fault('usage', 'no key to sign with', { hint: 'give --key-file FILE' });
    };
    return { key: none, primary: undefined, certificates: given, warnings: [], ...shared };
  }
  try {
    const key = await readKey(ports, keyFile, options, now);
    const certificates = given ?? [key.certificate];
    return { key: () => key, primary: key.primary, certificates, warnings: warningsOf(key), ...shared };
  } catch (fault) {
    if (!(fault instanceof Fault) || given === undefined || fault.kind === 'unreadable' || fault.kind === 'usage')
      throw fault;
    const refuse = () => {
      throw fault;
    };
    return { key: refuse, primary: undefined, certificates: given, warnings: [], ...shared };
  }
}

async function readKey(ports: Ports, keyFile: string, options: SigningOptions, now: Date): Promise<SigningKey> {
  const { passphraseFile, key, allowPrimarySecret, allowRfc9580, warnDays } = options;
  const [bytes, passphrase] = await readSecrets(ports.files, keyFile, passphraseFile);
  return inFile(keyFile, async () =>
    openSigningKey(bytes, {
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(key === undefined ? {} : { select: key }),
      allowPrimarySecret,
      allowRfc9580,
      now,
      warnDays,
      rsa: ports.rsa(options.threads),
    }),
  );
}

/** Key and passphrase. Standard input can be both: its first line is the passphrase, and the key follows. */
async function readSecrets(
  files: Files,
  keyFile: string,
  passphraseFile: string | undefined,
): Promise<readonly [Uint8Array, Uint8Array?]> {
  if (keyFile === '-' && passphraseFile === '-') {
    const both = await files.readGiven('-', PASSPHRASE_CAP + KEYRING_CAP);
    const end = both.indexOf(LINE_FEED) + 1;
    return [both.subarray(end), both.subarray(0, end)];
  }
  const key = await files.readGiven(keyFile, KEYRING_CAP);
  return passphraseFile === undefined ? [key] : [key, await files.readGiven(passphraseFile, PASSPHRASE_CAP)];
}

function warningsOf(key: SigningKey): readonly Finding[] {
  if (key.state !== 'expires-soon') return [];
  const message = `the signing key ${key.fingerprint} expires on ${key.expires?.toISOString().slice(0, 10)}`;
  return [{ kind: 'expires-soon', message, hint: 'extend it, or have the next one ready' }];
}

export type GoodVerdict = Extract<Verdict, { kind: 'good' }>;

export interface Made {
  readonly armored: Uint8Array;
  readonly verdict: GoodVerdict;
}

/** A signature in the making: feed it the data, then finish it. It is verified before anybody sees it. */
export interface Making extends Sink {
  finish(read: ReadFile): Promise<Made>;
}

export function beginMaking(signing: Signing, name: string): Making {
  const key = signing.key();
  const options = signing.digestAlgorithm === undefined ? {} : { digestAlgo: signing.digestAlgorithm };
  const making = beginSignature(key, { created: signing.now, ...options });
  return {
    update: (chunk) => making.update(chunk),
    finish: async (read) => {
      const { armored, verdict } = await making.finish(read.state, signing.certificates);
      if (verdict.kind === 'good') return { armored, verdict };
      throw new Fault(verdict.kind, `the new signature of ${quote(name)} does not verify: ${verdict.message}`, {
        file: name,
        hint: verdict.hint ?? 'is the certificate that of the signing key?',
      });
    },
  };
}

/** A check of a signature that is there already. Never throws: a verdict says it all. */
export interface Check extends Sink {
  finish(read: ReadFile): Promise<Verdict>;
}

export function beginCheck(asc: Uint8Array, certificates: readonly Certificate[], now: Date): Check {
  try {
    const check = beginVerification(parseDetachedSignature(asc), certificates, { now });
    return { update: (chunk) => check.update(chunk), finish: async (read) => check.finish(read.state) };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return refusedCheck(error);
  }
}

/** Of a file that is no signature. */
export function refusedCheck({ message, hint }: Fault): Check {
  const verdict: Verdict = { kind: 'bad-signature', message, ...(hint === undefined ? {} : { hint }) };
  return { update: () => undefined, finish: async () => verdict };
}

export interface Unkept {
  /** Continues "it is there and": `does not verify: …`. */
  readonly why: string;
  /** Where a clock may be the reason, or, of what is published, the key of another cycle. */
  readonly hint?: string | undefined;
}

const EARLIER_CYCLE =
  'was it made with the key of an earlier cycle? give the certificates of both keys, in one file, with --certificate; otherwise, find out how it came to be published';

/** Of a signature that is here already; one that is published was made with the key of its time, and nothing replaces it. */
export type Keeping = { readonly primary: Fingerprint | undefined; readonly force: boolean } | 'published';

/** Why a signature that is there cannot stay, if so. Time alone is no reason to sign again, unless it is forced. */
export function whyNotKept(keeping: Keeping, verdict: Verdict): Unkept | undefined {
  if (verdict.kind !== 'good') {
    const stranger = keeping === 'published' && verdict.kind === 'wrong-key' ? EARLIER_CYCLE : undefined;
    const hint = verdict.kind === 'not-yet-valid' ? verdict.hint : stranger;
    return { why: `does not verify: ${verdict.message}`, hint };
  }
  if (keeping === 'published') return undefined;
  const { primary, force } = keeping;
  if (primary !== undefined && verdict.primary !== primary)
    return { why: `was made with the key ${verdict.primary}, not with ${primary}` };
  return force && verdict.state === 'expired-after-signing' ? { why: EXPIRED_SINCE } : undefined;
}

const EXPIRED_SINCE = 'was made with a key that has expired since';

/** What the gate will say of a signature that is kept, and not published yet. */
export const warningsOfKept = (asc: string, { state }: GoodVerdict): readonly Finding[] =>
  state === 'expired-after-signing'
    ? [
        {
          kind: state,
          file: asc,
          message: `${quote(asc)} ${EXPIRED_SINCE}`,
          hint: 'where the release is not published yet, it will be refused: --force signs it anew',
        },
      ]
    : [];

/** Signs bytes that are in memory: a manifest. */
export async function signBytes(signing: Signing, name: string, bytes: Uint8Array): Promise<Made> {
  const making = beginMaking(signing, name);
  return making.finish(readBytes(bytes, [making]));
}

export const checkBytes = async (
  asc: Uint8Array,
  bytes: Uint8Array,
  certificates: readonly Certificate[],
  now: Date,
): Promise<Verdict> => {
  const check = beginCheck(asc, certificates, now);
  return check.finish(readBytes(bytes, [check]));
};

/** A signature in the report. */
export const describeSignature = (file: string, verdict: GoodVerdict, asc?: Uint8Array): SignatureReport => ({
  file,
  ...(asc === undefined ? {} : { sha256: readBytes(asc).sha256 }),
  signer: verdict.key,
  primary: verdict.primary,
  created: verdict.created.toISOString(),
  state: verdict.state,
});
