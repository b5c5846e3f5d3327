// SPDX-License-Identifier: Apache-2.0
import { DOCUMENTS } from './documents.ts';
import { OPENPGP } from './openpgp.ts';
import { RECORDER } from './recorder.ts';
import { REKOR } from './rekor.ts';
import { SIGSUM } from './sigsum.ts';
import { SUBMISSIONS } from './submissions.ts';
import type { Target } from './target.ts';
import { VALUES } from './values.ts';
import { WITNESSES } from './witnesses.ts';
import { YAML } from './yaml.ts';

export const TARGETS: readonly Target[] = [
  ...DOCUMENTS,
  ...OPENPGP,
  ...RECORDER,
  ...REKOR,
  ...SIGSUM,
  ...SUBMISSIONS,
  ...VALUES,
  ...WITNESSES,
  ...YAML,
];

export function targetOf(name: string): Target {
  const found = TARGETS.find((target) => target.name === name);
  if (found === undefined) throw new Error(`no such parser: ${name}`);
  return found;
}
