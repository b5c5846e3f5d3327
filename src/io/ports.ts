// SPDX-License-Identifier: Apache-2.0
import os from 'node:os';
import type { Out, Ports } from '../ports.ts';
import { systemClock } from './clock.ts';
import { nodeFiles } from './files.ts';
import { undiciHttp } from './http.ts';
import { flockLock } from './lock.ts';
import { outProgress } from './progress.ts';
import { rsaThreads } from './rsa-threads.ts';
import { nodeTls } from './tls.ts';
import { libraryYaml } from './yaml.ts';

/** The outside as it is. `isTerminal`: whether stderr is one. */
export const realPorts = (out: Out, isTerminal: boolean): Ports => ({
  files: nodeFiles(),
  http: undiciHttp(),
  tls: nodeTls(),
  clock: systemClock(),
  lock: flockLock(),
  yaml: libraryYaml(),
  progress: outProgress(out, isTerminal),
  rsa: rsaThreads,
  cores: os.availableParallelism(),
});
