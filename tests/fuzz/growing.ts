// SPDX-License-Identifier: Apache-2.0
/** Large inputs that are right, or nearly: what a row of one and the same thing does not reach. */
import { parseCommandLine } from '../../src/cli/parse.ts';
import { classify } from '../../src/core/companions.ts';
import { formatManifest, parseManifest } from '../../src/core/manifest.ts';
import { findCaseTwins, parseArtifactName } from '../../src/core/name.ts';
import { decodePolicy } from '../../src/core/policy.ts';
import { sha256 } from '../../src/core/sha256.ts';
import { parseEntryBundle } from '../../src/core/tile.ts';
import { decodeZuulVars } from '../../src/core/zuul-vars.ts';
import { libraryYaml } from '../../src/io/yaml.ts';
import { readCertificates } from '../../src/openpgp/certificate.ts';
import { keyState } from '../../src/openpgp/key-state.ts';
import { VARS_CAP } from '../../src/workflow/identity.ts';
import { POLICY_CAP } from '../../src/workflow/load-trust.ts';
import { date } from '../openpgp/common.ts';
import { CERTIFY, CraftedKey, certificate, packet, SIGN } from '../openpgp/craft.ts';
import { STEP } from './growth.ts';
import { primary, subkey } from './openpgp.ts';

export interface Growing {
  readonly name: string;
  readonly make: (size: number) => unknown;
  readonly run: (input: unknown) => unknown;
  /** Of the smaller one. */
  readonly size: number;
}

/** Keeps the type of what is made together with what takes it. */
const growing = <T>(name: string, size: number, make: (size: number) => T, run: (input: T) => unknown): Growing => ({
  name,
  size,
  make,
  run: run as Growing['run'],
});

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const quietly = async (body: () => unknown): Promise<unknown> => {
  try {
    return await body();
  } catch {
    return undefined;
  }
};

const yaml = libraryYaml();
const BORN = date('2024-01-01');
const GOOD = {
  primary,
  subkey,
  certifications: [{ created: BORN, hashed: [CERTIFY] }],
  bindings: [{ created: BORN, hashed: [SIGN] }],
};
const names = (count: number) => times(count, (index) => `dir/nova-${index}.tar.gz`);

function judgeAll(bytes: Uint8Array): void {
  for (const one of readCertificates(bytes)) for (const key of one.keys) keyState(one, key, { at: BORN, now: BORN });
}

/** Below the number of parts at which a key is refused. */
const many = (size: number) => Math.min(size, 280);
const userIds = (count: number) =>
  Buffer.concat([packet(6, primary.body), ...times(count, (index) => packet(13, Buffer.from(`user ${index}`)))]);
const subkeys = (count: number) =>
  Buffer.concat([
    certificate(GOOD),
    ...times(count, (index) =>
      packet(14, new CraftedKey(new Date(BORN.getTime() + index * 1000), Buffer.alloc(32, 3)).body),
    ),
  ]);
const both = Buffer.concat([primary.forHash, subkey.forHash]);
const revocations = (count: number) =>
  Buffer.concat(
    times(count, (index) =>
      packet(2, primary.sign(both, { type: 0x28, created: new Date(BORN.getTime() + index * 1000) })),
    ),
  );

const policy = (count: number) => ({
  schema: 'artifact-signing.policy/v1',
  certificates: times(count, (index) => ({ file: `${index}.asc`, fingerprint: index.toString(16).padStart(40, '0') })),
});

/** A document of as many parts as that many bytes hold. */
function fill(bytes: number, before: string, make: (index: number) => string): string {
  let text = before;
  for (let index = 0; ; index += 1) {
    const part = make(index);
    if (text.length + part.length > bytes) return text;
    text += part;
  }
}

const policyFile = (bytes: number) =>
  fill(
    bytes,
    'schema: artifact-signing.policy/v1\ncertificates:\n',
    (index) => `  - file: keys/${index}.asc\n    fingerprint: '${index.toString(16).padStart(40, '0')}'\n`,
  );

