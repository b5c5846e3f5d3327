// SPDX-License-Identifier: Apache-2.0
/**
 * A submission that is prepared and not finished: `<manifest>.submission.json`, RFC 8785, a companion of the manifest. Whoever
 * finds it beside the manifest can finish it, and must submit exactly these bytes.
 *
 *   {"logs":["sigstore","tiles:"],"schema":"artifact-signing.submission/v1","since":"2026-04-01T12:00:00Z",
 *    "statement":{"schema":"artifact-signing.statement/v1",…}}                                             (on one line)
 *
 * `logs` are those that it is for, by the names that the policy gives them; "tiles:" is a tile log, whose directory is nobody else's
 * business. `since` is when it was first prepared, by the clock of that machine: the statement has no time, and those of files do not
 * outlive a copy. Where a request cannot be made a second time, because it holds a signature that comes out otherwise each time or because its key is
 * elsewhere, it is kept, by the kind of log: "prepared":{"rekor":"<base64>"}. Where the address of a log can be another one the next
 * time, that at which it was asked is kept, by the name of the log, which may have the entry there:
 * "asked":{"sigstore":"https://log2025-1.rekor.example.org"}. Where what is published has to be looked at first, it says where that is:
 * "published_url":"https://tarballs.example.org/nova".
 */
import { httpAddress } from './address.ts';
import { formatCanonicalJson, parseCanonicalJson } from './canonical-json.ts';
import { type Decoder, exactly, list, optional, parsed, record, text, wrong } from './decode.ts';
import { formatBase64, parseBase64 } from './encoding.ts';
import { quote } from './fault.ts';
import { formatStatement, parseStatement, type Statement } from './statement.ts';

const SUBMISSION_SCHEMA = 'artifact-signing.submission/v1';

/** What a submission calls a tile log. */
export const TILE_LOG = 'tiles:';

export interface Submission {
  /** At least one, none twice. */
  readonly logs: readonly string[];
  /** In whole seconds. */
  readonly since: Date;
  readonly statement: Statement;
  /** The bytes to submit, by the kind of log; of those alone that the statement does not make. */
  readonly prepared: ReadonlyMap<string, Uint8Array>;
  /** Without a slash at their ends, by the names in `logs`. */
  readonly asked: ReadonlyMap<string, string>;
  /** Without a slash at its end: the directory in which the release is published, where that is to be looked at before anything is logged. */
  readonly publishedUrl?: string | undefined;
}

export const formatSubmission = ({ logs, since, statement, prepared, asked, publishedUrl }: Submission): Uint8Array =>
  formatCanonicalJson({
    logs,
    schema: SUBMISSION_SCHEMA,
    since: formatTime(since),
    statement: parseCanonicalJson(formatStatement(statement)),
    ...(prepared.size === 0
      ? {}
      : { prepared: Object.fromEntries([...prepared].map(([kind, request]) => [kind, formatBase64(request)])) }),
    ...(asked.size === 0 ? {} : { asked: Object.fromEntries(asked) }),
    ...(publishedUrl === undefined ? {} : { published_url: publishedUrl }),
  });

/** Throws `bad-format`. */
export function parseSubmission(bytes: Uint8Array): Submission {
  const { schema: _, prepared, asked, published_url: publishedUrl, ...rest } = document(parseCanonicalJson(bytes), '');
  const stranger = [...(asked?.keys() ?? [])].find((log) => !rest.logs.includes(log));
  if (stranger !== undefined) throw wrong('asked', `holds ${quote(stranger)}, which is none of the logs`);
  return {
    ...rest,
    prepared: prepared ?? new Map(),
    asked: asked ?? new Map(),
    ...(publishedUrl === undefined ? {} : { publishedUrl }),
  };
}

const formatTime = (time: Date): string => `${time.toISOString().slice(0, -'.000Z'.length)}Z`;

const time: Decoder<Date> = (value, path) => {
  const written = text(value, path);
  const read = new Date(written);
  if (Number.isNaN(read.getTime()) || formatTime(read) !== written)
    throw wrong(path, 'is not a time in UTC such as 2026-04-01T12:00:00Z');
  return read;
};

const MAX_LOGS = 32;

const names: Decoder<readonly string[]> = (value, path) => {
  const logs = list(text)(value, path);
  if (logs.length === 0) throw wrong(path, 'is empty');
  if (logs.length > MAX_LOGS) throw wrong(path, `holds more than ${MAX_LOGS} logs`);
  if (new Set(logs).size < logs.length) throw wrong(path, 'holds a log twice');
  return logs;
};

const requests: Decoder<ReadonlyMap<string, Uint8Array>> = (value, path) => {
  const found = new Map<string, Uint8Array>();
  for (const [kind, request] of Object.entries(record(value, path))) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind)) throw wrong(path, `holds ${quote(kind)}, which is no kind of log`);
    found.set(kind, parsed(parseBase64)(request, `${path}.${kind}`));
  }
  if (found.size === 0) throw wrong(path, 'is empty');
  return found;
};

const address: Decoder<string> = (value, path) => {
  const url = httpAddress(value, path);
  if (url !== value) throw wrong(path, 'holds an address with a slash at its end');
  return url;
};

const addresses: Decoder<ReadonlyMap<string, string>> = (value, path) => {
  const found = new Map<string, string>();
  for (const [log, url] of Object.entries(record(value, path))) found.set(log, address(url, path));
  if (found.size === 0) throw wrong(path, 'is empty');
  return found;
};

const document = exactly({
  logs: names,
  schema: (value: unknown, path: string) => {
    if (value !== SUBMISSION_SCHEMA) throw wrong(path, `is not ${SUBMISSION_SCHEMA}`);
    return SUBMISSION_SCHEMA;
  },
  since: time,
  statement: (value: unknown, path: string) => parseStatement(formatCanonicalJson(record(value, path))),
  prepared: optional(requests),
  asked: optional(addresses),
  published_url: optional(address),
});
