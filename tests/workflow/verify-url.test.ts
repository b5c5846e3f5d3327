// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Http } from '../../src/ports.ts';
import { ED25519, loopback, useLab } from './lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, PROOF, putPolicy, submitWords } from './log-lab.ts';
import { type Answer, deadUrl, type Served, serve } from './server.ts';

const lab = useLab({ good: ED25519 });
const { at, put, done, refused } = lab;

let http: Http;
let site: Served;
let override: Answer | undefined;

beforeEach(async () => {
  await makeRelease(lab);
  http = loopback();
  override = undefined;
  site = await serve(at('r'), (request, response) => override?.(request, response) ?? false);
});

const verify = (name: string, ...words: readonly string[]) => [
  'verify',
  `${site.url}/${name}`,
  '--certificate',
  lab.certificate('good'),
  ...words,
];
const answer =
  (name: string, status: number, body = '', headers = {}): Answer =>
  (request, response) => {
    if (request.url !== `/${name}`) return false;
    response.writeHead(status, headers).end(body);
    return true;
  };

describe('the URL of a manifest', () => {
  it('is that of a whole release: each artifact is fetched once, and what was not looked at is told', async () => {
    const report = await done(verify(MANIFEST), { http });
    expect(report.files.map(({ name }) => name)).toEqual(['a-1.tar.gz', 'a-1.tar.gz.asc', 'b-1.whl', 'b-1.whl.asc']);
    expect(report.manifest).toMatchObject({ name: MANIFEST, path: `${site.url}/${MANIFEST}` });
    expect(report.warnings).toMatchObject([
      { kind: 'not-checked', message: expect.stringMatching(/what else is published/) },
    ]);
    for (const name of ['a-1.tar.gz', 'b-1.whl'])
      expect(site.requests.filter((url) => url === `/${name}`)).toHaveLength(1);
  });

  it('has its proof checked, too', async () => {
    await makeLog(lab);
    await done(submitWords(lab, 'r', ...IDENTITY));
    const words = ['verify', `${site.url}/${MANIFEST}`, '--policy', putPolicy(lab)];
    expect((await done(words, { http })).logs).toMatchObject([{ index: 0, action: 'verified' }]);
    fs.rmSync(at('r', PROOF));
    await refused(3, 'not-in-log: ', words, { http });
  });

  it.each([
    ['altered', () => put({ 'r/a-1.tar.gz': 'other bytes' }), 'altered: "a-1.tar.gz"'],
    ['missing', () => fs.rmSync(at('r/a-1.tar.gz')), 'missing: "a-1.tar.gz"'],
    ['unsigned', () => fs.rmSync(at('r/a-1.tar.gz.asc')), 'unsigned: "a-1.tar.gz"'],
    ['unsigned itself', () => fs.rmSync(at('r', `${MANIFEST}.asc`)), 'unsigned: '],
    ['not there', () => fs.rmSync(at('r', MANIFEST)), 'missing: '],
  ])('is refused where a file is %s', async (_, tamper, message) => {
    tamper();
    await refused(3, message, verify(MANIFEST), { http });
  });

  it('follows a redirection, and not for ever', async () => {
    const mirror = await serve(at('r'));
    override = answer('a-1.tar.gz', 302, '', { location: `${mirror.url}/a-1.tar.gz` });
    await done(verify(MANIFEST), { http });
    expect(mirror.requests).toEqual(['/a-1.tar.gz']);
    override = answer('a-1.tar.gz', 302, '', { location: '/a-1.tar.gz' });
    await refused(1, 'network: ', verify(MANIFEST), { http });
  });

  it('is no match for a page that says 200', async () => {
    override = answer(MANIFEST, 200, '<html>Please log in</html>\n');
    await refused(3, /bad-manifest: .*line 1/, verify(MANIFEST), { http });
    override = answer(`${MANIFEST}.asc`, 200, '<html>Please log in</html>\n');
    await refused(3, 'bad-signature: ', verify(MANIFEST), { http });
  });

  it.each([`${MANIFEST}.asc`, 'b-1.whl', `${MANIFEST}.tlog-proof`])(
    'does not end well where %s cannot be had',
    async (name) => {
      override = answer(name, 503);
      await refused(1, /network: .*503/, verify(MANIFEST), { http });
    },
  );

  it('is not the address of a directory, nor of another protocol', async () => {
    await refused(2, 'not the address of a file', verify(''), { http });
    await refused(2, 'not the address of a file', verify(`${MANIFEST}?x=1`), { http });
    await refused(3, 'bad-name', verify('%2e%2e%2fSHA256SUMS'), { http });
    await refused(2, 'not the address of a file', verify('nova%2fSHA256SUMS'), { http });
    for (const address of [`ftp://example.org/${MANIFEST}`, `file://${at('r', MANIFEST)}`, 'FTP://foo']) {
      const words = ['verify', address, '--certificate', lab.certificate('good')];
      await refused(2, `usage: only https:// and http:// are read: "${address}"`, words, { http });
    }
    expect(site.requests).toEqual([]);
  });
});

describe('the URL of a file', () => {
  it('has its signature checked alone', async () => {
    const report = await done(verify('a-1.tar.gz'), { http });
    expect(report.warnings).toMatchObject([
      { kind: 'not-checked', message: expect.stringMatching(/not its manifest, and no log/) },
    ]);
    expect(site.requests.sort()).toEqual(['/a-1.tar.gz', '/a-1.tar.gz.asc']);
    put({ 'r/a-1.tar.gz': 'other bytes' });
    await refused(3, 'altered: ', verify('a-1.tar.gz'), { http });
    await refused(2, 'not-found: ', verify('nowhere'), { http });
  });

  it('finds the manifest that a policy demands where it is named', async () => {
    await makeLog(lab);
    await done(submitWords(lab, 'r', ...IDENTITY));
    const words = ['verify', `${site.url}/a-1.tar.gz`, '--policy', putPolicy(lab)];
    expect((await done([...words, '--manifest', MANIFEST], { http })).logs).toHaveLength(1);
    const { errors } = await refused(3, /not-in-log: no manifest is named that lists it/, words, { http });
    expect(errors[0]?.hint).toContain('name its manifest with --manifest');
  });
});

describe('a server that is down', () => {
  it('is trouble, and no refusal', async () => {
    const words = ['verify', `${await deadUrl()}/${MANIFEST}`, '--certificate', lab.certificate('good')];
    const report = await refused(1, 'network: ', words, { http });
    expect(report.status).toBe('failed');
  });
});
