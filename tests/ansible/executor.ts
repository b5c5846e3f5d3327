// SPDX-License-Identifier: Apache-2.0
/**
 * A run of ansible-playbook as Zuul's executor starts one, as far as Ansible itself sees it: inventory, secrets, variables
 * and ansible.cfg as zuul/executor/server.py of Zuul 14.3 writes them, with a stand-in for its zuul_return.
 */
import fs from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { type Lab, type PlayOptions, ROOT, type Vars } from '../roles/lab.ts';

export interface Executor {
  /** `zuul.executor.work_root`, which holds `artifacts/` and `tmp/`. */
  readonly workRoot: string;
  readonly args: readonly string[];
  readonly options: PlayOptions;
}

const PROJECT = {
  name: 'openstack/nova',
  short_name: 'nova',
  canonical_hostname: 'opendev.org',
  canonical_name: 'opendev.org/openstack/nova',
  src_dir: 'src/opendev.org/openstack/nova',
};
const COMMIT = 'a'.repeat(40);

const workRoot = (job: string): string => path.join(job, 'work');

/** What a tag build has, as the documents of Zuul and a real build do. */
const zuulOf = (job: string): Vars => ({
  build: 'b0fa0fb59915472095c91a879d3d5378',
  buildset: '6479a4e6d5cc4984982a924709b8212d',
  event_id: null,
  ref: 'refs/tags/31.0.0',
  tag: '31.0.0',
  oldrev: '0'.repeat(40),
  newrev: 'b'.repeat(40),
  commit_id: 'b'.repeat(40),
  change_message: '{{ lookup("pipe", "touch pwned") }} {% raw %}',
  pipeline: 'release',
  post_review: true,
  tenant: 'openstack',
  job: 'release-openstack-python',
  jobtags: [],
  voting: true,
  attempts: 1,
  max_attempts: 3,
  timeout: 1800,
  ansible_version: '11',
  _inheritance_path: ['<Job base explicit: None implied: None source: zuul-config/zuul.d/jobs.yaml@master#1>'],
  items: [{ project: PROJECT, ref: 'refs/tags/31.0.0', newrev: 'b'.repeat(40) }],
  child_jobs: [],
  project: PROJECT,
  projects: {
    [PROJECT.canonical_name]: {
      ...PROJECT,
      required: false,
      checkout: '31.0.0',
      checkout_description: 'tag ref',
      commit: COMMIT,
    },
  },
  playbook_context: { playbook_projects: {}, playbooks: [] },
  executor: {
    hostname: 'executor.example.org',
    src_root: `${workRoot(job)}/src`,
    log_root: `${workRoot(job)}/logs`,
    work_root: workRoot(job),
    result_data_file: `${workRoot(job)}/results.json`,
    inventory_file: `${job}/ansible/inventory.yaml`,
  },
});

/** `variables` are those of the job; `secrets` come from a file of their own. */
export function makeExecutor(lab: Lab, variables: Vars, secrets: Vars): Executor {
  const job = lab.at('work/job');
  for (const name of ['work/tmp', 'work/artifacts', 'work/logs', 'ansible/.ansible/fact-cache'])
    fs.mkdirSync(path.join(job, name), { recursive: true });
  const all = { hosts: {}, vars: { ...variables, zuul: zuulOf(job) }, children: { zuul_unreachable: { hosts: {} } } };
  // what has braces is written as unsafe, so that nothing in it is evaluated
  const yaml = stringify({ all }).replace(/^( +change_message:) /m, '$1 !unsafe ');
  const inventory = lab.write('work/job/ansible/inventory.yaml', yaml);
  const config = {
    inventory,
    local_tmp: `${job}/ansible/.ansible/tmp`,
    retry_files_enabled: 'False',
    gathering: 'smart',
    fact_caching: 'jsonfile',
    fact_caching_connection: `${job}/ansible/.ansible/fact-cache`,
    nocows: 'True',
    timeout: 30,
    display_args_to_stdout: 'False',
    internal_poll_interval: '0.01',
    action_plugins: path.join(ROOT, 'tests/roles/action_plugins'),
  };
  const lines = ['[defaults]', ...Object.entries(config).map(([key, value]) => `${key} = ${value}`)];
  const ansibleConfig = lab.write(
    'work/job/ansible/ansible.cfg',
    [...lines, '[ssh_connection]', 'retries = 3', 'pipelining = True', ''].join('\n'),
  );
  const secretFile = lab.write('private/secrets.yaml', stringify(secrets));
  return {
    workRoot: workRoot(job),
    args: ['-e', `@${secretFile}`, '-e', 'zuul_execution_phase=post', '-e', 'zuul_success=True'],
    options: { env: { ZUUL_JOBDIR: job, ANSIBLE_CONFIG: ansibleConfig, TMP: `${workRoot(job)}/tmp` } },
  };
}
