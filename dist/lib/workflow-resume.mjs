// SPDX-License-Identifier: Apache-2.0
import {
  readLogKeys,
  submitOne
} from "./shared-workflow-submit.mjs";
import "./shared-workflow-log-keys.mjs";
import "./shared-core-log-address.mjs";
import "./shared-workflow-identity.mjs";
import {
  PROOF_CAP,
  TILE_LOG,
  loadTrust,
  parseSubmission
} from "./shared-logs-sigsum-submit.mjs";
import "./shared-core-public-log-key.mjs";
import "./shared-core-openssh-key.mjs";
import {
  directorySource
} from "./shared-workflow-signing.mjs";
import "./shared-openpgp-key-state.mjs";
import "./shared-openpgp-secret.mjs";
import "./shared-workflow-log.mjs";
import "./shared-logs-tiles.mjs";
import "./shared-core-signed-note.mjs";
import {
  joinOutcomes
} from "./shared-core-report.mjs";
import {
  parseArtifactName
} from "./shared-core-name.mjs";
import {
  inFile
} from "./shared-openpgp-public-key.mjs";
import "./shared-core-decode.mjs";
import {
  SUBMISSION,
  TLOG_PROOF,
  manifestOfCompanion
} from "./shared-core-companions.mjs";
import "./shared-openpgp-packets.mjs";
import {
  Fault,
  quote
} from "./shared-core-fault.mjs";

// src/workflow/resume.ts
import path from "node:path";
async function resume(ports, options) {
  const others = options.logs.filter((log) => !log.startsWith(TILE_LOG));
  if (others.length > 0)
    throw new Fault("usage", `--resume takes the logs from what is pending, too, and not ${quote(others.join(", "))}`, {
      hint: "only where a tile log lies is to be said: --log tiles:DIR"
    });
  const said = [options.project, options.release, options.ref, options.commit, options.zuulVars];
  if (said.some((one) => one !== void 0))
    throw new Fault("usage", "--resume takes project, release, ref and commit from what is pending", {
      hint: "leave out --project, --release, --ref, --commit and --zuul-vars"
    });
  const trust = await loadTrust(ports, options);
  const pending = await pendingIn(ports, options);
  if (pending.length === 0) return { detail: { pending: `nothing is pending in ${quote(options.path)}` } };
  let keys;
  const readKeys = async () => {
    keys ??= readLogKeys(ports, options);
    return { ...await keys, areAllNeeded: false };
  };
  const outcomes = [];
  for (const place of pending) {
    try {
      const logs = await logsOf(ports, place, options.logs);
      outcomes.push(await submitOne(ports, { ...options, logs }, trust, place, readKeys));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      outcomes.push({ faults: [error] });
    }
  }
  const entries = outcomes.flatMap(({ detail = {} }) => Object.values(detail));
  return { ...joinOutcomes(outcomes), ...entries.length === 0 ? {} : { detail: { entries } } };
}
async function pendingIn({ files }, { path: given, manifest }) {
  const isFile = (await files.stat(given))?.type === "file";
  const directory = isFile ? path.dirname(given) : given;
  const only = isFile ? path.basename(given) : manifest;
  return (await files.list(directory)).filter(({ type, name }) => type === "file" && name.endsWith(SUBMISSION)).map(({ name }) => manifestOfCompanion(name)).filter((name) => name !== void 0 && (only === void 0 || name === only)).map((name) => ({ directory, name: parseArtifactName(name ?? "") }));
}
async function logsOf({ files }, { directory, name }, given) {
  const file = name + SUBMISSION;
  const bytes = await directorySource(files, directory).read(file, PROOF_CAP) ?? new Uint8Array();
  const { logs } = await inFile(file, async () => parseSubmission(bytes));
  const asked = logs.flatMap((log) => log === TILE_LOG ? given : [log]);
  const isProven = async () => await files.stat(path.join(directory, name + TLOG_PROOF)) !== void 0;
  if (given.length > 0 || !logs.includes(TILE_LOG) || asked.length > 0 && await isProven()) return asked;
  throw new Fault("usage", `${quote(file)} is for a tile log, and where that lies is not said`, {
    file,
    hint: "give --log tiles:DIR and its --log-key"
  });
}
export {
  resume
};
