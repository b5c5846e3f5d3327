// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTurn, measure, type Work } from '../../scripts/bench/measure.ts';

const sh = (script: string, changes: Partial<Work> = {}): Work => ({
  name: 'w',
  argv: ['sh', '-ec', script],
  ...changes,
});
const BUSY = 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done';

let directory = '';
beforeEach(() => {
  directory = fs.mkdtempSync('/tmp/measure-');
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

describe('what a command took', () => {
  it('counts processor time of the processes that it started, and none of the time that it waited', async () => {
    const [busy, idle] = [await measure(sh(`sh -c '${BUSY}'`)), await measure(sh('sleep 0.3'))];
    expect(idle.wall).toBeGreaterThanOrEqual(0.3);
    expect(idle.cpu).toBeLessThan(idle.wall);
    expect(busy.cpu).toBeGreaterThan(idle.cpu);
  });

  it('counts processor time of a daemon that works for it', async () => {
    const fifo = `${directory}/fifo`;
    const serve = `mkfifo ${fifo}; cat ${fifo}; ${BUSY}; ${BUSY}; echo > ${fifo}; exec sleep 600`;
    const daemon = spawn('sh', ['-c', serve]);
    const ask = `while [ ! -p ${fifo} ]; do sleep 0.01; done; echo > ${fifo}; cat ${fifo}`;
    const took = await measure(sh(ask, { also: [daemon.pid ?? 0] }));
    daemon.kill();
    await once(daemon, 'exit');
    expect(took.cpu).toBeGreaterThan(0.05);
  });

  it('has the memory of the largest process', async () => {
    const hold = (megabytes: number) => sh(`python3 -c 'len(b"x" * ${megabytes}000000)'`);
    const [small, large] = [await measure(hold(1)), await measure(hold(100))];
    expect(large.memory - small.memory).toBeGreaterThan(90e6);
    expect(small.memory).toBeLessThan(50e6);
  });

  it('has what it printed, and a failure is one', async () => {
    expect((await measure(sh('echo out; echo err >&2'))).said).toBe('out\nerr\n');
    await expect(measure(sh('echo why; exit 3'))).rejects.toMatchObject({ output: 'why\nexit status 3\n' });
  });
});

describe('two sides', () => {
  it('run in turn, each prepared and checked every time', async () => {
    const said: string[] = [];
    const side = (name: string): Work => ({
      ...sh(`echo ${name} >> order`, { cwd: directory }),
      before: () => void said.push(`before ${name}`),
      after: () => void said.push(`after ${name}`),
    });
    await inTurn([side('a'), side('b')], 2);
    expect(fs.readFileSync(`${directory}/order`, 'utf8')).toBe('a\nb\na\nb\n');
    expect(said.slice(0, 4)).toEqual(['before a', 'after a', 'before b', 'after b']);
  });

  it('end where one did not do its work', async () => {
    const fail = () => {
      throw new Error('no signature');
    };
    await expect(inTurn([sh('true', { after: fail })], 1)).rejects.toThrow('no signature');
  });
});
