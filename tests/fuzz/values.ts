// SPDX-License-Identifier: Apache-2.0
/** The smallest parsers: names, digests, numbers, keys in one line, addresses, command lines. */
import { parseCommandLine } from '../../src/cli/parse.ts';
import { classify } from '../../src/core/companions.ts';
import { formatBase64, parseBase64, parseDecimal } from '../../src/core/encoding.ts';
import { parseFingerprint } from '../../src/core/fingerprint.ts';
import { parseArtifactName, refuseCaseTwins } from '../../src/core/name.ts';
import { parseSha256 } from '../../src/core/sha256.ts';
import { formatVerifierKey, parseLogKey, parseVerifierKey } from '../../src/core/signed-note.ts';
import { fillTemplate } from '../../src/core/template.ts';
import { joinUrl, splitUrl } from '../../src/workflow/source.ts';
import { afterDigits, anywhere, type Cut, lastLineEnd } from './cut.ts';
import { Broken, canonicalText, ofText, type Target, texts } from './target.ts';

const DIGITS = '30566c450e41d7c91e442dfb231f942f608ddeff';
const same = (value: string): string => value;
const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';

/** Wherever such a name ends up, it is one line, and stays below its directory. */
function checkName(input: string): void {
  const name = parseArtifactName(input);
  if (/[\0-\x1f\x7f]/.test(name)) throw new Broken('a control character in a name');
  if (name.startsWith('/') || name.split('/').includes('..')) throw new Broken('a name that leads elsewhere');
  const url = joinUrl('https://example.org/dir', name);
  const path = new URL(url).pathname;
  if (decodeURIComponent(path) !== `/dir/${name}`) throw new Broken(`a name that a URL does not hold: ${url}`);
}

function checkTemplate(input: string): void {
  const [template = '', project = '', version = ''] = input.split('\n');
  const name = fillTemplate(template, { project, version });
  if (!name.endsWith('SHA256SUMS') || name.includes('/')) throw new Broken(`no name of a manifest: ${name}`);
}

function checkAddress(input: string): void {
  const { base, name } = splitUrl(input);
  if (!input.startsWith(base)) throw new Broken(`another base: ${base}`);
  if (name.includes('/')) throw new Broken(`the name of a file with a slash: ${name}`);
}

function checkNames(input: string): void {
  const names = input.split('\n');
  const { artifacts, signatures, manifests, companions } = classify(names);
  const all = artifacts.length + signatures.length + manifests.length + companions.length;
  if (all !== names.length) throw new Broken('a name that is nothing, or two things');
  refuseCaseTwins(names);
}

async function checkCommandLine(input: string): Promise<void> {
  const words = input.replaceAll('\0', '').split('\n');
  const { help } = await parseCommandLine(words, '0');
  if (help === '') throw new Broken('neither a command nor help');
}

/** Of 64 digits, 40 are a fingerprint of an older version. */
const afterVersion4: Cut = (part, whole) => part.length === 40 && whole.length === 64;

/** The seed is the octets from 0 to 31. */
export const LOG_KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
`;

export const VALUES: readonly Target[] = [
  {
    name: 'name',
    corpus: texts(
      'nova-31.0.0.tar.gz',
      'a/b/c',
      '-rf',
      'back\\slash',
      'ä.whl',
      '日本 語',
      '.hidden',
      "it's $HOME `id`",
    ),
    kinds: ['bad-name'],
    cut: anywhere,
    check: ofText(checkName),
  },
  {
    name: 'names',
    corpus: texts(
      'a.tar.gz\na.tar.gz.asc\nSHA256SUMS\nSHA256SUMS.asc\nSHA256SUMS.tlog-proof',
      'a\nb\nc/a',
      'a.SHA256SUMS',
    ),
    kinds: ['conflict', 'bad-name'],
    cut: anywhere,
    check: ofText(checkNames),
  },
  {
    name: 'template',
    corpus: texts('{project}-{version}.SHA256SUMS\nnova\n31.0.0', 'SHA256SUMS\n\n', 'x{version}.SHA256SUMS\n\n1'),
    kinds: ['usage', 'bad-name'],
    cut: anywhere,
    check: ofText(checkTemplate),
  },
  {
    name: 'fingerprint',
    corpus: texts(DIGITS.toUpperCase(), (DIGITS + DIGITS.slice(0, 24)).toUpperCase(), `0x${DIGITS}`),
    kinds: ['usage'],
    cut: afterVersion4,
    // people write it in many ways, and all of them mean the same digits
    check: ofText((input) => {
      const found = parseFingerprint(input);
      const read = input
        .replace(/^\s*0x/i, '')
        .replace(/ /g, '')
        .replace(/^0x/i, '')
        .toUpperCase();
      if (found !== read || parseFingerprint(found) !== found) throw new Broken(`read as ${found}`);
    }),
  },
  {
    name: 'digest',
    corpus: texts('9b74'.repeat(16)),
    kinds: ['bad-format'],
    check: canonicalText(parseSha256, same),
  },
  {
    name: 'decimal',
    corpus: texts('0', '7', '9007199254740991'),
    kinds: ['bad-format'],
    cut: afterDigits,
    check: canonicalText(parseDecimal, String),
  },
  {
    name: 'base64',
    corpus: texts('', 'AA==', 'AAA=', 'AAAA', '/+8='),
    kinds: ['bad-format'],
    // four characters are three octets, or nothing
    cut: ({ length }) => length % 4 === 0,
    check: canonicalText(parseBase64, formatBase64),
  },
  {
    name: 'verifier key',
    corpus: texts(VKEY),
    kinds: ['usage'],
    check: canonicalText(parseVerifierKey, formatVerifierKey),
  },
  {
    name: 'log key',
    corpus: texts(LOG_KEY),
    kinds: ['unreadable'],
    cut: lastLineEnd,
    check: (input) => {
      if (parseLogKey(input).asymmetricKeyType !== 'ed25519') throw new Broken('a key of another kind');
    },
  },
  {
    name: 'address',
    corpus: texts('https://example.org/nova/nova-31.0.0.SHA256SUMS', 'HTTP://h:80/a%20b/c%2Bd', 'https://[::1]/x/y'),
    kinds: ['usage', 'bad-name'],
    cut: anywhere,
    check: ofText(checkAddress),
  },
  {
    name: 'command line',
    corpus: texts(
      'sign\na\nb\n--key-file\nk\n--sums\n--project\nnova\n--release=1',
      'verify\n--policy\np.yaml\n--json\n--\n-x',
      'log\ninit\nd\n--origin\no\n--key\n-',
      'sums\nd\n--include\n*.gz\n--include\n*.whl',
      'help',
    ),
    kinds: ['usage'],
    cut: anywhere,
    check: ofText(checkCommandLine),
    isSmall: true,
  },
];
