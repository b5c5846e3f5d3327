// SPDX-License-Identifier: Apache-2.0
/**
 * Recorders of the rget protocol in the trust policy. There is no public one: it is always a host of one's own.
 *
 *   - name: recorder
 *     kind: recorder
 *     recorder: recorder.example.org       # below which all record domains are
 *     url: https://recorder.example.org    # optional: where "submit" tells it, if elsewhere
 *     address: 192.0.2.7:443               # optional: where "submit" visits record domains, if not where their names lead
 *     project_domain: "{version}.{project}.example.org"    # optional: for addresses that rget has no rule for
 *     ca_file: keys/ca.pem                 # optional: whose certificates are believed, relative to this file
 */
import { type HostAndPort, hostAndPort, httpAddress } from './address.ts';
import { type Decoder, exactly, oneOf, optional, text, wrong } from './decode.ts';
import type { RecorderTrust } from './recorder.ts';
import { domainProblem, labelOf } from './rget.ts';

export interface TrustedRecorder extends RecorderTrust {
  readonly name: string;
  readonly kind: 'recorder';
  /** Without a slash at its end. */
  readonly url: string;
  readonly address: HostAndPort | undefined;
  readonly projectDomain: string | undefined;
  /** Whose content `authorities` is. */
  readonly caFile: string | undefined;
}

const FIELD = /\{(project|version)\}/g;

/** rget's own, which has not answered since 2020: whoever has the domain now could. */
const PUBLIC = /(?:^|\.)merklecounty\.com$/;

export const recorder: Decoder<TrustedRecorder> = (value, path) => {
  const { ca_file: caFile, project_domain: projectDomain, url, ...log } = fields(value, path);
  // until somebody has read the file, nobody is believed
  const authorities = caFile === undefined ? undefined : [];
  return { ...log, url: url ?? `https://${log.recorder}`, projectDomain, caFile, authorities };
};

/** The project domain of a release, by its template. `project`: canonical; what follows its last slash is taken. */
export function fillProjectDomain(template: string, project: string, version: string): string {
  const values = { project: labelOf(project.slice(project.lastIndexOf('/') + 1)), version: labelOf(version) } as const;
  return template.replace(FIELD, (_, field: keyof typeof values) => values[field]);
}

const host: Decoder<string> = (value, path) => {
  const name = text(value, path).toLowerCase();
  const problem = domainProblem(name);
  if (problem !== undefined) throw wrong(path, `is no name of a host: ${problem}`);
  if (PUBLIC.test(name))
    throw wrong(path, 'is the public recorder, which is gone', 'a recorder is one that you run yourself');
  return name;
};

const template: Decoder<string> = (value, path) => {
  const written = text(value, path);
  const problem = domainProblem(written.replace(FIELD, 'x'));
  if (problem === undefined) return written;
  throw wrong(path, `is no name of a host: ${problem}`, 'its only fields are {project} and {version}');
};

const fields = exactly({
  name: text,
  kind: oneOf(['recorder']),
  recorder: host,
  url: optional(httpAddress),
  address: optional(hostAndPort),
  project_domain: optional(template),
  ca_file: optional(text),
});
