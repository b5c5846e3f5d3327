// SPDX-License-Identifier: Apache-2.0
/**
 * The trust policy, `artifact-signing.policy/v1`: whose signatures and which logs are believed.
 *
 *   schema: artifact-signing.policy/v1
 *   certificates:
 *     - file: keys/2026.2.asc            # relative to the policy
 *       fingerprint: 30566C45 0E41D7C9 1E442DFB 231F942F 608DDEFF
 *       from: 2026-04-01                 # optional: signatures made earlier are not believed
 *       until: 2026-11-30T00:00:00Z      # optional: nor those made at this time or later
 *   logs:
 *     - name: tarballs
 *       kind: tiles
 *       origin: tarballs.example.org/log
 *       keys: [tarballs.example.org/log+8b2a1c3d+AZ…]
 *       witnesses:                       # optional: who has to have seen the tree of a proof, too
 *         - name: north
 *           key: witness.example.net/north+1f3a5b7c+BA…
 *           url: https://witness.example.net/north    # optional: only "submit" asks it
 *       quorum: 1                        # with witnesses: how many of them have to vouch; 0 demands none
 *     - name: sigsum
 *       kind: sigsum                     # the logs of a Sigsum policy: policy-sigsum.ts
 *       policy: sigsum-generic-2025-1
 *       signers: [99ed58583e8750b2…]
 *     - name: sigstore
 *       kind: rekor                      # one of Sigstore's: policy-rekor.ts
 *       version: 1
 *       origin: rekor.example.org
 *       keys: [MFkwEwYHKoZIzj0CAQYI…]
 *       signers: [MFkwEwYHKoZIzj0CAQYI…]
 *     - name: recorder
 *       kind: recorder                   # of the rget protocol: policy-recorder.ts; it never counts
 *       recorder: recorder.example.org
 *   require:
 *     signatures: 1                      # good signatures on the manifest and on every artifact
 *     logs: {at_least: 1, of: [tarballs], pending_days: 7}
 *   expired_after_signing: logged        # refuse | logged | accept
 */
import { count, type Decoder, exactly, list, oneOf, optional, parsed, text, withDefault, wrong } from './decode.ts';
import { quote } from './fault.ts';
import { type Fingerprint, parseFingerprint } from './fingerprint.ts';
import { PENDING_DAYS } from './pending.ts';
import { mostProofs, refuseShared, type TrustedLog, trustedLog } from './policy-logs.ts';
import { refuseTwice } from './policy-names.ts';

const POLICY_SCHEMA = 'artifact-signing.policy/v1';

export interface PinnedCertificate {
  /** A path, relative to the directory of the policy. */
  readonly file: string;
  readonly fingerprint: Fingerprint;
  readonly from: Date | undefined;
  readonly until: Date | undefined;
}

export interface Policy {
  readonly certificates: readonly PinnedCertificate[];
  readonly logs: readonly TrustedLog[];
  readonly require: {
    /** 0: files of the release need no signature of their own; 1: each needs one. The manifest always does. */
    readonly signatures: 0 | 1;
    readonly logs: {
      readonly atLeast: number;
      readonly of: readonly string[];
      /** How long a submission may stay pending before that is no excuse any more. */
      readonly pendingDays: number;
    };
  };
  readonly expiredAfterSigning: 'refuse' | 'logged' | 'accept';
}

/** Throws `bad-format` with the path of the key that is wrong. */
export function decodePolicy(value: unknown): Policy {
  const raw = document(value, '');
  const required = raw.require.logs;
  const names = raw.logs.map((log) => log.name);
  refuseTwice(names, 'logs');
  refuseShared(raw.logs);
  const recorders = raw.logs.flatMap(({ kind, name }) => (kind === 'recorder' ? [name] : []));
  const of = required.of ?? names.filter((name) => !recorders.includes(name));
  const known = new Set(names);
  for (const [index, name] of of.entries()) {
    if (!known.has(name)) throw wrong(`require.logs.of[${index}]`, `names no log of this policy: ${quote(name)}`);
    if (recorders.includes(name))
      throw wrong(`require.logs.of[${index}]`, 'names a recorder, whose certificates are evidence and never count');
  }
  refuseTwice(of, 'require.logs.of');
  if (required.at_least > of.length)
    throw wrong('require.logs.at_least', `asks for ${required.at_least} logs of ${of.length}`);
  const most = mostProofs(raw.logs.filter(({ name }) => of.includes(name)));
  if (required.at_least > most)
    throw wrong(
      'require.logs.at_least',
      `asks for ${required.at_least} logs, and beside a manifest there is room for proofs of ${most} of them`,
    );
  return {
    certificates: raw.certificates,
    logs: raw.logs,
    require: {
      signatures: raw.require.signatures,
      logs: { atLeast: required.at_least, of, pendingDays: required.pending_days },
    },
    expiredAfterSigning: raw.expired_after_signing,
  };
}

/** What `--certificate` and `--fingerprint` stand for: every signature good, no log demanded. */
export const simplePolicy = (certificates: readonly PinnedCertificate[]): Policy => ({
  certificates,
  logs: [],
  require: { signatures: 1, logs: { atLeast: 0, of: [], pendingDays: PENDING_DAYS } },
  expiredAfterSigning: 'logged',
});

/** A day, or a time in UTC: nothing that another clock would read otherwise. */
const time: Decoder<Date> = (value, path) => {
  const written = text(value, path);
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z)?$/.test(written)) {
    throw wrong(path, 'is neither a day (2026-04-01) nor a time in UTC (2026-04-01T12:00:00Z)');
  }
  const date = new Date(written);
  if (Number.isNaN(date.getTime()) || !date.toISOString().startsWith(written.slice(0, 10)))
    throw wrong(path, 'is no day of the calendar');
  return date;
};

const certificate: Decoder<PinnedCertificate> = (value, path) => {
  const pinned = exactly({
    file: text,
    fingerprint: parsed(parseFingerprint),
    from: optional(time),
    until: optional(time),
  })(value, path);
  if (pinned.from !== undefined && pinned.until !== undefined && pinned.from >= pinned.until) {
    throw wrong(`${path}.until`, 'is not later than "from"');
  }
  return pinned;
};

const signatures: Decoder<0 | 1> = (value, path) => {
  if (value === 0 || value === 1) return value;
  throw wrong(path, 'is neither 0 nor 1');
};

const NO_LOGS = { at_least: 0, of: undefined, pending_days: PENDING_DAYS } as const;

const requiredLogs = exactly({
  at_least: count,
  of: optional(list(text)),
  pending_days: withDefault(count, PENDING_DAYS),
});

const document = exactly({
  schema: (value: unknown, path: string) => {
    if (value === undefined) throw wrong(path, 'is missing', `a policy has the line "schema: ${POLICY_SCHEMA}"`);
    if (value !== POLICY_SCHEMA) throw wrong(path, `is not ${POLICY_SCHEMA}`);
    return POLICY_SCHEMA;
  },
  certificates: (value: unknown, path: string) => {
    const certificates = list(certificate)(value, path);
    if (certificates.length === 0) throw wrong(path, 'is empty: whose signatures should be believed?');
    return certificates;
  },
  logs: withDefault(list(trustedLog), []),
  require: withDefault(
    exactly({
      signatures: withDefault(signatures, 1),
      logs: withDefault(requiredLogs, NO_LOGS),
    }),
    { signatures: 1, logs: NO_LOGS },
  ),
  expired_after_signing: withDefault(oneOf(['refuse', 'logged', 'accept']), 'logged'),
});
