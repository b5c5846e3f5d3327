// SPDX-License-Identifier: Apache-2.0
/** `verify` and `publish` where there is no network at all, not even to this machine. */
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ED25519, useLab } from '../workflow/lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, putPolicy, submitWords } from '../workflow/log-lab.ts';
import { runProcess } from '../workflow/processes.ts';

const lab = useLab({ good: ED25519 });
const REFUSE = path.resolve('tests/system/refuse-network.mjs');
/** A network of its own, whose loopback is down; and nothing in the process may try. */
const ALONE = ['unshare', '--map-root-user', '--net', 'env', `NODE_OPTIONS=--import=${REFUSE}`];

describe('without a network', () => {
  it('P30 a release verifies, its log included, and is refused where it was altered', async () => {
    await makeRelease(lab);
    await makeLog(lab);
    await lab.done(submitWords(lab, 'r', ...IDENTITY));
    const words = ['verify', lab.at('r'), '--policy', putPolicy(lab)];
    const { status, stdout, stderr } = await runProcess(words, ALONE);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`verified ${MANIFEST}.tlog-proof`);
    lab.put({ 'r/b-1.whl': 'altered' });
    const refused = await runProcess(words, ALONE);
    expect(refused.status, refused.stderr).toBe(3);
  });

  it('what touches it is told on', async () => {
    const words = ['verify', 'https://127.0.0.1/SHA256SUMS', '--certificate', lab.certificate('good')];
    const { status, stderr } = await runProcess(words, ALONE);
    expect([status, stderr]).toEqual([99, 'the network was touched\n']);
  });
});
