// SPDX-License-Identifier: Apache-2.0
/**
 * No key anywhere: a locked key with its passphrase, an expired key and those for logs are searched for, whole and in pieces, in all
 * that comes of them under ansible-playbook. strace tells what every file has held, also one that is gone again, so that nothing
 * depends on the moment at which somebody is killed. What is then left of runs that are killed is looked at as well.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactSigning, type Lab, openLab } from '../roles/lab.ts';
import {
  type Disturbance,
  LARGE,
  leaks,
  makeSecrets,
  runCareless,
  runDisturbed,
  runDisturbedSubmission,
  runOverSsh,
  runThrough,
  type Secrets,
  signing,
  submitting,
  type Traced,
} from './secret-runs.ts';

const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  'sigint-to-all': () => 'SIGINT',
  'sigterm-to-ansible': (_, playbook) => void process.kill(playbook, 'SIGTERM'),
  'sigkill-to-ansible': (_, playbook) => void process.kill(playbook, 'SIGKILL'),
  'sigkill-to-the-executable': (signer) => void process.kill(signer, 'SIGKILL'),
};
/** While keys of logs are in use. */
const SUBMISSIONS: Readonly<Record<string, Disturbance>> = {
  'sigint-in-a-submission': () => 'SIGINT',
  'sigkill-in-a-submission': (submitter) => void process.kill(submitter, 'SIGKILL'),
};

let lab: Lab;
let secrets: Secrets;
let there: readonly string[];
const runs = new Map<string, Traced>();

const run = (name: string): Traced => runs.get(name) ?? expect.fail(`no run ${name}`);
const isPassage = (leak: string) => leak.startsWith('pipe: ');

beforeAll(async () => {
  lab = openLab();
  secrets = await makeSecrets(lab);
  runs.set('through', await runThrough(lab, secrets));
  for (const [name, disturb] of Object.entries(DISTURBANCES))
    runs.set(name, await runDisturbed(lab, secrets, name, disturb));
  for (const [name, disturb] of Object.entries(SUBMISSIONS))
    runs.set(name, await runDisturbedSubmission(lab, secrets, name, disturb));
  const ssh = await runOverSsh(lab, secrets);
  runs.set('ssh', ssh.here);
  ({ there } = ssh);
  runs.set('careless', await runCareless(lab, secrets));
}, 1_800_000);

afterAll(() => lab.close());

describe('the search', () => {
  it('finds a secret in arguments, environments, output, and files, also where they are gone again', () => {
    const found = run('careless').leaks;
    for (const leak of ['argv: locked', 'environment: locked', 'output: passphrase']) expect(found).toContain(leak);
    expect(found).toContain(`${lab.at('work/careless.log')}: passphrase`);
    expect(found).toContain(`${lab.at('work/careless-copy')}: log`);
    expect(found.filter((leak) => leak.startsWith('/') && leak.endsWith(': log'))).not.toEqual([]);
    expect(fs.existsSync(lab.at('work/careless'))).toBe(false);
  });

  it.each(['through', 'ssh', ...Object.keys(DISTURBANCES)])('sees the key on its way from pipe to pipe: %s', (name) => {
    expect(run(name).leaks).toEqual(expect.arrayContaining(['pipe: locked', 'pipe: passphrase']));
  });

  it.each(Object.keys(SUBMISSIONS))('sees the keys of logs on their way: %s', (name) => {
    expect(run(name).leaks).toEqual(expect.arrayContaining(['pipe: rekor', 'pipe: sigsum', 'pipe: token']));
  });
});

describe('P24 no file, no argument, no environment and no output ever has a piece of a secret', () => {
  it('where releases are signed, logged and refused', () => {
    const { outcomes, leaks: found } = run('through');
    for (const name of ['good', 'rehearsed', 'logged', 'deferred']) expect(outcomes.get(name)?.message).toBe('');
    expect(outcomes.get('expired')?.message).toMatch(/expired/);
    expect(outcomes.get('wrong')?.message).toMatch(/the passphrase does not open/);
    expect(fs.readdirSync(lab.at('work/good'))).toContain('nova-31.0.0.SHA256SUMS.submission.json');
    const keys = ['expired', 'log', 'rekor', 'sigsum', 'token'].map((name) => `pipe: ${name}`);
    expect(found).toEqual(expect.arrayContaining(keys));
    expect(found.filter((leak) => !isPassage(leak))).toEqual([]);
  });

  it('on neither side of ssh', () => {
    const here = run('ssh');
    expect(here.outcomes.get('remote')?.message).toBe('');
    expect(there).toEqual(expect.arrayContaining(['pipe: locked', 'pipe: passphrase']));
    expect([...here.leaks, ...there].filter((leak) => !isPassage(leak))).toEqual([]);
  });

  it.each([...Object.keys(DISTURBANCES), ...Object.keys(SUBMISSIONS)])('where a run gets %s', (name) => {
    expect(run(name).status).not.toBe(0);
    expect(run(name).leaks.filter((leak) => !isPassage(leak))).toEqual([]);
  });

  it('and none is left when all is over', () => {
    const below = (name: string) => fs.readdirSync(lab.at(name), { recursive: true, withFileTypes: true });
    const remains = ['home', 'tmp', 'work']
      .flatMap(below)
      .filter((entry) => entry.isFile() && entry.name !== LARGE)
      .map(({ parentPath, name }) => path.join(parentPath, name))
      .map((where) => ({ where, content: fs.readFileSync(where) }));
    expect(remains.map(({ where }) => where)).toContain(lab.at('work/sigkill-to-ansible.log'));
    expect(leaks(secrets.index, remains)).toEqual([]);
  });
});

describe('a run that is killed', () => {
  it('leaves a directory with its report at most, and the next run clears what lies beside the artifacts', async () => {
    const left = fs.readdirSync(lab.at('tmp'), { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => !/^artifact-signing-\w+(?:\/report\.json)?$|^ansible/.test(name))).toEqual([]);
    const names = Object.keys(DISTURBANCES);
    const again = await lab.play(names.map((name) => signing(name, lab.at('work', name), secrets)));
    for (const name of names) {
      expect(again.get(name)?.message).toBe('');
      const files = [LARGE, 'nova-31.0.0.SHA256SUMS'].flatMap((file) => [file, `${file}.asc`]);
      expect(fs.readdirSync(lab.at('work', name)).sort()).toEqual(files.sort());
      artifactSigning('verify', lab.at('work', name), '--certificate', lab.at('work/locked.asc'));
    }
  });

  it.each(Object.keys(SUBMISSIONS))('is made up for by the next submission: %s', async (name) => {
    const again = await lab.play([submitting(name, lab.at('work', name), secrets)]);
    expect(again.get(name)?.message).toBe('');
    expect(fs.readdirSync(lab.at('work', name)).sort()).toEqual(fs.readdirSync(lab.at('work/good')).sort());
  });
});
