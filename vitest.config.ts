// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { ANSIBLE_VERSIONS, projectOf, variablesOf } from './scripts/ansible-versions.ts';

/** Begun last, a file that waits for hundreds of other programs would leave one processor with nothing to do. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) =>
      /\/tests\/(?:roles\/|scripts\.|console\.|system\/(?:roles|quickstart))/.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// `npm test` runs the project "fast"; `npm run test:system` the project "system", which needs Debian's own tools
// (gpgv, sq, sshd …) and Ansible; `npm run test:integration` the project "integration", against servers of others, which
// Go builds; `npm run test:zuul` the project "zuul", whose files share one private Zuul; `npm run test:fuzz` the project
// "fuzz"; `npm run test:ansible` one project for each version of Ansible, which needs sshd, too.

// Roles on a version of Ansible. What tests/roles says is run on 2.18 by "fast", and here on the oldest and the newest; the
// rest of it is not about Ansible, or is said by tests/ansible in other words. How Node is unpacked takes too long for "fast".
const ENDS = ['2.16', '2.21'];
const UNPACKS = 'tests/roles/ensure-artifact-signing.test.ts';
const ROLES = ['tests/roles/{sign,publication,interrupted}*.test.ts'];
const ansible = ANSIBLE_VERSIONS.map((version) => ({
  extends: true as const,
  test: {
    name: projectOf(version),
    include: ['tests/ansible/*.test.ts', UNPACKS, ...(ENDS.includes(version.ansible) ? ROLES : [])],
    env: variablesOf(version),
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 1_800_000,
  },
}));

export default defineConfig({
  test: {
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A test that was left out is no test that passed.
    allowOnly: false,
    passWithNoTests: false,
    sequence: { sequencer: LongestFirst },
    projects: [
      ...ansible,
      {
        extends: true,
        // two: unless told, vitest leaves one processor of two unused
        test: {
          name: 'fast',
          include: ['tests/**/*.test.ts'],
          exclude: [
            'tests/system/**',
            'tests/zuul/**',
            'tests/integration/**',
            'tests/fuzz/**',
            'tests/faults/**',
            'tests/ansible/**',
            UNPACKS,
          ],
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: {
          name: 'fuzz',
          include: ['tests/fuzz/**/*.test.ts'],
          maxWorkers: 2,
          // FUZZ_COUNT=1000000 takes hours
          testTimeout: 0,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['tests/system/**/*.test.ts'],
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: 'tests/integration/setup.ts',
          maxWorkers: 2,
          testTimeout: 600_000,
          hookTimeout: 900_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          globalSetup: 'tests/faults/setup.ts',
          maxWorkers: 2,
          testTimeout: 3_600_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'zuul',
          include: ['tests/zuul/**/*.test.ts'],
          globalSetup: 'tests/zuul/setup.ts',
          // each file waits for builds that run at the same time
          maxWorkers: 12,
          testTimeout: 1_200_000,
          hookTimeout: 1_200_000,
        },
      },
    ],
  },
});
