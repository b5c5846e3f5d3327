// SPDX-License-Identifier: Apache-2.0
/** Which release this is: from flags, or from Zuul's variables. A flag wins. */
import { decodeUtf8 } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import type { Finding } from '../core/report.ts';
import { decodeZuulVars, type ZuulVars } from '../core/zuul-vars.ts';
import type { Ports } from '../ports.ts';
import { inFile } from './trust.ts';

/** Zuul's inventory of a large job is a few hundred kilobytes; YAML takes up to a thousand times its size in memory. */
export const VARS_CAP = 2 * 1024 * 1024;

export const readZuulVars = async (ports: Ports, file: string): Promise<ZuulVars> => {
  const bytes = await ports.files.readGiven(file, VARS_CAP);
  return inFile(file, async () => decodeZuulVars(await ports.yaml.parse(decodeUtf8(bytes, VARS_CAP, 'it'))));
};

export interface IdentityOptions {
  readonly project: string | undefined;
  readonly release: string | undefined;
  readonly ref: string | undefined;
  readonly commit: string | undefined;
  readonly zuulVars: string | undefined;
}

export interface Identity {
  /** `zuul.project.canonical_name`, or what `--project` says. */
  readonly project: string;
  readonly version: string;
  readonly ref: string | undefined;
  readonly commit: string | undefined;
}

/** Throws `usage` where project or version stay unknown, and where version and ref are not of one release. */
export async function identify(ports: Ports, options: IdentityOptions): Promise<Identity> {
  const vars = options.zuulVars === undefined ? undefined : await readZuulVars(ports, options.zuulVars);
  const project = options.project ?? vars?.canonicalName;
  const version = options.release ?? vars?.version;
  const missing = project === undefined ? 'project' : 'release';
  if (project === undefined || version === undefined) {
    throw new Fault('usage', `the ${missing} that goes into the log is not known`, {
      hint: `give --${missing}, or Zuul's variables with --zuul-vars`,
    });
  }
  const ref = options.ref ?? vars?.ref;
  checkVersion(version, ref);
  return { project, version, ref, commit: checkCommit(options.commit ?? vars?.commit) };
}

/** Where the manifest seems to be named after another version. What it is called is the site's choice, so that this refuses nothing. */
export function warningsOfVersion(version: string, manifest: string): readonly Finding[] {
  const written = withoutMarks(version).replace(/^v(?=[0-9])/, '');
  if (!/-v?[0-9]/.test(manifest) || withoutMarks(manifest).includes(written)) return [];
  const message = `the version ${quote(version)} does not stand in the name of the manifest ${quote(manifest)}`;
  return [{ kind: 'not-checked', file: manifest, message, hint: 'a log keeps it for ever: is it the right one?' }];
}

/** A tag may say more than the version, as `v1.0` and `release/1.0` do, or less. Other refs say nothing of versions. */
function checkVersion(version: string, ref: string | undefined): void {
  if (version.startsWith('refs/'))
    throw new Fault('usage', `the version is a ref: ${quote(version)}`, {
      hint: 'give --release the version alone, without refs/tags/, and the ref as --ref',
    });
  const tag = /^refs\/tags\/(.+)$/s.exec(ref ?? '')?.[1];
  if (tag === undefined) return;
  const [ours, theirs] = [withoutMarks(version), withoutMarks(tag)];
  if (ours.includes(theirs) || theirs.includes(ours)) return;
  throw new Fault('usage', `the version ${quote(version)} is not that of the tag ${quote(tag)}`, {
    hint: 'a log keeps it for ever: give --release and --ref of one release',
  });
}

/** Tags are written in several ways: `8_5_0` is 8.5.0, and `1.0-RC1` is 1.0rc1. */
const withoutMarks = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

function checkCommit(commit: string | undefined): string | undefined {
  if (commit === undefined || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit;
  throw new Fault('usage', 'the commit is not one of 40 or 64 lower-case hexadecimal digits');
}
