// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { Report } from '../../src/core/report.ts';
import { sha256 } from '../../src/core/sha256.ts';
import { parseSubmission } from '../../src/core/submission.ts';
import type { Http, Progress } from '../../src/ports.ts';
import { type Operation, observedFiles } from '../logs/observed-files.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import { countingFiles, ED25519, fakeClock, loopback, namesIn, realFiles, useLab } from './lab.ts';
import {
  IDENTITY,
  MANIFEST,
  makeLog,
  makeRelease,
  ORIGIN,
  PENDING,
  PROOF,
  prepare,
  putPolicy,
  signWords,
  submitWords,
  vkeyOf,
} from './log-lab.ts';
import { killBefore, runProcess } from './processes.ts';
import { type Answer, deadUrl, type Served, serve } from './server.ts';

const lab = useLab({ good: ED25519, other: ED25519 });
const { at, put, read, done, refused } = lab;

const submit = (...words: readonly string[]) => submitWords(lab, 'r', ...IDENTITY, ...words);
/** As another implementation reads it: everything in it is checked. */
const entries = () => readLog(directoryGet(at('log')), vkeyOf(lab)).entries.map(String);
const theLog = () => ({ ...lab.snapshot('log'), ...lab.snapshot('log.state') });

beforeEach(async () =>
  prepare(lab, async () => {
    await makeRelease(lab);
    await makeLog(lab);
  }),
);

/** Files that fail, or tell what is done to them. */
const watched = (watch: (operation: Operation) => void) => ({
  files: observedFiles(realFiles(), async (operation, body) => {
    watch(operation);
    return body();
  }),
});
const isWrite = ({ name }: Operation) => ['create', 'commit', 'append', 'makeDirectory', 'remove'].includes(name);
const trouble = new Fault('io', 'the disk reports an input/output error');

describe('submit', () => {
  it('P12 logs what a dry run has printed, byte by byte, and a dry run writes nothing', async () => {
    const before = { ...lab.snapshot('r'), ...theLog() };
    const { detail } = await done(submit('--ref', 'refs/tags/1', '--commit', 'a'.repeat(40), '--dry-run'));
    expect({ ...lab.snapshot('r'), ...theLog() }).toEqual(before);
    const report = await done(submit('--ref', 'refs/tags/1', '--commit', 'a'.repeat(40)));
    expect(report.logs).toMatchObject([{ action: 'logged', index: 0, tree_size: 1, proof: PROOF }]);
    expect(entries()).toEqual([detail?.['entry']]);
    expect(JSON.parse(String(detail?.['entry']))).toMatchObject({
      project: 'opendev.org/openstack/nova',
      version: '1',
      signer: lab.made('good').subkeys[0],
    });
  });

  it('P12 logs the digest of the manifest, however long that is, and reads no artifact', async () => {
    put(Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`many/${'x'.repeat(100)}-${n}`, `${n}`])));
    await done([...signWords(lab, 'many', '1'), '--key-file', lab.key('good')]);
    const manifest = read('many', MANIFEST);
    const { files, bytes } = countingFiles();
    await done(submitWords(lab, 'many', ...IDENTITY), { files });
    const inRelease = [...bytes.keys()]
      .filter((file) => file.startsWith(at('many')))
      .map((file) => path.basename(file));
    expect([...new Set(inRelease)].sort()).toEqual([MANIFEST, `${MANIFEST}.asc`]);
    const [entry = ''] = entries();
    expect(JSON.parse(entry).manifest).toEqual({ name: MANIFEST, sha256: sha256(manifest), size: manifest.length });
    expect(manifest.length).toBeGreaterThan(50_000);
    expect(entry.length).toBeLessThan(500);
    expect(read('many', PROOF).length).toBeLessThan(1500);
  });

  it('has the submission on disk before it touches the log, and removes it at the end', async () => {
    const writes: string[] = [];
    await done(
      submit(),
      watched((operation) => {
        if (isWrite(operation)) writes.push(`${operation.name} ${path.relative(at(), operation.path)}`);
      }),
    );
    const own = writes.filter((one) => one.includes(' r/'));
    expect(own.map((one) => one.replace(MANIFEST, 'M'))).toEqual([
      'create r/M.submission.json',
      'commit r/M.submission.json',
      'create r/M.tlog-proof',
      'commit r/M.tlog-proof',
      'remove r/M.submission.json',
    ]);
    expect(writes.findIndex((one) => one.includes(' log'))).toBeGreaterThan(writes.indexOf(own[1] ?? ''));
  });

  it('keeps a proof that is there, also of an older tree', async () => {
    await done(submit());
    const proof = read('r', PROOF);
    await makeRelease(lab, 's', '2');
    await done(submitWords(lab, 's', '--project', 'nova', '--release', '2'));
    const report = await done(submit());
    expect(report.logs).toMatchObject([{ action: 'kept', index: 0, tree_size: 1 }]);
    expect(read('r', PROOF)).toEqual(proof);
    expect(entries()).toHaveLength(2);
  });

  it('asks which, where there are several manifests', async () => {
    await makeRelease(lab, 'r', '2');
    await refused(2, '2 manifests', submit());
    await done(submit('--manifest', MANIFEST));
    await refused(2, 'no manifest', ['submit', at('log'), ...submit().slice(2)]);
  });
});

