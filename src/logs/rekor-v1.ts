// SPDX-License-Identifier: Apache-2.0
/**
 * Rekor v1. A log can have several trees, the last of which takes entries, and notices only there what it has already. So it is first
 * asked for the entry, `GET /api/v1/log/entries/<leaf hash>`, which looks through all of them: an earlier answer may have been lost.
 *
 *   200   the entry: an earlier run has sent it
 *   404   it has none
 *
 * Then `POST /api/v1/log/entries` until there is an answer:
 *
 *   201   the entry, new
 *   409   the log has it: its name is in `Location` and in the message, and `GET /api/v1/log/entries/<name>` tells it; shortly after
 *         it was taken, the log may not know it yet (404)
 *   408, 425, 429, 499, 5xx   asked again, with the very same bytes
 *   405   frozen; everything else: refused
 */
import { Fault } from '../core/fault.ts';
import { formatEntry, formatRequest, type SignedDigest } from '../core/hashedrekord.ts';
import { HASH_SIZE, leafHash } from '../core/merkle.ts';
import { verifyEntry } from '../core/rekor.ts';
import type { Answer } from '../ports.ts';
import { ANSWER_CAP, evidenceIn, parseAnswerV1, refusedBy, UUID } from './rekor-answer.ts';
import { accuse, CONTENT_TYPE, type Logged, type RekorServer } from './rekor-server.ts';
import { tryUntilAnswered } from './trying.ts';

export async function submitV1(server: RekorServer, signed: SignedDigest): Promise<Logged> {
  const { http, url, trying, name } = server;
  const known = await askFor(server, Buffer.from(leafHash(formatEntry(1, signed))).toString('hex'));
  if (known.status === 200) return { ...checked(server, known, signed), isNew: false };
  const request = formatRequest(1, signed);
  const answer = await tryUntilAnswered(trying, async (timeout) =>
    http.post(`${url}${ENTRIES}`, request, { cap: ANSWER_CAP, timeout, headers: CONTENT_TYPE }),
  );
  if (answer.status === 201) return { ...checked(server, answer, signed), isNew: true };
  if (answer.status !== 409) throw refusedBy(name, answer);
  const uuid = uuidIn(answer);
  const found = await askFor(server, uuid, ({ status }) => status === 404);
  if (found.status === 200) return { ...checked(server, found, signed), isNew: false };
  throw new Fault('network', `it has the entry ${uuid}, and answers ${found.status} when asked for it`);
}

const ENTRIES = '/api/v1/log/entries';

const askFor = async (
  { http, url, trying }: RekorServer,
  uuid: string,
  isPassing?: (answer: Answer) => boolean,
): Promise<Answer> =>
  tryUntilAnswered(
    trying,
    async (timeout) => http.ask(`${url}${ENTRIES}/${uuid}`, { cap: ANSWER_CAP, timeout }),
    isPassing,
  );

/** Its host, if it has one, does not matter: the address of the log is in the policy. */
function uuidIn({ headers, body }: Answer): string {
  const location = headers['location']?.split('/').at(-1) ?? '';
  const [, said = ''] = /UUID ([0-9a-f]{64,80})\b/.exec(Buffer.from(body).toString()) ?? [];
  const uuid = [location, said].find((one) => UUID.test(one));
  if (uuid !== undefined) return uuid;
  throw new Fault('network', 'it has the entry already, and does not say under which name');
}

function checked(server: RekorServer, answer: Answer, signed: SignedDigest): Omit<Logged, 'isNew'> {
  return accuse(evidenceIn(answer), () => {
    const named = parseAnswerV1(answer.body);
    const verified = verifyEntry(named.entry, signed, server.log);
    demandName(named.uuid, verified.entry);
    return { entry: named.entry, verified };
  });
}

/** The name is that of the leaf, in the tree of the checkpoint; the tree may be left out. */
function demandName(uuid: string, entry: string): void {
  if (uuid !== entry && uuid !== entry.slice(-2 * HASH_SIZE))
    throw new Fault('bad-proof', `it names the entry ${uuid}, which is ${entry}`);
}
