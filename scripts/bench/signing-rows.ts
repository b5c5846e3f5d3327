// SPDX-License-Identifier: Apache-2.0
/** Rows 1 to 4: signatures and manifest, made and verified, against GnuPG and coreutils. */
import fs from 'node:fs';
import os from 'node:os';
import { type Figure, ratioOf, timeOf } from './figure.ts';
import {
  type Algorithm,
  type BenchKey,
  keepOnly,
  type Lab,
  linkFiles,
  makeFiles,
  OURS,
  TITLES,
  writeFile,
} from './lab.ts';
import { inTurn, type Took, type Work } from './measure.ts';
import { countName, type Sizes, sizeName } from './rows.ts';

const MANIFEST = 'SHA256SUMS';

/** Ours and theirs leave the same: a signature beside each file, and a signed manifest of both. */
const signing = (directory: string, names: readonly string[], key: BenchKey): Work => ({
  name: 'artifact-signing sign --sums',
  argv: [...OURS, 'sign', directory, '--sums', '--key-file', key.secret, '--quiet'],
  before: () => keepOnly(directory, names),
  after: () => countSignatures(directory, names.length + 1),
});

const GPG = 'gpg --batch --digest-algo SHA256 --armor --detach-sign';

const signingWithGpg = (directory: string, names: readonly string[], key: BenchKey): Work => ({
  name: `${names.length === 1 ? 'gpg' : 'gpg, one by one'}; sha256sum`,
  argv: ['sh', '-ec', `for f in *; do ${GPG} "$f"; done; sha256sum -- * > ${MANIFEST}; ${GPG} ${MANIFEST}`],
  cwd: directory,
  env: key.env,
  also: [key.agent],
  before: () => keepOnly(directory, names),
  after: () => countSignatures(directory, names.length + 1),
});

function countSignatures(directory: string, expected: number): void {
  const found = fs.readdirSync(directory).filter((name) => name.endsWith('.asc')).length;
  if (found !== expected) throw new Error(`${found} signatures in ${directory}, where there should be ${expected}`);
}

/** Two directories with the same files. */
function twice(lab: Lab, name: string, make: (directory: string) => void) {
  const [ours, theirs] = [lab.at(name, 'ours'), lab.at(name, 'theirs')];
  make(ours);
  linkFiles(ours, theirs);
  return { ours, theirs, names: fs.readdirSync(ours) };
}

/** Row 1. */
export async function oneFileRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  lab.say(`writing ${sizeName(sizes.large)}`);
  const { ours, theirs, names } = twice(lab, 'one', (directory) => {
    fs.mkdirSync(directory, { recursive: true });
    writeFile(`${directory}/large.tar.gz`, sizes.large);
  });
  const bare: Work = { name: 'openssl dgst -sha256', argv: ['openssl', 'dgst', '-sha256', `${theirs}/large.tar.gz`] };
  const figures: Figure[] = [];
  for (const algorithm of ['ed25519', 'rsa4096'] as const) {
    const key = await lab.key(algorithm);
    const works = [signing(ours, names, key), signingWithGpg(theirs, names, key), bare] as const;
    const [our = [], gpg = [], openssl = []] = await inTurn(works, sizes.runs);
    const work = `${sizeName(sizes.large)} signed and listed, ${TITLES[algorithm]}`;
    figures.push(compared(1, work, works[0], our, works[1], gpg, 7), {
      row: 1,
      work: `${work}, against bare hashing`,
      ours: timeOf(works[0].name, our),
      theirs: timeOf(bare.name, openssl),
      ratio: ratioOf('slower', our, openssl),
      goal: { is: 'at-most', value: 1.2, of: 'ratio' },
    });
  }
  return figures;
}

const compared = (
  row: number,
  work: string,
  our: Work,
  ours: readonly Took[],
  their: Work,
  theirs: readonly Took[],
  atLeast: number,
): Figure => ({
  row,
  work,
  ours: timeOf(our.name, ours),
  theirs: timeOf(their.name, theirs),
  ratio: ratioOf('faster', ours, theirs),
  goal: { is: 'at-least', value: atLeast, of: 'ratio' },
});

/** Rows 2 and 3. */
export async function manyFilesRow(lab: Lab, sizes: Sizes, algorithm: Algorithm): Promise<readonly Figure[]> {
  const row = algorithm === 'ed25519' ? 2 : 3;
  const directory = `many-${algorithm}`;
  const { ours, theirs, names } = twice(lab, directory, (made) => makeFiles(made, sizes.files, sizes.file));
  const key = await lab.key(algorithm);
  const works = [signing(ours, names, key), signingWithGpg(theirs, names, key)] as const;
  const bare = algorithm === 'rsa4096' ? [bareOperations()] : [];
  const [our = [], gpg = [], speed = []] = await inTurn([...works, ...bare], sizes.runs);
  const work = `${countName(sizes.files)} files of ${sizeName(sizes.file)} signed and listed, ${TITLES[algorithm]}`;
  const figure = compared(row, work, works[0], our, works[1], gpg, row === 2 ? 10 : 8);
  return speed.length === 0 ? [figure] : [figure, againstBare(sizes, work, our, speed)];
}

/** As fast as OpenSSL itself makes the signatures, on all processors: what it says is a rate. */
const bareOperations = (): Work => ({
  name: 'openssl speed rsa4096',
  argv: ['openssl', 'speed', '-seconds', '3', '-multi', String(os.availableParallelism()), 'rsa4096'],
});

function againstBare(sizes: Sizes, work: string, ours: readonly Took[], speed: readonly Took[]): Figure {
  const bare = speed.map((took): Took => {
    const [, rate] = /^rsa 4096 bits +\S+ +\S+ +([\d.]+) /m.exec(took.said) ?? [];
    if (rate === undefined) throw new Error(`openssl speed says no rate: ${took.said}`);
    const wall = sizes.files / Number(rate);
    return { ...took, wall, cpu: wall * os.availableParallelism() };
  });
  const name = `${countName(sizes.files)} bare operations on ${os.availableParallelism()} processors (openssl speed)`;
  return {
    row: 3,
    work: `${work}, against bare operations`,
    ours: timeOf('artifact-signing sign --sums', ours),
    theirs: timeOf(name, bare),
    ratio: ratioOf('slower', ours, bare),
    goal: { is: 'at-most', value: 1.6, of: 'ratio' },
  };
}

/** Row 4. */
export async function verifyRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  lab.say(`writing and signing ${sizeName(sizes.large)}`);
  const directory = lab.at('verify');
  const names = makeFiles(directory, sizes.files, sizes.file);
  writeFile(`${directory}/large.tar.gz`, sizes.large);
  const key = await lab.key('ed25519');
  await inTurn([signing(directory, [...names, 'large.tar.gz'], key)], 1);
  const our: Work = {
    name: 'artifact-signing verify',
    argv: [...OURS, 'verify', directory, '--certificate', key.certificate, '--fingerprint', key.primary, '--quiet'],
  };
  const check = `for f in *.asc; do gpgv --quiet --keyring "$0" "$f" "\${f%.asc}"; done`;
  const their: Work = {
    name: 'gpgv, one by one; sha256sum --check',
    argv: ['sh', '-ec', `${check}; sha256sum --strict --quiet --check ${MANIFEST}`, key.keyring],
    cwd: directory,
  };
  const [ours = [], theirs = []] = await inTurn([our, their], sizes.runs);
  const work = `${countName(sizes.files)} files of ${sizeName(sizes.file)} and one of ${sizeName(sizes.large)} verified`;
  return [compared(4, work, our, ours, their, theirs, 9)];
}
