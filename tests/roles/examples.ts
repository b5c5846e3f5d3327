// SPDX-License-Identifier: Apache-2.0
/**
 * The examples in doc/source/transparency/, each a policy and a playbook, played as they stand there. Only what is written in capitals
 * is filled in, and addresses and keys of public logs give way to those of logs that are here.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Report } from '../../src/core/report.ts';
import { exportPublic, exportSecretSubkeys, makeKey, openGpg } from '../gpg.ts';
import { artifactSigning, type Lab, openLab, type Ran, ROOT, type Vars } from './lab.ts';

const EXAMPLES = path.join(ROOT, 'doc/source/transparency');
export const EXAMPLE_NAMES = fs.readdirSync(EXAMPLES).sort();

/** What stands in an example, and what stands for it here. */
export type Replacing = Readonly<Record<string, string>>;

export interface Played extends Ran {
  /** Names of the files that lie beside the manifest, by what follows its name. */
  readonly beside: readonly string[];
}

export interface Site {
  readonly lab: Lab;
  /** Of the tile log, for ORIGIN. */
  readonly vkey: string;
  /** The tile log's own, PEM. */
  readonly logKey: string;
  /** A key for logs of others: the private one, and what a policy pins. */
  logKeyFor(kind: 'rekor' | 'sigsum', name: string): { readonly secret: string; readonly signer: string };
  /** Signs a new release, puts the example into the place of the one before, and plays it. */
  play(example: string, version: string, replacing: Replacing, keys: Vars): Promise<Played>;
  /** Plays it once more, with the same release. */
  again(keys: Vars): Promise<Played>;
  /** What `verify` says of the last release, under the policy of the last example. */
  verify(): { readonly status: number | null; readonly report: Report };
  at(suffix: string): string;
  close(): Promise<void>;
}

export const ORIGIN = 'tarballs.example.org/log';

export async function openSite(): Promise<Site> {
  const [lab, gpg] = [openLab(), await openGpg()];
  const key = await makeKey(gpg, { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519' }] });
  const keyFile = lab.write('private/subkey.asc', await exportSecretSubkeys(gpg, key.primary));
  const certificate = await exportPublic(gpg, key.primary);
  artifactSigning('key', 'generate-log-key', '--for', 'tiles', '--out', lab.at('private/log.pem'));
  artifactSigning('log', 'init', lab.at('work/log'), '--origin', ORIGIN, '--key', lab.at('private/log.pem'));
  const vkey = fs.readFileSync(lab.at('work/log.state/log.vkey'), 'utf8').trim();
  const artifacts = lab.at('work/artifacts');
  let release = '';
  const at = (suffix: string) => path.join(artifacts, `nova-${release}.SHA256SUMS${suffix}`);
  const own = { FINGERPRINT_OF_THE_KEY: key.primary, KEY_OF_THE_LOG: vkey, '/srv/tarballs/log': lab.at('work/log') };

  async function run(keys: Vars): Promise<Played> {
    const project = { name: 'openstack/nova', short_name: 'nova', canonical_name: 'opendev.org/openstack/nova' };
    const zuul = {
      ref: `refs/tags/${release}`,
      project,
      projects: { [project.canonical_name]: { commit: 'a'.repeat(40) } },
      executor: { work_root: lab.at('work') },
    };
    const vars = lab.write(
      'private/vars.json',
      JSON.stringify({ zuul, zuul_success: true, submit_transparency_keys: keys }),
    );
    const ran = await lab.ansible(['-e', `@${vars}`, lab.at('private/example/submit.yaml')]);
    const name = path.basename(at(''));
    const beside = fs.readdirSync(artifacts).filter((one) => one.startsWith(`${name}.`));
    return { ...ran, beside: beside.map((one) => one.slice(name.length)).sort() };
  }

  return {
    lab,
    vkey,
    logKey: fs.readFileSync(lab.at('private/log.pem'), 'utf8'),
    logKeyFor(kind, name) {
      const file = lab.at('private', name);
      const made: Report = JSON.parse(
        artifactSigning('key', 'generate-log-key', '--for', kind, '--out', file, '--json'),
      );
      return { secret: fs.readFileSync(file, 'utf8'), signer: String(made.detail?.['public_key']) };
    },
    async play(example, version, replacing, keys) {
      release = version;
      fs.rmSync(artifacts, { recursive: true, force: true });
      lab.write(`work/artifacts/nova-${version}.tar.gz`, `source of ${version}`);
      artifactSigning(
        ...['sign', artifacts, '--key-file', keyFile, '--sums', '--project', 'nova', '--release', version],
      );
      for (const file of ['policy.yaml', 'submit.yaml']) {
        const text = fs.readFileSync(path.join(EXAMPLES, example, file), 'utf8');
        lab.write(`private/example/${file}`, replaced(text, { ...own, ...replacing }));
      }
      lab.write('private/example/example-2026.2.asc', certificate);
      return run(keys);
    },
    again: run,
    verify() {
      const words = ['verify', artifacts, '--policy', lab.at('private/example/policy.yaml'), '--json'];
      const { status, stdout } = spawnSync(process.execPath, [path.join(ROOT, 'src/bin.ts'), ...words], {
        encoding: 'utf8',
      });
      return { status, report: JSON.parse(stdout) as Report };
    },
    at,
    async close() {
      await gpg.close();
      lab.close();
    },
  };
}

function replaced(text: string, replacing: Replacing): string {
  const filled = Object.entries(replacing).reduce((all, [shown, own]) => all.replaceAll(shown, own), text);
  const left = /[A-Z]+_(?:OF|FOR)_\w+|https:\S+/.exec(filled);
  if (left !== null) throw new Error(`${left[0]} is not filled in`);
  return filled;
}
