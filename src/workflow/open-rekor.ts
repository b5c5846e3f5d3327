// SPDX-License-Identifier: Apache-2.0
/** A Rekor log for `submit`: the key that signs for it, and where it is asked. */
import type { KeyObject } from 'node:crypto';
import { SIGSTORE_BUNDLE } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { p256Signer } from '../core/p256.ts';
import type { TrustedRekorLog } from '../core/policy-rekor.ts';
import { newestAddress, SIGNING_CONFIG_CAP } from '../core/signing-config.ts';
import { originOf } from '../core/trusted-root.ts';
import { openRekor, preparedFor, prepareRekor } from '../logs/rekor.ts';
import type { RekorAddress, RekorPlaces } from '../logs/rekor-places.ts';
import type { Ports } from '../ports.ts';
import type { Addresses, ChosenLog } from './chosen-log.ts';
import { inFile } from './trust.ts';

/** The key is needed only where nothing was prepared: whoever finishes a submission may not have it. Throws `usage`. */
export function rekorLog(
  ports: Ports,
  trusted: TrustedRekorLog,
  key: KeyObject | undefined,
  patience: number,
): ChosenLog {
  const { name, signers } = trusted;
  const { http, clock } = ports;
  const placesOf = locatorOf(ports, trusted);
  const signer = key && p256Signer(key);
  if (signer !== undefined && !signers.some(({ hint }) => hint === signer.key.hint))
    throw new Fault('usage', `the key for the log ${quote(name)} is none of the signers that the policy names`, {
      hint: `its public key is ${Buffer.from(signer.key.spki).toString('base64')}`,
    });
  return {
    kind: 'rekor',
    proof: SIGSTORE_BUNDLE,
    isRepeatable: false,
    isShared: true,
    prepare: ({ manifest }, earlier) => {
      if (earlier !== undefined) {
        preparedFor(earlier, manifest);
        return earlier;
      }
      if (signer !== undefined) return prepareRekor(manifest, signer);
      throw new Fault('usage', `no key for the log ${quote(name)} is given`, {
        hint: 'give --log-key FILE: one of the signers that the policy names, as "key generate-log-key --for rekor" makes it',
      });
    },
    open: async (addresses) => openRekor(trusted, { http, clock, patience, places: placesOf(addresses) }),
    pinned: () => trusted,
  };
}

/** Throws `usage` where the policy has no address. */
function locatorOf(
  ports: Ports,
  { name, url, readUrl, signingConfig, ...trusted }: TrustedRekorLog,
): (addresses: Addresses) => RekorPlaces {
  if (url !== undefined)
    return () => ({
      earlier: undefined,
      locate: async () => ({ url, readUrl: readUrl ?? url }),
      keep: async () => undefined,
    });
  if (signingConfig !== undefined)
    return (addresses) => {
      const earlier = addresses.of(name);
      // an entry in a log that is not pinned any more proves nothing
      return {
        earlier: earlier === undefined ? undefined : pinnedAddress(earlier, trusted),
        locate: async () => configured(ports, { ...trusted, name }, signingConfig),
        keep: async (at) => addresses.keep(name, at?.url),
      };
    };
  throw new Fault('usage', `the policy does not say where the log ${quote(name)} can be asked`, {
    hint: 'submit asks it: give it a "url" or a "signing_config" in the policy',
  });
}

/**
 * The file is read each time that an address is needed, as somebody may replace it meanwhile. An entry cannot be taken back: nothing is
 * sent to an address that is not that of a pinned log, by its name.
 */
async function configured(
  { files, clock }: Ports,
  { name, version, keys }: Pick<TrustedRekorLog, 'name' | 'version' | 'keys'>,
  file: string,
): Promise<RekorAddress> {
  const bytes = await files.readGiven(file, SIGNING_CONFIG_CAP);
  const url = await inFile(file, async () => newestAddress(bytes, version, clock.now()));
  const pinned = pinnedAddress(url, { keys });
  if (pinned !== undefined) return pinned;
  throw new Fault(
    'usage',
    `the newest address of the log ${quote(name)} is ${url}, and the policy pins no key of that`,
    {
      file,
      hint: 'take the trusted root that belongs to this signing config, and name it as "trusted_root" in the policy',
    },
  );
}

/** Tiles are below the address, where Sigstore's own logs serve them. Undefined where no log of that name is pinned. */
function pinnedAddress(url: string, { keys }: Pick<TrustedRekorLog, 'keys'>): RekorAddress | undefined {
  const origin = originOf(url);
  return keys.some((key) => key.name === origin) ? { url, readUrl: `${url}/api/v2` } : undefined;
}
