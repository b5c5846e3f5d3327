// SPDX-License-Identifier: Apache-2.0
/** Formats of ours and of C2SP that have one form for each value. */
import { createHash } from 'node:crypto';
import { formatFindings, formatResult } from '../../src/cli/human.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../../src/core/canonical-json.ts';
import {
  CHECKPOINT_CAP,
  formatCheckpoint,
  formatSignedCheckpoint,
  parseCheckpoint,
  parseSignedCheckpoint,
  signCheckpoint,
} from '../../src/core/checkpoint.ts';
import { formatManifest, MANIFEST_CAP, type ManifestLine, parseManifest } from '../../src/core/manifest.ts';
import { EMPTY_ROOT, type Hash, leafHash, nodeHash } from '../../src/core/merkle.ts';
import { parseArtifactName } from '../../src/core/name.ts';
import { type Finding, makeReport } from '../../src/core/report.ts';
import { sha256 } from '../../src/core/sha256.ts';
import { formatSignedNote, NOTE_CAP, noteSigner, parseLogKey, parseSignedNote } from '../../src/core/signed-note.ts';
import { formatStatement, parseStatement, STATEMENT_SCHEMA, type Statement } from '../../src/core/statement.ts';
import { formatEntryBundle, formatHashTile, parseEntryBundle, parseHashTile } from '../../src/core/tile.ts';
import { formatTlogProof, parseTlogProof, TLOG_PROOF_CAP } from '../../src/core/tlog-proof.ts';
import { verifyTlogProof } from '../../src/logs/tiles.ts';
import { afterDigits, afterLines, afterSignatures, anywhere } from './cut.ts';
import { Broken, canonical, canonicalText, ofText, type Target, texts } from './target.ts';
import { LOG_KEY } from './values.ts';

const ORIGIN = 'example.org/log';
const signer = noteSigner(ORIGIN, parseLogKey(Buffer.from(LOG_KEY)));
export const ofLog = signer.verifier;
const hash = (octet: number): Hash => createHash('sha256').update(Buffer.of(octet)).digest() as Uint8Array as Hash;

const line = (name: string, text: string): ManifestLine => ({ name: parseArtifactName(name), sha256: sha256(text) });
const lines = [line('nova.tar.gz', 'a'), line('nova.tar.gz.asc', 'b'), line('dir/b c+ä.whl', 'c'), line('a\\b', 'd')];

/** As `sha256sum` writes it: one line for each, with either mark, in the order in which they were given. */
function checkManifest(input: Uint8Array): void {
  const read = parseManifest(input);
  const marks = Buffer.from(input)
    .toString()
    .split('\n')
    .map((one) => /^\\?[0-9a-f]+ (.)/.exec(one)?.[1]);
  const again = read.map((one, at) => {
    const [head = '', ...rest] = formatManifest([one]).split('  ');
    return `${head} ${marks[at]}${rest.join('  ')}`;
  });
  if (again.join('') !== Buffer.from(input).toString()) throw new Broken(`written again as ${again.join('')}`);
  if (new Set(read.map(({ name }) => name)).size !== read.length) throw new Broken('a name twice');
}

export const statement: Statement = {
  schema: STATEMENT_SCHEMA,
  project: 'opendev.org/openstack/nova',
  version: '31.0.0',
  ref: 'refs/tags/31.0.0',
  commit: '2f1e'.repeat(10),
  manifest: { name: parseArtifactName('nova-31.0.0.SHA256SUMS'), sha256: sha256('x'), size: 1312 },
  signer: '30566C450E41D7C91E442DFB231F942F608DDEFF' as Statement['signer'],
};
const { ref: _, commit: __, ...brief } = statement;
const statements = [formatStatement(statement), formatStatement(brief)];

/** An entry at the index 2 of a tree of 3: its proof is the hash of the other two. */
export const [entry = new Uint8Array()] = statements;
const left = nodeHash(hash(1), hash(2));
const checkpoint = { origin: ORIGIN, size: 3, root: nodeHash(left, leafHash(entry)), extensions: [] };
export const signed = signCheckpoint(checkpoint, signer);
const witness = { name: 'witness.example.org', keyId: '0a0b0c0d', signature: Buffer.alloc(72, 7) };
export const proof = { extra: entry, index: 2, hashes: [left], checkpoint: signed };
const proofs = [
  formatTlogProof(proof),
  formatTlogProof({ ...proof, checkpoint: { ...signed, signatures: [...signed.signatures, witness] } }),
];

/** Only the statement, index and hashes that were signed are believed; other people's signatures may stand beside ours. */
function checkProof(input: Uint8Array): void {
  const { extra, index, hashes, checkpoint: found } = parseTlogProof(input);
  verifyTlogProof(input, entry, [signer.verifier]);
  const same = formatTlogProof({ extra, index, hashes, checkpoint: { ...found, signatures: signed.signatures } });
  if (Buffer.compare(same, formatTlogProof(proof)) !== 0) throw new Broken('believed, and not what was signed');
}

