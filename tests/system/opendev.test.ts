// SPDX-License-Identifier: Apache-2.0
/**
 * The worked example of doc/source/opendev.rst: its playbooks as they stand in the diff, with stand-ins for the roles that
 * upload. What goes out is what was signed, listed and verified.
 */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { exportPublic, exportSecretSubkeys, type Gpg, makeKey, openGpg } from '../gpg.ts';
import { artifactSigning, type Lab, openLab, type Ran, ROOT } from '../roles/lab.ts';

const AFS = '/afs/.openstack.org/project/tarballs.opendev.org';
const PLAYBOOKS = ['sign-release', 'pypi', 'openstack-signed-artifacts'].map(
  (name) => `playbooks/publish/${name}.yaml`,
);
const [SIGN = '', PYPI = '', ARTIFACTS = ''] = PLAYBOOKS;

/** Files as the diff leaves them, where it shows the whole of them: those that it makes, and one that it rewrites. */
const FILES = new Map(
  fs
    .readFileSync(path.join(ROOT, 'doc/source/opendev/project-config.diff'), 'utf8')
    .split(/^diff --git /m)
    .slice(1)
    .map((part) => {
      const lines = part.slice(part.indexOf('\n@@ ') + 1).split('\n');
      const after = lines.filter((line) => /^[+ ]/.test(line)).map((line) => line.slice(1));
      return [/^a\/(\S+)/.exec(part)?.[1] ?? '', `${after.join('\n')}\n`];
    }),
);

interface Task {
  readonly include_role: { readonly name: string };
}

const rolesIn = (playbook: string): readonly string[] => {
  const [play] = parse(FILES.get(playbook) ?? '');
  expect(play.tasks).toHaveLength(1);
  expect(play.tasks[0].when).toBe('zuul_success | bool');
  return play.tasks[0].block.map((task: Task) => task.include_role.name);
};

describe('the diff', () => {
  it('has a gate in the play of every upload, directly before it but for its token and its tool', () => {
    expect(rolesIn(PYPI)).toEqual(['verify-artifacts', 'ensure-twine', 'upload-pypi']);
    expect(rolesIn(ARTIFACTS)).toEqual([
      'verify-artifacts',
      'create-afs-token',
      'upload-afs-synchronize',
      'submit-transparency',
      'verify-artifacts',
      'upload-afs-synchronize',
      'destroy-afs-token',
    ]);
  });

  it('takes the signing play out where it puts another in, and lists it before each upload', () => {
    expect(rolesIn(SIGN)).toEqual(['sign-artifacts', 'publish-sha256sums']);
    expect(FILES.get('playbooks/pti-python-tarball/post.yaml')).not.toContain('sign-artifacts');
    const jobs = FILES.get('zuul.d/jobs.yaml') ?? '';
    expect(jobs.match(/post\.yaml\n *- playbooks\/publish\/sign-release\.yaml/g)).toHaveLength(2);
    expect(jobs).toMatch(/sign-release\.yaml\n *- playbooks\/publish\/pypi\.yaml/);
  });
});

let lab: Lab;
let gpg: Gpg;
const ran: Record<'good' | 'pypi' | 'artifacts', Ran> = {} as never;
const uploaded = (...where: readonly string[]) => {
  const directory = lab.at('work', ...where);
  return fs.existsSync(directory) ? fs.readdirSync(directory).sort() : [];
};

function writePlaybooks(): readonly string[] {
  return PLAYBOOKS.map((name) =>
    lab.write(`private/${name}`, (FILES.get(name) ?? '').replaceAll(AFS, lab.at('work/afs'))),
  );
}

/** What the diff leaves to be filled in; the key is believed whatever the clock says. */
function writePolicy(primary: string): void {
  const said = artifactSigning(
    'log',
    'init',
    lab.at('work/afs/log'),
    '--origin',
    'tarballs.opendev.org/log',
    '--key',
    lab.at('private/log.pem'),
  );
  const key = /\S+\+[0-9a-f]{8}\+\S+/.exec(said)?.[0] ?? '';
  const policy = (FILES.get('trust/openstack.yaml') ?? '').replace(/^ *from:.*\n/m, '');
  lab.write(
    'private/trust/openstack.yaml',
    policy.replace('FINGERPRINT_OF_THE_PRIMARY_KEY', primary).replace('KEY_OF_THE_LOG', key),
  );
}

