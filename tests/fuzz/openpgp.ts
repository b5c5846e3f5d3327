// SPDX-License-Identifier: Apache-2.0
/** Armor and packets: signatures, certificates, secret keys. */
import fs from 'node:fs';
import path from 'node:path';
import { Fault } from '../../src/core/fault.ts';
import { formatManifest } from '../../src/core/manifest.ts';
import { parseArtifactName } from '../../src/core/name.ts';
import { sha256 } from '../../src/core/sha256.ts';
import { readCertificates } from '../../src/openpgp/certificate.ts';
import { keyState } from '../../src/openpgp/key-state.ts';
import { inspectKeys, openSigningKey } from '../../src/openpgp/secret-key.ts';
import { date, dearmor, verify } from '../openpgp/common.ts';
import { CERTIFY, CraftedKey, certificate, mpi, packet, SIGN, seconds } from '../openpgp/craft.ts';
import { type Cut, isText, lastLineEnd } from './cut.ts';
import { checkForm } from './signature-form.ts';
import { Broken, type Target } from './target.ts';

const VECTORS = path.resolve(import.meta.dirname, '../vectors/openpgp');
const vector = (name: string): Buffer => fs.readFileSync(path.join(VECTORS, `${name}.asc`));

const FILE = Buffer.from('a file');
const BORN = date('2024-01-01');
export const MADE = date('2024-06-01');
const NOW = date('2025-01-01');
const NEVER = Number.POSITIVE_INFINITY;

const armor = (label: string, packets: Uint8Array): Buffer => {
  const body = Buffer.from(packets).toString('base64').replace(/.{64}/g, '$&\n');
  return Buffer.from(`-----BEGIN PGP ${label}-----\nComment: crafted\n\n${body}\n-----END PGP ${label}-----\n`);
};

export const primary = new CraftedKey(BORN, Buffer.alloc(32, 1));
export const subkey = new CraftedKey(BORN, Buffer.alloc(32, 2));

/** For ten years. */
const LIFETIME = { type: 9, body: seconds(new Date(3650 * 86_400_000)) };
const parts = {
  primary,
  subkey,
  certifications: [{ created: BORN, hashed: [CERTIFY, LIFETIME] }],
  bindings: [{ created: BORN, hashed: [SIGN, LIFETIME] }],
};
/** An older word of the primary key about itself, a second user ID, a revocation of the subkey that came after MADE. */
const both = Buffer.concat([primary.forHash, subkey.forHash]);
const full = Buffer.concat([
  certificate({ ...parts, direct: [{ type: 0x1f, created: BORN, hashed: [CERTIFY] }] }),
  packet(2, primary.sign(both, { type: 0x28, created: NOW, hashed: [{ type: 29, body: [1] }] })),
]);

const crafted = packet(2, subkey.sign(FILE, { type: 0, created: MADE }));
const foreign = ['rsa', 'nistp', 'v6'].map((name) => vector(`${name}.sig`));
const signatures = [crafted, armor('SIGNATURE', crafted), ...foreign, ...foreign.map(dearmor)];
const others = ['rsa', 'nistp', 'v6', 'mixed'].map(vector);
const publicKeys = [certificate(parts), full, armor('PUBLIC KEY BLOCK', full), ...others, ...others.map(dearmor)];
const trusted = [certificate(parts), vector('rsa'), vector('nistp'), vector('v6')].flatMap(readCertificates);

/** What the signatures that are right say: the key, and until when it is good at most. */
const facts = new Map(
  signatures.map((signature) => {
    const verdict = verify(signature, FILE, trusted, NOW);
    if (verdict.kind !== 'good') throw new Error(`the corpus is not good: ${verdict.message}`);
    return [verdict.key, verdict.expires?.getTime() ?? NEVER] as const;
  }),
);

/** A changed signature may be good where the change does not count, and then it says what it said before. */
function checkSignature(input: Uint8Array): void {
  const verdict = verify(input, FILE, trusted, NOW);
  checkForm(input);
  if (verdict.kind === 'good' && verdict.created.getTime() !== MADE.getTime()) {
    throw new Broken(`good, and made at ${verdict.created.toISOString()}`);
  }
}

/** A changed certificate makes nobody trusted who was not, and no key good for longer. */
function checkCertificate(input: Uint8Array): void {
  const certificates = readCertificates(input);
  for (const one of certificates) for (const key of one.keys) keyState(one, key, { at: MADE, now: NOW });
  for (const signature of signatures) {
    const verdict = verify(signature, FILE, certificates, NOW);
    if (verdict.kind !== 'good') continue;
    const until = facts.get(verdict.key);
    if (until === undefined) throw new Broken(`good, by ${verdict.key}`);
    if ((verdict.expires?.getTime() ?? NEVER) > until) throw new Broken('good for longer');
  }
}

const number = (seed: Uint8Array): Buffer => {
  const encoded = mpi(seed);
  const sum = encoded.reduce((total, octet) => (total + octet) & 0xffff, 0);
  return Buffer.concat([encoded, Buffer.of(sum >> 8, sum & 0xff)]);
};

