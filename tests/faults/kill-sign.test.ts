// SPDX-License-Identifier: Apache-2.0
/** `sign` and `sums`, killed at every call that changes a file, and at random. */
import { it } from 'vitest';
import { ED25519, useLab } from '../workflow/lab.ts';
import { killEverywhere } from './kills.ts';
import { signScenarios, sumsScenarios } from './scenarios.ts';

const lab = useLab({ good: ED25519 });

it.each(Object.entries({ ...signScenarios(lab), ...sumsScenarios(lab) }))('%s', async (_, scenario) =>
  killEverywhere(lab, scenario),
);
