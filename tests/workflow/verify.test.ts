// SPDX-License-Identifier: Apache-2.0
/** `verify` of directories and files, offline: `useLab` has every run fail that touches the network. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { detachSign, exportPublic, exportSecretSubkeys, makeKey, revokeSubkey } from '../gpg.ts';
import { countingFiles, ED25519, fakeClock, realFiles, useLab } from './lab.ts';

const date = (text: string) => new Date(`${text}T00:00:00Z`);
const dated = (start: string, expire = 'never') => ({
  algorithm: 'ed25519',
  at: date(start),
  subkeys: [{ algorithm: 'ed25519', at: date(start), expire }],
});

const lab = useLab({
  good: ED25519,
  other: ED25519,
  old: dated('2024-01-01'),
  next: dated('2024-01-01'),
  short: dated('2024-01-01', '1y'),
  superseded: dated('2024-01-01'),
  compromised: dated('2024-01-01'),
});
const { at, put, read, done, refused } = lab;

const FILES = { 'r/a.tar.gz': 'some bytes', 'r/sub/b.whl': 'other bytes' };
const MANIFEST = 'r/nova-1.SHA256SUMS';
const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');
const line = (name: string, content: string | Uint8Array) => `${digest(content)}  ${name}\n`;

const signWith = (key: string, directory = 'r', release = '1') => [
  'sign',
  at(directory),
  '--key-file',
  lab.key(key),
  '--recursive',
  '--sums',
  '--project',
  'nova',
  '--release',
  release,
];
const verify = (...words: readonly string[]) => ['verify', at('r'), '--certificate', lab.certificate('good'), ...words];

const signatureOf = async (key: string, text: string | Uint8Array): Promise<Uint8Array> =>
  detachSign(lab.gpg, lab.made(key).subkeys[0] ?? ('' as never), Buffer.from(text));

/** A manifest of these lines that `good` has signed, whatever it says. */
async function putManifest(text: string, name = MANIFEST, key = 'good'): Promise<void> {
  put({ [name]: text, [`${name}.asc`]: await signatureOf(key, text) });
}

/** Of all that is there. */
const listing = () =>
  [...Object.keys(FILES), ...Object.keys(FILES).map((name) => `${name}.asc`)]
    .filter((name) => fs.existsSync(at(name)))
    .map((name) => line(name.slice('r/'.length), read(name)))
    .join('');

