// SPDX-License-Identifier: Apache-2.0
/** The lies of a tile log, to somebody who has its directory, and may have its key; and those of its witness. */
import fs from 'node:fs';
import { formatSignedNote, generateLogKeyPem, noteSigner, parseLogKey } from '../../src/core/signed-note.ts';
import { formatEntryBundle } from '../../src/core/tile.ts';
import { directoryGet, readLog } from '../logs/tile-client.ts';
import { vkeyOf } from '../workflow/log-lab.ts';
import type { Reply } from './front.ts';
import { type Lie, lying, NOT_SIGNED, NOWHERE, saying } from './lies.ts';
import type { TilesWorld } from './worlds.ts';

/** What is published is another thing, until it is mended. */
const published = (change: (world: TilesWorld) => void): Pick<Lie<TilesWorld>, 'tell' | 'mend'> => ({
  tell: (world) => {
    fs.cpSync(world.lab.at('log'), world.lab.at('kept'), { recursive: true });
    change(world);
  },
  mend: ({ lab }) => {
    fs.rmSync(lab.at('log'), { recursive: true });
    fs.renameSync(lab.at('kept'), lab.at('log'));
  },
});

/** The checkpoint in other words, signed by this key under the name that it then has. */
function republish({ lab }: TilesWorld, edit: (text: string) => string, pem = lab.read('log.pem')): void {
  const text = edit(`${lab.read('log/checkpoint').toString().split('\n\n')[0]}\n`);
  const signer = noteSigner(text.split('\n')[0] ?? '', parseLogKey(pem));
  lab.put({ 'log/checkpoint': formatSignedNote({ text, signatures: [signer.sign(text)] }) });
}

const own = (size: number, root = '') => new RegExp(`^example\\.org/log\n${size}\n${root}`);
const vouching =
  (lie: (honest: Reply) => Reply): Lie<TilesWorld>['tell'] =>
  (world, told) => {
    world.front.mischief = lying(/add-checkpoint/, told, (honest) => (honest.status === 200 ? lie(honest) : honest));
  };

/** A signature line with another last bit in its signature. */
function damaged(line: string): string {
  const [dash, name, encoded = ''] = line.trimEnd().split(' ');
  const bytes = Buffer.from(encoded, 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  return `${dash} ${name} ${bytes.toString('base64')}\n`;
}

export const TILES: readonly Lie<TilesWorld>[] = [
  {
    ...{ what: 'a stale tree', how: 'by the word of its witness', status: 1, says: /has seen 9 entries of the log/ },
    tell: vouching((honest) => ({ ...honest, status: 409, body: Buffer.from('9\n') })),
  },
  {
    ...{ what: 'a forked tree', how: 'by the word of its witness', status: 1, says: /has seen another history/ },
    tell: vouching((honest) => ({ ...honest, status: 422 })),
  },
  {
    ...{ what: 'a forked tree', how: 'that is published', status: 4, says: NOT_SIGNED },
    evidence: [own(2), own(2, NOWHERE.toString('base64').slice(0, 40))],
    ...published((world) => republish(world, (text) => text.replace(/^.{44}$/m, NOWHERE.toString('base64')))),
  },
  {
    ...{ what: 'a shrunk tree', status: 4, says: NOT_SIGNED, evidence: [own(1), own(2)] },
    ...published(({ lab }) => {
      fs.rmSync(lab.at('log'), { recursive: true });
      fs.cpSync(lab.at('earlier'), lab.at('log'), { recursive: true });
    }),
  },
  {
    ...{ what: 'a wrong key', how: 'of the log', status: 3, says: /wrong-key: / },
    ...published((world) => republish(world, (text) => text, Buffer.from(generateLogKeyPem()))),
  },
  {
    ...{ what: 'a wrong key', how: 'of its witness', status: 1, says: /the cosignature .* is wrong/ },
    tell: vouching((honest) => saying(damaged(honest.body.toString()))(honest)),
  },
  {
    ...{ what: 'a wrong origin', status: 3, says: /wrong-key: / },
    ...published((world) => republish(world, (text) => text.replace(/^.*/, 'example.org/other'))),
  },
  {
    ...{ what: "another entry's proof", status: 4, says: /does not have the hash/, evidence: [own(2)] },
    ...published(({ lab }) => {
      const { entries } = readLog(directoryGet(lab.at('log')), vkeyOf(lab));
      lab.put({ 'log/tile/entries/000.p/2': formatEntryBundle(entries.toReversed()) });
    }),
  },
  {
    ...{ what: 'a duplicated entry', how: 'as two cosignatures of one', status: 1, says: /several signatures by it/ },
    tell: vouching((honest) => ({ ...honest, body: Buffer.concat([honest.body, honest.body]) })),
  },
];