const TILE = 5;
const ENTRIES = [entry, Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(300, 1)];

/** Whatever names and messages hold, the report is one document, and people see one line for each thing. */
function checkReport(text: string): void {
  const finding: Finding = { kind: 'altered', file: text, message: `m ${text}`, hint: text };
  const report = makeReport('verify', {
    files: [{ name: text, action: 'verified', size: 1, sha256: sha256(text) }],
    errors: [finding],
    warnings: [finding],
  });
  const written = JSON.stringify(report, undefined, 2);
  if (JSON.stringify(JSON.parse(written), undefined, 2) !== written) throw new Broken('a report that reads otherwise');
  const shown = formatResult(report) + formatFindings(report);
  if (shown.split('\n').length !== 6) throw new Broken(`not five lines: ${shown}`);
  if (/[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(shown))
    throw new Broken('it moves the cursor');
}

export const DOCUMENTS: readonly Target[] = [
  {
    name: 'manifest',
    corpus: [
      ...texts(formatManifest(lines), formatManifest(lines.slice(0, 1))),
      ...texts(`${sha256('a')} *binary.tar\n${sha256('b')}  text.tar\n`),
    ],
    kinds: ['bad-manifest'],
    // its signature tells: "signed manifest"
    cut: afterLines(1),
    check: checkManifest,
    cap: MANIFEST_CAP,
  },
  {
    name: 'signed note',
    corpus: [...texts('text\n\n— example.com/foo Uw2QOkn8srV1\n'), formatSignedCheckpoint(signed)],
    kinds: ['bad-format'],
    cut: afterSignatures,
    check: canonical(parseSignedNote, formatSignedNote),
    cap: NOTE_CAP,
  },
  {
    name: 'checkpoint',
    corpus: texts(
      formatCheckpoint(checkpoint),
      formatCheckpoint({ ...checkpoint, size: 0, root: EMPTY_ROOT, extensions: ['Timestamp: 1', 'more'] }),
    ),
    kinds: ['bad-format'],
    // extensions are lines of their own; the log signs all of them
    cut: afterLines(3),
    check: canonicalText(parseCheckpoint, formatCheckpoint),
  },
  {
    name: 'signed checkpoint',
    corpus: [
      formatSignedCheckpoint(signed),
      formatSignedCheckpoint({ ...signed, signatures: [witness, ...signed.signatures] }),
    ],
    kinds: ['bad-format'],
    cut: afterSignatures,
    check: canonical(parseSignedCheckpoint, formatSignedCheckpoint),
    cap: CHECKPOINT_CAP,
  },
  {
    name: 'hash tile',
    corpus: [formatHashTile(Array.from({ length: TILE }, (_, at) => hash(at)))],
    kinds: ['bad-format'],
    check: canonical((input) => parseHashTile(input, TILE), formatHashTile),
  },
  {
    name: 'entry bundle',
    corpus: [formatEntryBundle(ENTRIES)],
    kinds: ['bad-format'],
    check: canonical((input) => parseEntryBundle(input, ENTRIES.length), formatEntryBundle),
  },
  {
    name: 'tlog-proof',
    corpus: proofs,
    kinds: ['bad-format'],
    // where the others are needed, the quorum tells: "witnessed tlog-proof"
    cut: afterSignatures,
    check: canonical(parseTlogProof, formatTlogProof),
    cap: TLOG_PROOF_CAP,
  },
  {
    name: 'believed tlog-proof',
    corpus: proofs,
    kinds: ['bad-format', 'bad-proof', 'bad-signature', 'wrong-key', 'not-in-log'],
    cut: afterSignatures,
    check: checkProof,
  },
  {
    name: 'canonical JSON',
    corpus: texts(
      '{"a":[1,null,true,-7],"b":"\\u000f ö","c":{}}',
      '[]',
      '"\\ud83d\\ude00"'.replace(/\\u..../g, ''),
      '9007199254740991',
    ),
    kinds: ['bad-format'],
    cut: afterDigits,
    check: canonical(parseCanonicalJson, formatCanonicalJson),
    cap: 1024 * 1024,
  },
  {
    name: 'statement',
    corpus: statements,
    kinds: ['bad-format'],
    check: canonical(parseStatement, formatStatement),
    cap: 1024 * 1024,
  },
  {
    name: 'report',
    corpus: texts('nova-31.0.0.tar.gz', 'a "quoted" \\ name', 'ä 日本 \u{1f600}'),
    kinds: [],
    cut: anywhere,
    check: ofText(checkReport),
  },
];
