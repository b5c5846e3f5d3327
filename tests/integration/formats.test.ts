// SPDX-License-Identifier: Apache-2.0
/**
 * doc/source/formats.rst: its commands, run as they stand there on a release that real logs have, by other people's programs; and its
 * tables, held against the files. What was changed, these programs refuse.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { type ConsoleCommand, consoleCommands, runConsole, writePrograms } from '../console-runner.ts';
import { makeAuthority, toPem } from '../core/certificates.ts';
import { exportPublic, exportSecretSubkeys, type Gpg, makeKey, openGpg } from '../gpg.ts';
import { fakeRecorder, RECORDER } from '../logs/fake-recorder.ts';
import { serve } from '../workflow/server.ts';
import { sigstorePrograms } from './debian.ts';
import { buildLitewitness, type Litewitness, openLitewitness } from './litewitness.ts';
import { runGo } from './programs.ts';
import { done as doneBeside } from './rekor-lab.ts';
import { buildRekorTiles, openRekorTiles, type RekorTiles } from './rekor-tiles.ts';
import { buildRekorV1, openRekorV1, type RekorV1 } from './rekor-v1.ts';
import { openSigsum, type SigsumLab, sigsumPrograms } from './sigsum.ts';

const EXECUTABLE = path.resolve('src/bin.ts');
const PAGE = fs.readFileSync('doc/source/formats.rst', 'utf8');
const ORIGIN = 'tarballs.example.org/log';
const MANIFEST = 'release/nova-31.0.0.SHA256SUMS';

let work = '';
let gpg: Gpg;
let one: RekorV1;
let two: RekorTiles;
let witness: Litewitness;
let sigsum: SigsumLab;
let env: NodeJS.ProcessEnv;
/** Of `submit` and `verify`, and of one that was refused. */
const reports: Report[] = [];

const at = (...parts: readonly string[]) => path.join(work, ...parts);

/** The part of the page below a title. */
function section(title: string): string {
  const start = PAGE.indexOf(`\n${title}\n***`);
  expect(start, title).toBeGreaterThan(0);
  const rest = PAGE.slice(start + 1);
  const next = /\n\n[^\n]+\n\*{3,}\n/.exec(rest)?.index;
  return next === undefined ? rest : rest.slice(0, next + 1);
}

const show = async (commands: readonly ConsoleCommand[]) =>
  runConsole(commands, {
    ...{ name: 'formats.rst', cwd: work, env },
    replace: [['--rekor_server https://rekor-1.example.org', `--rekor_server ${one.url}`]],
  });

