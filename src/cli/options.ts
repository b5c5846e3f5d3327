// SPDX-License-Identifier: Apache-2.0
/** What several commands take: flags, and the options that they stand for. */
import { Fault, quote } from '../core/fault.ts';
import type { Ports } from '../ports.ts';
import type { Arguments, Flag } from './flags.ts';

export const text = (name: string, value: string, describe: string, fallback?: string): Flag => ({
  name,
  kind: 'text',
  value,
  describe,
  ...(fallback === undefined ? {} : { fallback }),
});
export const texts = (name: string, value: string, describe: string): Flag => ({
  name,
  kind: 'texts',
  value,
  describe,
});
export const number = (name: string, value: string, describe: string, fallback?: string): Flag => ({
  name,
  kind: 'number',
  value,
  describe,
  ...(fallback === undefined ? {} : { fallback }),
});
export const set = (name: string, describe: string): Flag => ({ name, kind: 'switch', describe });
export const required = (flag: Flag): Flag => ({ ...flag, required: true });

/** Known to every command. */
export const COMMON_FLAGS: readonly Flag[] = [
  set('json', 'print exactly one JSON report on standard output'),
  text('report', 'FILE', 'write the same report to FILE, whole or not at all'),
  set('quiet', 'no progress, no result on standard output'),
  set('help', 'show the help of a command'),
];

export const DRY_RUN = set('dry-run', 'say what would be done, and write nothing');
export const FORCE = set(
  'force',
  'replace an existing output that does not verify, or was made with a key that has expired since',
);
export const PUBLISHED = text(
  'published',
  'DIR|URL',
  'look first at what is published there: the same bytes take over their signatures, other bytes are refused',
);
export const ZUUL_VARS = text(
  'zuul-vars',
  'FILE|-',
  "Zuul's variables as JSON or YAML: the zuul dictionary, or an inventory",
);
export const MANIFEST = text('manifest', 'NAME', 'the manifest, where there is more than one');
export const BEFORE = set('before-publication', 'the gate before the upload: demand no log yet');

export const KEY_FLAGS: readonly Flag[] = [
  text('key-file', 'FILE|-', 'the secret key, armored or binary, as "gpg --export-secret-subkeys" writes it'),
  text(
    'passphrase-file',
    'FILE|-',
    'a file whose first line is the passphrase of the key; if both are "-", the key follows that line',
  ),
  text('key', 'FINGERPRINT', 'which key signs: a subkey, or a primary key whose newest good subkey signs'),
  text(
    'certificate',
    'FILE',
    'the certificate that every signature has to verify against; the public part of the key where none is given',
  ),
  set('allow-primary-secret', 'take a key file that holds the secret of the primary key, too'),
  set('allow-rfc9580', 'sign with version 6 keys and with algorithm 27, which gpg 2.2 cannot check'),
  text('digest-algo', 'NAME', 'sha256, sha384 or sha512', 'sha256'),
  number('warn-days', 'DAYS', 'warn when the key expires within so many days', '30'),
];

export const SELECT_FLAGS: readonly Flag[] = [
  set('recursive', 'directories below, too'),
  texts('include', 'GLOB', 'only names that match, also of files that are named; may be repeated'),
  texts('exclude', 'GLOB', 'not the names that match, also of files that are named; may be repeated'),
  texts('expect', 'GLOB', 'an artifact has to match; may be repeated'),
  set('allow-empty', 'nothing to do is no error'),
];

export const NAME_FLAGS: readonly Flag[] = [
  text('name', 'TEMPLATE', "the manifest's name", '{project}-{version}.SHA256SUMS, or SHA256SUMS'),
  text('project', 'NAME', 'the project'),
  text('release', 'VERSION', 'the version'),
  ZUUL_VARS,
];

export const TRUST_FLAGS: readonly Flag[] = [
  text('policy', 'FILE', 'the trust policy'),
  text('certificate', 'FILE', 'instead of a policy: believe the certificates in FILE'),
  text('fingerprint', 'FINGERPRINT', 'with --certificate: believe only this one, by its primary key'),
];

export const selectOptions = (args: Arguments) => ({
  recursive: args.isSet('recursive'),
  include: args.texts('include'),
  exclude: args.texts('exclude'),
  expect: args.texts('expect'),
  allowEmpty: args.isSet('allow-empty'),
  apart: ['key-file', 'passphrase-file'].flatMap((name) => args.text(name) ?? []),
});

export const signingOptions = (args: Arguments, threads = 1) => ({
  threads,
  keyFile: args.text('key-file'),
  passphraseFile: args.text('passphrase-file'),
  key: args.fingerprint('key'),
  certificate: args.text('certificate'),
  allowPrimarySecret: args.isSet('allow-primary-secret'),
  allowRfc9580: args.isSet('allow-rfc9580'),
  digestAlgorithm: args.choice('digest-algo', ['sha256', 'sha384', 'sha512']),
  warnDays: args.number('warn-days') ?? 30,
});

/** More threads than processors would only wait for each other. */
export function jobsOf(args: Arguments, { cores }: Ports): number {
  const jobs = args.number('jobs') ?? cores;
  if (jobs === 0) throw new Fault('usage', '--jobs takes 1 or more');
  return Math.min(jobs, cores);
}

export const nameOptions = (args: Arguments) => ({
  template: args.text('name'),
  project: args.text('project'),
  release: args.text('release'),
  zuulVars: args.text('zuul-vars'),
});

export const writeOptions = (args: Arguments) => ({
  published: args.text('published'),
  force: args.isSet('force'),
  dryRun: args.isSet('dry-run'),
});

export const trustOptions = (args: Arguments) => ({
  policy: args.text('policy'),
  certificate: args.text('certificate'),
  fingerprint: args.fingerprint('fingerprint'),
});

export function tokenOptions(args: Arguments) {
  const [domain, keyFile] = [args.text('token-domain'), args.text('token-key')];
  if (domain === undefined && keyFile === undefined) return undefined;
  if (domain === undefined || keyFile === undefined)
    throw new Fault('usage', '--token-domain and --token-key go together');
  if (!/^[\p{L}\p{N}.-]{1,253}$/u.test(domain))
    throw new Fault('usage', `--token-domain takes a domain, not ${quote(domain)}`);
  return { domain, keyFile };
}
