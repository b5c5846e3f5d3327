// SPDX-License-Identifier: Apache-2.0
/** Narrowing of `unknown` values from files: a mistake is told with the path to it, such as `logs[0].origin`. */
import { Fault, quote } from './fault.ts';

export type Decoder<T> = (value: unknown, path: string) => T;

export const wrong = (path: string, what: string, hint?: string): Fault =>
  new Fault('bad-format', `${path === '' ? 'the document' : path}: ${what}`, { hint });

/** The same for a value that is not what it should be: `what`, or not there. */
export const unlike = (value: unknown, path: string, what: string): Fault =>
  wrong(path, value === undefined ? 'is missing' : what);

export function text(value: unknown, path: string): string {
  if (typeof value !== 'string') throw unlike(value, path, 'is not a string');
  if (value === '') throw wrong(path, 'is empty');
  return value;
}

export function count(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw unlike(value, path, 'is not a whole number, zero or more');
  return value;
}

export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw unlike(value, path, 'is neither true nor false');
  return value;
};

export const oneOf =
  <const T extends readonly string[]>(choices: T): Decoder<T[number]> =>
  (value, path) => {
    if (typeof value === 'string' && choices.includes(value)) return value;
    if (value === undefined) throw wrong(path, 'is missing', `known are ${choices.join(', ')}`);
    throw wrong(path, `is not one of ${choices.join(', ')}`);
  };

export const list =
  <T>(item: Decoder<T>): Decoder<readonly T[]> =>
  (value, path) => {
    if (!Array.isArray(value)) throw unlike(value, path, 'is not a list');
    return value.map((entry, index) => item(entry, `${path}[${index}]`));
  };

export function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unlike(value, path, 'is not a mapping');
  return value as Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, Decoder<unknown>>>;
type Decoded<F extends Fields> = { readonly [K in keyof F]: ReturnType<F[K]> };

/** A mapping of exactly these fields; absent ones reach their decoder as undefined. Unknown keys are refused. */
export const exactly =
  <F extends Fields>(fields: F): Decoder<Decoded<F>> =>
  (value, path) => {
    const input = record(value, path);
    for (const key of Object.keys(input)) {
      if (!Object.hasOwn(fields, key)) throw unknownKey(path, key, Object.keys(fields));
    }
    const entries = Object.entries(fields).map(([key, decode]) => [key, decode(input[key], join(path, key))]);
    return Object.fromEntries(entries) as Decoded<F>;
  };

export const optional =
  <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  (value, path) =>
    value === undefined ? undefined : decode(value, path);

export const withDefault =
  <T>(decode: Decoder<T>, fallback: T): Decoder<T> =>
  (value, path) =>
    value === undefined ? fallback : decode(value, path);

/** Turns a parser of text into a decoder: its Fault is told again with the path. */
export const parsed =
  <T>(parse: (input: string) => T): Decoder<T> =>
  (value, path) => {
    const input = text(value, path);
    try {
      return parse(input);
    } catch (cause) {
      if (cause instanceof Fault) throw wrong(path, cause.message, cause.hint);
      throw cause;
    }
  };

/** A key as a part of a path; one that is no plain word stands in quotes. */
export function join(path: string, key: string): string {
  if (!/^[\w-]{1,64}$/.test(key)) return `${path}[${quote(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function unknownKey(path: string, key: string, known: readonly string[]): Fault {
  const near = nearest(key, known);
  const hint = near === undefined ? `known here: ${known.join(', ')}` : `did you mean ${quote(near)}?`;
  return wrong(join(path, key), 'is not a key that belongs here', hint);
}

/** The known word that somebody may have meant; undefined where none is like it. */
export const nearest = (word: string, known: readonly string[]): string | undefined =>
  known.find((candidate) => Math.abs(candidate.length - word.length) <= 2 && distance(candidate, word) <= 2);

/** Levenshtein's distance; both words are a few letters long. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
