// SPDX-License-Identifier: Apache-2.0
/**
 * Releases this very project into quickstart/, through the roles that release others, and checks it as a stranger would:
 *
 *   quickstart/artifacts/  what the build left: the packed project, and what the playbooks added
 *   quickstart/site/       the release as it is served
 *   quickstart/log/        the tile log
 *   quickstart/trust/      certificate, keyring for gpgv, and the trust policy
 *
 * The secret keys live in a private directory below /tmp, which is removed however this ends.
 */
import fs from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { type Play, preparePlays } from './release-plays.ts';
import { CommandFailed, runCommand, stopCommands, tryCommand } from './run-command.ts';
import { checkWithGpgv, checkWithSha256sum } from './stranger.ts';
import { makeThrowawayKey, removeAgent, type ThrowawayKey } from './throwaway-key.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const OUT = path.join(ROOT, 'quickstart');
const [ARTIFACTS, SITE, LOG, TRUST] = ['artifacts', 'site', 'log', 'trust'].map((name) => path.join(OUT, name)) as [
  string,
  string,
  string,
  string,
];
const POLICY = path.join(TRUST, 'policy.yaml');
const ORIGIN = 'quickstart.example.org/log';

/** Lines of a failed command that are shown: its end says why. */
const TAIL = 40;

interface Package {
  readonly name: string;
  readonly version: string;
}

const say = (what: string, message: string) => console.log(`  ${what.padEnd(10)}${message}`);
const shown = (file: string) => path.relative(ROOT, file);

const artifactSigning = async (...args: readonly string[]): Promise<string> =>
  (await runCommand(process.execPath, [path.join(ROOT, 'dist/artifact-signing.mjs'), ...args], { cwd: ROOT })).stdout;

/** The package as npm makes it, and the source where this is a checkout with a commit. Returns the commit. */
async function pack({ name, version }: Package): Promise<string | undefined> {
  await runCommand('npm', ['pack', '--ignore-scripts', '--offline', '--pack-destination', ARTIFACTS], { cwd: ROOT });
  const top = await tryCommand('git', ['rev-parse', '--show-toplevel', 'HEAD'], { cwd: ROOT }).catch(() => undefined);
  const [checkout, commit] = top?.status === 0 ? top.stdout.split('\n') : [];
  if (checkout !== fs.realpathSync(ROOT) || commit === undefined) return undefined;
  const file = path.join(ARTIFACTS, `${name}-${version}.tar.gz`);
  await runCommand('git', ['archive', '--format=tar.gz', `--prefix=${name}-${version}/`, '--output', file, 'HEAD'], {
    cwd: ROOT,
  });
  return commit;
}

/** Makes the log, and a policy that believes the key and demands the log. Returns the file of the log's key. */
async function makeLogAndPolicy(secrets: string, key: ThrowawayKey): Promise<string> {
  const logKey = path.join(secrets, 'log.pem');
  await artifactSigning('key', 'generate-log-key', '--for', 'tiles', '--out', logKey);
  const said = await artifactSigning('log', 'init', LOG, '--origin', ORIGIN, '--key', logKey);
  const [vkey] = /\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*/.exec(said) ?? [];
  fs.writeFileSync(path.join(TRUST, 'certificate.asc'), key.certificate);
  fs.writeFileSync(path.join(TRUST, 'certificate.gpg'), key.keyring);
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: 'certificate.asc', fingerprint: key.primary }],
    logs: [{ name: 'quickstart', kind: 'tiles', origin: ORIGIN, keys: [vkey] }],
    require: { signatures: 1, logs: { at_least: 1 } },
  };
  fs.writeFileSync(POLICY, stringify(policy, { lineWidth: 0 }));
  return logKey;
}

async function release(play: Play): Promise<void> {
  for (const name of ['sign.yaml', 'publish.yaml', 'submit.yaml']) {
    const { status, output } = await play(name);
    if (status !== 0) throw new CommandFailed(`ansible-playbook playbooks/release/${name}`, output);
    if (name === 'sign.yaml')
      say('sign', `${names(ARTIFACTS, '.asc').length} signatures, the last one on the manifest`);
    if (name === 'publish.yaml') say('publish', `verified, and copied to ${shown(SITE)}/`);
    if (name === 'submit.yaml') say('submit', `logged in ${shown(LOG)}/, and the proof published beside the manifest:`);
  }
}

const names = (directory: string, suffix: string): readonly string[] =>
  fs
    .readdirSync(directory)
    .filter((name) => name.endsWith(suffix))
    .sort();

/** Each artifact, and last the manifest, on one line with what belongs to it. */
function showSite(): void {
  const isManifest = (name: string) => Number(name.includes('SHA256SUMS'));
  const all = fs
    .readdirSync(SITE)
    .sort()
    .sort((a, b) => isManifest(a) - isManifest(b));
  const bases = all.filter((name) => !all.some((other) => other !== name && name.startsWith(`${other}.`)));
  const width = Math.max(...bases.map((name) => name.length));
  for (const base of bases) {
    const added = all.filter((name) => name.startsWith(`${base}.`)).map((name) => name.slice(base.length));
    say('', `${base.padEnd(width)}  ${added.join('  ')}`);
  }
}

