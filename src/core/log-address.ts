// SPDX-License-Identifier: Apache-2.0

/** The directory of a tile log that `--log` names as `tiles:DIR`; undefined for the name of another log. */
export const tileDirectory = (address: string): string | undefined => /^tiles:(.+)$/s.exec(address)?.[1];
