// SPDX-License-Identifier: Apache-2.0
/**
 * A real Rekor v1, and a v2 beside it: what we write they and their verifiers take, and what their programs write we take. The foreign
 * verifiers run without a network.
 */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fs from 'node:fs';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { toSignedEntity, toTrustMaterial, Verifier } from '@sigstore/verify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseP256Key } from '../../src/core/p256.ts';
import { formatBundle } from '../../src/core/sigstore-bundle.ts';
import { parseAnswerV1 } from '../../src/logs/rekor-answer.ts';
import { command, done, type Ended, front, lossyFront, openRekorLab, type RekorLab } from './rekor-lab.ts';
import { buildRekorTiles, openRekorTiles, type RekorTiles } from './rekor-tiles.ts';
import { buildRekorV1, openRekorV1, type RekorV1 } from './rekor-v1.ts';

const ORIGIN = { one: 'rekor-1.example.org', two: 'rekor-2.example.org' } as const;

let lab: RekorLab;
let one: RekorV1;
let two: RekorTiles;
/** Of the log `one`, from the oldest. */
const trees: string[] = [];
/** The pending submission of release 4, as whoever finds it later has it. */
let prepared = Buffer.alloc(0);

const submit = async (release: string, names: readonly string[] = ['one'], url = one.url) =>
  done(...lab.submitWords(release, names, { one: url }));
const logsOf = async (release: string, names: readonly string[] = ['one']) => {
  const { status, report } = await lab.verify(release, names);
  expect([status, report.errors]).toEqual([0, []]);
  return report.logs;
};
const checkpoint = (release: string) => lab.bundle(release).entries[0]?.inclusionProof.checkpoint ?? '';
/** How the log itself names the entry of a release. */
const uuidOf = async (release: string) => (await logsOf(release))[0]?.entry ?? '';
const evidence = async (release: string, change: (bundle: string) => string): Promise<Ended> => {
  const own = fs.readFileSync(lab.bundleFile(release), 'utf8');
  fs.writeFileSync(lab.bundleFile(release), change(own));
  const ended = await lab.verify(release, ['one']);
  fs.writeFileSync(lab.bundleFile(release), own);
  return ended;
};

beforeAll(async () => {
  const programs = buildRekorV1();
  lab = await openRekorLab(() => [
    { ...one, name: 'one', version: 1 },
    { ...two, name: 'two', version: 2 },
  ]);
  two = await openRekorTiles(buildRekorTiles(), lab.at('two'), ORIGIN.two);
  one = await openRekorV1(programs, lab.at('one'), ORIGIN.one);
  trees.push(await one.tree());
  lab.trustedRoot();
});
afterAll(async () => {
  await one?.close();
  await two?.close();
  await lab?.close();
});

