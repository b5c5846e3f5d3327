// SPDX-License-Identifier: Apache-2.0
/**
 * Which logs `submit` is to use, by `--log`: `tiles:DIR`, or the name that the policy gives to a log of another kind.
 * Everything that was said wrongly is found before anything is written.
 */
import type { KeyObject } from 'node:crypto';
import { RECORDER_EVIDENCE, SIGSUM_PROOF, TLOG_PROOF } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { tileDirectory } from '../core/log-address.ts';
import type { Policy } from '../core/policy.ts';
import type { TrustedRecorder } from '../core/policy-recorder.ts';
import type { TrustedRekorLog } from '../core/policy-rekor.ts';
import type { TrustedSigsumLog } from '../core/policy-sigsum.ts';
import { formatVerifierKey } from '../core/signed-note.ts';
import { formatStatement, type Statement } from '../core/statement.ts';
import { openRecorder, prepareRecord } from '../logs/recorder.ts';
import { openSigsum, prepareSigsum, type SigsumToken } from '../logs/sigsum.ts';
import { openTileLog, type TileLog } from '../logs/tiles.ts';
import type { Ports } from '../ports.ts';
import type { ChosenLog } from './chosen-log.ts';
import { refuseInside } from './log.ts';
import { assignKeys, type GivenKey, kindOf, readKeys } from './log-keys.ts';
import { rekorLog } from './open-rekor.ts';
import { joinUrl } from './source.ts';
import { waitingClock } from './waiting.ts';
import { witnessingOf } from './witnesses.ts';

export interface LogOptions {
  /** At least one: `tiles:DIR`, or a name. */
  readonly logs: readonly string[];
  /** Files, or `-`. */
  readonly logKeys: readonly string[];
  /** Seconds that witnesses of a tile log may take, all together. */
  readonly witnessDeadline: number;
  /** Seconds that a log of others may take, with its witnesses. */
  readonly logDeadline: number;
  /** The directory in which the release is published. */
  readonly publishedUrl: string | undefined;
  /** Who submits, for logs that want to know. */
  readonly token: { readonly domain: string; readonly keyFile: string } | undefined;
}

/** What `--log` names. */
type Named =
  | { readonly kind: 'tiles'; readonly directory: string }
  | { readonly kind: 'rekor'; readonly trusted: TrustedRekorLog }
  | { readonly kind: 'sigsum'; readonly trusted: TrustedSigsumLog }
  | { readonly kind: 'recorder'; readonly trusted: TrustedRecorder };

/** The keys that were given, read once: what comes through standard input comes once. */
export interface LogKeys {
  readonly given: readonly GivenKey[];
  readonly token: SigsumToken | undefined;
  /** Whether each of them has to be for a log that is named; not where several submissions share them. */
  readonly areAllNeeded: boolean;
}

/** Throws `unreadable`, and `usage` for a key that lies where a log is published. */
export async function readLogKeys(ports: Ports, { logs, logKeys, token }: LogOptions): Promise<LogKeys> {
  for (const directory of logs.map(tileDirectory).filter((one) => one !== undefined))
    for (const file of logKeys) await refuseInside(ports.files, file, directory);
  const keys = await readKeys(ports, logKeys, token?.keyFile);
  return {
    given: keys.given,
    token: token && keys.token && { domain: token.domain, key: keys.token },
    areAllNeeded: true,
  };
}

/** Throws `usage` for what is no log, and for keys that are for none of these. */
export function chooseLogs(
  ports: Ports,
  options: LogOptions,
  { given, token, areAllNeeded }: LogKeys,
  policy: Policy,
): readonly ChosenLog[] {
  const named = options.logs.map((address) => parseLog(address, policy));
  refuseTwice(named);
  const kinds = named.map(({ kind }) => kind);
  const keys = assignKeys(kinds, areAllNeeded ? given : given.filter((one) => kindOf(one, kinds) !== undefined));
  const { logDeadline, witnessDeadline } = options;
  const patience = logDeadline * 1000;
  const waiting = (what: string, total: number): Ports => ({ ...ports, clock: waitingClock(ports, what, total) });
  return named.map((one) => {
    const key = keys.get(one.kind)?.key;
    if (one.kind === 'sigsum') return sigsumLog(ports, one.trusted, key, { token, patience });
    if (one.kind === 'tiles')
      return tileLog(
        waiting('witnesses', witnessDeadline),
        policy,
        one.directory,
        neededKey(keys.get('tiles')),
        witnessDeadline,
      );
    const asking = waiting(`the log ${quote(one.trusted.name)}`, logDeadline);
    if (one.kind === 'rekor') return rekorLog(asking, one.trusted, key, patience);
    return recorder(asking, one.trusted, options.publishedUrl, patience);
  });
}

/** Rekor's logs share a file. */
function refuseTwice(named: readonly Named[]): void {
  const places = named.map((one) => (one.kind === 'rekor' ? `name ${one.trusted.name}` : `kind ${one.kind}`));
  const twice = places.find((place, index) => places.indexOf(place) !== index);
  if (twice !== undefined)
    throw new Fault('usage', `more than one log of the ${twice} is named, and their proofs would go by one name`);
}

