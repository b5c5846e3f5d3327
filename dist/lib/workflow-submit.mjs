// SPDX-License-Identifier: Apache-2.0
import {
  submit,
  submitOne
} from "./shared-workflow-submit.mjs";
import "./shared-workflow-log-keys.mjs";
import "./shared-core-log-address.mjs";
import "./shared-workflow-identity.mjs";
import "./shared-logs-sigsum-submit.mjs";
import "./shared-core-public-log-key.mjs";
import "./shared-core-openssh-key.mjs";
import "./shared-workflow-signing.mjs";
import "./shared-openpgp-key-state.mjs";
import "./shared-openpgp-secret.mjs";
import "./shared-workflow-log.mjs";
import "./shared-logs-tiles.mjs";
import "./shared-core-signed-note.mjs";
import "./shared-core-report.mjs";
import "./shared-core-name.mjs";
import "./shared-openpgp-public-key.mjs";
import "./shared-core-decode.mjs";
import "./shared-core-companions.mjs";
import "./shared-openpgp-packets.mjs";
import "./shared-core-fault.mjs";
export {
  submit,
  submitOne
};