function command(...words: readonly string[]): Report {
  const { stdout, stderr } = spawnSync(process.execPath, [EXECUTABLE, ...words, '--json'], {
    encoding: 'utf8',
    cwd: work,
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Report;
}
function done(...words: readonly string[]): Report {
  const report = command(...words);
  expect(report.errors, words.join(' ')).toEqual([]);
  return report;
}

function makeRelease(directory: string, version: string): void {
  fs.mkdirSync(at(directory));
  fs.writeFileSync(at(directory, `nova-${version}.tar.gz`), `some bytes of ${version}`);
  done('sign', directory, '--key-file', 'key.asc', '--sums', '--project', 'nova', '--release', version);
}

const submitWords = (directory: string, version: string) => [
  ...['submit', directory, '--policy', 'trust.json', '--log', 'tiles:log'],
  ...['rekor-1', 'rekor-2', 'sigsum'].flatMap((name) => ['--log', name]),
  ...['log.pem', 'rekor.pem', 'submit.key'].flatMap((file) => ['--log-key', file]),
  ...['--project', 'opendev.org/openstack/nova', '--release', version, '--commit', 'a'.repeat(40)],
  ...['--ref', `refs/tags/${version}`],
];

/** A recorder has the release, too. It runs in this process, which has to answer meanwhile. */
async function record(policy: { readonly logs: readonly unknown[] }): Promise<Report> {
  const [recorder, site] = [await fakeRecorder(), await serve(work)];
  recorder.projectDomain = () => '31-0-0.nova.example.org';
  fs.writeFileSync(at('authorities.pem'), toPem(recorder.authority.root));
  const { url, address } = recorder;
  const log = { name: 'recorder', kind: 'recorder', recorder: RECORDER, url, address, ca_file: 'authorities.pem' };
  const logs = [...policy.logs, { ...log, project_domain: '{version}.{project}.example.org' }];
  fs.writeFileSync(at('recorder.json'), JSON.stringify({ ...policy, logs }));
  return doneBeside(
    ...['submit', at('release'), '--policy', at('recorder.json'), '--log', 'recorder'],
    ...['--project', 'opendev.org/openstack/nova', '--release', '31.0.0', '--published-url', `${site.url}/release`],
    ...['--commit', 'a'.repeat(40), '--ref', 'refs/tags/31.0.0'],
  );
}

beforeAll(async () => {
  work = fs.mkdtempSync('/tmp/formats-');
  gpg = await openGpg();
  const userId = 'Example Release Signing Key (2026.2)';
  const key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }], userId });
  fs.writeFileSync(at('key.asc'), await exportSecretSubkeys(gpg, key.primary), { mode: 0o600 });
  fs.writeFileSync(at('example-2026.2.asc'), await exportPublic(gpg, key.primary));
  const tools = sigsumPrograms().tools;
  const cosign = path.join(sigstorePrograms(), 'cosign');
  runGo(['build', '-trimpath', '-o', at('tlog'), '.'], path.resolve('tests/interop/tlog'));
  const rekorCli = path.join(buildRekorV1(), 'rekor-cli');
  const sigsumVerify = path.join(tools, 'sigsum-verify');
  const programs = { cosign, 'rekor-cli': rekorCli, 'sigsum-verify': sigsumVerify, tlog: at('tlog') };
  writePrograms(
    at('bin'),
    Object.fromEntries(Object.entries(programs).map(([name, file]) => [name, `exec '${file}' "$@"`])),
  );
  env = { PATH: `${at('bin')}:${process.env['PATH']}`, HOME: work, GNUPGHOME: gpg.home, LC_ALL: 'C.UTF-8' };
  one = await openRekorV1(buildRekorV1(), at('rekor-1'), 'rekor-1.example.org');
  two = await openRekorTiles(buildRekorTiles(), at('rekor-2'), 'rekor-2.example.org');
  sigsum = await openSigsum(sigsumPrograms(), at('sigsum'));
  fs.copyFileSync(one.publicKey, at('rekor-1.pub'));
  fs.copyFileSync(two.publicKey, at('rekor-2.pub'));
  fs.copyFileSync(sigsum.policy, at('sigsum-policy'));
  const signers = (kind: string, file: string) => [
    done('key', 'generate-log-key', '--for', kind, '--out', file).detail?.['public_key'],
  ];
  done('key', 'generate-log-key', '--for', 'tiles', '--out', 'log.pem');
  const vkey = String(done('log', 'init', 'log', '--origin', ORIGIN, '--key', 'log.pem').detail?.['vkey']);
  fs.copyFileSync(at('log.state/log.vkey'), at('log.vkey'));
  witness = await openLitewitness(buildLitewitness(), at('w'), 'north', { origin: ORIGIN, vkey });
  fs.writeFileSync(at('witness.vkey'), `${witness.vkey}\n`);
  const witnesses = [{ name: 'north', key: witness.vkey, url: witness.url }];
  const rekor = { kind: 'rekor', signers: signers('rekor', 'rekor.pem') };
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: 'example-2026.2.asc', fingerprint: key.primary }],
    logs: [
      { name: 'tarballs', kind: 'tiles', origin: ORIGIN, keys: [vkey], witnesses, quorum: 1 },
      { name: 'rekor-1', ...rekor, version: 1, url: one.url, origin: one.origin, keys: [one.pin] },
      {
        name: 'rekor-2',
        ...rekor,
        version: 2,
        url: two.url,
        read_url: two.readUrl,
        origin: two.origin,
        keys: [two.pin],
      },
      { name: 'sigsum', kind: 'sigsum', policy_file: 'sigsum-policy', signers: signers('sigsum', 'submit.key') },
    ],
    require: { logs: { at_least: 4 } },
  };
  fs.writeFileSync(at('trust.json'), JSON.stringify(policy));
  done('key', 'certify', 'rekor.pem.pub', '--key-file', 'key.asc');
  makeRelease('earlier', '30.0.0');
  done(...submitWords('earlier', '30.0.0'));
  makeRelease('release', '31.0.0');
  reports.push(done(...submitWords('release', '31.0.0')), done('verify', 'release', '--policy', 'trust.json'));
  reports.push(await record(policy));
  makeRelease('pending', '31.0.1');
  // nobody listens there
  const nowhere = ['--published-url', 'http://127.0.0.1:9/', '--deadline', '0'];
  reports.push(command(...submitWords('pending', '31.0.1'), ...nowhere));
});
afterAll(async () => {
  await one?.close();
  await two?.close();
  await witness?.close();
  await sigsum?.close();
  await gpg?.close();
  fs.rmSync(work, { recursive: true, force: true });
});

