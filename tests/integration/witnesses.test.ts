// SPDX-License-Identifier: Apache-2.0
/** The tile log with two real witnesses, from the first entry to the foreign reader that verifies the cosigned proof. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { parseTlogProof } from '../../src/core/tlog-proof.ts';
import { exportPublic, exportSecretSubkeys, type Gpg, type MadeKey, makeKey, openGpg } from '../gpg.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import { buildLitewitness, type Litewitness, openLitewitness, seenSize } from './litewitness.ts';
import { runGo } from './programs.ts';

const ORIGIN = 'tarballs.example.org/log';
const EXECUTABLE = path.resolve('src/bin.ts');

let work = '';
let gpg: Gpg;
let key: MadeKey;
let log: { readonly origin: string; readonly vkey: string };
let north: Litewitness;
let south: Litewitness;

const at = (...parts: readonly string[]) => path.join(work, ...parts);
const proofOf = (release: string) => at(release, `nova-${release}.SHA256SUMS.tlog-proof`);
const pendingOf = (release: string) => at(release, `nova-${release}.SHA256SUMS.submission.json`);
const entries = () => readLog(directoryGet(at('log')), log.vkey).entries;

/** Runs the program as people do. */
function command(...words: readonly string[]): { readonly status: number | null; readonly report: Report } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [EXECUTABLE, ...words, '--json'], {
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(stderr);
  return { status, report: JSON.parse(stdout) as Report };
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

function policy(quorum: number): string {
  const witnesses = [
    { name: 'north', key: north.vkey, url: north.url },
    { name: 'south', key: south.vkey, url: `${south.url}/` },
  ];
  const file = at(`policy-${quorum}.yaml`);
  const certificates = [{ file: 'certificate.asc', fingerprint: key.primary }];
  const logs = [{ name: 'tarballs', kind: 'tiles', origin: ORIGIN, keys: [log.vkey], witnesses, quorum }];
  const require = { logs: { at_least: 1 } };
  fs.writeFileSync(file, JSON.stringify({ schema: 'artifact-signing.policy/v1', certificates, logs, require }));
  return file;
}

const submit = (release: string, quorum: number) =>
  command(
    ...['submit', at(release), '--log', `tiles:${at('log')}`, '--log-key', at('log.pem'), '--policy', policy(quorum)],
    ...['--project', 'opendev.org/openstack/nova', '--release', release],
  );

function submitted(release: string, quorum: number): Report {
  const { status, report } = submit(release, quorum);
  expect(report.errors).toEqual([]);
  expect(status).toBe(0);
  return report;
}

beforeAll(async () => {
  work = fs.mkdtempSync('/tmp/witnesses-');
  gpg = await openGpg();
  key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }], userId: 'R <r@example.org>' });
  fs.writeFileSync(at('key.asc'), await exportSecretSubkeys(gpg, key.primary), { mode: 0o600 });
  fs.writeFileSync(at('certificate.asc'), await exportPublic(gpg, key.primary));
  done('key', 'generate-log-key', '--for', 'tiles', '--out', at('log.pem'));
  const made = done('log', 'init', at('log'), '--origin', ORIGIN, '--key', at('log.pem'));
  log = { origin: ORIGIN, vkey: String(made.detail?.['vkey']) };
  const program = buildLitewitness();
  north = await openLitewitness(program, at('n'), 'north', log);
  south = await openLitewitness(program, at('s'), 'south', log);
  runGo(['build', '-trimpath', '-o', at('tlog'), '.'], path.resolve('tests/interop/tlog'));
});
afterAll(async () => {
  await north?.close();
  await south?.close();
  await gpg?.close();
  fs.rmSync(work, { recursive: true, force: true });
});

const seen = () => ['n', 's'].map((name) => seenSize(at(name), ORIGIN));
const names = (release: string) =>
  parseTlogProof(fs.readFileSync(proofOf(release))).checkpoint.signatures.map(({ name }) => name);
const tlog = (...args: readonly string[]) => spawnSync(at('tlog'), args, { encoding: 'utf8' });
const BOTH = [ORIGIN, 'witness.example/north', 'witness.example/south'];

