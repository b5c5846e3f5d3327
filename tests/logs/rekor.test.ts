// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultKind } from '../../src/core/fault.ts';
import { formatEntry } from '../../src/core/hashedrekord.ts';
import { leafHash } from '../../src/core/merkle.ts';
import { verifyBundle } from '../../src/core/rekor.ts';
import { parseBundle, type TlogEntry } from '../../src/core/sigstore-bundle.ts';
import { formatHashTile } from '../../src/core/tile.ts';
import {
  formatPrepared,
  parsePrepared,
  preparedFor,
  prepareRekor,
  receiptOf,
  submitRekor,
} from '../../src/logs/rekor.ts';
import { MANIFEST, newKey, newSigner, type RekorLog, rekorLog, signedBy, trustIn } from '../core/rekor-log.ts';
import { refusal, refused } from '../refusal.ts';
import { fakeClock, loopback } from '../workflow/lab.ts';
import { entryV2, type Lie, logEntryV1, type RekorServerLab, type Reply, rekorServer, uuidOf } from './rekor-server.ts';

const signer = newSigner();
const signed = signedBy(signer);

interface Lab {
  readonly log: RekorLog;
  readonly server: RekorServerLab;
  submit(by?: typeof signed): ReturnType<typeof submitRekor>;
}

