// SPDX-License-Identifier: Apache-2.0
/** What we take from Zuul's variables: the `zuul` dictionary itself, or an inventory that holds `all.vars.zuul`. */
import { join, record, text, wrong } from './decode.ts';

export interface ZuulVars {
  /** `zuul.project.canonical_name` */
  readonly canonicalName: string;
  /** `zuul.project.short_name` */
  readonly shortName: string;
  /** `zuul.ref`; absent in periodic builds of nothing. */
  readonly ref: string | undefined;
  /** The ref without `refs/tags/`, where it is a tag's. */
  readonly version: string | undefined;
  /**
   * `zuul.projects[zuul.project.canonical_name].commit`: the checked-out commit. `zuul.newrev` may be a tag object, or absent.
   */
  readonly commit: string | undefined;
}

type Mapping = Readonly<Record<string, unknown>>;

/** Throws `bad-format` with the path of what is missing. Unknown keys are Zuul's business. */
export function decodeZuulVars(value: unknown): ZuulVars {
  const zuul = findZuul(record(value, ''));
  const project = record(zuul['project'], 'zuul.project');
  const canonicalName = text(project['canonical_name'], 'zuul.project.canonical_name');
  const ref = optionalText(zuul, 'ref', 'zuul.ref');
  return {
    canonicalName,
    shortName: text(project['short_name'], 'zuul.project.short_name'),
    ref,
    version: /^refs\/tags\/(.+)$/s.exec(ref ?? '')?.[1],
    commit: commitOf(zuul, canonicalName),
  };
}

function findZuul(document: Mapping): Mapping {
  if ('project' in document) return document;
  if ('zuul' in document) return record(document['zuul'], 'zuul');
  if (!('all' in document)) throw wrong('', "holds neither Zuul's variables nor an inventory with all.vars.zuul");
  const vars = record(record(document['all'], 'all')['vars'], 'all.vars');
  return record(vars['zuul'], 'all.vars.zuul');
}

function commitOf(zuul: Mapping, canonicalName: string): string | undefined {
  if (zuul['projects'] === undefined) return undefined;
  const projects = record(zuul['projects'], 'zuul.projects');
  if (!Object.hasOwn(projects, canonicalName)) return undefined;
  const path = join('zuul.projects', canonicalName);
  const commit = optionalText(record(projects[canonicalName], path), 'commit', `${path}.commit`);
  return commit === undefined ? undefined : checkCommit(commit, `${path}.commit`);
}

function checkCommit(commit: string, path: string): string {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit))
    throw wrong(path, 'is not a commit of 40 or 64 hexadecimal digits');
  return commit;
}

function optionalText(mapping: Mapping, key: string, path: string): string | undefined {
  const value = mapping[key];
  return value === undefined || value === null ? undefined : text(value, path);
}
