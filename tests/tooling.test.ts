// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countTests } from '../.ci/count-tests.mjs';
import { differences, readTree } from '../scripts/tree.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

let directory = '';
beforeEach(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'tooling-'));
});
afterEach(() => fs.rmSync(directory, { recursive: true }));

describe('the comparison of two builds', () => {
  const write = (name: string, content: string, mode = 0o644) => {
    fs.mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    fs.writeFileSync(path.join(directory, name), content, { mode });
  };

  it('finds no difference between equal trees', () => {
    for (const tree of ['a', 'b']) write(`${tree}/lib/x.mjs`, 'x');
    expect(differences(readTree(`${directory}/a`), readTree(`${directory}/b`))).toEqual([]);
  });

  it('names what is missing, extra, changed by a byte, and no longer executable', () => {
    for (const [name, content] of [
      ['gone', ''],
      ['same', 's'],
      ['lib/byte', 'x'],
    ] as const)
      write(`a/${name}`, content);
    for (const [name, content] of [
      ['new', ''],
      ['same', 's'],
      ['lib/byte', 'y'],
    ] as const)
      write(`b/${name}`, content);
    write('a/mode', '', 0o755);
    write('b/mode', '', 0o644);
    expect(differences(readTree(`${directory}/a`), readTree(`${directory}/b`))).toEqual([
      'missing gone',
      'differs lib/byte',
      'differs mode',
      'extra new',
    ]);
  });

  it('takes a directory that is not there for an empty one', () => {
    write('a/x', '');
    expect(differences(readTree(`${directory}/a`), readTree(`${directory}/none`))).toEqual(['missing x']);
  });
});

describe('the count of tests in CI', () => {
  const report = (numPassedTests: number, numTotalTests: number, success = true) => ({
    numPassedTests,
    numTotalTests,
    success,
  });

  it('is that of the report when all passed', () => {
    expect(countTests(report(12, 12), 0)).toEqual({ passed: 12, failed: 0 });
  });

  it('takes what failed, was skipped or is still to do for failed', () => {
    expect(countTests(report(9, 12, false), 1)).toEqual({ passed: 9, failed: 3 });
    expect(countTests(report(11, 12), 0)).toEqual({ passed: 11, failed: 1 });
  });

  it('takes a run without any test for a failure', () => {
    expect(countTests(report(0, 0), 0)).toEqual({ passed: 0, failed: 1 });
  });

  it('takes a run that failed without a failed test for a failure', () => {
    expect(countTests(report(12, 12), 1)).toEqual({ passed: 12, failed: 1 });
    expect(countTests(report(12, 12, false), 0)).toEqual({ passed: 12, failed: 1 });
  });
});

describe('a step of CI', () => {
  const step = (seconds: number, script: string) =>
    spawnSync('python3', [path.join(ROOT, '.ci/run-step.py'), String(seconds), 'sh', '-c', script], {
      encoding: 'utf8',
    });

  it('has the status of its command', () => {
    expect(step(60, 'exit 0').status).toBe(0);
    expect(step(60, 'exit 7').status).toBe(7);
  });

  it('fails when its command was ended by a signal', () => {
    expect(step(60, 'kill -KILL $$').status).toBe(1);
  });

  it('reads an empty stdin', () => {
    expect(step(60, 'cat').status).toBe(0);
  });

  it('fails when its command leaves a daemon, and ends the daemon', () => {
    const { status, stdout } = step(60, `setsid sleep 600 >/dev/null 2>&1 & echo $! > ${directory}/pid`);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^run-step: left behind: sleep \(\d+\)\n$/);
    const pid = Number(fs.readFileSync(`${directory}/pid`, 'utf8'));
    expect(fs.existsSync(`/proc/${pid}`)).toBe(false);
  });

  it('is ended when its time is up', () => {
    expect(step(0.2, 'sleep 600').status).toBe(124);
  });
});

describe('a Python environment', () => {
  it('asks for a newer Python in two lines', () => {
    const pretend = 'import sys, runpy; sys.version_info = (3, 9, 2); sys.argv = ["make-venv.py", "ansible"]; ';
    const run = spawnSync('python3', ['-c', `${pretend} runpy.run_path("scripts/make-venv.py", run_name="__main__")`], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(run.stderr).toBe(
      'make-venv: error: this is Python 3.9.2, and 3.11 or later is needed\n' +
        'make-venv: hint: put a newer python3 first on PATH\n',
    );
    expect(run.status).toBe(2);
  });

  it('says with a status of its own that no Python is new enough', () => {
    const pretend =
      'import os, sys, runpy, shutil; shutil.which = lambda name: None; sys.executable = "/nonexistent/python3"; ' +
      'os.environ["PYENV_ROOT"] = "/nonexistent/pyenv"; ' +
      'sys.argv = ["make-venv.py", "ansible-2.21"]; runpy.run_path("scripts/make-venv.py", run_name="__main__")';
    const run = spawnSync('python3', ['-c', pretend], { cwd: ROOT, encoding: 'utf8' });
    expect(run.stderr).toBe(
      'make-venv: error: ansible-2.21 needs Python 3.12 or later, and there is none\n' +
        'make-venv: hint: put python3.12 on PATH, or install it with pyenv\n',
    );
    expect(run.status).toBe(3);
  });

  it.each(['ansible', 'ansible-2.16', 'ansible-2.19', 'ansible-2.21', 'lint', 'zuul', 'zuul-ansible'])(
    'of %s is made of exact versions, each with a digest',
    (name) => {
      const lines = fs.readFileSync(path.join(ROOT, `requirements/${name}.txt`), 'utf8').split('\n');
      const packages = lines.filter((line) => /^\w/.test(line));
      expect(packages.length).toBeGreaterThan(5);
      for (const line of packages) expect(line).toMatch(/^[\w.-]+==[\w.]+(?: ; .*)? \\$/);
      const digests = lines.filter((line) => line.startsWith('    --hash=sha256:'));
      expect(digests.length).toBeGreaterThanOrEqual(packages.length);
    },
  );
});
