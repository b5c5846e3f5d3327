// SPDX-License-Identifier: Apache-2.0
/**
 * Which process has made a temporary file, and whether it has ended. The number of a process means something only in its own
 * sandbox and until the next start of the system, so both go into the name of the file. What Linux does not tell in /proc is not known,
 * and then a file is as old as it is.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { Maker } from '../core/companions.ts';

let own: { readonly maker: Maker | undefined } | undefined;

/** Of this process; undefined where the system has no /proc, or not that of our own sandbox. */
export function ownMaker(): Maker | undefined {
  own ??= { maker: findMaker() };
  return own.maker;
}

function findMaker(): Maker | undefined {
  try {
    const start = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1');
    const sandbox = fs.readlinkSync('/proc/self/ns/pid');
    // two numbers where this /proc is that of the sandbox around ours: others in ours may have another one
    const [, pid] = /^NSpid:\t([0-9]+)$/m.exec(fs.readFileSync('/proc/self/status', 'latin1')) ?? [];
    if (pid === undefined) return undefined;
    return { place: createHash('sha256').update(`${start}\n${sandbox}`).digest('hex').slice(0, 16), pid: Number(pid) };
  } catch {
    return undefined;
  }
}

/** True where it is certain; `uid`: of the file. A system may hide the processes of other users, never one's own. */
export function hasEnded(maker: Maker, uid: number): boolean {
  if (maker.place !== ownMaker()?.place) return false;
  try {
    if (fs.statSync('/proc/self').uid !== uid) return false;
    return fs.statSync(`/proc/${maker.pid}`, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}
