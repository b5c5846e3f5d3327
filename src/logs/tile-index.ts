// SPDX-License-Identifier: Apache-2.0
/**
 * Finds where a tile log may have an entry, without reading the log. It lies outside the served tree, in 4096 files named
 * by the first three hexadecimal digits of the leaf hash, each a row of records that are only ever appended:
 *
 *   32 bytes of leaf hash · 8 bytes of index, big-endian
 *
 * A record is a hint: an interrupted run may have written records of entries that never were published, and half a record.
 */
import { equalBytes } from '../core/encoding.ts';
import { HASH_SIZE, type Hash } from '../core/merkle.ts';
import type { Files } from '../ports.ts';
import { readIfThere } from './tile-store.ts';

export interface LeafRecord {
  readonly leaf: Hash;
  readonly index: number;
}

export interface LeafIndex {
  /** Where the leaf may be. */
  hints(leaf: Hash): Promise<readonly number[]>;
  /** On disk when it returns; records that are there already are not written again. */
  add(records: readonly LeafRecord[]): Promise<void>;
  /** Removes all records. */
  clear(): Promise<void>;
}

const RECORD = HASH_SIZE + 8;

/** Bytes. 64 MiB in each of 4096 files are more records than a log of six thousand million entries has. */
const CAP = 64 * 1024 * 1024;

export function leafIndex(files: Files, directory: string): LeafIndex {
  const read = new Map<string, Uint8Array>();
  const load = async (name: string): Promise<Uint8Array> => {
    const content = read.get(name) ?? (await readIfThere(files, `${directory}/${name}`, CAP)) ?? new Uint8Array();
    read.set(name, content);
    return content;
  };
  return {
    hints: async (leaf) =>
      recordsIn(await load(nameOf(leaf))).flatMap((record) => (equalBytes(record.leaf, leaf) ? [record.index] : [])),
    add: async (records) => {
      for (const [name, wanted] of Map.groupBy(records, ({ leaf }) => nameOf(leaf))) {
        const old = await load(name);
        const known = new Set(recordsIn(old).map(keyOf));
        const added = Buffer.concat(wanted.filter((record) => !known.has(keyOf(record))).map(formatRecord));
        read.set(name, await extend(files, `${directory}/${name}`, old, added));
      }
    },
    clear: async () => {
      read.clear();
      if ((await files.stat(directory)) === undefined) return;
      for (const { name } of await files.list(directory)) await files.remove(`${directory}/${name}`);
    },
  };
}

const nameOf = (leaf: Hash): string => Buffer.from(leaf).toString('hex').slice(0, 3);

const keyOf = (record: LeafRecord): string => Buffer.from(formatRecord(record)).toString('hex');

/** A half record at the end, from a run that was cut off, would shift all that follow: such a file is written anew. */
async function extend(files: Files, file: string, old: Uint8Array, added: Uint8Array): Promise<Uint8Array> {
  const whole = old.subarray(0, old.length - (old.length % RECORD));
  const content = Buffer.concat([whole, added]);
  if (whole.length < old.length) {
    await files.clearTemporary(file.slice(0, file.lastIndexOf('/')), 0);
    await files.write(file, content, { durable: true });
  } else if (added.length > 0) await files.append(file, added);
  return content;
}

function formatRecord({ leaf, index }: LeafRecord): Uint8Array {
  const record = Buffer.alloc(RECORD);
  record.set(leaf);
  record.writeBigUInt64BE(BigInt(index), HASH_SIZE);
  return record;
}

function recordsIn(content: Uint8Array): readonly LeafRecord[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  return Array.from({ length: Math.floor(bytes.length / RECORD) }, (_, at) => ({
    leaf: bytes.subarray(at * RECORD, at * RECORD + HASH_SIZE) as Uint8Array as Hash,
    index: Number(bytes.readBigUInt64BE(at * RECORD + HASH_SIZE)),
  }));
}