interface PolicyOptions {
  readonly certificates: readonly { readonly key: string; readonly from?: string; readonly until?: string }[];
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A policy is YAML, and so it is JSON. */
function putPolicy({ certificates, more = {} }: PolicyOptions): string {
  const pins = certificates.map(({ key, ...window }) => ({
    file: lab.certificate(key),
    fingerprint: lab.made(key).primary,
    ...window,
  }));
  put({ 'policy.yaml': JSON.stringify({ schema: 'artifact-signing.policy/v1', certificates: pins, ...more }) });
  return at('policy.yaml');
}

describe('verify', () => {
  beforeEach(async () => {
    put(FILES);
    await done(signWith('good'));
  });

  it('P32 says who signed what, and when, and reads each artifact once', async () => {
    const { files, bytes } = countingFiles();
    const report = await done(verify(), { files });
    const { primary, subkeys } = lab.made('good');
    const signature = { signer: subkeys[0], primary, state: 'good' };
    expect(report.files.filter(({ name }) => !name.endsWith('.asc'))).toMatchObject([
      { name: 'a.tar.gz', action: 'verified', sha256: digest('some bytes'), signature },
      { name: 'sub/b.whl', action: 'verified', sha256: digest('other bytes'), signature },
    ]);
    expect(report.manifest).toMatchObject({ name: 'nova-1.SHA256SUMS', signature });
    for (const [name, content] of Object.entries(FILES)) expect(bytes.get(at(name))).toBe(content.length);
  });

  it('takes a file of any kind that a link to its directory leads to', async () => {
    fs.symlinkSync('r', at('latest'));
    await done(['verify', at('latest'), '--certificate', lab.certificate('good')]);
  });

  it('P18 refuses two artifacts that changed places: both digests are listed', async () => {
    put({ 'r/a.tar.gz': FILES['r/sub/b.whl'], 'r/sub/b.whl': FILES['r/a.tar.gz'] });
    const [one, two] = [read('r/a.tar.gz.asc'), read('r/sub/b.whl.asc')];
    put({ 'r/a.tar.gz.asc': two, 'r/sub/b.whl.asc': one });
    const report = await refused(3, 'altered', verify());
    expect(report.errors.map(({ kind }) => kind)).toEqual(['altered', 'altered', 'altered', 'altered']);
  });

  it('looks at the signature of a signature, which others may list', async () => {
    const name = 'a.tar.gz.asc.asc';
    put({ [`r/${name}`]: 'what a build has left' });
    await putManifest(listing() + line(name, 'what a build has left'));
    const policy = putPolicy({ certificates: [{ key: 'good' }], more: { require: { signatures: 0 } } });
    const words = ['verify', at('r'), '--policy', policy];
    await refused(3, `unsigned: "${name}"`, verify());
    expect((await done(words)).files.map((file) => file.name)).toContain(name);
    put({ [`r/${name}`]: 'another' });
    await refused(3, `altered: "${name}"`, words);
    fs.rmSync(at('r', name));
    await refused(3, `missing: "${name}"`, words);
  });

  it('P22 refuses a directory without a manifest, and one without any file', async () => {
    fs.rmSync(at(MANIFEST));
    await refused(3, 'missing: there is no manifest', verify());
    fs.rmSync(at('r'), { recursive: true });
    fs.mkdirSync(at('r'));
    await refused(3, 'missing: there is no manifest', verify());
    await refused(2, 'empty: nothing to sign', signWith('good'));
  });

  it('P22 refuses to sign some of the files that were named', async () => {
    fs.rmSync(at('r/a.tar.gz.asc'));
    const words = ['sign', at('r/a.tar.gz'), at('r/never-built'), '--key-file', lab.key('good')];
    await refused(2, /not-found: .*never-built" is not there/, words);
    expect(fs.existsSync(at('r/a.tar.gz.asc'))).toBe(false);
  });

  it('P22 refuses to sign and to list where an artifact that is expected was never built', async () => {
    for (const name of ['r/a.tar.gz.asc', MANIFEST, `${MANIFEST}.asc`]) fs.rmSync(at(name));
    const expecting = (...globs: readonly string[]) => globs.flatMap((glob) => ['--expect', glob]);
    const words = [at('r'), '--key-file', lab.key('good'), '--recursive'];
    const lacking = expecting('*.tar.gz', '*.deb', 'sub/*.tar.gz', '*.asc');
    const why = 'missing: no artifact matches "*.deb", "sub/*.tar.gz", "*.asc", and that is expected';
    for (const command of ['sign', 'sums']) await refused(3, why, [command, ...words, ...lacking, '--allow-empty']);
    expect([fs.existsSync(at('r/a.tar.gz.asc')), fs.existsSync(at(MANIFEST))]).toEqual([false, false]);
    // what was left out is not there, either
    await refused(3, 'matches "*.whl"', ['sign', ...words, '--exclude', '*.whl', ...expecting('*.whl')]);
    await done(['sign', ...words, ...expecting('*.tar.gz', 'sub/*.whl', '*.whl')]);
    await done(['sums', ...words, ...expecting('*.tar.gz')]);
  });

  it('P19 tells everything that is wrong at once', async () => {
    put({ 'r/a.tar.gz': 'altered', 'r/extra': 'x' });
    fs.rmSync(at('r/sub/b.whl'));
    const report = await refused(3, 'altered', verify());
    expect(report.errors.map(({ kind, file }) => `${kind} ${file}`).sort()).toEqual([
      'altered a.tar.gz',
      'extra extra',
      'missing sub/b.whl',
    ]);
  });

  it.each([
    ['a signature by somebody else', 'r/a.tar.gz.asc', ['a.tar.gz', 'a.tar.gz.asc']],
    ['no signature', 'r/a.tar.gz.asc', ['a.tar.gz']],
    ['a manifest that somebody else has signed', `${MANIFEST}.asc`, 'all'],
    ['a manifest that nobody has signed', `${MANIFEST}.asc`, 'all'],
  ] as const)('calls nothing verified that is refused: %s', async (what, name, expected) => {
    const signed = read(name.slice(0, -'.asc'.length));
    if (what.includes('else'))
      put({ [name]: await detachSign(lab.gpg, lab.made('other').subkeys[0] ?? ('' as never), signed) });
    else fs.rmSync(at(name));
    if (expected !== 'all') await putManifest(listing());
    const { files, manifests } = await refused(3, /wrong-key|unsigned/, verify());
    const told = [...files, ...manifests];
    const all = told.map((one) => one.name);
    expect(told.filter(({ action }) => action === 'refused').map((one) => one.name)).toEqual(
      expected === 'all' ? all : expected,
    );
    expect(new Set(told.map(({ action }) => action))).toEqual(
      new Set(expected === 'all' ? ['refused'] : ['refused', 'verified']),
    );
  });

  it('hides no refusal behind a path that is not there', async () => {
    put({ 'r/a.tar.gz': 'altered' });
    const words = ['--certificate', lab.certificate('good')];
    await refused(3, /altered: .*not-found: /s, ['verify', at('nowhere'), at('r'), ...words]);
    await refused(3, /altered: .*not-found: /s, ['verify', at('r'), at('nowhere'), ...words]);
    await refused(2, 'not-found: ', ['verify', at('nowhere'), at('r/sub/b.whl'), ...words]);
  });

  it('names the file in whatever it says of one, once', async () => {
    const names = ['altered', 'other', 'nothing', 'large', 'unsigned', 'lost', 'fifo', 'directory'];
    for (const name of names) put({ [`r/${name}`]: name, [`r/${name}.asc`]: await signatureOf('good', name) });
    put({
      'r/other.asc': await signatureOf('other', 'other'),
      'r/nothing.asc': 'nothing',
      'r/large.asc': Buffer.alloc(300_000),
      'r/nova-2.SHA256SUMS.tlog-proof': 'nothing',
    });
    fs.rmSync(at('r/unsigned.asc'));
    const lines = names.flatMap((name) => [name, ...(name === 'unsigned' ? [] : [`${name}.asc`])]);
    await putManifest(lines.map((name) => line(name, read('r', name))).join(''), 'r/nova-2.SHA256SUMS');
    await putManifest(line('a.tar.gz', 'x'), 'r/nova-3.SHA256SUMS', 'other');
    put({ 'r/nova-4.SHA256SUMS': 'nothing', 'r/nova-4.SHA256SUMS.asc': 'nothing', 'r/extra': 'x' });
    put({ 'r/altered': 'x', 'r/altered.asc': await signatureOf('good', 'y'), 'r/nova-5.SHA256SUMS': '' });
    for (const name of ['lost', 'fifo', 'directory']) fs.rmSync(at('r', name));
    spawnSync('mkfifo', [at('r/fifo')]);
    fs.mkdirSync(at('r/directory'));
    fs.symlinkSync('extra', at('r/link'));
    const files = ['altered', 'other', 'nothing', 'large', 'unsigned', 'fifo'].map((name) => at('r', name));
    const { errors } = await refused(3, 'altered', [...verify(), ...files]);
    const kinds = ['altered', 'wrong-key', 'bad-signature', 'unsigned', 'missing', 'bad-name', 'extra'] as const;
    for (const kind of [...kinds, 'bad-manifest', 'bad-format'])
      expect(errors.map((error) => error.kind)).toContain(kind);
    for (const { file, message } of errors) expect([message, message.split(`${file}"`).length]).toEqual([message, 2]);
  });

  it.each([
    'other.SHA256SUMS.asc',
    'other.SHA256SUMS.tlog-proof',
    'SHA256SUMS.submission.json',
    'nova-1.SHA256SUMS.evil',
  ])('finds %s, which stands beside no manifest, to be extra', async (name) => {
    put({ [`r/${name}`]: 'anything' });
    await refused(3, `extra: "${name}" is there, and no manifest lists it`, verify());
  });

  it('says what of its own it has not checked', async () => {
    put({ [`${MANIFEST}.sigstore.json`]: 'anything', 'r/sub/.artifact-signing-0123456789abcdef.tmp': 'anything' });
    const { warnings } = await done(verify());
    expect(warnings.map(({ kind, file }) => `${kind} ${file}`)).toEqual([
      'not-checked sub/.artifact-signing-0123456789abcdef.tmp',
      'not-checked nova-1.SHA256SUMS.sigstore.json',
    ]);
  });

  it.each([
    ['a signature', 'r/a.tar.gz.asc', 'bad-signature'],
    ['a signature of the manifest', `${MANIFEST}.asc`, 'bad-format'],
    ['a proof', `${MANIFEST}.tlog-proof`, 'bad-format'],
    ['a submission', `${MANIFEST}.submission.json`, 'bad-format'],
  ])('refuses %s that is far too large, and goes on', async (_, name, kind) => {
    put({ [name]: Buffer.alloc(300_000, 'x'), 'r/extra': 'x' });
    const report = await refused(3, 'extra', verify());
    expect(report.errors.map((error) => error.kind)).toContain(kind);
  });

  it('P17 refuses a link, a directory or a pipe in the place of a file', async () => {
    fs.renameSync(at('r/a.tar.gz'), at('elsewhere'));
    fs.symlinkSync('../elsewhere', at('r/a.tar.gz'));
    await refused(3, /bad-name: "a\.tar\.gz" is a symbolic link/, verify());
    fs.rmSync(at('r/a.tar.gz'));
    fs.mkdirSync(at('r/a.tar.gz'));
    await refused(3, 'a.tar.gz" is not a regular file', verify());
    fs.rmdirSync(at('r/a.tar.gz'));
    spawnSync('mkfifo', [at('r/a.tar.gz')]);
    await refused(3, 'a.tar.gz" is not a regular file', verify());
    fs.rmSync(at('r/a.tar.gz'));
    fs.renameSync(at('r/sub'), at('below'));
    fs.symlinkSync('../below', at('r/sub'));
    await refused(3, /bad-name: "sub" is a symbolic link/, verify());
  });

  it.each([
    ['a link', (file: string) => fs.symlinkSync('a.tar.gz', file), 'is a symbolic link'],
    ['a pipe', (file: string) => spawnSync('mkfifo', [file]), 'is not a regular file'],
  ])('P17 refuses %s that no manifest lists, though everything else may be there', async (_, make, why) => {
    make(at('r/extra'));
    await refused(3, `bad-name: "extra" ${why}`, verify('--allow-extra'));
  });

  it('P17 takes a name that others have not composed, and makes none', async () => {
    const name = 'e\u0301.txt';
    put({ [`r/${name}`]: 'x' });
    await refused(3, 'bad-name: the name "e\u0301.txt" is not in Unicode\'s composed form', signWith('good'));
    expect(fs.existsSync(at(`r/${name}.asc`))).toBe(false);
    const signature = await detachSign(lab.gpg, lab.made('good').subkeys[0] ?? ('' as never), Buffer.from('x'));
    put({ [`r/${name}.asc`]: signature });
    await putManifest(listing() + line(name, 'x') + line(`${name}.asc`, signature));
    expect((await done(verify())).files).toContainEqual(expect.objectContaining({ name, action: 'verified' }));
  });

  it('refuses a signature of another artifact, and one that is not listed', async () => {
    fs.copyFileSync(at('r/sub/b.whl.asc'), at('r/a.tar.gz.asc'));
    await refused(3, /altered: .*a\.tar\.gz\.asc/s, verify());
    await putManifest(line('a.tar.gz', 'some bytes'));
    await refused(3, 'has a signature that is not listed', verify('--allow-extra'));
  });

  it('takes one manifest by its name, and no path for one', async () => {
    await done(verify('--manifest', 'nova-1.SHA256SUMS'));
    await refused(3, 'is not there', verify('--manifest', 'nova-2.SHA256SUMS'));
    for (const path of ['../r/nova-1.SHA256SUMS', 'r/nova-1.SHA256SUMS', at(MANIFEST)]) {
      const why = `usage: --manifest takes a name, and no path: "${path}"`;
      const { errors } = await refused(2, why, verify('--manifest', path));
      expect(errors).toMatchObject([{ hint: expect.stringContaining('--manifest "nova-1.SHA256SUMS"') }]);
      await refused(2, why, ['publish', ...verify('--manifest', path, '--to', at('site')).slice(1)]);
    }
  });
});

describe('a manifest that is signed and nonsense', () => {
  beforeEach(async () => {
    put(FILES);
    await done(signWith('good'));
  });

  it.each([
    ['itself', 'nova-1.SHA256SUMS'],
    ['its signature', 'nova-1.SHA256SUMS.asc'],
    ['its proof', 'nova-1.SHA256SUMS.tlog-proof'],
  ])('P15 is refused where it lists %s', async (_, name) => {
    await putManifest(read(MANIFEST) + line(name, 'x'));
    await refused(3, /bad-manifest: .* it lists .*, which is itself or stands beside it/, verify());
  });

  it.each(['sub/../a.tar.gz', '../r/a.tar.gz', '/etc/passwd', './a.tar.gz', 'sub//b.whl'])(
    'P16 is refused where it lists %s',
    async (name) => {
      await putManifest(read(MANIFEST) + line(name, 'some bytes'));
      await refused(3, /bad-manifest: .* line 5: the name/, verify());
    },
  );

  it('P22 is refused where it lists some of the artifacts only', async () => {
    const lines = read(MANIFEST).toString().split('\n');
    await putManifest(lines.filter((one) => !one.includes('sub/')).join('\n'));
    await refused(3, /extra: "sub\/b\.whl" .*extra: "sub\/b\.whl\.asc"/s, verify());
  });

  it('P22 is refused where an artifact that it lists has no signature, be it listed or not', async () => {
    const lines = read(MANIFEST).toString().split('\n');
    fs.rmSync(at('r/sub/b.whl.asc'));
    await refused(3, /missing: "sub\/b\.whl\.asc" is listed, and not there/, verify());
    await putManifest(lines.filter((one) => !one.endsWith('b.whl.asc')).join('\n'));
    await refused(3, /unsigned: "sub\/b\.whl" has no signature/, verify());
  });

  it('is refused where another one contradicts it', async () => {
    await putManifest(line('a.tar.gz', 'other bytes'), 'r/nova-2.SHA256SUMS');
    await refused(3, /altered: "a\.tar\.gz" is listed with several digests/, verify());
  });

  it('may agree with another one', async () => {
    const lines = read(MANIFEST).toString().split('\n');
    await putManifest(`${lines.slice(0, 2).join('\n')}\n`, 'r/nova-2.SHA256SUMS');
    await done(verify());
    const { warnings } = await done(verify('--manifest', 'nova-1.SHA256SUMS'));
    expect(warnings.map(({ message }) => message)).toEqual(['2 files of other manifests were not checked']);
  });

  it.each([
    ['nobody', 'the manifest "evil.SHA256SUMS" is not signed'],
    ['somebody else', 'which is not trusted here'],
  ])('vouches for no file where %s has signed it, whatever manifest is asked for', async (who, why) => {
    put({ 'r/evil': 'evil' });
    await putManifest(line('evil', 'evil'), 'r/evil.SHA256SUMS', 'other');
    if (who === 'nobody') fs.rmSync(at('r/evil.SHA256SUMS.asc'));
    await refused(3, /wrong-key|unsigned/, verify());
    const { errors } = await refused(3, 'extra: "evil" is there', verify('--manifest', 'nova-1.SHA256SUMS'));
    const names = ['evil', 'evil.SHA256SUMS', ...(who === 'nobody' ? [] : ['evil.SHA256SUMS.asc'])];
    expect(errors.map(({ kind, file }) => `${kind} ${file}`)).toEqual(names.map((name) => `extra ${name}`));
    for (const { hint } of errors) expect(hint).toContain(why);
    const report = await done(verify('--manifest', 'nova-1.SHA256SUMS', '--allow-extra'));
    expect(report.files.map(({ name }) => name)).not.toContain('evil');
  });

  it('vouches for a file, where it is good, that one by somebody else lists, too', async () => {
    put({ 'r/both': 'both' });
    await putManifest(line('both', 'both'), 'r/a.SHA256SUMS', 'other');
    await putManifest(line('both', 'both'), 'r/b.SHA256SUMS');
    await putManifest(line('both', 'both'), 'r/c.SHA256SUMS', 'other');
    const { errors } = await refused(3, 'extra: ', verify('--manifest', 'nova-1.SHA256SUMS'));
    expect(errors.map(({ file }) => file)).not.toContain('both');
  });

  it('lets nothing through the gate that was not checked: what another one lists is extra there', async () => {
    put({ 's/c': 'another release' });
    await done(signWith('good', 's', '2'));
    fs.cpSync(at('s'), at('r'), { recursive: true });
    for (const release of [1, 2]) await done(verify('--manifest', `nova-${release}.SHA256SUMS`));
    const gate = verify('--before-publication', '--manifest', 'nova-1.SHA256SUMS');
    const { errors } = await refused(3, 'extra: "c" is of another manifest, "nova-2.SHA256SUMS", and was not', gate);
    expect(errors.map(({ kind, file }) => `${kind} ${file}`)).toEqual(
      ['c', 'c.asc', 'nova-2.SHA256SUMS', 'nova-2.SHA256SUMS.asc'].map((name) => `extra ${name}`),
    );
    await refused(3, 'extra: "nova-2.SHA256SUMS" is another manifest, and was not checked', gate);
    const { warnings } = await done([...gate, '--allow-extra']);
    expect(warnings.map(({ message }) => message)).toEqual(['4 files of other manifests were not checked']);
    await done(verify('--before-publication'));
  });
});

describe('a single file', () => {
  beforeEach(async () => {
    put(FILES);
    await done(signWith('good'));
  });
  const file = (...words: readonly string[]) => ['verify', at('r/a.tar.gz'), ...words];

  it('is checked by its signature, and the report says what was not', async () => {
    const report = await done(file('--certificate', lab.certificate('good')));
    expect(report.warnings).toMatchObject([
      { kind: 'not-checked', message: expect.stringMatching(/not its manifest, and no log/) },
    ]);
  });

  it('is held against the manifest that is named, though no log is demanded', async () => {
    const words = file('--certificate', lab.certificate('good'), '--manifest');
    const report = await done([...words, 'nova-1.SHA256SUMS']);
    expect(report).toMatchObject({ manifest: { name: 'nova-1.SHA256SUMS', action: 'verified' } });
    expect(report.warnings.map(({ message }) => message)).toEqual([
      'the other files that the manifest lists were not checked',
    ]);
    await refused(3, 'missing: the manifest "nova-2.SHA256SUMS" is not there', [...words, 'nova-2.SHA256SUMS']);
    await putManifest(line('b.whl', 'other bytes'), 'r/nova-2.SHA256SUMS');
    const why = 'extra: "nova-2.SHA256SUMS" does not list "a.tar.gz" and its signature as they are';
    await refused(3, why, [...words, 'nova-2.SHA256SUMS']);
    await refused(3, why, [...words, 'nova-2.SHA256SUMS', '--before-publication']);
    await putManifest(read(MANIFEST).toString(), 'r/nova-3.SHA256SUMS', 'other');
    await refused(3, 'wrong-key: ', [...words, 'nova-3.SHA256SUMS']);
  });

  it('is told to be a stranger to the only manifest beside it, where that is believed', async () => {
    for (const end of ['', '.asc']) fs.renameSync(at(`r/a.tar.gz${end}`), at(`r/z.tar.gz${end}`));
    const words = ['verify', at('r/z.tar.gz'), '--certificate', lab.certificate('good')];
    const strangers = async () => (await done(words)).warnings.filter(({ message }) => message.includes('not list'));
    expect(await strangers()).toMatchObject([
      { kind: 'not-checked', file: 'z.tar.gz', message: expect.stringContaining('"nova-1.SHA256SUMS" does not list') },
    ]);
    fs.truncateSync(at(MANIFEST), 17 * 1024 * 1024);
    expect(await strangers()).toEqual([]);
    await putManifest(line('b.whl', 'other bytes'), MANIFEST, 'other');
    expect(await strangers()).toEqual([]);
    await putManifest(line('b.whl', 'other bytes'));
    await putManifest(line('b.whl', 'other bytes'), 'r/nova-2.SHA256SUMS');
    expect(await strangers()).toEqual([]);
  });

  it.each([
    ['altered', () => put({ 'r/a.tar.gz': 'other bytes' }), 'altered: '],
    ['signed by nobody', () => fs.rmSync(at('r/a.tar.gz.asc')), 'unsigned: '],
    ['signed by nothing', () => put({ 'r/a.tar.gz.asc': '' }), 'bad-signature: '],
    ['signed at length', () => put({ 'r/a.tar.gz.asc': Buffer.alloc(70_000) }), 'bad-signature: '],
  ])('is refused where it is %s', async (_, tamper, message) => {
    tamper();
    const report = await refused(3, message, file('--certificate', lab.certificate('good')));
    expect(report.files).toMatchObject([{ name: 'a.tar.gz', action: 'refused' }]);
  });

  it('is no manifest where another one is named', async () => {
    const words = ['verify', at(MANIFEST), '--certificate', lab.certificate('good'), '--manifest'];
    await done([...words, 'nova-1.SHA256SUMS']);
    await refused(2, 'usage: "nova-1.SHA256SUMS" is a manifest itself', [...words, 'nova-2.SHA256SUMS']);
  });

  it('is named, and not its signature', async () => {
    const words = ['verify', at('r/a.tar.gz.asc'), '--certificate', lab.certificate('good')];
    const { errors } = await refused(3, 'unsigned: ', words);
    expect(errors).toMatchObject([{ hint: 'is it a signature? name the file that it signs: "a.tar.gz"' }]);
  });

  it('is refused where somebody else has signed it', async () => {
    await refused(3, 'wrong-key: ', file('--certificate', lab.certificate('other')));
  });
});

describe('a policy that asks for no signature of each artifact', () => {
  const asking = (signatures: number) => {
    const policy = putPolicy({ certificates: [{ key: 'good' }], more: { require: { signatures } } });
    return ['verify', at('r'), '--policy', policy];
  };

  it('takes a signed manifest for all of them', async () => {
    put(FILES);
    await putManifest(line('a.tar.gz', 'some bytes') + line('sub/b.whl', 'other bytes'));
    await done(asking(0));
    await refused(3, /unsigned: "a\.tar\.gz".*unsigned: "sub\/b\.whl"/s, asking(1));
    put({ 'r/a.tar.gz': 'altered' });
    await refused(3, 'altered: ', asking(0));
  });

  it('takes no bad one for none, and never a manifest without', async () => {
    put(FILES);
    await done(signWith('good'));
    await done(asking(0));
    const lines = read(MANIFEST)
      .toString()
      .replace(/^[0-9a-f]{64}(?= {2}a\.tar\.gz\.asc$)/m, digest('nothing'));
    put({ 'r/a.tar.gz.asc': 'nothing' });
    await putManifest(lines);
    await refused(3, 'bad-signature: ', asking(0));
    fs.rmSync(at(`${MANIFEST}.asc`));
    await refused(3, 'unsigned: ', asking(0));
  });
});

describe('a certificate that is pinned in two files', () => {
  it('has what each of them says', async () => {
    const { primary } = await makeKey(lab.gpg, { algorithm: 'ed25519', userId: 'twice' });
    put({ 'before.asc': await exportPublic(lab.gpg, primary), 'r/a': 'one' });
    await lab.gpg.run(['--passphrase', '', '--quick-add-key', primary, 'ed25519', 'sign', 'never']);
    put({ 'after.asc': await exportPublic(lab.gpg, primary), 'key.asc': await exportSecretSubkeys(lab.gpg, primary) });
    await done(['sign', at('r'), '--key-file', at('key.asc'), '--sums']);
    const pins = ['before.asc', 'after.asc'].map((file) => ({ file, fingerprint: primary }));
    for (const [certificates, status] of [
      [pins, 0],
      [pins.toReversed(), 0],
      [pins.slice(0, 1), 3],
    ] as const) {
      put({ 'policy.yaml': JSON.stringify({ schema: 'artifact-signing.policy/v1', certificates }) });
      expect((await lab.run(['verify', at('r'), '--policy', at('policy.yaml')])).status).toBe(status);
    }
  });
});

describe('a policy', () => {
  it('of many windows has its certificates read once', async () => {
    put({ 'r/a': 'one' });
    await done(signWith('good'));
    const certificates = Array.from({ length: 5 }, (_, at) => ({ key: 'good', until: `${2030 + at}-01-01` }));
    const policy = putPolicy({ certificates });
    const files = realFiles();
    const readGiven = vi.fn(files.readGiven);
    await done(['verify', at('r'), '--policy', policy], { files: { ...files, readGiven } });
    expect(readGiven.mock.calls.map(([file]) => file)).toEqual([policy, lab.certificate('good')]);
  });

  it('that is not UTF-8 is refused, also in a comment', async () => {
    const policy = putPolicy({ certificates: [{ key: 'good' }] });
    fs.appendFileSync(policy, Buffer.from([0x0a, 0x23, 0xe9, 0x0a]));
    await refused(2, 'is not valid UTF-8', ['verify', at('r'), '--policy', policy]);
  });
});

it('is told from a certificate that is given for a policy', async () => {
  put({ 'r/a': 'one' });
  const words = ['verify', at('r'), '--policy', lab.certificate('good')];
  const { errors } = await refused(2, 'usage: ', words);
  expect(errors[0]?.hint).toBe('give it with --certificate');
});

describe('a policy of 256 KiB', () => {
  it('is read, and a byte more is refused before anybody parses it', async () => {
    put({ 'r/a': 'one' });
    await done(signWith('good'));
    const policy = putPolicy({ certificates: [{ key: 'good' }] });
    fs.appendFileSync(policy, ' '.repeat(256 * 1024 - fs.statSync(policy).size));
    await done(['verify', at('r'), '--policy', policy]);
    fs.appendFileSync(policy, ' ');
    const parse = vi.fn();
    const words = ['verify', at('r'), '--policy', policy];
    await refused(2, 'is larger than the 262144 bytes that such a file can have', words, { yaml: { parse } });
    expect(parse).not.toHaveBeenCalled();
  });
});

describe('the window of a certificate', () => {
  it('P28 takes the signatures of its time: the old key for the old release, the new one for the new', async () => {
    put({ 'r/a-1': 'one' });
    await done(signWith('old', 'r', '1'), { clock: fakeClock(date('2025-03-01')) });
    put({ 's/a-2': 'two' });
    await done(signWith('next', 's', '2'), { clock: fakeClock(date('2025-11-01')) });
    fs.cpSync(at('s'), at('r'), { recursive: true });
    const policy = putPolicy({
      certificates: [
        { key: 'old', from: '2025-01-01', until: '2025-06-01' },
        { key: 'next', from: '2025-06-01T00:00:00Z' },
      ],
    });
    const report = await done(['verify', at('r'), '--policy', policy]);
    expect(report.manifests.map(({ signature }) => signature?.primary)).toEqual([
      lab.made('old').primary,
      lab.made('next').primary,
    ]);
  });

  it.each([
    ['2025-01-01', 0],
    ['2024-12-31', 3],
    ['2025-05-31', 0],
    ['2025-06-01', 3],
  ])('P28 of a signature made on %s: exit status %d', async (day, status) => {
    put({ 'r/a': 'one' });
    await done(signWith('old'), { clock: fakeClock(date(day)) });
    const policy = putPolicy({ certificates: [{ key: 'old', from: '2025-01-01', until: '2025-06-01' }] });
    const run = await lab.run(['verify', at('r'), '--policy', policy]);
    expect(run.status).toBe(status);
    if (status === 3)
      expect(run.report.errors[0]).toMatchObject({
        kind: 'wrong-key',
        message: expect.stringMatching(/outside the window/),
      });
  });

  it('may be one of several of the same key', async () => {
    put({ 'r/a': 'one' });
    await done(signWith('old'), { clock: fakeClock(date('2025-05-01')) });
    const certificates = [
      { key: 'old', until: '2025-02-01' },
      { key: 'old', from: '2025-04-01' },
    ];
    await done(['verify', at('r'), '--policy', putPolicy({ certificates })]);
  });
});

describe('a key that has expired since', () => {
  const now = { clock: fakeClock(date('2026-01-01')) };
  beforeEach(async () => {
    put({ 'r/a': 'one' });
    await done(signWith('short'), { clock: fakeClock(date('2024-06-01')) });
  });

  it.each([
    ['refuse', 'says "expired_after_signing: refuse"'],
    ['logged', 'no witness or timestamp'],
  ])('is refused by the policy "%s"', async (word, hint) => {
    const policy = putPolicy({ certificates: [{ key: 'short' }], more: { expired_after_signing: word } });
    const report = await refused(3, 'expired-after-signing: ', ['verify', at('r'), '--policy', policy], now);
    expect(report.errors[0]?.hint).toContain(hint);
  });

  it('P2 is taken by the policy "accept", by its name', async () => {
    const policy = putPolicy({ certificates: [{ key: 'short' }], more: { expired_after_signing: 'accept' } });
    const report = await done(['verify', at('r'), '--policy', policy], now);
    expect(report.manifest?.signature?.state).toBe('expired-after-signing');
  });

  it('is refused where nothing is said, and good before', async () => {
    const words = ['verify', at('r'), '--certificate', lab.certificate('short')];
    await refused(3, 'expired-after-signing: ', words, now);
    const soon = await done(words, { clock: fakeClock(date('2024-12-20')) });
    expect(soon.warnings).toMatchObject([{ kind: 'expires-soon' }]);
    expect((await done(words, { clock: fakeClock(date('2024-10-01')) })).warnings).toEqual([]);
  });

  it('signs no more', async () => {
    put({ 'r/late': 'late' });
    await refused(3, 'expired: ', signWith('short'), now);
  });
});

describe('a key that is revoked later', () => {
  it.each([
    ['superseded', 0],
    ['compromised', 3],
  ] as const)('P28 as %s: exit status %d for what it signed before', async (reason, status) => {
    put({ 'r/a': 'one' });
    await done(signWith(reason), { clock: fakeClock(date('2024-06-01')) });
    const { primary } = lab.made(reason);
    await revokeSubkey(lab.gpg, primary, 1, reason, date('2025-01-01'));
    put({ 'revoked.asc': await exportPublic(lab.gpg, primary) });
    const run = await lab.run(['verify', at('r'), '--certificate', at('revoked.asc')]);
    expect(run.status).toBe(status);
    expect(run.report.errors.map(({ kind }) => kind)).toEqual(status === 0 ? [] : ['revoked', 'revoked']);
    const sign = ['sign', at('s'), '--key-file', lab.key(reason), '--certificate', at('revoked.asc')];
    put({ 's/new': 'new' });
    await refused(3, reason === 'superseded' ? 'superseded: ' : 'revoked: ', sign);
  });
});
