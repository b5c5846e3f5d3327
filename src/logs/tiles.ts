// SPDX-License-Identifier: Apache-2.0
/**
 * The log kind `tiles`: a C2SP tlog-tiles log in a directory, served as static files, with an Ed25519 key and no server. Its
 * entries are release statements, its receipts c2sp.org/tlog-proof files that carry the statement as extra data.
 */
import {
  CHECKPOINT_CAP,
  formatSignedCheckpoint,
  type SignedCheckpoint,
  signCheckpoint,
  verifyCheckpoint,
} from '../core/checkpoint.ts';
import { vouchersOf } from '../core/cosignature.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import { EMPTY_ROOT, leafHash } from '../core/merkle.ts';
import { verifyInclusion } from '../core/merkle-proof.ts';
import type { Quorum } from '../core/policy-logs.ts';
import { formatVerifierKey, type LogKey, type NoteVerifier, noteSigner } from '../core/signed-note.ts';
import { formatStatement } from '../core/statement.ts';
import { CHECKPOINT_PATH } from '../core/tile.ts';
import { formatTlogProof, parseTlogProof } from '../core/tlog-proof.ts';
import type { Files } from '../ports.ts';
import type { Receipt, TransparencyLog, Verified, Vouched } from './log.ts';
import {
  fetchFiles,
  findOblivion,
  type LogPorts,
  readCheckpoint,
  readIfThere,
  readPublished,
  remember,
  tileStore,
  type WritableStore,
  writeKeyFile,
} from './tile-store.ts';
import { tileView } from './tile-view.ts';
import { type Witnessed, type Witnessing, witnessCheckpoint } from './tile-witness.ts';
import { type Appended, append, type Placed } from './tile-writer.ts';

/** Milliseconds that `initLog` waits for another that makes the same log. */
const PATIENCE = 10_000;

export interface TileLog extends TransparencyLog {
  readonly kind: 'tiles';
  readonly origin: string;
  submit(prepared: Uint8Array): Promise<Receipt>;
  readonly key: NoteVerifier;
  /** Many entries in one checkpoint. Throws as `append` of tile-writer.ts does. */
  append(entries: readonly Uint8Array[]): Promise<Appended>;
}

/**
 * Checks that a log can be made, and makes nothing. This very log, as long as it is empty, may be there: its making was interrupted,
 * or is confirmed. Throws `conflict` where another is or was, `usage` for a bad origin.
 */
export async function planLog(files: Files, directory: string, origin: string, key: LogKey): Promise<WritableStore> {
  const signer = noteSigner(origin, key);
  const store = { ...(await tileStore(files, directory)), signer };
  const empty = formatSignedCheckpoint(emptyCheckpoint(store));
  for (const path of [`${store.directory}/${CHECKPOINT_PATH}`, `${store.state}/checkpoint`]) {
    const there = await readIfThere(files, path, CHECKPOINT_CAP);
    if (there !== undefined && !equalBytes(there, empty)) throw isThere(path);
  }
  const tiles = `${store.directory}/tile`;
  if ((await files.stat(tiles)) !== undefined) throw isThere(tiles);
  return store;
}

const isThere = (path: string) =>
  new Fault('conflict', `there is a log already: ${quote(path)}`, {
    file: path,
    hint: 'a log is never begun anew; take another directory and another origin',
  });

const emptyCheckpoint = ({ signer }: WritableStore): SignedCheckpoint =>
  signCheckpoint({ origin: signer.verifier.name, size: 0, root: EMPTY_ROOT, extensions: [] }, signer);

/** Makes an empty log: a checkpoint of size 0. Throws as `planLog` does. */
export async function initLog(
  ports: LogPorts,
  directory: string,
  origin: string,
  key: LogKey,
): Promise<SignedCheckpoint> {
  const { files } = ports;
  const { state } = await planLog(files, directory, origin, key);
  await files.makeDirectory(state);
  return ports.lock.hold(`${state}/lock`, PATIENCE, async () => {
    const store = await planLog(files, directory, origin, key);
    const checkpoint = emptyCheckpoint(store);
    const published = `${store.directory}/${CHECKPOINT_PATH}`;
    await files.makeDirectory(store.directory);
    for (const place of [store.directory, state]) await files.clearTemporary(place, 0);
    await writeKeyFile(files, store, formatVerifierKey(store.signer.verifier));
    if ((await files.stat(published)) === undefined)
      await files.write(published, formatSignedCheckpoint(checkpoint), { durable: true, replace: false });
    await remember(files, store, checkpoint);
    return checkpoint;
  });
}

/**
 * A log that is there; what is submitted to it is witnessed, where it is said by whom. Throws `not-found`, `wrong-key` where it has
 * another key, `log-misbehaved` where it is damaged.
 */