const servers: RekorServerLab[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function open(version: 1 | 2, pinned?: RekorLog): Promise<Lab> {
  const log = rekorLog(version, { before: version === 1 ? 50 : 0 });
  for (const other of ['a', 'b', 'c']) log.add(formatEntry(version, signedBy(signer, Buffer.from(other))));
  const server = await rekorServer(log);
  servers.push(server);
  const clock = fakeClock(new Date());
  const submit = async (by = signed) =>
    submitRekor(
      {
        name: 'public',
        http: loopback(),
        url: server.url,
        readUrl: server.url,
        log: trustIn(pinned ?? log, signer),
        trying: { clock, end: new Date(clock.now().getTime() + 60_000), timeout: 20_000 },
      },
      by,
    );
  return { log, server, submit };
}

describe('what is prepared for a log', () => {
  const prepared = prepareRekor(MANIFEST, signer);

  it('is a signature that is kept, byte for byte', () => {
    const read = parsePrepared(prepared);
    expect(Buffer.from(formatPrepared(read))).toEqual(Buffer.from(prepared));
    expect(preparedFor(prepared, MANIFEST).key.hint).toBe(signer.key.hint);
    expect(Buffer.from(prepareRekor(MANIFEST, signer))).not.toEqual(Buffer.from(prepared));
  });

  it('is of this file only', () => {
    refusal('altered', () => preparedFor(prepared, Buffer.from('x')));
    const other = formatPrepared({ ...parsePrepared(prepared), signature: newSigner().sign(MANIFEST) });
    refusal('altered', () => preparedFor(other, MANIFEST));
  });

  it('is refused in another form', () => {
    const text = Buffer.from(prepared).toString();
    for (const wrong of [
      '{}',
      text.replace('"digest":"', '"digest":"AAAA'),
      text.replace(/"signature":"[^"]*"/, '"signature":""'),
      text.replace(/"signature":"[^"]*"/, `"signature":"${Buffer.alloc(73).toString('base64')}"`),
      text.replace(/"publicKey":"[^"]*"/, '"publicKey":"AAAA"'),
      text.replace('}', ',"z":1}'),
      ` ${text}`,
    ])
      refusal('bad-format', () => parsePrepared(Buffer.from(wrong)));
  });
});

const VERSIONS = [1, 2] as const;
const hangUp: Lie = () => 'hangUp';
const status =
  (code: number, body = '<html>nginx</html>', headers: Readonly<Record<string, string>> = {}): Lie =>
  () => ({ status: code, body, headers });

describe.each(VERSIONS)('Rekor v%s', (version) => {
  const index = version === 1 ? 53 : 3;

  it('takes the entry once, and gives a proof that verifies offline', async () => {
    const { log, server, submit } = await open(version);
    const first = await submit();
    expect(first).toMatchObject({ isNew: true, verified: { index, treeSize: 4, origin: log.origin } });
    const bundle = parseBundle(receiptOf(signed, first));
    expect(verifyBundle(bundle, MANIFEST, trustIn(log, signer))?.index).toBe(index);
    expect(server.requests).toEqual([`POST /api/v${version}/log/entries`]);
  });

  it('P10 gives the same entry again, with a proof of the tree as it is now', async () => {
    const { log, submit } = await open(version);
    await submit();
    log.add(Buffer.from('later'));
    const second = await submit();
    expect(second).toMatchObject({ isNew: false, verified: { index, treeSize: 5 } });
    expect(log.entries).toHaveLength(5);
    expect(verifyBundle(parseBundle(receiptOf(signed, second)), MANIFEST, trustIn(log, signer))?.treeSize).toBe(5);
  });

  it('P10 leads to one entry where the reply is lost', async () => {
    const { log, server, submit } = await open(version);
    server.lies = [hangUp, hangUp];
    expect(await submit()).toMatchObject({ isNew: false, verified: { index } });
    expect(log.entries).toHaveLength(4);
    expect(new Set(server.bodies.map(String)).size).toBe(1);
    expect(server.requests.slice(0, 3)).toEqual(Array(3).fill(`POST /api/v${version}/log/entries`));
  });

  it('P11 is asked again after what may pass', async () => {
    const { log, server, submit } = await open(version);
    server.lies = [status(502), status(429, '', { 'retry-after': '3' }), status(503), undefined];
    expect(await submit()).toMatchObject({ verified: { index } });
    expect(log.entries).toHaveLength(4);
  });

  it('P11 leaves the submission for later where it does not come back', async () => {
    const { log, server, submit } = await open(version);
    server.lies = Array<Lie>(40).fill(status(502));
    expect((await refused('network', submit())).message).toBe('the log "public": it answers 502');
    expect(log.entries).toHaveLength(4);
  });

  it.each([
    [
      400,
      '{"code":400,"message":"error processing entry: not so"}',
      /refuses the entry: it answers 400, "error processing entry: not so"$/,
    ],
    [403, '', /it answers 403$/],
    [404, '<html>', /it answers 404$/],
    [413, '<html>', /it answers 413$/],
    [422, '{"code":602,"message":"bad\\u0007"}', /it answers 422, "bad\\u\{7\}"$/],
    [501, '{"message":7}', /it answers 501$/],
  ])('P11 is not asked again after %s', async (code, body, message) => {
    const { server, submit } = await open(version);
    server.lies = [status(code, body)];
    expect((await refused('usage', submit())).message).toMatch(message);
    expect(server.requests).toHaveLength(1);
  });

  it('says that it is frozen', async () => {
    const { server, submit } = await open(version);
    server.lies = [status(405, 'This log has been frozen, please switch to the latest log.')];
    const fault = await refused('usage', submit());
    expect(fault.message).toBe('the log "public" is frozen: it takes no more entries');
    expect(fault.hint).toMatch(/"url"/);
    expect(server.requests).toHaveLength(1);
  });

  it('is not followed elsewhere', async () => {
    const { server, submit } = await open(version);
    const other = await open(version);
    server.lies = [status(307, '', { location: `${other.server.url}/api/v${version}/log/entries` })];
    expect((await refused('usage', submit())).message).toBe('the log "public" is elsewhere: it answers 307');
    expect(other.server.requests).toEqual([]);
  });

  it('P13 gives no proof where it is another log than the pinned one', async () => {
    const { submit } = await open(version, rekorLog(version));
    await refused('wrong-key', submit());
    const again = await open(version, rekorLog(version));
    await refused('wrong-key', again.submit());
    await refused('wrong-key', again.submit());
  });

  it.each<readonly [string, Partial<Reply>]>([
    ['a page of a proxy', { body: '<html>welcome to the hotel</html>' }],
    ['nothing', { body: '' }],
    ['an empty object', { body: '{}' }],
    ['a list', { body: '[]' }],
    ['half of it', { body: '{"' }],
  ])('gives no proof where it answers %s', async (_, reply) => {
    const { server, submit } = await open(version);
    server.lies = [(honest) => ({ ...honest, ...reply })];
    const fault = await refused('network', submit());
    expect(fault.message).toMatch(/^the log "public": it answers nothing that could be read: /);
  });

  it('is not listened to for ever', async () => {
    const { server, submit } = await open(version);
    server.lies = [(honest) => ({ ...honest, body: Buffer.alloc(1_000_000, ' ') })];
    expect((await refused('network', submit())).message).toMatch(
      /nothing that could be read: .* answers with more than/,
    );
  });

  it.each([200, 202, 204])('is not taken at its word where it answers %s, and may have the entry', async (code) => {
    const { log, server, submit } = await open(version);
    server.lies = [status(code, '')];
    const fault = await refused('network', submit());
    expect(fault.message).toBe(`the log "public": it answers ${code}, and whether it has the entry is not known`);
    expect(await submit()).toMatchObject({ isNew: false });
    expect(log.entries).toHaveLength(4);
  });

  it.each([400, 403, 405])('has not refused what it may have taken before it answers %s', async (code) => {
    const { server, submit } = await open(version);
    server.lies = [hangUp, status(code, '')];
    expect((await refused('network', submit())).message).toMatch(/whether it has the entry is not known$/);
  });

  /** The log itself makes up another answer, with its own keys. */
  const answered = (change: (entry: TlogEntry, log: RekorLog) => TlogEntry) => async () => {
    const { log, server, submit } = await open(version);
    server.lies = [
      (honest) => {
        const entry = change(log.entry(3), log);
        const value = version === 1 ? logEntryV1(log, entry) : entryV2(entry);
        return { ...honest, body: JSON.stringify(value) };
      },
    ];
    return { fault: submit(), server, log };
  };
  const proven = (entry: TlogEntry, change: Partial<TlogEntry['inclusionProof']>): TlogEntry => ({
    ...entry,
    inclusionProof: { ...entry.inclusionProof, ...change },
  });
  it.each<readonly [string, FaultKind, (entry: TlogEntry, log: RekorLog) => TlogEntry]>([
    [
      'the proof of another entry',
      'log-misbehaved',
      (entry, log) => proven(entry, { hashes: log.entry(2).inclusionProof.hashes }),
    ],
    ['another entry', 'log-misbehaved', (_, log) => log.entry(2)],
    [
      'an entry with another key',
      'log-misbehaved',
      (_, log) => log.entry(log.add(formatEntry(version, { ...signed, key: newSigner().key })).index),
    ],
    ['the tree as it was before', 'log-misbehaved', (entry, log) => proven(entry, { checkpoint: log.checkpoint(3) })],
    ['another index', 'log-misbehaved', (entry) => proven(entry, { logIndex: 2 })],
    [
      'a checkpoint that another key signed',
      'wrong-key',
      (entry, log) =>
        proven(entry, {
          checkpoint: log.note(`${entry.inclusionProof.checkpoint.split('\n\n')[0]}\n`, log.origin, newKey(version)),
        }),
    ],
    [
      'a checkpoint of another log',
      'wrong-key',
      (entry, log) =>
        proven(entry, {
          checkpoint: log.note(
            `other.example.org\n4\n${Buffer.from(entry.inclusionProof.rootHash).toString('base64')}\n`,
          ),
        }),
    ],
  ])('is not believed with %s', async (_, kind, change) => {
    const { fault, server } = await answered(change)();
    const { evidence } = await refused(kind, fault);
    expect(server.requests).toHaveLength(1);
    expect(evidence.join()).toContain('rekor-');
  });
});

/** As a log that noticed the entry only when it was sent again. */
const missed: Lie = status(404, '');

describe('Rekor v1, asked for an entry that it has,', () => {
  it.each<readonly [string, (entry: TlogEntry) => TlogEntry]>([
    [
      'hashes holds more than 64',
      (entry) => ({
        ...entry,
        inclusionProof: { ...entry.inclusionProof, hashes: Array(65).fill(entry.inclusionProof.rootHash) },
      }),
    ],
    [
      'checkpoint is larger than 16384',
      (entry) => ({
        ...entry,
        inclusionProof: {
          ...entry.inclusionProof,
          checkpoint: `${entry.inclusionProof.checkpoint}— w ${Buffer.alloc(13_000).toString('base64')}\n`,
        },
      }),
    ],
  ])('gives nothing that a bundle cannot hold: %s', async (says, change) => {
    const { log, server, submit } = await open(1);
    server.lies = [(honest) => ({ ...honest, body: JSON.stringify(logEntryV1(log, change(log.entry(3)))) })];
    const { message } = await refused('network', submit());
    expect(message.replace(': holds', ' holds').replace(': is', ' is')).toContain(says);
  });

  it('may not know it for a moment', async () => {
    const { log, server, submit } = await open(1);
    server.lies = [hangUp, undefined, status(404, ''), status(404, ''), status(500, ''), undefined];
    expect(await submit()).toMatchObject({ isNew: false, verified: { index: 53 } });
    expect(log.entries).toHaveLength(4);
  });

  it('is asked at the address of the policy, whatever it says', async () => {
    const { log, server, submit } = await open(1);
    const elsewhere = `https://evil.example.org/api/v1/log/entries/${uuidOf(log, formatEntry(1, signed))}`;
    server.lies = [hangUp, (honest) => ({ ...honest, headers: { location: elsewhere } })];
    expect(await submit()).toMatchObject({ isNew: false });
    expect(server.requests.at(-1)).toMatch(/^GET \/api\/v1\/log\/entries\/[0-9a-f]{80}$/);
  });

  it('may name it in its message only, or by the leaf alone', async () => {
    const { server, submit } = await open(1);
    server.lies = [hangUp, (honest) => ({ ...honest, headers: {} })];
    expect(await submit()).toMatchObject({ isNew: false });
    server.lies = [
      ({ status: code }) => ({
        status: code,
        headers: { location: Buffer.from(leafHash(formatEntry(1, signed))).toString('hex') },
      }),
    ];
    expect(await submit()).toMatchObject({ isNew: false });
  });

  it('has to name it', async () => {
    const { server, submit } = await open(1);
    await submit();
    for (const location of ['', '/api/v1/log/entries/../../x', '/api/v1/log/entries/zz']) {
      server.lookupLies = [missed];
      server.lies = [({ status: code }) => ({ status: code, body: '{}', headers: { location } })];
      expect((await refused('network', submit())).message).toMatch(/does not say under which name/);
    }
  });

  it('is not believed where it shows another one', async () => {
    const { log, server, submit } = await open(1);
    await submit();
    server.lookupLies = [missed];
    server.lies = [undefined, (honest) => ({ ...honest, body: JSON.stringify(logEntryV1(log, log.entry(1))) })];
    expect((await refused('log-misbehaved', submit())).message).toMatch(/is not what was signed/);
  });

  it('is not believed where it gives it another name', async () => {
    const { log, server, submit } = await open(1);
    const [value] = Object.values(logEntryV1(log, log.entry(0)));
    const name =
      (uuid: string): Lie =>
      () => {
        const [entry] = Object.values(logEntryV1(log, log.entry(3)));
        return { status: 200, body: JSON.stringify({ [uuid]: entry ?? value }) };
      };
    await submit();
    const right = uuidOf(log, formatEntry(1, signed));
    for (const wrong of [right.replace(/^./, '0'), right.slice(0, -1) + (right.endsWith('0') ? '1' : '0')]) {
      server.lookupLies = [missed];
      server.lies = [undefined, name(wrong)];
      expect((await refused('log-misbehaved', submit())).message).toMatch(/it names the entry/);
    }
    server.lookupLies = [missed];
    server.lies = [undefined, name('x'.repeat(80))];
    await refused('network', submit());
  });

  it('has to have promised its time and index', async () => {
    const { log, server, submit } = await open(1);
    server.lies = [
      (honest) => ({ ...honest, body: JSON.stringify(logEntryV1(log, { ...log.entry(3), integratedTime: 7 })) }),
    ];
    await refused('bad-signature', submit());
  });
});

describe('Rekor v1, asked first,', () => {
  it('P10 shows the entry that an earlier run has sent, in whichever tree, and is sent nothing', async () => {
    const { log, server, submit } = await open(1);
    const { origin, key } = log;
    const earlier = rekorLog(1, { origin, key, before: 0, treeId: '77' });
    earlier.add(Buffer.from('x'));
    earlier.add(formatEntry(1, signed));
    server.earlier = [earlier];
    const found = await submit();
    expect(found).toMatchObject({ isNew: false, verified: { index: 1, treeSize: 2 } });
    expect(found.verified.checkpoint.origin).toBe(`${origin} - 77`);
    expect(server.requests).toEqual([]);
    expect(log.entries).toHaveLength(3);
  });

  it('is waited for: what it does not tell may be there', async () => {
    const { log, server, submit } = await open(1);
    await submit();
    server.lookupLies = [status(502), hangUp];
    expect(await submit()).toMatchObject({ isNew: false });
    server.lookupLies = Array<Lie>(40).fill(status(502));
    expect((await refused('network', submit())).message).toBe('the log "public": it answers 502');
    expect(log.entries).toHaveLength(4);
  });

  it('may not tell at all, and is sent the entry then', async () => {
    const { log, server, submit } = await open(1);
    server.lookupLies = [status(501)];
    expect(await submit()).toMatchObject({ isNew: true });
    server.lookupLies = [status(501)];
    expect(await submit()).toMatchObject({ isNew: false });
    expect(log.entries).toHaveLength(4);
  });

  it('is not believed where it shows another one', async () => {
    const { log, server, submit } = await open(1);
    server.lookupLies = [() => ({ status: 200, body: JSON.stringify(logEntryV1(log, log.entry(1))) })];
    expect((await refused('log-misbehaved', submit())).message).toMatch(/is not what was signed/);
    expect(log.entries).toHaveLength(3);
  });
});

describe('Rekor v2, asked for an entry that it has,', () => {
  it('is waited for until a checkpoint covers it', async () => {
    const { server, submit } = await open(2);
    server.lies = [hangUp];
    server.published = 3;
    const covering: Lie = (honest) => {
      server.published = undefined;
      return honest;
    };
    server.lies = [hangUp, undefined, undefined, status(404), status(200, '<html>'), covering];
    expect(await submit()).toMatchObject({ isNew: false, verified: { index: 3, treeSize: 4 } });
    expect(server.requests.filter((one) => one === 'GET /checkpoint')).toHaveLength(5);
  });

  it('may name the index in its message only', async () => {
    const { server, submit } = await open(2);
    server.lies = [hangUp, (honest) => ({ ...honest, headers: {} })];
    expect(await submit()).toMatchObject({ isNew: false, verified: { index: 3 } });
  });

  it('has to name an index, in decimal digits', async () => {
    const { server, submit } = await open(2);
    await submit();
    server.lies = [() => ({ status: 409, body: '{}' })];
    expect((await refused('network', submit())).message).toMatch(/does not say at which index/);
    server.lies = [() => ({ status: 409, headers: { 'x-log-index': '0x3' } })];
    expect((await refused('network', submit())).message).toMatch(/not a whole number/);
  });

  it.each<readonly [string, Lie]>([
    ['a page', status(200, '<html>')],
    ['more than a tile can be', status(200, 'x'.repeat(20_000_000))],
    ['nothing', status(404, '')],
    ['the address of another server', status(302, '', { location: 'http://127.0.0.1:1/' })],
    ['that it is out of order', status(503, '')],
  ])('is not accused where it gives %s instead of tiles', async (_, instead) => {
    const { server, submit } = await open(2);
    await submit();
    for (const place of ['/tile/0/', '/tile/entries/']) {
      server.lies = Array<Lie>(100).fill((honest, { method, path }) =>
        path.startsWith(place) ? (instead(honest, { method, path }) as Reply) : honest,
      );
      await refused('network', submit());
    }
    server.lies = [];
    expect(await submit()).toMatchObject({ isNew: false });
  });

  it('is not believed where another entry stands there', async () => {
    const { server, submit } = await open(2);
    await submit();
    server.lies = [() => ({ status: 409, headers: { 'x-log-index': '2' } })];
    const fault = await refused('log-misbehaved', submit());
    expect(fault.message).toMatch(/is not what was signed/);
    expect(fault.evidence.join()).toContain('rekor-2.example.org\n4\n');
  });

  it('is not believed where its tiles are not those of its checkpoint', async () => {
    const { log, server, submit } = await open(2);
    await submit();
    const forged = formatHashTile([...log.entries.slice(0, 3), Buffer.from('x')].map(leafHash));
    server.lies = [
      undefined,
      undefined,
      (honest, { path }) => (path.includes('/0/') ? { ...honest, body: forged } : honest),
    ];
    const fault = await refused('log-misbehaved', submit());
    expect(fault.evidence.join()).toContain('rekor-2.example.org\n4\n');
  });

  it('is not believed with a checkpoint that is not its own', async () => {
    const { log, server, submit } = await open(2);
    await submit();
    const text = `${log.checkpoint().split('\n\n')[0]}\n`;
    server.lies = [undefined, status(200, log.note(text, log.origin, newKey(2)))];
    await refused('wrong-key', submit());
  });
});
