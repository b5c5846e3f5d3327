// SPDX-License-Identifier: Apache-2.0
/** Proofs that somebody has changed, or counts twice: `verify` refuses them offline, whatever the log would say. */
import { beforeEach, describe, expect, it } from 'vitest';
import { newKey, type RekorLog } from '../core/rekor-log.ts';
import { otherDigit } from '../logs/fake-sigsum.ts';
import { ED25519, useLab } from '../workflow/lab.ts';
import { vkeyOf } from '../workflow/log-lab.ts';
import {
  BACKENDS,
  type Backend,
  expectFinished,
  makeStage,
  openWorld,
  putPolicy,
  type RekorWorld,
  verifyIn,
  type World,
} from './worlds.ts';

const lab = useLab({ good: ED25519 });
beforeEach(async () => makeStage(lab));

/** What the change is, the kind that it is refused as, and the changed text. */
type Change = readonly [what: string, kind: string, edit: (text: string, world: World) => string];

const logOf = (world: World): RekorLog => (world as RekorWorld).log;
const noteOf = (world: World, change: (text: string) => string, key = logOf(world).key): string => {
  const [text = ''] = logOf(world).checkpoint().split('\n\n');
  return logOf(world).note(change(`${text}\n`), logOf(world).origin, key);
};
const withNote = (text: string, note: string): string =>
  text.replace(/"envelope":"[^"]*"/, () => `"envelope":${JSON.stringify(note)}`);
const NOBODY = Buffer.alloc(32, 1).toString('base64');

const ANY: readonly Change[] = [
  ['half of it', 'bad-format', (text) => text.slice(0, text.length >> 1)],
  ['nothing', 'bad-format', () => ''],
  ['a page', 'bad-format', () => '<html><title>Please log in</title></html>\n'],
  ['more than can be', 'bad-format', (text) => text + ' '.repeat(300_000)],
];

