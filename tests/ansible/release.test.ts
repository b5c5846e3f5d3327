// SPDX-License-Identifier: Apache-2.0
/**
 * A release as Zuul's executor runs it, rehearsed by hand before each step, run twice, and refused once. All roles take
 * part in it.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toldAnsible, toldNode, toldVersion } from '../../scripts/ansible-versions.ts';
import {
  exportPublic,
  exportSecretSubkeys,
  type Gpg,
  isGood,
  type MadeKey,
  makeKey,
  openGpg,
  verifyStatus,
} from '../gpg.ts';
import { artifactSigning, type Lab, openLab, piecesOf, type Ran, ROOT } from '../roles/lab.ts';
import { type Executor, makeExecutor } from './executor.ts';

const [SIGN = '', PUBLISH = '', SUBMIT = ''] = ['sign', 'publish', 'submit'].map((name) =>
  path.join(ROOT, `playbooks/release/${name}.yaml`),
);
const MANIFEST = 'nova-31.0.0.SHA256SUMS';

let lab: Lab;
let gpg: Gpg;
let primary: MadeKey['primary'];
let executor: Executor;
let byHand: readonly string[];
const ran: Record<'rehearsedSign' | 'sign' | 'rehearsedRest' | 'rest' | 'again' | 'refused', Ran> = {} as never;
/** What lay on the disk before and after each rehearsal. */
const disk: Record<'rehearsedSign' | 'rehearsedRest', readonly [string, string]> = {} as never;

const inWork = () => fs.readdirSync(executor.workRoot, { recursive: true, encoding: 'utf8' });
const artifacts = (...parts: readonly string[]) => path.join(executor.workRoot, 'artifacts', ...parts);

/** Everything but Ansible's own home: names, sizes, times, content. */
const snapshot = () =>
  execFileSync('sh', ['-c', 'find . -printf "%p %m %s %T@\\n" | sort; find . -type f -exec sha256sum {} + | sort'], {
    cwd: lab.at('work'),
    encoding: 'utf8',
  });

const changes = ({ output }: Ran) => Number([...output.matchAll(/^localhost +: .*\bchanged=(\d+)/gm)].at(-1)?.[1]);

async function rehearse(name: 'rehearsedSign' | 'rehearsedRest', ...plays: readonly string[]): Promise<void> {
  const before = snapshot();
  ran[name] = await lab.ansible(['--check', '--diff', ...byHand, ...plays], PIPELINING);
  disk[name] = [before, snapshot()];
}

const PIPELINING = { env: { ANSIBLE_PIPELINING: 'true' } };
const asZuul = (...plays: readonly string[]) => lab.ansible(['--diff', ...executor.args, ...plays], executor.options);

async function prepare(): Promise<void> {
  const key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  primary = key.primary;
  lab.write('private/subkey.asc', await exportSecretSubkeys(gpg, key.primary));
  artifactSigning('key', 'generate-log-key', '--for', 'tiles', '--out', lab.at('private/log.pem'));
  artifactSigning('log', 'init', lab.at('work/log'), '--origin', 'example.org/log', '--key', lab.at('private/log.pem'));
  const variables = {
    verify_artifacts_certificate: lab.write('work/certificate.asc', await exportPublic(gpg, key.primary)),
    publish_artifacts_destination: lab.at('work/site'),
    submit_transparency_logs: [`tiles:${lab.at('work/log')}`],
  };
  const secrets = {
    gpg_key: { private: fs.readFileSync(lab.at('private/subkey.asc'), 'utf8') },
    submit_transparency_keys: { tiles: fs.readFileSync(lab.at('private/log.pem'), 'utf8') },
  };
  executor = makeExecutor(lab, variables, secrets);
  for (const name of ['nova-31.0.0.tar.gz', 'nova-31.0.0.whl']) fs.writeFileSync(artifacts(name), name);
  const said = {
    release_path: artifacts(),
    release_project: 'nova',
    release_version: '31.0.0',
    release_canonical_name: 'opendev.org/openstack/nova',
    submit_transparency_ref: 'refs/tags/31.0.0',
    submit_transparency_commit: 'a'.repeat(40),
  };
  byHand = ['-e', `@${lab.write('private/vars.json', JSON.stringify({ ...variables, ...secrets, ...said }))}`];
}

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  await prepare();
  await rehearse('rehearsedSign', SIGN);
  ran.sign = await asZuul(SIGN);
  await rehearse('rehearsedRest', PUBLISH, SUBMIT);
  ran.rest = await asZuul(PUBLISH, SUBMIT);
  ran.again = await asZuul(SIGN, PUBLISH, SUBMIT);
  fs.appendFileSync(artifacts('nova-31.0.0.whl'), 'x');
  ran.refused = await lab.ansible([...byHand, PUBLISH], PIPELINING);
});

afterAll(async () => {
  await gpg.close();
  lab.close();
});

