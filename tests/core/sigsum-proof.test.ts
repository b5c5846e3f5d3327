// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SIGSUM_POLICIES } from '../../src/core/sigsum-policies.ts';
import { parseSigsumPolicy, type SigsumPolicy } from '../../src/core/sigsum-policy.ts';
import {
  formatSigsumProof,
  parseConsistency,
  parseInclusion,
  parseSigsumProof,
  SIGSUM_PROOF_CAP,
} from '../../src/core/sigsum-proof.ts';
import { parseTreeHead, TREE_HEAD_CAP } from '../../src/core/sigsum-tree-head.ts';
import { verifySigsumProof } from '../../src/core/sigsum-verify.ts';
import {
  headOf,
  inclusionOf,
  leafOf,
  makePair,
  nowSeconds,
  otherDigit,
  type Pair,
  proofOf,
} from '../logs/fake-sigsum.ts';
import { refusal } from '../refusal.ts';

const FILE = 'some manifest';
const log = makePair();
const submitter = makePair();
const witnesses = [makePair(), makePair(), makePair()];
const [first, second, third] = witnesses as [Pair, Pair, Pair];
const NAMES = witnesses.map(({ hex }, index) => `witness W${index} ${hex}\n`).join('');
/** Five leaves; ours is the one at the index 3. */
const leaves = [0, 1, 2, 3, 4].map((at) => leafOf(at === 3 ? FILE : `other ${at}`, at === 3 ? submitter : log).leaf);
const INDEX = 3;
const SIZE = 5;

const proof = (head = {}, index = INDEX) => proofOf(leaves, index, submitter, { size: SIZE, log, witnesses, ...head });
const policies = new Map<string, SigsumPolicy>();
const policy = (quorum: string) => {
  const read = policies.get(quorum) ?? parseSigsumPolicy(Buffer.from(`log ${log.hex}\n${NAMES}${quorum}`));
  policies.set(quorum, read);
  return read;
};
const TWO = 'group g 2 W0 W1 W2\nquorum g';

const check = (text: string, { quorum = TWO, signers = [submitter.raw], file = FILE, now = new Date() } = {}) =>
  verifySigsumProof(Buffer.from(text), Buffer.from(file), { policy: policy(quorum), signers }, now);

