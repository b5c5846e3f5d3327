// SPDX-License-Identifier: Apache-2.0

// src/core/log-address.ts
var tileDirectory = (address) => /^tiles:(.+)$/s.exec(address)?.[1];

export {
  tileDirectory
};
