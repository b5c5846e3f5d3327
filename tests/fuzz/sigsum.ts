// SPDX-License-Identifier: Apache-2.0
/** Formats of Sigsum, and the keys of OpenSSH that it uses. */
import { createPrivateKey } from 'node:crypto';
import { formatOpenSshKey, parseOpenSshKey } from '../../src/core/openssh-key.ts';
import { formatHex } from '../../src/core/sigsum-ascii.ts';
import { formatAddLeaf, parseAddLeaf, signLeaf } from '../../src/core/sigsum-leaf.ts';
import { SIGSUM_POLICIES } from '../../src/core/sigsum-policies.ts';
import { parseSigsumPolicy, SIGSUM_POLICY_CAP, type SigsumQuorum } from '../../src/core/sigsum-policy.ts';
import {
  formatSigsumProof,
  parseConsistency,
  parseInclusion,
  parseSigsumProof,
  SIGSUM_PROOF_CAP,
} from '../../src/core/sigsum-proof.ts';
import { formatTreeHead, parseTreeHead, TREE_HEAD_CAP } from '../../src/core/sigsum-tree-head.ts';
import { verifySigsumProof } from '../../src/core/sigsum-verify.ts';
import { headOf, inclusionOf, leafOf, type Pair, pairOf, proofOf } from '../logs/fake-sigsum.ts';
import { afterLines, type Cut, lastLineEnd } from './cut.ts';
import { Broken, canonical, type Target, texts } from './target.ts';

/** The same keys every time: their secret is 32 times one octet. */
function pair(octet: number): Pair {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, octet)]);
  return pairOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}
const [log, submitter, north, south] = [1, 2, 3, 4].map(pair) as [Pair, Pair, Pair, Pair];
const FILE = Buffer.from('some manifest');
const leaves = [leafOf('other', log).leaf, leafOf(FILE, submitter).leaf, leafOf('another', log).leaf];
const TIME = 1_700_000_000;
const head = { size: 3, log, witnesses: [north, south], time: TIME };
const [, ours = Buffer.alloc(0)] = leaves;
const proofs = [
  proofOf(leaves, 1, submitter, head),
  proofOf(leaves, 1, submitter, { ...head, size: 2 }),
  proofOf([ours], 0, submitter, { ...head, size: 1 }),
];

export const preparedForSigsum = formatAddLeaf(signLeaf(FILE, submitter.key));

/** After any line of what may be several: cosignatures, where the tree has one leaf, and hashes, where it has more. */
const afterProof: Cut = (part) => {
  const text = part.toString();
  return (/^size=1$/m.test(text) ? /^(?:co)?signature=.*\n$/m : /^node_hash=.*\n$/m).test(
    text.slice(text.lastIndexOf('\n', text.length - 2) + 1),
  );
};

const POLICY = `# ours\nlog ${log.hex} https://log.example/a\nlog ${submitter.hex}\nwitness N ${north.hex}\nwitness S ${south.hex} http://s.example\ngroup two all N S\ngroup g any two\nquorum g\n`;
const trust = { policy: parseSigsumPolicy(Buffer.from(POLICY)), signers: [submitter.raw] };

/** Nobody counts twice, and nobody is asked for more than there can be. */
function checkPolicy(input: Uint8Array): void {
  const { logs, witnesses, quorum } = parseSigsumPolicy(input);
  const counted: string[] = [];
  const look = (one: SigsumQuorum): void => {
    if (one.kind === 'witness') counted.push(one.witness.keyHash);
    else if (one.threshold > one.members.length || (one.threshold === 0) !== (one.members.length === 0))
      throw new Broken(`${one.threshold} of ${one.members.length}`);
    else one.members.forEach(look);
  };
  look(quorum);
  for (const hashes of [counted, logs.map(({ keyHash }) => keyHash), witnesses.map(({ keyHash }) => keyHash)])
    if (new Set(hashes).size !== hashes.length) throw new Broken('somebody counts twice');
}

/** What is believed is our leaf, in a tree that the log and both witnesses have signed. */
function checkBelieved(input: Uint8Array): void {
  const { proof, vouchers } = verifySigsumProof(input, FILE, trust, new Date(TIME * 1000));
  const known = proofs.map((text) => parseSigsumProof(Buffer.from(text)));
  const isKnown = known.some(
    ({ head: one, index }) => formatHex(one.root) === formatHex(proof.head.root) && index === proof.index,
  );
  if (!isKnown || vouchers.length !== 2) throw new Broken('believed, and not what was signed');
}

const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz
c2gtZWQyNTUxOQAAACADoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUxuAAA
AIi2AmkbtgJpGwAAAAtzc2gtZWQyNTUxOQAAACADoQe/884Qvh1w3RjnS8CZZ+TW
MJulDV8d3IZkElUxuAAAAEAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0e
HwOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4AAAAAAECAwQF
-----END OPENSSH PRIVATE KEY-----
`;

export const SIGSUM: readonly Target[] = [
  {
    name: 'Sigsum policy',
    corpus: texts(POLICY, ...Object.values(SIGSUM_POLICIES), `log ${log.hex}\nquorum none`),
    kinds: ['bad-format'],
    cut: lastLineEnd,
    check: checkPolicy,
    cap: SIGSUM_POLICY_CAP,
  },
  {
    name: 'Sigsum leaf',
    corpus: [preparedForSigsum],
    kinds: ['bad-format', 'bad-signature'],
    check: canonical(parseAddLeaf, formatAddLeaf),
    cap: 1024,
  },
  {
    name: 'Sigsum tree head',
    corpus: texts(headOf(leaves, head), headOf(leaves, { ...head, witnesses: [] })),
    kinds: ['bad-format'],
    // cosignatures; the quorum tells: "believed Sigsum proof"
    cut: afterLines(3),
    check: canonical(parseTreeHead, formatTreeHead),
    cap: TREE_HEAD_CAP,
  },
  {
    name: 'Sigsum inclusion proof',
    corpus: texts(inclusionOf(leaves, 1, 3)),
    kinds: ['bad-format'],
    // hashes; the root that the log has signed tells
    cut: afterLines(2),
    check: canonical(parseInclusion, ({ index, hashes }) =>
      [`leaf_index=${index}`, ...hashes.map((one) => `node_hash=${formatHex(one)}`), ''].join('\n'),
    ),
  },
  {
    name: 'Sigsum consistency proof',
    corpus: texts(inclusionOf(leaves, 1, 3).replace(/.*\n/, '')),
    kinds: ['bad-format'],
    cut: afterLines(1),
    check: canonical(parseConsistency, (hashes) => hashes.map((one) => `node_hash=${formatHex(one)}\n`).join('')),
  },
  {
    name: 'Sigsum proof',
    corpus: texts(...proofs),
    kinds: ['bad-format'],
    cut: afterProof,
    check: canonical(parseSigsumProof, formatSigsumProof),
    cap: SIGSUM_PROOF_CAP,
  },
  {
    name: 'believed Sigsum proof',
    corpus: texts(...proofs),
    kinds: ['bad-format', 'bad-proof', 'bad-signature', 'not-witnessed', 'wrong-key'],
    check: checkBelieved,
  },
  {
    name: 'OpenSSH key',
    corpus: texts(KEY),
    kinds: ['unreadable'],
    cut: lastLineEnd,
    check: (input) => {
      const key = parseOpenSshKey(input);
      if (!parseOpenSshKey(Buffer.from(formatOpenSshKey(key))).equals(key)) throw new Broken('another key');
    },
    isSmall: true,
  },
];
