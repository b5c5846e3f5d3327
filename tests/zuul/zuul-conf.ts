// SPDX-License-Identifier: Apache-2.0
/** zuul.conf: what the tutorial shows of it, and what a Zuul needs that is on a machine for a test. */
import type { State } from './state.ts';
import { readTutorial } from './tutorial.ts';

/** Signs the tokens with which an operator enqueues a tag. */
const AUTHENTICATOR = 'zuul_operator';

type Sections = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

const services = ({ directory, ports, zuulUrl, ansibleRoot }: State): Sections => ({
  scheduler: {
    state_dir: `${directory}/state/scheduler`,
    pidfile: `${directory}/run/scheduler.pid`,
    command_socket: `${directory}/run/scheduler.socket`,
    prometheus_addr: '127.0.0.1',
  },
  merger: {
    git_dir: `${directory}/state/merger-git`,
    git_user_name: 'Zuul',
    git_user_email: 'zuul@example.org',
  },
  executor: {
    state_dir: `${directory}/state/executor`,
    git_dir: `${directory}/state/executor-git`,
    job_dir: `${directory}/builds`,
    pidfile: `${directory}/run/executor.pid`,
    command_socket: `${directory}/run/executor.socket`,
    private_key_file: `${directory}/etc/ssh`,
    hostname: '127.0.0.1',
    finger_port: ports.finger,
    ansible_root: ansibleRoot,
    manage_ansible: 'false',
    // all builds at once, on any machine
    load_multiplier: 50,
    min_avail_hdd: 1,
    min_avail_mem: 1,
    sigterm_method: 'stop',
    untrusted_rw_paths: `${directory}/site`,
    trusted_ro_paths: `${directory}/node:${directory}/trust`,
    untrusted_ro_paths: `${directory}/trust:${directory}/own-node`,
  },
  web: {
    listen_address: '127.0.0.1',
    port: ports.web,
    root: `${zuulUrl}/`,
    pidfile: `${directory}/run/web.pid`,
    command_socket: `${directory}/run/web.socket`,
  },
  webclient: { url: zuulUrl },
  launcher: {
    pidfile: `${directory}/run/launcher.pid`,
    command_socket: `${directory}/run/launcher.socket`,
    temp_dir: `${directory}/state/launcher`,
  },
});

const stores = ({ directory, ports }: State, secret: string): Sections => ({
  zookeeper: {
    hosts: `127.0.0.1:${ports.zookeeper}`,
    tls_cert: `${directory}/ca/client.pem`,
    tls_key: `${directory}/ca/client.key`,
    tls_ca: `${directory}/ca/ca.pem`,
    session_timeout: 40,
  },
  keystore: { password: secret },
  database: { dburi: `postgresql://zuul@/zuul?host=${directory}/pg/run&port=5432` },
  'connection "static"': { driver: 'static' },
  'connection "git.example.org"': { canonical_hostname: 'git.example.org', poll_delay: 1 },
  [`auth ${AUTHENTICATOR}`]: {
    driver: 'HS256',
    allow_authz_override: 'true',
    realm: 'zuul.example.org',
    client_id: 'zuul.example.org',
    issuer_id: AUTHENTICATOR,
    secret,
  },
});

/** Of a file that has sections, settings and comments, each on a line of its own. */
function parseSections(text: string): Sections {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const name = /^\[(.*)\]$/.exec(line)?.[1];
    if (name !== undefined) sections[name] = section = {};
    else section[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
  }
  return sections;
}

/** The tutorial's settings are taken as they are: none of them may be set here once more. */
export function zuulConfiguration(state: State, secret: string): string {
  const shown = parseSections(readTutorial(state, 'zuul.conf'));
  const own = { ...services(state), ...stores(state, secret) };
  const names = new Set([...Object.keys(shown), ...Object.keys(own)]);
  const texts = [...names].map((name) => {
    const settings = [shown, own].flatMap((sections) => Object.entries(sections[name] ?? {}));
    if (new Set(settings.map(([key]) => key)).size !== settings.length) throw new Error(`set twice: [${name}]`);
    return [`[${name}]`, ...settings.map(([key, value]) => `${key}=${value}`), ''].join('\n');
  });
  return texts.join('\n');
}
