// SPDX-License-Identifier: Apache-2.0
/** From arguments to an exit status. Every end, good or bad, is one report. */
import path from 'node:path';
import { ABANDONED, isManifestName } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { tileDirectory } from '../core/log-address.ts';
import { makeReport, REPORT_SCHEMA, type Report } from '../core/report.ts';
import type { Files, Out, Ports } from '../ports.ts';
import { COMMANDS, type Command } from './commands.ts';
import { type Arguments, decodeArguments } from './flags.ts';
import { formatFindings, formatResult } from './human.ts';
import { COMMON_FLAGS } from './options.ts';
import { parseCommandLine } from './parse.ts';
import { commandIn, divide } from './tokens.ts';

/** Never throws for a Fault; anything else is a defect, and says so. */
export async function main(argv: readonly string[], ports: Ports, out: Out): Promise<number> {
  const speech = speechOf(argv);
  const command = commandIn(divide(argv), COMMANDS);
  const refusal = await refuseReport(ports, speech.report);
  if (refusal !== undefined)
    return finish(ports, out, { ...speech, report: undefined }, makeReport(command, {}, refusal));
  const done = await perform(argv, command, silenced(ports, speech), out.version);
  if (typeof done !== 'string') return finish(ports, out, speech, done);
  out.stdout(done);
  return 0;
}

/** The report of a run, or the text of a help. `begun` is the command that a line names which cannot be read. */
async function perform(
  argv: readonly string[],
  begun: string,
  ports: Ports,
  version: string,
): Promise<Report | string> {
  let command = begun;
  try {
    const parsed = await parseCommandLine(argv, version);
    if (parsed.help !== undefined) return parsed.help;
    command = parsed.command.words;
    const args = decodeArguments(parsed.values, parsed.command.positional?.name);
    checkValues(parsed.command, args);
    await refuseReportIn(ports.files, parsed.command, args);
    const outcome = await parsed.command.run(ports, args);
    return makeReport(command, args.isSet('dry-run') ? { ...outcome, dry_run: true } : outcome);
  } catch (error) {
    return makeReport(command, {}, asFault(error));
  }
}

interface Speech {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly report: string | undefined;
}

/** Looked up before the flags are parsed: a usage error, too, is reported in the form that was asked for. */
function speechOf(argv: readonly string[]): Speech {
  const flags = divide(argv).open;
  const at = flags.findIndex((flag) => flag === '--report' || flag.startsWith('--report='));
  const flag = flags[at];
  const report = flag === '--report' ? flags[at + 1] : flag?.slice('--report='.length);
  return {
    json: flags.includes('--json'),
    quiet: flags.includes('--quiet'),
    report: report === '' || report?.startsWith('-') ? undefined : report,
  };
}

/**
 * The report replaces one of an earlier run, and never anything else. Where it cannot be written is found before the work, which may be
 * one that cannot be undone.
 */
async function refuseReport({ files }: Ports, report: string | undefined): Promise<Fault | undefined> {
  if (report === undefined) return undefined;
  try {
    const info = await files.stat(report);
    if (info === undefined) return await refuseNowhere(files, report);
    if (info.type === 'file' && (await isReport(files, report))) return undefined;
  } catch (error) {
    return asFault(error);
  }
  return new Fault('usage', `${quote(report)} is there, and is no report of ours`, {
    file: report,
    hint: 'give another --report: nothing is written over',
  });
}

async function refuseNowhere(files: Files, report: string): Promise<Fault | undefined> {
  const directory = await files.stat(await files.resolve(path.dirname(report)));
  if (directory?.type === 'directory') return undefined;
  return new Fault('not-found', `cannot write ${quote(report)}: its directory is not there`, {
    file: report,
    hint: 'check the path',
  });
}

async function isReport(files: Files, file: string): Promise<boolean> {
  let head = '';
  await files.readChunks(file, (chunk) => {
    if (head === '') head = Buffer.from(chunk.subarray(0, 256)).toString('latin1');
  });
  return head.includes(`"schema": "${REPORT_SCHEMA}"`);
}

