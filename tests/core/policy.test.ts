// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { formatWitnessKey } from '../../src/core/cosignature.ts';
import { parseFingerprint } from '../../src/core/fingerprint.ts';
import { formatP256Key } from '../../src/core/p256.ts';
import { decodePolicy, type Policy, simplePolicy } from '../../src/core/policy.ts';
import {
  formatKeyMaterial,
  formatVerifierKey,
  generateLogKeyPem,
  noteSigner,
  parseKeyMaterial,
  parseLogKey,
  parseVerifierKey,
} from '../../src/core/signed-note.ts';
import { refusal } from '../refusal.ts';
import { newSigner, rekorLog } from './rekor-log.ts';

const tileLogs = ({ logs }: Policy) => logs.filter((one) => one.kind === 'tiles');

const FINGERPRINT = '30566C450E41D7C91E442DFB231F942F608DDEFF';
const vkeyOf = (name: string) =>
  formatVerifierKey(noteSigner(name, parseLogKey(Buffer.from(generateLogKeyPem()))).verifier);
const VKEY = vkeyOf('tarballs.example.org/log');
const OTHER = vkeyOf('mirror.example.org/log');

type Tree = Record<string, unknown>;

/** The vkey of a witness, or of another type. */
const witnessKey = (name: string, type = 4, publicKey = parseVerifierKey(vkeyOf(name)).publicKey) =>
  formatKeyMaterial({ name, type, publicKey });
const NORTH = witnessKey('witness.example/north');
const north = { name: 'north', key: NORTH, url: 'https://witness.example/north' };
const south = { name: 'south', key: witnessKey('witness.example/south') };

const log = { name: 'tarballs', kind: 'tiles', origin: 'tarballs.example.org/log', keys: [VKEY] };
const mirror = { name: 'mirror', kind: 'tiles', origin: 'mirror.example.org/log', keys: [OTHER] };
const certificate = { file: 'keys/2026.asc', fingerprint: FINGERPRINT };
const LEAST = { schema: 'artifact-signing.policy/v1', certificates: [certificate] };
const FULL = {
  ...LEAST,
  certificates: [{ ...certificate, from: '2026-04-01', until: '2026-11-30T12:00:00Z' }],
  logs: [log, mirror],
  require: { signatures: 0, logs: { at_least: 1, of: ['mirror'], pending_days: 3 } },
  expired_after_signing: 'refuse',
};

const withCertificate = (part: Tree) => ({ ...LEAST, certificates: [{ ...certificate, ...part }] });
const withLog = (part: Tree) => ({ ...LEAST, logs: [{ ...log, ...part }] });
const witnessed = (part: Tree, ...more: readonly Tree[]) =>
  withLog({ witnesses: [{ ...north, ...part }, ...more], quorum: 1 });
const without = (tree: Tree, key: string) => Object.fromEntries(Object.entries(tree).filter(([name]) => name !== key));

