// SPDX-License-Identifier: Apache-2.0
/**
 * Where a log is asked whose address can change: shards are closed, and have successors. In each of them, the same request makes an entry
 * of its own, so that one which may have it is asked again, and no other one.
 */
import { Fault } from '../core/fault.ts';
import { Frozen } from './rekor-answer.ts';
import type { RekorServer } from './rekor-server.ts';

/** Without a slash at their ends. */
export type RekorAddress = Pick<RekorServer, 'url' | 'readUrl'>;

export interface RekorPlaces {
  /** Where an earlier run has asked it with the same request: it may have the entry there. */
  readonly earlier: RekorAddress | undefined;
  /** Asked once more where the log is frozen at this address: it may have another one by then. */
  locate(): Promise<RekorAddress>;
  /** Called before the log is asked there; with undefined where it does not have the entry after all. */
  keep(at: RekorAddress | undefined): Promise<void>;
}

/** Goes on, once, where a log that is frozen, and does not have the entry, says elsewhere that it has moved. Throws what `body` throws. */
export async function followed<T>(places: RekorPlaces, body: (at: RekorAddress) => Promise<T>): Promise<T> {
  if (places.earlier !== undefined) return askedAgain(places.earlier, body);
  const at = await places.locate();
  try {
    return await askedFirst(places, at, body);
  } catch (error) {
    if (!(error instanceof Frozen)) throw error;
    const next = await places.locate();
    if (next.url === at.url) throw error;
    return askedFirst(places, next, body);
  }
}

async function askedFirst<T>(
  places: RekorPlaces,
  at: RekorAddress,
  body: (at: RekorAddress) => Promise<T>,
): Promise<T> {
  await places.keep(at);
  try {
    return await body(at);
  } catch (error) {
    if (error instanceof Fault && error.kind === 'usage') await places.keep(undefined);
    throw error;
  }
}

/** A refusal says nothing of what an earlier run may have left there. */
async function askedAgain<T>(at: RekorAddress, body: (at: RekorAddress) => Promise<T>): Promise<T> {
  try {
    return await body(at);
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'usage') throw error;
    throw new Fault('network', `${error.message}; whether it has that of an earlier run is not known`, {
      hint: `look for the entry in the log at ${at.url}; where it is not there, remove the submission, and submit again`,
      cause: error,
    });
  }
}
