// SPDX-License-Identifier: Apache-2.0
/** Zuul's variables as a file; what is taken from them stands in `tests/core/zuul-vars.test.ts`. */
import fs from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
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
