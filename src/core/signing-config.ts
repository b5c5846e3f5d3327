// SPDX-License-Identifier: Apache-2.0
/**
 * A Sigstore signing config, of which the addresses of Rekor logs are used: protobuf JSON, as Sigstore publishes it through TUF and as
 * `cosign signing-config create` writes it. Logs have shards, each at an address of its own, which are closed one day.
 *
 *   {"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json",
 *    "rekorTlogUrls":[{"url":"https://rekor.example.org","majorApiVersion":2,
 *      "validFor":{"start":"2026-01-01T00:00:00Z"},"operator":"example.org"}],
 *    "rekorTlogConfig":{"selector":"ANY"},
 *    "caUrls":[…],"oidcUrls":[…],"tsaUrls":[…],"tsaConfig":{…}}                                      not looked at
 *
 * A log of a policy is one log: a config that asks for entries in several is refused, and nothing in it is trusted but where to ask.
 */
import { httpAddress } from './address.ts';
import { count, type Decoder, exactly, list, oneOf, optional, text, withDefault, wrong } from './decode.ts';
import { Fault } from './fault.ts';
import { parseFreeJson } from './free-json.ts';
import type { RekorVersion } from './rekor-key.ts';
import { isWithin, timeRange } from './time-range.ts';

/** Bytes; that of Sigstore's public instance has 1000. */
export const SIGNING_CONFIG_CAP = 64 * 1024;
const MAX_SERVICES = 64;

const service = exactly({ url: httpAddress, majorApiVersion: count, validFor: timeRange, operator: text });
type Service = ReturnType<typeof service>;

const services: Decoder<readonly Service[]> = (value, path) => {
  if (Array.isArray(value) && value.length > MAX_SERVICES)
    throw wrong(path, `holds more than ${MAX_SERVICES} services`);
  return list(service)(value, path);
};

const configFields = exactly({ selector: oneOf(['ANY', 'EXACT', 'ALL']), count: optional(count) });

const oneLog: Decoder<void> = (value, path) => {
  const { selector, count: wanted = 0 } = configFields(value, path);
  if (selector === 'ANY' || (selector === 'EXACT' && wanted === 1)) return;
  throw wrong(path, 'asks for entries in several logs', 'name each of them in the policy, with its "url"');
};

const ignored: Decoder<undefined> = () => undefined;
const document = exactly({
  mediaType: oneOf(['application/vnd.dev.sigstore.signingconfig.v0.2+json']),
  rekorTlogUrls: withDefault(services, []),
  rekorTlogConfig: oneLog,
  caUrls: ignored,
  oidcUrls: ignored,
  tsaUrls: ignored,
  tsaConfig: ignored,
});

/** Where the newest log of a version is asked at this time; without a slash at its end. Throws `bad-format`, and `usage` where there is none. */
export function newestAddress(bytes: Uint8Array, version: RekorVersion, now: Date): string {
  const { rekorTlogUrls } = document(parseFreeJson(bytes, SIGNING_CONFIG_CAP, 'the signing config'), '');
  const [newest] = rekorTlogUrls
    .filter(({ majorApiVersion, validFor }) => majorApiVersion === version && isWithin(now, validFor))
    .sort((a, b) => b.validFor.start.getTime() - a.validFor.start.getTime());
  if (newest !== undefined) return newest.url;
  throw new Fault('usage', `it names no log of version ${version} for ${now.toISOString()}`, {
    hint: 'take the newest signing config of those who run the log',
  });
}
