// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { Fault } from '../../src/core/fault.ts';
import type { Outcome } from '../../src/core/report.ts';
import { realPorts } from '../../src/io/ports.ts';
import type { Ports } from '../../src/ports.ts';
import type { SumsOptions } from '../../src/workflow/sums.ts';
import { eachInDirectory } from '../io/directory.ts';

// One command stands for all: what it is asked for, and what it answers, is the test's affair.
const workflow = vi.hoisted(() => ({ sums: vi.fn<(ports: Ports, options: SumsOptions) => Promise<Outcome>>() }));
vi.mock('../../src/workflow/sums.ts', () => workflow);

const { at } = eachInDirectory();
beforeEach(() => {
  workflow.sums.mockReset().mockResolvedValue(OUTCOME);
});

const OUTCOME: Outcome = { files: [{ name: 'a.tar.gz', action: 'listed' }] };
const FAULT = new Fault('altered', '"a" is not what the manifest says', { file: 'a', hint: 'was it built again?' });

async function run(...argv: readonly string[]) {
  const said = { stdout: '', stderr: '' };
  const out = {
    stdout: (text: string) => {
      said.stdout += text;
    },
    stderr: (text: string) => {
      said.stderr += text;
    },
    isTerminal: false,
    version: '1.2.3',
  };
  const exit = await main(argv, realPorts(out, true), out);
  return { exit, ...said };
}
const written = (name: string): unknown => JSON.parse(fs.readFileSync(at(name), 'utf8'));

/** How a run can end: arguments beside `sums`, what the work does, and what the report says. */
const ENDS = [
  ['success', ['dir'], () => OUTCOME, { command: 'sums', status: 'done', exit: 0, files: OUTCOME.files, errors: [] }],
  [
    'a refusal',
    ['dir'],
    () => Promise.reject(FAULT),
    {
      command: 'sums',
      status: 'refused',
      exit: 3,
      errors: [{ kind: 'altered', file: 'a', message: FAULT.message, hint: FAULT.hint }],
    },
  ],
  [
    'findings',
    ['dir'],
    () => ({ ...OUTCOME, errors: [{ kind: 'missing', message: 'm' }] }),
    { command: 'sums', status: 'refused', exit: 3, files: OUTCOME.files },
  ],
  [
    'evidence',
    ['dir'],
    () => Promise.reject(new Fault('log-misbehaved', 'm', { evidence: ['x'] })),
    { status: 'evidence', exit: 4, errors: [{ kind: 'log-misbehaved', message: 'm', evidence: ['x'] }] },
  ],
  [
    'what another try may mend',
    ['dir'],
    () => Promise.reject(new Fault('network', 'm')),
    { status: 'failed', exit: 1 },
  ],
  [
    'a defect',
    ['dir'],
    () => Promise.reject(new TypeError('x is not\n a function')),
    {
      status: 'failed',
      exit: 1,
      errors: [
        {
          kind: 'io',
          message: 'a defect in this program: TypeError: x is not a function',
          hint: 'please report it, with what you did',
        },
      ],
    },
  ],
  [
    'an unknown flag',
    ['dir', '--unknown'],
    () => expect.unreachable(),
    {
      command: 'sums',
      status: 'usage',
      exit: 2,
      errors: [{ kind: 'usage', message: 'unknown flag "--unknown"', hint: expect.any(String) }],
    },
  ],
  ['a missing positional', [], () => expect.unreachable(), { command: 'sums', status: 'usage', exit: 2 }],
  [
    'a bad value',
    ['dir', '--warn-days', 'x'],
    undefined,
    {
      command: 'sums',
      status: 'usage',
      exit: 2,
      errors: [{ kind: 'usage', message: '--warn-days takes a whole number' }],
    },
  ],
] as const;

describe.each(ENDS)('a run that ends with %s', (_, argv, work, report) => {
  beforeEach(() => {
    if (work !== undefined) workflow.sums.mockImplementation(async () => (await work()) as Outcome);
  });

  it('prints one JSON document with --json, and nothing else', async () => {
    const { exit, stdout, stderr } = await run('sums', ...argv, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'artifact-signing.report/v1', ...report });
    expect(exit).toBe(report.exit);
    expect(stderr).toBe('');
  });

  it('writes the same document with --report', async () => {
    const { stdout } = await run('sums', ...argv, '--json');
    const beside = await run('sums', ...argv, '--report', at('r.json'));
    expect(beside.exit).toBe(report.exit);
    expect(fs.readFileSync(at('r.json'), 'utf8')).toBe(stdout);
    await run('sums', ...argv, '--json', '--quiet', `--report=${at('again.json')}`);
    expect(fs.readFileSync(at('again.json'), 'utf8')).toBe(stdout);
    expect(fs.readdirSync(at()).sort()).toEqual(['again.json', 'r.json']);
  });

  it('tells a person what is wrong on standard error, and the result on standard output', async () => {
    const { exit, stdout, stderr } = await run('sums', ...argv);
    expect(exit).toBe(report.exit);
    expect(stdout).toBe('files' in report ? 'listed a.tar.gz\n' : '');
    const lines = stderr.split('\n').slice(0, -1);
    expect(lines.length > 0).toBe(report.exit > 0);
    for (const line of lines) expect(line).toMatch(/^artifact-signing: (error|hint): ./);
  });

  it('prints no result with --quiet, and what is wrong nevertheless', async () => {
    const loud = await run('sums', ...argv);
    expect(await run('sums', ...argv, '--quiet')).toEqual({ ...loud, stdout: '' });
  });
});

