// SPDX-License-Identifier: Apache-2.0
/** What the private Zuul works for: the tutorial's tenant as the tutorial makes it, and the tenant of the other scenarios. */
import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { openTenant, type Tenant } from './client.ts';
import { runAs } from './commands.ts';
import { writeTenants } from './configuration.ts';
import { waitUntil } from './daemons.ts';
import { keyFile, makeKeys } from './keys.ts';
import { publishedDirectory } from './published.ts';
import { copyWorkTree, openRepository, type Repository, type Tag } from './repositories.ts';
import { nodeConfiguration } from './signing-node.ts';
import { ROOT, type State } from './state.ts';
import { TUTORIAL } from './tutorial.ts';

const CONFIG = path.join(TUTORIAL, 'zuul-config');
const PIPELINES = 'zuul.d/pipelines.yaml';

/** Seconds until a pushed configuration is the one that is used. */
const RECONFIGURE_SECONDS = 120;

interface Stanza {
  readonly project: { readonly name: string; readonly release?: { readonly jobs: readonly string[] } };
}

/** Projects and the jobs that their tags run. */
function readProjects(file: string): ReadonlyMap<string, readonly string[]> {
  const stanzas = parse(fs.readFileSync(file, 'utf8')) as readonly Stanza[];
  return new Map(
    stanzas.flatMap(({ project }) => {
      const { name, release } = project;
      return release === undefined ? [] : [[name, release.jobs]];
    }),
  );
}

const TENANTS = {
  example: { config: 'zuul-config', projects: readProjects(path.join(CONFIG, 'zuul.d/projects.yaml')) },
  suite: {
    config: 'suite-config',
    projects: readProjects(path.join(import.meta.dirname, 'config/zuul.d/suite-projects.yaml')),
  },
};

/** Everything that has to be there before Zuul starts. */
export async function prepareWorld(state: State): Promise<void> {
  writeTenants(state);
  const roles = await openRepository(state, 'zuul-artifact-signing');
  copyWorkTree(roles);
  await roles.push('The work tree');
  await makeKeys(state);
  const others = await openRepository(state, 'zuul-jobs');
  others.copy(path.join(import.meta.dirname, 'zuul-jobs'));
  await others.push('A stand-in');
  for (const { config, projects } of Object.values(TENANTS)) {
    for (const name of projects.keys()) await makeProject(await openRepository(state, name));
    const repository = await openRepository(state, config);
    repository.copy(path.join(CONFIG, PIPELINES), PIPELINES);
    await repository.push('Pipelines');
  }
  await publishUnsigned(state);
}

/** The tutorial's project by another name. */
async function makeProject(repository: Repository): Promise<void> {
  const { name } = repository;
  repository.copy(path.join(TUTORIAL, 'hello'), '.', ['hello.py', 'pyproject.toml']);
  for (const file of ['hello.py', 'pyproject.toml']) {
    const text = fs.readFileSync(path.join(TUTORIAL, 'hello', file), 'utf8');
    repository.put(file.replace('hello', name), text.replaceAll('"hello"', `"${name}"`));
  }
  const own = path.join(import.meta.dirname, 'projects', name);
  if (fs.existsSync(own)) repository.copy(own);
  await repository.push('A project with releases');
}

/** Tags every project, all at the same moment. */
export async function tagAll(state: State): Promise<Readonly<Record<string, readonly Tag[]>>> {
  const projects = Object.values(TENANTS).flatMap((tenant) => [...tenant.projects.keys()]);
  const tags = await Promise.all(
    projects.map(async (name) => {
      const repository = await openRepository(state, name);
      return [name, await repository.tag(...(['hello', 'legacy'].includes(name) ? ['1.0', '1.1'] : ['1.0']))] as const;
    }),
  );
  return Object.fromEntries(tags);
}

/** What is there before anybody signs: a release of "legacy", as its tag builds it, and one that was altered since. */
async function publishUnsigned(state: State): Promise<void> {
  const directory = publishedDirectory(state, 'legacy');
  await runAs(state, ['mkdir', directory]);
  const { directory: source } = await openRepository(state, 'legacy');
  for (const version of ['1.0', '1.1']) await runAs(state, ['python3', 'build_release.py', version, directory], source);
  fs.appendFileSync(path.join(directory, 'legacy-1.1.tar.gz'), 'x');
}

