// SPDX-License-Identifier: Apache-2.0
/**
 * Keys of ours in the trust policy: the `signers` of a Rekor or Sigsum log, which sign what goes into it, and the `keys` of a tile log.
 * A key stands there itself, or in a file beside which a certificate of the policy has signed it:
 *
 *   signers:
 *     - MFkwEwYHKoZIzj0CAQYI…
 *     - file: keys/rekor.pem.pub           # relative to the policy, with keys/rekor.pem.pub.asc
 */
import { type Decoder, exactly, list, parsed, text, wrong } from './decode.ts';

export interface KeysInPolicy<K> {
  readonly keys: readonly K[];
  /** Whose keys have still to be read. */
  readonly files: readonly string[];
}

const MOST = 32;

/** `idOf` tells keys apart, `whose` is what an empty list leaves open. */
export const keysInPolicy =
  <K>(parse: (text: string) => K, idOf: (key: K) => string, whose: string): Decoder<KeysInPolicy<K>> =>
  (value, path) => {
    const keys = list(keyOrFile(parse))(value, path);
    if (keys.length === 0) throw wrong(path, `is empty: ${whose}`);
    if (keys.length > MOST) throw wrong(path, `holds more than ${MOST} keys`);
    const ids = keys.map((one) => ('file' in one ? `file ${one.file}` : idOf(one.key)));
    const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
    if (twice >= 0) throw wrong(`${path}[${twice}]`, 'is there twice');
    return {
      keys: keys.flatMap((one) => ('file' in one ? [] : [one.key])),
      files: keys.flatMap((one) => ('file' in one ? [one.file] : [])),
    };
  };

const keyOrFile =
  <K>(parse: (text: string) => K): Decoder<{ readonly key: K } | { readonly file: string }> =>
  (value, path) =>
    typeof value === 'string' ? { key: parsed(parse)(value, path) } : exactly({ file: text })(value, path);