/** Throws `usage`. */
function parseLog(address: string, policy: Policy): Named {
  const directory = tileDirectory(address);
  if (directory !== undefined) return { kind: 'tiles', directory };
  const trusted = policy.logs.find(({ name }) => name === address);
  if (trusted?.kind === 'rekor') return { kind: 'rekor', trusted };
  if (trusted?.kind === 'sigsum') return { kind: 'sigsum', trusted };
  if (trusted?.kind === 'recorder') return { kind: 'recorder', trusted };
  if (trusted?.kind === 'tiles')
    throw new Fault('usage', `${quote(address)} is a tile log, which is named by its directory`, {
      hint: 'write tiles:DIR, with the directory that the log is written in',
    });
  const names = policy.logs.filter(({ kind }) => kind !== 'tiles').map(({ name }) => name);
  const others = names.length === 0 ? '' : `, or a name from the policy: ${names.join(', ')}`;
  throw new Fault('usage', `not a log: ${quote(address)}`, {
    hint: `write tiles:DIR, where DIR was made with "artifact-signing log init"${others}`,
  });
}

function neededKey(given: GivenKey | undefined): GivenKey {
  if (given !== undefined) return given;
  throw new Fault('usage', 'no key of the tile log is given', { hint: 'give --log-key FILE' });
}

const tileLog = (ports: Ports, policy: Policy, directory: string, given: GivenKey, deadline: number): ChosenLog => ({
  kind: 'tiles',
  proof: TLOG_PROOF,
  isRepeatable: true,
  isShared: false,
  prepare: ({ statement }) => formatStatement(statement),
  open: async () =>
    withKey(given, async (key) => {
      const log = await openTileLog(ports, directory, key, (origin) => witnessingOf(ports, policy, origin, deadline));
      refuseUnpinned(log, policy);
      return log;
    }),
  pinned: (origin) => policy.logs.find((log) => log.kind === 'tiles' && log.origin === origin),
});

/** Another log may have the same origin, and no proof of it would be believed. Throws `wrong-key`. */
function refuseUnpinned({ origin, key }: TileLog, { logs }: Policy): void {
  const vkey = formatVerifierKey(key);
  const pinned = logs.flatMap((log) => (log.kind === 'tiles' && log.origin === origin ? log.keys : []));
  if (pinned.length === 0 || pinned.some((one) => formatVerifierKey(one) === vkey)) return;
  throw new Fault('wrong-key', `the policy pins another key for the log ${quote(origin)}`, {
    hint: `is it the log that the policy means? This one has the key ${vkey}`,
  });
}

/** Says which of the keys it is where that is the wrong one. */
async function withKey<T>({ file, key }: GivenKey, body: (key: KeyObject) => Promise<T>): Promise<T> {
  try {
    return await body(key);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'wrong-key') throw error;
    const { message, hint } = error;
    throw new Fault('wrong-key', `--log-key ${quote(file)}: ${message}`, { file, hint, cause: error });
  }
}

interface SigsumOptions {
  readonly token: SigsumToken | undefined;
  readonly patience: number;
}

/** The key is needed only where nothing was prepared: whoever finishes a submission may not have it. */
const sigsumLog = (
  { http, clock, progress }: Ports,
  trusted: TrustedSigsumLog,
  key: KeyObject | undefined,
  options: SigsumOptions,
): ChosenLog => ({
  kind: 'sigsum',
  proof: SIGSUM_PROOF,
  isRepeatable: false,
  isShared: false,
  prepare: ({ manifest }, earlier) => {
    if (earlier !== undefined) return earlier;
    if (key !== undefined) return prepareSigsum(manifest, key, trusted);
    throw new Fault('usage', `no key for the Sigsum log ${quote(trusted.name)} is given`, {
      hint: 'give --log-key FILE: one of the signers that the policy names, as "key generate-log-key --for sigsum" makes it',
    });
  },
  open: async () => openSigsum(trusted, { http, clock, progress, ...options }),
  pinned: () => trusted,
});

const recorder = (
  { http, tls, clock }: Ports,
  trusted: TrustedRecorder,
  publishedUrl: string | undefined,
  patience: number,
): ChosenLog => ({
  kind: 'recorder',
  proof: RECORDER_EVIDENCE,
  isRepeatable: false,
  isShared: false,
  prepare: (subject, earlier) => prepareRecord(addressOf(subject.statement, publishedUrl, earlier), subject, trusted),
  open: async () => openRecorder(trusted, { http, tls, clock, patience }),
  pinned: () => trusted,
});

/** Where the manifest is published: as is said now, or as was said then; a project at GitHub has one address. Throws `usage`. */
function addressOf(
  { project, version, manifest }: Statement,
  publishedUrl: string | undefined,
  earlier: Uint8Array | undefined,
): string {
  if (publishedUrl !== undefined) return joinUrl(publishedUrl, manifest.name);
  if (earlier !== undefined) return Buffer.from(earlier).toString();
  const [, repository] = /^(?:https:\/\/)?github\.com\/([\w.-]+\/[\w.-]+)$/.exec(project) ?? [];
  if (repository !== undefined)
    return joinUrl(`https://github.com/${repository}/releases/download/${version}`, manifest.name);
  throw new Fault('usage', 'a recorder is told where the manifest is published, which is not known', {
    hint: 'give --published-url URL',
  });
}
