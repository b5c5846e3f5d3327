// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Fingerprint } from '../../src/core/fingerprint.ts';
import { parseArtifactName } from '../../src/core/name.ts';
import { sha256 } from '../../src/core/sha256.ts';
import { formatStatement, STATEMENT_SCHEMA, type Statement } from '../../src/core/statement.ts';
import { formatSubmission, parseSubmission } from '../../src/core/submission.ts';
import { refusal } from '../refusal.ts';

const statement: Statement = {
  schema: STATEMENT_SCHEMA,
  project: 'opendev.org/openstack/nova',
  version: '31.0.0',
  manifest: { name: parseArtifactName('nova-31.0.0.SHA256SUMS'), sha256: sha256('x'), size: 1312 },
  signer: 'AB'.repeat(20) as Fingerprint,
};
const since = new Date('2026-04-01T12:00:00Z');
const logs = ['sigstore', 'tiles:'];
const TEXT = Buffer.from(
  formatSubmission({ logs, since, statement, prepared: new Map(), asked: new Map() }),
).toString();
const FIELDS = '"logs":["sigstore","tiles:"],"schema":"artifact-signing.submission/v1","since":"2026-04-01T12:00:00Z"';

const prepared = (requests: string) => TEXT.replace('"schema"', `"prepared":${requests},"schema"`);

const askedAt = (addresses: string) => TEXT.replace('{', `{"asked":${addresses},`);

describe('a pending submission', () => {
  it('is one line of canonical JSON around the very statement that will be logged', () => {
    const inner = Buffer.from(formatStatement(statement)).toString();
    expect(TEXT).toBe(`{${FIELDS},"statement":${inner}}`);
  });

  it('reads back what was written, byte for byte', () => {
    const read = parseSubmission(Buffer.from(TEXT));
    expect(read).toEqual({ logs, since, statement, prepared: new Map(), asked: new Map() });
    expect(Buffer.from(formatSubmission(read)).toString()).toBe(TEXT);
  });

  it('keeps the requests that cannot be made again, by the kind of log', () => {
    const prepared = new Map([['rekor', Buffer.from('request')]]);
    const bytes = formatSubmission({ logs, since, statement, prepared, asked: new Map() });
    expect(Buffer.from(bytes).toString()).toContain('"prepared":{"rekor":"cmVxdWVzdA=="},"schema":');
    expect(parseSubmission(bytes)).toEqual({ logs, since, statement, prepared, asked: new Map() });
  });

  it('keeps where a log was asked, by its name', () => {
    const asked = new Map([['sigstore', 'https://one.example.org']]);
    const bytes = formatSubmission({ logs, since, statement, prepared: new Map(), asked });
    expect(Buffer.from(bytes).toString()).toBe(askedAt('{"sigstore":"https://one.example.org"}'));
    expect(parseSubmission(bytes).asked).toEqual(asked);
  });

  it('keeps where the release is published', () => {
    const publishedUrl = 'https://tarballs.example.org/nova';
    const bytes = formatSubmission({ logs, since, statement, prepared: new Map(), asked: new Map(), publishedUrl });
    expect(Buffer.from(bytes).toString()).toBe(TEXT.replace('"schema"', `"published_url":"${publishedUrl}","schema"`));
    expect(parseSubmission(bytes).publishedUrl).toBe(publishedUrl);
  });

  it.each<readonly [string, string, string]>([
    ...[
      ['[]', 'published_url: is '],
      ['"http://x/"', 'published_url: holds an address with a slash'],
      ['"http://me:secret@x"', 'published_url: holds a name or a password'],
      ['"http://x?token=1"', 'published_url: is not an http(s) address without query'],
    ].map(
      ([value, why]) =>
        [`the address ${value}`, TEXT.replace('"schema"', `"published_url":${value},"schema"`), why ?? ''] as const,
    ),
    ['another schema', TEXT.replace('submission/v1', 'submission/v2'), 'schema: is not artifact-signing.submission/v1'],
    ['no statement', `{${FIELDS}}`, 'statement: is missing'],
    ['no logs', TEXT.replace(/"logs":[^\]]*\],/, ''), 'logs: is missing'],
    ['an empty list of logs', TEXT.replace(/"logs":[^\]]*\]/, '"logs":[]'), 'logs: is empty'],
    ['a log twice', TEXT.replace('"tiles:"', '"sigstore"'), 'logs: holds a log twice'],
    ['a log without a name', TEXT.replace('"tiles:"', '""'), 'logs[1]: is empty'],
    [
      'more logs than anybody has',
      TEXT.replace('"tiles:"', Array.from({ length: 32 }, (_, n) => `"${n}"`).join()),
      'logs: holds more than 32 logs',
    ],
    ['no time', TEXT.replace(/"since":"[^"]*",/, ''), 'since: is missing'],
    ...['2026-04-01', '2026-04-01T12:00:00.5Z', '2026-04-01T12:00:00+00:00', '2026-02-30T12:00:00Z', 'now'].map(
      (time) =>
        [`the time ${time}`, TEXT.replace('2026-04-01T12:00:00Z', time), 'since: is not a time in UTC'] as const,
    ),
    ['a statement that is none', `{${FIELDS},"statement":{}}`, 'schema: is not artifact-signing.statement/v1'],
    ['no requests', prepared('{}'), 'prepared: is empty'],
    ['a request that is no base64', prepared('{"rekor":"x"}'), 'prepared.rekor: not base64'],
    ['a request of what is no kind', prepared('{"A b":"eA=="}'), 'is no kind of log'],
    ['no addresses', askedAt('{}'), 'asked: is empty'],
    ['an address that is none', askedAt('{"sigstore":"x"}'), 'asked: is not an http(s) address'],
    ['an address in another form', askedAt('{"sigstore":"http://x/"}'), 'asked: holds an address with a slash'],
    ['the address of another log', askedAt('{"other":"http://x"}'), 'asked: holds "other", which is none of the logs'],
    ['another key', TEXT.replace(/}$/, ',"zeal":1}'), 'zeal: is not a key that belongs here'],
    ['a statement with a digest that is none', TEXT.replace(sha256('x'), 'x'), 'not a SHA-256 digest'],
    ['white space', ` ${TEXT}`, 'canonical form'],
    ['a newline at its end', `${TEXT}\n`, 'canonical form'],
    ['half of it', TEXT.slice(0, 100), 'not JSON'],
    ['nothing', '', 'not JSON'],
  ])('is refused with %s', (_, text, message) => {
    expect(refusal('bad-format', () => parseSubmission(Buffer.from(text))).message).toContain(message);
  });
});
