// SPDX-License-Identifier: Apache-2.0
/**
 * What a policy says of logs in files of its own, all of them relative to it: Sigsum policies, trusted roots of Sigstore, authorities of
 * recorders, and keys of ours that a certificate of the policy has signed. Where signing configs lie is remembered: they are read by who submits.
 */
import path from 'node:path';
import { CHAIN_CAP, parseAuthorities } from '../core/certificate-chain.ts';
import { SIGNATURE } from '../core/companions.ts';
import { Fault, quote } from '../core/fault.ts';
import { refuseShared, type TrustedLog, type TrustedTileLog, whyNotOf } from '../core/policy-logs.ts';
import type { TrustedRecorder } from '../core/policy-recorder.ts';
import type { TrustedRekorLog } from '../core/policy-rekor.ts';
import type { TrustedSigsumLog } from '../core/policy-sigsum.ts';
import { PUBLIC_LOG_KEY_CAP, type PublicLogKey, parsePublicLogKey } from '../core/public-log-key.ts';
import { parseSigsumPolicy, SIGSUM_POLICY_CAP } from '../core/sigsum-policy.ts';
import { readRekorKeys, TRUSTED_ROOT_CAP } from '../core/trusted-root.ts';
import type { Ports } from '../ports.ts';
import { checkBytes, SIGNATURE_CAP } from './signing.ts';
import { inFile, judge, type Trust } from './trust.ts';

/** The logs of `trust`, whose policy lies in this directory. */
export async function readLogFiles(ports: Ports, directory: string, trust: Trust): Promise<readonly TrustedLog[]> {
  const at = (file: string) => path.resolve(directory, file);
  const read: TrustedLog[] = [];
  for (const log of trust.policy.logs) {
    if (log.kind === 'rekor') read.push(await readRekorLog(ports, at, trust, log));
    else if (log.kind === 'sigsum') read.push(await readSigsumLog(ports, at, trust, log));
    else if (log.kind === 'recorder') read.push(await readRecorder(ports, at, log));
    else read.push(await readTileLog(ports, at, trust, log));
  }
  refuseShared(read);
  return read;
}

type Place = (file: string) => string;

async function readRekorLog(ports: Ports, at: Place, trust: Trust, log: TrustedRekorLog): Promise<TrustedRekorLog> {
  const certified = await readSigners(ports, log.signerFiles.map(at), trust);
  const signers = certified.map((one) => (one.kind === 'rekor' ? one.key : wrongKind(log.name, one.file)));
  const { trustedRoot, signingConfig } = log;
  return {
    ...log,
    signingConfig: signingConfig && at(signingConfig),
    keys:
      trustedRoot === undefined ? log.keys : await readRoot(ports, at(trustedRoot.file), { ...log, ...trustedRoot }),
    signers: [...log.signers, ...signers],
  };
}

async function readRoot(ports: Ports, file: string, wanted: Parameters<typeof readRekorKeys>[1]) {
  const bytes = await ports.files.readGiven(file, TRUSTED_ROOT_CAP);
  return inFile(file, async () => readRekorKeys(bytes, wanted));
}

async function readSigsumLog(ports: Ports, at: Place, trust: Trust, log: TrustedSigsumLog): Promise<TrustedSigsumLog> {
  const certified = await readSigners(ports, log.signerFiles.map(at), trust);
  const signers = certified.map((one) => (one.kind === 'sigsum' ? one.key : wrongKind(log.name, one.file)));
  const read = { ...log, signers: [...log.signers, ...signers] };
  if (log.policyFile === undefined) return read;
  const file = at(log.policyFile);
  const bytes = await ports.files.readGiven(file, SIGSUM_POLICY_CAP);
  return { ...read, policy: await inFile(file, async () => parseSigsumPolicy(bytes)) };
}

async function readTileLog(ports: Ports, at: Place, trust: Trust, log: TrustedTileLog): Promise<TrustedTileLog> {
  const certified = await readSigners(ports, log.keyFiles.map(at), trust);
  const keys = certified.map((one) => {
    if (one.kind !== 'tiles') return wrongKind(log.name, one.file);
    const why = whyNotOf(log, one.key);
    if (why === undefined) return one.key;
    throw new Fault('bad-format', `the log key ${quote(one.file)} ${why}`, { file: one.file });
  });
  return { ...log, keys: [...log.keys, ...keys] };
}

async function readRecorder({ files }: Ports, at: Place, log: TrustedRecorder): Promise<TrustedRecorder> {
  if (log.caFile === undefined) return log;
  const file = at(log.caFile);
  const bytes = await files.readGiven(file, CHAIN_CAP);
  return { ...log, authorities: await inFile(file, async () => parseAuthorities(bytes)) };
}

function wrongKind(log: string, file: string): never {
  throw new Fault('bad-format', `${quote(file)} is a key for another kind of log than ${quote(log)}`, {
    file,
    hint: 'Rekor takes keys on P-256, Sigsum Ed25519, as "key generate-log-key --for" makes them; a tile log has its log.vkey',
  });
}

type Certified = PublicLogKey & { readonly file: string };

async function readSigners(ports: Ports, files: readonly string[], trust: Trust): Promise<readonly Certified[]> {
  const signers: Certified[] = [];
  for (const file of files) signers.push({ ...(await readCertified(ports, file, trust)), file });
  return signers;
}

/**
 * A public log key that a certificate of the policy has signed: `FILE.asc`. Throws `unreadable`, `unsigned` where there is no signature,
 * and what is wrong with it as for the signature of a manifest; where its key has expired since, no log speaks for it.
 */
async function readCertified({ files, clock }: Ports, file: string, trust: Trust): Promise<PublicLogKey> {
  const bytes = await files.readGiven(file, PUBLIC_LOG_KEY_CAP);
  const key = await inFile(file, async () => parsePublicLogKey(bytes));
  const signature = `${file}${SIGNATURE}`;
  if ((await files.stat(signature)) === undefined)
    throw new Fault('unsigned', `nobody has certified the log key ${quote(file)}`, {
      file,
      hint: `${quote(signature)} should stand beside it: "artifact-signing key certify" makes it`,
    });
  const asc = await files.readGiven(signature, SIGNATURE_CAP);
  const { refusal } = judge(
    trust.policy,
    signature,
    await checkBytes(asc, bytes, trust.certificates, clock.now()),
    undefined,
  );
  if (refusal === undefined) return key;
  throw new Fault(refusal.kind, `the log key ${quote(file)} is not certified: ${refusal.message}`, {
    file: signature,
    hint: refusal.hint ?? 'certify it anew: artifact-signing key certify --force',
  });
}
