// SPDX-License-Identifier: Apache-2.0
// count-tests.mjs REPORT STATUS: prints "PASSED FAILED" for a report of vitest's json reporter and its exit status.
import { readFileSync } from 'node:fs';

/**
 * Tests that were skipped or left to do are failures; so are no tests at all, and a run that failed without a failed test
 * (a file that cannot be loaded, an error outside of a test).
 */
export function countTests(report, status) {
  const passed = report.numPassedTests;
  const failed = report.numTotalTests - passed;
  const isBroken = failed === 0 && (passed === 0 || status !== 0 || report.success !== true);
  return { passed, failed: isBroken ? 1 : failed };
}

if (/[\\/]count-tests\.mjs$/.test(process.argv[1])) {
  const { passed, failed } = countTests(JSON.parse(readFileSync(process.argv[2], 'utf8')), Number(process.argv[3]));
  console.log(`${passed} ${failed}`);
}
