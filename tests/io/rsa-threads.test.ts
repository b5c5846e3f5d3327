// SPDX-License-Identifier: Apache-2.0
import { constants, generateKeyPairSync, publicDecrypt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rsaThreads } from '../../src/io/rsa-threads.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const open = (value: Uint8Array) =>
  publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, value).toString();
/** More than a key of 2048 bits can sign. */
const TOO_LONG = Buffer.alloc(300);

describe.each([1, 2, 5])('RSA operations on %d threads', (threads) => {
  it('answer each question with its own answer, however many are asked at once', async () => {
    const rsa = rsaThreads(threads);
    const blocks = Array.from({ length: 100 }, (_, index) => `block ${index}`);
    const answers = await Promise.all(blocks.map(async (block) => rsa(privateKey, Buffer.from(block))));
    expect(answers.map(open)).toEqual(blocks);
  });

  it('refuse what is no block, and nothing else', async () => {
    const rsa = rsaThreads(threads);
    const asked = Array.from({ length: 60 }, (_, index) =>
      index % 3 === 0 ? TOO_LONG : Buffer.from(`block ${index}`),
    );
    const answers = await Promise.allSettled(asked.map(async (block) => rsa(privateKey, block)));
    for (const [index, answer] of answers.entries()) {
      if (index % 3 === 0) expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(Error) });
      else expect(answer.status === 'fulfilled' && open(answer.value)).toBe(`block ${index}`);
    }
  });

  it('take the next block after one that was refused', async () => {
    const rsa = rsaThreads(threads);
    for (let index = 0; index < 20; index += 1) {
      await expect(rsa(privateKey, TOO_LONG)).rejects.toThrow(/data too large/);
      expect(open(await rsa(privateKey, Buffer.from('good')))).toBe('good');
    }
  });
});
