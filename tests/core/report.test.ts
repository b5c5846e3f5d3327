// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { exitStatusOf, FAULT_KINDS, Fault, type FaultKind } from '../../src/core/fault.ts';
import { type Finding, findingOf, type ManifestReport, makeReport } from '../../src/core/report.ts';
import { sha256 } from '../../src/core/sha256.ts';

const found = (...kinds: readonly Finding['kind'][]) => ({ errors: kinds.map((kind) => ({ kind, message: kind })) });
const fault = (kind: FaultKind) => new Fault(kind, kind);
const ended = (kinds: readonly Finding['kind'][], kind?: FaultKind) => {
  const { status, exit } = makeReport('verify', found(...kinds), kind === undefined ? undefined : fault(kind));
  return [status, exit];
};
const manifest = (name: string): ManifestReport => ({
  name,
  path: name,
  sha256: sha256(name),
  size: 1,
  action: 'verified',
});

describe('the exit status', () => {
  it('of nothing wrong is 0', () => {
    expect(ended([])).toEqual(['done', 0]);
  });

  it.each(FAULT_KINDS)('of a run that ended with %s is that of its kind', (kind) => {
    const status = { 1: kind === 'pending' ? 'pending' : 'failed', 2: 'usage', 3: 'refused', 4: 'evidence' }[
      exitStatusOf(kind) as 1 | 2 | 3 | 4
    ];
    expect(ended([], kind)).toEqual([status, exitStatusOf(kind)]);
  });

  it.each(FAULT_KINDS)('of a check that found %s is refused where it would be wrong use elsewhere', (kind) => {
    expect(ended([kind])[1]).toBe(exitStatusOf(kind) === 2 ? 3 : exitStatusOf(kind));
  });

  it.each([
    ['refused before failed', ['io', 'altered', 'network'], undefined, 'refused', 3],
    ['refused before failed, in another order', ['altered', 'io'], undefined, 'refused', 3],
    ['evidence before refused', ['altered', 'log-misbehaved', 'missing'], undefined, 'evidence', 4],
    ['evidence before the end of the run', ['log-misbehaved'], 'io', 'evidence', 4],
    ['what ended the run before what was found', ['io'], 'bad-signature', 'refused', 3],
    ['wrong use before failed', ['io'], 'usage', 'usage', 2],
    ['what was found before wrong use', ['altered'], 'usage', 'refused', 3],
    ['refused before pending', ['pending', 'unsigned'], undefined, 'refused', 3],
  ] as const)('is the highest that applies: %s', (_, kinds, kind, status, exit) => {
    expect(ended(kinds, kind)).toEqual([status, exit]);
  });

  it('is 1 for what is pending, and says so beside other trouble', () => {
    expect(ended(['pending'])).toEqual(['pending', 1]);
    expect(ended([], 'pending')).toEqual(['pending', 1]);
    expect(ended(['network', 'pending'])).toEqual(['pending', 1]);
    expect(ended(['pending'], 'network')).toEqual(['pending', 1]);
    expect(ended(['network'])).toEqual(['failed', 1]);
  });

  it('is not touched by what was not checked, by what expires soon, and by warnings of any kind', () => {
    expect(ended(['not-checked', 'expires-soon'])).toEqual(['done', 0]);
    expect(makeReport('verify', { warnings: found(...FAULT_KINDS).errors })).toMatchObject({ status: 'done', exit: 0 });
  });
});

describe('a report', () => {
  it('always has the same keys', () => {
    expect(makeReport('sums', {})).toEqual({
      schema: 'artifact-signing.report/v1',
      command: 'sums',
      status: 'done',
      exit: 0,
      files: [],
      manifests: [],
      logs: [],
      warnings: [],
      errors: [],
    });
  });

  it('names the one manifest, and none where there are more', () => {
    const [a, b] = [manifest('a.SHA256SUMS'), manifest('b.SHA256SUMS')];
    expect(makeReport('verify', { manifests: [a] })).toMatchObject({ manifest: a, manifests: [a] });
    const two = makeReport('verify', { manifests: [a, b] });
    expect(two.manifests).toEqual([a, b]);
    expect(two).not.toHaveProperty('manifest');
    expect(makeReport('verify', {})).not.toHaveProperty('manifest');
  });

  it('keeps what was done before the run ended, with the end as the last error', () => {
    const report = makeReport(
      'sign',
      { files: [{ name: 'a', action: 'signed' }], ...found('io'), detail: { entry: 'x' } },
      new Fault('changed', 'm', { file: 'b', hint: 'h' }),
    );
    expect(report.files).toEqual([{ name: 'a', action: 'signed' }]);
    expect(report.errors).toEqual([
      { kind: 'io', message: 'io' },
      { kind: 'changed', message: 'm', file: 'b', hint: 'h' },
    ]);
    expect(report.detail).toEqual({ entry: 'x' });
  });

  it('carries the evidence with the accusation, and never the cause', () => {
    const evidence = ['checkpoint one', 'checkpoint two'];
    const finding = findingOf(new Fault('log-misbehaved', 'm', { evidence, cause: new Error('internal') }));
    expect(JSON.parse(JSON.stringify(finding))).toEqual({ kind: 'log-misbehaved', message: 'm', evidence });
    expect(findingOf(new Fault('io', 'm'))).toEqual({ kind: 'io', message: 'm' });
  });
});
