// SPDX-License-Identifier: Apache-2.0
/** A real Sigsum log with two real witnesses, on loopback: sigsum-log-primary with a tree in memory, out of Debian's packages. */
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { freePort } from '../free-port.ts';
import { debianPrograms } from './debian.ts';
import { run } from './programs.ts';
import { answers, end, startServer } from './server.ts';

export interface SigsumPrograms {
  /** Where sigsum-log-primary is. */
  readonly log: string;
  /** Where sigsum-witness, -key, -submit, -verify and -policy are. */
  readonly tools: string;
}

export function sigsumPrograms(): SigsumPrograms {
  const programs = debianPrograms(['sid', 'testing'], { 'sigsum-log-go': '0.15.2', 'sigsum-go': '0.14.1' });
  return { log: programs, tools: programs };
}

/** Where sigsum-verify is as other releases of Debian have it. */
export const otherVerifiers = (): readonly string[] =>
  [
    ['trixie-backports', 'testing'],
    ['bookworm-backports', 'trixie'],
  ].map((suites) => debianPrograms(suites, { 'sigsum-go': '0.11.1' }));

export interface Started {
  /** At the same address, with the same key and memory. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface SigsumLab {
  /** Of the log. */
  readonly url: string;
  /** Its public key, in hexadecimal digits. */
  readonly logKey: string;
  /** A Sigsum policy file with the log and both witnesses, all of whom have to vouch. */
  readonly policy: string;
  readonly witnesses: readonly Started[];
  /** A public key file in hexadecimal digits. */
  hexOf(file: string): string;
  close(): Promise<void>;
}

/** Debian's builds know paths with parameters only where Go is told so. */
const ENV = { ...process.env, GODEBUG: 'httpmuxgo121=0' };

/** A program that listens, as soon as it does. */
function server(program: string, args: readonly string[], port: number, path: string): Started {
  let child: ChildProcess | undefined;
  return {
    start: async () => {
      child = await startServer({ program, args, env: ENV }, () => answers(`http://127.0.0.1:${port}${path}`));
    },
    stop: async () => {
      if (child !== undefined) await end(child);
    },
  };
}

/** Everything below `directory`; the log takes up what is new each second. */
export async function openSigsum({ log, tools }: SigsumPrograms, directory: string): Promise<SigsumLab> {
  fs.mkdirSync(directory, { recursive: true });
  const at = (file: string) => path.join(directory, file);
  const key = path.join(tools, 'sigsum-key');
  const hexOf = (file: string) => run(key, ['to-hex', '-k', file]).trim();
  for (const name of ['log', 'w1', 'w2']) run(key, ['generate', '-o', at(`${name}.key`)]);
  const [logPort, internal, ...ports] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${logPort}`;
  const named = ['w1', 'w2'].map(
    (name, index) => `witness ${name} ${hexOf(at(`${name}.key.pub`))} http://127.0.0.1:${ports[index]}\n`,
  );
  const policy = at('policy');
  fs.writeFileSync(
    policy,
    `log ${hexOf(at('log.key.pub'))} ${url}\n${named.join('')}group both all w1 w2\nquorum both\n`,
  );
  const witnesses = ['w1', 'w2'].map((name, index) => {
    const args = ['-k', at(`${name}.key`), '--log-key', at('log.key.pub'), '--state-file', at(`${name}.cth`)];
    const port = ports[index] ?? 0;
    return server(path.join(tools, 'sigsum-witness'), [...args, `127.0.0.1:${port}`], port, '/');
  });
  fs.writeFileSync(at('log.sth.startup'), 'startup=empty\n');
  const args = [
    ...['--key-file', at('log.key'), '--policy-file', policy, '--interval=1s', '--backend=ephemeral'],
    ...[
      '--sth-file',
      at('log.sth'),
      `--external-endpoint=127.0.0.1:${logPort}`,
      `--internal-endpoint=127.0.0.1:${internal}`,
    ],
  ];
  const primary = server(path.join(log, 'sigsum-log-primary'), args, logPort ?? 0, '/get-tree-head');
  const all = [...witnesses, primary];
  for (const one of all) await one.start();
  return {
    url,
    logKey: hexOf(at('log.key.pub')),
    policy,
    witnesses,
    hexOf,
    close: async () => {
      for (const one of all) await one.stop();
    },
  };
}
