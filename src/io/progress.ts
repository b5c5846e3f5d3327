// SPDX-License-Identifier: Apache-2.0
import type { Out, Progress } from '../ports.ts';

/** Milliseconds between two lines: on a terminal, and in a log. */
const INTERVAL = { terminal: 100, log: 10_000 };

/** One updating line on a terminal; plain lines at intervals elsewhere, such as in Zuul's console. */
export function outProgress(out: Out, isTerminal: boolean): Progress {
  let last = Date.now();
  let open = false;
  return {
    report: (what, done, total) => {
      const now = Date.now();
      if (now - last < (isTerminal ? INTERVAL.terminal : INTERVAL.log)) return;
      last = now;
      const line = `${what}: ${done} of ${total}`;
      out.stderr(isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
      open = isTerminal;
    },
    end: () => {
      if (open) out.stderr('\r\u001b[K');
      open = false;
    },
  };
}
