// SPDX-License-Identifier: Apache-2.0
import {
  Fault,
  exitStatusOf,
  quote
} from "./shared-core-fault.mjs";

// src/core/report.ts
var REPORT_SCHEMA = "artifact-signing.report/v1";
var joinOutcomes = (outcomes) => ({
  files: outcomes.flatMap(({ files = [] }) => files),
  manifests: outcomes.flatMap(({ manifests = [] }) => manifests),
  logs: outcomes.flatMap(({ logs = [] }) => logs),
  warnings: outcomes.flatMap(({ warnings = [] }) => warnings),
  errors: outcomes.flatMap(({ errors = [] }) => errors),
  faults: outcomes.flatMap(({ faults = [] }) => faults)
});
var STATUS_OF = ["done", "failed", "usage", "refused", "evidence"];
var findingOf = (fault) => ({
  kind: fault.kind,
  message: fault.message,
  ...fault.file === void 0 ? {} : { file: fault.file },
  ...fault.hint === void 0 ? {} : { hint: fault.hint },
  ...fault.evidence.length === 0 ? {} : { evidence: fault.evidence }
});
function makeReport(command, outcome, fault) {
  const found = outcome.errors ?? [];
  const faults = [...outcome.faults ?? [], ...fault === void 0 ? [] : [fault]];
  const statuses = [...found.map(exitOfFinding), ...faults.map(({ kind }) => exitStatusOf(kind))];
  const exit = statuses.reduce((highest, status) => status > highest ? status : highest, 0);
  const pending = exit === 1 && [...faults, ...found].some(({ kind }) => kind === "pending");
  const manifests = outcome.manifests ?? [];
  const [manifest] = manifests;
  return {
    schema: REPORT_SCHEMA,
    command,
    status: pending ? "pending" : STATUS_OF[exit] ?? "failed",
    exit,
    ...outcome.dry_run === void 0 ? {} : { dry_run: outcome.dry_run },
    files: outcome.files ?? [],
    ...manifest !== void 0 && manifests.length === 1 ? { manifest } : {},
    manifests,
    logs: outcome.logs ?? [],
    warnings: outcome.warnings ?? [],
    errors: [...found, ...faults.map(findingOf)],
    ...outcome.detail === void 0 ? {} : { detail: outcome.detail }
  };
}
function exitOfFinding({ kind }) {
  if (kind === "expires-soon" || kind === "not-checked") return 0;
  const status = exitStatusOf(kind);
  return status === 2 ? 3 : status;
}

// src/core/fingerprint.ts
function parseFingerprint(text) {
  const digits = text.replace(/ /g, "").replace(/^0x/i, "").toUpperCase();
  if (/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(digits)) return digits;
  throw new Fault("usage", `not a key fingerprint: ${quote(text.slice(0, 100))}`, {
    hint: "give all 40 digits (64 for version 6 keys): a short key ID can be forged"
  });
}

export {
  REPORT_SCHEMA,
  joinOutcomes,
  findingOf,
  makeReport,
  parseFingerprint
};
