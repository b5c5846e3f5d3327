// SPDX-License-Identifier: Apache-2.0
/** What `verify` makes of the certificate of a recorder, offline, and what `submit` does where it is there. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Authority, makeAuthority, makeCertificate, makeParty, toPem } from '../core/certificates.ts';
import { RECORDER } from '../logs/fake-recorder.ts';
import { MANIFEST } from './log-lab.ts';
import { EVIDENCE, useRecorder } from './recorder-lab.ts';

const own = useRecorder();
const { lab, names, policy, ports, published, verify, words } = own;
const { at, done, put, read, refused } = lab;

interface Parts {
  readonly names?: readonly string[];
  /** Who issues the certificate, and who seems to have. */
  readonly by?: Authority;
  readonly below?: Authority;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** Of this manifest, by the recorder's authority, unless told. */
const evidence = ({ by = own.recorder.authority, below = by, names: other, ...times }: Parts = {}) =>
  toPem(by.issue(makeParty('x'), other ?? names(), times), below.middle);
const save = (text: string) => put({ [`r/${EVIDENCE}`]: text });

/** The certificate is issued by one that may not. */
function belowNoAuthority(): string {
  const { authority } = own.recorder;
  const [between, subject] = [makeParty('between'), makeParty('x')];
  const certificate = makeCertificate({ subject, issuer: between, names: names() });
  return toPem(certificate, authority.issue(between, ['a.example.org']), authority.middle);
}

describe('the evidence of a recorder', () => {
  it('is good when its certificate has long expired', async () => {
    save(evidence({ notBefore: new Date('2020-01-01'), notAfter: new Date('2020-04-01') }));
    expect((await done(verify())).logs).toMatchObject([{ record: { not_before: '2020-01-01T00:00:00.000Z' } }]);
  });

  it('is of whatever authority where the policy names none', async () => {
    policy({ ca_file: undefined });
    save(evidence({ by: makeAuthority('Whoever') }));
    expect((await done(verify())).logs).toMatchObject([{ kind: 'recorder', action: 'verified' }]);
  });

  it('is not checked where the policy does not name the recorder, and not replaced', async () => {
    policy({ recorder: 'other.example.org' });
    save(evidence());
    const { warnings, logs } = await done(verify());
    expect([logs, warnings]).toMatchObject([
      [],
      [{ kind: 'not-checked', message: `"${EVIDENCE}" was not checked: the policy pins no such log` }],
    ]);
    await refused(3, 'does not verify: the certificate is not of the recorder other', words(...published()), ports());
  });

  it.each([
    [
      'of another manifest',
      () => evidence({ names: names().map((name) => name.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))) }),
      /the certificate is about another manifest/,
    ],
    ['with one name alone', () => evidence({ names: names().slice(0, 1) }), /both with a project and without one/],
    ['with a name too many', () => evidence({ names: [...names(), 'b.org'] }), /is for "b.org", too/],
    [
      'with names of two recorders',
      () => evidence({ names: [names()[0], names()[1].replace(RECORDER, 'recorder.example.net')] }),
      /both with a project and without one/,
    ],
    ['of another authority', () => evidence({ by: makeAuthority('Other') }), /does not lead to an authority that the/],
    [
      'below an authority that has not issued it',
      () => evidence({ below: makeAuthority() }),
      /the certificate 1 of the chain is not issued by the next one/,
    ],
    ['below what is no authority', belowNoAuthority, /the certificate 1 of the chain is not issued by the next one/],
    ['that is something else', () => 'a certificate, on my word\n', /there is no certificate/],
    ['with words around it', () => `Ours:\n${evidence()}`, /not written one behind the other/],
    ['without its last line break', () => evidence().trimEnd(), /not written one behind the other/],
    ['with too many certificates', () => evidence().repeat(6), /a chain of more than 10 certificates/],
    ['that is too large', () => evidence().repeat(99), /the chain is larger than 65536 bytes/],
  ])('%s is refused, and left alone', async (_, make, why) => {
    const text = make();
    save(text);
    const { errors } = await refused(3, why, verify());
    expect(errors.map(({ file }) => file)).toEqual([EVIDENCE]);
    await refused(3, /bad-proof: ".*" is there and does not verify: /, words(...published()), ports());
    expect([read('r', EVIDENCE).toString(), own.recorder.visits]).toEqual([text, []]);
  });

  it('is published with the release', async () => {
    save(evidence());
    await done(['publish', at('r'), '--to', at('out'), '--policy', at('policy.yaml')]);
    expect(fs.readFileSync(at('out', EVIDENCE))).toEqual(read('r', EVIDENCE));
  });

  it('is in no manifest', async () => {
    save(evidence());
    await done(['sums', at('r'), '--project', 'nova', '--release', '1', '--key-file', lab.key('good')]);
    expect(read('r', MANIFEST).toString()).not.toContain('recorder');
  });
});
