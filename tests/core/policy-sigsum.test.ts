// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decodePolicy } from '../../src/core/policy.ts';
import { refusal } from '../refusal.ts';

const HEX = '99ed58583e8750b20548e69df4a4e1a592379a9a66c51cd32e42fbe4e1bde78a';
const certificates = [{ file: 'a.asc', fingerprint: '30566C450E41D7C91E442DFB231F942F608DDEFF' }];
const tiles = {
  name: 'tarballs',
  kind: 'tiles',
  origin: 'example.com/foo',
  keys: ['example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
};
const sigsum = { name: 'sigsum', kind: 'sigsum', policy: 'sigsum-generic-2025-1', signers: [HEX] };
const decode = (log: Readonly<Record<string, unknown>>, more = {}) =>
  decodePolicy({ schema: 'artifact-signing.policy/v1', certificates, logs: [tiles, log], ...more });

describe('a policy with a Sigsum log', () => {
  it('names a policy that Sigsum publishes, and who submits', () => {
    const [, log] = decode(sigsum).logs;
    if (log?.kind !== 'sigsum') throw new Error('another kind');
    expect(log.policy.logs.map(({ url }) => url)).toEqual([
      'https://seasalp.glasklar.is',
      'https://ginkgo.tlog.mullvad.net',
    ]);
    expect(log.signers.map((signer) => Buffer.from(signer).toString('hex'))).toEqual([HEX]);
    expect(log.policyFile).toBeUndefined();
  });

  it('may name a file instead, and trusts no log until that is read', () => {
    const [, log] = decode({ ...sigsum, policy: undefined, policy_file: 'keys/policy' }).logs;
    expect(log).toMatchObject({ policyFile: 'keys/policy', policy: { logs: [] } });
  });

  it('may demand it beside a tile log', () => {
    expect(decode(sigsum, { require: { logs: { at_least: 2 } } }).require.logs.of).toEqual(['tarballs', 'sigsum']);
    expect(refusal('bad-format', () => decode(sigsum, { require: { logs: { at_least: 3 } } })).message).toContain(
      'asks for 3 logs of 2',
    );
  });

  it.each([
    ['neither a policy nor a file', { policy: undefined }, 'logs[1]: needs a "policy" by its name, or a "policy_file"'],
    ['both', { policy_file: 'a' }, 'logs[1]: needs a "policy" by its name, or a "policy_file"'],
    [
      'a policy that nobody knows',
      { policy: 'sigsum-generic-2024-1' },
      'logs[1].policy: no Sigsum policy of this name is known',
    ],
    [
      'a policy that is a part of every object',
      { policy: 'constructor' },
      'logs[1].policy: no Sigsum policy of this name',
    ],
    ['no signers', { signers: [] }, 'logs[1].signers: is empty'],
    ['signers that are missing', { signers: undefined }, 'logs[1].signers: is missing'],
    ['a signer twice', { signers: [HEX, HEX.toUpperCase()] }, 'logs[1].signers[1]: is there twice'],
    ['a signer in another form', { signers: [`ssh-ed25519 ${HEX}`] }, 'logs[1].signers[0]: not a public key of 64'],
    [
      'more signers than anybody has',
      { signers: Array.from({ length: 33 }, (_, at) => at.toString().padStart(64, '0')) },
      'logs[1].signers: holds more than 32 keys',
    ],
    ['keys of a tile log', { keys: [] }, 'logs[1].keys: is not a key that belongs here'],
    ['an address', { url: 'https://log.example' }, 'logs[1].url: is not a key that belongs here'],
    ['the name of another log', { name: 'tarballs' }, 'holds "tarballs" twice'],
  ])('is refused with %s', (_, change, why) => {
    expect(refusal('bad-format', () => decode({ ...sigsum, ...change })).message).toContain(why);
  });
});
