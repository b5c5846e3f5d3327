// SPDX-License-Identifier: Apache-2.0
/** What a refused call throws. */
import { expect } from 'vitest';
import { Fault, type FaultKind } from '../src/core/fault.ts';

const asRefusal = (error: unknown, kind: FaultKind): Fault => {
  if (!(error instanceof Fault)) throw error;
  expect({ kind: error.kind, message: error.message }).toEqual({ kind, message: error.message });
  return error;
};

/** The Fault of this kind that the call throws; everything else fails the test. */
export function refusal(kind: FaultKind, body: () => unknown): Fault {
  let result: unknown;
  try {
    result = body();
  } catch (error) {
    return asRefusal(error, kind);
  }
  throw new Error(`not refused, but ${JSON.stringify(result)}`);
}

/** The Fault of this kind that the promise ends with; everything else fails the test. */
export async function refused(kind: FaultKind, promise: Promise<unknown>): Promise<Fault> {
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    return asRefusal(error, kind);
  }
  throw new Error(`not refused, but ${JSON.stringify(result)}`);
}
