// SPDX-License-Identifier: Apache-2.0
/**
 * RFC 8785, the JSON Canonicalization Scheme, for the values that our documents hold: no white space, keys sorted by
 * their UTF-16 code units, strings as ECMAScript writes them, whole numbers that a double holds exactly.
 *
 *   {"a":[1,null,true],"b":"\u000f ö"}
 */
import { decodeUtf8, equalBytes } from './encoding.ts';
import { Fault, quote } from './fault.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** The largest document that we read: bytes. */
const CAP = 1024 * 1024;

/** How deep arrays and objects may stand in each other. */
const DEPTH = 32;

/**
 * The canonical bytes of a plain value. Throws `bad-format` for everything else: fractions, integers beyond 2^53-1, minus
 * zero, lone surrogates, undefined, instances of classes, holes in arrays, nesting deeper than 32.
 */
export const formatCanonicalJson = (value: unknown): Uint8Array => Buffer.from(format(value, 0));

/** Reads at most 1 MiB that is exactly what `formatCanonicalJson` writes. Throws `bad-format`. */
export function parseCanonicalJson(bytes: Uint8Array): Json {
  const text = decodeUtf8(bytes, CAP, 'the JSON document');
  const value = parse(text);
  if (!equalBytes(formatCanonicalJson(value), bytes))
    throw new Fault('bad-format', 'the JSON is not in canonical form (RFC 8785)');
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new Fault('bad-format', 'not JSON', { cause });
  }
}

function format(value: unknown, depth: number): string {
  if (depth > DEPTH) throw new Fault('bad-format', `JSON that is nested more than ${DEPTH} deep`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return formatString(value);
  if (typeof value === 'number') return formatNumber(value);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => format(item, depth + 1)).join(',')}]`;
  if (isPlainObject(value)) return formatObject(value, depth);
  throw new Fault('bad-format', `a value that canonical JSON does not have: ${typeof value}`);
}

function formatString(text: string): string {
  // JSON.stringify escapes a lone surrogate instead of refusing it, and then two texts have one form.
  if (!text.isWellFormed())
    throw new Fault('bad-format', `text with half of a surrogate pair: ${quote(text.toWellFormed().slice(0, 80))}`);
  return JSON.stringify(text);
}

function formatNumber(value: number): string {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  throw new Fault('bad-format', `a number that is not a whole one of at most 2^53-1: ${value}`);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The order of `sort()` is that of the code units, as section 3.2.3 wants it. */
function formatObject(value: Readonly<Record<string, unknown>>, depth: number): string {
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${formatString(key)}:${format(value[key], depth + 1)}`).join(',')}}`;
}