// One log grows through all of these, in their order.
describe('two litewitnesses', () => {
  it('vouch for the first entry, and verify demands both', () => {
    makeRelease('1');
    const report = submitted('1', 2);
    expect(report.logs).toMatchObject([{ index: 0, tree_size: 1, witnesses: [{ name: 'north' }, { name: 'south' }] }]);
    expect(report.warnings).toEqual([]);
    expect(names('1')).toEqual(BOTH);
    expect(seen()).toEqual([1, 1]);
    expect(done('verify', at('1'), '--policy', policy(2)).logs).toMatchObject([
      { witnesses: [{ name: 'north' }, { name: 'south' }] },
    ]);
  });

  it('follow the log as it grows, by consistency proofs from its tiles', () => {
    for (const release of ['2', '3', '4', '5', '6', '7']) {
      makeRelease(release);
      expect(submitted(release, 2).logs).toMatchObject([{ index: Number(release) - 1, tree_size: Number(release) }]);
    }
    expect(seen()).toEqual([7, 7]);
    done('log', 'inspect', at('log'), '--full');
  });

  it('leave a submission pending while one of them is stopped and both have to vouch', async () => {
    await south.stop();
    makeRelease('8');
    const { status, report } = submit('8', 2);
    expect([status, report.status]).toEqual([1, 'pending']);
    expect(report.errors[0]?.message).toMatch(/1 of 2 witnesses vouch for it, where 2 have to: the witness "south"/);
    expect([fs.existsSync(proofOf('8')), fs.existsSync(pendingOf('8'))]).toEqual([false, true]);
    expect(entries()).toHaveLength(8);
    expect(seen()).toEqual([8, 7]);
  });

  it('let one that is behind wait, where one is enough', () => {
    makeRelease('9');
    const report = submitted('9', 1);
    expect(report.logs).toMatchObject([{ index: 8, tree_size: 9, witnesses: [{ name: 'north' }] }]);
    expect(report.warnings).toMatchObject([{ message: expect.stringMatching(/"south" does not vouch/) }]);
    const { status, report: refused } = command('verify', at('9'), '--policy', policy(2));
    expect([status, refused.errors[0]?.kind]).toEqual([3, 'not-witnessed']);
    done('verify', at('9'), '--policy', policy(1));
  });

  it('finish what is pending when both are there again, without a second entry', async () => {
    const words = ['--resume', '--log', `tiles:${at('log')}`, '--log-key', at('log.pem'), '--policy', policy(2)];
    const { status, report } = command('submit', at('8'), ...words);
    expect([status, report.status]).toEqual([1, 'pending']);
    await south.start();
    expect(done('submit', at('8'), ...words).logs).toMatchObject([
      { index: 7, tree_size: 9, witnesses: [{ name: 'north' }, { name: 'south' }] },
    ]);
    expect(entries()).toHaveLength(9);
    expect(seen()).toEqual([9, 9]);
    expect(fs.existsSync(pendingOf('8'))).toBe(false);
    done('verify', at('8'), '--policy', policy(2));
  });

  it('refuse a history that contradicts what they have seen', () => {
    fs.mkdirSync(at('fork'));
    fs.cpSync(at('log'), at('kept'), { recursive: true });
    fs.cpSync(at('log.state'), at('kept.state'), { recursive: true });
    for (const name of ['log', 'log.state']) fs.rmSync(at(name), { recursive: true });
    done('log', 'init', at('log'), '--origin', ORIGIN, '--key', at('log.pem'));
    for (const release of ['9', '8', '7', '6', '5', '4', '3', '2', '1', 'a']) {
      const copy = at('fork', release);
      if (release === 'a') makeRelease('a');
      fs.cpSync(at(release), copy, { recursive: true });
      for (const name of fs.readdirSync(copy).filter((one) => one.endsWith('.tlog-proof')))
        fs.rmSync(path.join(copy, name));
      const { report } = submit(`fork/${release}`, 2);
      expect(report.status).toBe('pending');
      if (release === 'a') expect(report.errors[0]?.message).toMatch(/answers 422: it has seen another history/);
    }
    expect(seen()).toEqual([9, 9]);
    for (const name of ['log', 'log.state']) {
      fs.rmSync(at(name), { recursive: true });
      fs.renameSync(at(name.replace('log', 'kept')), at(name));
    }
  });
});

describe('a foreign reader', () => {
  const statement = (release: string) => {
    fs.writeFileSync(at('entry'), parseTlogProof(fs.readFileSync(proofOf(release))).extra ?? '');
    return at('entry');
  };

  it('reads the log under its cosigned checkpoint', () => {
    const { status, stdout, stderr } = tlog('log', at('log'), log.vkey, north.vkey, south.vkey);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(9);
  });

  it('verifies proofs with the cosignatures of both, and misses the one that is not there', () => {
    for (const release of ['1', '7', '8'])
      expect(tlog('proof', proofOf(release), log.vkey, statement(release), north.vkey, south.vkey)).toMatchObject({
        status: 0,
        stderr: '',
      });
    expect(tlog('proof', proofOf('9'), log.vkey, statement('9'), north.vkey)).toMatchObject({ status: 0 });
    expect(tlog('proof', proofOf('9'), log.vkey, statement('9'), north.vkey, south.vkey).status).toBe(1);
  });

  it('refuses a proof whose cosignature was moved in time', () => {
    const proof = fs.readFileSync(proofOf('1'), 'utf8');
    const lines = proof.trimEnd().split('\n');
    const [dash, name, encoded = ''] = (lines.at(-1) ?? '').split(' ');
    const bytes = Buffer.from(encoded, 'base64');
    bytes.writeUInt8((bytes[11] ?? 0) ^ 1, 11);
    fs.writeFileSync(
      at('moved'),
      `${[...lines.slice(0, -1), `${dash} ${name} ${bytes.toString('base64')}`].join('\n')}\n`,
    );
    expect(tlog('proof', at('moved'), log.vkey, statement('1'), north.vkey, south.vkey).status).toBe(1);
  });
});
