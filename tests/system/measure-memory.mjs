// SPDX-License-Identifier: Apache-2.0
// Loaded before a program: it says at its end how much memory it had at the most, in kilobytes.
import fs from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) process.on('exit', () => fs.writeSync(2, `memory ${process.resourceUsage().maxRSS}\n`));
