// SPDX-License-Identifier: Apache-2.0
// Secrets that need no opening are read without openpgp.js, and are those that it would have read.
import { generateKey, type KeyOptions, type PrivateKey } from 'openpgp';
import { describe, expect, it } from 'vitest';
import { readKeyring } from '../../src/openpgp/keyring.ts';
import { type Packet, readPackets, TAG } from '../../src/openpgp/packets.ts';
import { readPublicKey } from '../../src/openpgp/public-key.ts';
import type { SecretNumbers } from '../../src/openpgp/secret.ts';
import { readSecretPacket } from '../../src/openpgp/secret-packet.ts';
import { faultOf, first } from './common.ts';

const generate = async (options: Partial<KeyOptions>): Promise<PrivateKey> => {
  const made = await generateKey({ ...options, userIDs: [{ name: 'x' }], subkeys: [], format: 'object' });
  return made.privateKey as PrivateKey;
};

const secretOf = (key: PrivateKey): Packet => {
  const found = first(readKeyring(key.write()).keys).primary.secret;
  if (found === undefined) throw new Error('no secret');
  return found;
};

const hex = (numbers: SecretNumbers) =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, number]) => [
      name,
      Buffer.from(number)
        .toString('hex')
        .replace(/^(?:00)+/, ''),
    ]),
  );

const RSA = { type: 'rsa', rsaBits: 2048 } as const;
const LEGACY = { type: 'ecc', curve: 'ed25519Legacy' } as const;

describe('a secret that is not protected', () => {
  it.each<[string, Partial<KeyOptions>]>([
    ['RSA', RSA],
    ['Ed25519 as algorithm 22', LEGACY],
    ['ECDSA P-384', { type: 'ecc', curve: 'nistP384' }],
    ['ECDSA P-521', { type: 'ecc', curve: 'nistP521' }],
    ['Ed25519', { type: 'curve25519' }],
    ['Ed448', { type: 'curve448' }],
    ['Ed25519 of version 6', { type: 'curve25519', config: { v6Keys: true } }],
    ['RSA of version 6', { ...RSA, config: { v6Keys: true } }],
  ])('has the numbers that openpgp.js reads: %s', async (_, options) => {
    const key = await generate(options);
    const packet = await readSecretPacket(secretOf(key));
    expect(packet.state).toBe('clear');
    const { privateParams } = key.keyPacket as unknown as { privateParams: SecretNumbers };
    expect(await packet.withSecret(undefined, hex)).toEqual(hex(privateParams));
    // more than once, as each use is given its own
    expect(await packet.withSecret(undefined, hex)).toEqual(hex(privateParams));
  });

  it('keeps the zeros at the front of a seed', async () => {
    const key = await generate(LEGACY);
    const { body, tag } = secretOf(key);
    const { length } = readPublicKey(body);
    const seed = Buffer.alloc(30, 0x55);
    const sum = (0xef + 30 * 0x55) & 0xffff;
    const secret = Buffer.concat([Buffer.from([0, 0, 0xef]), seed, Buffer.from([sum >> 8, sum & 0xff])]);
    const packet = await readSecretPacket({ tag, body: Buffer.concat([body.subarray(0, length), secret]) });
    const expected = Buffer.concat([Buffer.alloc(2), seed]).toString('hex');
    expect(await packet.withSecret(undefined, ({ seed: read }) => Buffer.from(read ?? []).toString('hex'))).toBe(
      expected,
    );
  });

  it('is wiped after its use, and what it was read from is left alone', async () => {
    for (const options of [RSA, LEGACY]) {
      const source = secretOf(await generate(options));
      const before = Buffer.from(source.body);
      const packet = await readSecretPacket(source);
      const kept = await packet.withSecret(undefined, (numbers) => Object.values(numbers));
      expect(kept.length).toBeGreaterThan(0);
      for (const number of kept) expect(Buffer.from(number).every((octet) => octet === 0)).toBe(true);
      expect(Buffer.from(source.body).equals(before)).toBe(true);
    }
  });

  it('is damaged where its checksum is wrong, where it is cut, and where something follows', async () => {
    const { body, tag } = secretOf(await generate(LEGACY));
    const damaged = (changed: Uint8Array) =>
      faultOf(async () => (await readSecretPacket({ tag, body: changed })).withSecret(undefined, hex));
    for (const at of [body.length - 1, body.length - 2, body.length - 20]) {
      const flipped = Buffer.from(body);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      expect(await damaged(flipped)).toMatchObject({ kind: 'unreadable', message: 'the secret key is damaged' });
    }
    for (const changed of [body.subarray(0, -1), body.subarray(0, -3), Buffer.concat([body, Buffer.alloc(1)])])
      expect(await damaged(changed)).toMatchObject({ kind: 'unreadable', cause: undefined });
    // zeros do not change the sum
    expect(await damaged(Buffer.concat([body.subarray(0, -2), Buffer.alloc(2), body.subarray(-2)]))).toMatchObject({
      kind: 'unreadable',
    });
  });

  it('is not given out by what goes wrong with it', async () => {
    const packet = await readSecretPacket(secretOf(await generate(LEGACY)));
    const fault = await faultOf(() =>
      packet.withSecret(undefined, ({ seed }) => {
        throw new Error(`secret ${Buffer.from(seed ?? []).toString('hex')}`);
      }),
    );
    expect(fault).toMatchObject({ message: 'the secret key is damaged', cause: undefined });
  });
});

describe('a dummy', () => {
  const behind = async (octets: readonly number[]) => {
    const [packet] = readPackets((await generate(LEGACY)).toPublic().write());
    const body = Buffer.concat([packet?.body ?? Buffer.alloc(0), Buffer.from(octets)]);
    return (await readSecretPacket({ tag: TAG.secretKey, body })).state;
  };
  const GNU = [0x47, 0x4e, 0x55];

  it('is told from a card and from everything else', async () => {
    expect(await behind([255, 0, 101, 0, ...GNU, 1])).toBe('absent');
    expect(await behind([254, 9, 101, 2, ...GNU, 1])).toBe('absent');
    expect(await behind([255, 0, 101, 0, ...GNU, 2, 0])).toBe('elsewhere');
  });

  it('holds no secret', async () => {
    const key = await generate(LEGACY);
    if ('makeDummy' in key.keyPacket) key.keyPacket.makeDummy();
    const packet = await readSecretPacket(secretOf(key));
    expect(packet.state).toBe('absent');
    expect((await faultOf(() => packet.withSecret(undefined, hex))).kind).toBe('unreadable');
  });
});
