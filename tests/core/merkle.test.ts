// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import {
  consistencyRanges,
  EMPTY_ROOT,
  type Hash,
  type HashSource,
  inclusionRanges,
  leafHash,
  nodeHash,
  parseHash,
  rangeHash,
  rootOf,
  subtreesOf,
} from '../../src/core/merkle.ts';
import { verifyConsistency, verifyInclusion } from '../../src/core/merkle-proof.ts';
import { numberedEntries, ReferenceTree } from './rfc6962.ts';

const SIZE = 300;
const ENTRIES = numberedEntries(SIZE);
const REFERENCE = new ReferenceTree(ENTRIES);
const LEAVES = ENTRIES.map(leafHash);
const SIZES = Array.from({ length: SIZE + 1 }, (_, size) => size);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** A whole proof: to expect each hash by itself takes longer than to make it. */
const line = (proof: readonly Uint8Array[]) => proof.map(hex).join(' ');
const hashes = (list: readonly Uint8Array[]) => list.map(parseHash);
const root = (size: number) => parseHash(REFERENCE.mth(0, size));

/** Complete subtrees only, as stored hashes are. */
const source: HashSource = ({ height, index }) => rootOf(LEAVES.slice(index * 2 ** height, (index + 1) * 2 ** height));
const computed = new Map<string, Hash>();
const cached: HashSource = (subtree) => {
  const key = `${subtree.height}/${subtree.index}`;
  const hash = computed.get(key) ?? source(subtree);
  computed.set(key, hash);
  return hash;
};
const inclusion = (index: number, size: number) =>
  inclusionRanges(index, size).map((range) => rangeHash(cached, range));
const consistency = (old: number, size: number) =>
  consistencyRanges(old, size).map((range) => rangeHash(cached, range));

const refuses = (body: () => void): boolean => {
  try {
    body();
    return false;
  } catch (error) {
    return error instanceof Fault && error.kind === 'bad-proof';
  }
};

/** The ways in which somebody could change a proof; each has to be seen. */
function alterations(proof: readonly Hash[]): readonly (readonly Hash[])[] {
  const flipped = proof.map((_, at) => proof.map((hash, i) => (i === at ? flip(hash) : hash)));
  const shorter = proof.length > 0 ? [proof.slice(1), proof.slice(0, -1)] : [];
  const swapped = proof.length > 1 ? [proof.toReversed()] : [];
  return [...flipped, ...shorter, ...swapped, [...proof, EMPTY_ROOT], [EMPTY_ROOT, ...proof]];
}

function flip(hash: Hash): Hash {
  const copy = Buffer.from(hash);
  copy[7] = (copy[7] ?? 0) ^ 0x10;
  return parseHash(copy);
}

