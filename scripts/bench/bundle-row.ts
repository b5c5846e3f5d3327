// SPDX-License-Identifier: Apache-2.0
/**
 * Row 11: Rekor's bundles verified offline. The log is the one of the tests, real keys and a real tree without a server: it takes
 * a thousand entries at once. Ours verifies the OpenPGP signatures of manifests and artifacts, too.
 */
import fs from 'node:fs';
import { runCommand } from '../run-command.ts';
import { cosignFor } from './cosign.ts';
import { type Figure, type Ratio, ratioOf, ratios, spreadOf, timeOf } from './figure.ts';
import { type Lab, linkFiles, OURS } from './lab.ts';
import { secondsOf } from './log-row.ts';
import { inTurn, type Took, type Work } from './measure.ts';
import { each } from './public-log-rows.ts';
import { makeReleases, makeSubmitKey, RELEASE_WORKER, writePolicy } from './releases.ts';
import { countName, type Sizes } from './rows.ts';

export async function bundleRow(lab: Lab, sizes: Sizes): Promise<readonly Figure[]> {
  const [all, some] = sizes.bundles;
  const { policy, cosign, key, log } = await makeBundles(lab, all, some);
  const verify = { name: 'artifact-signing verify', program: [...OURS, 'verify', '--quiet', '--policy', policy] };
  const once: Work = { name: `${verify.name}, once`, argv: [...verify.program, lab.at('bundles-flat')] };
  const theirs: Work = { ...each(cosign.verify, lab.at('bundles'), '*'), name: 'cosign verify-blob, one by one' };
  const [ours = [], their = []] = await inTurn([once, theirs], sizes.fewRuns);
  const alone = [{ ...verify, tail: '"$d"' }, cosign.verify].map((step) => each(step, lab.at('bundles-some'), '*'));
  const [ourAlone = [], theirAlone = []] = await inTurn(alone, sizes.fewRuns);
  const worker = (verb: string, trust: string): Work => ({
    name: verb,
    argv: [process.execPath, RELEASE_WORKER, verb, lab.at('bundles'), `${key}.pub`, trust],
  });
  const warm = await inTurn([worker('ours', log), worker('theirs', cosign.root)], sizes.runs);
  for (const name of ['bundles', 'bundles-some', 'bundles-flat']) fs.rmSync(lab.at(name), { recursive: true });
  return [
    {
      row: 11,
      work: `${countName(all)} bundles verified offline, and signatures`,
      ours: timeOf(once.name, ours),
      theirs: timeOf(theirs.name, their),
      ratio: ratioOf('faster', ours, their),
      goal: { is: 'at-least', value: 20, of: 'ratio' },
    },
    {
      row: 11,
      work: `${countName(some)} of them, a process each on both sides`,
      ours: timeOf(verify.name, ourAlone),
      theirs: timeOf(cosign.verify.name, theirAlone),
      ratio: ratioOf('faster', ourAlone, theirAlone),
    },
    perBundle(warm, all),
  ];
}

/** One release of a directory each, all of them in one directory, and some. */
async function makeBundles(lab: Lab, all: number, some: number) {
  lab.say(`making ${countName(all)} bundles`);
  const { file: key, signer } = await makeSubmitKey(lab, 'rekor', 11);
  await makeReleases(lab, lab.at('bundles'), 'r', all);
  const log = lab.secretAt('log.json');
  await runCommand(process.execPath, [RELEASE_WORKER, 'log', lab.at('bundles'), key, log]);
  for (const [index, release] of fs.readdirSync(lab.at('bundles')).entries()) {
    linkFiles(lab.at('bundles', release), lab.at('bundles-flat'));
    if (index < some) linkFiles(lab.at('bundles', release), lab.at('bundles-some', release));
  }
  const { origin, pin }: Readonly<Record<string, string>> = JSON.parse(fs.readFileSync(log, 'utf8'));
  const cosign = await cosignFor(lab, { origin: origin ?? '', publicKey: `${log}.pub`, key });
  const url = `https://${origin}`;
  const policy = await writePolicy(lab, { kind: 'rekor', version: 2, url, origin, keys: [pin], signers: [signer] });
  return { policy, cosign, key, log };
}

function perBundle([ours = [], theirs = []]: readonly (readonly Took[])[], count: number): Figure {
  const [our, their] = [ours, theirs].map((took) => took.map((one) => secondsOf(one) / count)) as [number[], number[]];
  const ratio: Ratio = { direction: 'faster', wall: spreadOf(ratios('faster', our, their)) };
  return {
    row: 11,
    work: `each of ${countName(count)} bundles, within a process`,
    ours: { name: 'our verifier', unit: 's', value: spreadOf(our) },
    theirs: { name: '@sigstore/verify', unit: 's', value: spreadOf(their) },
    ratio,
  };
}