// The log grows through all of these, in their order.
describe('Rekor v1', () => {
  it('P12 takes manifests, which are small however large the release is, tells when, and verify demands it', async () => {
    for (const [index, release] of ['1', '2'].entries()) {
      await lab.makeRelease(release);
      const before = Math.floor(Date.now() / 1000) * 1000;
      const { logs } = await submit(release);
      expect(logs).toMatchObject([{ name: 'one', origin: ORIGIN.one, index, tree_size: index + 1, action: 'logged' }]);
      expect(Date.parse(logs[0]?.time ?? '')).toBeGreaterThanOrEqual(before);
      expect(await logsOf(release)).toMatchObject([{ name: 'one', index, time: logs[0]?.time }]);
    }
    expect(lab.bundle('2').entries[0]?.body.length).toBeLessThan(1000);
    expect(checkpoint('2')).toMatch(new RegExp(`^${ORIGIN.one} - ${trees[0]}\n2\n`));
  });

  it('P10 has the entry once where an answer is lost: it is fetched, compared and verified', async () => {
    await lab.makeRelease('3');
    const lossy = await lossyFront(one.url);
    const { logs } = await submit('3', ['one'], lossy.url);
    lossy.close();
    expect(lossy.lost()).toBe(1);
    expect(logs).toMatchObject([{ index: 2, tree_size: 3, action: 'logged' }]);
    await logsOf('3');
  });

  it('P10 is asked for an entry that it has, and has no other where the proof is gone and the submission is not', async () => {
    await lab.makeRelease('4');
    await one.stop();
    const words = lab.submitWords('4', ['one']).map((word) => (word === '60' ? '2' : word));
    const { status, report } = await command(...words);
    expect([status, report.status]).toEqual([1, 'pending']);
    const pending = `${lab.manifest('4')}.submission.json`;
    prepared = fs.readFileSync(pending);
    await one.start({ tree: trees[0] ?? '' });
    // without the key: the request was signed when it was prepared
    const resumed = await done('submit', lab.at('4'), '--resume', '--policy', lab.policy(['one']));
    expect(resumed.logs).toMatchObject([{ index: 3, tree_size: 4, action: 'logged' }]);
    expect(fs.existsSync(pending)).toBe(false);
    const first = lab.bundle('4');
    fs.rmSync(lab.bundleFile('4'));
    fs.writeFileSync(pending, prepared);
    expect((await submit('4')).logs).toMatchObject([{ index: 3, tree_size: 4 }]);
    expect(lab.bundle('4').entries[0]?.body).toEqual(first.entries[0]?.body);
    await lab.makeRelease('5');
    expect((await submit('5')).logs).toMatchObject([{ index: 4 }]);
  });

  it('P14 is verified by rekor-cli, by the name of an entry and by what is in it, without a search', async () => {
    const search = await fetch(`${one.url}/api/v1/index/retrieve`, { method: 'POST', body: '{}' });
    expect(search.ok).toBe(false);
    const uuid = await uuidOf('3');
    expect(one.cli('verify', '--uuid', uuid)).toMatchObject({ status: 0, said: expect.stringContaining('Inclusion') });
    fs.writeFileSync(lab.at('3.sig'), lab.bundle('3').signature);
    const artifact = (file: string) => [
      ...['verify', '--type', 'hashedrekord', '--pki-format', 'x509', '--artifact', file],
      ...['--signature', lab.at('3.sig'), '--public-key', lab.at('rekor.pem.pub')],
    ];
    const byArtifact = one.cli(...artifact(lab.manifest('3')));
    expect(byArtifact).toMatchObject({ status: 0, said: expect.stringContaining(uuid.slice(16)) });
    expect(one.cli(...artifact(lab.manifest('4'))).status).not.toBe(0);
  });

  it.each([
    ['index', /"logIndex":"2"\}\]/, '"logIndex":"1"}]'],
    ['time', /"integratedTime":"\d/, '"integratedTime":"0'],
    ['timestamp', /"signedEntryTimestamp":"[^"]+"/, '"signedEntryTimestamp":"MAYCAQECAQE="'],
    ['root', /"rootHash":"[^"]+"/, `"rootHash":"${Buffer.alloc(32).toString('base64')}"`],
    ['size', /"treeSize":"3"/, '"treeSize":"4"'],
    ['proof', /"hashes":\["[^"]*"/, `"hashes":["${Buffer.alloc(32).toString('base64')}"`],
  ])('is refused with another %s', async (_, part, other) => {
    const change = (bundle: string) => {
      const changed = bundle.replace(part, other);
      expect(changed).not.toBe(bundle);
      return changed;
    };
    expect((await evidence('3', change)).status).toBe(3);
    await logsOf('3');
  });

  it('is refused for another manifest, by another key, and of another log', async () => {
    const other = fs.readFileSync(lab.bundleFile('2'), 'utf8');
    expect((await evidence('3', () => other)).report.errors[0]?.message).toMatch(/the bundle is about another file/);
    const wrongKey = lab.policy(['one'], {}, [one.pin]);
    expect((await command('verify', lab.at('3'), '--policy', wrongKey)).report.errors[0]?.kind).toBe('wrong-key');
    expect((await lab.verify('3', ['two'])).report.errors[0]?.kind).toBe('not-in-log');
    fs.appendFileSync(lab.manifest('2'), `${'0'.repeat(64)}  more\n`);
    expect(lab.cosignVerify('2').status).not.toBe(0);
    expect((await lab.verify('2', ['one'])).status).toBe(3);
  });
});

