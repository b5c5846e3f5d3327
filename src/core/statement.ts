// SPDX-License-Identifier: Apache-2.0
/**
 * The release statement, `artifact-signing.statement/v1`, in the canonical JSON of RFC 8785: what a log holds of a release. It
 * has no time and no build in it, so that the same release gives the same bytes and one entry. `ref` and
 * `commit` are left out where they are not known.
 *
 *   {"commit":"2f1e…","manifest":{"name":"nova-31.0.0.SHA256SUMS","sha256":"9b74…","size":1312},
 *    "project":"opendev.org/openstack/nova","ref":"refs/tags/31.0.0","schema":"artifact-signing.statement/v1",
 *    "signer":"30566C450E41D7C91E442DFB231F942F608DDEFF","version":"31.0.0"}          (on one line)
 */
import { formatCanonicalJson, parseCanonicalJson } from './canonical-json.ts';
import { count, type Decoder, exactly, optional, parsed, text, wrong } from './decode.ts';
import { type Fingerprint, parseFingerprint } from './fingerprint.ts';
import { type ArtifactName, parseArtifactName } from './name.ts';
import { parseSha256, type Sha256 } from './sha256.ts';

export const STATEMENT_SCHEMA = 'artifact-signing.statement/v1';

export interface Statement {
  readonly schema: typeof STATEMENT_SCHEMA;
  /** The canonical name of the project, or what the person said. */
  readonly project: string;
  readonly version: string;
  readonly ref?: string;
  /** 40 or 64 lower-case hexadecimal digits. */
  readonly commit?: string;
  readonly manifest: {
    readonly name: ArtifactName;
    readonly sha256: Sha256;
    /** Bytes. */
    readonly size: number;
  };
  /** Of the key that signed the manifest: the subkey, as a rule. */
  readonly signer: Fingerprint;
}

/** The canonical bytes. Throws `bad-format` for what `parseStatement` would refuse. */
export function formatStatement(statement: Statement): Uint8Array {
  return formatCanonicalJson(narrow(statement));
}

/** Reads canonical bytes with exactly the known keys. Throws `bad-format` with the path of what is wrong. */
export const parseStatement = (bytes: Uint8Array): Statement => narrow(parseCanonicalJson(bytes));

function narrow(value: unknown): Statement {
  const { ref, commit, ...rest } = document(value, '');
  return { ...rest, ...(ref === undefined ? {} : { ref }), ...(commit === undefined ? {} : { commit }) };
}

/** Text that is shown on one line to people. */
const line: Decoder<string> = (value, path) => {
  const content = text(value, path);
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(content)) throw wrong(path, 'holds a control character');
  return content;
};

const commit: Decoder<string> = (value, path) => {
  const digits = text(value, path);
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(digits))
    throw wrong(path, 'is not a commit of 40 or 64 hexadecimal digits');
  return digits;
};

const signer: Decoder<Fingerprint> = (value, path) => {
  const fingerprint = parsed(parseFingerprint)(value, path);
  if (fingerprint !== value) throw wrong(path, 'is not written in upper case without spaces');
  return fingerprint;
};

const digest: Decoder<Sha256> = (value, path) => {
  const digits = text(value, path);
  if (!/^[0-9a-f]{64}$/.test(digits)) throw wrong(path, 'is not a SHA-256 digest in lower case');
  return parseSha256(digits);
};

const document = exactly({
  schema: (value: unknown, path: string): typeof STATEMENT_SCHEMA => {
    if (value !== STATEMENT_SCHEMA) throw wrong(path, `is not ${STATEMENT_SCHEMA}`);
    return STATEMENT_SCHEMA;
  },
  project: line,
  version: line,
  ref: optional(line),
  commit: optional(commit),
  manifest: exactly({ name: parsed(parseArtifactName), sha256: digest, size: count }),
  signer,
});
