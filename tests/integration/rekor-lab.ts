// SPDX-License-Identifier: Apache-2.0
/** A place for releases that go into real Rekor logs, and the foreign verifiers of what comes back, from Debian. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { Report } from '../../src/core/report.ts';
import { parseBundle, type SigstoreBundle } from '../../src/core/sigstore-bundle.ts';
import { exportPublic, exportSecretSubkeys, makeKey, openGpg } from '../gpg.ts';
import { sigstorePrograms } from './debian.ts';
import { run } from './programs.ts';

const EXECUTABLE = path.resolve('src/bin.ts');

export interface Ended {
  readonly status: number | null;
  readonly report: Report;
}

export interface Said {
  readonly status: number | null;
  readonly said: string;
}

/** As a policy names it, and as `cosign trusted-root create` is told of it. */
export interface LabLog {
  readonly name: string;
  readonly version: 1 | 2;
  readonly origin: string;
  readonly url: string;
  readonly readUrl?: string;
  readonly pin: string;
  /** A PEM file. */
  readonly publicKey: string;
}

/** Runs the program as people do; not in this thread, where a server may have to answer it. */
export async function command(...words: readonly string[]): Promise<Ended> {
  const {
    exitCode = null,
    stdout,
    stderr,
  } = await execa(process.execPath, [EXECUTABLE, ...words, '--json'], {
    reject: false,
  });
  if (stdout === '') throw new Error(stderr);
  return { status: exitCode, report: JSON.parse(stdout) as Report };
}

export async function done(...words: readonly string[]): Promise<Report> {
  const { status, report } = await command(...words);
  expect(report.errors, words.join(' ')).toEqual([]);
  expect(status).toBe(0);
  return report;
}

export type RekorLab = Awaited<ReturnType<typeof openRekorLab>>;

