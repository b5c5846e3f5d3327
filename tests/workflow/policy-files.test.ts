// SPDX-License-Identifier: Apache-2.0
/** `key certify`, and what a policy takes from files of its own: certified keys, a trusted root, a signing config. */
import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatP256Key } from '../../src/core/p256.ts';
import { formatKeyMaterial, parseVerifierKey } from '../../src/core/signed-note.ts';
import { parseBundle } from '../../src/core/sigstore-bundle.ts';
import { newSigner, type RekorLog, rekorLog } from '../core/rekor-log.ts';
import { signingConfig, trustedRoot } from '../core/rekor-root.ts';
import { detachSign } from '../gpg.ts';
import { type Lie, type RekorServerLab, rekorServer } from '../logs/rekor-server.ts';
import { ED25519, fakeClock, loopback, namesIn, useLab } from './lab.ts';
import { IDENTITY, MANIFEST, makeRelease, PENDING, prepare } from './log-lab.ts';
import { serve } from './server.ts';

const LONG_AGO = new Date('2020-01-01T00:00:00Z');
const lab = useLab({
  good: ED25519,
  other: ED25519,
  short: { algorithm: 'ed25519', subkeys: [{ algorithm: 'ed25519', expire: '20d' }] },
  expired: { algorithm: 'ed25519', at: LONG_AGO, subkeys: [{ algorithm: 'ed25519', expire: '1y', at: LONG_AGO }] },
});
const { at, done, put, read, refused } = lab;
const BUNDLE = `${MANIFEST}.sigstore.json`;

beforeEach(async () =>
  prepare(lab, async () => {
    await makeRelease(lab);
    fs.mkdirSync(at('keys'));
    for (const kind of ['rekor', 'sigsum', 'tiles'])
      await done(['key', 'generate-log-key', '--for', kind, '--out', at('keys', kind)]);
  }),
);

const certify = (file: string, ...words: readonly string[]) => [
  'key',
  'certify',
  at(file),
  '--key-file',
  lab.key('good'),
  ...words,
];

/** As gpg makes it. */
async function signature(by: string, data: Uint8Array, when?: Date): Promise<Buffer> {
  const { primary, subkeys } = lab.made(by);
  return detachSign(lab.gpg, subkeys[0] ?? primary, data, when === undefined ? {} : { at: when });
}

describe('key certify', () => {
  it.each(['rekor', 'sigsum'])('signs the public key for %s, once, and leaves everything else alone', async (kind) => {
    // a subkey as gpg exports it, beside which no "subkey" lies
    put({ 'keys/subkey.asc': 'x' });
    const report = await done(certify(`keys/${kind}.pub`));
    expect(report.files).toMatchObject([{ name: `${kind}.pub`, action: 'signed' }]);
    await lab.gpg.run(['--verify', at(`keys/${kind}.pub.asc`), at(`keys/${kind}.pub`)]);
    const before = lab.snapshot('keys');
    expect((await done(certify(`keys/${kind}.pub`))).files).toMatchObject([{ action: 'kept' }]);
    await refused(3, 'conflict: ', certify(`keys/${kind}.pub`).with(4, lab.key('other')));
    expect(lab.snapshot('keys')).toEqual(before);
    await done([...certify(`keys/${kind}.pub`).with(4, lab.key('other')), '--force']);
    expect(lab.snapshot('keys')).not.toEqual(before);
  });

  it('P24 refuses private keys, whatever they are called, and everything else', async () => {
    fs.copyFileSync(at('keys/rekor'), at('keys/renamed.pub'));
    const before = lab.snapshot('keys');
    for (const name of ['rekor', 'sigsum', 'tiles', 'renamed.pub'])
      await refused(2, 'it holds a private key', certify(`keys/${name}`));
    await refused(2, 'unreadable: ', certify('r/a-1.tar.gz'));
    await refused(2, 'unreadable: ', ['key', 'certify', lab.certificate('good'), '--key-file', lab.key('good')]);
    await refused(2, 'not-found: ', certify('keys/nothing.pub'));
    await refused(2, '--key-file is missing', ['key', 'certify', at('keys/rekor.pub')]);
    expect(lab.snapshot('keys')).toEqual(before);
  });

  it('says of a signature that it keeps that its key has expired since', async () => {
    const words = [...certify('keys/rekor.pub').with(4, lab.key('short')), '--certificate', lab.certificate('short')];
    await done(words);
    const clock = fakeClock(new Date(Date.now() + 30 * 24 * 60 * 60 * 1000));
    const { files, warnings } = await done(words, { clock });
    expect([files[0]?.action, warnings[0]?.kind]).toEqual(['kept', 'expired-after-signing']);
  });

  it('writes nothing in a dry run', async () => {
    const before = lab.snapshot('keys');
    await done(certify('keys/rekor.pub', '--dry-run'));
    expect(lab.snapshot('keys')).toEqual(before);
  });
});

