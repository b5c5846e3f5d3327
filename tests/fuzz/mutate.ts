// SPDX-License-Identifier: Apache-2.0
/** Makes something that is nearly right out of what is right. */
import type { Random } from './random.ts';

type Mutation = (input: Buffer, random: Random, corpus: readonly Uint8Array[]) => Buffer;

/** From there to there, both at random. */
function cut(input: Buffer, random: Random): readonly [from: number, to: number] {
  const ends = [random.below(input.length + 1), random.below(input.length + 1)].sort((a, b) => a - b);
  return [ends[0] ?? 0, ends[1] ?? 0];
}

const replace = (input: Buffer, from: number, to: number, by: Uint8Array): Buffer =>
  Buffer.concat([input.subarray(0, from), by, input.subarray(to)]);

/** An octet of the same kind of document, as a rule. */
const anOctet = (input: Buffer, random: Random): number =>
  random.below(4) === 0 ? random.below(256) : (input[random.below(input.length)] ?? 0);

const flipBit: Mutation = (input, random) => {
  const copy = Buffer.from(input);
  const at = random.below(copy.length);
  if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
  return copy;
};

const setOctet: Mutation = (input, random) => {
  const at = random.below(input.length);
  return replace(input, at, at + 1, Buffer.of(anOctet(input, random)));
};

const insertOctet: Mutation = (input, random) => {
  const at = random.below(input.length + 1);
  return replace(input, at, at, Buffer.of(anOctet(input, random)));
};

const truncate: Mutation = (input, random) => input.subarray(0, random.below(input.length));
const behead: Mutation = (input, random) => input.subarray(random.below(input.length));
const remove: Mutation = (input, random) => replace(input, ...cut(input, random), Buffer.alloc(0));

const repeat: Mutation = (input, random) => {
  const [from, to] = cut(input, random);
  const part = input.subarray(from, Math.min(to, from + 64));
  return replace(input, from, from, Buffer.concat(Array.from({ length: 1 + random.below(20) }, () => part)));
};

const splice: Mutation = (input, random, corpus) => {
  const other = Buffer.from(random.pick(corpus));
  return Buffer.concat([input.subarray(0, random.below(input.length)), other.subarray(random.below(other.length))]);
};

const transplant: Mutation = (input, random, corpus) => {
  const other = Buffer.from(random.pick(corpus));
  const [from, to] = cut(input, random);
  const [otherFrom, otherTo] = cut(other, random);
  return replace(input, from, to, other.subarray(otherFrom, otherTo));
};

/** What lengths and counts go wrong at. */
const LIMITS = [0, 1, 0x7f, 0x80, 0xbf, 0xc0, 0xdf, 0xe0, 0xfe, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0xffffffff];

const setLength: Mutation = (input, random) => {
  const octets = random.pick([1, 2, 4]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(random.pick(LIMITS));
  const at = random.below(Math.max(1, input.length - octets));
  return replace(input, at, at + octets, bytes.subarray(4 - octets));
};

/** The number one more, one less, or at a limit. */
const setDecimal: Mutation = (input, random) => {
  const text = input.toString('latin1');
  const numbers = [...text.matchAll(/\d+/g)];
  if (numbers.length === 0) return input;
  const { index, 0: digits } = random.pick(numbers);
  const values = ['0', '-1', '00', '1e3', '0x10', '255', '256', '65536', '9007199254740991', '9007199254740992', '٣'];
  const near = [`${Number(digits) + 1}`, `${Number(digits) - 1}`, `0${digits}`, ` ${digits}`, `${digits}.0`];
  return replace(input, index, index + digits.length, Buffer.from(random.pick([...values, ...near])));
};

/** Lines with their ends. */
const linesOf = (input: Buffer): string[] => input.toString('latin1').split(/(?<=\n)/);
const fromLines = (lines: readonly string[]): Buffer => Buffer.from(lines.join(''), 'latin1');

const doubleLine: Mutation = (input, random) => {
  const lines = linesOf(input);
  lines.splice(random.below(lines.length + 1), 0, random.pick(lines));
  return fromLines(lines);
};

const dropLine: Mutation = (input, random) =>
  fromLines(linesOf(input).toSpliced(random.below(linesOf(input).length), 1));

const swapLines: Mutation = (input, random) => {
  const lines = linesOf(input);
  const [a, b] = [random.below(lines.length), random.below(lines.length)];
  return fromLines(lines.with(a, lines[b] ?? '').with(b, lines[a] ?? ''));
};

/** What is special to somebody. */
const WORDS = [
  '\n',
  '\n\n',
  '\r\n',
  '\r',
  '\0',
  '\t',
  ' ',
  '  ',
  '\\',
  '\\n',
  '"',
  "'",
  '/',
  '//',
  '../',
  '/..',
  '.',
  '-',
  '--',
  '=',
  '==',
  ':',
  ': ',
  ',',
  '[',
  ']',
  '{',
  '}',
  '{}',
  '{{',
  '#',
  '&a ',
  '*a',
  '!',
  '!!binary ',
  '<<: ',
  '? ',
  '- ',
  '|',
  '>',
  '%',
  '@',
  '`',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\u202e',
  '\u0301',
  'é',
  'ß',
  'İ',
  'K',
  '\ud83d\ude00',
  '__proto__',
  'constructor',
  'null',
  'true',
  '~',
  '-----BEGIN PGP SIGNATURE-----\n',
  '-----END PGP SIGNATURE-----\n',
  '— ',
  '+',
  '0x',
  'e',
  '.asc',
  '.SHA256SUMS',
];

const insertWord: Mutation = (input, random) => {
  const at = random.below(input.length + 1);
  return replace(input, at, at, Buffer.from(random.pick(WORDS)));
};

/** A continuation or a surrogate that no UTF-8 has. */
const breakUtf8: Mutation = (input, random) => {
  const at = random.below(input.length + 1);
  return replace(input, at, at, random.pick([Buffer.of(0x80), Buffer.of(0xc0, 0xaf), Buffer.of(0xed, 0xa0, 0x80)]));
};

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setOctet,
  setOctet,
  insertOctet,
  insertOctet,
  truncate,
  behead,
  remove,
  repeat,
  splice,
  transplant,
  setLength,
  setLength,
  setDecimal,
  doubleLine,
  dropLine,
  swapLines,
  insertWord,
  insertWord,
  breakUtf8,
];

/** One to four mutations of one of the corpus. */
export function mutate(random: Random, corpus: readonly Uint8Array[]): Buffer {
  let input = Buffer.from(random.pick(corpus));
  const times = 1 + random.below(random.pick([1, 2, 4]));
  for (let time = 0; time < times; time += 1) input = Buffer.from(random.pick(MUTATIONS)(input, random, corpus));
  return input;
}
