// SPDX-License-Identifier: Apache-2.0
/**
 * The lies of Rekor. A fork that has our entry, and is shown to us alone, is not among them: whoever asks once cannot see it, and that
 * is what witnesses are for.
 */
import { parseHash } from '../../src/core/merkle.ts';
import type { TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { formatEntryBundle, formatHashTile } from '../../src/core/tile.ts';
import { newKey, type RekorLog } from '../core/rekor-log.ts';
import { ReferenceTree } from '../core/rfc6962.ts';
import { entryV2, logEntryV1 } from '../logs/rekor-server.ts';
import type { Reply } from './front.ts';
import { type Lie, lying, NOT_SIGNED, saying } from './lies.ts';
import type { RekorWorld } from './worlds.ts';

const OURS = 3;
const proven = (entry: TlogEntry, change: Partial<TlogEntry['inclusionProof']>): TlogEntry => ({
  ...entry,
  inclusionProof: { ...entry.inclusionProof, ...change },
});
const rootOf = (entries: readonly Buffer[]): Buffer => new ReferenceTree(entries).mth(0, entries.length);
/** The tree that the log shows to somebody else: of the same size, without our entry. */
const fork = ({ entries }: RekorLog): readonly Buffer[] => [...entries.slice(0, OURS), Buffer.from('not ours')];

/** The text of the log's checkpoint, with other lines. */
function textOf(log: RekorLog, change: { readonly origin?: string; readonly root?: Buffer } = {}): string {
  const [origin, size, root] = log.checkpoint().split('\n');
  return `${change.origin ?? origin}\n${size}\n${change.root?.toString('base64') ?? root}\n`;
}

/** The log answers with another entry than it should. */
const answered =
  (change: (entry: TlogEntry, log: RekorLog) => TlogEntry): Lie<RekorWorld>['tell'] =>
  ({ front, log }, told) => {
    front.mischief = lying(/^POST /, told, (honest) => {
      const entry = change(log.entry(OURS), log);
      return saying(JSON.stringify(log.version === 1 ? logEntryV1(log, entry) : entryV2(entry)))(honest);
    });
  };

/** The entry as it would be under another public key: the log has put it there. */
function withOtherKey(entry: TlogEntry, log: RekorLog): TlogEntry {
  const key = Buffer.from(log.pin, 'base64');
  const raw =
    log.version === 1 ? Buffer.from(`-----BEGIN PUBLIC KEY-----\n${log.pin}\n-----END PUBLIC KEY-----\n`) : key;
  const body = Buffer.from(entry.body).toString();
  const other = body.replace(/("(?:rawBytes|publicKey":\{"content)":")[^"]*/, `$1${raw.toString('base64')}`);
  log.entries[OURS] = Buffer.from(other);
  const lie = log.entry(OURS);
  log.entries[OURS] = Buffer.from(body);
  return lie;
}

const ANSWER = [/checkpoint.*rekor-\d\.example\.org/s] as const;

const REKOR: readonly Lie<RekorWorld>[] = [
  {
    ...{ what: 'a stale tree', status: 4, says: NOT_SIGNED, evidence: ANSWER },
    tell: answered((entry, log) => proven(entry, { checkpoint: log.checkpoint(OURS) })),
  },
  {
    ...{ what: 'a forked tree', how: 'in its checkpoint', status: 4, says: NOT_SIGNED, evidence: ANSWER },
    tell: answered((entry, log) => proven(entry, { checkpoint: log.note(textOf(log, { root: rootOf(fork(log)) })) })),
  },
  {
    ...{ what: 'a forked tree', how: 'in checkpoint and root', status: 4, says: NOT_SIGNED, evidence: ANSWER },
    tell: answered((entry, log) => {
      const root = rootOf(fork(log));
      return proven(entry, { rootHash: parseHash(root), checkpoint: log.note(textOf(log, { root })) });
    }),
  },
  {
    ...{ what: 'a shrunk tree', status: 4, says: /lies beyond the tree of 2/, evidence: ANSWER },
    tell: answered((entry, log) => proven(entry, { ...log.entry(1, 2).inclusionProof, logIndex: OURS })),
  },
  {
    ...{ what: 'a wrong key', how: 'of the checkpoint', status: 3, says: /wrong-key: .*not signed by a trusted key/ },
    tell: answered((entry, log) =>
      proven(entry, { checkpoint: log.note(textOf(log), log.origin, newKey(log.version)) }),
    ),
  },
  {
    ...{ what: 'a wrong key', how: 'of the whole log', status: 3, says: /wrong-key: .*another key than the pinned/ },
    tell: answered((entry) => ({ ...entry, logId: 'ab'.repeat(32) })),
  },
  {
    ...{ what: 'a wrong origin', status: 3, says: /wrong-key: .*not by one of the log that it names/ },
    tell: answered((entry, log) => proven(entry, { checkpoint: log.note(textOf(log, { origin: 'other - 1' })) })),
  },
  {
    ...{ what: "another entry's proof", how: 'for ours', status: 4, says: NOT_SIGNED, evidence: ANSWER },
    tell: answered((entry, log) => proven(entry, { hashes: log.entry(1).inclusionProof.hashes })),
  },
  {
    ...{ what: "another entry's proof", how: 'and that entry', status: 4, says: NOT_SIGNED, evidence: ANSWER },
    tell: answered((_, log) => log.entry(1)),
  },
  {
    ...{ what: 'another public key', status: 4, says: /ublicKey\.\w+ is not what was signed/, evidence: ANSWER },
    tell: answered(withOtherKey),
  },
  {
    ...{ what: 'a forged index', how: 'in its tree', status: 4, says: NOT_SIGNED, evidence: ANSWER },
    tell: answered((entry) => proven(entry, { logIndex: 2 })),
  },
];

export const V1: readonly Lie<RekorWorld>[] = [
  ...REKOR,
  {
    ...{ what: 'a forged index', how: 'among all shards', status: 3, says: /bad-signature: .*signed entry timestamp/ },
    tell: answered((entry, log) => ({ ...entry, logIndex: 7, signedEntryTimestamp: log.promise(entry) })),
  },
  {
    ...{ what: 'a forged index', how: 'that it has signed', status: 4, says: /smaller than that/, evidence: ANSWER },
    tell: answered((entry, log) => {
      const lie = { ...entry, logIndex: 2 };
      return { ...lie, signedEntryTimestamp: log.promise(lie) };
    }),
  },
  {
    ...{ what: 'a duplicated entry', status: 1, says: /nothing that could be read: .*does not hold one entry/ },
    tell: ({ front, log }, told) => {
      front.mischief = lying(/^POST /, told, (honest) =>
        saying(JSON.stringify({ ...logEntryV1(log, log.entry(OURS)), ...logEntryV1(log, log.entry(1)) }))(honest),
      );
    },
  },
];

/** Of an entry that the log has: the reply to the first request is lost, and the proof made from what everybody can fetch. */
const fetched =
  (asked: RegExp, lie: (log: RekorLog, honest: Reply) => Reply): Lie<RekorWorld>['tell'] =>
  ({ front, log }, told) => {
    const answer = lying(asked, told, (honest) => lie(log, honest));
    front.mischief = async (passage) => {
      if (!/^POST /.test(passage.asked)) return answer(passage);
      const honest = await passage.pass();
      if (honest.status === 201) return void passage.response.destroy();
      if (!asked.test(passage.asked)) return honest;
      told();
      return lie(log, honest);
    };
  };
const CHECKPOINT = [/^rekor-2\.example\.org\n4\n/] as const;
const leaf = (entry: Uint8Array) => parseHash(rootOf([Buffer.from(entry)]));

export const V2: readonly Lie<RekorWorld>[] = [
  ...REKOR,
  {
    ...{ what: 'a stale tree', how: 'that is published', status: 1, says: /pending: / },
    tell: fetched(/\/checkpoint$/, (log, honest) => saying(log.checkpoint(OURS))(honest)),
  },
  {
    ...{ what: 'a forked tree', how: 'that is published', status: 4, says: NOT_SIGNED, evidence: CHECKPOINT },
    tell: fetched(/\/checkpoint$/, (log, honest) => saying(log.note(textOf(log, { root: rootOf(fork(log)) })))(honest)),
  },
  {
    ...{ what: 'a forked tree', how: 'in its tiles', status: 4, says: NOT_SIGNED, evidence: CHECKPOINT },
    tell: fetched(/\/tile\/0\//, (log, honest) => saying(formatHashTile(fork(log).map(leaf)))(honest)),
  },
  {
    ...{ what: 'a wrong key', how: 'of what is published', status: 3, says: /wrong-key: / },
    tell: fetched(/\/checkpoint$/, (log, honest) => saying(log.note(textOf(log), log.origin, newKey(2)))(honest)),
  },
  {
    ...{ what: "another entry's proof", how: 'in its entries', status: 4, says: NOT_SIGNED, evidence: CHECKPOINT },
    tell: fetched(/\/tile\/entries\//, (log, honest) => saying(formatEntryBundle(fork(log)))(honest)),
  },
  {
    ...{
      what: 'a forged index',
      how: 'of what it has',
      status: 4,
      says: /the entry of the log is another one/,
      evidence: CHECKPOINT,
    },
    tell: fetched(/^POST /, (_, honest) => ({ ...honest, headers: { 'x-log-index': '2' }, body: Buffer.alloc(0) })),
  },
  {
    ...{
      what: 'a forged index',
      how: 'beside the proven one',
      status: 4,
      says: /claims the index 7/,
      evidence: ANSWER,
    },
    tell: answered((entry) => ({ ...entry, logIndex: 7 })),
  },
  {
    ...{ what: 'a duplicated entry', status: 1, says: /nothing that could be read/ },
    tell: ({ front, log }, told) => {
      const twice = [entryV2(log.entry(0)), entryV2(log.entry(0))];
      front.mischief = lying(/^POST /, told, saying(JSON.stringify(twice)));
    },
  },
];
