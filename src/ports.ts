// SPDX-License-Identifier: Apache-2.0
/** The outside, as the workflows see it. Interfaces only; `io/` has the implementations. */
import type { KeyObject } from 'node:crypto';

export type FileType = 'file' | 'directory' | 'symlink' | 'other';

export interface FileInfo {
  readonly type: FileType;
  /** Bytes. */
  readonly size: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileType;
}

export interface WriteOptions {
  /** Permission bits, 0o644 unless told. */
  readonly mode?: number;
  /** Synced to disk, file and directory, before the call returns. */
  readonly durable?: boolean;
  /** Whether a file of that name may be there already; otherwise `conflict`. */
  readonly replace?: boolean;
}

/** A file that appears under its name whole, on `commit`, or not at all. */
export interface Writer {
  write(chunk: Uint8Array): void;
  /** Ends the writing and frees the descriptor: many sealed files can wait for their `commit`. */
  seal(): Promise<void>;
  commit(): Promise<void>;
  /** MUST be safe after `commit`, and then do nothing. */
  abort(): Promise<void>;
}

/**
 * Every failure is a Fault: `not-found` for what is not there, `io` for what the system refuses, with
 * the path and a hint. Symbolic links MUST NOT be followed at the last component of a path that is read.
 */
export interface Files {
  /** Names sorted by their bytes. MUST refuse (`bad-name`) names that are not UTF-8. */
  list(directory: string): Promise<readonly DirectoryEntry[]>;
  /** Of the path itself, not of what a link points to; undefined where nothing is. */
  stat(path: string): Promise<FileInfo | undefined>;
  /** A whole small file. MUST check the size against `cap` (bytes) before reading: `bad-format`. */
  read(path: string, cap: number): Promise<Uint8Array>;
  /** A file that a person names (key, policy, variables): links are followed, pipes are read, `-` is standard input. */
  readGiven(path: string, cap: number): Promise<Uint8Array>;
  /**
   * A regular file of any size, once, from its beginning to its end, in order. A chunk is valid only during
   * the call. MUST throw `changed` where size, time of change or inode differ after the read. Returns bytes read.
   */
  readChunks(path: string, onChunk: (chunk: Uint8Array) => void): Promise<number>;
  create(path: string, options?: WriteOptions): Promise<Writer>;
  /** `create`, one `write`, `commit`. */
  write(path: string, content: Uint8Array | string, options?: WriteOptions): Promise<void>;
  /** Appends and syncs; makes the file and its directory where they are missing. */
  append(path: string, content: Uint8Array): Promise<void>;
  /** With its parents; no error where it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Files only; no error where there is none. */
  remove(path: string): Promise<void>;
  /**
   * Removes temporary files that an interrupted run left in a directory: those that are `age` milliseconds old (0: all), and
   * those whose process is known to have ended.
   */
  clearTemporary(directory: string, age: number): Promise<void>;
  /** The path with every symbolic link resolved, also of a path whose last parts are not there yet. */
  resolve(path: string): Promise<string>;
}

export interface Http {
  /**
   * The body of a 200 answer, at most `cap` bytes (`bad-format` beyond); undefined for 404 and 410.
   * MUST retry what a retry can mend (network, 408, 429, 5xx) a few times, for `patience` milliseconds at most where that is told, then
   * throw `network`.
   */
  get(url: string, cap: number, patience?: number): Promise<Uint8Array | undefined>;
  /** As `get`, of any size, chunk by chunk; false for 404 and 410. MUST NOT hand on chunks of a failed try twice. */
  getChunks(url: string, onChunk: (chunk: Uint8Array) => void): Promise<boolean>;
  /**
   * One POST, tried once: the answer, whatever its status. MUST NOT follow a redirection, and MUST have ended after `timeout`
   * milliseconds. Throws `network` where there is no whole answer by then, `bad-format` where it is longer than `cap` bytes.
   */
  post(url: string, body: Uint8Array, limits: RequestLimits): Promise<Answer>;
  /** One GET, tried once, with all that is said of `post`. */
  ask(url: string, limits: RequestLimits): Promise<Answer>;
}

export interface RequestLimits {
  /** Bytes of the answer. */
  readonly cap: number;
  /** Milliseconds. */
  readonly timeout: number;
  /** Sent with the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whose certificates are believed, in PEM; those that the system knows unless told. */
  readonly authorities?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Uint8Array;
  /** By their names in lower case; one that came several times is left out. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Tls {
  /**
   * The certificates that a server shows for a name: a handshake, and nothing after it. MUST ask for `name` (SNI), wherever the connection
   * goes; MUST have ended after `timeout` milliseconds. Throws `network` where there is no connection, or no certificate for this name.
   */
  visit(visit: Visit): Promise<Shown>;
}

export interface Visit {
  /** Where the connection goes: a name or an IP address. */
  readonly host: string;
  readonly port: number;
  readonly name: string;
  /** As in `RequestLimits`. */
  readonly authorities?: string;
  /** Milliseconds. */
  readonly timeout: number;
}

export interface Shown {
  /** In DER, that of the server first; MUST go up to the authority where it is believed. */
  readonly chain: readonly Uint8Array[];
  /** Why the chain is not to be believed now, for this name; MUST be undefined only where it is. */
  readonly problem: string | undefined;
}

export interface Clock {
  now(): Date;
  /** Milliseconds. */
  sleep(duration: number): Promise<void>;
}

export interface Lock {
  /**
   * Runs `body` while nobody else, on this machine or in another sandbox of it, holds the lock file. The lock MUST end
   * with this process, however it ends. Throws `locked` where it is not to be had within `patience` milliseconds.
   */
  hold<T>(path: string, patience: number, body: () => Promise<T>): Promise<T>;
}

/**
 * RSA's private operation with the padding of PKCS#1 v1.5 over a ready block (a DigestInfo). MUST be safe to call again
 * before an earlier call has ended: it takes milliseconds, and may run in another thread.
 */
export type RsaOperation = (key: KeyObject, block: Uint8Array) => Promise<Uint8Array>;

/** Text formats that need a library. */
export interface Yaml {
  /** YAML 1.2 (and so JSON) to plain values; unknown tags become plain values. Throws `bad-format` with line and column. */
  parse(text: string): Promise<unknown>;
}

export interface Progress {
  /** Says how far a long work is: `done` of `total` units of `what`. Called often; MUST be cheap. */
  report(what: string, done: number, total: number): void;
  end(): void;
}

export interface Ports {
  readonly files: Files;
  readonly http: Http;
  readonly tls: Tls;
  readonly clock: Clock;
  readonly lock: Lock;
  readonly yaml: Yaml;
  readonly progress: Progress;
  /** On at most so many threads. */
  readonly rsa: (threads: number) => RsaOperation;
  /** How many threads the machine has for us, 1 or more. */
  readonly cores: number;
}

/** Where a command speaks: stdout is the result, stderr is for people. */
export interface Out {
  stdout(text: string): void;
  stderr(text: string): void;
  /** Whether stderr is a terminal. */
  readonly isTerminal: boolean;
  /** Of this program, as in `0.1.0`. */
  readonly version: string;
}
