// SPDX-License-Identifier: Apache-2.0
/** The files that Zuul is configured with, and the sandbox's own view of this machine. */
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { runCommand } from '../../scripts/run-command.ts';
import { giveTo } from './account.ts';
import { runAs } from './commands.ts';
import type { State } from './state.ts';
import { readTutorial } from './tutorial.ts';
import { zuulConfiguration } from './zuul-conf.ts';

const GIT = `[user]
\tname = Zuul Suite
\temail = zuul@example.org
[init]
\tdefaultBranch = master
[safe]
\tdirectory = *
[advice]
\tdetachedHead = false
`;

/**
 * The sandbox shows all of /usr, so whether a job finds a Node there depends on the machine. Here it finds none:
 * jobs use the one that the site names, and those that are to have none have none.
 */
const bubblewrap = (hidden: readonly string[]) => `#!/usr/bin/python3
import os, sys
HIDDEN = ${JSON.stringify(hidden)}
args = sys.argv[1:]
if "--unshare-all" in args:
    place = args.index("--unshare-all")
    args[place:place] = [word for path in HIDDEN for word in ("--ro-bind", "/dev/null", path)]
os.execv("/usr/bin/bwrap", ["bwrap", *args])
`;

/** Wherever the names lead to. */
function nodesBelowUsr(): readonly string[] {
  const names = ['/usr/bin/node', '/usr/bin/nodejs', '/usr/local/bin/node', '/usr/local/bin/nodejs'];
  const files = names.filter((name) => fs.existsSync(name)).map((name) => fs.realpathSync(name));
  return [...new Set(files)].filter((file) => file.startsWith('/usr/'));
}

/** The site's variables, as the tutorial has them, and those of the suite. */
const siteVariables = (state: State, archive: Uint8Array): string =>
  readTutorial(state, 'site-variables.yaml') +
  stringify({
    suite_trust: `${state.directory}/trust`,
    suite_node: `${state.directory}/signer`,
    suite_own_node: `${state.directory}/own-node/node`,
    suite_slow_node: `${path.dirname(state.node)}/slow-node`,
    suite_node_url: `${state.siteUrl}/downloads/node.tar.gz`,
    suite_node_sha256: createHash('sha256').update(archive).digest('hex'),
  });

/** An archive as npm has it, and the executors fetch it. */
async function packNode({ directory, node }: State): Promise<Uint8Array> {
  const [top, archive] = [path.join(directory, 'package'), path.join(directory, 'site/downloads/node.tar.gz')];
  for (const made of [path.join(top, 'bin'), path.dirname(archive)]) fs.mkdirSync(made, { recursive: true });
  fs.linkSync(node, path.join(top, 'bin/node'));
  await runCommand('tar', ['-C', directory, '-I', 'gzip -1', '-cf', archive, 'package/bin/node']);
  fs.rmSync(top, { recursive: true });
  return fs.readFileSync(archive);
}

/** A Node that never comes to signing: it notes what it was given, the digest of its key among it, and waits to be ended. */
const slowNode = ({ directory, node }: State) => `#!/bin/sh
if [ "$2" = sign ]; then
  sha256sum > ${directory}/site/logs/key-seen.new
  mv ${directory}/site/logs/key-seen.new ${directory}/site/logs/key-seen
  exec sleep 1000
fi
exec ${node} "$@"
`;

export async function configureZuul(state: State): Promise<void> {
  const { directory } = state;
  const write = (name: string, content: string, mode = 0o644) => {
    const file = path.join(directory, name);
    fs.writeFileSync(file, content, { mode });
    giveTo(state.account, file);
  };
  const secret = randomBytes(24).toString('hex');
  write('etc/gitconfig', GIT);
  write('etc/zuul.conf', zuulConfiguration(state, secret), 0o600);
  write('etc/site-variables.yaml', siteVariables(state, await packNode(state)));
  write('node/slow-node', slowNode(state), 0o755);
  write('bin/bwrap', bubblewrap(nodesBelowUsr()), 0o755);
  await runAs(state, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'zuul', '-f', `${directory}/etc/ssh`]);
}

/** The tenants: the tutorial's own, and those of the suite. */
export function writeTenants(state: State): void {
  const suite = fs.readFileSync(path.join(import.meta.dirname, 'tenants.yaml'), 'utf8');
  const tenants = [readTutorial(state, 'tenants.yaml'), suite].flatMap((text) => parse(text) as readonly unknown[]);
  fs.writeFileSync(path.join(state.directory, 'etc/tenants.yaml'), stringify(tenants));
}