export async function openRekorLab(logs: () => readonly LabLog[]) {
  const work = fs.mkdtempSync('/tmp/rekor-');
  const foreign = sigstorePrograms();
  const at = (...parts: readonly string[]) => path.join(work, ...parts);
  const gpg = await openGpg();
  const made = await makeKey(gpg, {
    algorithm: 'ed25519',
    subkeys: [{ algorithm: 'ed25519' }],
    userId: 'R <r@example.org>',
  });
  fs.writeFileSync(at('key.asc'), await exportSecretSubkeys(gpg, made.primary), { mode: 0o600 });
  fs.writeFileSync(at('certificate.asc'), await exportPublic(gpg, made.primary));
  const { detail } = await done('key', 'generate-log-key', '--for', 'rekor', '--out', at('rekor.pem'));
  const signer = String(detail?.['public_key']);
  const manifest = (release: string) => at(release, `nova-${release}.SHA256SUMS`);
  const bundleFile = (release: string) => `${manifest(release)}.sigstore.json`;

  /** The file of a policy that demands these logs; at addresses of their own, if need be. */
  function policy(names: readonly string[], urls: Readonly<Record<string, string>> = {}, signers = [signer]): string {
    const file = at(`policy-${names.join('-')}.json`);
    const document = {
      schema: 'artifact-signing.policy/v1',
      certificates: [{ file: 'certificate.asc', fingerprint: made.primary }],
      logs: logs()
        .filter(({ name }) => names.includes(name))
        .map(({ name, version, url, readUrl, origin, pin }) => ({
          ...{ name, kind: 'rekor', version, origin, keys: [pin], signers, url: urls[name] ?? url },
          ...(readUrl === undefined ? {} : { read_url: readUrl }),
        })),
      require: { logs: { at_least: names.length } },
    };
    fs.writeFileSync(file, JSON.stringify(document));
    return file;
  }

  /** In a network namespace of its own, where there is nobody. */
  function offline(program: string, args: readonly string[]): Said {
    const { status, stdout, stderr } = spawnSync('unshare', ['--map-root-user', '--net', program, ...args], {
      encoding: 'utf8',
      env: { ...process.env, HOME: work },
    });
    return { status, said: stdout + stderr };
  }

  function cosign(...args: readonly string[]): Said {
    const { status, stdout, stderr } = spawnSync(path.join(foreign, 'cosign'), args, {
      encoding: 'utf8',
      env: { ...process.env, HOME: work, COSIGN_PASSWORD: '' },
    });
    return { status, said: stdout + stderr };
  }

  return {
    at,
    signer,
    manifest,
    bundleFile,
    policy,
    offline,
    bundle: (release: string): SigstoreBundle => parseBundle(fs.readFileSync(bundleFile(release))),
    makeRelease: async (release: string): Promise<void> => {
      fs.mkdirSync(at(release));
      fs.writeFileSync(at(release, `nova-${release}.tar.gz`), `some bytes of ${release}`);
      const identity = ['--project', 'nova', '--release', release];
      await done('sign', at(release), '--key-file', at('key.asc'), '--sums', ...identity);
    },
    submitWords: (release: string, names: readonly string[], urls?: Readonly<Record<string, string>>) => [
      ...['submit', at(release), '--log-key', at('rekor.pem'), '--policy', policy(names, urls)],
      ...names.flatMap((name) => ['--log', name]),
      ...['--project', 'opendev.org/openstack/nova', '--release', release, '--log-deadline', '60'],
    ],
    verify: async (release: string, names: readonly string[]): Promise<Ended> =>
      command('verify', at(release), '--policy', policy(names)),
    /** The document in which Sigstore's programs have their keys. Its "url" is the name of a log, and not where it is served. */
    trustedRoot: (): string => {
      const words = logs().map(({ version, origin, publicKey }) =>
        [
          `--rekor=url=https://${origin},public-key=${publicKey},start-time=2024-01-01T00:00:00Z`,
          ...(version === 2 ? [`origin=${origin}`] : []),
        ].join(),
      );
      run(path.join(foreign, 'cosign'), ['trusted-root', 'create', '--out', at('root.json'), ...words]);
      return at('root.json');
    },
    cosign,
    /** By which cosign finds the log at this address. */
    signingConfig: (version: 1 | 2, url: string): string => {
      const rekor = `--rekor=url=${url},api-version=${version},start-time=2024-01-01T00:00:00Z,operator=local`;
      cosign('signing-config', 'create', rekor, '--rekor-config=ANY', '--out', at('signing.json'));
      return at('signing.json');
    },
    /** Has cosign sign a manifest with our key, and log it where the flags say. */
    cosignSign: (release: string, flags: readonly string[]): Said => {
      if (!fs.existsSync(at('own.key')))
        cosign('import-key-pair', '--key', at('rekor.pem'), '--output-key-prefix', at('own'));
      const words = ['--yes', '--key', at('own.key'), ...flags, '--trusted-root', at('root.json')];
      return cosign('sign-blob', ...words, '--bundle', bundleFile(release), manifest(release));
    },
    cosignVerify: (release: string, file = manifest(release), bundle = bundleFile(release)): Said =>
      offline(path.join(foreign, 'cosign'), [
        ...['verify-blob', '--key', at('rekor.pem.pub'), '--bundle', bundle, '--trusted-root', at('root.json'), file],
      ]),
    sigstoreGo: (release: string, file = manifest(release)): Said =>
      offline(path.join(foreign, 'sigstore-go-verification'), [
        ...['-publicKey', at('rekor.pem.pub'), '-trustedrootJSONpath', at('root.json'), '-requireCTlog=false'],
        ...['-artifact', file, bundleFile(release)],
      ]),
    close: async (): Promise<void> => {
      await gpg.close();
      fs.rmSync(work, { recursive: true, force: true });
    },
  };
}

export interface Front {
  readonly url: string;
  close(): void;
}

/** What is told of an answer. */
const TOLD = ['content-type', 'location', 'x-log-index'] as const;

/** Stands before a log, changes what is posted, and may lose an answer. */
export async function front(
  url: string,
  change: (body: Buffer) => Buffer = (body) => body,
  lose: (method: string, path: string) => boolean | Promise<boolean> = () => false,
): Promise<Front> {
  const server = createServer(async (request, response) => {
    const { method = 'GET' } = request;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = await fetch(`${url}${request.url}`, {
      method,
      ...(method === 'POST' ? { body: change(Buffer.concat(parts)) } : {}),
      headers: { 'content-type': 'application/json' },
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (await lose(method, request.url ?? '')) return void request.socket.destroy();
    const headers = TOLD.flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(answer.status, Object.fromEntries(headers)).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Loses the first answer to what is posted, after the log has taken the entry. */
export async function lossyFront(url: string): Promise<Front & { lost(): number }> {
  let posted = 0;
  const lose = (method: string) => method === 'POST' && ++posted === 1;
  return { ...(await front(url, undefined, lose)), lost: () => Math.min(posted, 1) };
}
