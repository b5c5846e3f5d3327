// SPDX-License-Identifier: Apache-2.0
import { describe, it } from 'vitest';
import { ED25519, useLab } from '../workflow/lab.ts';
import { checkInterleavings } from './interleavings.ts';
import { BACKENDS } from './worlds.ts';

const lab = useLab({ good: ED25519 });

describe('whatever fails, and whoever submits,', () => {
  it.each(BACKENDS)('%s has one entry, and its proof verifies', async (backend) => checkInterleavings(lab, backend, 6));
});
