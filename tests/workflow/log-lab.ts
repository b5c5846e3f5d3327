// SPDX-License-Identifier: Apache-2.0
/** A tile log and policies that demand it, for the tests of `verify`, `publish` and `submit`. */
import fs from 'node:fs';
import path from 'node:path';
import { Fault } from '../../src/core/fault.ts';
import { formatVerifierKey, noteSigner, parseLogKey } from '../../src/core/signed-note.ts';
import type { Lock } from '../../src/ports.ts';
import type { Lab } from './lab.ts';

export const ORIGIN = 'example.org/log';
export const MANIFEST = 'nova-1.SHA256SUMS';
export const PROOF = `${MANIFEST}.tlog-proof`;
export const PENDING = `${MANIFEST}.submission.json`;

/** Has the directory of a test prepared as `make` does it; made once for a test file, and then copied: logs are synced to disk. */
export async function prepare(lab: Lab, make: () => Promise<void>): Promise<void> {
  const template = path.join(lab.gpg.home, 'template');
  if (fs.existsSync(template)) return fs.cpSync(template, lab.at(), { recursive: true });
  await make();
  fs.cpSync(lab.at(), template, { recursive: true });
}

/** A signed release of two files, in a directory of this name. */
export async function makeRelease(lab: Lab, directory = 'r', release = '1', key = 'good'): Promise<void> {
  lab.put({
    [`${directory}/a-${release}.tar.gz`]: `some bytes of ${release}`,
    [`${directory}/b-${release}.whl`]: release,
  });
  await lab.done([...signWords(lab, directory, release), '--key-file', lab.key(key)]);
}

export const signWords = (lab: Lab, directory: string, release: string): readonly string[] => [
  'sign',
  lab.at(directory),
  '--sums',
  '--project',
  'nova',
  '--release',
  release,
];

/** `log.pem` and `log`, or others. */
export async function makeLog(lab: Lab, name = 'log', origin = ORIGIN): Promise<void> {
  await lab.done(['key', 'generate-log-key', '--for', 'tiles', '--out', lab.at(`${name}.pem`)]);
  await lab.done(['log', 'init', lab.at(name), '--origin', origin, '--key', lab.at(`${name}.pem`)]);
}

export const vkeyOf = (lab: Lab, name = 'log', origin = ORIGIN): string =>
  formatVerifierKey(noteSigner(origin, parseLogKey(fs.readFileSync(lab.at(`${name}.pem`)))).verifier);

export interface Demand {
  readonly key?: string;
  /** Of `log`, unless told. */
  readonly vkeys?: readonly string[];
  readonly atLeast?: number;
  /** Of the log: `witnesses` and `quorum`. */
  readonly witnessed?: Readonly<Record<string, unknown>>;
  /** Of the policy, such as `expired_after_signing`. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Of the log, which somebody else holds; there is no other run that submits the same manifest. */
export const lockedLog = (lab: Lab): Lock => ({
  hold: async (file, _, body) => {
    if (!file.startsWith(lab.at('log.state'))) return body();
    throw new Fault('locked', 'another process writes');
  },
});

/** The file of a policy that pins a certificate and the log. */
export function putPolicy(lab: Lab, { key = 'good', vkeys, atLeast = 1, witnessed, more }: Demand = {}): string {
  const logs = [{ name: 'tarballs', kind: 'tiles', origin: ORIGIN, keys: vkeys ?? [vkeyOf(lab)], ...witnessed }];
  const certificates = [{ file: lab.certificate(key), fingerprint: lab.made(key).primary }];
  const require = { logs: { at_least: atLeast } };
  const policy = { schema: 'artifact-signing.policy/v1', certificates, logs, require, ...more };
  lab.put({ 'policy.yaml': JSON.stringify(policy) });
  return lab.at('policy.yaml');
}

/** The words that submit a release directory to `log`. */
export const submitWords = (lab: Lab, directory = 'r', ...words: readonly string[]): readonly string[] => [
  'submit',
  lab.at(directory),
  '--log',
  `tiles:${lab.at('log')}`,
  '--log-key',
  lab.at('log.pem'),
  '--certificate',
  lab.certificate('good'),
  ...words,
];

export const IDENTITY = ['--project', 'opendev.org/openstack/nova', '--release', '1'];
