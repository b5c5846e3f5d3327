// SPDX-License-Identifier: Apache-2.0
import type { ArtifactName } from '../core/name.ts';
import { defaultTemplate, fillTemplate } from '../core/template.ts';
import type { Ports } from '../ports.ts';
import { readZuulVars } from './identity.ts';

/** What the name of a manifest is made from. */
export interface ManifestName {
  readonly template: string | undefined;
  readonly project: string | undefined;
  readonly release: string | undefined;
  readonly zuulVars: string | undefined;
}

/** A flag wins over Zuul's variables. Throws `usage`. */
export async function manifestNameFor(
  ports: Ports,
  { template, project, release, zuulVars }: ManifestName,
): Promise<ArtifactName> {
  const vars = zuulVars === undefined ? undefined : await readZuulVars(ports, zuulVars);
  const fields = { project: project ?? vars?.shortName, version: release ?? vars?.version };
  return fillTemplate(template ?? defaultTemplate(fields), fields);
}
