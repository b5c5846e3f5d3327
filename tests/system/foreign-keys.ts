// SPDX-License-Identifier: Apache-2.0
/** Keys of every algorithm that `sign` takes, made by other people's programs, which also sign with them. */
import fs from 'node:fs';
import path from 'node:path';
import * as openpgp from 'openpgp';
import { detachSign, exportPublic, exportSecretSubkeys, type Gpg, makeKey } from '../gpg.ts';
import type { Tools } from './openpgp-tools.ts';

export interface ForeignKey {
  /** A file that `sign --key-file` takes. */
  readonly secret: string;
  /** Armored. */
  readonly certificate: Buffer;
  /** The flags without which `sign` would not take it, or would take another. */
  readonly flags: readonly string[];
  /** A detached signature by the program that made the key; armored. */
  sign(file: string): Promise<Buffer>;
}

export interface KeyKind {
  readonly maker: string;
  readonly algorithm: string;
  /** Of RFC 9580: unknown to every tool of Debian 12. */
  readonly modern?: true;
  readonly make: (tools: Tools, gpg: Gpg) => Promise<ForeignKey>;
}

const PRIMARY = '--allow-primary-secret';
const MODERN = '--allow-rfc9580';

let names = 0;
function put(tools: Tools, secret: Uint8Array): string {
  names += 1;
  const file = path.join(tools.directory, `${names}.sec`);
  fs.writeFileSync(file, secret, { mode: 0o600 });
  return file;
}

const byGpg = (algorithm: string): KeyKind => ({
  maker: 'gpg',
  algorithm,
  make: async (tools, gpg) => {
    const signing = algorithm.startsWith('nist') ? `${algorithm}/ecdsa` : algorithm;
    const userId = `gpg ${algorithm} <gpg@example.org>`;
    const { primary, subkeys } = await makeKey(gpg, {
      algorithm: 'ed25519',
      userId,
      subkeys: [{ algorithm: signing }],
    });
    const [subkey = primary] = subkeys;
    return {
      secret: put(tools, await exportSecretSubkeys(gpg, primary)),
      certificate: await exportPublic(gpg, primary),
      flags: [],
      sign: (file) => detachSign(gpg, subkey, fs.readFileSync(file)),
    };
  },
});

const bySq = (algorithm: string, suite: string): KeyKind => ({
  maker: 'sq',
  algorithm,
  make: async (tools) => {
    const secret = put(tools, Buffer.alloc(0));
    const only = ['--cannot-authenticate', '--cannot-encrypt', '--cipher-suite', suite];
    const output = ['--userid', 'sq <sq@example.org>', '--export', secret, '--rev-cert', `${secret}.rev`];
    await tools.run('sq', ['--force', 'key', 'generate', ...only, ...output]);
    return {
      secret,
      certificate: await tools.run('sq', ['key', 'extract-cert', secret]),
      flags: [PRIMARY],
      sign: (file) => tools.run('sq', ['sign', '--detached', '--signer-key', secret, file]),
    };
  },
});

const bySqop = (algorithm: string): KeyKind => ({
  maker: 'sqop',
  algorithm,
  make: async (tools) => {
    const made = await tools.run('sqop', ['generate-key', 'sqop <sqop@example.org>']);
    const secret = put(tools, made);
    return {
      secret,
      certificate: await tools.run('sqop', ['extract-cert'], made),
      flags: [PRIMARY],
      sign: (file) => tools.run('sqop', ['sign', secret], fs.readFileSync(file)),
    };
  },
});

type Generation = Pick<openpgp.KeyOptions, 'type' | 'curve' | 'rsaBits' | 'config'>;

const byLibrary = (algorithm: string, generation: Generation, modern?: true): KeyKind => ({
  maker: 'openpgp.js',
  algorithm,
  ...(modern && { modern }),
  make: async (tools) => {
    // a minute old, so that no clock disputes it
    const fixed = { userIDs: [{ name: 'openpgp.js' }], subkeys: [{ sign: true }], date: new Date(Date.now() - 60_000) };
    const { privateKey, publicKey } = await openpgp.generateKey({ ...fixed, ...generation, format: 'object' });
    return {
      secret: put(tools, Buffer.from(privateKey.armor())),
      certificate: Buffer.from(publicKey.armor()),
      flags: [PRIMARY, ...(modern ? [MODERN] : [])],
      sign: async (file) => {
        const message = await openpgp.createMessage({ binary: fs.readFileSync(file) });
        return Buffer.from(await openpgp.sign({ message, signingKeys: privateKey, detached: true }));
      },
    };
  },
});

const byGo = (algorithm: string, version: 4 | 6, name: string, modern?: true): KeyKind => ({
  maker: 'go-crypto',
  algorithm,
  ...(modern && { modern }),
  make: async (tools) => {
    const secret = put(tools, await tools.run(tools.go, ['generate', String(version), name]));
    return {
      secret,
      certificate: await tools.run(tools.go, ['public', secret]),
      flags: [PRIMARY, ...(modern ? [MODERN] : [])],
      sign: (file) => tools.run(tools.go, ['sign', secret, file]),
    };
  },
});

const rsa = (rsaBits: number): Generation => ({ type: 'rsa', rsaBits });
const ecc = (curve: openpgp.EllipticCurveName): Generation => ({ type: 'ecc', curve });
const V6 = { config: { v6Keys: true } };

export const KEY_KINDS: readonly KeyKind[] = [
  ...['rsa2048', 'rsa3072', 'rsa4096', 'nistp256', 'nistp384', 'nistp521', 'ed25519'].map(byGpg),
  bySq('rsa3072', 'rsa3k'),
  bySq('rsa4096', 'rsa4k'),
  bySq('ed25519', 'cv25519'),
  bySqop('ed25519'),
  byLibrary('rsa2048', rsa(2048)),
  byLibrary('rsa3072', rsa(3072)),
  byLibrary('rsa4096', rsa(4096)),
  byLibrary('nistp256', ecc('nistP256')),
  byLibrary('nistp384', ecc('nistP384')),
  byLibrary('nistp521', ecc('nistP521')),
  byLibrary('ed25519', ecc('ed25519Legacy')),
  byGo('rsa2048', 4, 'rsa2048'),
  byGo('nistp256', 4, 'p256'),
  byGo('nistp384', 4, 'p384'),
  byGo('nistp521', 4, 'p521'),
  byGo('ed25519', 4, 'eddsa'),
  byLibrary('version 4, algorithm 27', { type: 'curve25519' }, true),
  byLibrary('version 4, algorithm 28', { type: 'curve448' }, true),
  byLibrary('version 6, algorithm 27', { type: 'curve25519', ...V6 }, true),
  byLibrary('version 6, algorithm 28', { type: 'curve448', ...V6 }, true),
  byLibrary('version 6, rsa3072', { ...rsa(3072), ...V6 }, true),
  byLibrary('version 6, nistp384', { ...ecc('nistP384'), ...V6 }, true),
  byGo('version 4, algorithm 27', 4, 'ed25519', true),
  byGo('version 4, algorithm 28', 4, 'ed448', true),
  byGo('version 6, algorithm 27', 6, 'ed25519', true),
  byGo('version 6, algorithm 28', 6, 'ed448', true),
  byGo('version 6, rsa3072', 6, 'rsa3072', true),
  byGo('version 6, nistp256', 6, 'p256', true),
];