describe('the commands of doc/source/formats.rst', () => {
  it('check every file of a release that four logs have', async () => {
    expect(reports.map(({ status }) => status)).toEqual(['done', 'done', 'done', 'pending']);
    await show(consoleCommands(PAGE));
  });

  const change = (bytes: Buffer, position: number) => {
    bytes.writeUInt8((bytes.at(position) ?? 0) ^ 1, position < 0 ? bytes.length + position : position);
    return bytes;
  };
  it.each<readonly [title: string, file: string, change: (bytes: Buffer) => Buffer | string]>([
    ['Signature', 'release/nova-31.0.0.tar.gz', (bytes) => change(bytes, 0)],
    ['Manifest', 'release/nova-31.0.0.tar.gz', (bytes) => change(bytes, -1)],
    ['Manifest', MANIFEST, (bytes) => change(bytes, 0)],
    ['Statement', MANIFEST, (bytes) => change(bytes, 0)],
    ['Proof of a tile log', `${MANIFEST}.tlog-proof`, (bytes) => bytes.toString().replace(/^index 1$/m, 'index 0')],
    [
      'Proof of a tile log',
      `${MANIFEST}.tlog-proof`,
      (bytes) => change(bytes, bytes.indexOf('index 1\n') + 'index 1\n'.length + 1),
    ],
    ['Proof of a tile log', `${MANIFEST}.tlog-proof`, (bytes) => bytes.toString().replace(/\n— witness.*\n$/, '\n')],
    ['Proof of a tile log', 'statement', (bytes) => change(bytes, 20)],
    [
      'Proof of a tile log',
      `${MANIFEST}.tlog-proof`,
      (bytes) => bytes.toString().replace(`\n${ORIGIN}\n2\n`, `\n${ORIGIN}\n3\n`),
    ],
    ['Tile log', 'log/tile/0/000.p/2', (bytes) => change(bytes, -1)],
    ['Tile log', 'log/tile/entries/000.p/2', (bytes) => change(bytes, -9)],
    ['Proof of a Sigsum log', `${MANIFEST}.proof`, (bytes) => bytes.toString().replace(/^root_hash=./m, 'root_hash=x')],
    [
      'Proof of a Sigsum log',
      `${MANIFEST}.proof`,
      (bytes) => bytes.toString().replace(/^leaf_index=1$/m, 'leaf_index=0'),
    ],
    ['Proof of a Sigsum log', MANIFEST, (bytes) => change(bytes, 0)],
    ['Bundle', MANIFEST, (bytes) => change(bytes, 0)],
    ['Bundle', 'rekor-1.pub', () => fs.readFileSync(at('rekor.pem.pub'))],
    ['Bundle', 'rekor-2.pub', () => fs.readFileSync(at('rekor.pem.pub'))],
    ['Certificate of a recorder', `${MANIFEST}.recorder.pem`, (bytes) => change(bytes, 200)],
    ['Certificate of a recorder', 'authorities.pem', () => toPem(makeAuthority().root)],
    ['Keys for logs', 'rekor.pem.pub', () => fs.readFileSync(at('rekor-1.pub'))],
    ['Certified keys', 'rekor.pem.pub', () => fs.readFileSync(at('rekor-1.pub'))],
  ])('refuse in %s a changed %s', async (title, file, changed) => {
    const kept = fs.readFileSync(at(file));
    const other = changed(Buffer.from(kept));
    expect(Buffer.from(other).equals(kept)).toBe(false);
    try {
      fs.writeFileSync(at(file), other);
      await expect(show(consoleCommands(section(title)))).rejects.toThrow(/formats\.rst:\d+: \$/);
    } finally {
      fs.writeFileSync(at(file), kept);
    }
    await show(consoleCommands(section(title)));
  });
});

/** The names of all fields in a document, however deep. */
const fieldsOf = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(fieldsOf)];
const literalsIn = (text: string) => new Set([...text.matchAll(/``([^`]+)``/g)].map(([, literal]) => literal));

describe('the tables of doc/source/formats.rst', () => {
  it.each<readonly [title: string, read: () => unknown]>([
    ['Statement', () => JSON.parse(fs.readFileSync(at('statement'), 'utf8'))],
    ['Bundle', () => JSON.parse(fs.readFileSync(at(`${MANIFEST}.sigstore.json`), 'utf8'))],
    ['Submission', () => submission()],
    ['Report', () => reports.map(({ detail: _, ...rest }) => rest)],
  ])('have every field of what is told in %s', (title, read) => {
    const fields = [...new Set(fieldsOf(read()))];
    expect(fields.length).toBeGreaterThan(4);
    expect(fields.filter((field) => !literalsIn(section(title)).has(field))).toEqual([]);
  });

  it('say what is prepared for each kind of log', () => {
    const { prepared } = submission();
    expect(Object.keys(prepared).sort()).toEqual(['rekor', 'sigsum']);
    const forRekor = JSON.parse(Buffer.from(prepared['rekor'] ?? '', 'base64').toString());
    expect(Object.keys(forRekor).filter((field) => !literalsIn(section('Submission')).has(field))).toEqual([]);
    expect(Buffer.from(prepared['sigsum'] ?? '', 'base64').toString()).toMatch(/^message=[0-9a-f]{64}\n/);
  });

  /** The statement in it has a section of its own. */
  function submission(): { readonly prepared: Readonly<Record<string, string>>; readonly statement: string } {
    const document = JSON.parse(fs.readFileSync(at('pending/nova-31.0.1.SHA256SUMS.submission.json'), 'utf8'));
    return { ...document, statement: 'above' };
  }

  it('have every line of a Sigsum proof', () => {
    const proof = execFileSync('cat', [at(`${MANIFEST}.proof`)], { encoding: 'utf8' });
    const keys = [...proof.matchAll(/^([a-z_]+)=/gm)].map(([, key]) => key);
    expect(keys).toContain('node_hash');
    expect(keys.filter((key) => !literalsIn(section('Proof of a Sigsum log')).has(key ?? ''))).toEqual([]);
  });
});
