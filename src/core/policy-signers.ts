// SPDX-License-Identifier: Apache-2.0
/**
 * The `signers` of a Rekor or Sigsum log in the trust policy: our keys, which sign what goes into it. A key stands there itself, or in a
 * file beside which a certificate of the policy has signed it:
 *
 *   signers:
 *     - MFkwEwYHKoZIzj0CAQYI…
 *     - file: keys/rekor.pem.pub           # relative to the policy, with keys/rekor.pem.pub.asc
 */
import { type Decoder, exactly, list, parsed, text, wrong } from './decode.ts';

export interface Signers<K> {
  readonly keys: readonly K[];
  /** Whose keys have still to be read. */
  readonly files: readonly string[];
}

const MAX_SIGNERS = 32;

/** `idOf` tells keys apart, `whose` is what an empty list leaves open. */
export const signersOf =
  <K>(parse: (text: string) => K, idOf: (key: K) => string, whose: string): Decoder<Signers<K>> =>
  (value, path) => {
    const signers = list(signer(parse))(value, path);
    if (signers.length === 0) throw wrong(path, `is empty: ${whose}`);
    if (signers.length > MAX_SIGNERS) throw wrong(path, `holds more than ${MAX_SIGNERS} keys`);
    const ids = signers.map((one) => ('file' in one ? `file ${one.file}` : idOf(one.key)));
    const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
    if (twice >= 0) throw wrong(`${path}[${twice}]`, 'is there twice');
    return {
      keys: signers.flatMap((one) => ('file' in one ? [] : [one.key])),
      files: signers.flatMap((one) => ('file' in one ? [one.file] : [])),
    };
  };

const signer =
  <K>(parse: (text: string) => K): Decoder<{ readonly key: K } | { readonly file: string }> =>
  (value, path) =>
    typeof value === 'string' ? { key: parsed(parse)(value, path) } : exactly({ file: text })(value, path);
