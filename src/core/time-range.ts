// SPDX-License-Identifier: Apache-2.0
/** Sigstore's TimeRange in protobuf JSON, `{"start":"2024-01-01T00:00:00Z","end":"…"}`: both belong to it, and the end may be open. */
import { type Decoder, exactly, optional, text, wrong } from './decode.ts';

export interface TimeRange {
  readonly start: Date;
  readonly end: Date | undefined;
}

/** RFC 3339 in UTC, with up to nine digits behind the second, of which three count. */
const time: Decoder<Date> = (value, path) => {
  const written = text(value, path);
  const [, second, fraction = ''] = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z$/.exec(written) ?? [];
  const date = new Date(`${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`);
  if (second === undefined || Number.isNaN(date.getTime()) || !date.toISOString().startsWith(second))
    throw wrong(path, 'is not a time in UTC such as 2026-04-01T12:00:00Z');
  return date;
};

const fields = exactly({ start: time, end: optional(time) });

export const timeRange: Decoder<TimeRange> = (value, path) => {
  const range = fields(value, path);
  if (range.end !== undefined && range.end < range.start) throw wrong(`${path}.end`, 'is earlier than "start"');
  return range;
};

export const isWithin = (date: Date, { start, end }: TimeRange): boolean =>
  date >= start && (end === undefined || date <= end);