/** What needs a running Zuul: its keys encrypt the secrets. Waits until all of it is in use. */
export async function completeWorld(state: State): Promise<void> {
  const [example, suite] = (['example', 'suite'] as const).map((name) => openTenant(state, name)) as [Tenant, Tenant];
  await waitForTenants([example, suite]);
  await Promise.all([completeExample(state, example), completeSuite(state, suite), completeSmall(state, suite)]);
  await Promise.all([waitForJobs(example, TENANTS.example.projects), waitForJobs(suite, TENANTS.suite.projects)]);
}

/** The config project as the tutorial has it, with the keys of this run. */
async function putConfig(state: State, tenant: Tenant, project: string): Promise<Repository> {
  const repository = await openRepository(state, project);
  repository.copy(CONFIG);
  for (const name of ['policy.yaml', 'release-key.asc'])
    repository.copy(path.join(state.directory, 'trust', name), `trust/${name}`);
  const passed = await Promise.all([
    tenant.encrypt(project, 'gpg_key', { private: keyFile(state, 'good') }),
    tenant.encrypt(project, 'submit_transparency_keys', { tiles: keyFile(state, 'log') }),
  ]);
  repository.put('zuul.d/secrets.yaml', passed.join('\n'));
  return repository;
}

async function completeExample(state: State, tenant: Tenant): Promise<void> {
  const repository = await putConfig(state, tenant, TENANTS.example.config);
  await repository.push('What the tutorial has');
}

async function completeSuite(state: State, tenant: Tenant): Promise<void> {
  const { config } = TENANTS.suite;
  const repository = await putConfig(state, tenant, config);
  fs.rmSync(path.join(repository.directory, 'zuul.d/projects.yaml'));
  repository.copy(path.join(import.meta.dirname, 'config'));
  for (const name of ['sign.yaml', 'publish.yaml', 'submit.yaml'])
    repository.copy(path.join(ROOT, 'playbooks/release', name), `playbooks/suite/${name}`);
  const expired = await tenant.encrypt(config, 'expired_gpg_key', { private: keyFile(state, 'expired') });
  repository.put('zuul.d/suite-secrets.yaml', expired);
  repository.put('zuul.d/suite-nodes.yaml', nodeConfiguration(state));
  await repository.push('What the suite has');
}

/** The project that has its job and its secrets itself. */
async function completeSmall(state: State, tenant: Tenant): Promise<void> {
  const repository = await openRepository(state, 'small');
  repository.copy(path.join(TUTORIAL, 'on-a-node/build.yaml'), 'playbooks/build.yaml');
  const [key, passphrase] = [keyFile(state, 'guarded'), keyFile(state, 'passphrase')];
  const secrets = await Promise.all([
    tenant.encrypt('small', 'small_gpg_key', { private: key, passphrase }),
    tenant.encrypt('small', 'small_log_key', { tiles: keyFile(state, 'log') }),
  ]);
  repository.put('zuul.d/secrets.yaml', secrets.join('\n'));
  await repository.push('A job of its own');
}

async function waitForTenants(tenants: readonly Tenant[]): Promise<void> {
  const isThere = async () => (await Promise.all(tenants.map(({ get }) => get('projects')))).every(Boolean);
  if (!(await waitUntil(isThere, RECONFIGURE_SECONDS * 1000))) throw new Error('a tenant is missing');
}

async function waitForJobs(tenant: Tenant, projects: ReadonlyMap<string, readonly string[]>): Promise<void> {
  for (const [project, jobs] of projects) {
    const hasAll = async () => {
      const shown = JSON.stringify((await tenant.get(`project/${project}`)) ?? '');
      return jobs.every((job) => shown.includes(`"${job}"`));
    };
    if (await waitUntil(hasAll, RECONFIGURE_SECONDS * 1000, 500)) continue;
    const errors = JSON.stringify(await tenant.get('config-errors'), undefined, 1);
    throw new Error(`${project} never got the jobs ${jobs.join(', ')}; configuration errors: ${errors}`);
  }
}
