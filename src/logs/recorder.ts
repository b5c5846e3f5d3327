// SPDX-License-Identifier: Apache-2.0
/**
 * The log kind `recorder`: the protocol of rget, spoken to a recorder of one's own. What is recorded is the root of the manifest's
 * digests, as the name in a certificate.
 *
 *   1. what is published is the manifest: the recorder fetches it itself, and could take another
 *   2. the record domain is visited; where its certificate is there, nobody is told anything again
 *   3. POST <url>/api/v1/submit with the form `url=<address of the manifest>`; of the answer, only the status matters
 *   4. the record domain is visited until its certificate is there: the first visit is what has it issued
 *   5. its names and its chain are checked as `verify` will, and the chain is the receipt
 */
import type { X509Certificate } from 'node:crypto';
import { type Chain, chainOf, formatChain } from '../core/certificate-chain.ts';
import { equalBytes } from '../core/encoding.ts';
import { Fault, quote } from '../core/fault.ts';
import { MANIFEST_CAP } from '../core/manifest.ts';
import { fillProjectDomain, type TrustedRecorder } from '../core/policy-recorder.ts';
import { checkNames, type Recorded, verifyEvidence } from '../core/recorder.ts';
import { projectDomain, type RecordNames, recordNames } from '../core/rget.ts';
import type { Statement } from '../core/statement.ts';
import type { Clock, Http, Tls } from '../ports.ts';
import type { Receipt, Subject, TransparencyLog, VerifiedRecord } from './log.ts';
import { FIRST_PAUSE, hasTimeAfter, LONGEST_PAUSE, PASSING, retryAfter, withJitter } from './trying.ts';

export interface RecorderAsking {
  readonly http: Http;
  readonly tls: Tls;
  readonly clock: Clock;
  /** Milliseconds that the certificate may take. */
  readonly patience: number;
}

/** Milliseconds that an answer, or a handshake, may take: a certificate can be issued while the handshake waits. */
const ANSWER_TIME = 30_000;
/** Bytes. */
const ANSWER_CAP = 64 * 1024;

export const openRecorder = (trusted: TrustedRecorder, asking: RecorderAsking): TransparencyLog => ({
  kind: 'recorder',
  submit: async (prepared, subject) => submitRecord(Buffer.from(prepared).toString(), subject, trusted, asking),
  verify: (evidence, { manifest }) => verifyRecord(evidence, manifest, trusted),
});

/** What is told the recorder: the address of the manifest. Throws `usage` and `bad-name` where no certificate could come of it. */
export function prepareRecord(url: string, { statement, manifest }: Subject, trusted: TrustedRecorder): Uint8Array {
  // it may come from a submission, which nobody has signed
  const isPlain = /^https?:\/\/[^@?#]+$/.test(url) && URL.canParse(url);
  if (!isPlain || !url.endsWith(`/${encodeURIComponent(statement.manifest.name)}`))
    throw new Fault('usage', `not an address that a recorder could be told: ${quote(url)}`, {
      hint: 'it fetches the manifest by its name, without a password or a query',
    });
  namesFor(url, statement, manifest, trusted);
  return Buffer.from(url);
}

/** Pure and offline. Throws as `verifyEvidence` does, and `bad-proof` for a certificate of another recorder. */
function verifyRecord(evidence: Uint8Array, manifest: Uint8Array, trusted: TrustedRecorder): VerifiedRecord {
  const shown = verifyEvidence(evidence, manifest, [trusted]);
  if (shown !== undefined) return describeRecord(shown.recorded);
  throw new Fault('bad-proof', `the certificate is not of the recorder ${trusted.recorder}`);
}

export const describeRecord = (record: Recorded): VerifiedRecord => ({
  origin: record.recorder,
  record,
  witnesses: [],
});

function namesFor(
  url: string,
  { project, version }: Statement,
  manifest: Uint8Array,
  trusted: TrustedRecorder,
): RecordNames {
  const { projectDomain: template, recorder, name } = trusted;
  const domain = projectDomain(url) ?? (template && fillProjectDomain(template, project, version));
  if (domain !== undefined) return recordNames(manifest, domain, recorder);
  throw new Fault(
    'usage',
    `rget has no project domain for ${quote(url)}, and the policy has none for the log ${quote(name)}`,
    {
      hint: 'rget knows addresses at GitHub only: for others, give the policy the "project_domain" that your recorder makes of them',
    },
  );
}

async function submitRecord(
  url: string,
  { statement, manifest }: Subject,
  trusted: TrustedRecorder,
  asking: RecorderAsking,
): Promise<Receipt> {
  const names = namesFor(url, statement, manifest, trusted);
  const end = new Date(asking.clock.now().getTime() + asking.patience);
  await checkPublished(asking, url, manifest);
  const { chain, isNew } = await untilShown(url, names, trusted, { ...asking, end });
  const proof = Buffer.from(formatChain(chain));
  return { ...verifyRecord(proof, manifest, trusted), proof, isNew, problems: [] };
}

/** Step 1. */
async function checkPublished({ http, patience }: RecorderAsking, url: string, manifest: Uint8Array): Promise<void> {
  const published = await http.get(url, MANIFEST_CAP, patience);
  if (published === undefined)
    throw new Fault('pending', `nothing is published at ${quote(url)}`, { hint: 'was the upload finished?' });
  if (!equalBytes(published, manifest))
    throw new Fault('altered', `what is published at ${quote(url)} differs from the local file`, {
      hint: 'the recorder was told nothing: find out which of the two is right',
    });
}

/** Steps 2 to 4: the recorder is never told again what it has a certificate for already. Throws `network` at the deadline. */
async function untilShown(
  url: string,
  names: RecordNames,
  trusted: TrustedRecorder,
  asking: RecorderAsking & { readonly end: Date },
): Promise<{ readonly chain: Chain; readonly isNew: boolean }> {
  const { clock, end } = asking;
  const timeout = () => Math.max(1, Math.min(ANSWER_TIME, end.getTime() - clock.now().getTime()));
  let isTold = false;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const seen = await visit(asking, names, trusted, timeout());
    if (!(seen instanceof Fault)) return { chain: seen, isNew: isTold };
    const outage = isTold ? { fault: seen } : await tell(asking, url, trusted, timeout());
    if (outage === undefined) {
      isTold = true;
      continue;
    }
    const wait = Math.max(outage.after ?? 0, withJitter(pause));
    if (!hasTimeAfter(wait, end, clock)) throw isTold ? notShown(names, outage.fault) : outage.fault;
    await clock.sleep(wait);
  }
}

