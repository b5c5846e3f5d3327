// SPDX-License-Identifier: Apache-2.0
/**
 * `submit` where somebody else has to answer: the witnesses of a tile log, a Sigsum log, Rekor logs, a recorder. They run in the
 * process of the tests, where nobody kills them, and remember what they were asked until the scenario begins anew. Their clocks stand
 * still.
 */
import { expect, onTestFinished } from 'vitest';
import { parseSignedCheckpoint } from '../../src/core/checkpoint.ts';
import { parseBundle } from '../../src/core/sigstore-bundle.ts';
import { parseSubmission } from '../../src/core/submission.ts';
import { preparedFor } from '../../src/logs/rekor.ts';
import { toPem } from '../core/certificates.ts';
import { rekorLog } from '../core/rekor-log.ts';
import { type FakeRecorder, fakeRecorder, RECORDER } from '../logs/fake-recorder.ts';
import { fakeSigsum, headOf, makePair, nowSeconds } from '../logs/fake-sigsum.ts';
import { rekorServer } from '../logs/rekor-server.ts';
import { type FakeWitness, fakeWitness } from '../workflow/fake-witness.ts';
import { type Lab, loopback, loopbackTls } from '../workflow/lab.ts';
import { IDENTITY, MANIFEST, makeLog, makeRelease, PENDING, putPolicy, vkeyOf } from '../workflow/log-lab.ts';
import { serve } from '../workflow/server.ts';
import {
  betweenTwo,
  entriesOf,
  logScenarios,
  publishScenarios,
  type Scenarios,
  signScenarios,
  sumsScenarios,
} from './scenarios.ts';
import type { Scenario } from './stage.ts';

const BUNDLE = `${MANIFEST}.sigstore.json`;

const submitting = (lab: Lab, log: string, key: string) => (): readonly string[] => [
  ...['submit', lab.at('r'), '--log', log === 'tiles' ? `tiles:${lab.at('log')}` : log],
  ...['--log-key', lab.at(key), '--policy', lab.at('policy.yaml'), ...IDENTITY],
];

const verified = async (lab: Lab) => (await lab.done(['verify', lab.at('r'), '--policy', lab.at('policy.yaml')])).logs;

/** A release, a key for submissions, and what a policy says of the log. */
async function prepareFor(lab: Lab, kind: string, log: Readonly<Record<string, unknown>>): Promise<void> {
  await makeRelease(lab);
  const words = ['key', 'generate-log-key', '--for', kind, '--out', lab.at('submit.key')];
  const signers = [(await lab.done(words)).detail?.['public_key']];
  putPolicyOf(lab, { name: kind, kind, signers, ...log }, 1);
}

function putPolicyOf(lab: Lab, log: Readonly<Record<string, unknown>>, atLeast: number): void {
  const certificates = [{ file: lab.certificate('good'), fingerprint: lab.made('good').primary }];
  const rest = { require: { logs: { at_least: atLeast } }, logs: [log] };
  lab.put({ 'policy.yaml': JSON.stringify({ schema: 'artifact-signing.policy/v1', certificates, ...rest }) });
}

/** What is kept before anybody is asked is whole. */
const isSubmission = (name: string, content: string): boolean =>
  name === `r/${PENDING}` && parseSubmission(Buffer.from(content, 'latin1')).statement.version === '1';

function witnessed(lab: Lab): Scenario {
  let witnesses: readonly FakeWitness[] = [];
  const unseen = new Map<FakeWitness, FakeWitness['seen']>();
  const make = async (name: string, time: number) => {
    const witness = await fakeWitness(name, () => [vkeyOf(lab)]);
    witness.misbehave = ({ text }, honest) => {
      const reply = honest();
      return reply.status === 200 ? { ...reply, body: witness.cosign(text, time) } : reply;
    };
    unseen.set(witness, witness.seen);
    return witness;
  };
  return {
    command: 'submit, with witnesses',
    prepare: async () => {
      await makeRelease(lab);
      await makeLog(lab);
      witnesses = await Promise.all(['north', 'south'].map((name) => make(name, nowSeconds())));
      putPolicy(lab, { witnessed: { witnesses: witnesses.map(({ entry }) => entry), quorum: 2 } });
    },
    restore: () => {
      for (const [witness, seen] of unseen) witness.seen = seen;
    },
    words: submitting(lab, 'tiles', 'log.pem'),
    ports: { http: loopback() },
    // the log publishes what it has signed alone, and then what the witnesses have
    between: (name, content) =>
      betweenTwo(lab, name, content) ||
      (/^log(?:\.state)?\/checkpoint$/.test(name) && parseSignedCheckpoint(Buffer.from(content, 'latin1')).size === 1),
    look: async (when) => {
      if (when === 'between') return expect(entriesOf(lab).length).toBeLessThanOrEqual(1);
      expect([entriesOf(lab).length, witnesses.map(({ seen }) => seen.size)]).toEqual([1, [1, 1]]);
      expect((await verified(lab))[0]?.witnesses).toHaveLength(2);
    },
    releases: ['r'],
  };
}