describe('a Sigsum proof', () => {
  it('shows that a file is logged, by whom, and who has seen it', () => {
    const { log: by, proof: read, vouchers, since } = check(proof({ time: [100, 300, 200] }));
    expect([by.keyHash, read.index, read.head.size]).toEqual([log.hash, INDEX, SIZE]);
    expect(vouchers.map(({ witness, time }) => [witness.name, time.getTime() / 1000])).toEqual([
      ['W0', 100],
      ['W1', 300],
      ['W2', 200],
    ]);
    expect(since).toEqual(new Date(200_000));
  });

  it('is read back as it was written, byte for byte', () => {
    for (const text of [proof(), proof({ witnesses: [] }), single()]) {
      expect(Buffer.from(formatSigsumProof(parseSigsumProof(Buffer.from(text)))).toString()).toBe(text);
    }
  });

  /** Of a tree of one leaf. */
  function single(): string {
    return proofOf([leaves[INDEX] ?? Buffer.alloc(0)], 0, submitter, { size: 1, log, witnesses });
  }

  it('of a tree of one leaf has no third part', () => {
    expect(single()).not.toContain('leaf_index');
    expect(check(single())).toMatchObject({ proof: { index: 0, hashes: [] } });
    refusal('bad-format', () => check(`${single()}\nleaf_index=0\n`));
    refusal('bad-format', () => check(`${single()}\n`));
    refusal('bad-proof', () =>
      check(single().replace(/leaf=[^\n]*/, /leaf=[^\n]*/.exec(otherLeaf())?.[0] ?? ''), { file: 'x' }),
    );
  });

  /** By the same key, of another file. */
  const otherLeaf = () => `leaf=${submitter.hash} ${leafOf('x', submitter).signature}`;

  it.each([
    ['an empty file', '', 'does not begin with "version=2"'],
    ['something else', '-----BEGIN PGP SIGNATURE-----\n', 'does not begin with "version=2"'],
    [
      'another version',
      proof().replace('version=2', 'version=1'),
      'a Sigsum proof of version 1, where only version 2 is read',
    ],
    ['a later version', proof().replace('version=2', 'version=3'), 'a Sigsum proof of version 3'],
    ['no log', proof().replace(/log=.*\n/, ''), 'no line "log"'],
    ['two logs', proof().replace(/(log=.*\n)/, '$1$1'), 'no line "leaf"'],
    ['more in its first part', proof().replace(/(leaf=.*\n)/, '$1more=1\n'), 'does not belong there: "more=1"'],
    ['a leaf with its checksum', proof().replace('leaf=', 'leaf=c9e5 '), '3 values for "leaf"'],
    ['upper-case digits', proof().replace(log.hash, log.hash.toUpperCase()), 'lower-case hexadecimal digits'],
    ['a hash of 31 bytes', proof().replace(log.hash, log.hash.slice(2)), 'not 32 bytes'],
    ['no tree head', proof().split('\n\n')[0] ?? '', 'does not end with a newline|has no tree head'],
    ['a size with a leading zero', proof().replace('size=5', 'size=05'), 'shortest decimal form'],
    ['a size with a sign', proof().replace('size=5', 'size=+5'), 'shortest decimal form'],
    ['a size beyond all', proof().replace('size=5', 'size=9007199254740993'), 'shortest decimal form'],
    ['an empty tree', proof().replace('size=5', 'size=0'), 'an empty tree'],
    [
      'two cosignatures by one witness',
      proof().replace(/(cosignature=.*\n)/, '$1$1'),
      'two cosignatures by one witness',
    ],
    ['two spaces', proof().replace(/cosignature=(\S+) /, 'cosignature=$1  '), '4 values'],
    ['no inclusion proof', proof().slice(0, proof().lastIndexOf('\n\n') + 1), 'the parts that its tree asks for'],
    ['no hashes', proof().replace(/node_hash=.*\n/g, ''), 'no line "node_hash"'],
    ['64 hashes', proof().replace(/(node_hash=.*\n)/, '$1'.repeat(62)), 'more than 63 hashes'],
    ['a fourth part', `${proof()}\nmore=1\n`, 'the parts that its tree asks for'],
    ['an empty line more', proof().replace('\n\n', '\n\n\n'), 'no line "size"'],
    ['an empty line at its end', `${proof()}\n`, 'the parts that its tree asks for'],
    ['no newline at its end', proof().slice(0, -1), 'does not end with a newline'],
    ['carriage returns', proof().replaceAll('\n', '\r\n'), 'does not begin with "version=2"'],
    [
      'more than it can have',
      proof().replace('version=2\n', `version=2\n${'x'.repeat(SIGSUM_PROOF_CAP)}`),
      'is larger than',
    ],
    ['a byte order mark', `\u{feff}${proof()}`, 'does not begin with "version=2"'],
  ])('is refused with %s', (_, text, why) => {
    expect(text).not.toBe(proof());
    expect(refusal('bad-format', () => check(text)).message).toMatch(new RegExp(why.replace(/[+()]/g, '\\$&')));
  });

  it('is refused at every truncation', () => {
    const text = proof();
    for (let end = 0; end < text.length; end += 1) {
      // a hash less is another proof, which does not fit
      const kind = /node_hash=[0-9a-f]{64}\n$/.test(text.slice(0, end)) ? 'bad-proof' : 'bad-format';
      refusal(kind, () => check(text.slice(0, end)));
    }
  });

  it('is refused with more than 128 cosignatures', () => {
    const line = (at: number) => `cosignature=${Buffer.alloc(32, at).toString('hex')} 1 ${'00'.repeat(64)}\n`;
    const many = (count: number) =>
      proof().replace('\n\nleaf_index', `\n${Array.from({ length: count }, (_, at) => line(at)).join('')}\nleaf_index`);
    check(many(125));
    expect(refusal('bad-format', () => check(many(126))).message).toContain('more than 128 cosignatures');
  });
});

describe('what a Sigsum log answers', () => {
  it.each([
    ['tree head', parseTreeHead],
    ['inclusion proof', parseInclusion],
    ['consistency proof', parseConsistency],
  ] as const)('is refused where the %s is larger than it can be', (what, parse) => {
    const message = new RegExp(`^the ${what} is larger than`);
    expect(refusal('bad-format', () => parse(Buffer.alloc(TREE_HEAD_CAP + 1, 'x'))).message).toMatch(message);
  });
});

