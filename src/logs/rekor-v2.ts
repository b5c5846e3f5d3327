// SPDX-License-Identifier: Apache-2.0
/**
 * Rekor v2: `POST /api/v2/log/entries` until there is an answer, which comes when a checkpoint covers the entry.
 *
 *   201   the entry and its proof, new
 *   409   the log has it, with the index that the header `x-log-index` tells, and nothing more: the proof is made from the tiles
 *   408, 425, 429, 499, 5xx   asked again, with the very same bytes
 *   405   frozen; everything else: refused
 *
 * The tiles are static files, and may be served elsewhere. A tile exists for the sizes at which a checkpoint was published.
 */
import { CHECKPOINT_CAP, parseSignedCheckpoint } from '../core/checkpoint.ts';
import { parseDecimal } from '../core/encoding.ts';
import { Fault, type FaultKind } from '../core/fault.ts';
import { API_VERSION, demandEntry, formatRequest, HASHEDREKORD, type SignedDigest } from '../core/hashedrekord.ts';
import { verifyEntry, verifyRekorCheckpoint } from '../core/rekor.ts';
import type { RekorKey } from '../core/rekor-key.ts';
import type { TlogEntry } from '../core/sigstore-bundle.ts';
import { CHECKPOINT_PATH } from '../core/tile.ts';
import type { Answer } from '../ports.ts';
import { ANSWER_CAP, evidenceIn, parseAnswerV2, refusedBy } from './rekor-answer.ts';
import { accuse, CONTENT_TYPE, type Logged, type RekorServer } from './rekor-server.ts';
import { accused, evidenceOf, type TileView, tileView } from './tile-view.ts';
import { tryUntilAnswered } from './trying.ts';

export async function submitV2(server: RekorServer, signed: SignedDigest): Promise<Logged> {
  const { http, url, trying, name, log } = server;
  const request = formatRequest(2, signed);
  const answer = await tryUntilAnswered(trying, async (timeout) =>
    http.post(`${url}/api/v2/log/entries`, request, { cap: ANSWER_CAP, timeout, headers: CONTENT_TYPE }),
  );
  if (answer.status === 201) {
    return accuse(evidenceIn(answer), () => {
      const entry = parseAnswerV2(answer.body);
      return { entry, verified: verifyEntry(entry, signed, log), isNew: true };
    });
  }
  if (answer.status === 409) return rebuild(server, signed, indexIn(answer));
  throw refusedBy(name, answer);
}

function indexIn({ headers, body }: Answer): number {
  const [, said] = /with index ([0-9]{1,16})\b/.exec(Buffer.from(body).toString()) ?? [];
  const index = headers['x-log-index'] ?? said;
  if (index !== undefined) return parseDecimal(index);
  throw new Fault('network', 'it has the entry already, and does not say at which index');
}

/** The proof from what the log serves to everybody. */
async function rebuild(server: RekorServer, signed: SignedDigest, index: number): Promise<Logged> {
  const { view, key } = await viewOf(server, index);
  const { entry: body, proof } = await readable(async () => view.inclusion(index));
  const { checkpoint } = view;
  const entry: TlogEntry = {
    logIndex: index,
    logId: key.logId,
    kind: HASHEDREKORD,
    version: API_VERSION[2],
    integratedTime: 0,
    signedEntryTimestamp: undefined,
    inclusionProof: {
      logIndex: index,
      treeSize: checkpoint.size,
      rootHash: checkpoint.root,
      hashes: proof,
      checkpoint: evidenceOf(checkpoint),
    },
    body,
  };
  await accused([checkpoint], async () => demandEntry(body, 2, signed));
  return { entry, verified: verifyEntry(entry, signed, server.log), isNew: false };
}

/** The log as it stands at a checkpoint that has the index: the published one may be a moment old. */
async function viewOf(
  { http, readUrl, trying, log }: RekorServer,
  index: number,
): Promise<{ view: TileView; key: RekorKey }> {
  const isBehind = ({ status, body }: Answer) => status === 404 || (status === 200 && sizeIn(body) <= index);
  const { status, body } = await tryUntilAnswered(
    trying,
    async (timeout) => http.ask(`${readUrl}/${CHECKPOINT_PATH}`, { cap: CHECKPOINT_CAP, timeout }),
    isBehind,
  );
  if (status !== 200) throw new Fault('network', `it answers ${status} when asked for its checkpoint`);
  const key = signerOf(body, log.keys);
  const checkpoint = verifyRekorCheckpoint(Buffer.from(body).toString(), key, 2);
  return { view: tileView(async (path, cap) => fetchTile({ http, readUrl, trying }, path, cap), checkpoint), key };
}

/** Asked like everything else: at the address of the policy alone, until the deadline. */
async function fetchTile(
  { http, readUrl, trying }: Pick<RekorServer, 'http' | 'readUrl' | 'trying'>,
  path: string,
  cap: number,
): Promise<Uint8Array | undefined> {
  const { status, body } = await tryUntilAnswered(trying, async (timeout) =>
    http.ask(`${readUrl}/${path}`, { cap, timeout }),
  );
  if (status === 200) return body;
  if (status === 404 || status === 410) return undefined;
  throw new Fault('network', `it answers ${status} when asked for ${path}`);
}

/** Whatever stands in front of a log may answer instead of it. Only what could be a tile is held against the log. */
async function readable<T>(body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const cause = error instanceof Fault ? error.cause : undefined;
    if (!(cause instanceof Fault) || !UNREADABLE.includes(cause.kind)) throw error;
    throw new Fault('network', cause.message, { cause });
  }
}

const UNREADABLE: readonly FaultKind[] = ['bad-format', 'missing'];

/** Not believed yet; 0 where it is none, but the page of a proxy, say. */
function sizeIn(body: Uint8Array): number {
  try {
    return parseSignedCheckpoint(body).size;
  } catch (error) {
    if (error instanceof Fault) return 0;
    throw error;
  }
}

/** The pinned key that the checkpoint claims; `verifyRekorCheckpoint` tells what is wrong where it claims none. */
function signerOf(body: Uint8Array, keys: readonly RekorKey[]): RekorKey {
  const { signatures } = parseSignedCheckpoint(body);
  const [first] = keys;
  const found =
    keys.find((key) => signatures.some(({ name, keyId }) => name === key.name && keyId === key.keyId)) ?? first;
  if (found === undefined) throw new Fault('usage', 'the policy pins no key of the log');
  return found;
}