describe('one bundle with the entries of Rekor v1 and v2', () => {
  it('comes of one signature, in one run or in two', async () => {
    await lab.makeRelease('6');
    expect((await submit('6', ['one', 'two'])).logs).toMatchObject([{ name: 'one' }, { name: 'two' }]);
    expect(lab.bundle('6').entries.map(({ version }) => version)).toEqual(['0.0.1', '0.0.2']);
    expect(await logsOf('6', ['one', 'two'])).toHaveLength(2);
    // the second one is added to what is there
    expect((await submit('5', ['two'])).logs).toMatchObject([{ name: 'two', action: 'logged' }]);
    expect(await logsOf('5', ['one', 'two'])).toHaveLength(2);
  });

  it('P13 satisfies cosign and sigstore-go, which need no network, and of v1 alone, too', () => {
    for (const release of ['1', '3', '4', '5', '6']) {
      expect(lab.cosignVerify(release), release).toMatchObject({ status: 0 });
      expect(lab.sigstoreGo(release), release).toMatchObject({ status: 0 });
    }
    expect(lab.cosignVerify('6', lab.manifest('5')).status).not.toBe(0);
    expect(lab.sigstoreGo('6', lab.manifest('5')).status).not.toBe(0);
  });

  it("satisfies Sigstore's own library, which counts two logs", () => {
    const root = TrustedRoot.fromJSON(JSON.parse(fs.readFileSync(lab.at('root.json'), 'utf8')));
    const publicKey = createPublicKey(fs.readFileSync(lab.at('rekor.pem.pub')));
    const material = toTrustMaterial(root, () => ({ publicKey, validFor: () => true }));
    const verify =
      (release: string, tlogThreshold: number, manifest = release) =>
      () =>
        new Verifier(material, { ctlogThreshold: 0, timestampThreshold: 1, tlogThreshold }).verify(
          toSignedEntity(
            bundleFromJSON(JSON.parse(fs.readFileSync(lab.bundleFile(release), 'utf8'))),
            fs.readFileSync(lab.manifest(manifest)),
          ),
        );
    expect(verify('1', 1)).not.toThrow();
    expect(verify('1', 2)).toThrow();
    expect(verify('6', 2)).not.toThrow();
    expect(verify('6', 2, '5')).toThrow();
  });
});

