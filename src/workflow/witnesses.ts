// SPDX-License-Identifier: Apache-2.0
/** Witnesses of a log, as a policy names them: whom `submit` asks, what reports say of them, and what they prove of time. */
import { Fault } from '../core/fault.ts';
import type { Policy } from '../core/policy.ts';
import { hasWitnesses, type Quorum, type TrustedLog } from '../core/policy-logs.ts';
import type { LogReport } from '../core/report.ts';
import type { Verified, Vouched } from '../logs/log.ts';
import type { Witnessing } from '../logs/tile-witness.ts';
import type { Ports } from '../ports.ts';

/**
 * Whom the log of an origin asks for cosignatures; undefined where the policy names nobody. `deadline`: seconds. Throws `usage` where
 * the quorum could never be met, because too few have an address.
 */
export function witnessingOf(
  { http, clock }: Ports,
  { logs }: Policy,
  origin: string,
  deadline: number,
): Witnessing | undefined {
  const log = logs.find((one) => one.kind === 'tiles' && one.origin === origin);
  if (log?.kind !== 'tiles' || log.witnesses.length === 0) return undefined;
  const { witnesses, quorum, name } = log;
  const reachable = witnesses.filter(({ url }) => url !== undefined).length;
  if (reachable < quorum)
    throw new Fault(
      'usage',
      `the policy demands ${quorum} witnesses of the log ${name}, and has addresses of ${reachable}`,
      {
        hint: 'submit asks the witnesses: give each a "url" in the policy',
      },
    );
  return { witnesses, quorum, http, clock, patience: deadline * 1000 };
}

/** The part of a report about where the entry is, or what certificate there is instead. */
export function describePlace(verified: Verified) {
  if (verified.record === undefined)
    return { index: verified.index, entry: verified.entry, tree_size: verified.treeSize };
  const { domain, serial, sha256, notBefore } = verified.record;
  return { record: { domain, serial, sha256, not_before: notBefore.toISOString() } };
}

/** The part of a report about the time that a log tells; nothing where it tells none. */
export const describeTime = ({ time }: Pick<Verified, 'time'>): Pick<LogReport, 'time'> =>
  time === undefined ? {} : { time: time.toISOString() };

/** The part of a report about witnesses; nothing where the policy names none. */
export const describeWitnesses = (
  named: TrustedLog | undefined,
  vouched: readonly Vouched[],
): Pick<LogReport, 'witnesses'> =>
  named === undefined || !hasWitnesses(named)
    ? {}
    : { witnesses: vouched.map(({ name, time }) => ({ name, time: time.toISOString() })) };

/**
 * Since when a proof is known to have been there: the time at which the last of a quorum had seen it. A witness that vouches again
 * later takes nothing back, so that the earliest ones count. Undefined where nobody has to vouch.
 */
export function provenSince({ quorum }: Quorum, vouched: readonly Vouched[]): Date | undefined {
  const times = vouched.map(({ time }) => time.getTime()).sort((a, b) => a - b);
  const last = quorum === 0 ? undefined : times[quorum - 1];
  return last === undefined ? undefined : new Date(last);
}
