// SPDX-License-Identifier: Apache-2.0
/** Everything that the files of this suite share, built or fetched once, before any of them runs: two of them may run at once. */
import { sigstorePrograms, versionsOf } from './debian.ts';
import { buildLitewitness } from './litewitness.ts';
import { buildRekorTiles } from './rekor-tiles.ts';
import { buildRekorV1 } from './rekor-v1.ts';
import { otherVerifiers, sigsumPrograms } from './sigsum.ts';

export function setup(): void {
  buildRekorV1();
  buildRekorTiles();
  buildLitewitness();
  for (const programs of [sigstorePrograms(), sigsumPrograms().log, ...otherVerifiers()])
    process.stdout.write(versionsOf(programs));
}
