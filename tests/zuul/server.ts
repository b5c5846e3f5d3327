// SPDX-License-Identifier: Apache-2.0
/** A private Zuul: scheduler, executor, launcher and web server, with its stores. It uses no service of the system. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { cleanEnvironment } from './commands.ts';
import { type Daemon, startDaemon, waitUntil } from './daemons.ts';
import { startSigningNode } from './signing-node.ts';
import type { State } from './state.ts';
import { isDatabaseReady, startPostgres, startZookeeper } from './stores.ts';

export interface Server {
  readonly state: State;
  stop(): Promise<void>;
}

/** Lines at the end of each log that are shown when Zuul does not start. */
const TAIL = 25;

const SERVICES = ['scheduler', 'executor', 'web', 'launcher'];

/** Starts all of it, Zuul itself once the repositories are prepared, and waits until it is ready. Throws with the ends of the logs. */
export async function startZuul(state: State, prepared: Promise<void>): Promise<Server> {
  const daemons: Daemon[] = [];
  // whoever fails first is awaited further below
  prepared.catch(() => undefined);
  const stop = async () => {
    // The executor has builds to end; the others have nothing that is needed once more.
    await daemons.find(({ name }) => name === 'executor')?.stop('SIGTERM', 45);
    for (const daemon of daemons.reverse()) await daemon.stop(daemon.name === 'postgres' ? 'SIGQUIT' : 'SIGKILL', 10);
  };
  try {
    daemons.push(await startZookeeper(state), await startPostgres(state), startSigningNode(state));
    await ready(daemons, 'PostgreSQL', 60, () => isDatabaseReady(state));
    await ready(daemons, 'ZooKeeper', 60, () => canConnect(state.ports.zookeeper));
    await ready(daemons, 'the signing node', 60, () => canConnect(state.ports.ssh));
    await prepared;
    for (const name of SERVICES) daemons.push(startService(state, name));
    await ready(daemons, 'Zuul', 600, () => areComponentsRunning(state));
    return { state, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startService(state: State, name: string): Daemon {
  const command = [`${state.zuulBin}/zuul-${name}`, '-c', `${state.directory}/etc/zuul.conf`, '-f', '-d'];
  return startDaemon(name, name === 'executor' ? [...command, '--keep-jobdir'] : command, {
    account: state.account,
    env: cleanEnvironment(state),
    cwd: state.directory,
    logs: path.join(state.directory, 'servers'),
  });
}

async function ready(
  daemons: readonly Daemon[],
  what: string,
  seconds: number,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const dead = () => daemons.find((daemon) => daemon.ended() !== undefined);
  const came = await waitUntil(async () => dead() !== undefined || (await isReady()), seconds * 1000);
  const gone = dead();
  if (came && gone === undefined) return;
  const why = gone === undefined ? `no answer in ${seconds} s` : `${gone.name} ended with ${gone.ended()}`;
  const logs = (gone === undefined ? daemons : [gone]).map(endOfLog);
  throw new Error(`${what} did not start: ${why}\n${logs.join('\n')}`);
}

function endOfLog({ name, log }: Daemon): string {
  const lines = fs.readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL);
  return `--- the end of the log of ${name}\n${lines.join('\n')}`;
}

const canConnect = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

async function areComponentsRunning({ zuulUrl }: State): Promise<boolean> {
  const answer = await fetch(`${zuulUrl}/api/components`).catch(() => undefined);
  if (answer?.ok !== true) return false;
  const components = (await answer.json()) as Readonly<Record<string, readonly { readonly state: string }[]>>;
  return SERVICES.every((name) => components[name]?.some(({ state }) => state === 'running') === true);
}
