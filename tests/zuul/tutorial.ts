// SPDX-License-Identifier: Apache-2.0
/** The files of the tutorial. What they say of its site, this run has elsewhere; nothing else is changed. */
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, type State } from './state.ts';

/** The documents show these files, and the suite runs them. */
export const TUTORIAL = path.join(ROOT, 'doc/source/tutorial');

const places = ({ directory, siteUrl }: State): readonly (readonly [shown: string, here: string])[] => [
  ['https://zuul.example.org', siteUrl],
  ['https://tarballs.example.org', `${siteUrl}/tarballs`],
  ['https://git.example.org', `file://${directory}/git`],
  ['/etc/zuul', `${directory}/etc`],
  ['/srv/zuul', `${directory}/site`],
  ['/srv/release', `${directory}/site`],
];

/** A file of the tutorial, as this run uses it. */
export function readTutorial(state: State, name: string): string {
  const text = fs.readFileSync(path.join(TUTORIAL, name), 'utf8');
  return places(state).reduce((all, [shown, here]) => all.replaceAll(shown, here), text);
}
