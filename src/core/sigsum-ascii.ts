// SPDX-License-Identifier: Apache-2.0
/**
 * The text form of everything in Sigsum: lines of `key=value`, where a value is hashes, keys and signatures in lower-case hexadecimal
 * digits and whole numbers, with one space between them. One form for each value, as the reference implementation reads it.
 */
import { parseDecimal } from './encoding.ts';
import { Fault, quote } from './fault.ts';
import { type Hash, parseHash } from './merkle.ts';

/** Bytes. */
export const SIGNATURE_SIZE = 64;

/** The lines of one part of a document, taken one after the other. Every Fault is `bad-format` and begins with `what`. */
export interface AsciiLines {
  /** The values of the next line, which MUST have this key and so many values. */
  take(key: string, values: number): readonly string[];
  /** Whether the next line has this key. */
  isNext(key: string): boolean;
  /** MUST be called when everything was taken. */
  end(): void;
  readonly bad: (why: string) => Fault;
}

/** `text` MUST be empty or end with a newline, and have no empty line; otherwise `bad-format`. */
export function asciiLines(text: string, what: string): AsciiLines {
  const bad = (why: string) => new Fault('bad-format', `${what} ${why}`);
  const lines = text.split('\n');
  if (lines.pop() !== '') throw bad('does not end with a newline');
  let at = 0;
  const keyOf = (line: string | undefined) => line?.slice(0, Math.max(line.indexOf('='), 0));
  return {
    take: (key, count) => {
      const line = lines[at];
      if (keyOf(line) !== key) throw bad(`has no line ${quote(key)} where it belongs`);
      const values = (line ?? '').slice(key.length + 1).split(' ');
      if (values.length !== count)
        throw bad(`has ${values.length} values for ${quote(key)}, where there have to be ${count}`);
      at += 1;
      return values;
    },
    isNext: (key) => keyOf(lines[at]) === key,
    end: () => {
      const more = lines[at];
      if (more !== undefined) throw bad(`has a line that does not belong there: ${quote(more.slice(0, 80))}`);
    },
    bad,
  };
}

/** So many bytes in lower-case hexadecimal digits. Throws `bad-format`. */
export function parseHex(text: string, size: number): Uint8Array {
  if (text.length === 2 * size && /^[0-9a-f]*$/.test(text)) return Buffer.from(text, 'hex');
  throw new Fault('bad-format', `not ${size} bytes in lower-case hexadecimal digits: ${quote(text.slice(0, 80))}`);
}

export const formatHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const parseHexHash = (text: string): Hash => parseHash(parseHex(text, 32));

export const parseHexSignature = (text: string): Uint8Array => parseHex(text, SIGNATURE_SIZE);

/** The value of a line that has one. */
export const takeHash = (lines: AsciiLines, key: string): Hash => parseHexHash(one(lines, key));
export const takeNumber = (lines: AsciiLines, key: string): number => parseDecimal(one(lines, key));
export const takeSignature = (lines: AsciiLines, key: string): Uint8Array => parseHexSignature(one(lines, key));

const one = (lines: AsciiLines, key: string): string => lines.take(key, 1)[0] ?? '';
