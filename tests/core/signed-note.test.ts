// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault, type FaultKind } from '../../src/core/fault.ts';
import {
  formatSignedNote,
  formatVerifierKey,
  generateLogKeyPem,
  isKeyName,
  type NoteVerifier,
  noteSigner,
  noteVerifier,
  parseLogKey,
  parseSignedNote,
  parseVerifierKey,
  verifyNote,
} from '../../src/core/signed-note.ts';

/** The example of the specification. */
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const TEXT = 'This is an example message.\n';
const LINE =
  '— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
const NOTE = `${TEXT}\n${LINE}`;

const parse = (text: string) => parseSignedNote(Buffer.from(text));
const faultOf = (body: () => unknown): FaultKind | undefined => {
  try {
    body();
  } catch (error) {
    if (error instanceof Fault) return error.kind;
    throw error;
  }
  return undefined;
};

const newSigner = (name: string) => noteSigner(name, parseLogKey(Buffer.from(generateLogKeyPem())));
const alice = newSigner('example.com/alice');
const bob = newSigner('example.com/bob');

describe('the example of the specification', () => {
  it('verifies', () => {
    const key = parseVerifierKey(VKEY);
    expect(verifyNote(parse(NOTE), [key])).toEqual([key]);
    expect(formatVerifierKey(key)).toBe(VKEY);
    expect(Buffer.from(formatSignedNote(parse(NOTE))).toString()).toBe(NOTE);
  });

  it('does not verify with another text', () => {
    expect(faultOf(() => verifyNote(parse(NOTE.replace('an', 'no')), [parseVerifierKey(VKEY)]))).toBe('bad-signature');
  });
});