/** Whatever lies in a release, or in a log, is published with it, or refused by the next check. Throws `usage`, about the report itself. */
async function refuseReportIn(files: Files, { positional }: Command, args: Arguments): Promise<void> {
  const report = args.text('report');
  if (report === undefined) return;
  const place = await files.resolve(report);
  const paths = args.texts(positional?.name ?? '');
  const releases = paths.map((given) => (isManifestName(path.basename(given)) ? path.dirname(given) : given));
  const logs = args.texts('log').flatMap((log) => tileDirectory(log) ?? []);
  for (const given of [...releases, ...args.texts('to'), ...logs]) {
    const root = await files.resolve(given);
    if (place !== root && !place.startsWith(`${root}/`)) continue;
    throw new Fault('usage', `the report ${quote(report)} would lie in ${quote(given)}`, {
      file: report,
      hint: 'nobody lists it there: it would be published, or refused by the next check; keep it elsewhere',
    });
  }
}

const silenced = (ports: Ports, { quiet }: Speech): Ports =>
  quiet ? { ...ports, progress: { report: () => undefined, end: () => undefined } } : ports;

/** They come through standard input one behind the other. */
const TOGETHER = [
  ['--key-file', '--passphrase-file'],
  ['--log-key', '--token-key'],
];

/** Also those that the command may not come to look at: none is given twice, and standard input is not shared by others. */
function checkValues(command: Command, args: Arguments): void {
  const single = [...command.flags, ...COMMON_FLAGS].filter(({ kind }) => kind === 'text' || kind === 'number');
  const repeated = command.flags.filter(({ kind }) => kind === 'texts');
  const readers = [
    ...single.filter(({ name }) => args.text(name) === '-').map(({ name }) => name),
    ...repeated.flatMap(({ name }) =>
      args
        .texts(name)
        .filter((value) => value === '-')
        .map(() => name),
    ),
  ].map((name) => `--${name}`);
  if (args.text('report')?.startsWith('-')) {
    throw new Fault('usage', '--report takes a file', {
      hint: '--json prints the report; for a name with "-" write ./-…',
    });
  }
  const areTogether = TOGETHER.some((group) => readers.every((name) => group.includes(name)));
  if (readers.length > 1 && !(areTogether && new Set(readers).size === readers.length))
    throw new Fault('usage', `${readers.join(' and ')} cannot both read standard input`);
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new Fault('io', `a defect in this program: ${message.replace(/\s+/g, ' ')}`, {
    hint: 'please report it, with what you did',
    cause: error,
  });
}

/** What an earlier run has left there goes; a directory that cannot be listed may still take the report. */
async function writeReport({ files }: Ports, file: string, text: string): Promise<void> {
  try {
    await files.clearTemporary(path.dirname(file), ABANDONED);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  await files.write(file, text);
}

async function finish(ports: Ports, out: Out, speech: Speech, report: Report): Promise<number> {
  const text = `${JSON.stringify(report, undefined, 2)}\n`;
  let ended = report;
  const isInPlace = !report.errors.some(({ kind, file }) => kind === 'usage' && file === speech.report);
  if (speech.report !== undefined && isInPlace) {
    try {
      await writeReport(ports, speech.report, text);
    } catch (error) {
      ended = report.exit === 0 ? makeReport(report.command, report, asFault(error)) : report;
      out.stderr(`artifact-signing: error: ${asFault(error).message}\n`);
    }
  }
  ports.progress.end();
  if (speech.json) out.stdout(ended === report ? text : `${JSON.stringify(ended, undefined, 2)}\n`);
  else {
    if (!speech.quiet) out.stdout(formatResult(report));
    out.stderr(formatFindings(report));
    if (!speech.quiet && report.dry_run) out.stderr('artifact-signing: a dry run: nothing was written\n');
  }
  return ended.exit;
}
