// SPDX-License-Identifier: Apache-2.0
/** GnuPG as the other side: every home is new, short (a socket's path has 107 octets), and closed with its agent. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Fingerprint, parseFingerprint } from '../src/core/fingerprint.ts';

export interface GpgRun {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Lines of `--status-fd`, without their prefix. */
  readonly status: readonly string[];
}

export interface GpgOptions {
  readonly input?: Uint8Array | string;
  /** The time that gpg takes for now, and stands still at. */
  readonly at?: Date;
  /** A failing run is an error unless this is true. */
  readonly mayFail?: boolean;
}

export interface Gpg {
  readonly home: string;
  run(args: readonly string[], options?: GpgOptions): Promise<GpgRun>;
  close(): Promise<void>;
}

/** A new home under /tmp, for a whole test file: `close` it in `afterAll`. */
export async function openGpg(): Promise<Gpg> {
  const home = await mkdtemp('/tmp/gpg-');
  // As few rounds as there may be: the default is calibrated to cost time.
  await writeFile(path.join(home, 'gpg-agent.conf'), 's2k-count 65536\n');
  const env = { PATH: process.env['PATH'], GNUPGHOME: home, LANG: 'C.UTF-8' };
  return {
    home,
    async run(args, options = {}) {
      const time = options.at === undefined ? [] : ['--faked-system-time', `${stamp(options.at)}!`];
      const fixed = ['--batch', '--no-tty', '--yes', '--pinentry-mode', 'loopback', '--status-fd', '3'];
      const run = await execute('gpg', [...fixed, ...time, ...args], env, options.input);
      if (run.code !== 0 && options.mayFail !== true) throw new Error(`gpg ${args.join(' ')}: ${run.stderr}`);
      return run;
    },
    async close() {
      await execute('gpgconf', ['--kill', 'all'], env, undefined);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A new home for one piece of work. */
export async function withGpg<T>(body: (gpg: Gpg) => Promise<T>): Promise<T> {
  const gpg = await openGpg();
  try {
    return await body(gpg);
  } finally {
    await gpg.close();
  }
}

const stamp = (at: Date): string => at.toISOString().replace(/[-:]|\.\d+Z$/g, '');

function execute(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input: Uint8Array | string | undefined,
): Promise<GpgRun> {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const gather = (stream: NodeJS.ReadableStream | null | undefined): Buffer[] => {
    const chunks: Buffer[] = [];
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  };
  const [out, err, status] = [
    gather(child.stdout),
    gather(child.stderr),
    gather(child.stdio[3] as NodeJS.ReadableStream),
  ];
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = Buffer.concat(status).toString().split('\n');
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(out),
        stderr: Buffer.concat(err).toString(),
        status: lines.filter((line) => line !== '').map((line) => line.replace('[GNUPG:] ', '')),
      });
    });
  });
}

export interface SubkeyOptions {
  /** As gpg calls it: `rsa3072`, `nistp256/ecdsa`, `ed25519`, `cv25519`, `dsa2048`. */
  readonly algorithm: string;
  /** `sign` unless told; `encr`, `auth`. */
  readonly usage?: string;
  /** As gpg takes it: `never`, `1y`, `seconds=600`. */
  readonly expire?: string;
  readonly at?: Date;
}

export interface KeyOptions extends SubkeyOptions {
  readonly userId?: string;
  readonly passphrase?: string;
  readonly subkeys?: readonly SubkeyOptions[];
  /** More options of gpg, such as `--cert-digest-algo SHA1`. */
  readonly args?: readonly string[];
}

export interface MadeKey {
  readonly primary: Fingerprint;
  readonly subkeys: readonly Fingerprint[];
}

/** A primary key (usage `cert` unless told) and its subkeys. */
export async function makeKey(gpg: Gpg, options: KeyOptions): Promise<MadeKey> {
  const {
    algorithm,
    usage = 'cert',
    expire = 'never',
    passphrase = '',
    userId = 'Release <release@example.org>',
  } = options;
  const common = [...(options.args ?? []), '--passphrase', passphrase];
  const at = options.at === undefined ? {} : { at: options.at };
  const run = await gpg.run([...common, '--quick-gen-key', userId, algorithm, usage, expire], at);
  const primary = createdKey(run);
  const subkeys: Fingerprint[] = [];
  for (const subkey of options.subkeys ?? []) {
    const args = ['--quick-add-key', primary, subkey.algorithm, subkey.usage ?? 'sign', subkey.expire ?? 'never'];
    subkeys.push(createdKey(await gpg.run([...common, ...args], subkey.at === undefined ? at : { at: subkey.at })));
  }
  return { primary, subkeys };
}

