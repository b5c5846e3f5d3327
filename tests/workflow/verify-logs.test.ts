// SPDX-License-Identifier: Apache-2.0
/** What a policy demands of logs: met, pending, or not met; and every way in which a proof is none. */
import fs from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../src/core/checkpoint.ts';
import { leafHash } from '../../src/core/merkle.ts';
import { noteSigner, parseLogKey } from '../../src/core/signed-note.ts';
import { formatStatement, parseStatement, type Statement } from '../../src/core/statement.ts';
import { formatSubmission } from '../../src/core/submission.ts';
import { formatTlogProof, parseTlogProof, type TlogProof } from '../../src/core/tlog-proof.ts';
import { detachSign } from '../gpg.ts';
import { countingFiles, ED25519, useLab } from './lab.ts';
import {
  IDENTITY,
  MANIFEST,
  makeLog,
  makeRelease,
  ORIGIN,
  PENDING,
  PROOF,
  prepare,
  putPolicy,
  submitWords,
  vkeyOf,
} from './log-lab.ts';
import { runProcess } from './processes.ts';

const lab = useLab({
  good: { ...ED25519, subkeys: [...(ED25519.subkeys ?? []), { algorithm: 'ed25519' }] },
  other: ED25519,
});
const { at, put, read, done, refused } = lab;

const verify = (...words: readonly string[]) => ['verify', at('r'), '--policy', at('policy.yaml'), ...words];

beforeEach(async () => {
  await prepare(lab, async () => {
    await makeRelease(lab);
    await makeLog(lab);
    // so that a proof has a hash to be altered
    await makeRelease(lab, 'earlier', '0');
    await done(submitWords(lab, 'earlier', '--project', 'nova', '--release', '0'));
    await done(submitWords(lab, 'r', ...IDENTITY));
  });
  putPolicy(lab);
});

/** Another proof in the place of the good one. */
function changeProof(change: (proof: TlogProof) => Partial<TlogProof>): void {
  const proof = parseTlogProof(read('r', PROOF));
  put({ [`r/${PROOF}`]: formatTlogProof({ ...proof, ...change(proof) }) });
}

const statementOf = (proof: TlogProof): Statement => parseStatement(proof.extra ?? Buffer.alloc(0));