export async function openTileLog(
  ports: LogPorts,
  directory: string,
  key: LogKey,
  witnessingOf: (origin: string) => Witnessing | undefined = () => undefined,
): Promise<TileLog> {
  const store = await tileStore(ports.files, directory);
  const { origin } = await readCheckpoint(ports.files, store);
  const log = { ...store, signer: noteSigner(origin, key) };
  const { verifier } = log.signer;
  const published = await readPublished(ports.files, log, verifier);
  const witnessing = witnessingOf(origin);
  const verify = (proof: Uint8Array, prepared: Uint8Array): Verified =>
    verifyTlogProof(proof, prepared, [verifier], witnessing && { ...witnessing, now: witnessing.clock.now() });
  return {
    kind: 'tiles',
    origin,
    key: verifier,
    append: async (entries) => append(ports, log, entries),
    submit: async (prepared) => {
      const begun = witnessing?.clock.now();
      // after it, there is something that remembers
      const oblivion = await findOblivion(ports.files, log, published);
      const { placed, checkpoint } = await append(ports, log, [prepared]);
      const [{ index, isNew }] = placed as readonly [Placed];
      const witnessed =
        witnessing && (await witnessCheckpoint(ports, log, checkpoint, isNew ? begun : undefined, witnessing));
      if (witnessing !== undefined && witnessed !== undefined) demandQuorum(witnessing, witnessed);
      const proof = await readProof(ports.files, log.directory, witnessed?.checkpoint ?? checkpoint, index);
      const problems = [...(oblivion === undefined ? [] : [oblivion]), ...(witnessed?.problems ?? [])];
      return { proof, isNew, problems, ...verify(proof, prepared) } satisfies Receipt;
    },
    verify: (proof, { statement }) => verify(proof, formatStatement(statement)),
  };
}

const SUBMIT_AGAIN = 'run submit again: the entry is not made twice, and cosignatures that were given are kept';

/** The log has the entry, which stays: what is missing is others who say so. */
function demandQuorum({ quorum, witnesses }: Quorum, { vouchers, problems }: Witnessed): void {
  if (vouchers.length >= quorum) return;
  const why = problems.map(({ message }) => message).join('; ');
  const hints = problems.flatMap(({ kind, hint }) => (kind === 'network' ? [] : (hint ?? [])));
  throw new Fault(
    'pending',
    `the log has the entry, and ${vouchers.length} of ${witnesses.length} witnesses vouch for it, where ${quorum} have to: ${why}`,
    { hint: [...new Set([...hints, SUBMIT_AGAIN])].join('; ') },
  );
}

/** The proof file of an entry, checked against the checkpoint. Throws `not-in-log`, `log-misbehaved`. */
export async function readProof(
  files: Files,
  directory: string,
  checkpoint: SignedCheckpoint,
  index: number,
): Promise<Uint8Array> {
  const { entry, proof } = await tileView(fetchFiles(files, directory), checkpoint).inclusion(index);
  return formatTlogProof({ extra: entry, index, hashes: proof, checkpoint });
}

/** Who has to vouch for a proof, and when that is looked at. */
export interface QuorumNow extends Quorum {
  readonly now: Date;
}

/**
 * Shows that a statement is in a log (c2sp.org/tlog-proof, "Verifying a tlog proof"). Pure and offline. Throws `bad-format` for
 * what is no such proof, `not-in-log` where it is about another statement, `wrong-key` where no trusted key of
 * the log that it names signed, `bad-signature` where one seems to have signed, or a witness, `bad-proof` where the entry is not in
 * the tree, `not-witnessed` where too few witnesses vouch.
 */
export function verifyTlogProof(
  proof: Uint8Array,
  statement: Uint8Array,
  trusted: readonly NoteVerifier[],
  witnessing: QuorumNow | undefined = undefined,
): Verified {
  // 1. It is a proof, in its one form.
  const { extra, index, hashes, checkpoint } = parseTlogProof(proof);
  // 2. It is about this statement.
  if (extra === undefined) throw new Fault('bad-format', 'the proof carries no statement');
  if (!equalBytes(extra, statement)) throw new Fault('not-in-log', 'the proof is about another statement');
  // 3. The checkpoint is signed by a trusted key of the log whose origin it bears.
  verifyCheckpoint(checkpoint, trusted);
  // 4. The statement itself, not its copy in the proof, is the leaf at this index of the signed tree.
  const leaf = leafHash(statement);
  verifyInclusion(leaf, index, checkpoint.size, hashes, checkpoint.root);
  // 5. As many witnesses as demanded have seen that tree.
  const witnesses = witnessing === undefined ? [] : verifyQuorum(checkpoint, witnessing);
  const entry = Buffer.from(leaf).toString('hex');
  return { origin: checkpoint.origin, index, entry, treeSize: checkpoint.size, witnesses };
}

function verifyQuorum(checkpoint: SignedCheckpoint, { witnesses, quorum, now }: QuorumNow): readonly Vouched[] {
  const vouchers = vouchersOf(
    checkpoint,
    witnesses.map(({ key }) => key),
    now,
  );
  const vouched = witnesses.flatMap(({ name, key }) =>
    vouchers.filter((voucher) => voucher.key === key).map(({ time }) => ({ name, time })),
  );
  if (vouched.length >= quorum) return vouched;
  const names = vouched.length === 0 ? 'none of them' : vouched.map(({ name }) => quote(name)).join(', ');
  throw new Fault(
    'not-witnessed',
    `the policy demands ${quorum} of ${witnesses.length} witnesses, and ${names} vouches`,
    {
      hint: 'was it submitted under this policy? submit makes a proof that more witnesses vouch for',
    },
  );
}
