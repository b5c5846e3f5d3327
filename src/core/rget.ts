// SPDX-License-Identifier: Apache-2.0
/**
 * The names under which rget (github.com/merklecounty/rget, archived in 2020) has a manifest recorded:
 *
 *   <32 digits>.<32 digits>.<project domain>.<recorder>      the record domain
 *   <32 digits>.<32 digits>.<recorder>                       in the same certificate, as is <32 digits>.<recorder> with some CAs
 *
 * The digits are the root of a tree of RFC 6962 whose leaves are the digests of the manifest, line by line: no names of files. All of
 * it is computed as rgethash, rgetwellknown and Go's fmt.Sscanf("%x  %s") do, mistakes included: one bit of difference is another name.
 */
import { Fault, quote } from './fault.ts';
import { type Hash, leafHash, rootOf } from './merkle.ts';

/** What bufio.Scanner takes for a line is shorter: bytes. At a longer one rget stops, and says nothing. */
const LINE_CAP = 64 * 1024;

/** Go's isSpace in fmt/scan.go; it skips them in front of the digits. */
const SPACES = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/;

/** The root of all lines. Throws `bad-manifest` for a line that rget does not read to its end. */
function recordRoot(manifest: Uint8Array): Hash {
  return rootOf(linesOf(manifest).map((line, index) => leafHash(digestIn(line, index))));
}

/** Lines as bufio.ScanLines has them: the last one needs no newline, and there is no empty one behind a newline. */
function linesOf(manifest: Uint8Array): readonly string[] {
  const lines = Buffer.from(manifest).toString().split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** The digits that a line begins with, of any number. A line without them, or with half an octet, is an empty leaf. */
function digestIn(line: string, index: number): Buffer {
  if (Buffer.byteLength(line) >= LINE_CAP)
    throw new Fault('bad-manifest', `line ${index + 1}: rget reads no line of ${LINE_CAP} bytes`);
  const [digits = ''] = /^[0-9a-f]*/i.exec(line.replace(SPACES, '')) ?? [];
  return digits.length % 2 === 0 ? Buffer.from(digits, 'hex') : Buffer.alloc(0);
}

/** The first part of a record domain: 32 digits, a dot, 32 digits. */
export function recordPrefix(manifest: Uint8Array): string {
  const digits = Buffer.from(recordRoot(manifest)).toString('hex');
  return `${digits.slice(0, 32)}.${digits.slice(32)}`;
}

/** As in rgetwellknown: organization, repository and tag. */
const GITHUB = [
  /^api\.github\.com\/repos\/([\w.-]+)\/([\w.-]+)\/(?:zipball|tarball)\/([\w.+-]+)$/,
  /^github\.com\/([\w.-]+)\/([\w.-]+)\/releases\/download\/([\w.+-]+)\/[\w.-]+$/,
  /^github\.com\/([\w.-]+)\/([\w.-]+)\/archive\/([\w.+-]+)\.(?:zip|tar\.gz)$/,
] as const;

/** A version as a label: a name must not have too many. */
export const labelOf = (version: string): string => version.replace(/[.+]/g, '-');

/** The project domain of an address; undefined where rget has no rule for it, which is anywhere but at GitHub. */
export function projectDomain(url: string): string | undefined {
  const path = url.replace(/^https:\/\//, '');
  for (const pattern of GITHUB) {
    const [, organization, repository, tag] = pattern.exec(path) ?? [];
    if (tag !== undefined) return `${labelOf(tag)}.${repository}.${organization}.github.com`;
  }
  return undefined;
}

/** What a certificate of a record has to name, in lower case. */
export interface RecordNames {
  /** With the project: the one that is visited. */
  readonly domain: string;
  /** Without. */
  readonly bare: string;
}

/** Throws `bad-name` where no certificate can have such a name. */
export function recordNames(manifest: Uint8Array, project: string, recorder: string): RecordNames {
  const prefix = recordPrefix(manifest);
  const names = {
    domain: `${prefix}.${project}.${recorder}`.toLowerCase(),
    bare: `${prefix}.${recorder}`.toLowerCase(),
  };
  const problem = domainProblem(names.domain);
  if (problem === undefined) return names;
  throw new Fault('bad-name', `no certificate can name the record domain ${quote(names.domain)}: ${problem}`, {
    hint: 'an underscore, an empty part or a long one comes from the project, its version or the "project_domain" of the policy',
  });
}

/** Why a name is none of a host, as certificates have it: RFC 1034, section 3.5, and RFC 1123, section 2.1. */
export function domainProblem(name: string): string | undefined {
  if (name.length > 253) return `it has ${name.length} characters, where a name can have 253`;
  for (const label of name.split('.')) {
    if (label.length > 63) return `${quote(label)} has ${label.length} characters, where a label can have 63`;
    if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(label)) return `${quote(label)} is no label`;
  }
  return undefined;
}
