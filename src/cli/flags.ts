// SPDX-License-Identifier: Apache-2.0
/** Flags as data, and their values as decoded ones. */
import { Fault } from '../core/fault.ts';
import { type Fingerprint, parseFingerprint } from '../core/fingerprint.ts';

export interface Flag {
  readonly name: string;
  readonly kind: 'text' | 'texts' | 'switch' | 'number';
  /** What stands for the value in the help. */
  readonly value?: string;
  readonly describe: string;
  readonly required?: boolean;
  readonly fallback?: string;
}

export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly many: boolean;
}

/** The arguments of a run, by name. Every method throws `usage`. */
export interface Arguments {
  text(name: string): string | undefined;
  needed(name: string): string;
  texts(name: string): readonly string[];
  isSet(name: string): boolean;
  number(name: string): number | undefined;
  fingerprint(name: string): Fingerprint | undefined;
  choice<const T extends readonly string[]>(name: string, choices: T): T[number] | undefined;
}

/** A repeated option arrives as an array, a bare `--out` as "". `positional`: what is shown without `--`. */
export function decodeArguments(parsed: Readonly<Record<string, unknown>>, positional?: string): Arguments {
  const shown = (name: string) => (name === positional ? `the ${name}` : `--${name}`);
  const text = (name: string): string | undefined => {
    const value = parsed[name];
    if (value === undefined) return undefined;
    if (Array.isArray(value)) throw usage(`${shown(name)} is given more than once`);
    if (typeof value !== 'string') throw usage(`${shown(name)} takes a value`);
    if (value === '') throw usage(`${shown(name)} is empty`);
    return value;
  };
  const texts = (name: string): readonly string[] => {
    const value = parsed[name];
    const all: readonly unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value];
    return all.map((one) => {
      if (typeof one !== 'string' || one === '') throw usage(`${shown(name)} is empty`);
      return one;
    });
  };
  return {
    text,
    texts,
    needed: (name) => text(name) ?? missing(shown(name)),
    isSet: (name) => parsed[name] === true,
    number: (name) => wholeNumber(name, text(name)),
    fingerprint: (name) => {
      const value = text(name);
      return value === undefined ? undefined : parseFingerprint(value);
    },
    choice: (name, choices) => {
      const value = text(name);
      if (value === undefined || choices.includes(value)) return value;
      throw usage(`--${name} is one of ${choices.join(', ')}`);
    },
  };
}

const usage = (message: string) => new Fault('usage', message);

function missing(name: string): never {
  throw usage(`${name} is missing`);
}

function wholeNumber(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^(?:0|[1-9]\d{0,8})$/.test(value)) throw usage(`--${name} takes a whole number`);
  return Number(value);
}
