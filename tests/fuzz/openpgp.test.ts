// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { open, sign } from '../openpgp/common.ts';
import { good, MADE, OPENPGP } from './openpgp.ts';
import { Random } from './random.ts';
import { fuzz, SEED } from './run.ts';
import { asWeWrite } from './signature-form.ts';

fuzz(OPENPGP);

it('a signature that we write is what is written again of it, whatever it signs', async () => {
  const key = await open(good, { now: MADE });
  for (let index = 0; index < 500; index += 1) {
    const data = Buffer.from(String(new Random(SEED, 'signed', index).next()));
    const { armored } = await sign(key, data, { created: MADE });
    expect(Buffer.from(asWeWrite(armored)).toString()).toBe(Buffer.from(armored).toString());
  }
});
