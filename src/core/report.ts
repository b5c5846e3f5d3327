// SPDX-License-Identifier: Apache-2.0
/** The report, `artifact-signing.report/v1`: one JSON document for every run, on success, refusal and usage error alike. */
import { type ExitStatus, exitStatusOf, type Fault, type FaultKind } from './fault.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { LogKind } from './policy-logs.ts';
import type { Sha256 } from './sha256.ts';

export const REPORT_SCHEMA = 'artifact-signing.report/v1';

export type Status = 'done' | 'pending' | 'refused' | 'failed' | 'usage' | 'evidence';

export interface SignatureReport {
  /** File name of the signature, relative like the signed file's. */
  readonly file: string;
  readonly sha256?: Sha256;
  /** The key that signed: the subkey, as a rule. */
  readonly signer: Fingerprint;
  readonly primary: Fingerprint;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly state: string;
}

export interface FileReport {
  readonly name: string;
  /** `refused`: it is what is listed, and its signature or the manifest is not believed; the errors say why. */
  readonly action: 'signed' | 'kept' | 'taken-over' | 'listed' | 'verified' | 'published' | 'refused';
  /** Bytes. */
  readonly size?: number;
  readonly sha256?: Sha256;
  readonly signature?: SignatureReport;
}

export interface ManifestReport {
  readonly name: string;
  readonly path: string;
  readonly sha256: Sha256;
  readonly size: number;
  readonly action: 'written' | 'kept' | 'taken-over' | 'verified' | 'published' | 'refused';
  readonly signature?: SignatureReport;
}

export type LogReport = LogReportCommon & (EntryReport | RecordReport);

/** Where the log has it. */
interface EntryReport {
  readonly index: number;
  /**
   * How the log itself calls it, in hexadecimal digits: the hash of its leaf, 64 of them; in Rekor v1 the UUID, which has 16 for the
   * tree before it.
   */
  readonly entry: string;
  readonly tree_size: number;
  readonly record?: never;
}

/** What a recorder has got: evidence, which a policy cannot count. */
interface RecordReport {
  readonly index?: never;
  readonly entry?: never;
  readonly tree_size?: never;
  readonly record: {
    readonly domain: string;
    /** Of the certificate, hexadecimal. */
    readonly serial: string;
    /** Of the certificate in DER. */
    readonly sha256: Sha256;
    /** ISO 8601, UTC. */
    readonly not_before: string;
  };
}

interface LogReportCommon {
  readonly kind: LogKind;
  /** As the policy names it. */
  readonly name?: string;
  readonly origin: string;
  /** File name of the proof, beside the manifest. */
  readonly proof: string;
  readonly action: 'logged' | 'kept' | 'verified';
  /** Which pinned witnesses vouch for it, and when they did: ISO 8601, UTC. Absent where the policy names none for this log. */
  readonly witnesses?: readonly { readonly name: string; readonly time: string }[];
  /** When the log took it, by its own word, which it has signed: ISO 8601, UTC. Rekor v1 only. */
  readonly time?: string;
  /**
   * Which release the log has, in the words of its statement; absent where the log has the manifest alone, and nobody has said more. A
   * tile log knows no time but that of its witnesses.
   */
  readonly release?: {
    readonly project: string;
    readonly version: string;
    readonly ref?: string;
    readonly commit?: string;
  };
}

/** Something that was found: a warning, or a reason to refuse. */
export interface Finding {
  readonly kind: FaultKind | 'expires-soon' | 'not-checked' | 'pending';
  readonly file?: string | undefined;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly evidence?: readonly string[];
}

/** What a workflow did, before it becomes a report. */
export interface Outcome {
  readonly files?: readonly FileReport[];
  readonly manifests?: readonly ManifestReport[];
  readonly logs?: readonly LogReport[];
  readonly warnings?: readonly Finding[];
  readonly errors?: readonly Finding[];
  /** What broke off a part of the work, while the rest went on. */
  readonly faults?: readonly Fault[];
  /** What only one command has to say, such as the exact entry of a dry run. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Nothing was written: the actions are those of a run without --dry-run. Absent otherwise. */
  readonly dry_run?: true;
}

/** What several parts of a run did, one after the other; what only one of them has to say is left out. */
export const joinOutcomes = (outcomes: readonly Outcome[]): Outcome => ({
  files: outcomes.flatMap(({ files = [] }) => files),
  manifests: outcomes.flatMap(({ manifests = [] }) => manifests),
  logs: outcomes.flatMap(({ logs = [] }) => logs),
  warnings: outcomes.flatMap(({ warnings = [] }) => warnings),
  errors: outcomes.flatMap(({ errors = [] }) => errors),
  faults: outcomes.flatMap(({ faults = [] }) => faults),
});

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly command: string;
  readonly status: Status;
  readonly exit: ExitStatus;
  readonly dry_run?: true;
  readonly files: readonly FileReport[];
  /** The one manifest that the command was about; absent where there is none or more than one. */
  readonly manifest?: ManifestReport;
  readonly manifests: readonly ManifestReport[];
  readonly logs: readonly LogReport[];
  readonly warnings: readonly Finding[];
  readonly errors: readonly Finding[];
  readonly detail?: Readonly<Record<string, unknown>>;
}

const STATUS_OF: readonly Status[] = ['done', 'failed', 'usage', 'refused', 'evidence'];

export const findingOf = (fault: Fault): Finding => ({
  kind: fault.kind,
  message: fault.message,
  ...(fault.file === undefined ? {} : { file: fault.file }),
  ...(fault.hint === undefined ? {} : { hint: fault.hint }),
  ...(fault.evidence.length === 0 ? {} : { evidence: fault.evidence }),
});

/** The highest exit status of the errors wins. What a check found is refused at least (3), whatever its kind is elsewhere. */
export function makeReport(command: string, outcome: Outcome, fault?: Fault): Report {
  const found = outcome.errors ?? [];
  const faults = [...(outcome.faults ?? []), ...(fault === undefined ? [] : [fault])];
  const statuses = [...found.map(exitOfFinding), ...faults.map(({ kind }) => exitStatusOf(kind))];
  const exit = statuses.reduce<ExitStatus>((highest, status) => (status > highest ? status : highest), 0);
  const pending = exit === 1 && [...faults, ...found].some(({ kind }) => kind === 'pending');
  const manifests = outcome.manifests ?? [];
  const [manifest] = manifests;
  return {
    schema: REPORT_SCHEMA,
    command,
    status: pending ? 'pending' : (STATUS_OF[exit] ?? 'failed'),
    exit,
    ...(outcome.dry_run === undefined ? {} : { dry_run: outcome.dry_run }),
    files: outcome.files ?? [],
    ...(manifest !== undefined && manifests.length === 1 ? { manifest } : {}),
    manifests,
    logs: outcome.logs ?? [],
    warnings: outcome.warnings ?? [],
    errors: [...found, ...faults.map(findingOf)],
    ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
  };
}

function exitOfFinding({ kind }: Finding): ExitStatus {
  if (kind === 'expires-soon' || kind === 'not-checked') return 0;
  const status = exitStatusOf(kind);
  return status === 2 ? 3 : status;
}
