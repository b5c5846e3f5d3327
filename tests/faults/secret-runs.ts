// SPDX-License-Identifier: Apache-2.0
/** Roles that are given secrets, under strace: as they should be, disturbed, over ssh, and as nobody should do it. */
import fs from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import { exportPublic, exportSecretSubkeys, type KeyOptions, makeKey, withGpg } from '../gpg.ts';
import { addKey, addLogKey, addSecret, type Index, indexPieces, piecesIn } from '../pieces.ts';
import { artifactSigning, type Lab, type Outcome, type PlayOptions, type Ran, type Scenario } from '../roles/lab.ts';
import { type LoopbackHost, startLoopbackHost } from '../system/loopback-host.ts';
import { faults } from './injected.ts';
import { type Handed, readHanded, tracing } from './traced.ts';
import { makeUnreachableLogs, type UnreachableLogs } from './unreachable-logs.ts';

const PASSPHRASE = 'never to be seen in any log of this run';
const LONG_AGO = new Date('2024-01-01T00:00:00Z');
const KEYS: Readonly<Record<'locked' | 'expired', KeyOptions>> = {
  locked: { algorithm: 'ed25519', passphrase: PASSPHRASE, subkeys: [{ algorithm: 'ed25519' }] },
  expired: { algorithm: 'ed25519', at: LONG_AGO, subkeys: [{ algorithm: 'ed25519', at: LONG_AGO, expire: '8m' }] },
};
/** It takes so long to sign that nobody comes too late to disturb it: 2 GiB of nothing. */
export const LARGE = 'large.img';
const SIZE = 2 ** 31;

export interface Secrets {
  readonly locked: string;
  readonly expired: string;
  readonly log: string;
  /** Variables of a submission to logs of others. */
  readonly others: UnreachableLogs;
  readonly index: Index;
}

export async function makeSecrets(lab: Lab): Promise<Secrets> {
  const pieces = new Map<string, string>();
  const make = (name: keyof typeof KEYS) =>
    withGpg(async (gpg) => {
      const { primary } = await makeKey(gpg, { ...KEYS[name], userId: `The ${name} key` });
      const armored = (await exportSecretSubkeys(gpg, primary, KEYS[name].passphrase)).toString();
      return { armored, primary, certificate: lab.write(`work/${name}.asc`, await exportPublic(gpg, primary)) };
    });
  const [{ armored: locked, primary, certificate: one }, { armored: expired, certificate: other }] = [
    await make('locked'),
    await make('expired'),
  ];
  // whatever stands in a certificate is no secret, be it of the other key
  const known = [one, other].map((file) => fs.readFileSync(file, 'utf8')).join('\n');
  await addKey(pieces, 'locked', locked, known, PASSPHRASE);
  await addKey(pieces, 'expired', expired, known, PASSPHRASE);
  const pem = lab.at('private/log.pem');
  addSecret(pieces, 'passphrase', Buffer.from(PASSPHRASE));
  artifactSigning('key', 'generate-log-key', '--for', 'tiles', '--out', pem);
  artifactSigning('log', 'init', lab.at('work/log'), '--origin', 'example.org/log', '--key', pem);
  const log = fs.readFileSync(pem, 'utf8');
  addLogKey(pieces, 'log', log);
  const others = makeUnreachableLogs(lab, primary, pieces);
  return { locked, expired, log, others, index: indexPieces(pieces) };
}

/** `WHERE: WHAT`, for each place with a piece of a secret. */
export const leaks = ({ pieces, beginnings }: Index, handed: readonly Handed[]): readonly string[] => [
  ...new Set(
    handed.flatMap(({ where, content }) =>
      piecesIn({ pieces, beginnings }, content).map((piece) => `${where}: ${pieces.get(piece)}`),
    ),
  ),
];