describe('the command in a report of a line that cannot be read', () => {
  it.each([
    [['log', 'init', '--origin'], 'log init'],
    [['log', '--unknown'], ''],
    [['log init', '--unknown'], ''],
    [['--unknown', 'sums', 'dir'], ''],
    [['--', 'sums', 'dir'], ''],
    [[], ''],
  ])('%j is %j', async (argv, command) => {
    const { exit, stdout } = await run('--json', ...argv);
    const named = await run(...argv.toSpliced(argv.includes('--') ? 0 : argv.length, 0, '--json'));
    expect([exit, JSON.parse(stdout).command]).toEqual([2, '']);
    expect([named.exit, JSON.parse(named.stdout).command]).toEqual([2, command]);
  });
});

describe('help and version', () => {
  it.each([
    [['--help']],
    [['sums', '--help']],
    [['log', 'init', '--help']],
    [['sums', '--help', '--json']],
    [['--version']],
  ])('%j goes to standard output, with 0', async (argv) => {
    const { exit, stdout, stderr } = await run(...argv);
    expect([exit, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^artifact-signing /);
    expect(workflow.sums).not.toHaveBeenCalled();
  });
});

describe('a report', () => {
  /** In a directory that goes while the work is done. */
  function takenAway(fault?: Fault): string {
    fs.mkdirSync(at('no'));
    workflow.sums.mockImplementation(async () => {
      fs.rmdirSync(at('no'));
      if (fault !== undefined) throw fault;
      return OUTCOME;
    });
    return at('no', 'r.json');
  }

  it('that cannot be written is an error of its own where all went well', async () => {
    const file = takenAway();
    const message = `cannot write "${file}": no such file or directory`;
    const person = await run('sums', 'dir', '--report', file);
    expect(person).toEqual({ exit: 2, stdout: 'listed a.tar.gz\n', stderr: `artifact-signing: error: ${message}\n` });
    fs.mkdirSync(at('no'));
    const machine = await run('sums', 'dir', '--report', file, '--json');
    expect(JSON.parse(machine.stdout)).toMatchObject({
      status: 'usage',
      exit: 2,
      files: OUTCOME.files,
      errors: [{ kind: 'not-found', message }],
    });
    expect(machine.exit).toBe(2);
  });

  it('that cannot be written does not hide what went wrong before', async () => {
    const file = takenAway(FAULT);
    const { exit, stderr } = await run('sums', 'dir', '--report', file);
    expect(exit).toBe(3);
    expect(stderr).toContain(`artifact-signing: error: cannot write "${file}": no such file or directory\n`);
    expect(stderr).toContain(`artifact-signing: error: ${FAULT.message}\nartifact-signing: hint: ${FAULT.hint}\n`);
  });

  it('that has no place to go stops the work before it begins', async () => {
    for (const file of [at('no', 'r.json'), at('file', 'r.json'), at('dangling', 'r.json')]) {
      fs.writeFileSync(at('file'), '');
      fs.rmSync(at('dangling'), { force: true });
      fs.symlinkSync('no', at('dangling'));
      const { exit, stdout, stderr } = await run('sums', 'dir', '--report', file, '--json');
      expect([exit, stderr]).toEqual([2, '']);
      expect(JSON.parse(stdout)).toMatchObject({
        command: 'sums',
        status: 'usage',
        errors: [{ kind: 'not-found', file }],
      });
    }
    expect(workflow.sums).not.toHaveBeenCalled();
    fs.symlinkSync('.', at('link'));
    expect(await run('sums', 'dir', '--report', at('link', 'r.json'))).toMatchObject({ exit: 0 });
  });

  it('takes the place of an older one', async () => {
    workflow.sums.mockRejectedValueOnce(FAULT);
    await run('sums', 'dir', '--report', at('r.json'));
    expect(written('r.json')).toMatchObject({ status: 'refused' });
    await run('sums', 'dir', '--report', at('r.json'));
    expect(written('r.json')).toMatchObject({ status: 'done' });
  });

  it('takes the place of nothing else', async () => {
    fs.writeFileSync(at('r.json'), 'x'.repeat(100_000));
    for (const file of [at('r.json'), at(), '/dev/full']) {
      const { exit, stderr } = await run('sums', 'dir', '--report', file);
      expect([exit, stderr]).toEqual([2, expect.stringContaining('is no report of ours')]);
    }
    expect(workflow.sums).not.toHaveBeenCalled();
    expect(fs.readFileSync(at('r.json'), 'utf8')).toBe('x'.repeat(100_000));
  });

  it.each([[['--report', '-']], [['--report=-x']], [['--report=--json']], [['--report=']], [['--report']]])(
    'is not written for %j',
    async (flags) => {
      const before = process.cwd();
      process.chdir(at());
      try {
        const { exit, stderr } = await run('sums', 'dir', ...flags);
        expect(exit).toBe(2);
        expect(stderr).toMatch(/^artifact-signing: error: --report /);
        expect(fs.readdirSync(at())).toEqual([]);
      } finally {
        process.chdir(before);
      }
      expect(workflow.sums).not.toHaveBeenCalled();
    },
  );

  it('is not asked for behind "--"', async () => {
    const { stdout } = await run(
      'verify',
      '--certificate',
      at('no.asc'),
      '--',
      'dir',
      '--json',
      '--report',
      at('r.json'),
    );
    expect(stdout).toBe('');
    expect(fs.readdirSync(at())).toEqual([]);
  });
});

describe('flags', () => {
  const refusedFor = async (...argv: readonly string[]) => {
    const { exit, stdout } = await run('sums', 'dir', ...argv, '--json');
    expect(exit).toBe(2);
    expect(workflow.sums).not.toHaveBeenCalled();
    return JSON.parse(stdout).errors[0].message;
  };

  it.each(['--project', '--key-file', '--digest-algo', '--warn-days', '--report'])(
    '%s is refused when it is given twice, also with one value',
    async (flag) => {
      const value = flag === '--report' ? at('r.json') : '30';
      expect(await refusedFor(flag, value, flag, value)).toBe(`${flag} is given more than once`);
    },
  );

  it('are refused when they are empty, also those that would not be looked at', async () => {
    expect(await refusedFor('--passphrase-file=')).toBe('--passphrase-file is empty');
    expect((await run('sums', '')).stderr).toBe('artifact-signing: error: the directory is empty\n');
  });

  it('read standard input once at most, but for a key and its passphrase', async () => {
    expect(await refusedFor('--key-file', '-', '--zuul-vars', '-')).toBe(
      '--zuul-vars and --key-file cannot both read standard input',
    );
    expect(await refusedFor('--key-file=-', '--passphrase-file=-', '--zuul-vars=-')).toBe(
      '--zuul-vars and --key-file and --passphrase-file cannot both read standard input',
    );
    for (const passphrase of [[], ['--passphrase-file', '-']])
      expect((await run('sums', 'dir', '--key-file', '-', ...passphrase)).exit).toBe(0);
    expect(workflow.sums.mock.lastCall?.[1]).toMatchObject({ keyFile: '-' });
  });

  it('reach the work, decoded', async () => {
    await run(
      'sums',
      'dir',
      '--name={project}.SHA256SUMS',
      '--project',
      '0x10',
      '--key',
      `0x${'ab'.repeat(20)}`,
      '--warn-days',
      '7',
      '--exclude',
      '*.log',
      '--recursive',
      '--dry-run',
    );
    expect(workflow.sums.mock.lastCall?.[1]).toMatchObject({
      directory: 'dir',
      template: '{project}.SHA256SUMS',
      project: '0x10',
      key: 'AB'.repeat(20),
      warnDays: 7,
      include: [],
      exclude: ['*.log'],
      recursive: true,
      dryRun: true,
      force: false,
    });
  });

  it('that are not given have their defaults', async () => {
    await run('sums', '--', '-dir');
    expect(workflow.sums.mock.lastCall?.[1]).toMatchObject({
      directory: '-dir',
      keyFile: undefined,
      warnDays: 30,
      dryRun: false,
      expect: [],
      allowEmpty: false,
    });
  });
});

describe('progress', () => {
  beforeEach(() => {
    workflow.sums.mockImplementation(async ({ progress }) => {
      vi.useFakeTimers();
      vi.advanceTimersByTime(200);
      progress.report('hashing', 1, 2);
      vi.useRealTimers();
      return {};
    });
  });

  it('goes to standard error, and is cleared before the findings', async () => {
    const { stdout, stderr } = await run('sums', 'dir');
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^\r\u001b\[Khashing: 1 of 2\r\u001b\[K$/);
  });

  it('is not shown with --quiet', async () => {
    expect((await run('sums', 'dir', '--quiet')).stderr).toBe('');
  });
});
