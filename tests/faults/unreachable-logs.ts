// SPDX-License-Identifier: Apache-2.0
/** Logs of others that do not answer, and the keys that a submission to them is given. */
import { createPrivateKey } from 'node:crypto';
import fs from 'node:fs';
import { addLogKey } from '../pieces.ts';
import { type Lab, type LogKeyFile, makeLogKey, type Vars } from '../roles/lab.ts';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1';
const KINDS = { rekor: 'rekor', sigsum: 'sigsum', token: 'sigsum' } as const;
type Name = keyof typeof KINDS;

/** What a role needs for a submission to a Rekor and a Sigsum log at this address, where nobody listens unless told. */
export type UnreachableLogs = (url?: string) => Vars;

/** With a token; the pieces of all three keys are added. */
export function makeUnreachableLogs(lab: Lab, fingerprint: string, pieces: Map<string, string>): UnreachableLogs {
  const rekor = makeKey(lab, 'rekor', pieces);
  const sigsum = makeKey(lab, 'sigsum', pieces);
  const token = makeKey(lab, 'token', pieces);
  const keys = { rekor: rekor.secret, sigsum: sigsum.secret, token: token.secret };
  return (url = NOWHERE) => {
    const { policy, names } = writePolicy(lab, fingerprint, url, { rekor: rekor.open, sigsum: sigsum.open });
    return {
      submit_transparency_policy: policy,
      submit_transparency_logs: names,
      submit_transparency_keys: keys,
      submit_transparency_token_domain: 'example.org',
      submit_transparency_log_deadline: url === NOWHERE ? '5' : '60',
      submit_transparency_on_outage: 'defer',
    };
  };
}

function writePolicy(
  lab: Lab,
  fingerprint: string,
  url: string,
  signers: Readonly<Record<'rekor' | 'sigsum', string>>,
) {
  const who = [1, 2].map((digit) => `${digit}`.repeat(64));
  lab.write('work/witnesses', `log ${who[0]} ${url}\nwitness W ${who[1]}\nquorum W\n`);
  const logs = [
    {
      ...{ name: 'first', kind: 'rekor', version: 2, url, origin: 'log.example.org' },
      ...{ keys: [signers.rekor], signers: [signers.rekor] },
    },
    { name: 'second', kind: 'sigsum', policy_file: 'witnesses', signers: [signers.sigsum] },
  ];
  const require = { logs: { at_least: 1 } };
  const policy = {
    ...{ schema: 'artifact-signing.policy/v1', certificates: [{ file: 'locked.asc', fingerprint }] },
    ...{ logs, require },
  };
  return { policy: lab.write('work/policy.yaml', JSON.stringify(policy)), names: logs.map(({ name }) => name) };
}

function makeKey(lab: Lab, name: Name, pieces: Map<string, string>): LogKeyFile {
  const key = makeLogKey(lab, KINDS[name], `${name}.pem`);
  const { secret, open, file } = key;
  addLogKey(pieces, name, secret, scalarOf(secret, open), fs.readFileSync(`${file}.pub`, 'utf8'));
  return key;
}

/** The secret itself. */
export function scalarOf(pem: string, open: string): Buffer {
  if (!pem.includes('OPENSSH'))
    return Buffer.from(createPrivateKey(pem).export({ format: 'jwk' }).d ?? '', 'base64url');
  // the public half follows it, as it does elsewhere in the file
  const octets = Buffer.from(pem.replace(/^-----.*$/gm, ''), 'base64');
  const end = octets.lastIndexOf(Buffer.from(open, 'hex'));
  return octets.subarray(end - 32, end);
}