describe('the tree of RFC 6962', () => {
  it('has the roots that Certificate Transparency has published for its test leaves', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
    const roots = [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
      '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
      'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ];
    const hashed = leaves.map((leaf) => leafHash(Buffer.from(leaf, 'hex')));
    expect(roots.map((_, at) => hex(rootOf(hashed.slice(0, at + 1))))).toEqual(roots);
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('has the roots of the reference, from leaves and from complete subtrees', () => {
    for (const size of SIZES) {
      expect(hex(rootOf(LEAVES.slice(0, size)))).toBe(hex(root(size)));
      expect(hex(rangeHash(cached, { start: 0, end: size }))).toBe(hex(root(size)));
    }
  });

  it('splits into few subtrees at sizes that no 32-bit number holds', () => {
    const size = Number.MAX_SAFE_INTEGER;
    expect(subtreesOf({ start: 0, end: size })).toHaveLength(53);
    expect(inclusionRanges(size - 1, size).length).toBeLessThanOrEqual(63);
    expect(consistencyRanges(2 ** 52 + 1, size).length).toBeLessThanOrEqual(63);
  });

  it('takes hashes of 32 bytes only', () => {
    expect(() => parseHash(new Uint8Array(31))).toThrow(Fault);
    expect(() => parseHash(new Uint8Array(33))).toThrow(Fault);
  });
});

describe('inclusion proofs', () => {
  it('are those of the reference, and verify, for every index of every size', () => {
    for (const size of SIZES) {
      const proofs = Array.from({ length: size }, (_, index) => inclusion(index, size));
      for (const [index, proof] of proofs.entries())
        verifyInclusion(LEAVES[index] as Hash, index, size, proof, root(size));
      expect(proofs.map(line)).toEqual(proofs.map((_, index) => line(REFERENCE.path(index, 0, size))));
    }
  });

  it('are refused when altered, for every index of many sizes', () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 100, 255, 256, 257, 299]) {
      for (let index = 0; index < size; index += 1) {
        const leaf = LEAVES[index] as Hash;
        for (const altered of alterations(inclusion(index, size))) {
          expect(refuses(() => verifyInclusion(leaf, index, size, altered, root(size)))).toBe(true);
        }
        expect(refuses(() => verifyInclusion(flip(leaf), index, size, inclusion(index, size), root(size)))).toBe(true);
        expect(refuses(() => verifyInclusion(leaf, index, size, inclusion(index, size), flip(root(size))))).toBe(true);
      }
    }
  });

  it('are refused for every other index', () => {
    for (const size of SIZES.slice(2, 50)) {
      for (let index = 0; index < size; index += 1) {
        for (let other = 0; other <= size; other += 1) {
          if (other === index) continue;
          const proof = inclusion(index, size);
          expect(refuses(() => verifyInclusion(LEAVES[index] as Hash, other, size, proof, root(size)))).toBe(true);
        }
      }
    }
  });

  it('are refused for an index beyond the tree, and for an empty tree', () => {
    expect(refuses(() => verifyInclusion(LEAVES[0] as Hash, 0, 0, [], EMPTY_ROOT))).toBe(true);
    expect(refuses(() => verifyInclusion(LEAVES[0] as Hash, 1, 1, [], LEAVES[0] as Hash))).toBe(true);
    expect(refuses(() => inclusionRanges(3, 3))).toBe(true);
  });

  it('do not pass an inner node off as an entry', () => {
    const inner = nodeHash(LEAVES[0] as Hash, LEAVES[1] as Hash);
    const entry = Buffer.concat([LEAVES[0] as Hash, LEAVES[1] as Hash]);
    const proof = [nodeHash(LEAVES[2] as Hash, LEAVES[3] as Hash)];
    verifyInclusion(inner, 0, 2, proof, root(4));
    expect(refuses(() => verifyInclusion(leafHash(entry), 0, 2, proof, root(4)))).toBe(true);
  });
});

describe('consistency proofs', () => {
  it('are those of the reference, and verify, for every pair of sizes', () => {
    for (const size of SIZES) {
      const proofs = Array.from({ length: size + 1 }, (_, old) => consistency(old, size));
      for (const [old, proof] of proofs.entries()) verifyConsistency(old, root(old), size, root(size), proof);
      expect(proofs.map(line)).toEqual(proofs.map((_, old) => line(REFERENCE.proof(old, size))));
    }
  });

  it('are refused when altered, for every pair of many sizes', () => {
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 31, 33, 64, 100, 129]) {
      for (let old = 0; old <= size; old += 1) {
        const proof = consistency(old, size);
        for (const altered of alterations(proof)) {
          expect(refuses(() => verifyConsistency(old, root(old), size, root(size), altered))).toBe(true);
        }
        expect(refuses(() => verifyConsistency(old, flip(root(old)), size, root(size), proof))).toBe(true);
        if (old === 0) continue;
        expect(refuses(() => verifyConsistency(old, root(old), size, flip(root(size)), proof))).toBe(true);
      }
    }
  });

  it('are refused between a tree and one that forked from it', () => {
    const forked = new ReferenceTree(ENTRIES.map((entry, index) => (index === 4 ? Buffer.from('other') : entry)));
    for (let size = 6; size < 40; size += 1) {
      const proof = hashes(forked.proof(5, size));
      expect(refuses(() => verifyConsistency(5, root(5), size, parseHash(forked.mth(0, size)), proof))).toBe(true);
    }
  });

  it('are refused from a larger tree to a smaller one', () => {
    expect(refuses(() => verifyConsistency(3, root(3), 2, root(2), []))).toBe(true);
    expect(refuses(() => consistencyRanges(3, 2))).toBe(true);
  });
});
