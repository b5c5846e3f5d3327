// SPDX-License-Identifier: Apache-2.0
/** A real Sigsum log with two real witnesses, and Sigsum's own programs: what we write they read, and the other way round. */
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import type { Report } from '../../src/core/report.ts';
import { SIGSUM_POLICIES } from '../../src/core/sigsum-policies.ts';
import { parseSigsumPolicy } from '../../src/core/sigsum-policy.ts';
import { verifySigsumProof } from '../../src/core/sigsum-verify.ts';
import { exportPublic, exportSecretSubkeys, type Gpg, type MadeKey, makeKey, openGpg } from '../gpg.ts';
import { otherDigit } from '../logs/fake-sigsum.ts';
import { run } from './programs.ts';
import { front } from './rekor-lab.ts';
import { openSigsum, otherVerifiers, type SigsumLab, type SigsumPrograms, sigsumPrograms } from './sigsum.ts';

const EXECUTABLE = path.resolve('src/bin.ts');

let work = '';
let gpg: Gpg;
let key: MadeKey;
let programs: SigsumPrograms;
let lab: SigsumLab;
let verifiers: readonly string[] = [];

const at = (...parts: readonly string[]) => path.join(work, ...parts);
const manifestOf = (release: string) => at(release, `nova-${release}.SHA256SUMS`);
const proofOf = (release: string) => `${manifestOf(release)}.proof`;
const pendingOf = (release: string) => `${manifestOf(release)}.submission.json`;

/** Runs the program as people do; not in this thread, where a proxy may have to answer it. */
async function command(
  ...words: readonly string[]
): Promise<{ readonly status: number | null; readonly report: Report }> {
  const child = spawn(process.execPath, [EXECUTABLE, ...words, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (stdout === '') throw new Error(stderr);
  return { status, report: JSON.parse(stdout) as Report };
}
async function done(...words: readonly string[]): Promise<Report> {
  const { status, report } = await command(...words);
  expect(report.errors, words.join(' ')).toEqual([]);
  expect(status).toBe(0);
  return report;
}

async function makeRelease(release: string): Promise<void> {
  fs.mkdirSync(at(release));
  fs.writeFileSync(at(release, `nova-${release}.tar.gz`), `some bytes of ${release}`);
  await done('sign', at(release), '--key-file', at('key.asc'), '--sums', '--project', 'nova', '--release', release);
}

/** A trust policy, with the log at its own address or at another one. */
function policy(name = 'policy', url = lab.url): string {
  fs.writeFileSync(at(`${name}.sigsum`), fs.readFileSync(lab.policy, 'utf8').replace(`${lab.url}\n`, `${url}\n`));
  const certificates = [{ file: 'certificate.asc', fingerprint: key.primary }];
  const signers = [lab.hexOf(at('submit.key.pub'))];
  const logs = [{ name: 'sigsum', kind: 'sigsum', policy_file: `${name}.sigsum`, signers }];
  const require = { logs: { at_least: 1 } };
  const file = at(`${name}.yaml`);
  fs.writeFileSync(file, JSON.stringify({ schema: 'artifact-signing.policy/v1', certificates, logs, require }));
  return file;
}

const submitWords = (release: string, file: string, deadline: string) => [
  ...['submit', at(release), '--log', 'sigsum', '--log-key', at('submit.key'), '--policy', file],
  ...['--project', 'opendev.org/openstack/nova', '--release', release, '--log-deadline', deadline],
];
const submit = async (release: string, file = policy(), deadline = '30') =>
  command(...submitWords(release, file, deadline));
async function submitted(release: string, file = policy()): Promise<Report> {
  const { status, report } = await submit(release, file);
  expect(report.errors).toEqual([]);
  expect(status).toBe(0);
  return report;
}

/** What sigsum-verify says of the proof of a manifest. */
const foreign = (verifier: string, manifest: string, proof: string): boolean =>
  spawnSync(verifier, ['-k', at('submit.key.pub'), '-p', lab.policy, proof], { input: fs.readFileSync(manifest) })
    .status === 0;
const ours = async (release: string): Promise<number | null> =>
  (await command('verify', at(release), '--policy', policy())).status;

beforeAll(async () => {
  work = fs.mkdtempSync('/tmp/sigsum-');
  programs = sigsumPrograms();
  verifiers = [programs.tools, ...otherVerifiers()].map((directory) => path.join(directory, 'sigsum-verify'));
  lab = await openSigsum(programs, at('log'));
  gpg = await openGpg();
  key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }], userId: 'R <r@example.org>' });
  fs.writeFileSync(at('key.asc'), await exportSecretSubkeys(gpg, key.primary), { mode: 0o600 });
  fs.writeFileSync(at('certificate.asc'), await exportPublic(gpg, key.primary));
  const made = await done('key', 'generate-log-key', '--for', 'sigsum', '--out', at('submit.key'));
  expect(made.detail?.['public_key']).toBe(lab.hexOf(at('submit.key.pub')));
});
afterAll(async () => {
  await lab?.close();
  await gpg?.close();
  fs.rmSync(work, { recursive: true, force: true });
});

