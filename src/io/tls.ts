// SPDX-License-Identifier: Apache-2.0
/** Certificates of servers, by Node's TLS: OpenSSL judges the chain, and what it says is handed on with it. */
import tls from 'node:tls';
import { Fault, quote } from '../core/fault.ts';
import type { Shown, Tls, Visit } from '../ports.ts';
import { reasonOf } from './system-error.ts';

/** Certificates: where a server sends more, what follows is left out, and the chain leads nowhere. */
const LONGEST = 20;

export const nodeTls = (): Tls => ({
  visit: async (visit) => {
    const { host, port, name, authorities, timeout } = visit;
    const socket = tls.connect({
      host,
      port,
      servername: name,
      // judged below: the chain is wanted in either case
      rejectUnauthorized: false,
      ...(authorities === undefined ? {} : { ca: authorities }),
    });
    const timer = setTimeout(() => socket.destroy(new Error(`no certificate within ${timeout} ms`)), timeout);
    try {
      await handshake(socket);
      return shownBy(socket);
    } catch (error) {
      throw faultOf(error, visit);
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  },
});

/** A server that goes away without a word ends the connection, and no error is told. */
const handshake = async (socket: tls.TLSSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.on('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed')));
  });

function shownBy(socket: tls.TLSSocket): Shown {
  const chain: Uint8Array[] = [];
  // the chain of this form ends in a circle, and holds the authority; the one of X509Certificate has only what was sent
  let one: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw !== undefined && chain.length < LONGEST) {
    chain.push(one.raw);
    one = one.issuerCertificate === one ? undefined : one.issuerCertificate;
  }
  const problem = socket.authorized ? undefined : String(socket.authorizationError);
  return { chain, problem: chain.length === 0 ? 'there is none' : problem };
}

const faultOf = (error: unknown, { host, port, name }: Visit): Fault =>
  new Fault('network', `no certificate for ${quote(name)} from ${host}, port ${port}: ${reasonOf(error)}`, {
    cause: error,
  });
