// SPDX-License-Identifier: Apache-2.0
/** The commands that the documents show, run as they stand there, with throwaway keys. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleCommand, consoleCommands, runConsole, writePrograms } from './console-runner.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const ADDRESS = 'https://tarballs.example.org';
const PASSPHRASE = 'a passphrase of a test key';

/** A directory with a short name: gpg's sockets lie in it. */
let work: string;
let env: NodeJS.ProcessEnv;
let server: http.Server;

const gpgHomes = () =>
  ['gnupg', 'reader', 'revoked', 'project/offline']
    .map((name) => path.join(work, name))
    .filter((home) => fs.existsSync(home));
const project = () => path.join(work, 'project');

/** gpg would ask a reader for a passphrase, and whether he is sure. */
function makePrograms(): void {
  const gpg = execFileSync('sh', ['-c', 'command -v gpg'], { encoding: 'utf8' }).trim();
  writePrograms(path.join(work, 'bin'), {
    gpg: `exec '${gpg}' --batch --no-tty --pinentry-mode loopback --passphrase '${PASSPHRASE}' "$@"`,
    'artifact-signing': `exec '${process.execPath}' '${ROOT}/src/bin.ts' "$@"`,
  });
}

beforeEach(async () => {
  work = fs.mkdtempSync('/tmp/doc-');
  for (const name of ['home', 'gnupg', 'project']) fs.mkdirSync(path.join(work, name), { mode: 0o700 });
  makePrograms();
  env = {
    PATH: `${work}/bin:${process.env['PATH']}`,
    HOME: path.join(work, 'home'),
    GNUPGHOME: path.join(work, 'gnupg'),
    LC_ALL: 'C.UTF-8',
  };
  server = http.createServer((request, response) => {
    const file = path.join(project(), 'release', path.basename(request.url ?? ''));
    const found = fs.existsSync(file);
    response.writeHead(found ? 200 : 404).end(found ? fs.readFileSync(file) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  for (const home of gpgHomes()) execFileSync('gpgconf', ['--kill', 'all'], { env: { ...env, GNUPGHOME: home } });
  await new Promise((resolve) => server.close(resolve));
  fs.rmSync(work, { recursive: true, force: true });
});

/** Runs shell lines that prepare what a document takes as given. */
const prepare = (lines: string) =>
  execFileSync('bash', ['-ec', lines], { cwd: project(), env, stdio: ['ignore', 'pipe', 'pipe'] });

async function run(name: string, commands: readonly ConsoleCommand[]): Promise<void> {
  const replace = [
    [ADDRESS, `http://127.0.0.1:${(server.address() as AddressInfo).port}`],
    ['/srv/release', path.join(work, 'srv/release')],
  ] as const;
  await runConsole(commands, { name, cwd: project(), env, replace });
}

const commandsOf = (name: string) => consoleCommands(fs.readFileSync(path.join(ROOT, name), 'utf8'));

/** The key of a cycle, and what leaves the machine that it was made on. */
const KEY = `
  gpg --quick-generate-key 'Example Release Signing Key (2026.2)' ed25519 cert 8m
  PRIMARY=$(gpg --list-keys --with-colons | awk -F: '$1 == "fpr" { print $10; exit }')
  gpg --quick-add-key "$PRIMARY" ed25519 sign 8m
  gpg --armor --export-secret-subkeys "$PRIMARY" > ../subkey.asc
  gpg --armor --output example-2026.2.asc --export "$PRIMARY"
  echo '${PASSPHRASE}' > ../passphrase
`;

/** A log, and a policy that demands it. */
const TRUST = `
  artifact-signing key generate-log-key --for tiles --out log.pem
  artifact-signing log init log --origin tarballs.example.org/log --key log.pem
  cat > trust.yaml << X
schema: artifact-signing.policy/v1
certificates: [{file: example-2026.2.asc, fingerprint: $PRIMARY}]
logs: [{name: tarballs, kind: tiles, origin: tarballs.example.org/log, keys: ["$(cat log.state/log.vkey)"]}]
require: {logs: {at_least: 1}}
X
`;

/** What somebody has downloaded who reads doc/source/verifying.rst. */
const RELEASE = `${KEY}${TRUST}
  mkdir release && echo content > release/nova-31.0.0.tar.gz
  artifact-signing sign release --key-file ../subkey.asc --passphrase-file ../passphrase --sums --project nova --release 31.0.0
  artifact-signing submit release --log tiles:log --log-key log.pem --policy trust.yaml \\
    --project opendev.org/openstack/nova --release 31.0.0
  mv log log.state log.pem ..
`;

/** What an operator has before him who reads doc/source/operations.rst; his keys have no passphrase. */
const OPERATIONS = `${KEY.replaceAll('gpg --quick', "gpg --passphrase '' --quick")}${TRUST}
  cp -r log log.backup
  mv ../subkey.asc .
  mkdir artifacts rebuilt && echo content > artifacts/nova-31.0.0.tar.gz && echo other > rebuilt/nova-31.0.0.tar.gz
  artifact-signing sign artifacts --key-file subkey.asc --sums --project nova --release 31.0.0
  artifact-signing publish artifacts --to published --policy trust.yaml --before-publication
  for name in altered added next; do cp -r artifacts $name; done
  echo >> altered/nova-31.0.0.tar.gz
  echo > added/stowaway.whl
  cat > inventory.yaml << X
all:
  vars:
    zuul:
      ref: refs/tags/31.0.0
      project: {canonical_name: opendev.org/openstack/nova, short_name: nova}
      projects: {opendev.org/openstack/nova: {commit: ${'a'.repeat(40)}}}
X
  cp -r "$GNUPGHOME" ../revoked
  sed 's/^:---/---/' "../revoked/openpgp-revocs.d/$PRIMARY.rev" | GNUPGHOME=$PWD/../revoked gpg --import
  GNUPGHOME=$PWD/../revoked gpg --armor --output revoked.asc --export "$PRIMARY"
  past="gpg --passphrase '' --faked-system-time 20250101T000000!"
  eval $past --quick-generate-key old ed25519 cert 8m
  OLD=$(gpg --list-keys --with-colons old | awk -F: '$1 == "fpr" { print $10; exit }')
  eval $past --quick-add-key "$OLD" ed25519 sign 8m
  gpg --armor --output expired.asc --export-secret-subkeys "$OLD"
  gpg --passphrase '' --quick-generate-key '2027.1' ed25519 cert 8m
  NEXT=$(gpg --list-keys --with-colons 2027.1 | awk -F: '$1 == "fpr" { print $10; exit }')
  gpg --passphrase '' --quick-add-key "$NEXT" ed25519 sign 8m
  gpg --armor --output next.asc --export-secret-subkeys "$NEXT"
  gpg --armor --output example-2027.1.asc --export "$NEXT"
  mkdir again && cp artifacts/nova-31.0.0.tar.gz again
`;

// many processes one after the other, on machines that may have other things to do
describe('the commands that a document shows', { timeout: 300_000 }, () => {
  it('in README.rst sign something real', async () => {
    await run('README.rst', commandsOf('README.rst'));
    expect(fs.readdirSync(path.join(project(), 'artifacts')).sort()).toEqual([
      'hello-1.0.SHA256SUMS',
      'hello-1.0.SHA256SUMS.asc',
      'hello-1.0.txt',
      'hello-1.0.txt.asc',
    ]);
  });

  it('in verifying.rst verify a release, and refuse an altered one', async () => {
    prepare(RELEASE);
    await run('verifying.rst', commandsOf('doc/source/verifying.rst'));
  });

  it('in downloading.rst check a download with gpg and sha256sum alone', async () => {
    prepare(`${RELEASE}\n cp release/* .`);
    fs.rmSync(path.join(work, 'bin/artifact-signing'));
    fs.mkdirSync(path.join(work, 'reader'), { mode: 0o700 });
    env = { ...env, GNUPGHOME: path.join(work, 'reader') };
    const commands = commandsOf('doc/source/downloading.rst');
    const programs = commands.flatMap(({ text }) => text.split(' && ')).map((text) => text.split(' ')[0]);
    expect([...new Set(programs)].sort()).toEqual(['cp', 'echo', 'gpg', 'sha256sum']);
    await run('downloading.rst', commands);
  });

  it('in operations.rst fail as they say, and finish what was begun', async () => {
    prepare(OPERATIONS);
    await run('operations.rst', commandsOf('doc/source/operations.rst'));
    expect(fs.readdirSync(path.join(project(), 'published'))).toContain('nova-31.0.0.SHA256SUMS.tlog-proof');
  });

  it('in tutorial.rst make key, log and policy, which pass the gate', async () => {
    const tutorial = path.join(ROOT, 'doc/source/tutorial');
    for (const name of ['zuul-config', 'hello'])
      fs.cpSync(path.join(tutorial, name), path.join(project(), name), { recursive: true });
    const author = '-c user.name=hello -c user.email=hello@example.org';
    prepare(`cd hello && git init --quiet && git add . && git ${author} commit --quiet --message hello`);
    await run('tutorial.rst', commandsOf('doc/source/tutorial.rst'));
    const policy = fs.readFileSync(path.join(project(), 'zuul-config/trust/policy.yaml'), 'utf8');
    expect(policy).not.toMatch(/FINGERPRINT_OF|KEY_OF/);
    expect(fs.readdirSync(path.join(work, 'srv/release')).sort()).toEqual(['log', 'log.state', 'tarballs']);
  });

  it('in key-handling.rst make a cycle key, use it, and revoke it', async () => {
    fs.writeFileSync(path.join(project(), 'passphrase'), `${PASSPHRASE}\n`);
    await run('key-handling.rst', commandsOf('doc/source/key-handling.rst'));
    const exported = fs.readFileSync(path.join(project(), 'subkey.asc'), 'utf8');
    expect(exported).toMatch(/^-----BEGIN PGP PRIVATE KEY BLOCK-----$/m);
    expect(fs.statSync(path.join(project(), 'subkey.asc')).mode & 0o077).toBe(0);
  });
});

describe('the runner of documents', () => {
  const document = (...lines: readonly string[]) =>
    consoleCommands(['.. code-block:: console', '', ...lines.map((line) => `   ${line}`), '', 'Text.'].join('\n'));

  it('finds the commands, their continuations and their output', () => {
    expect(document('$ echo a \\', '>   b', 'a b', '$ true')).toEqual([
      { line: 3, text: 'echo a \\\n  b', shown: ['a b'] },
      { line: 6, text: 'true', shown: [] },
    ]);
  });

  it('passes what is as it is shown', async () => {
    const lines = [
      '$ X="1 2"',
      '$ echo "a $X b"',
      'a … b',
      '$ seq 5',
      '1',
      '…',
      '5',
      '$ false',
      '$ echo $?',
      '1',
      '$ echo e >&2',
      'e',
    ];
    await run('test', document(...lines));
  });

  it.each([
    ['a command that fails', ['$ false', '$ true']],
    ['other output', ['$ echo b', 'a']],
    ['more output', ['$ seq 2', '1']],
    ['less output', ['$ true', 'a']],
    ['another status', ['$ false', '$ echo $?', '2']],
    ['a shell that ends early', ['$ exit 0', '$ true']],
  ])('fails for %s', async (_, lines) => {
    await expect(run('test', document(...lines))).rejects.toThrow(/test:\d+: \$/);
  });
});
