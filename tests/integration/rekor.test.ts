// SPDX-License-Identifier: Apache-2.0
/**
 * Real Rekor logs, from the first entry to the foreign verifiers that take what we wrote, and refuse what we refuse: cosign and the
 * verifier of sigstore-go, from Debian, each without a network.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { parseBundle } from '../../src/core/sigstore-bundle.ts';
import { exportPublic, exportSecretSubkeys, type Gpg, type MadeKey, makeKey, openGpg } from '../gpg.ts';
import { debianPrograms } from './debian.ts';
import { run } from './litewitness.ts';
import { buildRekorTiles, openRekorTiles, type RekorTiles } from './rekor-tiles.ts';

const ORIGIN = 'rekor-2.example.org';
const EXECUTABLE = path.resolve('src/bin.ts');

let work = '';
let gpg: Gpg;
let key: MadeKey;
let signer = '';
let log: RekorTiles;
let foreign = '';

const at = (...parts: readonly string[]) => path.join(work, ...parts);
const manifest = (release: string) => at(release, `nova-${release}.SHA256SUMS`);
const bundleFile = (release: string) => `${manifest(release)}.sigstore.json`;
const bundle = (release: string) => parseBundle(fs.readFileSync(bundleFile(release)));

interface Ended {
  readonly status: number | null;
  readonly report: Report;
}
/** Runs the program as people do. */
function command(...words: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [EXECUTABLE, ...words, '--json'], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return { status, report: JSON.parse(stdout) as Report };
}
/** The same beside a server of this process. */
async function commandBeside(...words: readonly string[]): Promise<Ended> {
  const { execa } = await import('execa');
  const { exitCode = null, stdout } = await execa(process.execPath, [EXECUTABLE, ...words, '--json'], {
    reject: false,
  });
  return { status: exitCode, report: JSON.parse(stdout) as Report };
}
function done(...words: readonly string[]): Report {
  const { status, report } = command(...words);
  expect(report.errors, words.join(' ')).toEqual([]);
  expect(status).toBe(0);
  return report;
}

function makeRelease(release: string): void {
  fs.mkdirSync(at(release));
  fs.writeFileSync(at(release, `nova-${release}.tar.gz`), `some bytes of ${release}`);
  done('sign', at(release), '--key-file', at('key.asc'), '--sums', '--project', 'nova', '--release', release);
}

/** The file of a policy that demands the log, at an address of its own if need be. */
function policy(url = log.url): string {
  const file = at('policy.json');
  const own = { name: 'two', kind: 'rekor', version: 2, url, read_url: log.readUrl, origin: ORIGIN };
  const document = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: 'certificate.asc', fingerprint: key.primary }],
    logs: [{ ...own, keys: [log.pin], signers: [signer] }],
    require: { logs: { at_least: 1 } },
  };
  fs.writeFileSync(file, JSON.stringify(document));
  return file;
}

const submitWords = (release: string, url?: string) => [
  ...['submit', at(release), '--log', 'two', '--log-key', at('rekor.pem'), '--policy', policy(url)],
  ...['--project', 'opendev.org/openstack/nova', '--release', release, '--log-deadline', '60'],
];

beforeAll(async () => {
  work = fs.mkdtempSync('/tmp/rekor-');
  gpg = await openGpg();
  key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }], userId: 'R <r@example.org>' });
  fs.writeFileSync(at('key.asc'), await exportSecretSubkeys(gpg, key.primary), { mode: 0o600 });
  fs.writeFileSync(at('certificate.asc'), await exportPublic(gpg, key.primary));
  const made = done('key', 'generate-log-key', '--for', 'rekor', '--out', at('rekor.pem'));
  signer = String(made.detail?.['public_key']);
  foreign = path.join(debianPrograms(['sid'], ['cosign', 'sigstore-go']), 'usr/bin');
  log = await openRekorTiles(buildRekorTiles(), at('two'), ORIGIN);
  // the "url" is the name of the log, and not where it is served
  run(path.join(foreign, 'cosign'), [
    ...['trusted-root', 'create', '--out', at('root.json')],
    `--rekor=url=https://${ORIGIN},public-key=${log.publicKey},start-time=2024-01-01T00:00:00Z,origin=${ORIGIN}`,
  ]);
});
afterAll(async () => {
  await log?.close();
  await gpg?.close();
  fs.rmSync(work, { recursive: true, force: true });
});

/** In a network namespace of its own, where there is nobody. */
function offline(program: string, args: readonly string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(
    'unshare',
    ['--map-root-user', '--net', path.join(foreign, program), ...args],
    { encoding: 'utf8', env: { ...process.env, HOME: work } },
  );
  return { status, said: stdout + stderr };
}
const cosign = (release: string, file = manifest(release)) =>
  offline('cosign', [
    ...['verify-blob', '--key', at('rekor.pem.pub'), '--bundle', bundleFile(release)],
    ...['--trusted-root', at('root.json'), file],
  ]);
const sigstoreGo = (release: string) =>
  offline('sigstore-go-verification', [
    ...['-publicKey', at('rekor.pem.pub'), '-trustedrootJSONpath', at('root.json'), '-requireCTlog=false'],
    ...['-artifact', manifest(release), bundleFile(release)],
  ]);

