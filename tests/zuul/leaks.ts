// SPDX-License-Identifier: Apache-2.0
/** Looks for the keys of the suite in files. */
import fs from 'node:fs';
import path from 'node:path';
import { filesBelow, ifThere } from '../files-below.ts';
import { addKey, addLogKey, addSecret, indexPieces, type Pieces, piecesIn } from '../pieces.ts';
import { keyFile, trustFile } from './keys.ts';
import type { State } from './state.ts';

/**
 * All that is secret of the keys of the suite, less what their certificates show as well, and what this repository holds
 * already: its test keys have the beginnings of packets that all keys have.
 */
export async function secretPieces(state: State): Promise<Pieces> {
  const pieces = new Map<string, string>();
  const read = (file: string) => fs.readFileSync(file, 'utf8');
  const certificates = ['release-key.asc', 'guarded.asc'].map((name) => read(trustFile(state, name))).join('');
  const passphrase = read(keyFile(state, 'passphrase')).trim();
  for (const name of ['good', 'expired', 'guarded'] as const) {
    await addKey(pieces, name, read(keyFile(state, name)), certificates, passphrase);
  }
  addSecret(pieces, 'passphrase', Buffer.from(passphrase));
  addLogKey(pieces, 'log', read(keyFile(state, 'log')));
  for (const { piece } of search(pieces, [path.join(state.directory, 'src/zuul-artifact-signing')]))
    pieces.delete(piece);
  return pieces;
}

/** `FILE: NAME` for every file below the directories that holds a piece. Symbolic links are not followed. */
export function findPieces(pieces: Pieces, directories: readonly string[]): readonly string[] {
  // one is enough to know of a file
  const names = new Map(search(pieces, directories).map(({ file, piece }) => [file, pieces.get(piece)]));
  return [...names].map(([file, name]) => `${file}: ${name}`);
}

interface Found {
  readonly file: string;
  readonly piece: string;
}

function search(pieces: Pieces, directories: readonly string[]): readonly Found[] {
  const index = indexPieces(pieces);
  return filesBelow(directories).flatMap((file) => {
    const content = ifThere(() => fs.readFileSync(file)) ?? Buffer.alloc(0);
    return piecesIn(index, content).map((piece) => ({ file, piece }));
  });
}

/** The account's directories in memory, and those that the roles make on a host that is not the executor. */
export function privateDirectories({ account }: State): readonly string[] {
  const below = (directory: string) => fs.readdirSync(directory).map((name) => path.join(directory, name));
  const names = [...below('/dev/shm'), ...below('/tmp').filter((name) => /\/(?:artifact-signing-|ansible)/.test(name))];
  const entries = names.map((name) => ({ name, found: ifThere(() => fs.lstatSync(name)) }));
  return entries
    .filter(({ found }) => found?.isDirectory() === true && found.uid === account.uid)
    .map(({ name }) => name);
}
