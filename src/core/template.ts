// SPDX-License-Identifier: Apache-2.0

import { isManifestName } from './companions.ts';
import { Fault, quote } from './fault.ts';
import { type ArtifactName, parseNewName } from './name.ts';

/** Where project and version are known. */
export const DEFAULT_MANIFEST_NAME = '{project}-{version}.SHA256SUMS';
/** Where they are not. */
export const BARE_MANIFEST_NAME = 'SHA256SUMS';

export interface TemplateFields {
  readonly project?: string | undefined;
  readonly version?: string | undefined;
}

/**
 * The name of a manifest. `{project}` and `{version}` are the only fields; a field that is not known, a name with `/`,
 * and a name that does not end in `SHA256SUMS` are refused: `usage`.
 */
export function fillTemplate(template: string, fields: TemplateFields): ArtifactName {
  if (/[{}]/.test(template.replace(FIELD, '')))
    throw new Fault('usage', `a brace without its other half in the manifest's name ${quote(template)}`);
  const name = template.replace(FIELD, (whole, field: string) => {
    if (field !== 'project' && field !== 'version')
      throw new Fault('usage', `unknown field ${quote(whole)} in the manifest's name`);
    const value = fields[field];
    if (value === undefined) throw unknownField(field);
    if (value.includes('/'))
      throw new Fault('usage', `the ${field} ${quote(value)} holds a "/", which no file name can`, {
        hint: `give another with --${FLAG[field]}`,
      });
    return value;
  });
  if (name.includes('/')) throw new Fault('usage', `the manifest's name ${quote(name)} holds a "/"`);
  if (!isManifestName(name))
    throw new Fault('usage', `the manifest's name ${quote(name)} does not end in "SHA256SUMS" or ".SHA256SUMS"`);
  return parseNewName(name);
}

const FIELD = /\{([^{}]*)\}/g;
const FLAG = { project: 'project', version: 'release' } as const;

const unknownField = (field: keyof typeof FLAG) =>
  new Fault('usage', `the manifest's name needs the ${field}, which is not known`, {
    hint: `give --${FLAG[field]}, or Zuul's variables with --zuul-vars, or a --name without {${field}}`,
  });

/** The default name for what is known. */
export const defaultTemplate = (fields: TemplateFields): string =>
  fields.project !== undefined && fields.version !== undefined ? DEFAULT_MANIFEST_NAME : BARE_MANIFEST_NAME;
