// SPDX-License-Identifier: Apache-2.0
/** `npm run quickstart`, in a copy of this checkout and without a network. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseFingerprint } from '../../src/core/fingerprint.ts';
import { readCertificates } from '../../src/openpgp/certificate.ts';
import { isGood } from '../gpg.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

let work: string;
let copy: string;
let env: NodeJS.ProcessEnv;

/** What is in the checkout, committed in a repository of its own; the tools are shared. */
function copyCheckout(): void {
  const options = { cwd: ROOT, encoding: 'utf8' } as const;
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], options).split(
    '\0',
  );
  for (const name of names.filter((one) => one !== '' && fs.existsSync(path.join(ROOT, one)))) {
    fs.cpSync(path.join(ROOT, name), path.join(copy, name));
  }
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], {
      cwd: copy,
      env,
      stdio: 'ignore',
    });
  git('init');
  git('add', '--all');
  git('commit', '--message', 'copy');
  for (const name of ['node_modules', '.venv']) fs.symlinkSync(path.join(ROOT, name), path.join(copy, name));
}

beforeAll(() => {
  // made here where it is missing, since the runs below have no network
  execFileSync('python3', [path.join(ROOT, 'scripts/make-venv.py'), 'ansible']);
  work = fs.mkdtempSync('/tmp/quickstart-test-');
  copy = path.join(work, 'a copy');
  fs.mkdirSync(copy);
  fs.mkdirSync(path.join(work, 'home'));
  const nowhere = 'http://127.0.0.1:1/';
  env = {
    PATH: process.env['PATH'],
    HOME: path.join(work, 'home'),
    LC_ALL: 'C.UTF-8',
    ...Object.fromEntries(
      ['http_proxy', 'https_proxy', 'npm_config_registry', 'PIP_INDEX_URL'].map((name) => [name, nowhere]),
    ),
  };
  copyCheckout();
});

afterAll(() => fs.rmSync(work, { recursive: true, force: true }));

const quickstart = () => spawnSync('npm', ['run', '--silent', 'quickstart'], { cwd: copy, env, encoding: 'utf8' });
const inSite = (...names: readonly string[]) => path.join(copy, 'quickstart/site', ...names);
const primaryOf = () =>
  parseFingerprint(
    parse(fs.readFileSync(path.join(copy, 'quickstart/trust/policy.yaml'), 'utf8')).certificates[0].fingerprint,
  );

/** Armored keys, and keys as gpg-agent keeps them. */
const SECRET = /-----BEGIN (?:PGP )?PRIVATE KEY(?: BLOCK)?-----|\((?:\d+:)?(?:protected-)?private-key/;

/** Files below these paths that hold a secret key. */
const secretsBelow = (...directories: readonly string[]): readonly string[] =>
  directories.flatMap((directory) =>
    fs
      .readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => SECRET.test(fs.readFileSync(file, 'latin1'))),
  );

/** The private directory of a run, and the agent in it. Ansible's temporary files would lie in there, too. */
function leftovers(): readonly string[] {
  const directories = fs.readdirSync('/tmp').filter((name) => /^quickstart-\w{6}$/.test(name));
  const processes = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return [...directories, ...processes.map(commandOf).filter((line) => /gpg-agent.*\/tmp\/quickstart-/.test(line))];
}

function commandOf(pid: string): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

