// SPDX-License-Identifier: Apache-2.0
// Signatures and certificates that other libraries keep for their own tests, each with our verdict and its reason, and
// those of sqv and gpgv beside it: tests/vectors/verdicts.txt. After a change, "npm run test:system --
// tests/system/openpgp-vectors.test.ts -u" writes it.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { readCertificates } from '../../src/openpgp/certificate.ts';
import { parseDetachedSignature } from '../../src/openpgp/detached.ts';
import { type Gpg, withGpg } from '../gpg.ts';
import { CRATES, type Crate, unpackCrate } from './crates.ts';
import {
  type Answer,
  askOurs,
  decisive,
  type OwnAnswer,
  openTools,
  type Question,
  type Tools,
} from './openpgp-tools.ts';
import { VECTORS, type Vector } from './vectors.ts';

const VECTOR_FILES = path.resolve(import.meta.dirname, '../vectors');
const VERDICTS = path.join(VECTOR_FILES, 'verdicts.txt');

interface Judged extends Vector {
  readonly ours: OwnAnswer;
  readonly sqv: Answer;
  readonly gpgv: Answer;
}

/** Where sqv or gpgv differs from us: our verdict, what it says, and why. The first that fits is the reason. */
const DIFFERENCES: readonly (readonly [verdict: string, tool: 'sqv' | 'gpgv', says: RegExp, why: string])[] = [
  ['good', 'sqv', /No binding signature at time/, 'it wants a binding from before the signature'],
  ['good', 'gpgv', /^REVKEYSIG 0$/, 'it does not look at the reason of a revocation'],
  ['superseded', 'sqv', /^[0-9A-F]{40}$/, 'it takes a key back once it is bound anew; a revocation is for ever'],
  ['revoked', 'sqv', /^[0-9A-F]{40}$/, 'it takes a reason that is for user IDs only as a harmless one'],
  ['expired-after-signing', 'sqv', /^[0-9A-F]{40}$/, 'it judges by the time of the signature'],
  ['bad-signature', 'sqv', /^[0-9A-F]{40}/, 'it is content with one good signature among several'],
  ['bad-signature', 'gpgv', /^GOODSIG 0$/, 'it still takes signatures of version 3'],
  ['weak-algorithm', 'gpgv', /^GOODSIG 0$/, 'it believes SHA-1 and DSA'],
];

let tools: Tools;
const judged: Judged[] = [];
const crates = Object.keys(CRATES) as Crate[];
/** Where the files of each package are, and those that lie here. */
const folders = new Map([['tests/vectors', VECTOR_FILES]]);

beforeAll(async () => {
  tools = openTools();
  for (const crate of crates) folders.set(crate, unpackCrate(crate, tools.directory));
  for (const vector of VECTORS) judged.push(await judge(vector));
  for (const name of LINTED) judged.push(await withGpg((gpg) => lint(gpg, name)));
});
afterAll(() => tools.close());

const read = ({ from, folder }: Pick<Vector, 'from' | 'folder'>, name: string): Buffer =>
  fs.readFileSync(path.join(folders.get(from) ?? '', folder, name));

/** Certificates with what a linter finds fault with: they have their secret keys beside them, with which gpg signs. */
const LINTED = [
  'gnupg-rsa-normal',
  'gnupg-ecc-normal',
  'no-backsig',
  'sha1-backsig-signing-subkey',
  'sha1-signing-subkey',
  'sha1-userid',
  'sha1-userid-sha256-subkeys',
  'sha1-userid-revoked',
  'only-sha1',
  'sha256-expired-sha1-live',
];