// One log grows through all of these, in their order.
describe('a real Sigsum log', () => {
  it('takes the manifest, and both witnesses vouch', async () => {
    await makeRelease('1');
    const report = await submitted('1');
    expect(report.logs).toMatchObject([
      { kind: 'sigsum', action: 'logged', index: 0, tree_size: 1, witnesses: [{ name: 'w1' }, { name: 'w2' }] },
    ]);
    expect(report.warnings).toEqual([]);
    expect(fs.existsSync(pendingOf('1'))).toBe(false);
    expect(await ours('1')).toBe(0);
  });

  it('P10 has one leaf of a manifest, however often it is submitted', async () => {
    await makeRelease('2');
    expect((await submitted('2')).logs).toMatchObject([{ action: 'logged', index: 1 }]);
    expect((await submitted('2')).logs).toMatchObject([{ action: 'kept', index: 1 }]);
    fs.rmSync(proofOf('2'));
    expect((await submitted('2')).logs).toMatchObject([{ action: 'logged', index: 1, tree_size: 2 }]);
  });

  it.each(['add-leaf', 'get-tree-head', 'get-inclusion-proof'])(
    'is asked again where a reply to %s is lost',
    async (endpoint) => {
      const release = `3-${endpoint}`;
      let lost = 0;
      const proxy = http.createServer((request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          const body = Buffer.concat(parts);
          const sent = fetch(`${lab.url}${request.url}`, {
            method: request.method ?? 'GET',
            ...(body.length > 0 && { body }),
          });
          void sent.then(async (answer) => {
            const text = await answer.text();
            if (
              lost === 0 &&
              request.url?.startsWith(`/${endpoint}`) === true &&
              (answer.ok || endpoint !== 'add-leaf')
            ) {
              lost += 1;
              response.destroy();
            } else response.writeHead(answer.status).end(text);
          });
        });
      });
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      await makeRelease(release);
      const before = size();
      const report = await submitted(release, policy('proxy', url));
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      expect(lost).toBe(1);
      expect(report.logs).toMatchObject([{ action: 'logged', index: before }]);
      expect(await treeSize()).toBe(before + 1);
      expect(await ours(release)).toBe(0);
    },
  );

  /** Of the last proof. */
  const size = () =>
    Math.max(
      ...['1', '2', ...fs.readdirSync(work).filter((name) => name.startsWith('3-'))]
        .filter((release) => fs.existsSync(proofOf(release)))
        .map((release) => Number(/^size=(\d+)$/m.exec(fs.readFileSync(proofOf(release), 'utf8'))?.[1])),
    );
  const treeSize = async () =>
    Number(/^size=(\d+)$/m.exec(await (await fetch(`${lab.url}/get-tree-head`)).text())?.[1]);

  it('leaves a submission pending while a witness is stopped, and finishes it without the key', async () => {
    const [, stopped] = lab.witnesses;
    await stopped?.stop();
    await makeRelease('4');
    const before = size();
    const { status, report } = await submit('4', policy(), '6');
    expect([status, report.status]).toEqual([1, 'pending']);
    expect([fs.existsSync(proofOf('4')), fs.existsSync(pendingOf('4'))]).toEqual([false, true]);
    expect(await ours('4')).toBe(1);
    await stopped?.start();
    const words = ['submit', at('4'), '--resume', '--policy', policy(), '--log-deadline', '60'];
    expect((await done(...words)).logs).toMatchObject([
      { action: 'logged', index: before, witnesses: [{ name: 'w1' }, { name: 'w2' }] },
    ]);
    expect(await treeSize()).toBe(before + 1);
    expect(fs.existsSync(pendingOf('4'))).toBe(false);
    expect(await ours('4')).toBe(0);
  });

  it.each<readonly [what: string, says: RegExp, change: (request: string) => string]>([
    ['whose signature is wrong', /refuses the submission \(403\)/, (text) => otherDigit(text, /^signature=/m)],
    [
      'without a signature',
      /does not understand the submission \(400\)/,
      (text) => text.replace(/^signature=.*\n/m, ''),
    ],
  ])('P11 refuses a request %s, is not asked again, and nothing stays', async (what, says, change) => {
    const release = `refused-${what.length}`;
    await makeRelease(release);
    const before = await treeSize();
    let posted = 0;
    const mangling = await front(lab.url, (body) => {
      posted += 1;
      return Buffer.from(change(body.toString()));
    });
    const { status, report } = await submit(release, policy('mangling', mangling.url));
    mangling.close();
    expect([status, report.errors[0]?.kind, posted]).toEqual([2, 'usage', 1]);
    expect(report.errors[0]?.message).toMatch(says);
    expect([proofOf(release), pendingOf(release)].filter((file) => fs.existsSync(file))).toEqual([]);
    expect(await treeSize()).toBe(before);
  });
});