describe('submit warns', () => {
  it('of a version that the manifest does not have in its name', async () => {
    const told = (report: Report) => report.warnings.map(({ kind, message }) => `${kind}: ${message}`);
    const words = (version: string) => submitWords(lab, 'r', '--project', 'nova', '--release', version, '--dry-run');
    expect(told(await done(words('1')))).toEqual([]);
    expect(told(await done(words('v1')))).toEqual([]);
    expect(told(await done(words('99')))).toEqual([
      `not-checked: the version "99" does not stand in the name of the manifest "${MANIFEST}"`,
    ]);
    for (const end of ['', '.asc']) fs.renameSync(at('r', `${MANIFEST}${end}`), at('r', `SHA256SUMS${end}`));
    expect(told(await done(words('99')))).toEqual([]);
  });

  it('where nothing remembers the log any more', async () => {
    await done(submit());
    await makeRelease(lab, 's', '2');
    fs.rmSync(at('log.state'), { recursive: true });
    const words = submitWords(lab, 's', '--project', 'nova', '--release', '2');
    const { warnings } = await done(words);
    expect(warnings).toMatchObject([{ kind: 'missing', message: expect.stringContaining('nothing here remembers') }]);
    expect((await done(words)).warnings).toEqual([]);
  });
});

describe('submit --dry-run', () => {
  it.each([
    ['a log that is none', 'not a log: "bogus"', () => submit().with(3, 'bogus')],
    ['a key that is not there', 'not-found: ', () => submit().with(5, at('nowhere'))],
    ['a key that is none', 'unreadable: ', () => submit().with(5, at('r', MANIFEST))],
    ['no key', 'no key of the tile log is given', () => submit().toSpliced(4, 2)],
    ['an address that is none', 'not an address', () => submit('--published-url', 'ftp://example.org/nova')],
    ['the address of a file', 'of a manifest', () => submit('--published-url', `https://example.org/${MANIFEST}`)],
  ])('refuses %s, as the submission does, and neither leaves anything', async (_, message, words) => {
    const before = lab.snapshot('.');
    await refused(2, message, [...words(), '--dry-run']);
    await refused(2, message, words());
    expect(lab.snapshot('.')).toEqual(before);
  });

  it('takes a log that is yet to be made, and a release that is yet to be published', async () => {
    const before = lab.snapshot('.');
    const words = submit('--published-url', await deadUrl(), '--dry-run').with(3, `tiles:${at('later')}`);
    const lock = { hold: () => Promise.reject(new Fault('locked', 'another process writes')) };
    const clock = fakeClock(new Date());
    const { detail } = await done(words, { http: loopback(), lock, clock });
    expect(JSON.parse(String(detail?.['entry']))).toMatchObject({ version: '1' });
    expect([clock.slept, lab.snapshot('.')]).toEqual([[], before]);
  });
});

