// SPDX-License-Identifier: Apache-2.0
/**
 * SHA256SUMS as GNU coreutils 9 writes it, a line per file, sorted by the bytes of the names:
 *
 *   5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  nova-31.0.0.tar.gz
 *   \e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\\b        (a backslash in the name)
 *
 * The parser takes text ("  ") and binary (" *") marks and coreutils' escapes, and nothing else.
 */
import { Fault, quote } from './fault.ts';
import { type ArtifactName, compareBytes, findCaseTwins, nameProblem } from './name.ts';
import type { Sha256 } from './sha256.ts';

export interface ManifestLine {
  readonly sha256: Sha256;
  readonly name: ArtifactName;
}

/** The largest manifest we read: bytes. */
export const MANIFEST_CAP = 16 * 1024 * 1024;

const UNESCAPE: Readonly<Record<string, string>> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r' };

/** The text of a manifest; lines are sorted here, so any order of input gives the same bytes. */
export function formatManifest(lines: readonly ManifestLine[]): string {
  const sorted = [...lines].sort((a, b) => compareBytes(a.name, b.name));
  return sorted.map(formatLine).join('');
}

function formatLine({ sha256, name }: ManifestLine): string {
  if (!/[\\\n\r]/.test(name)) return `${sha256}  ${name}\n`;
  return `\\${sha256}  ${name.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}\n`;
}

/**
 * Reads a manifest. Throws `bad-manifest` with the line number for everything that `sha256sum` does not write,
 * for duplicate names, absolute paths, `..`, and names that differ only in case.
 */
export function parseManifest(bytes: Uint8Array): readonly ManifestLine[] {
  if (bytes.length > MANIFEST_CAP) throw new Fault('bad-manifest', `the manifest is larger than ${MANIFEST_CAP} bytes`);
  const text = decodeUtf8(bytes);
  if (text === '') throw new Fault('bad-manifest', 'the manifest is empty');
  if (!text.endsWith('\n')) throw new Fault('bad-manifest', `line ${text.split('\n').length}: no newline at its end`);
  const lines = text.slice(0, -1).split('\n').map(parseLine);
  refuseDuplicates(lines);
  return lines;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new Fault('bad-manifest', 'the manifest is not valid UTF-8', { cause });
  }
}

const LINE = /^(\\?)([0-9a-f]+) [ *](.+)$/s;

function parseLine(line: string, index: number): ManifestLine {
  const fail = (why: string) => new Fault('bad-manifest', `line ${index + 1}: ${why}`);
  const match = LINE.exec(line);
  if (match === null) throw fail('not "<64 hexadecimal digits>  <name>" as sha256sum writes it');
  const [, mark = '', digest = '', written = ''] = match;
  if (digest.length !== 64) throw fail(`a digest of ${digest.length} digits, where SHA-256 has 64`);
  const name = mark === '' ? written : unescapeName(written);
  if (name === undefined) throw fail('an escape that sha256sum does not write');
  if (mark !== '' && !/[\\\n\r]/.test(name)) throw fail('marked as escaped, with nothing to escape in its name');
  if (mark === '' && /[\\\r]/.test(name)) throw fail('a backslash or carriage return that is not escaped');
  const problem = nameProblem(name);
  if (problem !== undefined) throw fail(`the name ${quote(name)} ${problem}`);
  return { sha256: digest as Sha256, name: name as ArtifactName };
}

function unescapeName(written: string): string | undefined {
  let valid = true;
  const name = written.replace(/\\(?:.|$)/gs, (escape) => {
    const meant = UNESCAPE[escape];
    if (meant === undefined) valid = false;
    return meant ?? '';
  });
  return valid ? name : undefined;
}

function refuseDuplicates(lines: readonly ManifestLine[]): void {
  const firstAt = new Map<string, number>();
  lines.forEach(({ name }, index) => {
    const first = firstAt.get(name);
    if (first !== undefined) {
      throw new Fault('bad-manifest', `line ${index + 1}: ${quote(name)} stands already in line ${first + 1}`);
    }
    firstAt.set(name, index);
  });
  const [first = 0, second = 0] = findCaseTwins(lines.map((line) => line.name)) ?? [];
  if (first === second) return;
  const twin = quote(lines[first]?.name ?? '');
  throw new Fault(
    'bad-manifest',
    `line ${second + 1}: differs from ${twin} in line ${first + 1} only in case or composition`,
  );
}