describe('sigsum-verify', () => {
  it('believes what we have written, in every version', () => {
    expect(verifiers.length).toBeGreaterThan(2);
    for (const verifier of verifiers)
      for (const release of ['1', '2', '3-add-leaf', '4'])
        expect(foreign(verifier, manifestOf(release), proofOf(release)), `${verifier} ${release}`).toBe(true);
  });

  it.each<readonly [string, (text: string) => string]>([
    ['a cosignature less', (text) => text.replace(/cosignature=.*\n/, '')],
    ['a cosignature that is changed', (text) => otherDigit(text, /cosignature=\S+ \d+ /)],
    ['another time of a cosignature', (text) => text.replace(/(cosignature=\S+ )\d+/, '$11700000000')],
    ['another size', (text) => text.replace(/^size=.*/m, 'size=7')],
    ['another root', (text) => otherDigit(text, /^root_hash=/)],
    ['another signature of the log', (text) => otherDigit(text, /^signature=/)],
    ['another log', (text) => otherDigit(text, /^log=/)],
    ['another submitter', (text) => otherDigit(text, /^leaf=/)],
    ['another signature of the leaf', (text) => otherDigit(text, /^leaf=\S+ /)],
    ['another index', (text) => text.replace('leaf_index=1', 'leaf_index=0')],
    ['another hash', (text) => otherDigit(text, /node_hash=/)],
    ['a hash more', (text) => text.replace(/(node_hash=.*\n)/, '$1$1')],
    ['no inclusion proof', (text) => text.slice(0, text.lastIndexOf('\n\n') + 1)],
    ['its end cut off', (text) => text.slice(0, -5)],
    ['another version', (text) => text.replace('version=2', 'version=3')],
  ])('refuses a proof with %s, as we do', async (_, change) => {
    const [kept, manifest] = [fs.readFileSync(proofOf('2'), 'utf8'), fs.readFileSync(manifestOf('2'))];
    const [signer, changed] = [Buffer.from(lab.hexOf(at('submit.key.pub')), 'hex'), at('changed.proof')];
    const trust = { policy: parseSigsumPolicy(fs.readFileSync(lab.policy)), signers: [signer] };
    const verdicts = (text: string) => {
      fs.writeFileSync(changed, text);
      return verifiers.map((verifier) => foreign(verifier, manifestOf('2'), changed));
    };
    expect(change(kept)).not.toBe(kept);
    expect([...new Set(verdicts(kept))]).toEqual([true]);
    verifySigsumProof(Buffer.from(kept), manifest, trust, new Date());
    expect([...new Set(verdicts(change(kept)))]).toEqual([false]);
    expect(() => verifySigsumProof(Buffer.from(change(kept)), manifest, trust, new Date())).toThrow(Fault);
  });

  it('refuses the proof of another manifest, as we do', async () => {
    for (const verifier of verifiers) expect(foreign(verifier, manifestOf('1'), proofOf('2'))).toBe(false);
    fs.renameSync(proofOf('1'), at('kept'));
    fs.copyFileSync(proofOf('2'), proofOf('1'));
    expect(await ours('1')).toBe(3);
    fs.renameSync(at('kept'), proofOf('1'));
  });
});

