// SPDX-License-Identifier: Apache-2.0
/** The example of doc/source/transparency/ that needs nobody else; tests/integration/examples.test.ts plays the others. */
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXAMPLE_NAMES, ORIGIN, openSite, type Played, type Site } from './examples.ts';
import { ROOT } from './lab.ts';

let site: Site;
let played: Played;
let again: Played;

beforeAll(async () => {
  site = await openSite();
  const keys = { tiles: site.logKey };
  played = await site.play('embedded', '31.0.0', {}, keys);
  again = await site.again(keys);
}, 600_000);
afterAll(async () => site.close());

describe('the example with the embedded log alone', () => {
  it('logs the release, which its policy then believes', () => {
    expect(played.status, played.output).toBe(0);
    expect(played.beside).toEqual(['.asc', '.tlog-proof']);
    const { status, report } = site.verify();
    expect([status, report.warnings]).toEqual([0, []]);
    expect(report.logs).toMatchObject([
      { name: 'tarballs', kind: 'tiles', origin: ORIGIN, index: 0, action: 'verified' },
    ]);
  });

  it('changes nothing the second time', () => {
    expect(again.status, again.output).toBe(0);
    expect(again.output).toMatch(/^localhost +: .*changed=0 /m);
  });

  it('has a policy that refuses the release without the proof', () => {
    fs.renameSync(site.at('.tlog-proof'), site.lab.at('private/proof'));
    const { status, report } = site.verify();
    expect([status, report.errors.map(({ kind }) => kind)]).toEqual([3, ['not-in-log']]);
  });
});

describe('the examples', () => {
  it('are all shown in doc/source/transparency.rst, whole, and all played', () => {
    const page = fs.readFileSync(path.join(ROOT, 'doc/source/transparency.rst'), 'utf8');
    const shown = [...page.matchAll(/^\.\. literalinclude:: transparency\/(\S+)$/gm)].map(([, file]) => file);
    expect(shown).toEqual(['embedded', 'witnessed', 'sigstore', 'sigsum', 'several'].flatMap(filesOf));
    expect(page).not.toMatch(/:(?:lines|start-[a-z]+|end-[a-z]+):/);
    const tests = ['examples.test.ts', '../integration/examples.test.ts'].map((file) =>
      fs.readFileSync(path.join(import.meta.dirname, file), 'utf8'),
    );
    for (const name of EXAMPLE_NAMES) expect(tests.join('\n')).toMatch(new RegExp(`play\\(\\s*'${name}'`));
  });
});

const filesOf = (name: string) => [`${name}/policy.yaml`, `${name}/submit.yaml`];
