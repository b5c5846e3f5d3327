// SPDX-License-Identifier: Apache-2.0
/** Which release is logged; what is taken from Zuul's variables stands in `tests/core/zuul-vars.test.ts`. */
import fs from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { Ports } from '../../src/ports.ts';
import { identify } from '../../src/workflow/identity.ts';
import { refused as refusedCall } from '../refusal.ts';
import { useLab } from './lab.ts';

const lab = useLab({});
const { at, put, done, refused } = lab;
const VARS = '{"project": {"canonical_name": "example.org/nova", "short_name": "nova"}, "ref": "refs/tags/1"}';

describe("a file of 2 MiB with Zuul's variables", () => {
  const words = () => ['sums', at('r'), '--zuul-vars', at('vars'), '--dry-run'];

  it('is read, and a byte more is refused before anybody parses it', async () => {
    put({ 'r/a': 'one', vars: VARS.padEnd(2 * 1024 * 1024) });
    expect((await done(words())).manifest).toMatchObject({ name: 'nova-1.SHA256SUMS' });
    fs.appendFileSync(at('vars'), ' ');
    const parse = vi.fn();
    const message = 'is larger than the 2097152 bytes that such a file can have';
    await refused(2, message, words(), { yaml: { parse } });
    expect(parse).not.toHaveBeenCalled();
  });
});

describe('a release that is logged', () => {
  /** Without `--zuul-vars`, nothing is read. */
  const identity = async (release: string, ref?: string) =>
    identify({} as Ports, { project: 'nova', release, ref, commit: undefined, zuulVars: undefined });

  it('has a version, and not a ref in its place', async () => {
    for (const release of ['refs/tags/31.0.0', 'refs/heads/master']) {
      const { message, hint } = await refusedCall('usage', identity(release, release));
      expect(message).toBe(`the version is a ref: "${release}"`);
      expect(hint).toBe('give --release the version alone, without refs/tags/, and the ref as --ref');
    }
  });

  it.each([
    ['31.0.0', 'refs/tags/30.0.0'],
    ['1.0', 'refs/tags/2.0'],
    ['1.0', 'refs/tags/release/2.0'],
  ])('is not %s where %s was built', async (release, ref) => {
    const { message, hint } = await refusedCall('usage', identity(release, ref));
    expect(message).toBe(`the version "${release}" is not that of the tag "${ref.slice(10)}"`);
    expect(hint).toBe('a log keeps it for ever: give --release and --ref of one release');
  });

  it.each([
    ['1.0', 'refs/tags/1.0'],
    ['1.0', 'refs/tags/v1.0'],
    ['v1.0', 'refs/tags/1.0'],
    ['1.0', 'refs/tags/release/1.0'],
    ['nova-1.0', 'refs/tags/1.0'],
    ['1.0rc1', 'refs/tags/V1.0-RC1'],
    ['8.5.0', 'refs/tags/curl-8_5_0'],
    ['1.0', 'refs/heads/master'],
    ['1.0', 'refs/changes/42/7042/1'],
    ['1.0', 'master'],
    ['1.0', undefined],
  ])('may be %s where %s was built', async (release, ref) => {
    expect(await identity(release, ref)).toMatchObject({ version: release, ref });
  });
});
