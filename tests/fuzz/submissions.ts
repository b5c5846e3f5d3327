// SPDX-License-Identifier: Apache-2.0
/** Submissions that wait for logs, with requests that are kept for those of Rekor and Sigsum. */

import { parseAddLeaf } from '../../src/core/sigsum-leaf.ts';
import { formatSubmission, parseSubmission } from '../../src/core/submission.ts';
import { preparedFor } from '../../src/logs/rekor.ts';
import { statement } from './documents.ts';
import { MANIFEST, preparedForRekor } from './rekor.ts';
import { preparedForSigsum } from './sigsum.ts';
import { canonical, type Target } from './target.ts';

const submission = (
  prepared: Readonly<Record<string, Uint8Array>>,
  asked: Readonly<Record<string, string>> = {},
  publishedUrl?: string,
): Uint8Array =>
  formatSubmission({
    logs: ['sigstore', 'tiles:'],
    since: new Date(0),
    prepared: new Map(Object.entries(prepared)),
    asked: new Map(Object.entries(asked)),
    statement,
    ...(publishedUrl === undefined ? {} : { publishedUrl }),
  });

const both = { rekor: preparedForRekor, sigsum: preparedForSigsum };

/** Its requests, each as the log's own door reads it. */
function checkPrepared(input: Uint8Array): void {
  const { prepared } = parseSubmission(input);
  for (const [kind, request] of prepared) {
    if (kind === 'rekor') preparedFor(request, MANIFEST);
    if (kind === 'sigsum') parseAddLeaf(request);
  }
}

export const SUBMISSIONS: readonly Target[] = [
  {
    name: 'submission',
    corpus: [{}, { rekor: preparedForRekor }, { sigsum: preparedForSigsum }, both]
      .map((prepared) => submission(prepared))
      .concat(
        submission(both, { sigstore: 'https://one.example.org' }),
        submission({}, {}, 'https://tarballs.example.org/nova'),
      ),
    kinds: ['bad-format'],
    check: canonical(parseSubmission, formatSubmission),
    cap: 1024 * 1024,
  },
  {
    name: 'submission, prepared',
    corpus: [submission(both)],
    kinds: ['bad-format', 'bad-signature', 'altered'],
    check: checkPrepared,
    cap: 1024 * 1024,
  },
];
