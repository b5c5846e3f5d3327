// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeProblem } from '../../src/core/node-version.ts';

describe('the version of Node', () => {
  it.each(['22.22.0', '22.22.1', '22.100.0', '23.0.0', '24.21.0', '26.0.0-nightly', process.versions.node])(
    '%s will do',
    (version) => {
      expect(nodeProblem(version)).toBeUndefined();
    },
  );

  it.each(['22.21.9', '22.3.0', '20.20.2', '18.0.0', '0.10.0'])('%s is told to be too old', (version) => {
    const [message = '', hint = ''] = nodeProblem(version) ?? [];
    expect(message).toBe(`this is Node ${version}, and 22.22 or later is needed`);
    expect(hint).toContain('artifact-signing.mjs');
  });

  it('is the one that package.json demands', () => {
    const { engines } = JSON.parse(fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(nodeProblem('0.0.0')?.[0]).toContain(engines.node.replace('>=', ''));
  });
});
