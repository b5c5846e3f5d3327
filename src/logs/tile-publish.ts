// SPDX-License-Identifier: Apache-2.0
/**
 * The published checkpoint of a tile log of one's own, and its memory. A log must never sign two checkpoints of which neither
 * continues the other (c2sp.org/tlog-checkpoint), so the last one that was signed is remembered before it is published:
 * where a run ended between the two, the next one publishes it.
 */
import { formatSignedCheckpoint, type SignedCheckpoint } from '../core/checkpoint.ts';
import { isLineOf } from '../core/cosignature.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault } from '../core/fault.ts';
import { leafHash } from '../core/merkle.ts';
import { MAX_SIGNATURES } from '../core/signed-note.ts';
import { CHECKPOINT_PATH } from '../core/tile.ts';
import type { Files } from '../ports.ts';
import type { LeafIndex, LeafRecord } from './tile-index.ts';
import {
  fetchFiles,
  type LogPorts,
  readPublished,
  readRemembered,
  remember,
  type WritableStore,
} from './tile-store.ts';
import { evidenceOf, type TileView, tileView } from './tile-view.ts';

/** Milliseconds that the lock is waited for. */
const PATIENCE = 120_000;

/**
 * The log as it is published, once it was seen to have all that we remember, and its index to be complete. The caller MUST hold the
 * lock. Throws `not-found`, `wrong-key`, and `log-misbehaved` where the log contradicts what was signed or remembered.
 */
export async function openPublished(ports: LogPorts, log: WritableStore, index: LeafIndex): Promise<TileView> {
  const { files } = ports;
  const published = await readPublished(files, log, log.signer.verifier);
  const remembered = await readRemembered(files, log);
  const view = tileView(fetchFiles(files, log.directory), published);
  if (remembered === undefined) {
    await index.clear();
    await completeIndex(ports, log, view, index, 0);
  } else if (remembered.size > published.size) {
    return finish(files, log, published, remembered);
  } else {
    await view.consistency(remembered);
    if (remembered.size < published.size) await completeIndex(ports, log, view, index, remembered.size);
  }
  return view;
}

/** Publishes what an interrupted run has signed, if the tiles for it are there: otherwise the log was set back. */
async function finish(
  files: Files,
  log: WritableStore,
  published: SignedCheckpoint,
  signed: SignedCheckpoint,
): Promise<TileView> {
  const view = tileView(fetchFiles(files, log.directory), signed);
  await view.consistency(published);
  await view.edge();
  await replaceCheckpoint(files, log, published, signed);
  return view;
}

/** Records that are added to the index at once. */
const RECORDS = 65_536;

/** Adds what was published without this index, and remembers that it has it now. */
async function completeIndex(
  { files, progress }: LogPorts,
  log: WritableStore,
  view: TileView,
  index: LeafIndex,
  from: number,
): Promise<void> {
  const { size } = view.checkpoint;
  let records: LeafRecord[] = [];
  for (let at = from; at < size; ) {
    for (const entry of await view.entriesFrom(at)) records.push({ leaf: leafHash(entry), index: at++ });
    progress.report('log entries indexed', at, size);
    if (records.length < RECORDS && at < size) continue;
    await index.add(records);
    records = [];
  }
  progress.end();
  await remember(files, log, view.checkpoint);
}

/** Remembers and publishes a checkpoint whose tiles are on disk. Throws as `replaceCheckpoint` does. */
export async function publish(
  files: Files,
  log: WritableStore,
  old: SignedCheckpoint,
  next: SignedCheckpoint,
): Promise<void> {
  await remember(files, log, next);
  try {
    await replaceCheckpoint(files, log, old, next);
  } catch (error) {
    // Another writer was faster, and the log is theirs now: ours was shown to nobody, and must not come back.
    if (error instanceof Fault && error.kind === 'locked') await remember(files, log, old);
    throw error;
  }
}

/**
 * Throws `locked` where another writer published meanwhile, whose lock was not ours: the size of the tree has the last word. Throws
 * `log-misbehaved` where the checkpoint was replaced by one that contradicts it.
 */
async function replaceCheckpoint(
  files: Files,
  log: WritableStore,
  old: SignedCheckpoint,
  next: SignedCheckpoint,
): Promise<void> {
  await files.clearTemporary(log.directory, 0);
  const writer = await files.create(`${log.directory}/${CHECKPOINT_PATH}`, { durable: true });
  try {
    writer.write(formatSignedCheckpoint(next));
    await writer.seal();
    refuseChange(old, await readPublished(files, log, log.signer.verifier));
    await writer.commit();
  } finally {
    await writer.abort();
  }
}

/**
 * Publishes a checkpoint once more, with the cosignatures that it got meanwhile, beside those that others have put there. Does nothing
 * where a later one was published: its proof keeps them. Throws `locked`, and `log-misbehaved` where the log was set back or forked.
 */
export async function publishCosigned(ports: LogPorts, log: WritableStore, cosigned: SignedCheckpoint): Promise<void> {
  const { files } = ports;
  await ports.lock.hold(`${log.state}/lock`, PATIENCE, async () => {
    const published = await readPublished(files, log, log.signer.verifier);
    if (published.size > cosigned.size) return;
    refuseChange(cosigned, published);
    const others = published.signatures.filter((line) => !cosigned.signatures.some((own) => isLineOf(own, line)));
    const signatures = [...cosigned.signatures, ...others].slice(0, MAX_SIGNATURES);
    await replaceCheckpoint(files, log, published, { ...cosigned, signatures });
  });
}

function refuseChange(old: SignedCheckpoint, now: SignedCheckpoint): void {
  if (now.size > old.size) {
    throw new Fault('locked', 'another writer extended the log meanwhile, and did not ask for the lock', {
      hint: 'run this again',
    });
  }
  if (now.size === old.size && equalBytes(now.root, old.root)) return;
  throw new Fault('log-misbehaved', 'the published checkpoint was replaced by one that contradicts it', {
    evidence: [old, now].map(evidenceOf),
  });
}
