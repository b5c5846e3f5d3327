// SPDX-License-Identifier: Apache-2.0
// What is written is what is read, and what openpgp.js would have written.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { enums, generateKey, PacketList, Signature, SignaturePacket } from 'openpgp';
import { describe, expect, it } from 'vitest';
import { formatArmor, readArmor } from '../../src/openpgp/armor.ts';
import { signingHash } from '../../src/openpgp/hashes.ts';
import { readKeyring } from '../../src/openpgp/keyring.ts';
import { Cursor, formatMpi, formatPacket, readPackets, TAG } from '../../src/openpgp/packets.ts';
import { draftSignature } from '../../src/openpgp/signature-draft.ts';
import { parseDetachedSignature } from '../../src/openpgp/signature-file.ts';
import { first } from './common.ts';

const octets = fc.uint8Array({ minLength: 1, maxLength: 600 });

describe('armor', () => {
  it('is read as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(octets, fc.constantFrom(4 as const, 6 as const), (data, version) => {
        const { blocks, surrounded } = readArmor(formatArmor('SIGNATURE', data, version));
        expect(surrounded).toBe(false);
        expect(blocks).toEqual([{ label: 'SIGNATURE', data: Buffer.from(data) }]);
      }),
    );
  });

  it('has lines of 60 characters, the last one shorter and never empty', () => {
    for (let length = 1; length <= 200; length += 1) {
      const lines = Buffer.from(formatArmor('SIGNATURE', Buffer.alloc(length), 4))
        .toString()
        .split('\n');
      const body = lines.slice(lines.indexOf('') + 1, -3);
      expect(body.slice(0, -1).filter((line) => line.length !== 60)).toEqual([]);
      expect(body.at(-1)?.length).toBeGreaterThan(0);
      expect(body.at(-1)?.length).toBeLessThanOrEqual(60);
    }
  });

  // RFC 9580 section 6.1.1 gives no vector; this one is in the wild: the empty message has the initial value
  it('has the checksum of OpenPGP', () => {
    const text = Buffer.from(formatArmor('SIGNATURE', Buffer.from('123456789'), 4)).toString();
    expect(text).toContain(`\n=${Buffer.from('21cf02', 'hex').toString('base64')}\n`);
  });
});

describe('packets and numbers', () => {
  it.each([0, 1, 191, 192, 193, 8382, 8383])('are read as they were written, with %d octets', (length) => {
    const body = Buffer.alloc(length, 7);
    expect(readPackets(formatPacket(TAG.signature, body))).toEqual([{ tag: TAG.signature, body }]);
  });

  it('are not written where the length would need another form', () => {
    expect(() => formatPacket(TAG.signature, Buffer.alloc(8384))).toThrow(RangeError);
  });

  it('are written without zeros at their front, and with the count of their bits', () => {
    expect(formatMpi(Uint8Array.of(0, 0, 1, 255))).toEqual(Buffer.from([0, 9, 1, 255]));
    expect(formatMpi(Uint8Array.of(0))).toEqual(Buffer.from([0, 0]));
    fc.assert(
      fc.property(octets, (number) => {
        const cursor = new Cursor(formatMpi(number));
        const stripped = Buffer.from(number)
          .toString('hex')
          .replace(/^(?:00)+/, '');
        expect(Buffer.from(cursor.mpi()).toString('hex')).toBe(stripped);
        expect(cursor.left).toBe(0);
      }),
    );
  });
});

describe('a drafted signature', () => {
  const CREATED = new Date('2026-11-22T10:20:30.987Z');
  const DIGEST = createHash('sha256').update('x').digest();
  const [R, S] = [DIGEST, Buffer.concat([Buffer.alloc(2), DIGEST.subarray(2)])];

  /** The same by the library, field by field. */
  async function byLibrary(
    version: 4 | 6,
    algorithm: number,
    id: { fingerprint: string; keyId: string },
    salt?: Buffer,
  ) {
    const packet = new SignaturePacket() as SignaturePacket & Record<string, unknown>;
    Object.assign(packet, {
      version,
      signatureType: enums.signature.binary,
      publicKeyAlgorithm: algorithm,
      hashAlgorithm: enums.hash.sha256,
      created: new Date(Math.floor(CREATED.getTime() / 1000) * 1000),
      issuerKeyVersion: version,
      issuerFingerprint: Buffer.from(id.fingerprint, 'hex'),
      salt: salt ?? null,
      signedHashValue: DIGEST.subarray(0, 2),
      params: algorithm === 27 ? { RS: Buffer.concat([R, S]) } : { r: R, s: S },
    });
    packet.issuerKeyID.bytes = Buffer.from(id.keyId, 'hex').toString('latin1');
    const write = packet['writeHashedSubPackets'] as () => Uint8Array;
    const head = [version, enums.signature.binary, algorithm, enums.hash.sha256];
    packet['signatureData'] = Buffer.concat([Buffer.from(head), write.call(packet)]);
    const packets = new PacketList<SignaturePacket>();
    packets.push(packet);
    return new Signature(packets).armor();
  }

  it.each([
    [4, 22, { type: 'ecc', curve: 'ed25519Legacy' }],
    [6, 27, { type: 'curve25519', config: { v6Keys: true } }],
  ] as const)('of version %d is the one that openpgp.js writes', async (version, algorithm, options) => {
    const { publicKey } = await generateKey({ ...options, userIDs: [{ name: 'x' }], format: 'object' });
    const { key } = first(readKeyring(publicKey.write()).keys).primary;
    const salt = version === 6 ? Buffer.alloc(16, 9) : undefined;
    const draft = draftSignature(key, signingHash('sha256'), CREATED, salt);
    const armored = draft.finish(DIGEST, algorithm === 27 ? { RS: Buffer.concat([R, S]) } : { r: R, s: S });
    expect(Buffer.from(armored).toString()).toBe(await byLibrary(version, algorithm, key, salt));
    expect(parseDetachedSignature(armored)).toMatchObject({ version, issuer: key.fingerprint, hash: 'sha256' });
    expect(Buffer.from(parseDetachedSignature(armored).packet.hashed)).toEqual(draft.hashed);
  });
});
