// SPDX-License-Identifier: Apache-2.0
/** `--published`: a tag that is built again takes over what is out, or refuses to be another release of the same name. */
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Http } from '../../src/ports.ts';
import { countingFiles, ED25519, fakeClock, loopback, namesIn, useLab } from './lab.ts';
import { deadUrl, serve } from './server.ts';

const lab = useLab({ good: ED25519, other: ED25519 });
const { at, put, read, done, refused } = lab;

const FILES = { 'a.tar.gz': 'some bytes', 'b c+ä.whl': 'other bytes' };
const MANIFEST = 'nova-1.SHA256SUMS';
const NAMED = ['--sums', '--project', 'nova', '--release', '1'];
const inDirectory = (directory: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${directory}/${name}`, content]));

const sign = (directory: string, ...words: readonly string[]) => [
  'sign',
  at(directory),
  '--key-file',
  lab.key('good'),
  ...words,
];

/** Where the release is published: the directory, and its address. */
let places: Readonly<Record<string, string>>;
let http: Http;

beforeEach(async () => {
  put(inDirectory('site', FILES));
  await done(sign('site', ...NAMED));
  put({ [`site/${MANIFEST}.tlog-proof`]: 'a proof', 'site/unrelated': 'of another release' });
  put(inDirectory('r', FILES));
  places = { directory: at('site'), address: (await serve(at('site'))).url };
  http = loopback();
});

/** A year later, signatures made now would be others. */
const later = () => ({ http, clock: fakeClock(new Date(Date.now() + 365 * 24 * 60 * 60 * 1000)) });

describe.each(['directory', 'address'])('what is published in a %s', (kind) => {
  const published = (...words: readonly string[]) => [...words, '--published', places[kind] ?? ''];

  it('P6 is taken over: signatures, manifest, its signature and its proofs', async () => {
    const report = await done(sign('r', ...published(...NAMED)), later());
    expect(report.files.map(({ action }) => action)).toEqual(['taken-over', 'taken-over']);
    expect(report.manifest).toMatchObject({ name: MANIFEST, action: 'taken-over' });
    const { unrelated: _, ...site } = lab.snapshot('site');
    expect(lab.snapshot('r')).toEqual(site);
    // everything is here now
    const again = await done(sign('r', ...published(...NAMED)), later());
    expect(again.files.map(({ action }) => action)).toEqual(['kept', 'kept']);
    expect(again.manifest?.action).toBe('kept');
    expect(lab.snapshot('r')).toEqual(site);
  });

  it('is taken over again where one of its files is missing here, or another', async () => {
    await done(sign('r', ...published(...NAMED)), later());
    const { unrelated: _, ...site } = lab.snapshot('site');
    for (const suffix of ['', '.asc', '.tlog-proof']) {
      put({ [`r/${MANIFEST}${suffix}`]: 'damaged' });
      const report = await done(sign('r', ...published('--force', ...NAMED)), later());
      expect(report.manifest?.action, suffix).toBe('taken-over');
      expect(lab.snapshot('r')).toEqual(site);
    }
  });

  it('takes the place of signatures and of a manifest that were made meanwhile', async () => {
    await done(sign('r', ...NAMED), later());
    put({ [`r/${MANIFEST}`]: 'of fewer files\n', [`r/${MANIFEST}.submission.json`]: 'of that one' });
    expect(lab.snapshot('r')['a.tar.gz.asc']).not.toBe(lab.snapshot('site')['a.tar.gz.asc']);
    await done(sign('r', ...published(...NAMED)), later());
    const { unrelated: _, ...site } = lab.snapshot('site');
    expect(lab.snapshot('r')).toEqual(site);
  });

  it('refuses other bytes, and writes nothing', async () => {
    put({ 'r/b c+ä.whl': 'rebuilt, and different' });
    await refused(3, /conflict: other bytes are published as "b c\+ä\.whl"/, sign('r', ...published(...NAMED)), {
      http,
    });
    expect(namesIn(at('r'))).toEqual(Object.keys(FILES));
  });

  it('refuses another set of files under the name of the manifest, and writes nothing', async () => {
    put({ 'r/c': 'one more' });
    await refused(3, `another "${MANIFEST}" is published`, sign('r', ...published(...NAMED)), { http });
    expect(namesIn(at('r'))).toEqual([...Object.keys(FILES), 'c'].sort());
    await refused(3, `another "${MANIFEST}" is published`, ['sums', at('r'), ...published(...NAMED.slice(1))], {
      http,
    });
    expect(namesIn(at('r'))).toEqual([...Object.keys(FILES), 'c'].sort());
  });

  it('is signed where it is not, and only there', async () => {
    fs.rmSync(at('site/a.tar.gz.asc'));
    fs.rmSync(at('site', MANIFEST));
    fs.rmSync(at('site', `${MANIFEST}.asc`));
    const report = await done(sign('r', ...published(...NAMED)), { http });
    expect(report.files.map(({ action }) => action)).toEqual(['signed', 'taken-over']);
    expect(report.manifest?.action).toBe('written');
    await done(['verify', at('r'), '--certificate', lab.certificate('good')]);
  });

  it('gets a signature of its manifest where that has none', async () => {
    fs.rmSync(at('site', `${MANIFEST}.asc`));
    await done(sign('r', ...published(...NAMED)), { http });
    const once = lab.snapshot('r');
    await done(sign('r', ...published(...NAMED)), later());
    expect(lab.snapshot('r')).toEqual(once);
    expect(Object.keys(once)).toContain(`${MANIFEST}.asc`);
  });

  it.each(['b c+ä.whl', MANIFEST])('refuses a signature of %s by somebody else, forced or not', async (name) => {
    put(inDirectory('evil', FILES));
    fs.copyFileSync(at('site', name), at('evil', name));
    fs.copyFileSync(at('site', 'a.tar.gz.asc'), at('evil', 'a.tar.gz.asc'));
    const forged = await lab.gpg.run(['--armor', '--local-user', lab.made('other').primary, '--detach-sign'], {
      input: read('site', name),
    });
    put({ [`site/${name}.asc`]: forged.stdout });
    const words = sign('r', ...published('--force', ...(name === MANIFEST ? NAMED : [])));
    const report = await refused(3, /in ".*", and does not verify: it is signed by the key/, words, { http });
    expect(report.errors[0]?.hint).toContain('how it came to be published');
    expect(namesIn(at('r'))).toEqual(Object.keys(FILES));
  });

  it('is compared with one read of each artifact', async () => {
    const { files, bytes } = countingFiles();
    await done(sign('r', ...published(...NAMED)), { http, files });
    for (const [name, content] of Object.entries(FILES)) expect(bytes.get(at('r', name))).toBe(content.length);
  });
});

describe('a server that does not answer', () => {
  it('is told as such, and nothing is written', async () => {
    const dead = await deadUrl();
    await refused(1, /network: cannot fetch/, sign('r', ...NAMED, '--published', dead), { http });
    expect(namesIn(at('r'))).toEqual(Object.keys(FILES));
  });

  it.each(['.asc', '.whl', MANIFEST, '.tlog-proof'])('and goes down before %s', async (end) => {
    const { url } = await serve(at('site'), (request, response) => {
      if (!(request.url ?? '').endsWith(end)) return false;
      response.writeHead(503).end();
      return true;
    });
    await refused(1, /network: .*503/, sign('r', ...NAMED, '--published', url), { http });
    expect(namesIn(at('r'))).toEqual(Object.keys(FILES));
  });

  it('has not been asked where there is none', async () => {
    await done(sign('r', ...NAMED));
    await done(['verify', at('r'), '--certificate', lab.certificate('good')]);
  });
});
