// SPDX-License-Identifier: Apache-2.0
import {
  logInit,
  logInspect,
  readLogKey,
  refuseInside
} from "./shared-workflow-log.mjs";
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
  logInit,
  logInspect,
  readLogKey,
  refuseInside
};