describe('a Sigsum proof is not believed', () => {
  it('of another file', () => {
    refusal('bad-signature', () => check(proof(), { file: 'another manifest' }));
  });

  it('by a submitter that is not named', () => {
    expect(refusal('wrong-key', () => check(proof(), { signers: [log.raw] })).message).toContain(submitter.hash);
    refusal('wrong-key', () => check(proof(), { signers: [] }));
  });

  it('by a submitter who did not sign', () => {
    refusal('bad-signature', () => check(proof().replace(submitter.hash, log.hash), { signers: [log.raw] }));
  });

  it('from a log that is not named', () => {
    const other = makePair();
    expect(refusal('wrong-key', () => check(proof({ log: other }))).message).toContain(other.hash);
  });

  it('where the log did not sign, or another origin', () => {
    refusal('bad-signature', () => check(proof({ log: makePair() }).replace(/log=.*/, `log=${log.hash}`)));
    refusal('bad-signature', () => check(proof({ origin: `sigsum.org/v1/tree/${submitter.hash}` })));
    refusal('bad-signature', () => check(proof().replace('size=5', 'size=6')));
    refusal('bad-signature', () => check(otherDigit(proof(), /root_hash=/)));
  });

  it('with too few cosignatures', () => {
    expect(refusal('not-witnessed', () => check(proof({ witnesses: [first] }))).message).toContain('"W0" vouches');
    expect(refusal('not-witnessed', () => check(proof({ witnesses: [] }))).message).toContain('none vouches');
    refusal('not-witnessed', () => check(proof({ witnesses: [first, makePair(), makePair()] })));
  });

  it.each([
    ['W1', [[second], [first, second]], [[first, third], []]],
    ['none', [[], [first]], []],
    ['all', [witnesses], [[first, second]]],
    ['nested', [[first, third], [second, third], witnesses], [[first, second], [third]]],
  ])('as the quorum %s demands', (quorum, enough, tooFew) => {
    const groups = 'group any any W0 W1\ngroup nested all any W2\n';
    const text = quorum === 'nested' ? `${groups}quorum nested` : `group all all W0 W1 W2\nquorum ${quorum}`;
    for (const some of enough)
      expect(check(proof({ witnesses: some }), { quorum: text }).vouchers).toHaveLength(some.length);
    for (const some of tooFew) refusal('not-witnessed', () => check(proof({ witnesses: some }), { quorum: text }));
  });

  it('for cosignatures that are wrong, dated ahead, or of no time; they count as those that are not there', () => {
    const now = new Date();
    const seconds = nowSeconds();
    const ahead = proof({ time: [seconds, seconds + 301, seconds] });
    expect(check(ahead, { now }).vouchers.map(({ witness }) => witness.name)).toEqual(['W0', 'W2']);
    const all = `group all all W0 W1 W2\nquorum all`;
    expect(refusal('not-witnessed', () => check(ahead, { now, quorum: all })).message).toMatch(
      /"W1" is dated ahead of now/,
    );
    refusal('not-witnessed', () => check(proof({ time: [seconds, 0, seconds] }), { now, quorum: all }));
    const wrong = proof({ time: seconds }).replace(
      `cosignature=${second.hash} ${seconds}`,
      `cosignature=${second.hash} 7`,
    );
    expect(refusal('not-witnessed', () => check(wrong, { quorum: all })).message).toMatch(/"W1" is wrong/);
    check(wrong);
  });

  it('where the leaf is not in the tree', () => {
    const elsewhere = (index: number) =>
      `${proof().slice(0, proof().lastIndexOf('\n\n') + 2)}${inclusionOf(leaves, index, SIZE)}`;
    check(elsewhere(INDEX));
    for (const index of [0, 1, 2, 4]) refusal('bad-proof', () => check(elsewhere(index)));
    refusal('bad-proof', () => check(proof().replace('leaf_index=3', 'leaf_index=2')));
    refusal('bad-proof', () => check(proof().replace('leaf_index=3', 'leaf_index=5')));
    refusal('bad-proof', () => check(proof().replace(/(node_hash=.*\n)/, '$1$1')));
  });

  it('says since when a quorum was there', () => {
    const groups = 'group any any W0 W1\ngroup nested all any W2\nquorum nested';
    expect(check(proof({ time: [100, 50, 80] }), { quorum: groups }).since).toEqual(new Date(80_000));
    expect(check(proof({ time: [100, 90, 80] }), { quorum: groups }).since).toEqual(new Date(90_000));
    expect(check(proof(), { quorum: 'quorum none' }).since).toBeUndefined();
  });
});

describe('a proof from a public test log', () => {
  const bytes = fs.readFileSync(path.resolve('tests/vectors/sigsum/hello.proof'));
  const trust = {
    policy: parseSigsumPolicy(Buffer.from(SIGSUM_POLICIES['sigsum-test-2025-3'] ?? '')),
    signers: [Buffer.from('99ed58583e8750b20548e69df4a4e1a592379a9a66c51cd32e42fbe4e1bde78a', 'hex')],
  };
  const verify = (file: string) => verifySigsumProof(bytes, Buffer.from(file), trust, new Date());

  it('is believed', () => {
    expect(verify('Hello, Sigsum!\n')).toMatchObject({
      log: { url: 'https://serviceberry.tlog.stagemole.eu' },
      proof: { index: 381_381, head: { size: 381_382 } },
      since: new Date('2026-02-04T08:17:31Z'),
    });
    expect(verify('Hello, Sigsum!\n').vouchers).toHaveLength(8);
    expect(Buffer.from(formatSigsumProof(parseSigsumProof(bytes))).equals(bytes)).toBe(true);
  });

  it('is of this file only', () => {
    refusal('bad-signature', () => verify('Hello, Sigsum!'));
  });
});

describe('a tree head', () => {
  it('is signed as Sigsum signs it', () => {
    expect(headOf(leaves, { size: 2, log, witnesses: [first], time: 7 })).toMatch(
      /^size=2\nroot_hash=[0-9a-f]{64}\nsignature=[0-9a-f]{128}\ncosignature=[0-9a-f]{64} 7 [0-9a-f]{128}\n$/,
    );
  });
});
