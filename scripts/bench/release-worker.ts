// SPDX-License-Identifier: Apache-2.0
/**
 * What rows 9 to 11 need and no command offers, as a process of its own:
 *
 *   release-worker.ts sign DIR KEY PREFIX COUNT     makes so many signed releases below DIR
 *   release-worker.ts log DIR LOG-KEY OUT           enters them into a Rekor log that it makes: a bundle beside each manifest,
 *                                                   what the log is called and its public key into OUT
 *   release-worker.ts ours DIR SIGNER LOG           verifies each bundle against its manifest with our own code
 *   release-worker.ts theirs DIR SIGNER ROOT        the same with Sigstore's library
 *
 * The last two print the seconds that it took, without the start of the process and without reading the files.
 */
import { createPublicKey } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { main } from '../../src/cli/main.ts';
import { formatEntry } from '../../src/core/hashedrekord.ts';
import { p256Key, parseP256PrivateKey } from '../../src/core/p256.ts';
import { verifyBundle } from '../../src/core/rekor.ts';
import { parseRekorKey } from '../../src/core/rekor-key.ts';
import { formatBundle, parseBundle } from '../../src/core/sigstore-bundle.ts';
import { realPorts } from '../../src/io/ports.ts';
import { bundleOf, rekorLog, signedBy } from '../../tests/core/rekor-log.ts';

/** Named as the log of a bundle is: there is no server of it. */
const ORIGIN = 'rekor.bench.example.org';

interface Item {
  readonly manifest: Buffer;
  readonly bundle: Buffer;
}

async function sign(directory: string, key: string, prefix: string, count: number): Promise<void> {
  const out = {
    stdout: () => undefined,
    stderr: (text: string) => void process.stderr.write(text),
    isTerminal: false,
    version: '0',
  };
  for (let at = 1; at <= count; at += 1) {
    const release = `${prefix}${at}`;
    const place = path.join(directory, release);
    fs.mkdirSync(place, { recursive: true });
    fs.writeFileSync(path.join(place, `nova-${release}.tar.gz`), `some bytes of ${release}`);
    const words = ['sign', place, '--sums', '--key-file', key, '--project', 'nova', '--release', release, '--quiet'];
    if ((await main(words, realPorts(out, false), out)) !== 0) throw new Error(`"${place}" was not signed`);
  }
}

const manifestsIn = (directory: string): readonly string[] =>
  fs.readdirSync(directory).map((release) => path.join(directory, release, `nova-${release}.SHA256SUMS`));

function enter(directory: string, logKey: string, out: string): void {
  const signer = parseP256PrivateKey(fs.readFileSync(logKey));
  const log = rekorLog(2, { origin: ORIGIN });
  const entered = manifestsIn(directory).map((file) => {
    const signed = signedBy(signer, fs.readFileSync(file));
    return { file, signed, index: log.add(formatEntry(2, signed)).index };
  });
  for (const { file, signed, index } of entered)
    fs.writeFileSync(`${file}.sigstore.json`, formatBundle(bundleOf(signed, [log.entry(index)])));
  fs.writeFileSync(out, JSON.stringify({ origin: ORIGIN, pin: log.pin }));
  fs.writeFileSync(`${out}.pub`, createPublicKey(log.key).export({ type: 'spki', format: 'pem' }));
}

const itemsIn = (directory: string): readonly Item[] =>
  manifestsIn(directory).map((file) => ({
    manifest: fs.readFileSync(file),
    bundle: fs.readFileSync(`${file}.sigstore.json`),
  }));

function ourVerifier(signerFile: string, logFile: string): (item: Item) => void {
  const { origin, pin } = JSON.parse(fs.readFileSync(logFile, 'utf8'));
  const signers = [p256Key(createPublicKey(fs.readFileSync(signerFile)))];
  const trust = { version: 2, origin, keys: [parseRekorKey(pin, 2, origin)], signers } as const;
  return ({ manifest, bundle }) => {
    if (verifyBundle(parseBundle(bundle), manifest, trust) === undefined) throw new Error('a bundle without an entry');
  };
}

function theirVerifier(signerFile: string, rootFile: string): (item: Item) => void {
  const root = TrustedRoot.fromJSON(JSON.parse(fs.readFileSync(rootFile, 'utf8')));
  const publicKey = createPublicKey(fs.readFileSync(signerFile));
  const material = toTrustMaterial(root, () => ({ publicKey, validFor: () => true }));
  const verifier = new Verifier(material, { ctlogThreshold: 0, tlogThreshold: 1, timestampThreshold: 0 });
  return ({ manifest, bundle }) =>
    void verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle.toString())), manifest));
}

function time(directory: string, verify: (item: Item) => void): void {
  const items = itemsIn(directory);
  const begun = performance.now();
  for (const item of items) verify(item);
  process.stdout.write(`seconds ${(performance.now() - begun) / 1000}\n`);
}

const [verb, directory = '', first = '', second = '', number = ''] = process.argv.slice(2);
if (verb === 'sign') await sign(directory, first, second, Number(number));
else if (verb === 'log') enter(directory, first, second);
else if (verb === 'ours') time(directory, ourVerifier(first, second));
else if (verb === 'theirs') time(directory, theirVerifier(first, second));
else throw new Error(`no such work: ${verb}`);
