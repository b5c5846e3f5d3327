// SPDX-License-Identifier: Apache-2.0
/** `publish`, killed at every call that changes a file, and at random. */
import { it } from 'vitest';
import { ED25519, useLab } from '../workflow/lab.ts';
import { killEverywhere } from './kills.ts';
import { publishScenarios } from './scenarios.ts';

const lab = useLab({ good: ED25519 });

it.each(Object.entries(publishScenarios(lab)))('%s', async (_, scenario) => killEverywhere(lab, scenario));
