// SPDX-License-Identifier: Apache-2.0
/** Whom we believe: a policy with its certificates, or what `--certificate` and `--fingerprint` stand for. */
import path from 'node:path';
import { CHAIN_CAP, parseAuthorities } from '../core/certificate-chain.ts';
import { decodeUtf8 } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import { decodePolicy, type PinnedCertificate, type Policy, simplePolicy } from '../core/policy.ts';
import type { TrustedLog } from '../core/policy-logs.ts';
import type { Finding, SignatureReport } from '../core/report.ts';
import { parseSigsumPolicy, SIGSUM_POLICY_CAP } from '../core/sigsum-policy.ts';
import { type Certificate, readCertificates } from '../openpgp/certificate.ts';
import type { Verdict } from '../openpgp/detached.ts';
import { KEYRING_CAP } from '../openpgp/keyring.ts';
import type { Ports } from '../ports.ts';

const POLICY_CAP = 256 * 1024;

export interface TrustOptions {
  readonly policy: string | undefined;
  readonly certificate: string | undefined;
  readonly fingerprint: Fingerprint | undefined;
}

export interface Trust {
  readonly policy: Policy;
  /** The pinned ones only; one that is pinned twice stands here twice, and both files have their say. */
  readonly certificates: readonly Certificate[];
}

/** Exactly one of policy and certificate. Throws `usage`, `bad-format`, `unreadable`, `wrong-key`. */
export async function loadTrust(ports: Ports, { policy, certificate, fingerprint }: TrustOptions): Promise<Trust> {
  if (policy !== undefined && (certificate ?? fingerprint) !== undefined) {
    throw new Fault('usage', '--policy stands alone: it names its own certificates');
  }
  if (policy !== undefined) return loadPolicy(ports, policy);
  if (certificate !== undefined) return trustCertificate(ports, certificate, fingerprint);
  throw new Fault('usage', 'whom should be believed is not said', {
    hint: 'give --policy FILE, or --certificate FILE with --fingerprint',
  });
}

/** Reads an armored or binary keyring. */
export async function loadCertificates(ports: Ports, file: string): Promise<readonly Certificate[]> {
  const bytes = await ports.files.readGiven(file, KEYRING_CAP);
  return inFile(file, async () => readCertificates(bytes));
}

async function trustCertificate(ports: Ports, file: string, fingerprint: Fingerprint | undefined): Promise<Trust> {
  const all = await loadCertificates(ports, file);
  const certificates = fingerprint === undefined ? all : [pick(all, fingerprint, file)];
  const pins = certificates.map(
    (one): PinnedCertificate => ({ file, fingerprint: one.fingerprint, from: undefined, until: undefined }),
  );
  return { policy: simplePolicy(pins), certificates };
}

async function loadPolicy(ports: Ports, file: string): Promise<Trust> {
  const bytes = await ports.files.readGiven(file, POLICY_CAP);
  const policy = await inFile(file, async () =>
    decodePolicy(await ports.yaml.parse(decodeUtf8(bytes, POLICY_CAP, 'it'))),
  );
  const certificates: Certificate[] = [];
  const files = new Map<string, readonly Certificate[]>();
  for (const pin of policy.certificates) {
    const at = path.resolve(path.dirname(file), pin.file);
    const held = files.get(at) ?? (await loadCertificates(ports, at));
    files.set(at, held);
    certificates.push(pick(held, pin.fingerprint, at));
  }
  return { policy: { ...policy, logs: await readLogFiles(ports, file, policy.logs) }, certificates };
}

/** With the content of the files that they name, relative to the policy. */
async function readLogFiles(
  ports: Ports,
  policyFile: string,
  logs: readonly TrustedLog[],
): Promise<readonly TrustedLog[]> {
  return Promise.all(
    logs.map(async (log) => {
      const place = (file: string) => path.resolve(path.dirname(policyFile), file);
      if (log.kind === 'recorder' && log.caFile !== undefined) {
        const at = place(log.caFile);
        const bytes = await ports.files.readGiven(at, CHAIN_CAP);
        return { ...log, authorities: await inFile(at, async () => parseAuthorities(bytes)) };
      }
      if (log.kind !== 'sigsum' || log.policyFile === undefined) return log;
      const at = place(log.policyFile);
      const bytes = await ports.files.readGiven(at, SIGSUM_POLICY_CAP);
      return { ...log, policy: await inFile(at, async () => parseSigsumPolicy(bytes)) };
    }),
  );
}

