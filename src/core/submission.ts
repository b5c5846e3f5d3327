// SPDX-License-Identifier: Apache-2.0
/**
 * A submission that is prepared and not finished: `<manifest>.submission.json`, RFC 8785, a companion of the manifest. Whoever
 * finds it beside the manifest can finish it, and must submit exactly these bytes.
 *
 *   {"schema":"artifact-signing.submission/v1","statement":{"schema":"artifact-signing.statement/v1",…}}
 *
 * Where a request cannot be made a second time, because it holds a signature that comes out otherwise each time or because its key is
 * elsewhere, it is kept, by the kind of log: "prepared":{"rekor":"<base64>"}.
 */
import { formatCanonicalJson, parseCanonicalJson } from './canonical-json.ts';
import { type Decoder, exactly, optional, parsed, record, wrong } from './decode.ts';
import { formatBase64, parseBase64 } from './encoding.ts';
import { quote } from './fault.ts';
import { formatStatement, parseStatement, type Statement } from './statement.ts';

export const SUBMISSION_SCHEMA = 'artifact-signing.submission/v1';

export interface Submission {
  readonly statement: Statement;
  /** The bytes to submit, by the kind of log; of those alone that the statement does not make. */
  readonly prepared: ReadonlyMap<string, Uint8Array>;
}

export const formatSubmission = ({ statement, prepared }: Submission): Uint8Array =>
  formatCanonicalJson({
    schema: SUBMISSION_SCHEMA,
    statement: parseCanonicalJson(formatStatement(statement)),
    ...(prepared.size === 0
      ? {}
      : { prepared: Object.fromEntries([...prepared].map(([kind, request]) => [kind, formatBase64(request)])) }),
  });

/** Throws `bad-format`. */
export function parseSubmission(bytes: Uint8Array): Submission {
  const { statement, prepared } = document(parseCanonicalJson(bytes), '');
  return { statement, prepared: prepared ?? new Map() };
}

const requests: Decoder<ReadonlyMap<string, Uint8Array>> = (value, path) => {
  const found = new Map<string, Uint8Array>();
  for (const [kind, request] of Object.entries(record(value, path))) {
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(kind)) throw wrong(path, `holds ${quote(kind)}, which is no kind of log`);
    found.set(kind, parsed(parseBase64)(request, `${path}.${kind}`));
  }
  if (found.size === 0) throw wrong(path, 'is empty');
  return found;
};

const document = exactly({
  schema: (value: unknown, path: string) => {
    if (value !== SUBMISSION_SCHEMA) throw wrong(path, `is not ${SUBMISSION_SCHEMA}`);
    return SUBMISSION_SCHEMA;
  },
  statement: (value: unknown, path: string) => parseStatement(formatCanonicalJson(record(value, path))),
  prepared: optional(requests),
});
