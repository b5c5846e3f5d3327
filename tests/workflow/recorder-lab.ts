// SPDX-License-Identifier: Apache-2.0
/** A release, a recorder in this process, and a policy that names it; for the tests of `submit` and `verify`. */
import fs from 'node:fs';
import { beforeEach } from 'vitest';
import { recordPrefix } from '../../src/core/rget.ts';
import type { Ports } from '../../src/ports.ts';
import { toPem } from '../core/certificates.ts';
import { type FakeRecorder, fakeRecorder, RECORDER } from '../logs/fake-recorder.ts';
import { ED25519, fakeClock, type Lab, loopback, loopbackTls, useLab } from './lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, ORIGIN, prepare, vkeyOf } from './log-lab.ts';
import { type Served, serve } from './server.ts';

export const EVIDENCE = `${MANIFEST}.recorder.pem`;
const PROJECT = '1.nova.example.org';

export interface RecorderLab {
  readonly lab: Lab;
  readonly recorder: FakeRecorder;
  /** What is published, at `/r`. */
  readonly site: Served;
  /** Writes the policy; `fields` are those of the recorder. */
  policy(fields?: Readonly<Record<string, unknown>>, require?: unknown): void;
  ports(): Pick<Ports, 'http' | 'tls' | 'clock'>;
  /** Without an address of what is published. */
  words(...more: readonly string[]): readonly string[];
  published(): readonly string[];
  verify(): readonly string[];
  has(name: string): boolean;
  /** Both names of the record. */
  names(): readonly [domain: string, bare: string];
}

export function useRecorder(): RecorderLab {
  const lab = useLab({ good: ED25519 });
  const { at, put, read } = lab;
  let recorder: FakeRecorder;
  let site: Served;

  const policy = (fields: Readonly<Record<string, unknown>> = {}, require: unknown = { logs: { at_least: 0 } }) => {
    const { url, address, authority } = recorder;
    const ours = {
      ...{ name: 'recorder', kind: 'recorder', recorder: RECORDER, url, address, ca_file: 'ca.pem' },
      ...{ project_domain: '{version}.{project}.example.org', ...fields },
    };
    const tiles = { name: 'own', kind: 'tiles', origin: ORIGIN, keys: [vkeyOf(lab)] };
    const certificates = [{ file: lab.certificate('good'), fingerprint: lab.made('good').primary }];
    const whole = { schema: 'artifact-signing.policy/v1', certificates, logs: [tiles, ours], require };
    put({ 'policy.yaml': JSON.stringify(whole), 'ca.pem': `Our authority\n${toPem(authority.root)}` });
  };
  beforeEach(async () => {
    await prepare(lab, async () => {
      await makeRelease(lab);
      await makeLog(lab);
    });
    recorder = await fakeRecorder();
    site = await serve(at());
    policy();
  });
  return {
    lab,
    get recorder() {
      return recorder;
    },
    get site() {
      return site;
    },
    policy,
    ports: () => ({ http: loopback(), tls: loopbackTls(), clock: fakeClock(new Date()) }),
    words: (...more) => [
      ...['submit', at('r'), '--log', 'recorder', '--policy', at('policy.yaml')],
      ...(more.includes('--project') ? more : [...IDENTITY, ...more]),
    ],
    published: () => ['--published-url', `${site.url}/r`],
    verify: () => ['verify', at('r'), '--policy', at('policy.yaml')],
    has: (name) => fs.existsSync(at('r', name)),
    names: () => {
      const prefix = recordPrefix(read('r', MANIFEST));
      return [`${prefix}.${PROJECT}.${RECORDER}`, `${prefix}.${RECORDER}`];
    },
  };
}
