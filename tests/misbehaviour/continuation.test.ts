// SPDX-License-Identifier: Apache-2.0
/**
 * What comes where a log is asked to show that it still has what it had, when it has proven the entry already: it is no evidence, and
 * takes nothing from the receipt, which is kept. There is a warning.
 */
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatBundle } from '../../src/core/sigstore-bundle.ts';
import { bundleOf, newSigner, signedBy } from '../core/rekor-log.ts';
import { ED25519, useLab } from '../workflow/lab.ts';
import { ANSWERS, DRIPPING, openElsewhere } from './answers.ts';
import type { Front, Mischief } from './front.ts';
import { expectProven, hurried, makeStage, openRekor, PENDING, putPolicy, submitTo, unhurried } from './worlds.ts';

const lab = useLab({ good: ED25519 });
let elsewhere: Front;
beforeEach(async () => {
  await makeStage(lab);
  elsewhere = await openElsewhere();
});

const OTHER = 'nova-0.SHA256SUMS.sigstore.json';

describe('Rekor v1, asked for the proof that it continues the tree of another release,', () => {
  const answers: readonly (readonly [string, Mischief])[] = [
    ...ANSWERS,
    ['400 and a page', () => ({ status: 400, headers: {}, body: Buffer.from('<html>Bad Request</html>') })],
  ];
  it.each(answers)('that gives %s', async (answer, mischief) => {
    const world = await openRekor(lab, 1);
    putPolicy(world);
    const bundle = bundleOf(signedBy(newSigner(), Buffer.from('other')), [world.log.entry(0)]);
    lab.put({ [`r/${OTHER}`]: formatBundle(bundle) });
    let lied = 0;
    world.front.mischief = async (passage) => {
      if (!passage.asked.startsWith('GET /api/v1/log/proof?firstSize=3&lastSize=4&')) return passage.pass();
      lied += 1;
      return mischief(passage);
    };
    const { status, report } = await submitTo(world, answer === DRIPPING ? hurried(250) : unhurried());
    expect({ status, errors: report.errors }).toEqual({ status: 0, errors: [] });
    expect(report.logs).toMatchObject([{ name: 'log', action: 'logged' }]);
    expect(report.warnings.map(({ kind, evidence }) => [kind, evidence])).toEqual([['network', undefined]]);
    expect(report.warnings[0]?.message).toMatch(/^the log "log" does not show that it still has what it had: /);
    expect(lied).toBeGreaterThan(0);
    expect(elsewhere.asked).toEqual([]);
    expect(fs.existsSync(lab.at('r', PENDING))).toBe(false);
    fs.rmSync(lab.at('r', OTHER));
    await expectProven(world);
  });
});
