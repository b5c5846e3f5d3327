// SPDX-License-Identifier: Apache-2.0
/** Row 5: a job's playbook, with our roles and with the steps of the role that most sites have now. */
import fs from 'node:fs';
import path from 'node:path';
import { ansiblePlaybook } from '../python-tools.ts';
import { ansibleEnvironment } from '../release-plays.ts';
import { type Figure, ratioOf, timeOf } from './figure.ts';
import { keepOnly, type Lab, makeFiles } from './lab.ts';
import { inTurn, type Work } from './measure.ts';
import { countName, type Sizes } from './rows.ts';

interface Release {
  readonly directory: string;
  readonly names: readonly string[];
}

export async function rolesRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  const play = await preparePlaybooks(lab);
  const [some, many] = sizes.artifacts.map((count): Release => {
    const directory = lab.at('roles', String(count));
    return { directory, names: makeFiles(directory, count, sizes.file) };
  }) as [Release, Release];
  const [ours, theirs] = [play('our two roles', 'roles-playbook.yaml', some), play(THEIRS, 'gpg-playbook.yaml', some)];
  const [large, empty] = [play(ours.name, 'roles-playbook.yaml', many), play('an empty play', 'empty-playbook.yaml')];
  const [our = [], their = [], our500 = [], floor = []] = await inTurn([ours, theirs, large, empty], sizes.fewRuns);
  const work = (count: number) => `${countName(count)} artifacts signed and listed in a play`;
  return [
    {
      row: 5,
      work: work(sizes.artifacts[0]),
      ours: timeOf(ours.name, our),
      theirs: timeOf(theirs.name, their),
      ratio: ratioOf('faster', our, their),
      goal: { is: 'at-least', value: 8, of: 'ratio' },
    },
    {
      row: 5,
      work: `${work(sizes.artifacts[1])}, against a play that does nothing`,
      ours: timeOf(large.name, our500),
      theirs: timeOf(empty.name, floor),
      ratio: ratioOf('slower', our500, floor),
    },
  ];
}

const THEIRS = 'the steps of the role in zuul-jobs';

async function preparePlaybooks(lab: Lab) {
  const { secret } = await lab.key('ed25519');
  const temporary = lab.secretAt('ansible');
  fs.mkdirSync(temporary, { mode: 0o700 });
  const vars = {
    gpg_key: { private: fs.readFileSync(secret, 'utf8') },
    ensure_artifact_signing_node: process.execPath,
    bench_secrets: temporary,
  };
  const program = ansiblePlaybook();
  const env = ansibleEnvironment(temporary);
  return (name: string, playbook: string, release?: Release): Work => {
    const paths = { release_path: release?.directory, bench_path: release?.directory };
    const file = lab.secretAt(`${playbook}-${release?.names.length ?? 0}.json`);
    fs.writeFileSync(file, JSON.stringify({ ...vars, ...paths }), { mode: 0o600 });
    return {
      name,
      argv: [program, path.join(import.meta.dirname, playbook), '--extra-vars', `@${file}`],
      env,
      before: () => release !== undefined && keepOnly(release.directory, release.names),
      after: () => release !== undefined && checkSigned(release),
    };
  };
}

function checkSigned({ directory, names }: Release): void {
  const wanted = [...names.map((name) => `${name}.asc`), 'SHA256SUMS', 'SHA256SUMS.asc'];
  const missing = wanted.filter((name) => !fs.existsSync(path.join(directory, name)));
  if (missing.length > 0) throw new Error(`the play has not written ${missing.join(', ')}`);
}