const CLEAR = Buffer.of(0);
/** GNU extensions of S2K: no secret here, and one on a card. */
const DUMMY = Buffer.from([0xff, 0, 101, 0, ...Buffer.from('GNU'), 1]);
const CARD = Buffer.from([0xff, 0, 101, 0, ...Buffer.from('GNU'), 2, 4, 1, 2, 3, 4]);
/** AES-256, iterated and salted with SHA-256; Argon2 with AEAD. */
const PROTECTED = Buffer.concat([Buffer.of(254, 9, 3, 8), Buffer.alloc(8, 5), Buffer.of(96), Buffer.alloc(16 + 54, 6)]);
const ARGON2 = Buffer.concat([
  Buffer.of(253, 9, 2, 4),
  Buffer.alloc(16, 5),
  Buffer.of(1, 1, 10),
  Buffer.alloc(15 + 52, 6),
]);

const clear = (key: CraftedKey): Buffer => Buffer.concat([CLEAR, number(key.seed)]);

/** The certificate with secret key packets. */
function secret(ofPrimary: Uint8Array, ofSubkey: Uint8Array): Buffer {
  const whole = certificate(parts);
  const [first, second] = [packet(6, primary.body), packet(14, subkey.body)];
  const middle = whole.indexOf(second);
  return Buffer.concat([
    packet(5, Buffer.concat([primary.body, ofPrimary])),
    whole.subarray(first.length, middle),
    packet(7, Buffer.concat([subkey.body, ofSubkey])),
    whole.subarray(middle + second.length),
  ]);
}

/** Its subkey signs. */
export const good = secret(DUMMY, clear(subkey));
const secrets = [good, armor('PRIVATE KEY BLOCK', good)];
/** These cannot sign: without a passphrase, without the secret, with too much of it. */
const locked = [
  secret(DUMMY, PROTECTED),
  secret(DUMMY, ARGON2),
  secret(DUMMY, CARD),
  secret(clear(primary), clear(subkey)),
];

async function checkSecret(input: Uint8Array): Promise<void> {
  await inspectKeys(input);
  const key = await openSigningKey(input, {
    allowPrimarySecret: false,
    allowRfc9580: false,
    now: NOW,
    warnDays: 30,
    rsa: () => Promise.reject(new Error('no RSA')),
  });
  if (key.fingerprint !== subkey.fingerprint) throw new Broken(`another key signs: ${key.fingerprint}`);
  if ((key.expires?.getTime() ?? NEVER) > (facts.get(key.fingerprint) ?? 0)) throw new Broken('good for longer');
}

/** Where a packet ends, as its length says: RFC 9580 section 4.2. */
function packetEnd(bytes: Buffer, at: number): number {
  const [header = 0, first = 0, second = 0] = bytes.subarray(at, at + 3);
  if ((header & 0x40) === 0) {
    const octets = 1 << (header & 3);
    return at + 1 + octets + bytes.readUIntBE(at + 1, octets);
  }
  if (first < 192) return at + 2 + first;
  return first < 255 ? at + 3 + ((first - 192) << 8) + second + 192 : at + 6 + bytes.readUInt32BE(at + 2);
}

/** A certificate is a row of packets, and tells nobody how many there are: whoever takes one away takes what it says. */
const afterPackets: Cut = (part, whole) => {
  if (isText(whole)) return lastLineEnd(part, whole);
  let end = 0;
  while (end < part.length) end = packetEnd(whole, end);
  return end === part.length && end > 0;
};

const MANIFEST = Buffer.from(
  formatManifest(['a', 'b', 'c'].map((name) => ({ name: parseArtifactName(name), sha256: sha256(name) }))),
);
const ofManifest = packet(2, subkey.sign(MANIFEST, { type: 0, created: MADE }));

/** Whatever reads as a manifest, only the one that was signed is believed. */
function checkSigned(input: Uint8Array): void {
  const verdict = verify(ofManifest, input, trusted, NOW);
  if (verdict.kind !== 'good') throw new Fault('altered', verdict.message);
  if (!MANIFEST.equals(input)) throw new Broken('good, and not what was signed');
}

export const OPENPGP: readonly Target[] = [
  {
    name: 'signature',
    corpus: signatures,
    kinds: ['bad-signature'],
    cut: lastLineEnd,
    check: checkSignature,
    cap: 64 * 1024,
  },
  {
    name: 'signed manifest',
    corpus: [MANIFEST],
    kinds: ['altered'],
    check: checkSigned,
  },
  {
    name: 'certificate',
    corpus: publicKeys,
    kinds: ['unreadable'],
    cut: afterPackets,
    check: checkCertificate,
    cap: 1024 * 1024,
  },
  {
    name: 'secret key',
    corpus: secrets,
    kinds: [
      ...(['unreadable', 'usage', 'wrong-key', 'expired', 'revoked', 'superseded', 'not-yet-valid'] as const),
      ...(['weak-algorithm', 'not-a-signing-key', 'primary-secret-present'] as const),
    ],
    cut: lastLineEnd,
    check: checkSecret,
    cap: 1024 * 1024,
  },
  {
    name: 'locked secret key',
    corpus: locked,
    kinds: ['unreadable'],
    cut: afterPackets,
    check: async (input) => void (await inspectKeys(input)),
    cap: 1024 * 1024,
  },
];