function sigsum(lab: Lab): Scenario {
  const OTHERS = 3;
  let leaves: Buffer[] = [];
  return {
    command: 'submit, to Sigsum',
    prepare: async () => {
      const log = await fakeSigsum(OTHERS);
      const [north, south, time] = [makePair(), makePair(), nowSeconds()];
      leaves = log.leaves;
      log.misbehave = (asked, honest) => {
        const head = { size: leaves.length, log: log.log, witnesses: [north, south], time };
        if (asked === 'GET get-tree-head') return { status: 200, body: headOf(leaves, head) };
        const reply = honest();
        // what was accepted is in the tree at once: nobody has to wait for it
        return reply.status === 202 ? { ...reply, status: 200 } : reply;
      };
      await prepareFor(lab, 'sigsum', { policy_file: 'witnesses' });
      const who = `witness N ${north.hex}\nwitness S ${south.hex}\ngroup both all N S\nquorum both\n`;
      lab.put({ witnesses: `${log.line}\n${who}` });
    },
    restore: () => void leaves.splice(OTHERS),
    words: submitting(lab, 'sigsum', 'submit.key'),
    ports: { http: loopback() },
    between: isSubmission,
    look: async (when) => {
      expect([OTHERS, OTHERS + 1].slice(when === 'after' ? 1 : 0)).toContain(leaves.length);
      if (when === 'after') expect((await verified(lab))[0]).toMatchObject({ index: OTHERS, action: 'verified' });
    },
    releases: ['r'],
  };
}

/** Signatures on P-256 come out otherwise each time, so bundles do; one that was kept is sent again. */
function rekor(lab: Lab, version: 1 | 2): Scenario {
  const log = rekorLog(version);
  return {
    command: version === 2 ? 'submit, to Rekor' : 'submit, to Rekor v1',
    prepare: async () => {
      log.entries.splice(0);
      const server = await rekorServer(log);
      onTestFinished(server.close);
      await prepareFor(lab, 'rekor', { version, url: server.url, origin: log.origin, keys: [log.pin] });
    },
    restore: () => void log.entries.splice(0),
    words: submitting(lab, 'rekor', 'submit.key'),
    ports: { http: loopback() },
    varies: [`r/${BUNDLE}`],
    between: (name, content) => {
      const bytes = Buffer.from(content, 'latin1');
      if (name === `r/${BUNDLE}`) return parseBundle(bytes).entries.length === 1;
      const request = isSubmission(name, content) ? parseSubmission(bytes).prepared.get('rekor') : undefined;
      return request !== undefined && preparedFor(request, lab.read('r', MANIFEST)).signature.length > 0;
    },
    look: async (when) => {
      expect([0, 1].slice(when === 'after' ? 1 : 0)).toContain(log.entries.length);
      if (when === 'after') expect((await verified(lab))[0]).toMatchObject({ index: 0, action: 'verified' });
    },
    releases: ['r'],
  };
}

/** It fetches the manifest from where it is published, which is the directory itself, and has one certificate for it. */
function recorder(lab: Lab): Scenario {
  let fake: FakeRecorder;
  let site: string;
  return {
    command: 'submit, to a recorder',
    prepare: async () => {
      await makeRelease(lab);
      fake = await fakeRecorder();
      site = (await serve(lab.at())).url;
      const { url, address, authority } = fake;
      const asked = { recorder: RECORDER, url, address, ca_file: 'ca.pem' };
      const project = { project_domain: '{version}.{project}.example.org' };
      putPolicyOf(lab, { name: 'recorder', kind: 'recorder', ...asked, ...project }, 0);
      lab.put({ 'ca.pem': toPem(authority.root) });
    },
    restore: () => void fake.records.splice(0),
    words: () => [
      ...['submit', lab.at('r'), '--log', 'recorder', '--policy', lab.at('policy.yaml'), ...IDENTITY],
      ...['--published-url', `${site}/r`],
    ],
    ports: { http: loopback(), tls: loopbackTls() },
    between: isSubmission,
    look: async (when) => {
      expect([0, 1].slice(when === 'after' ? 1 : 0)).toContain(fake.records.length);
      if (when === 'after') expect((await verified(lab))[0]).toMatchObject({ kind: 'recorder', action: 'verified' });
    },
    releases: ['r'],
  };
}

export const serverScenarios = (lab: Lab): Scenarios => ({
  'submit, with two witnesses': witnessed(lab),
  'submit, to a Sigsum log': sigsum(lab),
  'submit, to a Rekor log': rekor(lab, 2),
  'submit, to a Rekor log of version 1': rekor(lab, 1),
  'submit, to a recorder': recorder(lab),
});

/** Every command that writes. */
export const allScenarios = (lab: Lab): Scenarios => ({
  ...signScenarios(lab),
  ...sumsScenarios(lab),
  ...publishScenarios(lab),
  ...logScenarios(lab),
  ...serverScenarios(lab),
});