describe('sigsum-submit', () => {
  it('gives a proof, by our key, that we believe', async () => {
    await makeRelease('5');
    const words = [
      '--diagnostics',
      'warning',
      '--timeout',
      '60s',
      '-k',
      at('submit.key'),
      '-p',
      lab.policy,
      manifestOf('5'),
    ];
    run(path.join(programs.tools, 'sigsum-submit'), words);
    expect((await done('verify', at('5'), '--policy', policy())).logs).toMatchObject([
      { kind: 'sigsum', name: 'sigsum', witnesses: [{ name: 'w1' }, { name: 'w2' }] },
    ]);
    expect((await submitted('5')).logs).toMatchObject([{ action: 'kept' }]);
  });

  it('leaves the proof that we have written, as one that is good', () => {
    const before = fs.readFileSync(proofOf('2'), 'utf8');
    const words = ['--diagnostics', 'warning', '-k', at('submit.key'), '-p', lab.policy, manifestOf('2')];
    run(path.join(programs.tools, 'sigsum-submit'), words);
    expect(fs.readFileSync(proofOf('2'), 'utf8')).toBe(before);
  });
});

describe('sigsum-token', () => {
  /** What `submit` tells a log of who it is, heard by one that wants nothing: others ask DNS for the key, which nobody here answers. */
  async function tokenSent(): Promise<string> {
    let header = '';
    const listening = http.createServer((request, response) => {
      header = String(request.headers['sigsum-token']);
      response.writeHead(403).end();
    });
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
    const file = policy('token', `http://127.0.0.1:${(listening.address() as AddressInfo).port}`);
    const who = ['--token-domain', 'example.org', '--token-key', at('token.key')];
    const { status } = await command(...submitWords('token', file, '30'), ...who);
    listening.closeAllConnections();
    listening.close();
    expect(status).toBe(2);
    return header;
  }

  it('takes the token that we send, and none that is changed, of another log or by another key', async () => {
    await done('key', 'generate-log-key', '--for', 'sigsum', '--out', at('token.key'));
    await makeRelease('token');
    const [domain, token = ''] = (await tokenSent()).split(' ');
    expect(domain).toBe('example.org');
    const takes = (input: string, key = at('token.key.pub'), log = at('log', 'log.key.pub')) =>
      spawnSync(path.join(programs.tools, 'sigsum-token'), ['verify', '-k', key, '-l', log], { input }).status === 0;
    expect(takes(token)).toBe(true);
    expect(takes(otherDigit(token, /^/))).toBe(false);
    expect(takes(token, at('submit.key.pub'))).toBe(false);
    expect(takes(token, at('token.key.pub'), at('log', 'w1.key.pub'))).toBe(false);
  });
});

describe('sigsum-policy', () => {
  it('shows the policies that are built in, byte for byte', () => {
    const tool = path.join(programs.tools, 'sigsum-policy');
    const names = run(tool, ['list']).trim().split('\n');
    for (const [name, text] of Object.entries(SIGSUM_POLICIES)) {
      expect(names).toContain(name);
      expect(run(tool, ['show', name])).toBe(text);
    }
  });
});