/** A run under strace, where pieces of secrets were: in its output, too, and in pipes, where they have to be. */
export interface Traced extends Ran {
  readonly leaks: readonly string[];
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

type Run = (options: PlayOptions) => Promise<Ran & { readonly outcomes?: ReadonlyMap<string, Outcome> }>;

/** With Ansible's own log in `work/`. */
async function trace(lab: Lab, { index }: Secrets, name: string, run: Run): Promise<Traced> {
  const file = lab.at('private', `${name}.strace`);
  const ran = await run({ around: tracing(file), env: { ANSIBLE_LOG_PATH: lab.at('work', `${name}.log`) } });
  const handed = [...readHanded(file), { where: 'output', content: Buffer.from(ran.output) }];
  fs.rmSync(file);
  return { outcomes: new Map(), ...ran, leaks: leaks(index, handed) };
}

const TALKATIVE = ['-vvv', '--diff'];

const playing =
  (lab: Lab, scenarios: readonly Scenario[]): Run =>
  async (options) => {
    const outcomes = await lab.play(scenarios, { ...options, args: TALKATIVE });
    return { status: 0, output: outcomes.output, outcomes };
  };

/** Signs a release with the locked key. */
export const signing = (name: string, directory: string, secrets: Secrets, more: Partial<Scenario> = {}): Scenario => ({
  name,
  role: 'sign-artifacts',
  ...more,
  vars: {
    ensure_artifact_signing_dist: path.dirname(faults.executable),
    sign_artifacts_manifest: true,
    release_project: 'nova',
    release_version: '31.0.0',
    release_path: directory,
    gpg_key: { private: secrets.locked, passphrase: PASSPHRASE },
    ...more.vars,
  },
});

/** Submits it to logs of others, with all their keys. */
export const submitting = (name: string, directory: string, secrets: Secrets, url?: string): Scenario =>
  signing(name, directory, secrets, { role: 'submit-transparency', vars: secrets.others(url) });

/** Every secret in one run: a release that is signed, logged, and kept for logs that do not answer, and two that are refused. */
export const runThrough = (lab: Lab, secrets: Secrets): Promise<Traced> => {
  const sign = (name: string, more: Partial<Scenario> = {}) => signing(name, lab.release(name), secrets, more);
  const logging = {
    submit_transparency_certificate: lab.at('work/locked.asc'),
    submit_transparency_logs: [`tiles:${lab.at('work/log')}`],
    submit_transparency_keys: { tiles: secrets.log },
  };
  const scenarios = [
    sign('good'),
    sign('rehearsed', { play: { check_mode: true } }),
    sign('expired', { vars: { gpg_key: { private: secrets.expired } } }),
    sign('wrong', { vars: { gpg_key: { private: secrets.locked, passphrase: `${PASSPHRASE}?` } } }),
    signing('logged', lab.at('work/good'), secrets, { role: 'submit-transparency', vars: logging }),
    submitting('deferred', lab.at('work/good'), secrets),
  ];
  return trace(lab, secrets, 'through', playing(lab, scenarios));
};

/** A signal to all, as from a terminal, or one that it sends itself. */
export type Disturbance = (signer: number, playbook: number) => NodeJS.Signals | undefined;

/** Disturbs a run once the executable has the key and signs with it. */
export function runDisturbed(lab: Lab, secrets: Secrets, name: string, disturb: Disturbance): Promise<Traced> {
  const release = lab.release(name, {});
  const large = path.join(release, LARGE);
  fs.writeFileSync(large, '');
  fs.truncateSync(large, SIZE);
  return disturbed(lab, secrets, signing(name, release, secrets), () => readerOf(large), disturb);
}

/** Disturbs a run once the executable has the keys of logs, and one of these has been asked and does not answer. */
export async function runDisturbedSubmission(
  lab: Lab,
  secrets: Secrets,
  name: string,
  disturb: Disturbance,
): Promise<Traced> {
  fs.cpSync(lab.at('work/good'), lab.at('work', name), {
    recursive: true,
    filter: (file) => !file.endsWith('.submission.json'),
  });
  let asked = false;
  const log = createServer((socket) => {
    asked = true;
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => log.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(log.address() as AddressInfo).port}`;
  const submitter = () => (asked ? processOf(faults.executable, 'submit') : undefined);
  try {
    return await disturbed(lab, secrets, submitting(name, lab.at('work', name), secrets, url), submitter, disturb);
  } finally {
    log.close();
  }
}

/** `worker` is asked again and again which process has secrets just now. */
async function disturbed(
  lab: Lab,
  secrets: Secrets,
  { name, role, vars }: Scenario,
  worker: () => number | undefined,
  disturb: Disturbance,
): Promise<Traced> {
  const play = { hosts: 'localhost', gather_facts: false, vars, roles: [role] };
  const playbook = lab.write(`private/${name}.json`, JSON.stringify([play]));
  let isDone = false;
  const interrupt = (pid: number) => {
    const found = isDone ? undefined : worker();
    if (found === undefined) return undefined;
    isDone = true;
    return disturb(found, pid);
  };
  const run: Run = (options) => lab.ansible([playbook, ...TALKATIVE], { ...options, interrupt });
  const traced = await trace(lab, secrets, name, run);
  if (!isDone) throw new Error(`nobody has seen the work: ${traced.output}`);
  return traced;
}

/** The process that reads a file just now. */
function readerOf(file: string): number | undefined {
  const opens = (pid: string) => quietly(() => fs.readdirSync(`/proc/${pid}/fd`)) ?? [];
  const found = pids().find((pid) =>
    opens(pid).some((descriptor) => quietly(() => fs.readlinkSync(`/proc/${pid}/fd/${descriptor}`)) === file),
  );
  return found === undefined ? undefined : Number(found);
}

/** The process of Node that runs a script with this among its arguments. */
function processOf(script: string, word: string): number | undefined {
  const found = pids().find((pid) => {
    const words = quietly(() => fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.split('\0') ?? [];
    return words[1] === script && words.includes(word);
  });
  return found === undefined ? undefined : Number(found);
}

const pids = (): readonly string[] => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Processes, and what they have open, come and go. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Reached by ssh, by somebody who has not asked for pipelining. Both sides are under strace. */
export async function runOverSsh(
  lab: Lab,
  secrets: Secrets,
): Promise<{ readonly here: Traced; readonly there: readonly string[] }> {
  const file = lab.at('private/host.strace');
  const host = await startLoopbackHost(tracing(file));
  const here = await trace(lab, secrets, 'ssh', playing(lab, [remoteScenario(host, secrets)])).finally(host.close);
  return { here, there: leaks(secrets.index, readHanded(file)) };
}

function remoteScenario({ home, vars, put }: LoopbackHost, secrets: Secrets): Scenario {
  put('release/nova-31.0.0.tar.gz', 'source');
  const node = put('node', fs.readFileSync(process.execPath), 0o755);
  const reached = {
    ansible_pipelining: false,
    ansible_ssh_use_tty: false,
    // it is waited for until it ends
    ansible_ssh_args: '-o ControlMaster=auto -o ControlPersist=5s',
  };
  return signing('remote', path.join(home, 'release'), secrets, {
    host: { ...vars, ...reached },
    vars: { ensure_artifact_signing_node: node },
  });
}

/** Without reading it: the kernel does. */
const copying = (from: string, to: string): readonly string[] => [
  ...['python3', '-c', 'import shutil, sys; shutil.copyfile(*sys.argv[1:])', from, to],
];

/** What nobody should do: so that it can be seen to be found. */
export async function runCareless(lab: Lab, secrets: Secrets): Promise<Traced> {
  const secret = secrets.locked.split('\n').slice(4, 8).join('');
  const file = lab.at('work/careless');
  const tasks = [
    { name: 'argv', 'ansible.builtin.command': { argv: ['true', secret] }, no_log: true },
    { name: 'environment', 'ansible.builtin.command': 'true', environment: { KEY: secret }, no_log: true },
    { name: 'file', 'ansible.builtin.copy': { content: secrets.log, dest: file }, no_log: true },
    { name: 'copied', 'ansible.builtin.command': { argv: copying(lab.at('private/log.pem'), `${file}-copy`) } },
    { name: 'no copy', 'ansible.builtin.file': { path: `${file}-copy`, state: 'absent' } },
    { name: 'no file', 'ansible.builtin.file': { path: file, state: 'absent' } },
    { name: 'output', 'ansible.builtin.debug': { msg: `the passphrase is ${PASSPHRASE}` } },
  ];
  const play = { hosts: 'localhost', gather_facts: false, tasks };
  const playbook = lab.write('private/careless.json', JSON.stringify([play]));
  const traced = await trace(lab, secrets, 'careless', (options) => lab.ansible([playbook], options));
  fs.rmSync(lab.at('work/careless.log'));
  return traced;
}
