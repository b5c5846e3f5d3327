// SPDX-License-Identifier: Apache-2.0
/**
 * Step 3 of `submit.ts`: what is published is what will be logged. Mirrors lag, so that it is looked at again until a
 * deadline.
 */
import { addressFault } from '../core/address.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import { MANIFEST_CAP } from '../core/manifest.ts';
import type { Http, Ports } from '../ports.ts';
import { isUrl, openSource, type Source } from './source.ts';
import { waitingClock } from './waiting.ts';

/** Milliseconds between two looks. */
const INTERVAL = 5000;
/** Milliseconds that a look may take, also where that is longer than the deadline. */
const LOOK = 10_000;

/**
 * Throws `usage` for what is no address, for one with a password or a query, and for that of the manifest, which `verify` takes. Asks
 * nobody.
 */
export function checkPublishedUrl(url: string, manifest: string): void {
  if (!isUrl(url) || !URL.canParse(url))
    throw new Fault('usage', `not an address: ${quote(url)}`, {
      hint: 'give the http(s) address of the directory that the release is published in',
    });
  const [, directory = '', name = ''] = /^([^?#]*)\/([^/?#]+)\/*(?:[?#].*)?$/s.exec(url) ?? [];
  if (name.endsWith('SHA256SUMS') || name === manifest || name === encodeURIComponent(manifest))
    throw new Fault('usage', `the address of a manifest: ${quote(url)}`, {
      hint: `give that of the directory that the release is published in: ${quote(directory)}`,
    });
  const fault = addressFault(url);
  if (fault !== undefined)
    throw new Fault('usage', `the address of what is published ${fault}`, {
      hint: 'a submission that is pending is published with it: give the address that everybody knows',
    });
}

/**
 * Waits until these files are published below a URL, `deadline` seconds at most, and looks at least once. Then throws `pending` where
 * one is not there, `altered` where it differs, `network` where nothing answers. The URL MUST be one that `checkPublishedUrl` lets pass.
 */
export async function awaitPublished(
  ports: Ports,
  local: ReadonlyMap<string, Uint8Array>,
  url: string,
  deadline: number,
): Promise<void> {
  const clock = waitingClock(ports, 'what is published', deadline);
  const end = clock.now().getTime() + deadline * 1000;
  const left = () => end - clock.now().getTime();
  const get: Http['get'] = async (address, cap) => ports.http.get(address, cap, Math.max(LOOK, left()));
  const source = openSource({ ...ports, http: { ...ports.http, get } }, url);
  for (;;) {
    const problem = await compare(source, local).catch(whatTimeMayMend);
    if (problem === undefined) return;
    if (left() <= 0) throw problem;
    await clock.sleep(Math.min(INTERVAL, left()));
  }
}

/** A server that is down, and an answer that is longer than a manifest, such as a page about maintenance. */
function whatTimeMayMend(error: unknown): Fault {
  if (error instanceof Fault && error.kind === 'network') return error;
  if (!(error instanceof Fault) || error.kind !== 'bad-format') throw error;
  return new Fault('altered', error.message, { file: error.file, hint: error.hint, cause: error });
}

async function compare(source: Source, local: ReadonlyMap<string, Uint8Array>): Promise<Fault | undefined> {
  for (const [name, bytes] of local) {
    const out = await source.read(name, MANIFEST_CAP);
    if (out === undefined)
      return new Fault('pending', `${quote(name)} is not published in ${quote(source.shown)}`, {
        file: name,
        hint: 'was the upload finished? give mirrors more time with --deadline',
      });
    if (!equalBytes(out, bytes))
      return new Fault(
        'altered',
        `what is published as ${quote(name)} in ${quote(source.shown)} differs from the local file`,
        {
          file: name,
          hint: 'nothing was logged: find out which of the two is right',
        },
      );
  }
  return undefined;
}
