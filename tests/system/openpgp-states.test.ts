// SPDX-License-Identifier: Apache-2.0
// What each tool makes of each state of a key, in a table for those who have to choose one: doc/source/key-states.inc
// is what they said here. After a change, "npm run test:system -- tests/system/openpgp-states.test.ts -u" writes it.
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detachSign, exportPublic, type Gpg, makeKey, openGpg, withGpg } from '../gpg.ts';
import { craftState, STATES } from './key-states.ts';
import {
  type Answer,
  askOurs,
  decisive,
  type OwnAnswer,
  openTools,
  type Question,
  TABULATED,
  type Tools,
} from './openpgp-tools.ts';

const TABLE = path.resolve(import.meta.dirname, '../../doc/source/key-states.inc');
const DATA = Buffer.from('an artifact\n');

/** Those of Debian 12. Others may judge otherwise: then the table is theirs. */
const VERSIONS: Readonly<Record<string, string>> = {
  gpg: '2.2.40',
  gpgv: '2.2.40',
  sq: '0.27.0',
  sqv: '1.1.0',
  sqop: '0.27.3',
};

/** As tests/interop/openpgp/go.mod has it. */
const GO_CRYPTO = '1.5.2';

/** Keys that only gpg still makes. */
const WEAK: Readonly<Record<string, string>> = { 'RSA of 1024 bits': 'rsa1024', 'DSA of 2048 bits': 'dsa2048' };

const EXPIRED =
  'The key was good when it signed. sq, sqv, sqop and go-crypto judge by that moment, gpg and gpgv by now. We leave it ' +
  'to the policy (``expired_after_signing``), and refuse where it says nothing: only the signature itself says when it was ' +
  'made, and whoever finds an old key can date it back.';
const SUPERSEDED =
  'A key that was only replaced has never been in other hands, so what it signed before stands; sq, sqv, sqop and ' +
  'go-crypto agree. gpg and gpgv do not look at the reason.';
const REBOUND =
  'gpg puts a new binding in the place of the old one when it extends a key, and the newest one counts for us, too. ' +
  'sq, sqv, sqop and go-crypto want one from before the signature; :doc:`key-handling` says how a certificate keeps both.';
const FUTURE = 'gpg and gpgv warn of a time that is ahead of the clock, and find the signature good.';
const UNSTATED = 'gpg and gpgv take a key of which nothing is said for one that may do everything its algorithm can.';
const COLLISIONS =
  'gpg and gpgv 2.2 believe SHA-1, and so does go-crypto within a certificate. Two files with the same SHA-1 can be ' +
  'made by anybody with some money, and so can a signature that seems to be about one key and belongs to another.';
const SEVERAL =
  'sqv, sqop and go-crypto are content with one good signature among several, whatever the others are; sq is, unless ' +
  'one of the others does not fit. We want exactly one, as do the rules above for the status lines of gpg and gpgv, so ' +
  'that there is no doubt who signed.';
const TEXT =
  'Such a signature leaves the ends of the lines open, so files with other octets have it, too. Every tool takes it; ' +
  'we want every octet signed.';
const SHORT = 'gpg and gpgv take RSA keys of any length.';
const DSA = 'DSA is among the algorithms that neither we nor go-crypto take: nobody needs it any more.';

/** Why the tools differ from us. */
const REASONS: Readonly<Record<string, string>> = {
  'subkey expired since': EXPIRED,
  'primary key expired since': EXPIRED,
  'subkey bound anew since': REBOUND,
  'subkey superseded since': SUPERSEDED,
  'primary key superseded since': SUPERSEDED,
  'primary key retired since': SUPERSEDED,
  'signed an hour from now': FUTURE,
  'subkey without a stated use': UNSTATED,
  'signature with SHA-1': COLLISIONS,
  'user ID bound with SHA-1': COLLISIONS,
  'subkey bound with SHA-1': COLLISIONS,
  'back-signature with SHA-1': COLLISIONS,
  'two signatures by the key': SEVERAL,
  'two signatures, one by another key': SEVERAL,
  'two signatures, one over another file': SEVERAL,
  'signature over text': TEXT,
  'RSA of 1024 bits': SHORT,
  'DSA of 2048 bits': DSA,
};

interface Row {
  readonly state: string;
  readonly ours: OwnAnswer;
  readonly theirs: Readonly<Record<(typeof TABULATED)[number], Answer>>;
}

let tools: Tools;
let gpg: Gpg;
const rows: Row[] = [];

beforeAll(async () => {
  tools = openTools();
  gpg = await openGpg();
  for (const state of Object.keys(STATES)) rows.push(await judge(state, craftState(state)));
  for (const [state, algorithm] of Object.entries(WEAK)) rows.push(await judge(state, await weak(algorithm)));
});
afterAll(async () => {
  tools.close();
  await gpg.close();
});

async function weak(algorithm: string): Promise<Question> {
  const key = await makeKey(gpg, { algorithm: 'ed25519', userId: algorithm, subkeys: [{ algorithm }] });
  const [subkey = key.primary] = key.subkeys;
  const signature = await detachSign(gpg, subkey, DATA, { args: ['--digest-algo', 'SHA256'] });
  return { certificate: await exportPublic(gpg, key.primary), signature, artifact: DATA };
}