/** Roles of zuul-jobs that need the outside. */
function writeStandIns(): void {
  const copy = (from: string, to: string) => [
    { name: 'Copy', 'ansible.builtin.command': { argv: ['cp', '-r', '--', from, to] }, changed_when: true },
  ];
  const roles = {
    'upload-pypi': copy('{{ pypi_path }}', lab.at('work/pypi')),
    'upload-afs-synchronize': [
      { name: 'Make it', 'ansible.builtin.file': { path: '{{ afs_target }}', state: 'directory', mode: '0755' } },
      ...copy('{{ afs_source }}.', '{{ afs_target }}'),
    ],
    ...Object.fromEntries(['ensure-twine', 'create-afs-token', 'destroy-afs-token'].map((name) => [name, []])),
  };
  for (const [name, tasks] of Object.entries(roles))
    lab.write(`private/roles/${name}/tasks/main.yaml`, stringify(tasks));
}

beforeAll(async () => {
  lab = openLab();
  gpg = await openGpg();
  const key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  artifactSigning('key', 'generate-log-key', '--for', 'tiles', '--out', lab.at('private/log.pem'));
  fs.mkdirSync(lab.at('work/afs'));
  lab.write('private/trust/openstack-2026.2.asc', await exportPublic(gpg, key.primary));
  writePolicy(key.primary);
  writeStandIns();
  lab.release('zuul/artifacts', { 'nova-31.0.0.tar.gz': 'source', 'nova-31.0.0-py3-none-any.whl': 'wheel' });
  fs.mkdirSync(lab.at('work/zuul/tmp'));
  const name = 'opendev.org/openstack/nova';
  const vars = {
    zuul_success: 'True',
    zuul: {
      ref: 'refs/tags/31.0.0',
      executor: { work_root: lab.at('work/zuul') },
      project: { name: 'openstack/nova', short_name: 'nova', canonical_name: name },
      projects: { [name]: { commit: 'a'.repeat(40) } },
    },
    gpg_key: { private: (await exportSecretSubkeys(gpg, key.primary)).toString() },
    submit_transparency_keys: { tiles: fs.readFileSync(lab.at('private/log.pem'), 'utf8') },
  };
  const args = ['-e', `@${lab.write('private/vars.yaml', stringify(vars))}`];
  const [sign = '', pypi = '', artifacts = ''] = writePlaybooks();
  ran.good = await lab.ansible([...args, sign, pypi, artifacts]);
  if (ran.good.status !== 0) throw new Error(ran.good.output);
  fs.appendFileSync(lab.at('work/zuul/artifacts/nova-31.0.0-py3-none-any.whl'), 'x');
  for (const place of ['pypi', 'afs/openstack'])
    fs.renameSync(lab.at('work', place), lab.at('work', `${path.basename(place)}-good`));
  ran.pypi = await lab.ansible([...args, pypi]);
  ran.artifacts = await lab.ansible([...args, artifacts]);
}, 600_000);

afterAll(async () => {
  await gpg.close();
  lab.close();
});

describe('the playbooks of the diff', () => {
  const release = ['nova-31.0.0-py3-none-any.whl', 'nova-31.0.0.SHA256SUMS', 'nova-31.0.0.tar.gz'].flatMap((name) => [
    name,
    `${name}.asc`,
  ]);

  it('bring a good release to both places, the proof to the tarballs', () => {
    expect(ran.good.status, ran.good.output).toBe(0);
    expect(uploaded('pypi-good')).toEqual([...release].sort());
    expect(uploaded('openstack-good', 'nova')).toEqual([...release, 'nova-31.0.0.SHA256SUMS.tlog-proof'].sort());
  });

  it('bring an artifact that was altered after it was signed to neither', () => {
    for (const { status, output } of [ran.pypi, ran.artifacts]) {
      expect(status).toBe(2);
      expect(output).toMatch(/artifact-signing: error: .*nova-31\.0\.0-py3-none-any\.whl/);
    }
    expect([...uploaded('pypi'), ...uploaded('afs', 'openstack')]).toEqual([]);
  });
});
