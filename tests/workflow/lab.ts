// SPDX-License-Identifier: Apache-2.0
/**
 * Runs commands in this process, with the real ports, on real files in a directory of their own, with keys that gpg made once for the
 * whole test file. A port may be replaced for a run; the network is off unless a run brings its own.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Report } from '../../src/core/report.ts';
import { undiciHttp } from '../../src/io/http.ts';
import { flockLock } from '../../src/io/lock.ts';
import { realPorts } from '../../src/io/ports.ts';
import { nodeTls } from '../../src/io/tls.ts';
import type { Clock, Files, Http, Lock, Out, Ports, Tls } from '../../src/ports.ts';
import {
  exportPublic,
  exportSecretSubkeys,
  type Gpg,
  type KeyOptions,
  type MadeKey,
  makeKey,
  openGpg,
} from '../gpg.ts';

export const ED25519: KeyOptions = { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] };

export interface Run {
  readonly status: number;
  readonly report: Report;
}

export interface Lab {
  /** Of this test: `work`, or something in it. */
  at(...parts: readonly string[]): string;
  /** Writes files, with the directories that they need. */
  put(files: Readonly<Record<string, string | Uint8Array>>): void;
  read(...parts: readonly string[]): Buffer;
  /** All files below a directory and their contents: nothing changed where two of these are equal. */
  snapshot(directory: string): Readonly<Record<string, string>>;
  run(words: readonly string[], ports?: Partial<Ports>): Promise<Run>;
  /** `run`, and the status that is expected. */
  done(words: readonly string[], ports?: Partial<Ports>): Promise<Report>;
  /** `run`, the status that is expected, and that an error says this; returns the report. */
  refused(status: number, message: string | RegExp, words: readonly string[], ports?: Partial<Ports>): Promise<Report>;
  /** The file of a secret key. */
  key(name: string): string;
  /** The file of a certificate. */
  certificate(name: string): string;
  /** For gpgv. */
  keyring(name: string): string;
  made(name: string): MadeKey;
  readonly gpg: Gpg;
}

const silent: Out = { stdout: () => undefined, stderr: () => undefined, isTerminal: false, version: '0' };

const offline = (): Promise<never> => Promise.reject(new Error('the network was touched'));
/** Whoever touches it fails with "a defect in this program". */
const noHttp: Http = { get: offline, getChunks: offline, post: offline, ask: offline };
const noTls: Tls = { visit: offline };
/** For a fake clock: what is left on one that stands still is no limit for a real socket. */
const unlimited = (http: Http): Http => ({
  ...http,
  get: async (url, cap) => http.get(url, cap),
  post: async (url, body, limits) => http.post(url, body, { ...limits, timeout: ENOUGH }),
  ask: async (url, limits) => http.ask(url, { ...limits, timeout: ENOUGH }),
});
/** Milliseconds. */
const ENOUGH = 30_000;
/** Without the pauses before another try. */
export const hastyHttp = (): Http => undiciHttp({ pauses: [0, 0] });
export const loopback = (): Http => unlimited(hastyHttp());
export const loopbackTls = (): Tls => ({ visit: async (visit) => nodeTls().visit({ ...visit, timeout: ENOUGH }) });

export const realFiles = (): Files => realPorts(silent, false).files;

/** The real lock, for runs beside one that holds it and stands still: there is nothing to wait for. */
export const impatient: Lock = { hold: async (file, _, body) => flockLock().hold(file, 200, body) };

/** A clock that stands where it is put, and sleeps no longer than it takes to say so. */
export function fakeClock(now: Date): Clock & { readonly slept: number[] } {
  let at = now.getTime();
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(at),
    sleep: async (duration) => {
      slept.push(duration);
      at += duration;
    },
  };
}

/** Runs a command as bin.ts does. */
export async function runCommand(words: readonly string[], ports: Partial<Ports> = {}): Promise<Run> {
  const said: string[] = [];
  const out: Out = { ...silent, stdout: (text) => void said.push(text) };
  const status = await main(
    [...words, '--json'],
    { ...realPorts(silent, false), http: noHttp, tls: noTls, ...ports },
    out,
  );
  return { status, report: JSON.parse(said.join('')) as Report };
}

