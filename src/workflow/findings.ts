// SPDX-License-Identifier: Apache-2.0
/** What a check finds: it goes on after the first mistake, so that all are told at once. */
import { exitStatusOf, Fault, naming, quote } from '../core/fault.ts';
import { type Finding, findingOf, type SignatureReport } from '../core/report.ts';
import type { Verdict } from '../openpgp/detached.ts';
import { isTimeAsked, judge, type Trust } from './trust.ts';

export interface Findings {
  readonly warnings: Finding[];
  readonly errors: Finding[];
}

export const noFindings = (): Findings => ({ warnings: [], errors: [] });

/** Runs what may throw a Fault, and collects the Fault: about a file where one is named. */
export function collect(errors: Finding[], body: () => void, file?: string): void {
  try {
    body();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const finding = findingOf(error);
    errors.push(file === undefined ? finding : { ...finding, file, message: `${quote(file)}: ${finding.message}` });
  }
}

/**
 * The same for what reads a file: one that cannot be what it should be is collected, so that the others are told, too.
 * What could not be finished, and evidence, is thrown.
 */
export async function attempt<T>(errors: Finding[], file: string, body: () => Promise<T>): Promise<T | undefined> {
  try {
    return await body();
  } catch (error) {
    const status = error instanceof Fault ? exitStatusOf(error.kind) : 1;
    if (!(error instanceof Fault) || status === 1 || status === 4) throw error;
    errors.push({ ...findingOf(error), file, message: naming(file, error.message) });
    return undefined;
  }
}

/**
 * Judges a verdict about a signature file; returns the signature where it is believed. `sinceOf` is asked where it matters since when
 * the signature was there.
 */
export async function settle(
  trust: Trust,
  file: string,
  verdict: Verdict,
  sinceOf: () => Promise<Date | undefined>,
  found: Findings,
): Promise<SignatureReport | undefined> {
  const since = isTimeAsked(trust.policy, verdict) ? await sinceOf() : undefined;
  const { signature, refusal, warning } = judge(trust.policy, file, verdict, since);
  if (warning !== undefined && !found.warnings.some((other) => other.message === warning.message)) {
    found.warnings.push(warning);
  }
  if (refusal === undefined) return signature;
  found.errors.push(refusal);
  return undefined;
}