function createdKey({ status }: GpgRun): Fingerprint {
  const line = status.find((candidate) => candidate.startsWith('KEY_CREATED '));
  return parseFingerprint(line?.split(' ')[2] ?? '');
}

/** What gpg's menu of reasons calls 0 to 3. */
const REASONS = { none: 0, compromised: 1, superseded: 2, retired: 3 };

/** Revokes the `index`th subkey, counted from 1. */
export async function revokeSubkey(
  gpg: Gpg,
  key: Fingerprint,
  index: number,
  reason: keyof typeof REASONS,
  at?: Date,
): Promise<void> {
  const input = `y\n${REASONS[reason]}\n\ny\n`;
  const args = ['--command-fd', '0', '--passphrase', '', '--edit-key', key, `key ${index}`, 'revkey', 'save'];
  await gpg.run(args, { input, ...(at === undefined ? {} : { at }) });
}

/** Imports the revocation certificate that gpg keeps ready, which gives no reason. */
export async function revokeKey(gpg: Gpg, key: Fingerprint): Promise<void> {
  const kept = await readFile(path.join(gpg.home, 'openpgp-revocs.d', `${key}.rev`), 'utf8');
  await gpg.run(['--import'], { input: kept.replace(':-----BEGIN', '-----BEGIN') });
}

export const exportPublic = async (gpg: Gpg, ...keys: readonly string[]): Promise<Buffer> =>
  (await gpg.run(['--armor', '--export', ...keys])).stdout;

/** With a gnu-dummy primary. */
export const exportSecretSubkeys = async (gpg: Gpg, key: string, passphrase = ''): Promise<Buffer> =>
  (await gpg.run(['--armor', '--passphrase', passphrase, '--export-secret-subkeys', key])).stdout;

/** With the primary's secret. */
export const exportSecret = async (gpg: Gpg, key: string, passphrase = ''): Promise<Buffer> =>
  (await gpg.run(['--armor', '--passphrase', passphrase, '--export-secret-keys', key])).stdout;

export interface SignOptions {
  readonly at?: Date;
  readonly args?: readonly string[];
}

/** A detached, armored signature by exactly that (sub)key. */
export async function detachSign(
  gpg: Gpg,
  key: Fingerprint,
  data: Uint8Array,
  options: SignOptions = {},
): Promise<Buffer> {
  const args = ['--armor', '--passphrase', '', ...(options.args ?? []), '--local-user', `${key}!`, '--detach-sign'];
  const run = await gpg.run(args, { input: data, ...(options.at === undefined ? {} : { at: options.at }) });
  return run.stdout;
}

/** What `gpg --verify` has to say, two arguments always: its status lines, never its exit status. */
export async function verifyStatus(gpg: Gpg, signature: Uint8Array, data: Uint8Array): Promise<readonly string[]> {
  const directory = await mkdtemp(path.join(gpg.home, 'v-'));
  const [asc, file] = [path.join(directory, 'file.asc'), path.join(directory, 'file')];
  await writeFile(asc, signature);
  await writeFile(file, data);
  return (await gpg.run(['--verify', asc, file], { mayFail: true })).status;
}

/** Whether the status lines are those of one good signature below the pinned primary key. */
export function isGood(status: readonly string[], primary: Fingerprint): boolean {
  const words = status.map((line) => line.split(' '));
  const count = (word: string) => words.filter(([first]) => first === word).length;
  const bad = ['EXPKEYSIG', 'REVKEYSIG', 'EXPSIG', 'ERRSIG', 'BADSIG'];
  const valid = words.find(([first]) => first === 'VALIDSIG');
  const once = count('NEWSIG') === 1 && count('GOODSIG') === 1 && count('VALIDSIG') === 1;
  return once && bad.every((word) => count(word) === 0) && valid?.at(-1) === primary;
}
