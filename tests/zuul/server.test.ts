// SPDX-License-Identifier: Apache-2.0
// A Zuul that does not start: the suite would fail with the end of its log, and nothing would be left of it.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { configureZuul } from './configuration.ts';
import { startZuul } from './server.ts';
import { makeState, removeState, type State } from './state.ts';

let state: State;
beforeAll(async () => {
  state = await makeState();
  await configureZuul(state);
  const file = path.join(state.directory, 'etc/zuul.conf');
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('[database]', '[no-database]'));
});
afterAll(() => removeState(state));

/** Those that have the directory of this Zuul in their command line. */
const processes = () =>
  fs.readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(state.directory);
    } catch {
      return false;
    }
  });

it('is refused with the name of the server that ended, and the end of its log', async () => {
  const error: Error = await startZuul(state, Promise.resolve()).then(
    () => expect.fail('it has started'),
    (reason) => reason,
  );
  const [first = '', second, ...log] = error.message.split('\n');
  const [, name = ''] =
    /^Zuul did not start: (scheduler|executor|web|launcher) ended with status \d$/.exec(first) ?? [];
  expect(second, error.message).toBe(`--- the end of the log of ${name}`);
  expect(log.length).toBeLessThanOrEqual(25);
  expect(log.join('\n')).toMatch(/database/i);
  expect(processes()).toEqual([]);
});
