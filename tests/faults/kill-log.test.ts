// SPDX-License-Identifier: Apache-2.0
/** `log init`, `submit` and `key generate-log-key`, killed at every call that changes a file, and at random. */
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLogKey } from '../../src/core/signed-note.ts';
import { ED25519, namesIn, useLab } from '../workflow/lab.ts';
import { callsOf, type Mishap, run, tally } from './injected.ts';
import { killEverywhere } from './kills.ts';
import { logScenarios } from './scenarios.ts';

const lab = useLab({ good: ED25519 });
const { at, read } = lab;

it.each(Object.entries(logScenarios(lab)))('%s', async (_, scenario) => killEverywhere(lab, scenario));

describe('key generate-log-key, killed at each call that changes a file', () => {
  const words = () => [
    'key',
    'generate-log-key',
    '--for',
    'tiles',
    '--out',
    at('keys/log.pem'),
    '--report',
    at('out/r'),
  ];

  it('leaves a whole key or none, and nothing of one once the next run has ended', async () => {
    const reset = () => {
      for (const name of ['keys', 'out']) fs.rmSync(at(name), { recursive: true, force: true });
      for (const name of ['keys', 'out']) fs.mkdirSync(at(name));
    };
    reset();
    const calls = await callsOf(words(), { root: at() });
    expect(calls.map(({ name }) => name)).toEqual(expect.arrayContaining(['open', 'write', 'fsync', 'link', 'rename']));
    const points: readonly (readonly [number, Mishap])[] = [
      ...calls.map(({ number }) => [number, 'before'] as const),
      ...calls.map(({ number }) => [number, 'half'] as const),
    ];
    for (const [number, mishap] of points) {
      reset();
      expect((await run(words(), { root: at(), at: number, mishap })).signal).toBe('SIGKILL');
      const made = fs.existsSync(at('keys/log.pem')) ? read('keys/log.pem') : undefined;
      const { status } = await lab.run(words());
      expect(status).toBe(made === undefined ? 0 : 3);
      parseLogKey(read('keys/log.pem'));
      expect(made ?? read('keys/log.pem')).toEqual(read('keys/log.pem'));
      expect([namesIn(at('keys')), namesIn(at('out'))], `${mishap} call ${number}`).toEqual([['log.pem'], ['r']]);
      expect(fs.statSync(at('keys/log.pem')).mode & 0o777).toBe(0o600);
    }
    tally('key generate-log-key', points.length);
  });
});
