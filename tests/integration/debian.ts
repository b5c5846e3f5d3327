// SPDX-License-Identifier: Apache-2.0
/**
 * Programs of other suites of Debian than the one that is installed, from its own mirror and with its own keys, unpacked into the
 * cache: nothing is installed, and no file of the system changes.
 */
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

/** The directory into which the packages are unpacked; the first suite that has all of them is taken. */
export function debianPrograms(suites: readonly string[], packages: readonly string[]): string {
  const directory = path.join(CACHE, `debian-${suites[0]}-${packages.join('-')}`);
  if (fs.existsSync(directory)) return directory;
  fs.mkdirSync(CACHE, { recursive: true });
  const problems: string[] = [];
  for (const suite of suites) {
    const unfinished = fs.mkdtempSync(path.join(CACHE, 'debian-unfinished-'));
    try {
      fetchAndUnpack(unfinished, suite, packages);
      fs.renameSync(path.join(unfinished, 'root'), directory);
      return directory;
    } catch (error) {
      problems.push(`${suite}: ${String(error)}`);
    } finally {
      fs.rmSync(unfinished, { recursive: true, force: true });
    }
  }
  throw new Error(`no suite has ${packages.join(', ')}:\n${problems.join('\n')}`);
}

/** Where cosign and sigstore-go are. */
export const sigstorePrograms = (): string => path.join(debianPrograms(['sid'], ['cosign', 'sigstore-go']), 'usr/bin');

function fetchAndUnpack(work: string, suite: string, packages: readonly string[]): void {
  const options = aptOptions(work, suite);
  const root = path.join(work, 'root');
  fs.mkdirSync(root);
  run('apt-get', [...options, '--quiet', 'update']);
  run('apt-get', [...options, '--quiet', 'download', ...packages], root);
  for (const name of fs.readdirSync(root).filter((one) => one.endsWith('.deb'))) {
    run('dpkg', ['-x', name, '.'], root);
    fs.rmSync(path.join(root, name));
  }
}
