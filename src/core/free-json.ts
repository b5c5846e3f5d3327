// SPDX-License-Identifier: Apache-2.0
/**
 * JSON of other programs, in which white space and the order of names are free, and nothing else is: a name that stands twice, a
 * number or a character that is written in another than its usual way would be read otherwise by others.
 */
import { formatCanonicalJson } from './canonical-json.ts';
import { decodeUtf8 } from './encoding.ts';
import { Fault } from './fault.ts';

/** Reads at most `cap` bytes; `what` names the document. Throws `bad-format`, also for fractions and for deep nesting. */
export function parseFreeJson(bytes: Uint8Array, cap: number, what: string): unknown {
  const text = decodeUtf8(bytes, cap, what);
  const value = parse(text, what);
  // bounds depth and numbers: what comes next would overflow the stack
  formatCanonicalJson(value);
  if (JSON.stringify(value) === withoutSpace(text)) return value;
  throw new Fault('bad-format', `${what} holds a name twice, or writes a number or a character in an unusual way`);
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Fault('bad-format', `${what} is not JSON`, { cause });
  }
}

/** The text is JSON, so that quotes come in pairs. */
const withoutSpace = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g, (part) => (part.startsWith('"') ? part : ''));