describe('the run', () => {
  it('has the Ansible and the Node that its project is named after', () => {
    const { ansible, node = '24' } = toldVersion();
    const said = (program: string) => execFileSync(program, ['--version'], { encoding: 'utf8' });
    expect(said(toldAnsible())).toMatch(new RegExp(`^ansible-playbook \\[core ${ansible.replace('.', '\\.')}\\.`));
    expect(said(toldNode())).toMatch(new RegExp(`^v${node}\\.`));
  });
});

describe('--check --diff', () => {
  it.each([
    ['rehearsedSign', 2],
    // both uploads; a rehearsed submission says what it would submit
    ['rehearsedRest', 2],
  ] as const)('of "%s" says what it would do, and changes nothing', (name, count) => {
    expect(ran[name].status, ran[name].output.slice(-2000)).toBe(0);
    expect(changes(ran[name])).toBe(count);
    const [before, after] = disk[name];
    expect(after).toBe(before);
  });
});

describe('a release as the executor runs it', () => {
  it('is signed, named by what Zuul says, published and logged', async () => {
    for (const name of ['sign', 'rest'] as const) expect(ran[name].status, ran[name].output.slice(-2000)).toBe(0);
    const names = [MANIFEST, 'nova-31.0.0.tar.gz', 'nova-31.0.0.whl'];
    const site = fs.readdirSync(lab.at('work/site'));
    expect(site.sort()).toEqual([...names.flatMap((name) => [name, `${name}.asc`]), `${MANIFEST}.tlog-proof`].sort());
    for (const name of names) {
      const [file, signature] = [name, `${name}.asc`].map((one) => fs.readFileSync(lab.at('work/site', one)));
      if (file === undefined || signature === undefined) expect.fail();
      expect(isGood(await verifyStatus(gpg, signature, file), primary), name).toBe(true);
    }
  });

  it('returns the release to Zuul once for each time that it is submitted', () => {
    const lines = fs.readFileSync(lab.at('work/job/returned.jsonl'), 'utf8').trim().split('\n');
    const names = lines.map((line) => JSON.parse(line).zuul.artifacts.map((one: { name: string }) => one.name));
    expect(names).toEqual(Array(2).fill([MANIFEST, `${MANIFEST}.asc`, `${MANIFEST}.tlog-proof`]));
  });

  it('evaluates nothing that a commit message says', () => {
    expect([...inWork(), ...fs.readdirSync(lab.directory)].filter((name) => name.endsWith('pwned'))).toEqual([]);
  });

  it('changes nothing the second time', () => {
    expect(ran.again.status, ran.again.output.slice(-2000)).toBe(0);
    expect(changes(ran.again)).toBe(0);
  });

  it('leaves no secret behind, on the disk or in an output, and nothing in the directory for temporary files', () => {
    const places = [
      ...Object.values(ran).map(({ output }) => output),
      ...[...lab.remains().values()].map((content) => content.toString('latin1')),
    ];
    const open = places.filter((text) => text.includes('BEGIN PGP SIGNATURE') || text.includes('BEGIN PGP PUBLIC'));
    const pieces = ['subkey.asc', 'log.pem'].flatMap((name) =>
      piecesOf(fs.readFileSync(lab.at('private', name), 'utf8'), publicOf(open)),
    );
    expect(pieces.length).toBeGreaterThan(50);
    expect(pieces.filter((piece) => places.some((place) => place.includes(piece)))).toEqual([]);
    expect(fs.readdirSync(path.join(executor.workRoot, 'tmp'))).toEqual([]);
  });
});

/** Public blocks, wherever they stand: a secret key has the public one in it. */
const publicOf = (texts: readonly string[]) =>
  texts
    .flatMap((text) => text.match(/-----BEGIN PGP (?:PUBLIC KEY BLOCK|SIGNATURE)-----[\s\S]*?-----END PGP/g) ?? [])
    .join('\n');

describe('the console of a run by hand', () => {
  const outputs = () => (['rehearsedSign', 'rehearsedRest', 'refused'] as const).map((name) => ran[name].output);

  it('shows no results as JSON, no stack trace and no warning of Ansible', () => {
    for (const output of outputs()) {
      expect(output).not.toMatch(/=> *\{|^ *[[{]"|Traceback|^ +at .*:\d+|\[WARNING\]|\[DEPRECATION/m);
      expect(output.split('\n').filter((line) => line.length > 240)).toEqual([]);
    }
  });

  it('has error and hint of the executable in lines of their own', () => {
    expect(ran.refused.status).toBe(2);
    expect(ran.refused.output).toMatch(/^ +artifact-signing: error: "nova-31\.0\.0\.whl" [^\n]+$/m);
    expect(ran.refused.output).toMatch(/^ +artifact-signing: hint: [^\n]+$/m);
    expect(ran.refused.output).toMatch(/^ +artifact-signing verify: exit status 3'?$/m);
  });
});