describe('what others have written to Rekor v1', () => {
  /** A release whose bundle is made by somebody else, with our key. Right and wrong ways to look at it. */
  async function written(release: string, write: (manifest: string, bundle: string) => Promise<void>): Promise<void> {
    await lab.makeRelease(release);
    await write(lab.manifest(release), lab.bundleFile(release));
    expect(await logsOf(release)).toMatchObject([{ name: 'one', action: 'verified' }]);
    const wrongKey = lab.policy(['one'], {}, [one.pin]);
    expect((await command('verify', lab.at(release), '--policy', wrongKey)).report.errors).toMatchObject([
      { kind: 'wrong-key' },
      { kind: 'not-in-log' },
    ]);
    expect((await lab.verify(release, ['two'])).report.errors).toMatchObject([{ kind: 'not-in-log' }]);
    const other = fs.readFileSync(lab.bundleFile('6'), 'utf8');
    expect((await evidence(release, () => other)).report.errors[0]?.kind).toBe('bad-proof');
    fs.appendFileSync(lab.manifest(release), `${'0'.repeat(64)}  more\n`);
    expect((await lab.verify(release, ['one'])).report.errors.map(({ kind }) => kind)).toContain('bad-proof');
  }

  it.each([
    ['a signing config', (): readonly string[] => ['--signing-config', lab.signingConfig(1, one.url)]],
    ['an address', (): readonly string[] => ['--use-signing-config=false', '--rekor-url', one.url]],
  ])('by cosign with %s is verified by us', async (way, flags) => {
    const release = `cosign-${way.length}`;
    await written(release, async () => {
      const { status, said } = lab.cosignSign(release, flags());
      expect(status, said).toBe(0);
    });
  });

  it('by rekor-cli is verified by us, once it stands in a bundle', async () => {
    await written('cli', async (file, bundle) => {
      const key = createPrivateKey(fs.readFileSync(lab.at('rekor.pem')));
      const manifest = fs.readFileSync(file);
      const signature = sign('sha256', manifest, key);
      fs.writeFileSync(lab.at('cli.sig'), signature);
      const words = ['--type', 'hashedrekord', '--pki-format', 'x509', '--artifact', file, '--signature'];
      const { status, said } = one.cli('upload', ...words, lab.at('cli.sig'), '--public-key', lab.at('rekor.pem.pub'));
      expect([status, said]).toEqual([0, expect.stringContaining('Created entry')]);
      const [uuid] = /[0-9a-f]{80}/.exec(said) ?? [];
      const answer = await fetch(`${one.url}/api/v1/log/entries/${uuid}`);
      const { entry } = parseAnswerV1(new Uint8Array(await answer.arrayBuffer()));
      const { hint } = parseP256Key(lab.signer);
      const digest = createHash('sha256').update(manifest).digest();
      fs.writeFileSync(bundle, formatBundle({ digest, signature, hint, entries: [entry], timestamps: [] }));
    });
  });
});

describe('Rekor v1, held against what stands beside a manifest,', () => {
  /** Releases 8 and another one in a directory. */
  async function besideEach(
    release: string,
    change: (bundle: string) => string = (own) => own,
    asks = 'firstSize=3&',
  ): Promise<Ended> {
    await lab.makeRelease(release);
    const name = lab.bundleFile('3').split('/').at(-1) ?? '';
    fs.writeFileSync(lab.at(release, name), change(fs.readFileSync(lab.bundleFile('3'), 'utf8')));
    const asked: string[] = [];
    const own = await front(one.url, undefined, (_, path) => asked.push(path) === 0);
    const [, , ...words] = lab.submitWords(release, ['one'], { one: own.url });
    const ended = await command('submit', lab.manifest(release), ...words);
    own.close();
    expect(asked.filter((path) => path.startsWith('/api/v1/log/proof?') && path.includes(asks))).toHaveLength(1);
    return ended;
  }

  /** As the log would have signed another tree of this size. */
  function ofOtherTree(bundle: string, size: number): string {
    const text = `${ORIGIN.one} - ${trees[0]}\n${size}\n${Buffer.alloc(32, 7).toString('base64')}\n`;
    const signature = sign('sha256', Buffer.from(text), createPrivateKey(fs.readFileSync(lab.at('one', 'log.pem'))));
    const id = createHash('sha256').update(Buffer.from(one.pin, 'base64')).digest().subarray(0, 4);
    const note = `${text}\n— ${ORIGIN.one} ${Buffer.concat([id, signature]).toString('base64')}\n`;
    return bundle.replace(/"envelope":"[^"]+"/, `"envelope":${JSON.stringify(note)}`);
  }

  it('shows that it still has what it had', async () => {
    expect(await besideEach('7')).toMatchObject({ status: 0, report: { logs: [{ action: 'logged' }] } });
  });

  it('is told of with both checkpoints and its proof where it does not: it has signed another tree with its key', async () => {
    const { status, report } = await besideEach('8', (bundle) => ofOtherTree(bundle, 3));
    expect([status, report.errors[0]?.kind]).toEqual([4, 'log-misbehaved']);
    const tree = `${ORIGIN.one} - ${trees[0]}`;
    expect(report.errors[0]?.evidence?.map((note) => note.split('\n')[0])).toEqual([tree, tree, 'consistency proof']);
    expect(fs.existsSync(lab.bundleFile('8'))).toBe(false);
  });

  it('may have no such tree, which is no evidence: there is a warning, and what it gave is kept', async () => {
    const { status, report } = await besideEach('10', (bundle) => ofOtherTree(bundle, 99), '&lastSize=99&');
    expect([status, report.warnings[0]?.kind]).toEqual([0, 'network']);
    expect(report.warnings[0]?.message).toMatch(/does not show that it still has what it had: it answers 400/);
    expect(fs.existsSync(lab.bundleFile('10'))).toBe(true);
  });
});

