// SPDX-License-Identifier: Apache-2.0
/**
 * Runs roles with a real ansible-playbook, 2.18 unless the environment names another. One run has many scenarios, since each run costs seconds: a scenario is a play
 * on a host of its own, so that the recap at the end counts its changes apart from those of the others.
 *
 *   private/   keys, playbooks and variables: what has to hold secrets
 *   home/ tmp/ HOME and TMPDIR of the run
 *   work/      releases, logs, Zuul's work root
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { toldAnsible, toldNode } from '../../scripts/ansible-versions.ts';
import { filesBelow, ifThere } from '../files-below.ts';

export const ROOT = path.resolve(import.meta.dirname, '../..');

export type Vars = Readonly<Record<string, unknown>>;

export interface Scenario {
  /** The name of the host: lower case, digits, hyphens. */
  readonly name: string;
  readonly role: string;
  readonly vars?: Vars;
  /** Keywords of the play, such as `check_mode`. */
  readonly play?: Vars;
  /** Variables of the host: how it is reached. */
  readonly host?: Vars;
}

export interface Outcome {
  readonly failed: boolean;
  /** Why it failed. */
  readonly message: string;
  readonly changed: number;
  /** What the console showed of this scenario. */
  readonly console: string;
}

export interface PlayOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Asked again and again; once it says yes, the run and all that it has started get this signal, as from a terminal. */
  readonly interrupt?: (pid: number) => NodeJS.Signals | undefined;
  /** Stands before ansible-playbook, such as `strace`. */
  readonly around?: readonly string[];
}

export interface Ran {
  readonly status: number;
  readonly output: string;
}

export interface Lab {
  readonly directory: string;
  /** A path below it. */
  at(...parts: readonly string[]): string;
  /** Writes a file, and the directories it needs. */
  write(name: string, content: string | Uint8Array): string;
  /** A new release directory in `work/` with these artifacts. */
  release(name: string, artifacts?: Readonly<Record<string, string>>): string;
  ansible(args: readonly string[], options?: PlayOptions): Promise<Ran>;
  play(
    scenarios: readonly Scenario[],
    options?: PlayOptions,
  ): Promise<ReadonlyMap<string, Outcome> & { output: string }>;
  /** Every file outside `private/`, with its content. */
  remains(): ReadonlyMap<string, Buffer>;
  close(): void;
}

export function openLab(): Lab {
  const directory = fs.mkdtempSync('/tmp/roles-');
  const at = (...parts: readonly string[]) => path.join(directory, ...parts);
  for (const name of ['private', 'home', 'tmp', 'work']) fs.mkdirSync(at(name), { mode: 0o700 });
  const write = (name: string, content: string | Uint8Array) => {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), content);
    return at(name);
  };
  const lab: Lab = {
    directory,
    at,
    write,
    release(name, artifacts = { 'nova-31.0.0.tar.gz': 'source', 'nova-31.0.0.whl': 'wheel' }) {
      for (const [file, content] of Object.entries(artifacts)) write(`work/${name}/${file}`, content);
      fs.mkdirSync(at('work', name), { recursive: true });
      return at('work', name);
    },
    ansible: (args, options) => runAnsible(lab, args, options),
    play: (scenarios, options) => playScenarios(lab, scenarios, options),
    remains: () => new Map(['home', 'tmp', 'work'].flatMap((name) => readAll(at(name)))),
    close: () => fs.rmSync(directory, { recursive: true, force: true }),
  };
  return lab;
}

function readAll(directory: string): [string, Buffer][] {
  return filesBelow([directory]).flatMap((file) => {
    const content = ifThere(() => fs.readFileSync(file));
    return content === undefined ? [] : [[file, content] satisfies [string, Buffer]];
  });
}