const ARTIFACTS = ['zuul-artifact-signing-VERSION.tar.gz', 'zuul-artifact-signing-VERSION.tgz'];
const MANIFEST = 'zuul-artifact-signing-VERSION.SHA256SUMS';
const { version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
const versioned = (name: string) => name.replace('VERSION', version);

describe('the quickstart', () => {
  let first = '';

  it.each(['first', 'second'])('runs a %s time, without a network, and tells it on one screen', (time) => {
    const { status, stdout, stderr } = quickstart();
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(stdout).toMatch(/^ {2}gpgv +3 good signatures/m);
    expect(stdout).toMatch(/^ {2}one bit .* the gate refuses, nothing is uploaded$/m);
    if (time === 'first') first = primaryOf();
    else expect(primaryOf()).not.toBe(first);
  });

  it('leaves a release: artifacts, signatures, manifest and proof, and nothing else', () => {
    const expected = [
      ...ARTIFACTS,
      ...ARTIFACTS.map((name) => `${name}.asc`),
      MANIFEST,
      `${MANIFEST}.asc`,
      `${MANIFEST}.tlog-proof`,
    ];
    expect(fs.readdirSync(inSite()).sort()).toEqual(expected.map(versioned).sort());
  });

  it.each([...ARTIFACTS, MANIFEST].map(versioned))('leaves a signature of %s that gpgv accepts', (name) => {
    const keyring = path.join(copy, 'quickstart/trust/certificate.gpg');
    const { stdout } = spawnSync(
      'gpgv',
      ['--status-fd', '1', '--keyring', keyring, inSite(`${name}.asc`), inSite(name)],
      { env, encoding: 'utf8' },
    );
    const status = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.replace('[GNUPG:] ', ''));
    expect(isGood(status, primaryOf()), stdout).toBe(true);
  });

  it('leaves a manifest that sha256sum accepts', () => {
    const { status, stdout } = spawnSync('sha256sum', ['--strict', '--check', versioned(MANIFEST)], {
      cwd: inSite(),
      env,
      encoding: 'utf8',
    });
    expect([status, stdout.split('\n').filter((line) => line.endsWith(': OK')).length]).toEqual([0, 4]);
  });

  it('packs the commit of the checkout', () => {
    const listed = execFileSync('tar', ['-tzf', inSite(versioned(ARTIFACTS[0] ?? ''))], { encoding: 'utf8' }).split(
      '\n',
    );
    expect(listed).toContain(`zuul-artifact-signing-${version}/src/bin.ts`);
    expect(listed.filter((name) => /quickstart\/|node_modules/.test(name))).toEqual([]);
  });

  it('P8 leaves no secret key anywhere, and no agent', () => {
    expect(secretsBelow(path.join(copy, 'quickstart'), path.join(work, 'home'))).toEqual([]);
    for (const name of ['certificate.asc', 'certificate.gpg']) {
      // a secret key is refused where a certificate is wanted
      expect(readCertificates(fs.readFileSync(path.join(copy, 'quickstart/trust', name)))).toHaveLength(1);
    }
    expect(leftovers()).toEqual([]);
  });

  it('P8 leaves nothing at all when it is interrupted while the key is there', async () => {
    const child = spawn(process.execPath, ['scripts/quickstart.ts'], {
      cwd: copy,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let before: readonly string[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      if (!/^ {2}key /m.test(chunk.toString())) return;
      before = leftovers();
      child.kill('SIGTERM');
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    // the private directory, and the agent in it
    expect(before.length).toBe(2);
    expect([status, leftovers(), fs.existsSync(path.join(copy, 'quickstart'))]).toEqual([1, [], false]);
  });

  it('says why a step has failed, and leaves nothing', () => {
    const playbook = path.join(copy, 'playbooks/release/publish.yaml');
    fs.writeFileSync(
      playbook,
      '- hosts: localhost\n  gather_facts: false\n  tasks: [{name: Break, fail: {msg: broken on purpose}}]\n',
    );
    const { status, stderr } = quickstart();
    expect(status).toBe(1);
    expect(stderr).toContain('broken on purpose');
    expect(stderr).toMatch(/^quickstart: error: this failed: ansible-playbook playbooks\/release\/publish\.yaml$/m);
    expect([leftovers(), fs.existsSync(path.join(copy, 'quickstart'))]).toEqual([[], false]);
  });
});

describe('the search for secret keys', () => {
  it.each([
    ['an armored key', '-----BEGIN PGP PRIVATE KEY BLOCK-----\n'],
    ['the key of a log', '-----BEGIN PRIVATE KEY-----\n'],
    ['a key of gpg-agent', '(11:private-key(3:ecc(5:curve'],
    ['a protected key of gpg-agent', '(21:protected-private-key(3:rsa'],
    ['a key of a newer gpg-agent', 'Key: (private-key (ecc (curve Ed25519)'],
  ])('finds %s', (_, content) => {
    const directory = fs.mkdtempSync(path.join(work, 'planted-'));
    fs.writeFileSync(path.join(directory, 'file'), content);
    expect(secretsBelow(directory)).toEqual([path.join(directory, 'file')]);
  });
});
