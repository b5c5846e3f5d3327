// SPDX-License-Identifier: Apache-2.0
/** The roles on a host that is reached by ssh, has no fitting Node, and whose account is nobody in particular. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  exportPublic,
  exportSecretSubkeys,
  type Gpg,
  isGood,
  type MadeKey,
  makeKey,
  openGpg,
  verifyStatus,
} from '../gpg.ts';
import {
  artifactSigning,
  type Lab,
  type Outcome,
  openLab,
  piecesOf,
  type Ran,
  ROOT,
  type Scenario,
  type Vars,
} from '../roles/lab.ts';
import { type LoopbackHost, startLoopbackHost } from './loopback-host.ts';

const PLAYS = ['sign', 'publish', 'submit'].map((name) => path.join(ROOT, `playbooks/release/${name}.yaml`));
const [SIGN = '', PUBLISH = '', SUBMIT = ''] = PLAYS;

let lab: Lab;
let gpg: Gpg;
let key: MadeKey;
let host: LoopbackHost;
let archives: http.Server;
let outcomes: ReadonlyMap<string, Outcome>;
/** How many different executables stood on the host after the scenarios. */
let copies: readonly string[];
const ran: Record<'first' | 'second' | 'rehearsed' | 'altered' | 'empty', Ran> = {} as never;

const of = (name: string): Outcome => outcomes.get(name) ?? expect.fail(`no scenario ${name}`);
const there = (...parts: readonly string[]) => path.join(host.home, ...parts);
const cache = (...parts: readonly string[]) => there('.cache/artifact-signing', ...parts);

/** The Node that runs this, packed as nodejs.org or npm packs it. */
function pack(top: string): { readonly file: string; readonly sha256: string } {
  const file = lab.at('private', `${top}.tar.gz`);
  fs.mkdirSync(lab.at('private', top, 'bin'), { recursive: true });
  fs.copyFileSync(process.execPath, lab.at('private', top, 'bin/node'));
  lab.write(`private/${top}/lib/node_modules/npm/bin/node`, 'not this one');
  execFileSync('tar', ['--use-compress-program=gzip -1', '-cf', file, '-C', lab.at('private'), top]);
  fs.rmSync(lab.at('private', top), { recursive: true });
  return { file, sha256: createHash('sha256').update(fs.readFileSync(file)).digest('hex') };
}

async function serve(file: string): Promise<string> {
  archives = http.createServer((_, response) => fs.createReadStream(file).pipe(response));
  await new Promise<void>((resolve) => archives.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(archives.address() as AddressInfo).port}/${path.basename(file)}`;
}

async function prepareNode(): Promise<Vars> {
  const [nodejs, npm] = [pack(`node-v${process.versions.node}-linux-x64`), pack('package')];
  const url = await serve(npm.file);
  const local = host.put(path.basename(nodejs.file), fs.readFileSync(nodejs.file));
  const scenario = (name: string, vars: Vars): Scenario => ({
    name,
    role: 'ensure-artifact-signing',
    host: host.vars,
    vars: {
      ensure_artifact_signing_node: 'node-that-is-missing',
      ensure_artifact_signing_dist_sha256: createHash('sha256')
        .update(fs.readFileSync(path.join(ROOT, 'dist/SHA256SUMS')))
        .digest('hex'),
      ...vars,
    },
  });
  const fromFile = {
    ensure_artifact_signing_node_url: `file://${local}`,
    ensure_artifact_signing_node_sha256: nodejs.sha256,
  };
  const fromHttp = { ensure_artifact_signing_node_url: url, ensure_artifact_signing_node_sha256: npm.sha256 };
  outcomes = await lab.play([
    scenario('no-node', {}),
    scenario('wrong-archive', { ...fromHttp, ensure_artifact_signing_node_sha256: '0'.repeat(64) }),
    scenario('from-file', fromFile),
    scenario('from-http', fromHttp),
  ]);
  copies = fs.readdirSync(cache()).filter((name) => name.startsWith('dist-'));
  // somebody has been at the copy
  fs.appendFileSync(cache(copies[0] ?? '', 'artifact-signing.mjs'), '\n');
  outcomes = new Map([...outcomes, ...(await lab.play([scenario('healed', fromFile), scenario('again', fromFile)]))]);
  return fromFile;
}

async function prepareRelease(): Promise<readonly string[]> {
  key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  lab.write('private/subkey.asc', await exportSecretSubkeys(gpg, key.primary));
  artifactSigning('key', 'generate-log-key', '--for', 'tiles', '--out', lab.at('private/log.pem'));
  artifactSigning('log', 'init', there('log'), '--origin', 'example.org/log', '--key', lab.at('private/log.pem'));
  const { uid, gid } = fs.statSync(host.home);
  for (const name of fs.readdirSync(host.home, { recursive: true, encoding: 'utf8' }))
    if (name.startsWith('log')) fs.chownSync(there(name), uid, gid);
  for (const name of ['nova-31.0.0.tar.gz', '{{ 6*7 }}.whl']) host.put(`release/${name}`, name);
  host.put('empty/.keep', '');
  fs.rmSync(there('empty/.keep'));
  const vars = {
    // installed, as an administrator would
    ensure_artifact_signing_node: host.put('node', fs.readFileSync(process.execPath), 0o755),
    release_host: 'remote',
    release_path: there('release'),
    release_project: 'nova',
    release_version: '31.0.0',
    gpg_key: { private: fs.readFileSync(lab.at('private/subkey.asc'), 'utf8') },
    verify_artifacts_certificate: host.put('certificate.asc', await exportPublic(gpg, key.primary)),
    publish_artifacts_destination: there('site'),
    submit_transparency_logs: [`tiles:${there('log')}`],
    submit_transparency_keys: { tiles: fs.readFileSync(lab.at('private/log.pem'), 'utf8') },
  };
  const inventory = lab.write('private/inventory.yaml', stringify({ all: { hosts: { remote: host.vars } } }));
  return ['-vvv', '--diff', '-i', inventory, '-e', `@${lab.write('private/vars.yaml', stringify(vars))}`];
}

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  host = await startLoopbackHost();
  const unpacked = { ensure_artifact_signing_node: 'node-that-is-missing', ...(await prepareNode()) };
  const args = await prepareRelease();
  ran.rehearsed = await lab.ansible([...args, '-e', JSON.stringify(unpacked), '--check', SIGN]);
  expect(fs.readdirSync(there('release'))).toHaveLength(2);
  ran.first = await lab.ansible([...args, ...PLAYS]);
  // the last of the three verifies and publishes, too
  ran.second = await lab.ansible([...args, SIGN, SUBMIT]);
  fs.appendFileSync(there('release/nova-31.0.0.tar.gz'), 'x');
  ran.altered = await lab.ansible([...args, '-e', `publish_artifacts_destination=${there('elsewhere')}`, PUBLISH]);
  ran.empty = await lab.ansible([...args, '-e', `release_path=${there('empty')}`, SIGN]);
}, 1_500_000);

