// SPDX-License-Identifier: Apache-2.0
/** A report for people: stdout has a line per result, in a stable form; stderr has warnings, errors and hints. */
import { printable } from '../core/fault.ts';
import type { FileReport, Finding, LogReport, ManifestReport, Report } from '../core/report.ts';

/** Rules of speech: lower case, no full stop, names quoted, the hint apart from the message. */
export function formatFindings(report: Report): string {
  return [
    ...report.warnings.map((finding) => formatFinding('warning', finding)),
    ...report.errors.map((finding) => formatFinding('error', finding)),
  ].join('');
}

function formatFinding(level: 'warning' | 'error', { message, hint }: Finding): string {
  const lines = [`artifact-signing: ${level}: ${printable(message)}\n`];
  if (hint !== undefined) lines.push(`artifact-signing: hint: ${printable(hint)}\n`);
  return lines.join('');
}

/** What was done, or what was proven: who signed, when, with which key, and which log has it. */
export function formatResult(report: Report): string {
  if (report.detail !== undefined) return formatDetail(report.detail);
  return [...report.files.map(formatFile), ...report.manifests.map(formatManifest), ...report.logs.map(formatLog)].join(
    '',
  );
}

/** A value that is alone stands as it is, such as the exact entry of a dry run; of a list, each has a line of its own. */
function formatDetail(detail: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(detail);
  const [only] = entries.map(([, value]) => value);
  if (entries.length === 1 && typeof only === 'string') return `${only}\n`;
  if (entries.length === 1) return (Array.isArray(only) ? only : [only]).map((one) => `${formatValue(one)}\n`).join('');
  return entries.map(([name, value]) => `${name.replaceAll('_', ' ')}: ${formatValue(value)}\n`).join('');
}

function formatValue(value: unknown): string {
  if (typeof value !== 'object' || value === null) return printable(String(value));
  return Object.entries(value)
    .map(([name, part]) => printable(`${name} ${part}`))
    .join(', ');
}

const formatFile = (file: FileReport): string => `${file.action} ${printable(file.name)}${signed(file)}\n`;

const formatManifest = (manifest: ManifestReport): string =>
  `${manifest.action} ${printable(manifest.name)} sha256:${manifest.sha256}${signed(manifest)}\n`;

const formatLog = (log: LogReport): string =>
  `${log.action} ${printable(log.proof)} ${formatPlace(log)}${formatTime(log)}${printable(formatRelease(log))}${formatWitnesses(log)}\n`;

function formatPlace({ origin, record, index, tree_size }: LogReport): string {
  if (record === undefined) return `log ${origin} index ${index} of ${tree_size}`;
  const { domain, serial, sha256, not_before } = record;
  return `recorder ${origin} certificate of ${domain} serial ${serial} sha256:${sha256} from ${not_before}, not counted`;
}

function formatWitnesses({ witnesses }: LogReport): string {
  if (witnesses === undefined) return '';
  if (witnesses.length === 0) return ', witnessed by nobody';
  return `, witnessed by ${printable(witnesses.map(({ name, time }) => `${name} ${time}`).join(', '))}`;
}

const formatTime = ({ time }: LogReport): string => (time === undefined ? '' : ` since ${time}`);

function formatRelease({ release }: LogReport): string {
  if (release === undefined) return '';
  const { project, version, ref, commit } = release;
  return `, ${[project, version, ref, commit].filter((part) => part !== undefined).join(' ')}`;
}

function signed({ signature }: Pick<FileReport, 'signature'>): string {
  if (signature === undefined) return '';
  const { signer, primary, created, state } = signature;
  const by = signer === primary ? signer : `${signer} of ${primary}`;
  return ` signed ${created} by ${by}${state === 'good' ? '' : ` (${state})`}`;
}
