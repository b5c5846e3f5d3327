// SPDX-License-Identifier: Apache-2.0
// A file with anything but one signature over binary data is refused, and told what it is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDetachedSignature } from '../../src/openpgp/detached.ts';
import { detachSign, exportPublic, exportSecretSubkeys, type Gpg, type MadeKey, makeKey, openGpg } from '../gpg.ts';
import { at, dearmor, faultOf, open, sign, verify } from './common.ts';

const TEXT = Buffer.from('some text\n');
let gpg: Gpg;
let key: MadeKey;
let armored: Buffer;
let packet: Buffer;

beforeAll(async () => {
  gpg = await openGpg();
  key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }, { algorithm: 'rsa2048' }] });
  armored = await detachSign(gpg, at(key.subkeys, 0), TEXT);
  packet = dearmor(armored);
});
afterAll(() => gpg.close());

const run = async (args: readonly string[]): Promise<Buffer> =>
  (await gpg.run(['--passphrase', '', '--local-user', `${at(key.subkeys, 0)}!`, ...args], { input: TEXT })).stdout;

const refused = async (bytes: Uint8Array, message: string) =>
  expect(await faultOf(() => parseDetachedSignature(bytes))).toMatchObject({
    kind: 'bad-signature',
    message: expect.stringContaining(message),
  });

/** A packet in a new-format frame. */
const frame = (tag: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([0xc0 | tag, 0xff, 0, 0, body.length >> 8, body.length & 0xff]), body]);

/** The body of the signature packet that gpg wrote, in its old-format frame. */
const body = (): Buffer => packet.subarray(2);

