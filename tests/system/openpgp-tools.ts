// SPDX-License-Identifier: Apache-2.0
/**
 * What others say of a detached signature: the tools of Debian 12, openpgp.js, and a small program on go-crypto
 * (tests/interop/openpgp). Each is asked with two files and one certificate, and in the way that its documents advise.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import * as openpgp from 'openpgp';
import { runGo } from '../integration/programs.ts';
import { runCommand } from '../workflow/lab.ts';

export interface Question {
  /** As are signatures: armored or binary. */
  readonly certificate: Uint8Array;
  readonly signature: Uint8Array;
  readonly artifact: Uint8Array;
}

export interface Answer {
  readonly accepts: boolean;
  /** Of the process. */
  readonly exit: number;
  /** What it said, for people who read a failing test; the status lines of gpg and gpgv. */
  readonly words: string;
}

export const DEBIAN = ['gpg', 'gpgv', 'sq', 'sqv', 'sqop'] as const;
/** Those of the table of key states. */
export const TABULATED = [...DEBIAN, 'go-crypto'] as const;
export const TOOLS = [...TABULATED, 'openpgp.js'] as const;
export type Tool = (typeof TOOLS)[number];

export interface Tools {
  /** Of these tests, and removed by `close`. */
  readonly directory: string;
  ask(tool: Tool, question: Question): Promise<Answer>;
  /** What a program prints; throws where it fails. */
  run(program: string, args: readonly string[], input?: Uint8Array): Promise<Buffer>;
  /** The program on go-crypto. */
  readonly go: string;
  close(): void;
}

/** Makes a directory below /tmp, since gpg wants short paths, and builds the program on go-crypto there. */
export function openTools(): Tools {
  const directory = fs.mkdtempSync('/tmp/tools-');
  const go = path.join(directory, 'pgp');
  const source = path.resolve(import.meta.dirname, '../interop/openpgp');
  runGo(['build', '-trimpath', '-o', go, '.'], source);
  return {
    directory,
    go,
    ask: (tool, question) => ask(tool, place(directory, question), go),
    run: async (program, args, input) => {
      const { exit, stdout, stderr } = await execute(program, args, input);
      if (exit !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
      return stdout;
    },
    close: () => fs.rmSync(directory, { recursive: true, force: true }),
  };
}

interface Placed extends Question {
  readonly directory: string;
  /** Paths, the certificate in both of its forms. */
  readonly armored: string;
  readonly binary: string;
  readonly asc: string;
  readonly file: string;
}

function place(directory: string, question: Question): Placed {
  const own = fs.mkdtempSync(path.join(directory, 'q-'));
  const put = (name: string, content: Uint8Array): string => {
    fs.writeFileSync(path.join(own, name), content);
    return path.join(own, name);
  };
  return {
    ...question,
    directory: own,
    armored: put('certificate.asc', armor(question.certificate, 'PUBLIC KEY BLOCK')),
    binary: put('certificate.gpg', dearmor(question.certificate)),
    asc: put('file.asc', armor(question.signature, 'SIGNATURE')),
    file: put('file', question.artifact),
  };
}

const isArmored = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) & 0x80) === 0;

/** With a checksum: without one, gpg 2.2 ends with status 2 where the base64 is padded. */
export function armor(bytes: Uint8Array, label: string): Buffer {
  if (isArmored(bytes)) return Buffer.from(bytes);
  const text = Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return Buffer.from(`-----BEGIN PGP ${label}-----\n\n${text}\n=${crc24(bytes)}\n-----END PGP ${label}-----\n`);
}

/** RFC 9580 section 6.1.1, in base64. */
function crc24(bytes: Uint8Array): string {
  let crc = 0xb704ce;
  for (const octet of bytes) {
    crc ^= octet << 16;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc << 1) ^ (crc & 0x800000 ? 0x1864cfb : 0);
  }
  return Buffer.from([crc >> 16, crc >> 8, crc]).toString('base64');
}

/** The packets inside of the first armor block. */
export function dearmor(bytes: Uint8Array): Buffer {
  if (!isArmored(bytes)) return Buffer.from(bytes);
  const all = Buffer.from(bytes).toString('latin1').split(/\r?\n/);
  const lines = all.slice(all.findIndex((line) => line.startsWith('-----BEGIN')));
  const end = lines.findIndex((line) => line.startsWith('=') || line.startsWith('-----END'));
  return Buffer.from(lines.slice(lines.indexOf('') + 1, end).join(''), 'base64');
}