const notShown = ({ domain }: RecordNames, { message }: Fault): Fault =>
  new Fault('network', `the recorder was told, and shows no certificate for ${quote(domain)} yet: ${message}`, {
    hint: 'does it know this address? rget answers 200 to any; and does DNS lead all names below the recorder to it?',
  });

/**
 * The chain that the record domain shows, or why there is none yet: a server that has to wait for a certificate may show another one.
 * Throws `bad-proof` where it has the name, and is not to be believed.
 */
async function visit(
  { tls }: RecorderAsking,
  names: RecordNames,
  { address, authorities }: TrustedRecorder,
  timeout: number,
): Promise<Chain | Fault> {
  try {
    const { host, port } = address ?? { host: names.domain, port: 443 };
    const shown = await tls.visit({ host, port, name: names.domain, timeout, ...believed(authorities) });
    const chain = chainOf(shown.chain);
    const [certificate] = chain;
    if (certificate.checkHost(names.domain, { subject: 'never', wildcards: false }) === undefined)
      return new Fault(
        'network',
        `its certificate is for ${quote((certificate.subjectAltName ?? 'nobody').slice(0, 300))}`,
      );
    checkNames(certificate, names);
    if (shown.problem === undefined) return chain;
    throw new Fault('bad-proof', `the certificate of ${quote(names.domain)} is not to be believed: ${shown.problem}`, {
      hint: 'where the authority is one of your own, name it in the policy: "ca_file"',
    });
  } catch (error) {
    if (error instanceof Fault && (error.kind === 'network' || error.kind === 'bad-format')) return error;
    throw error;
  }
}

interface Outage {
  readonly fault: Fault;
  /** Milliseconds after which it wants to be asked again. */
  readonly after?: number | undefined;
}

/** Step 3: undefined where the recorder says that it has heard it. Throws `usage` where it does not want to. */
async function tell(
  { http, clock }: RecorderAsking,
  url: string,
  { url: base, authorities }: TrustedRecorder,
  timeout: number,
): Promise<Outage | undefined> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const form = Buffer.from(new URLSearchParams({ url }).toString());
  try {
    const limits = { cap: ANSWER_CAP, timeout, headers, ...believed(authorities) };
    const answer = await http.post(`${base}/api/v1/submit`, form, limits);
    if (answer.status >= 200 && answer.status < 300) return undefined;
    const fault = new Fault('network', `the recorder ${quote(base)} answers ${answer.status}`);
    if (PASSING.has(answer.status)) return { fault, after: retryAfter(answer, clock.now()) };
    throw new Fault('usage', `${fault.message} to the address ${quote(url)}`, {
      hint: 'is the "url" of the policy that of a recorder? redirections are not followed',
    });
  } catch (error) {
    if (error instanceof Fault && (error.kind === 'network' || error.kind === 'bad-format')) return { fault: error };
    throw error;
  }
}

const believed = (authorities: readonly X509Certificate[] | undefined) =>
  authorities === undefined ? {} : { authorities: formatChain(authorities) };
