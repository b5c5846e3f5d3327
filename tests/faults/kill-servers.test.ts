// SPDX-License-Identifier: Apache-2.0
/** `submit` to logs of others and with witnesses, killed at every call that changes a file or talks to a server, and at random. */
import { describe, it } from 'vitest';
import { ED25519, useLab } from '../workflow/lab.ts';
import { killEverywhere, killTalking } from './kills.ts';
import { serverScenarios } from './server-scenarios.ts';

const lab = useLab({ good: ED25519 });

describe.each(Object.entries(serverScenarios(lab)))('%s', (_, scenario) => {
  it('is killed wherever it changes a file', async () => killEverywhere(lab, scenario));
  it('is killed wherever it talks to a server', async () => killTalking(lab, scenario));
});
