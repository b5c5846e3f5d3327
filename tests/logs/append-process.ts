// SPDX-License-Identifier: Apache-2.0
/** Run as a process of its own: appends entries one at a time, and prints `<index> <entry>` once each is in the log. */
import fs from 'node:fs';
import { parseLogKey } from '../../src/core/signed-note.ts';
import { nodeFiles } from '../../src/io/files.ts';
import { flockLock } from '../../src/io/lock.ts';
import { openTileLog } from '../../src/logs/tiles.ts';

const [directory = '', keyFile = '', ...entries] = process.argv.slice(2);
const progress = { report: () => undefined, end: () => undefined };
const ports = { files: nodeFiles(), lock: flockLock(), progress };
const log = await openTileLog(ports, directory, parseLogKey(fs.readFileSync(keyFile)));
for (const entry of entries) {
  const { placed } = await log.append([Buffer.from(entry)]);
  fs.writeSync(1, `${placed[0]?.index} ${entry}\n`);
}