async function lint(gpg: Gpg, name: string): Promise<Judged> {
  const vector = { from: 'sequoia-sq-1.5.0', folder: 'data/cert-lint' } as const;
  const certificate = read(vector, `${name}-pub.pgp`);
  const [primary] = readCertificates(certificate);
  await gpg.run(['--import'], { input: read(vector, `${name}-priv.pgp`) });
  const args = ['--armor', '--passphrase', '', '--local-user', primary?.fingerprint ?? '', '--detach-sign'];
  const artifact = Buffer.from('an artifact\n');
  const signature = (await gpg.run(args, { input: artifact, at: new Date('2024-06-01') })).stdout;
  const names = { certificate: `${name}-pub.pgp`, signature: 'by gpg', artifact: 'of ours' };
  return { ...vector, ...names, ...(await ask({ certificate, signature, artifact })) };
}

async function judge(vector: Vector): Promise<Judged> {
  const question = {
    certificate: read(vector, vector.certificate),
    signature: read(vector, vector.signature),
    artifact: read(vector, vector.artifact),
  };
  return { ...vector, ...(await ask(question)) };
}

async function ask(question: Question): Promise<Omit<Judged, keyof Vector>> {
  const [sqv, gpgv] = await Promise.all([tools.ask('sqv', question), tools.ask('gpgv', question)]);
  return { ours: await askOurs(tools.directory, question), sqv, gpgv };
}

/** What the tool says, and where that is not what we say, why. */
function compared({ ours, ...theirs }: Judged, tool: 'sqv' | 'gpgv'): string {
  const answer = theirs[tool];
  const says = tool === 'gpgv' ? decisive(answer) : answer.words.trim();
  const shown = tool === 'gpgv' ? says : answer.accepts ? 'yes' : 'no';
  if (answer.accepts === ours.accepts) return shown;
  const reason = DIFFERENCES.find(
    ([verdict, of, saying]) => verdict === ours.verdict && of === tool && saying.test(says),
  );
  return `${shown}: ${reason?.[3] ?? `NOBODY KNOWS WHY: ${says}`}`;
}

const entry = (one: Judged): string =>
  [
    path.join(one.from, one.folder),
    `  ${one.certificate} ${one.signature} ${one.artifact}`,
    `  verify  ${one.ours.verdict}${one.ours.words === '' ? '' : `: ${one.ours.words}`}`,
    `  sqv     ${compared(one, 'sqv')}`,
    `  gpgv    ${compared(one, 'gpgv')}`,
    '',
  ].join('\n');

describe('the verdict on every vector', () => {
  it('is the one that is listed, and so are those of sqv and gpgv', async () => {
    await expect(judged.map(entry).join('\n')).toMatchFileSnapshot(VERDICTS);
  });

  it('has a reason wherever they differ', () => {
    expect(judged.map(entry).filter((text) => text.includes('NOBODY KNOWS'))).toEqual([]);
    const listing = judged.map(entry).join('\n');
    for (const [, , , why] of DIFFERENCES) expect(listing).toContain(why);
  });

  it('is not one that we alone would accept, but for keys that were bound later and superseded still later', () => {
    const alone = judged.filter(({ ours, sqv, gpgv }) => ours.accepts && !sqv.accepts && !gpgv.accepts);
    const names = ['superseded', 'superseded.sk', 'key_retired', 'key_retired.sk'];
    expect(alone.map(({ certificate, signature }) => `${certificate} ${signature}`)).toEqual(
      names.map((name) => `revoked-key-cert-revoked-${name}.pgp revoked-key-sig-t1-t2.sk.pgp`),
    );
  });
});

describe('every file of the packages', () => {
  it.each(crates)('of %s is read or refused, and breaks nothing', (crate) => {
    const folder = folders.get(crate) ?? '';
    const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files.length).toBeGreaterThan(30);
    for (const { parentPath, name } of files) {
      const bytes = fs.readFileSync(path.join(parentPath, name));
      for (const read of [readCertificates, parseDetachedSignature])
        expect(
          faultless(() => read(bytes)),
          name,
        ).toBe(true);
    }
  });
});

/** Whether all goes well, or ends in a Fault. */
function faultless(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    return error instanceof Fault;
  }
}