let logs: RekorLog[] = [];
const servers: RekorServerLab[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  logs = [];
});

/** A log of version 2 that is named like its address, as those of Sigstore are. */
async function openLog(): Promise<RekorServerLab> {
  const server = await rekorServer(
    // the name is known when the server listens
    new Proxy({} as RekorLog, { get: (_, key) => Reflect.get(logs[place] as RekorLog, key) as unknown }),
  );
  const place = logs.push(rekorLog(2, { origin: server.url.slice('http://'.length) })) - 1;
  servers.push(server);
  return server;
}

interface PolicyParts {
  readonly log?: Readonly<Record<string, unknown>>;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly certificate?: string;
  readonly pin?: Readonly<Record<string, unknown>>;
}
/** In a directory of its own, with the keys beside it. */
function policy({ log, more, certificate = 'good', pin }: PolicyParts): string {
  const document = {
    schema: 'artifact-signing.policy/v1',
    certificates: [{ file: lab.certificate(certificate), fingerprint: lab.made(certificate).primary, ...pin }],
    logs: [{ name: 'sigstore', kind: 'rekor', version: 2, ...log }],
    ...more,
  };
  put({ 'policy.yaml': JSON.stringify(document) });
  return at('policy.yaml');
}
const FILE = [{ file: 'keys/rekor.pub' }];
const publicKey = () => read('keys/rekor.pub').toString().split('\n').slice(1, -2).join('');
const words = (...more: readonly string[]) => [
  ...[
    'submit',
    at('r'),
    '--policy',
    at('policy.yaml'),
    '--log',
    'sigstore',
    '--log-key',
    at('keys/rekor'),
    ...IDENTITY,
  ],
  ...more,
];
const verify = () => ['verify', at('r'), '--policy', at('policy.yaml')];
const ports = () => ({ http: loopback(), clock: fakeClock(new Date()) });
const frozen: Lie = () => ({ status: 405, body: 'This log has been frozen, please switch to the latest log.' });