afterAll(async () => {
  archives?.close();
  await host?.close();
  await gpg.close();
  lab.close();
});

const changes = ({ output }: Ran) => Number([...output.matchAll(/^remote +: .*\bchanged=(\d+)/gm)].at(-1)?.[1]);

describe('ensure-artifact-signing over ssh', () => {
  it('says that there is no Node, and refuses an archive with another digest', () => {
    expect(of('no-node').message).toContain('"node-that-is-missing" is not there or is older than Node 22.22');
    expect(of('wrong-archive').message).toMatch(/checksum/);
  });

  it.each([['from-file'], ['from-http']])('puts executable and Node on the host, "%s"', (name) => {
    expect(of(name).failed).toBe(false);
    expect(of(name).changed).toBeGreaterThan(0);
  });

  it('keeps one copy, renews it where a file is another, and otherwise changes nothing', () => {
    expect(copies).toHaveLength(1);
    expect(of('healed')).toMatchObject({ failed: false, changed: 1 });
    expect(of('again')).toMatchObject({ failed: false, changed: 0 });
  });
});

describe('a release over ssh', () => {
  it('has nothing to do with the machine that Ansible runs on', () => {
    for (const { output } of Object.values(ran)) expect(output).not.toMatch(/^localhost +:/m);
  });

  it('writes nothing in check mode', () => {
    expect(ran.rehearsed.status, ran.rehearsed.output.slice(-2000)).toBe(0);
    expect(changes(ran.rehearsed)).toBe(2);
  });

  it('is signed, published and logged', async () => {
    expect(ran.first.status, ran.first.output.slice(-2000)).toBe(0);
    expect(changes(ran.first)).toBe(5);
    const names = ['nova-31.0.0.SHA256SUMS', 'nova-31.0.0.tar.gz', '{{ 6*7 }}.whl'];
    expect(fs.readdirSync(there('site')).sort()).toEqual(
      [...names.flatMap((name) => [name, `${name}.asc`]), 'nova-31.0.0.SHA256SUMS.tlog-proof'].sort(),
    );
    for (const name of names)
      expect(
        isGood(
          await verifyStatus(gpg, fs.readFileSync(there('site', `${name}.asc`)), fs.readFileSync(there('site', name))),
          key.primary,
        ),
      ).toBe(true);
    expect(ran.first.output).toMatch(/^ +[0-9a-f]{64} {2}\{\{ 6\*7 \}\}\.whl$/m);
  });

  it('changes nothing the second time', () => {
    expect(ran.second.status, ran.second.output.slice(-2000)).toBe(0);
    expect(changes(ran.second)).toBe(0);
  });

  it('stops at the gate', () => {
    expect(ran.altered.status).toBe(2);
    expect(ran.altered.output).toMatch(/artifact-signing: error: .*nova-31\.0\.0\.tar\.gz/);
    expect(fs.existsSync(there('elsewhere'))).toBe(false);
  });
});

describe('the keys', () => {
  it('are nowhere, on neither side and in no output, after successes and a failure', () => {
    expect(ran.empty.status).toBe(2);
    const remote = fs
      .readdirSync(host.home, { recursive: true, encoding: 'utf8' })
      .map((name) => there(name))
      .filter((file) => fs.statSync(file).isFile() && fs.statSync(file).size < 1_000_000);
    const texts = [
      ...remote.map((file) => fs.readFileSync(file, 'latin1')),
      ...[...lab.remains().values()].map((content) => content.toString('latin1')),
    ];
    const open = remote
      .filter((file) => file.endsWith('.asc'))
      .map((file) => fs.readFileSync(file, 'utf8'))
      .join('');
    const pieces = ['subkey.asc', 'log.pem'].flatMap((name) =>
      piecesOf(fs.readFileSync(lab.at('private', name), 'utf8'), open),
    );
    const places = [...texts, ...Object.values(ran).map(({ output }) => output)];
    expect(pieces.length).toBeGreaterThan(50);
    expect(pieces.filter((piece) => places.some((place) => place.includes(piece)))).toEqual([]);
  });

  it('leave no directory behind on the host', () => {
    const output = Object.values(ran)
      .map((run) => run.output)
      .join('');
    const used = new Set(output.match(/\/\S*\/artifact-signing-\w+(?=\/report\.json)/g));
    expect(used.size).toBeGreaterThan(5);
    expect([...used].filter((directory) => fs.existsSync(directory))).toEqual([]);
  });
});
