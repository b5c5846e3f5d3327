// SPDX-License-Identifier: Apache-2.0
/** cosign, out of Debian's packages as in the integration tests: what it has to be told of a log, and its commands for one manifest. */
import path from 'node:path';
import { sigstorePrograms } from '../../tests/integration/debian.ts';
import { runCommand } from '../run-command.ts';
import type { Lab } from './lab.ts';

/** Since when the log is there: any time that has passed. */
const SINCE = 'start-time=2024-01-01T00:00:00Z';

interface CosignLog {
  readonly origin: string;
  /** Where entries are posted. */
  readonly url?: string;
  /** PEM files: of the log, and of what signs manifests. */
  readonly publicKey: string;
  readonly key: string;
}

/** `$m` is the manifest. It reads and writes nothing but what it is told. */
export async function cosignFor(lab: Lab, { origin, url, publicKey, key }: CosignLog) {
  const program = path.join(sigstorePrograms(), 'cosign');
  const [root, config, own] = [lab.secretAt('root.json'), lab.secretAt('signing.json'), lab.secretAt('cosign')];
  const env = { ...process.env, HOME: lab.secretAt('cosign-home'), COSIGN_PASSWORD: '' };
  const cosign = (...words: readonly string[]) => runCommand(program, words, { env });
  // the "url" is the name of the log, and not where it is served
  const named = `--rekor=url=https://${origin},public-key=${publicKey},${SINCE},origin=${origin}`;
  await cosign('trusted-root', 'create', '--out', root, named);
  if (url !== undefined) {
    const served = `--rekor=url=${url},api-version=2,${SINCE},operator=bench`;
    await cosign('signing-config', 'create', '--out', config, served, '--rekor-config=ANY');
    await cosign('import-key-pair', '--yes', '--key', key, '--output-key-prefix', own);
  }
  const [sign, verify] = ['sign-blob', 'verify-blob'].map((command) => [program, command, '--trusted-root', root]);
  const tail = '--bundle "$m.sigstore.json" "$m"';
  return {
    root,
    sign: {
      name: 'cosign sign-blob',
      program: [...(sign ?? []), '--yes', '--signing-config', config, '--key', `${own}.key`],
      tail,
      env,
    },
    verify: { name: 'cosign verify-blob', program: [...(verify ?? []), '--key', `${key}.pub`], tail, env },
  };
}
