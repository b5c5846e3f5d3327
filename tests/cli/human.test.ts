// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatFindings, formatResult } from '../../src/cli/human.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Fingerprint } from '../../src/core/fingerprint.ts';
import { makeReport, type Outcome } from '../../src/core/report.ts';
import { sha256 } from '../../src/core/sha256.ts';

const SUBKEY = 'AB'.repeat(20) as Fingerprint;
const PRIMARY = 'CD'.repeat(20) as Fingerprint;
const signature = { file: 'a.asc', signer: SUBKEY, primary: PRIMARY, created: '2026-04-01T12:00:00Z', state: 'good' };

const resultOf = (outcome: Outcome) => formatResult(makeReport('verify', outcome));

describe('the result for people', () => {
  it('has a line for each file, manifest and log entry: what, who, when', () => {
    const text = resultOf({
      files: [
        { name: 'a', action: 'listed' },
        { name: 'b c', action: 'signed', signature },
        { name: 'd', action: 'verified', signature: { ...signature, signer: PRIMARY, state: 'expired-after-signing' } },
      ],
      manifests: [
        { name: 'SHA256SUMS', path: 'x/SHA256SUMS', sha256: sha256('x'), size: 1, action: 'written', signature },
      ],
      logs: [
        {
          kind: 'tiles',
          origin: 'example.org/log',
          index: 41,
          entry: 'ab'.repeat(32),
          tree_size: 42,
          proof: 'SHA256SUMS.tlog-proof',
          action: 'logged',
          release: { project: 'opendev.org/openstack/nova', version: '31.0.0', ref: 'refs/tags/31.0.0' },
        },
      ],
    });
    expect(text.split('\n')).toEqual([
      'listed a',
      `signed b c signed 2026-04-01T12:00:00Z by ${SUBKEY} of ${PRIMARY}`,
      `verified d signed 2026-04-01T12:00:00Z by ${PRIMARY} (expired-after-signing)`,
      `written SHA256SUMS sha256:${sha256('x')} signed 2026-04-01T12:00:00Z by ${SUBKEY} of ${PRIMARY}`,
      'logged SHA256SUMS.tlog-proof log example.org/log index 41 of 42, opendev.org/openstack/nova 31.0.0 refs/tags/31.0.0',
      '',
    ]);
  });

  it('says of the certificate of a recorder that it does not count', () => {
    const record = { domain: 'ab.cd.x.org', serial: '01', sha256: sha256('x'), not_before: '2026-04-01T12:00:00Z' };
    const log = { kind: 'recorder', origin: 'x.org', proof: 'a.recorder.pem', action: 'verified', record } as const;
    const certificate = `certificate of ab.cd.x.org serial 01 sha256:${sha256('x')} from 2026-04-01T12:00:00Z`;
    expect(resultOf({ logs: [log] })).toBe(`verified a.recorder.pem recorder x.org ${certificate}, not counted\n`);
  });

  it('is nothing where nothing was done', () => {
    expect(resultOf({})).toBe('');
  });

  it('is the only value of a command that tells one, as it is', () => {
    expect(resultOf({ detail: { entry: '{"a":"b"}' }, files: [{ name: 'a', action: 'listed' }] })).toBe('{"a":"b"}\n');
    expect(resultOf({ detail: { entry: '"\u200b"' } })).toBe('"\u200b"\n');
  });

  it('has a line for each value of a list, with its parts', () => {
    const keys = [
      { key: 'AB', state: 'good', user: 'x\u001b[2J' },
      { key: 'CD', state: null },
    ];
    expect(resultOf({ detail: { keys } })).toBe('key AB, state good, user x\\u{1b}[2J\nkey CD, state null\n');
    expect(resultOf({ detail: { keys: [] } })).toBe('');
  });

  it('is the values of a command that tells several, by their names', () => {
    expect(resultOf({ detail: { tree_size: 42, origin: 'x\r' } })).toBe('tree size: 42\norigin: x\\u{d}\n');
  });

  it('shows no name that could pass for another', () => {
    expect(resultOf({ files: [{ name: 'a\u202ezg.rat', action: 'verified' }] })).toBe('verified a\\u{202e}zg.rat\n');
  });
});

describe('the findings for people', () => {
  it('are warnings first, then errors, each with its hint on a line of its own', () => {
    const report = makeReport(
      'verify',
      {
        warnings: [{ kind: 'expires-soon', message: 'the key expires', hint: 'extend it' }],
        errors: [{ kind: 'missing', message: '"a" is missing' }],
      },
      new Fault('io', 'cannot read "b"', { hint: 'is it there?' }),
    );
    expect(formatFindings(report)).toBe(
      [
        'artifact-signing: warning: the key expires',
        'artifact-signing: hint: extend it',
        'artifact-signing: error: "a" is missing',
        'artifact-signing: error: cannot read "b"',
        'artifact-signing: hint: is it there?',
        '',
      ].join('\n'),
    );
  });

  it('are none where all is well', () => {
    expect(formatFindings(makeReport('verify', {}))).toBe('');
  });

  it('keep to their lines, and leave the terminal alone', () => {
    const evil = 'x\u001b[2J\nartifact-signing: error: forged\u009b';
    const text = formatFindings(makeReport('verify', { errors: [{ kind: 'missing', message: evil, hint: evil }] }));
    expect(text.split('\n')).toHaveLength(3);
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });
});
