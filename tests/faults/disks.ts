// SPDX-License-Identifier: Apache-2.0
/** A small file system of its own in the place of the lab's directory, for the time of one or two runs. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { snapshot } from '../workflow/lab.ts';
import { ended, faults } from './injected.ts';
import type { Stage } from './stage.ts';

/** What is left free on it, in pages of 4 KiB (`pages`) or in files and names (`inodes`); or it is mounted read-only. */
export type Disk = { readonly pages: number } | { readonly inodes: number } | 'read-only';

/** The file system is 4 MiB large, or 1024 files; the rest is taken up by `ballast`. */
const FILL = `
if [ -n "$PAGES" ]; then
  cat /dev/zero > ballast 2>/dev/null
  truncate -s "-$((PAGES * 4096))" ballast
fi
if [ -n "$INODES" ]; then
  mkdir ballast
  n=0
  while (: > "ballast/$n") 2>/dev/null; do n=$((n + 1)); done
  while [ "$INODES" -gt 0 ]; do n=$((n - 1)); INODES=$((INODES - 1)); rm "ballast/$n"; done
fi
`;

const SCRIPT = `
set -u
mount -t tmpfs -o size=4m,nr_inodes=1024 none "$LAB" && cp -a "$TEMPLATE/." "$LAB/" && cd "$LAB" || exit 99
${FILL}
cd /
if [ -n "$READ_ONLY" ]; then mount -o remount,ro "$LAB" || exit 99; fi
env "$@"
echo "$?" > "$OUT/status"
mkdir "$OUT/first" "$OUT/second"
cp -a "$LAB/." "$OUT/first/"
if [ -n "$READ_ONLY" ]; then mount -o remount,rw "$LAB"; fi
rm -rf "$LAB/ballast"
env "$@" 2> "$OUT/again" || exit 98
cp -a "$LAB/." "$OUT/second/"
`;

export interface OnDisk {
  readonly status: number;
  readonly stderr: string;
  /** What is there then; and after another run, once there is room, or the disk can be written to. */
  readonly first: Readonly<Record<string, string>>;
  readonly second: Readonly<Record<string, string>>;
}

const without = (tree: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tree).filter(([name]) => !/^ballast(?:\/|$)/.test(name)));

/** Runs the scenario's command there, from what is there before. */
export async function runOnDisk({ lab, scenario, template, now }: Stage, disk: Disk): Promise<OnDisk> {
  scenario.restore?.();
  const out = fs.mkdtempSync('/tmp/disk-');
  const words = [
    `LD_PRELOAD=${faults.library}`,
    `FAULT_CLOCK==${now.getTime() / 1000}`,
    process.execPath,
    faults.executable,
    ...scenario.words(),
  ];
  try {
    const unshare = ['--user', '--map-root-user', '--mount', 'sh', '-c', SCRIPT, 'sh', ...words];
    const child = spawn('unshare', unshare, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: path.join(path.dirname(faults.tally), 'compiled'),
        LAB: lab.at(),
        TEMPLATE: template,
        OUT: out,
        PAGES: typeof disk === 'object' && 'pages' in disk ? String(disk.pages) : '',
        INODES: typeof disk === 'object' && 'inodes' in disk ? String(disk.inodes) : '',
        READ_ONLY: disk === 'read-only' ? 'yes' : '',
      },
    });
    const { status, stderr, stdout } = await ended(child);
    const again = fs.existsSync(`${out}/again`) ? fs.readFileSync(`${out}/again`, 'utf8') : '';
    if (status !== 0) throw new Error(`on a disk of its own: ${status}\n${stdout}${stderr}\n${again}`);
    return {
      status: Number(fs.readFileSync(`${out}/status`, 'utf8')),
      stderr,
      first: without(snapshot(`${out}/first`)),
      second: without(snapshot(`${out}/second`)),
    };
  } finally {
    fs.rmSync(out, { recursive: true });
  }
}
