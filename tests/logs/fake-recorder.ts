// SPDX-License-Identifier: Apache-2.0
/**
 * A recorder on loopback, as rget's is: it fetches what it is told about, keeps it under the root of its digests, and gets a
 * certificate from an authority of its own at the first visit of the record domain. It misbehaves on demand. Imports nothing of ours.
 */
import http from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import tls from 'node:tls';
import { afterEach } from 'vitest';
import { type Authority, type CertificateOptions, makeAuthority, makeParty, toPem } from '../core/certificates.ts';
import { ReferenceTree } from '../core/rfc6962.ts';

export const RECORDER = 'recorder.example.org';

export type Lie = 'deaf' | 'lost' | 'hangUp' | { readonly status: number; readonly headers?: http.OutgoingHttpHeaders };

export interface FakeRecorder {
  /** Of its interface. */
  readonly url: string;
  /** Where all record domains are: host and port. */
  readonly address: string;
  readonly authority: Authority;
  /** The forms that were posted. */
  readonly told: string[];
  /** Names that were asked for in handshakes. */
  readonly visits: string[];
  /** `<root>.<project domain>` of what it has. */
  readonly records: string[];
  /** What it makes of an address; it takes none of which it makes nothing. */
  projectDomain: (url: string) => string | undefined;
  /** Where it fetches what is at an address. */
  mirror: (url: string) => string;
  /** Visits that come before the certificate is there. */
  slowness: number;
  /** Instead of the names that it should get a certificate for. */
  names: ((right: readonly string[]) => readonly string[]) | undefined;
  /** What else is wrong with the certificate. */
  flaw: Partial<CertificateOptions>;
  issuer: Authority;
  /** What it answers to forms instead: `deaf` says 200 and does nothing, `lost` has done it and hangs up. */
  lies: Lie[];
  /** Every visitor is shown the door. */
  isClosed: boolean;
}

const open: (Server | http.Server)[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(server: Server | http.Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Of lines as GNU sha256sum writes them. */
function rootOf(manifest: string): string {
  const leaves = manifest
    .trimEnd()
    .split('\n')
    .map((line) => Buffer.from(line.slice(0, 64), 'hex'));
  const digits = new ReferenceTree(leaves).mth(0, leaves.length).toString('hex');
  return `${digits.slice(0, 32)}.${digits.slice(32)}`;
}

export async function fakeRecorder(): Promise<FakeRecorder> {
  const authority = makeAuthority();
  const issued = new Map<string, tls.SecureContext>();

  const keep = async (url: string) => {
    const project = fake.projectDomain(url);
    if (project === undefined) return;
    const record = `${rootOf(await (await fetch(fake.mirror(url))).text())}.${project}`;
    if (!fake.records.includes(record)) fake.records.push(record);
  };
  const contextFor = (record: string): tls.SecureContext => {
    const [first = '', second = ''] = record.split('.');
    const right = [`${record}.${RECORDER}`, `${first}.${second}.${RECORDER}`];
    const subject = makeParty(`${first}.${RECORDER}`);
    const names = fake.names?.(right) ?? right;
    const certificate = fake.issuer.issue(subject, names, fake.flaw);
    const key = subject.key.export({ type: 'pkcs8', format: 'pem' });
    return tls.createSecureContext({ key, cert: toPem(certificate, fake.issuer.middle) });
  };
  const onVisit = (name: string): tls.SecureContext | undefined => {
    fake.visits.push(name);
    // as rget does: the first part decides, whatever is behind it
    const record = fake.records.find((one) => one.split('.')[0] === name.split('.')[0]);
    if (record === undefined || fake.isClosed || fake.slowness-- > 0) return undefined;
    const context = issued.get(record) ?? contextFor(record);
    issued.set(record, context);
    return context;
  };

  const server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      const form = Buffer.concat(parts).toString();
      fake.told.push(`${request.method} ${request.url} ${request.headers['content-type']} ${form}`);
      const lie = fake.lies.shift();
      if (lie === 'hangUp') return void request.socket.destroy();
      if (typeof lie === 'object') return void response.writeHead(lie.status, lie.headers).end('no');
      if (lie !== 'deaf') await keep(new URLSearchParams(form).get('url') ?? '');
      if (lie === 'lost') return void request.socket.destroy();
      return void response.writeHead(200).end();
    });
  });
  const visited = tls.createServer({
    SNICallback: (name, callback) => {
      const context = onVisit(name);
      callback(context === undefined ? new Error('unknown merkle prefix') : null, context);
    },
  });
  // whoever hangs up is no news
  visited.on('tlsClientError', () => undefined);
  const fake: FakeRecorder = {
    url: `http://127.0.0.1:${await listen(server)}`,
    address: `127.0.0.1:${await listen(visited)}`,
    authority,
    told: [],
    visits: [],
    records: [],
    projectDomain: () => '1.nova.example.org',
    mirror: (url) => url,
    slowness: 0,
    names: undefined,
    flaw: {},
    issuer: authority,
    lies: [],
    isClosed: false,
  };
  return fake;
}
