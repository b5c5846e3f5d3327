// SPDX-License-Identifier: Apache-2.0
/** `submit` to a recorder of the rget protocol, and what `verify` makes of the certificate; the recorder runs in this process. */
import { createHash, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { recordPrefix } from '../../src/core/rget.ts';
import { nodeTls } from '../../src/io/tls.ts';
import { toPem } from '../core/certificates.ts';
import { type FakeRecorder, fakeRecorder, RECORDER } from '../logs/fake-recorder.ts';
import { ED25519, fakeClock, loopback, useLab } from './lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, ORIGIN, PENDING, prepare, vkeyOf } from './log-lab.ts';
import { type Served, serve } from './server.ts';

const lab = useLab({ good: ED25519 });
const { at, put, read, done, refused } = lab;
const EVIDENCE = `${MANIFEST}.recorder.pem`;

let recorder: FakeRecorder;
let site: Served;

/** Writes the policy; `fields` are those of the recorder. */
function policy(fields: Readonly<Record<string, unknown>> = {}, require: unknown = { logs: { at_least: 0 } }): void {
  const { url, address, authority } = recorder;
  const ours = {
    ...{ name: 'recorder', kind: 'recorder', recorder: RECORDER, url, address, ca_file: 'ca.pem' },
    ...{ project_domain: '{version}.{project}.example.org', ...fields },
  };
  const tiles = { name: 'own', kind: 'tiles', origin: ORIGIN, keys: [vkeyOf(lab)] };
  const certificates = [{ file: lab.certificate('good'), fingerprint: lab.made('good').primary }];
  put({
    'policy.yaml': JSON.stringify({ schema: 'artifact-signing.policy/v1', certificates, logs: [tiles, ours], require }),
    'ca.pem': `Our authority\n${toPem(authority.root)}`,
  });
}

const ports = () => ({ http: loopback(), tls: nodeTls(), clock: fakeClock(new Date()) });
const words = (...more: readonly string[]) => [
  ...['submit', at('r'), '--log', 'recorder', '--policy', at('policy.yaml'), ...IDENTITY],
  ...['--published-url', `${site.url}/r`, ...more],
];
const submit = async (...more: readonly string[]) => done(words(...more), ports());
const verify = (...more: readonly string[]) => ['verify', at('r'), '--policy', at('policy.yaml'), ...more];
const has = (name: string) => fs.existsSync(at('r', name));
const domain = () => `${recordPrefix(read('r', MANIFEST))}.1.nova.example.org.${RECORDER}`;

beforeEach(async () => {
  await prepare(lab, async () => {
    await makeRelease(lab);
    await makeLog(lab);
  });
  recorder = await fakeRecorder();
  site = await serve(at());
  policy();
});

describe('submit to a recorder', () => {
  it('leaves the chain of the certificate, which verify names and does not count', async () => {
    const report = await submit();
    const certificate = new X509Certificate(read('r', EVIDENCE));
    const record = {
      domain: domain(),
      serial: certificate.serialNumber.toLowerCase(),
      sha256: createHash('sha256').update(certificate.raw).digest('hex'),
      not_before: certificate.validFromDate.toISOString(),
    };
    const common = { kind: 'recorder', name: 'recorder', origin: RECORDER, proof: EVIDENCE, record };
    expect(report.logs).toEqual([{ ...common, action: 'logged', release: expect.objectContaining({ version: '1' }) }]);
    expect([report.warnings, has(PENDING)]).toEqual([[], false]);
    const checked = await done(verify());
    expect(checked.logs).toEqual([{ ...common, action: 'verified' }]);
    expect(checked.warnings).toEqual([]);
    policy({}, { logs: { at_least: 1 } });
    await refused(3, 'is proven by 0 of the logs own, and the policy demands 1', verify());
  });
});
