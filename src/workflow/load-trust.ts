// SPDX-License-Identifier: Apache-2.0
/** Reads whom we believe: a policy with all its files, or what `--certificate` and `--fingerprint` stand for. */
import path from 'node:path';
import { decodeUtf8 } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import type { Fingerprint } from '../core/fingerprint.ts';
import { decodePolicy, type PinnedCertificate, simplePolicy } from '../core/policy.ts';
import type { Certificate } from '../openpgp/certificate.ts';
import type { Ports } from '../ports.ts';
import { readLogFiles } from './policy-files.ts';
import { inFile, loadCertificates, type Trust } from './trust.ts';

export const POLICY_CAP = 256 * 1024;

export interface TrustOptions {
  readonly policy: string | undefined;
  readonly certificate: string | undefined;
  readonly fingerprint: Fingerprint | undefined;
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
  if (Buffer.from(bytes.subarray(0, 64)).toString('latin1').trimStart().startsWith('-----BEGIN PGP'))
    throw new Fault('usage', `${quote(file)} is a certificate, and no policy`, {
      file,
      hint: 'give it with --certificate',
    });
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
  const trust = { policy, certificates };
  return { ...trust, policy: { ...policy, logs: await readLogFiles(ports, path.dirname(file), trust) } };
}

function pick(certificates: readonly Certificate[], fingerprint: Fingerprint, file: string): Certificate {
  const found = certificates.find((one) => one.fingerprint === fingerprint);
  if (found !== undefined) return found;
  throw new Fault('wrong-key', `${quote(file)} holds no certificate with the fingerprint ${fingerprint}`, {
    file,
    hint: `it holds ${certificates.map((one) => one.fingerprint).join(', ')}; pin the primary key's fingerprint`,
  });
}
