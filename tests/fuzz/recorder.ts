// SPDX-License-Identifier: Apache-2.0
/** Names as rget has them, and the certificates of recorders. These are kept in files: ECDSA makes other signatures each time. */
import fs from 'node:fs';
import path from 'node:path';
import { CHAIN_CAP, formatChain, parseAuthorities, parseChain } from '../../src/core/certificate-chain.ts';
import { verifyEvidence } from '../../src/core/recorder.ts';
import { domainProblem, projectDomain, recordNames, recordPrefix } from '../../src/core/rget.ts';
import { ReferenceTree } from '../core/rfc6962.ts';
import { anywhere, type Cut } from './cut.ts';
import { Broken, canonical, ofText, type Target, texts } from './target.ts';

const VECTORS = path.resolve(import.meta.dirname, '../vectors');
const read = (name: string) => fs.readFileSync(path.join(VECTORS, name));
const MANIFEST = read('recorder/SHA256SUMS');
const EVIDENCE = read('recorder/SHA256SUMS.recorder.pem');
const [leaf, middle, root] = parseChain(EVIDENCE);
const vectors = JSON.parse(read('rget/vectors.json').toString()) as readonly { manifest: string; url: string }[];

const isHex = (octet: number | undefined): octet is number =>
  octet !== undefined && /[0-9a-fA-F]/.test(String.fromCharCode(octet));

/** What fmt.Sscanf("%x") takes of a line, rune by rune, as Go's sources have it. */
function scan(line: Buffer): Buffer {
  const runes = [...line.toString()];
  while (runes[0] !== undefined && GO_SPACE.test(runes[0])) runes.shift();
  const found: string[] = [];
  for (;;) {
    const [high, low] = runes.splice(0, 2);
    if (!isHex(high?.codePointAt(0))) return Buffer.from(found.join(''), 'hex');
    if (!isHex(low?.codePointAt(0))) return Buffer.alloc(0);
    found.push(`${high}${low}`);
  }
}
const GO_SPACE = /^[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/u;

function checkRoot(input: Uint8Array): void {
  const prefix = recordPrefix(input);
  const lines: Buffer[] = [];
  let start = 0;
  for (const [at, octet] of input.entries()) {
    if (octet !== 10) continue;
    lines.push(Buffer.from(input.subarray(start, at)));
    start = at + 1;
  }
  if (start < input.length) lines.push(Buffer.from(input.subarray(start)));
  const digits = new ReferenceTree(lines.map(scan)).mth(0, lines.length).toString('hex');
  if (prefix !== `${digits.slice(0, 32)}.${digits.slice(32)}`) throw new Broken(`another root than rget's: ${prefix}`);
}

/** What has a name at all has one that a certificate can have, or is refused. */
function checkProject(url: string): void {
  const project = projectDomain(url);
  if (project === undefined) return;
  if (!/^(?:https:\/\/)?(?:api\.)?github\.com\//.test(url)) throw new Broken('not of GitHub');
  const { domain, bare } = recordNames(MANIFEST, project, 'recorder.example.org');
  if (domainProblem(domain) !== undefined || !domain.endsWith('.github.com.recorder.example.org'))
    throw new Broken(`no name of a host: ${domain}`);
  if (bare !== `${recordPrefix(MANIFEST)}.recorder.example.org`) throw new Broken(bare);
}

/** What is believed is the certificate that the authority has issued. */
function checkBelieved(input: Uint8Array): void {
  const trusted = [{ recorder: 'recorder.example.org', authorities: root === undefined ? [] : [root] }];
  const shown = verifyEvidence(input, MANIFEST, trusted);
  if (shown?.recorded.serial !== leaf.serialNumber.toLowerCase()) throw new Broken('believed, and not what was issued');
}

const upTo = (...parts: readonly (typeof middle)[]) => formatChain([leaf, ...parts.flatMap((part) => part ?? [])]);

/** Certificates are a row of blocks, and as many as lead to an authority will do. */
const afterBlocks =
  (least: number): Cut =>
  (part) =>
    part.toString().split('-----END CERTIFICATE-----\n').length > least &&
    part.toString().endsWith('-----END CERTIFICATE-----\n');

export const RECORDER: readonly Target[] = [
  {
    name: 'manifest as rget reads it',
    corpus: [...texts(...vectors.slice(0, 24).map(({ manifest }) => manifest)), MANIFEST],
    kinds: [],
    // whatever it is, it has a root
    cut: anywhere,
    check: checkRoot,
    isSmall: true,
  },
  {
    name: 'address as rget reads it',
    corpus: texts(...vectors.map(({ url }) => url).filter((url) => !url.includes('_'))),
    kinds: ['bad-name'],
    cut: anywhere,
    check: ofText(checkProject),
    isSmall: true,
  },
  {
    name: 'certificate chain',
    corpus: [EVIDENCE, ...texts(upTo(), upTo(middle))],
    kinds: ['bad-format'],
    cut: afterBlocks(1),
    check: canonical(parseChain, formatChain),
    cap: CHAIN_CAP,
  },
  {
    name: 'certificates of authorities',
    corpus: [EVIDENCE, ...texts(`# ours\n${upTo()}`)],
    kinds: ['bad-format'],
    // what is no block is a remark; with fewer of them, less is believed
    cut: anywhere,
    check: (input) => {
      const chain = parseAuthorities(input);
      if (formatChain(parseChain(Buffer.from(formatChain(chain)))) !== formatChain(chain)) throw new Broken('others');
    },
    cap: CHAIN_CAP,
  },
  {
    name: 'believed certificate of a recorder',
    corpus: [EVIDENCE, ...texts(upTo(middle))],
    kinds: ['bad-format', 'bad-proof'],
    cut: afterBlocks(2),
    check: checkBelieved,
  },
];
