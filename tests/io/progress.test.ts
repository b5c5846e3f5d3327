// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { outProgress } from '../../src/io/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function progressTo(isTerminal: boolean) {
  const said: string[] = [];
  const out = {
    stdout: () => expect.unreachable(),
    stderr: (text: string) => void said.push(text),
    isTerminal,
    version: '0',
  };
  return { said, progress: outProgress(out, isTerminal) };
}

describe('progress in a log', () => {
  it('is a plain line every ten seconds, and nothing for short work', () => {
    const { said, progress } = progressTo(false);
    for (let done = 0; done <= 25; done += 1) {
      progress.report('hashing', done, 100);
      vi.advanceTimersByTime(1000);
    }
    progress.end();
    expect(said).toEqual(['hashing: 10 of 100\n', 'hashing: 20 of 100\n']);
  });
});

describe('progress on a terminal', () => {
  it('is one line that is written over, and cleared at the end', () => {
    const { said, progress } = progressTo(true);
    progress.report('hashing', 0, 9);
    expect(said).toEqual([]);
    for (const done of [1, 2]) {
      vi.advanceTimersByTime(100);
      progress.report('hashing', done, 9);
      progress.report('hashing', done, 9);
    }
    expect(said).toEqual(['\r\u001b[Khashing: 1 of 9', '\r\u001b[Khashing: 2 of 9']);
    progress.end();
    progress.end();
    expect(said.slice(2)).toEqual(['\r\u001b[K']);
  });

  it('leaves a terminal alone on which nothing was shown', () => {
    const { said, progress } = progressTo(true);
    progress.end();
    expect(said).toEqual([]);
  });
});
