// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from './target.ts';
import { TARGETS, targetOf } from './targets.ts';
import { parseVector } from './vector.ts';

const DIRECTORY = path.resolve(import.meta.dirname, '../vectors/fuzz');
const files = fs.readdirSync(DIRECTORY).filter((name) => name.endsWith('.txt'));

describe('what once went wrong', () => {
  it.each(files)('goes right: %s', async (name) => {
    const { target, expect: end, input } = parseVector(fs.readFileSync(path.join(DIRECTORY, name), 'utf8'));
    expect(await outcomeOf(targetOf(target), input)).toBe(end);
  });

  it('is told apart by the names of the parsers', () => {
    expect(new Set(TARGETS.map(({ name }) => name)).size).toBe(TARGETS.length);
  });
});
