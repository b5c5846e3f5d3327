// SPDX-License-Identifier: Apache-2.0
/** Which release this is: from flags, or from Zuul's variables. A flag wins. */
import { decodeUtf8 } from '../core/encoding.ts';
import { Fault } from '../core/fault.ts';
import { decodeZuulVars, type ZuulVars } from '../core/zuul-vars.ts';
import type { Ports } from '../ports.ts';
import { inFile } from './trust.ts';

/** Zuul's inventory of a large job is a few hundred kilobytes; YAML takes up to a thousand times its size in memory. */
export const VARS_CAP = 2 * 1024 * 1024;

export const readZuulVars = async (ports: Ports, file: string): Promise<ZuulVars> => {
  const bytes = await ports.files.readGiven(file, VARS_CAP);
  return inFile(file === '-' ? 'standard input' : file, async () =>
    decodeZuulVars(await ports.yaml.parse(decodeUtf8(bytes, VARS_CAP, 'it'))),
  );
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

/** Throws `usage` where project or version stay unknown. */
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
  return { project, version, ref: options.ref ?? vars?.ref, commit: checkCommit(options.commit ?? vars?.commit) };
}

function checkCommit(commit: string | undefined): string | undefined {
  if (commit === undefined || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit;
  throw new Fault('usage', 'the commit is not one of 40 or 64 lower-case hexadecimal digits');
}
