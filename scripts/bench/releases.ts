// SPDX-License-Identifier: Apache-2.0
/** Signed releases for the rows about logs of others, and what people trust of them. */
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { type Lab, OURS } from './lab.ts';

export const RELEASE_WORKER = path.join(import.meta.dirname, 'release-worker.ts');

/**
 * Makes so many releases, each in a directory of its own below `directory`: `d` has an artifact, its signature, the manifest
 * `nova-d.SHA256SUMS` and its signature. None is like one of another prefix.
 */
export async function makeReleases(lab: Lab, directory: string, prefix: string, count: number): Promise<void> {
  const { secret } = await lab.key('ed25519');
  await runCommand(process.execPath, [RELEASE_WORKER, 'sign', directory, secret, prefix, String(count)]);
}

/** Makes a key for logs of a kind, for one row. Returns its file, and its public key as policies have it. */
export async function makeSubmitKey(lab: Lab, kind: 'rekor' | 'sigsum', row: number) {
  const file = lab.secretAt(`row-${row}.pem`);
  const [program = '', ...args] = OURS;
  const words = ['key', 'generate-log-key', '--for', kind, '--out', file, '--json'];
  const { stdout } = await runCommand(program, [...args, ...words]);
  return { file, signer: String(JSON.parse(stdout).detail?.public_key) };
}

/** Writes a trust policy that demands the log `bench`. Returns its file. */
export async function writePolicy(lab: Lab, log: Readonly<Record<string, unknown>>): Promise<string> {
  const { certificate, primary } = await lab.key('ed25519');
  const file = lab.secretAt(`${log['kind']}.yaml`);
  const policy = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: path.relative(path.dirname(file), certificate), fingerprint: primary }],
    logs: [{ name: 'bench', ...log }],
    require: { logs: { at_least: 1 } },
  };
  fs.writeFileSync(file, JSON.stringify(policy));
  return file;
}
