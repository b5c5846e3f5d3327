// SPDX-License-Identifier: Apache-2.0
/** Names that a trust policy may give once. */
import { wrong } from './decode.ts';
import { quote } from './fault.ts';

/** Throws `bad-format` where a list that stands at `path` holds something twice. */
export function refuseTwice(names: readonly string[], path: string): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw wrong(path, `holds ${quote(twice)} twice`);
}