/** What went wrong, for people who read a failing test. */
const errorsOf = ({ errors }: Report): string => errors.map((error) => `${error.kind}: ${error.message}`).join('\n');

/** Makes keys before the tests of a file, and a new directory before each of them. */
export function useLab(keys: Readonly<Record<string, KeyOptions>>): Lab {
  let gpg: Gpg;
  let work = '';
  const made = new Map<string, MadeKey>();
  const keyFile = (name: string, end: string) => path.join(gpg.home, 'keys', `${name}${end}`);
  beforeAll(async () => {
    gpg = await openGpg();
    fs.mkdirSync(path.join(gpg.home, 'keys'));
    for (const [name, options] of Object.entries(keys)) {
      const key = await makeKey(gpg, { ...options, userId: `${name} <${name}@example.org>` });
      made.set(name, key);
      fs.writeFileSync(keyFile(name, '.sec'), await exportSecretSubkeys(gpg, key.primary, options.passphrase));
      const certificate = await exportPublic(gpg, key.primary);
      fs.writeFileSync(keyFile(name, '.pub'), certificate);
      fs.writeFileSync(keyFile(name, '.gpg'), (await gpg.run(['--dearmor'], { input: certificate })).stdout);
    }
  });
  afterAll(async () => gpg.close());
  beforeEach(() => {
    work = fs.mkdtempSync('/tmp/lab-');
  });
  afterEach(() => fs.rmSync(work, { recursive: true, force: true }));

  const at = (...parts: readonly string[]) => path.join(work, ...parts);
  const done = async (words: readonly string[], ports: Partial<Ports> = {}) => {
    const { status, report } = await runCommand(words, ports);
    expect(status, `${words.join(' ')}\n${errorsOf(report)}`).toBe(0);
    return report;
  };
  return {
    at,
    put: (files) => {
      for (const [name, content] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(at(name)), { recursive: true });
        fs.writeFileSync(at(name), content);
      }
    },
    read: (...parts) => fs.readFileSync(at(...parts)),
    snapshot: (directory) => snapshot(at(directory)),
    run: runCommand,
    done,
    refused: async (status, message, words, ports = {}) => {
      const run = await runCommand(words, ports);
      expect(`${run.status}\n${errorsOf(run.report)}`).toMatch(message);
      expect(`${run.status}\n${errorsOf(run.report)}`).not.toContain('a defect in this program');
      expect(run.status, errorsOf(run.report)).toBe(status);
      return run.report;
    },
    key: (name) => keyFile(name, '.sec'),
    certificate: (name) => keyFile(name, '.pub'),
    keyring: (name) => keyFile(name, '.gpg'),
    made: (name) => made.get(name) ?? { primary: '' as never, subkeys: [] },
    get gpg() {
      return gpg;
    },
  };
}

/** Temporary files and symbolic links show, too. */
export function snapshot(directory: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) found[path.relative(directory, file)] = fs.readFileSync(file).toString('latin1');
    else if (entry.isSymbolicLink()) found[path.relative(directory, file)] = `-> ${fs.readlinkSync(file)}`;
  }
  return found;
}

export const namesIn = (directory: string): readonly string[] => Object.keys(snapshot(directory)).sort();

/** Whether an interrupted run has left something. */
export const temporaryIn = (directory: string): readonly string[] =>
  namesIn(directory).filter((name) => path.basename(name).startsWith('.artifact-signing-'));

/** Counts the bytes of each file that are read, by their paths. */
export function countingFiles(files = realFiles()): { readonly files: Files; readonly bytes: Map<string, number> } {
  const bytes = new Map<string, number>();
  const count = (file: string, length: number) => void bytes.set(file, (bytes.get(file) ?? 0) + length);
  return {
    bytes,
    files: {
      ...files,
      read: async (file, cap) => {
        const content = await files.read(file, cap);
        count(file, content.length);
        return content;
      },
      readChunks: async (file, onChunk) =>
        files.readChunks(file, (chunk) => {
          count(file, chunk.length);
          onChunk(chunk);
        }),
    },
  };
}
