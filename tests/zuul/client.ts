// SPDX-License-Identifier: Apache-2.0
/** Zuul as an operator sees it: the REST API, and zuul-client for what changes something. */
import fs from 'node:fs';
import path from 'node:path';
import { runAs } from './commands.ts';
import { waitUntil } from './daemons.ts';
import type { State } from './state.ts';

export interface Artifact {
  readonly name: string;
  readonly url: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** As the API describes it; only what the suite reads. */
export interface Build {
  readonly uuid: string;
  readonly job_name: string;
  readonly result: string | null;
  readonly log_url: string | null;
  /** Without a zone, in UTC. */
  readonly start_time: string;
  readonly end_time: string;
  readonly artifacts: readonly Artifact[];
  readonly ref: { readonly project: string; readonly ref: string; readonly newrev: string | null };
  readonly buildset: { readonly uuid: string };
}

export interface WantedBuild {
  readonly project: string;
  readonly ref: string;
  readonly job: string;
  /** How many of them there have to be. */
  readonly count?: number;
}

/** A build may have to wait for all the others. */
const BUILD_SECONDS = 1100;

export interface Tenant {
  readonly name: string;
  /** `GET /api/tenant/NAME/…`, decoded; undefined where it is not there. */
  get(where: string): Promise<unknown>;
  /** Waits for the end of all of them; the newest comes first. */
  builds(wanted: WantedBuild): Promise<readonly Build[]>;
  /** The newest of them. */
  build(wanted: WantedBuild): Promise<Build>;
  /** What Zuul said of the whole buildset. */
  message(build: Build): Promise<string>;
  /** The text of a file among the logs, `job-output.txt` unless told. */
  log(build: Build, name?: string): Promise<string>;
  /** The YAML of a secret that only the project can read; its fields come from files. */
  encrypt(project: string, secret: string, fields: Readonly<Record<string, string>>): Promise<string>;
  enqueue(pipeline: string, project: string, ref: string, newrev?: string): Promise<void>;
  dequeue(pipeline: string, project: string, ref: string): Promise<void>;
}

export function openTenant(state: State, name: string): Tenant {
  const base = `${state.zuulUrl}/api/tenant/${name}`;
  const get = async (where: string): Promise<unknown> => {
    // whoever polls asks again
    const answer = await fetch(`${base}/${where}`).catch(() => undefined);
    return answer?.ok === true ? answer.json().catch(() => undefined) : undefined;
  };
  const client = (...args: readonly string[]) =>
    runAs(state, [`${state.zuulBin}/zuul-client`, '--zuul-url', state.zuulUrl, ...args]);
  const operate = async (...args: readonly string[]) => {
    await client('--auth-token', await makeToken(state, name), ...args);
  };
  return {
    name,
    get,
    builds: (wanted) => waitForBuilds(get, wanted),
    build: async (wanted) => (await waitForBuilds(get, wanted))[0],
    message: async ({ buildset }) => String(((await get(`buildset/${buildset.uuid}`)) as { message?: string }).message),
    log: async ({ uuid }, file = 'job-output.txt') =>
      fs.readFileSync(path.join(state.directory, 'site/logs', uuid, file), 'utf8'),
    encrypt: async (project, secret, fields) => {
      const texts: string[] = [];
      for (const [field, file] of Object.entries(fields)) {
        const named = ['--tenant', name, '--project', project, '--secret-name', secret, '--field-name', field];
        texts.push((await client('encrypt', ...named, '--infile', file)).stdout);
      }
      return joinSecrets(texts);
    },
    enqueue: (pipeline, project, ref, newrev) => {
      const revision = newrev === undefined ? [] : ['--newrev', newrev];
      const what = ['--tenant', name, '--pipeline', pipeline, '--project', project, '--ref', ref];
      return operate('enqueue-ref', ...what, ...revision);
    },
    dequeue: (pipeline, project, ref) =>
      operate('dequeue', '--tenant', name, '--pipeline', pipeline, '--project', project, '--ref', ref),
  };
}

/** Each text is a list with one secret of one field: the fields of all belong to the first. */
function joinSecrets(texts: readonly string[]): string {
  const [first = '', ...others] = texts.map((text) => text.slice(text.indexOf('- secret:')).trimEnd());
  const fields = others.map((text) => text.slice(text.indexOf('data:\n') + 'data:\n'.length));
  return `${[first, ...fields].join('\n')}\n`;
}

async function makeToken(state: State, tenant: string): Promise<string> {
  const args = ['--auth-config', 'zuul_operator', '--tenant', tenant, '--user', 'operator', '--expires-in', '600'];
  const command = [`${state.zuulBin}/zuul-admin`, '-c', `${state.directory}/etc/zuul.conf`, 'create-auth-token'];
  const { stdout } = await runAs(state, [...command, ...args]);
  return stdout.trim().replace(/^Bearer /, '');
}

type Builds = readonly [Build, ...(readonly Build[])];

async function waitForBuilds(get: Tenant['get'], { project, ref, job, count = 1 }: WantedBuild): Promise<Builds> {
  const query = new URLSearchParams({ project, ref, job_name: job });
  let found: readonly Build[] = [];
  const isThere = async () => {
    found = ((await get(`builds?${query}`)) ?? []) as readonly Build[];
    return found.length >= count && found.every(({ result }) => result !== null);
  };
  const [newest, ...others] = (await waitUntil(isThere, BUILD_SECONDS * 1000, 1000)) ? found : [];
  if (newest === undefined) throw new Error(`no ${count} builds of ${job} for ${project} ${ref}`);
  return [newest, ...others];
}
