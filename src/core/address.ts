// SPDX-License-Identifier: Apache-2.0
/** Addresses in a trust policy, and in those of others. */
import { type Decoder, text, wrong } from './decode.ts';

/** What is wrong with an address below which a service is asked; undefined where nothing is. */
export function addressFault(url: string): string | undefined {
  const parsedUrl = URL.canParse(url) ? new URL(url) : undefined;
  if (parsedUrl === undefined || !/^https?:\/\/[^?#]+$/i.test(url))
    return 'is not an http(s) address without query and fragment';
  if (parsedUrl.username !== '' || parsedUrl.password !== '') return 'holds a name or a password';
  return undefined;
}

/** Below which a service is asked; without a slash at its end. */
export const httpAddress: Decoder<string> = (value, path) => {
  const url = text(value, path);
  const fault = addressFault(url);
  if (fault !== undefined) throw wrong(path, fault);
  return withoutLastSlash(url);
};

/** Nothing looks back from within a row of slashes: a search from each of them would take quadratic time. */
export const withoutLastSlash = (url: string): string => url.replace(/(?<!\/)\/+$/, '');

export interface HostAndPort {
  /** A name, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** `host:port`; an IPv6 address stands in brackets. */
export const hostAndPort: Decoder<HostAndPort> = (value, path) => {
  const [, inBrackets, plain, digits] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):([1-9][0-9]{0,4})$/i.exec(text(value, path)) ?? [];
  const host = inBrackets ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65535) throw wrong(path, 'is not host:port, as in recorder.example.org:443');
  return { host, port };
};
