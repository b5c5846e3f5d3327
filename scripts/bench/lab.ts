// SPDX-License-Identifier: Apache-2.0
/** What the rows work with: two directories that are removed however a run ends, keys, files, and the commands of both sides. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { gnupgHome, makeThrowawayKey, removeAgent } from '../throwaway-key.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

export const MIB = 1024 * 1024;

/** As gpg calls the algorithm of a subkey. */
export type Algorithm = 'ed25519' | 'rsa4096';

export const TITLES: Readonly<Record<Algorithm, string>> = { ed25519: 'Ed25519', rsa4096: 'RSA-4096' };

export interface BenchKey {
  /** The secret of the subkey, armored. */
  readonly secret: string;
  /** Files of the certificate: armored for us, binary for gpgv. */
  readonly certificate: string;
  readonly keyring: string;
  readonly primary: string;
  /** For the other side: the same key in a gpg home, and the process id of its agent. */
  readonly env: NodeJS.ProcessEnv;
  readonly agent: number;
}

export interface Lab {
  /** A path in the directory of the data. */
  at(...parts: readonly string[]): string;
  /** A path in the private directory. */
  secretAt(...parts: readonly string[]): string;
  /** Made when it is first asked for. */
  key(algorithm: Algorithm): Promise<BenchKey>;
  /** Says what goes on. */
  say(message: string): void;
  close(): void;
}

/** The executable as it is shipped. */
export const OURS: readonly string[] = [process.execPath, path.join(ROOT, 'dist/artifact-signing.mjs')];

export function openLab(directory: string, say: (message: string) => void): Lab {
  const data = fs.mkdtempSync(path.join(directory, 'bench-'));
  // not below the former: sockets of gpg-agent have short names only
  const secrets = fs.mkdtempSync('/tmp/bench-keys-');
  const keys = new Map<Algorithm, Promise<BenchKey>>();
  const key = (algorithm: Algorithm) => {
    const made = keys.get(algorithm) ?? makeKey(path.join(secrets, algorithm), algorithm);
    keys.set(algorithm, made);
    return made;
  };
  return {
    at: (...parts) => path.join(data, ...parts),
    secretAt: (...parts) => path.join(secrets, ...parts),
    key,
    say,
    close: () => {
      for (const algorithm of keys.keys()) removeAgent(path.join(secrets, algorithm));
      for (const made of [secrets, data]) fs.rmSync(made, { recursive: true, force: true });
    },
  };
}

async function makeKey(directory: string, algorithm: Algorithm): Promise<BenchKey> {
  fs.mkdirSync(directory, { mode: 0o700 });
  const made = await makeThrowawayKey(directory, 'Benchmark (throwaway key)', algorithm);
  const env = { ...process.env, GNUPGHOME: gnupgHome(directory), LC_ALL: 'C.UTF-8' };
  const { stdout } = await runCommand('gpg-connect-agent', ['getinfo pid', '/bye'], { env });
  return {
    secret: made.secretFile,
    certificate: path.join(directory, 'certificate.asc'),
    keyring: path.join(directory, 'certificate.gpg'),
    primary: made.primary,
    env,
    agent: Number(/^D (\d+)$/m.exec(stdout)?.[1]),
  };
}

/** Makes a directory with `count` files of `size` bytes, none like another. Returns their names. */
export function makeFiles(directory: string, count: number, size: number): readonly string[] {
  fs.mkdirSync(directory, { recursive: true });
  const names = Array.from({ length: count }, (_, at) => `artifact-${String(at + 1).padStart(4, '0')}.tar.gz`);
  for (const name of names) writeFile(path.join(directory, name), size);
  return names;
}

/** Bytes that nobody can compress, from the name of the file: the same in every run. */
export function writeFile(file: string, size: number): void {
  const descriptor = fs.openSync(file, 'wx', 0o644);
  for (let written = 0; written < size; written += MIB) {
    const length = Math.min(MIB, size - written);
    const seed = `${path.basename(file)} ${written}`;
    fs.writeSync(descriptor, createHash('shake256', { outputLength: length }).update(seed).digest());
  }
  fs.closeSync(descriptor);
}

/** The same files under another directory: hard links, so that both sides read the same pages. */
export function linkFiles(from: string, to: string): void {
  fs.mkdirSync(to, { recursive: true });
  for (const name of fs.readdirSync(from)) fs.linkSync(path.join(from, name), path.join(to, name));
}

let aside = 0;

/**
 * Puts aside what a run has added, below `<directory>.aside`. It is not removed: where many files were removed lately, a file system
 * such as ext4 takes several times as long to make new ones, and the next run would have to pay for it.
 */
export function keepOnly(directory: string, names: readonly string[]): void {
  const kept = new Set(names);
  const added = fs.readdirSync(directory).filter((name) => !kept.has(name));
  const place = path.join(`${directory}.aside`, String(aside++));
  fs.mkdirSync(place, { recursive: true });
  for (const name of added) fs.renameSync(path.join(directory, name), path.join(place, name));
}
