// SPDX-License-Identifier: Apache-2.0
/** Step 7 of `examine.ts`: nothing is there that no manifest lists. Another manifest has a say where its signature is believed. */
import { isManifestName } from '../core/companions.ts';
import { quote } from '../core/fault.ts';
import type { Finding } from '../core/report.ts';
import { type ExaminedManifest, type Examining, examineManifests, ownNames } from './examine-manifest.ts';
import { noFindings } from './findings.ts';

export interface ExtraOptions {
  /** Where one was asked for, what others list is not checked. */
  readonly manifest: string | undefined;
  readonly allowExtra: boolean;
  /** All that is there leaves with what was checked: no other manifest has a say. */
  readonly isGate: boolean;
  /** Whether the command could let it pass. */
  readonly canAllow: boolean;
}

/** Who lists a file that was not checked, or is its manifest. */
interface Lister {
  readonly manifest: string;
  /** Why nobody goes by it; undefined where its signature is believed. */
  readonly refusal: string | undefined;
}

export async function checkExtra(
  examining: Examining,
  names: readonly string[],
  manifests: readonly ExaminedManifest[],
  { manifest, allowExtra, isGate, canAllow }: ExtraOptions,
): Promise<void> {
  const { warnings, errors } = examining.found;
  const ours = new Set(manifests.flatMap(({ name, lines }) => [...ownNames(name), ...lines.map((line) => line.name)]));
  const rest = names.filter((name) => !ours.has(name));
  const listers = manifest === undefined ? new Map<string, Lister>() : await findListers(examining, rest);
  const isVouched = (name: string) => listers.has(name) && listers.get(name)?.refusal === undefined;
  const isExtra = (name: string) => !allowExtra && (isGate || !isVouched(name));
  errors.push(...rest.filter(isExtra).map((name) => describeExtra(name, listers.get(name), canAllow)));
  const unchecked = rest.filter((name) => isVouched(name) && !isExtra(name)).length;
  if (unchecked === 0) return;
  warnings.push({ kind: 'not-checked', message: `${unchecked} files of other manifests were not checked` });
}

async function findListers(examining: Examining, names: readonly string[]): Promise<ReadonlyMap<string, Lister>> {
  const listers = new Map<string, Lister>();
  for (const manifest of names.filter(isManifestName)) {
    const found = noFindings();
    const [examined] = await examineManifests({ ...examining, found }, manifest, []);
    // what is wrong with the signature is told last
    const refusal = examined?.signature === undefined ? (found.errors.at(-1)?.message ?? 'it is refused') : undefined;
    const listed = examined?.lines.map((line) => line.name) ?? [];
    for (const name of [...ownNames(manifest), ...listed]) {
      if (refusal === undefined || !listers.has(name)) listers.set(name, { manifest, refusal });
    }
  }
  return listers;
}

function describeExtra(name: string, lister: Lister | undefined, canAllow: boolean): Finding {
  const allow = canAllow ? ['--allow-extra says that it does not matter'] : [];
  const extra = { kind: 'extra', file: name } as const;
  if (lister === undefined)
    return {
      ...extra,
      message: `${quote(name)} is there, and no manifest lists it`,
      hint: ['who put it there?', ...allow].join(' '),
    };
  if (lister.refusal !== undefined)
    return {
      ...extra,
      message: `${quote(name)} is there, and no manifest lists it that is believed`,
      hint: [lister.refusal, ...allow].join('; '),
    };
  const what = name === lister.manifest ? 'is another manifest' : `is of another manifest, ${quote(lister.manifest)}`;
  return {
    ...extra,
    message: `${quote(name)} ${what}, and was not checked`,
    hint: ['verify the directory without --manifest', ...allow].join('; '),
  };
}