describe('a policy', () => {
  it('needs a certificate; then every signature is demanded, and no log', () => {
    expect(decodePolicy(LEAST)).toEqual({
      certificates: [{ file: 'keys/2026.asc', fingerprint: FINGERPRINT, from: undefined, until: undefined }],
      logs: [],
      require: { signatures: 1, logs: { atLeast: 0, of: [], pendingDays: 7 } },
      expiredAfterSigning: 'logged',
    });
  });

  it('is read with everything that it can say', () => {
    const policy = decodePolicy(FULL);
    expect(policy.certificates[0]).toMatchObject({
      from: new Date('2026-04-01T00:00:00Z'),
      until: new Date('2026-11-30T12:00:00Z'),
    });
    expect(
      tileLogs(policy).map(({ name, kind, origin, keys }) => [name, kind, origin, keys.map(formatVerifierKey)]),
    ).toEqual([
      ['tarballs', 'tiles', 'tarballs.example.org/log', [VKEY]],
      ['mirror', 'tiles', 'mirror.example.org/log', [OTHER]],
    ]);
    expect(policy.require).toEqual({ signatures: 0, logs: { atLeast: 1, of: ['mirror'], pendingDays: 3 } });
    expect(policy.expiredAfterSigning).toBe('refuse');
  });

  it('counts every log where it does not say which', () => {
    const policy = decodePolicy({ ...FULL, require: { logs: { at_least: 1 } } });
    expect(policy.require).toEqual({ signatures: 1, logs: { atLeast: 1, of: ['tarballs', 'mirror'], pendingDays: 7 } });
  });

  it('does not ask for more logs than a manifest can have proofs', () => {
    const several = { ...FULL, require: { logs: { at_least: 2 } } };
    expect(() => decodePolicy(several)).toThrow(
      'require.logs.at_least: asks for 2 logs, and beside a manifest there is room for proofs of 1',
    );
  });

  it('may name witnesses of a log, with or without addresses, and a quorum of them', () => {
    const [pinned] = tileLogs(decodePolicy(withLog({ witnesses: [north, south], quorum: 2 })));
    expect(pinned?.witnesses.map(({ name, key, url }) => [name, formatWitnessKey(key), url])).toEqual([
      ['north', NORTH, 'https://witness.example/north'],
      ['south', south.key, undefined],
    ]);
    expect(pinned?.quorum).toBe(2);
    expect(tileLogs(decodePolicy(withLog({ witnesses: [north], quorum: 0 })))[0]?.quorum).toBe(0);
    expect(decodePolicy(withLog({})).logs[0]).toMatchObject({ witnesses: [], quorum: 0 });
    const slashes = tileLogs(decodePolicy(witnessed({ url: 'http://[::1]:7380/w/1//' })))[0]?.witnesses[0]?.url;
    expect(slashes).toBe('http://[::1]:7380/w/1');
  });

  it('takes a fingerprint as people write it', () => {
    const written = `0x${FINGERPRINT.toLowerCase()}`;
    expect(decodePolicy(withCertificate({ fingerprint: written })).certificates[0]?.fingerprint).toBe(FINGERPRINT);
  });

  it.each([
    ['2026-04-01', '2026-04-01T00:00:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
    ['2026-04-01T10:11:12Z', '2026-04-01T10:11:12.000Z'],
    ['2026-04-01T10:11:12.5Z', '2026-04-01T10:11:12.500Z'],
  ])('may have a window from %s', (from, time) => {
    expect(decodePolicy(withCertificate({ from })).certificates[0]?.from?.toISOString()).toBe(time);
  });

  it('of one certificate file demands no log', () => {
    const pinned = { file: 'a', fingerprint: parseFingerprint(FINGERPRINT), from: undefined, until: undefined };
    expect(simplePolicy([pinned])).toEqual(decodePolicy(withCertificate({ file: 'a' })));
  });
});

describe('a policy is refused', () => {
  const NEITHER = 'is neither a day (2026-04-01) nor a time in UTC (2026-04-01T12:00:00Z)';
  it.each([
    ['that is no mapping', 'x', 'the document: is not a mapping'],
    ['that is empty', null, 'the document: is not a mapping'],
    ['without a schema', without(LEAST, 'schema'), 'schema: is missing'],
    [
      'of another schema',
      { ...LEAST, schema: 'artifact-signing.policy/v2' },
      'schema: is not artifact-signing.policy/v1',
    ],
    ['without certificates', without(LEAST, 'certificates'), 'certificates: is missing'],
    [
      'with no certificate',
      { ...LEAST, certificates: [] },
      'certificates: is empty: whose signatures should be believed?',
    ],
    [
      'with a certificate that is a path only',
      { ...LEAST, certificates: ['a.asc'] },
      'certificates[0]: is not a mapping',
    ],
    ['with a certificate without file', withCertificate({ file: undefined }), 'certificates[0].file: is missing'],
    [
      'with a certificate without fingerprint',
      { ...LEAST, certificates: [certificate, { file: 'b' }] },
      'certificates[1].fingerprint: is missing',
    ],
    [
      'with a key ID',
      withCertificate({ fingerprint: '608DDEFF' }),
      'certificates[0].fingerprint: not a key fingerprint: "608DDEFF"',
    ],
    [
      'with a fingerprint that YAML took for a number',
      withCertificate({ fingerprint: 3e39 }),
      'certificates[0].fingerprint: is not a string',
    ],
    [
      'with a key of certificates that does nothing',
      withCertificate({ expires: '2026-01-01' }),
      'certificates[0].expires: is not a key that belongs here',
    ],
    ['with a local time', withCertificate({ from: '2026-04-01T10:00:00' }), `certificates[0].from: ${NEITHER}`],
    ['with an offset', withCertificate({ from: '2026-04-01T10:00:00+02:00' }), `certificates[0].from: ${NEITHER}`],
    ['with a time of people', withCertificate({ until: '1 April 2026' }), `certificates[0].until: ${NEITHER}`],
    ['with a month', withCertificate({ until: '2026-04' }), `certificates[0].until: ${NEITHER}`],
    [
      'with a day that is not there',
      withCertificate({ from: '2026-02-30' }),
      'certificates[0].from: is no day of the calendar',
    ],
    [
      'with a month that is not there',
      withCertificate({ from: '2026-13-01' }),
      'certificates[0].from: is no day of the calendar',
    ],
    [
      'with an hour that is not there',
      withCertificate({ from: '2026-01-01T25:00:00Z' }),
      'certificates[0].from: is no day of the calendar',
    ],
    [
      'with the hour 24',
      withCertificate({ from: '2026-01-01T24:00:00Z' }),
      'certificates[0].from: is no day of the calendar',
    ],
    [
      'with a window that ends before it begins',
      withCertificate({ from: '2026-04-02', until: '2026-04-01' }),
      'certificates[0].until: is not later than "from"',
    ],
    [
      'with a window of no length',
      withCertificate({ from: '2026-04-01', until: '2026-04-01T00:00:00Z' }),
      'certificates[0].until: is not later than "from"',
    ],
    ['with an empty time', withCertificate({ from: null }), 'certificates[0].from: is not a string'],
    [
      'with witnesses and no quorum',
      withLog({ witnesses: [north] }),
      'logs[0].quorum: is missing: how many of the witnesses have to vouch?',
    ],
    ['with a quorum of nobody', withLog({ quorum: 1 }), 'logs[0].quorum: asks for 1 witnesses of 0'],
    [
      'with a quorum of more than there are',
      withLog({ witnesses: [north, south], quorum: 3 }),
      'logs[0].quorum: asks for 3 witnesses of 2',
    ],
    [
      'with half a quorum',
      withLog({ witnesses: [north], quorum: 0.5 }),
      'logs[0].quorum: is not a whole number, zero or more',
    ],
    [
      'with a witness that is a key only',
      withLog({ witnesses: [NORTH], quorum: 1 }),
      'logs[0].witnesses[0]: is not a mapping',
    ],
    ['with a witness without a name', witnessed({ name: undefined }), 'logs[0].witnesses[0].name: is missing'],
    ['with a witness without a key', witnessed({ key: undefined }), 'logs[0].witnesses[0].key: is missing'],
    [
      'with two witnesses of one name',
      witnessed({}, { ...south, name: 'north' }),
      'logs[0].witnesses: holds "north" twice',
    ],
    [
      'with two names of one key',
      witnessed({}, { ...south, key: witnessKey('other', 4, parseKeyMaterial(NORTH).publicKey) }),
      'logs[0].witnesses[1].key: is the key of another witness, too',
    ],
    [
      'with the log as its own witness',
      witnessed({ key: formatKeyMaterial({ ...parseVerifierKey(VKEY), name: 'w', type: 4 }) }),
      'logs[0].witnesses[0].key: is the key of the log, which cannot be its own witness',
    ],
    [
      'with a password',
      witnessed({ url: 'https://me:secret@w.example/' }),
      'logs[0].witnesses[0].url: holds a name or a password',
    ],
    [
      'with 33 witnesses',
      withLog({
        witnesses: Array.from({ length: 33 }, (_, n) => ({ name: `${n}`, key: witnessKey(`w${n}`) })),
        quorum: 1,
      }),
      'logs[0].witnesses: holds more than 32 witnesses',
    ],
    ['with logs that are no list', { ...LEAST, logs: log }, 'logs: is not a list'],
    ['with logs that are nothing', { ...LEAST, logs: null }, 'logs: is not a list'],
    ['with a log without name', withLog({ name: '' }), 'logs[0].name: is empty'],
    [
      'with a log of an unknown kind',
      withLog({ kind: 'rget' }),
      'logs[0].kind: is not one of tiles, rekor, sigsum, recorder',
    ],
    ['with a log without origin', { ...LEAST, logs: [without(log, 'origin')] }, 'logs[0].origin: is missing'],
    ['with a log without keys', { ...LEAST, logs: [log, without(mirror, 'keys')] }, 'logs[1].keys: is missing'],
    [
      'with a log with no key',
      withLog({ keys: [] }),
      'logs[0].keys: is empty: a log without a pinned key proves nothing',
    ],
    [
      'with a key that is none',
      withLog({ keys: [VKEY, 'x'] }),
      'logs[0].keys[1]: not a verifier key: "x" is not of the form <name>+<8 hexadecimal digits>+<base64>',
    ],
    [
      'with one name for two logs',
      { ...LEAST, logs: [log, { ...mirror, name: 'tarballs' }] },
      'logs: holds "tarballs" twice',
    ],
    [
      'with one log under two names, which would count twice',
      { ...LEAST, logs: [log, { ...log, name: 'again' }] },
      'logs: holds "tarballs.example.org/log" twice',
    ],
    ['that demands two signatures', { ...LEAST, require: { signatures: 2 } }, 'require.signatures: is neither 0 nor 1'],
    [
      'that demands signatures by a word',
      { ...LEAST, require: { signatures: true } },
      'require.signatures: is neither 0 nor 1',
    ],
    ['that demands a list', { ...LEAST, require: [] }, 'require: is not a mapping'],
    [
      'that demands less than nothing',
      { ...FULL, require: { logs: { at_least: -1 } } },
      'require.logs.at_least: is not a whole number, zero or more',
    ],
    [
      'that does not say how many',
      { ...FULL, require: { logs: { of: ['mirror'] } } },
      'require.logs.at_least: is missing',
    ],
    [
      'that waits for less than nothing',
      { ...FULL, require: { logs: { at_least: 1, pending_days: -1 } } },
      'require.logs.pending_days: is not a whole number, zero or more',
    ],
    [
      'that waits for a word',
      { ...FULL, require: { logs: { at_least: 1, pending_days: 'a week' } } },
      'require.logs.pending_days: is not a whole number, zero or more',
    ],
    [
      'that demands more logs than it names',
      { ...FULL, require: { logs: { at_least: 2, of: ['mirror'] } } },
      'require.logs.at_least: asks for 2 logs of 1',
    ],
    [
      'that demands more logs than it has',
      { ...FULL, require: { logs: { at_least: 3 } } },
      'require.logs.at_least: asks for 3 logs of 2',
    ],
    [
      'that demands a log and has none',
      { ...LEAST, require: { logs: { at_least: 1 } } },
      'require.logs.at_least: asks for 1 logs of 0',
    ],
    [
      'that demands a log that it does not have',
      { ...FULL, require: { logs: { at_least: 1, of: ['mirror', 'x\u001b'] } } },
      'require.logs.of[1]: names no log of this policy: "x\\u{1b}"',
    ],
    [
      'that counts a log twice',
      { ...FULL, require: { logs: { at_least: 2, of: ['mirror', 'mirror'] } } },
      'require.logs.of: holds "mirror" twice',
    ],
    [
      'that would accept what is unknown',
      { ...LEAST, expired_after_signing: 'allow' },
      'expired_after_signing: is not one of refuse, logged, accept',
    ],
    ['with an unknown key', { ...LEAST, requires: {} }, 'requires: is not a key that belongs here'],
    [
      'with an unknown key below',
      { ...LEAST, require: { signature: 1 } },
      'require.signature: is not a key that belongs here',
    ],
    [
      'with an unknown key two below',
      { ...FULL, require: { logs: { at_least: 1, quorum: 1 } } },
      'require.logs.quorum: is not a key that belongs here',
    ],
    [
      'with what every object has',
      JSON.parse(JSON.stringify(LEAST).replace('{', '{"__proto__":{"logs":[]},')),
      '__proto__: is not a key that belongs here',
    ],
    ['with a constructor', { ...LEAST, constructor: 1 }, 'constructor: is not a key that belongs here'],
  ])('%s', (_, value, message) => {
    expect(refusal('bad-format', () => decodePolicy(value)).message).toBe(message);
  });

  it.each([
    [{ ...LEAST, requires: {} }, 'did you mean "require"?'],
    [{ ...LEAST, certificate: [] }, 'did you mean "certificates"?'],
    [withCertificate({ fingerprints: [] }), 'did you mean "fingerprint"?'],
    [withLog({ key: VKEY }), 'did you mean "keys"?'],
    [{ ...LEAST, threshold: 1 }, 'known here: schema, certificates, logs, require, expired_after_signing'],
  ])('with a hint: %#', (value, hint) => {
    expect(refusal('bad-format', () => decodePolicy(value)).hint).toBe(hint);
  });

  it.each([
    ["with a log's kind of key for a witness", witnessed({ key: VKEY }), 'that of a witness has the type 4'],
    [
      'with an ML-DSA-44 key',
      witnessed({ key: witnessKey('w', 6, Buffer.alloc(1312)) }),
      'is an ML-DSA-44 key, which this version cannot verify',
    ],
    [
      'with a key of another length',
      witnessed({ key: witnessKey('w', 4, Buffer.alloc(31)) }),
      'is not of an Ed25519 key',
    ],
    [
      'with another key ID',
      witnessed({ key: NORTH.replace(/\+[0-9a-f]{8}\+/, '+00000000+') }),
      'logs[0].witnesses[0].key: not a verifier key',
    ],
  ])('%s', (_, value, message) => {
    expect(refusal('bad-format', () => decodePolicy(value)).message).toContain(message);
  });

  it.each([
    'ftp://w.example/',
    'w.example',
    'https://',
    'https://w.example/?a',
    'https://w.example/#a',
    'https://a b/',
  ])('with the address %s', (url) => {
    const message = 'logs[0].witnesses[0].url: is not an http(s) address without query and fragment';
    expect(refusal('bad-format', () => decodePolicy(witnessed({ url }))).message).toBe(message);
  });
});

describe('a Rekor log of a policy', () => {
  const [one, two] = [rekorLog(1), rekorLog(2)];
  const signer = formatP256Key(newSigner().key);
  const v1 = { name: 'one', kind: 'rekor', version: 1, origin: one.origin, keys: [one.pin], signers: [signer] };
  const v2 = { name: 'two', kind: 'rekor', version: 2, origin: two.origin, keys: [two.pin], signers: [signer] };
  const withLogs = (...logs: readonly Tree[]) => ({ ...LEAST, logs });

  it('is read, with the addresses that only submit asks', () => {
    const addresses = { url: 'https://rekor.example.org/', read_url: 'https://tiles.example.org/log/' };
    const policy = decodePolicy({ ...withLogs(v1, { ...v2, ...addresses }, log), require: { logs: { at_least: 3 } } });
    expect(policy.logs).toMatchObject([
      { kind: 'rekor', version: 1, url: undefined, readUrl: undefined, keys: [{ name: one.origin }] },
      { kind: 'rekor', version: 2, url: 'https://rekor.example.org', readUrl: 'https://tiles.example.org/log' },
      { kind: 'tiles' },
    ]);
    expect(policy.require.logs.atLeast).toBe(3);
  });

  it('may leave keys, addresses and signers to files, and trusts nothing until they are read', () => {
    const files = { trusted_root: 'root.json', signing_config: 'config.json', signers: [{ file: 'rekor.pub' }] };
    const bare = { name: 'two', kind: 'rekor', version: 2 };
    expect(decodePolicy(withLogs({ ...bare, ...files })).logs).toMatchObject([
      {
        trustedRoot: { file: 'root.json', origin: undefined },
        signingConfig: 'config.json',
        url: undefined,
        keys: [],
        signers: [],
        signerFiles: ['rekor.pub'],
      },
    ]);
    const named = decodePolicy(withLogs({ ...bare, ...files, origin: two.origin, signers: [signer, { file: 'a' }] }));
    expect(named.logs).toMatchObject([{ trustedRoot: { origin: two.origin }, signers: [{}], signerFiles: ['a'] }]);
  });

  it.each<readonly [string, readonly Tree[], string]>([
    [
      'with keys beside a trusted root',
      [{ ...v1, trusted_root: 'root.json' }],
      'logs[0].trusted_root: holds the keys, and does not go together with others',
    ],
    ['with a trusted root that is no file', [{ ...without(v1, 'keys'), trusted_root: 1 }], 'trusted_root: is not a'],
    [
      'with an address beside a signing config',
      [{ ...v1, url: 'https://example.org', signing_config: 'config.json' }],
      'logs[0].signing_config: tells the address, and does not go together with another one',
    ],
    [
      'with an address of tiles beside a signing config',
      [{ ...v2, read_url: 'https://example.org', signing_config: 'config.json' }],
      'logs[0].signing_config: tells the address',
    ],
    ['without an origin', [without(v1, 'origin')], 'logs[0].origin: is missing'],
    ['with keys that are no list', [{ ...v1, keys: one.pin }], 'logs[0].keys: is not a list'],
    ['with a signer twice', [{ ...v1, signers: [signer, signer] }], 'logs[0].signers[1]: is there twice'],
    [
      'with a file of a signer twice',
      [{ ...v1, signers: [{ file: 'a' }, { file: 'a' }] }],
      'logs[0].signers[1]: is there twice',
    ],
    ['with a signer that is a number', [{ ...v1, signers: [1] }], 'logs[0].signers[0]: is not a mapping'],
    ['with a signer in no file', [{ ...v1, signers: [{}] }], 'logs[0].signers[0].file: is missing'],
    [
      'with a signer in a file and more',
      [{ ...v1, signers: [{ file: 'a', key: signer }] }],
      'signers[0].key: is not a key',
    ],
    [
      'with 33 signers',
      [{ ...v1, signers: Array.from({ length: 33 }, (_, n) => ({ file: `${n}` })) }],
      'logs[0].signers: holds more than 32 keys',
    ],
    ['without a version', [without(v1, 'version')], 'logs[0].version: is missing'],
    ['of another version', [{ ...v1, version: 3 }], 'logs[0].version: is neither 1 nor 2'],
    ['without a key', [{ ...v1, keys: [] }], 'logs[0].keys: is empty: a log without a pinned key proves nothing'],
    [
      'without a signer',
      [{ ...v1, signers: [] }],
      'logs[0].signers: is empty: which of our keys has signed what is in',
    ],
    ['with a key that is none', [{ ...v1, keys: ['x'] }], 'logs[0].keys[0]: not base64'],
    ['with a key of another kind', [{ ...v1, keys: [two.pin] }], 'logs[0].keys[0]: not a public key on P-256'],
    ['with a signer of another kind', [{ ...v1, signers: [two.pin] }], 'logs[0].signers[0]: not a public key on P-256'],
    ['with one key twice', [{ ...v1, keys: [one.pin, one.pin] }], 'logs[0].keys: holds'],
    ['with the key of another', [v1, { ...v2, keys: [two.pin, one.pin] }], 'logs: holds'],
    ['with an origin that no key can bear', [{ ...v1, origin: 'a b' }], 'logs[0].origin: holds a space'],
    [
      'of version 1 with tiles',
      [{ ...v1, read_url: 'https://example.org' }],
      'logs[0].read_url: is for version 2 only',
    ],
    ['with another address', [{ ...v1, url: 'example.org' }], 'logs[0].url: is not an http(s) address'],
    ['with witnesses', [{ ...v1, quorum: 1 }], 'logs[0].quorum: is not a key that belongs here'],
    ['of another kind', [{ ...v1, kind: 'rekord' }], 'logs[0].kind: is not one of tiles, rekor, sigsum, recorder'],
    ['that is no mapping', ['x' as unknown as Tree], 'logs[0]: is not a mapping'],
  ])('is refused %s', (_, logs, message) => {
    expect(refusal('bad-format', () => decodePolicy(withLogs(...logs))).message).toContain(message);
  });
});