describe('a detached signature', () => {
  it('is read armored and binary, with any line ends, in any frame', () => {
    const expected = {
      version: 4,
      issuer: at(key.subkeys, 0),
      issuerKeyId: at(key.subkeys, 0).slice(-16),
      hash: 'sha256',
    };
    const text = armored.toString();
    const variants = [
      text,
      `\n${text}\n\n`,
      text.replaceAll('\n', '\r\n'),
      text.replaceAll('\n', ' \t\n'),
      text.replace(/\n=.*\n/, '\n'),
      text.replace('\n\n', '\nComment: hello\nVersion:\n\n'),
    ];
    for (const variant of variants) expect(parseDetachedSignature(Buffer.from(variant))).toMatchObject(expected);
    for (const bytes of [packet, frame(2, body())]) expect(parseDetachedSignature(bytes)).toMatchObject(expected);
  });

  it('P33 is not a clear-signed message', async () => refused(await run(['--clear-sign']), 'clear-signed message'));

  it('is not a message that holds its own data', async () => {
    await refused(await run(['--armor', '--sign']), 'it is a message');
    await refused(await run(['--sign', '--compress-algo', 'none']), 'holds its own data');
    await refused(await run(['--sign']), 'holds its own data');
  });

  it('is not a signature over text', async () => refused(await run(['--textmode', '--detach-sign']), 'over text'));

  it('is not a certification, nor a key', async () => {
    const certification = Buffer.from(body());
    certification[1] = 0x13;
    await refused(frame(2, certification), 'something else than a file');
    await refused(await exportPublic(gpg, key.primary), 'PUBLIC KEY BLOCK');
    await refused(dearmor(await exportPublic(gpg, key.primary)), 'not a signature');
  });

  it('P33 is one signature, not two', async () => {
    const other = await detachSign(gpg, at(key.subkeys, 1), TEXT);
    await refused(Buffer.concat([armored, other]), 'more than one');
    await refused(Buffer.concat([packet, dearmor(other)]), 'more than one');
    await refused(Buffer.concat([packet, packet]), 'more than one');
    await refused(await run(['--local-user', `${at(key.subkeys, 1)}!`, '--detach-sign']), 'more than one');
  });

  it('has nothing around it', async () => {
    await refused(Buffer.concat([armored, Buffer.from('trailing\n')]), 'around the signature');
    await refused(Buffer.concat([Buffer.from('leading\n'), armored]), 'around the signature');
    await refused(Buffer.concat([packet, frame(10, Buffer.from('PGP'))]), 'behind the signature');
    await refused(Buffer.concat([packet, Buffer.from([0])]), 'not made of OpenPGP packets');
    await refused(Buffer.concat([frame(10, Buffer.from('PGP')), packet]), 'not a signature');
  });

  it('has nothing inside but the signature', async () => {
    const secret = await exportSecretSubkeys(gpg, key.primary);
    for (const select of key.subkeys) {
      const made = dearmor((await sign(await open(secret, { select }), TEXT)).armored);
      const [length, header] = [made[0] === 0xc2 && (made[1] ?? 0) >= 192 ? 2 : 1, 1];
      const longer = frame(2, Buffer.concat([made.subarray(header + length), Buffer.from([0, 8, 1])]));
      expect(verify(made, TEXT, await exportPublic(gpg, key.primary)).kind).toBe('good');
      expect(verify(longer, TEXT, await exportPublic(gpg, key.primary)).kind).toBe('altered');
    }
  });

  it('P6 is of version 4 or 6', async () => {
    for (const version of [2, 3, 5]) {
      const other = Buffer.from(body());
      other[0] = version;
      await refused(frame(2, other), `version ${version} signatures are not supported`);
    }
  });

  it('is small, and not empty', async () => {
    await refused(new Uint8Array(), 'empty');
    await refused(Buffer.alloc(64 * 1024 + 1, 0x20), 'larger than 64 KiB');
    await refused(Buffer.from(' \n'), 'no OpenPGP signature');
    await refused(Buffer.from('BADSIG'), 'no OpenPGP signature');
  });

  it('is not damaged armor', async () => {
    const text = armored.toString();
    await refused(Buffer.from(text.replace('-----END PGP SIGNATURE-----', '')), 'no end');
    await refused(Buffer.from(text.replace('\n\n', '\n')), 'blank line');
    await refused(Buffer.from(text.replace(/\n=..../, '\n=AAAA')), 'checksum');
    await refused(Buffer.from(text.replace('iH', 'i*')), 'base64');
    await refused(Buffer.from(text.replace('iH', 'iI')), 'checksum');
    await refused(
      Buffer.from('-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n'),
      'no OpenPGP signature',
    );
  });

  it('is not cut, wherever', async () => {
    for (let length = 1; length < packet.length; length += 1) {
      await refused(packet.subarray(0, length), 'cannot be read');
      await refused(frame(2, body().subarray(0, Math.min(length, 40))), 'cannot be read');
    }
  });

  it('has a stated length', async () => {
    await refused(Buffer.concat([Buffer.from([0x8b]), body()]), 'no stated length');
    await refused(Buffer.concat([Buffer.from([0xc2, 0xe1]), body()]), 'cut into parts');
    await refused(Buffer.concat([Buffer.from([0xc2, 0xff, 0xff, 0xff, 0xff, 0xff]), body()]), 'ends too early');
  });

  it('of version 6 has a salt as long as its hash wants it', async () => {
    const salted = (length: number) => {
      const head = [6, 0, 27, 8, 0, 0, 0, 6, 5, 2, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, length];
      return frame(2, Buffer.concat([Buffer.from(head), Buffer.alloc(length + 64)]));
    };
    expect(parseDetachedSignature(salted(16))).toMatchObject({ version: 6, hash: 'sha256' });
    for (const length of [0, 15, 17, 32]) await refused(salted(length), 'salt');
  });

  it('says when it was made, once', async () => {
    const hashed = (...subpackets: readonly (readonly number[])[]) => {
      const area = Buffer.from(subpackets.flat());
      return frame(
        2,
        Buffer.concat([Buffer.from([4, 0, 22, 8, 0, area.length]), area, Buffer.from([0, 0, 0, 0, 0, 1, 1, 0, 1, 1])]),
      );
    };
    const created = [5, 2, 1, 2, 3, 4];
    expect(parseDetachedSignature(hashed(created)).created).toEqual(new Date(0x01020304 * 1000));
    await refused(hashed(), 'when it was made');
    await refused(hashed(created, created), 'twice');
    await refused(hashed([4, 2, 1, 2, 3]), 'ends too early');
    await refused(hashed([6, 2, 1, 2, 3, 4, 5]), 'wrong length');
    await refused(hashed(created, [2, 33, 4]), 'another version');
    await refused(hashed(created, [0]), 'ends too early');
    await refused(hashed(created, [9, 2]), 'ends too early');
  });
});