describe('Rekor v1 of another day', () => {
  it('P11 refuses a kind of entry, is not asked again, and nothing stays', async () => {
    await one.stop();
    await one.start({ tree: trees[0] ?? '', kinds: ['rekord', 'dsse'] });
    await lab.makeRelease('9');
    const { status, report } = await command(...lab.submitWords('9', ['one']));
    expect(status).toBe(2);
    expect(report.errors).toMatchObject([
      {
        kind: 'usage',
        message:
          'the log "one" refuses the entry: it answers 400, ' +
          `"error processing entry: entry kind 'hashedrekord' is not enabled for submission on this server"`,
        hint: expect.stringContaining('"version"'),
      },
    ]);
    expect(fs.readdirSync(lab.at('9')).filter((name) => /sigstore|submission/.test(name))).toEqual([]);
  });

  it('has a second tree, whose indices go on where the first one ends', async () => {
    await one.stop();
    await one.start({ earlier: trees });
    trees.push(await one.tree());
    expect(new Set(trees).size).toBe(2);
    const { logs } = await submit('9');
    const [entry] = lab.bundle('9').entries;
    expect(entry?.inclusionProof).toMatchObject({ logIndex: 0, treeSize: 1 });
    expect(entry?.logIndex).toBeGreaterThan(8);
    expect(logs).toMatchObject([{ index: entry?.logIndex, tree_size: 1 }]);
    expect(checkpoint('9')).toContain(`${ORIGIN.one} - ${trees[1]}\n1\n`);
    await logsOf('9');
  });

  it('P13 keeps what the first tree has: old proofs are good, and the index in the tree is not that of the log', async () => {
    await logsOf('3');
    for (const release of ['3', '9']) {
      expect(lab.cosignVerify(release), release).toMatchObject({ status: 0 });
      expect(lab.sigstoreGo(release), release).toMatchObject({ status: 0 });
      const uuid = await uuidOf(release);
      expect(one.cli('verify', '--uuid', uuid), release).toMatchObject({ status: 0 });
    }
    const index = lab.bundle('9').entries[0]?.logIndex;
    const moved = await evidence('9', (own) => own.replace(`"logIndex":"${index}"}]`, '"logIndex":"0"}]'));
    expect(moved.report.errors[0]?.kind).toBe('bad-signature');
  });

  it('P10 finds an entry in the first tree, which takes no more, and has no second one', async () => {
    const size = async () => ((await (await fetch(`${one.url}/api/v1/log`)).json()) as { treeSize: number }).treeSize;
    expect(await size()).toBe(1);
    const [earlier] = lab.bundle('4').entries;
    fs.rmSync(lab.bundleFile('4'));
    fs.writeFileSync(`${lab.manifest('4')}.submission.json`, prepared);
    expect((await submit('4')).logs).toMatchObject([{ index: 3, action: 'logged' }]);
    expect(lab.bundle('4').entries[0]?.signedEntryTimestamp).toBeDefined();
    expect(lab.bundle('4').entries[0]?.body).toEqual(earlier?.body);
    expect(checkpoint('4')).toContain(`${ORIGIN.one} - ${trees[0]}\n`);
    expect(await size()).toBe(1);
  });
});
