// SPDX-License-Identifier: Apache-2.0
/** Trusted roots and signing configs of test logs, as Sigstore and cosign write them. */
import { logIdOf, type RekorLog } from './rekor-log.ts';

export interface TrustedRootLog {
  readonly log: Pick<RekorLog, 'key' | 'origin' | 'pin'>;
  readonly start?: string;
  readonly end?: string;
}

export const trustedRoot = (logs: readonly TrustedRootLog[]): string =>
  JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: logs.map(({ log, start = '2024-01-01T00:00:00Z', end }) => ({
      baseUrl: `https://${log.origin}`,
      hashAlgorithm: 'SHA2_256',
      publicKey: {
        rawBytes: log.pin,
        keyDetails: log.key.asymmetricKeyType === 'ec' ? 'PKIX_ECDSA_P256_SHA_256' : 'PKIX_ED25519',
        validFor: { start, ...(end === undefined ? {} : { end }) },
      },
      logId: { keyId: Buffer.from(logIdOf(log.key, log.origin), 'hex').toString('base64') },
      operator: 'example.org',
    })),
    certificateAuthorities: [],
    ctlogs: [],
    timestampAuthorities: [],
  });

export interface ConfiguredLog {
  readonly url: string;
  readonly version?: number;
  readonly start?: string;
  readonly end?: string;
}

export const signingConfig = (logs: readonly ConfiguredLog[], config: unknown = { selector: 'ANY' }): string =>
  JSON.stringify({
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: [],
    oidcUrls: [],
    rekorTlogUrls: logs.map(({ url, version = 2, start = '2024-01-01T00:00:00Z', end }) => ({
      url,
      majorApiVersion: version,
      validFor: { start, ...(end === undefined ? {} : { end }) },
      operator: 'example.org',
    })),
    tsaUrls: [],
    rekorTlogConfig: config,
    tsaConfig: { selector: 'ANY' },
  });
