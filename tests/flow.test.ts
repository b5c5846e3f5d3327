// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FLOW, flowSvg } from '../scripts/flow-svg.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (name: string) => fs.readFileSync(path.join(ROOT, name), 'utf8');
const STEPS = FLOW.zones.flatMap(({ steps }) => steps);

describe('doc/source/flow.svg', () => {
  const svg = read('doc/source/flow.svg');

  it('is what scripts/flow-svg.ts draws', () => {
    expect(svg, 'run "node scripts/flow-svg.ts"').toBe(flowSvg());
  });

  it('fetches nothing, and has colours for the light and for the dark', () => {
    expect(svg.match(/https?:\/\/[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(svg).not.toMatch(/@import|@font-face|url\(|<image|<script|href=/);
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
  });

  it('uses no class without a rule', () => {
    const used = new Set([...svg.matchAll(/class="([^"]*)"/g)].flatMap(([, names = '']) => names.split(' ')));
    expect([...used].filter((name) => !new RegExp(`\\.${name}[ ,.]`).test(svg))).toEqual([]);
  });

  it('has no text that is wider than its place, in any usual font', () => {
    for (const { x, width, text, isCode } of textsOf(svg)) {
      const estimate = [...text].length * (isCode ? 7.3 : 6.9);
      expect(estimate, `"${text}" at ${x}`).toBeLessThanOrEqual(width);
    }
  });
});

/** Texts that begin at `x`, and how wide the narrowest box around that place is. */
function textsOf(svg: string) {
  const number = (attributes: string, name: string) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(attributes)?.[1]);
  const boxes = [...svg.matchAll(/<rect([^>]*)>/g)].map(([, one = '']) => ({
    x: number(one, 'x'),
    y: number(one, 'y'),
    width: number(one, 'width'),
    height: number(one, 'height'),
  }));
  return [...svg.matchAll(/<text([^>]*)>([^<]*)<\/text>/g)]
    .filter(([, attributes = '']) => !attributes.includes('middle'))
    .map(([, attributes = '', text = '']) => {
      const [x, y] = [number(attributes, 'x'), number(attributes, 'y')];
      const ends = boxes
        .filter((box) => box.x <= x && x < box.x + box.width && box.y <= y && y < box.y + box.height)
        .map((box) => box.x + box.width);
      return { x, width: Math.min(...ends) - x, text, isCode: attributes.includes('code') };
    });
}

describe('the flow', () => {
  const roles = STEPS.filter(({ isRole }) => isRole).map(({ name }) => name);

  it('has the roles of the tutorial, in the order in which it calls them', () => {
    const [play] = parse(read('doc/source/tutorial/zuul-config/playbooks/release/release.yaml'));
    const called = play.tasks[0].block.map(
      (task: Record<string, { name: string }>) => task['ansible.builtin.include_role']?.name,
    );
    expect(roles).toEqual(called);
  });

  it('has one gate, and nothing that is served before it', () => {
    const gate = STEPS.findIndex(({ isGate }) => isGate);
    expect(STEPS.filter(({ isGate }) => isGate)).toHaveLength(1);
    expect(STEPS.slice(0, gate + 1).filter(({ serves }) => serves)).toEqual([]);
  });

  it('serves what was left, and the log, in this order', () => {
    const served = STEPS.flatMap(({ serves }) => (serves?.where.startsWith('tarballs/') ? serves.files : []));
    expect(served).toEqual(STEPS.flatMap(({ leaves = [] }) => leaves));
    expect(STEPS.flatMap(({ serves }) => serves?.where ?? [])).toContain('log/');
  });
});