function pick(certificates: readonly Certificate[], fingerprint: Fingerprint, file: string): Certificate {
  const found = certificates.find((one) => one.fingerprint === fingerprint);
  if (found !== undefined) return found;
  throw new Fault('wrong-key', `${quote(file)} holds no certificate with the fingerprint ${fingerprint}`, {
    file,
    hint: `it holds ${certificates.map((one) => one.fingerprint).join(', ')}; pin the primary key's fingerprint`,
  });
}

/** Tells a Fault again with the file that it came from. */
export async function inFile<T>(file: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof Fault) || error.file !== undefined) throw error;
    throw new Fault(error.kind, `${quote(file)}: ${error.message}`, {
      file,
      hint: error.hint,
      evidence: error.evidence,
      cause: error,
    });
  }
}

/** A signature that was judged: what is to be said of it, and why it is refused, if it is. */
export interface Judgement {
  readonly signature?: SignatureReport;
  readonly refusal?: Finding;
  readonly warning?: Finding;
}

const EXPIRED_HINT = {
  refuse: 'the policy says "expired_after_signing: refuse"',
  logged:
    'no witness or timestamp that the policy pins proves that the signature is older; "expired_after_signing: accept" would take it',
} as const;

/** Whether it matters since when a signature is known to have been there. */
export const isTimeAsked = ({ expiredAfterSigning }: Policy, verdict: Verdict): boolean =>
  expiredAfterSigning === 'logged' && verdict.kind === 'good' && verdict.state === 'expired-after-signing';

/**
 * Holds a verdict against the policy: windows of certificates, and keys that expired after they signed. `since`: since when others
 * vouch that a log has it, where `isTimeAsked`.
 */
export function judge(policy: Policy, file: string, verdict: Verdict, since: Date | undefined): Judgement {
  if (verdict.kind !== 'good')
    return {
      refusal: {
        kind: verdict.kind,
        file,
        message: verdict.message,
        ...(verdict.hint === undefined ? {} : { hint: verdict.hint }),
      },
    };
  const signature: SignatureReport = {
    file,
    signer: verdict.key,
    primary: verdict.primary,
    created: verdict.created.toISOString(),
    state: verdict.state,
  };
  if (!policy.certificates.some((pin) => covers(pin, verdict.primary, verdict.created))) {
    return {
      signature,
      refusal: {
        kind: 'wrong-key',
        file,
        message: `${quote(file)} was made at ${signature.created}, outside the window of its certificate`,
      },
    };
  }
  const proven = isTimeAsked(policy, verdict) && isBefore(since, verdict.expires);
  if (verdict.state === 'expired-after-signing' && policy.expiredAfterSigning !== 'accept' && !proven) {
    const message = `${quote(file)} was made by a key that has expired since`;
    return {
      signature,
      refusal: { kind: 'expired-after-signing', file, message, hint: EXPIRED_HINT[policy.expiredAfterSigning] },
    };
  }
  if (verdict.state !== 'expires-soon') return { signature };
  const message = `the key ${verdict.key} expires on ${verdict.expires?.toISOString().slice(0, 10)}`;
  return { signature, warning: { kind: 'expires-soon', message, hint: 'extend or rotate it in time' } };
}

/** At the time of the expiry itself, the key has expired. */
const isBefore = (since: Date | undefined, expires: Date | undefined): boolean =>
  since !== undefined && expires !== undefined && since < expires;

const covers = (pin: PinnedCertificate, primary: Fingerprint, created: Date) =>
  pin.fingerprint === primary &&
  (pin.from === undefined || created >= pin.from) &&
  (pin.until === undefined || created < pin.until);