describe('a note', () => {
  it('reads back what was written, byte for byte', () => {
    const text = fc.string({ unit: 'grapheme' }).map((line) => `${line.replace(/[\0-\x1f]/g, '')}\n`);
    const signature = fc.record({
      name: fc.string({ unit: 'grapheme', minLength: 1 }).filter(isKeyName),
      keyId: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((id) => Buffer.from(id).toString('hex')),
      signature: fc.uint8Array({ minLength: 1, maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    });
    const note = fc.record({
      text: fc.array(text, { minLength: 1 }).map((lines) => lines.join('')),
      signatures: fc.array(signature, { minLength: 1, maxLength: 16 }),
    });
    fc.assert(
      fc.property(note, (written) => {
        const read = parseSignedNote(formatSignedNote(written));
        expect(read).toEqual(written);
        expect(Buffer.from(formatSignedNote(read))).toEqual(Buffer.from(formatSignedNote(written)));
      }),
    );
  });

  it('is divided at its last empty line', () => {
    const text = 'one\n\n— this is no signature\n\ntwo\n';
    const bytes = formatSignedNote({ text, signatures: [alice.sign(text)] });
    expect(parseSignedNote(bytes).text).toBe(text);
    expect(verifyNote(parseSignedNote(bytes), [alice.verifier])).toEqual([alice.verifier]);
  });

  it('keeps signatures of unknown keys as they are, and ignores them', () => {
    const witness = '— witness.example/w1 AAAAAAAAAAAAAAAAAAAAAA==\n';
    const note = parse(NOTE + witness);
    expect(verifyNote(note, [parseVerifierKey(VKEY)])).toHaveLength(1);
    expect(Buffer.from(formatSignedNote(note)).toString()).toBe(NOTE + witness);
  });

  it('takes a key with the same name or the same ID, but not both, for an unknown one', () => {
    const text = 'text\n';
    const { keyId, signature } = alice.sign(text);
    const note = { text, signatures: [{ name: 'example.com/other', keyId, signature }, bob.sign(text)] };
    expect(verifyNote(note, [alice.verifier, bob.verifier])).toEqual([bob.verifier]);
    const renamed = { text, signatures: [{ name: alice.verifier.name, keyId: '00000000', signature }] };
    expect(faultOf(() => verifyNote(renamed, [alice.verifier]))).toBe('wrong-key');
  });

  it('is refused where a trusted key seems to have signed and has not, even beside a good signature', () => {
    const forged = { ...alice.sign('other text\n') };
    const note = { text: 'text\n', signatures: [bob.sign('text\n'), forged] };
    expect(faultOf(() => verifyNote(note, [alice.verifier, bob.verifier]))).toBe('bad-signature');
    expect(verifyNote(note, [bob.verifier])).toEqual([bob.verifier]);
  });

  it('is refused where one of two signatures by one key is wrong', () => {
    const note = { text: 'text\n', signatures: [alice.sign('text\n'), alice.sign('other text\n')] };
    expect(faultOf(() => verifyNote(note, [alice.verifier]))).toBe('bad-signature');
  });

  it('is refused where the signature has another length', () => {
    const { signature, ...rest } = alice.sign('text\n');
    for (const length of [1, 63]) {
      const note = { text: 'text\n', signatures: [{ ...rest, signature: signature.subarray(0, length) }] };
      expect(faultOf(() => verifyNote(note, [alice.verifier]))).toBe('bad-signature');
    }
  });

  it('is refused without a trusted key', () => {
    expect(faultOf(() => verifyNote(parse(NOTE), [alice.verifier]))).toBe('wrong-key');
    expect(faultOf(() => verifyNote(parse(NOTE), []))).toBe('wrong-key');
  });

  it('may have sixteen signatures of 5 kB', () => {
    const signature = Buffer.alloc(5000, 1);
    const signatures = Array.from({ length: 16 }, (_, i) => ({ name: `w${i}`, keyId: '01020304', signature }));
    expect(parseSignedNote(formatSignedNote({ text: 'text\n', signatures })).signatures).toHaveLength(16);
  });

  it.each([
    ['without an empty line', `${TEXT}${LINE}`],
    ['without signatures', `${TEXT}\n`],
    ['without a newline at its end', NOTE.slice(0, -1)],
    ['with an empty line at its end', `${NOTE}\n`],
    ['with a carriage return', NOTE.replace('message.', 'message.\r')],
    ['with a tab', NOTE.replace('This is', 'This\tis')],
    ['with a NUL', NOTE.replace('This is', 'This\0is')],
    ['with a hyphen for the dash', NOTE.replace('—', '-')],
    ['with two spaces', NOTE.replace('— ', '—  ')],
    ['with a space at the end of a line', NOTE.replace('=\n', '= \n')],
    ['with a no-break space in a name', NOTE.replace('/foo', '/f\u00a0oo')],
    ['with a next-line character in a name', NOTE.replace('/foo', '/f\u0085oo')],
    ['with a plus in a name', NOTE.replace('/foo', '/f+oo')],
    ['with a signature that is not padded', NOTE.replace('=\n', '\n')],
    ['with bits to spare that are not zero', NOTE.replace('M=\n', 'N=\n')],
    ['with a key ID and no signature', `${TEXT}\n— example.com/foo Uw2QOg==\n`],
    ['with a line that is no signature', `${NOTE}hello\n`],
    ['with too many signatures', `${TEXT}\n${LINE.repeat(65)}`],
    ['that is too large', `${TEXT.repeat(10_000)}\n${LINE}`],
    ['that is empty', ''],
  ])('is refused %s', (_, text) => {
    expect(faultOf(() => parse(text))).toBe('bad-format');
  });

  it('is refused where it is not UTF-8', () => {
    expect(faultOf(() => parseSignedNote(Buffer.concat([Buffer.of(0xff), Buffer.from(NOTE)])))).toBe('bad-format');
  });
});

describe('a verifier key', () => {
  it('reads back what was written', () => {
    for (const key of [alice.verifier, bob.verifier]) {
      const read: NoteVerifier = parseVerifierKey(formatVerifierKey(key));
      expect([read.name, read.keyId, Buffer.from(read.publicKey)]).toEqual([
        key.name,
        key.keyId,
        Buffer.from(key.publicKey),
      ]);
      expect(read.verify('text\n', alice.sign('text\n').signature)).toBe(key === alice.verifier);
    }
  });

  it('may have plus signs in its base64', () => {
    const vkey = formatVerifierKey(noteVerifier('example.com/foo', Buffer.alloc(32, 0xfb)));
    expect(vkey.split('+').length).toBeGreaterThan(3);
    expect(formatVerifierKey(parseVerifierKey(vkey))).toBe(vkey);
  });

  it.each([
    ['of another name', VKEY.replace('foo', 'bar')],
    ['with another key ID', VKEY.replace('530d903a', '530d903b')],
    ['with a key ID in upper case', VKEY.replace('530d903a', '530D903A')],
    ['of another type', 'example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['of a witness', 'example.com/foo+530d903a+BOkyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'],
    ['that is too short', 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0='],
    ['with white space', `${VKEY} `],
    ['with a newline', `${VKEY}\n`],
    ['without a name', VKEY.slice('example.com/foo'.length)],
    ['with a space in its name', VKEY.replace('/foo', '/ foo')],
    ['that is empty', ''],
    ['that is a private key in the format of Go', `PRIVATE+KEY+${VKEY}`],
  ])('is refused %s', (_, text) => {
    expect(faultOf(() => parseVerifierKey(text))).toBe('usage');
  });
});

describe('names of keys', () => {
  it.each(['example.com/log', 'a', 'é', '日本', 'with:colon'])('may be %j', (name) => {
    expect(isKeyName(name)).toBe(true);
  });

  it.each(['', ' ', 'a b', 'a+b', 'a\tb', 'a\nb', 'a\u00a0b', 'a\u2003b', 'a\u0085b', 'a\u3000b', 'a\0b', '\ud800'])(
    'must not be %j',
    (name) => {
      expect(isKeyName(name)).toBe(false);
      expect(faultOf(() => newSigner(name))).toBe('usage');
    },
  );
});

describe('a private key', () => {
  it('is PKCS#8 in PEM', () => {
    expect(generateLogKeyPem()).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=]{64}\n-----END PRIVATE KEY-----\n$/,
    );
    expect(createPrivateKey(generateLogKeyPem()).asymmetricKeyType).toBe('ed25519');
    expect(generateLogKeyPem()).not.toBe(generateLogKeyPem());
  });

  it.each([
    [
      'an ECDSA key',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ],
    ['an X25519 key', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['a public key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })],
    [
      'a key with a passphrase',
      generateKeyPairSync('ed25519').privateKey.export({
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'x',
      }),
    ],
    ['something else', 'hello'],
    ['nothing', ''],
  ])('must not be %s', (_, pem) => {
    expect(faultOf(() => parseLogKey(Buffer.from(pem)))).toBe('unreadable');
  });
});