describe('a policy that demands a log', () => {
  it('P32 is met by a proof, and the report says which log and which entry', async () => {
    const { files, bytes } = countingFiles();
    const report = await done(verify(), { files });
    expect(report.logs).toEqual([
      {
        kind: 'tiles',
        name: 'tarballs',
        origin: ORIGIN,
        index: 1,
        entry: Buffer.from(leafHash(parseTlogProof(read('r', PROOF)).extra ?? Buffer.alloc(0))).toString('hex'),
        tree_size: 2,
        proof: PROOF,
        action: 'verified',
        release: { project: 'opendev.org/openstack/nova', version: '1' },
      },
    ]);
    expect(report.warnings).toEqual([]);
    expect(bytes.get(at('r/a-1.tar.gz'))).toBe('some bytes of 1'.length);
    expect([...bytes.keys()].filter((file) => file.startsWith(at('log')))).toEqual([]);
  });

  it('P32 is met by a proof, and people read who proved what, when, and in which log', async () => {
    const { status, stdout } = await runProcess(verify());
    const { primary, subkeys } = lab.made('good');
    const signed = `signed \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z by (?:${subkeys.join('|')}) of ${primary}`;
    const wanted = [
      `verified a-1\\.tar\\.gz ${signed}`,
      'verified a-1\\.tar\\.gz\\.asc',
      `verified b-1\\.whl ${signed}`,
      'verified b-1\\.whl\\.asc',
      `verified ${MANIFEST} sha256:[0-9a-f]{64} ${signed}`,
      `verified ${PROOF} log ${ORIGIN} index 1 of 2, opendev.org/openstack/nova 1`,
    ];
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').sort()).toEqual(
      wanted.toSorted().map((line) => expect.stringMatching(new RegExp(`^${line}$`))),
    );
  });

  it('P14 is met by the proof alone: the log has no search, and need not be there', async () => {
    for (const gone of ['log', 'log.state', 'log.pem']) fs.rmSync(at(gone), { recursive: true });
    expect((await done(verify())).logs).toMatchObject([{ origin: ORIGIN, index: 1, tree_size: 2, action: 'verified' }]);
  });

  it('is met where the prepared submission of what the log has was left behind', async () => {
    put({ [`r/${PENDING}`]: submissionOf(statementOf(parseTlogProof(read('r', PROOF)))) });
    const report = await done(verify());
    expect(report.warnings).toEqual([]);
  });

  it('is not yet met where the submission is pending: status 1', async () => {
    put({ [`r/${PENDING}`]: submissionOf(statementOf(parseTlogProof(read('r', PROOF)))) });
    fs.rmSync(at('r', PROOF));
    const report = await refused(1, /pending: .*demands 1/, verify());
    expect(report).toMatchObject({
      status: 'pending',
      errors: [{ hint: expect.stringMatching(/pending for 2 days:/) }],
    });
    putPolicy(lab, { atLeast: 0 });
    expect((await done(verify())).warnings).toMatchObject([
      { kind: 'pending', message: expect.stringMatching(/to a tile log has been pending for 2 days$/) },
    ]);
  });

  it('is not met by a submission that is pending for too long, in the days that the policy gives it', async () => {
    const statement = statementOf(parseTlogProof(read('r', PROOF)));
    fs.rmSync(at('r', PROOF));
    const within = async (days: number | undefined, since: number, atLeast: number) => {
      put({ [`r/${PENDING}`]: submissionOf(statement, ['tiles:'], ago(since)) });
      putPolicy(lab, { more: { require: { logs: { at_least: atLeast, pending_days: days } } } });
    };
    await within(undefined, 6, 1);
    await refused(1, 'pending: ', verify());
    await within(undefined, 7, 1);
    const report = await refused(3, 'not-in-log: ', verify());
    expect(report.errors[0]?.hint).toMatch(/pending for 7 days, and may be for 7 days: run submit --resume/);
    await done(verify('--before-publication'));
    await within(8, 7, 1);
    await refused(1, 'pending: ', verify());
    // also where nothing is demanded, of a log that the policy knows
    await within(3, 3, 0);
    await refused(3, /not-in-log: the submission .* to a tile log has been pending for 3 days/, verify());
    await within(3, 2, 0);
    await done(verify());
    await within(0, 0, 0);
    await refused(3, 'not-in-log: ', verify());
  });

  it('is told of the logs that it knows and that are pending, whatever else the submission names', async () => {
    const statement = statementOf(parseTlogProof(read('r', PROOF)));
    const warned = async (logs: string[], days = 400) => {
      put({ [`r/${PENDING}`]: submissionOf(statement, logs, ago(days)) });
      return (await done(verify())).warnings.map(({ message }) => message);
    };
    expect(await warned(['tiles:', 'sigstore'])).toEqual([]);
    expect(await warned(['sigstore'])).toEqual([]);
    fs.rmSync(at('r', PROOF));
    putPolicy(lab, { atLeast: 0 });
    expect(await warned(['sigstore'])).toEqual([
      expect.stringMatching(/^the submission of .* to a log has been pending for 400 days/),
    ]);
    await done(['verify', at('r'), '--certificate', lab.certificate('good')]);
  });

  it('is not met without a proof: status 3, but before the publication', async () => {
    fs.rmSync(at('r', PROOF));
    await refused(3, /not-in-log: .*demands 1/, verify());
    const { warnings } = await done(verify('--before-publication'));
    expect(warnings).toMatchObject([
      { kind: 'not-checked', message: expect.stringMatching(/not demanded before publication/) },
    ]);
    putPolicy(lab, { atLeast: 0 });
    expect((await done(verify())).warnings).toEqual([]);
  });

  it('is met by a log whose key was rotated, where both keys are pinned', async () => {
    await done(['key', 'generate-log-key', '--for', 'tiles', '--out', at('next.pem')]);
    putPolicy(lab, { vkeys: [vkeyOf(lab, 'next'), vkeyOf(lab)] });
    await done(verify());
    putPolicy(lab, { vkeys: [vkeyOf(lab, 'next')] });
    await refused(3, 'wrong-key: ', verify());
  });

  it('is demanded for each manifest of a flat directory', async () => {
    fs.cpSync(at('earlier'), at('r'), { recursive: true });
    expect((await done(verify())).logs.map(({ index }) => index)).toEqual([0, 1]);
    fs.rmSync(at('r/nova-0.SHA256SUMS.tlog-proof'));
    await refused(3, /not-in-log: "nova-0\.SHA256SUMS" is proven by 0/, verify());
    await done(verify('--manifest', MANIFEST));
  });

  it('is demanded for a single file, through the manifest that lists it', async () => {
    const file = ['verify', at('r/a-1.tar.gz'), '--policy', at('policy.yaml')];
    expect(await done(file)).toMatchObject({ manifest: { name: MANIFEST }, logs: [{ index: 1 }] });
    fs.rmSync(at('r', PROOF));
    await refused(3, /not-in-log: .*demands 1/, file);
    fs.rmSync(at('r', MANIFEST));
    await refused(3, /not-in-log: no manifest beside "a-1\.tar\.gz" lists it/, file);
    await done([...file, '--before-publication']);
  });
});