/** What grows in it are the projects that a change depends on. */
const inventory = (bytes: number) =>
  fill(
    bytes,
    'all:\n  vars:\n    zuul:\n      project: {canonical_name: o/n, short_name: n}\n      projects:\n',
    (index) => `        example.org/n-${index}:\n          checkout: master\n          commit: ${'2f1e'.repeat(10)}\n`,
  );

export const GROWING: readonly Growing[] = [
  growing('a policy as large as it may be', POLICY_CAP / STEP, policyFile, async (text) =>
    decodePolicy(await yaml.parse(text)),
  ),
  growing("Zuul's variables as large as they may be", VARS_CAP / STEP, inventory, async (text) =>
    decodeZuulVars(await yaml.parse(text)),
  ),
  growing('keys of a mapping in YAML', 1200, (count) => times(count, (index) => `k${index}: 1\n`).join(''), yaml.parse),
  growing(
    'keys of a mapping in JSON',
    1200,
    (count) => JSON.stringify(Object.fromEntries(times(count, (index) => [`k${index}`, index]))),
    yaml.parse,
  ),
  growing(
    'aliases in YAML',
    1000,
    (count) => times(count, (index) => `- &a${index} x\n- *a${index}\n`).join(''),
    yaml.parse,
  ),
  growing(
    'aliases of aliases in YAML',
    1000,
    (count) => `- &a0 [x]\n${times(count, (index) => `- &a${index + 1} [*a${index}]\n`).join('')}`,
    (text) => quietly(() => yaml.parse(text)),
  ),
  growing(
    'errors in YAML',
    2000,
    (count) => `[${'@, '.repeat(count)}]`,
    (text) => quietly(() => yaml.parse(text)),
  ),
  growing('certificates of a policy', 1000, policy, (value) => quietly(() => decodePolicy(value))),
  growing(
    'lines of a manifest',
    2000,
    (count) =>
      Buffer.from(
        formatManifest(names(count).map((name) => ({ name: parseArtifactName(name), sha256: sha256(name) }))),
      ),
    parseManifest,
  ),
  growing(
    'names of a directory',
    3_000,
    (count) => names(count).flatMap((name) => [name, `${name}.asc`]),
    (all) => [classify(all), findCaseTwins(all)],
  ),
  growing(
    'files on a command line',
    8000,
    (count) => ['sign', ...names(count).flatMap((name) => [name, `--include=${name}`])],
    (words) => parseCommandLine(words, '0'),
  ),
  growing(
    'empty entries of a bundle',
    200_000,
    (count) => Buffer.alloc(2 * count),
    (bytes) => quietly(() => parseEntryBundle(bytes, 256)),
  ),
  growing('copies of a certificate', 40, (count) => Buffer.concat(times(count, () => certificate(GOOD))), judgeAll),
  growing(
    'certificates in a keyring',
    200,
    (count) =>
      Buffer.concat(
        times(count, (index) => packet(6, new CraftedKey(new Date(index * 1000), Buffer.alloc(32, 3)).body)),
      ),
    judgeAll,
  ),
  growing('user IDs of a key', 35, (count) => userIds(many(count)), judgeAll),
  growing('subkeys of a key', 35, (count) => subkeys(many(count)), judgeAll),
  growing(
    'revocations of many subkeys',
    35,
    (count) => Buffer.concat([subkeys(many(count)), revocations(35)]),
    judgeAll,
  ),
  growing(
    'revocations of a subkey',
    35,
    (count) => Buffer.concat([certificate(GOOD), revocations(many(count))]),
    judgeAll,
  ),
  growing(
    'self-signatures of a key',
    40,
    (count) =>
      certificate({
        ...GOOD,
        certifications: times(count, (index) => ({
          created: new Date(BORN.getTime() + index * 1000),
          hashed: [CERTIFY],
        })),
      }),
    judgeAll,
  ),
];
