// SPDX-License-Identifier: Apache-2.0
/** More histories of failing requests and dying submitters than the fast tests have time for. */
import { describe, it } from 'vitest';
import { checkInterleavings } from '../misbehaviour/interleavings.ts';
import { BACKENDS } from '../misbehaviour/worlds.ts';
import { ED25519, useLab } from '../workflow/lab.ts';

const lab = useLab({ good: ED25519 });

describe('whatever fails, and whoever submits,', () => {
  it.each(BACKENDS)('%s has one entry, and its proof verifies', async (backend) =>
    checkInterleavings(lab, backend, 100),
  );
});