describe('submit refuses', () => {
  const untouched = async (status: number, message: string | RegExp, words: readonly string[]) => {
    const before = { ...lab.snapshot('r'), ...theLog() };
    const report = await refused(status, message, words);
    expect({ ...lab.snapshot('r'), ...theLog() }).toEqual(before);
    return report;
  };

  it('a manifest that is not signed, altered, or signed by somebody else', async () => {
    await untouched(3, 'wrong-key: ', [...submit().slice(0, -5), lab.certificate('other'), ...IDENTITY]);
    fs.appendFileSync(at('r', MANIFEST), '\n');
    await untouched(3, 'altered: ', submit());
    fs.rmSync(at('r', `${MANIFEST}.asc`));
    await untouched(3, 'unsigned: ', submit());
  });

  it('a proof that is there and none, and leaves it alone', async () => {
    await done(submit());
    const proof = read('r', PROOF).toString();
    for (const [content, kind] of [
      ['', 'bad-proof'],
      ['no proof', 'bad-proof'],
      [proof.slice(0, -1), 'bad-proof'],
      [proof.replace('index 0', 'index 1'), 'bad-proof'],
      [proof.replace(/.{8}\n$/, 'AAAAAAA=\n'), 'bad-signature'],
    ] as const) {
      put({ [`r/${PROOF}`]: content });
      await untouched(3, `${kind}: "${PROOF}" is there and does not verify: `, submit());
    }
    put({ [`r/${PROOF}`]: Buffer.alloc(300_000, 'x') });
    await untouched(2, PROOF, submit());
    expect(entries()).toHaveLength(1);
  });

  it('a proof of another manifest', async () => {
    await makeRelease(lab, 's', '2');
    await done(submitWords(lab, 's', '--project', 'nova', '--release', '2'));
    fs.copyFileSync(at('s/nova-2.SHA256SUMS.tlog-proof'), at('r', PROOF));
    await untouched(3, /bad-proof: .*the statement is about "nova-2/, submit());
  });

  it('to log the same release with another statement', async () => {
    await done(submit());
    for (const words of [
      ['--project', 'nova', '--release', '1'],
      ['--project', 'opendev.org/openstack/nova', '--release', '2'],
      [...IDENTITY, '--ref', 'refs/tags/1'],
    ])
      expect(
        (await untouched(3, `conflict: "${PROOF}" is about the same manifest`, submitWords(lab, 'r', ...words)))
          .errors[0]?.hint,
      ).toContain('as then: "opendev.org/openstack/nova", "1"');
    expect(entries()).toHaveLength(1);
  });

  it('a key that lies in the log, where everybody can fetch it', async () => {
    fs.copyFileSync(at('log.pem'), at('log/key.pem'));
    await untouched(2, 'which is published', submit().with(5, at('log/key.pem')));
    fs.symlinkSync('log', at('alias'));
    await untouched(2, 'which is published', submit().with(5, at('alias/key.pem')));
  });

  it('a log that is not there, a file, or of another kind', async () => {
    await untouched(2, 'there is no log in', submit().with(3, `tiles:${at('nowhere')}`));
    await untouched(2, 'there is no log in', submit().with(3, `tiles:${at('log.pem')}`));
    await untouched(2, 'there is no log in', submit().with(3, `tiles:${at('r')}`));
    fs.renameSync(at('log'), at('unmounted'));
    const { errors } = await refused(2, 'there is no log in', submit());
    expect(errors[0]?.hint).toContain('there was one');
    fs.renameSync(at('unmounted'), at('log'));
    await untouched(2, 'not a log', submit().with(3, at('log')));
    expect(fs.existsSync(at('nowhere.state'))).toBe(false);
  });

  it("another log's key, and what is no key", async () => {
    await done(['key', 'generate-log-key', '--for', 'tiles', '--out', at('other.pem')]);
    const report = await untouched(
      3,
      `wrong-key: --log-key "${at('other.pem')}": the key is not that of the log "${ORIGIN}" in "${at('log')}"`,
      submit().with(5, at('other.pem')),
    );
    const [own, other] = [vkeyOf(lab), vkeyOf(lab, 'other')].map((vkey) => vkey.split('+', 2).join('+'));
    const hint = `its checkpoint would have to be signed by "${other}", and it is signed by "${own}"`;
    expect(report.errors).toMatchObject([{ file: at('other.pem'), hint }]);
    await untouched(2, 'unreadable: ', submit().with(5, lab.key('good')));
  });

  it('a log that has the origin of the one that is pinned, and another key', async () => {
    const policy = putPolicy(lab);
    await makeLog(lab, 'twin');
    const words = ['submit', at('r'), '--policy', policy, ...IDENTITY, '--log', `tiles:${at('twin')}`];
    const report = await untouched(
      3,
      `wrong-key: --log-key "${at('twin.pem')}": the policy pins another key for the log "${ORIGIN}"`,
      [...words, '--log-key', at('twin.pem')],
    );
    expect(report.errors[0]?.hint).toContain(vkeyOf(lab, 'twin'));
    expect(report.logs).toEqual([]);
  });

  it('a pending submission that says something else, or nothing', async () => {
    put({ [`r/${PENDING}`]: 'nothing' });
    await untouched(2, `bad-format: "${PENDING}": `, submit());
    fs.rmSync(at('r', PENDING));
    await fail();
    await untouched(3, `conflict: "${PENDING}" is about the same manifest`, submit('--ref', 'refs/tags/1'));
    await untouched(2, 'usage: ', submitWords(lab, 'r', '--ref', 'refs/tags/1'));
    await makeRelease(lab, 's', '2');
    fs.copyFileSync(at('r', PENDING), at('s/nova-2.SHA256SUMS.submission.json'));
    const before = theLog();
    await refused(3, 'bad-proof: ', submitWords(lab, 's'));
    expect(theLog()).toEqual(before);
  });
});

/** A submission that a failing disk keeps from its end: no outage, so that nothing calls it pending. */
async function fail(): Promise<void> {
  const report = await refused(
    1,
    /io: the disk/,
    submit(),
    watched((operation) => {
      if (isWrite(operation) && operation.path.startsWith(at('log'))) throw trouble;
    }),
  );
  expect(report.status).toBe('failed');
}

describe('a log that fails', () => {
  it('leaves the submission, and the next run finishes it without being told again', async () => {
    await fail();
    expect(parseSubmission(read('r', PENDING)).statement).toMatchObject({ version: '1' });
    expect(fs.existsSync(at('r', PROOF))).toBe(false);
    expect(entries()).toEqual([]);
    await done(submitWords(lab, 'r'));
    expect(entries()).toHaveLength(1);
    expect([fs.existsSync(at('r', PROOF)), fs.existsSync(at('r', PENDING))]).toEqual([true, false]);
  });

  it('has its submission finished from a copy of the directory', async () => {
    await fail();
    fs.renameSync(at('r'), at('copy'));
    await done(submitWords(lab, 'copy'));
    expect(entries()).toHaveLength(1);
    expect(namesIn(at('copy'))).toContain(PROOF);
  });

  it.each([
    ['the checkpoint is published', (file: string) => file === at('log/checkpoint')],
    ['the proof is written', (file: string) => file === at('r', PROOF)],
  ])('when %s, and still has one entry in the end', async (_, isIt) => {
    const failing = watched(({ name, path: file }) => {
      if (name === 'commit' && isIt(file)) throw trouble;
    });
    await refused(1, 'io: ', submit(), failing);
    expect(fs.existsSync(at('r', PENDING))).toBe(true);
    expect((await done(submit())).logs).toMatchObject([{ index: 0, tree_size: 1 }]);
    expect(entries()).toHaveLength(1);
  });

  it('and misbehaves is evidence, and the submission stays', async () => {
    await done(submit());
    await makeRelease(lab, 's', '2');
    // set back to before the entry
    const [tree] = namesIn(at('log/tile')).slice(0, 1);
    fs.rmSync(at('log/tile', tree ?? ''));
    await refused(4, 'log-misbehaved: ', submitWords(lab, 's', '--project', 'nova', '--release', '2'));
    expect(namesIn(at('s'))).toContain('nova-2.SHA256SUMS.submission.json');
  });

  it.each([
    ['commit', PENDING, 0],
    ['commit', 'checkpoint', 0],
    ['commit', PROOF, 1],
    ['remove', PENDING, 1],
  ])('by the submitter being killed before its %s of %s loses and doubles nothing', async (operation, name, logged) => {
    await killBefore(operation, name, submit());
    expect(entries()).toHaveLength(logged);
    await done(submit());
    expect(entries()).toHaveLength(1);
    expect(fs.existsSync(at('r', PENDING))).toBe(false);
    await done(['verify', at('r'), '--certificate', lab.certificate('good')]);
  });
});

describe('four that submit the same release at the same time', () => {
  it('make one entry, in one directory and in several', async () => {
    for (const name of ['s', 't']) fs.cpSync(at('r'), at(name), { recursive: true });
    const ends = await Promise.all(['r', 'r', 's', 't'].map((name) => runProcess(submitWords(lab, name, ...IDENTITY))));
    expect(ends.map(({ status, stderr }) => [status, stderr])).toEqual(ends.map(() => [0, '']));
    expect(entries()).toHaveLength(1);
    for (const name of ['r', 's', 't']) {
      expect(namesIn(at(name))).toContain(PROOF);
      expect(namesIn(at(name))).not.toContain(PENDING);
      expect((await done(submitWords(lab, name, ...IDENTITY))).logs).toMatchObject([{ action: 'kept', index: 0 }]);
    }
  });
});

describe('submit --published-url', () => {
  let http: Http;
  let site: Served;
  let override: Answer | undefined;
  beforeEach(async () => {
    http = loopback();
    override = undefined;
    fs.cpSync(at('r'), at('site'), { recursive: true });
    site = await serve(at('site'), (request, response) => override?.(request, response) ?? false);
  });
  const published = (...words: readonly string[]) => submit('--published-url', site.url, ...words);
  const answerFirst = (count: number, status: number, body = ''): Answer => {
    let left = count;
    return (_, response) => {
      if (left-- <= 0) return false;
      response.writeHead(status).end(body);
      return true;
    };
  };

  it('logs what is published as it is here', async () => {
    await done(published(), { http });
    expect(site.requests).toEqual([`/${MANIFEST}`, `/${MANIFEST}.asc`]);
    expect(entries()).toHaveLength(1);
  });

  it.each([
    ['is not there', () => answerFirst(3, 404)],
    ['is still another', () => answerFirst(3, 200, 'the old one')],
    ['cannot be had', () => answerFirst(6, 503)],
  ])('waits for a mirror on which it %s yet', async (_, lag) => {
    override = lag();
    const clock = fakeClock(new Date());
    await done(published(), { http, clock });
    expect(clock.slept).toEqual([5000, 5000, 5000]);
    expect(entries()).toHaveLength(1);
  });

  it.each([
    ['nothing', 1, 'pending: ', () => answerFirst(1e9, 404)],
    ['something else', 3, 'altered: ', () => answerFirst(1e9, 200, 'something else')],
    ['something endless', 3, 'altered: ', () => answerFirst(1e9, 200, 'x'.repeat(17 * 1024 * 1024))],
    ['trouble', 1, /pending: .*prepared and not finished: cannot fetch/, () => answerFirst(1e9, 500)],
  ] as const)('gives up at the deadline where %s is published, and logs nothing', async (_, status, message, lag) => {
    override = lag();
    const clock = fakeClock(new Date());
    const before = { ...lab.snapshot('r'), ...theLog() };
    await refused(status, message, published('--deadline', '12'), { http, clock });
    expect(clock.slept).toEqual([5000, 5000, 2000]);
    // what a later try may finish is prepared; what is refused leaves nothing
    expect(fs.existsSync(at('r', PENDING))).toBe(status === 1);
    fs.rmSync(at('r', PENDING), { force: true });
    expect({ ...lab.snapshot('r'), ...theLog() }).toEqual(before);
  });

  it('is where --resume looks again, also without being told', async () => {
    override = answerFirst(1e9, 404);
    await refused(1, 'pending: ', published('--deadline', '0'), { http });
    expect(parseSubmission(read('r', PENDING))).toMatchObject({ publishedUrl: site.url });
    const resume = ['submit', at('r'), '--resume', ...submitWords(lab).slice(2), '--deadline', '0'];
    await refused(1, 'pending: ', resume, { http });
    expect(entries()).toEqual([]);
    override = undefined;
    await done(resume, { http });
    expect(entries()).toHaveLength(1);
  });

  it('may be another by then', async () => {
    const dead = await deadUrl();
    await refused(1, 'pending: ', submit('--published-url', dead, '--deadline', '0'), { http });
    await done(['submit', at('r'), '--resume', ...submitWords(lab).slice(2), '--published-url', site.url], { http });
    expect(site.requests).toHaveLength(2);
  });

  it('says for how long it has been waited, and gives no look more time than is left', async () => {
    override = answerFirst(1e9, 404);
    const looks: (number | undefined)[] = [];
    const get: Http['get'] = async (url, cap, patience) => {
      looks.push(patience);
      return http.get(url, cap);
    };
    const said: string[] = [];
    const progress: Progress = { report: (...one) => void said.push(one.join(' ')), end: () => undefined };
    const clock = fakeClock(new Date());
    await refused(1, 'pending: ', published('--deadline', '12'), { http: { ...http, get }, clock, progress });
    expect(looks).toEqual([12_000, 10_000, 10_000, 10_000]);
    expect(said).toEqual([0, 5, 10].map((seconds) => `seconds waited for what is published ${seconds} 12`));
  });

  it('refuses a signature that differs, as it refuses a manifest', async () => {
    fs.appendFileSync(at('site', `${MANIFEST}.asc`), '\n');
    await refused(3, 'altered: ', published('--deadline', '0'), { http });
    expect(entries()).toEqual([]);
  });

  it.each([
    ['the manifest', `nova/${MANIFEST}`],
    ['the manifest, as a directory', `nova/${MANIFEST}//`],
    ['the manifest, with a query', `nova/${MANIFEST}?raw=1`],
    ['another manifest', 'nova/SHA256SUMS'],
  ])('refuses the address of %s at once, and says which was meant', async (_, place) => {
    const clock = fakeClock(new Date());
    const before = { ...lab.snapshot('r'), ...theLog() };
    const words = submit('--published-url', `${site.url}/${place}`);
    const { errors } = await refused(2, `the address of a manifest: "${site.url}/${place}"`, words, { http, clock });
    expect(errors[0]?.hint).toBe(`give that of the directory that the release is published in: "${site.url}/nova"`);
    expect([site.requests, clock.slept]).toEqual([[], []]);
    expect({ ...lab.snapshot('r'), ...theLog() }).toEqual(before);
  });

  it('refuses the address of a manifest by whatever name it has', async () => {
    for (const name of ['sums', 'söme sums'])
      for (const suffix of ['', '.asc']) fs.copyFileSync(at('r', `${MANIFEST}${suffix}`), at('r', `${name}${suffix}`));
    for (const [name, address] of [
      ['sums', 'sums'],
      ['söme sums', 'söme sums'],
      ['söme sums', 's%C3%B6me%20sums'],
    ] as const) {
      const words = submit('--manifest', name, '--published-url', `${site.url}/${address}`, '--deadline', '0');
      await refused(2, 'the address of a manifest: ', words, { http });
    }
  });

  it('is one that everybody may know: a submission that is pending is published', async () => {
    for (const address of ['http://me:secret@example.org/nova', 'https://example.org/nova?token=1', 'http://x/#y']) {
      const { errors } = await refused(2, 'the address of what is published ', submit('--published-url', address));
      expect(JSON.stringify(errors)).not.toMatch(/secret|token/);
    }
    expect(fs.existsSync(at('r', PENDING))).toBe(false);
    await refused(
      1,
      'pending: ',
      submit('--published-url', `${site.url}//`, '--deadline', '0').with(3, `tiles:${at('log')}`),
      {
        http: { ...http, get: async () => undefined },
      },
    );
    expect(parseSubmission(read('r', PENDING)).publishedUrl).toBe(site.url);
  });

  it('is the address of a directory, on a server that answers', async () => {
    for (const address of [at('site'), 'ftp://example.org/nova', 'https://', 'https://['])
      await refused(2, 'not an address', submit('--published-url', address), { http, clock: fakeClock(new Date()) });
    expect(fs.existsSync(at('r', PENDING))).toBe(false);
    const dead = submit('--published-url', await deadUrl(), '--deadline', '0');
    await refused(1, /pending: .*cannot fetch/, dead, { http });
    expect(entries()).toEqual([]);
  });
});
