// SPDX-License-Identifier: Apache-2.0
/** `submit` to a recorder of the rget protocol; the recorder runs in this process. */
import { createHash, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatSubmission, parseSubmission } from '../../src/core/submission.ts';
import { makeAuthority, toPem } from '../core/certificates.ts';
import { type FakeRecorder, type Lie, RECORDER } from '../logs/fake-recorder.ts';
import { fakeClock, loopback } from './lab.ts';
import { IDENTITY, MANIFEST, PENDING } from './log-lab.ts';
import { EVIDENCE, useRecorder } from './recorder-lab.ts';

const own = useRecorder();
const { lab, has, names, policy, ports, published, verify, words } = own;
const { at, done, put, read, refused } = lab;

const submission = (...more: readonly string[]) => words(...published(), ...more);
const submit = async (...more: readonly string[]) => done(submission(...more), ports());
const counts = () => ({ told: own.recorder.told.length, visits: own.recorder.visits.length });
/** What is in the record domain besides the recorder's own. */
const record = () => names()[0].replace(`.${RECORDER}`, '');
const many = (lie: Lie): Lie[] => Array.from({ length: 99 }, () => lie);

describe('submit to a recorder', () => {
  it('leaves the chain of the certificate, which verify names and does not count', async () => {
    const report = await submit();
    const certificate = new X509Certificate(read('r', EVIDENCE));
    const shown = {
      domain: names()[0],
      serial: certificate.serialNumber.toLowerCase(),
      sha256: createHash('sha256').update(certificate.raw).digest('hex'),
      not_before: certificate.validFromDate.toISOString(),
    };
    const common = { kind: 'recorder', name: 'recorder', origin: RECORDER, proof: EVIDENCE, record: shown };
    expect(report.logs).toEqual([{ ...common, action: 'logged', release: expect.objectContaining({ version: '1' }) }]);
    expect([report.warnings, has(PENDING)]).toEqual([[], false]);
    const checked = await done(verify());
    expect(checked.logs).toEqual([{ ...common, action: 'verified' }]);
    expect(checked.warnings).toEqual([]);
    policy({}, { logs: { at_least: 1 } });
    await refused(3, 'is proven by 0 of the logs own, and the policy demands 1', verify());
  });

  it('tells the address that the submission has kept for another log', async () => {
    const tiles = ['submit', at('r'), '--log', `tiles:${at('log')}`, '--log-key', at('log.pem'), ...IDENTITY];
    const published = ['--published-url', `${own.site.url}/later`, '--deadline', '0'];
    await refused(1, 'pending: ', [...tiles, '--policy', at('policy.yaml'), ...published], ports());
    fs.cpSync(at('r'), at('later'), { recursive: true });
    await done([...tiles, '--policy', at('policy.yaml'), '--log', 'recorder'], ports());
    expect(own.recorder.told.join()).toContain(encodeURIComponent(`/later/${MANIFEST}`));
  });

  it('keeps what the server has sent, and the authority that it leads to', async () => {
    await submit();
    const { root, middle } = own.recorder.authority;
    const [, ...authorities] = read('r', EVIDENCE)
      .toString()
      .split(/(?<=END CERTIFICATE-----\n)/);
    expect(authorities.join('')).toBe(toPem(middle, root));
  });

  it('tells the recorder the address, once, when it has looked', async () => {
    await submit();
    const url = encodeURIComponent(`${own.site.url}/r/${MANIFEST}`);
    expect(own.recorder.told).toEqual([`POST /api/v1/submit application/x-www-form-urlencoded url=${url}`]);
    expect(own.recorder.visits).toEqual([names()[0], names()[0]]);
    expect(own.recorder.records).toEqual([record()]);
  });

  it('tells nobody where the certificate is there', async () => {
    own.recorder.records.push(record());
    expect((await submit()).logs).toMatchObject([{ action: 'logged' }]);
    expect(counts()).toEqual({ told: 0, visits: 1 });
  });

  it('keeps evidence that is there, and asks nobody', async () => {
    await submit();
    const [before, asked] = [lab.snapshot('r'), counts()];
    expect((await submit()).logs).toMatchObject([{ action: 'kept', record: { domain: names()[0] } }]);
    expect([lab.snapshot('r'), counts()]).toEqual([before, asked]);
  });

  it('waits for a certificate that takes its time, and tells nobody again', async () => {
    own.recorder.slowness = 6;
    await submit();
    expect(counts()).toEqual({ told: 1, visits: 8 });
  });

  it('finds what the recorder has done after its answer was lost', async () => {
    own.recorder.lies = ['lost'];
    await submit();
    expect(counts()).toEqual({ told: 1, visits: 2 });
  });

  it('tells it again after an outage, and as late as it wants', async () => {
    own.recorder.lies = ['hangUp', { status: 503 }, { status: 429, headers: { 'retry-after': '77' } }];
    const clock = fakeClock(new Date());
    await done(submission(), { ...ports(), clock });
    expect(own.recorder.told).toHaveLength(4);
    expect(clock.slept.at(-1)).toBe(77_000);
  });

  it('leaves a pause to one that wants none', async () => {
    own.recorder.lies = Array(5).fill({ status: 503, headers: { 'retry-after': '0' } });
    const clock = fakeClock(new Date());
    await done(submission(), { ...ports(), clock });
    expect(clock.slept).toHaveLength(5);
    expect(Math.min(...clock.slept)).toBeGreaterThanOrEqual(500);
  });

  it('takes no notice of what else the answer is', async () => {
    own.recorder.lies = [{ status: 202, headers: { 'content-type': 'text/html' } }];
    own.recorder.records.push(record());
    own.recorder.slowness = 1;
    await submit();
    expect(counts()).toEqual({ told: 1, visits: 2 });
  });

  it('takes the name that an authority copies from the subject', async () => {
    own.recorder.names = (right) => [...right, `${record().slice(0, 32)}.${RECORDER}`];
    await submit();
    await done(verify());
  });
});