/** Nothing of the user's or the system's Ansible is read. */
async function runAnsible(lab: Lab, args: readonly string[], options: PlayOptions = {}): Promise<Ran> {
  const { env = {}, interrupt, around = [] } = options;
  const [program = '', ...words] = [...around, toldAnsible(), ...args];
  const child = spawn(program, words, {
    cwd: lab.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
    // a process group of its own
    detached: interrupt !== undefined,
    env: {
      PATH: `${path.dirname(toldNode())}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      HOME: lab.at('home'),
      TMPDIR: lab.at('tmp'),
      LANG: 'C.UTF-8',
      ANSIBLE_CONFIG: path.join(ROOT, 'ansible.cfg'),
      ANSIBLE_HOME: lab.at('home/.ansible'),
      ANSIBLE_ROLES_PATH: `${path.join(ROOT, 'roles')}:${lab.at('private/roles')}`,
      ANSIBLE_LOCALHOST_WARNING: 'false',
      ANSIBLE_INVENTORY_UNPARSED_WARNING: 'false',
      ANSIBLE_NOCOLOR: 'true',
      ...env,
    },
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk));
  const watch = setInterval(() => {
    if (child.pid === undefined) return;
    const signal = interrupt?.(child.pid);
    if (signal === undefined) return;
    clearInterval(watch);
    process.kill(-child.pid, signal);
  }, 100);
  const status = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 128));
  });
  clearInterval(watch);
  return { status, output: Buffer.concat(said).toString() };
}

async function playScenarios(lab: Lab, scenarios: readonly Scenario[], options: PlayOptions = {}) {
  const directory = fs.mkdtempSync(lab.at('private/run-'));
  const put = (name: string, value: unknown) => {
    fs.writeFileSync(path.join(directory, name), JSON.stringify(value));
    return path.join(directory, name);
  };
  const hosts = scenarios.map(({ name, host = {} }) => [
    name,
    { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3', ...host },
  ]);
  const inventory = put('inventory.json', { all: { hosts: Object.fromEntries(hosts) } });
  const playbook = put(
    'play.json',
    scenarios.map((scenario) => playOf(scenario, directory)),
  );
  const { status, output } = await runAnsible(lab, ['-i', inventory, playbook, ...(options.args ?? [])], options);
  if (status !== 0) throw new Error(output);
  const outcomes = new Map(scenarios.map(({ name }) => [name, outcomeOf(name, directory, output)]));
  return Object.assign(outcomes, { output });
}

/** A failure is rescued and noted: the next scenario has to run in any case. */
const playOf = ({ name, role, vars = {}, play = {} }: Scenario, directory: string) => ({
  name,
  hosts: name,
  gather_facts: false,
  vars,
  ...play,
  tasks: [
    {
      name: 'The scenario',
      block: [{ name: 'Include the role', 'ansible.builtin.include_role': { name: role } }],
      rescue: [
        {
          name: 'Note the failure',
          'ansible.builtin.copy': {
            content: '{{ ansible_failed_result.msg }}',
            dest: path.join(directory, `${name}.failed`),
            mode: '0600',
          },
          delegate_to: 'localhost',
          check_mode: false,
          changed_when: false,
          diff: false,
        },
      ],
    },
  ],
});

function outcomeOf(name: string, directory: string, output: string): Outcome {
  const failure = path.join(directory, `${name}.failed`);
  const failed = fs.existsSync(failure);
  const changed = new RegExp(`^${name} +: .*\\bchanged=(\\d+)`, 'm').exec(output)?.[1];
  if (changed === undefined) throw new Error(output);
  const [, console = ''] = output.split(`PLAY [${name}] `);
  return {
    failed,
    message: failed ? fs.readFileSync(failure, 'utf8') : '',
    changed: Number(changed),
    console: console.split('\nPLAY ')[0] ?? '',
  };
}

/** The executable, from its source. Throws where its exit status is not 0. */
export const artifactSigning = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [path.join(ROOT, 'src/bin.ts'), ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

export interface LogKeyFile {
  readonly file: string;
  readonly secret: string;
  /** The public half, as policies have it. */
  readonly open: string;
}

/** A private key for logs, in `private/`. */
export function makeLogKey(lab: Lab, kind: 'tiles' | 'rekor' | 'sigsum', name: string): LogKeyFile {
  const file = lab.at('private', name);
  const report = artifactSigning('key', 'generate-log-key', '--for', kind, '--out', file, '--json');
  return { file, secret: fs.readFileSync(file, 'utf8'), open: JSON.parse(report).detail.public_key };
}

/**
 * What to search for: the armored secret cut into pieces of 16 characters, and its base64 form at each of the three
 * alignments; without what the public text has, too.
 */
export function piecesOf(secret: string, publicText: string): readonly string[] {
  const body = secret.replace(/^-----.*$|^=.*$/gm, '').trim();
  const shifted = [0, 1, 2].map((start) => Buffer.from(body).subarray(start).toString('base64').slice(0, -4));
  const cut = (text: string) => text.match(/.{16}/g) ?? [];
  return [...body.split('\n'), ...shifted].flatMap(cut).filter((piece) => !publicText.includes(piece));
}

/**
 * A `dist` whose executable is the one of this checkout, after it has noted how it was called. It dies without a report
 * where an argument ends in "/crash", and does nothing for a minute where one ends in "/hang".
 */
export function makeSpy(lab: Lab): { readonly dist: string; readonly calls: () => readonly Call[] } {
  const log = lab.at('private/calls.jsonl');
  lab.write(
    'private/dist/artifact-signing.mjs',
    `import fs from 'node:fs';
import path from 'node:path';
const args = process.argv.slice(2);
if (args[0] !== '--version') {
  const directory = path.dirname(args.find((arg) => arg.startsWith('--report='))?.slice('--report='.length) ?? '/');
  const mode = (fs.statSync(directory).mode & 0o777).toString(8);
  const names = directory === '/' ? [] : fs.readdirSync(directory);
  fs.appendFileSync(${JSON.stringify(log)}, JSON.stringify({ args, env: process.env, directory, mode, names }) + '\\n');
}
if (args.some((arg) => arg.endsWith('/hang'))) await new Promise((resolve) => setTimeout(resolve, 60_000));
if (args.some((arg) => arg.endsWith('/crash'))) {
  console.error('out of luck');
  process.exit(7);
}
await import(${JSON.stringify(path.join(ROOT, 'src/bin.ts'))});
`,
  );
  lab.write('private/dist/SHA256SUMS', '');
  lab.write('private/calls.jsonl', '');
  const calls = () =>
    fs
      .readFileSync(log, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line): Call => JSON.parse(line));
  return { dist: lab.at('private/dist'), calls };
}

/** Private directories of these calls that are still there. */
export const leftBy = (calls: readonly Call[]): readonly string[] =>
  calls.map(({ directory }) => directory).filter((directory) => directory !== '/' && fs.existsSync(directory));

export interface Call {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** That of its report, its mode, and what was in it when it was called. */
  readonly directory: string;
  readonly mode: string;
  readonly names: readonly string[];
}