function ask(tool: Tool, placed: Placed, go: string): Promise<Answer> {
  const { armored, binary, asc, file, directory } = placed;
  switch (tool) {
    case 'gpg':
      return askGpg(placed);
    case 'gpgv':
      return status('gpgv', ['--homedir', directory, '--status-fd', '1', '--keyring', binary, asc, file]);
    case 'sq':
      return plain('sq', ['verify', '--signer-cert', armored, '--detached', asc, file]);
    case 'sqv':
      return plain('sqv', ['--keyring', armored, asc, file]);
    case 'sqop':
      return plain('sqop', ['verify', asc, armored], placed.artifact);
    case 'openpgp.js':
      return askLibrary(placed);
    case 'go-crypto':
      return plain(go, ['verify', armored, asc, file]);
  }
}

/** Imports the certificate first, as people do. */
async function askGpg({ directory, binary, asc, file }: Placed): Promise<Answer> {
  const fixed = ['--homedir', directory, '--batch', '--no-tty', '--no-autostart', '--trust-model', 'always'];
  await execute('gpg', [...fixed, '--import', binary]);
  return status('gpg', [...fixed, '--status-fd', '1', '--verify', asc, file]);
}

const BAD = ['EXPKEYSIG', 'REVKEYSIG', 'EXPSIG', 'ERRSIG', 'BADSIG'];

/** The status lines decide: exactly one signature, and that one good. The exit status is 0 for worse ones, too. */
async function status(program: string, args: readonly string[]): Promise<Answer> {
  const { exit, stdout } = await execute(program, args);
  const words = [...stdout.toString().matchAll(/^\[GNUPG:\] (\w+)/gm)].map(([, word = '']) => word);
  const count = (word: string) => words.filter((one) => one === word).length;
  const once = ['NEWSIG', 'GOODSIG', 'VALIDSIG'].every((word) => count(word) === 1);
  return { accepts: once && BAD.every((word) => count(word) === 0), exit, words: words.join(' ') };
}

/** The status lines of gpg and gpgv that decide, and the exit status. */
export function decisive({ words, exit }: Answer): string {
  const deciding = words.split(' ').filter((word) => /^(?:GOOD|EXP|EXPKEY|REVKEY|BAD|ERR)SIG$/.test(word));
  return [...(deciding.length > 0 ? deciding : ['none']), exit].join(' ');
}

async function plain(program: string, args: readonly string[], input?: Uint8Array): Promise<Answer> {
  const { exit, stdout, stderr } = await execute(program, args, input);
  return { accepts: exit === 0, exit, words: `${stdout}${stderr}` };
}

/** The library's verify() returns normally whatever it finds: each signature has to be asked. */
async function askLibrary({ armored, asc, artifact }: Placed): Promise<Answer> {
  try {
    const [key] = await openpgp.readKeys({ armoredKeys: fs.readFileSync(armored, 'utf8') });
    const signature = await openpgp.readSignature({ armoredSignature: fs.readFileSync(asc, 'utf8') });
    const message = await openpgp.createMessage({ binary: artifact });
    if (key === undefined) throw new Error('there is no certificate');
    const verification = { message, signature, verificationKeys: key, format: 'binary' } as const;
    const { signatures } = await openpgp.verify(verification);
    await Promise.all(signatures.map(({ verified }) => verified));
    return { accepts: signatures.length === 1, exit: 0, words: `${signatures.length} verified` };
  } catch (error) {
    return { accepts: false, exit: 1, words: String(error) };
  }
}

interface Ended {
  readonly exit: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A program that is missing is an error, and not a refusal. */
function execute(program: string, args: readonly string[], input?: Uint8Array): Promise<Ended> {
  const child = spawn(program, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === null) reject(new Error(`${program} was killed: ${Buffer.concat(err)}`));
      else resolve({ exit: code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() });
    });
  });
}

export interface OwnAnswer extends Answer {
  /** The kind of the fault, or `good`, `expires-soon`, `expired-after-signing`. */
  readonly verdict: string;
}

/** What `artifact-signing verify FILE` says; the policy's word for keys that have expired since is its default. */
export async function askOurs(directory: string, question: Question): Promise<OwnAnswer> {
  const { binary, file, asc } = place(directory, question);
  fs.writeFileSync(asc, question.signature);
  fs.writeFileSync(binary, question.certificate);
  const { status: exit, report } = await runCommand(['verify', file, '--certificate', binary]);
  // which file it is about says nothing here
  const words = report.errors.map(({ message }) => message.replace(/^"[^"]*": /, '')).join('; ');
  const verdict = report.errors[0]?.kind ?? report.files[0]?.signature?.state ?? 'nothing';
  return { accepts: exit === 0, exit, words, verdict };
}