// The log grows through all of these, in their order.
describe('Rekor v2', () => {
  it('takes manifests, and verify demands it', () => {
    for (const [index, release] of ['1', '2', '3'].entries()) {
      makeRelease(release);
      expect(done(...submitWords(release)).logs).toMatchObject([
        { name: 'two', origin: ORIGIN, index, action: 'logged' },
      ]);
      expect(done('verify', at(release), '--policy', policy()).logs).toMatchObject([{ name: 'two', index }]);
    }
  });

  it('P10 has the entry once: a proof that is lost is made anew from the tiles, with the signature that was kept', async () => {
    makeRelease('4');
    const lossy = await lossyFront(log.url);
    const { status, report } = await commandBeside(...submitWords('4', lossy.url));
    expect(report.errors).toEqual([]);
    expect([status, lossy.lost()]).toEqual([0, 1]);
    expect(report.logs).toMatchObject([{ index: 3, action: 'logged' }]);
    lossy.close();
    done('verify', at('4'), '--policy', policy());
    makeRelease('5');
    expect(done(...submitWords('5')).logs).toMatchObject([{ index: 4 }]);
  });

  it('satisfies cosign, which needs no network', () => {
    for (const release of ['1', '2', '3', '4', '5'])
      expect(cosign(release), release).toMatchObject({ status: 0, said: expect.stringContaining('Verified OK') });
    expect(cosign('1', manifest('2')).status).not.toBe(0);
  });

  it('P13 tells no time, which the verifier of sigstore-go asks for and cosign does not', () => {
    const { status, said } = sigstoreGo('1');
    expect(status).not.toBe(0);
    expect(said).toMatch(/threshold not met for verified signed & log entry integrated timestamps/);
  });

  it.each<readonly [string, (text: string) => string]>([
    ['another index', (text) => text.replaceAll('"logIndex":"1"', '"logIndex":"0"')],
    ['the proof of another', (text) => text.replace(/"hashes":\[[^\]]*\]/, '"hashes":[]')],
    ['no entry', (text) => text.replace(/"tlogEntries":\[.*\]/, '"tlogEntries":[]')],
  ])('is refused by cosign and by us with %s', (_, change) => {
    const own = fs.readFileSync(bundleFile('2'), 'utf8');
    fs.writeFileSync(bundleFile('2'), change(own));
    expect(cosign('2').status).not.toBe(0);
    expect(command('verify', at('2'), '--policy', policy()).status).toBe(3);
    fs.writeFileSync(bundleFile('2'), own);
    expect(cosign('2').status).toBe(0);
  });

  it('is refused by us with another root, which cosign does not look at', () => {
    const own = fs.readFileSync(bundleFile('2'), 'utf8');
    const root = `"rootHash":"${Buffer.alloc(32).toString('base64')}"`;
    fs.writeFileSync(bundleFile('2'), own.replace(/"rootHash":"[^"]+"/, root));
    expect([cosign('2').status, command('verify', at('2'), '--policy', policy()).status]).toEqual([0, 3]);
    fs.writeFileSync(bundleFile('2'), own);
  });

  it('P11 refuses an entry of which it says why not, and nothing of it stays', async () => {
    makeRelease('6');
    const mangling = await front(log.url, (body) => Buffer.from(body.toString().replace('"digest":"', '"digest":"AA')));
    const { status, report } = await commandBeside(...submitWords('6', mangling.url));
    mangling.close();
    expect([status, report.errors[0]?.kind]).toEqual([2, 'usage']);
    expect(report.errors[0]?.message).toMatch(/^the log "two" refuses the entry: it answers 400, /);
    expect(fs.readdirSync(at('6')).filter((name) => /sigstore|submission/.test(name))).toEqual([]);
  });

  it('is frozen one day, and says so; what it has stays good', async () => {
    await log.stop();
    await log.start(true);
    const { status, report } = command(...submitWords('6'));
    expect([status, report.errors[0]?.message]).toEqual([2, 'the log "two" is frozen: it takes no more entries']);
    done('verify', at('5'), '--policy', policy());
    expect(cosign('5').status).toBe(0);
  });

  it('is not there one day: the submission stays, and what it has stays good', async () => {
    await log.stop();
    const words = submitWords('6').map((word) => (word === '60' ? '3' : word));
    const { status, report } = command(...words);
    expect([status, report.status]).toEqual([1, 'pending']);
    done('verify', at('4'), '--policy', policy());
    await log.start();
    expect(done(...submitWords('6')).logs).toMatchObject([{ index: 5, action: 'logged' }]);
    expect(bundle('6').entries).toHaveLength(1);
  });
});

interface Front {
  readonly url: string;
  close(): void;
}

/** Stands before a log and changes what is posted. */
async function front(url: string, change: (body: Buffer) => Buffer, lose: () => boolean = () => false): Promise<Front> {
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = await fetch(`${url}${request.url}`, {
      method: request.method ?? 'GET',
      body: change(Buffer.concat(parts)),
      headers: { 'content-type': 'application/json' },
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (lose()) return void request.socket.destroy();
    const index = answer.headers.get('x-log-index');
    response.writeHead(answer.status, index === null ? {} : { 'x-log-index': index }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Loses the first answer, after the log has taken the entry. */
async function lossyFront(url: string): Promise<Front & { lost(): number }> {
  let lost = 0;
  const own = await front(
    url,
    (body) => body,
    () => {
      lost += 1;
      return lost === 1;
    },
  );
  return { ...own, lost: () => Math.min(lost, 1) };
}
