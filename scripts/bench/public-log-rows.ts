// SPDX-License-Identifier: Apache-2.0
/**
 * Rows 9 and 10: manifests submitted to logs of others, one by one, and verified, against the programs that come with those
 * logs. The servers are those of the integration tests; both sides submit to the same one, in turn.
 */
import fs from 'node:fs';
import path from 'node:path';
import { buildRekorTiles, openRekorTiles } from '../../tests/integration/rekor-tiles.ts';
import { openSigsum, sigsumPrograms } from '../../tests/integration/sigsum.ts';
import { cosignFor } from './cosign.ts';
import { type Figure, ratioOf, timeOf } from './figure.ts';
import { type Lab, OURS } from './lab.ts';
import { inTurn, type Took, type Work } from './measure.ts';
import { makeReleases, makeSubmitKey, writePolicy } from './releases.ts';
import { countName, type Sizes } from './rows.ts';

/** A command for one release: `$d` is its directory, `$m` its manifest. */
interface Step {
  readonly name: string;
  readonly program: readonly string[];
  /** What follows, for the shell. */
  readonly tail: string;
  readonly env?: NodeJS.ProcessEnv;
}

interface Contest {
  readonly row: 9 | 10;
  /** A directory of the data, and the log as it is called in the table. */
  readonly directory: string;
  readonly log: string;
  /** What a submission leaves beside the manifest. */
  readonly proof: string;
  readonly submit: readonly [ours: Step, theirs: Step];
  readonly verify: readonly [ours: Step, theirs: Step];
}

const SIDES = ['ours', 'theirs'] as const;

/** For each release that `places` matches below the directory, which stands for `$0`. */
export const each = ({ name, program, tail, env }: Step, directory: string, places: string): Work => ({
  name,
  argv: [
    'sh',
    '-ec',
    `cd "$0"; for d in ${places}; do m=$d/nova-\${d##*/}.SHA256SUMS; "$@" ${tail}; done`,
    directory,
    ...program,
  ],
  ...(env === undefined ? {} : { env }),
});

async function hold(lab: Lab, sizes: Sizes, contest: Contest): Promise<readonly Figure[]> {
  const { row, log, proof } = contest;
  const [count, turns] = sizes.submitted;
  const at = (...parts: readonly string[]) => lab.at(contest.directory, ...parts);
  for (const side of SIDES)
    for (let turn = 1; turn <= turns; turn += 1)
      await makeReleases(lab, at(side, String(turn)), `${side}-${turn}-`, count);
  const submissions = contest.submit.map((step, index) => submitting(step, at(SIDES[index] ?? ''), count, proof));
  const submitted = await inTurn(submissions, turns);
  const verifications = contest.verify.map((step) => each(step, at('ours'), '*/*'));
  const verified = await inTurn(verifications, sizes.fewRuns);
  fs.rmSync(at(), { recursive: true });
  const turn = turns === 1 ? '' : `, ${count} at a time`;
  const all = countName(count * turns);
  return [
    compared(row, `${all} manifests submitted to ${log}${turn}`, submissions, submitted),
    compared(row, `${all} proofs of ${log}, a process each`, verifications, verified),
  ];
}

/** The releases of the next turn, each time. */
function submitting(step: Step, directory: string, count: number, proof: string): Work {
  let turn = 1;
  const place = () => path.join(directory, String(turn));
  return {
    ...each(step, place(), '*'),
    get argv() {
      return each(step, place(), '*').argv;
    },
    after: () => {
      const made = fs.readdirSync(place(), { recursive: true }).filter((name) => String(name).endsWith(proof));
      if (made.length !== count) throw new Error(`${made.length} proofs in ${place()}, where there should be ${count}`);
      turn += 1;
    },
  };
}

const compared = (
  row: number,
  work: string,
  [our, their]: readonly Work[],
  [ours = [], theirs = []]: readonly (readonly Took[])[],
): Figure => ({
  row,
  work,
  ours: timeOf(our?.name ?? '', ours),
  theirs: timeOf(their?.name ?? '', theirs),
  ratio: ratioOf('faster', ours, theirs),
});

const ourSubmit = (policy: string, key: string): Step => ({
  name: 'artifact-signing submit',
  program: [
    ...[...OURS, 'submit', '--quiet', '--log', 'bench', '--log-key', key, '--policy', policy],
    ...['--project', 'opendev.org/openstack/nova', '--log-deadline', '60'],
  ],
  tail: '"$d" --release "$d"',
});

const ourVerify = (policy: string): Step => ({
  name: 'artifact-signing verify',
  program: [...OURS, 'verify', '--quiet', '--policy', policy],
  tail: '"$d"',
});

/** Row 9. */
export async function rekorRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  const server = await openRekorTiles(buildRekorTiles(), lab.at('rekor-server'), 'rekor.bench.example.org');
  try {
    lab.say('a Rekor v2 answers');
    const { file, signer } = await makeSubmitKey(lab, 'rekor', 9);
    const { url, readUrl, origin, pin } = server;
    const cosign = await cosignFor(lab, { origin, url, publicKey: server.publicKey, key: file });
    const named = { kind: 'rekor', version: 2, url, read_url: readUrl, origin, keys: [pin], signers: [signer] };
    const policy = await writePolicy(lab, named);
    return await hold(lab, sizes, {
      row: 9,
      directory: 'rekor',
      log: 'a Rekor v2',
      proof: '.sigstore.json',
      submit: [ourSubmit(policy, file), cosign.sign],
      verify: [ourVerify(policy), cosign.verify],
    });
  } finally {
    await server.close();
  }
}

/** Row 10. */
export async function sigsumRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  const programs = sigsumPrograms();
  const server = await openSigsum(programs, lab.at('sigsum-server'));
  try {
    lab.say('a Sigsum log answers, and two witnesses');
    const { file, signer } = await makeSubmitKey(lab, 'sigsum', 10);
    const [submit, verify] = ['submit', 'verify'].map((verb) => path.join(programs.tools, `sigsum-${verb}`));
    const policy = await writePolicy(lab, { kind: 'sigsum', policy_file: server.policy, signers: [signer] });
    const known = ['-p', server.policy];
    return await hold(lab, sizes, {
      row: 10,
      directory: 'sigsum',
      log: 'a Sigsum log',
      proof: '.proof',
      submit: [
        ourSubmit(policy, file),
        {
          name: 'sigsum-submit',
          program: [submit ?? '', '--diagnostics', 'warning', '--timeout', '60s', '-k', file, ...known],
          tail: '"$m"',
        },
      ],
      verify: [
        ourVerify(policy),
        { name: 'sigsum-verify', program: [verify ?? '', '-k', `${file}.pub`, ...known], tail: '"$m.proof" < "$m"' },
      ],
    });
  } finally {
    await server.close();
  }
}
