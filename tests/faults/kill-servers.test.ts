// SPDX-License-Identifier: Apache-2.0
/** `submit` to logs of others and with witnesses, killed at every call that changes a file, and at random. */
import { it } from 'vitest';
import { ED25519, useLab } from '../workflow/lab.ts';
import { killEverywhere } from './kills.ts';
import { serverScenarios } from './server-scenarios.ts';

const lab = useLab({ good: ED25519 });

it.each(Object.entries(serverScenarios(lab)))('%s', async (_, scenario) => killEverywhere(lab, scenario));