const REKOR: readonly Change[] = [
  ['a stale tree', 'bad-proof', (text, world) => withNote(text, logOf(world).checkpoint(3))],
  [
    'a forked tree',
    'bad-proof',
    (text, w) =>
      withNote(
        text,
        noteOf(w, (note) => note.replace(/^.{44}$/m, NOBODY)),
      ),
  ],
  [
    'a wrong key',
    'wrong-key',
    (text, w) =>
      withNote(
        text,
        noteOf(w, (note) => note, newKey(logOf(w).version)),
      ),
  ],
  [
    'a wrong origin',
    'wrong-key',
    (text, w) =>
      withNote(
        text,
        noteOf(w, (note) => note.replace(/^.*/, 'other - 1')),
      ),
  ],
  ["another entry's proof", 'bad-proof', (text) => text.replace(/"hashes":\["[^"]*"/, `"hashes":["${NOBODY}"`)],
  ['another place', 'bad-proof', (text) => text.replace('"logIndex":"3","rootHash"', '"logIndex":"2","rootHash"')],
  ['a longer tree', 'bad-proof', (text) => text.replace('"treeSize":"4"', '"treeSize":"5"')],
  ['a duplicated entry', 'bad-proof', (text) => text.replace(/"tlogEntries":\[(.*?\})\]/, '"tlogEntries":[$1,$1]')],
  ['another public key', 'wrong-key', (text) => text.replace(/"hint":"[^"]*"/, `"hint":"${NOBODY}"`)],
  ['the entry of another', 'bad-proof', (text, world) => withBody(text, logOf(world).entries[1])],
];
function withBody(text: string, body: Uint8Array = Buffer.alloc(0)): string {
  return text.replace(/"canonicalizedBody":"[^"]*"/, `"canonicalizedBody":"${Buffer.from(body).toString('base64')}"`);
}

const CHANGES: Readonly<Record<Backend, readonly Change[]>> = {
  'rekor v1': [
    ...REKOR,
    ['a forged index', 'bad-signature', (text) => text.replace('"logIndex":"53"', '"logIndex":"54"')],
    ['another time', 'bad-signature', (text) => text.replace(/"integratedTime":"1/, '"integratedTime":"2')],
    ['no promise', 'bad-proof', (text) => text.replace(/"inclusionPromise":\{[^}]*\},/, '')],
  ],
  'rekor v2': [
    ...REKOR,
    ['a forged index', 'bad-proof', (text) => text.replace(/"logIndex":"3"\}\]/, '"logIndex":"4"}]')],
    ['a time', 'bad-proof', (text) => text.replace('"kindVersion"', '"integratedTime":"1763800000","kindVersion"')],
  ],
  sigsum: [
    ['another tree', 'bad-signature', (text) => otherDigit(text, /root_hash=/)],
    ['a stale tree', 'bad-signature', (text) => text.replace('size=4', 'size=3')],
    ['a log that nobody pins', 'not-in-log', (text) => otherDigit(text, /^log=/)],
    ['another public key', 'wrong-key', (text) => otherDigit(text, /^leaf=/)],
    ['another signature', 'bad-signature', (text) => otherDigit(text, /^leaf=[0-9a-f]{64} /)],
    ["another entry's proof", 'bad-proof', (text) => otherDigit(text, /^node_hash=/)],
    ['a forged index', 'bad-proof', (text) => text.replace('leaf_index=3', 'leaf_index=2')],
    ['no witness', 'not-witnessed', (text) => text.replace(/^cosignature=.*\n/m, '')],
    ['a duplicated entry', 'bad-format', (text) => text.replace(/^(cosignature=.*\n)/m, '$1$1')],
  ],
  tiles: [
    ['another tree', 'bad-signature', (text) => text.replace(/^.{44}\n\n— /m, `${NOBODY}\n\n— `)],
    ['a stale tree', 'bad-signature', (text) => text.replace(/\n3\n/, '\n2\n')],
    ['a wrong key', 'wrong-key', (text) => text.replace('— example.org/log ', '— example.org/log AAAA')],
    ['a log that nobody pins', 'not-in-log', (text) => text.replace(/^example\.org\/log$/m, 'example.org/log2')],
    ["another entry's proof", 'bad-proof', (text) => text.replace(/^index 2\n.*/m, `index 2\n${NOBODY}`)],
    ['a forged index', 'bad-proof', (text) => text.replace('index 2', 'index 1')],
    ['no witness', 'not-witnessed', (text) => text.replace(/^— witness.*\n/m, '')],
  ],
};

describe.each(BACKENDS)('a proof of %s', (backend) => {
  it('is refused when it was changed, in whatever way', async () => {
    const world = await openWorld(lab, backend);
    await expectFinished(world);
    const proof = lab.read('r', world.proof).toString();
    const found: unknown[] = [];
    for (const [what, , edit] of [...ANY, ...CHANGES[backend]]) {
      lab.put({ [`r/${world.proof}`]: edit(proof, world) });
      const { status, report } = await verifyIn(world);
      expect(report.logs).toEqual([]);
      found.push([what, status, (report.errors.find(({ file }) => file === world.proof) ?? report.errors[0])?.kind]);
    }
    expect(found).toEqual([...ANY, ...CHANGES[backend]].map(([what, kind]) => [what, 3, kind]));
  });
});

describe('one entry', () => {
  const refusing = async (world: World, status: number, says: RegExp) => {
    const run = await verifyIn(world);
    expect(run.report.errors.map(({ kind, message }) => `${kind}: ${message}`).join()).toMatch(says);
    expect(run.status).toBe(status);
  };

  it.each(['rekor v1', 'rekor v2', 'tiles'] as const)('of %s is not that of two logs by two names', async (backend) => {
    const world = await openWorld(lab, backend);
    await expectFinished(world);
    putPolicy(world, [{ ...world.pinned, name: 'again' }], 2);
    await refusing(world, 2, /bad-format: .*logs: holds ".*" twice/);
    if (backend === 'tiles') return;
    putPolicy(world, [{ ...world.pinned, name: 'again', origin: 'again.example.org' }], 2);
    await refusing(world, 2, /bad-format: .*logs: holds ".*" twice/);
  });

  it('of Sigsum counts once, whoever of its submitters the policy names again', async () => {
    const world = await openWorld(lab, 'sigsum');
    await expectFinished(world);
    const again = { ...world.pinned, name: 'again' };
    const tiles = { name: 'tiles', kind: 'tiles', origin: 'example.org/log', keys: [vkeyOf(lab)] };
    putPolicy(world, [again, tiles], 2);
    await refusing(world, 3, /not-in-log: .*proven by 1 of the logs log, again, tiles, and the policy demands 2/);
  });

  it('is not witnessed twice by one witness of two names', async () => {
    const world = await openWorld(lab, 'tiles');
    await expectFinished(world);
    const [north] = world.pinned['witnesses'] as readonly { readonly key: string }[];
    putPolicy({ ...world, pinned: { ...world.pinned, quorum: 2, witnesses: [north, { ...north, name: 'again' }] } });
    await refusing(world, 2, /is the key of another witness, too/);
  });
});