describe('a project at GitHub', () => {
  const ADDRESS = `https://github.com/Acme/nova/releases/download/1/${MANIFEST}`;
  const github = ['--project', 'github.com/Acme/nova', '--release', '1'];
  /** What stands for GitHub here. */
  const mirrored = (path: string) => {
    own.recorder.mirror = () => `${own.site.url}${path}`;
    const get = async (url: string, cap: number) => {
      expect(url).toBe(ADDRESS);
      return loopback().get(`${own.site.url}${path}`, cap);
    };
    return { ...ports(), http: { ...loopback(), get } };
  };

  it('publishes at one address, for which rget has a domain', async () => {
    own.recorder.projectDomain = (url) => (url === ADDRESS ? '1.nova.Acme.github.com' : undefined);
    policy({ project_domain: undefined });
    const { logs } = await done(words(...github), mirrored(`/r/${MANIFEST}`));
    expect(logs[0]?.record?.domain).toBe(`${record().slice(0, 65)}.1.nova.acme.github.com.${RECORDER}`);
  });

  it.each([
    ['differs', 3, `/other/${MANIFEST}`, /altered: what is published at "https:.*" differs from the local file/],
    ['is not there', 1, '/nothing', /pending: .* nothing is published at "https:/],
  ])('is refused where what is published %s', async (_, status, path, why) => {
    put({ [`other/${MANIFEST}`]: 'another' });
    await refused(status, why, words(...github), mirrored(path));
    expect(counts()).toEqual({ told: 0, visits: 0 });
  });
});

describe('a submission to a recorder that does not come to its end', () => {
  it('stays pending, and the next run finishes it and tells nobody again', async () => {
    own.recorder.isClosed = true;
    const why =
      /pending: .* the recorder was told, and shows no certificate for "[0-9a-f]{32}\..*" yet: no certificate/;
    const report = await refused(1, why, submission('--log-deadline', '60'), ports());
    expect([report.status, has(PENDING), has(EVIDENCE), counts().told]).toEqual(['pending', true, false, 1]);
    own.recorder.isClosed = false;
    await done(['submit', at('r'), '--resume', '--policy', at('policy.yaml')], ports());
    expect([has(PENDING), has(EVIDENCE), counts().told]).toEqual([false, true, 1]);
  });

  it('is finished where the release is published now, or where it is said to be, and nowhere else', async () => {
    own.recorder.isClosed = true;
    await refused(1, 'pending: ', words('--published-url', `${own.site.url}/r/../r`), ports());
    own.recorder.isClosed = false;
    await done(submission(), ports());
    const [first, second] = own.recorder.told;
    expect([first, second]).toEqual([expect.stringContaining('r%2F..%2Fr'), undefined]);
  });

  it.each([
    ['of another file', (url: string) => url.replace('.SHA256SUMS', '.tar.gz')],
    ['with a password', (url: string) => url.replace('//', '//me:secret@')],
    ['of a file here', () => `file:///r/${MANIFEST}`],
    ['that is none', () => 'r'],
  ])('is not finished by an address %s, which nobody has signed', async (_, change) => {
    own.recorder.isClosed = true;
    await refused(1, 'pending: ', submission(), ports());
    const kept = parseSubmission(read('r', PENDING));
    const url = Buffer.from(change(Buffer.from(kept.prepared.get('recorder') ?? '').toString()));
    put({ [`r/${PENDING}`]: formatSubmission({ ...kept, prepared: new Map([['recorder', url]]) }) });
    const asked = own.site.requests.length;
    const resume = ['submit', at('r'), '--resume', '--policy', at('policy.yaml')];
    await refused(2, 'usage: not an address that a recorder could be told: "', resume, ports());
    expect([own.site.requests.length, counts().told]).toEqual([asked, 1]);
  });

  it('that waits for too long is a warning of verify, and no refusal', async () => {
    own.recorder.isClosed = true;
    await refused(1, 'pending: ', submission(), ports());
    policy({}, { logs: { at_least: 0, pending_days: 7 } });
    const clock = fakeClock(new Date(Date.now() + 30 * 24 * 60 * 60 * 1000));
    const { warnings } = await done(verify(), { clock });
    expect(warnings).toMatchObject([
      { kind: 'pending', message: expect.stringContaining('to recorder has been pending') },
    ]);
  });

  it('loses no receipt of another log, and is a warning where the policy has what it demands', async () => {
    own.recorder.lies = many('hangUp');
    const both = submission('--log', `tiles:${at('log')}`, '--log-key', at('log.pem'));
    const report = await refused(1, 'pending: ', both, ports());
    expect(report.logs).toMatchObject([{ kind: 'tiles', action: 'logged' }]);
    expect([has(`${MANIFEST}.tlog-proof`), has(PENDING)]).toEqual([true, true]);
    policy({}, { logs: { at_least: 1 } });
    const { warnings, logs } = await done(both, ports());
    expect(logs).toMatchObject([{ kind: 'tiles', action: 'kept' }]);
    expect(warnings).toMatchObject([{ kind: 'pending' }]);
    own.recorder.lies = [];
    expect((await done(both, ports())).logs).toMatchObject([{ kind: 'recorder' }, { kind: 'tiles', action: 'kept' }]);
    expect(has(PENDING)).toBe(false);
  });

  it.each([
    ['a recorder that says 200 and does nothing', 'deaf', /pending: .*the recorder was told, and shows no certificate/],
    ['a recorder that breaks', { status: 500 }, /pending: .*the recorder "http:.*" answers 500/],
    ['a recorder that hangs up', 'hangUp', /pending: .*cannot post to/],
  ] as const)('is pending with %s', async (_, lie, why) => {
    own.recorder.lies = many(lie);
    await refused(1, why, submission(), ports());
    expect([has(PENDING), has(EVIDENCE)]).toEqual([true, false]);
  });

  it.each([
    ['for nobody that we asked for', () => ['default.example.org']],
    ['for all names below the recorder', () => [`*.${RECORDER}`, RECORDER]],
    ['for an address', () => ['IP:127.0.0.1']],
    ['without any name', () => []],
    ['without the record domain', (right: readonly string[]) => right.slice(1)],
  ])('is pending with a certificate %s', async (_, other) => {
    own.recorder.names = other;
    await refused(1, /pending: .*shows no certificate for ".*" yet: its certificate is for "/, submission(), ports());
    expect([has(PENDING), has(EVIDENCE)]).toEqual([true, false]);
  });

  it('is pending where the recorder makes another project domain of the address', async () => {
    own.recorder.projectDomain = () => 'nova.example.org';
    await refused(1, /its certificate is for ".*\.nova\.example\.org\.recorder\.example\.org, /, submission(), ports());
  });
});

describe('a recorder is refused', () => {
  const day = (days: number) => new Date(Date.now() + days * 24 * 60 * 60 * 1000);
  const also = (name: string) => ({ names: (right: readonly string[]) => [...right, name] });

  it.each([
    ['without the name that has no project', { names: (right) => right.slice(0, 1) }, 'does not name "'],
    ['with a name too many', also('b.org'), 'is for "b.org", too'],
    ['with an address, too', also('IP:127.0.0.1'), 'is not for names of hosts alone'],
    ['with a certificate that has expired', { flaw: { notAfter: day(-1), notBefore: day(-9) } }, 'CERT_HAS_EXPIRED'],
    ['with one that is not yet valid', { flaw: { notBefore: day(2) } }, 'CERT_NOT_YET_VALID'],
    ['with one of an authority of others', { issuer: makeAuthority('Other') }, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ] satisfies readonly [string, Partial<FakeRecorder>, string][])('%s', async (_, flaw, why) => {
    Object.assign(own.recorder, flaw);
    await refused(3, new RegExp(`bad-proof: .*${why}`), submission(), ports());
    // what is wrong may be the policy: then the next run finishes it
    expect([has(PENDING), has(EVIDENCE), counts()]).toEqual([true, false, { told: 1, visits: 2 }]);
  });

  it('by Node where the policy names no authority', async () => {
    policy({ ca_file: undefined });
    await refused(3, 'is not to be believed: UNABLE_TO_GET_ISSUER_CERT_LOCALLY', submission(), ports());
    expect(has(EVIDENCE)).toBe(false);
  });

  it.each([
    ['404', { status: 404 }, /the recorder "http:.*" answers 404 to the address "http:/],
    ['a redirection', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 'answers 302'],
    ['400', { status: 400 }, 'answers 400'],
  ] as const)('that answers %s', async (_, lie, why) => {
    own.recorder.lies = [lie];
    await refused(2, why, submission(), ports());
    expect([counts().told, has(PENDING), has(EVIDENCE)]).toEqual([1, false, false]);
  });

  it.each([
    [
      'an address with a password',
      ['http://me:secret@127.0.0.1/r'],
      2,
      /usage: the address .* holds a name or a password/,
    ],
    ['an address with a query', ['http://127.0.0.1/?r='], 2, /usage: the address .* without query/],
    ['no address', ['r'], 2, /usage: not an address/],
    [
      'a project that no certificate can name',
      ['http://a/', '--project', 'my_a', '--release', '1'],
      3,
      /bad-name: .*no l/,
    ],
  ])('before anybody is told, for %s', async (_, more, status, why) => {
    await refused(status, why, words('--published-url', ...more), ports());
    expect([counts(), has(PENDING)]).toEqual([{ told: 0, visits: 0 }, false]);
  });

  it('without an address, and without a project domain', async () => {
    await refused(2, 'usage: a recorder is told where the manifest is published, which is not known', words(), ports());
    policy({ project_domain: undefined });
    await refused(2, /usage: rget has no project domain for "http:.*", and the policy has none/, submission(), ports());
    expect(own.recorder.visits).toEqual([]);
  });

  it('where what is published differs', async () => {
    put({ [`other/${MANIFEST}`]: 'another' });
    await refused(3, 'altered: ', words('--published-url', `${own.site.url}/other`, '--deadline', '0'), ports());
    expect(counts()).toEqual({ told: 0, visits: 0 });
  });

  it('twice in one run', async () => {
    await refused(
      2,
      'usage: more than one log of the kind recorder is named',
      submission('--log', 'recorder'),
      ports(),
    );
  });
});