describe('signers in files', () => {
  const pinned = (log: RekorLog) => ({ origin: log.origin, keys: [log.pin] });
  let asked: Readonly<Record<string, unknown>>;
  beforeEach(async () => {
    const { url } = await openLog();
    asked = { ...pinned(logs[0] as RekorLog), url };
    policy({ log: { ...asked, signers: FILE }, more: { require: { logs: { at_least: 1 } } } });
  });

  it('are believed where a certificate of the policy has signed them', async () => {
    await done(certify('keys/rekor.pub'));
    await done(words(), ports());
    expect((await done(verify())).logs).toMatchObject([{ name: 'sigstore', action: 'verified' }]);
    // beside others, as gpg has signed it, and from another directory
    fs.writeFileSync(at('keys/rekor.pub.asc'), await signature('good', read('keys/rekor.pub')));
    policy({ log: { ...asked, signers: [...FILE, formatP256Key(newSigner().key)] } });
    const here = process.cwd();
    process.chdir('/');
    try {
      await done(verify());
    } finally {
      process.chdir(here);
    }
  });

  it('are refused without a signature, with one of something else, and with one by somebody else', async () => {
    await refused(3, /unsigned: nobody has certified the log key ".*keys\/rekor\.pub"/, verify());
    put({ 'keys/rekor.pub.asc': await signature('good', Buffer.from('x')) });
    await refused(3, /altered: the log key ".*rekor\.pub" is not certified: /, verify());
    put({ 'keys/rekor.pub.asc': await signature('other', read('keys/rekor.pub')) });
    await refused(3, /wrong-key: the log key ".*rekor\.pub" is not certified: /, verify());
    put({ 'keys/rekor.pub.asc': 'x' });
    await refused(3, /bad-signature: the log key /, verify());
    expect(servers[0]?.requests).toEqual([]);
  });

  it('are refused by a certificate whose window is another, as every signature is', async () => {
    await done(certify('keys/rekor.pub'));
    policy({ log: { ...asked, signers: FILE }, pin: { until: '2026-01-01' } });
    await refused(3, /wrong-key: the log key .* outside the window of its certificate/, verify());
  });

  it('are refused where their certificate has expired since, unless the policy accepts that', async () => {
    const asc = await signature('expired', read('keys/rekor.pub'), new Date('2020-06-01T00:00:00Z'));
    put({ 'keys/rekor.pub.asc': asc });
    const two = {
      certificates: ['good', 'expired'].map((name) => ({
        file: lab.certificate(name),
        fingerprint: lab.made(name).primary,
      })),
    };
    policy({ log: { ...asked, signers: FILE }, more: two });
    await refused(3, /expired-after-signing: the log key /, verify());
    policy({ log: { ...asked, signers: FILE }, more: { ...two, expired_after_signing: 'accept' } });
    await done(verify());
  });

  it('are refused where they are not there, private, or for another kind of log', async () => {
    for (const kind of ['rekor', 'sigsum']) await done(certify(`keys/${kind}.pub`));
    const using = async (file: string, status: number, message: RegExp) => {
      policy({ log: { ...asked, signers: [{ file }] } });
      await refused(status, message, verify());
    };
    await using('keys/nothing.pub', 2, /not-found: /);
    await using('keys/rekor', 2, /unreadable: ".*keys\/rekor": it holds a private key/);
    await using('r/a-1.tar.gz', 2, /unreadable: /);
    await using('keys/sigsum.pub', 2, /bad-format: ".*sigsum\.pub" is a key for another kind of log than "sigstore"/);
  });

  it('are taken by tile logs, too, where they bear its name', async () => {
    await done(['log', 'init', at('log'), '--origin', 'example.org/log', '--key', at('keys/tiles')]);
    fs.copyFileSync(at('log.state/log.vkey'), at('keys/log.vkey'));
    const tiles = (more: object) => ({
      more: {
        logs: [{ name: 't', kind: 'tiles', origin: 'example.org/log', keys: [{ file: 'keys/log.vkey' }], ...more }],
      },
    });
    policy(tiles({}));
    await refused(3, 'unsigned: ', verify());
    await done(certify('keys/log.vkey'));
    const submit = ['submit', at('r'), '--policy', at('policy.yaml'), '--log', `tiles:${at('log')}`];
    await done([...submit, '--log-key', at('keys/tiles'), ...IDENTITY]);
    expect((await done(verify())).logs).toMatchObject([{ name: 't', action: 'verified' }]);
    policy(tiles({ origin: 'example.org/another' }));
    await refused(2, /log\.vkey" is not named like the origin, example\.org\/another/, verify());
    const { publicKey } = parseVerifierKey(read('keys/log.vkey').toString().trim());
    const key = formatKeyMaterial({ name: 'witness.example.org', type: 4, publicKey });
    policy(tiles({ witnesses: [{ name: 'w', key }], quorum: 1 }));
    await refused(2, /log\.vkey" is the key of a witness, too/, verify());
    policy(tiles({ keys: [...FILE] }));
    await done(certify('keys/rekor.pub'));
    await refused(2, /rekor\.pub" is a key for another kind of log than "t"/, verify());
  });

  it('are taken by Sigsum logs, too', async () => {
    const sigsum = { name: 's', kind: 'sigsum', policy: 'sigsum-test1-2025' };
    policy({ more: { logs: [{ ...sigsum, signers: [{ file: 'keys/sigsum.pub' }] }] } });
    await refused(3, 'unsigned: ', verify());
    await done(certify('keys/sigsum.pub'));
    await done(verify());
    policy({ more: { logs: [{ ...sigsum, signers: FILE }] } });
    await done(certify('keys/rekor.pub'));
    await refused(2, /rekor\.pub" is a key for another kind of log than "s"/, verify());
  });
});

describe('a trusted root', () => {
  beforeEach(async () => {
    await openLog();
    await openLog();
  });
  const [url, url2] = [() => servers[0]?.url, () => servers[1]?.url];
  const rootOf = (...which: readonly RekorLog[]) =>
    put({ 'tuf/root.json': trustedRoot(which.map((log) => ({ log }))) });
  const trusting = (log: Readonly<Record<string, unknown>> = {}) =>
    policy({
      log: { trusted_root: 'tuf/root.json', signers: [publicKey()], ...log },
      more: { require: { logs: { at_least: 1 } } },
    });

  it('tells names and keys of the log, and of the one that followed it', async () => {
    rootOf(...logs);
    trusting({ url: url() });
    await done(words(), ports());
    expect((await done(verify())).logs).toMatchObject([{ name: 'sigstore', origin: logs[0]?.origin, index: 0 }]);
    await makeRelease(lab, 's', '2');
    trusting({ url: url2() });
    await done(['submit', at('s'), ...words().slice(2, -1), '2'], ports());
    expect((await done(verify().with(1, at('s')))).logs).toMatchObject([{ origin: logs[1]?.origin }]);
    // one of them alone
    trusting({ origin: logs[1]?.origin });
    await refused(3, 'not-in-log: ', verify());
    await done(verify().with(1, at('s')));
  });

  it('is refused where it is none, holds no such log, or another pins the same key', async () => {
    trusting();
    await refused(2, /not-found: /, verify());
    put({ 'tuf/root.json': '{}' });
    await refused(2, /bad-format: ".*tuf\/root\.json": mediaType: is missing/, verify());
    put({ 'tuf/root.json': trustedRoot([{ log: rekorLog(1) }]) });
    await refused(2, /bad-format: ".*root\.json": it holds no log of version 2/, verify());
    put({ 'tuf/root.json': Buffer.alloc(300_000, ' ') });
    await refused(2, /bad-format: .*root\.json/, verify());
    rootOf(...logs);
    const shared = { kind: 'rekor', version: 2, trusted_root: 'tuf/root.json', signers: [publicKey()] };
    policy({ more: { logs: ['a', 'b'].map((name) => ({ ...shared, name })) } });
    await refused(2, 'bad-format: logs: holds', verify());
  });
});

describe('a signing config', () => {
  const configure = (...urls: readonly (string | undefined)[]) =>
    put({
      'tuf/config.json': signingConfig(
        urls.map((one, index) => ({ url: one ?? '', start: `202${4 + index}-01-01T00:00:00Z` })),
      ),
    });
  const trust = (...which: readonly (RekorLog | undefined)[]) => {
    put({ 'tuf/root.json': trustedRoot(which.flatMap((log) => (log === undefined ? [] : [{ log }]))) });
    policy({
      log: { signing_config: 'tuf/config.json', trusted_root: 'tuf/root.json', signers: [publicKey()] },
      more: { require: { logs: { at_least: 1 } } },
    });
  };
  const posts = (index: number) => servers[index]?.requests.filter((one) => one.startsWith('POST')).length;
  beforeEach(async () => {
    await openLog();
    await openLog();
    trust(...logs);
  });

  it('tells where the newest log is asked, and who only verifies does not read it', async () => {
    configure(servers[0]?.url, servers[1]?.url);
    const report = await done(words(), ports());
    expect(report.logs).toMatchObject([{ origin: logs[1]?.origin, index: 0, action: 'logged' }]);
    fs.rmSync(at('tuf/config.json'));
    await done(verify());
  });

  it('is read again where the log is frozen, which then goes on with its successor', async () => {
    configure(servers[0]?.url);
    const [first] = servers as [RekorServerLab];
    first.lies = [
      (honest, request) => {
        configure(servers[0]?.url, servers[1]?.url);
        return frozen(honest, request);
      },
    ];
    const report = await done(words(), ports());
    expect(report.logs).toMatchObject([{ name: 'sigstore', origin: logs[1]?.origin, action: 'logged' }]);
    expect([posts(0), posts(1)]).toEqual([1, 1]);
    expect(parseBundle(read('r', BUNDLE)).entries).toHaveLength(1);
    expect(namesIn(at('r'))).not.toContain(PENDING);
    await done(verify());
  });

  /** The first log takes the entry and never says so; then there is a successor. */
  const loseReply = async () => {
    const [first] = servers as [RekorServerLab];
    configure(first.url);
    first.lies = Array<Lie>(100).fill(() => 'hangUp');
    await refused(1, /pending: /, words('--log-deadline', '6'), ports());
    configure(first.url, servers[1]?.url);
    first.lies = [];
    return first;
  };
  const expectOne = () => expect(logs.map(({ entries }) => entries.length)).toEqual([1, 0]);

  it('that names a successor leaves an entry whose answer was lost where it is', async () => {
    await loseReply();
    expect(read('r', PENDING).toString()).toContain(`"asked":{"sigstore":"${servers[0]?.url}"}`);
    const { logs: logged } = await done(words(), ports());
    expect(logged).toMatchObject([{ origin: logs[0]?.origin, index: 0, action: 'logged' }]);
    expectOne();
    expect(namesIn(at('r'))).not.toContain(PENDING);
    await done(verify());
  });

  it('does not lead on from a log that is frozen, and may have an entry whose answer was lost', async () => {
    const first = await loseReply();
    first.lies = [() => ({ status: 404 })];
    await refused(
      1,
      /pending: .* it answers 404; whether it has that of an earlier run is not known/,
      words(),
      ports(),
    );
    first.lies = [frozen];
    const said = /pending: .* is frozen: .*; whether it has that of an earlier run is not known/;
    const report = await refused(1, said, words(), ports());
    expect(report.errors[0]?.hint).toContain(`look for the entry in the log at ${first.url}`);
    expectOne();
    expect(posts(1)).toBe(0);
    await done(['submit', at('r'), '--resume', '--policy', at('policy.yaml')], ports());
    expectOne();
  });

  it('leads on where an earlier run was refused: there is no entry then', async () => {
    configure(servers[0]?.url);
    const [first] = servers as [RekorServerLab];
    await refused(1, /pending: /, words('--published-url', `${first.url}/nothing`), ports());
    first.lies = [frozen];
    const published = words('--published-url', (await serve(at('r'))).url);
    await refused(2, 'the log "sigstore" is frozen', published, ports());
    expect(namesIn(at('r'))).toContain(PENDING);
    configure(servers[0]?.url, servers[1]?.url);
    expect((await done(published, ports())).logs).toMatchObject([{ origin: logs[1]?.origin }]);
    expect([posts(0), posts(1)]).toEqual([1, 1]);
  });

  it('is read once more and not again: a successor that is frozen, too, is the end', async () => {
    configure(servers[0]?.url);
    const [first, second] = servers as [RekorServerLab, RekorServerLab];
    first.lies = [
      (honest, request) => {
        configure(servers[0]?.url, servers[1]?.url);
        return frozen(honest, request);
      },
    ];
    second.lies = [frozen];
    await refused(2, 'the log "sigstore" is frozen', words(), ports());
    expect([posts(0), posts(1)]).toEqual([1, 1]);
  });

  it('that has not changed leaves a frozen log frozen', async () => {
    configure(servers[1]?.url, servers[0]?.url);
    const [first] = servers as [RekorServerLab];
    first.lies = [frozen];
    const report = await refused(2, 'the log "sigstore" is frozen: it takes no more entries', words(), ports());
    expect(report.errors[0]?.hint).toContain('its operator has opened another one');
    expect([posts(0), posts(1)]).toEqual([1, 0]);
  });

  it('sends nothing to an address whose key the policy does not pin', async () => {
    trust(logs[0]);
    configure(servers[0]?.url, servers[1]?.url);
    await refused(2, /usage: the newest address of the log "sigstore" is http/, words(), ports());
    configure(servers[0]?.url);
    const [first] = servers as [RekorServerLab];
    first.lies = [
      (honest, request) => {
        configure(servers[0]?.url, servers[1]?.url);
        return frozen(honest, request);
      },
    ];
    await refused(2, 'and the policy pins no key of that', words(), ports());
    expect([posts(0), posts(1)]).toEqual([1, 0]);
    expect(namesIn(at('r'))).not.toContain(PENDING);
  });

  it('is refused where it is none, and where it names no log', async () => {
    await refused(2, 'not-found: ', words(), ports());
    put({ 'tuf/config.json': 'x' });
    await refused(2, /bad-format: ".*tuf\/config\.json": the signing config is not JSON/, words(), ports());
    put({ 'tuf/config.json': signingConfig([]) });
    await refused(2, /usage: ".*tuf\/config\.json": it names no log of version 2/, words(), ports());
    expect(servers.flatMap(({ requests }) => requests)).toEqual([]);
  });

  it('reads the tiles where it posts, below /api/v2', async () => {
    configure(servers[0]?.url);
    const [first] = servers as [RekorServerLab];
    first.lies = [() => 'hangUp'];
    await done(words(), ports());
    expect(first.requests.filter((one) => one.startsWith('GET')).every((one) => one.startsWith('GET /api/v2/'))).toBe(
      true,
    );
    expect(first.requests).toContain('GET /api/v2/checkpoint');
  });
});