const ago = (days: number) => new Date(Date.now() - days * 86_400_000 - 1000);
const submissionOf = (statement: Statement, logs = ['tiles:'], since = ago(2)): string =>
  Buffer.from(formatSubmission({ logs, since, statement, prepared: new Map(), asked: new Map() })).toString();

describe('a pending submission', () => {
  it.each([
    ['is none', () => 'anything', 'bad-format'],
    [
      'is of another manifest',
      (s: Statement) => submissionOf({ ...s, manifest: { ...s.manifest, size: 1 } }),
      'bad-proof',
    ],
    ['names another signer', (s: Statement) => submissionOf({ ...s, signer: lab.made('other').primary }), 'bad-proof'],
  ])('is refused where it %s', async (_, make, kind) => {
    put({ [`r/${PENDING}`]: make(statementOf(parseTlogProof(read('r', PROOF)))) });
    await refused(3, `${kind}: "${PENDING}": `, verify());
  });
});

describe('a proof', () => {
  it('of another manifest is refused', async () => {
    fs.copyFileSync(at('earlier/nova-0.SHA256SUMS.tlog-proof'), at('r', PROOF));
    await refused(3, /bad-proof: .*the statement is about "nova-0\.SHA256SUMS"/, verify());
  });

  it('of the same name and another content is refused', async () => {
    put({ 's/a': 'other bytes' });
    await done(['sign', at('s'), '--key-file', lab.key('good'), '--sums', '--project', 'nova', '--release', '1']);
    await done(submitWords(lab, 's', ...IDENTITY));
    fs.copyFileSync(at('s', PROOF), at('r', PROOF));
    await refused(3, /bad-proof: .*another manifest of this name/, verify());
  });

  it('that carries another statement than the one that was logged is refused', async () => {
    changeProof((proof) => ({ extra: formatStatement({ ...statementOf(proof), version: '2' }) }));
    await refused(3, 'bad-proof: ', verify());
  });

  it('that carries none is refused', async () => {
    changeProof(() => ({ extra: undefined }));
    await refused(3, /bad-proof: .*carries no statement/, verify());
  });

  it('with an altered hash, another index, or without its hash is refused', async () => {
    changeProof(({ hashes }) => ({
      hashes: hashes.map((hash) => hash.map((byte, at) => (at === 3 ? byte ^ 1 : byte)) as never),
    }));
    await refused(3, 'bad-proof: ', verify());
    changeProof(({ hashes }) => ({ hashes, index: 0 }));
    await refused(3, 'bad-proof: ', verify());
    changeProof(() => ({ hashes: [], index: 1 }));
    await refused(3, 'bad-proof: ', verify());
  });

  it('whose checkpoint has an altered signature, root or size is refused', async () => {
    const good = read('r', PROOF).toString();
    const lines = good.split('\n');
    const at0 = lines.indexOf('') + 1;
    const last = lines.length - 2;
    const alter = (index: number, by: (line: string) => string) =>
      put({ [`r/${PROOF}`]: lines.map((one, n) => (n === index ? by(one) : one)).join('\n') });
    // within the signature, behind the key's hash
    alter(last, (one) => one.replace(/.{20}$/, (end) => (end.startsWith('A') ? 'B' : 'A') + end.slice(1)));
    await refused(3, 'bad-signature: ', verify());
    alter(at0 + 1, () => '3');
    await refused(3, 'bad-signature: ', verify());
    alter(at0 + 2, (one) => (one.startsWith('A') ? 'B' : 'A') + one.slice(1));
    await refused(3, 'bad-signature: ', verify());
    put({ [`r/${PROOF}`]: good });
    await done(verify());
  });

  it('of a tree that the log never signed is refused, though its hashes fit', async () => {
    await done(['key', 'generate-log-key', '--for', 'tiles', '--out', at('evil.pem')]);
    const evil = noteSigner(ORIGIN, parseLogKey(read('evil.pem')));
    changeProof(({ checkpoint }) => ({ checkpoint: signCheckpoint(checkpoint, evil) }));
    await refused(3, 'wrong-key: ', verify());
  });

  it('by a log that is not pinned proves nothing, and is told as not checked', async () => {
    await makeLog(lab, 'elsewhere', 'elsewhere.example.org/log');
    fs.rmSync(at('r', PROOF));
    const words = submitWords(lab, 'r', ...IDENTITY).map((word) => word.replace(at('log'), at('elsewhere')));
    await done(words);
    const report = await refused(3, 'not-in-log: ', verify());
    expect(report.warnings).toMatchObject([
      { kind: 'not-checked', message: expect.stringMatching(/the policy pins no such log/) },
    ]);
    putPolicy(lab, { atLeast: 0 });
    expect(await done(verify())).toMatchObject({ logs: [], warnings: [{ kind: 'not-checked' }] });
  });

  it.each([
    ['empty', (_: Buffer) => Buffer.alloc(0)],
    ['cut off in the middle', (proof: Buffer) => proof.subarray(0, proof.length / 2)],
    ['cut off by one byte', (proof: Buffer) => proof.subarray(0, -1)],
    ['longer by one byte', (proof: Buffer) => Buffer.concat([proof, Buffer.from('\n')])],
    ['far too large', () => Buffer.alloc(300_000, 'x')],
    ['not text', () => Buffer.from([0xff, 0, 1])],
  ])('that is %s is refused', async (_, change) => {
    put({ [`r/${PROOF}`]: change(read('r', PROOF)) });
    await refused(3, /(?:bad-format|bad-proof): .*tlog-proof/, verify());
    putPolicy(lab, { atLeast: 0 });
    await refused(3, /(?:bad-format|bad-proof): .*tlog-proof/, verify());
  });

  it('that is a link is refused', async () => {
    fs.renameSync(at('r', PROOF), at('proof'));
    fs.symlinkSync('../proof', at('r', PROOF));
    await refused(3, /bad-name: .*symbolic link/, verify());
  });

  it('of a statement that names another signer than the manifest has is refused', async () => {
    const [first, second] = lab.made('good').subkeys;
    const { signer } = statementOf(parseTlogProof(read('r', PROOF)));
    const other = signer === first ? second : first;
    const asc = await detachSign(lab.gpg, other ?? ('' as never), read('r', MANIFEST));
    put({ [`r/${MANIFEST}.asc`]: asc });
    await refused(3, /bad-proof: .*names the signer .*, and .* signed/, verify());
  });
});
