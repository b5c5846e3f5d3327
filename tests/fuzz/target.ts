// SPDX-License-Identifier: Apache-2.0
/** A parser under attack: what it is fed with, what it may say, and what has to hold of everything that it accepts. */
import { equalBytes } from '../../src/core/encoding.ts';
import { Fault, type FaultKind } from '../../src/core/fault.ts';
import type { Cut } from './cut.ts';

export interface Target {
  readonly name: string;
  /** Accepted, every one. */
  readonly corpus: readonly Uint8Array[];
  /** The kinds of faults that it may throw; anything else that is thrown is a defect. */
  readonly kinds: readonly FaultKind[];
  /** Parses, and throws a `Broken` where something that was accepted is not what it should be. */
  check(input: Uint8Array): unknown;
  /** Which beginnings of what is right are right as well; none, where it is absent. */
  readonly cut?: Cut;
  /** The largest input that is looked at: bytes. Absent where the size is looked at elsewhere. */
  readonly cap?: number;
  /** The largest input that comes, where others look at the size. */
  readonly largest?: number;
  /** Not fed with large inputs: they cannot come, or another parser has read them before. */
  readonly isSmall?: true;
}

/** Accepted, and not as promised. */
export class Broken extends Error {}

/** Of a message and its hint, which may quote something: characters. */
const LONGEST = 10_000;

/** `accepted`, or the kind of the Fault. Throws what is a defect. */
export async function outcomeOf(target: Target, input: Uint8Array): Promise<FaultKind | 'accepted'> {
  try {
    await target.check(input);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Fault && target.kinds.includes(error.kind))) throw error;
    if (`${error.message}${error.hint}`.length > LONGEST)
      throw new Broken(`${error.message.length} characters of a message`);
    return error.kind;
  }
}

/** A format with one form for each value: what is accepted is what would be written. */
export const canonical =
  <T>(parse: (input: Uint8Array) => T, format: (value: T) => Uint8Array | string) =>
  (input: Uint8Array): T => {
    const value = parse(input);
    const again = format(value);
    if (equalBytes(typeof again === 'string' ? Buffer.from(again) : again, input)) return value;
    throw new Broken(`accepted, and written again as ${JSON.stringify(Buffer.from(again).toString('latin1'))}`);
  };

/** The same for what is parsed from text; what is not UTF-8 does not get there. */
export const canonicalText = <T>(parse: (input: string) => T, format: (value: T) => string) =>
  ofText((input) => {
    const again = format(parse(input));
    if (again !== input) throw new Broken(`accepted, and written again as ${JSON.stringify(again)}`);
  });

export const ofText =
  (check: (input: string) => unknown) =>
  (input: Uint8Array): unknown =>
    check(Buffer.from(input).toString());

export const texts = (...all: readonly string[]): readonly Uint8Array[] => all.map((text) => Buffer.from(text));
