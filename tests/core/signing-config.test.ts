// SPDX-License-Identifier: Apache-2.0
import { SigningConfig } from '@sigstore/protobuf-specs';
import { describe, expect, it } from 'vitest';
import { newestAddress, SIGNING_CONFIG_CAP } from '../../src/core/signing-config.ts';
import { refusal } from '../refusal.ts';
import { type ConfiguredLog, signingConfig } from './rekor-root.ts';

const NOW = new Date('2026-04-01T12:00:00Z');
const newest = (text: string, version: 1 | 2 = 2) => newestAddress(Buffer.from(text), version, NOW);

const V1 = { url: 'https://rekor.example.org', version: 1 };
const OLD = { url: 'https://log2025.example.org/', start: '2025-01-01T00:00:00Z' };
const NEW = { url: 'https://log2026.example.org', start: '2026-01-01T00:00:00Z' };
const COMING = { url: 'https://log2027.example.org', start: '2026-04-01T12:00:01Z' };
const CONFIG = signingConfig([V1, OLD, NEW, COMING]);

describe('a signing config', () => {
  it.each<readonly [string, readonly ConfiguredLog[], string]>([
    ['the newest that has begun', [OLD, NEW, COMING], NEW.url],
    ['the newest, in whatever order they stand', [NEW, OLD], NEW.url],
    ['one that begins now', [OLD, { ...COMING, start: NOW.toISOString() }], COMING.url],
    ['one that ends now', [OLD, { ...NEW, end: NOW.toISOString() }], NEW.url],
    [
      'an older one where the newer has ended',
      [OLD, { ...NEW, end: '2026-04-01T11:59:59Z' }],
      'https://log2025.example.org',
    ],
    ['the one that there is', [V1, OLD], 'https://log2025.example.org'],
  ])('names %s', (_, logs, url) => {
    expect(newest(signingConfig(logs))).toBe(url);
  });

  it('names them by their version', () => {
    expect([newest(CONFIG, 1), newest(CONFIG, 2)]).toEqual([V1.url, NEW.url]);
  });

  it("is what Sigstore's own library writes, and may ask for exactly one log", () => {
    const written = JSON.stringify(SigningConfig.toJSON(SigningConfig.fromJSON(JSON.parse(CONFIG))), undefined, 2);
    expect(newest(written)).toBe(NEW.url);
    expect(newest(signingConfig([NEW], { selector: 'EXACT', count: 1 }))).toBe(NEW.url);
  });

  it.each([
    ['of another type', CONFIG.replace('v0.2', 'v0.1'), 'mediaType: is not one of'],
    ['with another field', CONFIG.replace('{', '{"zeal":1,'), 'zeal: is not a key that belongs here'],
    [
      'with a service with another field',
      CONFIG.replace('"operator"', '"zeal":1,"operator"'),
      'rekorTlogUrls[0].zeal: is not a key',
    ],
    [
      'with an address that is none',
      signingConfig([{ url: 'log.example.org' }]),
      'rekorTlogUrls[0].url: is not an http(s) address',
    ],
    [
      'with an address with a password',
      signingConfig([{ url: 'https://a:b@c' }]),
      'rekorTlogUrls[0].url: holds a name or a password',
    ],
    [
      'with a version that is no number',
      CONFIG.replace('"majorApiVersion":1', '"majorApiVersion":"1"'),
      'majorApiVersion: is not a whole number',
    ],
    [
      'with a time that is none',
      signingConfig([{ ...NEW, start: 'now' }]),
      'rekorTlogUrls[0].validFor.start: is not a time',
    ],
    [
      'that asks for all logs',
      signingConfig([NEW], { selector: 'ALL' }),
      'rekorTlogConfig: asks for entries in several logs',
    ],
    [
      'that asks for two logs',
      signingConfig([NEW], { selector: 'EXACT', count: 2 }),
      'rekorTlogConfig: asks for entries in several',
    ],
    [
      'that asks for as many as it does not say',
      signingConfig([NEW], { selector: 'EXACT' }),
      'rekorTlogConfig: asks for entries',
    ],
    ['that asks for nothing', signingConfig([NEW], null), 'rekorTlogConfig: is not a mapping'],
    ['that asks otherwise', signingConfig([NEW], { selector: 'SOME' }), 'rekorTlogConfig.selector: is not one of'],
    [
      'with more services than anybody has',
      signingConfig(Array.from({ length: 65 }, () => NEW)),
      'holds more than 64 services',
    ],
    ['that is no JSON', 'x', 'is not JSON'],
    ['that is large', `${CONFIG}${' '.repeat(SIGNING_CONFIG_CAP)}`, 'is larger than'],
  ])('is refused %s', (_, text, message) => {
    expect(refusal('bad-format', () => newest(text)).message).toContain(message);
  });

  it('without a log of this version and time is of no use', () => {
    for (const logs of [[], [V1], [COMING], [{ ...OLD, end: '2025-12-31T00:00:00Z' }]])
      expect(refusal('usage', () => newest(signingConfig(logs))).message).toBe(
        'it names no log of version 2 for 2026-04-01T12:00:00.000Z',
      );
  });
});