async function checkAsStranger(primary: string): Promise<void> {
  const signatures = names(SITE, '.asc');
  const [manifest = ''] = names(SITE, 'SHA256SUMS');
  for (const name of signatures)
    await checkWithGpgv(path.join(TRUST, 'certificate.gpg'), primary, path.join(SITE, name.slice(0, -'.asc'.length)));
  say('gpgv', `${signatures.length} good signatures, all by the pinned key`);
  say('sha256sum', `${await checkWithSha256sum(SITE, manifest)} files are what the manifest lists`);
  const { logs } = JSON.parse(await artifactSigning('verify', SITE, '--policy', POLICY, '--json'));
  const [log] = logs;
  if (log?.action !== 'verified')
    throw new CommandFailed('artifact-signing verify', `the report has no log: ${JSON.stringify(logs)}\n`);
  say('verify', `the same, and the proof: entry ${log.index} of the log ${log.origin}`);
}

/** The gate has to refuse a release in which one bit is another, and nothing of it may be uploaded. */
async function tryToPublishAltered(play: Play, secrets: string): Promise<void> {
  const [altered, destination] = [path.join(secrets, 'altered'), path.join(secrets, 'destination')];
  fs.cpSync(ARTIFACTS, altered, { recursive: true });
  const [name = ''] = names(altered, 'gz');
  const bytes = fs.readFileSync(path.join(altered, name));
  const middle = bytes.length >> 1;
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  fs.writeFileSync(path.join(altered, name), bytes);
  const { status, output } = await play('publish.yaml', {
    release_path: altered,
    publish_artifacts_destination: destination,
  });
  const why = /artifact-signing: error: (.*?)\\n/.exec(output)?.[1]?.replaceAll('\\"', '"');
  const uploaded = fs.existsSync(destination) ? fs.readdirSync(destination) : [];
  if (status === 0 || why === undefined || !why.includes(name) || uploaded.length > 0)
    throw new CommandFailed('the gate, given an altered file', output);
  say('one bit', `of ${name} flipped: the gate refuses, nothing is uploaded`);
  say('', why);
}

async function quickstart(secrets: string): Promise<void> {
  const project: Package = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
  fs.rmSync(OUT, { recursive: true, force: true });
  for (const directory of [ARTIFACTS, TRUST]) fs.mkdirSync(directory, { recursive: true });
  console.log(`${project.name} ${project.version}, released by its own roles\n`);
  const commit = await pack(project);
  say('pack', names(ARTIFACTS, 'gz').join(', '));
  const key = await makeThrowawayKey(secrets, 'Quickstart (throwaway cycle key)');
  say('key', `subkey ${key.subkey} signs; the primary key stays out of it`);
  const logKey = await makeLogAndPolicy(secrets, key);
  const play = preparePlays(secrets, {
    release_path: ARTIFACTS,
    release_project: project.name,
    release_version: project.version,
    sign_artifacts_key_file: key.secretFile,
    sign_artifacts_certificate: path.join(TRUST, 'certificate.asc'),
    verify_artifacts_policy: POLICY,
    publish_artifacts_destination: SITE,
    submit_transparency_logs: [`tiles:${LOG}`],
    submit_transparency_tiles_key_file: logKey,
    submit_transparency_commit: commit ?? '',
    ensure_artifact_signing_node: process.execPath,
  });
  await release(play);
  showSite();
  console.log('');
  await checkAsStranger(key.primary);
  await tryToPublishAltered(play, secrets);
}

function complain(error: unknown): void {
  if (!(error instanceof CommandFailed)) {
    console.error(`quickstart: error: ${error instanceof Error ? error.message : error}`);
    return;
  }
  const lines = error.output.trimEnd().split('\n');
  console.error(`\n${lines.slice(-TAIL).join('\n')}\n\nquickstart: error: this failed: ${error.message}`);
}

/** The agent is ended before its directory goes; neither may stay. */
function removeSecrets(secrets: string): void {
  removeAgent(secrets);
  fs.rmSync(secrets, { recursive: true, force: true });
}

async function main(): Promise<number> {
  const started = Date.now();
  let interrupted: NodeJS.Signals | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = signal;
      stopCommands();
    });
  }
  const secrets = fs.mkdtempSync('/tmp/quickstart-');
  try {
    await quickstart(secrets);
  } catch (error) {
    fs.rmSync(OUT, { recursive: true, force: true });
    if (interrupted === undefined) complain(error);
    else console.error(`\nquickstart: error: interrupted by ${interrupted}; nothing is left behind`);
    return 1;
  } finally {
    removeSecrets(secrets);
  }
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`\nDone in ${seconds} s, and the secret keys are gone. README.rst says where to go from here.`);
  return 0;
}

process.exitCode = await main();
