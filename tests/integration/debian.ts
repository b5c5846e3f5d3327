// SPDX-License-Identifier: Apache-2.0
/**
 * Programs of other suites of Debian than the one that is installed, from its own mirror and with its own keys, unpacked into the
 * cache: nothing is installed, and no file of the system changes.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { CACHE, run } from './programs.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The mirror that the system uses. */
function mirror(): string {
  const sources = fs.readFileSync('/etc/apt/sources.list.d/debian.sources', 'utf8');
  const [, uri] = /^URIs:\s*(\S+)/m.exec(sources) ?? [];
  if (uri === undefined) throw new Error('debian.sources names no mirror');
  return uri;
}

/** What apt is told so that it keeps its lists apart from those of the system. */
function aptOptions(state: string, suite: string): readonly string[] {
  fs.mkdirSync(path.join(state, 'state/lists/partial'), { recursive: true });
  fs.mkdirSync(path.join(state, 'cache/archives/partial'), { recursive: true });
  fs.writeFileSync(path.join(state, 'suite.list'), `deb [signed-by=${KEYRING}] ${mirror()} ${suite} main\n`);
  const options = [
    `Dir::State=${state}/state`,
    `Dir::Cache=${state}/cache`,
    `Dir::Etc::sourcelist=${state}/suite.list`,
    'Dir::Etc::sourceparts=-',
    'Dir::State::status=/var/lib/dpkg/status',
    'APT::Sandbox::User=root',
  ];
  return options.flatMap((option) => ['-o', option]);
}

/** Packages, each with the oldest version that will do: Debian keeps only the newest one of a suite, so that none can be pinned. */
export type Oldest = Readonly<Record<string, string>>;

const PROGRAMS = 'usr/bin';
const VERSIONS = 'versions';

/** The directory of their programs, unpacked; the first suite that has all of the packages, and new enough, is taken. */
export function debianPrograms(suites: readonly string[], oldest: Oldest): string {
  const root = path.join(CACHE, `debian-${[suites[0], ...Object.entries(oldest).flat()].join('-')}`);
  const programs = path.join(root, PROGRAMS);
  if (fs.existsSync(root)) return programs;
  fs.mkdirSync(CACHE, { recursive: true });
  const problems: string[] = [];
  for (const suite of suites) {
    const unfinished = fs.mkdtempSync(path.join(CACHE, 'debian-unfinished-'));
    try {
      fetchAndUnpack(unfinished, suite, oldest);
      fs.renameSync(path.join(unfinished, 'root'), root);
      return programs;
    } catch (error) {
      problems.push(`${suite}: ${String(error)}`);
    } finally {
      fs.rmSync(unfinished, { recursive: true, force: true });
    }
  }
  throw new Error(`no suite has ${Object.keys(oldest).join(', ')}:\n${problems.join('\n')}`);
}

/** Which versions these programs are of, and from which suite, a line for each package. */
export const versionsOf = (programs: string): string =>
  fs.readFileSync(path.resolve(programs, path.relative(PROGRAMS, VERSIONS)), 'utf8');

/** Where cosign and sigstore-go are. */
export const sigstorePrograms = (): string =>
  debianPrograms(['sid', 'testing'], { cosign: '3.1.1', 'sigstore-go': '1.3.0' });

function fetchAndUnpack(work: string, suite: string, oldest: Oldest): void {
  const options = aptOptions(work, suite);
  const root = path.join(work, 'root');
  fs.mkdirSync(root);
  run('apt-get', [...options, '--quiet', 'update']);
  run('apt-get', [...options, '--quiet', 'download', ...Object.keys(oldest)], root);
  for (const file of fs.readdirSync(root)) {
    const control = run('dpkg-deb', ['--field', file], root);
    const [name, version] = [fieldIn(control, 'Package'), fieldIn(control, 'Version')];
    demandVersion(name, version, oldest[name] ?? '0');
    const library = /\blibc6 \(>= ([^)]+)\)/.exec(fieldIn(control, 'Depends'))?.[1] ?? '0';
    demandVersion('libc6', fieldIn(run('dpkg', ['--status', 'libc6']), 'Version'), library);
    run('dpkg', ['-x', file, '.'], root);
    fs.rmSync(path.join(root, file));
    fs.appendFileSync(path.join(root, VERSIONS), `${name} ${version} (${suite})\n`);
  }
}

const fieldIn = (control: string, name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(control)?.[1] ?? '';

function demandVersion(name: string, version: string, oldest: string): void {
  if (spawnSync('dpkg', ['--compare-versions', version, 'ge', oldest]).status !== 0)
    throw new Error(`${name} ${version} is older than ${oldest}`);
}
