// SPDX-License-Identifier: Apache-2.0
/** A log over TLS is asked nothing where its certificate is not good for its address: that is an outage, and leaves no entry. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import tls from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Tls } from '../misbehaviour/front.ts';
import {
  BACKENDS,
  expectFinished,
  expectNothing,
  expectProven,
  makeStage,
  openWorld,
  submitTo,
} from '../misbehaviour/worlds.ts';
import { ED25519, namesIn, useLab } from '../workflow/lab.ts';

const lab = useLab({ good: ED25519 });
const trusted = tls.getCACertificates('default');
let place = '';

const openssl = (...words: readonly string[]) => execFileSync('openssl', words, { cwd: place, stdio: 'pipe' });
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'] as const;

/** A certificate for a name, signed by our authority, or by nobody else. */
function certified(file: string, name: string, days: number, issuer: readonly string[]): Tls {
  const names = ['-subj', '/CN=log', '-addext', `subjectAltName=${name}`, '-days', `${days}`];
  openssl('req', '-x509', ...NEW_KEY, '-keyout', `${file}.key`, '-out', `${file}.pem`, ...names, ...issuer);
  const read = (end: string) => fs.readFileSync(`${place}/${file}.${end}`, 'utf8');
  return { key: read('key'), cert: read('pem') };
}

const made = new Map<string, Tls>();
beforeAll(() => {
  place = fs.mkdtempSync('/tmp/tls-');
  const authority = ['-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca', '-days', '2'];
  openssl('req', '-x509', ...NEW_KEY, ...authority, '-addext', 'basicConstraints=critical,CA:TRUE');
  const byAuthority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-addext', 'basicConstraints=critical,CA:FALSE'];
  made.set('good', certified('good', 'IP:127.0.0.1', 2, byAuthority));
  made.set('of another host', certified('host', 'DNS:log.example.org,IP:127.0.0.2', 2, byAuthority));
  made.set('signed by itself', certified('self', 'IP:127.0.0.1', 2, []));
  tls.setDefaultCACertificates([...trusted, fs.readFileSync(`${place}/ca.pem`, 'utf8')]);
});
afterAll(() => {
  tls.setDefaultCACertificates(trusted);
  fs.rmSync(place, { recursive: true });
});
beforeEach(async () => makeStage(lab));

describe.each(BACKENDS)('%s over TLS', (backend) => {
  it('gives a proof with a certificate that is good', async () => {
    const world = await openWorld(lab, backend, made.get('good'));
    await expectFinished(world);
    await expectProven(world);
  });

  it.each([
    ['of another host', /does not match certificate's altnames|IP: 127\.0\.0\.1 is not in the cert's list/],
    ['signed by itself', /self-signed certificate/],
  ])('is asked nothing with one %s', async (which, says) => {
    const world = await openWorld(lab, backend, made.get(which));
    const before = namesIn(lab.at('r'));
    const run = await submitTo(world);
    expect([run.status, run.report.status]).toEqual([1, 'pending']);
    expect(run.report.errors.map(({ message }) => message).join()).toMatch(says);
    await expectNothing(world, before, run);
    expect(world.front.asked).toEqual([]);
    expect(world.ours()).toBe(backend === 'tiles' ? 1 : 0);
  });
});
