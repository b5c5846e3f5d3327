// SPDX-License-Identifier: Apache-2.0
/**
 * A real Rekor v2, from the first entry to the foreign verifiers that take what we wrote, and refuse what we refuse: cosign and the
 * verifier of sigstore-go, from Debian, each without a network.
 */
import fs from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { command, done, front, lossyFront, openRekorLab, type RekorLab } from './rekor-lab.ts';
import { buildRekorTiles, openRekorTiles, type RekorTiles } from './rekor-tiles.ts';

const ORIGIN = 'rekor-2.example.org';

let lab: RekorLab;
let log: RekorTiles;

const submitWords = (release: string, url = log.url) => lab.submitWords(release, ['two'], { two: url });
const verified = async (release: string) => done('verify', lab.at(release), '--policy', lab.policy(['two']));

beforeAll(async () => {
  lab = await openRekorLab(() => [{ ...log, name: 'two', version: 2 }]);
  log = await openRekorTiles(buildRekorTiles(), lab.at('two'), ORIGIN);
  lab.trustedRoot();
});
afterAll(async () => {
  await log?.close();
  await lab?.close();
});

// The log grows through all of these, in their order.
describe('Rekor v2', () => {
  it('takes manifests, and verify demands it', async () => {
    for (const [index, release] of ['1', '2', '3'].entries()) {
      await lab.makeRelease(release);
      expect((await done(...submitWords(release))).logs).toMatchObject([
        { name: 'two', origin: ORIGIN, index, action: 'logged' },
      ]);
      expect((await verified(release)).logs).toMatchObject([{ name: 'two', index }]);
    }
  });

  it('P10 has the entry once: a proof that is lost is made anew from the tiles, with the signature that was kept', async () => {
    await lab.makeRelease('4');
    const lossy = await lossyFront(log.url);
    const { status, report } = await command(...submitWords('4', lossy.url));
    expect(report.errors).toEqual([]);
    expect([status, lossy.lost()]).toEqual([0, 1]);
    expect(report.logs).toMatchObject([{ index: 3, action: 'logged' }]);
    lossy.close();
    await verified('4');
    await lab.makeRelease('5');
    expect((await done(...submitWords('5'))).logs).toMatchObject([{ index: 4 }]);
  });

  it('satisfies cosign, which needs no network', () => {
    for (const release of ['1', '2', '3', '4', '5'])
      expect(lab.cosignVerify(release), release).toMatchObject({
        status: 0,
        said: expect.stringContaining('Verified OK'),
      });
    expect(lab.cosignVerify('1', lab.manifest('2')).status).not.toBe(0);
  });

  it('P13 tells no time, which the verifier of sigstore-go asks for and cosign does not', () => {
    const { status, said } = lab.sigstoreGo('1');
    expect(status).not.toBe(0);
    expect(said).toMatch(/threshold not met for verified signed & log entry integrated timestamps/);
  });

  it.each<readonly [string, (text: string) => string]>([
    ['another index', (text) => text.replaceAll('"logIndex":"1"', '"logIndex":"0"')],
    ['the proof of another', (text) => text.replace(/"hashes":\[[^\]]*\]/, '"hashes":[]')],
    ['no entry', (text) => text.replace(/"tlogEntries":\[.*\]/, '"tlogEntries":[]')],
  ])('is refused by cosign and by us with %s', async (_, change) => {
    const own = fs.readFileSync(lab.bundleFile('2'), 'utf8');
    fs.writeFileSync(lab.bundleFile('2'), change(own));
    expect(lab.cosignVerify('2').status).not.toBe(0);
    expect((await lab.verify('2', ['two'])).status).toBe(3);
    fs.writeFileSync(lab.bundleFile('2'), own);
    expect(lab.cosignVerify('2').status).toBe(0);
  });

  it('is refused by us with another root, which cosign does not look at', async () => {
    const own = fs.readFileSync(lab.bundleFile('2'), 'utf8');
    const root = `"rootHash":"${Buffer.alloc(32).toString('base64')}"`;
    fs.writeFileSync(lab.bundleFile('2'), own.replace(/"rootHash":"[^"]+"/, root));
    expect([lab.cosignVerify('2').status, (await lab.verify('2', ['two'])).status]).toEqual([0, 3]);
    fs.writeFileSync(lab.bundleFile('2'), own);
  });

  it('P11 refuses an entry of which it says why not, and nothing of it stays', async () => {
    await lab.makeRelease('6');
    const mangling = await front(log.url, (body) => Buffer.from(body.toString().replace('"digest":"', '"digest":"AA')));
    const { status, report } = await command(...submitWords('6', mangling.url));
    mangling.close();
    expect([status, report.errors[0]?.kind]).toEqual([2, 'usage']);
    expect(report.errors[0]?.message).toMatch(/^the log "two" refuses the entry: it answers 400, /);
    expect(fs.readdirSync(lab.at('6')).filter((name) => /sigstore|submission/.test(name))).toEqual([]);
  });

  it('is frozen one day, and says so; what it has stays good', async () => {
    await log.stop();
    await log.start(true);
    const { status, report } = await command(...submitWords('6'));
    expect([status, report.errors[0]?.message]).toEqual([2, 'the log "two" is frozen: it takes no more entries']);
    await verified('5');
    expect(lab.cosignVerify('5').status).toBe(0);
  });

  it('is not there one day: the submission stays, and what it has stays good', async () => {
    await log.stop();
    const words = submitWords('6').map((word) => (word === '60' ? '3' : word));
    const { status, report } = await command(...words);
    expect([status, report.status]).toEqual([1, 'pending']);
    await verified('4');
    const resume = ['submit', lab.at('6'), '--resume', '--policy', lab.policy(['two'])];
    const again = await command(...resume, '--log-deadline', '3');
    expect([again.status, again.report.status]).toEqual([1, 'pending']);
    const pending = `${lab.manifest('6')}.submission.json`;
    expect(fs.existsSync(pending)).toBe(true);
    await log.start();
    // without the key: the request was signed when it was prepared
    expect((await done(...resume, '--log-deadline', '60')).logs).toMatchObject([{ index: 5, action: 'logged' }]);
    expect(fs.existsSync(pending)).toBe(false);
    expect((await done(...submitWords('6'))).logs).toMatchObject([{ index: 5, action: 'kept' }]);
    expect(lab.bundle('6').entries).toHaveLength(1);
    await verified('6');
  });

  it('P11 may take longer than 20 seconds to answer, and is asked once', async () => {
    await lab.makeRelease('7');
    let asked = 0;
    const slow = await front(log.url, undefined, async () => {
      asked += 1;
      await setTimeout(21_000);
      return false;
    });
    expect((await done(...submitWords('7', slow.url))).logs).toMatchObject([{ index: 6, action: 'logged' }]);
    slow.close();
    expect(asked).toBe(1);
  });

  it('has what cosign has written, which we verify, and refuse beside another manifest', async () => {
    await lab.makeRelease('8');
    const { status, said } = lab.cosignSign('8', ['--signing-config', lab.signingConfig(2, log.url)]);
    expect(status, said).toBe(0);
    expect((await verified('8')).logs).toMatchObject([{ name: 'two', origin: ORIGIN, index: 7 }]);
    fs.copyFileSync(lab.bundleFile('7'), lab.bundleFile('8'));
    expect((await lab.verify('8', ['two'])).report.errors[0]?.kind).toBe('bad-proof');
  });
});
