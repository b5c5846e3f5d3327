// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseRekorKey } from '../../src/core/rekor-key.ts';
import { refusal } from '../refusal.ts';
import { logIdOf, newKey, rekorLog } from './rekor-log.ts';

const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex');

describe('the key of a Rekor log', () => {
  // sigstore's trusted_root.json of 2026-08-21: each key with the logId that stands beside it there
  it('has the ID that Sigstore gives the key of its own log v1', () => {
    const key = parseRekorKey(
      'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==',
      1,
      'rekor.sigstore.dev',
    );
    expect(key.logId).toBe(hex('wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0='));
    expect(key.keyId).toBe('c0d23d6a');
  });

  it('has the ID that Sigstore gives the key of its own log v2', () => {
    const key = parseRekorKey(
      'MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=',
      2,
      'log2025-1.rekor.sigstore.dev',
    );
    expect(key.logId).toBe(hex('zxGZFVvd0FEmjR8WrFwMdcAJ9vtaY/QXf44Y1wUeP6A='));
  });

  it('may be on P-256 in version 2, too', () => {
    const own = newKey(1);
    const log = rekorLog(2, { key: own });
    expect(parseRekorKey(log.pin, 2, log.origin).logId).toBe(logIdOf(own, log.origin));
  });

  const other = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
  it.each([
    ['an Ed25519 key for version 1', rekorLog(2).pin, 1, /^not a public key on P-256: /],
    ['another curve', other.export({ format: 'der', type: 'spki' }).toString('base64'), 2, /^not an Ed25519 key or /],
    ['nothing', '', 2, /^not an Ed25519 key or /],
  ] as const)('is not %s', (_, pin, version, message) => {
    expect(refusal('usage', () => parseRekorKey(pin, version, 'rekor.example.org')).message).toMatch(message);
  });
});
