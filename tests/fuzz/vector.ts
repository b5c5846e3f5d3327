// SPDX-License-Identifier: Apache-2.0
/**
 * What once went wrong, as a file: what it was, the parser, the end that it should have, and the input in pieces, each
 * with how often it comes and its octets as the characters of a JSON string:
 *
 *   # a row of spaces took minutes
 *   target: signature
 *   expect: bad-signature
 *
 *   65000 " "
 *   1 "x"
 */
import type { FaultKind } from '../../src/core/fault.ts';

export interface Vector {
  readonly target: string;
  readonly expect: FaultKind | 'accepted';
  readonly input: Buffer;
}

export function parseVector(text: string): Vector {
  const [head = '', body = ''] = text.split('\n\n');
  const header = (name: string) => {
    const value = new RegExp(`^${name}: (.+)$`, 'm').exec(head)?.[1];
    if (value === undefined) throw new Error(`a vector without "${name}:"`);
    return value;
  };
  const pieces = body
    .trim()
    .split('\n')
    .map((line) => {
      const [, count = '', piece = ''] = /^(\d+) (".*")$/.exec(line) ?? [];
      return Buffer.from((JSON.parse(piece) as string).repeat(Number(count)), 'latin1');
    });
  return { target: header('target'), expect: header('expect') as Vector['expect'], input: Buffer.concat(pieces) };
}

export const formatVector = (why: string, target: string, expect: string, input: Uint8Array): string =>
  `# ${why}\ntarget: ${target}\nexpect: ${expect}\n\n1 ${JSON.stringify(Buffer.from(input).toString('latin1'))}\n`;