async function judge(state: string, question: Question): Promise<Row> {
  const answers = TABULATED.map(async (tool) => [tool, await tools.ask(tool, question)] as const);
  const theirs = Object.fromEntries(await Promise.all(answers)) as Row['theirs'];
  return { state, ours: await askOurs(tools.directory, question), theirs };
}

const differs = ({ ours, theirs }: Row): boolean => TABULATED.some((tool) => theirs[tool].accepts !== ours.accepts);

const HEAD = ['State', 'verify', ...TABULATED, 'Why'];

function table(): string {
  const reasons = [...new Set(rows.flatMap(({ state }) => REASONS[state] ?? []))];
  const cells = rows.map(({ state, ours, theirs: { gpg, gpgv, ...others } }) => {
    const rest = Object.values(others).map(({ accepts }) => (accepts ? 'yes' : 'no'));
    const reason = REASONS[state];
    return [
      state,
      ours.verdict,
      decisive(gpg),
      decisive(gpgv),
      ...rest,
      reason ? String(reasons.indexOf(reason) + 1) : '',
    ];
  });
  const widths = HEAD.map((name, at) => Math.max(name.length, ...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join(' ')
      .trimEnd();
  const rule = widths.map((width) => '='.repeat(width)).join(' ');
  const debian = Object.entries(VERSIONS).map((words) => words.join(' '));
  const versions = `The tools are those of Debian 12: ${debian.join(', ')}; and go-crypto ${GO_CRYPTO}.`;
  const notes = reasons.map((reason, at) => wrap(`${at + 1}. ${reason}`, '   '));
  const note = '.. Written by tests/system/openpgp-states.test.ts; its head says how.';
  return `${note}\n\n${rule}\n${line(HEAD)}\n${rule}\n${cells.map(line).join('\n')}\n${rule}\n\n${wrap(versions)}\n\n${notes.join('\n')}\n`;
}

/** Lines of at most 118 characters, all but the first indented. */
const wrap = (text: string, indent = ''): string =>
  text.replace(new RegExp(`(?=.{${119 - indent.length}})(.{1,${118 - indent.length}}) `, 'g'), `$1\n${indent}`);

describe('the tools', () => {
  it.each(Object.entries(VERSIONS))('%s is the one of Debian 12: %s', async (tool, version) => {
    const [first = ''] = String(await tools.run(tool, [tool === 'sqop' ? 'version' : '--version'])).split('\n');
    expect(first.split(' ')).toContain(version);
  });
});

describe('the program in Go', () => {
  it('is built with go-crypto as the table says', async () => {
    const built = String(await tools.run('go', ['version', '-m', tools.go]));
    expect(built).toMatch(new RegExp(`\\sgithub\\.com/ProtonMail/go-crypto\\sv${GO_CRYPTO.replaceAll('.', '\\.')}\\s`));
  });
});

describe('the table of key states', () => {
  it('is what every tool says of every state', async () => {
    await expect(table()).toMatchFileSnapshot(TABLE);
  });

  it('has a reason wherever a tool differs from us, and only there', () => {
    expect(rows.filter(differs).map(({ state }) => state)).toEqual(Object.keys(REASONS));
  });
});

describe('where a tool is stricter than we are', () => {
  it('it has no eye for the reason of a revocation, or for a certificate without its past', () => {
    const stricter = rows.flatMap(({ state, ours, theirs }) =>
      TABULATED.filter((tool) => ours.accepts && !theirs[tool].accepts).map((tool) => `${tool}: ${state}`),
    );
    const replaced = ['subkey superseded since', 'primary key superseded since', 'primary key retired since'];
    expect(stricter).toEqual([
      ...['sq', 'sqv', 'sqop', 'go-crypto'].map((tool) => `${tool}: subkey bound anew since`),
      ...replaced.flatMap((state) => [`gpg: ${state}`, `gpgv: ${state}`]),
    ]);
  });
});

describe('a key that gpg has extended', () => {
  it('verifies its earlier signatures everywhere in a certificate that has kept its past', async () => {
    const ago = (days: number) => ({ at: new Date(Date.now() - days * 86_400_000) });
    const key = await makeKey(gpg, {
      ...ago(730),
      algorithm: 'ed25519',
      expire: '3y',
      subkeys: [{ algorithm: 'ed25519' }],
    });
    const signature = await detachSign(gpg, key.subkeys[0] ?? key.primary, DATA, ago(365));
    const earlier = await exportPublic(gpg, key.primary);
    for (const which of [[], ['*']])
      await gpg.run(['--passphrase', '', '--quick-set-expire', key.primary, '5y', ...which], ago(100));
    const later = await exportPublic(gpg, key.primary);
    expect(await accepting({ certificate: later, signature, artifact: DATA })).toEqual(['gpg', 'gpgv']);
    // in this order, and where no newer one is: gpg takes no binding that is older than the one it has
    const merged = await withGpg(async (past) => {
      for (const input of [earlier, later]) await past.run(['--import'], { input });
      return exportPublic(past, key.primary);
    });
    expect(await accepting({ certificate: merged, signature, artifact: DATA })).toEqual(TABULATED);
    for (const certificate of [later, merged])
      expect((await askOurs(tools.directory, { certificate, signature, artifact: DATA })).verdict).toBe('good');
  });
});

async function accepting(question: Question): Promise<readonly string[]> {
  const { theirs } = await judge('', question);
  return TABULATED.filter((tool) => theirs[tool].accepts);
}
